"""The page's actions without a browser: what they return, what they keep, what they let go."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from idia_core.audit.judge import judge
from idia_core.clip.encoder import Encoder
from idia_core.names import load_lists
from idia_core.sandbox import examples
from idia_core.sandbox.examples import Example
from idia_core.settings import ASSETS
from idia_core.text import hint, phrases, say, tell
from idia_core.ui.service.limits import RunQueue
from idia_core.ui.service.page import Page
from idia_core.ui.service.sessions import Inbox
from idia_core.ui.state import Form, Screen
from tests import portrait
from tests.conftest import jpeg, refused
from tests.ui.conftest import marked

ME, OTHER = "session-one", "session-two"
HOSTILE = "<img src=x onerror=alert(1)> ${alert(2)} {{value}}"


def hand_in(page: Page, visitor: str, *files: tuple[str, bytes], ticket: str = "t" * 32) -> Screen:
    for label, data in files:
        assert page.uploads.receive(ticket, label, data) == ""
    return page.collect(visitor, ticket)


def four(page: Page, visitor: str = ME) -> None:
    hand_in(page, visitor, *((f"{seed}.jpg", marked(seed)) for seed in range(4)))


def ask(page: Page, **changes: object) -> Form:
    fields: dict[str, object] = {
        "name": "Zelda Quux",
        "model": page.engine.default.key,
        "seed": 0,
        "templates": "",
        "agreed": True,
    }
    return Form(**{**fields, **changes})  # type: ignore[arg-type]


def run(page: Page, visitor: str, asked: Form) -> Iterator[Screen]:
    page.ask(visitor, asked)
    return page.run(visitor)


def finish(steps: Iterator[Screen]) -> list[Screen]:
    return list(steps)


def test_photos_are_opened_shown_and_kept_in_memory(page: Page) -> None:
    screen = hand_in(page, ME, ("a.jpg", marked(1)), ("b.jpg", marked(2)))
    assert [photo.label for photo in page.sessions.open(ME).own.photos] == ["a.jpg", "b.jpg"]
    assert str(screen.strip).count('src="thumbnails/') == 2
    assert "data:" not in screen.strip
    assert say("strip-few", count=1) in str(screen.strip)


def test_a_bad_file_is_set_aside_with_its_reason_and_the_rest_go_on(page: Page) -> None:
    screen = hand_in(page, ME, ("good.jpg", marked(1)), ("cut.jpg", marked(2)[:300]), ("empty.png", b""))
    visit = page.sessions.open(ME)
    assert [photo.label for photo in visit.own.photos] == ["good.jpg"]
    assert [refusal.label for refusal in visit.own.refused] == ["cut.jpg", "empty.png"]
    assert "cut.jpg" in str(screen.strip)
    assert "The file is empty." in str(screen.strip)


def test_photos_add_up_and_the_same_one_counts_once(page: Page) -> None:
    hand_in(page, ME, ("a.jpg", marked(1)))
    hand_in(page, ME, ("again.jpg", marked(1)), ("b.jpg", marked(2)))
    visit = page.sessions.open(ME)
    assert [photo.label for photo in visit.own.photos] == ["a.jpg", "b.jpg"]
    assert "a.jpg" in tell(visit.own.refused[0].reason)


def test_too_many_photos_are_set_aside(page: Page) -> None:
    for start in (0, 3, 6):
        hand_in(page, ME, *((f"{seed}.jpg", marked(seed)) for seed in range(start, start + 3)))
    visit = page.sessions.open(ME)
    assert len(visit.own.photos) == page.settings.max_photos == 6
    assert len(visit.own.refused) == 3


@pytest.mark.parametrize("ticket", ["", "short", "t" * 15, "t" * 65])
def test_a_ticket_that_could_be_guessed_or_is_no_ticket_is_refused(page: Page, ticket: str) -> None:
    assert page.uploads.receive(ticket, "a.jpg", marked(1)) == say("no-upload")
    assert page.collect(ME, ticket).strip == ""


def test_more_files_than_allowed_do_not_pile_up(page: Page) -> None:
    for seed in range(page.settings.max_photos + 1):
        assert page.uploads.receive("t" * 32, "a.jpg", marked(seed)) == ""
    assert "Add fewer photos" in page.uploads.receive("t" * 32, "a.jpg", marked(99))


def test_one_photo_or_all_can_be_taken_away(page: Page) -> None:
    four(page)
    page.remove(ME, 1)
    assert [photo.label for photo in page.sessions.open(ME).own.photos] == ["0.jpg", "2.jpg", "3.jpg"]
    assert page.clear(ME).strip == ""


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


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": "  "}, say("no-name")),
        ({"name": "x" * 10_000}, "80"),
        ({"model": "local-dir:/etc"}, "does not offer"),
        ({"model": "laion400m-h99"}, "does not offer"),
        ({"templates": "a photo"}, "no place for the name"),
        ({"templates": "\n".join(f"{n} {{0}}" for n in range(1000))}, "200"),
    ],
)
def test_a_mistake_gets_a_sentence_and_loses_nothing(
    page: Page, changes: dict[str, object], says: str
) -> None:
    four(page)
    screens = finish(run(page, ME, ask(page, **changes)))
    assert says in str(screens[-1].progress)
    assert screens[-1].shown is None
    assert len(page.sessions.open(ME).own.photos) == 4


def test_without_a_photo_the_page_says_so(page: Page) -> None:
    assert say("no-photo") in str(finish(run(page, ME, ask(page)))[-1].progress)


def test_a_missing_model_says_what_to_type(page: Page) -> None:
    four(page)
    said = str(finish(run(page, ME, ask(page, model="laion400m-b32")))[-1].progress)
    assert "python -m idia_core models fetch laion400m-b32" in said
    assert "605 MB" in said
    assert "python -m idia_core models fetch laion400m-b32" in str(page.note("laion400m-b32"))


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


def test_a_hostile_file_name_is_text(page: Page) -> None:
    screen = hand_in(page, ME, ('"><script>x.jpg', marked(1)), ("<b>cut.jpg", b"GIF89a"))
    assert "<script" not in str(screen.strip)
    assert "<b>cut" not in str(screen.strip)


def test_tau_and_names_are_judged_again_without_the_model(page: Page) -> None:
    four(page)
    finish(run(page, ME, ask(page)))
    page.engine._models = None
    result, _ = page.rejudge(ME, 5, 10).shown or pytest.fail("no result")
    assert result.verdict.tau == 5
    assert len(result.names) == 10
    assert result.names[-1] == "Zelda Quux"


def test_sliders_before_any_run_are_kept_for_it(page: Page) -> None:
    assert page.rejudge(ME, 7, 20).shown is None
    four(page)
    result, _ = finish(run(page, ME, ask(page)))[-1].shown or pytest.fail("no result")
    assert result.verdict.tau == 7
    assert len(result.names) == 20


def test_a_photo_is_switched_off_and_on_but_never_the_last(page: Page) -> None:
    four(page)
    finish(run(page, ME, ask(page)))
    for photo, kept in ((1, (0, 2, 3)), (0, (2, 3)), (1, (1, 2, 3))):
        result, _ = page.switch(ME, photo).shown or pytest.fail("no result")
        assert result.kept == kept
    page.switch(ME, 1)
    page.switch(ME, 2)
    last = page.switch(ME, 3)
    assert last.shown is None
    assert "No photo is left" in str(last.progress)
    assert page.sessions.open(ME).out == {0, 1, 2}


def test_a_photo_that_is_not_there_changes_nothing(page: Page) -> None:
    four(page)
    finish(run(page, ME, ask(page)))
    result, _ = page.switch(ME, 99).shown or pytest.fail("no result")
    assert result.kept == (0, 1, 2, 3)


def test_stop_ends_the_run_at_its_next_step_and_the_next_one_answers(page: Page) -> None:
    four(page)
    screens = []
    with ThreadPoolExecutor(1) as elsewhere:
        for screen in run(page, ME, ask(page)):
            screens.append(screen)
            if "candidate" in str(screen.progress) and len(screens) < 100:
                said = elsewhere.submit(page.stopped, ME)  # waits for this very run
                while page.sessions.open(ME).run is not None:
                    time.sleep(0.01)
        assert say("stopped") in str(said.result().progress)
    assert say("stopped") in str(screens[-1].progress)
    assert all(screen.shown is None for screen in screens)
    assert len(page.queue) == 0
    assert page.sessions.open(ME).alive == 0
    assert finish(run(page, ME, ask(page)))[-1].shown is not None


def test_stop_reaches_a_run_that_has_not_begun(page: Page) -> None:
    four(page)
    page.ask(ME, ask(page))
    assert say("stopped") in str(page.stopped(ME).progress)
    assert finish(page.run(ME)) == []
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
    page.queue = RunQueue(1)
    for visitor in (ME, OTHER, "third"):
        four(page, visitor)
    first, second = run(page, ME, ask(page)), run(page, OTHER, ask(page))
    assert "Loading" in str([next(first), next(first)][-1].progress)
    assert say("run-in-line", ahead=1) in str([next(second), next(second)][-1].progress)
    last = finish(run(page, "third", ask(page)))[-1]
    assert say("line-full") in str(last.progress)
    assert finish(first)[-1].shown is not None
    assert finish(second)[-1].shown is not None
    assert len(page.queue) == 0


def test_who_leaves_the_line_lets_the_others_move_on() -> None:
    line = RunQueue(5)
    tickets = [line.join() for _ in range(4)]
    line.leave(tickets[1])
    assert [line.ahead(tickets[at]) for at in (0, 2, 3)] == [0, 1, 2]


def test_a_double_click_is_answered_once(page: Page) -> None:
    four(page)
    page.ask(ME, ask(page))
    page.ask(ME, ask(page))
    assert finish(page.run(ME))[-1].shown is not None
    assert finish(page.run(ME)) == []


def test_a_fault_of_ours_is_said_without_details_and_loses_nothing(
    page: Page, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("out of memory while looking at Zelda Quux")

    four(page)
    monkeypatch.setattr("idia_core.ui.service.page.run_audit", fail)
    screens = finish(run(page, ME, ask(page)))
    assert say("broke") in str(screens[-1].progress)
    assert "Quux" not in str(screens[-1].progress)
    assert "RuntimeError" in caplog.text
    assert "Quux" not in caplog.text
    assert len(page.sessions.open(ME).own.photos) == 4


def test_nothing_is_kept_of_a_page_that_closed_during_a_run(page: Page) -> None:
    four(page)
    for number, _ in enumerate(run(page, ME, ask(page))):
        if number == 2:
            page.sessions.forget(ME)
    assert len(page.sessions) == 0


def test_visitors_do_not_see_each_other(page: Page) -> None:
    four(page)
    finish(run(page, ME, ask(page)))
    assert page.rejudge(OTHER, 1, 40).shown is None
    assert page.switch(OTHER, 0).shown is None
    assert say("no-photo") in str(finish(run(page, OTHER, ask(page)))[-1].progress)


def test_forget_drops_photos_and_result(page: Page) -> None:
    four(page)
    finish(run(page, ME, ask(page)))
    screen = page.forget(ME)
    assert screen.cleared
    assert screen.name == ""
    assert len(page.sessions) == 0
    assert page.rejudge(ME, 1, 40).shown is None


def hand_in_others(page: Page, *files: tuple[str, bytes]) -> Screen:
    for label, data in files:
        assert page.uploads.receive("o" * 32, label, data) == ""
    return page.collect_others(ME, "o" * 32)


def test_photos_of_somebody_else_are_kept_apart_and_only_the_name_control_uses_them(page: Page) -> None:
    four(page)
    screen = hand_in_others(
        page, ("else.jpg", marked(20)), ("cut.jpg", marked(21)[:300]), ("mine.jpg", marked(0))
    )
    visit = page.sessions.open(ME)
    assert [photo.label for photo in visit.others.photos] == ["else.jpg"]
    assert [refusal.label for refusal in visit.others.refused] == ["cut.jpg", "mine.jpg"]
    assert hint("photo-own") in str(screen.others)
    assert len(visit.own.photos) == 4
    result, context = finish(run(page, ME, ask(page)))[-1].shown or pytest.fail("no result")
    assert [(control.kind, control.photos) for control in result.evidence.controls] == [("name_prior", 1)]
    assert len(result.kept) == 4
    assert context.others_note == say("others-given", photos="1 photo")


def test_the_name_control_is_a_run_of_its_own_on_those_photos(page: Page) -> None:
    """The same photos as the first zone's must give the same number of prompts as the run itself."""
    hand_in(page, ME, *((f"{seed}.jpg", marked(seed)) for seed in range(4)))
    alone, _ = finish(run(page, ME, ask(page)))[-1].shown or pytest.fail("no result")
    hand_in(page, OTHER, ("own.jpg", marked(30)))
    for seed in range(4):
        page.uploads.receive("o" * 32, "x.jpg", marked(seed))
    page.collect_others(OTHER, "o" * 32)
    beside, _ = finish(run(page, OTHER, ask(page)))[-1].shown or pytest.fail("no result")
    assert beside.evidence.controls[0].hits == alone.verdict.hits
    assert beside.evidence.controls[0].ranking.rank == alone.evidence.general.rank


