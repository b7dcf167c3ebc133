"""The server around the page: what ends it and what does not, and what it says of its own errors."""

from __future__ import annotations

import signal
import socket
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

import app
from idia_core.settings import Settings
from idia_core.text import say
from idia_core.ui.page import gradio_patches
from idia_core.ui.server import serving
from tests.conftest import refused
from tests.ui import served
from tests.ui.conftest import ERRORS

NAME = "Zeldamira Quuxington"


@pytest.mark.parametrize("kind", ERRORS)
def test_what_ends_the_app_is_logged_by_kind_and_place_only(
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def breaks(_: object) -> None:
        raise ERRORS[kind](NAME)

    monkeypatch.setattr(app, "prepare", breaks)
    assert app.main() == 1
    assert f"{kind} at {__file__}:" in caplog.text
    assert "Quuxington" not in caplog.text + "".join(capfd.readouterr())


class Sweeper:
    """Stands for each thing that the janitor sweeps."""

    def __init__(self) -> None:
        self.swept = 0

    def sweep(self) -> None:
        self.swept += 1
        raise ERRORS["OwnError"](NAME)


def test_the_janitor_goes_on_after_an_error(caplog: pytest.LogCaptureFixture) -> None:
    page: Any = Sweeper()
    folder: Any = Sweeper()
    demo: Any = None  # has no queue to look into, which is an error too
    for _ in range(2):
        serving._sweep(page, folder, demo)
    assert (page.swept, folder.swept) == (2, 2)
    assert caplog.text.count("a sweep failed") == 6
    assert "Quuxington" not in caplog.text


@pytest.mark.parametrize("ending", [False, True])
def test_a_model_that_cannot_be_loaded_in_advance_is_logged_unless_the_app_ends(
    ending: bool, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks() -> None:
        raise ERRORS["SafetensorError"](NAME)

    thread = SimpleNamespace(is_alive=lambda: not ending)
    server: Any = SimpleNamespace(page=SimpleNamespace(engine=SimpleNamespace(warm_up=breaks)), thread=thread)
    serving._warm_up(server)
    assert ("SafetensorError at" in caplog.text) is not ending
    assert "Quuxington" not in caplog.text


@pytest.fixture
def taken() -> Any:
    """Occupy a port, and find the next one free."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        yield one.getsockname()[1]


def test_a_port_that_is_taken_is_passed_over(taken: int) -> None:
    with serving._bind("127.0.0.1", range(taken, taken + 20)) as listener:
        assert taken < listener.getsockname()[1] < taken + 20


def test_no_free_port_is_told_with_what_to_do(taken: int) -> None:
    with refused(say("no-port", host="127.0.0.1", first=str(taken), last=str(taken))):
        serving._bind("127.0.0.1", [taken])


def test_a_server_that_is_closed_ends_at_once_although_a_page_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(cache_dir=tmp_path)
    monkeypatch.setattr(gradio_patches.http_server, "LOCALHOST_NAME", "0.0.0.0")
    server = serving.start(settings, *serving.build(settings))
    assert server.url.startswith("http://localhost:")
    address = server.url.replace("localhost", "127.0.0.1")
    opened = threading.Event()

    def stay() -> None:
        with httpx.stream("GET", f"{address}gradio_api/heartbeat/me", timeout=60) as lines:
            for _ in lines.iter_lines():
                opened.set()

    page = threading.Thread(target=stay, daemon=True)
    page.start()
    assert opened.wait(30)
    began = time.monotonic()
    server.close()
    page.join(10)
    assert not server.thread.is_alive()
    assert not page.is_alive()
    assert time.monotonic() - began < serving.CLOSE_SECONDS
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_ctrl_c_ends_the_app_cleanly_although_a_page_is_open(tmp_path: Path) -> None:
    with served.serve(tmp_path) as running:
        guest = served.Guest(running.url)
        guest.call("opened")
        guest.stay()
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(30) == 0
        assert running.log.splitlines() == [f"The page is open at {running.url} (Ctrl+C ends it)"]
        assert [
            path for path in (tmp_path / "tmp").rglob("*") if path.is_file() and path.name != ".in-use"
        ] == []


def test_the_frameworks_variables_say_where_to_listen(tmp_path: Path) -> None:
    process, url = served.start(tmp_path, GRADIO_SERVER_NAME="127.0.0.2")
    elsewhere = url.replace("127.0.0.1", "127.0.0.2")
    try:
        served.wait_until_up(elsewhere, process)
        until = time.monotonic() + 30
        while not (said := (tmp_path / "log.txt").read_text()) and time.monotonic() < until:
            time.sleep(0.1)
        assert f"The page is open at {elsewhere} " in said
        with pytest.raises(httpx.ConnectError):
            httpx.get(url)
    finally:
        process.kill()
        process.wait(30)
