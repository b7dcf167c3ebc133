"""Limits that all visitors share: starts per minute, the queue before the model, time for a run, memory for photos."""

from __future__ import annotations

import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Generator
from contextlib import closing
from typing import TypeVar

from idia_core.errors import IdiaError

Clock = Callable[[], float]
Step = TypeVar("Step")

MINUTE = 60.0


class RateLimiter:
    """At most so many starts within any minute, for each page or address; safe to share among threads."""

    def __init__(self, per_minute: int, now: Clock) -> None:
        """Start with nobody counted.

        Args:
            per_minute: starts within any minute; 0 is no limit.
            now: a monotonic clock, in seconds.
        """
        self._per_minute = per_minute
        self._now = now
        self._starts: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def count_start(self, who: str) -> None:
        """Count a start, or refuse it.

        Args:
            who: a page or an address, forgotten a minute after its last start; an empty one is not limited.
        Raises:
            IdiaError: there were too many within the last minute; the message says how long to wait.
        """
        if self._per_minute == 0 or not who:
            return
        self.sweep()
        with self._lock:
            now = self._now()
            starts = self._starts.setdefault(who, deque(maxlen=self._per_minute))
            if len(starts) == self._per_minute and starts[0] > now - MINUTE:
                raise IdiaError(
                    "runs-too-many",
                    per_minute=self._per_minute,
                    value=max(1, round(starts[0] + MINUTE - now)),
                )
            starts.append(now)

    def sweep(self) -> None:
        """Forget who has not started for a minute."""
        with self._lock:
            oldest = self._now() - MINUTE
            for key in [key for key, starts in self._starts.items() if starts[-1] <= oldest]:
                del self._starts[key]


def with_deadline(
    steps: Generator[Step, None, None], seconds: float, too_long: str
) -> Generator[Step, None, None]:
    """Pass steps on until the time is up.

    Args:
        steps: closed at the end in any case.
        seconds: how long they may take together; checked after every step, so that one long step is not cut short.
        too_long: code of the error's message, which gets the value `seconds`.
    Yields:
        The steps.
    Raises:
        IdiaError: the time is up.
    """
    until = time.monotonic() + seconds
    with closing(steps):
        for step in steps:
            yield step
            if time.monotonic() > until:
                raise IdiaError(too_long, seconds=seconds)


RUNS_REMEMBERED = 20
"""Lengths of the last runs that make up the usual one."""


class RunQueue:
    """A bounded queue, first come, first served; safe to share among threads."""

    def __init__(self, max_waiting: int) -> None:
        """Start empty.

        Args:
            max_waiting: how many may wait behind the run that is under way, 0 or more.
        """
        self._max = max_waiting + 1
        self._tickets: list[object] = []
        self._head_since = 0.0
        self._seconds: deque[float] = deque(maxlen=RUNS_REMEMBERED)
        self._changed = threading.Condition()

    def join(self) -> object:
        """Take the last place.

        Returns:
            A ticket, to be handed to `leave` in any case.
        Raises:
            IdiaError: the queue is full.
        """
        with self._changed:
            self.check_room()
            ticket = object()
            self._tickets.append(ticket)
            if len(self._tickets) == 1:
                self._head_since = time.monotonic()
            return ticket

    def check_room(self) -> None:
        """Refuse a run that could not join now, before anything is prepared for it.

        Raises:
            IdiaError: the queue is full.
        """
        if len(self._tickets) >= self._max:
            raise IdiaError("line-full")

    def ahead(self, ticket: object, timeout: float = 0.0) -> int:
        """Return how many runs come before; 0 means that it is this one's turn.

        Args:
            ticket: from `join`.
            timeout: seconds to wait for the turn before counting.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._tickets[0] is ticket, timeout=timeout)
            return self._tickets.index(ticket)

    def leave(self, ticket: object) -> None:
        """Give up the place; the others move on at once."""
        with self._changed:
            if self._tickets[0] is ticket:
                now = time.monotonic()
                self._seconds.append(now - self._head_since)
                self._head_since = now
            self._tickets.remove(ticket)
            self._changed.notify_all()

    def usual_seconds(self) -> float | None:
        """Return the median length of the last runs, waiting not counted; None before the first has ended."""
        with self._changed:
            return sorted(self._seconds)[len(self._seconds) // 2] if self._seconds else None

    def __len__(self) -> int:
        """Return how many runs are in the queue, the one that is under way included."""
        return len(self._tickets)


class MemoryBudget:
    """A bound on the bytes of all photos together; safe to share among threads."""

    def __init__(self, max_bytes: int) -> None:
        """Start with nothing reserved.

        Args:
            max_bytes: of everything together.
        """
        self._max = max_bytes
        self._reserved = 0
        # Reentrant: a finalizer may run at any point, also while this very thread holds the lock.
        self._lock = threading.RLock()

    @property
    def reserved(self) -> int:
        """Return the bytes reserved."""
        return self._reserved

    def reserve(self, n_bytes: int) -> None:
        """Reserve bytes.

        Raises:
            IdiaError: there is no room for them.
        """
        with self._lock:
            if self._reserved + n_bytes > self._max:
                raise IdiaError("memory-full")
            self._reserved += n_bytes

    def release(self, n_bytes: int) -> None:
        """Release bytes that were reserved."""
        with self._lock:
            self._reserved -= n_bytes

    def release_when_freed(self, thing: object, n_bytes: int) -> None:
        """Release bytes that were reserved, as soon as nothing refers to a thing any more.

        Args:
            thing: what the bytes belong to.
            n_bytes: how many.
        """
        weakref.finalize(thing, self.release, n_bytes).atexit = False
