"""Photos cut to the face, or with the faces covered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from idia_core.errors import IdiaError
from idia_core.photos.faces import Box
from idia_core.photos.locators import Area, FaceLocator
from idia_core.photos.photo import Photo, PixelArray
from idia_core.photos.quality import Crop

ViewKind = Literal["whole", "face", "covered"]
VIEW_KINDS: tuple[ViewKind, ...] = ("whole", "face", "covered")
"""In the order in which a person compares them."""


def apply_crop(photos: Sequence[Photo], areas: Sequence[Area | None], crop: Crop) -> tuple[Photo, ...]:
    """Make the pictures that the verdict is about.

    Args:
        photos: of one person.
        areas: where the face is in each.
        crop: what the model is to be shown.
    Returns:
        One for each photo.
    Raises:
        IdiaError: the face is to be shown, and a photo shows none (`quality.usable` sets such photos aside).
    """
    if crop == "face" and any(area is None for area in areas):
        raise IdiaError("photo-face-needed")
    return tuple(render_view(photos, areas, crop).values())


def render_view(photos: Sequence[Photo], areas: Sequence[Area | None], kind: ViewKind) -> dict[int, Photo]:
    """Make the pictures of one view.

    Args:
        photos: of one person.
        areas: where the face is in each.
        kind: how to show them.
    Returns:
        Index of the photo -> the photo with other pixels, for those that can be shown so.
    """
    pictures: dict[int, Photo] = {}
    for at, (photo, area) in enumerate(zip(photos, areas, strict=True)):
        if kind == "whole":
            pictures[at] = photo
        elif area is not None:
            face_only = kind == "face"
            shown = area.frame.cut(photo.pixels) if face_only else cover(photo.pixels, area.covers)
            pictures[at] = replace(photo, pixels=shown)
    return pictures


def crop_like(others: Sequence[Photo], crop: Crop, locator: FaceLocator) -> tuple[Photo, ...]:
    """Show other people's photos as the person's own are shown; whole where it is not known where their faces are.

    Args:
        others: of other people, in which nobody looked for faces; may be empty.
        crop: what the model is shown of the person.
        locator: of the faces that the model knows.
    Returns:
        One for each photo.
    """
    areas = locator.areas(others, ())
    return tuple(others) if None in areas else apply_crop(others, areas, crop)


def view_batches(
    photos: Sequence[Photo], areas: Sequence[Area | None], done: ViewKind, size: int
) -> list[tuple[ViewKind, tuple[int, ...], list[Photo]]]:
    """List what is left to encode when the photos were encoded in one way.

    Args:
        photos: of one person.
        areas: where the face is in each.
        done: the way in which they were encoded.
        size: photos in a batch, at most.
    Returns:
        Kind, indices and pictures of each batch; none where no face is known, for then nothing can be compared.
    """
    if all(area is None for area in areas):
        return []
    batches: list[tuple[ViewKind, tuple[int, ...], list[Photo]]] = []
    for kind in VIEW_KINDS:
        pictures = {} if kind == done else render_view(photos, areas, kind)
        indices = tuple(pictures)
        for start in range(0, len(indices), size):
            part = indices[start : start + size]
            batches.append((kind, part, [pictures[at] for at in part]))
    return batches


def cover(pixels: PixelArray, boxes: Sequence[Box]) -> PixelArray:
    """Hide parts of a photo under the mean colour of the rest.

    Args:
        pixels: (height, width, 3).
        boxes: what to hide; they may extend beyond the photo.
    Returns:
        A copy; the rest of it is unchanged.
    """
    hidden = np.zeros(pixels.shape[:2], np.bool_)
    for box in boxes:
        hidden[max(0, box.top) : max(0, box.bottom), max(0, box.left) : max(0, box.right)] = True
    rest = pixels if hidden.all() else pixels[~hidden]
    copy: PixelArray = pixels.copy()
    copy[hidden] = rest.reshape(-1, 3).mean(axis=0).round().astype(np.uint8)
    return copy
