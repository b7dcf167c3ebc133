"""The real app as a process of its own, and visitors who speak to it as the page's scripts do, without a browser."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import httpx

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180
NOT_OURS = (".in-use", "log.txt", ".safetensors")
"""Ends of names of files that the app may hold open."""


@dataclass(frozen=True)
class Served:
    """A running app, and the only folders it may write to."""

    url: str
    root: Path
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> str:
        return (self.root / "log.txt").read_text(errors="replace")

    def family(self) -> list[int]:
        """List the process and all its descendants that are alive."""
        parents: dict[int, int] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        found = [self.process.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def traces(self, *needles: bytes) -> list[str]:
        """Find what holds a needle: files by name or content, also those deleted and still open, of all processes."""
        found = []
        for path in self.root.rglob("*"):
            with suppress(FileNotFoundError):
                text = str(path.relative_to(self.root)).encode()
                text += path.read_bytes() if path.is_file() else b""
                found += [str(path) for needle in needles if needle in text]
        for pid in self.family():
            for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
                with suppress(OSError):
                    target = os.readlink(descriptor)
                    if target.startswith("/") and not target.startswith(("/dev", "/proc", "/sys")):
                        content = descriptor.read_bytes() if descriptor.is_file() else b""
                        found += [f"{pid}: {target}" for needle in needles if needle in content]
                        if target.startswith(str(self.root)) and not target.endswith(NOT_OURS):
                            found.append(f"{pid}: {target} is open")
        return found

    def memory(self, *needles: bytes) -> list[str]:
        """Find the needles that are in the memory of a process of the family: which process, which, how often."""
        found = []
        for pid in self.family():
            with suppress(FileNotFoundError, ProcessLookupError):
                found += [f"{pid}: {needle!r} {count}x" for needle, count in places(pid, needles).items()]
        return found

    def resident(self) -> int:
        """Return the memory of the app's own process, in bytes."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


def places(pid: int, needles: tuple[bytes, ...]) -> dict[bytes, int]:
    """Count needles in all that a process can write to in its own memory and that is really there."""
    counts = dict.fromkeys(needles, 0)
    longest = max(map(len, needles))
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:  # noqa: PTH123
        for start, end in written(pid):
            at, tail = start, b""
            with suppress(OSError, ValueError):
                while at < end:
                    memory.seek(at)
                    piece = memory.read(min(end - at, 1 << 24))
                    if not piece:
                        break
                    text = tail + piece
                    for needle in needles:
                        counts[needle] += text.count(needle)
                    tail, at = text[-(longest - 1) :], at + len(piece)
    return {needle: count for needle, count in counts.items() if count}


def written(pid: int) -> list[tuple[int, int]]:
    """List the parts of a process's memory that it may write to and that are present."""
    found: list[tuple[int, int]] = []
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if head := re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line):
            found.append((int(head[1], 16), int(head[2], 16)))
        elif re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            found.append((0, 0))
        elif line.startswith("Anonymous:") and line.split()[1] == "0":
            found[-1] = (0, 0)
    return [(start, end) for start, end in found if end]


@contextmanager
def serve(root: Path, port: int | None = None, **environment: str) -> Iterator[Served]:
    """Start the app in private folders under `root`, wait until it answers, and end it with the block."""
    process, url = start(root, port, **environment)
    try:
        wait_until_up(url, process)
        yield Served(url, root, process)
    finally:
        process.kill()
        process.wait(30)


def start(
    root: Path, port: int | None = None, command: Sequence[str] = ("app.py",), **environment: str
) -> tuple[subprocess.Popen[bytes], str]:
    """Start the app and wait for nothing."""
    for name in ("home", "tmp"):
        (root / name).mkdir(parents=True, exist_ok=True)
    if port is None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    surroundings = {
        "PATH": os.environ["PATH"],
        "HOME": str(root / "home"),
        "TMPDIR": str(root / "tmp"),
        "IDIA_CACHE_DIR": str(root / "cache"),
        "GRADIO_SERVER_PORT": str(port),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        **environment,
    }
    with (root / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=surroundings, stdout=log, stderr=subprocess.STDOUT
        )
    return process, f"http://127.0.0.1:{port}/"


def wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.HTTPError):
            httpx.get(url, timeout=60)
            return
        time.sleep(0.2)
    raise RuntimeError(f"the app did not start: {process.poll()}")


