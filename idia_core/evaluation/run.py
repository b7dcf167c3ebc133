"""The paper's protocol over labelled people: TPR and FPR by number of photos, each with an exact interval.

Everybody in the set is a candidate for everybody else, and random names fill the pool up to N; or each person
is put among decoys of another kind (`records.POOLS`), because the decoys decide the rate. Every number of photos
is repeated with random draws of a person's photos (20 in the paper); who has too few leaves the row. Beside the
paper's rule stand the calibrated ones (`rules`) and a guess that never looks at the model (`name_baseline`).
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from idia_core.attack import evidence
from idia_core.attack.outcome import OUTCOMES
from idia_core.attack.prompts import PAPER, PromptSet
from idia_core.attack.rule import FloatArray, similarity
from idia_core.audit import judge
from idia_core.audit.records import Progress, StyleSimilarities
from idia_core.audit.run import embed, embed_names
from idia_core.clip.interface import BATCH, Encoder
from idia_core.errors import IdiaError, Message
from idia_core.evaluation import name_baseline
from idia_core.evaluation.dataset import Person
from idia_core.evaluation.records import (
    Evaluation,
    OutcomeShares,
    PoolKind,
    PValueKind,
    Rate,
    Row,
    RuleRates,
    UnusedPhoto,
)
from idia_core.evaluation.rules import RULES, Answers, Rule, Scored, score_draws, score_names
from idia_core.evaluation.uniformity import Uniformity, uniformity
from idia_core.names import NameLists, draw_decoys, draw_pool, matching, name_key
from idia_core.photos.photo import Photo, read_photo

BoolArray = npt.NDArray[np.bool_]

REMEMBERED_BYTES = 600_000_000
"""Vectors of names that share a part are kept up to this size: people with a common name share many."""


@dataclass(frozen=True)
class EvaluationRequest:
    """What to measure."""

    people: tuple[Person, ...]
    """The labelled people."""
    lists: NameLists
    """Where the other names come from."""
    photos: tuple[int, ...] = (3, 5, 10)
    """Numbers of photos, one row each."""
    draws: int = 20
    """Random draws of photos for each person and number."""
    size: int = 1000
    """Candidate names, the claimed one included."""
    tau: int = 1
    """Prompts to win."""
    seed: int = 0
    """Decides the random names and the draws."""
    prompts: PromptSet = PAPER
    """The templates to ask with."""
    pool: PoolKind = "everybody"
    """Which names the candidates are."""
    matched: int = 120
    """Names to compare each person with that share the first or the last name; 0 leaves these checks out."""
    crossed: int = 9
    """First names, and last names, of those to cross with each other."""


@dataclass(frozen=True)
class _Text:
    """The sentences' vectors of a run."""

    names: tuple[str, ...]
    """Names whose vectors are at hand: everybody in the set first."""
    vectors: FloatArray
    """(prompts, names, dim) of them."""
    remembered: dict[str, FloatArray] = field(default_factory=dict)
    """(prompts, dim) of names of some person's style, filled as the run goes on."""


def run_evaluation(request: EvaluationRequest, encoder: Encoder) -> Generator[Progress, None, Evaluation]:
    """Measure the rates.

    Args:
        request: whom and what to measure.
        encoder: the loaded model.
    Yields:
        How far it has got.
    Returns:
        The evaluation.
    Raises:
        IdiaError: numbers out of range, or more people than candidate names.
    Source: arXiv 2209.07341, section 5 (numbers of photos, 20 draws).
    """
    candidates = _candidates(request)
    vectors = yield from embed_names(request.prompts, candidates, encoder)
    text = _Text(candidates, vectors)
    answers: list[list[Answers | None]] = []
    set_aside: list[UnusedPhoto] = []
    for index, person in enumerate(request.people):
        images, unused = _embed_photos(person, encoder)
        set_aside += unused
        scored = _score(request, index, text, images, encoder) if len(images) else None
        answers.append([_answer(request, scored, index, k) for k in request.photos])
        yield Progress("people", index + 1, len(request.people))
    rows = tuple(_row(request, k, [row[at] for row in answers]) for at, k in enumerate(request.photos))
    return Evaluation(
        model=encoder.spec.key,
        names=request.size,
        prompts=len(request.prompts.templates),
        tau=request.tau,
        seed=request.seed,
        rows=rows,
        pool=request.pool,
        name_baseline=_name_baseline(request),
        set_aside=tuple(set_aside),
    )


