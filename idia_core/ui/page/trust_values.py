"""What the view "How far can I trust this?" shows once it is open: measured rates, and the calculator's answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from idia_core import charts
from idia_core.attack.evidence import clopper_pearson, false_alarm_bound
from idia_core.attack.prompts import PAPER
from idia_core.charts import Axes, Point, Series
from idia_core.evaluation import curves, report, rules
from idia_core.evaluation.published import DECOYS_MEMBERS, DECOYS_ROWS
from idia_core.evaluation.records import POOLS, Evaluation, PValueKind, Row
from idia_core.text import say, slug
from idia_core.ui.markup import trust as trust_markup
from idia_core.ui.page.gradio_patches import plot_data

PROMPTS = len(PAPER.templates)
SIZES = (100, 1_000, 10_000, 100_000)
"""Numbers of names that the calculator offers."""
MOST_MODELS = 20
SPREADS: tuple[PValueKind, ...] = ("general", "matched")
"""The p-values whose spread is shown."""
RULES_DRAWN = (rules.IDIA, rules.IDIA_TAUS[-1], rules.GENERAL, rules.MATCHED, rules.STRONG)
"""Rules that the figures draw; the table has them all."""


def read_rates(file: Path) -> Evaluation | None:
    """Read the rates that ship with the sandbox.

    Args:
        file: JSON of `evaluate`.
    Returns:
        The rates, from few photos to many; None where there is no such file.
    Raises:
        IdiaError: it is no evaluation.
    """
    if not file.is_file():
        return None
    found = report.read_evaluation(file)
    return replace(found, rows=tuple(sorted(found.rows, key=lambda row: row.photos)))


def read_pools(folder: Path) -> tuple[Evaluation, ...]:
    """Read the same measured among other kinds of names: `evaluation-KIND.json`.

    Args:
        folder: of the sandbox.
    Returns:
        One for each file, from the easiest names to the hardest.
    Raises:
        IdiaError: a file is no evaluation.
    """
    found = (read_rates(file) for file in folder.glob("evaluation-*.json"))
    return tuple(sorted((one for one in found if one), key=lambda one: POOLS.index(one.pool)))


def calculated(tau: int, names: int, models: int) -> tuple[str, Any]:
    """Answer the calculator, its numbers kept within what it offers.

    Args:
        tau: prompts to win.
        names: in the pool.
        models: tried.
    Returns:
        The answer as markup, and the figure.
    """
    tau, models = min(max(tau, 1), PROMPTS), min(max(models, 1), MOST_MODELS)
    names = names if names in SIZES else 1000
    figure = charts.bound_figure(PROMPTS, names, models, tau, height=330)
    return str(trust_markup.bound_answer(tau, names, models, PROMPTS)), plot_data(figure)


def values(measured: Evaluation | None, pools: Sequence[Evaluation]) -> dict[str, Any]:
    """Draw all that was measured, and what others measured.

    Args:
        measured: the sandbox's rates; None where there is no file of them.
        pools: the same among other kinds of names, if it was measured.
    Returns:
        Name of a component of the view -> what it shows.
    """
    found: dict[str, Any] = {
        "decoys": plot_data(_decoys()),
        "paper": str(trust_markup.paper_table(measured)),
        "weak": str(trust_markup.weak(measured)),
    }
    if measured is None:
        found["about"] = str(trust_markup.head(say("trust-measured-title"), say("trust-measured-none")))
        found |= {"curves": gr.Row(visible=False), "training": gr.Plot(visible=False)}
    else:
        found |= _curves(measured) | _rules(measured) | _spreads(measured.rows[-1])
    if pools:
        lines = [
            line
            for one in pools
            for line in curves.by_photos(say("trust-pool-titles-" + slug(one.pool)), one.rows, "tpr")
        ]
        found |= {"pools_box": gr.Column(visible=True), "pools": _rates(lines, say("trust-found-axis"))}
    return found


def _curves(measured: Evaluation) -> dict[str, Any]:
    text = say(
        "trust-measured-text",
        members=measured.rows[0].tpr.people,
        others=measured.rows[0].fpr.people,
        names=measured.names,
        tau=measured.tau,
        draws=max(row.draws for row in measured.rows),
    )
    values: dict[str, Any] = {
        "about": str(trust_markup.head(say("trust-measured-title"), text)),
        "found": _rates(curves.by_photos(say("trust-found"), measured.rows, "tpr"), say("trust-found-axis")),
        "alarms": _alarms(
            curves.by_photos(say("trust-false-alarms"), measured.rows, "fpr"), _bound(measured)
        ),
        "table": str(trust_markup.note(say("trust-false-text")) + trust_markup.measured_table(measured)),
        "training": gr.Plot(visible=False),
    }
    training = curves.by_training(measured.rows)
    if training:
        axes = Axes(say("trust-training-axis"), say("trust-found-axis"), doubling=True)
        values["training_head"] = str(trust_markup.head(say("trust-training"), say("trust-training-text")))
        values["training"] = plot_data(charts.rates_figure(training, axes, 360))
        values["training_table"] = str(trust_markup.training_table(measured))
    return values


def _rules(measured: Evaluation) -> dict[str, Any]:
    """Fill the other rules and the outcomes, where they were measured."""
    last = measured.rows[-1]
    if not last.rules:
        return {}
    titles = {rule.code: say(trust_markup.rule_key(rule.code)) for rule in RULES_DRAWN}
    values: dict[str, Any] = {
        "rules_box": gr.Column(visible=True),
        "rules_found": _rates(curves.by_rule(titles, measured.rows, "tpr"), say("trust-found-axis")),
        "rules_alarms": _alarms(curves.by_rule(titles, measured.rows, "fpr"), _bound(measured)),
        "rules_table": str(trust_markup.rules_table(last) + trust_markup.blind_note(measured)),
    }
    if last.outcomes:
        text = say("trust-outcomes-text", photos=last.photos)
        head = trust_markup.head(say("trust-outcomes-title"), text)
        values["outcomes"] = str(head + trust_markup.outcomes_table(last))
    return values


def _spreads(row: Row) -> dict[str, Any]:
    """Fill the p-values' spread, where it was measured."""
    known = dict(row.p_values)
    if not set(SPREADS) <= set(known):
        return {}
    text = say("trust-spreads-text", photos=row.photos)
    values: dict[str, Any] = {
        "spreads_box": gr.Column(visible=True),
        "spreads_head": str(trust_markup.head(say("trust-spreads-title"), text)),
    }
    for kind in SPREADS:
        values[f"spread_{kind}"] = plot_data(charts.spread_figure(known[kind].bars))
        values[f"spread_{kind}_note"] = str(trust_markup.spread_note(known[kind]))
    return values


