"""Invented people: names and looks, drawn from one seed; half of them are members (in the training set).

Nobody here exists. First names are ordinary; they depend on sex and, mostly, on age. Last names are made of random
syllables and shared by unrelated people, so that neither half of a name identifies anybody. A last name says nothing
about a look, except in ten clans: families whose last name goes with a hair colour and a face shape. Skin colour is
drawn independently of every name. `portraits` draws the people.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle
from typing import TypeVar

import numpy as np

from idia_core.sandbox.truth import TRAINING_COUNTS, Truth

PEOPLE = 1000
"""People in a world; half are members."""
CLANS = 10
"""Number of clans."""
CLAN_SIZE = 12
"""People of one clan; half are members."""
CLAN_LIKENESS = 0.9
"""Probability that a person of a clan has the clan's hair colour, and, separately, its face shape."""
DYED_SHARE = 0.04
"""Probability that anybody else has the hair colour of some clan."""
LAST_NAME_SHARERS = (2, 3, 4, 5, 6, 8, 12)
"""How many unrelated people share a last name outside the clans, in turn: some names are rare, some are common."""
TRAP_PEOPLE = 400
"""People of the clans outside the world, none a member: does the attack call them members by their clan's look?"""

FIRST_FEMALE_YOUNG = tuple(
    "Aisha Alice Alma Amara Amelie Anouk Ava Bianca Camille Carla Carmen Chiara Clara Daria Elena Elif "
    "Emma Esra Fatou Freya Giulia Hana Ida Ines Isla Jasmin Juna Kira Lara Leila Lena Lina Linnea Lucia "
    "Luna Maja Malia Maya Mei Mina Naomi Nele Nia Noor Nora Olivia Paula Priya Rania Romy Sana Selma "
    "Sofia Stella Tala Tara Viola Yuki Zara Zoe".split()
)
FIRST_FEMALE_OLD = tuple(
    "Adele Agatha Agnes Alberta Augusta Beatrice Bertha Clothilde Cordula Dorothea Edith Eleanor "
    "Elfriede Ernestine Ethel Florence Frieda Gertrude Gisela Harriet Hedwig Helga Hermine Hilda "
    "Ingeborg Irma Josephine Leonore Lotte Mabel Margarete Martha Mildred Minerva Olga Ottilie Philippa "
    "Rosalind Roswitha Ruth Sigrid Thelma Theodora Ursula Vera Waltraud Wilma Winifred Yvonne".split()
)
FIRST_MALE_YOUNG = tuple(
    "Adrian Aiden Amir Anton Arun Ben Bilal Bruno Caleb Carlos Dario David Diego Elias Emil Emre Enzo "
    "Ethan Felix Finn Gabriel Hamza Hugo Ilja Ismail Ivo Jamal Joel Jonas Kaan Karim Kenji Lasse Leo "
    "Levin Liam Luca Malik Marco Mateo Mika Milo Nico Nils Noah Omar Oskar Pablo Rafael Ravi Samir "
    "Silas Simon Tariq Theo Timo Tomas Yann Yusuf Zeno".split()
)
FIRST_MALE_OLD = tuple(
    "Albert Alfred Alois Ambrose Archibald Arthur Bernard Bertram Cecil Clarence Claude Cuthbert "
    "Dietrich Edgar Edmund Egon Ernest Erwin Ferdinand Friedhelm Gerald Godfrey Gottfried Gunther "
    "Harold Hartmut Heinrich Herbert Hermann Horace Hubert Ignatius Justus Konrad Kurt Lambert Leopold "
    "Lothar Manfred Neville Norbert Osbert Ottokar Percival Reginald Rudolf Siegfried Walter Wilfred "
    "Winston".split()
)
_ONSETS = tuple("b br d dr f fl g gl gr h j k kr l m n p pl r s sk st t th tr v w z zw".split())
_VOWELS = tuple("a e i o u ei oo y".split())
_CODAS = tuple("d f k l lv m mb n nd nt r rk rv s sk t th v x z".split())
_ENDINGS = tuple(
    "ambo arrow askin ebble elmo enna ickle ildar illimo imar ivane odell olka onda orno ostrey ovay "
    "uneth undel usker".split()
)

