"""The line before the one model: who comes first is served first, and everybody hears how many are ahead.

The framework's own queue cannot serve here: its Stop ends a visitor's runs by their kind, so that one which comes
late can end the next run too, which then never answers.

Does not: know a visitor, run anything, or wait by itself.
"""

from __future__ import annotations

import threading

from idia_core.errors import IdiaError
from idia_core.ui import wording


class Line:
    """A bounded line, first come, first served; threads may share it."""

    def __init__(self, most_waiting: int) -> None:
        """Start empty.

        Args:
            most_waiting: how many may wait behind the one that is served, 0 or more.
        """
        self._most = most_waiting + 1
        self._places: list[object] = []
        self._lock = threading.Lock()

    def join(self) -> object:
        """Take the last place.

        Returns:
            A ticket, to be handed to `leave` in any case.
        Raises:
            IdiaError: the line is full.
        """
        with self._lock:
            if len(self._places) >= self._most:
                raise IdiaError(*wording.LINE_FULL)
            ticket = object()
            self._places.append(ticket)
            return ticket

    def ahead(self, ticket: object) -> int:
        """Count who comes before; 0 means that it is one's turn."""
        with self._lock:
            return self._places.index(ticket)

    def leave(self, ticket: object) -> None:
        """Give the place up; the others move on at once."""
        with self._lock:
            self._places.remove(ticket)

    def __len__(self) -> int:
        """Return how many stand in the line, the one that is served included."""
        return len(self._places)
