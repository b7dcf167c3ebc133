"""The inside of a decoder process, and the messages that it and the app exchange over two pipes.

A message is a length (4 bytes, big-endian), a JSON object of that length, and the bytes that the object announces.
Request: `{"size", "limits"}` and a file. Answer: `{"width", "height", "findings"}` and the pixels, or
`{"refused": [code, values]}`.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from PIL import AvifImagePlugin

from idia_core.errors import IdiaError
from idia_core.photos import decoding, formats
from idia_core.photos.decoding import Limits

if sys.platform != "win32":
    import resource

READY = b"decoder ready\n"
LENGTH = struct.Struct(">I")
MAX_HEADER_BYTES = 65_536
"""More than any valid header needs."""
THREADS = 2
"""Threads of the AVIF library; by default it takes one per core, each with address space of its own."""


def send(stream: IO[bytes], header: dict[str, Any], body: bytes | memoryview = b"") -> None:
    """Write one message and flush it.

    Raises:
        OSError: the other process is gone.
    """
    text = json.dumps(header).encode("ascii")
    stream.write(LENGTH.pack(len(text)) + text)
    stream.write(body)
    stream.flush()


def receive(stream: IO[bytes], size: int) -> bytes:
    """Read exactly `size` bytes.

    Raises:
        EOFError: the other process closed the pipe before that.
    """
    data = stream.read(size)
    if len(data) != size:
        raise EOFError("the other end closed the pipe")
    return data


def receive_header(stream: IO[bytes]) -> dict[str, Any]:
    """Read the JSON object of one message.

    Raises:
        EOFError: the other process closed the pipe.
        ValueError: not a message of this kind.
    """
    (size,) = LENGTH.unpack(receive(stream, LENGTH.size))
    if size > MAX_HEADER_BYTES:
        raise ValueError("a header of impossible size")
    header = json.loads(receive(stream, size))
    if not isinstance(header, dict):
        raise ValueError("a header that is no object")
    return header


def serve(memory_bytes: int, seconds: float) -> None:
    """Decode photos until the app closes the pipe. Runs in the worker's process only.

    Args:
        memory_bytes: address space for one photo, beyond what the process has at its start.
        seconds: time for one photo; the app ends the process then, and should the app itself be gone,
            the limit on processor time does (twice as long, times the threads).
    """
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    AvifImagePlugin.DEFAULT_MAX_THREADS = THREADS
    formats.heic_reader()  # where it is installed: nothing can be imported once files cannot be opened
    _drop_privileges(memory_bytes)
    answers.write(READY)
    answers.flush()
    try:
        while True:
            header = receive_header(requests)
            _limit_processor_time(2 * THREADS * seconds)
            _answer(answers, receive(requests, header["size"]), Limits(**header["limits"]))
    except Exception:  # noqa: BLE001 - its words may quote the file; the app sees the pipe close and tells of a crash
        return


def _answer(stream: IO[bytes], data: bytes, limits: Limits) -> None:
    """Decode one file and send the pixels, or why there are none."""
    try:
        decoded = decoding.decode(data, limits)
    except IdiaError as error:
        send(stream, {"refused": [error.message.code, dict(error.message.values)]})
        return
    findings = [[finding.code, dict(finding.values)] for finding in decoded.findings]
    header = {"width": decoded.width, "height": decoded.height, "findings": findings}
    send(stream, header, decoded.rgb)


def _drop_privileges(memory_bytes: int) -> None:
    """Give up for good what decoding does not need, as far as the system supports it.

    Files that are open already stay open, so that the two pipes go on working when no further file may be opened.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "win32":
        return
    with suppress(OSError):
        # If the machine runs out of memory all the same, the kernel should end this process before the app.
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    with suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        _set_limit(resource.RLIMIT_AS, pages * os.sysconf("SC_PAGE_SIZE") + memory_bytes)
    _set_limit(resource.RLIMIT_CORE, 0)
    _set_limit(resource.RLIMIT_FSIZE, 0)
    _set_limit(resource.RLIMIT_NOFILE, 0)


def _set_limit(limit: int, value: int) -> None:
    """Set a limit that this process cannot raise again."""
    with suppress(OSError, ValueError):
        resource.setrlimit(limit, (value, value))


def _limit_processor_time(seconds: float) -> None:
    """Allow this much more processor time from now on."""
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1, hard))
