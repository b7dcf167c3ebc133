"""Where the faces are in a photo, and the same photo cut to one of them or with all of them covered.

The detector is YuNet (`assets/faces`), run by OpenCV on a small copy of pixels that are decoded already.

Does not: tell whose face it is, read a file of a visitor's, or choose what to say about a photo (`gate` does).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from idia_core.photos.photo import PixelArray
from idia_core.settings import ASSETS

MODEL = ASSETS / "faces" / "face_detection_yunet_2023mar.onnx"
EDGES = (512, 224)
"""Longer edge of the copies looked at, in pixels; the second only where the first shows no face. YuNet was
trained on faces of about 10 to 300 pixels: a portrait that fills the picture may need the smaller copy."""
LEAST_COPY = 96
"""A copy with fewer rows or columns is filled up with black: on narrow strips (20 x 400) OpenCV 4.14 invents
faces of infinite size, whatever is in the picture."""
LEAST_SCORE = 0.7
"""Below this a find is no face. On 100 small faces and 100 pictures without one (scikit-image's `lfw_subset`):
99 found, none invented; at 0.5 there was one invented, at 0.9 only 78 found."""
OVERLAP = 0.3
"""Two finds that share more of their area than this are one face. Source: OpenCV's own default."""
MOST_FACES = 20
"""Faces kept of one photo, largest first."""
FRAME_MARGIN = 0.35
"""Added around a face on every side, in parts of its longer edge, where a photo is cut to it: hair and chin."""
COVER_MARGIN = 0.45
"""The same where the face is covered: hair and ears tell a person too, so more of it goes."""
DRAWN_FRAME, DRAWN_COVER = 0.8, 0.7
"""The sandbox's portraits are drawn, and no detector for photographs finds them reliably; but they stand in
the middle of the picture. Its edge is cut to this share, or covered by this share. Measured by
`pytest -s -m slow tests/test_views.py`."""


@dataclass(frozen=True)
class Box:
    """A part of a photo, in pixels; it may stick out of the photo."""

    left: int
    """First column."""
    top: int
    """First row."""
    right: int
    """The column after the last one."""
    bottom: int
    """The row after the last one."""

    @property
    def width(self) -> int:
        """Return its columns."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Return its rows."""
        return self.bottom - self.top


@dataclass(frozen=True)
class Face:
    """One face that was found."""

    box: Box
    """Forehead to chin, cheek to cheek; it sticks out of the photo where the face does."""
    marks: tuple[tuple[int, int], ...]
    """(column, row) of the right eye, the left eye, the nose, and the right and left corners of the mouth."""
    score: float
    """How sure the detector is, in [`LEAST_SCORE`, 1]."""


@dataclass(frozen=True)
class Area:
    """Where a person's face is, for the two things that are done with it."""

    frame: Box
    """What is left of the photo when it is cut to the face."""
    covers: tuple[Box, ...]
    """What is hidden when the faces are covered: all of them, so that only the surroundings can speak."""


class FaceFinder:
    """Finds faces. Threads may share one; they enter one at a time."""

    def __init__(self, model: Path = MODEL) -> None:
        """Load nothing yet.

        Args:
            model: YuNet as ONNX.
        """
        self._model = model
        self._detector: Any = None
        self._lock = threading.Lock()

    def find(self, pixels: PixelArray) -> tuple[Face, ...]:
        """Find the faces of one photo.

        Args:
            pixels: (height, width, 3) uint8 sRGB, upright.
        Returns:
            The faces, the largest first, `MOST_FACES` at most; none where there are none.
        """
        with self._lock:
            for edge in EDGES:
                found = self._look(pixels, edge)
                if found:
                    break
        return tuple(sorted(found, key=lambda face: -face.box.width * face.box.height)[:MOST_FACES])

    def _look(self, pixels: PixelArray, edge: int) -> list[Face]:
        """Look at a copy whose longer edge has at most so many pixels."""
        import cv2  # a tenth of a second, and only those who look for faces need it

        if self._detector is None:
            weights = np.frombuffer(self._model.read_bytes(), np.uint8)
            none = np.zeros(0, np.uint8)
            self._detector = cv2.FaceDetectorYN.create(
                "onnx", weights, none, (edge, edge), LEAST_SCORE, OVERLAP
            )
        height, width = pixels.shape[:2]
        scale = min(1.0, edge / max(height, width))
        small = (max(1, round(width * scale)), max(1, round(height * scale)))
        canvas = np.zeros((max(LEAST_COPY, small[1]), max(LEAST_COPY, small[0]), 3), np.uint8)
        reduced = cv2.resize(pixels, small, interpolation=cv2.INTER_AREA)
        canvas[: small[1], : small[0]] = reduced[:, :, ::-1]  # OpenCV's order: blue first
        self._detector.setInputSize((canvas.shape[1], canvas.shape[0]))
        _, rows = self._detector.detect(canvas)
        sound = [] if rows is None else [row for row in rows if _is_sound(row, small)]
        return [_face(row, width / small[0], height / small[1]) for row in sound]


def framed(face: Face, pixels: PixelArray) -> Box:
    """Put a frame around a face: a square with some room, moved or shrunk to lie inside the photo.

    Args:
        face: one of the photo's.
        pixels: the photo.
    Returns:
        The frame.
    """
    height, width = pixels.shape[:2]
    box = face.box
    edge = round(max(box.width, box.height) * (1 + 2 * FRAME_MARGIN))
    columns = _inside((box.left + box.right - edge) // 2, min(edge, width), width)
    rows = _inside((box.top + box.bottom - edge) // 2, min(edge, height), height)
    return Box(columns[0], rows[0], columns[1], rows[1])


def area_around(faces: Sequence[Face], chosen: int, pixels: PixelArray) -> Area:
    """Say what to cut to and what to cover.

    Args:
        faces: all of the photo's, at least one.
        chosen: index of the person's own.
        pixels: the photo.
    """
    covers = tuple(_grown(face.box, COVER_MARGIN) for face in faces)
    return Area(framed(faces[chosen], pixels), covers)


def middle(pixels: PixelArray) -> Area:
    """Say the same of a drawn portrait: its face is in the middle."""
    return Area(_centred(pixels, DRAWN_FRAME), (_centred(pixels, DRAWN_COVER),))


def cut(pixels: PixelArray, box: Box) -> PixelArray:
    """Cut a photo to a box.

    Args:
        pixels: (height, width, 3).
        box: at least partly inside.
    Returns:
        (rows, columns, 3), at least one pixel, contiguous.
    Raises:
        ValueError: the box lies outside of the photo.
    """
    part = pixels[max(0, box.top) : max(0, box.bottom), max(0, box.left) : max(0, box.right)]
    if part.size == 0:
        raise ValueError(f"{box} lies outside of a photo of {pixels.shape[1]} x {pixels.shape[0]}")
    whole: PixelArray = np.ascontiguousarray(part)
    return whole


def covered(pixels: PixelArray, boxes: Sequence[Box]) -> PixelArray:
    """Hide parts of a photo under the mean colour of the rest.

    Args:
        pixels: (height, width, 3).
        boxes: what to hide; they may stick out.
    Returns:
        A copy; the rest of it is as it was.
    """
    hidden = np.zeros(pixels.shape[:2], np.bool_)
    for box in boxes:
        hidden[max(0, box.top) : max(0, box.bottom), max(0, box.left) : max(0, box.right)] = True
    rest = pixels if hidden.all() else pixels[~hidden]
    copy: PixelArray = pixels.copy()
    copy[hidden] = rest.reshape(-1, 3).mean(axis=0).round().astype(np.uint8)
    return copy


def sharpness(pixels: PixelArray, box: Box, edge: int = 48) -> float:
    """Measure the fine detail of a part of a photo, whatever its size and light.

    Args:
        pixels: (height, width, 3).
        box: the part.
        edge: it is reduced to this width first, for finer detail no model's input can show; never enlarged.
    Returns:
        Variance of the Laplacian over the variance of the grey levels; 0 for a part of one colour.
    Source: Pertuz, Puig, Garcia, Pattern Recognition 46, 2013 (variance of the Laplacian, "LAPV").
    """
    part = Image.fromarray(cut(pixels, box)).convert("L")
    if part.width > edge:
        part = part.resize((edge, max(3, round(part.height * edge / part.width))), Image.Resampling.BOX)
    grey = np.asarray(part, np.float64)
    if min(grey.shape) < 3 or grey.var() == 0:
        return 0.0
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return float((around - 4 * grey[1:-1, 1:-1]).var() / grey.var())


def _is_sound(row: Any, small: tuple[int, int]) -> bool:
    """Tell whether a find is a box that meets the copy, and not larger than a face that fills it."""
    if not np.isfinite(row).all():
        return False
    left, top, width, height = (float(value) for value in row[:4])
    meets = left < small[0] and top < small[1] and left + width > 0 and top + height > 0
    return meets and 1 <= width <= 2 * small[0] and 1 <= height <= 2 * small[1]


def _face(row: Any, across: float, down: float) -> Face:
    """Read one row of the detector: left, top, width, height, five marks, score."""
    left, top, width, height = (float(value) for value in row[:4])
    box = Box(
        round(left * across), round(top * down), round((left + width) * across), round((top + height) * down)
    )
    marks = tuple(
        (round(float(row[at]) * across), round(float(row[at + 1]) * down)) for at in range(4, 14, 2)
    )
    return Face(box, marks, min(1.0, float(row[14])))


def _grown(box: Box, margin: float) -> Box:
    more = round(max(box.width, box.height) * margin)
    return Box(box.left - more, box.top - more, box.right + more, box.bottom + more)


def _centred(pixels: PixelArray, share: float) -> Box:
    height, width = pixels.shape[:2]
    edge = max(1, round(min(height, width) * share))
    left, top = (width - edge) // 2, (height - edge) // 2
    return Box(left, top, left + edge, top + edge)


def _inside(start: int, length: int, most: int) -> tuple[int, int]:
    """Move a stretch into 0..most; it fits."""
    start = min(max(0, start), most - length)
    return start, start + length