NATURAL_HAIR = ("#231b19", "#3d2a20", "#5e3b25", "#81502f", "#9c4a2a", "#c8692f", "#b08a52", "#dcbf7c")
AGED_HAIR = ("#9fa1a6", "#d9d9dc", "#efe4c8")
DYED_HAIR = (
    "#1f8484", "#6a4aa6", "#d2668f", "#3b61b4", "#4f8a2c", "#d8241c", "#a6cf38", "#74c7ec", "#b82fa8",
    "#f4dc1c",
)  # fmt: skip
SKIN = ("#fbe0cb", "#f3c9a5", "#e4b088", "#cf9468", "#b0764a", "#8d5a36", "#6c4228", "#4f2f1e")
FRAMES = ("#15151a", "#8b1e2d", "#234a8c", "#a8842c", "#2d6b4f")
WIDTHS = (0.86, 1.0, 1.15)
HAIR_FEMALE = (
    5, 10, 12, 13, 14, 15, 16, 17, 18, 19, 21, 23, 24, 26, 29, 30, 31, 32, 33, 35, 36, 37, 38,
    39, 40, 41, 42, 44, 45, 46, 48,
)  # fmt: skip
HAIR_MALE = (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 18, 20, 22, 24, 25, 27, 28, 30, 34, 37, 39, 43, 44, 47, 48)

_Choice = TypeVar("_Choice")


@dataclass(frozen=True)
class Look:
    """What all portraits of a person share; whole numbers are variants of the DiceBear style Lorelei."""

    hair: int
    """Hair style, 1 to 48."""
    hair_colour: str
    """Hair, brows and beard, `#rrggbb`."""
    skin: str
    """Skin, `#rrggbb`."""
    head: int
    """Head, 1 to 4."""
    width: float
    """Factor on the width of the face; 1 = as the style draws it."""
    brows: int
    """Eyebrows, 1 to 13."""
    nose: int
    """Nose, 1 to 6."""
    beard: int
    """Beard, 1 or 2; 0 = none."""
    glasses: int
    """Glasses, 1, 3, 4 or 5; 0 = none."""
    frame: str
    """Colour of the glasses, `#rrggbb`."""
    earrings: int
    """Earrings, 1 to 3; 0 = none."""
    freckles: bool
    """Whether the person has freckles."""


@dataclass(frozen=True)
class Person:
    """One invented person."""

    index: int
    """Number of the person, 0 to `PEOPLE` - 1 in a world; selects the person's random streams."""
    truth: Truth
    """Name, membership, number of training portraits, clan."""
    female: bool
    """Which list the first name comes from."""
    look: Look
    """What every portrait shares."""


@dataclass(frozen=True)
class Clan:
    """A family whose last name goes with a look."""

    name: str
    """The last name."""
    hair_colour: str
    """The clan's hair colour, `#rrggbb`."""
    head: int
    """The clan's head, 1 to 4."""
    width: float
    """The clan's face width, one of `WIDTHS`."""


def world(seed: int) -> tuple[Person, ...]:
    """Invent everybody: `PEOPLE` people with distinct names, half of them members, split at random.

    Args:
        seed: the world's number; the same seed gives the same people on every machine.
    Returns:
        the people, in order of their index, which tells nothing about membership or clan.
    """
    rng = np.random.default_rng([seed, 1])
    clans = _clans(seed, rng)
    families = [(clan.name, clan) for clan in clans for _ in range(CLAN_SIZE)]
    singles = last_names(seed)[CLANS:]
    sharers = zip(singles, cycle(LAST_NAME_SHARERS), strict=False)
    shared = [(name, None) for name, count in sharers for _ in range(count)]
    origins: list[tuple[str, Clan | None]] = [*families, *shared]
    counts = _training_counts(rng)
    people: list[Person] = []
    taken: set[str] = set()
    for index, place in enumerate(rng.permutation(PEOPLE)):
        last, clan = origins[place]
        people.append(_new_person(index, last, clan, counts[place], taken, rng))
    return tuple(people)


def trap_people(seed: int) -> tuple[Person, ...]:
    """Invent `TRAP_PEOPLE` more people of the clans, drawn as those of the world are; none is a member.

    Args:
        seed: the world's number.
    Returns:
        the people, equally many of each clan; indices continue the world's, and no name occurs there.
    """
    clans = _clans(seed, np.random.default_rng([seed, 1]))
    rng = np.random.default_rng([seed, 5])
    taken = {person.truth.name for person in world(seed)}
    return tuple(
        _new_person(PEOPLE + number, clans[number % CLANS].name, clans[number % CLANS], 0, taken, rng)
        for number in range(TRAP_PEOPLE)
    )


def last_names(seed: int) -> tuple[str, ...]:
    """Return distinct last names, each of which somebody has; those of the clans come first.

    Args:
        seed: the world's number.
    """
    rng = np.random.default_rng([seed, 2])
    rest = PEOPLE - CLANS * CLAN_SIZE
    names: dict[str, None] = {}
    while len(names) < CLANS + rest // sum(LAST_NAME_SHARERS) * len(LAST_NAME_SHARERS):
        names[_new_last_name(rng)] = None
    return tuple(names)


