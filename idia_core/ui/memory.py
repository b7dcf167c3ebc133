"""How much memory all visitors' photos and results may take together, and giving it back to the system.

Does not: hold a photo, or free one: what nobody refers to any more is freed by itself, and counted back here.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import weakref
from collections.abc import Callable

from idia_core.errors import IdiaError

FULL = (
    "This page holds as many photos as it can at the moment.",
    "Those of others go within minutes: try again then, or with fewer photos.",
)
M_ARENA_MAX = -8
"""From the C library's `malloc.h`: how many reserves of free memory there may be."""


class Budget:
    """A bound on bytes; threads share it."""

    def __init__(self, most_bytes: int) -> None:
        """Start with nothing taken.

        Args:
            most_bytes: of everything together.
        """
        self._most = most_bytes
        self._taken = 0
        # Freeing may happen anywhere, also while this very thread counts.
        self._lock = threading.RLock()

    @property
    def taken(self) -> int:
        """Return the bytes taken."""
        return self._taken

    def take(self, n_bytes: int) -> None:
        """Count bytes in.

        Raises:
            IdiaError: there is no room for them.
        """
        with self._lock:
            if self._taken + n_bytes > self._most:
                raise IdiaError(*FULL)
            self._taken += n_bytes

    def give_back(self, n_bytes: int) -> None:
        """Count bytes out."""
        with self._lock:
            self._taken -= n_bytes

    def until_gone(self, thing: object, n_bytes: int) -> None:
        """Count bytes out, which were counted in before, when nobody refers to a thing any more.

        Args:
            thing: whatever the bytes belong to.
            n_bytes: how many.
        """
        weakref.finalize(thing, self.give_back, n_bytes).atexit = False


def keep_one_reserve() -> None:
    """Let all threads share the C library's first reserve; call it before there is another thread.

    Otherwise threads get reserves of their own, and the free end of those is never given back: the server's thread
    left the last photo's text there, readable until something overwrote it.
    """
    if (set_option := _of_c_library("mallopt")) is not None:
        set_option(M_ARENA_MAX, 1)


def give_back_what_is_free() -> None:
    """Return the C library's free memory to the system, where its library can; takes milliseconds.

    Otherwise a freed photo may stay in the process's own reserve, readable there, until something overwrites it.
    """
    if (trim := _of_c_library("malloc_trim")) is not None:
        trim(0)


def _of_c_library(function: str) -> Callable[..., int] | None:
    """Return a function of the C library; None where it has none of that name, or is not Linux's."""
    return getattr(ctypes.CDLL(None), function, None) if sys.platform == "linux" else None
