"""A visitor's question as an `AuditRequest`; what is missing or wrong in it is an `IdiaError`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from idia_core import names
from idia_core.attack import prompts
from idia_core.audit.records import AuditRequest
from idia_core.clip import weights
from idia_core.clip.registry import ModelSpec
from idia_core.errors import IdiaError
from idia_core.photos import quality
from idia_core.photos.photo import Refusal
from idia_core.sandbox import examples
from idia_core.settings import ASSETS, Settings
from idia_core.text import phrases, say
from idia_core.ui.service import faces
from idia_core.ui.service.attempts import PhotoView, Question
from idia_core.ui.service.engine import Engine
from idia_core.ui.service.visit import Choice, VisitPhotos
from idia_core.ui.state import Form


@dataclass(frozen=True)
class RunRequest:
    """A question that can be run."""

    audit: AuditRequest
    """What to ask."""
    question: Question
    """The same, to be counted."""
    spec: ModelSpec
    """The model to ask; its weights may still have to be downloaded."""
    left_out: tuple[Refusal, ...]
    """Photos that show no face, where a face was asked about."""


def build_request(
    photos: VisitPhotos, form: Form, choice: Choice, engine: Engine, settings: Settings
) -> RunRequest:
    """Check a form, photos first, and turn it into a request.

    Args:
        photos: the visitor's, or an example's.
        form: the question as typed.
        choice: tau and the number of names; numbers outside the range become the nearest inside it.
        engine: knows the models that the page offers.
        settings: of the host.
    Returns:
        The request, without photos of other people.
    Raises:
        IdiaError: a photo, the name or the consent is missing, or a field cannot be used.
    """
    if not photos.active.photos:
        raise IdiaError("no-photo")
    if not form.name.strip():
        raise IdiaError("no-name")
    if not (form.agreed or form.example):
        raise IdiaError("consent-missing")
    name = names.normalise_name(form.name)
    spec = engine.spec(form.model)
    if not weights.available(spec) and not settings.downloads:
        raise weights.missing(spec)
    usable, checks, left_out = quality.usable(
        photos.active.photos, faces.face_checks(photos), form.crop, spec.face_locator
    )
    typed = form.templates
    templates = prompts.parse(typed.splitlines()) if typed.strip() else prompts.PAPER
    audit = AuditRequest(
        name=name,
        photos=usable,
        lists=names.load_lists(ASSETS / "names", spec.lists_id),
        prompts=templates,
        size=settings.names,
        tau=min(max(choice.tau, 1), len(templates.templates)),
        seed=max(0, int(form.seed or 0)),
        face_checks=checks,
        crop=form.crop,
    )
    return RunRequest(audit, _question(audit, spec, form.example), spec, left_out)


def add_other_people(
    request: AuditRequest, photos: VisitPhotos, is_sandbox: bool
) -> tuple[AuditRequest, str]:
    """Add photos of other people to a request: the visitor's or, on the sandbox, other invented people's.

    Args:
        request: without them.
        photos: of the visit; those of other people count, unless an example is shown.
        is_sandbox: whether the model knows invented people only.
    Returns:
        The request, and a sentence on whose photos they are, or where to add some.
    """
    own = {photo.digest for photo in request.photos}
    given = tuple(photo for photo in photos.others.photos if photo.digest not in own)
    if given and not photos.example:
        count = phrases.photo_count(len(given))
        return replace(request, others=given), say("others-given", photos=count)
    if not is_sandbox:
        return request, say("others-none", title=say("others-title"))
    invented = examples.other_portraits(ASSETS / "examples", request.name)
    count = phrases.photo_count(len(invented))
    return replace(request, others=invented), say("others-invented", photos=count)


def _question(audit: AuditRequest, spec: ModelSpec, example: str) -> Question:
    """Name everything that decides the answer to a request."""
    checks = audit.face_checks if audit.crop == "face" else ()
    faces_shown = [check.chosen for check in checks] or [0] * len(audit.photos)
    return Question(
        name=audit.name,
        model=spec.key,
        templates=audit.prompts.templates,
        seed=audit.seed,
        crop=audit.crop,
        photos=tuple(
            PhotoView(photo.digest, face) for photo, face in zip(audit.photos, faces_shown, strict=True)
        ),
        example=example,
    )
