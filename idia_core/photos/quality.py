"""Doubts about photos that a person can act on before a model is asked.

A doubt never blocks: the photo takes part all the same, unless only faces are to be shown and it has none. Whether
a photo shows somebody else than the rest is asked of the audited model itself (`audit.views`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from PIL import Image

from idia_core.errors import IdiaError, Message
from idia_core.photos.faces import Box, Face, FaceCheck, FaceFinder
from idia_core.photos.locators import FaceLocator
from idia_core.photos.photo import Finding, Photo, PixelArray, Refusal

Crop = Literal["whole", "face"]
"""What a model is shown: the whole photo, as in the paper, or the face with some room around it."""

MIN_FACE_SHARE = 0.1
"""A face narrower than this share of the photo's shorter edge has about 22 columns of a CLIP's usual 224."""
MIN_FACE_PIXELS = 24
"""A face narrower than this has too little detail however the photo is cut."""
MIN_SHARPNESS = 0.05
"""A face below this is blurred. On scikit-image's `astronaut` `sharpness` is 0.63, and 0.02 after a Gaussian blur
whose radius is a thirtieth of the face's width."""
EDGE_SLACK = 0.01
"""A face this near to the photo's edge, as a share of its own width, is taken to be cut off there."""
MIN_SHARE_IN_SQUARE = 0.75
"""Least share of the face that must lie in the photo's middle square."""
MAX_DOUBLE_BITS = 8
"""Two photos whose 128-bit hashes differ in at most this many bits show the same picture."""
HASHED_EDGE = 256
"""A large photo is sampled at about this many pixels on the shorter edge before it is hashed."""

NO_FACE = Finding("no-face")
SMALL_FACE = Finding("small-face")
FEW_PIXELS = Finding("few-face-pixels")
BLURRED = Finding("blurred-face")
CUT_OFF = Finding("cut-face")
OFF_CENTRE = Finding("off-centre")
WITHOUT_FACE = Message("photo-without-face")


