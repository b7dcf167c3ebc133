"""Where a name stands among others: one statistic for every name, and its rank as a p-value; pure.

Axes are always (prompts, photos, names); higher means more alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idia_core.attack.rule import FloatArray, IntArray, check_similarities

StatisticArray = npt.NDArray[np.float64]

TIE = 1e-9
"""Scores this near to the claimed name's count as tied with it, in standard deviations. Rounding is some
1e-14; giving a tie to the decoy can only make a p-value larger, so it stays valid."""

EQUAL_SPREAD = 1e-9
"""Similarities spread no wider than this are all the same; single-precision cosines are off by some 1e-8."""


@dataclass(frozen=True)
class Ranking:
    """One set of names scored against the photos, and the claimed name's place in it."""

    statistic: StatisticArray
    """(names,) scores; comparable within this set only."""
    claimed_index: int
    """Index of the claimed name."""
    rank: int
    """1 + decoys that do at least as well; 1 is best."""

    @property
    def p_value(self) -> float:
        """Return the rank as a p-value: (1 + decoys at least as good) / (1 + decoys), in (0, 1].

        P(p <= a) <= a for every a if the claimed name is exchangeable with the decoys, whatever the model.

        Source: rank test; Phipson and Smyth, "Permutation p-values should never be zero", 2010 (the 1 + ...).
        """
        return self.rank / self.statistic.size

    @property
    def decoys(self) -> int:
        """Return the number of names compared with."""
        return self.statistic.size - 1

    @property
    def smallest(self) -> float:
        """Return 1 / (1 + decoys): no evidence can push the p-value below this."""
        return 1 / self.statistic.size


def photo_scores(similarities: FloatArray | StatisticArray) -> StatisticArray:
    """Score every name on every photo: its standardised similarity, averaged over the prompts.

    Args:
        similarities: (prompts, photos, names); finite.
    Returns:
        (photos, names) in standard deviations over the names; a prompt on which all names are equally
        similar adds 0.
    Raises:
        ValueError: not three axes, an empty axis, or a value that is not finite.
    """
    check_similarities(similarities)
    total = np.zeros(similarities.shape[1:])
    # One prompt at a time: a double-precision copy of the whole would be 500 MB for 100,000 names.
    for block in similarities:
        centred = block.astype(np.float64)
        level = np.ptp(centred, axis=1, keepdims=True) <= EQUAL_SPREAD
        centred -= centred.mean(axis=1, keepdims=True)
        deviation = np.sqrt(np.square(centred).mean(axis=1, keepdims=True))
        total += centred * np.where(level, 0.0, 1 / np.where(level, 1.0, deviation))
    total /= similarities.shape[0]
    return total


def statistic(similarities: FloatArray | StatisticArray) -> StatisticArray:
    """Score every name: the mean over prompts and photos of its standardised similarity.

    Every name is treated alike, which is what makes a rank by it valid. Raising one name's similarity never
    lowers its score. Nor does it narrow its lead over another name, as long as its standardised similarity z
    in that cell lies within sqrt(names / 2), 22 for 1,000 names: the lead over a name at y grows as
    1 - z (z - y) / names, where z z <= names / 2, and z y >= -(z z + y y) / 2 >= -names / 2 always. Beyond
    that, one outlying cell swells its own unit of measure, and can cost a rank.

    Args:
        similarities: (prompts, photos, names); finite.
    Returns:
        (names,) scores; comparable within this set of names only.
    Raises:
        ValueError: as in `photo_scores`.
    """
    scores: StatisticArray = photo_scores(similarities).mean(axis=0)
    return scores


def ranks(scores: StatisticArray, claimed_index: int) -> IntArray:
    """Rank the claimed name in each row of scores; ties go against it.

    Args:
        scores: (..., names) finite; higher is better.
        claimed_index: index of the claimed name.
    Returns:
        (...) ranks in [1, names]; 1 is best.
    Raises:
        ValueError: a score is not finite, or claimed_index lies outside the names.
    """
    if not np.isfinite(scores).all():
        raise ValueError("a score is not finite")
    if not 0 <= claimed_index < scores.shape[-1]:
        raise ValueError(f"claimed_index {claimed_index} lies outside the {scores.shape[-1]} names")
    places: IntArray = (scores >= scores[..., claimed_index, None] - TIE).sum(axis=-1, dtype=np.int64)
    return places


def rank_scores(scores: StatisticArray, claimed_index: int) -> Ranking:
    """Rank the claimed name by scores that exist already.

    Args:
        scores: (names,) finite; the same symmetric function of every name's similarities.
        claimed_index: index of the claimed name.
    Returns:
        The ranking.
    Raises:
        ValueError: as in `ranks`.
    """
    return Ranking(scores, claimed_index, int(ranks(scores, claimed_index)))