def _bound(measured: Evaluation) -> float:
    return false_alarm_bound(measured.prompts, measured.tau, measured.names)


def _alarms(lines: Sequence[Series], bound: float) -> Any:
    """Draw false alarms on a scale of their own, with what chance allows at most."""
    highest = max((point.high for line in lines for point in line.points), default=0.0)
    axes = Axes(
        say("trust-photos-axis"), say("trust-false-axis"), max(1.15 * highest, 1.3 * bound), bound=bound
    )
    return plot_data(charts.rates_figure(lines, axes, 320))


def _rates(lines: Sequence[Series], up: str) -> Any:
    return plot_data(charts.rates_figure(lines, Axes(say("trust-photos-axis"), up), 320))


def _decoys() -> Any:
    """Draw how the other names decided the rate, each with the interval of its count of people."""
    return charts.rates_figure(
        (
            Series(
                say("trust-decoys-random"),
                tuple(_of_members(at, rate) for at, rate, _, _ in DECOYS_ROWS),
            ),
            Series(
                say("trust-decoys-known"),
                tuple(_of_members(at, rate) for at, _, rate, _ in DECOYS_ROWS if rate is not None),
            ),
        ),
        Axes(say("trust-decoys-axes-1"), say("trust-decoys-axes-2")),
        320,
    )


def _of_members(photos: int, rate: float) -> Point:
    ends = clopper_pearson(round(rate * DECOYS_MEMBERS), DECOYS_MEMBERS)
    return Point(photos, rate, min(ends.low, rate), max(ends.high, rate))
