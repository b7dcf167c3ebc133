"""A visitor's question as an `AuditRequest`."""

from __future__ import annotations

from dataclasses import replace

from idia_core.audit.records import AuditRequest
from idia_core.sandbox import examples
from idia_core.settings import ASSETS
from idia_core.ui.state import Visit
from idia_core.ui.text import wording


def add_other_people(request: AuditRequest, visit: Visit, is_sandbox: bool) -> tuple[AuditRequest, str]:
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
    invented = examples.other_portraits(ASSETS / "examples", request.name)
    count = wording.photo_count(len(invented))
    return replace(request, others=invented), wording.OTHERS_INVENTED.format(photos=count)
