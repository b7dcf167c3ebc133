"""What the page does when somebody acts on it: values in, `Screen`s out.

Does not: import the web framework, build markup (`form`, `results` do), or decide anything about a verdict.
"""

from __future__ import annotations

import threading
import time
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from markupsafe import Markup

from idia_core import names, photos, prompts, weights
from idia_core.audit import AuditRequest, AuditResult, Progress, embed, judge, run_audit
from idia_core.bank import Bank
from idia_core.errors import IdiaError
from idia_core.models import REGISTRY, SANDBOX, ModelSpec, parse
from idia_core.photos import Limits, PhotoSet, Refusal
from idia_core.settings import ASSETS, Settings
from idia_core.ui import form, wording
from idia_core.ui.examples import Example
from idia_core.ui.fetching import fetch_steps
from idia_core.ui.sessions import NO_PHOTOS, Inbox, Sessions, Visit

if TYPE_CHECKING:
    from idia_core.encoder import Encoder, Shelf

THUMBNAIL_EDGE = 200
MOST_TEXT = 70_000
"""Characters of typed templates that are read at all; the room for 200 of 300 characters, and some."""


@dataclass(frozen=True)
class Form:
    """What the left side says when a run is asked for."""

    name: str
    """As typed."""
    model: str
    """A key of the picker."""
    seed: float | None
    """Decides the other names; empty is 0."""
    templates: str
    """As typed; empty is the paper's set."""


@dataclass(frozen=True)
class Screen:
    """What changes on the page; None leaves a part as it is."""

    progress: Markup | None = None
    """The line under the button."""
    strip: Markup | None = None
    """The photos so far."""
    name: str | None = None
    """The name field."""
    model: str | None = None
    """The picker."""
    shown: tuple[AuditResult, Visit] | None = None
    """The result to draw."""
    cleared: bool = False
    """Whether the result is to vanish."""


