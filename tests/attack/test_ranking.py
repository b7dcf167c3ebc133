"""The statistic and its ranks: slow twins, validity by enumeration, symmetry, and what more evidence does."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from idia_core.attack import ranking

PROPERTY = settings(deadline=None, derandomize=True)
EIGHTHS = st.integers(-4, 4).map(lambda eighths: eighths / 8)
"""Few values, exact in binary: ties are common."""


def tensors(min_names: int = 2, max_names: int = 7) -> st.SearchStrategy[np.ndarray]:
    shapes = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(min_names, max_names))
    return shapes.flatmap(lambda shape: hnp.arrays(np.float32, shape, elements=EIGHTHS))


def slow_statistic(similarities: np.ndarray) -> list[float]:
    prompts, photos, names = similarities.shape
    totals = [0.0] * names
    for prompt in range(prompts):
        for photo in range(photos):
            row = [float(value) for value in similarities[prompt, photo]]
            mean = math.fsum(row) / names
            deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in row) / names)
            for name in range(names):
                totals[name] += (row[name] - mean) / deviation if max(row) > min(row) else 0.0
    return [total / (prompts * photos) for total in totals]


def slow_p(scores: list[float], claimed_index: int) -> float:
    better = sum(
        1
        for name, score in enumerate(scores)
        if name != claimed_index and score >= scores[claimed_index] - 1e-9
    )
    return (1 + better) / len(scores)


def share_at_most(p_values: list[float], level: float) -> float:
    return sum(1 for p in p_values if p <= level) / len(p_values)


def assert_valid(p_values: list[float]) -> None:
    """P(p <= a) <= a at every a where the left side jumps, each candidate being equally likely to be true."""
    for level in p_values:
        assert share_at_most(p_values, level) <= level + 1e-12


@PROPERTY
@given(tensors())
def test_the_statistic_is_what_slow_loops_give(similarities: np.ndarray) -> None:
    np.testing.assert_allclose(ranking.statistic(similarities), slow_statistic(similarities), atol=1e-12)


@PROPERTY
@given(tensors())
def test_photo_scores_average_to_the_statistic_and_stand_alone(similarities: np.ndarray) -> None:
    scores = ranking.photo_scores(similarities)
    np.testing.assert_allclose(scores.mean(axis=0), ranking.statistic(similarities), atol=1e-12)
    for photo in range(similarities.shape[1]):
        alone = ranking.statistic(similarities[:, photo : photo + 1])
        np.testing.assert_allclose(scores[photo], alone, atol=1e-12)


def test_a_prompt_on_which_all_names_are_alike_adds_nothing() -> None:
    rng = np.random.default_rng(3)
    spread = rng.normal(size=(1, 2, 5)).astype(np.float32)
    constant = np.full((1, 2, 5), 0.1, np.float32)
    both = ranking.statistic(np.concatenate([spread, constant]))
    np.testing.assert_allclose(both, ranking.statistic(spread) / 2, atol=1e-12)
    nothing = ranking.rank_in_pool(constant, 4)
    assert nothing.statistic.tolist() == [0] * 5
    assert nothing.p_value == 1


@PROPERTY
@given(tensors())
def test_the_p_value_is_valid_whoever_is_the_true_one(similarities: np.ndarray) -> None:
    names = similarities.shape[2]
    p_values = [ranking.rank_in_pool(similarities, claimed_index).p_value for claimed_index in range(names)]
    assert p_values == [slow_p(slow_statistic(similarities), claimed_index) for claimed_index in range(names)]
    assert_valid(p_values)


def test_without_ties_the_p_value_is_exactly_uniform() -> None:
    similarities = np.random.default_rng(0).normal(size=(3, 4, 9)).astype(np.float32)
    p_values = sorted(ranking.rank_in_pool(similarities, claimed_index).p_value for claimed_index in range(9))
    assert p_values == [rank / 9 for rank in range(1, 10)]


@PROPERTY
@given(tensors())
def test_among_matched_names_it_is_valid_whoever_is_the_true_one(similarities: np.ndarray) -> None:
    p_values = [
        ranking.rank_among(
            similarities[:, :, claimed_index], np.delete(similarities, claimed_index, axis=2)
        ).p_value
        for claimed_index in range(similarities.shape[2])
    ]
    assert_valid(p_values)
    assert p_values == [ranking.rank_in_pool(similarities, t).p_value for t in range(len(p_values))]


def grids() -> st.SearchStrategy[np.ndarray]:
    shapes = st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(2, 4), st.integers(2, 4))
    return shapes.flatmap(lambda shape: hnp.arrays(np.float32, shape, elements=EIGHTHS))


def claimed_first(grid: np.ndarray, first: int, last: int) -> np.ndarray:
    """Swap the chosen pair to [0, 0]."""
    firsts, lasts = np.arange(grid.shape[2]), np.arange(grid.shape[3])
    firsts[[0, first]], lasts[[0, last]] = firsts[[first, 0]], lasts[[last, 0]]
    return grid[:, :, firsts][:, :, :, lasts]


@PROPERTY
@given(grids())
def test_the_pairing_is_valid_whichever_pair_is_the_true_one(grid: np.ndarray) -> None:
    pairs = [(first, last) for first in range(grid.shape[2]) for last in range(grid.shape[3])]
    assert_valid([ranking.rank_crossed(claimed_first(grid, *pair)).p_value for pair in pairs])


@PROPERTY
@given(grids(), st.integers(0, 2**32 - 1))
def test_style_of_either_part_cancels_in_the_pairing(grid: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    prompts, photos, firsts, lasts = grid.shape
    styles = (prompts, photos, firsts, 1), (prompts, photos, 1, lasts)
    dressed = grid + sum(rng.integers(-8, 9, shape) / 8 for shape in styles)
    plain = ranking.rank_crossed(grid)
    assert ranking.rank_crossed(dressed).p_value == plain.p_value
    np.testing.assert_allclose(ranking.rank_crossed(dressed).statistic, plain.statistic, atol=1e-9)


def test_the_pairing_is_what_slow_loops_give() -> None:
    grid = np.random.default_rng(5).normal(size=(2, 3, 4, 5))
    residual = np.empty_like(grid)
    for prompt, photo, first, last in np.ndindex(*grid.shape):
        cell = grid[prompt, photo]
        residual[prompt, photo, first, last] = (
            cell[first, last] - cell[first].mean() - cell[:, last].mean() + cell.mean()
        )
    want = slow_statistic(residual.reshape(2, 3, 20))
    got = ranking.rank_crossed(grid.astype(np.float32))
    np.testing.assert_allclose(got.statistic, want, atol=1e-5)
    assert got.claimed_index == 0
    assert got.p_value == slow_p(want, 0)


def test_a_name_that_fits_by_style_alone_beats_matched_names_but_not_in_its_pairing() -> None:
    """Both parts fit the face, the pair has no link: either group of matched names is beaten all the same."""
    rng = np.random.default_rng(1)
    first, last = rng.normal(size=20), rng.normal(size=20)
    first[0], last[0] = 4, 4
    noise = rng.normal(size=(3, 4, 20, 20))
    noise[:, :, 0, 0] = 0
    grid = (0.05 * (first[:, None] + last + 0.5 * noise)).astype(np.float32)
    assert ranking.rank_among(grid[:, :, 0, 0], grid[:, :, 0, 1:]).p_value == 1 / 20
    assert ranking.rank_among(grid[:, :, 0, 0], grid[:, :, 1:, 0]).p_value == 1 / 20
    assert ranking.rank_crossed(grid).p_value > 0.2
    grid[:, :, 0, 0] += 0.1
    assert ranking.rank_crossed(grid).p_value == 1 / 400


@PROPERTY
@given(tensors(), st.integers(0, 2**32 - 1))
def test_relabelling_names_permutes_scores_and_keeps_the_p_value(similarities: np.ndarray, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(similarities.shape[2])
    before, after = ranking.statistic(similarities), ranking.statistic(similarities[:, :, order])
    np.testing.assert_allclose(after, before[order], atol=1e-12)
    for place, name in enumerate(order):
        assert ranking.rank_scores(after, place).p_value == ranking.rank_scores(before, int(name)).p_value


@PROPERTY
@given(tensors(), st.integers(0, 2**32 - 1))
def test_the_order_of_prompts_and_photos_changes_nothing(similarities: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(rng.permutation(similarities, axis=0), axis=1)
    np.testing.assert_allclose(ranking.statistic(shuffled), ranking.statistic(similarities), atol=1e-12)


def own_z(similarities: np.ndarray, prompt: int, photo: int, name: int) -> float:
    return float(ranking.statistic(similarities[prompt : prompt + 1, photo : photo + 1])[name])


@PROPERTY
@given(tensors(), st.data())
def test_more_evidence_never_lowers_the_score_nor_within_bounds_the_rank(
    similarities: np.ndarray, data: st.DataObject
) -> None:
    prompts, photos, names = similarities.shape
    prompt, photo = data.draw(st.integers(0, prompts - 1)), data.draw(st.integers(0, photos - 1))
    claimed_index = data.draw(st.integers(0, names - 1))
    raised = similarities.copy()
    raised[prompt, photo, claimed_index] += data.draw(st.integers(1, 16)) / 8
    before, after = ranking.statistic(similarities), ranking.statistic(raised)
    assert after[claimed_index] >= before[claimed_index] - 1e-12
    limit = math.sqrt(names / 2) + 1e-9
    if all(abs(own_z(tensor, prompt, photo, claimed_index)) <= limit for tensor in (similarities, raised)):
        leads = (after[claimed_index] - after) - (before[claimed_index] - before)
        assert (leads >= -1e-12).all()
        assert (
            ranking.rank_scores(after, claimed_index).p_value
            <= ranking.rank_scores(before, claimed_index).p_value
        )


def test_beyond_that_bound_more_evidence_can_cost_a_rank() -> None:
    """The bound is needed: among 4 names, an outlier shrinks the distance by which a rival had lost."""
    modest = np.array([[[0, -1, 0, 1]], [[-0.6, 1, -0.6, -1]]], np.float32)
    outlying = modest.copy()
    outlying[0, 0, 3] = 60
    assert own_z(outlying, 0, 0, 3) > math.sqrt(4 / 2)
    assert [ranking.rank_in_pool(tensor, 3).rank for tensor in (modest, outlying)] == [1, 2]
    assert ranking.statistic(modest)[3] < ranking.statistic(outlying)[3]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(bad: float) -> None:
    similarities = np.random.default_rng(0).normal(size=(2, 2, 4)).astype(np.float32)
    similarities[1, 0, 2] = bad
    with pytest.raises(ValueError, match="finite"):
        ranking.statistic(similarities)
    with pytest.raises(ValueError, match="finite"):
        ranking.rank_crossed(similarities.reshape(2, 2, 2, 2))
    with pytest.raises(ValueError, match="finite"):
        ranking.ranks(np.array([0.0, bad]), 0)


@pytest.mark.parametrize("shape", [(2, 3), (0, 2, 3), (2, 0, 3), (2, 3, 0), (1, 1, 1, 1)])
def test_axes_that_do_not_fit_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="want"):
        ranking.statistic(np.zeros(shape, np.float32))


@pytest.mark.parametrize("claimed_index", [-1, 3])
def test_an_index_outside_the_names_is_refused(claimed_index: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        ranking.rank_scores(np.zeros(3), claimed_index)


def test_matched_names_must_have_the_same_prompts_and_photos() -> None:
    with pytest.raises(ValueError, match="want decoys"):
        ranking.rank_among(np.zeros((2, 3), np.float32), np.zeros((2, 4, 5), np.float32))
    with pytest.raises(ValueError, match="grid"):
        ranking.rank_crossed(np.zeros((2, 3, 1, 5), np.float32))


def test_a_ranking_knows_how_small_its_p_value_can_get() -> None:
    got = ranking.rank_scores(np.array([1.0, 5.0, 2.0, 3.0]), 1)
    assert (got.rank, got.p_value, got.decoys, got.smallest) == (1, 0.25, 3, 0.25)
    assert ranking.rank_scores(np.array([1.0, 5.0, 2.0, 5.0]), 1).rank == 2


def test_scores_in_units_of_another_set_are_its_mean_and_spread() -> None:
    rng = np.random.default_rng(3)
    reference, others = rng.normal(size=(4, 3, 50)), rng.normal(size=(4, 3, 7))
    expected = [
        np.mean(
            [
                (others[prompt, photo, name] - reference[prompt, photo].mean())
                / reference[prompt, photo].std()
                for prompt in range(4)
                for photo in range(3)
            ]
        )
        for name in range(7)
    ]
    assert ranking.scores_in_units_of(reference, others) == pytest.approx(expected)
    assert ranking.scores_in_units_of(reference, reference) == pytest.approx(ranking.statistic(reference))
    level = np.ones((4, 3, 5))
    assert ranking.scores_in_units_of(level, others).tolist() == [0.0] * 7
    for wrong in (others[:3], others[0], others[:, :, :0]):
        with pytest.raises(ValueError, match="two tensors"):
            ranking.scores_in_units_of(reference, wrong)
