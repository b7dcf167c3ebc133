"""Which action answers which event, and how a `Screen` reaches the components.

Every event is private: only this page may call it. Photos and names are inputs of an event, never of its address.

The components stand in `layout`, the actions in `service.page` and `service.runner`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, TypeAlias

import gradio as gr
from gradio.blocks import Block as Component

from idia_core import charts
from idia_core.audit.records import AuditResult
from idia_core.errors import Message
from idia_core.photos.photo import Refusal
from idia_core.photos.quality import Crop
from idia_core.text import say
from idia_core.ui.markup import evidence as evidence_markup
from idia_core.ui.markup import form as form_markup
from idia_core.ui.markup import results as result_markup
from idia_core.ui.page import trust as trust_page
from idia_core.ui.page.gradio_patches import event_field, plot_data
from idia_core.ui.page.layout import Answer, Parts, PhotoCount
from idia_core.ui.service.page import Page
from idia_core.ui.state import NO_CHANGE, Form, RunContext, Screen

Changes: TypeAlias = dict[Component, Any]
"""New values of components, in the framework's own form."""
MAX_LEFT_OUT = 20
"""Files that the browser did not send and that are listed one by one."""
SCROLL = "() => { if (window.innerWidth < 900) document.querySelector('#outcome')?.scrollIntoView(); }"
"""On a phone the answer is below the question."""


def connect(demo: gr.Blocks, page: Page, parts: Parts) -> None:
    """Connect all events with the page's actions.

    Args:
        demo: the page as the framework has it.
        page: the actions.
        parts: the components.
    """
    _connect_photos(page, parts)
    _connect_runs(page, parts)
    _connect_live(page, parts)
    _connect_clock(page, parts)
    trust_page.connect(page, parts.trust)
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

    def stopped(request: gr.Request) -> Changes:
        return changes(page.runner.stop(_key(request)), parts)

    def forgotten(request: gr.Request) -> Changes:
        return changes(page.forget(_key(request)), parts)

    def opened(request: gr.Request) -> Any:
        page.sessions.open(_key(request))
        options = form_markup.model_options(page.engine.specs, page.engine.here(), page.engine.default.key)
        return gr.HTML(value=page.engine.default.key, options=options)

    def closed(request: gr.Request) -> None:
        page.forget(_key(request))

    parts.ask.stop.click(stopped, None, [parts.ask.progress], queue=False, **private)
    parts.ask.forget.click(forgotten, None, everything(parts), queue=False, **private)
    demo.load(opened, None, [parts.ask.picker], queue=False, **private)
    demo.unload(closed)


def changes(screen: Screen, parts: Parts) -> Changes:
    """Turn a screen into new values of components.

    Args:
        screen: what changes.
        parts: the components.
    Returns:
        Component -> value, for those that change.
    """
    ask, answer = parts.ask, parts.answer
    found: Changes = {}
    for component, value in (
        (ask.progress, screen.progress),
        (ask.photos.strip, screen.strip),
        (ask.others.strip, screen.others),
        (ask.name, screen.name),
        (ask.picker, screen.model),
    ):
        if value is not None:
            found[component] = str(value)
    if screen.cleared:
        found |= {answer.welcome: gr.HTML(visible=True), answer.box: gr.Column(visible=False)}
        found[ask.consent] = False
        found |= dict.fromkeys(answer.contents)
    if screen.shown is not None:
        result, context = screen.shown
        found[ask.options.tau] = gr.Slider(maximum=result.verdict.prompts)
        found |= _drawn(result, context, answer)
    return found or {ask.progress: gr.skip()}  # the framework takes an empty answer for a mistake


def everything(parts: Parts) -> list[Component]:
    """List the components that any action may change."""
    ask, answer = parts.ask, parts.answer
    return [
        *(ask.progress, ask.photos.strip, ask.others.strip, ask.name, ask.picker, ask.consent),
        *(ask.options.tau, *answer.boxes, *answer.contents),
    ]


