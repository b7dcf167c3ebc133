"""The page as components: what stands where, in the order of the page.

Does not: hold words (`wording`), markup (`form`, `results`) or behaviour (`events`, `handlers`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from idia_core.attack.prompts import PAPER
from idia_core.settings import ASSETS
from idia_core.text import say
from idia_core.ui.markup import form as form_markup
from idia_core.ui.markup import photos as photo_markup
from idia_core.ui.markup import results as result_markup
from idia_core.ui.page import trust as trust_page
from idia_core.ui.service.page import Page

CARDS_SCRIPT = (
    "element.addEventListener('click', (e) => { const at = e.target.closest('[data-photo]');"
    " if (at) trigger('turned', {photo: Number(at.dataset.photo)}); });"
)
EXAMPLES_SCRIPT = (
    "element.addEventListener('click', (e) => { const at = e.target.closest('[data-example]');"
    " if (at) trigger('chosen', {key: at.dataset.example}); });"
)
STRIP_SCRIPT = (
    "element.addEventListener('click', (e) => { const at = e.target.closest('[data-remove]');"
    " if (at) trigger('removed', {photo: Number(at.dataset.remove)});"
    " else if (e.target.closest('[data-do=clear]')) trigger('cleared', {});"
    " const face = e.target.closest('[data-face]');"
    " if (face) trigger('faced', {photo: Number(face.dataset.of), face: Number(face.dataset.face)}); });"
)
PICKER_SCRIPT = (
    "const pick = () => element.querySelector('select');"
    " element.addEventListener('change', () => { props.value = pick().value; trigger('picked', {}); });"
    " watch('value', () => { pick().value = props.value; }); pick().value = props.value;"
)


@dataclass(frozen=True)
class Parts:
    """The components that change or are read; the framework's own type is unknown to us."""

    drop: Any
    """The drop zone."""
    strip: Any
    """The photos so far."""
    clock: Any
    """Counts down until everything is forgotten."""
    others_drop: Any
    """The drop zone for photos of somebody else."""
    others_strip: Any
    """These photos so far."""
    name: Any
    """The name field."""
    picker: Any
    """The model."""
    note: Any
    """What the model is."""
    consent: Any
    """The tick that the photos may be used."""
    go: Any
    """Starts a run."""
    stop: Any
    """Stops it."""
    progress: Any
    """The line under the button."""
    examples: Any
    """The invented people."""
    tau: Any
    """Prompts to win."""
    size: Any
    """Names to compare."""
    seed: Any
    """Decides the other names."""
    templates: Any
    """Sentences of the visitor's own."""
    crop: Any
    """What the model is shown."""
    forget: Any
    """Drops everything."""
    welcome: Any
    """The right side before there is a result."""
    answer: Any
    """The right side with a result."""
    outcome: Any
    """Outcome, numbers, reasons."""
    ranking_head: Any
    """Title of the next."""
    ranking: Any
    """Distribution of all names."""
    best: Any
    """The best names as a table."""
    groups: Any
    """The same beside names of its own style, as a table."""
    views_box: Any
    """Shown only where the photos were shown in other ways."""
    views: Any
    """The answers to them, side by side."""
    matrix: Any
    """Prompts by photos."""
    answers: Any
    """The same as a table."""
    cards: Any
    """Photo by photo."""
    votes: Any
    """Vote per prompt."""
    vote_table: Any
    """The same as a table."""
    curve_box: Any
    """Shown only where there is a curve."""
    curve: Any
    """Verdict by number of photos."""
    influence_words: Any
    """Which photo carries the verdict."""
    influence: Any
    """What each photo does for the name."""
    influence_table: Any
    """The same as a table."""
    trust: trust_page.Trust
    """The view "How far can I trust this?"."""


def script(name: str) -> str:
    """Read one of the page's scripts."""
    return (ASSETS / "js" / name).read_text(encoding="utf-8")


def place(page: Page) -> Parts:
    """Put all components on the page; must be called inside the framework's context.

    Args:
        page: for settings, examples and models.
    Returns:
        The components.
    """
    with gr.Row(elem_id="page"):
        with gr.Column(elem_id="ask"):
            left = _left(page)
        with gr.Column(elem_id="found"):
            tabs = trust_page.place_tabs()
            with gr.Column(elem_id="view-answer"):
                right = _right(bool(page.people))
            with gr.Column(elem_id="view-trust"):
                view = trust_page.place(page, tabs)
    return Parts(**left, **right, trust=view)


def _left(page: Page) -> dict[str, Any]:
    """Place the questions: photos, name, model, one button; the rest is folded away."""
    gr.HTML(form_markup.intro(), elem_id="intro")
    parts: dict[str, Any] = {
        "drop": gr.HTML(
            photo_markup.drop_zone(page.settings),
            js_on_load=script("photos.js"),
            elem_id="photos",
        ),
        "strip": gr.HTML("", js_on_load=STRIP_SCRIPT, elem_id="strip"),
        "clock": gr.HTML(
            "0", html_template=str(form_markup.clock()), js_on_load=script("clock.js"), elem_id="clock"
        ),
        "name": gr.Textbox(
            label=say("name-label"),
            placeholder=say("name-hint"),
            max_lines=1,
            max_length=400,
            elem_id="name",
        ),
        "picker": gr.HTML(
            page.engine.default.key,
            options=form_markup.model_options(page.engine.specs, page.engine.here(), page.engine.default.key),
            label_text=say("model-label"),
            html_template='<label class="picker"><span>${label_text}</span><select>${options}</select></label>',
            js_on_load=PICKER_SCRIPT,
            elem_id="model",
        ),
        "note": gr.HTML(page.note(page.engine.default.key), elem_id="model-note"),
    }
    gr.HTML(form_markup.not_for(), elem_id="not-for")
    with gr.Column(elem_id="act"):
        parts["consent"] = gr.Checkbox(False, label=say("consent"), elem_id="consent")
        with gr.Row(elem_id="buttons"):
            parts["go"] = gr.Button(say("go"), variant="primary", size="lg", elem_id="go")
            parts["stop"] = gr.Button(say("stop"), size="lg", elem_id="stop")
        parts["progress"] = gr.HTML("", elem_id="progress")
    portraits = [_portrait(person.files[0], page) for person in page.people.values()]
    markup = form_markup.examples(list(page.people.values()), portraits)
    parts["examples"] = gr.HTML(markup, js_on_load=EXAMPLES_SCRIPT, elem_id="examples")
    return {**parts, **_others(page), **_options(page)}


