"""What a hostile visitor can send to the real app: files, names, prompts, and requests that no page would make.

Each gets a clear message or a set-aside photo, in bounded time and memory; nothing is executed, nothing of the
server's disk is read, nothing is fetched, and the next visitor is served as if nothing had happened.
"""

from __future__ import annotations

import io
import json
import random
import socket
import sys
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from idia_core.sandbox import examples
from idia_core.settings import ASSETS
from idia_core.text import say
from tests.assets import make_photos as make
from tests.ui import served
from tests.ui.served import Config, Guest, Served

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

PERSON = examples.read_examples(ASSETS / "examples")[0]
SECRET = "a-file-of-the-server-that-is-nobodys-business-51c9"
PLAIN = make.whole_files()["plain.jpg"]
SECONDS = 30
"""For one file or request, on a machine that does other things too."""
MEGABYTES = 1_000_000


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("app")
    (root / "secret.txt").write_text(SECRET)
    with served.serve(root, IDIA_ADDRESS_RUNS_PER_MINUTE="0") as running:
        yield running


@pytest.fixture(scope="module")
def config(app: Served) -> Config:
    return Config.read(app.url)


@pytest.fixture(scope="module")
def usual(app: Served, config: Config) -> str:
    """Return an example's verdict before anything hostile happened; must be the same afterwards."""
    return verdict(app, config)


def verdict(app: Served, config: Config) -> str:
    guest = Guest(app.url, config)
    guest.call("opened")
    guest.add([(path.name, path.read_bytes()) for path in PERSON.files[:3]])
    guest.ask(PERSON.name)
    answer = guest.run()
    guest.call("forgotten")
    guest.close()
    assert PERSON.name in str(answer["outcome"]), answer["progress"]
    return str(answer["outcome"]) + str(answer["answers"])


def polyglot() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("index.html", "<script>alert(1)</script>")
    return PLAIN + stream.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><image href="file:///etc/passwd"/></svg>'
