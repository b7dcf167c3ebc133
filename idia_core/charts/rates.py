"""Measured rates with their intervals, and the bound of false alarms as a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

import plotly.graph_objects as go

from idia_core.attack.evidence import false_alarm_bound
from idia_core.charts.style import LINE, LINE_STYLES, RIVAL, YOU, Series, finish, line_style
from idia_core.text import say

NEAR = 8
"""Prompts apart at which the words of two marks would run into each other."""


@dataclass(frozen=True)
class Mark:
    """One name on the line of chance."""

    hits: int
    """Prompts won."""
    text: str
    """Beside it, its sign among the words."""
    rival: bool
    """Whether it is the best other name, not the claimed one."""


@dataclass(frozen=True)
class Axes:
    """What the axes of a figure of rates say."""

    across: str
    """Title of the horizontal axis."""
    up: str
    """Title of the vertical one."""
    top: float = 1.05
    """Upper end of the vertical one."""
    doubling: bool = False
    """Whether the horizontal one has a logarithmic scale."""
    bound: float | None = None
    """A rate to draw as a dashed line, named as what chance allows at most."""


def rates_figure(series: Sequence[Series], axes: Axes, height: int = 310) -> go.Figure:
    """Draw rates as lines with their intervals.

    Args:
        series: one line each.
        axes: what the axes say.
        height: in pixels.
    Returns:
        Lines that differ in colour, dash and symbol, with a legend below.
    """
    figure = go.Figure()
    span = say("interval", low="%{customdata[1]:.1%}", high="%{customdata[2]:.1%}")
    hover = say("chart-rate", at="%{customdata[0]}", rate="%{y:.1%}", span=span)
    spread = 0.012 * max((point.at for line in series for point in line.points), default=1.0)
    for number, line in enumerate(series):
        style = line_style(number)
        shift = 1.0 if axes.doubling else (number - (len(series) - 1) / 2) * spread
        across = [point.at * shift if axes.doubling else point.at + shift for point in line.points]
        figure.add_scatter(
            x=across,
            y=[point.rate for point in line.points],
            name=line.title,
            mode="lines+markers",
            line={"color": style.colour, "dash": style.dash, "width": 2.5},
            marker={"symbol": style.symbol, "size": 10, "color": style.colour},
            error_y={
                "array": [point.high - point.rate for point in line.points],
                "arrayminus": [point.rate - point.low for point in line.points],
                "color": style.colour,
                "thickness": 1.3,
                "width": 4,
            },
            customdata=[[point.at, point.low, point.high] for point in line.points],
            hovertemplate=hover,
        )
    if axes.bound is not None:
        _add_limit(figure, axes.bound)
    ticks = sorted({point.at for line in series for point in line.points})
    figure.update_xaxes(title_text=axes.across, tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks])
    figure.update_xaxes(type="log" if axes.doubling else "linear")
    digits = ".0%" if axes.top > 0.1 else ".1%"
    figure.update_yaxes(title_text=axes.up, range=[-0.02 * axes.top, axes.top], tickformat=digits, nticks=6)
    figure.update_layout(
        showlegend=len(series) > 1, legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
    )
    return finish(figure, height)


def _add_limit(figure: go.Figure, bound: float) -> None:
    """Draw what chance allows at most, named in the corner, where no line of rates hides it."""
    figure.add_hline(y=bound, line={"color": LINE, "dash": "dash", "width": 2})
    corner = {"x": 1, "xref": "paper", "xanchor": "right", "y": 0.99, "yref": "paper", "yanchor": "top"}
    figure.add_annotation(text=f"– – {say('chart-chance', bound=f'{bound:.1%}')}", showarrow=False, **corner)


def spread_figure(bars: Sequence[int], height: int = 250) -> go.Figure:
    """Draw how p-values are spread over (0, 1], beside the even spread that valid ones have.

    Args:
        bars: people in each of as many equal parts.
        height: in pixels.
    Returns:
        A histogram of shares, with the even share as a dashed line.
    """
    total = max(1, sum(bars))
    width = 1 / len(bars)
    figure = go.Figure(
        go.Bar(
            x=[(at + 0.5) * width for at in range(len(bars))],
            y=[count / total for count in bars],
            width=width * 0.9,
            marker_color=LINE_STYLES[0].colour,
            hovertemplate=say("chart-share-of-people", share="%{y:.1%}") + "<extra></extra>",
        )
    )
    figure.add_hline(y=width, line={"color": LINE, "dash": "dash", "width": 2})
    figure.update_xaxes(title_text=say("chart-p-value"), range=[0, 1], nticks=6)
    figure.update_yaxes(title_text=say("chart-people"), tickformat=".0%", rangemode="tozero", nticks=5)
    return finish(figure, height)


def bound_figure(
    prompts: int, names: int, models: int, tau: int, marks: Sequence[Mark] = (), *, height: int = 290
) -> go.Figure:
    """Draw, for each number of prompts, how often chance alone lets a name win as many.

    Args:
        prompts: asked.
        names: in the pool, the claimed one included.
        models: tried.
        tau: prompts to win.
        marks: names to show on the line; without any, the bound at tau is marked.
        height: in pixels.
    Returns:
        A falling line of points on a logarithmic scale, and the rule as a vertical line.
    """
    wins = list(range(1, prompts + 1))
    bounds = [false_alarm_bound(prompts, win, names, models) for win in wins]
    figure = go.Figure(
        go.Scatter(
            x=[0, *wins],
            y=[1.0, *bounds],
            mode="lines+markers",
            line={"color": LINE, "width": 2, "shape": "hv"},
            marker={"size": 5, "color": LINE},
            hovertemplate=say("chart-bound", prompts="%{x}", bound="%{y:.2%}") + "<extra></extra>",
        )
    )
    figure.add_vline(x=tau - 0.5, line={"color": LINE, "dash": "dash", "width": 2})
    late = tau > 0.7 * prompts
    figure.add_annotation(
        x=tau - 0.5 if tau > 1 else 1.1,
        y=0.82,
        yref="paper",
        text=f" {say('chart-tau', tau=tau)} ",
        showarrow=False,
        xanchor="right" if late else "left",
    )
    for mark in marks:
        _add_mark(figure, mark, _beside(mark, marks, prompts), [1.0, *bounds])
    if not marks:
        _add_bound(figure, tau, bounds[tau - 1], prompts)
    least = min(bounds)
    figure.update_xaxes(title_text=say("chart-prompts-won"), range=[-0.6, prompts + 0.6], dtick=5)
    figure.update_yaxes(
        title_text=say("chart-by-chance"),
        type="log",
        tickformat=".3~%",
        range=[log10(least) - 0.35, 0.15],
        dtick=1,
    )
    figure.update_layout(showlegend=False)
    return finish(figure, height, top=30)


def _add_mark(figure: go.Figure, mark: Mark, beside: str, bounds: Sequence[float]) -> None:
    """Put one name on the line; the bounds begin with none won."""
    figure.add_scatter(
        x=[mark.hits],
        y=[bounds[mark.hits]],
        mode="markers+text",
        marker={
            "size": 16,
            "color": RIVAL if mark.rival else YOU,
            "symbol": "diamond" if mark.rival else "circle",
        },
        text=[f"  <b>{mark.text}</b>  "],
        textposition=beside,
        hoverinfo="skip",
        cliponaxis=False,
    )


def _add_bound(figure: go.Figure, tau: int, bound: float, prompts: int) -> None:
    """Mark the rule's own bound."""
    figure.add_scatter(
        x=[tau],
        y=[bound],
        mode="markers+text",
        marker={"size": 15, "color": LINE, "symbol": "square"},
        text=[f"  <b>{bound:.2%}</b>  "],
        textposition=f"top {'left' if tau > prompts * 0.7 else 'right'}",
        hoverinfo="skip",
        cliponaxis=False,
    )


def _beside(mark: Mark, marks: Sequence[Mark], prompts: int) -> str:
    """Keep the words of a mark inside the figure, and those of two names apart."""
    close = any(one is not mark and abs(one.hits - mark.hits) < NEAR for one in marks)
    height = "bottom" if mark.rival and close else "top"
    return f"{height} {'left' if mark.hits > prompts * 0.55 else 'right'}"
