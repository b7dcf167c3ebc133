"""What photos and prompts said, as figures: every answer, and every prompt's vote."""

from __future__ import annotations

from html import escape

import numpy as np
import plotly.graph_objects as go

from idia_core.attack.rule import NOBODY, IntArray
from idia_core.audit.records import AuditResult
from idia_core.charts.style import OTHERS, OTHERS_SIGN, RIVAL, RIVAL_SIGN, YOU, YOU_SIGN, bar_marker, finish
from idia_core.text import say

SLOT = "{0}"
"""How a template marks the name's place."""

ROW_PIXELS = 24
"""Height of one prompt's row."""
MOST_LABEL = 28
"""Characters of a template beside a row."""


def sentence_label(template: str) -> str:
    """Write a template as a short row label: the slot as dots, markup made harmless.

    Args:
        template: with the slot `{0}`.
    Returns:
        Text that plotly shows as it stands.
    """
    text = template.replace(SLOT, "…")
    return escape(text if len(text) <= MOST_LABEL else f"{text[: MOST_LABEL - 1]}…", quote=False)


def rivals_of(result: AuditResult) -> IntArray:
    """Find, for each prompt, the other name that most photos answered; of equals the first.

    Args:
        result: the judgement.
    Returns:
        (prompts,) indices into `result.names`; `NOBODY` where every answer was the claimed name.
    """
    others = result.votes.copy()
    others[:, result.claimed_index] = 0
    return np.where(others.max(axis=1) > 0, others.argmax(axis=1), NOBODY).astype(np.int64)


def matrix_figure(result: AuditResult) -> go.Figure:
    """Draw every answer: prompts down, photos across.

    Args:
        result: the judgement.
    Returns:
        A heat map of three kinds of answers, each with its own sign; hovering tells the name and the rank.
    """
    kinds = _kinds(result.predictions, result.claimed_index, rivals_of(result))
    signs = np.array([OTHERS_SIGN, RIVAL_SIGN, YOU_SIGN])[kinds]
    shown = [*(escape(name) for name in result.names[:-1]), say("chart-this-name")]
    answers = [[shown[name] for name in row] for row in result.predictions]
    hover = np.dstack([np.array(answers, dtype=object), result.ranks.astype(object)])
    rows = list(range(len(kinds)))
    figure = go.Figure(
        go.Heatmap(
            z=kinds.tolist(),
            x=[str(photo + 1) for photo in result.kept],
            y=rows,
            zmin=0,
            zmax=2,
            colorscale=_steps(OTHERS, RIVAL, YOU),
            showscale=False,
            xgap=2,
            ygap=2,
            text=signs.tolist(),
            texttemplate="%{text}",
            textfont={"size": 13, "color": "#10151b"},
            customdata=hover,
            hovertemplate="<br>".join(
                (
                    say("chart-photo", number="%{x}"),
                    say("chart-answered", name="%{customdata[0]}"),
                    say("chart-place", place="%{customdata[1]:,}"),
                )
            )
            + "<extra></extra>",
        )
    )
    labels = [sentence_label(template) for template in result.encoded.prompts.templates]
    figure.update_yaxes(tickvals=rows, ticktext=labels, autorange="reversed", showgrid=False)
    figure.update_xaxes(title_text=say("chart-photo-axis"), side="top", type="category", showgrid=False)
    return finish(figure, 62 + ROW_PIXELS * len(rows), top=52, bottom=10)


def votes_figure(result: AuditResult) -> go.Figure:
    """Draw how the photos voted on every prompt.

    Args:
        result: the judgement.
    Returns:
        Stacked bars that sum to the number of photos; a tick marks the prompts that the claimed name won.
    """
    photos = len(result.kept)
    own = result.votes[:, result.claimed_index]
    rest = result.votes.copy()
    rest[:, result.claimed_index] = 0
    best, rows = rest.max(axis=1), list(range(len(own)))
    pieces = (
        (f"{YOU_SIGN} {say('chart-this-name')}", own, YOU, ""),
        (f"{RIVAL_SIGN} {say('chart-best-other-name')}", best, RIVAL, "/"),
        (f"{OTHERS_SIGN} {say('chart-all-others')}", photos - own - best, OTHERS, ""),
    )
    figure = go.Figure()
    for title, counts, colour, pattern in pieces:
        figure.add_bar(
            y=rows,
            x=counts.tolist(),
            orientation="h",
            name=title,
            marker=bar_marker(colour, pattern),
            hovertemplate=f"{say('chart-votes', count='%{x}', photos=photos)}<extra>{title}</extra>",
        )
    winners = result.verdict.winners.tolist()
    signs = [
        "✓" if winner == result.claimed_index else "=" if winner == NOBODY else " " for winner in winners
    ]
    labels = [
        f"{sign}  {sentence_label(template)}"
        for sign, template in zip(signs, result.encoded.prompts.templates, strict=True)
    ]
    figure.update_yaxes(tickvals=rows, ticktext=labels, autorange="reversed", showgrid=False)
    figure.update_xaxes(title_text=say("chart-photos"), range=[0, photos], dtick=max(1, photos // 4))
    figure.update_layout(barmode="stack", bargap=0.25, showlegend=False)
    return finish(figure, 64 + ROW_PIXELS * len(rows))


def _kinds(predictions: IntArray, claimed_index: int, rivals: IntArray) -> IntArray:
    """Sort answers into 2 = the claimed name, 1 = the prompt's rival, 0 = others: (prompts, photos)."""
    kinds = np.where(predictions == rivals[:, None], 1, 0)
    return np.where(predictions == claimed_index, 2, kinds).astype(np.int64)


def _steps(*colours: str) -> list[tuple[float, str]]:
    """Make a colour scale without transitions."""
    share = 1 / len(colours)
    return [((at + side) * share, colour) for at, colour in enumerate(colours) for side in (0, 1)]
