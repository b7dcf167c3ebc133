"""The attack step by step: one photo and one prompt, one prompt's vote, all prompts."""

from __future__ import annotations

from html import escape

import numpy as np
import plotly.graph_objects as go

from idia_core.attack.rule import NOBODY
from idia_core.audit.records import AuditResult
from idia_core.charts.rates import Mark, bound_figure
from idia_core.charts.style import (
    OTHERS,
    OTHERS_SIGN,
    RIVAL,
    RIVAL_SIGN,
    YOU,
    YOU_SIGN,
    Stem,
    add_stem,
    bar_marker,
    finish,
)
from idia_core.text import say

CELL_BINS = 40
MOST_BARS = 5
"""Names of a vote that have a bar of their own."""
HEIGHT = 250


def cell_figure(result: AuditResult, prompt: int, photo: int) -> go.Figure:
    """Draw the similarities of one photo with one prompt, a value for every name.

    Args:
        result: the judgement.
        prompt: which prompt.
        photo: which of the photos that took part.
    Returns:
        A histogram, the claimed name and the best other name marked.
    """
    values = result.similarities[prompt, photo].astype(np.float64)
    counts, edges = np.histogram(values, bins=min(CELL_BINS, max(5, values.size // 4)))
    figure = go.Figure(
        go.Bar(
            x=((edges[:-1] + edges[1:]) / 2).tolist(),
            y=counts.tolist(),
            width=float(edges[1] - edges[0]) * 0.92,
            marker_color=OTHERS,
            hovertemplate=say("chart-names-near", count="%{y}", at="%{x:.3f}") + "<extra></extra>",
        )
    )
    top, middle = float(counts.max()), float(edges[0] + edges[-1]) / 2
    own, best = float(values[result.claimed_index]), float(np.delete(values, result.claimed_index).max())
    place = int(result.ranks[prompt, photo])
    add_stem(figure, Stem(best, 1.08 * top, f"{RIVAL_SIGN} {say('chart-best-other')}", middle, rival=True))
    add_stem(figure, Stem(own, 1.3 * top, f"{YOU_SIGN} {say('chart-own-place', place=place)}", middle))
    figure.update_xaxes(title_text=say("chart-similarity"), nticks=5)
    figure.update_yaxes(title_text=say("chart-names"), range=[0, top * 1.45], nticks=4)
    figure.update_layout(showlegend=False)
    return finish(figure, HEIGHT)


def prompt_votes_figure(result: AuditResult, prompt: int) -> go.Figure:
    """Draw the vote of one prompt: how many photos chose each name.

    Args:
        result: the judgement.
        prompt: which prompt.
    Returns:
        A bar for the claimed name, one for each of the strongest others, and one for the rest.
    """
    votes = result.votes[prompt]
    rivals = np.delete(np.arange(votes.size), result.claimed_index)
    rivals = rivals[np.argsort(-votes[rivals], kind="stable")]
    rivals = rivals[votes[rivals] > 0]
    shown, rest = rivals[:MOST_BARS], rivals[MOST_BARS:]
    rows = [(f"{YOU_SIGN} {say('chart-this-name')}", int(votes[result.claimed_index]), YOU, "")]
    for place, at in enumerate(shown):
        sign, colour, pattern = (RIVAL_SIGN, RIVAL, "/") if place == 0 else (OTHERS_SIGN, OTHERS, "")
        rows.append((f"{sign} {escape(result.names[at], quote=False)}", int(votes[at]), colour, pattern))
    if rest.size:
        rows.append(
            (f"{OTHERS_SIGN} {say('chart-more-names', count=rest.size)}", int(votes[rest].sum()), OTHERS, ".")
        )
    labels, counts, colours, patterns = (list(column) for column in zip(*rows, strict=True))
    marker = bar_marker("", "") | {"color": colours}
    marker["pattern"] = marker["pattern"] | {"shape": patterns}
    places = list(range(len(rows)))
    figure = go.Figure(
        go.Bar(
            y=places,
            x=counts,
            orientation="h",
            marker=marker,
            text=[f" {count}" for count in counts],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    figure.update_yaxes(
        tickvals=places, ticktext=labels, range=[max(len(rows), 4) - 0.4, -0.6], showgrid=False
    )
    figure.update_xaxes(
        title_text=say("chart-photos"),
        range=[0, len(result.kept) * 1.08],
        dtick=max(1, len(result.kept) // 4),
    )
    figure.update_layout(showlegend=False, bargap=0.35)
    return finish(figure, HEIGHT)


def won_figure(result: AuditResult) -> go.Figure:
    """Draw how many prompts the claimed name and the best other name won, on the line of chance.

    Args:
        result: the judgement.
    Returns:
        The bound for every number of prompts, with both names where they stand.
    """
    verdict = result.verdict
    winners = verdict.winners[(verdict.winners != NOBODY) & (verdict.winners != result.claimed_index)]
    best = int(np.bincount(winners).max()) if winners.size else 0
    marks = (
        Mark(verdict.hits, f"{YOU_SIGN} {say('chart-own-count', count=verdict.hits)}", rival=False),
        Mark(best, f"{RIVAL_SIGN} {say('chart-best-other-count', count=best)}", rival=True),
    )
    return bound_figure(verdict.prompts, len(result.names), 1, verdict.tau, marks, height=HEIGHT)
