"""The view "How far can I trust this?": its components, and what happens in them.

It is filled when it is opened for the first time, so that it does not slow the start of the main view. A run in it
is a visit of its own, which is forgotten when its pictures are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import gradio as gr

from idia_core import charts
from idia_core.audit.records import AuditResult
from idia_core.evaluation.records import Evaluation
from idia_core.settings import ASSETS
from idia_core.text import say, slug
from idia_core.ui.markup import trust as trust_markup
from idia_core.ui.page import trust_values
from idia_core.ui.page.gradio_patches import event_field, plot_data
from idia_core.ui.page.trust_values import MOST_MODELS, PROMPTS, SIZES, SPREADS, calculated, values
from idia_core.ui.service.page import Page
from idia_core.ui.state import Form, RunContext, Screen

RATES = ASSETS / "sandbox" / "evaluation.json"
PEOPLE_SCRIPT = (
    "let last = '', seed = 0; element.addEventListener('click', (e) => {"
    " const at = e.target.closest('[data-person]'); if (!at) return;"
    " seed = at.dataset.person === last ? seed + 1 : 0; last = at.dataset.person;"
    " element.querySelectorAll('[data-person]').forEach((one) => one.setAttribute('aria-pressed', one === at));"
    " trigger('shown', {key: last, seed}); });"
)


@dataclass(frozen=True)
class Trust:
    """The components of the view that change or are read."""

    tabs: gr.HTML
    """The switch between the two views."""
    people: gr.HTML
    """The invented people; a click runs one."""
    progress: gr.HTML
    """Where that run is."""
    pictures: tuple[gr.Column | gr.HTML | gr.Plot, ...]
    """The box of the five pictures, then each picture, then the captions of the last three."""
    filled: dict[str, gr.HTML | gr.Plot | gr.Row | gr.Column]
    """What is filled when the view is opened for the first time, by name."""
    sliders: tuple[gr.Slider, gr.Radio, gr.Slider]
    """The calculator's tau, names and models."""
    answer: tuple[gr.HTML, gr.Plot]
    """Its number and its figure."""


def place_tabs() -> gr.HTML:
    """Place the switch between the two views."""
    script = (ASSETS / "js" / "views.js").read_text(encoding="utf-8")
    return gr.HTML(trust_markup.tabs(), js_on_load=script, elem_id="views")


def place(page: Page, tabs: gr.HTML) -> Trust:
    """Put the view on the page; must be called inside the framework's context.

    Args:
        page: for the examples.
        tabs: the switch, placed already.
    Returns:
        The components.
    """
    gr.HTML(trust_markup.head(say("trust-tab"), say("trust-lead")), elem_id="trust-head")
    with gr.Column(elem_classes="part"):
        gr.HTML(trust_markup.head(say("trust-pictures-title"), say("trust-pictures-text")))
        people = gr.HTML(
            trust_markup.people(list(page.people.values())), js_on_load=PEOPLE_SCRIPT, elem_id="trust-people"
        )
        progress = gr.HTML("", elem_id="trust-progress")
        pictures = _place_pictures()
    filled = _place_rates()
    sliders, answer = _place_calculator()
    with gr.Column(elem_classes="part"):
        gr.HTML(trust_markup.head(say("trust-weak-title"), ""))
        filled["weak"] = gr.HTML("", elem_id="weak")
    return Trust(tabs, people, progress, pictures, filled, sliders, answer)


def connect(page: Page, trust: Trust) -> None:
    """Connect the view's events.

    Args:
        page: the actions.
        trust: the components.
    """
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

    def shown(event: gr.EventData, request: gr.Request) -> Iterator[dict[Any, Any]]:
        seed = event_field(event, "seed")
        key = str(event_field(event, "key") or "")
        asked = Form("", "", seed if isinstance(seed, int) else 0, "", key)
        address = request.client.host if request.client else ""
        yield from demonstrate(page, trust, f"{request.session_hash} shown", asked, address)

    def turned_to() -> dict[Any, Any]:
        return filled(trust, trust_values.read_rates(RATES), trust_values.read_pools(RATES.parent))

    def moved(tau: float, names: str, models: float) -> tuple[str, Any]:
        return calculated(int(tau), int(names.replace(",", "")), int(models))

    trust.people.shown(
        shown,
        None,
        [trust.progress, *trust.pictures],
        concurrency_limit=None,
        trigger_mode="multiple",
        **private,
    )
    trust.tabs.opened(turned_to, None, [*trust.filled.values(), *trust.answer], queue=False, **private)
    for slider in trust.sliders:
        slider.change(
            moved, [*trust.sliders], [*trust.answer], trigger_mode="always_last", queue=False, **private
        )


