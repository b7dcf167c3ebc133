"""Candidate names: what a visitor typed, the public decoys beside it, and decoys that match its style.

Modules: `spelling` (clean and compare names), `lists` (public names), `pools` (the candidates of a question),
`matching` (decoys that share the first or the last name).
"""

from __future__ import annotations

from idia_core.names.lists import NameLists, load_lists
from idia_core.names.matching import Matched, draw_crossed, draw_matched
from idia_core.names.pools import MAX_POOL, MIN_POOL, Pool, draw_decoys, draw_pool
from idia_core.names.spelling import MAX_LENGTH, name_key, normalise_name

__all__ = [
    "MAX_LENGTH",
    "MAX_POOL",
    "MIN_POOL",
    "Matched",
    "NameLists",
    "Pool",
    "draw_crossed",
    "draw_decoys",
    "draw_matched",
    "draw_pool",
    "load_lists",
    "name_key",
    "normalise_name",
]
