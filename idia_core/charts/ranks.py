"""Where the name stands: among all names, and among those of its own style, drawn on one axis.

Scores that are standardised within each group cannot be laid side by side. So positions are drawn in the units of
the general pool (0 is its average name), while every place ("number 3") is the one by which the group is judged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from idia_core.attack.ranking import Ranking, StatisticArray, scores_in_units_of
from idia_core.audit.records import AuditResult
from idia_core.charts.style import OTHERS, RIVAL_SIGN, YOU_SIGN, Stem, add_stem, bar_marker, finish
from idia_core.text import say, slug

BINS = 50
PATTERNS = {"general": "", "same_first": "/", "same_last": "\\"}
"""Groups differ by more than their place on the page."""


@dataclass(frozen=True)
class Group:
    """The claimed name beside one group of other names."""

    kind: str
    """`general`, `same_first` or `same_last`."""
    ranking: Ranking
    """By which the group is judged."""
    own: float
    """Where the claimed name stands, in units of the general pool; the same in every group."""
    others: StatisticArray
    """(names,) where the others stand, in the same units."""
    best: str
    """The strongest of the others, by the group's own ranking."""
    best_at: float
    """Where that one stands."""


def groups_of(result: AuditResult) -> tuple[Group, ...]:
    """Put the groups of a result on one axis.

    Args:
        result: the judgement.
    Returns:
        The general pool, then those groups of matched names that there are.
    """
    encoded, matching, matched = result.encoded, result.evidence.matching, result.encoded.matched
    style = encoded.style.of_photos(result.kept)
    general = result.evidence.general
    own = float(general.statistic[general.claimed_index])
    found = [_group("general", general, own, general.statistic[:-1], result.names[:-1])]
    for kind, ranking, names, measured in (
        ("same_first", matching.same_first, matched.same_first, style.same_first),
        ("same_last", matching.same_last, matched.same_last, style.same_last),
    ):
        if ranking is not None:
            at = scores_in_units_of(result.similarities, measured)
            found.append(_group(kind, ranking, own, at, names))
    return tuple(found)


def _group(kind: str, ranking: Ranking, own: float, others: StatisticArray, names: tuple[str, ...]) -> Group:
    best = int(np.delete(ranking.statistic, ranking.claimed_index).argmax())
    return Group(kind, ranking, own, others, names[best], float(others[best]))


def ranks_figure(groups: tuple[Group, ...]) -> go.Figure:
    """Draw the groups one below the other on one axis, the claimed name and each group's best other name marked.

    Args:
        groups: from `groups_of`, at least one.
    Returns:
        Histograms, each with two stems; every place is written beside its stem.
    """
    shares = [1.7 if group.kind == "general" else 1.0 for group in groups]
    titles = [say("chart-group-" + slug(group.kind), count=group.others.size) for group in groups]
    figure = make_subplots(
        rows=len(groups), shared_xaxes=True, vertical_spacing=0.13, row_heights=shares, subplot_titles=titles
    )
    figure.update_annotations(x=0, xanchor="left", font_size=13)
    everything = np.concatenate([[groups[0].own], *(group.others for group in groups)])
    edges = np.histogram_bin_edges(everything, bins=min(BINS, max(5, everything.size // 4)))
    for row, group in enumerate(groups, start=1):
        _add_group(figure, group, edges, row)
    figure.update_xaxes(title_text=say("chart-fit"), row=len(groups))
    figure.update_layout(showlegend=False, bargap=0)
    return finish(figure, 110 + int(115 * sum(shares)), top=26)


def _add_group(figure: go.Figure, group: Group, edges: StatisticArray, row: int) -> None:
    counts, _ = np.histogram(group.others, bins=edges)
    figure.add_bar(
        x=((edges[:-1] + edges[1:]) / 2).tolist(),
        y=counts.tolist(),
        width=float(edges[1] - edges[0]) * 0.92,
        marker=bar_marker(OTHERS, PATTERNS[group.kind]),
        hovertemplate=say("chart-names-near", count="%{y}", at="%{x:.2f}") + "<extra></extra>",
        row=row,
        col=1,
    )
    top, middle = float(counts.max()), float(edges[0] + edges[-1]) / 2
    own = f"{YOU_SIGN} {say('chart-own-rank', rank=group.ranking.rank)}"
    best = f"{RIVAL_SIGN} {say('chart-best-of-these')}"
    add_stem(figure, Stem(group.best_at, 1.08 * top, best, middle, rival=True), row)
    add_stem(figure, Stem(group.own, 1.42 * top, own, middle), row)
    figure.update_yaxes(title_text=say("chart-names"), range=[0, top * 1.65], nticks=4, row=row)