def demonstrate(
    page: Page, trust: Trust, visitor: str, asked: Form, address: str = ""
) -> Iterator[dict[Any, Any]]:
    """Run an example as the page runs it, draw its five pictures, and forget it.

    Args:
        page: the actions.
        trust: the components.
        visitor: a visit of its own, so that the visitor's answer stays as it is.
        asked: the example and the seed.
        address: where the visitor connects from, for the rate limit.
    Yields:
        Component -> value.
    """
    page.runner.ask(visitor, asked)
    try:
        with closing(page.runner.run(visitor, address)) as screens:
            for screen in screens:
                found = _shown(page, trust, screen, asked)
                if found:
                    yield found
    finally:
        # The same person clicked twice: the first run ends at its next step, and the second is still alive.
        if not page.sessions.touch(visitor).asking.alive:
            page.sessions.forget(visitor)


def _shown(page: Page, trust: Trust, screen: Screen, asked: Form) -> dict[Any, Any]:
    """Turn a screen of a run into values of this view's components."""
    found: dict[Any, Any] = {}
    if screen.progress is not None:
        found[trust.progress] = str(screen.progress)
    if screen.shown is not None and len(screen.shown[0].kept) == screen.shown[1].asked_photos:
        result, context = screen.shown
        done = say("trust-shown", seed=result.encoded.seed)
        found[trust.progress] = str(trust_markup.note(done))
        found |= _pictures(trust, result, context, page.people[asked.example].training_photos > 0)
    return found


def filled(trust: Trust, measured: Evaluation | None, pools: Sequence[Evaluation]) -> dict[Any, Any]:
    """Fill the view when it is opened.

    Args:
        trust: the components.
        measured: the sandbox's rates; None where there is no file of them.
        pools: the same among other kinds of names, if it was measured.
    Returns:
        Component -> value.
    """
    found = {trust.filled[name]: value for name, value in values(measured, pools).items()}
    return found | dict(zip(trust.answer, calculated(1, 1000, 1), strict=True))


def _place_pictures() -> tuple[gr.Column | gr.HTML | gr.Plot, ...]:
    with gr.Column(visible=False, elem_id="pictures") as box:
        shown, captions = [], []
        for number in range(1, 6):
            with gr.Column(elem_classes="picture"):
                gr.HTML(trust_markup.picture_head(number))
                if number <= 2:
                    shown.append(gr.HTML("", elem_id=f"picture-{number}"))
                else:
                    shown.append(_chart(f"picture-{number}"))
                    captions.append(gr.HTML("", elem_id=f"caption-{number}"))
    return (box, *shown, *captions)


