"""Runs of several visitors: a tick first, one at a time, in order, in time, and a slot that is free at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from idia_core.clip.encoder import Encoder
from idia_core.text import say
from idia_core.ui.service.limits import RateLimiter, RunQueue
from idia_core.ui.service.page import Page
from idia_core.ui.state import Screen
from tests.ui.visitor import ME, OTHER, ask, finish, four, run


def said(screens: list[Screen]) -> str:
    return " ".join(str(screen.progress) for screen in screens)


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert true()


@pytest.fixture
def slow_model(page: Page, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Keep the model's thread busy with the first photos it is given until the event is set."""
    go_on = threading.Event()
    honest = Encoder.encode_images

    def stuck(self: Encoder, pictures: object) -> object:
        go_on.wait(30)
        return honest(self, pictures)  # type: ignore[arg-type]

    monkeypatch.setattr(Encoder, "encode_images", stuck)
    yield go_on
    go_on.set()


class Visitor(threading.Thread):
    """Runs until the end or until told to stop, as the framework would: step by step, then `close`."""

    def __init__(self, page: Page, key: str) -> None:
        super().__init__(daemon=True)
        four(page, key)
        self.page, self.key = page, key
        self.screens: list[Screen] = []
        self.stop = threading.Event()
        self.start()

    def run(self) -> None:
        steps = run(self.page, self.key, ask(self.page))
        for screen in steps:
            self.screens.append(screen)
            if self.stop.is_set():
                steps.close()  # type: ignore[attr-defined]
                return

    @property
    def said(self) -> str:
        return said(self.screens)


def test_own_photos_need_the_tick_and_an_example_does_not(page: Page) -> None:
    four(page)
    screens = finish(run(page, ME, ask(page, agreed=False)))
    assert say("consent-missing") in said(screens)
    assert screens[-1].shown is None
    assert finish(run(page, ME, ask(page)))[-1].shown is not None
    assert say("consent-missing") not in said(finish(run(page, ME, ask(page, agreed=False, example="x"))))


def test_a_mistake_is_told_at_once_and_not_after_the_wait(page: Page, slow_model: threading.Event) -> None:
    first = Visitor(page, ME)
    until(lambda: "photos" in first.said or len(page.runner.queue) == 1)
    assert say("no-photo") in said(finish(run(page, OTHER, ask(page))))
    first.stop.set()


def test_who_waits_hears_how_many_are_before_and_is_answered_in_turn(
    page: Page, slow_model: threading.Event
) -> None:
    visitors = []
    for number in range(3):
        visitors.append(Visitor(page, f"session-{number}"))
        until(lambda: len(page.runner.queue) == len(visitors))
    until(lambda: "2 runs are before yours" in visitors[2].said)
    until(lambda: say("run-in-line", ahead=1) in visitors[1].said)
    slow_model.set()
    for visitor in visitors:
        visitor.join(60)
        assert visitor.screens[-1].shown is not None
    assert len(page.runner.queue) == 0


def test_a_full_line_says_so_and_keeps_the_photos(page: Page, slow_model: threading.Event) -> None:
    page.runner.queue = RunQueue(1)
    visitors = [Visitor(page, "session-a")]
    until(lambda: len(page.runner.queue) == 1)
    visitors.append(Visitor(page, "session-b"))
    until(lambda: len(page.runner.queue) == 2)
    four(page, OTHER)
    page.runner.page_rate = RateLimiter(1, time.monotonic)
    for _ in range(3):  # who was not let in has not used up a run
        assert say("line-full") in said(finish(run(page, OTHER, ask(page))))
    assert len(page.sessions.open(OTHER).photos.own.photos) == 4
    slow_model.set()
    for visitor in visitors:
        visitor.join(60)
        assert visitor.screens[-1].shown is not None
    assert finish(run(page, OTHER, ask(page)))[-1].shown is not None


