"""What is left of a visitor after every way a visit can end: nothing on the disk, in open files, or in the log.

The real app runs in folders of its own; everything it may write, everything it and its children hold open, and
their memory is searched for the photos (as sent, as text on the way, as pixels), the files' names and the name.
"""

from __future__ import annotations

import os
import secrets
import signal
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from idia_core.photos import decoding
from idia_core.photos.photo import read_photo, thumbnail
from idia_core.text import say
from tests.ui import served
from tests.ui.conftest import MARK
from tests.ui.served import Config, Guest, Served

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

CHROMIUM = "/usr/bin/chromium"
NAME = "Zeldamira Quuxington"
LABEL = "private_holiday"


def noisy(seed: int) -> bytes:
    """Make a photo that is like no other in every byte, with the mark in a comment."""
    pixels = np.random.default_rng(seed).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=90)
    data = stream.getvalue()
    return data[:2] + b"\xff\xfe" + (len(MARK) + 2).to_bytes(2, "big") + MARK + data[2:]


PHOTOS = [(f"{LABEL}_{seed}.jpg", noisy(seed)) for seed in range(7000, 7004)]


OPEN: list[Guest] = []
"""Pages of the test in hand."""


def needles() -> list[bytes]:
    """Return pieces of every photo: the file's middle, its text on the way, its pixels; and the names."""
    found = [MARK, LABEL.encode(), NAME.encode(), b"Quuxington"]
    return found + [piece for _, data in PHOTOS for piece in pieces(data)]