def _candidates(request: EvaluationRequest) -> tuple[str, ...]:
    """Put everybody first, then the other names; each person's own pool is a part of these."""
    everybody = tuple(person.name for person in request.people)
    prompts = len(request.prompts.templates)
    least = min(request.photos, default=0), request.draws, request.matched + 1
    if min(least) < 1 or not 1 <= request.tau <= prompts:
        raise IdiaError("evaluation-number-out-of-range", prompts=prompts)
    if request.pool == "matched":
        return everybody
    if request.pool != "everybody":
        pools = (draw_pool(name, _lists(request), request.size, request.seed).names for name in everybody)
        return tuple(dict.fromkeys((*everybody, *(name for pool in pools for name in pool))))
    if len(everybody) > request.size:
        raise IdiaError("evaluation-too-few-names", everybody=len(everybody), size=request.size)
    taken = {name_key(name) for name in everybody}
    drawn = draw_decoys(_lists(request), request.size + len(everybody), request.seed)
    fresh = [name for name in drawn if name_key(name) not in taken]
    return (*everybody, *fresh[: request.size - len(everybody)])


def _lists(request: EvaluationRequest) -> NameLists:
    """Leave out of the lists what this kind of pool does not use."""
    if request.pool == "known":
        return replace(request.lists, first_female=(), first_male=())
    return request.lists if request.pool == "half" else replace(request.lists, known=())


def _embed_photos(person: Person, encoder: Encoder) -> tuple[FloatArray, list[UnusedPhoto]]:
    """Embed one person's photos: (photos, dim), and what could not be used."""
    with ThreadPoolExecutor() as pool:
        read = list(pool.map(_read, person.files))
    pixels = [photo.pixels for photo in read if isinstance(photo, Photo)]
    unused = [UnusedPhoto(person.name, reason) for reason in read if isinstance(reason, Message)]
    parts = [encoder.encode_images(pixels[at : at + BATCH]) for at in range(0, len(pixels), BATCH)]
    return np.concatenate(parts) if parts else np.zeros((0, 1), np.float32), unused


def _read(path: Path) -> Photo | Message:
    """Read one photo, or tell why that is impossible."""
    try:
        return read_photo(path.read_bytes(), path.name)
    except IdiaError as error:
        return error.message


def _score(
    request: EvaluationRequest, index: int, text: _Text, images: FloatArray, encoder: Encoder
) -> Scored | None:
    """Compare one person's photos with the pool and with the names of the person's own style.

    None where the pool is of matched names and this name cannot be matched.
    """
    name = request.people[index].name
    count = request.size - 1 if request.pool == "matched" else request.matched
    side = request.crossed if request.matched else 0
    style = matching.draw_style_names(name, request.lists, count, side, request.seed)
    near = np.zeros((len(text.vectors), len(images), 0), np.float32)
    if style.names:
        near = similarity(_style_vectors(request, style.names, text, encoder), images)
    alike = StyleSimilarities.split(style, near)
    if request.pool == "matched":
        own = similarity(text.vectors[:, [index]], images)
        pool = np.concatenate([alike.same_first, alike.same_last, own], 2)
        claimed_index = pool.shape[2] - 1
        if claimed_index == 0:
            return None
    else:
        columns, claimed_index = _columns(request, index, text)
        pool = similarity(text.vectors[:, columns], images)
    return score_names(
        pool, claimed_index, judge.style_comparisons(pool[:, :, claimed_index], style.matched, alike)
    )


def _style_vectors(
    request: EvaluationRequest, wanted: Sequence[str], text: _Text, encoder: Encoder
) -> FloatArray:
    """Embed the names of one person's style, those of people before from memory: (prompts, names, dim)."""
    if len(memory := text.remembered) * text.vectors[:, 0].nbytes > REMEMBERED_BYTES:
        memory.clear()
    fresh = [name for name in wanted if name not in memory]
    if fresh:
        vectors = embed(request.prompts, fresh, encoder)
        memory.update((name, vectors[:, at].copy()) for at, name in enumerate(fresh))
    return np.stack([memory[name] for name in wanted], axis=1)


def _columns(request: EvaluationRequest, index: int, text: _Text) -> tuple[list[int], int]:
    """Find the names of one person's pool, and the person's own place in it."""
    if request.pool == "everybody":
        return list(range(len(text.names))), index
    place = {name: at for at, name in enumerate(text.names)}
    pool = draw_pool(request.people[index].name, _lists(request), request.size, request.seed)
    return [place[name] for name in pool.names], pool.claimed_index


