"""Runs without a browser: what each step shows, what ends them, what they keep and what they let go."""

from __future__ import annotations

import gc
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from idia_core.audit.judge import judge
from idia_core.clip.encoder import Encoder
from idia_core.names import load_lists
from idia_core.sandbox import examples
from idia_core.sandbox.examples import Example
from idia_core.settings import ASSETS
from idia_core.text import phrases, say
from idia_core.ui.service.limits import RunQueue
from idia_core.ui.service.page import Page
from idia_core.ui.service.sessions import Inbox
from tests import portrait
from tests.conftest import jpeg
from tests.ui.conftest import ERRORS, marked
from tests.ui.visitor import ME, OTHER, ask, finish, four, hand_in, pictures, run

HOSTILE = "<img src=x onerror=alert(1)> ${alert(2)} {{value}}"


def test_a_run_says_something_first_and_ends_with_the_judgement(page: Page) -> None:
    four(page)
    screens = finish(run(page, ME, ask(page)))
    assert say("run-start") in str(screens[0].progress)
    result, context = screens[-1].shown or pytest.fail("no result")
    assert result.encoded.name == "Zelda Quux"
    assert result.kept == (0, 1, 2, 3)
    assert len(result.names) == 40
    assert len(context.thumbnails) == 4
    again = judge(result.encoded, tau=1)
    assert again.verdict.hits == result.verdict.hits


def test_results_come_in_after_every_batch_of_photos(page: Page) -> None:
    page.uploads.limits = replace(page.uploads.limits, photos=20)
    page.uploads.inbox = Inbox(20, 10**9, lambda: 0.0)
    hand_in(page, ME, *((f"{seed}.jpg", marked(seed)) for seed in range(20)))
    shown = [screen.shown for screen in finish(run(page, ME, ask(page))) if screen.shown]
    assert [len(result.kept) for result, _ in shown] == [16, 20, 20]
    assert [context.asked_photos for _, context in shown] == [20, 20, 20]


def test_a_hostile_name_is_text_everywhere(page: Page) -> None:
    from idia_core.ui.markup import results as result_markup

    four(page)
    result, context = finish(run(page, ME, ask(page, name=HOSTILE)))[-1].shown or pytest.fail("no result")
    result = judge(result.encoded, tau=1, size=2)  # two names: the claimed one is answered somewhere
    pieces = (
        result_markup.outcome(result, context),
        result_markup.ranking_table(result),
        result_markup.answers_table(result),
        result_markup.votes_table(result),
        result_markup.cards(result, context),
    )
    for piece in pieces:
        assert "<img src=x" not in piece
    assert "&lt;img src=x onerror=alert(1)&gt;" in pieces[0]


def test_stop_ends_the_run_at_its_next_step_and_the_next_one_answers(page: Page) -> None:
    four(page)
    screens = []
    with ThreadPoolExecutor(1) as elsewhere:
        for screen in run(page, ME, ask(page)):
            screens.append(screen)
            if "candidate" in str(screen.progress) and len(screens) < 100:
                said = elsewhere.submit(page.runner.stop, ME)  # waits for this very run
                while page.sessions.open(ME).asking.token is not None:
                    time.sleep(0.01)
        assert say("stopped") in str(said.result().progress)
    assert say("stopped") in str(screens[-1].progress)
    assert all(screen.shown is None for screen in screens)
    assert len(page.runner.queue) == 0
    assert page.sessions.open(ME).asking.alive == 0
    assert finish(run(page, ME, ask(page)))[-1].shown is not None


def test_stop_reaches_a_run_that_has_not_begun(page: Page) -> None:
    four(page)
    page.runner.ask(ME, ask(page))
    assert say("stopped") in str(page.runner.stop(ME).progress)
    assert finish(page.runner.run(ME)) == []
    assert finish(run(page, ME, ask(page)))[-1].shown is not None


def test_a_new_question_takes_the_place_of_the_one_before(page: Page) -> None:
    four(page)
    first = run(page, ME, ask(page))
    for screen in first:
        if "candidate" in str(screen.progress):
            break
    second = run(page, ME, ask(page, name="Ann Li"))
    assert say("run-start") in str(next(second).progress)
    assert [screen.progress for screen in first if screen.progress] == []
    result, _ = finish(second)[-1].shown or pytest.fail("no result")
    assert result.encoded.name == "Ann Li"


def test_others_wait_in_a_line_and_a_full_one_says_so(page: Page) -> None:
    page.runner.queue = RunQueue(1)
    for visitor in (ME, OTHER, "third"):
        four(page, visitor)
    first, second = run(page, ME, ask(page)), run(page, OTHER, ask(page))
    assert "Loading" in str([next(first), next(first)][-1].progress)
    assert say("run-in-line", ahead=1) in str([next(second), next(second)][-1].progress)
    last = finish(run(page, "third", ask(page)))[-1]
    assert say("line-full") in str(last.progress)
    assert finish(first)[-1].shown is not None
    assert finish(second)[-1].shown is not None
    assert len(page.runner.queue) == 0


def test_a_double_click_is_answered_once(page: Page) -> None:
    four(page)
    page.runner.ask(ME, ask(page))
    page.runner.ask(ME, ask(page))
    assert finish(page.runner.run(ME))[-1].shown is not None
    assert finish(page.runner.run(ME)) == []