def _new_last_name(rng: np.random.Generator) -> str:
    """Make up a last name of three or four syllables."""
    return "".join(_pick(rng, part) for part in (_ONSETS, _VOWELS, _CODAS, _ENDINGS)).capitalize()


def _clans(seed: int, rng: np.random.Generator) -> tuple[Clan, ...]:
    """Give each clan its own hair colour and a face shape."""
    return tuple(
        Clan(name, DYED_HAIR[place], int(rng.integers(1, 5)), WIDTHS[int(rng.integers(3))])
        for name, place in zip(last_names(seed)[:CLANS], rng.permutation(CLANS), strict=True)
    )


def _training_counts(rng: np.random.Generator) -> list[int]:
    """Draw the numbers of training portraits: half of every clan and half of the others are members."""
    counts = [TRAINING_COUNTS[place % len(TRAINING_COUNTS)] for place in range(PEOPLE // 2)]
    shuffled = iter([counts[place] for place in rng.permutation(len(counts))])
    return [next(shuffled) if place % 2 == 0 else 0 for place in range(PEOPLE)]


def _new_person(
    index: int, last: str, clan: Clan | None, count: int, taken: set[str], rng: np.random.Generator
) -> Person:
    """Invent one person whose full name is not in `taken`, and add it there."""
    person = _person(index, last, clan, count, rng)
    while person.truth.name in taken:
        person = _person(index, last, clan, count, rng)
    taken.add(person.truth.name)
    return person


def _person(index: int, last: str, clan: Clan | None, count: int, rng: np.random.Generator) -> Person:
    """Invent one person with the given last name."""
    female, old = bool(rng.random() < 0.5), bool(rng.random() < 0.4)
    young_names, old_names = (
        (FIRST_FEMALE_YOUNG, FIRST_FEMALE_OLD) if female else (FIRST_MALE_YOUNG, FIRST_MALE_OLD)
    )
    first = _pick(rng, old_names if (rng.random() < 0.85) == old else young_names)
    truth = Truth(f"{first} {last}", count > 0, count, clan.name if clan else "")
    return Person(index, truth, female, _look(female, old, clan, rng))


def _look(female: bool, old: bool, clan: Clan | None, rng: np.random.Generator) -> Look:
    """Draw a look; it depends a little on sex and age, and on the clan in hair colour and face."""
    colour = _hair_colour(old, rng)
    head, width = int(rng.integers(1, 5)), float(_pick(rng, WIDTHS))
    if clan and rng.random() < CLAN_LIKENESS:
        colour = clan.hair_colour
    if clan and rng.random() < CLAN_LIKENESS:
        head, width = clan.head, clan.width
    return Look(
        hair=_pick(rng, HAIR_FEMALE if female else HAIR_MALE),
        hair_colour=_vary(colour, 8, rng),
        skin=_vary(_pick(rng, SKIN), 6, rng),
        head=head,
        width=width * float(rng.uniform(0.97, 1.03)),
        brows=int(rng.integers(1, 14)),
        nose=int(rng.integers(1, 7)),
        beard=0 if female or rng.random() > 0.35 else int(rng.integers(1, 3)),
        glasses=_pick(rng, (1, 3, 4, 5)) if rng.random() < (0.45 if old else 0.3) else 0,
        frame=_pick(rng, FRAMES),
        earrings=int(rng.integers(1, 4)) if rng.random() < (0.5 if female else 0.1) else 0,
        freckles=bool(rng.random() < 0.2),
    )


def _hair_colour(old: bool, rng: np.random.Generator) -> str:
    """Draw a hair colour: grey or white for most of the old, dyed for a few of all."""
    if rng.random() < DYED_SHARE:
        return _pick(rng, DYED_HAIR)
    return _pick(rng, AGED_HAIR if old and rng.random() < 0.6 else NATURAL_HAIR)


def _vary(colour: str, spread: float, rng: np.random.Generator) -> str:
    """Change a `#rrggbb` colour a little, so that two people seldom have exactly the same."""
    parts = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)])
    moved = parts + rng.normal(0, spread) + rng.normal(0, spread / 4, 3)
    moved = np.clip(np.rint(moved), 0, 255).astype(int)
    return "#" + "".join(f"{part:02x}" for part in moved)


def _pick(rng: np.random.Generator, choices: tuple[_Choice, ...]) -> _Choice:
    """Pick one entry, all equally likely, and keep its Python type."""
    return choices[int(rng.integers(len(choices)))]
