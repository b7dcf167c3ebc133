"""What a person should know about their photos before a model is asked: doubts that can be acted on.

A doubt never blocks: the photo takes part all the same, unless the run is to look at faces only and there is none.

Does not: find faces (`faces` does), drop a photo by itself, or tell whose face it is; whether a photo shows
somebody else than the rest is asked of the model that is audited (`views`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from PIL import Image

from idia_core.errors import IdiaError, Message
from idia_core.photos.faces import Area, Face, FaceFinder, area_around, sharpness
from idia_core.photos.photo import Finding, Photo, PixelArray, Refusal

Crop = Literal["whole", "face"]
"""What a model is shown: the whole photo, as in the paper, or the face with some room around it."""

SMALL_SHARE = 0.1
"""A face narrower than this part of the photo's shorter edge has about 22 columns of a CLIP's usual 224."""
SMALL_PIXELS = 24
"""A face narrower than this has too little detail however the photo is cut."""
BLURRED = 0.05
"""Least `faces.sharpness`. On scikit-image's `astronaut` it is 0.63, and 0.02 after a Gaussian blur whose radius
is a thirtieth of the face's width."""
ALIKE_SHARE = 0.35
"""A second face counts as another person in the picture if it is this wide, in parts of the widest."""
TOUCHING = 0.01
"""A face this near to the photo's edge, in parts of its own width, is taken to be cut off there."""
IN_SQUARE = 0.75
"""Least part of the face that must lie in the photo's middle square."""
DOUBLE_BITS = 8
"""Two photos whose hashes differ in no more than so many of 128 bits show the same picture."""
HASHED_EDGE = 256
"""A large photo is thinned out to about this before it is hashed: 64 fields need no more."""

NO_FACE = Finding("no-face")
SMALL = Finding("small-face")
FEW_PIXELS = Finding("few-face-pixels")
BLURRY = Finding("blurred-face")
CUT = Finding("cut-face")
ASIDE = Finding("off-centre")
LEFT_OUT = Message("photo-without-face")


@dataclass(frozen=True)
class FaceCheck:
    """What was seen in one photo."""

    faces: tuple[Face, ...]
    """Its faces, the largest first; may be empty."""
    chosen: int
    """Index of the one that is taken for the person's; 0 where there is none."""
    findings: tuple[Finding, ...]
    """Doubts about the photo and that face, the weightiest first."""
    hashes: tuple[int, int]
    """128 bits of the picture, and of its mirror image, for telling doubles."""

    @property
    def rivals(self) -> int:
        """Return how many faces could be the person's: the largest, and those about as large."""
        if not self.faces:
            return 0
        least = ALIKE_SHARE * self.faces[0].box.width
        return sum(face.box.width >= least for face in self.faces)


