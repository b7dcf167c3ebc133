"""A result as plotly figures: where the name ranks, what every photo answered, how every prompt voted.

Colours mean the same everywhere: blue is the claimed name, orange the strongest other name, grey the rest; a
sign or a word always says it too. The claimed name itself is never drawn ("this name"), so that no chart
carries it. Marks work on light and on dark; text takes the page's own colour.
Source of the colours: Okabe and Ito's palette, safe for colour-blind readers (blue made a little lighter).

Does not: show, save or send a figure, or compute a number that the result lacks.
"""

from __future__ import annotations

from html import escape

import numpy as np
import plotly.graph_objects as go

from idia_core.attack import NOBODY, IntArray
from idia_core.audit import AuditResult
from idia_core.ranking import Ranking
from idia_core.stability import Stability

YOU = "#2a86c8"
RIVAL = "#e69f00"
OTHERS = "#aeb7c0"
GRID = "rgba(128,128,128,0.22)"
SLOT = "{0}"
"""How a template marks the name's place."""
YOU_SIGN, RIVAL_SIGN, OTHERS_SIGN = "●", "◆", "·"

BINS = 50
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
    others[:, result.truth] = 0
    return np.where(others.max(axis=1) > 0, others.argmax(axis=1), NOBODY).astype(np.int64)