ENTITY = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'
USABLE: dict[str, Callable[[], tuple[str, bytes]]] = {
    "a zip at the end of a photo": lambda: ("holiday.jpg", polyglot()),
    "a page in a photo's comment": lambda: (
        "holiday.jpg",
        make.after_start(PLAIN, make.segment(0xFE, b"<script>alert(1)</script>")),
    ),
    "a photo with another extension": lambda: ("holiday.svg", PLAIN),
    "malformed exif": lambda: ("e.png", make.saved(make.corners(), "PNG", exif=b"Exif\0\0garbage")),
    "malformed colour profile": lambda: ("p.png", make.saved(make.corners(), "PNG", icc_profile=b"none")),
    "a name of 10,000 characters": lambda: ("x" * 10_000 + ".jpg", PLAIN),
    "a name of markup": lambda: ("<img src=x onerror=alert(1)>.jpg", PLAIN),
    "a name that is a path": lambda: ("../../etc/passwd", PLAIN),
    "a name of control characters": lambda: ("a\x00b\x1b[31m\u202egpj.exe", PLAIN),
    "a name that is no text": lambda: ("\ud800.jpg", PLAIN),
}
SET_ASIDE: dict[str, Callable[[], tuple[str, bytes]]] = {
    "empty": lambda: ("empty.jpg", b""),
    "truncated": lambda: ("cut.jpg", PLAIN[: len(PLAIN) // 3]),
    "svg named jpg": lambda: ("drawing.jpg", SVG),
    "svg that names a file": lambda: ("drawing.png", ENTITY),
    "html named jpg": lambda: ("page.jpg", b"<html><script>alert(1)</script></html>"),
    "a program": lambda: ("photo.jpg", b"\x7fELF" + b"\0" * 500),
    "a pdf before a photo": lambda: ("paper.jpg", b"%PDF-1.7\n" + PLAIN),
    "a bomb": lambda: ("bomb.png", make.png((14000, 14000), 1, 0, make.repeated(b"\0" * 1751, 14000))),
    "a strip a million pixels wide": lambda: (
        "strip.png",
        make.png((1_000_000, 1), 8, 0, make.repeated(b"\0" * 1_000_001, 1)),
    ),
    "a bomb of scans": lambda: ("scans.jpg", make.scan_bomb(4000, 300)),
    "an impossible canvas": lambda: ("canvas.webp", make.webp_canvas(16383, 16383)),
    "broken chunks": lambda: ("chunks.png", make.saved(make.corners(), "PNG")[:60] + b"\xff" * 200),
    "nothing but a start": lambda: ("start.gif", b"GIF89a"),
}


def added(app: Served, config: Config, file: tuple[str, bytes]) -> tuple[str, float]:
    """Hand in one file; return the strip and the seconds it took."""
    guest = Guest(app.url, config)
    guest.call("opened")
    began = time.monotonic()
    strip = guest.add([file])
    took = time.monotonic() - began
    guest.call("forgotten")
    guest.close()
    return strip, took


def check_text(strip: str) -> None:
    assert "<script" not in strip
    assert "<img src=x" not in strip
    assert "root:" not in strip
    assert SECRET not in strip
    assert "x" * 100 not in strip
    assert not any(ord(character) < 32 for character in strip)


@pytest.mark.parametrize("what", USABLE)
def test_an_odd_photo_is_a_photo_and_its_name_is_text(app: Served, config: Config, what: str) -> None:
    strip, took = added(app, config, USABLE[what]())
    assert 'src="thumbnails/' in strip
    assert took < SECONDS
    check_text(strip)


@pytest.mark.parametrize("what", SET_ASIDE)
def test_a_hostile_file_is_set_aside_in_words_and_in_bounds(app: Served, config: Config, what: str) -> None:
    before = app.resident()
    strip, took = added(app, config, SET_ASIDE[what]())
    assert "<img" not in strip
    assert say("strip-refused", count=1) in strip
    assert took < SECONDS
    assert app.resident() - before < 150 * MEGABYTES
    check_text(strip)


def test_500_files_at_once(app: Served, config: Config) -> None:
    guest = Guest(app.url, config)
    guest.call("opened")
    ticket = "five-hundred-files"
    answers = [guest.receive(ticket, f"{n}.jpg", PLAIN + bytes([n % 251, n // 251])).text for n in range(500)]
    assert answers[:31] == [""] * 31
    assert all("more than this page takes at once" in answer for answer in answers[31:])
    names = [f"{n}.jpg" for n in range(31, 500)]
    strip = str(guest.call("arrived", [], {"ticket": ticket, "left_out": names, "reasons": answers[31:]})[0])
    assert strip.count('src="thumbnails/') == 30
    assert "Only the first 30 files" in strip
    assert strip.count("<li>") < 80  # what was left out is told of, and not without end
    guest.call("forgotten")
    guest.close()


@pytest.mark.parametrize(
    ("name", "templates", "says"),
    [
        ("x" * 10_000, "", "80"),
        ("Anna\x00\x1b[31m Bell", "", "Done"),
        ("Anna Bell", "\n".join(f"{n} {{0}}" for n in range(1000)), "200"),
        ("Anna Bell", "x" * 10_000 + "{0}", "characters long"),
        ("Anna Bell", "{0.__class__.__mro__}", "place for the name"),
        ("Anna Bell", "{0} {1}", "brace"),
        pytest.param("file:///etc/passwd", "", "Done", marks=pytest.mark.slow),
        pytest.param("Anna\u202e Bell", "", "Done", marks=pytest.mark.slow),
    ],
)
def test_names_and_prompts_get_a_sentence(
    app: Served, config: Config, name: str, templates: str, says: str
) -> None:
    guest = Guest(app.url, config)
    guest.call("opened")
    guest.add([(path.name, path.read_bytes()) for path in PERSON.files[:3]])
    guest.ask(name, templates)
    answer = guest.run()
    assert says in str(answer["progress"])
    assert "root:" not in str(answer)
    shown = str(answer.get("outcome"))
    assert not any(character in shown for character in "\x00\x1b\u202e")
    guest.call("forgotten")
    guest.close()


class Canary:
    """A server that must never be asked anything."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        canary = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                canary.asked.append(self.path)
                self.send_response(200)
                self.end_headers()

            def do_POST(self) -> None:
                self.do_GET()

            def do_HEAD(self) -> None:
                self.do_GET()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    made = Canary()
    yield made
    made.server.shutdown()
    made.server.server_close()


def lures(app: Served, canary: Canary) -> list[Any]:
    """Return ways to name a file of the server or an address, as the framework's own data would."""
    paths = [str(app.root / "secret.txt"), "/etc/passwd", f"file://{app.root}/secret.txt", "../secret.txt"]
    wheres = [*paths, f"{canary.url}/photo.jpg", f"{app.url}config"]
    kind = {"_type": "gradio.FileData"}
    return [
        *wheres,
        *({"path": where, "meta": kind} for where in wheres),
        *({"path": where, "url": where, "orig_name": "a.jpg", "size": 1, "meta": kind} for where in wheres),
        *({"url": where, "path": None, "meta": kind} for where in wheres),
        *([{"image": {"path": where, "meta": kind}, "caption": None}] for where in wheres),
    ]


def test_paths_and_addresses_are_neither_read_nor_fetched(
    app: Served, config: Config, canary: Canary, usual: str
) -> None:
    seen: list[str] = []
    guest = Guest(app.url, config)
    guest.call("opened")
    for lure in lures(app, canary):
        body = {"data": lure, "component_id": config.ids["photos"], "session_hash": guest.session}
        seen.append(guest.post("component_server/", {**body, "fn_name": "receive"}).text)
        text = json.dumps(lure)
        seen.append(guest.receive(quote(text, safe="")[:64], text, text.encode()).text)
        seen.append(guest.http.get(f"{app.url}thumbnails/{quote(text, safe='')}").text)
        for event in ("asked", "chosen", "picked", "arrived", "removed"):
            inputs = len(config.event(event)["inputs"])
            body = guest.body(event, [lure] * inputs, {"ticket": lure, "photo": lure, "key": lure})
            seen.append(guest.post("run/predict", body).text)
    where = str(app.root / "secret.txt")
    for path in (
        *(
            f"gradio_api/file={one}"
            for one in (where, canary.url, f"../..{where}", where.replace("/", "%2f"))
        ),
        f"gradio_api/file/{where}",
        f"gradio_api/proxy={canary.url}/",
        f"static/..%2f..%2f..%2f..%2f..{where}",
        f"assets/..%2f..%2f..%2f..{where}",
        f"svelte/..%2f..%2f{where}",
        f"gradio_api/custom_component/{config.ids['photos']}/client/component/..%2f..{where}",
        f"gradio_api/stream/{guest.session}/1/2/..%2f..{where}",
        "?deep_link=../../secret",
        f"thumbnails/..%2f..%2f..{where}",
        f"photos/..%2f..{where}",
    ):
        with suppress(httpx.InvalidURL):
            seen.append(guest.http.get(app.url + path).text)
    assert not [text for text in seen if SECRET in text or "root:x" in text]
    assert canary.asked == []
    assert (
        "safehttpx" not in app.log
    )  # the framework's own downloader, which refuses this machine and no other
    guest.close()
    assert verdict(app, config) == usual


def test_another_window_of_the_same_browser_is_kept_out_by_its_origin(app: Served, config: Config) -> None:
    guest = Guest(app.url, config)
    for refused, headers in (
        (403, {"sec-fetch-site": "cross-site"}),
        (403, {"origin": "http://elsewhere.example"}),
        (403, {"origin": "null"}),
        (415, {"content-type": "multipart/form-data; boundary=x"}),
    ):
        for door in ("photos/" + "t" * 32, "gradio_api/queue/join"):
            answer = guest.http.post(app.url + door, content=b"x", headers={"x-label": "a.jpg", **headers})
            assert answer.status_code == refused
    # Without our own header a form or script of another site could send it unasked; with it, no browser lets one.
    assert guest.http.post(f"{app.url}photos/{'t' * 32}", content=PLAIN).text == say("no-upload")
    asked = {"origin": "http://elsewhere.example", "access-control-request-method": "POST"}
    answer = guest.http.options(f"{app.url}photos/{'t' * 32}", headers=asked)
    assert "access-control-allow-origin" not in answer.headers
    arrived = guest.call("arrived", [], {"ticket": "t" * 32, "left_out": [], "reasons": []})
    assert "<img" not in str(arrived)
    guest.close()


def endless() -> Iterator[bytes]:
    for _ in range(200):
        yield b"x" * 1_000_000


def test_a_file_over_the_limit_is_not_read_to_its_end(app: Served, config: Config) -> None:
    guest = Guest(app.url, config)
    guest.call("opened")
    before = app.resident()
    ticket, headers = "t" * 32, {"x-label": "a.jpg"}
    announced = guest.http.post(f"{app.url}photos/{ticket}", content=b"x" * 15_000_001, headers=headers)
    assert (announced.status_code, announced.text) == (413, "The request is too large.")
    began = time.monotonic()
    with suppress(httpx.HTTPError):  # the server may end the connection while we still send
        hidden = guest.http.post(f"{app.url}photos/{ticket}", content=endless(), headers=headers)
        assert hidden.status_code == 413
    assert time.monotonic() - began < SECONDS
    assert app.resident() - before < 100 * MEGABYTES
    assert guest.receive(ticket, "a.jpg", PLAIN).text == ""
    strip = str(guest.call("arrived", [], {"ticket": ticket, "left_out": [], "reasons": []})[0])
    assert strip.count('src="thumbnails/') == 1
    guest.call("forgotten")
    guest.close()


def test_a_file_that_breaks_off_leaves_nothing_and_no_word_in_the_log(app: Served, config: Config) -> None:
    ticket, before = "b" * 32, app.log
    for _ in range(5):
        with socket.create_connection(httpx.URL(app.url).netloc.decode().split(":")) as connection:
            connection.sendall(
                f"POST /photos/{ticket} HTTP/1.1\r\nHost: {app.url[7:-1]}\r\nX-Label: a.jpg\r\n"
                "Content-Length: 1000000\r\n\r\n".encode()
                + PLAIN[:1000]
            )
    time.sleep(1)
    guest = Guest(app.url, config)
    guest.call("opened")
    strip = str(guest.call("arrived", [], {"ticket": ticket, "left_out": [], "reasons": []})[0])
    assert "<img" not in strip
    assert app.log == before
    guest.call("forgotten")
    guest.close()


# The long ones


@pytest.mark.slow
def test_200_megabytes_at_once_and_many_at_once(app: Served, config: Config, usual: str) -> None:
    """One visitor sends 14 files of 14.9 MB, then twelve do so side by side; memory stays in bounds and comes back."""
    noise = random.Random(0).randbytes(14_900_000)
    before = app.resident()
    peak = before
    watching = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not watching.wait(0.05):
            peak = max(peak, app.resident())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()

    def send(number: int) -> list[str]:
        guest = Guest(app.url, config)
        guest.call("opened")
        said = []
        for file in range(14):
            answer = guest.receive(f"ticket-number-{number:04}", f"{file}.jpg", noise)
            said.append(answer.text if answer.status_code == 200 else f"{answer.status_code} {answer.text}")
        guest.call("arrived", [], {"ticket": f"ticket-number-{number:04}"})
        guest.call("forgotten")
        guest.close()
        return said

    alone = send(0)
    assert alone[:13] == [""] * 13
    assert "Add fewer photos" in alone[13]
    with ThreadPoolExecutor(12) as threads:
        said = Counter(answer for answers in threads.map(send, range(1, 13)) for answer in answers)
    watching.set()
    watcher.join()
    print(f"200 MB: {dict(said)}; memory {before / 1e6:.0f} MB before, peak {peak / 1e6:.0f} MB, "
          f"{app.resident() / 1e6:.0f} MB after")  # fmt: skip
    allowed = ("", "Too many people", "That is more", "503 Too many photos")
    assert all(answer == "" or answer.startswith(allowed[1:]) for answer in said)
    assert any(answer for answer in said)
    assert (
        peak - before < 2500 * MEGABYTES
    )  # 500 MB on their way, in pieces and whole, and the inbox's 500 MB
    assert app.resident() - before < 300 * MEGABYTES
    assert verdict(app, config) == usual


class Fuzzer:
    """Requests made from the app's own description of itself: its OpenAPI, its configuration, its functions."""

    def __init__(self, app: Served, config: Config, canary: Canary, seed: int) -> None:
        self.app, self.config = app, config
        self.rng = random.Random(seed)
        self.lures = lures(app, canary)
        self.events = [one for one in config.raw["dependencies"] if one["backend_fn"]]
        self.paths = json.loads((app.root / "openapi.json").read_text())["paths"]
        self.session = "fuzzer"

    def request(self) -> tuple[str, str, dict[str, Any]]:
        """Make up a method, a path, and what goes with it."""
        kind = self.rng.choice(("event", "event", "queue", "function", "photo", "photo", "route", "route"))
        if kind == "function":
            return "POST", "gradio_api/component_server/", self.content(self.function())
        if kind == "photo":
            return self.photo()
        if kind in ("event", "queue"):
            path = "gradio_api/queue/join" if kind == "queue" else "gradio_api/run/predict"
            return "POST", path, self.content(self.event())
        path, methods = self.rng.choice(sorted(self.paths.items()))
        method = self.rng.choice(sorted(methods)).upper()
        while "{" in path:
            head, _, rest = path.partition("{")
            path = head + str(self.rng.choice(self.words())) + rest.partition("}")[2]
        content = self.content(self.rng.choice((self.event(), self.value(), {}))) if method == "POST" else {}
        if self.rng.random() < 0.3:
            content["params"] = {
                self.rng.choice(("session_hash", "deep_link", "page")): str(self.value())[:300]
            }
        return method, path.lstrip("/"), content

    def words(self) -> list[str]:
        where = str(self.app.root / "secret.txt")
        odd = (
            "..%2f..%2fetc%2fpasswd",
            where,
            "%00",
            "a" * 3000,
            "1",
            "-1",
            "predict",
            "run",
            "<script>",
            "fuzzer",
        )
        return list(odd)

    def event(self) -> dict[str, Any]:
        one = self.rng.choice(self.events)
        body: dict[str, Any] = {
            "data": [self.value() for _ in one["inputs"]],
            "event_data": self.value(),
            "fn_index": one["id"],
            "trigger_id": self.value() if self.rng.random() < 0.2 else None,
            "session_hash": self.session,
        }
        return self.spoiled(body)

    def function(self) -> dict[str, Any]:
        upload = {
            "ticket": "t" * 32,
            "label": self.value(),
            "data": self.rng.choice((self.value(), "aGVsbG8=")),
        }
        body = {
            "data": upload if self.rng.random() < 0.6 else self.value(),
            "component_id": self.rng.choice(
                (self.config.ids["photos"], self.rng.randint(-5, 200), self.value())
            ),
            "session_hash": self.session,
            "fn_name": self.rng.choice(
                ("receive", "__init__", "__class__", "preprocess", "postprocess", self.value())
            ),
        }
        return self.spoiled(body)

    def photo(self) -> tuple[str, str, dict[str, Any]]:
        """Make up a file on its way in, or ask for a small picture."""
        where = quote(
            str(self.rng.choice((*self.words(), "t" * 32, "0" * 64))), safe="%", errors="surrogatepass"
        )
        if self.rng.random() < 0.3:
            return self.rng.choice(("GET", "HEAD", "POST")), f"thumbnails/{where}", {}
        label = quote(str(self.value()).encode(errors="replace")[:3000])
        headers = {"x-label": label} if self.rng.random() < 0.8 else {"content-type": "application/json"}
        content = self.rng.choice((PLAIN, PLAIN[:100], b"", json.dumps(self.value()).encode()))
        return "POST", f"photos/{where}", {"content": content, "headers": headers}

    def spoiled(self, body: dict[str, Any]) -> dict[str, Any]:
        if self.rng.random() < 0.35:
            key = self.rng.choice(sorted(body))
            if self.rng.random() < 0.5:
                del body[key]
            else:
                body[key] = self.value()
        return body

    def value(self, depth: int = 0) -> Any:
        plain = (None, True, -1, 10**30, 1e308, "", "x" * 5000, "<img src=x onerror=alert(1)>", "{0}", "\ud83d",
                 "\x00", [], {}, 3.7, "Anna Bell", "sandbox", *self.lures)  # fmt: skip
        if depth < 4 and self.rng.random() < 0.25:
            inner = [self.value(depth + 1) for _ in range(self.rng.randint(0, 4))]
            return inner if self.rng.random() < 0.5 else {str(n): item for n, item in enumerate(inner)}
        return self.rng.choice(plain)

    def content(self, body: object) -> dict[str, Any]:
        text = json.dumps(body)
        if self.rng.random() < 0.1:
            at = self.rng.randrange(len(text) + 1)
            text = text[:at] + self.rng.choice(("", "\x00", "}", '"', "[" * 2000, "NaN")) + text[at + 1 :]
        return {"content": text.encode(), "headers": {"content-type": "application/json"}}


def write_openapi(root: Path) -> None:
    """Ask the framework for the app's own OpenAPI, which the served app itself does not give away."""
    from gradio.routes import App

    from idia_core.settings import Settings
    from idia_core.ui.server import serving

    demo, _ = serving.build(Settings(cache_dir=root / "cache-of-the-description"))
    (root / "openapi.json").write_text(json.dumps(App.create_app(demo).openapi()))


def attempt(
    app: Served, http: httpx.Client, method: str, path: str, content: dict[str, Any]
) -> tuple[int, str]:
    """Send one request; return its status and the first part of the answer; 0 where none came."""
    try:
        with http.stream(method, app.url + path, **content) as answer:
            text = b""
            if "text/event-stream" not in answer.headers.get("content-type", ""):
                text = answer.read()
            return answer.status_code, text.decode(errors="replace")
    except (httpx.InvalidURL, UnicodeEncodeError):
        return 400, "the client itself refuses to send this"
    except httpx.HTTPError as error:
        return 0, repr(error)


@pytest.mark.slow
@pytest.mark.parametrize("count", [1500])
def test_a_thousand_requests_made_from_the_apps_own_description(
    app: Served, config: Config, canary: Canary, usual: str, count: int
) -> None:
    write_openapi(app.root)
    fuzzer = Fuzzer(app, config, canary, seed=20261124)
    tally: Counter[str] = Counter()
    strange: Counter[str] = Counter()
    slowest = 0.0
    fresh = httpx.Limits(
        max_keepalive_connections=0
    )  # or an earlier refusal's closed connection is taken again
    with httpx.Client(timeout=SECONDS, limits=fresh) as http:
        for _ in range(count):
            method, path, content = fuzzer.request()
            began = time.monotonic()
            status, text = attempt(app, http, method, path, content)
            slowest = max(slowest, time.monotonic() - began)
            tally["tried"] += 1
            assert SECRET not in text
            assert "root:x" not in text
            assert "Traceback" not in text
            if status == 0 or app.process.poll() is not None or text == "Internal Server Error":
                tally["crashed"] += 1
                strange[f"{method} {path[:60]}: {text[:80]}"] += 1
            elif status < 400:
                tally["answered"] += 1
            else:
                # The framework answers 500 with a sentence, or with none, where an event refuses what it was sent.
                # To HEAD nobody may answer with words.
                worded = method == "HEAD" or (
                    text not in ("", "null") and not text.startswith('{"error":null')
                )
                tally["refused with a message" if worded else "refused without a word"] += 1
                if not worded:
                    strange[
                        f"without a word: {status} {method} {path[:60]}: {text[:80]} {content}"[:600]
                    ] += 1
    print(f"{dict(tally)}; slowest {slowest:.1f} s; memory {app.resident() / 1e6:.0f} MB")
    print("\n".join(f"{times}x {what}" for what, times in strange.most_common(20)))
    assert tally["tried"] == count
    assert tally["crashed"] == 0
    assert tally["refused without a word"] == 0
    assert canary.asked == []
    assert "safehttpx" not in app.log
    assert SECRET not in app.log
    assert verdict(app, config) == usual
