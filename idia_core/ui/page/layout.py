"""The page as components: what stands where, in the order of the page. Behaviour is tied to them in `events`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from markupsafe import Markup

from idia_core.attack.prompts import PAPER
from idia_core.photos.photo import read_photo
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
class PhotoZone:
    """Where photos are handed in."""

    drop: gr.HTML
    """The drop zone."""
    strip: gr.HTML
    """The photos so far."""


@dataclass(frozen=True)
class Options:
    """What has a sound default."""

    tau: gr.Slider
    """Prompts to win."""
    size: gr.Slider
    """Names to compare."""
    seed: gr.Number
    """Decides the other names."""
    crop: gr.Radio
    """What the model is shown."""
    templates: gr.Textbox
    """Sentences of the visitor's own."""


@dataclass(frozen=True)
class Ask:
    """The left side: the question."""

    photos: PhotoZone
    """The visitor's photos of the person in question."""
    clock: gr.HTML
    """Counts down until everything is forgotten."""
    name: gr.Textbox
    """The name field."""
    picker: gr.HTML
    """The model."""
    note: gr.HTML
    """What the model is."""
    consent: gr.Checkbox
    """The tick that the photos may be used."""
    go: gr.Button
    """Starts a run."""
    stop: gr.Button
    """Stops it."""
    progress: gr.HTML
    """The line under the button."""
    examples: gr.HTML
    """The invented people."""
    others: PhotoZone
    """The visitor's photos of other people."""
    options: Options
    """Folded away."""
    forget: gr.Button
    """Drops everything."""


@dataclass(frozen=True)
class Ranking:
    """The claimed name among all names."""

    head: gr.HTML
    """Its title."""
    chart: gr.Plot
    """Distribution of all names."""
    best: gr.HTML
    """The best names as a table."""
    groups: gr.HTML
    """The claimed name beside names of its own style, as a table."""


@dataclass(frozen=True)
class Views:
    """The photos shown in other ways; visible only where there are such."""

    box: gr.Column
    """All of it."""
    columns: gr.HTML
    """The answers, side by side."""


@dataclass(frozen=True)
class ChartWithTable:
    """A chart, and the same as a table."""

    chart: gr.Plot
    table: gr.HTML


@dataclass(frozen=True)
class PhotoCount:
    """What fewer photos would have said; visible only where there are two or more."""

    box: gr.Column
    """All of it."""
    curve: gr.Plot
    """Verdict by number of photos."""
    influence_words: gr.HTML
    """Which photo carries the verdict."""
    influence: ChartWithTable
    """What each photo does for the name."""


@dataclass(frozen=True)
class Answer:
    """The right side: the result."""

    welcome: gr.HTML
    """Shown before there is a result."""
    box: gr.Column
    """Shown with a result; everything below stands in it."""
    outcome: gr.HTML
    """Outcome, numbers, reasons."""
    ranking: Ranking
    """The claimed name among all names."""
    views: Views
    """The photos shown in other ways."""
    matrix: ChartWithTable
    """Prompts by photos."""
    cards: gr.HTML
    """Photo by photo."""
    votes: ChartWithTable
    """Votes per prompt."""
    photo_count: PhotoCount
    """Verdict by number of photos."""

    @property
    def contents(self) -> tuple[gr.HTML | gr.Plot, ...]:
        """Return everything that a result fills."""
        ranking, count = self.ranking, self.photo_count
        return (
            *(self.outcome, ranking.head, ranking.chart, ranking.best, ranking.groups, self.views.columns),
            *(self.matrix.chart, self.matrix.table, self.cards, self.votes.chart, self.votes.table),
            *(count.curve, count.influence_words, count.influence.chart, count.influence.table),
        )

    @property
    def boxes(self) -> tuple[gr.HTML | gr.Column, ...]:
        """Return everything that a result shows or hides."""
        return self.welcome, self.box, self.views.box, self.photo_count.box


@dataclass(frozen=True)
class Parts:
    """The components that change or are read."""

    ask: Ask
    """The left side."""
    answer: Answer
    """The right side."""
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
            ask = _place_ask(page)
        with gr.Column(elem_id="found"):
            tabs = trust_page.place_tabs()
            with gr.Column(elem_id="view-answer"):
                answer = _place_answer(bool(page.people))
            with gr.Column(elem_id="view-trust"):
                trust = trust_page.place(page, tabs)
    return Parts(ask, answer, trust)


