"""What other draws of the photos would have said: bootstrap, fewer photos, one photo left out; pure.

Works from predictions and scores that exist already: a draw is a row of counts, how often each photo takes
part.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from idia_core.attack.ranking import StatisticArray, ranks
from idia_core.attack.rule import IntArray

CURVE_SIZES = (1, 3, 5, 10, 15, 20, 30, 50, 100)
"""Numbers of photos at which the verdict is tried again; the full number is added."""
DRAWS = 200
"""Draws of a bootstrap, and at most of a point of the curve."""


@dataclass(frozen=True)
class CurvePoint:
    """The verdict with fewer photos."""

    photos: int
    """Photos in each draw."""
    draws: int
    """Subsets tried; all there are, where there are few."""
    member_share: float
    """Share of the subsets on which the paper's rule says member, in [0, 1]."""


@dataclass(frozen=True)
class Influence:
    """What one photo does to the evidence."""

    statistic_change: float
    """The claimed name's score with this photo less its score without; positive: it speaks for the name."""
    hits_change: int
    """Prompts won with this photo less those won without."""
    p_alone: float
    """Rank p-value of this photo alone."""
    p_without: float
    """Rank p-value of all the others together."""


@dataclass(frozen=True)
class Stability:
    """Whether the verdict depends on which photos were at hand."""

    resamples: int
    """Bootstrap draws, with replacement, of as many photos as there are."""
    same_verdict: float
    """Share of the draws with the verdict of all photos, in [0, 1]."""
    curve: tuple[CurvePoint, ...]
    """The verdict at 1, 3, 5, ... photos, ending with all of them."""
    influence: tuple[Influence, ...]
    """One for each photo, in order; empty where there is but one photo."""


def stability(
    predictions: IntArray,
    scores: StatisticArray,
    claimed_index: int,
    tau: int,
    rng: np.random.Generator,
    resamples: int = DRAWS,
) -> Stability:
    """Judge other draws of the photos by the paper's rule, and each photo by leaving it out.

    Args:
        predictions: (prompts, photos) name indices.
        scores: (photos, names) from `ranking.photo_scores`.
        claimed_index: index of the claimed name.
        tau: prompts to win.
        rng: draws the photos; the same state gives the same answer.
        resamples: draws of the bootstrap, and at most of each point of the curve; 1 or more.
    Returns:
        The shares and the influence of each photo.
    Raises:
        ValueError: the axes do not fit.
    """
    photos = predictions.shape[1]
    if scores.shape[0] != photos:
        raise ValueError(f"want scores of {photos} photos, got {scores.shape[0]}")
    everything = hits_in_draws(predictions, claimed_index, np.ones((1, photos), np.int64))[0] >= tau
    redrawn = hits_in_draws(predictions, claimed_index, with_replacement(photos, resamples, rng)) >= tau
    return Stability(
        resamples=resamples,
        same_verdict=float((redrawn == everything).mean()),
        curve=verdict_curve(predictions, claimed_index, tau, rng, resamples),
        influence=leave_one_out(predictions, scores, claimed_index),
    )


def with_replacement(photos: int, draws: int, rng: np.random.Generator) -> IntArray:
    """Draw as many photos as there are, with replacement.

    Args:
        photos: how many there are, 1 or more.
        draws: how many draws.
        rng: the source of chance.
    Returns:
        (draws, photos) counts; every row sums to `photos`.
    """
    return rng.multinomial(photos, np.full(photos, 1 / photos), size=draws).astype(np.int64)


def subsets(photos: int, size: int, draws: int, rng: np.random.Generator) -> IntArray:
    """Draw sets of photos without replacement; take every set where there are no more than `draws`.

    Args:
        photos: how many there are.
        size: photos in each set, in [1, photos].
        draws: sets to draw at most.
        rng: the source of chance; unused where every set is taken.
    Returns:
        (sets, photos) of 0 and 1; every row sums to `size`.
    """
    if comb(photos, size) <= draws:
        members = np.array(list(combinations(range(photos), size)), np.int64)
    else:
        members = rng.random((draws, photos)).argsort(axis=1)[:, :size]
    counts = np.zeros((members.shape[0], photos), np.int64)
    np.put_along_axis(counts, members, 1, axis=1)
    return counts


def hits_in_draws(predictions: IntArray, claimed_index: int, counts: IntArray) -> IntArray:
    """Count the prompts that the claimed name wins, for many draws of the photos at once.

    Votes are counted only for names that some photo chose: no other can win.

    Args:
        predictions: (prompts, photos) name indices.
        claimed_index: index of the claimed name.
        counts: (draws, photos) how often each photo takes part.
    Returns:
        (draws,) prompts won by strict plurality, as in `rule.decide`.
    Raises:
        ValueError: the axes do not fit.
    """
    if predictions.ndim != 2 or counts.ndim != 2 or counts.shape[1] != predictions.shape[1]:
        raise ValueError(
            f"want (prompts, photos) and (draws, photos), got {predictions.shape}, {counts.shape}"
        )
    weights = counts.astype(np.float32)
    hits = np.zeros(counts.shape[0], np.int64)
    for answers in predictions:
        agree = (answers[:, None] == answers[None, :]).astype(np.float32)
        own = weights @ (answers == claimed_index).astype(np.float32)
        rivals = np.where(answers == claimed_index, -1, weights @ agree).max(axis=1)
        hits += (own > 0) & (own > rivals)
    return hits


def verdict_curve(
    predictions: IntArray, claimed_index: int, tau: int, rng: np.random.Generator, draws: int = DRAWS
) -> tuple[CurvePoint, ...]:
    """Measure how often the verdict is member with fewer photos.

    Args:
        predictions: (prompts, photos) name indices.
        claimed_index: index of the claimed name.
        tau: prompts to win.
        rng: draws the subsets.
        draws: subsets at each size, at most.
    Returns:
        One point for each size in `CURVE_SIZES` below the number of photos, and one for all of them.
    """
    photos = predictions.shape[1]
    points = []
    for size in (*(size for size in CURVE_SIZES if size < photos), photos):
        counts = subsets(photos, size, draws, rng)
        member = hits_in_draws(predictions, claimed_index, counts) >= tau
        points.append(CurvePoint(size, counts.shape[0], float(member.mean())))
    return tuple(points)


def leave_one_out(predictions: IntArray, scores: StatisticArray, claimed_index: int) -> tuple[Influence, ...]:
    """Measure what each photo does to the evidence, by leaving it out.

    Args:
        predictions: (prompts, photos) name indices.
        scores: (photos, names) from `ranking.photo_scores`.
        claimed_index: index of the claimed name.
    Returns:
        One influence for each photo; none where there is but one photo.
    """
    photos, names = scores.shape
    if photos < 2:
        return ()
    total = scores.sum(axis=0)
    without = (total - scores) / (photos - 1)
    change = total[claimed_index] / photos - without[:, claimed_index]
    everything, *others = hits_in_draws(
        predictions,
        claimed_index,
        np.vstack([np.ones((1, photos), np.int64), 1 - np.eye(photos, dtype=np.int64)]),
    )
    alone, rest = ranks(scores, claimed_index) / names, ranks(without, claimed_index) / names
    return tuple(
        Influence(
            float(change[photo]), int(everything - others[photo]), float(alone[photo]), float(rest[photo])
        )
        for photo in range(photos)
    )
