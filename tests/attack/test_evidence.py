"""Bounds, intervals, controls and the whole evidence: against other sources, by enumeration, by case."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from idia_core.attack import evidence as evidence_module
from idia_core.attack import outcome, rule
from idia_core.attack.evidence import (
    Attack,
    Comparisons,
    Evidence,
    bonferroni,
    clopper_pearson,
    control,
    false_alarm_bound,
    run_attack,
)
from idia_core.attack.ranking import rank_among, rank_in_pool
from idia_core.errors import Message
from idia_core.text import tell

PROMPTS, PHOTOS, NAMES = 7, 6, 120
NO_DECOYS = Comparisons()
PROPERTY = settings(deadline=None, derandomize=True, max_examples=60)


def tensors() -> st.SearchStrategy[np.ndarray]:
    shapes = st.tuples(st.integers(1, 6), st.integers(1, 4), st.integers(2, 5))
    elements = st.integers(-3, 3).map(lambda eighths: eighths / 8)
    return shapes.flatmap(lambda shape: hnp.arrays(np.float32, shape, elements=elements))


def cosines(link: float = 0.0, seed: int = 0, photos: int = PHOTOS, names: int = NAMES) -> np.ndarray:
    """Noise of 0.02 about 0.2, the last name linked by so many of its standard deviations."""
    similarities = np.random.default_rng(seed).normal(0.2, 0.02, (PROMPTS, photos, names))
    similarities[:, :, -1] += 0.02 * link
    return similarities.astype(np.float32)


def assess(similarities: np.ndarray, comparisons: Comparisons = NO_DECOYS) -> Evidence:
    return evidence_module.assess(attack(similarities), np.random.default_rng(0), comparisons)


def attack(similarities: np.ndarray) -> Attack:
    return run_attack(similarities, similarities.shape[2] - 1, 1)


def matched(seed: int = 9, decoys: int = 40, photos: int = PHOTOS) -> Comparisons:
    first, last = (cosines(seed=seed + part, names=decoys, photos=photos) for part in (0, 1))
    return Comparisons(same_first=first, same_last=last)


def states(evidence: Evidence) -> dict[str, str]:
    return {reason.code: reason.state for reason in evidence.judgement.reasons}


# The bound and the intervals


@PROPERTY
@given(tensors(), st.integers(1, 6))
def test_no_tensor_lets_more_names_win_than_the_bound_allows(similarities: np.ndarray, tau: int) -> None:
    prompts, _, names = similarities.shape
    tau = min(tau, prompts)
    votes = rule.tally(rule.predict(similarities), names)
    members = sum(rule.decide(votes, claimed_index, tau).member for claimed_index in range(names))
    assert members <= prompts // tau
    assert members / names <= false_alarm_bound(prompts, tau, names) + 1e-12


def test_the_bound_can_be_reached() -> None:
    """Each of the three prompts elects another name, so that tau 1 is met by 3 of 5 names."""
    similarities = np.zeros((3, 1, 5), np.float32)
    similarities[[0, 1, 2], 0, [0, 1, 2]] = 1
    votes = rule.tally(rule.predict(similarities), 5)
    members = sum(rule.decide(votes, claimed_index, 1).member for claimed_index in range(5))
    assert members / 5 == false_alarm_bound(3, 1, 5)


@pytest.mark.parametrize(
    ("tau", "names", "models", "bound"),
    [
        (1, 1000, 1, 0.021),
        (3, 1000, 1, 0.007),
        (5, 1000, 1, 0.004),
        (11, 1000, 1, 0.001),
        (1, 100, 1, 0.21),
        (1, 1000, 3, 0.063),
        (1, 10, 1, 1.0),
        (22, 1000, 1, 0.0),
    ],
)
def test_the_bound_has_the_stated_figures(tau: int, names: int, models: int, bound: float) -> None:
    assert false_alarm_bound(21, tau, names, models) == pytest.approx(bound)


@pytest.mark.parametrize("arguments", [(0, 1, 10), (21, 0, 10), (21, 1, 0), (21, 1, 10, 0)])
def test_the_bound_refuses_counts_below_one(arguments: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="at least"):
        false_alarm_bound(*arguments)


@PROPERTY
@given(st.integers(1, 400), st.data(), st.sampled_from([0.8, 0.95, 0.99]))
def test_the_interval_is_the_one_scipy_gives(trials: int, data: st.DataObject, level: float) -> None:
    successes = data.draw(st.integers(0, trials))
    want = stats.binomtest(successes, trials).proportion_ci(level, method="exact")
    got = clopper_pearson(successes, trials, level)
    assert (got.low, got.high) == pytest.approx((want.low, want.high), abs=1e-9)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(0, 8, 0.0, 0.3694), (8, 8, 0.6306, 1.0), (0, 18, 0.0, 0.1853), (5, 10, 0.1871, 0.8129), (0, 0, 0, 1)],
)
def test_the_interval_has_textbook_values(successes: int, trials: int, low: float, high: float) -> None:
    got = clopper_pearson(successes, trials)
    assert (got.low, got.high) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize("rate", [0.01, 0.2, 0.5])
def test_the_interval_covers_the_rate_as_often_as_it_says(rate: float) -> None:
    """Exactly, by summing the probabilities of all outcomes of 40 trials."""
    covered = 0.0
    for successes in range(41):
        interval = clopper_pearson(successes, 40)
        if interval.low <= rate <= interval.high:
            covered += math.comb(40, successes) * rate**successes * (1 - rate) ** (40 - successes)
    assert covered >= 0.95


@pytest.mark.parametrize("arguments", [(-1, 5), (6, 5), (1, 5, 0.0), (1, 5, 1.0)])
def test_the_interval_refuses_impossible_counts(arguments: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="successes"):
        clopper_pearson(*arguments)  # type: ignore[arg-type]


def test_bonferroni_multiplies_and_stops_at_one() -> None:
    assert bonferroni(0.02, 3) == pytest.approx(0.06)
    assert bonferroni(0.4, 3) == 1
    for arguments in ((0.1, 0), (-0.1, 1), (1.1, 1)):
        with pytest.raises(ValueError, match="probability"):
            bonferroni(*arguments)


# The evidence


def test_a_clear_link_with_everything_run_is_strong() -> None:
    quiet = replace(
        matched(), name_prior=attack(cosines(seed=5)), context=attack(cosines(seed=6)), one_person=True
    )
    evidence = assess(cosines(link=4), quiet)
    assert evidence.judgement.outcome == "strong"
    assert evidence.verdict.member
    assert evidence.general.rank == 1
    assert evidence.p_general == 1 / NAMES
    assert evidence.matching.p_matched == 1 / 41
    assert evidence.bound == PROMPTS / NAMES
    assert [run.kind for run in evidence.controls] == ["name_prior", "context"]
    assert set(states(evidence).values()) == {"passed", "not_run"}
    assert states(evidence)["one_person"] == "passed"


def test_the_papers_verdict_is_passed_on_unchanged() -> None:
    similarities = cosines(link=1.5)
    votes = rule.tally(rule.predict(similarities), NAMES)
    want, got = rule.decide(votes, NAMES - 1, 1), assess(similarities, matched()).verdict
    assert (want.hits, want.member, want.tau) == (got.hits, got.member, got.tau)
    assert want.winners.tolist() == got.winners.tolist()


@PROPERTY
@given(tensors(), st.integers(1, 6))
def test_an_attack_is_the_rule_and_the_rank_each_computed_by_itself(
    similarities: np.ndarray, tau: int
) -> None:
    tau, claimed_index = min(tau, len(similarities)), similarities.shape[2] - 1
    got = run_attack(similarities, claimed_index, tau)
    votes = rule.tally(rule.predict(similarities), similarities.shape[2])
    want, ranking = rule.decide(votes, claimed_index, tau), rank_in_pool(similarities, claimed_index)
    assert got.votes.tolist() == votes.tolist()
    assert (got.verdict.hits, got.verdict.member) == (want.hits, want.member)
    assert got.verdict.winners.tolist() == want.winners.tolist()
    assert (got.ranking.rank, got.ranking.p_value) == (ranking.rank, ranking.p_value)
    assert got.ranking.statistic.tolist() == ranking.statistic.tolist()
    assert (got.claimed_index, got.photos) == (claimed_index, similarities.shape[1])


def test_without_a_link_nothing_is_found() -> None:
    evidence = assess(cosines(seed=1), matched())
    assert evidence.judgement.outcome == "none"
    assert evidence.general.p_value > 0.01
    # No photo stands out from the rest, and there is no verdict of member that one of them could carry.
    assert not [one for one in evidence.judgement.advice if one.photo is not None]


@PROPERTY
@given(st.integers(0, 2**32 - 1))
def test_relabelling_the_names_changes_no_number(seed: int) -> None:
    rng = np.random.default_rng(seed)
    similarities = cosines(link=2, seed=seed, names=30)
    order = rng.permutation(30)
    claimed_index = int(np.flatnonzero(order == 29)[0])
    before, after = (
        evidence_module.assess(run_attack(shown, at, 1), np.random.default_rng(1))
        for shown, at in ((similarities, 29), (similarities[:, :, order], claimed_index))
    )
    assert after.judgement == before.judgement
    assert after.p_general == before.p_general
    assert after.verdict.hits == before.verdict.hits
    assert after.stability.same_verdict == before.stability.same_verdict
    assert [one.p_without for one in after.stability.influence] == [
        one.p_without for one in before.stability.influence
    ]


def test_the_claimed_name_must_beat_both_groups_of_matched_names() -> None:
    similarities = cosines(link=3)
    pieces = matched()
    rivals = pieces.same_last.copy()
    rivals[:, :, :10] += 0.2
    evidence = assess(similarities, replace(pieces, same_last=rivals))
    matching = evidence.matching
    assert matching.same_first.p_value == 1 / 41
    assert matching.same_last.p_value == pytest.approx(11 / 41)
    assert matching.p_matched == pytest.approx(11 / 41)
    assert evidence.judgement.outcome == "weak"
    assert states(evidence)["matched"] == "failed"


@PROPERTY
@given(tensors(), tensors())
def test_the_larger_of_two_valid_p_values_is_valid(first: np.ndarray, last: np.ndarray) -> None:
    """Whoever of the first group is the true one, and whatever the second group holds."""
    names = first.shape[2]
    second = np.resize(last, (*first.shape[:2], 3))
    p_values = []
    for claimed_index in range(names):
        claimed = first[:, :, claimed_index]
        groups = np.delete(first, claimed_index, axis=2), second
        p_values.append(max(rank_among(claimed, group).p_value for group in groups))
    for level in p_values:
        assert sum(p <= level for p in p_values) / names <= level + 1e-12


@pytest.mark.parametrize("missing", ["same_first", "same_last"])
def test_half_a_matched_comparison_is_none(missing: str) -> None:
    evidence = assess(cosines(link=4), replace(matched(), **{missing: None}))
    assert evidence.matching.p_matched is None
    assert states(evidence)["matched"] == "not_run"
    assert evidence.judgement.outcome == "weak"


@pytest.mark.parametrize(("decoys", "state"), [(18, "not_run"), (19, "passed")])
@pytest.mark.parametrize("group", ["same_first", "same_last"])
def test_a_group_too_small_to_reach_the_level_is_none(group: str, decoys: int, state: str) -> None:
    evidence = assess(cosines(link=4), replace(matched(), **{group: cosines(seed=3, names=decoys)}))
    assert states(evidence)["matched"] == state


def test_a_name_that_cannot_be_matched_allows_no_answer_and_says_why() -> None:
    why = Message("match-not-two-names")
    evidence = assess(cosines(link=4), Comparisons(unmatched=why))
    assert evidence.judgement.outcome == "unclear"
    assert evidence.judgement.decided_by == ("matched",)
    (reason,) = [one for one in evidence.judgement.reasons if one.state == "impossible"]
    assert reason.code == "matched"
    assert reason.message.values == {"why": why}
    assert tell(reason.message) == f"There are no comparable names for this one. {tell(why)}"


def crossed(similarities: np.ndarray, style: float, link: float) -> np.ndarray:
    rng = np.random.default_rng(2)
    grid = rng.normal(0.2, 0.02, (PROMPTS, PHOTOS, 6, 6)).astype(np.float32)
    grid[:, :, 0] += 0.02 * style
    grid[:, :, :, 0] += 0.02 * style
    grid[:, :, 0, 0] += 0.02 * link
    return grid


def test_a_pairing_that_adds_nothing_is_said_and_decides_nothing() -> None:
    similarities = cosines(link=4)
    style_only = assess(similarities, replace(matched(), crossed=crossed(similarities, 2, 0)))
    assert states(style_only)["crossed"] == "failed"
    assert style_only.judgement.outcome == "strong"
    linked = assess(similarities, replace(matched(), crossed=crossed(similarities, 2, 4)))
    assert linked.matching.p_crossed == pytest.approx(1 / 36)
    assert linked.judgement.outcome == "strong"


@pytest.mark.parametrize("kind", ["name_prior", "context"])
def test_a_control_that_fires_makes_it_weak(kind: str) -> None:
    evidence = assess(
        cosines(link=4), replace(matched(), **{kind: attack(cosines(link=4, seed=3, photos=4))})
    )
    (run,) = evidence.controls
    assert (run.kind, run.photos, run.fired) == (kind, 4, True)
    assert run.hits >= 1
    assert evidence.judgement.outcome == "weak"
    assert evidence.judgement.decided_by == (kind,)


def test_a_control_fires_by_rank_even_where_the_name_wins_no_prompt() -> None:
    """Second on every photo, behind a name that differs from photo to photo."""
    similarities = cosines(seed=4)
    similarities[:, :, -1] = similarities.max() + 0.01
    similarities[:, np.arange(PHOTOS), np.arange(PHOTOS)] = similarities.max() + 0.01
    run = control("context", attack(similarities))
    assert run.hits == 0
    assert run.ranking.p_value == 1 / NAMES
    assert run.fired


def test_a_control_fires_by_the_rule_even_where_the_rank_is_poor() -> None:
    similarities = cosines(seed=4)
    similarities[0, :, -1] = similarities.max() + 0.01
    similarities[1:, :, -1] = 0.1
    run = control("name_prior", attack(similarities))
    assert run.hits == 1
    assert run.ranking.p_value > outcome.GENERAL_LEVEL
    assert run.fired


def test_a_quiet_control_does_not_fire() -> None:
    assert not control("name_prior", attack(cosines(seed=7))).fired


def test_every_number_is_corrected_for_attempts() -> None:
    once, thrice = (assess(cosines(link=4), replace(matched(), attempts=count)) for count in (1, 3))
    assert thrice.p_general == pytest.approx(3 * once.p_general)
    assert thrice.bound == pytest.approx(3 * once.bound)
    assert once.matching.p_matched == 1 / 41
    assert thrice.matching.p_matched is None
    # 3 / 120 can never reach 0.01: the pool is too small for three attempts.
    assert thrice.judgement.outcome == "unclear"
    assert thrice.judgement.decided_by == ("names",)


@PROPERTY
@given(
    st.integers(0, 1000),
    st.sampled_from([0.0, 0.5, 1.0, 2.0, 4.0]),
    st.integers(1, 12),
    st.integers(1, 12),
    st.booleans(),
)
def test_more_attempts_never_make_an_outcome_stronger(
    seed: int, link: float, attempts: int, more: int, fires: bool
) -> None:
    similarities = cosines(link, seed, names=600)
    control = attack(cosines(4 if fires else 0, seed + 1, names=600))
    pieces = replace(matched(seed + 2, decoys=60), context=control)
    once, fewer, further = (
        assess(similarities, replace(pieces, attempts=count)) for count in (1, attempts, attempts + more)
    )
    assert fewer.p_general == min(1, attempts * once.p_general)
    assert fewer.smallest == fewer.corrected(1 / 600) == min(1, attempts * (1 / 600))
    assert fewer.bound == false_alarm_bound(PROMPTS, 1, 600, models=attempts)
    assert once.matching.p_matched is not None
    if fewer.matching.p_matched is not None:
        assert fewer.matching.p_matched == min(1, attempts * once.matching.p_matched)
    assert fewer.attempts == attempts
    assert fewer.controls[0].fired == once.controls[0].fired, "a correction must not quiet a control"
    strength = {"none": 0, "unclear": 0, "weak": 1, "strong": 2}
    found = [strength[evidence.judgement.outcome] for evidence in (once, fewer, further)]
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize("photos", [1, 2])
def test_fewer_than_three_photos_allow_no_answer(photos: int) -> None:
    evidence = assess(cosines(link=4, photos=photos), matched(photos=photos))
    assert evidence.judgement.outcome == "unclear"
    assert evidence.judgement.decided_by == ("photos",)
    assert evidence.judgement.advice[0].code == "add_photos"


def test_a_photo_of_somebody_else_is_pointed_out() -> None:
    similarities = cosines(link=4)
    similarities[:, 2, -1] -= 0.12
    evidence = assess(similarities, matched())
    influence = evidence.stability.influence
    assert influence[2].statistic_change < 0 < min(influence[photo].statistic_change for photo in (0, 1, 3))
    advice = [one for one in evidence.judgement.advice if one.code == "check_photo"]
    assert [one.photo for one in advice] == [2]
    assert tell(advice[0].message).startswith("Photo 3 ")


def test_no_photo_is_pointed_out_where_all_agree() -> None:
    evidence = assess(cosines(link=4), matched())
    assert not [one for one in evidence.judgement.advice if one.photo is not None]


def test_photos_of_several_people_allow_no_answer() -> None:
    evidence = assess(cosines(link=4), replace(matched(), one_person=False))
    assert evidence.judgement.decided_by == ("one_person",)


def answering(*prompts: tuple[int, ...]) -> np.ndarray:
    """A tensor in which each photo names just this name for each prompt; -1 is the claimed one."""
    similarities = np.full((len(prompts), len(prompts[0]), NAMES), 0.2, np.float32)
    for prompt, answers in enumerate(prompts):
        for photo, name in enumerate(answers):
            similarities[prompt, photo, name] = 0.3
    return similarities


def test_a_verdict_that_rests_on_one_photo_says_so() -> None:
    """The claimed name wins both prompts by two photos to one each; only photo 3 is in both pairs."""
    evidence = assess(answering((-1, 1, 2, -1, 3), (4, -1, 5, -1, 6)))
    assert evidence.verdict.hits == 2
    assert [one.hits_change for one in evidence.stability.influence] == [1, 1, 0, 2, 0]
    advice = [one for one in evidence.judgement.advice if one.code == "rests_on_photo"]
    assert [one.photo for one in advice] == [3]


def test_a_verdict_of_no_member_rests_on_no_photo() -> None:
    """A tie of two photos: without the second the name would win, so only the first lacks influence."""
    evidence = assess(answering((-1, 1)))
    assert not evidence.verdict.member
    assert [one.hits_change for one in evidence.stability.influence] == [0, -1]
    assert not [one for one in evidence.judgement.advice if one.code == "rests_on_photo"]


def test_a_verdict_that_several_photos_carry_names_none() -> None:
    evidence = assess(answering((-1, -1, 2, 3, 4)))
    assert evidence.verdict.member
    assert [one.hits_change for one in evidence.stability.influence] == [1, 1, 0, 0, 0]
    assert not [one for one in evidence.judgement.advice if one.code == "rests_on_photo"]


def test_axes_that_do_not_fit_are_refused() -> None:
    similarities = cosines()
    for pieces in (
        Comparisons(name_prior=attack(cosines(names=NAMES - 1))),
        Comparisons(context=attack(cosines()[:-1])),
        Comparisons(same_first=cosines(photos=PHOTOS + 1)),
        Comparisons(crossed=np.zeros((PROMPTS, PHOTOS + 1, 3, 3), np.float32)),
    ):
        with pytest.raises(ValueError, match=r"want|must have"):
            assess(similarities, pieces)
    with pytest.raises(ValueError, match="attempt"):
        assess(similarities, Comparisons(attempts=0))


def test_the_evidence_is_the_same_for_the_same_seed() -> None:
    first, again = (assess(cosines(link=1.2), matched()) for _ in range(2))
    assert first.stability == again.stability
    assert first.judgement == again.judgement


def test_no_sentence_is_empty_or_left_unfilled() -> None:
    evidence = assess(cosines(link=4), matched())
    for text in [tell(reason.message) for reason in evidence.judgement.reasons]:
        assert text.endswith(".")
        assert "{" not in text
    assert {reason.code for reason in evidence.judgement.reasons} == set(get_args(outcome.Code))