def _others(page: Page) -> dict[str, Any]:
    """Place the photos of somebody else, folded: a check that nobody has to make."""
    with gr.Accordion(say("others-title"), open=False, elem_id="others"):
        drop = gr.HTML(
            photo_markup.others_zone(page.settings),
            js_on_load=script("photos.js"),
            elem_id="others-photos",
        )
        strip = gr.HTML("", js_on_load=STRIP_SCRIPT, elem_id="others-strip")
    return {"others_drop": drop, "others_strip": strip}


def _options(page: Page) -> dict[str, Any]:
    """Place what has a sound default."""
    most = page.settings.names
    with gr.Accordion(say("options"), open=False, elem_id="options"):
        tau = gr.Slider(
            1,
            len(PAPER.templates),
            value=1,
            step=1,
            label=say("tau-label"),
            info=say("tau-info"),
            buttons=[],
            elem_id="tau",
        )
        size = gr.Slider(
            min(10, most),
            most,
            value=most,
            step=10 if most % 10 == 0 and most > 10 else 1,
            label=say("size-label"),
            info=say("size-info"),
            buttons=[],
            elem_id="size",
        )
        seed = gr.Number(
            0, precision=0, minimum=0, label=say("seed-label"), info=say("seed-info"), elem_id="seed"
        )
        crop = gr.Radio(
            [(say("crop-choice-whole"), "whole"), (say("crop-choice-face"), "face")],
            value="whole",
            label=say("crop-label"),
            info=say("crop-info"),
            elem_id="crop",
        )
        templates = gr.Textbox(
            label=say("templates-label"),
            info=say("templates-info"),
            placeholder="a photo of {0}\nthe actor {0}",
            lines=3,
            max_lines=8,
            elem_id="templates",
        )
    forget = gr.Button(say("forget"), size="sm", elem_id="forget")
    gr.HTML(form_markup.looks(), elem_id="looks")
    found = {"tau": tau, "size": size, "seed": seed, "templates": templates}
    return {**found, "crop": crop, "forget": forget}


def _right(has_examples: bool) -> dict[str, Any]:
    """Place the answer: outcome, ranking, matrix, photos, votes, curve."""
    parts: dict[str, Any] = {"welcome": gr.HTML(result_markup.welcome(has_examples), elem_id="welcome")}
    with gr.Column(visible=False, elem_id="answer") as parts["answer"]:
        parts["outcome"] = gr.HTML("", elem_id="outcome")
        with gr.Column(elem_classes="part", elem_id="ranking-part"):
            parts["ranking_head"] = gr.HTML("")
            with gr.Row(elem_id="ranking-row"):
                parts["ranking"] = gr.Plot(show_label=False, elem_id="ranking", elem_classes="chart")
                parts["best"] = gr.HTML("", elem_id="best")
            parts["groups"] = gr.HTML("", elem_id="groups")
        with gr.Column(elem_classes="part", visible=False) as parts["views_box"]:
            gr.HTML(result_markup.heading(say("views-title"), say("views-text")))
            parts["views"] = gr.HTML("", elem_id="ways")
        with gr.Column(elem_classes="part"):
            gr.HTML(result_markup.heading(say("matrix-title"), say("matrix-text")) + result_markup.legend())
            parts["matrix"] = gr.Plot(show_label=False, elem_id="matrix", elem_classes="chart")
            parts["answers"] = gr.HTML("", elem_id="answers")
        with gr.Column(elem_classes="part"):
            gr.HTML(result_markup.heading(say("cards-title"), say("cards-text")))
            parts["cards"] = gr.HTML("", js_on_load=CARDS_SCRIPT, elem_id="cards")
        with gr.Column(elem_classes="part"):
            gr.HTML(result_markup.heading(say("votes-title"), say("votes-text")) + result_markup.legend())
            parts["votes"] = gr.Plot(show_label=False, elem_id="votes", elem_classes="chart")
            parts["vote_table"] = gr.HTML("", elem_id="vote-table")
        with gr.Column(elem_classes="part", visible=False) as parts["curve_box"]:
            gr.HTML(result_markup.heading(say("curve-title"), say("curve-text")))
            parts["curve"] = gr.Plot(show_label=False, elem_id="curve", elem_classes="chart")
            gr.HTML(result_markup.heading(say("influence-title"), say("influence-text")))
            parts["influence_words"] = gr.HTML("", elem_id="influence-words")
            parts["influence"] = gr.Plot(show_label=False, elem_id="influence", elem_classes="chart")
            parts["influence_table"] = gr.HTML("", elem_id="influence-table")
        gr.HTML(result_markup.limits(), elem_id="limits")
    return parts


def _portrait(path: Path, page: Page) -> str:
    photo = form_markup.read_portrait(path.read_bytes(), path.name, page.uploads.limits)
    return photo_markup.data_url(photo, 160)
