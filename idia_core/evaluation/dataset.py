"""A labelled set on disk: a folder of photos for each person, and a table of who was a member."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from idia_core import names
from idia_core.errors import IdiaError
from idia_core.photos.formats import PHOTO_SUFFIXES


@dataclass(frozen=True)
class Person:
    """One labelled person of an evaluation set."""

    name: str
    """The person's name, normalised."""
    member: bool
    """Whether the model was trained on photos of this person with this name."""
    training_photos: int | None
    """How many such photos there were; None where the truth file does not say."""
    files: tuple[Path, ...]
    """Photo files, sorted by name."""


def read_people(folder: Path, truth: Path) -> tuple[Person, ...]:
    """Read a labelled set: one folder of photos for each person, and a truth file.

    Args:
        folder: holds one folder for each person, named like the person with `_` for a space.
        truth: CSV with the columns `name`, `member` (0 or 1) and optionally `training_photos`.
    Returns:
        The people of the truth file, in its order.
    Raises:
        IdiaError: a file or folder is missing or cannot be understood, or a person stands there twice.
    """
    if not folder.is_dir():
        raise IdiaError("dataset-no-folder", folder=folder)
    folders = {_name_of(path.name): path for path in folder.iterdir() if path.is_dir()}
    people = tuple(_person(row, line, folders) for line, row in enumerate(_rows(truth), start=2))
    if not people:
        raise IdiaError("dataset-empty", file=truth.name)
    repeated = len(people) - len({names.name_key(person.name) for person in people})
    if repeated:
        raise IdiaError("dataset-people-twice", file=truth.name, count=repeated)
    return people


def _name_of(folder_name: str) -> str:
    return names.normalise_name(folder_name.replace("_", " "))


def _rows(truth: Path) -> list[dict[str, str]]:
    try:
        with truth.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            rows, columns = list(reader), set(reader.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error) as cause:
        raise IdiaError("dataset-truth-unreadable", truth=truth) from cause
    if not {"name", "member"} <= columns:
        raise IdiaError("dataset-truth-lacks-column", name=truth.name)
    return rows


def _person(row: dict[str, str], line: int, folders: dict[str, Path]) -> Person:
    name = _name_of(row["name"] or "")
    member, training = (row["member"] or "").strip(), (row.get("training_photos") or "").strip()
    if member not in ("0", "1") or (training and not training.isdecimal()):
        raise IdiaError("dataset-truth-line-unclear", line=line)
    if name not in folders:
        raise IdiaError("dataset-person-without-folder", line=line, name=name, replace=name.replace(" ", "_"))
    files = sorted(path for path in folders[name].iterdir() if path.suffix.lower() in PHOTO_SUFFIXES)
    return Person(name, member == "1", int(training) if training else None, tuple(files))
