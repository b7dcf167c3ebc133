"""Measured rates as the lines of a chart; a rate of nobody has no point, and a line without points is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from idia_core.charts.style import Point, Series
from idia_core.evaluation.records import Rate, Row
from idia_core.text import say

Kind = Literal["tpr", "fpr"]
"""Members called "member", or non-members called so."""
KINDS: tuple[Kind, Kind] = ("tpr", "fpr")


def by_photos(title: str, rows: Iterable[Row], kind: Kind) -> tuple[Series, ...]:
    """Draw the paper's rule by number of photos.

    Args:
        title: in the legend.
        rows: the rates.
        kind: which of them.
    Returns:
        One line, or none.
    """
    return _lines({title: [(row.photos, row.tpr if kind == "tpr" else row.fpr) for row in rows]})


def by_rule(titles: Mapping[str, str], rows: Sequence[Row], kind: Kind) -> tuple[Series, ...]:
    """Draw rules by number of photos.

    Args:
        titles: code of a rule -> its title in the legend, in the order of the lines.
        rows: the rates.
        kind: which of them.
    Returns:
        A line for each rule that was measured.
    """
    return _lines(
        {
            title: [
                (row.photos, rates.tpr if kind == "tpr" else rates.fpr)
                for row in rows
                if (rates := row.rule(code)) is not None
            ]
            for code, title in titles.items()
        }
    )


def by_training(rows: Iterable[Row]) -> tuple[Series, ...]:
    """Draw members found by number of training photos, a line for each number of photos."""
    return _lines({say("photo-count", count=row.photos): row.by_training for row in rows})


def _lines(rates: Mapping[str, Sequence[tuple[int, Rate]]]) -> tuple[Series, ...]:
    lines = (
        Series(
            title,
            tuple(
                Point(at, rate.mean, *rate.interval)
                for at, rate in line
                if rate.mean is not None and rate.interval is not None
            ),
        )
        for title, line in rates.items()
    )
    return tuple(line for line in lines if line.points)
