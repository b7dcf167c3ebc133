"""The attack's rule: each step on cases worked out by hand. The slow twin is in test_reference.py."""

from __future__ import annotations

import numpy as np
import pytest

from idia_core.attack import rule


def unit(rows: list[list[float]]) -> rule.FloatArray:
    array = np.array(rows, np.float32)
    return array / np.linalg.norm(array, axis=-1, keepdims=True)


def test_similarity_has_the_axes_prompts_photos_names() -> None:
    text = np.stack([unit([[1, 0], [0, 1], [1, 1]]), unit([[0, 1], [1, 0], [-1, 0]])])
    images = unit([[1, 0], [3, 4]])
    got = rule.similarity(text, images)
    assert got.shape == (2, 2, 3)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got[0, 1], [0.6, 0.8, 1.4 / np.sqrt(2)], rtol=1e-6)
    np.testing.assert_allclose(got[1, 0], [0, 1, -1], atol=1e-7)


@pytest.mark.parametrize(
    ("text", "images"),
    [
        ((2, 3, 4), (5, 3)),
        ((3, 4), (5, 4)),
        ((2, 3, 4), (4,)),
        ((0, 3, 4), (5, 4)),
        ((2, 0, 4), (5, 4)),
        ((2, 3, 4), (0, 4)),
    ],
)
def test_similarity_refuses_axes_that_do_not_fit(text: tuple[int, ...], images: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="axis|want"):
        rule.similarity(np.ones(text, np.float32), np.ones(images, np.float32))


def test_an_exact_tie_of_similarities_goes_to_the_lowest_index() -> None:
    assert rule.predict(np.array([[[0.1, 0.5, 0.5]]], np.float32)).tolist() == [[1]]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_predict_refuses_values_that_are_not_finite(bad: float) -> None:
    similarities = np.zeros((1, 2, 3), np.float32)
    similarities[0, 1, 2] = bad
    with pytest.raises(ValueError, match="finite"):
        rule.predict(similarities)


def test_tally_counts_photos_per_prompt() -> None:
    votes = rule.tally(np.array([[0, 2, 2], [1, 1, 1]]), 4)
    assert votes.tolist() == [[1, 0, 2, 0], [0, 3, 0, 0]]


@pytest.mark.parametrize("index", [-1, 4])
def test_tally_refuses_a_name_outside_the_pool(index: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        rule.tally(np.array([[0, index]]), 4)


def test_a_tie_elects_nobody_and_does_not_count() -> None:
    votes = np.array([[2, 2, 1], [3, 1, 1], [0, 0, 0], [1, 1, 3]])
    assert rule.elect(votes).tolist() == [rule.NOBODY, 0, rule.NOBODY, 2]
    verdict = rule.decide(votes, claimed_index=0)
    assert (verdict.hits, verdict.prompts, verdict.member) == (1, 4, True)


def test_a_plurality_need_not_be_a_majority() -> None:
    votes = rule.tally(np.array([[0, 0, 1, 2, 3]]), 4)
    assert rule.decide(votes, claimed_index=0).member


@pytest.mark.parametrize(("tau", "member"), [(1, True), (2, True), (3, False)])
def test_tau_is_the_number_of_prompts_to_win(tau: int, member: bool) -> None:
    votes = np.array([[3, 0], [2, 1], [0, 3]])
    assert rule.decide(votes, claimed_index=0, tau=tau).member is member


@pytest.mark.parametrize(("claimed_index", "tau"), [(-1, 1), (2, 1), (0, 0), (0, 4)])
def test_decide_refuses_what_lies_outside(claimed_index: int, tau: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        rule.decide(np.ones((3, 2), np.int64), claimed_index, tau)
