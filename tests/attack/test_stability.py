"""Other draws of the photos: each fast count against slow loops that repeat or drop photos one by one."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from idia_core.attack import ranking, rule, stability

NAMES = 5
PROPERTY = settings(deadline=None, derandomize=True)


def predictions() -> st.SearchStrategy[np.ndarray]:
    shapes = st.tuples(st.integers(1, 4), st.integers(1, 6))
    return shapes.flatmap(lambda shape: hnp.arrays(np.int64, shape, elements=st.integers(0, NAMES - 1)))


def slow_hits(answers: np.ndarray, claimed_index: int, counts: np.ndarray) -> int:
    """Repeat every photo as often as it was drawn, and hold the vote."""
    hits = 0
    for row in answers:
        votes: Counter[int] = Counter()
        for name, times in zip(row, counts, strict=True):
            for _ in range(int(times)):
                votes[int(name)] += 1
        first = votes.most_common(2)
        won = bool(first) and first[0][0] == claimed_index and (len(first) == 1 or first[0][1] > first[1][1])
        hits += won
    return hits


@PROPERTY
@given(predictions(), st.integers(0, NAMES - 1), st.integers(0, 2**32 - 1))
def test_hits_in_draws_are_what_slow_votes_give(answers: np.ndarray, claimed_index: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 4, (6, answers.shape[1]))
    got = stability.hits_in_draws(answers, claimed_index, counts)
    assert got.tolist() == [slow_hits(answers, claimed_index, row) for row in counts]


@PROPERTY
@given(predictions(), st.integers(0, NAMES - 1))
def test_every_photo_once_is_the_papers_vote(answers: np.ndarray, claimed_index: int) -> None:
    once = np.ones((1, answers.shape[1]), np.int64)
    want = rule.decide(rule.tally(answers, NAMES), claimed_index).hits
    assert stability.hits_in_draws(answers, claimed_index, once).tolist() == [want]


@PROPERTY
@given(predictions(), st.integers(0, NAMES - 1), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_same_verdict_counts_the_resamples_that_agree(
    answers: np.ndarray, claimed_index: int, tau: int, seed: int
) -> None:
    photos = answers.shape[1]
    scores = np.zeros((photos, NAMES))
    got = stability.stability(answers, scores, claimed_index, tau, np.random.default_rng(seed), resamples=12)
    counts = stability.with_replacement(photos, 12, np.random.default_rng(seed))
    want = slow_hits(answers, claimed_index, np.ones(photos)) >= tau
    agree = [(slow_hits(answers, claimed_index, row) >= tau) == want for row in counts]
    assert got.same_verdict == pytest.approx(sum(agree) / 12)
    assert got.resamples == 12


def test_draws_with_replacement_keep_the_number_of_photos_and_favour_none() -> None:
    counts = stability.with_replacement(7, 4000, np.random.default_rng(0))
    assert (counts.sum(axis=1) == 7).all()
    np.testing.assert_allclose(counts.mean(axis=0), 1, atol=0.06)
    # A multinomial with 7 draws of 1/7: the variance of a count is 6/7, whereas subsets would have none.
    np.testing.assert_allclose(counts.var(axis=0), 6 / 7, atol=0.08)


def test_small_numbers_of_subsets_are_taken_all() -> None:
    counts = stability.subsets(5, 2, 200, np.random.default_rng(0))
    assert sorted(map(tuple, counts.tolist())) == sorted(
        tuple(int(i in (a, b)) for i in range(5)) for a in range(5) for b in range(a)
    )


def test_large_numbers_of_subsets_are_sampled() -> None:
    counts = stability.subsets(30, 10, 500, np.random.default_rng(0))
    assert counts.shape == (500, 30)
    assert set(np.unique(counts)) == {0, 1}
    assert (counts.sum(axis=1) == 10).all()
    np.testing.assert_allclose(counts.mean(axis=0), 1 / 3, atol=0.09)


def test_the_curve_starts_with_single_photos_and_ends_with_all() -> None:
    answers = np.array([[2, 2, 2, 0, 1, 3, 2]])
    curve = stability.verdict_curve(answers, 2, 1, np.random.default_rng(0))
    assert [point.photos for point in curve] == [1, 3, 5, 7]
    assert [point.draws for point in curve] == [7, 35, 21, 1]
    assert curve[0].member_share == pytest.approx(4 / 7)
    # Of the 35 triples, 4 hold three of the four photos and 18 hold two and one of the rest: these elect the
    # name. 12 hold one of the four and two that differ from each other and from it: a tie. One holds none.
    assert curve[1].member_share == pytest.approx(22 / 35)
    assert curve[-1].member_share == 1


def test_the_curve_of_a_size_in_the_list_has_no_double_end() -> None:
    curve = stability.verdict_curve(np.zeros((1, 5), np.int64), 0, 1, np.random.default_rng(0))
    assert [point.photos for point in curve] == [1, 3, 5]


@PROPERTY
@given(st.integers(0, 2**32 - 1), st.integers(2, 5))
def test_leave_one_out_is_what_leaving_one_out_gives(seed: int, photos: int) -> None:
    rng = np.random.default_rng(seed)
    similarities = (rng.integers(-4, 5, (3, photos, 4)) / 8).astype(np.float32)
    claimed_index = int(rng.integers(4))
    answers = rule.predict(similarities)
    got = stability.leave_one_out(answers, ranking.photo_scores(similarities), claimed_index)
    full = ranking.statistic(similarities)[claimed_index]
    hits = slow_hits(answers, claimed_index, np.ones(photos))
    for photo, influence in enumerate(got):
        rest = np.delete(similarities, photo, axis=1)
        without = ranking.statistic(rest)
        assert influence.statistic_change == pytest.approx(full - without[claimed_index], abs=1e-9)
        assert influence.p_without == ranking.rank_scores(without, claimed_index).p_value
        alone = ranking.statistic(similarities[:, [photo]])
        assert influence.p_alone == ranking.rank_scores(alone, claimed_index).p_value
        kept = np.ones(photos)
        kept[photo] = 0
        assert influence.hits_change == hits - slow_hits(answers, claimed_index, kept)
    assert len(got) == photos


def test_one_photo_has_no_others_to_be_compared_with() -> None:
    got = stability.stability(np.array([[1], [0]]), np.zeros((1, 3)), 1, 1, np.random.default_rng(0))
    assert got.influence == ()
    assert got.same_verdict == 1
    assert got.curve == (stability.CurvePoint(1, 1, 1.0),)


def test_the_same_seed_gives_the_same_stability() -> None:
    rng = np.random.default_rng(8)
    similarities = rng.normal(size=(5, 12, 6)).astype(np.float32)
    arguments = rule.predict(similarities), ranking.photo_scores(similarities), 2, 1
    first, again = (stability.stability(*arguments, np.random.default_rng(4)) for _ in range(2))
    assert first == again


def test_axes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="photos"):
        stability.stability(np.zeros((2, 3), int), np.zeros((4, 5)), 0, 1, np.random.default_rng(0))
    with pytest.raises(ValueError, match="draws"):
        stability.hits_in_draws(np.zeros((2, 3), int), 0, np.ones((1, 4), int))