@dataclass
class Config:
    """What the page's own configuration says: numbers of its components and events."""

    raw: dict[str, Any]
    ids: dict[str, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    @classmethod
    def read(cls, url: str) -> Config:
        raw = httpx.get(f"{url}config", timeout=60).json()
        config = cls(raw)
        for component in raw["components"]:
            if name := component["props"].get("elem_id"):
                config.ids[name] = component["id"]
                config.names[component["id"]] = name
        return config

    def data(self, api_name: str, **values: Any) -> list[Any]:
        """Fill an event's inputs by their components' names; the others keep what the page starts with."""
        starts = {one["id"]: one["props"].get("value") for one in self.raw["components"]}
        return [values.get(self.names.get(one, ""), starts[one]) for one in self.event(api_name)["inputs"]]

    def event(self, api_name: str) -> dict[str, Any]:
        (found,) = (one for one in self.raw["dependencies"] if one["api_name"] == api_name)
        return found  # type: ignore[no-any-return]


SOURCE = r'src="(thumbnails/[^"]+)"'
"""Finds the addresses of small pictures in markup."""


class Guest:
    """One open page."""

    def __init__(self, url: str, config: Config | None = None, session: str = "") -> None:
        self.url = url
        self.config = config or Config.read(url)
        self.session = session or secrets.token_hex(6)
        self.http = httpx.Client(timeout=httpx.Timeout(120, connect=60))
        self.strip = ""
        """The photos so far as the test last saw them."""

    def close(self) -> None:
        self.http.close()

    def post(self, path: str, body: object) -> httpx.Response:
        headers = {"content-type": "application/json"}
        return self.http.post(f"{self.url}gradio_api/{path}", content=json.dumps(body), headers=headers)

    def call(self, event: str, data: list[Any] | None = None, about: object = None) -> list[Any]:
        """Fire an event that does not wait in the framework's queue; return its outputs."""
        answer = self.post("run/predict", self.body(event, data, about))
        answer.raise_for_status()
        return answer.json()["data"]  # type: ignore[no-any-return]

    def body(self, event: str, data: list[Any] | None = None, about: object = None) -> dict[str, Any]:
        found = self.config.event(event)
        return {
            "data": data or [],
            "event_data": about,
            "fn_index": found["id"],
            "trigger_id": None,
            "session_hash": self.session,
        }

    def receive(self, ticket: str, label: str, data: bytes) -> httpx.Response:
        """Send one file as the drop zone's script does."""
        headers = {"x-label": quote(label, errors="surrogatepass")}
        return self.http.post(f"{self.url}photos/{ticket}", content=data, headers=headers)

    def thumbnails(self, markup: str) -> list[httpx.Response]:
        """Fetch the small pictures that a piece of markup shows, as a browser would."""
        return [self.http.get(urljoin(self.url, source)) for source in re.findall(SOURCE, markup)]

    def add(self, files: list[tuple[str, bytes]]) -> str:
        """Add photos; return the strip's markup."""
        ticket = secrets.token_hex(16)
        for label, data in files:
            answer = self.receive(ticket, label, data)
            answer.raise_for_status()
            assert answer.text == ""
        return str(self.call("arrived", [], {"ticket": ticket, "left_out": [], "reasons": []})[0])

    def ask(self, name: str, templates: str = "", agreed: bool = True, model: str = "sandbox") -> None:
        values = {"name": name, "model": model, "templates": templates, "consent": agreed}
        self.call("asked", self.config.data("asked", **values))

    def choose(self, example: str) -> None:
        self.call("chosen", self.config.data("chosen"), {"key": example})

    def join(self) -> str:
        """Start the run that was asked for; return the event's id."""
        answer = self.post("queue/join", self.body("run"))
        answer.raise_for_status()
        return str(answer.json()["event_id"])

    def messages(self) -> Iterator[dict[str, Any]]:
        """Listen to what the server says of this page's runs."""
        params = {"session_hash": self.session}
        with self.http.stream("GET", f"{self.url}gradio_api/queue/data", params=params) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line[5:])

    def run(self) -> dict[str, Any]:
        """Run what was asked; return the outputs by the components' names, and what was said under way."""
        self.join()
        shown: list[Any] = []
        said = ""
        for message in self.messages():
            if message["msg"] == "process_generating":
                said += json.dumps(message.get("output", {}).get("data"))
            if message["msg"] == "process_completed":
                if not message.get("success"):
                    raise RuntimeError(f"the server says: {message}")
                shown = message["output"]["data"]
                break
        outputs = self.config.event("run")["outputs"]
        named = {
            self.config.names.get(one, str(one)): value for one, value in zip(outputs, shown, strict=True)
        }
        return {**named, "said": said}

    def stay(self) -> threading.Thread:
        """Keep the page open, as the page's script does, until `close`: the server learns of the end by it."""
        opened = threading.Event()

        def beat() -> None:
            with (
                suppress(httpx.HTTPError, RuntimeError),
                self.http.stream(
                    "GET", f"{self.url}gradio_api/heartbeat/{self.session}", timeout=None
                ) as stream,
            ):
                self.beating = stream
                for _ in stream.iter_lines():
                    opened.set()

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        opened.wait(60)
        return thread
