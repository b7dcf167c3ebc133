"""A run as the page knows it: whose it is, whether it may go on, and what it shows.

Does not: run anything (`handlers` do), or know the components (`events`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from markupsafe import Markup

from idia_core.audit import AuditResult
from idia_core.errors import IdiaError
from idia_core.ui.sessions import Visit


class EndedError(Exception):
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
    shown: tuple[AuditResult, Visit] | None = None
    """The result to draw."""
    error: IdiaError | None = None
    """What is wrong, for doors that show no markup; `progress` says the same."""
    cleared: bool = False
    """Whether the result is to vanish."""


NOTHING_NEW = Screen()
"""A run only says that it still waits, so that whoever takes its steps can end it."""


def begun(old: Visit, run: Run) -> Visit:
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
