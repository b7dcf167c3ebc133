"""How often somebody may start a run, and how long a run may take.

Does not: know what a run does, or keep an address for longer than a minute.
"""

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
    """How often somebody may start; threads share it."""

    def __init__(self, per_minute: int, now: Clock) -> None:
        """Start empty.

        Args:
            per_minute: starts within any minute; 0 is no limit.
            now: a clock that never goes back.
        """
        self._per_minute = per_minute
        self._now = now
        self._starts: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def start(self, who: str) -> None:
        """Count a start.

        Args:
            who: a page or an address, forgotten a minute after its last start; nobody counts where it is empty.
        Raises:
            IdiaError: that is too often.
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
        """Forget those who did not start for a minute."""
        with self._lock:
            oldest = self._now() - MINUTE
            for key in [key for key, starts in self._starts.items() if starts[-1] <= oldest]:
                del self._starts[key]


def with_deadline(
    steps: Generator[Step, None, None], seconds: float, too_long: str
) -> Generator[Step, None, None]:
    """Pass steps on until the time is up.

    Args:
        steps: closed at the end, whatever it is.
        seconds: how long they may take together; looked at after every step.
        too_long: code of what to say then; it is given the seconds.
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


class RunQueue:
    """A bounded line, first come, first served; threads may share it."""

    def __init__(self, most_waiting: int) -> None:
        """Start empty.

        Args:
            most_waiting: how many may wait behind the one that is served, 0 or more.
        """
        self._most = most_waiting + 1
        self._places: list[object] = []
        self._began = 0.0
        self._lengths: deque[float] = deque(maxlen=RUNS_REMEMBERED)
        self._moved = threading.Condition()

    def join(self) -> object:
        """Take the last place.

        Returns:
            A ticket, to be handed to `leave` in any case.
        Raises:
            IdiaError: the line is full.
        """
        with self._moved:
            self.check_room()
            ticket = object()
            self._places.append(ticket)
            if len(self._places) == 1:
                self._began = time.monotonic()
            return ticket

    def check_room(self) -> None:
        """Refuse who could not join now, before anything is prepared for them.

        Raises:
            IdiaError: the line is full.
        """
        if len(self._places) >= self._most:
            raise IdiaError("line-full")

    def ahead(self, ticket: object, patience: float = 0.0) -> int:
        """Count who comes before; 0 means that it is one's turn.

        Args:
            ticket: from `join`.
            patience: seconds to wait for the turn before counting.
        """
        with self._moved:
            self._moved.wait_for(lambda: self._places[0] is ticket, timeout=patience)
            return self._places.index(ticket)

    def leave(self, ticket: object) -> None:
        """Give the place up; the others move on at once."""
        with self._moved:
            if self._places[0] is ticket:
                now = time.monotonic()
                self._lengths.append(now - self._began)
                self._began = now
            self._places.remove(ticket)
            self._moved.notify_all()

    def usual_seconds(self) -> float | None:
        """Return how long one usually takes who is served, the median of the last few; None before the first."""
        with self._moved:
            return sorted(self._lengths)[len(self._lengths) // 2] if self._lengths else None

    def __len__(self) -> int:
        """Return how many stand in the line, the one that is served included."""
        return len(self._places)


class MemoryBudget:
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
                raise IdiaError("memory-full")
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
