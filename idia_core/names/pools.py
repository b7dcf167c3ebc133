"""The candidate names of a question: public decoys in a seeded order, and the claimed name once.

The order depends on the lists and the seed alone, on every platform and with every numpy: it uses only the
raw output of PCG64.

Does not: look at photos or models, or sort names by origin; every first name may meet every last name.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from idia_core.errors import IdiaError
from idia_core.names.lists import NameLists
from idia_core.names.spelling import claims, normalise_name, spellings

MIN_POOL = 2
"""Names in the smallest pool: the claimed one and a decoy."""
MAX_POOL = 100_000
"""Names in the largest pool."""

_KNOWN, _FEMALE, _MALE = 0, 1, 3  # streams of a seed; a sex takes two, for first and for last names


@dataclass(frozen=True)
class Pool:
    """The candidate names of one question."""

    names: tuple[str, ...]
    """Distinct by `key`; decoys first, the claimed name last, so that an exact tie goes to a decoy."""
    claimed_index: int
    """Index of the claimed name: always the last."""
    lists_id: str
    """Which lists the decoys come from."""
    known: tuple[bool, ...]
    """For each decoy, in order, whether it is a name that a model may know."""

    def known_among(self, size: int) -> int:
        """Count the decoys that a model may know when only the first of them take part.

        Args:
            size: names that take part, the claimed one included, in [1, all names].
        Returns:
            A number in [0, size - 1]; the claimed name never counts.
        """
        return sum(self.known[: size - 1])


def draw_decoys(lists: NameLists, size: int, seed: int) -> tuple[str, ...]:
    """Draw public candidate names; a smaller draw with the same seed is a prefix of a larger one.

    Known and drawn names take turns, and among the drawn ones women's and men's names do, while there are
    any. A drawn name joins a first and a last name; it is never a spelling of a known name or of another
    decoy.

    Args:
        lists: what to draw from.
        size: names wanted, 0 or more.
        seed: decides the order, 0 or more.
    Returns:
        `size` names, distinct by `key`.
    Raises:
        IdiaError: the lists make fewer names, or the seed is negative.
        ValueError: `size` is negative.
    """
    if size < 0:
        raise ValueError(f"size must be 0 or more, got {size}")
    return _take(_first(lists, size, seed), size, lists)


def draw_pool(claimed: str, lists: NameLists, size: int, seed: int) -> Pool:
    """Put the claimed name among decoys.

    Args:
        claimed: the name as typed; it is normalised here.
        lists: where the decoys come from.
        size: names in the pool, the claimed one included, in [2, 100000].
        seed: decides which decoys, 0 or more.
    Returns:
        The first `size - 1` decoys that are no spelling of the claimed name (words in another order and
        `ae` for `ä` count as spellings), then the claimed name.
    Raises:
        IdiaError: the name is unusable, `size` or `seed` is out of range, or the lists are too short.
    """
    name = normalise_name(claimed)
    if not MIN_POOL <= size <= MAX_POOL:
        raise IdiaError("pool-size-out-of-range", size=size, min_pool=MIN_POOL, max_pool=MAX_POOL)
    own = claims(name)
    others = (decoy for decoy in _public(lists, size, seed) if own.isdisjoint(spellings(decoy)))
    chosen = _take(others, size - 1, lists)
    known = set(lists.known)
    return Pool((*chosen, name), size - 1, lists.id, tuple(decoy in known for decoy in chosen))


def distinct(names: Iterable[str], taken: set[str]) -> Iterator[str]:
    """Yield the names that are no spelling of one before; `taken` holds the keys used up, and grows."""
    for name in names:
        own = spellings(name)
        if taken.isdisjoint(own):
            taken |= own
            yield name


def in_turn(first: Iterable[str], second: Iterable[str]) -> Iterator[str]:
    """Yield from each in turn; when one ends, the other goes on."""
    for pair in itertools.zip_longest(first, second):
        yield from (name for name in pair if name is not None)


def _public(lists: NameLists, size: int, seed: int) -> Iterator[str]:
    """Yield what `_in_order` yields; of the first `size`, what was drawn before is not drawn again."""
    yield from _first(lists, size, seed)
    yield from itertools.islice(_in_order(lists, seed), size, None)


@functools.lru_cache(maxsize=4)
def _first(lists: NameLists, size: int, seed: int) -> tuple[str, ...]:
    """Draw the first candidates; only public names are kept here, nothing that anybody typed."""
    return tuple(itertools.islice(_in_order(lists, seed), size))


def _in_order(lists: NameLists, seed: int) -> Iterator[str]:
    """Yield every candidate that the lists can make, in the seed's order."""
    if seed < 0:
        raise IdiaError("pool-seed-negative", seed=seed)
    taken = {spelling for name in lists.known for spelling in spellings(name)}
    known = distinct((lists.known[index] for index in _order(len(lists.known), seed, _KNOWN)), set())
    female = distinct(_pairs(lists.first_female, lists.last, seed, _FEMALE), taken)
    male = distinct(_pairs(lists.first_male, lists.last, seed, _MALE), taken)
    return in_turn(known, in_turn(female, male))


def _take(names: Iterable[str], size: int, lists: NameLists) -> tuple[str, ...]:
    chosen = tuple(itertools.islice(names, size))
    if len(chosen) < size:
        raise IdiaError(
            "pool-lists-too-short", id=lists.id, chosen=len(chosen), size=size, value=len(chosen) + 1
        )
    return chosen


def _order(count: int, seed: int, stream: int) -> list[int]:
    """Shuffle 0..count-1; each (seed, stream) has an order of its own.

    Source: numpy keeps the raw output of PCG64 and SeedSequence the same for good; methods of `Generator` may
        change (NEP 19).
    """
    raw = np.random.PCG64(np.random.SeedSequence((seed, stream))).random_raw(count)
    order: list[int] = np.argsort(raw, kind="stable").tolist()
    return order


def _pairs(firsts: Sequence[str], lasts: Sequence[str], seed: int, stream: int) -> Iterator[str]:
    """Yield every first x last name once; all first names come before any comes again, and so do last names.

    Both lists go round, each at its own length. After the least common multiple of the lengths every pair of
    indices with one remainder has been met; then the last names move on by one, and it starts again.
    """
    first = [firsts[index] for index in _order(len(firsts), seed, stream)]
    last = [lasts[index] for index in _order(len(lasts), seed, stream + 1)]
    period = math.lcm(len(first), len(last))
    for index in range(len(first) * len(last)):
        yield f"{first[index % len(first)]} {last[(index + index // period) % len(last)]}"
