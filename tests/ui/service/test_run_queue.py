"""The line at the model, how often somebody may start, how long a run may take, and the words for it."""

from __future__ import annotations

import threading
import time

import pytest

from idia_core.text import advise, phrases
from idia_core.ui.service.limits import RateLimiter, RunQueue, with_deadline
from tests.conftest import refused


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_never_two_at_once_whatever_happens_to_the_runs() -> None:
    line, at_once, most, order = RunQueue(100), 0, 0, []
    lock = threading.Lock()

    def visit(number: int) -> None:
        nonlocal at_once, most
        ticket = line.join()
        try:
            while line.ahead(ticket, 0.05):
                if number % 5 == 3:
                    return  # pressed Stop while waiting
            with lock:
                at_once += 1
                most = max(most, at_once)
                order.append(number)
            time.sleep(0.002)
            with lock:
                at_once -= 1
        finally:
            line.leave(ticket)

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
        time.sleep(0.001)
    for thread in threads:
        thread.join(30)
    assert most == 1
    assert len(line) == 0
    assert len(order) >= 32


def test_who_leaves_the_line_lets_the_others_move_on() -> None:
    line = RunQueue(5)
    tickets = [line.join() for _ in range(4)]
    line.leave(tickets[1])
    assert [line.ahead(tickets[at]) for at in (0, 2, 3)] == [0, 1, 2]


def test_the_usual_time_is_that_of_runs_and_not_of_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("idia_core.ui.service.limits.time.monotonic", clock)
    line = RunQueue(5)
    assert line.usual_seconds() is None
    first, second, third = line.join(), line.join(), line.join()
    clock.now = 4.0
    line.leave(first)
    clock.now = 50.0
    line.leave(third)  # gave up waiting
    clock.now = 104.0
    line.leave(second)
    clock.now = 500.0  # nobody there
    fourth = line.join()
    clock.now = 506.0
    line.leave(fourth)
    assert line.usual_seconds() == 6.0


def test_whose_turn_it_is_hears_it_at_once() -> None:
    line = RunQueue(5)
    first, second = line.join(), line.join()
    threading.Timer(0.1, line.leave, [first]).start()
    began = time.monotonic()
    assert line.ahead(second, 20.0) == 0
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("ahead", "usual", "words"),
    [
        (1, None, "Waiting: one run is before yours"),
        (3, 4.2, "Waiting: 3 runs are before yours, usually within 13 seconds"),
        (10, 30.0, "Waiting: 10 runs are before yours, usually within 5 minutes"),
    ],
)
def test_waiting_in_words(ahead: int, usual: float | None, words: str) -> None:
    assert phrases.in_line(ahead, usual) == words


def test_too_often_says_when_to_come_again() -> None:
    clock = Clock()
    pace = RateLimiter(2, clock)
    pace.count_start("a")
    clock.now = 10
    pace.count_start("a")
    pace.count_start("b")
    with refused("more than 2 runs") as often:
        pace.count_start("a")
    assert "50 seconds" in advise(often.value.message)
    clock.now = 60.5
    pace.count_start("a")
    clock.now = 200
    pace.sweep()
    assert pace._starts == {}
    for _ in range(10):
        RateLimiter(0, clock).count_start("a")
        pace.count_start("")


def test_steps_end_when_the_time_is_up_and_are_closed() -> None:
    closed = []

    def endless():
        try:
            while True:
                yield 1
                time.sleep(0.02)
        finally:
            closed.append(True)

    with refused("after 0.2 seconds"):
        list(with_deadline(endless(), 0.2, "run-too-long"))
    assert closed == [True]
    assert list(with_deadline((n for n in range(3)), 10, "run-too-long")) == [0, 1, 2]
