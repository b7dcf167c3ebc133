"""How much memory all visitors' photos and results may take together, and giving it back to the system.

Does not: hold a photo, or free one: what nobody refers to any more is freed by itself, and counted back here.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

M_ARENA_MAX = -8
"""From the C library's `malloc.h`: how many reserves of free memory there may be."""


def limit_malloc_arenas() -> None:
    """Let all threads share the C library's first reserve; call it before there is another thread.

    Otherwise threads get reserves of their own, and the free end of those is never given back: the server's thread
    left the last photo's text there, readable until something overwrote it.
    """
    if (set_option := _libc_function("mallopt")) is not None:
        set_option(M_ARENA_MAX, 1)


def trim_heap() -> None:
    """Return the C library's free memory to the system, where its library can; takes milliseconds.

    Otherwise a freed photo may stay in the process's own reserve, readable there, until something overwrites it.
    """
    if (trim := _libc_function("malloc_trim")) is not None:
        trim(0)


def _libc_function(function: str) -> Callable[..., int] | None:
    """Return a function of the C library; None where it has none of that name, or is not Linux's."""
    return getattr(ctypes.CDLL(None), function, None) if sys.platform == "linux" else None