def check_photo(photo: Photo, finder: FaceFinder) -> FaceCheck:
    """Look at one photo; its largest face is taken for the person's.

    Args:
        photo: decoded.
        finder: of faces.
    Returns:
        What was seen.
    """
    found = finder.find(photo.pixels)
    step = max(1, min(photo.pixels.shape[:2]) // HASHED_EDGE)
    sample = photo.pixels[::step, ::step]
    face_check = FaceCheck(found, 0, (), (difference_hash(sample), difference_hash(sample[:, ::-1])))
    return replace(face_check, findings=_findings(photo.pixels, face_check))


def choose_face(photo: Photo, face_check: FaceCheck, face: int) -> FaceCheck:
    """Take another face for the person's.

    Args:
        photo: the photo.
        face_check: what was seen in it.
        face: index into its faces.
    Returns:
        The same with that face's doubts.
    Raises:
        IdiaError: there is no such face.
    """
    if not 0 <= face < len(face_check.faces):
        raise IdiaError("photo-no-such-face")
    chosen = replace(face_check, chosen=face)
    return replace(chosen, findings=_findings(photo.pixels, chosen))


def face_area(photo: Photo, face_check: FaceCheck) -> Area | None:
    """Say where the person's face is; None where none was found."""
    return area_around(face_check.faces, face_check.chosen, photo.pixels) if face_check.faces else None


def doubles(labels: Sequence[str], face_checks: Sequence[FaceCheck]) -> tuple[Finding | None, ...]:
    """Find photos that show the same picture as an earlier one: saved anew, resized, or mirrored.

    Args:
        labels: the photos' labels.
        face_checks: what was seen in each.
    Returns:
        A finding for each photo that is such a double, else None.
    """
    found: list[Finding | None] = []
    for at, face_check in enumerate(face_checks):
        twin = next(
            (label for label, one in zip(labels, face_checks[:at], strict=False) if _same(one, face_check)),
            None,
        )
        found.append(None if twin is None else _double(twin))
    return tuple(found)


def photo_findings(
    photos: Sequence[Photo], face_checks: Sequence[FaceCheck], drawn: bool = False
) -> list[list[Finding]]:
    """Gather all doubts about each photo: its file's, its face's, and whether it is a double.

    Args:
        photos: the photos of one person.
        face_checks: what was seen in each; none at all where nobody looked.
        drawn: whether the model knows drawn people only, for whose faces the detector was not made.
    Returns:
        A list for each photo.
    """
    if not face_checks:
        return [list(photo.findings) for photo in photos]
    twins = doubles([photo.label for photo in photos], face_checks)
    return [
        [*photo.findings, *(() if drawn else face_check.findings), *(() if twin is None else (twin,))]
        for photo, face_check, twin in zip(photos, face_checks, twins, strict=True)
    ]


def usable(
    photos: Sequence[Photo], face_checks: Sequence[FaceCheck], crop: Crop, drawn: bool = False
) -> tuple[tuple[Photo, ...], tuple[FaceCheck, ...], tuple[Refusal, ...]]:
    """Set those photos aside that cannot be asked about.

    Args:
        photos: the photos of one person.
        face_checks: what was seen in each.
        crop: what the model is to be shown.
        drawn: as in `findings`; the middle of a drawn portrait always counts as its face.
    Returns:
        The photos to ask about, what was seen in them, and the reasons for the rest.
    Raises:
        IdiaError: photos there are, but nothing is left.
    """
    if crop == "whole" or drawn:
        return tuple(photos), tuple(face_checks), ()
    pairs = [
        (photo, face_check) for photo, face_check in zip(photos, face_checks, strict=True) if face_check.faces
    ]
    if photos and not pairs:
        raise IdiaError("photos-without-face")
    kept = {photo.digest for photo, _ in pairs}
    refused = tuple(Refusal(photo.label, LEFT_OUT) for photo in photos if photo.digest not in kept)
    return tuple(photo for photo, _ in pairs), tuple(face_check for _, face_check in pairs), refused


def difference_hash(pixels: PixelArray) -> int:
    """Sum a picture up in 128 bits that stay the same when it is saved anew, resized or made a little lighter.

    Args:
        pixels: (height, width, 3).
    Returns:
        Whether each of 8 x 8 fields is lighter than its right, and than its lower neighbour.
    Source: dHash, Neal Krawetz, "Kind of Like That", 2013.
    """
    grey = Image.fromarray(pixels).convert("L")
    across = np.asarray(grey.resize((9, 8), Image.Resampling.BOX), np.int16)
    down = np.asarray(grey.resize((8, 9), Image.Resampling.BOX), np.int16)
    bits = np.concatenate([(across[:, :-1] > across[:, 1:]).ravel(), (down[:-1] > down[1:]).ravel()])
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def _same(one: FaceCheck, other: FaceCheck) -> bool:
    """Compare the picture, and its mirror image."""
    return any((one.hashes[0] ^ bits).bit_count() <= DOUBLE_BITS for bits in other.hashes)


def _double(twin: str) -> Finding:
    return Finding("near-double", {"label": twin})


def _findings(pixels: PixelArray, face_check: FaceCheck) -> tuple[Finding, ...]:
    """List the doubts about the chosen face."""
    if not face_check.faces:
        return (NO_FACE,)
    face = face_check.faces[face_check.chosen]
    doubts = [
        (_several(face_check.rivals), face_check.rivals > 1),
        (FEW_PIXELS, face.box.width < SMALL_PIXELS),
        (SMALL, SMALL_PIXELS <= face.box.width < SMALL_SHARE * min(pixels.shape[:2])),
        (CUT, _cut_off(face, pixels)),
        (ASIDE, _in_square(face, pixels) < IN_SQUARE),
        (BLURRY, sharpness(pixels, face.box) < BLURRED),
    ]
    return tuple(finding for finding, holds in doubts if holds)


def _several(count: int) -> Finding:
    return Finding("several-faces", {"count": count})


def _cut_off(face: Face, pixels: PixelArray) -> bool:
    height, width = pixels.shape[:2]
    box, slack = face.box, TOUCHING * face.box.width
    near = box.left <= slack or box.top <= slack or box.right >= width - slack or box.bottom >= height - slack
    return near or any(not (0 <= x < width and 0 <= y < height) for x, y in face.marks)


def _in_square(face: Face, pixels: PixelArray) -> float:
    """Return which part of the face, as far as the photo shows it, lies in the photo's middle square."""
    shape = pixels.shape[:2]
    edge = min(shape)
    share = 1.0
    for start, end, length in (
        (face.box.top, face.box.bottom, shape[0]),
        (face.box.left, face.box.right, shape[1]),
    ):
        start, end = max(0, start), min(length, end)
        first = (length - edge) / 2
        share *= max(0.0, min(end, first + edge) - max(start, first)) / max(1, end - start)
    return share
