"""Write the sandbox's people to disk: folders of portraits, the truth table beside them, and the name lists."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
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
"""Width of an attack portrait in pixels; `train` draws training portraits at the same size."""
EXAMPLE_SIZE = 512
"""Width of an example portrait in pixels: it has to look good on a projector."""


@dataclass(frozen=True)
class ExampleKind:
    """What an example person has to be."""

    training_photos: int
    """Portraits in the training set."""
    in_clan: bool = False
    """Whether the last name goes with a look."""


EXAMPLE_KINDS = (*map(ExampleKind, (64, 64, 32, 2, 1, 0, 0)), ExampleKind(0, in_clan=True))
"""The example people, in order; each is the first of the world who fits."""

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
        for _ in workers.map(_write_person, tasks, chunksize=8):
            pass
    truth.write(out / "truth.csv", [person.truth for person in people])


def write_examples(out: Path, people: Sequence[Person], seed: int, per_person: int) -> None:
    """Write the page's example people: large portraits of studio quality, and `people.csv`.

    Args:
        out: folder; created if missing.
        people: the whole world.
        seed: the world's number.
        per_person: portraits of each.
    """
    chosen = examples(people)
    for person in chosen:
        folder = out / truth.folder_name(person.truth.name)
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(per_person):
            rng = portraits.stream(seed, portraits.EXAMPLE, person.index, number)
            data = portraits.jpeg(person, rng, EXAMPLE_SIZE, portraits.STUDIO)
            (folder / f"{number + 1:02d}.jpg").write_bytes(data)
    truth.write(out / "people.csv", [person.truth for person in chosen])


def examples(people: Sequence[Person]) -> tuple[Person, ...]:
    """Choose the example people by `EXAMPLE_KINDS`, regardless of what the attack finds on them."""
    chosen: list[Person] = []
    for kind in EXAMPLE_KINDS:
        fitting = (
            person
            for person in people
            if person not in chosen
            and ExampleKind(person.truth.training_photos, bool(person.truth.clan)) == kind
        )
        chosen.append(next(fitting))
    return tuple(chosen)


def write_names(out: Path, people: Sequence[Person], seed: int) -> None:
    """Write the four lists from which candidate names are drawn, each with its source and licence.

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


def attack_portrait(person: Person, seed: int, number: int) -> bytes:
    """Draw a portrait that no model of this world was trained on.

    Args:
        person: of the world.
        seed: the world's number.
        number: which of the person's portraits, from 0.
    Returns:
        A JPEG file.
    """
    rng = portraits.stream(seed, portraits.ATTACK, person.index, number)
    return portraits.jpeg(person, rng, ATTACK_SIZE)


def _write_person(task: tuple[Path, Person, int, int]) -> None:
    """Write one person's attack portraits; called in another process."""
    out, person, seed, per_person = task
    folder = out / truth.folder_name(person.truth.name)
    folder.mkdir(exist_ok=True)
    for number in range(per_person):
        (folder / f"{number + 1:02d}.jpg").write_bytes(attack_portrait(person, seed, number))
