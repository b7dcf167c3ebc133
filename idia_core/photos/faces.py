"""Find the faces in a photo, with the detector YuNet (`assets/faces`), which OpenCV runs on decoded pixels."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from idia_core.photos.photo import Finding, PixelArray
from idia_core.settings import ASSETS

MODEL = ASSETS / "faces" / "face_detection_yunet_2023mar.onnx"
EDGES = (512, 224)
"""Longer edge of the copies that are searched, in pixels; the second only where the first shows no face. YuNet was
trained on faces of about 10 to 300 pixels: a portrait that fills the picture may need the smaller copy."""
MIN_COPY_EDGE = 96
"""A copy with fewer rows or columns is padded with black: on narrow strips (20 x 400) OpenCV 4.14 reports faces of
infinite size, whatever is in the picture."""
MIN_SCORE = 0.7
"""A detection below this is no face. On 100 small faces and 100 pictures without one (scikit-image's `lfw_subset`):
99 found, no false detection; at 0.5 there was one false detection, at 0.9 only 78 were found."""
MAX_OVERLAP = 0.3
"""Two detections that share more of their area than this are one face. Source: OpenCV's own default."""
MAX_FACES = 20
"""Faces kept of one photo, largest first."""
RIVAL_WIDTH_SHARE = 0.35
"""Another face may be the person's if it is this wide, as a share of the widest."""


@dataclass(frozen=True)
class Box:
    """A rectangle in a photo, in pixels; it may extend beyond the photo."""

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
        """Return the number of columns."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Return the number of rows."""
        return self.bottom - self.top

    def cut(self, pixels: PixelArray) -> PixelArray:
        """Cut a photo to this box.

        Args:
            pixels: (height, width, 3), the photo.
        Returns:
            (rows, columns, 3), what lies inside the photo; at least one pixel, contiguous.
        Raises:
            ValueError: the box lies outside the photo.
        """
        part = pixels[max(0, self.top) : max(0, self.bottom), max(0, self.left) : max(0, self.right)]
        if part.size == 0:
            raise ValueError(f"{self} lies outside a photo of {pixels.shape[1]} x {pixels.shape[0]}")
        contiguous: PixelArray = np.ascontiguousarray(part)
        return contiguous


@dataclass(frozen=True)
class Face:
    """One detected face."""

    box: Box
    """Forehead to chin, cheek to cheek; it extends beyond the photo where the face does."""
    marks: tuple[tuple[int, int], ...]
    """(column, row) of the right eye, the left eye, the nose, and the right and left corners of the mouth."""
    score: float
    """Confidence of the detector, in [`MIN_SCORE`, 1]."""


@dataclass(frozen=True)
class FaceCheck:
    """What was found in one photo."""

    faces: tuple[Face, ...]
    """Its faces, the largest first; may be empty."""
    chosen: int
    """Index of the face that is taken for the person's; 0 where there is none."""
    findings: tuple[Finding, ...]
    """Doubts about the photo and that face, the most important first."""
    hashes: tuple[int, int]
    """128-bit hashes of the picture and of its mirror image (`quality.difference_hash`)."""

    @property
    def rivals(self) -> int:
        """Return how many faces could be the person's: the largest, and those about as large."""
        if not self.faces:
            return 0
        min_width = RIVAL_WIDTH_SHARE * self.faces[0].box.width
        return sum(face.box.width >= min_width for face in self.faces)


class FaceFinder:
    """Detects faces. Threads may share one; they enter one at a time."""

    def __init__(self, model: Path = MODEL) -> None:
        """Set up; the model is loaded when first needed.

        Args:
            model: YuNet as ONNX.
        """
        self._model = model
        self._detector: Any = None
        self._lock = threading.Lock()

    def find(self, pixels: PixelArray) -> tuple[Face, ...]:
        """Find the faces in one photo.

        Args:
            pixels: (height, width, 3) uint8 sRGB, upright.
        Returns:
            The faces, the largest first, at most `MAX_FACES`; may be empty.
        """
        with self._lock:
            found: list[Face] = []
            for edge in EDGES:
                found = found or self._detect(pixels, edge)
        return tuple(sorted(found, key=lambda face: -face.box.width * face.box.height)[:MAX_FACES])

    def _detect(self, pixels: PixelArray, edge: int) -> list[Face]:
        """Search a copy whose longer edge has at most `edge` pixels."""
        import cv2  # takes a tenth of a second to import, and only a search for faces needs it

        if self._detector is None:
            weights = np.frombuffer(self._model.read_bytes(), np.uint8)
            no_config = np.zeros(0, np.uint8)
            self._detector = cv2.FaceDetectorYN.create(
                "onnx", weights, no_config, (edge, edge), MIN_SCORE, MAX_OVERLAP
            )
        height, width = pixels.shape[:2]
        scale = min(1.0, edge / max(height, width))
        copy_size = (max(1, round(width * scale)), max(1, round(height * scale)))
        canvas = np.zeros((max(MIN_COPY_EDGE, copy_size[1]), max(MIN_COPY_EDGE, copy_size[0]), 3), np.uint8)
        reduced = cv2.resize(pixels, copy_size, interpolation=cv2.INTER_AREA)
        canvas[: copy_size[1], : copy_size[0]] = reduced[:, :, ::-1]  # OpenCV's order: blue first
        self._detector.setInputSize((canvas.shape[1], canvas.shape[0]))
        _, rows = self._detector.detect(canvas)
        plausible = [] if rows is None else [row for row in rows if _is_plausible(row, copy_size)]
        return [_face(row, width / copy_size[0], height / copy_size[1]) for row in plausible]


def _is_plausible(row: Any, copy_size: tuple[int, int]) -> bool:
    """Tell whether a detection is a box that meets the copy, and at most twice as large as the copy."""
    if not np.isfinite(row).all():
        return False
    left, top, width, height = (float(value) for value in row[:4])
    meets = left < copy_size[0] and top < copy_size[1] and left + width > 0 and top + height > 0
    return meets and 1 <= width <= 2 * copy_size[0] and 1 <= height <= 2 * copy_size[1]


def _face(row: Any, x_scale: float, y_scale: float) -> Face:
    """Convert one row of the detector: left, top, width, height, five marks, score."""
    left, top, width, height = (float(value) for value in row[:4])
    box = Box(
        round(left * x_scale),
        round(top * y_scale),
        round((left + width) * x_scale),
        round((top + height) * y_scale),
    )
    marks = tuple(
        (round(float(row[at]) * x_scale), round(float(row[at + 1]) * y_scale)) for at in range(4, 14, 2)
    )
    return Face(box, marks, min(1.0, float(row[14])))
