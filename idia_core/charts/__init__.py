"""Results as plotly figures, and rates as static SVG (`svg`); colours, signs and type are the same in all of them."""

from __future__ import annotations

from idia_core.charts.answer import ROW_PIXELS, matrix_figure, rivals_of, votes_figure
from idia_core.charts.ranks import groups_of, ranks_figure
from idia_core.charts.rates import Axes, bound_figure, rates_figure, spread_figure
from idia_core.charts.stability import curve_figure, influence_figure
from idia_core.charts.steps import cell_figure, prompt_votes_figure, won_figure
from idia_core.charts.style import OTHERS_SIGN, RIVAL_SIGN, YOU_SIGN, Point, Series

__all__ = [
    "OTHERS_SIGN",
    "RIVAL_SIGN",
    "ROW_PIXELS",
    "YOU_SIGN",
    "Axes",
    "Point",
    "Series",
    "bound_figure",
    "cell_figure",
    "curve_figure",
    "groups_of",
    "influence_figure",
    "matrix_figure",
    "prompt_votes_figure",
    "ranks_figure",
    "rates_figure",
    "rivals_of",
    "spread_figure",
    "votes_figure",
    "won_figure",
]
