"""What every rule says on many draws of one person's photos: the paper's, each p-value's, and "strong link"; pure.

Works from predictions and per-photo scores that exist already, so that a draw costs a few averages. The same
functions and the same table as an audit's decide; a test holds the two to one answer.

Axes are always (prompts, photos, names).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from idia_core.attack import evidence, outcome, rule
from idia_core.attack.ranking import StatisticArray, pairing, photo_scores, ranks
from idia_core.attack.rule import FloatArray, IntArray
from idia_core.attack.stability import DRAWS, hits_in_draws, with_replacement
from idia_core.errors import Message

BoolArray = npt.NDArray[np.bool_]

TAUS = (1, 3, 5)
"""The paper's rule is also measured at these."""


@dataclass(frozen=True)
class Scored:
    """One person's photos, scored once; every draw is an average of its rows."""

    predictions: IntArray
    """(prompts, photos) indices of the winning names."""
    claimed_index: int
    """Index of the claimed name."""
    pool: StatisticArray
    """(photos, names) in the general pool."""
    same_first: StatisticArray | None
    """(photos, names) among names of the same first name, the claimed one last."""
    same_last: StatisticArray | None
    """The same of the last name."""
    crossed: StatisticArray | None
    """(photos, pairs) of the pairing of first and last name, the claimed one first."""
    unmatched: Message | None
    """Why the name cannot be matched; None where it can."""


@dataclass(frozen=True)
class Answers:
    """What was said on each draw of one person's photos."""

    hits: IntArray
    """(draws,) prompts won."""
    winners: IntArray
    """(draws,) names that won `tau` prompts or more."""
    general: StatisticArray
    """(draws,) p-value in the general pool."""
    matched: StatisticArray
    """(draws,) larger p-value among names of the same first and of the same last name; NaN without them."""
    crossed: StatisticArray
    """(draws,) p-value of the pairing; NaN where it was not tested."""
    outcomes: IntArray
    """(draws,) index into `outcome.OUTCOMES`."""


@dataclass(frozen=True)
class Rule:
    """One way to say "member"."""

    code: str
    """Its name in JSON and in tables."""
    calls: Callable[[Answers, int], BoolArray]
    """(answers, tau asked) -> (draws,) whether it says "member"; a p-value that could not be had (NaN) says no."""
    by_style: bool = False
    """Whether it needs names of the claimed one's style."""


def _wins(answers: Answers, tau: int) -> BoolArray:
    return answers.hits >= tau


def _wins_at_least(answers: Answers, _: int, *, least: int) -> BoolArray:
    return answers.hits >= least


def _stands_out(answers: Answers, _: int, *, level: float) -> BoolArray:
    return answers.general <= level


def _stands_out_in_style(answers: Answers, _: int) -> BoolArray:
    return answers.matched <= outcome.MATCHED_LEVEL


def _pairing_stands_out(answers: Answers, _: int) -> BoolArray:
    return answers.crossed <= outcome.MATCHED_LEVEL


def _is_strong(answers: Answers, _: int) -> BoolArray:
    strong: BoolArray = answers.outcomes == outcome.OUTCOMES.index("strong")
    return strong


IDIA = Rule("idia", _wins)
IDIA_TAUS = tuple(Rule(f"idia tau={tau}", partial(_wins_at_least, least=tau)) for tau in TAUS)
GENERAL = Rule("p_general<=0.01", partial(_stands_out, level=outcome.GENERAL_LEVEL))
GENERAL_LOOSE = Rule("p_general<=0.05", partial(_stands_out, level=outcome.MATCHED_LEVEL))
MATCHED = Rule("p_matched<=0.05", _stands_out_in_style, by_style=True)
CROSSED = Rule("p_crossed<=0.05", _pairing_stands_out, by_style=True)
STRONG = Rule("strong", _is_strong, by_style=True)
RULES = (IDIA, *IDIA_TAUS, GENERAL, GENERAL_LOOSE, MATCHED, CROSSED, STRONG)
"""Every rule that an evaluation measures, the paper's first."""


