"""What the page remembers of a visitor, in memory, for as long as the page is open and not a quarter hour longer.

Does not: write to disk, outlive the process, or hold anything of a visitor whose page has closed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from idia_core.audit import Encoded
from idia_core.errors import IdiaError
from idia_core.gate import Crop, Sight
from idia_core.photos import PhotoSet, Refusal

Clock = Callable[[], float]

MOST_INBOXES = 200
"""Hands full of files that may be on their way at once, of all visitors together."""
MOST_VISITS = 1000
"""Open pages of which something is remembered at once."""
INBOX_SECONDS = 300.0
"""A hand full of files that never arrived whole is dropped after this."""
NO_PHOTOS = PhotoSet((), ())


@dataclass(frozen=True)
class Form:
    """A question, as the left side of the page puts it."""

    name: str = field(repr=False)
    """As typed."""
    model: str
    """A key of the picker."""
    seed: float | None
    """Decides the other names; empty is 0."""
    templates: str = field(repr=False)
    """As typed; empty is the paper's set."""
    example: str = ""
    """The example that was clicked; its name, photos and model count instead of the visitor's."""
    agreed: bool = False
    """Whether the visitor ticked that the photos may be used; an example needs no tick."""
    crop: Crop = "whole"
    """What the model is to be shown."""


@dataclass(frozen=True)
class Visit:
    """One open page."""

    own: PhotoSet = field(default=NO_PHOTOS, repr=False)
    """The visitor's photos, and the files that were set aside."""
    sights: Mapping[str, Sight] = field(default_factory=dict, repr=False)
    """What was seen in each of the visitor's photos, by digest."""
    model: str = ""
    """Key of the model in the picker; empty is the host's default."""
    example: str = ""
    """The example whose photos are shown instead of the visitor's own; empty where there is none."""
    example_photos: PhotoSet = field(default=NO_PHOTOS, repr=False)
    """Its photos."""
    others: PhotoSet = field(default=NO_PHOTOS, repr=False)
    """The visitor's photos of somebody else, on which the name ought to lose, and what was set aside of them."""
    others_note: str = ""
    """Whose photos that run's name was tried on besides, a sentence; empty where there were none."""
    encoded: Encoded | None = field(default=None, repr=False)
    """What the last run computed, complete or not; no pixels."""
    thumbnails: tuple[str, ...] = field(default=(), repr=False)
    """Small pictures of that run's photos, as data: addresses, in its order."""
    samples: Mapping[str, str] = field(default_factory=dict, repr=False)
    """One of them in every way in which the model was shown it: kind -> data: address."""
    refused: int = 0
    """Files of that run that were set aside."""
    left_out: tuple[Refusal, ...] = field(default=(), repr=False)
    """Photos of that run that show no face where a face was asked about."""
    asked_photos: int = 0
    """Photos that run was asked about; more than were encoded if it was stopped."""
    truth: str = ""
    """What is known about that run's person, a sentence; only for examples."""
    asked: Form | None = field(default=None, repr=False)
    """What was asked and is not answered yet."""
    answering: Form | None = field(default=None, repr=False)
    """What the last run was begun for; None where there was nothing to answer."""
    run: object = None
    """The run that may go on: any other ends at its next step. None lets none go on."""
    alive: int = 0
    """Runs that have begun and not ended yet."""
    out: frozenset[int] = frozenset()
    """Photos of that run which are switched off."""
    tau: int = 1
    """Prompts to win, as last chosen."""
    size: int = 1000
    """Names to compare, as last chosen."""

    @property
    def active(self) -> PhotoSet:
        """Return the photos a run would use."""
        return self.example_photos if self.example else self.own

    @property
    def empty(self) -> bool:
        """Tell whether nothing of the visitor is in it."""
        own = self.own.photos or self.own.refused or self.others.photos or self.others.refused
        return not (own or self.thumbnails or self.asked or self.answering or self.encoded)


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
                raise IdiaError("Too many people have this page open.", "Try again in a few minutes.")
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
            if known:
                self._visits[key] = (self._now() + self._seconds, changed)
            return changed

    def left(self, key: str) -> float:
        """Return the seconds until a visit is forgotten; 0 where nothing is held, for what is due goes now."""
        with self._lock:
            expiry, visit = self._visits.get(key, (0.0, Visit()))
            left = expiry - self._now()
            if left <= 0:
                self._visits.pop(key, None)
            return 0.0 if visit.empty else max(left, 0.0)

    def forget(self, key: str) -> None:
        """Drop all that is held of a visitor."""
        with self._lock:
            self._visits.pop(key, None)

    def sweep(self) -> int:
        """Drop visits that nobody used for too long; return how many."""
        with self._lock:
            now = self._now()
            due = [key for key, (expiry, _) in self._visits.items() if expiry <= now]
            for key in due:
                del self._visits[key]
            return len(due)

    def __contains__(self, key: str) -> bool:
        """Tell whether anything is held of a visitor."""
        return key in self._visits

    def __len__(self) -> int:
        """Return how many visits are held."""
        return len(self._visits)


class Inbox:
    """Files on their way from a browser, by a ticket that the browser makes up; threads may share it."""

    def __init__(self, most_files: int, most_bytes: int, now: Clock, most_of_all: int | None = None) -> None:
        """Start empty.

        Args:
            most_files: files of one hand full.
            most_bytes: bytes of one hand full.
            now: a clock that never goes back.
            most_of_all: bytes of all hands full together; None is no bound.
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
            IdiaError: too many files are on their way, in this hand or altogether.
        """
        with self._lock:
            self._sweep()
            _, files = self._files.get(ticket, (0.0, []))
            total = sum(len(held) for _, held in files) + len(data)
            if len(files) >= self._most_files or total > self._most_bytes:
                raise IdiaError("That is more than this page takes at once.", "Add fewer photos.")
            crowded = ticket not in self._files and len(self._files) >= MOST_INBOXES
            if crowded or (self._most_of_all is not None and self._held() + len(data) > self._most_of_all):
                raise IdiaError("Too many people are adding photos right now.", "Try again in a minute.")
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
