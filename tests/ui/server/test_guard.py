"""The private folder, the closed doors, the size of requests, and the headers."""

from __future__ import annotations

import asyncio
import os
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from idia_core.ui.server import guard
from idia_core.ui.server.guard import SMALL_BODY, Guard, _Body
from idia_core.ui.server.workspace import FRAMEWORK_SETTINGS, LOCK_NAME, Workspace, prepare
from tests.ui.conftest import ERRORS


@pytest.fixture
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for key in (*FRAMEWORK_SETTINGS, "GRADIO_TEMP_DIR"):
        monkeypatch.setenv(key, "as before")
    return tmp_path


def test_the_folder_is_private_and_the_framework_is_told(parent: Path) -> None:
    workspace = prepare(parent)
    assert stat.S_IMODE(workspace.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(workspace.folder.parent.stat().st_mode) == 0o700
    assert os.environ["GRADIO_TEMP_DIR"] == str(workspace.folder)
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert os.environ["GRADIO_RUN_HISTORY"] == "False"


def test_what_a_killed_process_left_is_deleted_and_a_living_one_is_left_alone(parent: Path) -> None:
    living = prepare(parent)
    dead = living.folder.parent / "page-dead"
    dead.mkdir()
    (dead / LOCK_NAME).touch()
    (dead / "jane_doe.jpg").write_bytes(b"photo")
    (living.folder / "upload.jpg").write_bytes(b"photo")
    prepare(parent)
    assert not dead.exists()
    assert (living.folder / "upload.jpg").exists()


def test_the_sweep_deletes_old_files_and_empty_folders(parent: Path) -> None:
    workspace: Workspace = prepare(parent)
    old, new = workspace.folder / "hash" / "old.jpg", workspace.folder / "new.jpg"
    old.parent.mkdir()
    old.touch()
    new.touch()
    os.utime(old, (0, 0))
    assert workspace.sweep(older_than=900) == 1
    workspace.sweep()
    assert [path.name for path in workspace.folder.rglob("*")].count("old.jpg") == 0
    assert not old.parent.exists()
    assert new.exists()
    os.utime(new, (time.time() - 901, time.time() - 901))
    assert workspace.sweep() == 1


def test_a_foreign_file_of_the_same_name_is_not_trusted(parent: Path) -> None:
    owner = os.getuid()
    target = parent / "elsewhere"
    target.mkdir()
    (parent / f"idia-demo-{owner}").symlink_to(target)
    workspace = prepare(parent)
    assert target not in workspace.folder.parents
    assert list(target.iterdir()) == []


def answer(
    path: str, method: str = "GET", body: bytes = b"", **headers: str
) -> tuple[int, dict[bytes, bytes], int]:
    """Ask a guarded app that reads the whole body; return status, headers, and bytes that reached it."""
    reached = 0

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal reached
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            reached += len(message["body"])
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": 200, "headers": [(b"cache-control", b"public")]})
        await send({"type": "http.response.body", "body": b""})

    pieces = [body[at : at + 100_000] for at in range(0, len(body), 100_000)] or [b""]
    messages = [
        {"type": "http.request", "body": piece, "more_body": at < len(pieces) - 1}
        for at, piece in enumerate(pieces)
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    raw = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
    scope = {"type": "http", "path": path, "method": method, "headers": raw}
    guarded = Guard(app, photo_bytes=3_000_000, under_way_bytes=20_000_000, text_doors=("/call/audit",))
    asyncio.run(guarded(scope, receive, send))
    start = sent[0] if sent else {"status": 0, "headers": []}
    return start["status"], dict(start["headers"]), reached


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/upload/",
        "/gradio_api/deep_link",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=http://127.0.0.1/",
        "/monitoring/summary",
        "/prefix/gradio_api/upload",
        "/gradio_api/component_server",
        "/gradio_api/component_server/",
        "/gradio_api/startup-events",
        "/gradio_api/run-history/records",
    ],
)
def test_doors_that_the_page_does_not_use_are_closed(path: str) -> None:
    status, headers, reached = answer(path, "POST", b"x" * 10)
    assert (status, reached) == (403, 0)
    assert b"content-security-policy" in headers


