"""A visitor's photos, from the browser into memory: received, opened, added, removed. Never written to a disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import replace

from idia_core.errors import IdiaError, Message
from idia_core.photos.decoding import Decoded
from idia_core.photos.photo import Decode, Limits, PhotoSet, Refusal, read_photos
from idia_core.settings import Settings
from idia_core.text import say, tell_whole
from idia_core.ui.service.limits import MemoryBudget
from idia_core.ui.service.sessions import Inbox, Sessions
from idia_core.ui.service.visit import NO_PHOTOS, VisitPhotos

OPENING_SECONDS = 120.0
"""Longest time for opening one batch of photos; what is left then is set aside."""


class Uploads:
    """The photos of all visitors, from the browser's files to opened photos in memory."""

    def __init__(self, settings: Settings, sessions: Sessions, decode: Decode) -> None:
        """Start empty.

        Args:
            settings: of the host.
            sessions: where photos are kept.
            decode: who opens a visitor's files.
        """
        self.limits = Limits(
            photos=settings.max_photos, file_bytes=settings.max_file_mb * 1_000_000, heic=settings.heic
        )
        uploads = settings.uploads_mb * 1_000_000
        self.inbox = Inbox(settings.max_photos + 1, self.limits.total_bytes, time.monotonic, uploads)
        self.budget = MemoryBudget(settings.photos_mb * 1_000_000)
        self._sessions = sessions
        self._decode = decode
        # One batch after the other, so that what is opened and not reserved yet stays small.
        self._opening = threading.Lock()

    def receive(self, ticket: str, label: str, data: bytes) -> str:
        """Take one file from the browser, in memory.

        Args:
            ticket: of the batch, 16 to 64 characters that the browser made up.
            label: the file's name.
            data: the whole file.
        Returns:
            Empty, or the reason why it was not taken.
        """
        if not 16 <= len(ticket) <= 64:
            return say("no-upload")
        try:
            self.inbox.put(ticket, label[:1000], data)
        except IdiaError as error:
            return tell_whole(error.message)
        return ""

    def collect(self, visitor: str, ticket: str, left_out: tuple[Refusal, ...] = ()) -> VisitPhotos:
        """Open the files of a ticket and add them to the visitor's own photos.

        Args:
            visitor: the session.
            ticket: as in `receive`.
            left_out: files that the browser did not send, with reasons.
        Returns:
            The visit's photos so far.
        """
        return self.add(visitor, self.inbox.take(ticket), left_out)

    def add(
        self, visitor: str, files: Iterable[tuple[str, bytes]], left_out: tuple[Refusal, ...] = ()
    ) -> VisitPhotos:
        """Open files and add them to the visitor's own photos.

        Args:
            visitor: the session.
            files: names and contents.
            left_out: as in `collect`.
        Returns:
            The visit's photos so far.
        """
        arrived = self._arrived(visitor, files)
        return self._sessions.change_photos(
            visitor, lambda old: replace(old, own=self._merged(old.own, arrived, left_out), example="")
        )

    def opened(self, files: Iterable[tuple[str, bytes]], decode: Decode) -> PhotoSet:
        """Open files, as long as there is memory for their pixels, and count it for as long as they are kept.

        Args:
            files: names and contents.
            decode: who opens them.
        Returns:
            The photos, and what was set aside.
        """
        counted: list[int] = []
        until = time.monotonic() + OPENING_SECONDS

        def counting(data: bytes, limits: Limits) -> Decoded:
            if time.monotonic() > until:
                raise IdiaError("opening-too-long")
            decoded = decode(data, limits)
            self.budget.reserve(len(decoded.rgb))
            counted.append(len(decoded.rgb))
            return decoded

        arrived = NO_PHOTOS
        try:
            arrived = read_photos(files, self.limits, counting)
        finally:
            kept = [(photo, photo.pixels.nbytes) for photo in arrived.photos]
            for photo, size in kept:
                self.budget.release_when_freed(photo, size)
            self.budget.release(sum(counted) - sum(size for _, size in kept))
        return arrived

    def remove(self, visitor: str, photo: int) -> VisitPhotos:
        """Remove one of the visitor's photos."""
        self._sessions.open(visitor)
        return self._sessions.change_photos(visitor, lambda old: replace(old, own=_without(old.own, photo)))

    def clear(self, visitor: str) -> VisitPhotos:
        """Remove an example's photos, or else all of the visitor's own."""

        def emptied(old: VisitPhotos) -> VisitPhotos:
            if old.example:
                return replace(old, example="", example_photos=NO_PHOTOS)
            return replace(old, own=NO_PHOTOS)

        self._sessions.open(visitor)
        return self._sessions.change_photos(visitor, emptied)

    # -- photos of other people ----------------------------------------------------------------------------

    def collect_others(self, visitor: str, ticket: str, left_out: tuple[Refusal, ...] = ()) -> VisitPhotos:
        """Do as `collect`, for photos of other people; a photo of the person in question is set aside."""
        arrived = self._arrived(visitor, self.inbox.take(ticket))

        def joined(old: VisitPhotos) -> VisitPhotos:
            own = {photo.digest for photo in old.own.photos}
            mixed_up = tuple(
                Refusal(photo.label, Message("photo-own")) for photo in arrived.photos if photo.digest in own
            )
            fresh = tuple(photo for photo in arrived.photos if photo.digest not in own)
            fit = PhotoSet(fresh, (*arrived.refused, *mixed_up))
            return replace(old, others=self._merged(old.others, fit, left_out))

        return self._sessions.change_photos(visitor, joined)

    def remove_other(self, visitor: str, photo: int) -> VisitPhotos:
        """Remove one photo of other people."""
        self._sessions.open(visitor)
        return self._sessions.change_photos(
            visitor, lambda old: replace(old, others=_without(old.others, photo))
        )

    def clear_others(self, visitor: str) -> VisitPhotos:
        """Remove all photos of other people."""
        self._sessions.open(visitor)
        return self._sessions.change_photos(visitor, lambda old: replace(old, others=NO_PHOTOS))

    # -- inside ------------------------------------------------------------------------------------------

    def _arrived(self, visitor: str, files: Iterable[tuple[str, bytes]]) -> PhotoSet:
        """Open a visitor's files when it is their turn."""
        self._sessions.open(visitor)
        with self._opening:
            return self.opened(files, self._decode)

    def _merged(self, own: PhotoSet, arrived: PhotoSet, left_out: tuple[Refusal, ...]) -> PhotoSet:
        """Add new photos to those that are there; what is there already, or is too many, is set aside."""
        kept, refused = list(own.photos), [*arrived.refused, *left_out]
        known = {photo.digest: photo.label for photo in kept}
        for photo in arrived.photos:
            if photo.digest in known:
                twin = Message("photo-twin", {"label": known[photo.digest]})
                refused.append(Refusal(photo.label, twin))
            elif len(kept) >= self.limits.photos:
                most = Message("photo-too-many", {"most": self.limits.photos})
                refused.append(Refusal(photo.label, most))
            else:
                known[photo.digest] = photo.label
                kept.append(photo)
        return PhotoSet(tuple(kept), tuple(refused))


def _without(shown: PhotoSet, photo: int) -> PhotoSet:
    """Remove one photo; what was set aside stays listed."""
    return PhotoSet(tuple(one for at, one in enumerate(shown.photos) if at != photo), shown.refused)
