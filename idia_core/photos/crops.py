"""Photos cut to the face, or with the face covered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from idia_core.errors import IdiaError
from idia_core.photos import faces, quality
from idia_core.photos.faces import Area
from idia_core.photos.photo import Photo, PixelArray
from idia_core.photos.quality import Crop, FaceCheck

ViewKind = Literal["whole", "face", "covered"]
VIEW_KINDS: tuple[ViewKind, ...] = ("whole", "face", "covered")
"""In the order in which a person compares them."""


def face_areas(
    photos: Sequence[Photo], face_checks: Sequence[FaceCheck], drawn: bool
) -> tuple[Area | None, ...]:
    """Say where the person's face is in every photo.

    Args:
        photos: of one person.
        face_checks: what was seen in each; none at all where nobody looked.
        drawn: whether the model knows drawn people only; their faces are in the middle.
    Returns:
        An area for each photo, None where nobody knows.
    Raises:
        ValueError: some photos were looked at and some not.
    """
    if drawn:
        return tuple(faces.middle(photo.pixels) for photo in photos)
    if not face_checks:
        return (None,) * len(photos)
    return tuple(
        quality.face_area(photo, face_check) for photo, face_check in zip(photos, face_checks, strict=True)
    )


def apply_crop(photos: Sequence[Photo], places: Sequence[Area | None], crop: Crop) -> tuple[Photo, ...]:
    """Make the pictures that the verdict is about.

    Args:
        photos: of one person.
        places: where the face is in each.
        crop: what the model is to be shown.
    Returns:
        One for each photo.
    Raises:
        IdiaError: the face only is to be shown, and a photo shows none (`gate.usable` sets such photos aside).
    """
    if crop == "face" and any(place is None for place in places):
        raise IdiaError("photo-face-needed")
    return tuple(render_view(photos, places, crop).values())


def render_view(photos: Sequence[Photo], places: Sequence[Area | None], kind: ViewKind) -> dict[int, Photo]:
    """Make the pictures of one view.

    Args:
        photos: of one person.
        places: where the face is in each.
        kind: how to show them.
    Returns:
        Index of the photo -> the photo with other pixels, for those that can be shown so.
    """
    found: dict[int, Photo] = {}
    for at, (photo, place) in enumerate(zip(photos, places, strict=True)):
        if kind == "whole":
            found[at] = photo
        elif place is not None:
            found[at] = replace(photo, pixels=_seen_as(kind, photo.pixels, place))
    return found


def crop_like(others: Sequence[Photo], crop: Crop, drawn: bool) -> tuple[Photo, ...]:
    """Show other people's photos as the person's own are shown; whole where nobody looked for their faces.

    Args:
        others: of other people; may be empty.
        crop: what the model is shown.
        drawn: as in `areas`.
    Returns:
        One for each photo.
    """
    if crop == "whole" or not drawn:
        return tuple(others)
    return apply_crop(others, face_areas(others, (), drawn), crop)


def view_batches(
    photos: Sequence[Photo], places: Sequence[Area | None], done: ViewKind, size: int
) -> list[tuple[ViewKind, tuple[int, ...], list[Photo]]]:
    """List what is left to encode when the photos were encoded in one way.

    Args:
        photos: of one person.
        places: where the face is in each.
        done: the way in which they were encoded.
        size: photos of one batch, at most.
    Returns:
        Kind, indices and pictures of each batch; none where no face is known, for then nothing can be compared.
    """
    if all(place is None for place in places):
        return []
    found: list[tuple[ViewKind, tuple[int, ...], list[Photo]]] = []
    for kind in VIEW_KINDS:
        pictures = {} if kind == done else render_view(photos, places, kind)
        order = tuple(pictures)
        for start in range(0, len(order), size):
            part = order[start : start + size]
            found.append((kind, part, [pictures[at] for at in part]))
    return found


def _seen_as(kind: ViewKind, pixels: PixelArray, place: Area) -> PixelArray:
    if kind == "face":
        return faces.cut(pixels, place.frame)
    return faces.covered(pixels, place.covers)
