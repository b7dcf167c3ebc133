"""What the page remembers of a visitor, in memory, for as long as the page is open and not a quarter hour longer.

Does not: write to disk, outlive the process, or hold anything of a visitor whose page has closed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from idia_core.errors import IdiaError
from idia_core.ui.state import Visit

Clock = Callable[[], float]

MOST_INBOXES = 200
"""Batches of files that may be on their way at once, of all visitors together."""
MOST_VISITS = 1000
"""Open pages of which something is remembered at once."""
INBOX_SECONDS = 300.0
"""A batch of files that nobody collects is dropped after this."""


class Sessions:
    """Visits by the page's own session key; threads may share it."""

    def __init__(self, seconds: float, now: Clock) -> None:
        """Start empty.

        Args:
            seconds: how long an unused visit is kept.
            now: a clock that never goes back.
        """
        self._seconds = seconds
        self._now = now
        self._visits: dict[str, tuple[float, Visit]] = {}
        self._lock = threading.Lock()

    def open(self, key: str) -> Visit:
        """Return a visit, a new one if there is none: the visitor is there and just did something.

        Raises:
            IdiaError: more pages are open than are remembered.
        """
        with self._lock:
            if key not in self._visits and len(self._visits) >= MOST_VISITS:
                raise IdiaError("visitors-too-many")
            _, visit = self._visits.get(key, (0.0, Visit()))
            self._visits[key] = (self._now() + self._seconds, visit)
            return visit

    def change(self, key: str, how: Callable[[Visit], Visit]) -> Visit:
        """Replace a visit; one whose page has closed meanwhile stays gone.

        Args:
            key: the session.
            how: the old visit -> the new one; must not take long.
        Returns:
            The new visit, kept or not.
        """
        with self._lock:
            known = key in self._visits
            _, visit = self._visits.get(key, (0.0, Visit()))
            changed = how(visit)
            changed.drop_hidden_thumbnails()
            if known:
                self._visits[key] = (self._now() + self._seconds, changed)
            return changed

    def left(self, key: str) -> float:
        """Return the seconds until a visit is forgotten; 0 where nothing is held, for what is due goes now."""
        with self._lock:
            expiry, visit = self._visits.get(key, (0.0, Visit()))
            left = expiry - self._now()
            if left <= 0:
                self._drop(key)
            return 0.0 if visit.empty else max(left, 0.0)

    def forget(self, key: str) -> None:
        """Drop all that is held of a visitor."""
        with self._lock:
            self._drop(key)

    def thumbnail(self, token: str) -> bytes | None:
        """Return a small picture of any visit that is remembered, as JPEG; None where nobody has that one.

        Args:
            token: the last part of its address. Who knows it may see the picture, so it is never listed anywhere.
        """
        with self._lock:
            now = self._now()
            for expiry, visit in self._visits.values():
                if expiry > now and (jpeg := visit.thumbnails.get(token)) is not None:
                    return jpeg
        return None

    def sweep(self) -> int:
        """Drop visits that nobody used for too long; return how many."""
        with self._lock:
            now = self._now()
            due = [key for key, (expiry, _) in self._visits.items() if expiry <= now]
            for key in due:
                self._drop(key)
            return len(due)

    def __contains__(self, key: str) -> bool:
        """Tell whether anything is held of a visitor."""
        return key in self._visits

    def __len__(self) -> int:
        """Return how many visits are held."""
        return len(self._visits)

    def _drop(self, key: str) -> None:
        _, visit = self._visits.pop(key, (0.0, None))
        if visit is not None:
            visit.thumbnails.clear()


class Inbox:
    """Files on their way from a browser, by a ticket that the browser makes up; threads may share it."""

    def __init__(self, most_files: int, most_bytes: int, now: Clock, most_of_all: int | None = None) -> None:
        """Start empty.

        Args:
            most_files: files of one batch.
            most_bytes: bytes of one batch.
            now: a clock that never goes back.
            most_of_all: bytes of all batches together; None is no bound.
        """
        self._most_files = most_files
        self._most_bytes = most_bytes
        self._most_of_all = most_of_all
        self._now = now
        self._files: dict[str, tuple[float, list[tuple[str, bytes]]]] = {}
        self._lock = threading.Lock()

    def put(self, ticket: str, label: str, data: bytes) -> None:
        """Take one file in.

        Args:
            ticket: at least 16 characters that nobody can guess.
            label: the file's name.
            data: its bytes.
        Raises:
            IdiaError: too many files are on their way, in this batch or altogether.
        """
        with self._lock:
            self._sweep()
            _, files = self._files.get(ticket, (0.0, []))
            total = sum(len(held) for _, held in files) + len(data)
            if len(files) >= self._most_files or total > self._most_bytes:
                raise IdiaError("upload-too-large")
            crowded = ticket not in self._files and len(self._files) >= MOST_INBOXES
            if crowded or (self._most_of_all is not None and self._held() + len(data) > self._most_of_all):
                raise IdiaError("uploads-too-many")
            self._files[ticket] = (self._now() + INBOX_SECONDS, [*files, (label, data)])

    def take(self, ticket: str) -> list[tuple[str, bytes]]:
        """Hand out the files of a ticket and forget them here."""
        with self._lock:
            return self._files.pop(ticket, (0.0, []))[1]

    def sweep(self) -> None:
        """Drop files that nobody asked for."""
        with self._lock:
            self._sweep()

    def _held(self) -> int:
        return sum(len(data) for _, files in self._files.values() for _, data in files)

    def _sweep(self) -> None:
        now = self._now()
        for ticket in [ticket for ticket, (expiry, _) in self._files.items() if expiry <= now]:
            del self._files[ticket]
