"""How far p-values of people without a link are from uniform; pure.

A rank p-value takes the values 1/n, 2/n, ..., 1 only. The distances are taken at these values, where a perfect
p-value meets the diagonal exactly, so that coarse steps are not mistaken for a fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np

from idia_core.attack.ranking import StatisticArray

BINS = 20
"""Bars of the histogram, each one twentieth wide."""


@dataclass(frozen=True)
class Uniformity:
    """The p-values of many people beside a uniform distribution."""

    people: int
    """How many of them had one."""
    bars: tuple[int, ...]
    """People in each twentieth of (0, 1], each bar without its lower and with its upper end."""
    distance: float
    """Kolmogorov-Smirnov distance: the largest gap, on either side."""
    too_small: float
    """The largest gap on the side that matters: how much more often p <= a comes up than a allows."""
    chance: float
    """Bound of the probability of such a `too_small`, or a larger one, if the p-values are valid."""


def uniformity(values: StatisticArray) -> Uniformity | None:
    """Compare p-values with a uniform distribution.

    Args:
        values: (people,) in (0, 1]; NaN for a person without one.
    Returns:
        The comparison; None without a single value.
    Source: Massart, "The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality", 1990: the one-sided
        gap of n independent values exceeds d with probability exp(-2 n d d) at most, if it is at most 1/2;
        it holds for steps too.
    """
    own = np.sort(values[~np.isnan(values)])
    if not own.size:
        return None
    points = np.unique(own)
    upto = np.searchsorted(own, points, side="right") / own.size
    below = np.searchsorted(own, points, side="left") / own.size
    small = max(0.0, float((upto - points).max()))
    # Between two values the share stays where it was, up to the step before the next value.
    large = max(0.0, float((points - _step(values) - below).max()))
    bars = np.histogram(own - 1e-12, bins=BINS, range=(0, 1))[0]
    limit = min(1.0, exp(-2 * own.size * small**2))
    return Uniformity(own.size, tuple(bars.tolist()), max(small, large), small, limit)


def _step(values: StatisticArray) -> float:
    """Guess the step of the p-values: the smallest difference between two of them, or from nothing."""
    points = np.unique(np.concatenate([[0.0], values[~np.isnan(values)]]))
    return float(np.diff(points).min())
