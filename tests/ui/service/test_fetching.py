"""A download as steps: reports come out, failures too, and closing it ends the thread."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from idia_core.clip import weights
from idia_core.clip.registry import parse_model
from idia_core.errors import IdiaError
from idia_core.text import say
from idia_core.ui.service import engine
from idia_core.ui.service.engine import fetch_steps
from idia_core.ui.service.page import Page
from tests.conftest import refused
from tests.ui.conftest import ERRORS
from tests.ui.visitor import ME, ask, finish, four, run

SPEC = parse_model("laion400m-b32")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "REPORT_SECONDS", 0.01)


def test_reports_come_out_and_the_last_one_says_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(spec: object, report: weights.Report) -> None:
        for done in (0, 50, 100):
            report(done, 100)

    monkeypatch.setattr(weights, "fetch", fetch)
    assert list(fetch_steps(SPEC))[-1] == (100, 100)


def test_a_failure_of_the_download_is_raised_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(spec: object, report: weights.Report) -> None:
        raise IdiaError("weights-not-fetched", repo="a/b")

    monkeypatch.setattr(weights, "fetch", fetch)
    with refused("could not be fetched from the hub"):
        list(fetch_steps(SPEC))


@pytest.mark.parametrize("kind", ERRORS)
def test_a_failure_of_any_kind_is_raised_here(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    failure = ERRORS[kind]("Zelda Quux")

    def fetch(spec: object, report: weights.Report) -> None:
        raise failure

    monkeypatch.setattr(weights, "fetch", fetch)
    with pytest.raises(type(failure)) as raised:
        list(fetch_steps(SPEC))
    assert raised.value is failure


def test_closing_it_ends_the_thread_at_its_next_report(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def fetch(spec: object, report: weights.Report) -> None:
        try:
            while True:
                report(1, 100)
        finally:
            ended.set()

    monkeypatch.setattr(weights, "fetch", fetch)
    steps = fetch_steps(SPEC)
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert ended.wait(10)


def test_a_host_that_allows_it_fetches_a_missing_model_and_shows_how_far_it_is(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = threading.Event()

    def fetch(spec: object, report: weights.Report) -> None:
        report(302_000_000, 605_000_000)
        there.set()

    monkeypatch.setattr(weights, "fetch", fetch)
    monkeypatch.setattr(weights, "available", lambda spec: there.is_set())
    page.settings = page.runner.settings = replace(page.settings, downloads=True)
    assert "when you ask" in str(page.model_note(SPEC.key))
    four(page)
    screens = finish(run(page, ME, ask(page, model=SPEC.key)))
    said = " ".join(str(screen.progress) for screen in screens)
    assert say("run-fetching", title=SPEC.title, done="302 MB", total="605 MB") in said
    assert screens[-1].shown is not None
