"""A real photo for the tests, out of an installed package and never of this repository.

scikit-image's wheel ships `astronaut.png` (NASA, public domain) and `lfw_subset.npy` (100 small faces and 100
pictures without one). They are read where pip put them; pictures are composed in memory.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from idia_core.photos.photo import Photo, PixelArray

FACE = (178, 63, 268, 176)
"""Left, top, right, bottom of the face in the 512 x 512 portrait, as a person would draw it."""


def _shipped(name: str) -> Path | None:
    found = importlib.util.find_spec("skimage")
    path = Path(found.origin).parent / "data" / name if found and found.origin else None
    return path if path and path.is_file() else None


needed = pytest.mark.skipif(
    _shipped("astronaut.png") is None or _shipped("lfw_subset.npy") is None,
    reason="scikit-image with its pictures is not installed (tests/requirements.txt)",
)


@cache
def portrait() -> Image.Image:
    """One woman, upright, 512 x 512."""
    path = _shipped("astronaut.png")
    assert path is not None
    return Image.open(path).convert("RGB")


def small_faces() -> list[PixelArray]:
    """100 faces of 25 x 25 pixels, enlarged to 100, then 100 pictures without a face."""
    path = _shipped("lfw_subset.npy")
    assert path is not None
    grey = [Image.fromarray((one * 255).astype(np.uint8)) for one in np.load(path)]
    return [np.asarray(one.resize((100, 100), Image.Resampling.BICUBIC).convert("RGB")) for one in grey]


def photo(picture: Image.Image, label: str = "photo.jpg") -> Photo:
    pixels = np.ascontiguousarray(np.asarray(picture.convert("RGB")))
    return Photo(label, pixels, f"{hash(pixels.tobytes()) & (2**64 - 1):064x}")


def two() -> Image.Image:
    """The portrait beside its mirror image."""
    canvas = Image.new("RGB", (1024, 512))
    canvas.paste(portrait(), (0, 0))
    canvas.paste(portrait().transpose(Image.Transpose.FLIP_LEFT_RIGHT), (512, 0))
    return canvas


def on_canvas(size: tuple[int, int], edge: int, at: tuple[int, int]) -> Image.Image:
    """The portrait, reduced, on a plain canvas."""
    canvas = Image.new("RGB", size, (90, 120, 90))
    canvas.paste(portrait().resize((edge, edge)), at)
    return canvas