def test_photos_of_somebody_else_can_be_taken_away_and_have_the_same_limits(page: Page) -> None:
    hand_in_others(page, *((f"{seed}.jpg", marked(40 + seed)) for seed in range(7)))
    visit = page.sessions.open(ME)
    assert len(visit.others.photos) == page.settings.max_photos == 6
    page.remove_other(ME, 0)
    assert [photo.label for photo in page.sessions.open(ME).others.photos] == [
        f"{n}.jpg" for n in range(1, 6)
    ]
    assert page.clear_others(ME).others == ""
    hand_in_others(page, ("a.jpg", marked(60)))
    screen = page.forget(ME)
    assert screen.others == ""
    assert page.sessions.open(ME).others.photos == ()


def test_without_such_photos_a_real_model_is_not_tried_and_the_page_says_where_to_add_them(
    page: Page,
) -> None:
    four(page)
    result, context = finish(run(page, ME, ask(page)))[-1].shown or pytest.fail("no result")
    assert result.evidence.controls == ()
    assert say("others-title") in context.others_note


def test_an_unused_visit_is_forgotten_after_its_time(page: Page) -> None:
    now = [0.0]
    page.sessions._now = lambda: now[0]
    page.uploads.inbox._now = lambda: now[0]
    four(page)
    page.uploads.receive("u" * 32, "a.jpg", b"")
    now[0] = page.settings.session_minutes * 60 - 1
    page.sweep()
    assert len(page.sessions) == 1
    assert page.uploads.inbox.take("u" * 32) == []
    now[0] += 2
    page.sweep()
    assert len(page.sessions) == 0