def _drawn(result: AuditResult, context: RunContext, answer: Answer) -> Changes:
    """Draw a result on the right side."""
    names, ranking = len(result.names), answer.ranking
    head = result_markup.heading(say("ranking-title", names=names), say("ranking-text"))
    views = result_markup.view_comparison(result, context.samples, context.left_out)
    return {
        answer.welcome: gr.HTML(visible=False),
        answer.box: gr.Column(visible=True),
        answer.outcome: str(result_markup.outcome(result, context)),
        ranking.head: str(head),
        ranking.chart: plot_data(charts.ranks_figure(charts.groups_of(result))),
        ranking.best: str(result_markup.ranking_table(result)),
        ranking.groups: str(evidence_markup.groups_table(result)),
        answer.views.box: gr.Column(visible=bool(views)),
        answer.views.columns: str(views),
        answer.matrix.chart: plot_data(charts.matrix_figure(result)),
        answer.matrix.table: str(result_markup.answers_table(result)),
        answer.cards: str(result_markup.cards(result, context)),
        answer.votes.chart: plot_data(charts.votes_figure(result)),
        answer.votes.table: str(result_markup.votes_table(result)),
        **_photo_count(result, answer.photo_count),
    }


def _photo_count(result: AuditResult, part: PhotoCount) -> Changes:
    """Draw what fewer photos would have said, where there are two or more."""
    stability = result.evidence.stability
    influence = charts.influence_figure(stability, result.verdict.hits, result.kept)
    return {
        part.box: gr.Column(visible=len(stability.curve) > 1),
        part.curve: plot_data(charts.curve_figure(stability)),
        part.influence_words: str(evidence_markup.influence_words(result)),
        part.influence.chart: plot_data(influence),
        part.influence.table: str(evidence_markup.influence_table(result)),
    }


def _connect_photos(page: Page, parts: Parts) -> None:
    """Connect the drop zones, the strips and the picker."""
    photos, others, picker = parts.ask.photos, parts.ask.others, parts.ask.picker
    out = [photos.strip, parts.ask.progress]
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}

    def arrived(event: gr.EventData, request: gr.Request) -> Changes:
        return changes(page.collect(_key(request), *_arrival(event)), parts)

    def removed(event: gr.EventData, request: gr.Request) -> Changes:
        return changes(page.remove(_key(request), _number(event, "photo")), parts)

    def cleared(request: gr.Request) -> Changes:
        return changes(page.clear(_key(request)), parts)

    def faced(event: gr.EventData, request: gr.Request) -> Changes:
        screen = page.faces.choose(_key(request), _number(event, "photo"), _number(event, "face"))
        return changes(screen, parts)

    def picked(model: str, request: gr.Request) -> Changes:
        return {
            **changes(page.faces.pick(_key(request), model), parts),
            parts.ask.note: str(page.model_note(model)),
        }

    def others_arrived(event: gr.EventData, request: gr.Request) -> Changes:
        return changes(page.collect_others(_key(request), *_arrival(event)), parts)

    def other_removed(event: gr.EventData, request: gr.Request) -> Changes:
        return changes(page.remove_other(_key(request), _number(event, "photo")), parts)

    def others_cleared(request: gr.Request) -> Changes:
        return changes(page.clear_others(_key(request)), parts)

    others.drop.arrived(others_arrived, None, [others.strip], **quiet)
    others.strip.removed(other_removed, None, [others.strip], **quiet)
    others.strip.cleared(others_cleared, None, [others.strip], **quiet)
    photos.drop.arrived(arrived, None, out, **quiet)
    photos.strip.removed(removed, None, out, **quiet)
    photos.strip.cleared(cleared, None, out, **quiet)
    photos.strip.faced(faced, None, out, **quiet)
    picker.change(picked, [picker], [parts.ask.note, *out], **quiet)


