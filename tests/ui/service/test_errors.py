"""What breaks around the app while somebody uses it: the process, the disk, the memory, the model's file, the hub.

After each: the message says what happened, nothing of the visitor is lost, and the next run or start works.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from idia_core.clip import registry
from idia_core.clip.encoder import Encoder
from idia_core.sandbox import examples
from idia_core.settings import ASSETS
from idia_core.text import say
from idia_core.ui.service.page import Page
from tests import checkpoints, hub_server
from tests.ui import served
from tests.ui.served import Guest
from tests.ui.visitor import ME, ask, finish, four, run

ROOT = Path(__file__).resolve().parents[3]
PERSON = examples.read_examples(ASSETS / "examples")[0]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory. Tried..."), MemoryError()])
def test_a_model_out_of_memory_is_said_and_the_next_run_works(
    page: Page, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def full(self: Encoder, pictures: object) -> None:
        raise error

    four(page)
    with monkeypatch.context() as patched:
        patched.setattr(Encoder, "encode_images", full)
        last = finish(run(page, ME, ask(page)))[-1]
    assert say("no-memory") in str(last.progress)
    assert len(page.sessions.open(ME).photos.own.photos) == 4
    assert len(page.runner.queue) == 0
    assert finish(run(page, ME, ask(page)))[-1].shown is not None


def answered(guest: Guest, photos: int = 3) -> dict[str, object]:
    guest.add([(path.name, path.read_bytes()) for path in PERSON.files[:photos]])
    guest.ask(PERSON.name)
    return guest.run()


def test_an_altered_model_file_is_said(page: Page, tiny_folder: Path, tmp_path: Path) -> None:
    """Cut short or of other content: the reader refuses it; the page goes on with another model."""
    folder = tmp_path / "model"
    checkpoints.write(folder)
    file = folder / "open_clip_model.safetensors"
    content = file.read_bytes()
    four(page)
    models = page.engine._models
    page.engine._models = None
    page.engine.specs = (registry.parse_model(f"local-dir:{folder}"), *page.engine.specs)
    for spoiled in (content[: len(content) // 2], b"", b"\xff" * 100 + content[100:]):
        file.write_bytes(spoiled)
        last = finish(run(page, ME, ask(page, model=page.engine.specs[0].key)))[-1]
        assert last.shown is None
        assert 'class="trouble"' in str(last.progress)
        assert say("broke") not in str(last.progress)
        assert len(page.sessions.open(ME).photos.own.photos) == 4
    page.engine._models = models
    assert finish(run(page, ME, ask(page)))[-1].shown is not None


@LINUX
@pytest.mark.slow
def test_a_full_disk_is_said_and_the_page_goes_on_when_there_is_room(tmp_path: Path) -> None:
    """No file of the app may grow beyond 100 kB: what a full disk is to the vectors of the names."""
    code = (
        "import resource, signal, runpy, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); sys.argv = ['app.py']\n"
        "runpy.run_path('app.py', run_name='__main__')"
    )
    process, url = served.start(tmp_path, command=["-c", code])
    try:
        served.wait_until_up(url, process)
        guest = Guest(url)
        guest.call("opened")
        answer = answered(guest)
        assert "disk is full" in str(answer["progress"])
        assert "IDIA_CACHE_DIR" in str(answer["progress"])
        guest.ask("Anna Bell", "a photo of {0}\nthe face of {0}")  # prompts of one's own need no disk
        assert "Anna Bell" in str(guest.run()["outcome"])
    finally:
        process.kill()
        process.wait(30)
    with served.serve(tmp_path) as app:
        guest = Guest(app.url)
        guest.call("opened")
        assert PERSON.name in str(answered(guest)["outcome"])


@LINUX
@pytest.mark.slow
def test_killed_while_the_names_are_being_read_the_next_start_goes_on(tmp_path: Path) -> None:
    with served.serve(tmp_path / "calm") as app:
        guest = Guest(app.url)
        guest.call("opened")
        right = answered(guest)
    process, _ = served.start(tmp_path / "killed")
    text_cache = tmp_path / "killed" / "cache" / "text"
    deadline = time.monotonic() + 180
    while len(list(text_cache.glob("*.safetensors"))) < 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    kept = len(list(text_cache.glob("*.safetensors")))
    with served.serve(tmp_path / "killed") as app:
        guest = Guest(app.url)
        guest.call("opened")
        again = answered(guest)
        assert "Error" not in app.log
    print(
        f"killed with {kept} parts of the names on the disk, {len(list(text_cache.glob('*.safetensors')))} afterwards"
    )
    assert 1 <= kept < len(list(text_cache.glob("*.safetensors")))
    assert (again["outcome"], again["answers"]) == (right["outcome"], right["answers"])


def fetch(hub: hub_server.Hub, cache: Path) -> subprocess.Popen[str]:
    environment = {
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(cache),
        "HF_HUB_DISABLE_XET": "1",
        "PATH": os.environ["PATH"],
        "HOME": str(cache),
    }
    command = [sys.executable, "-m", "idia_core", "models", "fetch", "hf-hub:someone/tiny-clip"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.slow
def test_killed_during_a_download_the_next_one_completes_it(tmp_path: Path) -> None:
    root, cache = tmp_path / "hub", tmp_path / "cache"
    checkpoints.write(root / "someone" / "tiny-clip")
    whole = (root / "someone" / "tiny-clip" / "open_clip_model.safetensors").read_bytes()
    with hub_server.serve(root) as hub:
        hub.slow_after = len(whole) // 2
        process = fetch(hub, cache)
        deadline = time.monotonic() + 120
        while not any(line.startswith("GET") and "safetensors" in line for line in hub.requests):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(2)  # half of it is there, and the rest comes drop by drop
        assert process.poll() is None
        process.kill()
        process.communicate(timeout=30)
        assert list(cache.rglob("open_clip_model.safetensors")) == []  # nothing half is taken for whole
        hub.slow_after = None
        again = fetch(hub, cache)
        _, said = again.communicate(timeout=120)
        assert again.returncode == 0, said
    assert [path.read_bytes() == whole for path in cache.rglob("open_clip_model.safetensors")] == [True]


@pytest.mark.slow
@pytest.mark.parametrize("trouble", ["unreachable", "slow", "half a file"])
def test_a_hub_in_trouble_is_said_on_the_page_and_costs_nobody_the_model(
    tmp_path: Path, trouble: str
) -> None:
    spec = registry.parse_model("laion400m-b32")
    checkpoints.write(tmp_path / "hub" / str(spec.hub))
    with hub_server.serve(tmp_path / "hub") as hub:
        hub.slow_after = 100_000 if trouble == "slow" else None
        hub.hang_up_after = 100_000 if trouble == "half a file" else None
        environment = {
            "HF_ENDPOINT": "http://127.0.0.1:9" if trouble == "unreachable" else hub.url,
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_ETAG_TIMEOUT": "3",
            "IDIA_DOWNLOADS": "1",
            "IDIA_FETCH_SECONDS": "5" if trouble == "slow" else "600",
        }
        with served.serve(tmp_path / "app", **environment) as app:
            guest = Guest(app.url)
            guest.call("opened")
            guest.add([(path.name, path.read_bytes()) for path in PERSON.files[:3]])
            guest.ask(PERSON.name, model=spec.key)
            said = str(guest.run()["progress"])
            told = say("fetch-too-long", seconds=5) if trouble == "slow" else "could not be fetched"
            assert told in said
            guest.ask(PERSON.name)
            assert PERSON.name in str(guest.run()["outcome"])  # the photos were kept, the model is free
