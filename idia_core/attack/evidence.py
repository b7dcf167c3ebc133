"""How far a verdict can be trusted: bounds, intervals, controls, and all evidence put together; pure.

Axes are always (prompts, photos, names); higher means more alike. Nothing here encodes anything again.

Does not: draw names, cover faces, choose thresholds or words (`outcome` does), or prove anything about
training data: a small p-value says that the face fits the name better than chance allows, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from idia_core.attack import outcome, rule
from idia_core.attack.ranking import (
    Ranking,
    StatisticArray,
    p_value,
    photo_scores,
    rank_among,
    rank_crossed,
    rank_in_pool,
    rank_scores,
    ranks,
    statistic,
)
from idia_core.attack.rule import FloatArray
from idia_core.attack.stability import (
    CurvePoint,
    Influence,
    Stability,
    stability,
)
from idia_core.errors import Message

# One door for callers: what they need to calibrate a verdict is here, wherever it is kept.
__all__ = [
    "Comparisons",
    "Control",
    "CurvePoint",
    "Evidence",
    "Influence",
    "Interval",
    "Ranking",
    "Stability",
    "StatisticArray",
    "assess",
    "bonferroni",
    "clopper_pearson",
    "control",
    "false_alarm_bound",
    "p_value",
    "photo_scores",
    "rank_among",
    "rank_crossed",
    "rank_in_pool",
    "rank_scores",
    "ranks",
    "stability",
    "statistic",
]

ControlKind = Literal["name_prior", "context"]

AGAINST_LEVEL = 0.5
"""A photo speaks against the rest if they single the name out and it puts the name in the worse half."""


@dataclass(frozen=True)
class Interval:
    """An exact confidence interval of a rate."""

    low: float
    """Lower end, in [0, 1]."""
    high: float
    """Upper end, in [0, 1]."""


@dataclass(frozen=True)
class Control:
    """A run in which the claimed name ought to lose."""

    kind: ControlKind
    """Photos of other people, or the same photos with the faces covered."""
    photos: int
    """Photos used."""
    hits: int
    """Prompts won by the claimed name."""
    ranking: Ranking
    """Its place among the names there."""
    fired: bool
    """Whether it won: the paper's rule met, or a p-value as small as a finding needs."""


@dataclass(frozen=True)
class Comparisons:
    """What may be measured besides the general pool; every piece is optional."""

    same_first: FloatArray | None = None
    """(prompts, photos, names) of names that share the first name; the claimed name is not among them."""
    same_last: FloatArray | None = None
    """The same of names that share the last name."""
    crossed: FloatArray | None = None
    """(prompts, photos, first names, last names) of names that cross these; the claimed name at [0, 0]."""
    unmatched: Message | None = None
    """Why this name cannot be matched; None where it can."""
    name_prior: FloatArray | None = None
    """(prompts, other people's photos, names), the names of the general pool in the same order."""
    context: FloatArray | None = None
    """(prompts, photos with the faces covered, names), the names of the general pool in the same order."""
    one_person: bool | None = None
    """Whether all photos seem to show one person; None where nobody checked."""
    attempts: int = 1
    """Models or spellings tried in all; the p-values and the bound are corrected for it."""


NO_COMPARISONS = Comparisons()


@dataclass(frozen=True)
class Matching:
    """The claimed name among names of its own style; a piece is None where it was not compared."""

    same_first: Ranking | None
    """Among names that share the first name, the claimed name last."""
    same_last: Ranking | None
    """Among names that share the last name, the claimed name last."""
    crossed: Ranking | None
    """Its pairing of first and last name among all pairs of a grid, the claimed name first."""
    p_matched: float | None
    """The larger p-value of the first two, corrected for attempts; None if one is missing or too small."""
    p_crossed: float | None
    """The p-value of the third, corrected for attempts; None if it is missing or too small."""


@dataclass(frozen=True)
class Evidence:
    """A verdict, and all that tells how far to trust it."""

    verdict: rule.Verdict
    """The paper's verdict, unchanged."""
    general: Ranking
    """The claimed name in the general pool."""
    p_general: float
    """p-value against the general pool, corrected for attempts."""
    matching: Matching
    """The claimed name among names of its own style."""
    bound: float
    """Largest false-alarm rate of the paper's rule, for a name that is exchangeable with the others."""
    stability: Stability
    """What other draws of the photos would have said."""
    controls: tuple[Control, ...]
    """Those that were run."""
    judgement: outcome.Judgement
    """Outcome, reasons, advice."""


