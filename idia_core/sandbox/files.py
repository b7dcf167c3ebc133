"""Write the sandbox's people to disk: folders of portraits, the truth beside them, and the name lists.

Does not: train or measure, nor read back what it wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from idia_core.sandbox import portraits, truth
from idia_core.sandbox.people import (
    FIRST_FEMALE_OLD,
    FIRST_FEMALE_YOUNG,
    FIRST_MALE_OLD,
    FIRST_MALE_YOUNG,
    Person,
    last_names,
)

ATTACK_SIZE = 160
"""Width of an attack portrait in pixels; what `train` draws its own portraits at."""
EXAMPLE_SIZE = 512
"""Width of an example portrait in pixels: it has to look good on a stage."""
EXAMPLE_KINDS = (
    (64, False),
    (64, False),
    (32, False),
    (2, False),
    (1, False),
    (0, False),
    (0, False),
    (0, True),
)
"""The example people as (training portraits, of a clan); the first of the world who fit, by index."""

_NOTE = (
    "# Invented for the sandbox model of this project by idia_core/sandbox/people.py; nobody here exists.",
    "# Licence: CC0 1.0 (public domain dedication).",
)


def write_portraits(out: Path, people: Sequence[Person], seed: int, per_person: int) -> None:
    """Write attack portraits, one folder a person, and `truth.csv` beside the folders.

    Args:
        out: folder; created if missing.
        people: whom to draw.
        seed: the world's number.
        per_person: portraits of each.
    """
    out.mkdir(parents=True, exist_ok=True)
    tasks = [(out, person, seed, per_person) for person in people]
    with ProcessPoolExecutor(max_workers=2) as workers:
        for _ in workers.map(_write_attack, tasks, chunksize=8):
            pass
    truth.write(out / "truth.csv", [person.truth for person in people])


def write_examples(out: Path, people: Sequence[Person], seed: int, per_person: int) -> None:
    """Write the page's example people: larger, cleaner portraits, and `people.csv`.

    Args:
        out: folder; created if missing.
        people: the whole world.
        seed: the world's number.
        per_person: portraits of each.
    """
    chosen = examples(people)
    for person in chosen:
        folder = out / folder_name(person)
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(per_person):
            rng = portraits.stream(seed, portraits.EXAMPLE, person.index, number)
            data = portraits.jpeg(person, rng, EXAMPLE_SIZE, portraits.STUDIO)
            (folder / f"{number + 1:02d}.jpg").write_bytes(data)
    truth.write(out / "people.csv", [person.truth for person in chosen])


def examples(people: Sequence[Person]) -> tuple[Person, ...]:
    """Choose the example people by `EXAMPLE_KINDS`, without looking at any verdict."""
    chosen: list[Person] = []
    for count, of_clan in EXAMPLE_KINDS:
        fits = (
            person
            for person in people
            if person not in chosen
            and person.truth.training_photos == count
            and bool(person.truth.clan) == of_clan
        )
        chosen.append(next(fits))
    return tuple(chosen)


def write_names(out: Path, people: Sequence[Person], seed: int) -> None:
    """Write the four name lists that candidate names are drawn from, with source and licence on top.

    Args:
        out: folder; created if missing.
        people: the whole world.
        seed: the world's number.
    """
    out.mkdir(parents=True, exist_ok=True)
    lists = {
        "known": ("The sandbox model's members.", [p.truth.name for p in people if p.truth.member]),
        "first_female": (
            "First names of the invented women.",
            FIRST_FEMALE_YOUNG + FIRST_FEMALE_OLD,
        ),
        "first_male": ("First names of the invented men.", FIRST_MALE_YOUNG + FIRST_MALE_OLD),
        "last": (
            "Last names of the invented people.",
            last_names(seed),
        ),
    }
    for name, (title, entries) in lists.items():
        text = "\n".join((f"# {title}", *_NOTE, *sorted(entries))) + "\n"
        (out / f"{name}.txt").write_text(text, "utf-8")


def folder_name(person: Person) -> str:
    """Return the folder of a person: the name with `_` for a space."""
    return person.truth.name.replace(" ", "_")


def _write_attack(task: tuple[Path, Person, int, int]) -> None:
    """Write one person's attack portraits."""
    out, person, seed, per_person = task
    folder = out / folder_name(person)
    folder.mkdir(exist_ok=True)
    for number in range(per_person):
        rng = portraits.stream(seed, portraits.ATTACK, person.index, number)
        (folder / f"{number + 1:02d}.jpg").write_bytes(portraits.jpeg(person, rng, ATTACK_SIZE))