def _answer(request: EvaluationRequest, scored: Scored | None, person: int, count: int) -> Answers | None:
    """Apply every rule to random draws of one person's photos; None with too few."""
    available = scored.predictions.shape[1] if scored else 0
    if scored is None or available < count:
        return None
    rng = np.random.default_rng([request.seed, person, count])
    draws = [rng.choice(available, size=count, replace=False) for _ in range(request.draws)]
    return score_draws(scored, request.tau, np.array(draws, np.int64), rng)


def _row(request: EvaluationRequest, photos_used: int, answers: Sequence[Answers | None]) -> Row:
    """Turn everybody's answers into rates."""
    measured = [(person, own) for person, own in zip(request.people, answers, strict=True) if own is not None]
    rates = tuple(
        _rule_rates(rule, measured, request.tau) for rule in RULES if request.matched or not rule.by_style
    )
    others = [own for person, own in measured if not person.member]
    return Row(
        photos=photos_used,
        draws=request.draws,
        tpr=rates[0].tpr,
        fpr=rates[0].fpr,
        by_training=rates[0].by_training,
        rules=rates,
        chance=float(np.mean([own.winners for own in others])) / request.size if others else None,
        outcomes=tuple(
            OutcomeShares(
                outcome, _share(measured, index, member=True), _share(measured, index, member=False)
            )
            for index, outcome in enumerate(OUTCOMES)
            if request.matched
        ),
        p_values=_distributions(others),
    )


def _rule_rates(rule: Rule, measured: Sequence[tuple[Person, Answers]], tau: int) -> RuleRates:
    called = [(person, rule.calls(own, tau)) for person, own in measured]
    levels = sorted(
        {
            person.training_photos
            for person, _ in called
            if person.member and person.training_photos is not None
        }
    )
    return RuleRates(
        rule.code,
        tpr=_rate([draws for person, draws in called if person.member]),
        fpr=_rate([draws for person, draws in called if not person.member]),
        by_training=tuple((level, _rate(_trained_on(called, level))) for level in levels),
    )


def _trained_on(called: Sequence[tuple[Person, BoolArray]], level: int) -> list[BoolArray]:
    return [draws for person, draws in called if person.member and person.training_photos == level]


def _share(measured: Sequence[tuple[Person, Answers]], index: int, *, member: bool) -> float | None:
    chosen = [own.outcomes == index for person, own in measured if person.member is member]
    return float(np.mean(chosen)) if chosen else None


def _distributions(others: Sequence[Answers]) -> tuple[tuple[PValueKind, Uniformity], ...]:
    """Compare the p-values of each non-member's first draw with a uniform distribution.

    One draw a person, so that the values are independent.
    """
    values: tuple[tuple[PValueKind, list[float]], ...] = (
        ("general", [own.general[0] for own in others]),
        ("matched", [own.matched[0] for own in others]),
        ("crossed", [own.crossed[0] for own in others]),
    )
    compared = ((kind, uniformity(np.array(column, np.float64))) for kind, column in values)
    return tuple((kind, found) for kind, found in compared if found is not None)


def _name_baseline(request: EvaluationRequest) -> tuple[Rate, Rate] | None:
    members = [person.member for person in request.people]
    said = name_baseline.guess_members([person.name for person in request.people], members, request.seed)
    if said is None:
        return None
    chosen = np.array(members, np.bool_)
    member, other = ([said[at : at + 1] for at in np.flatnonzero(chosen == kind)] for kind in (True, False))
    return _rate(member), _rate(other)


def _rate(outcomes: Sequence[BoolArray]) -> Rate:
    if not outcomes:
        return Rate(0, None, None, None)
    shares = np.stack(outcomes).mean(axis=0)
    called = float(shares.mean()) * len(outcomes)
    # Between two counts the wider interval is taken: from the lower count down, from the upper one up.
    low = evidence.clopper_pearson(int(np.floor(called + 1e-9)), len(outcomes)).low
    high = evidence.clopper_pearson(int(np.ceil(called - 1e-9)), len(outcomes)).high
    sd = float(shares.std(ddof=1)) if len(shares) > 1 else 0.0
    return Rate(len(outcomes), float(shares.mean()), sd, (low, high))
