"""A question before the model sees it: what is missing is said, and whose photos it is asked of."""

from __future__ import annotations

import pytest

from idia_core.text import hint, say
from idia_core.ui.service.page import Page
from tests import portrait
from tests.ui.conftest import marked
from tests.ui.visitor import ME, OTHER, ask, finish, four, hand_in, hand_in_others, pictures, run


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
    assert len(page.sessions.open(ME).photos.own.photos) == 4


def test_without_a_photo_the_page_says_so(page: Page) -> None:
    assert say("no-photo") in str(finish(run(page, ME, ask(page)))[-1].progress)


def test_a_missing_model_says_what_to_type(page: Page) -> None:
    four(page)
    said = str(finish(run(page, ME, ask(page, model="laion400m-b32")))[-1].progress)
    assert "python -m idia_core models fetch laion400m-b32" in said
    assert "605 MB" in said
    assert "python -m idia_core models fetch laion400m-b32" in str(page.model_note("laion400m-b32"))


def test_photos_of_somebody_else_are_kept_apart_and_only_the_name_control_uses_them(page: Page) -> None:
    four(page)
    screen = hand_in_others(
        page, ("else.jpg", marked(20)), ("cut.jpg", marked(21)[:300]), ("mine.jpg", marked(0))
    )
    visit = page.sessions.open(ME)
    assert [photo.label for photo in visit.photos.others.photos] == ["else.jpg"]
    assert [refusal.label for refusal in visit.photos.others.refused] == ["cut.jpg", "mine.jpg"]
    assert hint("photo-own") in str(screen.others)
    assert len(visit.photos.own.photos) == 4
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


def test_without_such_photos_a_real_model_is_not_tried_and_the_page_says_where_to_add_them(
    page: Page,
) -> None:
    four(page)
    result, context = finish(run(page, ME, ask(page)))[-1].shown or pytest.fail("no result")
    assert result.evidence.controls == ()
    assert say("others-title") in context.others_note


@portrait.needed
def test_without_any_face_the_face_only_cannot_be_asked_about(page: Page) -> None:
    hand_in(page, ME, *pictures("lawn.png"))
    said = str(finish(run(page, ME, ask(page, crop="face")))[-1].progress)
    assert "No face was found in any of the photos." in said
    assert len(page.sessions.open(ME).photos.own.photos) == 1
