"""Photos that a visitor gives, as markup: drop zones, strips of photos so far, doubts, and which face is meant."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from idia_core.attack.outcome import FEWEST_PHOTOS
from idia_core.photos import crops, locators
from idia_core.photos.faces import FaceCheck
from idia_core.photos.photo import Finding, Photo, PhotoSet, Refusal, thumbnail
from idia_core.sandbox.examples import Example
from idia_core.settings import Settings
from idia_core.text import tell
from idia_core.ui.markup.templates import render
from idia_core.ui.thumbnails import AddressOf

THUMBNAIL_EDGE = 128
"""Pictures of the photos so far, in pixels."""
FACE_EDGE = 96
"""Pictures of the faces that can be chosen, in pixels."""
SPOILING = {"no-face", "near-double"}
"""Doubts with which a photo adds nothing to a vote about a person's face."""


@dataclass(frozen=True)
class Thumbnail:
    """One photo of a strip."""

    label: str
    """The file's name."""
    source: str
    """Address of a small picture."""
    doubts: str
    """What is doubtful about it, for its tooltip; may be empty."""


@dataclass(frozen=True)
class FacePicker:
    """The faces of one photo that could be the person's."""

    photo: int
    """Its index."""
    chosen: int
    """Index of the face that is taken for the person's."""
    sources: tuple[str, ...]
    """Addresses of pictures of the faces, the largest face first."""


def face_notes(
    photos: Sequence[Photo],
    seen: Sequence[FaceCheck],
    doubts: Sequence[Sequence[Finding]],
    address_of: AddressOf,
) -> Markup:
    """Say below the thumbnails what is doubtful, and let the visitor pick the person where there are several.

    Args:
        photos: those that a run would use.
        seen: in each of them; none at all where nobody looked.
        doubts: about each of them.
        address_of: turns a photo into the address of a small picture.
    Returns:
        Empty where all is well.
    """
    good = sum(not any(one.code in SPOILING for one in found) for found in doubts)
    return render(
        "photos.face_notes",
        pickers=[
            FacePicker(at, check.chosen, tuple(_face_pictures(photo, check, address_of)))
            for at, (photo, check) in enumerate(zip(photos, seen, strict=False))
            if check.rivals > 1
        ],
        doubts=[(number, found) for number, found in enumerate(doubts, start=1) if found],
        too_few_good=good if good < FEWEST_PHOTOS <= len(photos) else None,
    )


def _face_pictures(photo: Photo, face_check: FaceCheck, address_of: AddressOf) -> Iterator[str]:
    """Cut out the faces that could be the person's, as addresses; the largest first."""
    for face in range(face_check.rivals):
        place = locators.face_area(photo, replace(face_check, chosen=face))
        if place is not None:
            yield address_of(crops.render_view([photo], [place], "face")[0], FACE_EDGE)


def left_out(left_out: Sequence[Refusal]) -> Markup:
    """List the photos that could not be shown in the way that was asked for, each with its reason."""
    return render("photos.set_aside", refused=left_out, live=False)


def drop_zone(settings: Settings) -> Markup:
    """Make the drop zone of the person's photos.

    Args:
        settings: its limits travel as data for the script beside it.
    """
    return render("photos.drop_zone", settings=settings)


def others_zone(settings: Settings) -> Markup:
    """Make the zone for photos of somebody else, and say what it is for.

    It takes what is dropped on itself only, while the first one takes the whole page.

    Args:
        settings: as for `drop_zone`.
    """
    return render("photos.others_zone", settings=settings)


def photo_strip(
    photos: PhotoSet,
    example: Example | None,
    address_of: AddressOf,
    doubts: Sequence[Sequence[Finding]] = (),
    more: Markup = Markup(""),  # noqa: B008 - immutable
) -> Markup:
    """Show the photos that a run would use, and the files that were set aside.

    Args:
        photos: both.
        example: whose portraits they are, if an example's.
        address_of: turns a photo into the address of a small picture.
        doubts: about each photo; none at all where nobody looked.
        more: what is to be said below them (`face_notes`).
    Returns:
        Thumbnails, each with a button that removes it; empty where there is nothing to show.
    """
    if not photos.photos and not photos.refused:
        return Markup("")
    doubted = doubts or [photo.findings for photo in photos.photos]
    return render(
        "photos.photo_strip",
        thumbs=[
            _thumbnail(photo, found, address_of) for photo, found in zip(photos.photos, doubted, strict=True)
        ],
        refused=photos.refused,
        example=example,
        missing=FEWEST_PHOTOS - len(photos.photos),
        more=more,
    )


def others_strip(photos: PhotoSet, address_of: AddressOf) -> Markup:
    """Show the photos of somebody else, and the files that were set aside.

    Args:
        photos: both.
        address_of: as for `photo_strip`.
    Returns:
        As for `photo_strip`.
    """
    if not photos.photos and not photos.refused:
        return Markup("")
    thumbs = [_thumbnail(photo, (), address_of) for photo in photos.photos]
    return render("photos.others_strip", thumbs=thumbs, refused=photos.refused)


def _thumbnail(photo: Photo, found: Sequence[Finding], address_of: AddressOf) -> Thumbnail:
    return Thumbnail(photo.label, address_of(photo, THUMBNAIL_EDGE), "; ".join(map(tell, found)))


def data_url(photo: Photo, edge: int) -> str:
    """Turn a public photo into a small picture that travels inside the page; a visitor's have addresses instead.

    Args:
        photo: the photo, ours.
        edge: longer edge in pixels.
    Returns:
        A data: address; nothing is written anywhere.
    """
    return f"data:image/jpeg;base64,{b64encode(thumbnail(photo, edge)).decode()}"
