"""What the page's parts hand to each other: a form goes in, a `Screen` comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from idia_core.audit.records import AuditResult
from idia_core.errors import IdiaError
from idia_core.photos.photo import Refusal
from idia_core.photos.quality import Crop


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
    """What the page shows of a run besides its result."""

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
class Screen:
    """What changes on the page; None leaves a part as it is."""

    progress: Markup | None = None
    """The line under the button."""
    strip: Markup | None = None
    """The photos so far."""
    others: Markup | None = None
    """The photos of other people."""
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
"""A run yields this while it waits, so that whoever advances it can end it."""
