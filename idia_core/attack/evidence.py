"""How far a verdict can be trusted: bounds, intervals, controls, and all evidence put together; pure.

Axes are always (prompts, photos, names); higher means more alike. A small p-value says that the face fits the
name better than chance allows; it proves nothing about training data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from idia_core.attack import outcome, rule
from idia_core.attack.ranking import (
    Ranking,
    StatisticArray,
    photo_scores,
    rank_among,
    rank_crossed,
    rank_scores,
)
from idia_core.attack.rule import FloatArray, IntArray
from idia_core.attack.stability import Influence, Stability, stability
from idia_core.errors import Message

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
class Attack:
    """The attack on one set of photos: the paper's rule, and the claimed name's rank."""

    similarities: FloatArray
    """(prompts, photos, names) it was computed from."""
    predictions: IntArray
    """(prompts, photos) name indices."""
    votes: IntArray
    """(prompts, names) photos that chose the name."""
    verdict: rule.Verdict
    """The paper's verdict."""
    scores: StatisticArray
    """(photos, names) from `ranking.photo_scores`."""
    ranking: Ranking
    """The claimed name among all names."""

    @property
    def claimed_index(self) -> int:
        """Return the index of the claimed name."""
        return self.ranking.claimed_index

    @property
    def photos(self) -> int:
        """Return the number of photos."""
        return len(self.scores)


@dataclass(frozen=True)
class Control:
    """An attack that the claimed name ought to lose."""

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
    name_prior: Attack | None = None
    """The attack on other people's photos, with the names of the general pool in the same order."""
    context: Attack | None = None
    """The attack on the photos with the faces covered, with the same names."""
    one_person: bool | None = None
    """Whether all photos seem to show one person; None where nobody checked."""
    attempts: int = 1
    """Different questions asked so far, this one included, 1 or more; the p-values and the bound are corrected
    for it."""


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
    attempts: int = 1
    """Questions for which the p-values and the bound are corrected."""

    @property
    def smallest(self) -> float:
        """Return the smallest value that `p_general` could have taken."""
        return self.corrected(self.general.smallest)

    def corrected(self, p: float) -> float:
        """Correct another p-value of this evidence, for example one of a group, in the same way."""
        return bonferroni(p, self.attempts)


def bonferroni(p: float, attempts: int) -> float:
    """Correct a probability for the number of questions asked.

    Args:
        p: in [0, 1].
        attempts: names, spellings and models tried in all, 1 or more.
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
        models: models, or other questions, tried in all.
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


def run_attack(similarities: FloatArray, claimed_index: int, tau: int) -> Attack:
    """Apply the paper's rule to one set of photos, and rank the claimed name on them.

    Args:
        similarities: (prompts, photos, names).
        claimed_index: index of the claimed name.
        tau: prompts to win, in [1, prompts].
    Returns:
        All that follows from these photos alone.
    Raises:
        ValueError: as in `rule` and `ranking`.
    """
    predictions = rule.predict(similarities)
    votes = rule.tally(predictions, similarities.shape[2])
    scores = photo_scores(similarities)
    return Attack(
        similarities=similarities,
        predictions=predictions,
        votes=votes,
        verdict=rule.decide(votes, claimed_index, tau),
        scores=scores,
        ranking=rank_scores(scores.mean(axis=0), claimed_index),
    )


def control(kind: ControlKind, attack: Attack) -> Control:
    """Judge an attack that the claimed name ought to lose.

    Its p-value is not corrected for attempts: a control speaks against a finding, and a correction would quiet it.

    Args:
        kind: what the photos are.
        attack: the attack on them, with the names of the general pool.
    Returns:
        What came out. Without any link it fires no more often than the bound and the level together.
    """
    fired = attack.verdict.member or attack.ranking.p_value <= outcome.GENERAL_LEVEL
    return Control(kind, attack.photos, attack.verdict.hits, attack.ranking, fired)


def assess(attack: Attack, rng: np.random.Generator, comparisons: Comparisons = NO_COMPARISONS) -> Evidence:
    """Put together all evidence on one claimed name.

    Args:
        attack: on the photos in question, with the names of the general pool.
        rng: draws the photos for the stability.
        comparisons: what else was measured.
    Returns:
        The evidence with its outcome.
    Raises:
        ValueError: axes that do not fit, a value that is not finite, an argument outside its range.
    """
    verdict, general = attack.verdict, attack.ranking
    matching = _match(attack.similarities[:, :, attack.claimed_index], comparisons)
    steady = stability(attack.predictions, attack.scores, attack.claimed_index, verdict.tau, rng)
    controls = _controls(comparisons, attack.similarities.shape)
    return Evidence(
        verdict=verdict,
        general=general,
        p_general=bonferroni(general.p_value, comparisons.attempts),
        matching=matching,
        bound=false_alarm_bound(verdict.prompts, verdict.tau, general.decoys + 1, comparisons.attempts),
        stability=steady,
        controls=controls,
        judgement=outcome.judge(_facts(verdict, general, matching, steady, controls, comparisons)),
        attempts=comparisons.attempts,
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


def _controls(comparisons: Comparisons, shape: tuple[int, ...]) -> tuple[Control, ...]:
    """Judge those controls for which there are photos; `shape` is that of the photos in question."""
    given: tuple[tuple[ControlKind, Attack | None], ...] = (
        ("name_prior", comparisons.name_prior),
        ("context", comparisons.context),
    )
    for kind, attack in given:
        if attack is not None and attack.similarities.shape[::2] != shape[::2]:
            raise ValueError(
                f"{kind} must have the prompts and names of {shape}, got {attack.similarities.shape}"
            )
    return tuple(control(kind, attack) for kind, attack in given if attack is not None)


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
        attempts=comparisons.attempts,
    )


def _speaks_against(photo: Influence) -> bool:
    """Tell whether the other photos single the name out and this one does not."""
    return photo.p_without <= outcome.GENERAL_LEVEL and photo.p_alone > AGAINST_LEVEL
