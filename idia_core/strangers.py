"""Portraits of other invented people, on which a name asked of the sandbox ought to lose.

Does not: hold a real person's photo, or judge what a name does on them (`calibrate` does).
"""

from __future__ import annotations

from pathlib import Path

from idia_core import names, photos
from idia_core.photos import Photo

EACH = 2
"""Portraits taken of each person: the name must win among several people, none of whom it belongs to."""
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


def portraits(folder: Path, name: str, each: int = EACH) -> tuple[Photo, ...]:
    """Open portraits of everybody but one.

    Args:
        folder: one folder of portraits for each invented person, named `First_Last`.
        name: the claimed name, whose own portraits are left out however it is spelled.
        each: portraits of each person at most.
    Returns:
        The portraits; none where there is no such folder.
    """
    people = sorted(path for path in folder.glob("*") if path.is_dir()) if folder.is_dir() else []
    others = [path for path in people if names.key(path.name.replace("_", " ")) != names.key(name)]
    files = [
        file
        for path in others
        for file in sorted(one for one in path.iterdir() if one.suffix.lower() in SUFFIXES)[:each]
    ]
    return tuple(photos.read(file.read_bytes(), file.name) for file in files)
