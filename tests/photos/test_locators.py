"""A person's face is located where the detector saw it or, in drawn portraits, in the middle; frames stay inside."""

from __future__ import annotations

import numpy as np
import pytest

from idia_core.clip.registry import SANDBOX, parse_model
from idia_core.photos.faces import Box, Face, FaceCheck
from idia_core.photos.locators import (
    CENTRE_FRAME,
    CentreFaceLocator,
    DetectedFaceLocator,
    centre_area,
    face_area,
    face_frame,
)
from idia_core.photos.photo import Photo

PHOTOS = tuple(Photo(f"{at}.jpg", np.zeros((100, 120 + at, 3), np.uint8), "") for at in range(2))
FACE = Face(Box(10, 10, 40, 50), ((20, 20),) * 5, 0.9)
CHECKS = (FaceCheck((FACE,), 0, (), (0, 0)), FaceCheck((), 0, (), (0, 0)))


@pytest.mark.parametrize(
    "place", [(0, 0, 40, 50), (60, 30, 100, 80), (90, 50, 130, 110), (-20, -20, 150, 130)]
)
def test_a_frame_is_inside_the_photo_and_holds_what_the_photo_shows_of_the_face(
    place: tuple[int, int, int, int],
) -> None:
    photo = np.zeros((100, 120, 3), np.uint8)
    frame = face_frame(Box(*place), photo)
    assert 0 <= frame.left < frame.right <= 120
    assert 0 <= frame.top < frame.bottom <= 100
    assert frame.left <= max(0, place[0])
    assert frame.right >= min(120, place[2])
    assert frame.cut(photo).shape == (frame.height, frame.width, 3)


def test_a_frame_is_square_and_has_room_where_the_photo_has() -> None:
    frame = face_frame(Box(200, 200, 240, 250), np.zeros((600, 500, 3), np.uint8))
    assert frame.width == frame.height == 85
    assert abs((frame.left + frame.right) / 2 - 220) <= 1


def test_of_a_drawn_portrait_the_middle_counts_as_the_face() -> None:
    photo = np.zeros((100, 200, 3), np.uint8)
    place = centre_area(photo)
    edge = round(100 * CENTRE_FRAME)
    assert place.frame == Box(100 - edge // 2, 50 - edge // 2, 100 + edge // 2, 50 + edge // 2)
    assert len(place.covers) == 1


def test_in_photographs_the_face_is_where_the_detector_saw_it_and_else_unknown() -> None:
    locator = DetectedFaceLocator()
    assert locator.areas(PHOTOS, CHECKS) == (face_area(PHOTOS[0], CHECKS[0]), None)
    assert locator.areas(PHOTOS, ()) == (None, None)
    assert locator.relevant(CHECKS) == CHECKS
    assert locator.note is None
    with pytest.raises(ValueError):
        locator.areas(PHOTOS, CHECKS[:1])


def test_in_drawn_portraits_it_is_in_the_middle_whatever_the_detector_saw() -> None:
    locator = CentreFaceLocator()
    middles = tuple(centre_area(photo.pixels) for photo in PHOTOS)
    assert locator.areas(PHOTOS, CHECKS) == locator.areas(PHOTOS, ()) == middles
    assert locator.relevant(CHECKS) == ()
    assert locator.note is not None


def test_every_model_brings_the_locator_for_the_pictures_that_it_knows() -> None:
    assert isinstance(SANDBOX.face_locator, CentreFaceLocator)
    for key in ("laion400m-b32", "hf-hub:someone/something", "local-dir:elsewhere"):
        assert isinstance(parse_model(key).face_locator, DetectedFaceLocator)
