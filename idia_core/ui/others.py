"""Photos of somebody else, on which the name ought to lose: the second drop zone, and who stands in for them.

Does not: react to a click, or keep anything.
"""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from idia_core import strangers
from idia_core.audit import AuditRequest
from idia_core.photos import Photo, PhotoSet, Refusal
from idia_core.settings import ASSETS, Settings
from idia_core.ui import wording
from idia_core.ui.form import data_address
from idia_core.ui.sessions import Visit


def beside(request: AuditRequest, visit: Visit, is_sandbox: bool) -> tuple[AuditRequest, str]:
    """Add photos of other people to a request: the visitor's or, on the sandbox, other invented people's.

    Args:
        request: without them.
        visit: whose photos of somebody else count, unless an example is shown.
        is_sandbox: whether the model knows invented people only.
    Returns:
        The request, and a sentence on whose photos they are, or where to add some.
    """
    own = {photo.digest for photo in request.photos}
    given = tuple(photo for photo in visit.others.photos if photo.digest not in own)
    if given and not visit.example:
        count = wording.photo_count(len(given))
        return replace(request, others=given), wording.OTHERS_GIVEN.format(photos=count)
    if not is_sandbox:
        return request, wording.OTHERS_NONE.format(title=wording.OTHERS_TITLE)
    invented = strangers.portraits(ASSETS / "examples", request.name)
    count = wording.photo_count(len(invented))
    return replace(request, others=invented), wording.OTHERS_INVENTED.format(photos=count)


def zone(settings: Settings) -> Markup:
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
        why=wording.OTHERS_WHY,
        bytes=settings.max_file_mb * 1_000_000,
        files=settings.max_photos,
        busy=wording.DROP_BUSY,
        hint=wording.OTHERS_HINT,
        choose=wording.DROP_CHOOSE,
        title=wording.OTHERS_LABEL,
        usual=wording.OTHERS_USUAL,
    )


def strip(photos: PhotoSet) -> Markup:
    """Show these photos, and the files that were set aside.

    Args:
        photos: both.
    Returns:
        Thumbnails, each with a button that removes it; empty where there is nothing to show.
    """
    if not photos.photos and not photos.refused:
        return Markup("")
    thumbs = Markup("").join(_thumb(at, photo) for at, photo in enumerate(photos.photos))
    return Markup(
        '<div class="strip"><p class="strip-head">{head} '
        '<button type="button" class="link" data-do="clear">{clear}</button></p>{thumbs}{refused}</div>'
    ).format(
        head=wording.OTHERS_COUNT.format(photos=wording.photo_count(len(photos.photos))),
        clear=wording.STRIP_CLEAR,
        thumbs=Markup('<ul class="thumbs">{}</ul>').format(thumbs) if photos.photos else "",
        refused=_refused(photos.refused),
    )


def _thumb(at: int, photo: Photo) -> Markup:
    return Markup(
        '<li title="{label}"><img src="{source}" alt="{label}">'
        '<button type="button" data-remove="{at}" aria-label="{remove}">×</button></li>'
    ).format(
        label=photo.label,
        source=data_address(photo, 128),
        at=at,
        remove=wording.OTHERS_REMOVE.format(number=at + 1),
    )


def _refused(refused: tuple[Refusal, ...]) -> Markup | str:
    if not refused:
        return ""
    rows = Markup("").join(
        Markup("<li><b>{}</b> {} {}</li>").format(one.label, one.message, one.hint) for one in refused
    )
    return Markup('<div class="refused" role="status"><p>{}</p><ul>{}</ul></div>').format(
        wording.STRIP_REFUSED.format(count=len(refused)), rows
    )