class Page:
    """The page's actions; one instance serves all visitors, and holds nothing of theirs but `sessions`."""

    def __init__(
        self, settings: Settings, people: tuple[Example, ...], decode: photos.Decode = photos.decoder.decode
    ) -> None:
        """Set up; load nothing.

        Args:
            settings: of the host.
            people: the examples.
            decode: who opens a visitor's files.
        """
        self.settings = settings
        self.people = {person.key: person for person in people}
        self.limits = Limits(photos=settings.max_photos, file_bytes=settings.max_file_mb * 1_000_000)
        self.sessions = Sessions(settings.session_minutes * 60.0, time.monotonic)
        self.inbox = Inbox(settings.max_photos + 1, self.limits.total_bytes, time.monotonic)
        self.default = parse(settings.default_model)
        known = any(spec.key == self.default.key for spec in REGISTRY)
        self.specs = REGISTRY if known else (self.default, *REGISTRY)
        self._bank = Bank(settings.cache_dir / "bank", settings.cache_mb * 1_000_000)
        self._no_disk = Bank(None, 0)
        self._decode = decode
        self._model_lock = threading.Lock()
        self._shelf: Shelf | None = None

    # -- photos ------------------------------------------------------------------------------------------

    def receive(self, parcel: object) -> str:
        """Take one file from the browser, in memory.

        Args:
            parcel: `ticket`, `label` and base64 `data`, as the drop zone's script sends them.
        Returns:
            Empty, or the reason why it was not taken.
        """
        fields = parcel if isinstance(parcel, dict) else {}
        ticket, label, text = (fields.get(key) for key in ("ticket", "label", "data"))
        if not (isinstance(ticket, str) and isinstance(label, str) and isinstance(text, str)):
            return "This is no photo."
        if not 16 <= len(ticket) <= 64:
            return "This is no photo."
        try:
            self.inbox.put(ticket, label, b64decode(text, validate=True))
        except NotBase64:
            return "This is no photo."
        except IdiaError as error:
            return str(error)
        return ""

    def collect(self, visitor: str, ticket: str, left_out: tuple[Refusal, ...] = ()) -> Screen:
        """Open the files of a ticket and add them to the visitor's own photos.

        Args:
            visitor: the session.
            ticket: as in `receive`.
            left_out: files that the browser did not send, with reasons.
        Returns:
            The photos so far.
        """
        arrived = photos.read_all(self.inbox.take(ticket), self.limits, self._decode)
        self.sessions.open(visitor)
        visit = self.sessions.change(
            visitor, lambda old: replace(old, own=self._merge(old.own, arrived, left_out), example="")
        )
        return Screen(strip=self._strip(visit), progress=Markup(""))

    def remove(self, visitor: str, photo: int) -> Screen:
        """Take one of the visitor's photos away."""

        def without(old: Visit) -> Visit:
            left = tuple(one for at, one in enumerate(old.own.photos) if at != photo)
            return replace(old, own=PhotoSet(left, old.own.refused))

        self.sessions.open(visitor)
        return Screen(strip=self._strip(self.sessions.change(visitor, without)))

    def clear(self, visitor: str) -> Screen:
        """Take an example's photos away, or else all of the visitor's own."""

        def emptied(old: Visit) -> Visit:
            if old.example:
                return replace(old, example="", example_photos=NO_PHOTOS)
            return replace(old, own=NO_PHOTOS)

        self.sessions.open(visitor)
        return Screen(strip=self._strip(self.sessions.change(visitor, emptied)))

    def forget(self, visitor: str) -> Screen:
        """Drop all that is held of a visitor and empty the page."""
        self.sessions.forget(visitor)
        return Screen(form.note(wording.FORGOTTEN), strip=Markup(""), name="", cleared=True)

    # -- runs --------------------------------------------------------------------------------------------

    def run(self, visitor: str, asked: Form) -> Iterator[Screen]:
        """Ask the model about the photos and the name in the form."""
        self.sessions.open(visitor)
        return self._told(self._run(visitor, asked, ""))

    def run_example(self, visitor: str, key: str, asked: Form) -> Iterator[Screen]:
        """Put an example into the form and ask the sandbox about it; the visitor's own photos stay in memory."""
        self.sessions.open(visitor)
        return self._told(self._run_example(visitor, key, asked))

    def stopped(self, visitor: str) -> Screen:
        """Say what a stopped run left."""
        visit = self.sessions.open(visitor)
        some = visit.encoded is not None and len(visit.encoded.photos) < visit.asked_photos
        return Screen(form.note(wording.STOPPED_PARTIAL if some else wording.STOPPED))

    def broke(self) -> Screen:
        """Say that the fault is ours."""
        return Screen(form.trouble(wording.BROKE, ""))

    def rejudge(self, visitor: str, tau: float, size: float) -> Screen:
        """Judge again what is encoded, with another tau or number of names."""
        self.sessions.open(visitor)
        visit = self.sessions.change(visitor, lambda old: replace(old, tau=int(tau), size=int(size)))
        return self._judged(visit)

    def switch(self, visitor: str, photo: int) -> Screen:
        """Switch one photo of the result off or on, and judge again."""
        visit = self.sessions.open(visitor)
        changed = replace(visit, out=visit.out ^ {photo})
        screen = self._judged(changed)
        if screen.shown is not None:
            self.sessions.change(visitor, lambda old: replace(old, out=changed.out))
        return screen

    # -- models ------------------------------------------------------------------------------------------

    def here(self) -> list[bool]:
        """Tell for each model whether its weights are on this machine."""
        return [weights.available(spec) for spec in self.specs]

    def note(self, key: str) -> Markup:
        """Describe a model of the picker."""
        spec = self._spec(key)
        return form.model_note(spec, weights.available(spec), self.settings.downloads)

    def warm_up(self) -> None:
        """Load the default model, if it is here, and read its candidates, before anybody asks."""
        if not weights.available(self.default):
            return
        with self._model_lock:
            encoder = self._encoder(self.default)
        lists = names.load(ASSETS / "names", self.default.lists_id)
        public = names.decoys(lists, self.settings.names, 0)
        templates = prompts.PAPER.templates
        steps = self._bank.build(
            encoder.fingerprint, templates, public, lambda part: embed(prompts.PAPER, part, encoder)
        )
        while True:
            with self._model_lock:
                if next(steps, None) is None:
                    return

    def sweep(self) -> None:
        """Drop whatever nobody used for too long."""
        self.sessions.sweep()
        self.inbox.sweep()

    # -- inside ------------------------------------------------------------------------------------------

    def _told(self, steps: Iterator[Screen]) -> Iterator[Screen]:
        """Turn a person's mistake into a sentence; nothing that was on the page is lost."""
        try:
            yield from steps
        except IdiaError as error:
            yield Screen(form.trouble(error.message, error.hint))

    def _run_example(self, visitor: str, key: str, asked: Form) -> Iterator[Screen]:
        person = self.people.get(key)
        if person is None:
            raise IdiaError("There is no such example.", "Load the page again.")
        yield Screen(form.progress(wording.RUN_START, "start"), name=person.name, model=SANDBOX.key)
        shown = photos.read_all(((path.name, path.read_bytes()) for path in person.files), self.limits)
        visit = self.sessions.change(
            visitor, lambda old: replace(old, example=key, example_photos=shown, out=frozenset())
        )
        yield Screen(strip=self._strip(visit))
        truth = wording.example_truth(person.training_photos)
        yield from self._run(visitor, replace(asked, name=person.name, model=SANDBOX.key), truth)

    def _run(self, visitor: str, asked: Form, truth: str) -> Iterator[Screen]:
        yield Screen(form.progress(wording.RUN_START, "start"))
        visit = self.sessions.change(visitor, lambda old: old)
        request, spec = self._request(visit, asked)
        thumbnails = tuple(form.data_address(photo, THUMBNAIL_EDGE) for photo in request.photos)
        visit = self.sessions.change(
            visitor,
            lambda old: replace(
                old,
                encoded=None,
                thumbnails=thumbnails,
                refused=len(old.active.refused),
                asked_photos=len(thumbnails),
                truth=truth if spec.is_sandbox else "",
                out=frozenset(),
            ),
        )
        yield from self._present(spec)
        yield Screen(form.progress(wording.RUN_LOADING.format(title=spec.title), "loading"))
        with self._model_lock:
            encoder = self._encoder(spec)
        # What a visitor typed is not to be found on the disk, not even as the key of a cache.
        bank = self._bank if request.prompts is prompts.PAPER else self._no_disk
        yield from self._follow(visitor, run_audit(request, encoder, bank))

    def _follow(self, visitor: str, steps: Iterator[Progress | AuditResult]) -> Iterator[Screen]:
        """Advance a run step by step; only one run of all visitors is inside the model at any moment."""
        while True:
            with self._model_lock:
                step = next(steps)
            result = step if isinstance(step, AuditResult) else step.partial
            shown = None if result is None else self._keep(visitor, result)
            if isinstance(step, AuditResult):
                yield Screen(form.note(wording.RUN_DONE), shown=shown)
                return
            text = wording.RUN_STAGES[step.stage].format(done=step.done, total=step.total)
            yield Screen(form.progress(text, step.stage, step.done, step.total), shown=shown)

    def _keep(self, visitor: str, result: AuditResult) -> tuple[AuditResult, Visit]:
        """Remember what is encoded; judge it by what the visitor has chosen meanwhile."""
        visit = self.sessions.change(visitor, lambda old: replace(old, encoded=result.encoded))
        as_asked = (result.verdict.tau, len(result.names), result.kept)
        tau, size, kept = self._choice(visit)
        if (tau, size, kept) != as_asked and kept:
            result = judge(result.encoded, tau=tau, size=size, kept=kept)
        return result, visit

    def _judged(self, visit: Visit) -> Screen:
        if visit.encoded is None:
            return Screen()
        tau, size, kept = self._choice(visit)
        try:
            return Screen(Markup(""), shown=(judge(visit.encoded, tau=tau, size=size, kept=kept), visit))
        except IdiaError as error:
            return Screen(form.trouble(error.message, error.hint))

    def _choice(self, visit: Visit) -> tuple[int, int, tuple[int, ...]]:
        """Fit a visitor's choices to what is encoded."""
        encoded = visit.encoded
        if encoded is None:
            raise ValueError("nothing is encoded yet")
        tau = min(max(visit.tau, 1), len(encoded.prompts.templates))
        size = min(max(visit.size, 2), len(encoded.pool.names))
        return tau, size, tuple(at for at in range(len(encoded.photos)) if at not in visit.out)

    def _request(self, visit: Visit, asked: Form) -> tuple[AuditRequest, ModelSpec]:
        """Check a form, photos first, and turn it into a request."""
        if not visit.active.photos:
            raise IdiaError(*wording.NO_PHOTO)
        if not asked.name.strip():
            raise IdiaError(*wording.NO_NAME)
        name = names.normalise(asked.name)
        spec = self._spec(asked.model)
        if not weights.available(spec) and not self.settings.downloads:
            raise weights.missing(spec)
        typed = asked.templates[:MOST_TEXT]
        chosen = prompts.parse(typed.splitlines()) if typed.strip() else prompts.PAPER
        return (
            AuditRequest(
                name=name,
                photos=visit.active.photos,
                lists=names.load(ASSETS / "names", spec.lists_id),
                prompts=chosen,
                size=self.settings.names,
                tau=min(max(visit.tau, 1), len(chosen.templates)),
                seed=max(0, int(asked.seed or 0)),
            ),
            spec,
        )

    def _spec(self, key: str) -> ModelSpec:
        """Find a model of the picker; nothing else may be loaded from a page."""
        for spec in self.specs:
            if spec.key == key:
                return spec
        raise IdiaError("This page does not offer that model.", "Choose one from the list.")

    def _present(self, spec: ModelSpec) -> Iterator[Screen]:
        """Fetch a model's weights if they are missing and the host allows it."""
        if weights.available(spec):
            return
        for done, total in fetch_steps(spec):
            text = wording.RUN_FETCHING.format(
                title=spec.title, done=weights.size_text(done), total=weights.size_text(total)
            )
            yield Screen(form.progress(text, "loading", done, total))

    def _encoder(self, spec: ModelSpec) -> Encoder:
        """Return the loaded model; the caller holds the lock. Imported here, for it takes seconds."""
        if self._shelf is None:
            from idia_core.encoder import Shelf

            self._shelf = Shelf(self.settings.models_kept, self.settings.device)
        return self._shelf.get(spec)

    def _merge(self, own: PhotoSet, arrived: PhotoSet, left_out: tuple[Refusal, ...]) -> PhotoSet:
        """Add new photos to those that are there; what is there already, or is too many, is set aside."""
        kept, refused = list(own.photos), [*arrived.refused, *left_out]
        known = {photo.digest: photo.label for photo in kept}
        for photo in arrived.photos:
            if photo.digest in known:
                twin = f"The very same file as {known[photo.digest]}."
                refused.append(Refusal(photo.label, twin, "It is counted once."))
            elif len(kept) >= self.limits.photos:
                most = f"Only {self.limits.photos} photos are looked at."
                refused.append(Refusal(photo.label, most, "Remove others first."))
            else:
                known[photo.digest] = photo.label
                kept.append(photo)
        return PhotoSet(tuple(kept), tuple(refused))

    def _strip(self, visit: Visit) -> Markup:
        return form.strip(visit.active, self.people.get(visit.example))
