"""A pool of decoder processes: a crash, a hang or a memory blow-up costs one photo, not the app.

A worker runs the app's own Python with nothing but Pillow, an empty environment and, where the system supports such
limits, without permission to open files or sockets, to write files, to leave a core dump, or to take more memory than
allowed. It reads photos from its standard input and writes pixels to its standard output; its answers are checked
like any other untrusted data. A pool does not survive a fork of the app: start a new one there.
"""

from __future__ import annotations

import dataclasses
import json
import mmap
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, TypeVar

from idia_core.errors import IdiaError, Message
from idia_core.photos import decoding
from idia_core.photos.decoder_worker import READY, receive, receive_header, send
from idia_core.photos.decoding import CODES, Decoded, Limits

Answer = TypeVar("Answer")

START_SECONDS = 60.0
"""Time for a worker to start, which takes about 0.1 s, and much longer on a machine under load."""
PHOTOS_PER_WORKER = 200
"""A worker is replaced after this many, so that no leak in a decoding library adds up."""
BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from idia_core.photos.decoder_worker import serve; serve(int(sys.argv[2]), float(sys.argv[3]))"
)


class DecoderPool:
    """Decodes as `decoding.decode` does, in other processes. Threads may share one pool.

    Workers start when first needed. Where none can be started at all (a platform without processes), photos are
    decoded in this process; `isolated()` tells.
    """

    def __init__(self, workers: int = 2, seconds: float = 30.0, memory_bytes: int = 1_500_000_000) -> None:
        """Set the size of the pool; start nothing.

        Args:
            workers: most processes, 1 or more; each takes about 22 MB while idle.
            seconds: time for one photo before its worker is killed.
            memory_bytes: address space for one photo, beyond what an idle worker has (Linux only).
        """
        if workers < 1:
            raise ValueError(f"a pool needs at least one worker, got {workers}")
        self._seconds = seconds
        self._memory_bytes = memory_bytes
        self._slots: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        self._workers = workers
        self._started = False
        for _ in range(workers):
            self._slots.put(None)

    def decode(self, data: bytes, limits: Limits) -> Decoded:
        """Decode one file in the next free worker.

        Raises:
            IdiaError: as `decoding.decode`, and when decoding crashed or ran out of time or memory.
        """
        worker = self._slots.get()
        try:
            worker = worker or self._start()
            if worker is None:
                return self._decode_here(data, limits)
            return worker.decode(data, limits, self._seconds)
        finally:
            self._slots.put(worker if worker is not None and worker.usable() else None)

    def isolated(self) -> bool:
        """Start a worker if none runs, and tell whether photos are decoded outside this process."""
        worker = self._slots.get()
        try:
            worker = worker or self._start()
            return worker is not None
        finally:
            self._slots.put(worker)

    def stop_idle_workers(self) -> None:
        """End the workers that wait for a photo; what the last photo left in their memory goes with them."""
        idle = 0
        with suppress(queue.Empty):
            while True:
                worker = self._slots.get_nowait()
                idle += 1
                if worker is not None:
                    worker.end()
        for _ in range(idle):
            self._slots.put(None)

    def close(self) -> None:
        """End all workers, each after its current photo; the next photo would start new ones."""
        for worker in [self._slots.get() for _ in range(self._workers)]:
            if worker is not None:
                worker.end()
            self._slots.put(None)

    def _start(self) -> _Worker | None:
        """Start a worker.

        Returns:
            None if no worker ever started, so that photos are decoded here.
        Raises:
            IdiaError: workers did start before: protection is never dropped later.
        """
        try:
            worker = _Worker(self._memory_bytes, self._seconds)
        except OSError as error:
            if self._started:
                raise IdiaError("decoder-unavailable") from error
            return None
        self._started = True
        return worker

    def _decode_here(self, data: bytes, limits: Limits) -> Decoded:
        """Decode in this process; an unexpected exception is told as a crash of a worker would be."""
        try:
            return decoding.decode(data, limits)
        except IdiaError:
            raise
        except Exception:  # noqa: BLE001 - its words may quote the file
            raise _crashed(self._seconds) from None

    def __enter__(self) -> DecoderPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Worker:
    """One decoder process and the two pipes to it."""

    def __init__(self, memory_bytes: int, seconds: float) -> None:
        """Start the process and wait until it is ready.

        Raises:
            OSError: no process could be started, or it did not become ready.
        """
        paths = [str(Path(__file__).parents[2]), *sys.path]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
            [sys.executable, "-E", "-S", "-c", BOOT, json.dumps(paths), str(memory_bytes), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=None if sys.platform == "win32" else {},
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise ValueError("asked for two pipes and got none")
        self._requests: IO[bytes] = self._process.stdin
        self._answers: IO[bytes] = self._process.stdout
        self._photos_left = PHOTOS_PER_WORKER
        self._expired = False
        if self._timed(lambda: receive(self._answers, len(READY)), START_SECONDS) != READY:
            self.end()
            raise OSError("the decoder process did not come up")

    def decode(self, data: bytes, limits: Limits, seconds: float) -> Decoded:
        """Send one photo and read the answer; any failure ends the worker and costs this photo only."""
        self._photos_left -= 1
        answer = self._timed(lambda: self._ask(data, limits), seconds)
        if answer is None:
            self.end()
            raise _crashed(seconds)
        if isinstance(answer, IdiaError):
            raise answer
        return answer

    def usable(self) -> bool:
        """Tell whether this worker can take another photo; if not, end it."""
        if self._process.poll() is None and self._photos_left > 0 and not self._expired:
            return True
        self.end()
        return False

    def end(self) -> None:
        """Kill the process and close its pipes."""
        self._process.kill()
        for stream in (self._requests, self._answers):
            with suppress(OSError):
                stream.close()
        self._process.wait()

    def _ask(self, data: bytes, limits: Limits) -> Decoded | IdiaError:
        """Send one photo; read and check the answer."""
        send(self._requests, {"size": len(data), "limits": dataclasses.asdict(limits)}, data)
        header = receive_header(self._answers)
        if "refused" in header:
            refused = _message(*header["refused"])
            return IdiaError(refused.code, **refused.values)
        width, height = int(header["width"]), int(header["height"])
        if min(width, height) < 1 or width * height > limits.megapixels * 1e6:
            raise ValueError("a picture of impossible size")
        findings = tuple(_message(*finding) for finding in header["findings"])
        return Decoded(_read_pixels(self._answers, 3 * width * height), width, height, findings)

    def _timed(self, action: Callable[[], Answer], seconds: float) -> Answer | None:
        """Run an action that ends when the process ends, and kill the process when the time is up.

        Returns:
            What the action returned, or None: out of time, the process is gone, or its answer is invalid.
        """
        alarm = threading.Timer(seconds, self._expire)
        alarm.daemon = True
        alarm.start()
        try:
            return action()
        except Exception:  # noqa: BLE001 - an answer that cannot be read in any way is a crash
            return None
        finally:
            alarm.cancel()
            alarm.join()

    def _expire(self) -> None:
        """Kill the process, and remember that, for a killed process takes a moment to be gone."""
        self._expired = True
        self._process.kill()


def _crashed(seconds: float) -> IdiaError:
    return IdiaError("photo-crashed-decoder", seconds=f"{seconds:g}")


def _message(code: object, values: object) -> Message:
    """Validate a worker's message: the worker has read a hostile file.

    Raises:
        ValueError: a message that decoding never gives.
    """
    if code not in CODES or not isinstance(values, dict):
        raise ValueError("a message that decoding never gives")
    if not all(isinstance(value, str | int | float) for value in values.values()):
        raise ValueError("a message with values of another kind")
    return Message(str(code), {str(name): value for name, value in values.items()})


def _read_pixels(stream: IO[bytes], size: int) -> memoryview:
    """Read into an anonymous memory map, which goes back to the system, content and all, once nobody holds it.

    Raises:
        EOFError: the other process closed the pipe before that.
    """
    pages = mmap.mmap(-1, size)
    with memoryview(pages) as view:
        filled = 0
        while filled < size:
            with view[filled:] as rest:
                n_bytes = stream.readinto(rest)  # type: ignore[attr-defined]
            if not n_bytes:
                raise EOFError("the other end closed the pipe")
            filled += n_bytes
    return memoryview(pages).toreadonly()
