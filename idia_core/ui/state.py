"""A run as the page knows it: whose it is, whether it may go on, and what it shows.

Does not: run anything (`handlers` do), or know the components (`events`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from markupsafe import Markup

from idia_core.audit.records import AuditResult, Encoded
from idia_core.errors import IdiaError
from idia_core.photos.photo import PhotoSet, Refusal
from idia_core.photos.quality import Crop, FaceCheck
from idia_core.ui.thumbnails import Thumbnails


class RunEndedError(Exception):
    """A run is to go no further: it was stopped, another took its place, or its visitor is gone."""


@dataclass(frozen=True)
class Run:
    """One run of one visitor, told from any other by its identity."""

    visitor: str
    """The session."""
    token: object
    """In the visit for as long as this run may go on."""
    address: str = field(default="", repr=False)
    """Where the visitor connects from, to count runs by; empty where nobody knows."""


@dataclass(frozen=True)
class Screen:
    """What changes on the page; None leaves a part as it is."""

    progress: Markup | None = None
    """The line under the button."""
    strip: Markup | None = None
    """The photos so far."""
    others: Markup | None = None
    """The photos of somebody else."""
    name: str | None = None
    """The name field."""
    model: str | None = None
    """The picker."""
    shown: tuple[AuditResult, RunContext] | None = None
    """The result to draw."""
    error: IdiaError | None = None
    """What is wrong, for doors that show no markup; `progress` says the same."""
    cleared: bool = False
    """Whether the result is to vanish."""


NO_CHANGE = Screen()
"""A run only says that it still waits, so that whoever takes its steps can end it."""


def begin_run(old: Visit, run: Run) -> Visit:
    """Hand the question that waits to a run; without one, a run that is under way goes on.

    Args:
        old: the visit.
        run: begins now.
    Returns:
        The visit, with what is to be answered in it.
    """
    if old.asked is None:
        return replace(old, answering=None)
    return replace(old, answering=old.asked, asked=None, run=run.token, alive=old.alive + 1)


NO_PHOTOS = PhotoSet((), ())


@dataclass(frozen=True)
class Form:
    """A question, as the left side of the page puts it."""

    name: str = field(repr=False)
    """As typed."""
    model: str
    """A key of the picker."""
    seed: float | None
    """Decides the other names; empty is 0."""
    templates: str = field(repr=False)
    """As typed; empty is the paper's set."""
    example: str = ""
    """The example that was clicked; its name, photos and model count instead of the visitor's."""
    agreed: bool = False
    """Whether the visitor ticked that the photos may be used; an example needs no tick."""
    crop: Crop = "whole"
    """What the model is to be shown."""


@dataclass(frozen=True)
class RunContext:
    """What the page knows of a run besides its result."""

    others_note: str = ""
    """Whose photos that run's name was tried on besides, a sentence; empty where there were none."""
    thumbnails: tuple[str, ...] = field(default=(), repr=False)
    """Addresses of small pictures of that run's photos, in its order."""
    samples: Mapping[str, str] = field(default_factory=dict, repr=False)
    """One of them in every way in which the model was shown it: kind -> address."""
    refused: int = 0
    """Files of that run that were set aside."""
    left_out: tuple[Refusal, ...] = field(default=(), repr=False)
    """Photos of that run that show no face where a face was asked about."""
    asked_photos: int = 0
    """Photos that run was asked about; more than were encoded if it was stopped."""
    known_truth: str = ""
    """What is known about that run's person, a sentence; only for examples."""


@dataclass(frozen=True)
class Visit:
    """One open page."""

    own: PhotoSet = field(default=NO_PHOTOS, repr=False)
    """The visitor's photos, and the files that were set aside."""
    face_checks: Mapping[str, FaceCheck] = field(default_factory=dict, repr=False)
    """What was seen in each of the visitor's photos, by digest."""
    model: str = ""
    """Key of the model in the picker; empty is the host's default."""
    example: str = ""
    """The example whose photos are shown instead of the visitor's own; empty where there is none."""
    example_photos: PhotoSet = field(default=NO_PHOTOS, repr=False)
    """Its photos."""
    others: PhotoSet = field(default=NO_PHOTOS, repr=False)
    """The visitor's photos of somebody else, on which the name ought to lose, and what was set aside of them."""
    context: RunContext = RunContext()
    """What else is known of the last run."""
    encoded: Encoded | None = field(default=None, repr=False)
    """What the last run computed, complete or not; no pixels."""
    asked: Form | None = field(default=None, repr=False)
    """What was asked and is not answered yet."""
    answering: Form | None = field(default=None, repr=False)
    """What the last run was begun for; None where there was nothing to answer."""
    run: object = None
    """The run that may go on: any other ends at its next step. None lets none go on."""
    alive: int = 0
    """Runs that have begun and not ended yet."""
    out: frozenset[int] = frozenset()
    """Photos of that run which are switched off."""
    tau: int = 1
    """Prompts to win, as last chosen."""
    size: int = 1000
    """Names to compare, as last chosen."""
    thumbnails: Thumbnails = field(default_factory=Thumbnails, repr=False, compare=False)
    """Small pictures that the page shows of all these photos; one store for as long as the visit lasts."""

    @property
    def active(self) -> PhotoSet:
        """Return the photos a run would use."""
        return self.example_photos if self.example else self.own

    @property
    def empty(self) -> bool:
        """Tell whether nothing of the visitor is in it."""
        own = self.own.photos or self.own.refused or self.others.photos or self.others.refused
        return not (own or self.context.thumbnails or self.asked or self.answering or self.encoded)

    def drop_hidden_thumbnails(self) -> None:
        """Drop the small pictures of photos that are neither in the visit nor in the last run any more."""
        held = {photo.digest for photo in (*self.own.photos, *self.others.photos)}
        self.thumbnails.keep(held, (*self.context.thumbnails, *self.context.samples.values()))
