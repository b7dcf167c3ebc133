"""Every different question about one person's photos counts, and every answer is corrected for their number."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest

from idia_core.attack.evidence import bonferroni
from idia_core.audit.records import AuditResult
from idia_core.clip.encoder import Encoder
from idia_core.names import load_lists
from idia_core.sandbox.examples import Example
from idia_core.text import say
from idia_core.ui.markup import results as result_markup
from idia_core.ui.page import api
from idia_core.ui.service import attempts
from idia_core.ui.service.attempts import Attempts, PhotoView, Question
from idia_core.ui.service.page import Page
from idia_core.ui.state import Screen
from tests import portrait
from tests.conftest import jpeg
from tests.ui.conftest import marked
from tests.ui.visitor import ME, OTHER, ask, finish, four, hand_in, hand_in_others, pictures, run

QUESTION = Question(
    name="Zelda Quux",
    model="tiny",
    templates=("a photo of {0}", "the actor {0}"),
    seed=0,
    crop="whole",
    photos=tuple(PhotoView(digest) for digest in "abcd"),
)


def of(*digests: str) -> Question:
    return replace(QUESTION, photos=tuple(map(PhotoView, digests)))


def added(*questions: Question) -> Attempts:
    found = Attempts()
    for question in questions:
        found = found.add(question)
    return found


@pytest.mark.parametrize(
    "other",
    [
        replace(QUESTION, name="Yara Voss"),
        replace(QUESTION, name="zelda quux"),
        replace(QUESTION, model="laion400m-b32"),
        replace(QUESTION, templates=("a photo of {0}",)),
        replace(QUESTION, seed=1),
        replace(QUESTION, crop="face"),
        replace(QUESTION, photos=QUESTION.photos[1:]),
        replace(QUESTION, photos=(*QUESTION.photos, PhotoView("e"))),
        replace(QUESTION, photos=(PhotoView("a", 1), *QUESTION.photos[1:])),
    ],
)
def test_a_different_question_is_an_attempt_and_one_asked_before_is_none(other: Question) -> None:
    assert added(QUESTION).count() == 1
    assert added(QUESTION, other).count() == 2
    assert added(QUESTION, other, QUESTION, other).count() == 2


def test_the_order_of_photos_and_templates_makes_no_new_question() -> None:
    turned = replace(QUESTION, photos=QUESTION.photos[::-1], templates=QUESTION.templates[::-1])
    assert added(QUESTION, turned).count() == 1


def test_narrowed_is_the_question_of_the_photos_that_are_left() -> None:
    assert QUESTION.narrowed((0, 2)) == of("a", "c")
    assert added(QUESTION.narrowed((0, 2)), of("c", "a")).count() == 1


def test_as_long_as_one_photo_stays_it_is_the_same_person() -> None:
    found = added(of("a", "b"), of("b", "c"), of("c", "d"))
    assert found.count() == 3
    between = (
        added(of("a", "b")).add_photos(["a", "b", "c"]).add_photos(["c"])
    )  # nothing was asked of all three
    assert between.add(of("c")).count() == 2


def test_with_other_photos_the_count_starts_anew() -> None:
    found = added(of("a", "b"), of("a")).add_photos([]).add_photos(["x", "y"])
    assert found.count() == 2, "the answer on the screen is still about the person before"
    assert found.add(replace(of("a"), seed=2)).count() == 3
    assert found.add(of("x", "y")).count() == 1
    assert found.add(of("x", "y")).add(of("a", "b")).count() == 1


def test_who_takes_the_photos_away_and_hands_them_in_again_goes_on_counting() -> None:
    found = added(of("a", "b"), of("a")).add_photos([]).add_photos(["b"])
    assert found.add(of("b")).count() == 3


def test_each_example_has_a_count_of_its_own() -> None:
    example = replace(of("p", "q"), example="Ann_Li")
    found = added(QUESTION, example, replace(example, seed=2), replace(example, example="Bo_Ek"))
    assert (found.count(), found.count("Ann_Li"), found.count("Bo_Ek")) == (1, 2, 1)
    again = found.add(replace(QUESTION, seed=2)).add(of("x"))
    assert (again.count(), again.count("Ann_Li")) == (1, 2), (
        "another person's photos leave the examples alone"
    )


def test_nothing_of_a_question_can_be_read_or_tried_without_the_visit_s_key() -> None:
    found = added(QUESTION)
    assert "Zelda" not in repr(found)
    assert all(len(key) == 16 for _, key in found.asked)
    assert found.asked.isdisjoint(added(QUESTION).asked)
    assert found.person.isdisjoint(added(QUESTION).person)


def test_a_name_that_no_encoding_takes_is_counted_too() -> None:
    assert added(replace(QUESTION, name="Zelda \ud800"), replace(QUESTION, name="Zelda \ud801")).count() == 2


def test_the_count_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MAX_ATTEMPTS", 3)
    found = added(*(replace(QUESTION, seed=seed) for seed in range(10)))
    assert (found.count(), len(found.asked)) == (3, 3)
    assert found.add(of("x")).count() == 1


# On the page


def counted(page: Page, visitor: str = ME, example: str = "") -> int:
    return page.sessions.open(visitor).attempts.count(example)


def result_of(screen: Screen) -> AuditResult:
    return (screen.shown or pytest.fail("no result"))[0]


def asked(page: Page, visitor: str = ME, **changes: object) -> AuditResult:
    return result_of(finish(run(page, visitor, ask(page, **changes)))[-1])


def correction(result: AuditResult) -> int:
    """Return by how many attempts the p-value was corrected; the p-value must be small enough to tell."""
    raw, corrected = result.evidence.general.p_value, result.evidence.p_general
    found = round(corrected / raw)
    assert corrected == bonferroni(raw, found)
    return found


@pytest.fixture
def linked(page: Page, monkeypatch: pytest.MonkeyPatch) -> Page:
    """Let every sentence with the name of these tests be the photos' own vector, whatever photo it is."""
    import numpy as np

    honest = Encoder.encode_texts

    def names_it(self: Encoder, sentences: list[str]) -> object:
        vectors = honest(self, sentences)
        for at, sentence in enumerate(sentences):
            if "quux" in sentence.lower():
                vectors[at] = mean
        return vectors

    pixels = four_pixels(page)
    images = page.engine._models.get(None).encode_images(pixels)  # type: ignore[union-attr, arg-type]
    mean = images.mean(axis=0) / np.linalg.norm(images.mean(axis=0))
    monkeypatch.setattr(Encoder, "encode_texts", names_it)
    return page