def pieces(data: bytes) -> list[bytes]:
    """Return what a photo is found by: a piece of its file, of its text on the way of old, and of its pixels."""
    middle = len(data) // 2
    rgb = decoding.decode(data, decoding.Limits()).rgb
    text = b64encode(data)
    return [data[middle : middle + 48], text[len(text) // 2 :][:48], rgb[len(rgb) // 2 :][:48]]


def photo_pieces() -> list[bytes]:
    return [MARK, *(piece for _, data in PHOTOS for piece in pieces(data))]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served.serve(tmp_path_factory.mktemp("app")) as running:
        yield running


@pytest.fixture(scope="module")
def config(app: Served) -> Config:
    return Config.read(app.url)


def arrived(app: Served, config: Config) -> Guest:
    """Open a page and add the photos."""
    guest = Guest(app.url, config)
    guest.stay()
    guest.call("opened")
    OPEN.append(guest)
    guest.strip = guest.add(PHOTOS)
    assert guest.strip.count('src="thumbnails/') == len(PHOTOS)
    assert "data:image" not in guest.strip
    return guest


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """Let no test's visitor be found by the next test's search."""
    yield
    while OPEN:
        with suppress(httpx.HTTPError, RuntimeError):
            OPEN.pop().call("forgotten")


def until(true: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.2)
    return true()


def soon(left: Callable[[], list[str]]) -> list[str]:
    """Wait until nothing is left; return what is."""
    deadline = time.monotonic() + 20
    while (found := left()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return found


def long_run(guest: Guest) -> threading.Event:
    """Start a run that takes long, listening to it elsewhere; return what is set once it says where it is."""
    guest.ask(NAME, "\n".join(f"photo {number} of {{0}}" for number in range(100)))
    guest.join()
    begun = threading.Event()

    def listen() -> None:
        with suppress(Exception):
            for message in guest.messages():
                if "candidate" in str(message):
                    begun.set()

    threading.Thread(target=listen, daemon=True).start()
    assert begun.wait(120)
    return begun


def test_after_a_finished_run_nothing_is_on_the_disk_and_after_forgetting_no_photo_in_memory(
    app: Served, config: Config
) -> None:
    guest = arrived(app, config)
    guest.ask(NAME)
    assert NAME in guest.run()["outcome"]
    assert app.traces(*needles()) == []
    assert app.memory(*photo_pieces()) != []  # the search finds what is there
    assert say("forgotten") in str(guest.call("forgotten"))
    assert app.traces(*needles()) == []
    assert soon(lambda: app.memory(*photo_pieces())) == []
    guest.close()


def test_a_run_that_is_stopped_leaves_nothing_on_the_disk(app: Served, config: Config) -> None:
    guest = arrived(app, config)
    long_run(guest)
    assert say("stopped") in str(guest.call("stopped"))
    assert app.traces(*needles()) == []
    guest.call("forgotten")
    assert soon(lambda: app.memory(*photo_pieces())) == []
    guest.close()


@pytest.mark.parametrize("templates", ["no place for a name", "\n".join("{0}" for _ in range(3))])
def test_a_run_that_ends_in_an_error_leaves_nothing(app: Served, config: Config, templates: str) -> None:
    guest = arrived(app, config)
    guest.ask(NAME, templates)
    assert "Line" in guest.run()["progress"]
    guest.call("forgotten")
    assert app.traces(*needles()) == []
    guest.close()


@pytest.mark.slow
def test_who_vanishes_during_a_run_leaves_nothing_and_frees_the_model(app: Served, config: Config) -> None:
    guest = arrived(app, config)
    long_run(guest)
    guest.close()  # every connection breaks at once, as when a lid is shut
    guest.beating.close()
    assert soon(lambda: app.memory(*photo_pieces())) == []
    assert app.traces(*needles()) == []
    other = Guest(app.url, config)
    other.call("opened")
    other.choose("Ilja_Peitildar")
    assert "Ilja" in other.run()["outcome"]
    other.close()


def test_photos_that_were_sent_and_never_asked_for_are_only_in_memory(app: Served, config: Config) -> None:
    guest = Guest(app.url, config)
    for label, data in PHOTOS:
        assert guest.receive("t" * 32, label, data).text == ""
    assert app.traces(*needles()) == []
    guest.call("arrived", [], {"ticket": "t" * 32})
    guest.call("forgotten")
    guest.close()


def small_pictures() -> list[bytes]:
    """Return the strip's and the result's small picture of every photo, whole."""
    photos = [read_photo(data, label) for label, data in PHOTOS]
    return [thumbnail(photo, edge) for photo in photos for edge in (128, 200)]


def test_small_pictures_leave_by_their_own_address_and_go_with_the_visit(app: Served, config: Config) -> None:
    guest = arrived(app, config)
    guest.ask(NAME)
    answer = guest.run()
    strip, cards = guest.thumbnails(guest.strip), guest.thumbnails(str(answer["cards"]))
    assert [one.content for one in (*strip, *cards)] == small_pictures()[::2] + small_pictures()[1::2]
    for one in strip:
        assert one.headers["content-type"] == "image/jpeg"
        assert one.headers["cache-control"] == "no-store"
        assert one.headers["x-content-type-options"] == "nosniff"
    assert "data:image" not in str(answer)
    assert "data:image" not in answer["said"]
    first = str(strip[0].url)
    guest.call("removed", [], {"photo": 0})
    assert guest.http.get(first).status_code == 404
    assert guest.http.get(str(strip[1].url)).status_code == 200
    assert app.memory(*small_pictures()) != []  # the search finds what is there
    assert app.traces(*needles(), *small_pictures()) == []
    guest.call("forgotten")
    for one in (*strip, *cards):
        assert guest.http.get(str(one.url)).status_code == 404
    assert soon(lambda: app.memory(*small_pictures(), *photo_pieces())) == []
    assert app.traces(*needles(), *small_pictures()) == []
    guest.close()


def test_nobody_is_told_where_anothers_small_pictures_are(app: Served, config: Config) -> None:
    guest, stranger = arrived(app, config), Guest(app.url, config)
    stranger.call("opened")
    mine = [
        one.rsplit("/", 1)[-1] for one in map(str, (answer.url for answer in guest.thumbnails(guest.strip)))
    ]
    assert len({*mine}) == len(PHOTOS)
    theirs = stranger.add(PHOTOS)  # the very same files
    seen = theirs + "".join(
        stranger.http.get(app.url + path, params={"session_hash": guest.session}).text
        for path in ("", "config", "gradio_api/info", "thumbnails", "thumbnails/", "thumbnails/*", "photos/")
    )
    for event in ("opened", "left", "cleared"):
        seen += str(stranger.call(event))
    assert not [token for token in mine if token in seen]
    for token in mine:
        assert stranger.http.get(f"{app.url}thumbnails/{token[:-1]}").status_code == 404
        assert stranger.http.get(f"{app.url}thumbnails/{token.upper()}").status_code == 404
    assert mine[0] not in app.log
    guest.call("forgotten")
    stranger.call("forgotten")
    stranger.close()


def test_two_visitors_at_once_reach_nothing_of_each_other(app: Served, config: Config) -> None:
    first, second = arrived(app, config), Guest(app.url, config)
    second.call("opened")
    other_name = "Wilhelmo Vanterbrück"
    second.add([(f"other_{seed}.jpg", noisy(seed)) for seed in (8001, 8002, 8003)])
    first.ask(NAME)
    second.ask(other_name)
    answers: dict[str, Any] = {}
    runs = [
        threading.Thread(target=lambda who=who, guest=guest: answers.update({who: guest.run()}))
        for who, guest in (("first", first), ("second", second))
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join(120)
    assert NAME in answers["first"]["outcome"]
    assert other_name in answers["second"]["outcome"]
    assert "Quuxington" not in str(answers["second"])
    assert LABEL not in str(answers["second"])
    assert "Vanterbr" not in str(answers["first"])
    stranger = Guest(app.url, config)
    seen = [
        str(stranger.call("opened")),
        str(stranger.call("left")),
        str(stranger.call("removed", [], {"photo": 0})),
        str(stranger.call("cleared")),
        str(stranger.call("arrived", [], {"ticket": "t" * 32})),
        stranger.http.get(app.url).text,
        *(stranger.http.get(app.url + path).text for path in ("config", "gradio_api/info")),
        stranger.http.get(f"{app.url}config", params={"session_hash": first.session}).text,
        stranger.post("run/predict", stranger.body("moved", [1, 1000])).text,
        stranger.post("run/predict", stranger.body("turned", [], {"photo": 0})).text,
    ]
    stranger.ask("Anna Bell")
    seen.append(str(stranger.run()))
    for text in seen:
        assert "Quuxington" not in text
        assert LABEL not in text
        assert "Vanterbr" not in text
    assert say("no-photo") in seen[-1]
    for guest in (first, second, stranger):
        guest.call("forgotten")
        guest.close()


def test_an_answer_that_nobody_fetches_does_not_stay(app: Served, tmp_path: Path) -> None:
    """Somebody asks, never listens, and never closes: the janitor drops the answer when the visit is due."""
    import gradio as gr

    from idia_core.settings import Settings
    from idia_core.ui.page import gradio_patches
    from idia_core.ui.server import serving

    assert isinstance(app.log, str)
    demo, page = serving.build(Settings(cache_dir=tmp_path / "cache"))
    assert isinstance(demo, gr.Blocks)
    queue = demo._queue
    queue.pending_messages_per_session["gone"] = object()  # type: ignore[assignment]
    queue.pending_messages_per_session["here"] = object()  # type: ignore[assignment]
    page.sessions.open("here")
    assert gradio_patches.drop_unread(demo, page.sessions.__contains__) == 1
    assert list(queue.pending_messages_per_session) == ["here"]


@pytest.mark.slow
def test_a_killed_app_leaves_nothing_and_the_next_start_sweeps(tmp_path: Path) -> None:
    with served.serve(tmp_path) as app:
        config = Config.read(app.url)
        guest = arrived(app, config)
        long_run(guest)
        children = app.family()[1:]
        folder = next((tmp_path / "tmp").glob("idia-demo-*/page-*"))
        (folder / "left.jpg").write_bytes(PHOTOS[0][1])  # as a framework that writes uploads would have done
        os.kill(app.process.pid, signal.SIGKILL)
        app.process.wait(30)
        assert [one for one in app.traces(*needles()) if "left.jpg" not in one] == []
        assert until(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in children), 20)
    with served.serve(tmp_path) as again:
        assert again.traces(*needles()) == []
        assert not folder.exists()
        guest = Guest(again.url)
        guest.call("opened")
        guest.choose("Ilja_Peitildar")
        assert "Ilja" in guest.run()["outcome"]


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"there is no {CHROMIUM}")
def test_a_killed_browser_leaves_nothing_here_nor_in_its_own_folder(app: Served, tmp_path: Path) -> None:
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    profile = tmp_path / f"profile-{secrets.token_hex(4)}"
    with sync.sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(profile), executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        page = context.new_page()
        page.set_default_timeout(180_000)
        page.goto(app.url)
        page.wait_for_selector("#go")
        parcels = [{"name": name, "mimeType": "image/jpeg", "buffer": data} for name, data in PHOTOS]
        page.locator("#photos input[type=file]").set_input_files(parcels)
        page.wait_for_selector("#strip .strip")
        page.wait_for_function("() => /forgotten in 1[45]:/.test(document.querySelector('#clock').innerText)")
        page.locator("#name").locator("input, textarea").fill(NAME)
        page.locator("#consent input").check()
        page.locator("#go").click()
        page.wait_for_selector("#outcome .outcome")
        assert app.memory(*photo_pieces())
        for cmdline in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                if str(profile).encode() in cmdline.read_bytes():
                    os.kill(int(cmdline.parent.name), signal.SIGKILL)
        assert soon(lambda: app.memory(*photo_pieces())) == []
        assert app.traces(*needles()) == []
        files = [path for path in profile.rglob("*") if path.is_file()]
        assert files
        stored = [str(path) for path in files for one in needles() if one in path.read_bytes()]
        assert stored == []
        with suppress(sync.Error):
            context.close()


def test_the_search_finds_what_is_planted(app: Served) -> None:
    planted = app.root / "tmp" / "planted.bin"
    planted.write_bytes(b"..." + needles()[-1])
    assert app.traces(*needles()) == [str(planted)]
    planted.unlink()
