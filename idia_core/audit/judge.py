"""Similarities judged: votes, verdict, ranks, evidence, for one choice of tau, names and photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isqrt

import numpy as np

from idia_core.attack import evidence, rule
from idia_core.attack.evidence import Evidence, assess
from idia_core.attack.rule import FloatArray
from idia_core.audit.records import AuditResult, Encoded
from idia_core.audit.views import Comparison, View, compare
from idia_core.errors import IdiaError
from idia_core.names import Matched


def style_comparisons(
    claimed: FloatArray, matched: Matched, similarities: FloatArray
) -> evidence.Comparisons:
    """Sort the similarities of `Alike.names` into the groups to be ranked.

    Args:
        claimed: (prompts, photos) of the claimed name.
        matched: the matched names.
        similarities: (prompts, photos, names) of all the names.
    Returns:
        The groups; one that has no name is None.
    """
    firsts, lasts = len(matched.same_first), len(matched.same_last)
    first, last, square = np.split(similarities, [firsts, firsts + lasts], axis=2)
    return evidence.Comparisons(
        same_first=first if firsts else None,
        same_last=last if lasts else None,
        crossed=_grid(claimed, first, last, square) if square.shape[2] else None,
        unmatched=matched.reason,
    )


def _grid(claimed: FloatArray, first: FloatArray, last: FloatArray, square: FloatArray) -> FloatArray:
    """Lay the names out as (prompts, photos, first names, last names), the claimed one at [0, 0]."""
    side = isqrt(square.shape[2])
    grid = np.empty((*claimed.shape, side + 1, side + 1), np.float32)
    grid[:, :, 0, 0] = claimed
    grid[:, :, 0, 1:] = first[:, :, :side]
    grid[:, :, 1:, 0] = last[:, :, :side]
    grid[:, :, 1:, 1:] = square.reshape(*claimed.shape, side, side)
    return grid


def judge(
    encoded: Encoded,
    *,
    tau: int,
    size: int | None = None,
    kept: Sequence[int] | None = None,
    attempts: int = 1,
) -> AuditResult:
    """Judge what was encoded, with a tau, a number of names and a choice of photos.

    Args:
        encoded: the similarities and what they are about.
        tau: prompts to win, in [1, prompts].
        size: candidate names, the claimed one included, in [2, all that were encoded]; None takes all.
        kept: indices of the photos to use, at least one; None takes all.
        attempts: different questions asked of these photos so far, this one included.
    Returns:
        The judgement; equal to that of a run which had encoded only these.
    Raises:
        IdiaError: no photo is left, or tau or size lies out of range.
    """
    total = len(encoded.pool.names)
    size = total if size is None else size
    chosen = list(range(len(encoded.photos)) if kept is None else kept)
    if not chosen:
        raise IdiaError("judge-no-photo-left")
    if not 2 <= size <= total:
        raise IdiaError("judge-names-out-of-range", size=size, total=total)
    check_tau(tau, len(encoded.prompts.templates))
    similarities = first_names(encoded.similarities[:, chosen], size)
    comparison = _comparison(encoded, chosen, size)
    predictions = rule.predict(similarities)
    votes = rule.tally(predictions, size)
    return AuditResult(
        encoded=encoded,
        names=(*encoded.pool.names[: size - 1], encoded.name),
        kept=tuple(chosen),
        similarities=similarities,
        predictions=predictions,
        votes=votes,
        verdict=rule.decide(votes, size - 1, tau),
        ranks=1 + (similarities[:, :, :-1] >= similarities[:, :, -1:]).sum(axis=2, dtype=np.int64),
        evidence=_evidence(encoded, similarities, chosen, tau, comparison, attempts),
        comparison=comparison,
    )


def check_tau(tau: int, prompts: int) -> None:
    """Refuse a tau that no number of prompts can reach, or that everybody reaches.

    Raises:
        IdiaError: tau lies outside 1..prompts.
    """
    if not 1 <= tau <= prompts:
        raise IdiaError("judge-tau-out-of-range", tau=tau, prompts=prompts)


def first_names(similarities: FloatArray, size: int) -> FloatArray:
    """Take the first names of the pool; the claimed one, the last, always stays."""
    if size == similarities.shape[2]:
        return similarities
    return np.concatenate([similarities[:, :, : size - 1], similarities[:, :, -1:]], axis=2)


def _comparison(encoded: Encoded, kept: Sequence[int], size: int) -> Comparison:
    main = View(encoded.crop, tuple(range(len(encoded.photos))), encoded.similarities)
    return compare((main, *encoded.views), kept, size, encoded.spec.is_sandbox)


def _evidence(
    encoded: Encoded,
    similarities: FloatArray,
    kept: Sequence[int],
    tau: int,
    comparison: Comparison,
    attempts: int,
) -> Evidence:
    size, near = similarities.shape[2], encoded.matched_similarities[:, list(kept)]
    comparisons = style_comparisons(similarities[:, :, -1], encoded.matched, near)
    if encoded.other_similarities.size:
        others = first_names(encoded.other_similarities, size)
        comparisons = replace(comparisons, name_prior=others)
    comparisons = replace(comparisons, attempts=attempts)
    comparisons = replace(comparisons, context=comparison.context, one_person=comparison.one_person)
    rng = np.random.default_rng(encoded.seed)
    return assess(similarities, size - 1, tau, rng, comparisons)
