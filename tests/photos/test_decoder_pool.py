"""Whatever a file does to its decoder costs that file, never the app: crash, hang, memory, lies, snooping."""

from __future__ import annotations

import importlib.util
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from idia_core.errors import IdiaError, Message
from idia_core.photos import decoder_pool, decoding
from idia_core.photos.decoder_pool import DecoderPool
from idia_core.photos.decoding import Decoded, Limits
from idia_core.photos.photo import Decode, read_photos
from idia_core.text import advise, tell
from tests.assets import make_photos as make
from tests.conftest import refused

USUAL = Limits()
WHOLE = make.whole_files()
PHOTO = WHOLE["plain.jpg"]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX systems")

POSSESSED = """
import json, sys; sys.path[:] = json.loads(sys.argv[1])
import os, socket, time
from idia_core.photos import decoder_worker, decoding
from idia_core.errors import IdiaError, Message
import queue
class SafetensorError(Exception): pass
class OwnError(Exception): pass
NAME = "Zelda Quux"
KINDS = {type(error).__name__.encode(): error for error in (
    RuntimeError(NAME), EOFError(NAME), BufferError(NAME), KeyError(NAME), SafetensorError(NAME), OwnError(NAME),
    queue.Empty(NAME), RecursionError(NAME), ZeroDivisionError(NAME), MemoryError(NAME), OSError(5, NAME),
    StopIteration(NAME), UnicodeDecodeError("utf-8", NAME.encode(), 0, 1, NAME), SystemError(NAME))}
honest = decoding.decode
def tell(words): raise IdiaError("photo-too-complex", megapixels=words)
def attempt(action):
    try: action()
    except OSError as error: tell("stopped: " + type(error).__name__)
    tell("done")
def possessed(data, limits):
    if data == b"abort": os.abort()
    if data == b"exit": os._exit(0)
    if data == b"raise": raise RuntimeError("a bug of ours")
    if data in KINDS: raise KINDS[data]
    if data == b"spin":
        while True: pass
    if data == b"sleep": time.sleep(1000)
    if data == b"memory": tell(str(len(bytearray(4_000_000_000))))
    if data == b"chatter": os.write(1, b"x" * 100_000)
    if data == b"lie": os.write(1, b"\\0\\0\\0\\x30" + b'{"width":1000000,"height":1000000,"findings":[]}')
    if data == b"list": os.write(1, (2).to_bytes(4, "big") + b"[]")
    if data == b"lie and spin":
        os.write(1, (2).to_bytes(4, "big") + b"[]")
        while True: pass
    if data == b"read": attempt(lambda: open("/etc/hostname").read())
    if data == b"write": attempt(lambda: open("/tmp/left-behind", "w").write("x"))
    if data == b"connect": attempt(lambda: socket.create_connection(("127.0.0.1", 9)))
    if data == b"environment": tell(",".join(sorted(os.environ)))
    return honest(data, limits)
decoding.decode = possessed
decoder_worker.serve(int(sys.argv[2]), float(sys.argv[3]))
"""


class SafetensorError(Exception):
    """Of the name of a library's own error, which derives from nothing more particular."""


class OwnError(Exception):
    pass


NAME = "Zelda Quux"
KINDS: dict[str, Exception] = {
    type(error).__name__: error
    for error in (
        RuntimeError(NAME),
        EOFError(NAME),
        BufferError(NAME),
        KeyError(NAME),
        SafetensorError(NAME),
        OwnError(NAME),
        queue.Empty(NAME),
        RecursionError(NAME),
        ZeroDivisionError(NAME),
        MemoryError(NAME),
        OSError(5, NAME),
        StopIteration(NAME),
        UnicodeDecodeError("utf-8", NAME.encode(), 0, 1, NAME),
        SystemError(NAME),
    )
}
"""Whatever is raised, the words of which quote a name."""


@pytest.fixture(scope="module")
def pool() -> Iterator[DecoderPool]:
    with DecoderPool(2) as shared:
        assert shared.isolated()
        yield shared


@pytest.fixture
def possessed(monkeypatch: pytest.MonkeyPatch) -> Iterator[DecoderPool]:
    """One worker whose decoder does what the file says, as an exploited one would."""
    monkeypatch.setattr(decoder_pool, "BOOT", POSSESSED)
    with DecoderPool(1, seconds=2, memory_bytes=500_000_000) as one:
        yield one


