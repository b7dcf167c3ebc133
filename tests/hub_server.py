"""A server that speaks as much of the Hugging Face Hub's protocol as a download needs, from files in a folder.

`ROOT/ORG/REPO/FILE` is served at `/ORG/REPO/resolve/main/FILE`, with the headers the client library keys its
cache by. It can be told to hang up half way, or to go on slowly from some point.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"
RESOLVE = re.compile(r"/(?P<repo>[\w.-]+/[\w.-]+)/resolve/[\w.-]+/(?P<file>[\w./-]+)$")


@dataclass
class Hub:
    """The running server: its address, what was asked, and how it should misbehave."""

    url: str
    requests: list[str] = field(default_factory=list)
    hang_up_after: int | None = None
    slow_after: int | None = None


@contextmanager
def serve(root: Path) -> Iterator[Hub]:
    """Serve a folder on a free port of this machine until the block ends."""
    hub = Hub(url="")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self.answer(body=False)

        def do_GET(self) -> None:
            self.answer(body=True)

        def answer(self, body: bool) -> None:
            hub.requests.append(f"{self.command} {self.path}")
            match = RESOLVE.fullmatch(self.path.split("?")[0])
            path = root / match["repo"] / match["file"] if match else None
            if path is None or not path.is_file():
                missing_repo = match is None or not (root / match["repo"]).is_dir()
                return self.refuse("RepoNotFound" if missing_repo else "EntryNotFound")
            data = path.read_bytes()
            start = 0
            if wanted := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")):
                start = int(wanted[1])
            self.send_response(206 if start else 200)
            self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(len(data) - start))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.end_headers()
            if body:
                self.send(data[start:])

        def send(self, data: bytes) -> None:
            if hub.hang_up_after is not None and len(data) > hub.hang_up_after:
                self.wfile.write(data[: hub.hang_up_after])
                self.wfile.flush()
                self.close_connection = True
                self.connection.close()
                return
            if hub.slow_after is not None:
                self.wfile.write(data[: hub.slow_after])
                self.wfile.flush()
                for at in range(hub.slow_after, len(data), 1000):
                    time.sleep(0.2)
                    self.wfile.write(data[at : at + 1000])
                return
            self.wfile.write(data)

        def refuse(self, code: str) -> None:
            self.send_response(404)
            self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
