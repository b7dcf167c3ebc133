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
class Spread:
    """How the p-values of people whom the model never saw are spread."""

    people: int
    """How many had one."""
    bars: tuple[int, ...]
    """People in each twentieth of (0, 1]."""
    too_small: float
    """The largest share by which p <= a came up more often than a allows."""
    chance: float
    """How probable such a gap is, at most, if the p-values are valid."""


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
    outcomes: tuple[tuple[str, float, float], ...]
    """Each outcome's share among members and among non-members; may be empty."""
    spreads: tuple[tuple[str, Spread], ...]
    """The p-values of non-members, by kind; may be empty."""

    def rule(self, code: str) -> tuple[Cell, Cell] | None:
        """Return a rule's members found and false alarms, if it was measured."""
        return next(((tpr, fpr) for one, tpr, fpr in self.rules if one == code), None)


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
    pool: str
    """Which names the candidates were."""
    blind: tuple[Cell, Cell] | None
    """Members and non-members called members by a guess from the letters of the name; None where not measured."""


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
    style = facts.get("baseline", {}).get("name_style")
    return Measured(
        names=facts["names"],
        prompts=facts["prompts"],
        tau=facts["tau"],
        draws=max(row["draws"] for row in facts["rows"]),
        lines=tuple(_line(row) for row in sorted(facts["rows"], key=lambda row: row["photos"])),
        pool=facts.get("pool", "everybody"),
        blind=(_cell(style, "tpr"), _cell(style, "fpr")) if style else None,
    )


def read_pools(folder: Path) -> tuple[Measured, ...]:
    """Read the same measured among other kinds of names: `evaluation-KIND.json`.

    Args:
        folder: of the sandbox.
    Returns:
        One for each file, from the easiest names to the hardest.
    """
    found = [read(file) for file in folder.glob("evaluation-*.json")]
    order = list(words.POOL_TITLES)
    return tuple(
        sorted((one for one in found if one and one.pool in order), key=lambda one: order.index(one.pool))
    )


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
        A line for each rule that is worth one; the table has them all.
    """
    found: dict[str, list[Point]] = {}
    for line in lines:
        for code, tpr, fpr in line.rules:
            found.setdefault(code, []).append(_point(line.photos, fpr if alarms else tpr))
    drawn = [code for code in words.RULES_DRAWN if code in found]
    return tuple(Series(words.RULE_TITLES[code], tuple(found[code])) for code in drawn)


def _point(at: float, cell: Cell) -> Point:
    return Point(at, cell.rate, cell.low, cell.high)


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
        outcomes=tuple(
            (code, share["members"], share["non_members"]) for code, share in row.get("outcomes", {}).items()
        ),
        spreads=tuple((kind, _spread(one)) for kind, one in row.get("p_values_of_non_members", {}).items()),
    )


def _spread(one: dict[str, Any]) -> Spread:
    return Spread(one["people"], tuple(one["bars"]), one["too_small"], one["chance"])


def _cell(facts: dict[str, Any], rate: str) -> Cell:
    low, high = facts[f"{rate}_interval"]
    return Cell(facts[rate], low, high)
