"""A run from the visitor's question to the answer: its turn in the queue, and what each step of the model shows.

A run is a generator of `Screen`s that the web framework advances. Work for the model happens in the engine's one
thread; the generator yields while it waits, so that a run can be stopped at any time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import wait
from dataclasses import dataclass, field, replace
from typing import TypeVar

from idia_core.audit.judge import judge
from idia_core.audit.records import AuditResult, Encoded
from idia_core.audit.run import advance, run_audit
from idia_core.clip import weights
from idia_core.clip.registry import SANDBOX, ModelSpec
from idia_core.errors import IdiaError
from idia_core.photos import decoding
from idia_core.photos.photo import PhotoSet
from idia_core.settings import Settings
from idia_core.text import phrases, say
from idia_core.ui.markup import form as form_markup
from idia_core.ui.service import errors, requests
from idia_core.ui.service.attempts import Question
from idia_core.ui.service.engine import Engine, fetch_steps
from idia_core.ui.service.faces import FaceChecks, thumbnail_addresses, view_samples
from idia_core.ui.service.limits import RateLimiter, RunQueue, with_deadline
from idia_core.ui.service.requests import RunRequest
from idia_core.ui.service.sessions import Sessions
from idia_core.ui.service.uploads import Uploads
from idia_core.ui.service.visit import Answer, Selection, Visit, select
from idia_core.ui.state import NO_CHANGE, Form, RunContext, Screen

Value = TypeVar("Value")

THUMBNAIL_EDGE = 200
"""Longer edge of the small pictures beside a result, in pixels."""
POLL_SECONDS = 0.25
"""How soon a run notices that somebody pressed Stop or closed the page."""
STOP_SECONDS = 3.0
"""How long Stop waits for the run to end before it says so."""
MAX_NAME_READ = 400
"""Characters of a typed name that are read at all; a name longer than 80 is refused with a sentence."""
MAX_TEMPLATES_READ = 70_000
"""Characters of typed templates that are read at all; 200 templates of 300 characters fit."""


class RunEndedError(Exception):
    """A run is to go no further: it was stopped, another took its place, or its visitor is gone."""


@dataclass(frozen=True)
class Run:
    """One run of one visitor."""

    visitor: str
    """The session."""
    token: object
    """Its identity; in the visit for as long as this run may go on."""
    address: str = field(default="", repr=False)
    """Where the visitor connects from, for the rate limit; empty where nobody knows."""


class Runner:
    """Runs of all visitors: one at a time at the model, the others in a queue."""

    def __init__(
        self,
        settings: Settings,
        sessions: Sessions,
        engine: Engine,
        uploads: Uploads,
        faces: FaceChecks,
        release_memory: Callable[[], None],
    ) -> None:
        """Set up; load nothing.

        Args:
            settings: of the host.
            sessions: where visits are kept.
            engine: the models and their thread.
            uploads: opens an example's photos, within the bound on memory.
            faces: shows the photos of a visit, and knows the examples.
            release_memory: stops idle decoders and returns free memory to the system.
        """
        self.settings = settings
        self.queue = RunQueue(settings.queue_size)
        self.page_rate = RateLimiter(settings.runs_per_minute, time.monotonic)
        self.address_rate = RateLimiter(settings.address_runs_per_minute, time.monotonic)
        self._sessions = sessions
        self._engine = engine
        self._uploads = uploads
        self._faces = faces
        self._release_memory = release_memory

    def ask(self, visitor: str, form: Form) -> None:
        """Keep a question in the visit; `run` answers it. So nothing that was typed waits in the framework's queue.

        Args:
            visitor: the session.
            form: cut to a sensible length here.
        """
        short = replace(form, name=form.name[:MAX_NAME_READ], templates=form.templates[:MAX_TEMPLATES_READ])
        self._sessions.open(visitor)
        self._sessions.change(visitor, lambda old: replace(old, asking=replace(old.asking, waiting=short)))

    def run(self, visitor: str, address: str = "") -> Generator[Screen, None, None]:
        """Answer what was asked last; nothing where that was answered already (a double click).

        A run that is still under way ends at its next step. An example brings its own name, photos and model;
        the visitor's own photos stay in memory.

        Args:
            visitor: the session.
            address: where the visitor connects from, for the rate limit; empty where nobody knows.
        Yields:
            What changes on the page; `NO_CHANGE` while the run waits.
        """
        run = Run(visitor, object(), address)
        self._sessions.open(visitor)
        begun = self._sessions.change(visitor, lambda old: replace(old, asking=old.asking.begin(run.token)))
        form = begun.asking.answering
        if form is None:
            return
        steps = self._run_example(run, form) if form.example else self._run_question(run, form, "")
        try:
            yield from self._report_errors(run, steps)
        finally:
            self._sessions.change(visitor, lambda old: replace(old, asking=old.asking.end()))
            if visitor not in self._sessions:
                self._release_memory()  # forgotten during the run, which held the photos until now

    def stop(self, visitor: str) -> Screen:
        """End the visitor's run, also one that has not begun yet.

        Args:
            visitor: the session.
        Returns:
            A sentence on what the run left.
        """
        self._sessions.open(visitor)
        visit = self._sessions.change(
            visitor, lambda old: replace(old, asking=replace(old.asking, waiting=None, token=None))
        )
        until = time.monotonic() + STOP_SECONDS
        while visit.asking.alive and time.monotonic() < until:
            time.sleep(POLL_SECONDS / 5)
            visit = self._sessions.touch(visitor)
        return stopped_screen(visit.answer)

    def sweep(self) -> None:
        """Forget who has not started a run for a minute."""
        self.page_rate.sweep()
        self.address_rate.sweep()

    # -- steps -------------------------------------------------------------------------------------------

    def _report_errors(self, run: Run, steps: Iterator[Screen]) -> Iterator[Screen]:
        """Turn whatever goes wrong into a sentence; nothing that was on the page is lost."""
        try:
            yield from steps
        except RunEndedError:
            visit = self._sessions.touch(run.visitor)
            if (
                visit.asking.alive and visit.asking.token is None
            ):  # stopped; not replaced by another, nor forgotten
                yield stopped_screen(visit.answer)
        except IdiaError as error:
            yield Screen(form_markup.trouble(error.message), error=error)
        except Exception as error:  # noqa: BLE001 - the framework would print it with its words
            said = errors.describe_error(error)
            yield Screen(form_markup.trouble(said.message), error=said)

    def _run_example(self, run: Run, form: Form) -> Iterator[Screen]:
        """Show an example's photos, then ask about them."""
        person = self._faces.people.get(form.example)
        if person is None:
            raise IdiaError("no-example")
        yield Screen(form_markup.progress(say("run-start"), "start"), name=person.name, model=SANDBOX.key)
        files = ((path.name, path.read_bytes()) for path in person.files)
        photos = self._uploads.opened(files, decoding.decode)
        visit = self._change(run, lambda old: _with_example(old, form.example, photos))
        yield Screen(strip=self._faces.strip(visit))
        truth = phrases.example_truth(person.training_photos)
        yield from self._run_question(run, replace(form, name=person.name, model=SANDBOX.key), truth)

    def _run_question(self, run: Run, form: Form, truth: str) -> Iterator[Screen]:
        """Check the question, download the model if it is missing, wait for the turn, and answer."""
        yield Screen(form_markup.progress(say("run-start"), "start"))
        visit = self._check_running(run)
        request = requests.build_request(visit.photos, form, visit.choice, self._engine, self.settings)
        self.queue.check_room()
        self.page_rate.count_start(run.visitor)
        self.address_rate.count_start(run.address)
        audit, note = requests.add_other_people(request.audit, visit.photos, request.spec.is_sandbox)
        request = replace(request, audit=audit)
        context = replace(_context(request, visit, truth), others_note=note)
        self._change(run, lambda old: replace(old, answer=Answer(None, request.question, context)))
        yield from self._download(run, request.spec)
        yield from self._wait_turn(run, self._answer(run, request, visit.answer.encoded))

    def _download(self, run: Run, spec: ModelSpec) -> Iterator[Screen]:
        """Download a model's weights if they are missing; `requests` has refused that where the host forbids it."""
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
            self._check_running(run)

    def _wait_turn(self, run: Run, steps: Generator[Screen, None, None]) -> Iterator[Screen]:
        """Wait in the queue, then take the steps, for as long as a run may take."""
        ticket, said = self.queue.join(), 0
        try:
            while ahead := self.queue.ahead(ticket, POLL_SECONDS if said else 0.0):
                text = phrases.in_line(ahead, self.queue.usual_seconds())
                yield NO_CHANGE if ahead == said else Screen(form_markup.progress(text, "start"))
                said = ahead
                self._check_running(run)
            yield from with_deadline(steps, self.settings.run_seconds, "run-too-long")
        finally:
            self.queue.leave(ticket)

    def _answer(self, run: Run, request: RunRequest, before: Encoded | None) -> Generator[Screen, None, None]:
        """Load the model and advance the audit step by step; show what each step brought."""
        spec = request.spec
        yield Screen(form_markup.progress(say("run-loading", title=spec.title), "loading"))
        encoder = yield from self._in_model_thread(run, lambda: self._engine.encoder(spec))
        attempts = self._check_running(run).attempts.add(request.question)
        audit = replace(request.audit, attempts=attempts.count(request.question.example))
        steps = run_audit(audit, encoder, self._engine.text_cache(audit.prompts), before)
        stage, began = "", 0.0
        while True:
            step = yield from self._in_model_thread(run, lambda: advance(steps))
            result = step if isinstance(step, AuditResult) else step.partial
            shown = None if result is None else self._keep(run, result, request.question, audit.attempts)
            if isinstance(step, AuditResult):
                yield Screen(form_markup.note(say("run-done")), shown=shown)
                return
            if step.stage != stage:
                stage, began = step.stage, time.monotonic()
            elapsed = time.monotonic() - began
            left = step.seconds_left(elapsed) if step.stage == "candidates" else None
            text = phrases.stage(step.stage, step.done, step.total, left)
            yield Screen(form_markup.progress(text, step.stage, step.done, step.total), shown=shown)

    def _in_model_thread(self, run: Run, work: Callable[[], Value]) -> Generator[Screen, None, Value]:
        """Do something in the model's thread; yield every `POLL_SECONDS`, so that the run can be stopped meanwhile.

        Args:
            run: whose work it is.
            work: goes on to its end even if the run is stopped; whoever is next waits for that.
        Yields:
            A sentence while another run's work is still in the thread, or else `NO_CHANGE`.
        Returns:
            What the work returned.
        Raises:
            RunEndedError: the run is to go no further.
        """
        self._check_running(run)
        task, said = self._engine.start(work), False
        try:
            while not wait([task], timeout=POLL_SECONDS).done:
                news = not (said or task.running())
                said = said or news
                yield Screen(form_markup.progress(say("run-waiting"), "start")) if news else NO_CHANGE
                self._check_running(run)
            return task.result()
        finally:
            task.cancel()
            del task  # or a failed one, its error and this frame keep each other, and the photos, alive

    def _keep(
        self, run: Run, result: AuditResult, question: Question, attempts: int
    ) -> tuple[AuditResult, RunContext]:
        """Remember what is encoded and count the question; judge by what the visitor has chosen meanwhile.

        Args:
            run: whose result it is.
            result: judged as asked, perhaps of the first photos only.
            question: as asked, of all photos.
            attempts: by which the result is corrected.
        """
        visit = self._change(run, lambda old: _with_answer(old, question, result.encoded))
        as_asked = Selection(result.verdict.tau, len(result.names), result.kept)
        chosen = select(result.encoded, visit.choice, visit.answer.switched_off)
        chosen = chosen if chosen.kept else as_asked
        asked = visit.attempts.count(question.example)
        if (chosen, asked) != (as_asked, attempts):
            result = judge(result.encoded, tau=chosen.tau, size=chosen.size, kept=chosen.kept, attempts=asked)
        return result, visit.answer.context

    # -- the visit of a run ------------------------------------------------------------------------------

    def _change(self, run: Run, how: Callable[[Visit], Visit]) -> Visit:
        """Change the visit that a run belongs to.

        Raises:
            RunEndedError: the run is to go no further; nothing was changed.
        """
        visit = self._sessions.change(
            run.visitor, lambda old: how(old) if old.asking.token is run.token else old
        )
        if visit.asking.token is not run.token:
            raise RunEndedError
        return visit

    def _check_running(self, run: Run) -> Visit:
        """Return the run's visit, which is thereby kept for another while.

        Raises:
            RunEndedError: the run is to go no further.
        """
        return self._change(run, lambda old: old)


