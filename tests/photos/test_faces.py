"""Faces are found where they are, on a real photo and on what becomes of it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from idia_core.photos import faces
from idia_core.photos.faces import Box, FaceFinder
from tests import portrait

FINDER = FaceFinder()
SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
FLIP, TURN = Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_90


def pixels(picture: Image.Image) -> faces.PixelArray:
    return np.ascontiguousarray(np.asarray(picture.convert("RGB")))


def overlap(one: Box, other: tuple[float, float, float, float]) -> float:
    """Intersection over union."""
    left, top, right, bottom = other
    wide = max(0, min(one.right, right) - max(one.left, left))
    high = max(0, min(one.bottom, bottom) - max(one.top, top))
    both = wide * high
    return both / (one.width * one.height + (right - left) * (bottom - top) - both)


def test_the_detector_is_the_one_that_its_licence_is_for() -> None:
    assert hashlib.sha256(faces.MODEL.read_bytes()).hexdigest() == SHA256
    assert "MIT License" in (faces.MODEL.parent / "LICENSE").read_text(encoding="utf-8")
    assert SHA256 in (faces.MODEL.parent / "README.md").read_text(encoding="utf-8")


def test_nothing_heavy_happens_before_somebody_looks() -> None:
    code = "import sys, idia_core.photos.faces as f; f.FaceFinder(); print('cv2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@portrait.needed
def test_the_face_is_found_where_it_is_with_its_marks() -> None:
    (face,) = FINDER.find(pixels(portrait.portrait()))
    assert overlap(face.box, portrait.FACE) > 0.8
    assert 0.7 <= face.score <= 1
    right_eye, left_eye, nose, *mouth = face.marks
    assert right_eye[0] < nose[0] < left_eye[0]
    assert max(right_eye[1], left_eye[1]) < nose[1] < min(corner[1] for corner in mouth)


def changed() -> dict[str, tuple[Image.Image, tuple[float, float, float, float]]]:
    """The portrait changed in many ways, and where the face then is."""
    whole, (left, top, right, bottom) = portrait.portrait(), portrait.FACE
    mid = ((left + right) / 2, (top + bottom) / 2)
    room = whole.crop((left - 30, top - 40, right + 30, bottom + 30))

    def scaled(factor: float) -> tuple[float, float, float, float]:
        return left * factor, top * factor, right * factor, bottom * factor

    return {
        "mirrored": (whole.transpose(FLIP), (512 - right, top, 512 - left, bottom)),
        "lying": (whole.transpose(TURN), (top, 512 - right, bottom, 512 - left)),
        "tilted": (whole.rotate(20, center=mid), portrait.FACE),
        "grey": (whole.convert("L"), portrait.FACE),
        "dark": (ImageEnhance.Brightness(whole).enhance(0.2), portrait.FACE),
        "bright": (ImageEnhance.Brightness(whole).enhance(1.6), portrait.FACE),
        "blurred": (whole.filter(ImageFilter.GaussianBlur(4)), portrait.FACE),
        "large": (whole.resize((3000, 3000)), scaled(3000 / 512)),
        "tiny": (whole.resize((64, 64)), scaled(1 / 8)),
        "small in a large one": (
            portrait.on_canvas((1600, 1200), 256, (700, 500)),
            (700 + left / 2, 500 + top / 2, 700 + right / 2, 500 + bottom / 2),
        ),
        "filling the picture": (room.resize((1500, 1830)), (300, 400, 1200, 1530)),
        "half cut off": (
            whole.crop(((left + right) // 2, 0, 512, 512)),
            (0, top, (right - left) / 2, bottom),
        ),
        "chin cut off": (whole.crop((0, 0, 512, bottom - 30)), (left, top, right, bottom - 30)),
    }


@portrait.needed
def test_it_is_found_however_the_photo_was_taken() -> None:
    missed = []
    for way, (picture, place) in changed().items():
        found = FINDER.find(pixels(picture))
        if len(found) != 1 or overlap(found[0].box, place) < 0.5:
            missed.append((way, found))
    print(f"{len(changed()) - len(missed)} of {len(changed())} found")
    assert missed == []


@portrait.needed
def test_two_faces_are_two_and_the_larger_one_comes_first() -> None:
    assert len(FINDER.find(pixels(portrait.two()))) == 2
    picture = portrait.on_canvas((900, 512), 512, (388, 0))
    picture.paste(portrait.portrait().resize((300, 300)), (20, 100))
    first, second = FINDER.find(pixels(picture))
    assert first.box.left > 388 > second.box.right


@portrait.needed
def test_small_faces_are_found_and_none_are_invented() -> None:
    pictures = portrait.small_faces()
    found = [bool(FINDER.find(one)) for one in pictures]
    print(f"found {sum(found[:100])} of 100, invented {sum(found[100:])} of 100")
    assert sum(found[:100]) >= 98
    assert sum(found[100:]) <= 1


@pytest.mark.parametrize("width", [1, 16, 20, 50, 320, 400, 1000])
@pytest.mark.parametrize("height", [1, 16, 20, 64, 300])
def test_pictures_of_any_shape_without_a_face_have_none(width: int, height: int) -> None:
    rng = np.random.default_rng(0)
    for picture in (
        np.zeros((height, width, 3), np.uint8),
        rng.integers(0, 256, (height, width, 3), dtype=np.uint8),
    ):
        assert FINDER.find(picture) == ()


@portrait.needed
def test_threads_may_share_a_finder() -> None:
    finder, one, none = (
        FaceFinder(),
        pixels(portrait.portrait()),
        pixels(Image.new("RGB", (300, 200), (9, 99, 9))),
    )
    both = pixels(portrait.two())
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda picture: len(finder.find(picture)), [one, both, none] * 8))
    assert counts == [1, 2, 0] * 8


@portrait.needed
def test_looking_takes_bounded_time_however_large_the_photo() -> None:
    small, large = pixels(portrait.portrait()), pixels(portrait.portrait().resize((2688, 2688)))
    FINDER.find(small)
    times = {name: [] for name in ("small", "large")}
    for _ in range(5):
        for name, picture in (("small", small), ("large", large)):
            start = time.process_time()
            FINDER.find(picture)
            times[name].append(time.process_time() - start)
    assert min(times["large"]) < 3 * min(times["small"])


def test_a_box_outside_of_the_photo_is_a_bug() -> None:
    with pytest.raises(ValueError, match="outside"):
        Box(20, 20, 30, 30).cut(np.zeros((10, 10, 3), np.uint8))
