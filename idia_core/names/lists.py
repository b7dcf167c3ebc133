"""The public names that candidates are made of, read from text files.

A file is UTF-8 with one name a line; lines that start with `#` are comments, and those before the first name tell
the source and the licence. Names are not cleaned here: the shipped lists are clean, and a test keeps them so.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

from idia_core.errors import IdiaError


@dataclass(frozen=True)
class NameLists:
    """The public names that candidates are made of."""

    id: str
    """Which lists: `web` for real models, `sandbox` for the invented people."""
    known: tuple[str, ...]
    """Full names that a model may know."""
    first_female: tuple[str, ...]
    """First names of women."""
    first_male: tuple[str, ...]
    """First names of men; a name may stand in both lists."""
    last: tuple[str, ...]
    """Last names."""
    source: str
    """Source and licence, for people; a line for each file."""


def load_lists(folder: Path, id: str) -> NameLists:
    """Read the lists `folder/id/*.txt`.

    Args:
        folder: the folder of all name lists (`assets/names`).
        id: the lists' own folder in it, `web` or `sandbox`.
    Returns:
        The lists; the names in `LIST_world.txt`, where there is such a file, follow those in `LIST.txt`.
    Raises:
        IdiaError: a file is missing, unreadable or empty.
    """
    sources: list[str] = []
    found: list[tuple[str, ...]] = []
    for list_name in ("known", "first_female", "first_male", "last"):
        names: dict[str, None] = {}
        for path in _paths(folder / id, list_name):
            comment, listed = _read(path)
            sources.append(f"{path.name}: {' '.join(comment)}")
            names.update(dict.fromkeys(listed))
        found.append(tuple(names))
    known, first_female, first_male, last = found
    return NameLists(id, known, first_female, first_male, last, "\n".join(sources))


def _paths(folder: Path, list_name: str) -> list[Path]:
    world = folder / f"{list_name}_world.txt"
    return [folder / f"{list_name}.txt", *([world] if world.exists() else [])]


def _read(path: Path) -> tuple[list[str], list[str]]:
    """Read one file: the lines of its leading comment, and its names."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise IdiaError("name-list-unreadable", path=path) from error
    lines = [line.strip() for line in text.splitlines()]
    comment = [line.lstrip("# ") for line in itertools.takewhile(lambda line: line.startswith("#"), lines)]
    names = [line for line in lines if line and not line.startswith("#")]
    if not names:
        raise IdiaError("name-list-empty", path=path)
    return comment, names
