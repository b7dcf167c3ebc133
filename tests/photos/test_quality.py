"""Doubts that a person can act on: each is raised by the photo it is about, and by none that is fine."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from idia_core.photos.decoding import Finding
from idia_core.photos.faces import Box, Face, FaceCheck, FaceFinder
from idia_core.photos.locators import CentreFaceLocator, DetectedFaceLocator, face_area
from idia_core.photos.photo import PixelArray
from idia_core.photos.quality import (
    WITHOUT_FACE,
    check_photo,
    choose_face,
    difference_hash,
    near_doubles,
    photo_findings,
    sharpness,
    usable,
)
from idia_core.text import advise, tell
from tests import portrait
from tests.conftest import jpeg, refused
from tests.portrait import photo

FINDER = FaceFinder()
DETECTED, CENTRE = DetectedFaceLocator(), CentreFaceLocator()


def pixels(picture: Image.Image) -> PixelArray:
    return np.ascontiguousarray(np.asarray(picture.convert("RGB")))


def codes(picture: Image.Image) -> list[str]:
    return [finding.code for finding in check_photo(photo(picture), FINDER).findings]


def doubtful() -> dict[str, tuple[Image.Image, list[str]]]:
    whole, (left, top, right, bottom) = portrait.portrait(), portrait.FACE
    wide = (right - left) // 2
    return {
        "as it is": (whole, []),
        "twice as large": (whole.resize((1024, 1024)), []),
        "dark": (ImageEnhance.Brightness(whole).enhance(0.3), []),
        "a little blurred": (whole.filter(ImageFilter.GaussianBlur(1)), []),
        "a lawn": (Image.new("RGB", (300, 300), (90, 60, 30)), ["no-face"]),
        "two people": (portrait.two(), ["several-faces", "off-centre"]),
        "few pixels": (whole.resize((100, 100)), ["few-face-pixels"]),
        "far away": (portrait.on_canvas((1000, 1000), 300, (350, 350)), ["small-face"]),
        "at the side": (portrait.on_canvas((1600, 512), 512, (0, 0)), ["off-centre"]),
        "blurred": (whole.filter(ImageFilter.GaussianBlur(4)), ["blurred-face"]),
        "cut by the left edge": (whole.crop((left + wide, 0, left + wide + 350, 350)), ["cut-face"]),
        "cut by the lower edge": (whole.crop((100, 0, 350, bottom - 30)), ["cut-face"]),
        "cut by the upper edge": (whole.crop((100, top + 30, 400, 300)), ["cut-face"]),
    }


@portrait.needed
def test_every_doubt_is_raised_by_its_photo_and_by_no_other() -> None:
    found = {name: codes(picture) for name, (picture, _) in doubtful().items()}
    assert {name: set(wanted) - set(found[name]) for name, (_, wanted) in doubtful().items() if wanted} == {
        name: set() for name, (_, wanted) in doubtful().items() if wanted
    }
    assert [name for name, (_, wanted) in doubtful().items() if not wanted and found[name]] == []
    assert all(len(set(some)) == len(some) for some in found.values())


@portrait.needed
def test_every_doubt_says_what_to_do() -> None:
    for picture, wanted in doubtful().values():
        for finding in check_photo(photo(picture), FINDER).findings:
            assert tell(finding).endswith(".")
            assert advise(finding).endswith(".")
        assert wanted is not None


@portrait.needed
def test_another_face_can_be_chosen_and_its_doubts_are_its_own() -> None:
    picture = portrait.on_canvas((1600, 512), 512, (544, 0))
    picture.paste(portrait.portrait().resize((200, 200)), (20, 100))
    shown = photo(picture)
    face_check = check_photo(shown, FINDER)
    assert face_check.chosen == 0
    assert face_check.rivals == 2
    assert [finding.code for finding in face_check.findings] == ["several-faces"]
    other = choose_face(shown, face_check, 1)
    assert other.chosen == 1
    assert [finding.code for finding in other.findings] == ["several-faces", "small-face", "off-centre"]
    before, after = face_area(shown, face_check), face_area(shown, other)
    assert before is not None
    assert after is not None
    assert after.frame.right < before.frame.left
    assert after.covers == before.covers, "covering hides both, whoever was chosen"
    for wrong in (2, -1):
        with refused("no such face"):
            choose_face(shown, face_check, wrong)


def test_people_far_behind_are_no_rivals() -> None:
    def face(width: int) -> Face:
        return Face(Box(0, 0, width, width), ((0, 0),) * 5, 0.9)

    assert FaceCheck((face(100), face(40), face(30)), 0, (), (0, 0)).rivals == 2
    assert FaceCheck((), 0, (), (0, 0)).rivals == 0


@portrait.needed
def test_sharpness_falls_with_blur_and_not_with_light_or_size() -> None:
    whole, box = portrait.portrait(), Box(*portrait.FACE)
    sharp = sharpness(pixels(whole), box)
    values = [sharpness(pixels(whole.filter(ImageFilter.GaussianBlur(r))), box) for r in (1, 2, 4)]
    assert sharp > values[0] > values[1] > values[2]
    assert sharpness(pixels(ImageEnhance.Brightness(whole).enhance(0.4)), box) == pytest.approx(
        sharp, rel=0.2
    )
    twice = Box(*(2 * side for side in portrait.FACE))
    assert sharpness(pixels(whole.resize((1024, 1024))), twice) == pytest.approx(sharp, rel=0.35)
    assert sharpness(np.full((50, 50, 3), 7, np.uint8), Box(0, 0, 50, 50)) == 0


# Doubles


def saved(picture: Image.Image, quality: int) -> Image.Image:
    stream = BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return Image.open(stream).convert("RGB")


def seen(*pictures: Image.Image) -> list[FaceCheck]:
    """Hash pictures without looking for faces."""

    class Nobody(FaceFinder):
        def find(self, pixels: object) -> tuple[Face, ...]:
            return ()

    return [check_photo(photo(picture), Nobody()) for picture in pictures]


@portrait.needed
def test_the_same_picture_saved_anew_is_a_double_and_says_of_which() -> None:
    whole = portrait.portrait()
    again = (
        saved(whole, 20),
        whole.resize((150, 150)),
        whole.convert("L"),
        ImageEnhance.Brightness(whole).enhance(1.2),
        whole.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    )
    other = whole.crop((100, 30, 400, 330))
    found = near_doubles(["first", *"abcde", "other"], seen(whole, *again, other))
    assert found[0] is None
    assert found[-1] is None
    for finding in found[1:-1]:
        assert finding is not None
        assert finding.code == "near-double"
        assert "first" in tell(finding)


def test_different_drawings_of_one_invented_person_are_no_doubles() -> None:
    from idia_core.settings import ASSETS

    folders = [path for path in (ASSETS / "examples").iterdir() if path.is_dir()]
    assert len(folders) == 8
    for folder in folders:
        pictures = [Image.open(path).convert("RGB") for path in sorted(folder.glob("*.jpg"))]
        assert near_doubles([str(at) for at in range(len(pictures))], seen(*pictures)) == (None,) * len(
            pictures
        )


def test_a_hash_has_128_bits_and_tells_drawings_apart() -> None:
    hashes = [
        difference_hash(np.asarray(Image.open(BytesIO(jpeg(seed))).convert("RGB"))) for seed in range(20)
    ]
    assert max(hashes).bit_length() <= 128
    assert len(set(hashes)) == 20


# What is asked about


@portrait.needed
def test_photos_without_a_face_are_set_aside_only_where_the_face_is_asked_about() -> None:
    given = (
        photo(portrait.portrait(), "me.jpg"),
        photo(Image.new("RGB", (300, 300), (9, 99, 9)), "lawn.jpg"),
    )
    face_checks = tuple(check_photo(one, FINDER) for one in given)
    assert usable(given, face_checks, "whole", DETECTED) == (given, face_checks, ())
    assert usable(given, face_checks, "face", CENTRE) == (given, face_checks, ())
    kept, seen_in, aside = usable(given, face_checks, "face", DETECTED)
    assert [one.label for one in kept] == ["me.jpg"]
    assert seen_in == face_checks[:1]
    assert [(one.label, one.reason) for one in aside] == [("lawn.jpg", WITHOUT_FACE)]
    with refused("No face was found"):
        usable(given[1:], face_checks[1:], "face", DETECTED)
    assert usable((), (), "face", DETECTED) == ((), (), ())


@portrait.needed
def test_all_doubts_come_together_and_a_drawn_persons_face_is_not_doubted() -> None:
    moving = Finding("first-frame")
    given = [
        replace(photo(portrait.portrait(), "a.jpg"), findings=(moving,)),
        photo(saved(portrait.portrait(), 50), "b.jpg"),
        photo(Image.new("RGB", (300, 300), (9, 99, 9)), "c.jpg"),
    ]
    face_checks = [check_photo(one, FINDER) for one in given]
    assert [[one.code for one in some] for some in photo_findings(given, face_checks, DETECTED)] == [
        ["first-frame"],
        ["near-double"],
        ["no-face"],
    ]
    drawn = photo_findings(given, face_checks, CENTRE)
    assert [[one.code for one in some] for some in drawn] == [["first-frame"], ["near-double"], []]
    assert photo_findings(given, [], DETECTED) == [[moving], [], []]
