"""The table of outcomes: every combination of checks, against a twin written as plain conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from idia_core.attack import outcome
from idia_core.errors import Message
from idia_core.text import say, tell
from tests.text.test_text import ENGLISH

ENDS: dict[outcome.Code, tuple[outcome.State, ...]] = {
    "rule": ("passed", "failed"),
    "general": ("passed", "failed"),
    "matched": ("passed", "failed", "not_run", "impossible"),
    "crossed": ("passed", "failed", "not_run"),
    "stable": ("passed", "failed"),
    "name_prior": ("passed", "failed", "not_run"),
    "context": ("passed", "failed", "not_run"),
    "photos": ("passed", "failed"),
    "one_person": ("passed", "failed", "not_run"),
    "names": ("passed", "failed"),
}
STRONG = outcome.Facts(
    photos=12,
    names=1000,
    hits=9,
    prompts=21,
    tau=1,
    general=0.001,
    same_verdict=1.0,
    smallest=0.001,
    matched=0.01,
    crossed=0.01,
    name_prior=False,
    context=False,
    one_person=True,
)


def every_combination() -> Iterator[dict[outcome.Code, outcome.State]]:
    for states in product(*ENDS.values()):
        yield dict(zip(ENDS, states, strict=True))


def twin(states: dict[outcome.Code, outcome.State]) -> str:
    if states["photos"] == "failed" or states["one_person"] == "failed" or states["names"] == "failed":
        return "unclear"
    if states["matched"] == "impossible":
        return "unclear"
    if states["rule"] == "failed" and states["general"] == "failed":
        return "none"
    needed = all(states[code] == "passed" for code in ("rule", "general", "matched", "stable"))
    against = any(states[code] == "failed" for code in ("name_prior", "context"))
    return "strong" if needed and not against else "weak"


def test_the_table_decides_every_combination_as_its_twin_does() -> None:
    seen = set()
    for states in every_combination():
        assert outcome.decide(states).outcome == twin(states), states
        seen.add(twin(states))
    assert seen == {"strong", "weak", "none", "unclear"}


def test_a_strong_link_has_no_failed_check_and_leaves_open_only_what_it_may() -> None:
    for states in every_combination():
        if outcome.decide(states).outcome == "strong":
            assert {code for code, state in states.items() if state == "failed"} <= {"crossed"}
            open_checks = {code for code, state in states.items() if state == "not_run"}
            assert open_checks <= {"crossed", "name_prior", "context", "one_person"}


def test_a_failing_check_never_makes_a_link_stronger() -> None:
    strength = {"none": 0, "unclear": 0, "weak": 1, "strong": 2}
    for states in every_combination():
        for code in states:
            worse = outcome.decide({**states, code: "failed"}).outcome
            if states[code] != "impossible":
                assert strength[worse] <= strength[outcome.decide(states).outcome], (states, code)


def test_a_check_that_is_missing_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="no line"):
        outcome.decide({"rule": "passed", "general": "passed"})


def test_examine_gives_only_the_ends_listed_here() -> None:
    assert set(outcome.examine(STRONG)) == set(ENDS)
    seen: dict[str, set[str]] = {code: set() for code in ENDS}
    for change, _, _ in CASES:
        for code, state in outcome.examine(replace(STRONG, **change)).items():
            seen[code].add(state)
    assert all(states <= set(ENDS[code]) for code, states in seen.items())  # type: ignore[index]


def test_every_end_of_every_check_has_its_sentence_and_no_other_has_one() -> None:
    """The keys are put together at run time, so that the test of the texts cannot see them."""
    wanted = {f"reason-{code}-{state}".replace("_", "-") for code, ends in ENDS.items() for state in ends}
    assert {key for key in ENGLISH if key.startswith("reason-")} == wanted
    for change, _, _ in CASES:
        for reason in outcome.judge(replace(STRONG, **change)).reasons:
            assert ENGLISH[reason.message.code] <= set(reason.message.values)


CASES = [
    ({}, "strong", ("rule", "general", "matched", "stable")),
    ({"crossed": None, "name_prior": None, "context": None, "one_person": None}, "strong", None),
    ({"hits": 0}, "weak", ("rule",)),
    ({"hits": 4, "tau": 5}, "weak", ("rule",)),
    ({"hits": 5, "tau": 5}, "strong", None),
    ({"general": 0.01}, "strong", None),
    ({"general": 0.0101}, "weak", ("general",)),
    ({"matched": 0.05}, "strong", None),
    ({"matched": 0.0501}, "weak", ("matched",)),
    ({"matched": None}, "weak", ("matched",)),
    ({"matched": None, "unmatched": Message("match-not-two-names")}, "unclear", ("matched",)),
    ({"crossed": 0.05}, "strong", None),
    ({"crossed": 0.06}, "strong", ("rule", "general", "matched", "stable")),
    ({"same_verdict": 0.8}, "strong", None),
    ({"same_verdict": 0.79}, "weak", ("stable",)),
    ({"name_prior": True}, "weak", ("name_prior",)),
    ({"context": True}, "weak", ("context",)),
    ({"hits": 0, "general": 0.3}, "none", ("rule", "general")),
    ({"hits": 0, "general": 0.3, "same_verdict": 0.5, "matched": 0.001}, "none", ("rule", "general")),
    ({"photos": 3}, "strong", None),
    ({"photos": 2}, "unclear", ("photos",)),
    ({"photos": 2, "hits": 0, "general": 1.0}, "unclear", ("photos",)),
    ({"one_person": False}, "unclear", ("one_person",)),
    ({"names": 100, "smallest": 0.01, "general": 0.01}, "strong", None),
    ({"names": 99, "smallest": 1 / 99, "general": 1 / 99}, "unclear", ("names",)),
]


@pytest.mark.parametrize(("change", "want", "decided_by"), CASES)
def test_facts_become_outcomes_at_the_stated_thresholds(
    change: dict[str, object], want: str, decided_by: tuple[str, ...] | None
) -> None:
    got = outcome.judge(replace(STRONG, **change))
    assert got.outcome == want
    assert say(f"outcome-{got.outcome}-title")
    if decided_by is not None:
        assert got.decided_by == decided_by


def test_what_was_not_run_is_said_beside_a_strong_link() -> None:
    got = outcome.judge(replace(STRONG, crossed=None, name_prior=None, context=None, one_person=None))
    missing = {reason.code for reason in got.reasons if reason.state == "not_run"}
    assert missing == {"crossed", "name_prior", "context", "one_person"}
    assert got.advice == ()  # nothing is advised that a person cannot do


def test_what_a_person_can_mend_is_advised() -> None:
    mended = {"matched": "match_names", "context": "change_context"}
    changes = {"matched": {"matched": None}, "context": {"context": True}}
    for check, change in changes.items():
        got = outcome.judge(replace(STRONG, **change))
        assert [advice.code for advice in got.advice] == [mended[check]]


def all_sentences() -> Iterator[str]:
    for code in outcome.OUTCOMES:
        yield from (say(f"outcome-{code}-{part}") for part in ("title", "sentence"))
    for change, _, _ in CASES:
        got = outcome.judge(replace(STRONG, **change, against=(0,), carriers=(4,), attempts=2))
        yield from (tell(reason.message) for reason in got.reasons)
        yield from (tell(advice.message) for advice in got.advice)


@pytest.mark.parametrize("claim", ["training", "trained", "prove", "certain", "guarantee", "was used"])
def test_no_sentence_claims_more_than_a_link(claim: str) -> None:
    assert not [text for text in all_sentences() if claim in text.lower()]


def test_a_strong_link_speaks_of_face_and_name_and_no_link_is_not_absence() -> None:
    assert "links this face with this name" in say("outcome-strong-sentence")
    assert "never shows that there is none" in say("outcome-none-sentence")


def test_sentences_carry_the_numbers() -> None:
    facts = replace(STRONG, hits=3, rank=12, general=0.012, same_verdict=0.64, photos=4)
    texts = {reason.code: tell(reason.message) for reason in outcome.judge(facts).reasons}
    assert "3 of 21" in texts["rule"]
    assert "12 of 1,000" in texts["general"]
    assert "64%" in texts["stable"]
    assert "4 photos" in texts["photos"]
    assert "999 other" in texts["names"]


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("general", {}),
        ("general", {"general": 0.3}),
        ("matched", {"matched": None}),
        ("names", {"smallest": 0.02}),
    ],
)
def test_a_sentence_that_rests_on_a_p_value_says_how_many_questions_it_counts(
    code: str, change: dict[str, object]
) -> None:
    once, thrice = (
        {reason.code: tell(reason.message) for reason in judgement.reasons}[code]
        for judgement in (outcome.judge(replace(STRONG, **change, attempts=attempts)) for attempts in (1, 3))
    )
    assert "corrected" not in once
    assert thrice == f"{once[:-1]}, corrected for 3 questions."


@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        ({"photos": 2}, "add_photos", "Add 1 photo of the same person."),
        ({"photos": 1}, "add_photos", "Add 2 photos of the same person."),
        ({"photos": 6, "same_verdict": 0.5}, "add_photos", "Add 4 photos of the same person."),
        ({"photos": 6, "hits": 0, "general": 0.5}, "add_photos", "Add 4 photos of the same person."),
        (
            {"against": (2,)},
            "check_photo",
            "Photo 3 speaks against the rest: check that it shows the same person.",
        ),
        (
            {"carriers": (4,)},
            "rests_on_photo",
            "The verdict rests on photo 5: add photos taken on other occasions.",
        ),
        ({"one_person": False}, "one_person", "Keep the photos of one person only."),
        ({"smallest": 0.02}, "add_names", "Compare with more names."),
        (
            {"matched": None},
            "match_names",
            "Compare with more names that share the first or the last name.",
        ),
    ],
)
def test_advice_says_what_would_help(change: dict[str, object], code: str, sentence: str) -> None:
    advice = {one.code: tell(one.message) for one in outcome.judge(replace(STRONG, **change)).advice}
    assert advice[code] == sentence


@pytest.mark.parametrize("change", [{}, {"photos": 4}, {"carriers": (0, 1)}])
def test_nothing_is_advised_where_nothing_is_needed(change: dict[str, object]) -> None:
    assert outcome.judge(replace(STRONG, **change)).advice == ()


def test_after_no_link_found_no_further_check_is_advised() -> None:
    facts = replace(STRONG, hits=0, general=0.5, matched=None, crossed=None, name_prior=None, context=None)
    assert outcome.judge(facts).advice == ()
