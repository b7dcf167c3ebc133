"""Results as plotly figures; colours, signs and type are the same in all of them.

Rooms: `looks` (colours, signs, the page's type), `answer` (what photos and prompts said), `ranks` (where the name
stands), `steadiness` (fewer photos, one photo left out), `steps` (the attack step by step), `measured` (rates
with their intervals).

Does not: show, save or send a figure.
"""

from __future__ import annotations

from idia_core.charts.answer import (
    MOST_LABEL,
    ROW_PIXELS,
    matrix_figure,
    rivals_of,
    sentence_label,
    votes_figure,
)
from idia_core.charts.ranks import (
    Group,
    groups_of,
    ranks_figure,
)
from idia_core.charts.rates import (
    Axes,
    Mark,
    bound_figure,
    rates_figure,
    spread_figure,
)
from idia_core.charts.stability import (
    curve_figure,
    influence_figure,
)
from idia_core.charts.steps import (
    cell_figure,
    prompt_votes_figure,
    won_figure,
)
from idia_core.charts.style import (
    OTHERS,
    OTHERS_SIGN,
    RIVAL,
    RIVAL_SIGN,
    YOU,
    YOU_SIGN,
    Point,
    Series,
)

__all__ = [
    "MOST_LABEL",
    "OTHERS",
    "OTHERS_SIGN",
    "RIVAL",
    "RIVAL_SIGN",
    "ROW_PIXELS",
    "YOU",
    "YOU_SIGN",
    "Axes",
    "Group",
    "Mark",
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
    "sentence_label",
    "spread_figure",
    "votes_figure",
    "won_figure",
]