@pytest.mark.parametrize("name", WHOLE)
def test_a_worker_answers_what_the_decoder_answers(pool: DecoderPool, name: str) -> None:
    assert pool.decode(WHOLE[name], USUAL) == decoding.decode(WHOLE[name], USUAL)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        PHOTO[:500],
        make.saved(make.corners(), "PNG", icc_profile=b"none", exif=b"Exif\0\0garbage"),
        make.saved(make.corners(), "JPEG", exif=make.fraction_exif()),
        (make.FOLDER / "corners.heic").read_bytes(),
        (make.FOLDER / "lossless.jpg").read_bytes(),
    ],
)
def test_a_worker_that_may_open_no_file_words_things_the_same(pool: DecoderPool, data: bytes) -> None:
    def outcome(decode: Decode) -> object:
        try:
            return decode(data, USUAL)
        except IdiaError as error:
            return (tell(error.message), advise(error.message))

    assert outcome(pool.decode) == outcome(decoding.decode)


@pytest.mark.skipif(
    importlib.util.find_spec("pillow_heif") is None, reason="pillow-heif is an optional extra"
)
def test_heic_opens_in_a_worker_too(pool: DecoderPool) -> None:
    data = (make.FOLDER / "corners.heic").read_bytes()
    assert pool.decode(data, Limits(heic=True)) == decoding.decode(data, Limits(heic=True))


def test_limits_travel_to_the_worker(pool: DecoderPool) -> None:
    with refused(r"at most 0\.01 megapixels"):
        pool.decode(PHOTO, Limits(megapixels=0.01))


@pytest.mark.parametrize("deed", ["abort", "exit", "raise", "chatter", "lie", "list", "lie and spin"])
def test_a_crash_or_nonsense_costs_one_photo(possessed: DecoderPool, deed: str) -> None:
    with refused("crashed"):
        possessed.decode(deed.encode(), USUAL)
    assert possessed.decode(PHOTO, USUAL) == decoding.decode(PHOTO, USUAL)


