"""Names of the claimed name's style: which are drawn, and that the grid holds each at its place."""

from __future__ import annotations

import numpy as np
import pytest

from idia_core import names
from idia_core.attack import ranking
from idia_core.audit import judge
from idia_core.audit.records import StyleSimilarities
from idia_core.names import matching
from idia_core.settings import ASSETS

LISTS = names.load_lists(ASSETS / "names", "web")


def test_the_crossed_names_join_the_first_names_and_the_last_names_of_the_two_groups() -> None:
    style = matching.draw_style_names("Zelda Quux", LISTS, 12, 3, 0)
    firsts = [name.split(" ")[0] for name in style.matched.same_last[:3]]
    lasts = [name.split(" ")[1] for name in style.matched.same_first[:3]]
    assert style.crossed == tuple(f"{first} {last}" for first in firsts for last in lasts)
    assert style.names == (*style.matched.same_first, *style.matched.same_last, *style.crossed)


@pytest.mark.parametrize(
    "claimed",
    [
        "Ludwig van Beethoven",
        "Jean-Luc Picard",
        "Mary-Jane Smith-Jones",
        "J. R. R. Tolkien",
        "MARIA DEL CARMEN LOPEZ",
        "Xi Jinping",
        "Dr. Martin Luther King Jr.",
        "ann lee",
    ],
)
def test_a_crossed_name_differs_from_its_row_and_its_column_in_one_part_each(claimed: str) -> None:
    style = matching.draw_style_names(claimed, LISTS, 8, 2, 1)
    again = matching.draw_style_names(claimed, LISTS, 8, 2, 1)
    assert style == again
    assert len(set(style.crossed)) == 4
    for at, name in enumerate(style.crossed):
        row, column = style.matched.same_last[at // 2], style.matched.same_first[at % 2]
        words, parts = set(name.split(" ")), (set(row.split(" ")), set(column.split(" ")))
        assert words <= parts[0] | parts[1]
        assert words - parts[0]
        assert words - parts[1]


@pytest.mark.parametrize("claimed", ["Madonna", "Дмитрий Иванов"])
def test_a_name_that_cannot_be_matched_has_none_of_any_kind(claimed: str) -> None:
    style = matching.draw_style_names(claimed, LISTS, 8, 2, 1)
    assert style.names == ()
    assert style.matched.reason
    nothing = np.zeros((2, 3, 0), np.float32)
    split = StyleSimilarities.split(style, nothing)
    found = judge.style_comparisons(np.zeros((2, 3), np.float32), style.matched, split)
    assert (found.same_first, found.same_last, found.crossed) == (None, None, None)
    assert found.unmatched == style.matched.reason


def test_nothing_is_drawn_where_nothing_is_wanted() -> None:
    assert matching.draw_style_names("Zelda Quux", LISTS, 0, 9, 0).names == ()
    assert matching.draw_style_names("Zelda Quux", LISTS, 6, 0, 0).crossed == ()
    assert len(matching.draw_style_names("Zelda Quux", LISTS, 6, 9, 0).crossed) == 9


def test_every_similarity_stands_in_the_row_of_its_first_and_the_column_of_its_last_name() -> None:
    style = matching.draw_style_names("Zelda Quux", LISTS, 12, 3, 0)
    everyone = ("Zelda Quux", *style.names)
    firsts = {first: at for at, first in enumerate(dict.fromkeys(n.split(" ")[0] for n in everyone))}
    lasts = {last: at for at, last in enumerate(dict.fromkeys(n.split(" ")[1] for n in everyone))}
    value = [firsts[name.split(" ")[0]] + 1000 * lasts[name.split(" ")[1]] for name in everyone]
    similarities = np.broadcast_to(np.array(value, np.float32), (2, 3, len(value)))
    split = StyleSimilarities.split(style, similarities[:, :, 1:])
    found = judge.style_comparisons(similarities[:, :, 0], style.matched, split)
    grid = found.crossed
    assert grid is not None
    assert grid.shape == (2, 3, 4, 4)
    assert (grid % 1000 == grid[:, :, :, :1] % 1000).all()
    assert (grid // 1000 == grid[:, :, :1, :] // 1000).all()
    assert (grid[:, :, 0, 0] == similarities[:, :, 0]).all()
    # Such a grid is a sum of what the first and the last name do alone: no pairing is left, all tie.
    assert ranking.rank_crossed(grid).p_value == 1
