"""The private folder, the closed doors, the size of requests, and the headers."""

from __future__ import annotations

import asyncio
import os
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from idia_core.ui import security
from idia_core.ui.security import Guard, Workspace, prepare


@pytest.fixture
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for key in (*security.FRAMEWORK, "GRADIO_TEMP_DIR"):
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
    (dead / security.LOCK_NAME).touch()
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
    asyncio.run(Guard(app, photo_bytes=3_000_000)(scope, receive, send))
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


def test_a_request_is_bounded_by_what_it_sends_whatever_it_announces() -> None:
    ordinary, photo = "/gradio_api/queue/join", "/gradio_api/component_server"
    big = b"x" * 2_000_000
    assert answer(ordinary, "POST", big, content_length="2000000")[0] == 413
    status, _, reached = answer(ordinary, "POST", big, content_length="10")
    assert status == 0
    assert reached <= security.SMALL_BODY
    assert answer(photo, "POST", big)[0] == 200
    assert answer(photo, "POST", b"x" * 6_000_000)[0] == 0


def test_every_answer_carries_the_policy_and_only_code_is_cached() -> None:
    _, headers, _ = answer("/")
    assert b"connect-src 'self'" in headers[b"content-security-policy"]
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"referrer-policy"] == b"no-referrer"
    assert answer("/assets/index.js")[1][b"cache-control"] == b"public"
