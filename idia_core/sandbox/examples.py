"""Portraits of other invented people, on which a name asked of the sandbox ought to lose.

Does not: hold a real person's photo, or judge what a name does on them (`calibrate` does).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from idia_core import names
from idia_core.photos.formats import PHOTO_SUFFIXES
from idia_core.photos.photo import Photo, read_photo

PORTRAITS_EACH = 2
"""Portraits taken of each person: the name must win among several people, none of whom it belongs to."""


def other_portraits(folder: Path, name: str, each: int = PORTRAITS_EACH) -> tuple[Photo, ...]:
    """Open portraits of everybody but one.

    Args:
        folder: one folder of portraits for each invented person, named `First_Last`.
        name: the claimed name, whose own portraits are left out however it is spelled.
        each: portraits of each person at most.
    Returns:
        The portraits; none where there is no such folder.
    """
    people = sorted(path for path in folder.glob("*") if path.is_dir()) if folder.is_dir() else []
    others = [path for path in people if names.name_key(path.name.replace("_", " ")) != names.name_key(name)]
    files = [
        file
        for path in others
        for file in sorted(one for one in path.iterdir() if one.suffix.lower() in PHOTO_SUFFIXES)[:each]
    ]
    return tuple(read_photo(file.read_bytes(), file.name) for file in files)


MAX_EXAMPLE_PHOTOS = 8
"""Photos of an example that are used."""


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


def read_examples(folder: Path) -> tuple[Example, ...]:
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
    files = sorted(path for path in (folder / key).glob("*") if path.suffix.lower() in PHOTO_SUFFIXES)
    seen = int(row.get("training_photos") or 0) if row["member"] == "1" else 0
    return Example(key, row["name"], seen, tuple(files[:MAX_EXAMPLE_PHOTOS]))
