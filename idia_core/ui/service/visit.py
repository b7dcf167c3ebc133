"""What the page remembers of one visitor: photos, question, answer and choices, each a record of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from idia_core.audit.records import Encoded
from idia_core.photos.faces import FaceCheck
from idia_core.photos.photo import PhotoSet
from idia_core.ui.service.attempts import Attempts, Question
from idia_core.ui.state import Form, RunContext
from idia_core.ui.thumbnails import Thumbnails

NO_PHOTOS = PhotoSet((), ())


@dataclass(frozen=True)
class VisitPhotos:
    """The photos of a visit; a `PhotoSet` holds the files that were set aside too."""

    own: PhotoSet = field(default=NO_PHOTOS, repr=False)
    """The visitor's photos of the person in question."""
    face_checks: Mapping[str, FaceCheck] = field(default_factory=dict, repr=False)
    """What was seen in each of these, by digest."""
    others: PhotoSet = field(default=NO_PHOTOS, repr=False)
    """The visitor's photos of other people, on which the name ought to lose."""
    example: str = ""
    """Key of the example whose photos are shown instead of the visitor's own; empty where there is none."""
    example_photos: PhotoSet = field(default=NO_PHOTOS, repr=False)
    """Its photos."""

    @property
    def active(self) -> PhotoSet:
        """Return the photos that a run would use."""
        return self.example_photos if self.example else self.own

    @property
    def own_digests(self) -> tuple[str, ...]:
        """Return the digests of the visitor's photos of the person in question."""
        return tuple(photo.digest for photo in self.own.photos)

    @property
    def empty(self) -> bool:
        """Tell whether the visitor has handed nothing in."""
        return not (self.own.photos or self.own.refused or self.others.photos or self.others.refused)


@dataclass(frozen=True)
class Asking:
    """The question that waits, and the run that answers one."""

    waiting: Form | None = field(default=None, repr=False)
    """What was asked and is not answered yet."""
    answering: Form | None = field(default=None, repr=False)
    """What the last run was begun for; None where there was nothing to answer."""
    token: object = None
    """Of the run that may go on: any other ends at its next step. None lets none go on."""
    alive: int = 0
    """Runs that have begun and not ended yet."""

    def begin(self, token: object) -> Asking:
        """Hand the question that waits to a run; without one, a run that is under way goes on."""
        if self.waiting is None:
            return replace(self, answering=None)
        return Asking(None, self.waiting, token, self.alive + 1)

    def end(self) -> Asking:
        """Count a run as ended."""
        return replace(self, answering=None, alive=max(0, self.alive - 1))


@dataclass(frozen=True)
class Answer:
    """What the last run found, complete or not; no pixels."""

    encoded: Encoded | None = field(default=None, repr=False)
    """What was computed with the model; None before the first photo."""
    question: Question | None = field(default=None, repr=False)
    """What was asked, of all its photos."""
    context: RunContext = field(default_factory=RunContext)
    """What else is known of that run."""
    switched_off: frozenset[int] = frozenset()
    """Indices of its photos that the visitor has switched off since."""

    @property
    def partial(self) -> bool:
        """Tell whether some photos were encoded and others not."""
        return self.encoded is not None and len(self.encoded.photos) < self.context.asked_photos


@dataclass(frozen=True)
class Choice:
    """What the visitor has chosen beside the form; fitted to an answer by `select`."""

    model: str = ""
    """Key of the model in the picker; empty is the host's default."""
    tau: int = 1
    """Prompts to win."""
    size: int = 1000
    """Names to compare, the claimed one included."""


@dataclass(frozen=True)
class Selection:
    """Of what was encoded, the part that is judged."""

    tau: int
    """Prompts to win, in [1, prompts]."""
    size: int
    """Names to compare, in [2, names that were encoded]."""
    kept: tuple[int, ...]
    """Indices of the photos that are not switched off; may be empty."""


@dataclass(frozen=True)
class Visit:
    """One open page."""

    photos: VisitPhotos = VisitPhotos()
    """Its photos."""
    asking: Asking = Asking()
    """Its question and its run."""
    answer: Answer = Answer()
    """Its last answer."""
    choice: Choice = Choice()
    """Its choices."""
    attempts: Attempts = field(default_factory=Attempts)
    """The different questions that were answered."""
    thumbnails: Thumbnails = field(default_factory=Thumbnails, repr=False, compare=False)
    """Small pictures that the page shows of all these photos; one store for as long as the visit lasts."""

    @property
    def empty(self) -> bool:
        """Tell whether nothing of the visitor is in it."""
        asked = self.asking.waiting or self.asking.answering
        answered = self.answer.context.thumbnails or self.answer.encoded or self.attempts.asked
        return self.photos.empty and not (asked or answered)

    def drop_hidden_thumbnails(self) -> None:
        """Drop the small pictures of photos that are neither in the visit nor in the last run any more."""
        held = {photo.digest for photo in (*self.photos.own.photos, *self.photos.others.photos)}
        context = self.answer.context
        self.thumbnails.keep(held, (*context.thumbnails, *context.samples.values()))

    def with_photos(self, photos: VisitPhotos) -> Visit:
        """Replace the photos, and note which of them belong to the person who was asked about."""
        return replace(self, photos=photos, attempts=self.attempts.add_photos(photos.own_digests))


def select(encoded: Encoded, choice: Choice, switched_off: frozenset[int]) -> Selection:
    """Fit a visitor's choices to what was encoded.

    Args:
        encoded: at least one photo.
        choice: numbers outside the range become the nearest inside it.
        switched_off: indices of photos; those that do not exist count for nothing.
    Returns:
        What is to be judged.
    """
    return Selection(
        tau=min(max(choice.tau, 1), len(encoded.prompts.templates)),
        size=min(max(choice.size, 2), len(encoded.pool.names)),
        kept=tuple(at for at in range(len(encoded.photos)) if at not in switched_off),
    )