def test_a_fault_of_ours_is_said_without_details_and_loses_nothing(
    page: Page, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("out of memory while looking at Zelda Quux")

    four(page)
    monkeypatch.setattr("idia_core.ui.service.runner.run_audit", fail)
    screens = finish(run(page, ME, ask(page)))
    assert say("broke") in str(screens[-1].progress)
    assert "Quux" not in str(screens[-1].progress)
    assert "RuntimeError" in caplog.text
    assert "Quux" not in caplog.text
    assert len(page.sessions.open(ME).photos.own.photos) == 4


@pytest.mark.parametrize("kind", ERRORS)
@pytest.mark.parametrize("place", ["request", "download", "model", "result"])
def test_of_an_error_of_any_kind_in_a_run_only_kind_and_place_are_logged(
    page: Page,
    kind: str,
    place: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ERRORS[kind]("Zelda Quux")

    four(page)
    with monkeypatch.context() as broken:
        if place == "request":
            broken.setattr("idia_core.ui.service.requests.names.normalise_name", fail)
        elif place == "download":
            broken.setattr("idia_core.ui.service.runner.weights.available", lambda spec: False)
            broken.setattr("idia_core.ui.service.runner.weights.fetch", fail)
            broken.setattr(page.runner, "settings", replace(page.settings, downloads=True))
        elif place == "model":
            broken.setattr(Encoder, "encode_images", fail)
        else:
            broken.setattr("idia_core.ui.service.runner.select", fail)
        last = finish(run(page, ME, ask(page)))[-1]
    assert say("broke") in str(last.progress)
    assert last.error is not None
    assert f"a run failed: {kind} at {__file__}:" in caplog.text
    assert "Quux" not in f"{last.progress}{caplog.text}{''.join(capfd.readouterr())}"
    assert len(page.sessions.open(ME).photos.own.photos) == 4
    assert (page.sessions.open(ME).asking.alive, len(page.runner.queue)) == (0, 0)
    assert finish(run(page, ME, ask(page)))[-1].shown is not None


def test_nothing_is_kept_of_a_page_that_closed_during_a_run(page: Page) -> None:
    four(page)
    for number, _ in enumerate(run(page, ME, ask(page))):
        if number == 2:
            page.sessions.forget(ME)
    assert len(page.sessions) == 0


def test_an_example_runs_at_once_and_the_visitors_own_photos_come_back(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = []
    for seed in range(3):
        files.append(tmp_path / f"{seed}.jpg")
        files[-1].write_bytes(jpeg(50 + seed))
    page.faces.people = {"Ann_Li": Example("Ann_Li", "Ann Li", 64, tuple(files))}
    monkeypatch.setattr("idia_core.ui.service.requests.weights.available", lambda spec: True)
    web = load_lists
    monkeypatch.setattr(
        "idia_core.ui.service.requests.names.load_lists", lambda folder, id: web(folder, "web")
    )
    four(page)
    screens = finish(run(page, ME, ask(page, name="", model="nothing", example="Ann_Li")))
    assert screens[0].name == "Ann Li"
    assert screens[0].model == "sandbox"
    result, context = screens[-1].shown or pytest.fail("no result")
    assert result.encoded.name == "Ann Li"
    assert context.known_truth == phrases.example_truth(64)
    assert len(page.sessions.open(ME).photos.active.photos) == 3
    shipped = [path for path in (ASSETS / "examples").iterdir() if path.is_dir()]
    assert [control.photos for control in result.evidence.controls] == [
        examples.PORTRAITS_EACH * len(shipped)
    ]
    count = phrases.photo_count(examples.PORTRAITS_EACH * len(shipped))
    assert context.others_note == say("others-invented", photos=count)
    page.clear(ME)
    assert [photo.label for photo in page.sessions.open(ME).photos.active.photos] == [
        f"{n}.jpg" for n in range(4)
    ]


def test_an_unknown_example_is_a_sentence(page: Page) -> None:
    assert "no such example" in str(finish(run(page, ME, ask(page, example="../etc")))[-1].progress)


@portrait.needed
def test_the_photos_are_shown_whole_cut_and_covered_side_by_side(page: Page) -> None:
    from idia_core.ui.markup import results as result_markup

    hand_in(page, ME, *pictures("me.png", "us.png", "lawn.png"))
    result, context = finish(run(page, ME, ask(page)))[-1].shown or pytest.fail("no result")
    assert [one.photos for one in result.comparison.view_results] == [3, 2, 2]
    assert set(context.samples) == {"whole", "face", "covered"}
    shown = result_markup.view_comparison(result, context.samples, context.left_out)
    assert shown.count('class="way"') == 3
    assert all(source in shown for source in context.samples.values())
    assert say("views-drawn") not in shown
    result, context = finish(run(page, ME, ask(page, crop="face")))[-1].shown or pytest.fail("no result")
    assert result.encoded.crop == "face"
    assert result.kept == (0, 1)
    assert [one.label for one in context.left_out] == ["lawn.png"]
    assert "lawn.png" in result_markup.view_comparison(result, context.samples, context.left_out)
    assert context.refused == 1


def test_a_run_that_failed_keeps_no_photo_alive(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    four(page)
    monkeypatch.setattr(Encoder, "encode_images", fail)
    photo = weakref.ref(page.sessions.open(ME).photos.own.photos[0])
    gc.collect()
    gc.disable()  # what only the collector would free stays until it comes by, which can be long
    try:
        assert say("broke") in str(finish(run(page, ME, ask(page)))[-1].progress)
        page.forget(ME)
        time.sleep(0.2)  # the model's thread lets go of its task
        assert photo() is None
    finally:
        gc.enable()
