"""Faces as markup: doubts about photos, which of several faces is meant, and the photos shown in other ways.

Everything is built by `Markup.format`, which escapes whatever is not markup of ours already.

Does not: look for faces (`looking` does), or compute anything.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from idia_core.photos import crops, quality
from idia_core.photos.photo import Finding, Photo, PhotoSet, Refusal, thumbnail
from idia_core.photos.quality import FaceCheck
from idia_core.sandbox.examples import Example
from idia_core.settings import Settings
from idia_core.text import advise, phrases, say, tell
from idia_core.ui.markup import icons
from idia_core.ui.thumbnails import AddressOf

STRIP_EDGE = 128
"""Small pictures of the photos so far, in pixels."""
FACE_EDGE = 96
"""Pictures of the faces that can be chosen, in pixels."""
FEWEST = 3
"""Photos that a vote needs."""
SPOILING = {"no-face", "near-double"}
"""Doubts with which a photo adds nothing to a vote about a person's face."""


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
    pickers = Markup("").join(
        _picker(at, photo, face_check, address_of)
        for at, (photo, face_check) in enumerate(zip(photos, seen, strict=False))
    )
    return pickers + _doubts(doubts) + _few_good(len(photos), doubts)


def _picker(at: int, photo: Photo, face_check: FaceCheck, address_of: AddressOf) -> Markup:
    """Offer the faces of one photo; nothing where there is but one."""
    if face_check.rivals < 2:
        return Markup("")
    buttons = Markup("").join(
        Markup(
            '<button type="button" data-face="{face}" data-of="{photo}" aria-pressed="{pressed}" aria-label="{label}">'
            '<img src="{source}" alt=""></button>'
        ).format(
            face=face,
            photo=at,
            pressed="true" if face == face_check.chosen else "false",
            label=say("face-label", face=face + 1, photo=at + 1),
            source=source,
        )
        for face, source in enumerate(_face_pictures(photo, face_check, address_of))
    )
    text = say("face-which", photo=at + 1)
    return Markup('<div class="which-face"><p>{}</p><div role="group" aria-label="{}">{}</div></div>').format(
        text, text, buttons
    )


def _face_pictures(photo: Photo, face_check: FaceCheck, address_of: AddressOf) -> list[str]:
    """Cut out the faces that could be the person's, as addresses; the largest first."""
    found = []
    for face in range(face_check.rivals):
        place = quality.face_area(photo, replace(face_check, chosen=face))
        if place is not None:
            found.append(address_of(crops.render_view([photo], [place], "face")[0], FACE_EDGE))
    return found


def _doubts(doubts: Sequence[Sequence[Finding]]) -> Markup:
    doubtful = [(at, found) for at, found in enumerate(doubts) if found]
    if not doubtful:
        return Markup("")
    rows = Markup("").join(
        Markup("<li><b>{}</b> {}</li>").format(
            say("doubt-photo", number=at + 1),
            Markup(" ").join(Markup("{} {}").format(tell(one), advise(one)) for one in found),
        )
        for at, found in doubtful
    )
    title = say("doubts-one") if len(doubtful) == 1 else say("doubts", count=len(doubtful))
    return Markup('<details class="fold doubts"><summary>{}</summary><ul>{}</ul></details>').format(
        title, rows
    )


def _few_good(count: int, doubts: Sequence[Sequence[Finding]]) -> Markup:
    """Say so where enough photos are there, but not enough of them are good."""
    good = sum(not any(one.code in SPOILING for one in found) for found in doubts)
    if count < FEWEST or good >= FEWEST:
        return Markup("")
    return Markup('<p class="few">{}</p>').format(say("few-good", good=good))


def left_out(left_out: Sequence[Refusal]) -> Markup:
    """List the photos that could not be shown in the way that was asked for, each with its reason."""
    if not left_out:
        return Markup("")
    rows = Markup("").join(
        Markup("<li><b>{}</b> {} {}</li>").format(one.label, tell(one.reason), advise(one.reason))
        for one in left_out
    )
    return Markup('<div class="refused"><p>{}</p><ul>{}</ul></div>').format(
        say("strip-refused", count=len(left_out)), rows
    )


def others_zone(settings: Settings) -> Markup:
    """Make the zone; it takes what is dropped on itself only, while the first one takes the whole page.

    Args:
        settings: its limits travel as data for the script beside it.
    Returns:
        What it is for, and the zone.
    """
    return Markup(
        '<p class="fine">{why}</p><section class="drop small" data-most-bytes="{bytes}" data-most-files="{files}"'
        ' data-busy="{busy}"><p>{hint} <label class="choose">{choose}<input type="file" accept="image/*" multiple'
        ' aria-label="{title}"></label></p><p class="fine" data-status aria-live="polite">{usual}</p></section>'
    ).format(
        why=say("others-why"),
        bytes=settings.max_file_mb * 1_000_000,
        files=settings.max_photos,
        busy=say("drop-busy"),
        hint=say("others-hint"),
        choose=say("drop-choose"),
        title=say("others-label"),
        usual=say("others-usual"),
    )


def others_strip(photos: PhotoSet, address_of: AddressOf) -> Markup:
    """Show these photos, and the files that were set aside.

    Args:
        photos: both.
        address_of: turns a photo into the address of a small picture.
    Returns:
        Thumbnails, each with a button that removes it; empty where there is nothing to show.
    """
    if not photos.photos and not photos.refused:
        return Markup("")
    thumbs = Markup("").join(_others_thumb(at, photo, address_of) for at, photo in enumerate(photos.photos))
    return Markup(
        '<div class="strip"><p class="strip-head">{head} '
        '<button type="button" class="link" data-do="clear">{clear}</button></p>{thumbs}{refused}</div>'
    ).format(
        head=say("others-count", photos=phrases.photo_count(len(photos.photos))),
        clear=say("strip-clear"),
        thumbs=Markup('<ul class="thumbs">{}</ul>').format(thumbs) if photos.photos else "",
        refused=_others_refused(photos.refused),
    )