def _place_ask(page: Page) -> Ask:
    """Place the question: photos, name, model, one button; the rest is folded away."""
    gr.HTML(form_markup.intro(), elem_id="intro")
    photos = _place_zone(photo_markup.drop_zone(page.settings), "photos", "strip")
    clock = gr.HTML(
        "0", html_template=str(form_markup.clock()), js_on_load=script("clock.js"), elem_id="clock"
    )
    name = gr.Textbox(
        label=say("name-label"), placeholder=say("name-hint"), max_lines=1, max_length=400, elem_id="name"
    )
    model = page.engine.default.key
    picker = gr.HTML(
        model,
        options=form_markup.model_options(page.engine.specs, page.engine.here(), model),
        label_text=say("model-label"),
        html_template='<label class="picker"><span>${label_text}</span><select>${options}</select></label>',
        js_on_load=PICKER_SCRIPT,
        elem_id="model",
    )
    note = gr.HTML(page.model_note(model), elem_id="model-note")
    gr.HTML(form_markup.not_for(), elem_id="not-for")
    with gr.Column(elem_id="act"):
        consent = gr.Checkbox(False, label=say("consent"), elem_id="consent")
        with gr.Row(elem_id="buttons"):
            go = gr.Button(say("go"), variant="primary", size="lg", elem_id="go")
            stop = gr.Button(say("stop"), size="lg", elem_id="stop")
        progress = gr.HTML("", elem_id="progress")
    portraits = [_portrait(person.files[0], page) for person in page.people.values()]
    markup = form_markup.examples(list(page.people.values()), portraits)
    examples = gr.HTML(markup, js_on_load=EXAMPLES_SCRIPT, elem_id="examples")
    with gr.Accordion(say("others-title"), open=False, elem_id="others"):
        others = _place_zone(photo_markup.others_zone(page.settings), "others-photos", "others-strip")
    options = _place_options(page.settings.names)
    forget = gr.Button(say("forget"), size="sm", elem_id="forget")
    gr.HTML(form_markup.looks(), elem_id="looks")
    return Ask(
        *(photos, clock, name, picker, note, consent, go, stop, progress, examples, others, options, forget)
    )


def _place_zone(markup: Markup, drop_id: str, strip_id: str) -> PhotoZone:
    """Place a drop zone and the photos that were dropped there."""
    drop = gr.HTML(markup, js_on_load=script("photos.js"), elem_id=drop_id)
    return PhotoZone(drop, gr.HTML("", js_on_load=STRIP_SCRIPT, elem_id=strip_id))


def _place_options(most: int) -> Options:
    """Place what has a sound default; `most` is the largest number of names."""
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
    return Options(tau, size, seed, crop, templates)


def _place_answer(has_examples: bool) -> Answer:
    """Place the answer: outcome, ranking, matrix, photos, votes, curve."""
    welcome = gr.HTML(result_markup.welcome(has_examples), elem_id="welcome")
    with gr.Column(visible=False, elem_id="answer") as box:
        outcome = gr.HTML("", elem_id="outcome")
        ranking = _place_ranking()
        with gr.Column(elem_classes="part", visible=False) as views_box:
            gr.HTML(result_markup.heading(say("views-title"), say("views-text")))
            views = Views(views_box, gr.HTML("", elem_id="ways"))
        with gr.Column(elem_classes="part"):
            gr.HTML(result_markup.heading(say("matrix-title"), say("matrix-text")) + result_markup.legend())
            matrix = ChartWithTable(_chart("matrix"), gr.HTML("", elem_id="answers"))
        with gr.Column(elem_classes="part"):
            gr.HTML(result_markup.heading(say("cards-title"), say("cards-text")))
            cards = gr.HTML("", js_on_load=CARDS_SCRIPT, elem_id="cards")
        with gr.Column(elem_classes="part"):
            gr.HTML(result_markup.heading(say("votes-title"), say("votes-text")) + result_markup.legend())
            votes = ChartWithTable(_chart("votes"), gr.HTML("", elem_id="vote-table"))
        photo_count = _place_photo_count()
        gr.HTML(result_markup.limits(), elem_id="limits")
    return Answer(welcome, box, outcome, ranking, views, matrix, cards, votes, photo_count)


def _place_ranking() -> Ranking:
    with gr.Column(elem_classes="part", elem_id="ranking-part"):
        head = gr.HTML("")
        with gr.Row(elem_id="ranking-row"):
            chart, best = _chart("ranking"), gr.HTML("", elem_id="best")
        return Ranking(head, chart, best, gr.HTML("", elem_id="groups"))


def _place_photo_count() -> PhotoCount:
    with gr.Column(elem_classes="part", visible=False) as box:
        gr.HTML(result_markup.heading(say("curve-title"), say("curve-text")))
        curve = _chart("curve")
        gr.HTML(result_markup.heading(say("influence-title"), say("influence-text")))
        words = gr.HTML("", elem_id="influence-words")
        influence = ChartWithTable(_chart("influence"), gr.HTML("", elem_id="influence-table"))
    return PhotoCount(box, curve, words, influence)


def _chart(elem_id: str) -> gr.Plot:
    return gr.Plot(show_label=False, elem_id=elem_id, elem_classes="chart")


def _portrait(path: Path, page: Page) -> str:
    photo = read_photo(path.read_bytes(), path.name, page.uploads.limits)
    return photo_markup.data_url(photo, 160)
