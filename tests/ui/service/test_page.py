"""The page's actions without a browser: what they return, what they keep, what they let go."""

from __future__ import annotations

import pytest

from idia_core.text import say, tell
from idia_core.ui.service.page import Page
from tests import portrait
from tests.conftest import refused
from tests.ui.conftest import marked
from tests.ui.visitor import ME, OTHER, ask, finish, four, hand_in, hand_in_others, pictures, run


def test_photos_are_opened_shown_and_kept_in_memory(page: Page) -> None:
    screen = hand_in(page, ME, ("a.jpg", marked(1)), ("b.jpg", marked(2)))
    assert [photo.label for photo in page.sessions.open(ME).photos.own.photos] == ["a.jpg", "b.jpg"]
    assert str(screen.strip).count('src="thumbnails/') == 2
    assert "data:" not in screen.strip
    assert say("strip-few", count=1) in str(screen.strip)


def test_a_bad_file_is_set_aside_with_its_reason_and_the_rest_go_on(page: Page) -> None:
    screen = hand_in(page, ME, ("good.jpg", marked(1)), ("cut.jpg", marked(2)[:300]), ("empty.png", b""))
    visit = page.sessions.open(ME)
    assert [photo.label for photo in visit.photos.own.photos] == ["good.jpg"]
    assert [refusal.label for refusal in visit.photos.own.refused] == ["cut.jpg", "empty.png"]
    assert "cut.jpg" in str(screen.strip)
    assert "The file is empty." in str(screen.strip)


def test_photos_add_up_and_the_same_one_counts_once(page: Page) -> None:
    hand_in(page, ME, ("a.jpg", marked(1)))
    hand_in(page, ME, ("again.jpg", marked(1)), ("b.jpg", marked(2)))
    visit = page.sessions.open(ME)
    assert [photo.label for photo in visit.photos.own.photos] == ["a.jpg", "b.jpg"]
    assert "a.jpg" in tell(visit.photos.own.refused[0].reason)


def test_too_many_photos_are_set_aside(page: Page) -> None:
    for start in (0, 3, 6):
        hand_in(page, ME, *((f"{seed}.jpg", marked(seed)) for seed in range(start, start + 3)))
    visit = page.sessions.open(ME)
    assert len(visit.photos.own.photos) == page.settings.max_photos == 6
    assert len(visit.photos.own.refused) == 3


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
    assert [photo.label for photo in page.sessions.open(ME).photos.own.photos] == ["0.jpg", "2.jpg", "3.jpg"]
    assert page.clear(ME).strip == ""


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
    assert page.sessions.open(ME).answer.switched_off == {0, 1, 2}


def test_a_photo_that_is_not_there_changes_nothing(page: Page) -> None:
    four(page)
    finish(run(page, ME, ask(page)))
    result, _ = page.switch(ME, 99).shown or pytest.fail("no result")
    assert result.kept == (0, 1, 2, 3)


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


def test_photos_of_somebody_else_can_be_taken_away_and_have_the_same_limits(page: Page) -> None:
    hand_in_others(page, *((f"{seed}.jpg", marked(40 + seed)) for seed in range(7)))
    visit = page.sessions.open(ME)
    assert len(visit.photos.others.photos) == page.settings.max_photos == 6
    page.remove_other(ME, 0)
    assert [photo.label for photo in page.sessions.open(ME).photos.others.photos] == [
        f"{n}.jpg" for n in range(1, 6)
    ]
    assert page.clear_others(ME).others == ""
    hand_in_others(page, ("a.jpg", marked(60)))
    screen = page.forget(ME)
    assert screen.others == ""
    assert page.sessions.open(ME).photos.others.photos == ()


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


@portrait.needed
def test_doubts_are_said_in_words_below_the_photos(page: Page) -> None:
    strip = str(hand_in(page, ME, *pictures("me.png", "us.png", "lawn.png", "copy.png")).strip)
    assert say("doubts", count=3) in strip
    assert "No face was found in this photo." in strip
    assert "Nearly the same picture as me.png." in strip
    assert "There are 2 faces in this photo." in strip
    assert say("few-good", good=2) in strip
    assert len(page.sessions.open(ME).photos.face_checks) == 4


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
    assert list(page.sessions.open(ME).photos.face_checks) == [
        page.sessions.open(ME).photos.own.photos[0].digest
    ]
    page.clear(ME)
    assert page.sessions.open(ME).photos.face_checks == {}


def test_a_model_that_the_page_does_not_offer_is_refused_and_not_remembered(page: Page) -> None:
    four(page)
    before = page.faces.pick(ME, page.engine.default.key).strip
    with refused("does not offer"):
        page.faces.pick(ME, "../secret.txt")
    assert page.faces.strip(page.sessions.open(ME)) == before
