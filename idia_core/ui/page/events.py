"""Which action answers which event, and how a `Screen` reaches the components.

Every event is private: only this page may call it. Photos and names are inputs of an event, never of its address.

Does not: place components (`layout`), or hold behaviour (`handlers`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

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
from idia_core.ui.page.layout import Parts
from idia_core.ui.service.page import Page
from idia_core.ui.state import NO_CHANGE, Form, RunContext, Screen

MOST_LEFT_OUT = 20
"""Files that the browser did not send of which the page speaks one by one."""
SCROLL = "() => { if (window.innerWidth < 900) document.querySelector('#outcome')?.scrollIntoView(); }"
"""On a phone the answer is below the question."""


def connect(demo: gr.Blocks, page: Page, parts: Parts) -> None:
    """Tie all events to the page's actions.

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

    def stopped(request: gr.Request) -> dict[Any, Any]:
        return changes(page.stopped(_key(request)), parts)

    def forgotten(request: gr.Request) -> dict[Any, Any]:
        return changes(page.forget(_key(request)), parts)

    def opened(request: gr.Request) -> Any:
        page.sessions.open(_key(request))
        options = form_markup.model_options(page.engine.specs, page.engine.here(), page.engine.default.key)
        return gr.HTML(value=page.engine.default.key, options=options)

    def closed(request: gr.Request) -> None:
        page.forget(_key(request))

    parts.stop.click(stopped, None, [parts.progress], queue=False, **private)
    parts.forget.click(forgotten, None, everything(parts), queue=False, **private)
    demo.load(opened, None, [parts.picker], queue=False, **private)
    demo.unload(closed)


def changes(screen: Screen, parts: Parts) -> dict[Any, Any]:
    """Turn a screen into new values of components.

    Args:
        screen: what changes.
        parts: the components.
    Returns:
        Component -> value, for those that change.
    """
    found: dict[Any, Any] = {}
    for component, value in (
        (parts.progress, screen.progress),
        (parts.strip, screen.strip),
        (parts.others_strip, screen.others),
        (parts.name, screen.name),
        (parts.picker, screen.model),
    ):
        if value is not None:
            found[component] = str(value)
    if screen.cleared:
        found |= {parts.welcome: gr.HTML(visible=True), parts.answer: gr.Column(visible=False)}
        found[parts.consent] = False
        found |= dict.fromkeys(_pictures(parts))
    if screen.shown is not None:
        found |= _drawn(*screen.shown, parts)
    return found or {parts.progress: gr.skip()}  # the framework takes an empty answer for a mistake


def everything(parts: Parts) -> list[Any]:
    """List the components that any action may change."""
    return [
        parts.others_strip,
        *(parts.progress, parts.strip, parts.name, parts.picker, parts.tau, parts.welcome, parts.answer),
        parts.consent,
        *(parts.curve_box, parts.views_box, *_pictures(parts)),
    ]


def _pictures(parts: Parts) -> tuple[Any, ...]:
    return (
        *(parts.outcome, parts.ranking_head, parts.ranking, parts.best, parts.matrix, parts.answers),
        *(parts.groups, parts.influence_words, parts.influence, parts.influence_table, parts.views),
        *(parts.cards, parts.votes, parts.vote_table, parts.curve),
    )


def _drawn(result: AuditResult, context: RunContext, parts: Parts) -> dict[Any, Any]:
    """Draw a result on the right side."""
    curve = result.evidence.stability.curve
    names = len(result.names)
    return {
        parts.welcome: gr.HTML(visible=False),
        parts.answer: gr.Column(visible=True),
        parts.tau: gr.Slider(maximum=result.verdict.prompts),
        parts.outcome: str(result_markup.outcome(result, context)),
        parts.ranking_head: str(
            result_markup.heading(say("ranking-title", names=names), say("ranking-text"))
        ),
        parts.ranking: plot_data(charts.ranks_figure(charts.groups_of(result))),
        parts.best: str(result_markup.ranking_table(result)),
        parts.groups: str(evidence_markup.groups_table(result)),
        parts.matrix: plot_data(charts.matrix_figure(result)),
        parts.answers: str(result_markup.answers_table(result)),
        parts.cards: str(result_markup.cards(result, context)),
        parts.votes: plot_data(charts.votes_figure(result)),
        parts.vote_table: str(result_markup.votes_table(result)),
        parts.curve_box: gr.Column(visible=len(curve) > 1),
        parts.curve: plot_data(charts.curve_figure(result.evidence.stability)),
        **_influence(result, parts),
        **_views(result, context, parts),
    }


def _views(result: AuditResult, context: RunContext, parts: Parts) -> dict[Any, Any]:
    """Draw the photos shown in other ways, where there are such."""
    shown = result_markup.view_comparison(result, context.samples, context.left_out)
    return {parts.views_box: gr.Column(visible=bool(shown)), parts.views: str(shown)}


def _influence(result: AuditResult, parts: Parts) -> dict[Any, Any]:
    """Draw what each photo does for the name, where there are two or more."""
    figure = charts.influence_figure(result.evidence.stability, result.verdict.hits, result.kept)
    return {
        parts.influence_words: str(evidence_markup.influence_words(result)),
        parts.influence: plot_data(figure),
        parts.influence_table: str(evidence_markup.influence_table(result)),
    }