def bonferroni(p: float, attempts: int) -> float:
    """Correct a probability for the number of models or spellings tried.

    Args:
        p: in [0, 1].
        attempts: 1 or more.
    Returns:
        p times attempts, at most 1.
    Raises:
        ValueError: an argument outside its range.
    """
    if attempts < 1 or not 0 <= p <= 1:
        raise ValueError(f"want a probability and at least one attempt, got {p} and {attempts}")
    return min(1.0, p * attempts)


def false_alarm_bound(prompts: int, tau: int, names: int, models: int = 1) -> float:
    """Bound how often the paper's rule says member without any link.

    A prompt has at most one winner, so that at most floor(prompts / tau) names win tau prompts or more.

    Args:
        prompts: prompts asked, 1 or more.
        tau: prompts to win, 1 or more.
        names: names in the pool, the claimed one included.
        models: models tried.
    Returns:
        A probability, for a claimed name that is exchangeable with the others.
    Raises:
        ValueError: an argument is below 1.
    """
    if min(prompts, tau, names) < 1:
        raise ValueError(f"want counts of at least 1, got {prompts} prompts, tau {tau}, {names} names")
    return bonferroni(min(1.0, (prompts // tau) / names), models)


def clopper_pearson(successes: int, trials: int, level: float = 0.95) -> Interval:
    """Give the exact interval of a rate.

    Args:
        successes: in [0, trials].
        trials: 0 or more; none leaves the rate anywhere in [0, 1].
        level: least probability that the interval covers the rate, in (0, 1).
    Returns:
        The interval, equal tails.
    Raises:
        ValueError: an argument outside its range.
    Source: Clopper and Pearson, Biometrika 26, 1934, by quantiles of the beta distribution.
    """
    if not 0 <= successes <= trials or not 0 < level < 1:
        raise ValueError(
            f"want 0 <= successes <= trials and 0 < level < 1, got {successes}/{trials}, {level}"
        )
    # Imported here: the package takes most of a second, and a page that is starting does not need it.
    from scipy.stats import beta

    tail = (1 - level) / 2
    low = beta.ppf(tail, successes, trials - successes + 1) if successes else 0.0
    high = beta.ppf(1 - tail, successes + 1, trials - successes) if successes < trials else 1.0
    return Interval(float(low), float(high))


def control(kind: ControlKind, similarities: FloatArray, claimed_index: int, tau: int) -> Control:
    """Run the attack where the claimed name ought to lose.

    Args:
        kind: what the photos are.
        similarities: (prompts, photos, names) of those photos, with the names of the general pool.
        claimed_index: index of the claimed name.
        tau: prompts to win.
    Returns:
        What came out. Without any link it fires no more often than the bound and the level together.
    Raises:
        ValueError: as in `attack` and `ranking`.
    """
    votes = rule.tally(rule.predict(similarities), similarities.shape[2])
    verdict = rule.decide(votes, claimed_index, tau)
    ranking = rank_in_pool(similarities, claimed_index)
    fired = verdict.member or ranking.p_value <= outcome.GENERAL_LEVEL
    return Control(kind, similarities.shape[1], verdict.hits, ranking, fired)


def assess(
    similarities: FloatArray,
    claimed_index: int,
    tau: int,
    rng: np.random.Generator,
    comparisons: Comparisons = NO_COMPARISONS,
) -> Evidence:
    """Put together all evidence on one claimed name.

    Args:
        similarities: (prompts, photos, names) of the general pool.
        claimed_index: index of the claimed name.
        tau: prompts to win, in [1, prompts].
        rng: draws the photos for the stability.
        comparisons: what else was measured.
    Returns:
        The evidence with its outcome.
    Raises:
        ValueError: axes that do not fit, a value that is not finite, an argument outside its range.
    """
    predictions = rule.predict(similarities)
    prompts, names = predictions.shape[0], similarities.shape[2]
    verdict = rule.decide(rule.tally(predictions, names), claimed_index, tau)
    scores = photo_scores(similarities)
    general = rank_scores(scores.mean(axis=0), claimed_index)
    matching = _match(similarities[:, :, claimed_index], comparisons)
    steady = stability(predictions, scores, claimed_index, tau, rng)
    controls = _controls(comparisons, similarities.shape, claimed_index, tau)
    return Evidence(
        verdict=verdict,
        general=general,
        p_general=bonferroni(general.p_value, comparisons.attempts),
        matching=matching,
        bound=false_alarm_bound(prompts, tau, names, comparisons.attempts),
        stability=steady,
        controls=controls,
        judgement=outcome.judge(_facts(verdict, general, matching, steady, controls, comparisons)),
    )


def _match(claimed: FloatArray, comparisons: Comparisons) -> Matching:
    """Rank the claimed name, (prompts, photos), among those names of its own style that there are."""
    groups = comparisons.same_first, comparisons.same_last
    same_first, same_last = (None if group is None else rank_among(claimed, group) for group in groups)
    crossed = None if comparisons.crossed is None else rank_crossed(comparisons.crossed)
    if comparisons.crossed is not None and comparisons.crossed.shape[:2] != claimed.shape:
        raise ValueError(f"want a grid beside {claimed.shape}, got {comparisons.crossed.shape}")
    return Matching(
        same_first,
        same_last,
        crossed,
        p_matched=_larger_p((same_first, same_last), comparisons.attempts),
        p_crossed=_larger_p((crossed,), comparisons.attempts),
    )


def _larger_p(groups: tuple[Ranking | None, ...], attempts: int) -> float | None:
    """Take the largest p-value: the claimed name must beat every group.

    It is valid if the claimed name is exchangeable with any one of the groups. A group that is missing, or
    too small for a p-value that counts, gives none at all.
    """
    present = [group for group in groups if group is not None]
    floor = max((group.smallest for group in present), default=1.0)
    if len(present) < len(groups) or bonferroni(floor, attempts) > outcome.MATCHED_LEVEL:
        return None
    return bonferroni(max(group.p_value for group in present), attempts)


def _controls(
    comparisons: Comparisons, shape: tuple[int, ...], claimed_index: int, tau: int
) -> tuple[Control, ...]:
    """Run those controls for which there are photos."""
    wanted: tuple[tuple[ControlKind, FloatArray | None], ...] = (
        ("name_prior", comparisons.name_prior),
        ("context", comparisons.context),
    )
    for kind, tensor in wanted:
        if tensor is not None and (tensor.ndim != 3 or (tensor.shape[0], tensor.shape[2]) != shape[::2]):
            raise ValueError(f"{kind} must have the prompts and names of {shape}, got {tensor.shape}")
    return tuple(control(kind, tensor, claimed_index, tau) for kind, tensor in wanted if tensor is not None)


def _facts(
    verdict: rule.Verdict,
    general: Ranking,
    matching: Matching,
    steady: Stability,
    controls: tuple[Control, ...],
    comparisons: Comparisons,
) -> outcome.Facts:
    """Reduce the evidence to the plain numbers that decide the outcome."""
    fired = {run.kind: run.fired for run in controls}
    influence = list(enumerate(steady.influence))
    return outcome.Facts(
        photos=steady.curve[-1].photos,
        names=general.decoys + 1,
        hits=verdict.hits,
        prompts=verdict.prompts,
        tau=verdict.tau,
        general=bonferroni(general.p_value, comparisons.attempts),
        same_verdict=steady.same_verdict,
        rank=general.rank,
        smallest=bonferroni(general.smallest, comparisons.attempts),
        matched=matching.p_matched,
        crossed=matching.p_crossed,
        unmatched=comparisons.unmatched,
        name_prior=fired.get("name_prior"),
        context=fired.get("context"),
        one_person=comparisons.one_person,
        against=tuple(photo for photo, one in influence if _speaks_against(one)),
        carriers=tuple(
            photo
            for photo, one in influence
            if verdict.member and verdict.hits - one.hits_change < verdict.tau
        ),
    )


def _speaks_against(photo: Influence) -> bool:
    """Tell whether the other photos single the name out and this one does not."""
    return photo.p_without <= outcome.GENERAL_LEVEL and photo.p_alone > AGAINST_LEVEL
