"""The candidate names of a question: public decoys in a seeded order, and the claimed name once.

The order depends on the lists and the seed alone, on every platform and with every numpy: it uses only the raw output
of PCG64. Names are not sorted by origin: every first name may be joined with every last name.
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
from idia_core.names.spelling import normalise_name, reserved_keys, spelling_keys

MIN_POOL = 2
"""Names in the smallest pool: the claimed one and a decoy."""
MAX_POOL = 100_000
"""Names in the largest pool."""

_KNOWN, _FEMALE, _MALE = 0, 1, 3  # random streams of a seed; a sex takes two, for first and for last names


@dataclass(frozen=True)
class Pool:
    """The candidate names of one question."""

    names: tuple[str, ...]
    """Distinct by `name_key`; decoys first, the claimed name last, so that an exact tie goes to a decoy."""
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

    Known names and made-up names alternate, and among the made-up ones women's and men's names do, until one kind is
    used up. A made-up name joins a first and a last name; it is never a spelling of a known name or of another decoy.

    Args:
        lists: what to draw from.
        size: names wanted, 0 or more.
        seed: decides the order, 0 or more.
    Returns:
        `size` names, distinct by `name_key`.
    Raises:
        IdiaError: the lists make fewer names, or the seed is negative.
        ValueError: `size` is negative.
    """
    if size < 0:
        raise ValueError(f"size must be 0 or more, got {size}")
    return _take(_first(lists, size, seed), size, lists)


def draw_pool(claimed: str, lists: NameLists, size: int, seed: int) -> Pool:
    """Add decoys to the claimed name.

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
    reserved = reserved_keys(name)
    others = (decoy for decoy in _candidates(lists, size, seed) if reserved.isdisjoint(spelling_keys(decoy)))
    chosen = _take(others, size - 1, lists)
    known = set(lists.known)
    return Pool((*chosen, name), size - 1, lists.id, tuple(decoy in known for decoy in chosen))


def skip_spellings(names: Iterable[str], taken: set[str]) -> Iterator[str]:
    """Yield the names that are no spelling of an earlier one; `taken` holds the keys in use, and grows."""
    for name in names:
        keys = spelling_keys(name)
        if taken.isdisjoint(keys):
            taken |= keys
            yield name


def alternate(first: Iterable[str], second: Iterable[str]) -> Iterator[str]:
    """Yield from both in turn; when one ends, yield the rest of the other."""
    for pair in itertools.zip_longest(first, second):
        yield from (name for name in pair if name is not None)


def _candidates(lists: NameLists, size: int, seed: int) -> Iterator[str]:
    """Yield what `_in_order` yields; the first `size` come from a cache."""
    yield from _first(lists, size, seed)
    yield from itertools.islice(_in_order(lists, seed), size, None)


@functools.lru_cache(maxsize=4)
def _first(lists: NameLists, size: int, seed: int) -> tuple[str, ...]:
    """Draw the first candidates; the cache holds public names only, nothing that anybody typed."""
    return tuple(itertools.islice(_in_order(lists, seed), size))


def _in_order(lists: NameLists, seed: int) -> Iterator[str]:
    """Yield every candidate that the lists can make, in the order of the seed."""
    if seed < 0:
        raise IdiaError("pool-seed-negative", seed=seed)
    taken = {key for name in lists.known for key in spelling_keys(name)}
    known = skip_spellings((lists.known[index] for index in _order(len(lists.known), seed, _KNOWN)), set())
    female = skip_spellings(_pairs(lists.first_female, lists.last, seed, _FEMALE), taken)
    male = skip_spellings(_pairs(lists.first_male, lists.last, seed, _MALE), taken)
    return alternate(known, alternate(female, male))


def _take(names: Iterable[str], size: int, lists: NameLists) -> tuple[str, ...]:
    chosen = tuple(itertools.islice(names, size))
    if len(chosen) < size:
        raise IdiaError(
            "pool-lists-too-short", id=lists.id, chosen=len(chosen), size=size, value=len(chosen) + 1
        )
    return chosen


def _order(count: int, seed: int, stream: int) -> list[int]:
    """Shuffle 0..count-1; each (seed, stream) has an order of its own.

    Source: NEP 19: numpy never changes the raw output of PCG64 and SeedSequence; methods of `Generator` may change.
    """
    raw = np.random.PCG64(np.random.SeedSequence((seed, stream))).random_raw(count)
    order: list[int] = np.argsort(raw, kind="stable").tolist()
    return order


def _pairs(firsts: Sequence[str], lasts: Sequence[str], seed: int, stream: int) -> Iterator[str]:
    """Yield every first x last name once; all first names come before any comes again, and so do last names.

    Both lists are cycled through. After the least common multiple of their lengths the pairs of indices would repeat;
    then the last names are shifted by one, which starts the next set of pairs.
    """
    first = [firsts[index] for index in _order(len(firsts), seed, stream)]
    last = [lasts[index] for index in _order(len(lasts), seed, stream + 1)]
    period = math.lcm(len(first), len(last))
    for index in range(len(first) * len(last)):
        yield f"{first[index % len(first)]} {last[(index + index // period) % len(last)]}"