def _connect_photos(page: Page, parts: Parts) -> None:
    """Tie the drop zone, the strip and the picker."""
    out = [parts.strip, parts.progress]
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}

    def arrived(event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        return changes(page.collect(_key(request), *_arrival(event)), parts)

    def removed(event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        return changes(page.remove(_key(request), _number(event, "photo")), parts)

    def cleared(request: gr.Request) -> dict[Any, Any]:
        return changes(page.clear(_key(request)), parts)

    def faced(event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        screen = page.faces.choose(_key(request), _number(event, "photo"), _number(event, "face"))
        return changes(screen, parts)

    def picked(model: str, request: gr.Request) -> dict[Any, Any]:
        return {**changes(page.faces.pick(_key(request), model), parts), parts.note: str(page.note(model))}

    def others_arrived(event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        return changes(page.collect_others(_key(request), *_arrival(event)), parts)

    def other_removed(event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        return changes(page.remove_other(_key(request), _number(event, "photo")), parts)

    def others_cleared(request: gr.Request) -> dict[Any, Any]:
        return changes(page.clear_others(_key(request)), parts)

    parts.others_drop.arrived(others_arrived, None, [parts.others_strip], **quiet)
    parts.others_strip.removed(other_removed, None, [parts.others_strip], **quiet)
    parts.others_strip.cleared(others_cleared, None, [parts.others_strip], **quiet)
    parts.drop.arrived(arrived, None, out, **quiet)
    parts.strip.removed(removed, None, out, **quiet)
    parts.strip.cleared(cleared, None, out, **quiet)
    parts.strip.faced(faced, None, out, **quiet)
    parts.picker.change(picked, [parts.picker], [parts.note, *out], **quiet)


def _connect_runs(page: Page, parts: Parts) -> None:
    """Tie what starts a run, in two steps: the question, past the queue; then the answer.

    The page has its own line before the model and its own Stop (`line`, `handlers`), so that the framework's queue
    is to let every run through, and never to leave one out because it takes the one before for unfinished.
    """
    inputs = {parts.name, parts.picker, parts.seed, parts.templates, parts.crop, parts.consent}
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
    running: dict[str, Any] = {
        "api_visibility": "private",
        "concurrency_limit": None,
        "trigger_mode": "multiple",
        "show_progress": "hidden",
    }

    def asked(values: dict[Any, Any], request: gr.Request) -> None:
        name, model, templates = (values[part] or "" for part in (parts.name, parts.picker, parts.templates))
        agreed, crop = values[parts.consent] is True, _crop(values[parts.crop])
        page.ask(_key(request), Form(name, model, values[parts.seed], templates, agreed=agreed, crop=crop))

    def chosen(
        seed: float | None,
        templates: str | None,
        crop: str | None,
        event: gr.EventData,
        request: gr.Request,
    ) -> None:
        key = str(event_field(event, "key") or "")
        page.ask(_key(request), Form("", "", seed, templates or "", key, crop=_crop(crop)))

    def run(request: gr.Request) -> Iterator[dict[Any, Any]]:
        for screen in page.run(_key(request), request.client.host if request.client else ""):
            # Each answer is work for the framework, and those in line wait in their dozens.
            if screen is not NO_CHANGE:
                yield changes(screen, parts)

    questions = [
        gr.on([parts.go.click, parts.name.submit], asked, inputs, None, **private),
        parts.examples.chosen(chosen, [parts.seed, parts.templates, parts.crop], None, **private),
    ]
    runs = [question.success(run, None, everything(parts), **running) for question in questions]
    for answer in runs:
        answer.then(None, None, None, js=SCROLL, api_visibility="private")


def _connect_clock(page: Page, parts: Parts) -> None:
    """Tie the countdown, which asks after every change of the page and once it has come to its end."""

    def left(request: gr.Request) -> str:
        # Never twice the same, so that the page sees it each time.
        return f"{page.sessions.left(_key(request)):.1f} {time.monotonic_ns()}"

    def due(request: gr.Request) -> dict[Any, Any]:
        said = left(request)
        return {parts.clock: said, **({} if float(said.split()[0]) else changes(page.expired(), parts))}

    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
    parts.clock.tick(left, None, [parts.clock], **quiet)
    parts.clock.due(due, None, [parts.clock, parts.strip, parts.others_strip, parts.progress], **quiet)


def _connect_live(page: Page, parts: Parts) -> None:
    """Tie what computes again without the model."""
    live: dict[str, Any] = {
        "api_visibility": "private",
        "show_progress": "hidden",
        "concurrency_limit": 4,
        "concurrency_id": "judge",
    }

    def rejudged(tau: float, size: float, request: gr.Request) -> dict[Any, Any]:
        return changes(page.rejudge(_key(request), tau, size), parts)

    def turned(event: gr.EventData, request: gr.Request) -> dict[Any, Any]:
        return changes(page.switch(_key(request), _number(event, "photo")), parts)

    for slider in (parts.tau, parts.size):
        # Unchecked, for the framework would check against the page's first slider: a visitor's own prompts can be more.
        slider.input(
            rejudged,
            [parts.tau, parts.size],
            everything(parts),
            trigger_mode="always_last",
            preprocess=False,
            **live,
        )
    parts.cards.turned(turned, None, everything(parts), trigger_mode="multiple", **live)


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
    pairs = list(zip(labels, reasons, strict=False))[:MOST_LEFT_OUT]
    return tuple(
        Refusal(str(label)[:80], Message("photo-not-sent", {"reason": str(reason)[:200]}))
        for label, reason in pairs
    )
