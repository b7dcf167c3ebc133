"""Candidate names: what a visitor typed, the public decoys beside it, and decoys that match its style.

Rooms: `spelling` (one name: clean it, compare it), `lists` (the public names), `pools` (the candidates of a
question), `matching` (decoys that share the first or the last name).

Does not: know which names a model has seen, sort names by origin, or keep what a visitor typed.
"""

from __future__ import annotations

from idia_core.names.lists import NameLists, load
from idia_core.names.matching import Matched, crossed, matched
from idia_core.names.pools import MAX_POOL, MIN_POOL, Pool, decoys, pool
from idia_core.names.spelling import MAX_LENGTH, key, normalise

__all__ = [
    "MAX_LENGTH",
    "MAX_POOL",
    "MIN_POOL",
    "Matched",
    "NameLists",
    "Pool",
    "crossed",
    "decoys",
    "key",
    "load",
    "matched",
    "normalise",
    "pool",
]
