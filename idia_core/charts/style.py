"""What all figures share: colours, signs, line styles, type, a quiet grid, and the mark of one name.

Colours mean the same everywhere: blue is the claimed name, orange the strongest other name, grey the rest; a
sign or a word always says it too. The claimed name itself is never drawn ("this name"), so that no chart
carries it. Marks work on light and on dark; text takes the page's own colour.
Source of the colours: Okabe and Ito's palette, safe for colour-blind readers (blue made a little lighter, some
others darker, to be seen on white).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

YOU = "#2a86c8"
RIVAL = "#e69f00"
OTHERS = "#aeb7c0"
LINE = "#7a8691"
"""A neutral line that is seen on light and on dark."""
GRID = "rgba(128,128,128,0.22)"
YOU_SIGN, RIVAL_SIGN, OTHERS_SIGN = "●", "◆", "·"
FONT = "IBM Plex Sans, system-ui, sans-serif"


@dataclass(frozen=True)
class LineStyle:
    """How one line of several is drawn; any one of the three tells it from the others."""

    colour: str
    """As in CSS."""
    dash: str
    """Plotly's name of the dash."""
    symbol: str
    """Plotly's name of the mark at each point."""


LINE_STYLES = (
    LineStyle("#009e73", "solid", "circle"),
    LineStyle("#d55e00", "dash", "square"),
    LineStyle("#b9609a", "dot", "triangle-up"),
    LineStyle("#3d7fb3", "dashdot", "cross"),
    LineStyle("#8a6d00", "longdash", "triangle-down"),
    LineStyle("#7a8691", "longdashdot", "x"),
    LineStyle("#009e73", "dot", "hexagon"),
)


def line_style(number: int) -> LineStyle:
    """Return the style of a line by its number, from 0."""
    return LINE_STYLES[number % len(LINE_STYLES)]


_AXIS = {"fixedrange": True, "gridcolor": GRID, "zeroline": False, "automargin": True}
_LOOK = go.layout.Template(
    layout={
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13},
        "hoverlabel": {"font": {"family": FONT, "size": 13}},
        "xaxis": {**_AXIS, "ticks": "", "title": {"standoff": 8, "font": {"size": 13}}},
        "yaxis": {
            **_AXIS,
            "ticks": "outside",
            "ticklen": 6,
            "tickcolor": "rgba(0,0,0,0)",
            "title": {"standoff": 14, "font": {"size": 13}},
        },
    }
)
"""What holds for every figure and every axis; set axis by axis it took most of the time of drawing."""


@dataclass(frozen=True)
class Stem:
    """The mark of one name in a histogram."""

    at: float
    """Where the name stands."""
    height: float
    """Of the line."""
    text: str
    """Beside it, its sign among the words."""
    middle: float
    """The middle of the axis: the words stand on the side that has room."""
    rival: bool = False
    """Whether it is the strongest other name, not the claimed one."""


def add_stem(figure: go.Figure, stem: Stem, row: int | None = None) -> None:
    """Mark one name: a line with a sign on top, and words beside it.

    Args:
        figure: to draw in.
        stem: the mark.
        row: of a figure with several; None where there is one.
    """
    colour = RIVAL if stem.rival else YOU
    place: dict[str, Any] = {} if row is None else {"row": row, "col": 1}
    figure.add_scatter(
        x=[stem.at, stem.at],
        y=[0, stem.height],
        mode="lines+markers+text",
        line={"color": colour, "width": 3},
        marker={
            "size": [0, 13],
            "symbol": "diamond" if stem.rival else "circle",
            "color": colour,
            "opacity": 1,
        },
        text=["", f" <b>{stem.text}</b> "],
        textposition=f"middle {'left' if stem.at > stem.middle else 'right'}",
        hovertemplate=f"{stem.text}: %{{x:.2f}}<extra></extra>",
        cliponaxis=False,
        **place,
    )


def bar_marker(colour: str, pattern: str = "") -> dict[str, Any]:
    """Fill bars with a colour and, so that it does not speak alone, a pattern."""
    fill = {"shape": pattern, "size": 6, "fgcolor": "rgba(16,21,27,.45)", "fillmode": "overlay"}
    return {"color": colour, "pattern": fill}


def finish(figure: go.Figure, height: int, top: int = 12, bottom: int = 46) -> go.Figure:
    """Give a figure the page's look: no background, a quiet grid, no dragging (a finger must scroll past)."""
    figure.update_layout(
        template=_LOOK,
        height=height,
        margin={"l": 12, "r": 14, "t": top, "b": bottom},
        dragmode=False,
    )
    return figure


@dataclass(frozen=True)
class Point:
    """One rate."""

    at: float
    """Where on the horizontal axis: photos, or training portraits."""
    rate: float
    """In [0, 1]."""
    low: float
    """Lower end of its interval."""
    high: float
    """Upper end."""


@dataclass(frozen=True)
class Series:
    """Rates that belong together."""

    title: str
    """In the legend."""
    points: tuple[Point, ...]
    """From left to right."""