def test_an_example_runs_at_once_and_the_visitors_own_photos_come_back(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = []
    for seed in range(3):
        files.append(tmp_path / f"{seed}.jpg")
        files[-1].write_bytes(jpeg(50 + seed))
    page.people = {"Ann_Li": Example("Ann_Li", "Ann Li", 64, tuple(files))}
    monkeypatch.setattr("idia_core.ui.service.page.weights.available", lambda spec: True)
    web = load_lists
    monkeypatch.setattr("idia_core.ui.service.page.names.load_lists", lambda folder, id: web(folder, "web"))
    four(page)
    screens = finish(run(page, ME, ask(page, name="", model="nothing", example="Ann_Li")))
    assert screens[0].name == "Ann Li"
    assert screens[0].model == "sandbox"
    result, context = screens[-1].shown or pytest.fail("no result")
    assert result.encoded.name == "Ann Li"
    assert context.known_truth == phrases.example_truth(64)
    assert len(page.sessions.open(ME).active.photos) == 3
    shipped = [path for path in (ASSETS / "examples").iterdir() if path.is_dir()]
    assert [control.photos for control in result.evidence.controls] == [
        examples.PORTRAITS_EACH * len(shipped)
    ]
    count = phrases.photo_count(examples.PORTRAITS_EACH * len(shipped))
    assert context.others_note == say("others-invented", photos=count)
    page.clear(ME)
    assert [photo.label for photo in page.sessions.open(ME).active.photos] == [f"{n}.jpg" for n in range(4)]


def test_an_unknown_example_is_a_sentence(page: Page) -> None:
    assert "no such example" in str(finish(run(page, ME, ask(page, example="../etc")))[-1].progress)


# Faces


def pictures(*names: str) -> list[tuple[str, bytes]]:
    made = {
        "me.png": portrait.portrait(),
        "us.png": portrait.two(),
        "lawn.png": Image.new("RGB", (300, 200), (60, 120, 50)),
        "copy.png": portrait.portrait().resize((300, 300)),
    }
    found = []
    for name in names:
        stream = BytesIO()
        made[name].save(stream, "PNG")
        found.append((name, stream.getvalue()))
    return found


@portrait.needed
def test_doubts_are_said_in_words_below_the_photos(page: Page) -> None:
    strip = str(hand_in(page, ME, *pictures("me.png", "us.png", "lawn.png", "copy.png")).strip)
    assert say("doubts", count=3) in strip
    assert "No face was found in this photo." in strip
    assert "Nearly the same picture as me.png." in strip
    assert "There are 2 faces in this photo." in strip
    assert say("few-good", good=2) in strip
    assert len(page.sessions.open(ME).face_checks) == 4


@portrait.needed
def test_the_person_is_picked_where_there_are_several(page: Page) -> None:
    strip = str(hand_in(page, ME, *pictures("me.png", "us.png")).strip)
    assert say("face-which", photo=2) in strip
    assert strip.count("data-face=") == 2
    assert 'data-face="0" data-of="1" aria-pressed="true"' in strip
    chosen = str(page.faces.choose(ME, 1, 1).strip)
    assert 'data-face="1" data-of="1" aria-pressed="true"' in chosen
    assert chosen.count('aria-pressed="true"') == 1
    assert "no such face" in str(page.faces.choose(ME, 1, 7).progress)
    for photo in (-1, 9):
        assert page.faces.choose(ME, photo, 0).strip == chosen, "a photo that is not there changes nothing"


@portrait.needed
def test_with_the_sandbox_in_the_picker_nobody_doubts_a_drawn_face(page: Page) -> None:
    before = str(hand_in(page, ME, *pictures("us.png", "lawn.png")).strip)
    drawn = str(page.faces.pick(ME, "sandbox").strip)
    assert "No face was found" not in drawn
    assert "data-face" not in drawn
    assert str(page.faces.pick(ME, page.engine.default.key).strip) == before


@portrait.needed
def test_what_was_seen_goes_with_the_photo(page: Page) -> None:
    hand_in(page, ME, *pictures("me.png", "us.png"))
    page.remove(ME, 0)
    assert list(page.sessions.open(ME).face_checks) == [page.sessions.open(ME).own.photos[0].digest]
    page.clear(ME)
    assert page.sessions.open(ME).face_checks == {}


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


@portrait.needed
def test_without_any_face_the_face_only_cannot_be_asked_about(page: Page) -> None:
    hand_in(page, ME, *pictures("lawn.png"))
    said = str(finish(run(page, ME, ask(page, crop="face")))[-1].progress)
    assert "No face was found in any of the photos." in said
    assert len(page.sessions.open(ME).own.photos) == 1


def test_a_model_that_the_page_does_not_offer_is_refused_and_not_remembered(page: Page) -> None:
    four(page)
    before = page.faces.pick(ME, page.engine.default.key).strip
    with refused("does not offer"):
        page.faces.pick(ME, "../secret.txt")
    assert page.faces.strip(page.sessions.open(ME)) == before


def test_a_run_that_failed_keeps_no_photo_alive(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    four(page)
    monkeypatch.setattr(Encoder, "encode_images", fail)
    photo = weakref.ref(page.sessions.open(ME).own.photos[0])
    gc.collect()
    gc.disable()  # what only the collector would free stays until it comes by, which can be long
    try:
        assert say("broke") in str(finish(run(page, ME, ask(page)))[-1].progress)
        page.forget(ME)
        time.sleep(0.2)  # the model's thread lets go of its task
        assert photo() is None
    finally:
        gc.enable()