def rank_in_pool(similarities: FloatArray | StatisticArray, claimed_index: int) -> Ranking:
    """Score a set of names and rank the claimed one in it.

    Args:
        similarities: (prompts, photos, names), the claimed name among them.
        claimed_index: its index.
    Returns:
        The ranking.
    Raises:
        ValueError: as in `statistic` and `ranks`.
    """
    return rank_scores(statistic(similarities), claimed_index)


def rank_among(claimed: FloatArray, decoys: FloatArray) -> Ranking:
    """Rank the claimed name among matched decoys.

    Scores are standardised over just the names that are ranked, so that swapping the claimed name with a
    decoy swaps their scores and changes nothing else. Standardised over the general pool, which holds the
    claimed name but not the decoys, they would be treated unalike.

    Args:
        claimed: (prompts, photos) similarities of the claimed name.
        decoys: (prompts, photos, names) of the decoys.
    Returns:
        The ranking, the claimed name last.
    Raises:
        ValueError: the axes do not fit; and as in `statistic`.
    """
    if decoys.ndim != 3 or decoys.shape[:2] != claimed.shape:
        raise ValueError(f"want decoys (prompts, photos, names) beside {claimed.shape}, got {decoys.shape}")
    return rank_in_pool(np.concatenate([decoys, claimed[:, :, None]], axis=2), decoys.shape[2])


def pairing(grid: FloatArray) -> StatisticArray:
    """Take out of each cell of a grid what its first name, and its last name, do alone.

    Args:
        grid: (prompts, photos, first names, last names), two or more of each.
    Returns:
        (prompts, photos, pairs) what is left, row by row: due to the pairing.
    Raises:
        ValueError: not four axes, fewer than two names on one of them, or a value that is not finite.
    Source: residuals of a two-way layout without replication.
    """
    if grid.ndim != 4 or min(grid.shape[2:]) < 2 or not np.isfinite(grid).all():
        raise ValueError(f"want a finite grid (prompts, photos, first names, last names), got {grid.shape}")
    left = grid.astype(np.float64)
    for axis in (2, 3):
        left -= left.mean(axis=axis, keepdims=True)
    return left.reshape(*grid.shape[:2], -1)


def rank_crossed(grid: FloatArray) -> Ranking:
    """Rank the pairing of the claimed first and last name, apart from what either part does alone.

    The claimed first name and some others are crossed with the claimed last name and some others. What a
    first name adds with every last name, and a last name with every first name, is taken out of each cell of
    the grid; what is left is due to the pairing, and any style that the parts carry by themselves cancels.
    The p-value is valid if, beyond that, first names are exchangeable with each other and so are last names.

    Args:
        grid: (prompts, photos, first names, last names), two or more of each; the claimed name at [0, 0].
    Returns:
        The ranking among all pairs, the claimed name first.
    Raises:
        ValueError: as in `pairing`.
    """
    return rank_in_pool(pairing(grid), 0)


def scores_in_units_of(
    reference: FloatArray | StatisticArray, similarities: FloatArray | StatisticArray
) -> StatisticArray:
    """Score names by the mean and the spread of another set, so that both can be drawn on one axis.

    For the reference itself this is `statistic`. For another set it is not what that set is ranked by
    (`rank_among`): there every cell counts by the set's own spread.

    Args:
        reference: (prompts, photos, names) whose mean is 0 and whose standard deviation is 1.
        similarities: (prompts, photos, names) to score; its names may be others.
    Returns:
        (names,) scores of the latter.
    Raises:
        ValueError: the prompts or photos differ, or an axis is empty.
    """
    shapes = reference.shape, similarities.shape
    if (
        reference.ndim != 3
        or similarities.ndim != 3
        or 0 in shapes[0] + shapes[1]
        or shapes[0][:2] != shapes[1][:2]
    ):
        raise ValueError(
            f"want two tensors (prompts, photos, names) that fit, got {shapes[0]} and {shapes[1]}"
        )
    total = np.zeros(similarities.shape[2])
    for block, others in zip(reference, similarities, strict=True):
        own = block.astype(np.float64)
        level = np.ptp(own, axis=1, keepdims=True) <= EQUAL_SPREAD
        deviation = np.where(level, 1.0, own.std(axis=1, keepdims=True))
        shifted = others.astype(np.float64) - own.mean(axis=1, keepdims=True)
        total += (shifted * np.where(level, 0.0, 1 / deviation)).mean(axis=0)
    total /= reference.shape[0]
    return total
