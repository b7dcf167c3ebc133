"""The page's example people, all invented, and their portraits as photos of other people for a name to lose on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from idia_core import names
from idia_core.photos.formats import PHOTO_SUFFIXES
from idia_core.photos.photo import Photo, read_photo
from idia_core.sandbox import truth

MAX_PHOTOS = 8
"""Portraits used of one example person."""
PORTRAITS_EACH = 2
"""Portraits of each other person: the name must win among several people, none of whom it belongs to."""


@dataclass(frozen=True)
class Example:
    """One invented person."""

    key: str
    """The folder's name."""
    name: str
    """The person's name."""
    training_photos: int
    """Portraits of the person in the sandbox model's training set; 0 for a person it never saw."""
    files: tuple[Path, ...]
    """Portraits outside the training set, 1 to `MAX_PHOTOS`."""


def read_examples(folder: Path) -> tuple[Example, ...]:
    """List the example people, those with most training portraits first.

    Args:
        folder: as `files.write_examples` writes it: `people.csv`, and a folder of portraits for each person.
    Returns:
        Everybody with a portrait; nobody where there is no such folder or list.
    """
    table = folder / "people.csv"
    rows = truth.read(table) if table.is_file() else ()
    people = (_read_example(folder, row) for row in rows)
    return tuple(
        sorted((one for one in people if one.files), key=lambda one: (-one.training_photos, one.name))
    )


def other_portraits(folder: Path, name: str, each: int = PORTRAITS_EACH) -> tuple[Photo, ...]:
    """Open portraits of everybody but one person.

    Args:
        folder: as in `read_examples`.
        name: the claimed name, whose own portraits are left out however it is spelled.
        each: portraits of each other person at most.
    Returns:
        The portraits, person by person in the order of their folders.
    """
    others = [one for one in read_examples(folder) if names.name_key(one.name) != names.name_key(name)]
    files = [file for one in sorted(others, key=lambda one: one.key) for file in one.files[:each]]
    return tuple(read_photo(file.read_bytes(), file.name) for file in files)


def _read_example(folder: Path, row: truth.Truth) -> Example:
    key = truth.folder_name(row.name)
    portraits = sorted(path for path in (folder / key).glob("*") if path.suffix.lower() in PHOTO_SUFFIXES)
    return Example(key, row.name, row.training_photos, tuple(portraits[:MAX_PHOTOS]))