def test_stop_frees_the_slot_at_once_and_two_runs_never_meet_in_the_model(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, inside, most, calls = Encoder.encode_images, 0, 0, 0
    lock = threading.Lock()

    def watched(self: Encoder, pictures: object) -> object:
        nonlocal inside, most, calls
        with lock:
            inside, calls = inside + 1, calls + 1
            most = max(most, inside)
        time.sleep(1.0)
        with lock:
            inside -= 1
        return honest(self, pictures)  # type: ignore[arg-type]

    monkeypatch.setattr(Encoder, "encode_images", watched)
    first = Visitor(page, ME)
    until(lambda: calls == 1)
    second = Visitor(page, OTHER)
    until(lambda: say("run-in-line", ahead=1) in second.said)
    first.stop.set()
    began = time.monotonic()
    first.join(20)
    until(lambda: len(page.runner.queue) == 1)
    assert (
        time.monotonic() - began < 1.0
    )  # the slot is free while the model is still at the stopped run's batch
    second.join(60)
    assert second.screens[-1].shown is not None
    assert say("run-waiting") in second.said
    assert most == 1


def test_a_run_that_takes_too_long_is_ended_in_words_and_the_next_one_comes(
    page: Page, slow_model: threading.Event
) -> None:
    page.runner.settings = replace(page.settings, run_seconds=1)
    first = Visitor(page, ME)
    first.join(30)
    assert say("run-too-long", seconds=1) in first.said
    assert len(page.runner.queue) == 0
    assert len(page.sessions.open(ME).photos.own.photos) == 4
    slow_model.set()
    page.runner.settings = replace(page.settings, run_seconds=60)
    assert finish(run(page, ME, ask(page)))[-1].shown is not None


def test_waiting_in_line_does_not_count_and_is_no_idleness(page: Page, slow_model: threading.Event) -> None:
    page.runner.settings = replace(page.settings, run_seconds=3)
    page.sessions._seconds = 2.0
    first = Visitor(page, ME)
    until(lambda: len(page.runner.queue) == 1)
    second = Visitor(page, OTHER)
    until(lambda: len(page.runner.queue) == 2)
    time.sleep(2.5)
    page.sweep()
    assert len(page.sessions.open(OTHER).photos.own.photos) == 4
    slow_model.set()
    first.join(30)
    second.join(30)
    assert second.screens[-1].shown is not None


def test_one_page_may_not_run_all_the_time(page: Page) -> None:
    page.runner.page_rate = RateLimiter(2, time.monotonic)
    four(page)
    four(page, OTHER)
    for _ in range(2):
        assert finish(run(page, ME, ask(page)))[-1].shown is not None
    assert "more than 2 runs" in said(finish(run(page, ME, ask(page))))
    page.runner.ask(OTHER, ask(page))
    assert finish(page.runner.run(OTHER, "203.0.113.9"))[-1].shown is not None


def test_one_address_may_not_run_all_the_time_with_many_pages(page: Page) -> None:
    page.runner.address_rate = RateLimiter(1, time.monotonic)
    for visitor in (ME, OTHER):
        four(page, visitor)
        page.runner.ask(visitor, ask(page))
    assert finish(page.runner.run(ME, "203.0.113.9"))[-1].shown is not None
    assert "more than 1 runs" in said(finish(page.runner.run(OTHER, "203.0.113.9")))


def test_a_closed_page_is_not_remembered_again_by_its_run_in_line(
    page: Page, slow_model: threading.Event
) -> None:
    first = Visitor(page, ME)
    until(lambda: len(page.runner.queue) == 1)
    second = Visitor(page, OTHER)
    until(lambda: len(page.runner.queue) == 2)
    page.sessions.forget(OTHER)
    slow_model.set()
    first.join(30)
    second.join(30)
    assert OTHER not in page.sessions


def test_the_countdown_speaks_of_what_is_held_and_not_of_an_empty_page(page: Page) -> None:
    now = [0.0]
    page.sessions._now = lambda: now[0]
    page.sessions.open(ME)
    assert page.sessions.left(ME) == 0
    four(page)
    now[0] = 60.0
    assert page.sessions.left(ME) == page.settings.session_minutes * 60 - 60
    now[0] = page.settings.session_minutes * 60.0
    assert page.sessions.left(ME) == 0
    assert ME not in page.sessions  # what is due goes now, not at the next sweep
    assert f"for {page.settings.session_minutes} min" in str(page.expired().progress)


def test_more_pages_than_can_be_remembered_are_told(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idia_core.ui.service.sessions.MAX_VISITS", 1)
    four(page)
    assert "Too many people" in str(page.collect(OTHER, "t" * 32).progress)
    assert finish(run(page, ME, ask(page)))[-1].shown is not None


def test_what_is_typed_is_cut_before_it_is_kept(page: Page) -> None:
    page.runner.ask(ME, ask(page, name="x" * 900_000, templates="y" * 900_000))
    asked = page.sessions.open(ME).asking.waiting or pytest.fail("nothing asked")
    assert len(asked.name) + len(asked.templates) < 71_000
