"""The sandbox's measured rates, as `evaluate --json` wrote them, ready to be drawn and tabulated.

Does not: measure anything, or draw it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from idia_core.charts import Point, Series
from idia_core.ui import trust_wording as words


@dataclass(frozen=True)
class Cell:
    """One rate with its interval."""

    rate: float
    """In [0, 1]."""
    low: float
    """Lower end of its exact 95 % interval."""
    high: float
    """Upper end."""


@dataclass(frozen=True)
class Line:
    """The rates for one number of photos."""

    photos: int
    """Photos of each draw."""
    members: int
    """Members who had as many."""
    non_members: int
    """Non-members who had as many."""
    tpr: Cell
    """Members called members."""
    fpr: Cell
    """Non-members called members."""
    by_training: tuple[tuple[int, Cell], ...]
    """The former by number of training portraits."""
    rules: tuple[tuple[str, Cell, Cell], ...]
    """Both again for each rule, the paper's first; may be empty."""


@dataclass(frozen=True)
class Measured:
    """One evaluation."""

    names: int
    """Candidate names."""
    prompts: int
    """Prompts asked."""
    tau: int
    """Prompts to win."""
    draws: int
    """Random draws of photos for each person."""
    lines: tuple[Line, ...]
    """From few photos to many, at least one."""
    pools: tuple[tuple[str, tuple[Line, ...]], ...]
    """The same with other kinds of candidate names; may be empty."""


def read(file: Path) -> Measured | None:
    """Read the rates that ship with the sandbox.

    Args:
        file: JSON of `evaluate`.
    Returns:
        The rates; None where there is no such file.
    """
    if not file.is_file():
        return None
    facts = json.loads(file.read_text(encoding="utf-8"))
    lines = _lines(facts["rows"])
    pools = tuple((kind, _lines(part["rows"])) for kind, part in facts.get("pools", {}).items())
    draws = max(row["draws"] for row in facts["rows"])
    return Measured(facts["names"], facts["prompts"], facts["tau"], draws, lines, pools)


def found(lines: Iterable[Line], title: str) -> Series:
    """Draw members found by number of photos."""
    return Series(title, tuple(_point(line.photos, line.tpr) for line in lines))


def false_alarms(lines: Iterable[Line], title: str) -> Series:
    """Draw false alarms by number of photos."""
    return Series(title, tuple(_point(line.photos, line.fpr) for line in lines))


def by_training(lines: Iterable[Line]) -> tuple[Series, ...]:
    """Draw members found by number of training portraits, a line for each number of photos."""
    return tuple(
        Series(
            words.SERIES_PHOTO if line.photos == 1 else words.SERIES_PHOTOS.format(photos=line.photos),
            tuple(_point(level, cell) for level, cell in line.by_training),
        )
        for line in lines
        if line.by_training
    )


def by_rule(lines: tuple[Line, ...], alarms: bool) -> tuple[Series, ...]:
    """Draw every rule by number of photos.

    Args:
        lines: the rates.
        alarms: whether to draw false alarms, not members found.
    Returns:
        A line for each rule.
    """
    found: dict[str, list[Point]] = {}
    for line in lines:
        for code, tpr, fpr in line.rules:
            found.setdefault(code, []).append(_point(line.photos, fpr if alarms else tpr))
    return tuple(Series(words.RULE_TITLES.get(code, code), tuple(points)) for code, points in found.items())


def _point(at: float, cell: Cell) -> Point:
    return Point(at, cell.rate, cell.low, cell.high)


def _lines(rows: list[dict[str, Any]]) -> tuple[Line, ...]:
    return tuple(_line(row) for row in sorted(rows, key=lambda row: row["photos"]))


def _line(row: dict[str, Any]) -> Line:
    levels = [(one["training_photos"], _cell(one, "tpr")) for one in row["by_training_photos"]]
    rules = [(code, _cell(rates, "tpr"), _cell(rates, "fpr")) for code, rates in row.get("rules", {}).items()]
    return Line(
        photos=row["photos"],
        members=row["members"],
        non_members=row["non_members"],
        tpr=_cell(row, "tpr"),
        fpr=_cell(row, "fpr"),
        by_training=tuple(levels),
        rules=tuple(rules),
    )


def _cell(facts: dict[str, Any], rate: str) -> Cell:
    low, high = facts[f"{rate}_interval"]
    return Cell(facts[rate], low, high)
