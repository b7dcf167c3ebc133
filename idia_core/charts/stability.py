"""How the verdict depends on the photos: with fewer of them, and with one left out."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from idia_core.attack.stability import Stability
from idia_core.charts.style import LINE, RIVAL, RIVAL_SIGN, YOU, YOU_SIGN, bar_marker, finish
from idia_core.text import say

ROW_PIXELS = 28
"""Height of one photo's row."""


def curve_figure(stability: Stability) -> go.Figure:
    """Draw how often the paper's rule says member with fewer photos.

    Args:
        stability: the curve, one point for each number of photos.
    Returns:
        A line from one photo to all of them.
    """
    figure = go.Figure(
        go.Scatter(
            x=[point.photos for point in stability.curve],
            y=[point.member_share for point in stability.curve],
            customdata=[point.draws for point in stability.curve],
            mode="lines+markers",
            line={"color": YOU, "width": 3},
            marker={"size": 10},
            hovertemplate=say("chart-curve", photos="%{x}", share="%{y:.0%}", draws="%{customdata}")
            + "<extra></extra>",
        )
    )
    photos = [point.photos for point in stability.curve]
    figure.update_xaxes(title_text=say("chart-photos-used"), tickvals=photos, rangemode="tozero")
    figure.update_yaxes(title_text=say("chart-rule-says-member"), range=[-0.04, 1.08], tickformat=".0%")
    return finish(figure, 270)


def influence_figure(stability: Stability, hits: int, kept: Sequence[int]) -> go.Figure:
    """Draw what each photo does for the name, by leaving it out.

    Args:
        stability: its influences, one for each photo.
        hits: prompts won with all photos.
        kept: the photos' numbers on the page, from 0.
    Returns:
        A bar for each photo, to the right if it speaks for the name; beside it the prompts won without it.
    """
    changes = [one.statistic_change for one in stability.influence]
    rows = list(range(len(changes)))
    labels = [
        f"{say('chart-photo', number=kept[row] + 1)} {YOU_SIGN if changes[row] >= 0 else RIVAL_SIGN}"
        for row in rows
    ]
    without = [f" {say('chart-won-without', prompts=hits - one.hits_change)}" for one in stability.influence]
    figure = go.Figure()
    for sign, colour, pattern in ((1, YOU, ""), (-1, RIVAL, "/")):
        figure.add_bar(
            y=rows,
            x=[change if (change >= 0) == (sign > 0) else None for change in changes],
            orientation="h",
            marker=bar_marker(colour, pattern),
            hovertemplate=say("chart-influence", change="%{x:+.2f}") + "<extra></extra>",
        )
    edge = max([abs(change) for change in changes], default=0.1) or 0.1
    figure.add_scatter(
        x=[edge * 1.08] * len(rows),
        y=rows,
        mode="text",
        text=without,
        textposition="middle right",
        hoverinfo="skip",
        cliponaxis=False,
    )
    figure.add_vline(x=0, line={"color": LINE, "width": 1.5})
    figure.update_yaxes(tickvals=rows, ticktext=labels, range=[len(rows) - 0.4, -0.6], showgrid=False)
    figure.update_xaxes(title_text=say("chart-adds-to-fit"), range=[-edge * 1.1, edge * 1.75], nticks=5)
    figure.update_layout(barmode="overlay", bargap=0.3, showlegend=False)
    return finish(figure, max(270, 64 + ROW_PIXELS * len(rows)))