def four_pixels(page: Page) -> list[object]:
    four(page)
    return [photo.pixels for photo in page.sessions.open(ME).photos.own.photos]


def test_switching_photos_off_until_the_verdict_fits_makes_it_count_less(linked: Page) -> None:
    first = asked(linked)
    assert first.evidence.p_general == first.evidence.general.p_value
    seen = [first, *(result_of(linked.switch(ME, photo)) for photo in (0, 1, 2))]
    assert [correction(result) for result in seen] == [1, 2, 3, 4]
    bounds = [result.evidence.bound for result in seen]
    assert bounds == [bonferroni(bounds[0], count) for count in (1, 2, 3, 4)]
    assert seen[1].evidence.p_general > seen[0].evidence.p_general
    assert seen[3].evidence.p_general > seen[2].evidence.p_general


def test_the_page_says_for_how_many_questions_it_corrects(linked: Page) -> None:
    first = finish(run(linked, ME, ask(linked)))[-1].shown or pytest.fail("no result")
    assert "corrected for" not in result_markup.outcome(*first)
    second = linked.switch(ME, 0).shown or pytest.fail("no result")
    assert say("corrected", attempts=2) in result_markup.outcome(*second)
    assert "corrected for 2 questions" in say("corrected", attempts=2)


def test_switching_on_again_is_no_new_attempt_but_those_before_still_count(linked: Page) -> None:
    asked(linked)
    linked.switch(ME, 0)
    assert correction(result_of(linked.switch(ME, 0))) == 2  # all four again
    assert correction(result_of(linked.switch(ME, 0))) == 2
    assert correction(result_of(linked.rejudge(ME, 2, 40))) == 2, "tau and names move while somebody watches"
    assert correction(result_of(linked.rejudge(ME, 2, 30))) == 2
    assert correction(result_of(linked.switch(ME, 1))) == 3
    assert correction(asked(linked, name="Zelda QUUX")) == 4
    assert counted(linked) == 4


def test_what_is_not_there_or_not_shown_is_no_attempt(page: Page) -> None:
    page.rejudge(ME, 3, 20)
    page.rejudge(ME, 5, 30)
    four(page)
    assert counted(page) == 0
    finish(run(page, ME, ask(page, name=" ")))
    finish(run(page, ME, ask(page, model="nothing")))
    stopped = run(page, ME, ask(page))
    next(stopped)
    page.runner.stop(ME)
    finish(stopped)
    assert counted(page) == 0, "nobody saw an answer"
    asked(page)
    page.switch(ME, 99)
    for photo in range(4):  # the last one stays on
        page.switch(ME, photo)
    assert counted(page) == 4