def check_photo(photo: Photo, finder: FaceFinder) -> FaceCheck:
    """Look for faces in one photo; the largest is taken for the person's.

    Args:
        photo: decoded.
        finder: of faces.
    Returns:
        What was found.
    """
    faces = finder.find(photo.pixels)
    step = max(1, min(photo.pixels.shape[:2]) // HASHED_EDGE)
    sample = photo.pixels[::step, ::step]
    check = FaceCheck(faces, 0, (), (difference_hash(sample), difference_hash(sample[:, ::-1])))
    return replace(check, findings=_face_findings(photo.pixels, check))


def choose_face(photo: Photo, face_check: FaceCheck, face: int) -> FaceCheck:
    """Take another face for the person's.

    Args:
        photo: the photo.
        face_check: what was found in it.
        face: index into its faces.
    Returns:
        The same, with the doubts about that face.
    Raises:
        IdiaError: there is no such face.
    """
    if not 0 <= face < len(face_check.faces):
        raise IdiaError("photo-no-such-face")
    chosen = replace(face_check, chosen=face)
    return replace(chosen, findings=_face_findings(photo.pixels, chosen))


def near_doubles(labels: Sequence[str], face_checks: Sequence[FaceCheck]) -> tuple[Finding | None, ...]:
    """Find photos that show the same picture as an earlier one: saved anew, resized, or mirrored.

    Args:
        labels: of the photos.
        face_checks: what was found in each.
    Returns:
        A finding for each photo that is such a double, else None.
    """
    findings: list[Finding | None] = []
    for at, check in enumerate(face_checks):
        earlier = zip(labels, face_checks[:at], strict=False)
        double_of = next((label for label, other in earlier if _same_picture(other, check)), None)
        findings.append(None if double_of is None else Finding("near-double", {"label": double_of}))
    return tuple(findings)


def photo_findings(
    photos: Sequence[Photo], face_checks: Sequence[FaceCheck], locator: FaceLocator
) -> list[list[Finding]]:
    """Gather all doubts about each photo: about its file and its face, and whether it is a double.

    Args:
        photos: of one person.
        face_checks: what was found in each; empty where nobody looked.
        locator: of the faces that the model knows.
    Returns:
        A list for each photo.
    """
    found = [list(photo.findings) for photo in photos]
    if not face_checks:
        return found
    doubles = near_doubles([photo.label for photo in photos], face_checks)
    for findings, check in zip(found, locator.relevant(face_checks), strict=False):
        findings += check.findings
    for findings, double in zip(found, doubles, strict=True):
        findings += [] if double is None else [double]
    return found


def usable(
    photos: Sequence[Photo], face_checks: Sequence[FaceCheck], crop: Crop, locator: FaceLocator
) -> tuple[tuple[Photo, ...], tuple[FaceCheck, ...], tuple[Refusal, ...]]:
    """Set aside the photos that cannot be asked about.

    Args:
        photos: of one person.
        face_checks: what was found in each; empty where nobody looked.
        crop: what the model is to be shown.
        locator: of the faces that the model knows.
    Returns:
        The photos to ask about, what was found in them, and the reasons for the rest.
    Raises:
        IdiaError: there are photos, but none is left.
    """
    if crop == "whole":
        return tuple(photos), tuple(face_checks), ()
    known = [area is not None for area in locator.areas(photos, face_checks)]
    if photos and not any(known):
        raise IdiaError("photos-without-face")
    return (
        tuple(photo for photo, keep in zip(photos, known, strict=True) if keep),
        tuple(check for check, keep in zip(face_checks, known, strict=False) if keep),
        tuple(
            Refusal(photo.label, WITHOUT_FACE) for photo, keep in zip(photos, known, strict=True) if not keep
        ),
    )


def difference_hash(pixels: PixelArray) -> int:
    """Reduce a picture to 128 bits that stay the same when it is saved anew, resized or brightened a little.

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


def sharpness(pixels: PixelArray, box: Box, edge: int = 48) -> float:
    """Measure the fine detail of a part of a photo, whatever its size and light.

    Args:
        pixels: (height, width, 3).
        box: the part.
        edge: it is reduced to this width first, for no model's input shows finer detail; never enlarged.
    Returns:
        Variance of the Laplacian over the variance of the grey levels; 0 for a part of one colour.
    Source: Pertuz, Puig, Garcia, Pattern Recognition 46, 2013 (variance of the Laplacian, "LAPV").
    """
    part = Image.fromarray(box.cut(pixels)).convert("L")
    if part.width > edge:
        part = part.resize((edge, max(3, round(part.height * edge / part.width))), Image.Resampling.BOX)
    grey = np.asarray(part, np.float64)
    if min(grey.shape) < 3 or grey.var() == 0:
        return 0.0
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return float((around - 4 * grey[1:-1, 1:-1]).var() / grey.var())


def _same_picture(one: FaceCheck, other: FaceCheck) -> bool:
    """Compare a picture with another one and with its mirror image."""
    return any((one.hashes[0] ^ bits).bit_count() <= MAX_DOUBLE_BITS for bits in other.hashes)


def _face_findings(pixels: PixelArray, face_check: FaceCheck) -> tuple[Finding, ...]:
    """List the doubts about the chosen face."""
    if not face_check.faces:
        return (NO_FACE,)
    face = face_check.faces[face_check.chosen]
    doubts = [
        (Finding("several-faces", {"count": face_check.rivals}), face_check.rivals > 1),
        (FEW_PIXELS, face.box.width < MIN_FACE_PIXELS),
        (SMALL_FACE, MIN_FACE_PIXELS <= face.box.width < MIN_FACE_SHARE * min(pixels.shape[:2])),
        (CUT_OFF, _is_cut_off(face, pixels)),
        (OFF_CENTRE, _share_in_square(face.box, pixels) < MIN_SHARE_IN_SQUARE),
        (BLURRED, sharpness(pixels, face.box) < MIN_SHARPNESS),
    ]
    return tuple(finding for finding, holds in doubts if holds)


def _is_cut_off(face: Face, pixels: PixelArray) -> bool:
    height, width = pixels.shape[:2]
    box, slack = face.box, EDGE_SLACK * face.box.width
    near = box.left <= slack or box.top <= slack or box.right >= width - slack or box.bottom >= height - slack
    return near or any(not (0 <= x < width and 0 <= y < height) for x, y in face.marks)


def _share_in_square(box: Box, pixels: PixelArray) -> float:
    """Return the share of a face, as far as the photo shows it, that lies in the photo's middle square."""
    height, width = pixels.shape[:2]
    edge = min(height, width)
    share = 1.0
    for start, end, length in ((box.top, box.bottom, height), (box.left, box.right, width)):
        start, end = max(0, start), min(length, end)
        first = (length - edge) / 2
        share *= max(0.0, min(end, first + edge) - max(start, first)) / max(1, end - start)
    return share