@pytest.mark.parametrize("kind", KINDS)
def test_any_kind_of_exception_in_a_worker_is_told_as_a_crash_without_its_words(
    possessed: DecoderPool, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(IdiaError) as caught:
        possessed.decode(kind.encode(), USUAL)
    assert caught.value.message == Message("photo-crashed-decoder", {"seconds": "2"})
    assert NAME not in "".join(traceback.format_exception(caught.value))
    assert NAME not in "".join(capfd.readouterr())
    assert possessed.decode(PHOTO, USUAL) == decoding.decode(PHOTO, USUAL)


@pytest.mark.parametrize("error", KINDS.values(), ids=KINDS)
def test_any_kind_of_exception_in_this_process_is_told_as_a_crash_without_its_words(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(data: bytes, limits: Limits) -> Decoded:
        raise error

    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.setattr(decoding, "decode", fails)
    with DecoderPool(1, seconds=2) as none, pytest.raises(IdiaError) as caught:
        none.decode(PHOTO, USUAL)
    assert caught.value.message == Message("photo-crashed-decoder", {"seconds": "2"})
    assert NAME not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("error", KINDS.values(), ids=KINDS)
def test_any_kind_of_exception_at_the_app_s_end_of_the_pipe_is_told_as_a_crash(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(stream: object) -> dict[str, object]:
        raise error

    with DecoderPool(1, seconds=2) as one:
        assert one.isolated()
        with monkeypatch.context() as broken:
            broken.setattr(decoder_pool, "receive_header", fails)
            with pytest.raises(IdiaError) as caught:
                one.decode(PHOTO, USUAL)
        assert caught.value.message == Message("photo-crashed-decoder", {"seconds": "2"})
        assert NAME not in "".join(traceback.format_exception(caught.value))
        assert one.decode(PHOTO, USUAL) == decoding.decode(PHOTO, USUAL)


@pytest.mark.parametrize("deed", ["spin", "sleep"])
def test_a_hang_costs_one_photo_and_the_time_allowed(possessed: DecoderPool, deed: str) -> None:
    assert possessed.isolated()
    started = time.perf_counter()
    with refused(r"longer than 2 seconds"):
        possessed.decode(deed.encode(), USUAL)
    assert 1.9 < time.perf_counter() - started < 30
    assert possessed.decode(PHOTO, USUAL) == decoding.decode(PHOTO, USUAL)


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is set on Linux")
def test_a_memory_blow_up_costs_one_photo(possessed: DecoderPool) -> None:
    with refused("crashed"):
        possessed.decode(b"memory", USUAL)
    assert possessed.decode(PHOTO, USUAL) == decoding.decode(PHOTO, USUAL)


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is set on Linux")
def test_a_photo_too_large_for_the_memory_is_refused_in_words() -> None:
    large = make.png((7900, 7900), 8, 6, make.repeated(b"\0" + b"\1\2\3\x80" * 7900, 7900))
    with DecoderPool(1, memory_bytes=200_000_000) as tight:
        with refused("more memory than is allowed"):
            tight.decode(large, USUAL)
        assert tight.decode(PHOTO, USUAL).width == 160


@POSIX
@pytest.mark.parametrize("deed", ["read", "write", "connect"])
def test_a_worker_opens_neither_files_nor_sockets(possessed: DecoderPool, deed: str) -> None:
    with refused("stopped: OSError"):
        possessed.decode(deed.encode(), USUAL)


@POSIX
def test_a_worker_sees_nothing_of_the_environment(
    possessed: DecoderPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_SECRET_TOKEN", "x")
    with pytest.raises(IdiaError) as caught:
        possessed.decode(b"environment", USUAL)
    assert set(str(caught.value.message.values["megapixels"]).split(",")) <= {
        "",
        "LC_CTYPE",
        "__CF_USER_TEXT_ENCODING",
    }


def test_many_threads_share_few_workers(pool: DecoderPool) -> None:
    names = list(WHOLE) * 3
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda name: pool.decode(WHOLE[name], USUAL), names))
    assert answers == [decoding.decode(WHOLE[name], USUAL) for name in names]


def test_a_set_of_photos_loses_only_the_bad_one(possessed: DecoderPool) -> None:
    files = [("a.png", WHOLE["plain.png"]), ("b.jpg", b"abort"), ("c.jpg", PHOTO)]
    result = read_photos(files, USUAL, possessed.decode)
    assert [photo.label for photo in result.photos] == ["a.png", "c.jpg"]
    assert [refusal.label for refusal in result.refused] == ["b.jpg"]


def test_a_worn_worker_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder_pool, "PHOTOS_PER_WORKER", 2)
    started: list[int] = []
    popen = subprocess.Popen

    def counted(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
        process = popen(*arguments, **options)  # type: ignore[call-overload]
        started.append(process.pid)
        return process

    monkeypatch.setattr(decoder_pool.subprocess, "Popen", counted)
    with DecoderPool(1) as worn:
        for _ in range(5):
            worn.decode(PHOTO, USUAL)
    assert len(set(started)) == 3
    assert all(gone(pid) for pid in started)


def test_without_processes_photos_are_decoded_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with DecoderPool(1) as none:
        assert not none.isolated()
        assert none.decode(PHOTO, USUAL) == decoding.decode(PHOTO, USUAL)


def test_protection_that_once_worked_is_never_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    with DecoderPool(1) as once:
        assert once.isolated()
        once.close()
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
        with refused("at the moment"):
            once.decode(PHOTO, USUAL)


def test_an_interpreter_that_does_not_come_up_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder_pool, "BOOT", "raise SystemExit(1)")
    with DecoderPool(1) as none:
        assert not none.isolated()


def test_closing_ends_the_workers_and_a_closed_pool_starts_anew() -> None:
    pool = DecoderPool(2)
    threads = [threading.Thread(target=pool.decode, args=(PHOTO, USUAL)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pool.close()
    assert pool.decode(PHOTO, USUAL).width == 160
    pool.close()


def test_at_rest_no_process_is_left_that_held_a_photo_and_the_next_photo_opens() -> None:
    with DecoderPool(2) as pool:
        assert pool.isolated()
        worker = pool._slots.get()
        assert worker is not None
        pool._slots.put(worker)
        pool.stop_idle_workers()
        assert gone(worker._process.pid)
        assert [pool._slots.get(), pool._slots.get()] == [None, None]
        pool._slots.put(None)
        pool.stop_idle_workers()  # one is busy: it is left alone, and nobody waits for it
        pool._slots.put(None)
        assert pool.decode(PHOTO, USUAL) == decoding.decode(PHOTO, USUAL)


def test_a_pool_needs_a_worker() -> None:
    with pytest.raises(ValueError, match="at least one"):
        DecoderPool(0)


def gone(pid: int) -> bool:
    """Whether the process has ended (a zombie that nobody waits for has)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return True
    return state in "ZX"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_workers_end_when_the_app_is_killed() -> None:
    script = (
        "import sys, time; from idia_core.photos.decoder_pool import DecoderPool\n"
        "pool = DecoderPool(1); pool.isolated(); worker = pool._slots.get()\n"
        "print(worker._process.pid, flush=True); time.sleep(100)"
    )
    app = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert app.stdout is not None
    worker = int(app.stdout.readline())
    assert not gone(worker)
    os.kill(app.pid, signal.SIGKILL)
    app.wait()
    app.stdout.close()
    deadline = time.monotonic() + 10
    while not gone(worker) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert gone(worker)