def score_names(similarities: FloatArray, claimed_index: int, comparisons: evidence.Comparisons) -> Scored:
    """Score one person's photos against all sets of names.

    Args:
        similarities: (prompts, photos, names) of the general pool.
        claimed_index: index of the claimed name.
        comparisons: the names of the claimed one's style.
    Returns:
        The scores.
    Raises:
        ValueError: as in `ranking`.
    """
    claimed = similarities[:, :, claimed_index, None]
    first, last = (
        None if group is None else photo_scores(np.concatenate([group, claimed], axis=2))
        for group in (comparisons.same_first, comparisons.same_last)
    )
    grid = comparisons.crossed
    return Scored(
        predictions=rule.predict(similarities),
        claimed_index=claimed_index,
        pool=photo_scores(similarities),
        same_first=first,
        same_last=last,
        crossed=None if grid is None else photo_scores(pairing(grid)),
        unmatched=comparisons.unmatched,
    )


def score_draws(scored: Scored, tau: int, draws: IntArray, rng: np.random.Generator) -> Answers:
    """Apply every rule to draws of the photos.

    Args:
        scored: one person's photos.
        tau: prompts to win.
        draws: (draws, photos of a draw) indices of distinct photos.
        rng: re-draws the photos of a draw, for the stability.
    Returns:
        The answers.
    """
    counts = np.zeros((len(draws), scored.predictions.shape[1]), np.int64)
    np.put_along_axis(counts, draws, 1, axis=1)
    hits = hits_in_draws(scored.predictions, scored.claimed_index, counts)
    answers = Answers(
        hits=hits,
        winners=_winners(scored, tau, draws),
        general=_p_values(scored.pool, scored.claimed_index, counts),
        matched=np.maximum(
            _style_p_values(scored.same_first, -1, counts), _style_p_values(scored.same_last, -1, counts)
        ),
        crossed=_style_p_values(scored.crossed, 0, counts),
        outcomes=np.zeros_like(hits),
    )
    outcomes = [_outcome(scored, answers, at, tau, chosen, rng) for at, chosen in enumerate(draws)]
    return replace(answers, outcomes=np.array(outcomes, np.int64))


def _p_values(scores: StatisticArray, claimed_index: int, counts: IntArray) -> StatisticArray:
    """Rank the claimed name on each draw: (draws,)."""
    names = scores.shape[1]
    means = counts @ scores / counts.sum(axis=1, keepdims=True)
    values: StatisticArray = ranks(means, claimed_index % names) / names
    return values


def _style_p_values(scores: StatisticArray | None, claimed_index: int, counts: IntArray) -> StatisticArray:
    """Rank the claimed name in a group; NaN where the group is too small to reach the level: (draws,)."""
    if scores is None or 1 / scores.shape[1] > outcome.MATCHED_LEVEL:
        return np.full(len(counts), np.nan)
    return _p_values(scores, claimed_index, counts)


def _winners(scored: Scored, tau: int, draws: IntArray) -> IntArray:
    """Count the names that win `tau` prompts or more on each draw: (draws,)."""
    found = []
    for chosen in draws:
        votes = rule.tally(scored.predictions[:, chosen], scored.pool.shape[1])
        winners = rule.decide(votes, scored.claimed_index, tau).winners
        won = np.unique(winners[winners != rule.NOBODY], return_counts=True)[1]
        found.append(int((won >= tau).sum()))
    return np.array(found, np.int64)


def _outcome(
    scored: Scored, answers: Answers, at: int, tau: int, chosen: IntArray, rng: np.random.Generator
) -> int:
    """Decide one draw by the table of outcomes; the stability is asked only where it can matter."""
    matched, crossed = float(answers.matched[at]), float(answers.crossed[at])
    facts = outcome.Facts(
        photos=len(chosen),
        names=scored.pool.shape[1],
        hits=int(answers.hits[at]),
        prompts=scored.predictions.shape[0],
        tau=tau,
        general=float(answers.general[at]),
        same_verdict=1.0,
        smallest=1 / scored.pool.shape[1],
        matched=None if np.isnan(matched) else matched,
        crossed=None if np.isnan(crossed) else crossed,
        unmatched=scored.unmatched,
    )
    decided = outcome.decide(outcome.examine(facts)).outcome
    if decided == "strong":
        predictions = scored.predictions[:, chosen]
        redrawn = hits_in_draws(predictions, scored.claimed_index, with_replacement(len(chosen), DRAWS, rng))
        steady = float(((redrawn >= tau) == (facts.hits >= tau)).mean())
        decided = outcome.decide(outcome.examine(replace(facts, same_verdict=steady))).outcome
    return outcome.OUTCOMES.index(decided)