def _place_rates() -> dict[str, gr.HTML | gr.Plot | gr.Row | gr.Column]:
    """Place what is filled on the first opening."""
    parts: dict[str, gr.HTML | gr.Plot | gr.Row | gr.Column] = {}
    with gr.Column(elem_classes="part", elem_id="measured"):
        parts["about"] = gr.HTML("")
        with gr.Row(elem_classes="pair") as parts["curves"]:
            parts["found"] = _titled(say("trust-found"))
            parts["alarms"] = _titled(say("trust-false-alarms"))
        parts["table"] = gr.HTML("", elem_id="measured-table")
        parts["training_head"] = gr.HTML("", elem_classes="part-two")
        parts["training"] = _chart("measured-training")
        parts["training_table"] = gr.HTML("")
    with gr.Column(elem_classes="part", visible=False) as parts["rules_box"]:
        gr.HTML(trust_markup.head(say("trust-by-rule"), say("trust-by-rule-text")))
        with gr.Row(elem_classes="pair"):
            parts["rules_found"] = _titled(say("trust-found"))
            parts["rules_alarms"] = _titled(say("trust-false-alarms"))
        parts["rules_table"] = gr.HTML("", elem_id="rules-table")
        parts["outcomes"] = gr.HTML("", elem_id="outcomes-table", elem_classes="part-two")
    with gr.Column(elem_classes="part", visible=False) as parts["spreads_box"]:
        parts["spreads_head"] = gr.HTML("")
        with gr.Row(elem_classes="pair"):
            for kind in SPREADS:
                with gr.Column():
                    gr.HTML(trust_markup.title(say("trust-spread-titles-" + slug(kind))))
                    parts[f"spread_{kind}"] = _chart()
                    parts[f"spread_{kind}_note"] = gr.HTML("")
    with gr.Column(elem_classes="part", elem_id="decoys"):
        gr.HTML(trust_markup.head(say("trust-decoys-title"), say("trust-decoys-text")))
        with gr.Row(elem_classes="pair"):
            parts["decoys"] = _titled(say("trust-decoys-chart"))
            with gr.Column(visible=False) as parts["pools_box"]:
                gr.HTML(trust_markup.title(say("trust-pools-title")))
                parts["pools"] = _chart()
        gr.HTML(trust_markup.decoys_table() + trust_markup.note(say("trust-decoys-here")))
    with gr.Column(elem_classes="part"):
        gr.HTML(trust_markup.head(say("trust-paper-title"), say("trust-paper-text")))
        parts["paper"] = gr.HTML("", elem_id="paper-table")
    return parts


def _titled(title: str) -> gr.Plot:
    with gr.Column():
        gr.HTML(trust_markup.title(title))
        return _chart()


def _place_calculator() -> tuple[tuple[gr.Slider, gr.Radio, gr.Slider], tuple[gr.HTML, gr.Plot]]:
    with gr.Column(elem_classes="part", elem_id="calculator"):
        text = say("trust-calculator-text", prompts=PROMPTS)
        gr.HTML(trust_markup.head(say("trust-calculator-title"), text))
        with gr.Row(elem_classes="pair"):
            with gr.Column():
                label = say("trust-calculator-tau", prompts=PROMPTS)
                tau = gr.Slider(1, PROMPTS, value=1, step=1, label=label, buttons=[], elem_id="calc-tau")
                names = gr.Radio(
                    [f"{size:,}" for size in SIZES],
                    value="1,000",
                    label=say("trust-calculator-names"),
                    elem_id="calc-names",
                )
                models = gr.Slider(
                    *(1, MOST_MODELS),
                    value=1,
                    step=1,
                    label=say("trust-calculator-models"),
                    buttons=[],
                    elem_id="calc-models",
                )
                number = gr.HTML(trust_markup.bound_answer(1, 1000, 1, PROMPTS), elem_id="calc-answer")
            figure = _chart("calc-figure")
    return (tau, names, models), (number, figure)


def _chart(name: str | None = None) -> gr.Plot:
    return gr.Plot(show_label=False, elem_classes="chart", elem_id=name)


def _pictures(trust: Trust, result: AuditResult, context: RunContext, member: bool) -> dict[Any, Any]:
    """Draw the five pictures of a result."""
    prompt, photo = min(trust_markup.PROMPT, result.verdict.prompts - 1), trust_markup.PHOTO
    drawn = (
        gr.Column(visible=True),
        str(trust_markup.photos_picture(result, context)),
        str(trust_markup.prompts_picture(result)),
        plot_data(charts.cell_figure(result, prompt, photo)),
        plot_data(charts.prompt_votes_figure(result, prompt)),
        plot_data(charts.won_figure(result)),
        str(trust_markup.cell_caption(result)),
        str(trust_markup.vote_caption(result)),
        str(trust_markup.won_caption(result, member)),
    )
    return dict(zip(trust.pictures, drawn, strict=True))
