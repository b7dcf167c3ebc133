"""The sandbox's measured rates, ready to be drawn and tabulated.

Does not: measure anything, know the file's format (`measured` reads it), or draw.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from idia_core.charts import Point, Series
from idia_core.evaluation import report
from idia_core.evaluation.run import Rate, Row
from idia_core.evaluation.uniformity import Uniformity
from idia_core.text import say, slug

RULES_DRAWN = ("idia", "idia tau=5", "p_general<=0.01", "p_matched<=0.05", "strong")
"""Rules that the figure draws; the table has them all."""
POOLS = ("everybody", "unknown", "half", "known", "matched")
"""Kinds of candidate names, from the easiest to the hardest."""


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
    outcomes: tuple[tuple[str, float, float], ...]
    """Each outcome's share among members and among non-members; may be empty."""
    spreads: tuple[tuple[str, Uniformity], ...]
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
    Raises:
        IdiaError: it is no evaluation.
    """
    if not file.is_file():
        return None
    found = report.read_evaluation(file)
    return Measured(
        names=found.names,
        prompts=found.prompts,
        tau=found.tau,
        draws=max(row.draws for row in found.rows),
        lines=tuple(_line(row) for row in sorted(found.rows, key=lambda row: row.photos)),
        pool=found.pool,
        blind=None if found.blind is None else (_cell(found.blind[0]), _cell(found.blind[1])),
    )


def rule_key(code: str) -> str:
    """Return the key of a rule's title; `text.has` tells whether the page speaks of the rule at all."""
    return "trust-rule-titles-" + slug(code)


def read_pools(folder: Path) -> tuple[Measured, ...]:
    """Read the same measured among other kinds of names: `evaluation-KIND.json`.

    Args:
        folder: of the sandbox.
    Returns:
        One for each file, from the easiest names to the hardest.
    """
    found = [read(file) for file in folder.glob("evaluation-*.json")]
    order = list(POOLS)
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
            say("trust-series-photo") if line.photos == 1 else say("trust-series-photos", photos=line.photos),
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
    drawn = [code for code in RULES_DRAWN if code in found]
    return tuple(Series(say(rule_key(code)), tuple(found[code])) for code in drawn)


def _point(at: float, cell: Cell) -> Point:
    return Point(at, cell.rate, cell.low, cell.high)


def _line(row: Row) -> Line:
    return Line(
        photos=row.photos,
        members=row.tpr.people,
        non_members=row.fpr.people,
        tpr=_cell(row.tpr),
        fpr=_cell(row.fpr),
        by_training=tuple((level, _cell(rate)) for level, rate in row.by_training),
        rules=tuple((one.rule, _cell(one.tpr), _cell(one.fpr)) for one in row.rules),
        outcomes=tuple(
            (code, member, other)
            for code, member, other in row.outcomes
            if member is not None and other is not None
        ),
        spreads=row.uniform,
    )


def _cell(rate: Rate) -> Cell:
    if rate.mean is None or rate.interval is None:
        raise ValueError("a rate of nobody cannot be drawn")
    return Cell(rate.mean, *rate.interval)