def test_another_site_may_not_post() -> None:
    assert answer("/gradio_api/queue/join", "POST", sec_fetch_site="cross-site")[0] == 403
    assert answer("/gradio_api/queue/join", "POST", sec_fetch_site="same-origin")[0] == 200
    assert answer("/", "GET", sec_fetch_site="cross-site")[0] == 200
    assert answer("/photos/x", "POST", sec_fetch_site="cross-site")[0] == 403


@pytest.mark.parametrize("path", ["/photos/x", "/gradio_api/queue/join"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://192.168.1.7:7861"}, 403),
        ({"origin": "http://192.168.1.7:7860"}, 200),
        ({"origin": "http://page.example", "x_forwarded_host": "page.example"}, 200),
        ({"origin": "https://page.example", "sec_fetch_site": "same-origin"}, 200),
        ({}, 200),
    ],
)
def test_where_the_browser_says_no_more_than_the_origin_it_has_to_be_ours(
    path: str, headers: dict[str, str], status: int
) -> None:
    """Over plain HTTP, in a local network, browsers send no `Sec-Fetch-Site`."""
    assert answer(path, "POST", host="192.168.1.7:7860", **headers)[0] == status


def test_a_request_is_bounded_by_what_it_sends_whatever_it_announces() -> None:
    ordinary, photo, text = "/gradio_api/queue/join", "/photos/" + "t" * 32, "/gradio_api/call/audit"
    big = b"x" * 2_000_000
    assert answer(ordinary, "POST", big, content_length="2000000")[0] == 413
    status, _, reached = answer(ordinary, "POST", big, content_length="10")
    assert status == 0
    assert reached <= SMALL_BODY
    assert answer(photo, "POST", big)[0] == 200
    assert answer(photo, "POST", b"x" * 3_000_000)[0] == 200
    assert answer(photo, "POST", b"x" * 3_000_001, content_length="3000001")[0] == 413
    status, _, reached = answer(photo, "POST", b"x" * 3_000_001, content_length="10")
    assert (status, reached) == (0, 3_000_000)
    assert answer(f"/elsewhere{photo}", "POST", big, content_length="2000000")[0] == 413
    assert answer(text, "POST", b"x" * 4_900_000)[0] == 200
    assert answer(text, "POST", b"x" * 5_100_000)[0] == 0
    assert answer(photo, "POST", b"x" * 6_000_000)[0] == 0


def test_every_answer_carries_the_policy_and_only_code_is_cached() -> None:
    _, headers, _ = answer("/")
    assert b"connect-src 'self'" in headers[b"content-security-policy"]
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"referrer-policy"] == b"no-referrer"
    assert answer("/assets/index.js")[1][b"cache-control"] == b"public"


def test_forms_are_refused_since_the_framework_would_write_their_parts_to_files() -> None:
    for kind in ("multipart/form-data; boundary=x", "Multipart/Form-Data"):
        status, _, reached = answer("/photos/" + "t" * 32, "POST", b"x", content_type=kind)
        assert (status, reached) == (415, 0)


class Line:
    """Requests of one guard, which send piece by piece when they are told to."""

    def __init__(self, under_way_bytes: int) -> None:
        self.guard = Guard(self.app, photo_bytes=4_000_000, under_way_bytes=under_way_bytes)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        while (message := await receive())["type"] != "http.disconnect" and message.get("more_body"):
            pass
        status = 499 if message["type"] == "http.disconnect" else 200
        await send({"type": "http.response.start", "status": status, "headers": []})

    async def ask(self, pieces: asyncio.Queue[bytes | None], announced: int = 0) -> int:
        async def receive() -> Any:
            piece = await pieces.get()
            return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"content-length", str(announced).encode())]
        scope = {
            "type": "http",
            "path": "/photos/" + "t" * 32,
            "method": "POST",
            "headers": headers,
        }
        await self.guard(scope, receive, send)
        return int(sent[0]["status"])


