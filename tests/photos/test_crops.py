"""Covering hides every face and nothing else; views are made of the photos whose face is known."""

from __future__ import annotations

import numpy as np

from idia_core.photos.crops import VIEW_KINDS, apply_crop, cover, crop_like, render_view, view_batches
from idia_core.photos.faces import MIN_SCORE, Box, Face, FaceCheck, FaceFinder
from idia_core.photos.locators import Area, CentreFaceLocator, DetectedFaceLocator, centre_area, face_area
from idia_core.photos.photo import Photo, PixelArray
from tests import portrait
from tests.conftest import refused

FINDER = FaceFinder()
PHOTOS = tuple(Photo(f"{at}.jpg", np.full((40, 50, 3), at, np.uint8), "") for at in range(3))
MIDDLE = centre_area(PHOTOS[0].pixels)


def face(left: int, top: int, right: int, bottom: int) -> Face:
    return Face(Box(left, top, right, bottom), ((left, top),) * 5, 0.9)


def area(found: tuple[Face, ...], pixels: PixelArray) -> Area:
    place = face_area(Photo("", pixels, ""), FaceCheck(found, 0, (), (0, 0)))
    assert place is not None
    return place


def test_covering_hides_every_face_and_nothing_else() -> None:
    rng = np.random.default_rng(1)
    photo = rng.integers(0, 256, (200, 300, 3), dtype=np.uint8)
    found = (face(100, 80, 140, 130), face(280, 10, 310, 40))
    hidden = cover(photo, area(found, photo).covers)
    same = (hidden == photo).all(axis=2)
    for one in found:
        inside = hidden[max(0, one.box.top) : one.box.bottom, one.box.left : min(300, one.box.right)]
        assert len(np.unique(inside.reshape(-1, 3), axis=0)) == 1
    assert same[:50, :50].all()
    assert same[180:, :200].all()
    untouched = photo[same]
    assert np.abs(hidden[100, 120].astype(int) - untouched.mean(axis=0)).max() <= 1


def test_a_face_that_fills_the_photo_leaves_one_colour() -> None:
    photo = np.random.default_rng(1).integers(0, 256, (50, 50, 3), dtype=np.uint8)
    hidden = cover(photo, area((face(0, 0, 50, 50),), photo).covers)
    assert len(np.unique(hidden.reshape(-1, 3), axis=0)) == 1


@portrait.needed
def test_no_face_is_left_where_it_was_covered() -> None:
    for picture in (portrait.portrait(), portrait.two()):
        shown = np.ascontiguousarray(np.asarray(picture.convert("RGB")))
        found = FINDER.find(shown)
        assert FINDER.find(cover(shown, area(found, shown).covers)) == ()
        (alone,) = FINDER.find(area(found, shown).frame.cut(shown))
        assert alone.score >= MIN_SCORE


def test_a_view_shows_the_photos_whose_face_is_known() -> None:
    areas = (MIDDLE, None, MIDDLE)
    assert list(render_view(PHOTOS, areas, "whole").values()) == list(PHOTOS)
    for kind, shape in (("face", (32, 32, 3)), ("covered", (40, 50, 3))):
        shown = render_view(PHOTOS, areas, kind)  # type: ignore[arg-type]
        assert list(shown) == [0, 2]
        assert {photo.pixels.shape for photo in shown.values()} == {shape}
    with refused("no face that could be cut out"):
        apply_crop(PHOTOS, areas, "face")
    assert apply_crop(PHOTOS, areas, "whole") == PHOTOS


def test_what_is_left_to_encode_comes_in_batches_of_one_kind() -> None:
    areas = (MIDDLE, None, MIDDLE)
    batches = view_batches(PHOTOS, areas, "whole", 1)
    assert [(kind, at) for kind, at, _ in batches] == [
        ("face", (0,)), ("face", (2,)), ("covered", (0,)), ("covered", (2,)),
    ]  # fmt: skip
    assert [(kind, at) for kind, at, _ in view_batches(PHOTOS, areas, "face", 8)] == [
        ("whole", (0, 1, 2)), ("covered", (0, 2)),
    ]  # fmt: skip
    for done in VIEW_KINDS:
        assert view_batches(PHOTOS, (None,) * 3, done, 8) == []


def test_other_people_are_cut_only_where_it_is_known_where_their_faces_are() -> None:
    assert crop_like(PHOTOS, "face", DetectedFaceLocator()) == PHOTOS
    assert crop_like(PHOTOS, "whole", CentreFaceLocator()) == PHOTOS
    cut = crop_like(PHOTOS, "face", CentreFaceLocator())
    assert [photo.pixels.shape for photo in cut] == [(32, 32, 3)] * 3
    assert crop_like((), "face", CentreFaceLocator()) == ()
