"""Where a person's face is in photos: as the detector saw it or, in drawn portraits, in the middle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from idia_core.errors import Message
from idia_core.photos.faces import Box, FaceCheck
from idia_core.photos.photo import Photo, PixelArray

FRAME_MARGIN = 0.35
"""Added to a face on every side, as a share of its longer edge, where a photo is cut to it: hair and chin."""
COVER_MARGIN = 0.45
"""The same where the face is covered: hair and ears identify a person too, so more of them is hidden."""
CENTRE_FRAME, CENTRE_COVER = 0.8, 0.7
"""Shares of a drawn portrait's shorter edge to which it is cut, and which is covered. Measured by
`pytest -s -m slow tests/audit/test_views.py`."""


@dataclass(frozen=True)
class Area:
    """Where a person's face is, for the two things that are done with it."""

    frame: Box
    """What is left of the photo when it is cut to the face."""
    covers: tuple[Box, ...]
    """What is hidden when faces are covered: all of them, so that only the surroundings count."""


class FaceLocator(Protocol):
    """Tells where faces are in the kind of pictures that a model knows; the model's spec brings it."""

    @property
    def note(self) -> Message | None:
        """What a person should know about how faces are located, where that is not obvious."""

    def areas(self, photos: Sequence[Photo], face_checks: Sequence[FaceCheck]) -> tuple[Area | None, ...]:
        """Locate the person's face in every photo.

        Args:
            photos: of one person.
            face_checks: what was found in each; empty where nobody looked.
        Returns:
            An area for each photo; None where the face is not known.
        Raises:
            ValueError: some photos were checked and some not.
        """

    def relevant(self, face_checks: Sequence[FaceCheck]) -> tuple[FaceCheck, ...]:
        """Return the checks whose faces and doubts count for such pictures: all of them, or none."""


class DetectedFaceLocator:
    """For photographs: the face is where the detector saw it."""

    note: Message | None = None

    def areas(self, photos: Sequence[Photo], face_checks: Sequence[FaceCheck]) -> tuple[Area | None, ...]:
        """Locate faces as `FaceLocator` says; unknown where nobody looked."""
        if not face_checks:
            return (None,) * len(photos)
        return tuple(face_area(photo, check) for photo, check in zip(photos, face_checks, strict=True))

    def relevant(self, face_checks: Sequence[FaceCheck]) -> tuple[FaceCheck, ...]:
        """Return all checks."""
        return tuple(face_checks)


class CentreFaceLocator:
    """For drawn portraits: the face is in the middle, where the detector, made for photographs, often misses it."""

    note: Message | None = Message("views-drawn")

    def areas(self, photos: Sequence[Photo], face_checks: Sequence[FaceCheck]) -> tuple[Area | None, ...]:  # noqa: ARG002
        """Locate faces as `FaceLocator` says; the checks are ignored."""
        return tuple(centre_area(photo.pixels) for photo in photos)

    def relevant(self, face_checks: Sequence[FaceCheck]) -> tuple[FaceCheck, ...]:  # noqa: ARG002
        """Return none: the detector's view of a drawing is no reason for a doubt."""
        return ()


def face_area(photo: Photo, face_check: FaceCheck) -> Area | None:
    """Return the area of the chosen face, as the detector saw it; None where it saw none."""
    if not face_check.faces:
        return None
    covers = tuple(_enlarged(face.box, COVER_MARGIN) for face in face_check.faces)
    return Area(face_frame(face_check.faces[face_check.chosen].box, photo.pixels), covers)


def face_frame(box: Box, pixels: PixelArray) -> Box:
    """Put a frame around a face: a square with some room, moved or shrunk to lie inside the photo.

    Args:
        box: of a face in the photo.
        pixels: (height, width, 3), the photo.
    Returns:
        The frame.
    """
    height, width = pixels.shape[:2]
    edge = round(max(box.width, box.height) * (1 + 2 * FRAME_MARGIN))
    left, right = _inside((box.left + box.right - edge) // 2, min(edge, width), width)
    top, bottom = _inside((box.top + box.bottom - edge) // 2, min(edge, height), height)
    return Box(left, top, right, bottom)


def centre_area(pixels: PixelArray) -> Area:
    """Return the middle of a picture as the area of its face."""
    return Area(_centre_box(pixels, CENTRE_FRAME), (_centre_box(pixels, CENTRE_COVER),))


def _enlarged(box: Box, margin: float) -> Box:
    more = round(max(box.width, box.height) * margin)
    return Box(box.left - more, box.top - more, box.right + more, box.bottom + more)


def _centre_box(pixels: PixelArray, share: float) -> Box:
    height, width = pixels.shape[:2]
    edge = max(1, round(min(height, width) * share))
    left, top = (width - edge) // 2, (height - edge) // 2
    return Box(left, top, left + edge, top + edge)


def _inside(start: int, length: int, limit: int) -> tuple[int, int]:
    """Shift a stretch, no longer than `limit`, into [0, limit]."""
    start = min(max(0, start), limit - length)
    return start, start + length
