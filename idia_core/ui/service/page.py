"""What the page does when a visitor acts on it, runs apart (`runner`): values in, `Screen`s out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from markupsafe import Markup

from idia_core.audit.judge import judge
from idia_core.clip import weights
from idia_core.errors import IdiaError, Message
from idia_core.photos import decoding
from idia_core.photos.photo import Decode, Refusal
from idia_core.sandbox.examples import Example
from idia_core.settings import Settings
from idia_core.text import say
from idia_core.ui.markup import form as form_markup
from idia_core.ui.markup import photos as photo_markup
from idia_core.ui.service.engine import Engine
from idia_core.ui.service.faces import FaceChecks
from idia_core.ui.service.runner import Runner
from idia_core.ui.service.sessions import Sessions
from idia_core.ui.service.uploads import Uploads
from idia_core.ui.service.visit import Answer, Choice, VisitPhotos, select
from idia_core.ui.state import Screen


class Page:
    """The page's actions; one instance serves all visitors, and holds nothing of theirs but `sessions`."""

    def __init__(
        self,
        settings: Settings,
        people: tuple[Example, ...],
        decode: Decode = decoding.decode,
        release_memory: Callable[[], None] = lambda: None,
    ) -> None:
        """Set up; load nothing.

        Args:
            settings: of the host.
            people: the examples.
            decode: who opens a visitor's files.
            release_memory: stops idle decoders and returns free memory to the system.
        """
        self._release_memory = release_memory
        self.settings = settings
        self.sessions = Sessions(settings.session_minutes * 60.0, time.monotonic)
        self.uploads = Uploads(settings, self.sessions, decode)
        self.engine = Engine(settings)
        self.faces = FaceChecks(self.sessions, self.engine, {person.key: person for person in people})
        self.runner = Runner(settings, self.sessions, self.engine, self.uploads, self.faces, release_memory)

    @property
    def people(self) -> Mapping[str, Example]:
        """Return the examples by key."""
        return self.faces.people

    # -- photos ------------------------------------------------------------------------------------------

    def collect(self, visitor: str, ticket: str, left_out: tuple[Refusal, ...] = ()) -> Screen:
        """Open the files of a ticket and add them to the visitor's photos; see `Uploads`."""
        try:
            self.uploads.collect(visitor, ticket, left_out)
            return Screen(Markup(""), strip=self._look(visitor))
        except IdiaError as error:
            return Screen(form_markup.trouble(error.message))

    def remove(self, visitor: str, photo: int) -> Screen:
        """Remove one of the visitor's photos."""
        self.uploads.remove(visitor, photo)
        return Screen(strip=self._look(visitor))

    def clear(self, visitor: str) -> Screen:
        """Remove an example's photos, or else all of the visitor's own."""
        self.uploads.clear(visitor)
        return Screen(strip=self._look(visitor))

    def _look(self, visitor: str) -> Markup:
        """Look for faces in photos that are new, and show all of them."""
        return self.faces.strip(self.faces.look(visitor))

    def collect_others(self, visitor: str, ticket: str, left_out: tuple[Refusal, ...] = ()) -> Screen:
        """Open the files of a ticket as photos of other people; see `Uploads`."""
        return self._others(visitor, self.uploads.collect_others(visitor, ticket, left_out))

    def remove_other(self, visitor: str, photo: int) -> Screen:
        """Remove one photo of other people."""
        return self._others(visitor, self.uploads.remove_other(visitor, photo))

    def clear_others(self, visitor: str) -> Screen:
        """Remove all photos of other people."""
        return self._others(visitor, self.uploads.clear_others(visitor))

    def _others(self, visitor: str, photos: VisitPhotos) -> Screen:
        address_of = self.sessions.touch(visitor).thumbnails.address_of
        return Screen(others=photo_markup.others_strip(photos.others, address_of))

    # -- the answer --------------------------------------------------------------------------------------

    def rejudge(self, visitor: str, tau: float, size: float) -> Screen:
        """Judge again what is encoded, with another tau or number of names."""
        self.sessions.open(visitor)
        visit = self.sessions.change(
            visitor, lambda old: replace(old, choice=replace(old.choice, tau=int(tau), size=int(size)))
        )
        return self._judge_again(visitor, visit.answer, visit.choice)

    def switch(self, visitor: str, photo: int) -> Screen:
        """Switch one photo of the result off or on, and judge again."""
        visit = self.sessions.open(visitor)
        switched_off = visit.answer.switched_off ^ {photo}
        answer = replace(visit.answer, switched_off=switched_off)
        screen = self._judge_again(visitor, answer, visit.choice)
        if screen.shown is not None:
            self.sessions.change(
                visitor,
                lambda old: replace(old, answer=replace(old.answer, switched_off=switched_off)),
            )
        return screen

    def _judge_again(self, visitor: str, answer: Answer, choice: Choice) -> Screen:
        """Judge what is encoded by what the visitor has chosen; nothing changes before the first run."""
        if answer.encoded is None or answer.question is None:
            return Screen()
        chosen = select(answer.encoded, choice, answer.switched_off)
        if not chosen.kept:
            return Screen(form_markup.trouble(Message("judge-no-photo-left")))
        question = answer.question.narrowed(chosen.kept)
        visit = self.sessions.change(visitor, lambda old: replace(old, attempts=old.attempts.add(question)))
        result = judge(
            answer.encoded,
            tau=chosen.tau,
            size=chosen.size,
            kept=chosen.kept,
            attempts=visit.attempts.count(question.example),
        )
        return Screen(Markup(""), shown=(result, answer.context))

    # -- the rest ----------------------------------------------------------------------------------------

    def model_note(self, key: str) -> Markup:
        """Describe a model of the picker."""
        spec = self.engine.spec(key)
        return form_markup.model_note(spec, weights.available(spec), self.settings.downloads)

    def forget(self, visitor: str) -> Screen:
        """Drop all that is held of a visitor and empty the page."""
        self.sessions.forget(visitor)
        self._release_memory()
        empty = Markup("")
        return Screen(form_markup.note(say("forgotten")), strip=empty, others=empty, name="", cleared=True)

    def expired(self) -> Screen:
        """Say that a visit was forgotten because nobody used it; what is on the screen stays there."""
        self._release_memory()
        said = say("expired", minutes=self.settings.session_minutes)
        return Screen(form_markup.note(said), strip=Markup(""), others=Markup(""))

    def sweep(self) -> None:
        """Drop whatever nobody used for too long."""
        self.uploads.inbox.sweep()
        self.runner.sweep()
        if self.sessions.sweep():
            self._release_memory()