def ranking_figure(ranking: Ranking, height: int = 290) -> go.Figure:
    """Draw the scores of all names as a distribution, the claimed name and the best other name marked.

    Args:
        ranking: the scores of one set of names, and the claimed name's place among them.
        height: in pixels.
    Returns:
        A histogram with two stems.
    """
    scores = ranking.statistic
    counts, edges = np.histogram(scores, bins=min(BINS, max(5, scores.size // 4)))
    figure = go.Figure()
    figure.add_bar(
        x=((edges[:-1] + edges[1:]) / 2).tolist(),
        y=counts.tolist(),
        width=float(edges[1] - edges[0]) * 0.92,
        marker_color=OTHERS,
        hovertemplate="%{y} names near %{x:.2f}<extra></extra>",
    )
    top, middle = float(counts.max()), float(edges[0] + edges[-1]) / 2
    best = float(np.delete(scores, ranking.truth).max())
    own = float(scores[ranking.truth])
    _add_stem(figure, best, 1.05 * top, RIVAL, f"{RIVAL_SIGN} best other name", middle)
    _add_stem(figure, own, 1.2 * top, YOU, f"{YOU_SIGN} this name: number {ranking.rank:,}", middle)
    figure.update_xaxes(title_text="fit with all photos (0 = an average name)")
    figure.update_yaxes(title_text="names", range=[0, top * 1.3], nticks=5)
    figure.update_layout(showlegend=False)
    return _finish(figure, height)


def matrix_figure(result: AuditResult) -> go.Figure:
    """Draw every answer: prompts down, photos across.

    Args:
        result: the judgement.
    Returns:
        A heat map of three kinds of answers, each with its own sign; hovering tells the name and the rank.
    """
    kinds = _kinds(result.predictions, result.truth, rivals_of(result))
    signs = np.array([OTHERS_SIGN, RIVAL_SIGN, YOU_SIGN])[kinds]
    shown = [*(escape(name) for name in result.names[:-1]), "this name"]
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
            hovertemplate="photo %{x}<br>answered: %{customdata[0]}<br>this name's place: %{customdata[1]:,}"
            "<extra></extra>",
        )
    )
    labels = [sentence_label(template) for template in result.encoded.prompts.templates]
    figure.update_yaxes(tickvals=rows, ticktext=labels, autorange="reversed", showgrid=False)
    figure.update_xaxes(title_text="photo", side="top", type="category", showgrid=False)
    return _finish(figure, 62 + ROW_PIXELS * len(rows), top=52, bottom=10)


def votes_figure(result: AuditResult) -> go.Figure:
    """Draw how the photos voted on every prompt.

    Args:
        result: the judgement.
    Returns:
        Stacked bars that sum to the number of photos; a tick marks the prompts that the claimed name won.
    """
    photos = len(result.kept)
    own = result.votes[:, result.truth]
    rest = result.votes.copy()
    rest[:, result.truth] = 0
    best, rows = rest.max(axis=1), list(range(len(own)))
    pieces = (
        (f"{YOU_SIGN} this name", own, YOU, ""),
        (f"{RIVAL_SIGN} the best other name", best, RIVAL, "/"),
        (f"{OTHERS_SIGN} all others", photos - own - best, OTHERS, ""),
    )
    figure = go.Figure()
    for title, counts, colour, pattern in pieces:
        figure.add_bar(
            y=rows,
            x=counts.tolist(),
            orientation="h",
            name=title,
            marker={
                "color": colour,
                "pattern": {
                    "shape": pattern,
                    "size": 6,
                    "fgcolor": "rgba(16,21,27,.45)",
                    "fillmode": "overlay",
                },
            },
            hovertemplate="%{x} of " + f"{photos}<extra>{title}</extra>",
        )
    winners = result.verdict.winners.tolist()
    signs = ["✓" if winner == result.truth else "=" if winner == NOBODY else " " for winner in winners]
    labels = [
        f"{sign}  {sentence_label(template)}"
        for sign, template in zip(signs, result.encoded.prompts.templates, strict=True)
    ]
    figure.update_yaxes(tickvals=rows, ticktext=labels, autorange="reversed", showgrid=False)
    figure.update_xaxes(title_text="photos", range=[0, photos], dtick=max(1, photos // 4))
    figure.update_layout(barmode="stack", bargap=0.25, showlegend=False)
    return _finish(figure, 64 + ROW_PIXELS * len(rows))


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
            hovertemplate="%{x} photos: member in %{y:.0%} of %{customdata} draws<extra></extra>",
        )
    )
    photos = [point.photos for point in stability.curve]
    figure.update_xaxes(title_text="photos used", tickvals=photos, rangemode="tozero")
    figure.update_yaxes(title_text="rule says member", range=[-0.04, 1.08], tickformat=".0%")
    return _finish(figure, 250)


def _add_stem(figure: go.Figure, x: float, height: float, colour: str, text: str, middle: float) -> None:
    """Mark one name: a line with a sign on top, and words on the side that has room."""
    figure.add_scatter(
        x=[x, x],
        y=[0, height],
        mode="lines+markers+text",
        line={"color": colour, "width": 3},
        marker={
            "size": [0, 13],
            "symbol": "circle" if colour == YOU else "diamond",
            "color": colour,
            "opacity": 1,
        },
        text=["", f" <b>{text}</b> "],
        textposition="middle left" if x > middle else "middle right",
        hovertemplate=f"{text}: %{{x:.2f}}<extra></extra>",
        cliponaxis=False,
    )


def _kinds(predictions: IntArray, truth: int, rivals: IntArray) -> IntArray:
    """Sort answers into 2 = the claimed name, 1 = the prompt's rival, 0 = others: (prompts, photos)."""
    kinds = np.where(predictions == rivals[:, None], 1, 0)
    return np.where(predictions == truth, 2, kinds).astype(np.int64)


def _steps(*colours: str) -> list[tuple[float, str]]:
    """Make a colour scale without transitions."""
    share = 1 / len(colours)
    return [((at + side) * share, colour) for at, colour in enumerate(colours) for side in (0, 1)]


def _finish(figure: go.Figure, height: int, top: int = 12, bottom: int = 46) -> go.Figure:
    """Give a figure the page's look: no background, a quiet grid, no dragging (a finger must scroll past)."""
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": 12, "r": 14, "t": top, "b": bottom},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "IBM Plex Sans, system-ui, sans-serif", "size": 13},
        dragmode=False,
        hoverlabel={"font": {"family": "IBM Plex Sans, system-ui, sans-serif", "size": 13}},
    )
    figure.update_xaxes(
        fixedrange=True, gridcolor=GRID, zeroline=False, automargin=True, title_standoff=8, ticks=""
    )
    figure.update_yaxes(
        fixedrange=True,
        gridcolor=GRID,
        zeroline=False,
        automargin=True,
        ticks="outside",
        ticklen=6,
        tickcolor="rgba(0,0,0,0)",
    )
    figure.update_xaxes(title_font_size=13)
    figure.update_yaxes(title_font_size=13, title_standoff=14)
    return figure