def _connect_runs(page: Page, parts: Parts) -> None:
    """Connect what starts a run, in two steps: the question, outside the framework's queue; then the answer.

    The page has its own queue and its own Stop (`service.runner`), so the framework's queue lets every run through,
    without a limit and also while the visitor's run before is under way.
    """
    ask, options = parts.ask, parts.ask.options
    inputs = {ask.name, ask.picker, options.seed, options.templates, options.crop, ask.consent}
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
    running: dict[str, Any] = {
        "api_visibility": "private",
        "concurrency_limit": None,
        "trigger_mode": "multiple",
        "show_progress": "hidden",
    }

    def asked(values: dict[Any, Any], request: gr.Request) -> None:
        name, model, templates = (values[part] or "" for part in (ask.name, ask.picker, options.templates))
        agreed, crop = values[ask.consent] is True, _crop(values[options.crop])
        page.runner.ask(
            _key(request), Form(name, model, values[options.seed], templates, agreed=agreed, crop=crop)
        )

    def chosen(
        seed: float | None,
        templates: str | None,
        crop: str | None,
        event: gr.EventData,
        request: gr.Request,
    ) -> None:
        key = str(event_field(event, "key") or "")
        page.runner.ask(_key(request), Form("", "", seed, templates or "", key, crop=_crop(crop)))

    def run(request: gr.Request) -> Iterator[Changes]:
        for screen in page.runner.run(_key(request), request.client.host if request.client else ""):
            # Each answer is work for the framework, and dozens of runs may be waiting.
            if screen is not NO_CHANGE:
                yield changes(screen, parts)

    questions = [
        gr.on([ask.go.click, ask.name.submit], asked, inputs, None, **private),
        ask.examples.chosen(chosen, [options.seed, options.templates, options.crop], None, **private),
    ]
    runs = [question.success(run, None, everything(parts), **running) for question in questions]
    for answer in runs:
        answer.then(None, None, None, js=SCROLL, api_visibility="private")


def _connect_clock(page: Page, parts: Parts) -> None:
    """Connect the countdown, which asks after every change of the page and once it has come to its end."""

    def left(request: gr.Request) -> str:
        # Never the same text twice, or the framework would not send it.
        return f"{page.sessions.left(_key(request)):.1f} {time.monotonic_ns()}"

    def due(request: gr.Request) -> Changes:
        said = left(request)
        return {parts.ask.clock: said, **({} if float(said.split()[0]) else changes(page.expired(), parts))}

    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
    ask = parts.ask
    ask.clock.tick(left, None, [ask.clock], **quiet)
    ask.clock.due(due, None, [ask.clock, ask.photos.strip, ask.others.strip, ask.progress], **quiet)


def _connect_live(page: Page, parts: Parts) -> None:
    """Connect what is judged again without the model."""
    live: dict[str, Any] = {
        "api_visibility": "private",
        "show_progress": "hidden",
        "concurrency_limit": 4,
        "concurrency_id": "judge",
    }

    def rejudged(tau: float, size: float, request: gr.Request) -> Changes:
        return changes(page.rejudge(_key(request), tau, size), parts)

    def turned(event: gr.EventData, request: gr.Request) -> Changes:
        return changes(page.switch(_key(request), _number(event, "photo")), parts)

    tau, size = parts.ask.options.tau, parts.ask.options.size
    for slider in (tau, size):
        # Unchecked, for the framework would check against the page's first slider: a visitor's own prompts can be more.
        slider.input(
            rejudged,
            [tau, size],
            everything(parts),
            trigger_mode="always_last",
            preprocess=False,
            **live,
        )
    parts.answer.cards.turned(turned, None, everything(parts), trigger_mode="multiple", **live)


def _key(request: gr.Request) -> str:
    """Return the key of a visitor's open page."""
    return str(request.session_hash or "")


def _crop(value: object) -> Crop:
    return "face" if value == "face" else "whole"


def _number(event: gr.EventData, field: str) -> int:
    value = event_field(event, field)
    return value if isinstance(value, int) and value >= 0 else -1


def _arrival(event: gr.EventData) -> tuple[str, tuple[Refusal, ...]]:
    """Read what a drop zone's script says: the ticket, and the files that it did not send."""
    left_out = _left_out(event_field(event, "left_out"), event_field(event, "reasons"))
    return str(event_field(event, "ticket") or ""), left_out


def _left_out(labels: object, reasons: object) -> tuple[Refusal, ...]:
    """Read what the drop zone's script says of files that it did not send."""
    if not isinstance(labels, list) or not isinstance(reasons, list):
        return ()
    pairs = list(zip(labels, reasons, strict=False))[:MAX_LEFT_OUT]
    return tuple(
        Refusal(str(label)[:80], Message("photo-not-sent", {"reason": str(reason)[:200]}))
        for label, reason in pairs
    )
