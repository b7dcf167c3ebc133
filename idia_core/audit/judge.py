"""Similarities judged: votes, verdict, ranks, evidence, for one choice of tau, names and photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isqrt

import numpy as np

from idia_core.attack import evidence
from idia_core.attack.evidence import assess, run_attack
from idia_core.attack.rule import FloatArray
from idia_core.audit.records import AuditResult, Encoded, StyleSimilarities
from idia_core.audit.views import View, ViewAttack, attack_view, compare, first_names
from idia_core.errors import IdiaError
from idia_core.names import Matched


def style_comparisons(
    claimed: FloatArray, matched: Matched, style: StyleSimilarities
) -> evidence.Comparisons:
    """Lay out the similarities of the names of the claimed one's style as they are ranked.

    Args:
        claimed: (prompts, photos) of the claimed name.
        matched: the matched names.
        style: the similarities of these names, and of those that cross them.
    Returns:
        The groups; one that has no name is None.
    """
    first, last = style.same_first, style.same_last
    return evidence.Comparisons(
        same_first=first if first.shape[2] else None,
        same_last=last if last.shape[2] else None,
        crossed=_grid(claimed, style) if style.crossed.shape[2] else None,
        unmatched=matched.reason,
    )


def _grid(claimed: FloatArray, style: StyleSimilarities) -> FloatArray:
    """Lay the names out as (prompts, photos, first names, last names), the claimed one at [0, 0]."""
    side = isqrt(style.crossed.shape[2])
    grid = np.empty((*claimed.shape, side + 1, side + 1), np.float32)
    grid[:, :, 0, 0] = claimed
    grid[:, :, 0, 1:] = style.same_first[:, :, :side]
    grid[:, :, 1:, 0] = style.same_last[:, :, :side]
    grid[:, :, 1:, 1:] = style.crossed.reshape(*claimed.shape, side, side)
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
        attempts: different questions asked so far, this one included (other names, spellings, models, choices);
            p-values and the bound are corrected for it.
    Returns:
        The judgement; equal to that of a run which had encoded only these.
    Raises:
        IdiaError: no photo is left, or tau or size lies out of range.
        ValueError: attempts is below 1.
    """
    total = len(encoded.pool.names)
    size = total if size is None else size
    chosen = list(range(len(encoded.photos)) if kept is None else kept)
    if not chosen:
        raise IdiaError("judge-no-photo-left")
    if not 2 <= size <= total:
        raise IdiaError("judge-names-out-of-range", size=size, total=total)
    check_tau(tau, len(encoded.prompts.templates))
    attacks = _attack_views(encoded, chosen, size, tau)
    comparison = compare(attacks, encoded.spec.is_sandbox)
    comparisons = replace(_comparisons(encoded, attacks), one_person=comparison.one_person, attempts=attempts)
    main = attacks[0].attack
    return AuditResult(
        encoded=encoded,
        names=(*encoded.pool.names[: size - 1], encoded.name),
        kept=tuple(chosen),
        similarities=main.similarities,
        predictions=main.predictions,
        votes=main.votes,
        verdict=main.verdict,
        ranks=1 + (main.similarities[:, :, :-1] >= main.similarities[:, :, -1:]).sum(axis=2, dtype=np.int64),
        evidence=assess(main, np.random.default_rng(encoded.seed), comparisons),
        comparison=comparison,
    )


def check_tau(tau: int, prompts: int) -> None:
    """Refuse a tau that no number of prompts can reach, or that everybody reaches.

    Raises:
        IdiaError: tau lies outside 1..prompts.
    """
    if not 1 <= tau <= prompts:
        raise IdiaError("judge-tau-out-of-range", tau=tau, prompts=prompts)


def _attack_views(encoded: Encoded, kept: Sequence[int], size: int, tau: int) -> list[ViewAttack]:
    """Run the attack once on each view of the photos; first on that of the verdict."""
    main = View(encoded.crop, tuple(range(len(encoded.photos))), encoded.similarities)
    attacks = (attack_view(view, kept, size, tau) for view in (main, *encoded.views))
    return [one for one in attacks if one is not None]


def _comparisons(encoded: Encoded, attacks: Sequence[ViewAttack]) -> evidence.Comparisons:
    """Gather what else was measured than the verdict's own attack, the first of these."""
    main = attacks[0].attack
    size, tau = main.similarities.shape[2], main.verdict.tau
    style = encoded.style.of_photos(attacks[0].photos)
    others = encoded.other_similarities
    return replace(
        style_comparisons(main.similarities[:, :, -1], encoded.matched, style),
        name_prior=run_attack(first_names(others, size), size - 1, tau) if others.size else None,
        context=next((one.attack for one in attacks if one.kind == "covered"), None),
    )