def _others_thumb(at: int, photo: Photo, address_of: AddressOf) -> Markup:
    return Markup(
        '<li title="{label}"><img src="{source}" alt="{label}">'
        '<button type="button" data-remove="{at}" aria-label="{remove}">×</button></li>'
    ).format(
        label=photo.label,
        source=address_of(photo, STRIP_EDGE),
        at=at,
        remove=say("others-remove", number=at + 1),
    )


def _others_refused(refused: tuple[Refusal, ...]) -> Markup | str:
    if not refused:
        return ""
    rows = Markup("").join(
        Markup("<li><b>{}</b> {} {}</li>").format(one.label, tell(one.reason), advise(one.reason))
        for one in refused
    )
    return Markup('<div class="refused" role="status"><p>{}</p><ul>{}</ul></div>').format(
        say("strip-refused", count=len(refused)), rows
    )


def data_url(photo: Photo, edge: int) -> str:
    """Turn a public photo into a small picture that travels inside the page; a visitor's have addresses instead.

    Args:
        photo: the photo, ours.
        edge: longer edge in pixels.
    Returns:
        A data: address; nothing is written anywhere.
    """
    return f"data:image/jpeg;base64,{b64encode(thumbnail(photo, edge)).decode()}"


def drop_zone(settings: Settings) -> Markup:
    """Make the drop zone; the limits travel as data for the script beside it."""
    formats = say("drop-formats", megabytes=settings.max_file_mb, photos=settings.max_photos)
    return Markup(
        '<section class="drop" data-most-bytes="{bytes}" data-most-files="{files}" data-busy="{busy}"'
        ' data-camera-refused="{refused}">'
        "{icon}<h2>{title}</h2>"
        '<p>{hint} <label class="choose">{choose}<input type="file" accept="image/*" multiple'
        ' aria-label="{title}"></label>'
        ' <span class="camera-door">or <button type="button" class="link" data-do="camera">{camera}</button></span></p>'
        '<p class="fine" data-status aria-live="polite">{formats}</p>'
        '<dialog class="camera" aria-label="{camera}"><video playsinline muted></video><div>'
        '<button type="button" data-do="shoot">{shoot}</button>'
        '<button type="button" data-do="close">{close}</button></div></dialog></section>'
    ).format(
        bytes=settings.max_file_mb * 1_000_000,
        files=settings.max_photos,
        busy=say("drop-busy"),
        refused=say("camera-refused"),
        icon=icons.PHOTOS,
        title=say("drop-title"),
        hint=say("drop-hint"),
        choose=say("drop-choose"),
        camera=say("drop-camera"),
        formats=formats,
        shoot=say("camera-shoot"),
        close=say("camera-close"),
    )


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
        more: what is to be said below them (`faces.strip`).
    Returns:
        Thumbnails, each with a button that removes it; empty where there is nothing to show.
    """
    if not photos.photos and not photos.refused:
        return Markup("")
    doubted = doubts or [photo.findings for photo in photos.photos]
    thumbs = Markup("").join(
        _thumb(at, photo, example is None, found, address_of)
        for at, (photo, found) in enumerate(zip(photos.photos, doubted, strict=True))
    )
    return Markup(
        '<div class="strip"><p class="strip-head">{head}{clear}</p>{thumbs}{few}{more}{refused}</div>'
    ).format(
        head=_strip_head(len(photos.photos), example),
        clear=Markup('<button type="button" class="link" data-do="clear">{}</button>').format(
            say("strip-clear")
        ),
        thumbs=Markup('<ul class="thumbs">{}</ul>').format(thumbs) if photos.photos else "",
        few=_few(len(photos.photos)),
        more=more,
        refused=_refused(photos.refused),
    )


def _thumb(at: int, photo: Photo, removable: bool, found: Sequence[Finding], address_of: AddressOf) -> Markup:
    """Show one photo; its doubts stand in its tooltip too."""
    doubts = "; ".join(tell(finding) for finding in found)
    title = f"{photo.label}: {doubts}" if doubts else photo.label
    remove = Markup('<button type="button" data-remove="{}" aria-label="{}">×</button>').format(
        at, say("strip-remove", number=at + 1)
    )
    return Markup('<li title="{}"{}><img src="{}" alt="{}">{}</li>').format(
        title,
        Markup(' class="doubt"') if doubts else "",
        address_of(photo, STRIP_EDGE),
        photo.label,
        remove if removable else "",
    )


def _strip_head(count: int, example: Example | None) -> str:
    if example is not None:
        return say("strip-example", name=example.name) + " "
    return phrases.photo_count(count) + " "


def _few(count: int) -> Markup | str:
    if count == 0 or count >= FEWEST:
        return ""
    return Markup('<p class="few">{}</p>').format(say("strip-few", count=FEWEST - count))


def _refused(refused: Sequence[Refusal]) -> Markup | str:
    if not refused:
        return ""
    rows = Markup("").join(
        Markup("<li><b>{}</b> {} {}</li>").format(one.label, tell(one.reason), advise(one.reason))
        for one in refused
    )
    return Markup('<div class="refused" role="status"><p>{}</p><ul>{}</ul></div>').format(
        say("strip-refused", count=len(refused)), rows
    )
