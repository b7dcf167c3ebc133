"""Settings of glibc's malloc, so that freed memory, which may hold a photo, goes back to the system."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

M_ARENA_MAX = -8
"""Option of `mallopt` in glibc's `malloc.h`: how many arenas there may be."""


def limit_malloc_arenas() -> None:
    """Limit glibc malloc to one arena; must be called before a second thread starts.

    Otherwise each thread gets an arena of its own, and the free end of such an arena never goes back to the system:
    the last photo that the server's thread received stayed there, readable until something overwrote it.
    """
    if (set_option := _libc_function("mallopt")) is not None:
        set_option(M_ARENA_MAX, 1)


def trim_heap() -> None:
    """Return malloc's free memory to the system, with glibc; takes milliseconds.

    Otherwise a freed photo may stay in the heap, readable there, until something overwrites it.
    """
    if (trim := _libc_function("malloc_trim")) is not None:
        trim(0)


def _libc_function(function: str) -> Callable[..., int] | None:
    """Return a function of the C library; None if it has none of that name, or outside Linux."""
    return getattr(ctypes.CDLL(None), function, None) if sys.platform == "linux" else None
