"""Names of the claimed name's own style: which to compare with, and their similarities sorted into groups.

Three groups: the same first name, the same last name, and names that cross the first two, so that the pairing
of a first and a last name can be told from what each does alone.

Does not: embed a name, rank one, or judge what a rank means.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

import numpy as np

from idia_core import calibrate, names
from idia_core.attack import FloatArray
from idia_core.names import Matched, NameLists


@dataclass(frozen=True)
class Alike:
    """The names of the claimed one's style."""

    matched: Matched
    """Those that share the first or the last name, or why there are none."""
    crossed: tuple[str, ...]
    """Those that cross them, row by row; empty where the pairing is not to be tested."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return all of them: same first name, same last name, crossed."""
        return (*self.matched.same_first, *self.matched.same_last, *self.crossed)


def draw(claimed: str, lists: NameLists, count: int, side: int, seed: int) -> Alike:
    """Draw the names to compare the claimed one with.

    Args:
        claimed: the claimed name.
        lists: where the other first and last names come from.
        count: names that share its first or its last name; 0 draws none of any kind.
        side: how many of the first names, and of the last names, to cross with each other.
        seed: decides which.
    Returns:
        The names; none, and a reason, where the claimed name cannot be matched.
    """
    if count == 0:
        return Alike(Matched((), (), ""), ())
    matched = names.matched(claimed, lists, count, np.random.default_rng(seed))
    return Alike(matched, names.crossed(claimed, matched, lists, side))


def comparisons(claimed: FloatArray, matched: Matched, similarities: FloatArray) -> calibrate.Comparisons:
    """Sort the similarities of `Alike.names` into the groups to be ranked.

    Args:
        claimed: (prompts, photos) of the claimed name.
        matched: the matched names.
        similarities: (prompts, photos, names) of all the names.
    Returns:
        The groups; one that has no name is None.
    """
    firsts, lasts = len(matched.same_first), len(matched.same_last)
    first, last, square = np.split(similarities, [firsts, firsts + lasts], axis=2)
    return calibrate.Comparisons(
        same_first=first if firsts else None,
        same_last=last if lasts else None,
        crossed=_grid(claimed, first, last, square) if square.shape[2] else None,
        unmatched=matched.reason,
    )


def _grid(claimed: FloatArray, first: FloatArray, last: FloatArray, square: FloatArray) -> FloatArray:
    """Lay the names out as (prompts, photos, first names, last names), the claimed one at [0, 0]."""
    side = isqrt(square.shape[2])
    grid = np.empty((*claimed.shape, side + 1, side + 1), np.float32)
    grid[:, :, 0, 0] = claimed
    grid[:, :, 0, 1:] = first[:, :, :side]
    grid[:, :, 1:, 0] = last[:, :, :side]
    grid[:, :, 1:, 1:] = square.reshape(*claimed.shape, side, side)
    return grid
