"""Where visits are kept, in memory only, and where files on their way from a browser are.

A visit goes when its page closes, or when it has not been used for the host's `session_minutes`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from idia_core.errors import IdiaError
from idia_core.ui.service.visit import Visit, VisitPhotos

Clock = Callable[[], float]

MAX_BATCHES = 200
"""Batches of files that may be on their way at once, of all visitors together."""
MAX_VISITS = 1000
"""Visits that are kept at once."""
BATCH_SECONDS = 300.0
"""A batch of files that nobody collects is dropped after this."""


class Sessions:
    """Visits by the web framework's session key; safe to share among threads."""

    def __init__(self, seconds: float, now: Clock) -> None:
        """Start empty.

        Args:
            seconds: how long an unused visit is kept.
            now: a monotonic clock, in seconds.
        """
        self._seconds = seconds
        self._now = now
        self._visits: dict[str, tuple[float, Visit]] = {}
        self._lock = threading.Lock()

    def open(self, key: str) -> Visit:
        """Return a visit, a new one if there is none: for what a visitor does, as opposed to `change`.

        Raises:
            IdiaError: as many visits are kept as may be.
        """
        with self._lock:
            if key not in self._visits and len(self._visits) >= MAX_VISITS:
                raise IdiaError("visitors-too-many")
            _, visit = self._visits.get(key, (0.0, Visit()))
            self._visits[key] = (self._now() + self._seconds, visit)
            return visit

    def change(self, key: str, how: Callable[[Visit], Visit]) -> Visit:
        """Replace a visit; one that was forgotten meanwhile stays gone.

        Args:
            key: the session.
            how: the old visit -> the new one; called under the lock, so it must not take long.
        Returns:
            The new visit, whether it is kept or not.
        """
        with self._lock:
            known = key in self._visits
            _, visit = self._visits.get(key, (0.0, Visit()))
            changed = how(visit)
            changed.drop_hidden_thumbnails()
            if known:
                self._visits[key] = (self._now() + self._seconds, changed)
            return changed

    def change_photos(self, key: str, how: Callable[[VisitPhotos], VisitPhotos]) -> VisitPhotos:
        """Replace a visit's photos; otherwise as `change`."""
        return self.change(key, lambda old: old.with_photos(how(old.photos))).photos

    def touch(self, key: str) -> Visit:
        """Return a visit, an empty one if there is none, and keep it for another while."""
        return self.change(key, lambda old: old)

    def left(self, key: str) -> float:
        """Return the seconds until a visit is forgotten, 0 where it is empty; one that is due is forgotten now."""
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
        """Forget visits that were not used for too long; return how many."""
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
    """Batches of files on their way, by a ticket that the browser makes up; safe to share among threads."""

    def __init__(self, max_files: int, max_bytes: int, now: Clock, max_total: int | None = None) -> None:
        """Start empty.

        Args:
            max_files: files of one batch.
            max_bytes: bytes of one batch.
            now: a monotonic clock, in seconds.
            max_total: bytes of all batches together; None is no bound.
        """
        self._max_files = max_files
        self._max_bytes = max_bytes
        self._max_total = max_total
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
            if len(files) >= self._max_files or total > self._max_bytes:
                raise IdiaError("upload-too-large")
            crowded = ticket not in self._files and len(self._files) >= MAX_BATCHES
            if crowded or (self._max_total is not None and self._held() + len(data) > self._max_total):
                raise IdiaError("uploads-too-many")
            self._files[ticket] = (self._now() + BATCH_SECONDS, [*files, (label, data)])

    def take(self, ticket: str) -> list[tuple[str, bytes]]:
        """Hand out the files of a ticket and forget them here."""
        with self._lock:
            return self._files.pop(ticket, (0.0, []))[1]

    def sweep(self) -> None:
        """Drop batches that nobody collected."""
        with self._lock:
            self._sweep()

    def _held(self) -> int:
        return sum(len(data) for _, files in self._files.values() for _, data in files)

    def _sweep(self) -> None:
        now = self._now()
        for ticket in [ticket for ticket, (expiry, _) in self._files.items() if expiry <= now]:
            del self._files[ticket]
