"""A visitor's question as an `AuditRequest`."""

from __future__ import annotations

from dataclasses import replace

from idia_core.audit.records import AuditRequest
from idia_core.sandbox import examples
from idia_core.settings import ASSETS
from idia_core.text import phrases, say
from idia_core.ui.state import Visit


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
        count = phrases.photo_count(len(given))
        return replace(request, others=given), say("others-given", photos=count)
    if not is_sandbox:
        return request, say("others-none", title=say("others-title"))
    invented = examples.other_portraits(ASSETS / "examples", request.name)
    count = phrases.photo_count(len(invented))
    return replace(request, others=invented), say("others-invented", photos=count)
