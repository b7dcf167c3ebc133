"""The line before the one model: who comes first is served first, and everybody hears how many are ahead.

The framework's own queue cannot serve here: its Stop ends a visitor's runs by their kind, so that one which comes
late can end the next run too, which then never answers.

Does not: know a visitor, or run anything.
"""

from __future__ import annotations

import threading
import time
from collections import deque

from idia_core.errors import IdiaError
from idia_core.ui import wording

RUNS_REMEMBERED = 20


class Line:
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
            raise IdiaError(*wording.LINE_FULL)

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
