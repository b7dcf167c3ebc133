"""The people anybody can try at once: invented, with a truth that is known.

Does not: draw anybody, or hold a visitor's photo.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

MOST_PHOTOS = 8
"""Photos of an example that are used."""
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


@dataclass(frozen=True)
class Example:
    """One invented person."""

    key: str
    """The folder's name."""
    name: str
    """The person's name."""
    training_photos: int
    """Portraits of the person that the sandbox model was trained on; 0 for a person it never saw."""
    files: tuple[Path, ...]
    """Portraits that it was not trained on, at least one."""


def read(folder: Path) -> tuple[Example, ...]:
    """List the examples, those seen most often first.

    Args:
        folder: one folder of portraits a person, named `First_Last`, and `people.csv` with the columns `name`,
            `member` (0 or 1) and `training_photos`.
    Returns:
        The examples; none where there is no such folder or list.
    """
    table = folder / "people.csv"
    if not table.is_file():
        return ()
    with table.open(encoding="utf-8", newline="") as lines:
        found = [_example(folder, row) for row in csv.DictReader(lines)]
    listed = [example for example in found if example.files]
    return tuple(sorted(listed, key=lambda example: (-example.training_photos, example.name)))


def _example(folder: Path, row: dict[str, str]) -> Example:
    key = row["name"].replace(" ", "_")
    files = sorted(path for path in (folder / key).glob("*") if path.suffix.lower() in SUFFIXES)
    seen = int(row.get("training_photos") or 0) if row["member"] == "1" else 0
    return Example(key, row["name"], seen, tuple(files[:MOST_PHOTOS]))
