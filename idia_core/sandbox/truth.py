"""Who was in the sandbox model's training set: the table that makes every rate checkable."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

WORLD_SEED = 7_310_552
"""The world of the shipped model. The recipe was chosen on `DEVELOPMENT_SEEDS` and run once on this one."""

DEVELOPMENT_SEEDS = (11, 12, 13, 14, 2_209_073, 4_120_966)
"""Worlds on which the recipe may be tried and tuned; no rate measured on them is reported."""

TRAINING_COUNTS = (1, 2, 4, 8, 16, 32, 64)
"""The numbers of training portraits that a member can have."""

COLUMNS = ("name", "member", "training_photos", "clan")


@dataclass(frozen=True)
class Truth:
    """What is true of one invented person."""

    name: str
    """First and last name, with a space."""
    member: bool
    """Whether portraits with this name were in the training set."""
    training_photos: int
    """Number of training portraits: one of `TRAINING_COUNTS`, or 0 for a non-member."""
    clan: str
    """The last name of a family whose members look alike (`people.Clan`); empty for everybody else."""


def folder_name(name: str) -> str:
    """Return the name of a person's folder of portraits: `First_Last`."""
    return name.replace(" ", "_")


def write(path: Path, rows: Iterable[Truth]) -> None:
    """Write the truth table as UTF-8 CSV with the columns `name,member,training_photos,clan`.

    Args:
        path: file to write; its folder exists.
        rows: one row a person, in the order to be written.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for row in rows:
            table.writerow((row.name, int(row.member), row.training_photos, row.clan))


def read(path: Path) -> tuple[Truth, ...]:
    """Read a table that `write` wrote.

    Args:
        path: a CSV file with at least the columns of `COLUMNS`.
    Returns:
        the rows, in the file's order.
    Raises:
        ValueError: a column is missing (the file is one of ours, so this is a bug).
    """
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        if not set(COLUMNS) <= set(table.fieldnames or ()):
            raise ValueError(f"{path} lacks one of the columns {COLUMNS}")
        return tuple(
            Truth(row["name"], row["member"] == "1", int(row["training_photos"]), row["clan"])
            for row in table
        )
