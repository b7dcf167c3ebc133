"""The paper's protocol over labelled people: TPR and FPR by number of photos, each with an exact interval.

Everybody in the set is a candidate for everybody else; random names fill the pool up to N. Every number of
photos is repeated with random draws of a person's photos (20 in the paper); who has too few leaves the row.

Does not: store a name or a vector, or decide with anything but `attack` and `calibrate`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from idia_core import attack, calibrate, names, photos
from idia_core.attack import IntArray
from idia_core.audit import Progress, embed_names
from idia_core.errors import IdiaError
from idia_core.names import NameLists
from idia_core.prompts import PAPER, PromptSet
from idia_core.seeing import Encoder

PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif")
BoolArray = npt.NDArray[np.bool_]


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


@dataclass(frozen=True)
class EvaluationRequest:
    """What to measure."""

    people: tuple[Person, ...]
    """The labelled people."""
    lists: NameLists
    """Where the random names come from (its known names are not used)."""
    photos: tuple[int, ...] = (3, 5, 10)
    """Numbers of photos, one row each."""
    draws: int = 20
    """Random draws of photos for each person and number."""
    size: int = 1000
    """Candidate names, everybody in the set included."""
    tau: int = 1
    """Prompts to win."""
    seed: int = 0
    """Decides the random names and the draws."""
    prompts: PromptSet = PAPER
    """The templates to ask with."""


@dataclass(frozen=True)
class Rate:
    """How often people of one kind were called "member"."""

    people: int
    """People who had enough photos."""
    mean: float | None
    """Mean over draws of the share called "member"; None without people."""
    sd: float | None
    """Standard deviation of that share over draws."""
    interval: tuple[float, float] | None
    """Exact 95 % interval. Its trials are people: the draws of one person are not independent."""


@dataclass(frozen=True)
class Row:
    """The rates for one number of photos."""

    photos: int
    """Photos of each draw."""
    draws: int
    """Draws of each person."""
    tpr: Rate
    """Members called "member"."""
    fpr: Rate
    """Non-members called "member"."""
    by_training: tuple[tuple[int, Rate], ...]
    """The TPR again, by number of training photos; empty where the truth file does not say."""


@dataclass(frozen=True)
class Evaluation:
    """All rows of one evaluation."""

    model: str
    """Key of the model."""
    names: int
    """Candidate names."""
    prompts: int
    """Templates asked."""
    tau: int
    """Prompts to win."""
    seed: int
    """Seed of names and draws."""
    rows: tuple[Row, ...]
    """One for each number of photos."""
    set_aside: tuple[str, ...]
    """Photos that could not be used: person and reason."""


def read_people(folder: Path, truth: Path) -> tuple[Person, ...]:
    """Read a labelled set: one folder of photos for each person, and a truth file.

    Args:
        folder: holds one folder for each person, named like the person with `_` for a space.
        truth: CSV with the columns `name`, `member` (0 or 1) and optionally `training_photos`.
    Returns:
        The people of the truth file, in its order.
    Raises:
        IdiaError: a file or folder is missing or cannot be understood; the message names it.
    """
    if not folder.is_dir():
        raise IdiaError(f"There is no folder {folder}.", "Give the one that holds a folder for each person.")
    folders = {_spoken(path.name): path for path in folder.iterdir() if path.is_dir()}
    people = tuple(_person(row, number, folders) for number, row in enumerate(_rows(truth), start=2))
    doubles = len(people) - len({names.key(person.name) for person in people})
    if not people or doubles:
        raise IdiaError(
            f"{truth.name} names {doubles} people twice." if doubles else f"{truth.name} names nobody.",
            "Every person needs one line, and names must differ by more than case or accents.",
        )
    return people


def run_evaluation(request: EvaluationRequest, encoder: Encoder) -> Iterator[Progress | Evaluation]:
    """Measure the rates; report progress; end with the evaluation.

    Args:
        request: whom and what to measure.
        encoder: the loaded model.
    Yields:
        `Progress`, and last of all one `Evaluation`.
    Raises:
        IdiaError: numbers out of range, or more people than candidate names.
    Source: arXiv 2209.07341, section 5 (numbers of photos, 20 draws).
    """
    candidates = _candidates(request)
    text = yield from embed_names(request.prompts, candidates, encoder)
    outcomes: list[list[BoolArray | None]] = []
    set_aside: list[str] = []
    for index, person in enumerate(request.people):
        predictions, refused = _predict(person, text, encoder)
        set_aside += refused
        outcomes.append([_called_member(request, predictions, index, k) for k in request.photos])
        yield Progress("people", index + 1, len(request.people))
    rows = tuple(_row(request, k, [row[at] for row in outcomes]) for at, k in enumerate(request.photos))
    yield Evaluation(
        model=encoder.spec.key,
        names=len(candidates),
        prompts=len(request.prompts.templates),
        tau=request.tau,
        seed=request.seed,
        rows=rows,
        set_aside=tuple(set_aside),
    )


def _spoken(folder_name: str) -> str:
    return names.normalise(folder_name.replace("_", " "))


def _rows(truth: Path) -> list[dict[str, str]]:
    try:
        with truth.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as cause:
        raise IdiaError(
            f"{truth} cannot be read.", "Give a CSV file with the columns name,member."
        ) from cause
    if not {"name", "member"} <= set(reader.fieldnames or ()):
        raise IdiaError(
            f"{truth.name} lacks a column.", "Its first line must be name,member[,training_photos]."
        )
    return rows


def _person(row: dict[str, str], line: int, folders: dict[str, Path]) -> Person:
    name = _spoken(row["name"] or "")
    member, training = (row["member"] or "").strip(), (row.get("training_photos") or "").strip()
    if member not in ("0", "1") or (training and not training.isdecimal()):
        raise IdiaError(
            f"Line {line} of the truth file cannot be understood.",
            "member is 0 or 1; training_photos is a whole number or empty.",
        )
    if name not in folders:
        raise IdiaError(
            f"Line {line} of the truth file names {name}, who has no folder.",
            f"Make a folder {name.replace(' ', '_')} with photos, or drop the line.",
        )
    files = sorted(path for path in folders[name].iterdir() if path.suffix.lower() in PHOTO_SUFFIXES)
    return Person(name, member == "1", int(training) if training else None, tuple(files))


def _candidates(request: EvaluationRequest) -> tuple[str, ...]:
    """Put everybody first, then random names up to the wanted size."""
    everybody = tuple(person.name for person in request.people)
    prompts = len(request.prompts.templates)
    if len(everybody) > request.size:
        raise IdiaError(
            f"The set has {len(everybody)} people, but only {request.size} candidate names were asked for.",
            f"Use --names {len(everybody)} or more.",
        )
    if min(request.photos, default=0) < 1 or request.draws < 1 or not 1 <= request.tau <= prompts:
        raise IdiaError(
            "A number is out of range.", f"photos and draws are at least 1, and tau is 1 to {prompts}."
        )
    taken = {names.key(name) for name in everybody}
    drawn = names.decoys(replace(request.lists, known=()), request.size + len(everybody), request.seed)
    fresh = [name for name in drawn if names.key(name) not in taken]
    return (*everybody, *fresh[: request.size - len(everybody)])


def _predict(person: Person, text: attack.FloatArray, encoder: Encoder) -> tuple[IntArray, list[str]]:
    """Name each photo of one person: (prompts, photos) indices, and what could not be used."""
    with ThreadPoolExecutor() as pool:
        read = list(pool.map(_read, person.files))
    usable = [photo for photo in read if isinstance(photo, photos.Photo)]
    refused = [f"{person.name}: {photo}" for photo in read if isinstance(photo, str)]
    if not usable:
        return np.zeros((text.shape[0], 0), np.int64), refused
    images = encoder.encode_images([photo.pixels for photo in usable])
    return attack.predict(attack.similarity(text, images)), refused


def _read(path: Path) -> photos.Photo | str:
    try:
        return photos.read(path.read_bytes(), path.name)
    except IdiaError as error:
        return f"{path.name}: {error.message}"


def _called_member(
    request: EvaluationRequest, predictions: IntArray, person: int, count: int
) -> BoolArray | None:
    """Apply the paper's rule to random draws of one person's photos: (draws,), or None with too few."""
    available = predictions.shape[1]
    if available < count:
        return None
    rng = np.random.default_rng([request.seed, person, count])
    called = np.zeros(request.draws, np.bool_)
    for draw in range(request.draws):
        chosen = rng.choice(available, size=count, replace=False)
        votes = attack.tally(predictions[:, chosen], request.size)
        called[draw] = attack.decide(votes, person, request.tau).member
    return called


def _row(request: EvaluationRequest, photos_used: int, outcomes: Sequence[BoolArray | None]) -> Row:
    measured = [
        (person, out) for person, out in zip(request.people, outcomes, strict=True) if out is not None
    ]
    seen = {person.training_photos for person, _ in measured if person.member}
    levels = sorted(level for level in seen if level is not None)
    return Row(
        photos=photos_used,
        draws=request.draws,
        tpr=_rate([out for person, out in measured if person.member]),
        fpr=_rate([out for person, out in measured if not person.member]),
        by_training=tuple((level, _rate(_trained_on(measured, level))) for level in levels),
    )


def _trained_on(measured: Sequence[tuple[Person, BoolArray]], level: int) -> list[BoolArray]:
    return [out for person, out in measured if person.member and person.training_photos == level]


def _rate(outcomes: Sequence[BoolArray]) -> Rate:
    if not outcomes:
        return Rate(0, None, None, None)
    shares = np.stack(outcomes).mean(axis=0)
    called = float(shares.mean()) * len(outcomes)
    # Between two counts the wider interval is taken: from the lower count down, from the upper one up.
    low = calibrate.clopper_pearson(int(np.floor(called + 1e-9)), len(outcomes)).low
    high = calibrate.clopper_pearson(int(np.ceil(called - 1e-9)), len(outcomes)).high
    sd = float(shares.std(ddof=1)) if len(shares) > 1 else 0.0
    return Rate(len(outcomes), float(shares.mean()), sd, (low, high))
