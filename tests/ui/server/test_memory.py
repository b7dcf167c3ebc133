"""The bound on what all visitors' photos take: counted in, counted out when they are gone, refused beyond it."""

from __future__ import annotations

import gc
import secrets
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from idia_core.errors import IdiaError
from idia_core.ui.server import memory
from idia_core.ui.service.limits import MemoryBudget
from idia_core.ui.service.page import Page
from idia_core.ui.service.sessions import Inbox
from idia_core.ui.service.uploads import Uploads
from tests.conftest import refused
from tests.ui.conftest import marked
from tests.ui.served import ROOT, places
from tests.ui.visitor import ME, OTHER, ask, finish, four, hand_in, run

PIXELS = 160 * 120 * 3


class Thing:
    pass


def test_bytes_come_back_when_the_thing_is_gone() -> None:
    budget, thing = MemoryBudget(100), Thing()
    budget.reserve(60)
    budget.release_when_freed(thing, 60)
    with refused("holds as many photos"):
        budget.reserve(41)
    budget.reserve(40)
    del thing
    gc.collect()
    assert budget.reserved == 40


def test_photos_count_as_long_as_anything_holds_them(page: Page) -> None:
    four(page)
    assert page.uploads.budget.reserved == 4 * PIXELS
    finish(run(page, ME, ask(page)))
    page.forget(ME)
    gc.collect()
    assert page.uploads.budget.reserved == 0


def test_what_does_not_fit_is_set_aside_and_others_lose_nothing(page: Page) -> None:
    page.uploads.budget = MemoryBudget(5 * PIXELS)
    four(page)
    screen = hand_in(page, OTHER, *((f"{seed}.jpg", marked(seed)) for seed in range(4)), ticket="u" * 32)
    assert "holds as many photos as it can" in str(screen.strip)
    visit = page.sessions.open(OTHER)
    assert (len(visit.photos.own.photos), len(visit.photos.own.refused)) == (1, 3)
    del visit
    page.forget(ME)
    gc.collect()
    assert page.uploads.budget.reserved == PIXELS
    assert len(page.sessions.open(OTHER).photos.own.photos) == 1


def test_a_set_that_breaks_half_way_leaves_nothing_counted(page: Page) -> None:
    calls = []

    def breaks(data: bytes, limits: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("a bug of ours")
        return decode(data, limits)

    decode = page.uploads._decode
    page.uploads._decode = breaks  # type: ignore[assignment]
    with pytest.raises(RuntimeError):
        four(page)
    gc.collect()
    assert page.uploads.budget.reserved == 0


def test_photos_that_take_too_long_together_are_set_aside(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("idia_core.ui.service.uploads.OPENING_SECONDS", -1.0)
    assert "took too long" in str(hand_in(page, ME, ("a.jpg", marked(1))).strip)


def test_all_browsers_together_send_no_more_than_agreed(page: Page) -> None:
    settings = replace(page.settings, uploads_mb=10)
    intake = Uploads(settings, page.sessions, page.uploads._decode)
    data = b"x" * 900_000
    answers = [intake.receive(str(n) * 32, "a.jpg", data) for n in range(10, 30)]
    assert answers[:11] == [""] * 11
    assert all("Too many people" in answer for answer in answers[11:])
    intake.inbox.take("10" * 32)
    assert intake.receive("v" * 32, "a.jpg", data) == ""


def test_the_inbox_without_a_bound_of_all_has_the_others() -> None:
    inbox = Inbox(2, 100, lambda: 0.0)
    inbox.put("t" * 16, "a", b"x" * 60)
    with pytest.raises(IdiaError):
        inbox.put("t" * 16, "a", b"x" * 60)


def test_free_memory_is_given_back_to_the_system() -> None:
    """Many blocks of the heap's own, freed below one that stays: the C library keeps them until it is told."""

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

    blocks = [bytes([n % 251]) * 40_000 for n in range(3000)]
    top = bytes(40_000)
    full = resident()
    del blocks
    memory.trim_heap()
    assert full - resident() > 60_000_000
    del top


THREADED = """
import sys, threading
from idia_core.ui.server import memory

def photo():
    half, rest = sys.argv[1][::-1].encode(), bytes(50_000)
    blocks = [b"".join((rest, half, half, rest)) for _ in range(4)]  # whole only in the middle of large blocks
    del blocks
    memory.trim_heap()
    print("freed", flush=True)
    input()

memory.limit_malloc_arenas()
thread = threading.Thread(target=photo)
thread.start()
thread.join()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_another_thread_freed_is_given_back_too() -> None:
    """A thread's own reserve would keep its free end: the last photo's text lay there, long after it was forgotten."""
    text = secrets.token_hex(24)
    command = [sys.executable, "-c", THREADED, text[::-1]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"freed\n"
        found = places(process.pid, (text.encode() * 2,))
        process.communicate(b"\n")
    assert found == {}
