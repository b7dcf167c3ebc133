"""Distances from uniform: against enumeration and against scipy, and their chances by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from idia_core.evaluation.uniformity import uniformity


def test_a_perfect_rank_p_value_has_no_distance() -> None:
    found = uniformity(np.arange(1, 101) / 100)
    assert found is not None
    assert found.distance == pytest.approx(0)
    assert found.too_small == pytest.approx(0)
    assert found.chance == 1
    assert found.bars == (5,) * 20


def test_without_steps_it_is_scipys_distance_but_for_one_step() -> None:
    values = np.round(np.random.default_rng(0).random(300), 6)
    values = values[values > 0]
    found = uniformity(values)
    assert found is not None
    assert found.distance == pytest.approx(stats.kstest(values, "uniform").statistic, abs=1e-2)
    assert found.too_small == pytest.approx(
        stats.kstest(values, "uniform", alternative="greater").statistic, abs=1e-6
    )


def test_values_that_are_too_small_are_told_from_values_that_are_too_large() -> None:
    even = np.arange(1, 101) / 100
    small, large = uniformity(even**2), uniformity(np.sqrt(even))
    assert small is not None
    assert large is not None
    assert small.too_small == pytest.approx(0.25, abs=0.01)
    assert small.chance < 1e-4
    assert large.too_small == pytest.approx(0)
    assert large.distance > 0.2
    assert large.chance == 1


@pytest.mark.parametrize("names", [20, 1000])
def test_valid_p_values_are_seldom_found_too_small(names: int) -> None:
    rng = np.random.default_rng(names)
    chances = np.array([_chance(rng.integers(1, names + 1, 200) / names) for _ in range(400)])
    for level in (0.01, 0.05, 0.2):
        assert (chances <= level).mean() <= level + 0.03


def test_a_person_without_a_value_does_not_count() -> None:
    found = uniformity(np.array([np.nan, 0.5, 1.0]))
    assert found is not None
    assert found.people == 2
    assert sum(found.bars) == 2
    assert uniformity(np.array([np.nan])) is None


def _chance(values: np.ndarray) -> float:
    found = uniformity(values)
    assert found is not None
    return found.chance