def test_all_requests_together_hold_no_more_than_agreed() -> None:
    async def story() -> list[int]:
        line = Line(6_000_000)
        first: asyncio.Queue[bytes | None] = asyncio.Queue()
        slow = asyncio.create_task(line.ask(first))
        await first.put(b"x" * 3_000_000)
        for _ in range(10_000):
            if line.guard._under_way:
                break
            await asyncio.sleep(0.001)
        assert line.guard._under_way == 3_000_000
        other: asyncio.Queue[bytes | None] = asyncio.Queue()
        statuses = [await line.ask(other, announced=3_500_000)]  # too much with the first one's
        for piece in (b"x" * 2_000_000, b"x" * 2_000_000, None):
            await other.put(piece)
        statuses.append(await line.ask(other, announced=10))  # the same without saying so
        await first.put(None)
        statuses.append(await slow)
        assert line.guard._under_way == 0
        fresh: asyncio.Queue[bytes | None] = asyncio.Queue()
        await fresh.put(b"x" * 4_000_000)
        await fresh.put(None)
        return [*statuses, await line.ask(fresh, announced=4_000_000)]

    assert asyncio.run(story()) == [503, 499, 200, 200]


def test_who_stops_sending_half_way_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "SILENCE_SECONDS", 0.05)

    async def story() -> int:
        pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        await pieces.put(b"half")
        return await asyncio.wait_for(Line(6_000_000).ask(pieces), 10)

    assert asyncio.run(story()) == 499


def test_a_listener_may_wait_for_ever_once_it_has_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "SILENCE_SECONDS", 0.01)

    async def story() -> str:
        pieces: asyncio.Queue[Any] = asyncio.Queue()
        body = _Body(pieces.get, 1000, lambda size: True)
        await pieces.put({"type": "http.request", "body": b"", "more_body": False})
        await body.next()
        waiting = asyncio.create_task(body.next())
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await pieces.put({"type": "http.disconnect"})
        return str((await waiting)["type"])

    assert asyncio.run(story()) == "http.disconnect"


def test_a_crash_leaves_no_picture_of_the_memory(parent: Path) -> None:
    import subprocess
    import sys

    code = (
        "import resource, sys\n"
        "from pathlib import Path; from idia_core.ui.server.workspace import prepare; prepare(Path(sys.argv[1]))\n"
        "print(*resource.getrlimit(resource.RLIMIT_CORE))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(parent)],
        cwd=Path(__file__).resolve().parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["0", "0"]  # says nothing on a machine that forbids them anyway


@pytest.mark.parametrize(
    ("piece", "status"), [(b"x" * 2000, 413), (None, 408), (b"", 400)], ids=["large", "silent", "gone"]
)
def test_who_was_cut_off_hears_why_and_nobody_else_hears_of_it(
    piece: bytes | None, status: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(guard, "SILENCE_SECONDS", 0.05)

    async def reads(scope: Any, receive: Any, send: Any) -> None:
        if (await receive())["type"] == "http.disconnect":
            raise ClientDisconnect

    async def receive() -> Any:
        if piece is None:
            await asyncio.sleep(10)
        return {"type": "http.request" if piece else "http.disconnect", "body": piece, "more_body": True}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "path": "/photos/x", "method": "POST", "headers": []}
    asyncio.run(Guard(reads, photo_bytes=1000, under_way_bytes=1_000_000)(scope, receive, send))
    assert sent[0]["status"] == status
    assert caplog.text == ""


@pytest.mark.parametrize("kind", ERRORS)
def test_what_the_framework_stumbles_over_gets_a_sentence_and_is_not_quoted(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def stumbling(scope: Any, receive: Any, send: Any) -> None:
        raise ERRORS[kind]("Zelda Quux")

    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    guard = Guard(stumbling, photo_bytes=1000, under_way_bytes=1000)
    asyncio.run(guard({"type": "http", "path": "/x", "method": "POST", "headers": []}, receive, send))
    assert sent[0]["status"] == 400
    assert sent[1]["body"] == b"This request cannot be understood."
    assert f"{kind} at {__file__}:" in caplog.text
    assert "Quux" not in caplog.text