def test_every_other_question_counts_and_the_same_one_does_not(page: Page) -> None:
    four(page)
    for count, changes in enumerate(
        (
            {},
            {"name": "Yara Voss"},
            {"name": "zelda quux"},
            {"seed": 7},
            {"templates": "a photo of {0}\nthe face of {0}"},
        ),
        start=1,
    ):
        asked(page, **changes)  # type: ignore[arg-type]
        assert counted(page) == count
    asked(page)
    asked(page, name="  Zelda   Quux ")  # the same name, typed less neatly
    asked(page, templates="the face of {0}\na photo of {0}")
    assert counted(page) == 5
    page.remove(ME, 3)
    asked(page)
    assert counted(page) == 6
    page.switch(ME, 2)
    page.remove(ME, 2)
    asked(page)  # of the two photos that were judged a moment ago
    assert counted(page) == 7
    hand_in_others(page, ("else.jpg", marked(90)))
    asked(page)  # a check more, of the same question
    assert counted(page) == 7


def test_tau_that_was_moved_before_the_run_is_one_question(page: Page) -> None:
    page.rejudge(ME, 4, 20)
    four(page)
    assert asked(page).verdict.tau == 4
    assert counted(page) == 1
    page.rejudge(ME, 4, 20)
    assert counted(page) == 1


def test_results_that_come_in_batch_by_batch_are_one_question(page: Page) -> None:
    page.uploads.limits = replace(page.uploads.limits, photos=18)
    page.uploads.inbox._max_files = 18
    hand_in(page, ME, *((f"{seed}.jpg", marked(seed)) for seed in range(18)))
    shown = [screen for screen in finish(run(page, ME, ask(page))) if screen.shown]
    assert [len(result_of(screen).kept) for screen in shown] == [16, 18, 18]
    assert counted(page) == 1


def test_other_photos_start_anew_and_forgetting_too(page: Page) -> None:
    four(page)
    asked(page)
    asked(page, seed=1)
    page.clear(ME)
    hand_in(page, ME, ("other.jpg", marked(70)))
    asked(page)
    assert counted(page) == 1
    asked(page, seed=1)
    page.forget(ME)
    four(page)
    asked(page)
    assert counted(page) == 1


def test_visitors_and_examples_do_not_count_for_each_other(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tuple(tmp_path / f"{seed}.jpg" for seed in range(2))
    for seed, file in enumerate(files):
        file.write_bytes(jpeg(50 + seed))
    page.faces.people = {key: Example(key, key.replace("_", " "), 64, files) for key in ("Ann_Li", "Bo_Ek")}
    monkeypatch.setattr("idia_core.ui.service.requests.weights.available", lambda spec: True)
    monkeypatch.setattr(
        "idia_core.ui.service.requests.names.load_lists", lambda folder, id: load_lists(folder, "web")
    )
    four(page)
    four(page, OTHER)
    asked(page)
    asked(page, OTHER)
    for key in ("Ann_Li", "Ann_Li", "Bo_Ek"):
        asked(page, name="", model="", example=key)
    assert result_of(page.switch(ME, 0)).encoded.name == "Bo Ek"
    counts = [counted(page), counted(page, example="Ann_Li"), counted(page, example="Bo_Ek")]
    assert counts == [1, 1, 2]
    page.clear(ME)
    asked(page, seed=1)
    assert (counted(page), counted(page, OTHER)) == (2, 1)


@portrait.needed
def test_another_face_is_another_question_where_only_the_face_is_shown(page: Page) -> None:
    hand_in(page, ME, *pictures("me.png", "us.png"))
    for crop, counts in (("whole", [1, 1]), ("face", [2, 3])):
        for face in (0, 1):
            page.faces.choose(ME, 1, face)
            asked(page, crop=crop)
            assert counted(page) == counts[face]


def test_a_call_of_the_endpoint_is_a_visit_of_its_own(linked: Page) -> None:
    photos = [b64encode(marked(seed)).decode() for seed in range(4)]
    raw = asked(linked).evidence.general.p_value
    for seed in (0, 1, 2):
        facts = api.audit(linked, photos, ask(linked, seed=seed), (1, 40))
        assert facts["p_value"]["general"] == raw
    assert (len(linked.sessions), counted(linked)) == (1, 1)