def stopped_screen(answer: Answer) -> Screen:
    """Say what a stopped run left."""
    return Screen(form_markup.note(say("stopped-partial") if answer.partial else say("stopped")))


def _with_example(old: Visit, example: str, photos: PhotoSet) -> Visit:
    """Show an example's photos instead of the visitor's own, which stay in memory."""
    return replace(
        old,
        photos=replace(old.photos, example=example, example_photos=photos),
        answer=replace(old.answer, switched_off=frozenset()),
    )


def _with_answer(old: Visit, question: Question, encoded: Encoded) -> Visit:
    """Keep what was encoded, perhaps of the first photos only, and count the question that it answers.

    Args:
        old: the visit.
        question: as asked, of all photos.
        encoded: of one photo or more.
    """
    switched_off = old.answer.switched_off
    chosen = select(encoded, old.choice, switched_off)
    if chosen.kept:
        kept = [at for at in range(len(question.photos)) if at not in switched_off]
        question = question.narrowed(kept)
    attempts = old.attempts.add(question).add_photos(old.photos.own_digests)
    return replace(old, answer=replace(old.answer, encoded=encoded), attempts=attempts)


def _context(request: RunRequest, visit: Visit, truth: str) -> RunContext:
    """Gather what the page shows of a run besides its result."""
    audit, address_of = request.audit, thumbnail_addresses(visit)
    return RunContext(
        thumbnails=tuple(address_of(photo, THUMBNAIL_EDGE) for photo in audit.photos),
        samples=view_samples(audit.photos, audit.face_checks, request.spec.face_locator, address_of),
        refused=len(visit.photos.active.refused) + len(request.left_out),
        left_out=request.left_out,
        asked_photos=len(audit.photos),
        known_truth=truth if request.spec.is_sandbox else "",
    )
