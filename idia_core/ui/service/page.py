"""What the page does when somebody acts on it: values in, `Screen`s out.

Does not: import the web framework, build markup (`form`, `results` do), or decide anything about a verdict.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import wait
from dataclasses import replace
from typing import TypeVar

from markupsafe import Markup

from idia_core import names
from idia_core.attack import prompts
from idia_core.audit.judge import judge
from idia_core.audit.records import AuditRequest, AuditResult, Encoded
from idia_core.audit.run import run_audit
from idia_core.clip import weights
from idia_core.clip.registry import SANDBOX, ModelSpec
from idia_core.errors import IdiaError
from idia_core.photos import decoding, quality
from idia_core.photos.photo import Decode, Refusal
from idia_core.sandbox.examples import Example
from idia_core.settings import ASSETS, Settings
from idia_core.text import phrases, say
from idia_core.ui.markup import form as form_markup
from idia_core.ui.markup import photos as photo_markup
from idia_core.ui.service import errors, faces, requests
from idia_core.ui.service.engine import Engine, fetch_steps
from idia_core.ui.service.faces import FaceChecks
from idia_core.ui.service.limits import RateLimiter, RunQueue, with_deadline
from idia_core.ui.service.sessions import Sessions
from idia_core.ui.service.uploads import Uploads
from idia_core.ui.state import NO_CHANGE, Form, Run, RunContext, RunEndedError, Screen, Visit, begin_run

Value = TypeVar("Value")

THUMBNAIL_EDGE = 200
PATIENCE_SECONDS = 0.25
"""How soon a run notices that somebody pressed Stop or closed the page."""
STOP_SECONDS = 3.0
"""How long Stop waits for the run to end before it says so."""
MOST_NAME = 400
"""Characters of a typed name that are read at all; a longer one than 80 is refused in words."""
MOST_TEXT = 70_000
"""Characters of typed templates that are read at all; the room for 200 of 300 characters, and some."""


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
        self.people = {person.key: person for person in people}
        self.sessions = Sessions(settings.session_minutes * 60.0, time.monotonic)
        self.uploads = Uploads(settings, self.sessions, decode)
        self.engine = Engine(settings)
        self.queue = RunQueue(settings.queue_size)
        self.page_rate = RateLimiter(settings.runs_per_minute, time.monotonic)
        self.address_rate = RateLimiter(settings.address_runs_per_minute, time.monotonic)
        self.faces = FaceChecks(self.sessions, self.engine, self.people)

    # -- photos ------------------------------------------------------------------------------------------

    def collect(self, visitor: str, ticket: str, left_out: tuple[Refusal, ...] = ()) -> Screen:
        """Take in the files of a ticket; see `Uploads`."""
        try:
            self.uploads.collect(visitor, ticket, left_out)
            return Screen(Markup(""), strip=self._strip(self.faces.look(visitor)))
        except IdiaError as error:
            return Screen(form_markup.trouble(error.message))

    def remove(self, visitor: str, photo: int) -> Screen:
        """Take one of the visitor's photos away."""
        self.uploads.remove(visitor, photo)
        return Screen(strip=self._strip(self.faces.look(visitor)))

    def clear(self, visitor: str) -> Screen:
        """Take an example's photos away, or else all of the visitor's own."""
        self.uploads.clear(visitor)
        return Screen(strip=self._strip(self.faces.look(visitor)))

    def collect_others(self, visitor: str, ticket: str, left_out: tuple[Refusal, ...] = ()) -> Screen:
        """Take in photos of somebody else; see `Uploads`."""
        return self._others(self.uploads.collect_others(visitor, ticket, left_out))

    def remove_other(self, visitor: str, photo: int) -> Screen:
        """Take one of these away."""
        return self._others(self.uploads.remove_other(visitor, photo))

    def clear_others(self, visitor: str) -> Screen:
        """Take all of these away."""
        return self._others(self.uploads.clear_others(visitor))

    def forget(self, visitor: str) -> Screen:
        """Drop all that is held of a visitor and empty the page."""
        self.sessions.forget(visitor)
        self._release_memory()
        empty = Markup("")
        return Screen(form_markup.note(say("forgotten")), strip=empty, others=empty, name="", cleared=True)

    # -- runs --------------------------------------------------------------------------------------------

    def ask(self, visitor: str, asked: Form) -> None:
        """Take the question in; `run` answers it. So nothing that was typed ever waits in the queue."""
        short = replace(asked, name=asked.name[:MOST_NAME], templates=asked.templates[:MOST_TEXT])
        self.sessions.open(visitor)
        self.sessions.change(visitor, lambda old: replace(old, asked=short))

    def run(self, visitor: str, address: str = "") -> Generator[Screen, None, None]:
        """Ask the model what was asked last; nothing where that was answered already (a double click).

        A run that is still under way ends at its next step. An example brings its own name, photos and model;
        the visitor's own photos stay in memory.
        """
        run = Run(visitor, object(), address)
        self.sessions.open(visitor)
        asked = self.sessions.change(visitor, lambda old: begin_run(old, run)).answering
        if asked is None:
            return
        steps = self._run_example(run, asked) if asked.example else self._run(run, asked, "")
        try:
            yield from self._told(run, steps)
        finally:
            self.sessions.change(
                visitor, lambda old: replace(old, answering=None, alive=max(0, old.alive - 1))
            )
            if visitor not in self.sessions:
                self._release_memory()  # forgotten during the run, which held the photos until now

    def stopped(self, visitor: str) -> Screen:
        """End the visitor's run, also one that has not begun yet, and say what it left."""
        self.sessions.open(visitor)
        visit = self.sessions.change(visitor, lambda old: replace(old, asked=None, run=None))
        until = time.monotonic() + STOP_SECONDS
        while visit.alive and time.monotonic() < until:
            time.sleep(PATIENCE_SECONDS / 5)
            visit = self.sessions.change(visitor, lambda old: old)
        return Screen(_left(visit))

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

    def note(self, key: str) -> Markup:
        """Describe a model of the picker."""
        spec = self.engine.spec(key)
        return form_markup.model_note(spec, weights.available(spec), self.settings.downloads)

    def sweep(self) -> None:
        """Drop whatever nobody used for too long."""
        for kept in (self.uploads.inbox, self.page_rate, self.address_rate):
            kept.sweep()
        if self.sessions.sweep():
            self._release_memory()

    def expired(self) -> Screen:
        """Say that a visit was forgotten because nobody used it; what is on the screen stays there."""
        self._release_memory()
        said = say("expired", minutes=self.settings.session_minutes)
        return Screen(form_markup.note(said), strip=Markup(""), others=Markup(""))

    # -- inside ------------------------------------------------------------------------------------------

    def _told(self, run: Run, steps: Iterator[Screen]) -> Iterator[Screen]:
        """Turn a person's mistake into a sentence; nothing that was on the page is lost."""
        try:
            yield from steps
        except RunEndedError:
            visit = self.sessions.change(run.visitor, lambda old: old)
            if visit.alive and visit.run is None:  # stopped; not replaced by another, nor forgotten
                yield Screen(_left(visit))
        except IdiaError as error:
            yield Screen(form_markup.trouble(error.message), error=error)
        except errors.CAUGHT as error:
            said = errors.describe_error(error)
            yield Screen(form_markup.trouble(said.message), error=said)

    def _change(self, run: Run, how: Callable[[Visit], Visit]) -> Visit:
        """Change the visit that a run belongs to.

        Raises:
            EndedError: the run is to go no further; nothing was changed.
        """
        visit = self.sessions.change(run.visitor, lambda old: how(old) if old.run is run.token else old)
        if visit.run is not run.token:
            raise RunEndedError
        return visit

    def _in_turn(self, run: Run, steps: Generator[Screen, None, None]) -> Iterator[Screen]:
        """Wait until it is this run's turn at the model, then take its steps, as long as a run may take."""
        ticket, said = self.queue.join(), 0
        try:
            while ahead := self.queue.ahead(ticket, PATIENCE_SECONDS if said else 0.0):
                text = phrases.in_line(ahead, self.queue.usual_seconds())
                yield NO_CHANGE if ahead == said else Screen(form_markup.progress(text, "start"))
                said = ahead
                self._change(run, lambda old: old)
            yield from with_deadline(steps, self.settings.run_seconds, "run-too-long")
        finally:
            self.queue.leave(ticket)

    def _patiently(self, run: Run, work: Callable[[], Value]) -> Generator[Screen, None, Value]:
        """Do something in the model's thread; yield now and then, so that a run can be stopped at any time.

        Args:
            run: whose work it is.
            work: goes on to its end even if the run is stopped; whoever is next waits for that.
        Yields:
            A word of waiting while another's work is at the model, or else nothing new.
        Returns:
            What the work returned.
        Raises:
            EndedError: the run is to go no further.
        """
        self._change(run, lambda old: old)
        task, told = self.engine.start(work), False
        try:
            while not wait([task], timeout=PATIENCE_SECONDS).done:
                news = not (told or task.running())
                told = told or news
                yield Screen(form_markup.progress(say("run-waiting"), "start")) if news else NO_CHANGE
                self._change(run, lambda old: old)
            return task.result()
        finally:
            task.cancel()
            del task  # or a failed one, its error and this frame keep each other, and the photos, alive

    def _run_example(self, run: Run, asked: Form) -> Iterator[Screen]:
        person = self.people.get(asked.example)
        if person is None:
            raise IdiaError("no-example")
        yield Screen(form_markup.progress(say("run-start"), "start"), name=person.name, model=SANDBOX.key)
        files = ((path.name, path.read_bytes()) for path in person.files)
        shown = self.uploads.opened(files, decoding.decode)
        visit = self._change(
            run, lambda old: replace(old, example=asked.example, example_photos=shown, out=frozenset())
        )
        yield Screen(strip=self._strip(visit))
        truth = phrases.example_truth(person.training_photos)
        yield from self._run(run, replace(asked, name=person.name, model=SANDBOX.key), truth)

    def _run(self, run: Run, asked: Form, truth: str) -> Iterator[Screen]:
        yield Screen(form_markup.progress(say("run-start"), "start"))
        visit = self._change(run, lambda old: old)
        request, spec, left_out = self._request(visit, asked)
        self.queue.check_room()
        address_of = faces.thumbnail_addresses(visit)
        samples = faces.view_samples(request.photos, request.face_checks, spec.is_sandbox, address_of)
        self.page_rate.start(run.visitor)
        self.address_rate.start(run.address)
        request, note = requests.add_other_people(request, visit, spec.is_sandbox)
        thumbnails = tuple(address_of(photo, THUMBNAIL_EDGE) for photo in request.photos)
        self._change(
            run,
            lambda old: replace(
                old,
                encoded=None,
                context=RunContext(
                    thumbnails=thumbnails,
                    samples=samples,
                    refused=len(old.active.refused) + len(left_out),
                    left_out=left_out,
                    asked_photos=len(thumbnails),
                    known_truth=truth if spec.is_sandbox else "",
                    others_note=note,
                ),
                out=frozenset(),
            ),
        )
        yield from self._present(run, spec)
        yield from self._in_turn(run, self._answer(run, request, spec, visit.encoded))

    def _answer(
        self, run: Run, request: AuditRequest, spec: ModelSpec, before: Encoded | None
    ) -> Generator[Screen, None, None]:
        """Load the model and advance the audit step by step; show what each step brought."""
        yield Screen(form_markup.progress(say("run-loading", title=spec.title), "loading"))
        encoder = yield from self._patiently(run, lambda: self.engine.encoder(spec))
        steps = run_audit(request, encoder, self.engine.text_cache(request.prompts), before)
        stage, began = "", 0.0
        while True:
            step = yield from self._patiently(run, lambda: next(steps))
            result = step if isinstance(step, AuditResult) else step.partial
            shown = None if result is None else self._keep(run, result)
            if isinstance(step, AuditResult):
                yield Screen(form_markup.note(say("run-done")), shown=shown)
                return
            if step.stage != stage:
                stage, began = step.stage, time.monotonic()
            elapsed = time.monotonic() - began
            left = step.seconds_left(elapsed) if step.stage == "candidates" else None
            text = phrases.stage(step.stage, step.done, step.total, left)
            yield Screen(form_markup.progress(text, step.stage, step.done, step.total), shown=shown)

    def _keep(self, run: Run, result: AuditResult) -> tuple[AuditResult, RunContext]:
        """Remember what is encoded; judge it by what the visitor has chosen meanwhile."""
        visit = self._change(run, lambda old: replace(old, encoded=result.encoded))
        as_asked = (result.verdict.tau, len(result.names), result.kept)
        tau, size, kept = self._choice(visit)
        if (tau, size, kept) != as_asked and kept:
            result = judge(result.encoded, tau=tau, size=size, kept=kept)
        return result, visit.context

    def _judged(self, visit: Visit) -> Screen:
        if visit.encoded is None:
            return Screen()
        tau, size, kept = self._choice(visit)
        try:
            return Screen(
                Markup(""), shown=(judge(visit.encoded, tau=tau, size=size, kept=kept), visit.context)
            )
        except IdiaError as error:
            return Screen(form_markup.trouble(error.message))

    def _choice(self, visit: Visit) -> tuple[int, int, tuple[int, ...]]:
        """Fit a visitor's choices to what is encoded."""
        encoded = visit.encoded
        if encoded is None:
            raise ValueError("nothing is encoded yet")
        tau = min(max(visit.tau, 1), len(encoded.prompts.templates))
        size = min(max(visit.size, 2), len(encoded.pool.names))
        return tau, size, tuple(at for at in range(len(encoded.photos)) if at not in visit.out)

    def _request(self, visit: Visit, asked: Form) -> tuple[AuditRequest, ModelSpec, tuple[Refusal, ...]]:
        """Check a form, photos first, and turn it into a request."""
        if not visit.active.photos:
            raise IdiaError("no-photo")
        if not asked.name.strip():
            raise IdiaError("no-name")
        if not (asked.agreed or asked.example):
            raise IdiaError("consent-missing")
        name = names.normalise_name(asked.name)
        spec = self.engine.spec(asked.model)
        if not weights.available(spec) and not self.settings.downloads:
            raise weights.missing(spec)
        shown, seen, left_out = quality.usable(
            visit.active.photos, faces.face_checks(visit), asked.crop, spec.is_sandbox
        )
        typed = asked.templates
        chosen = prompts.parse(typed.splitlines()) if typed.strip() else prompts.PAPER
        return (
            AuditRequest(
                name=name,
                photos=shown,
                lists=names.load_lists(ASSETS / "names", spec.lists_id),
                prompts=chosen,
                size=self.settings.names,
                tau=min(max(visit.tau, 1), len(chosen.templates)),
                seed=max(0, int(asked.seed or 0)),
                face_checks=seen,
                crop=asked.crop,
            ),
            spec,
            left_out,
        )

    def _present(self, run: Run, spec: ModelSpec) -> Iterator[Screen]:
        """Fetch a model's weights if they are missing and the host allows it."""
        if weights.available(spec):
            return
        for done, total in with_deadline(fetch_steps(spec), self.settings.fetch_seconds, "fetch-too-long"):
            text = say(
                "run-fetching",
                title=spec.title,
                done=weights.size_message(done),
                total=weights.size_message(total),
            )
            yield Screen(form_markup.progress(text, "loading", done, total))
            self._change(run, lambda old: old)

    def _others(self, visit: Visit) -> Screen:
        return Screen(others=photo_markup.others_strip(visit.others, visit.thumbnails.address_of))

    def _strip(self, visit: Visit) -> Markup:
        return self.faces.strip(visit)


def _left(visit: Visit) -> Markup:
    """Say what a stopped run left."""
    some = visit.encoded is not None and len(visit.encoded.photos) < visit.context.asked_photos
    return form_markup.note(say("stopped-partial") if some else say("stopped"))
