"""A result for people and for programs: text tables, and plain data ready for JSON.

Does not: compute a number that the result lacks, or hold anything of a photo but its label and digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from idia_core.attack.outcome import Reason
from idia_core.attack.rule import NOBODY
from idia_core.audit.records import AuditResult
from idia_core.audit.views import ODD_ONE_OUT
from idia_core.photos.photo import Finding
from idia_core.text import advise, tell, tell_whole

SANDBOX_WARNING = "Sandbox: this model knows invented people only. It says nothing about a real person."


def text_columns(rows: Sequence[Sequence[str]]) -> str:
    """Align rows of text, the first one a heading.

    Args:
        rows: all of one length.
    Returns:
        Lines joined by newlines, columns two spaces apart.
    """
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def audit_facts(result: AuditResult) -> dict[str, Any]:
    """Turn an audit into data for JSON.

    Args:
        result: the audit.
    Returns:
        The paper's verdict (`idia`), what every photo and every prompt said, and how far to trust it.
    """
    encoded, verdict, evidence = result.encoded, result.verdict, result.evidence
    return {
        "model": encoded.spec.key,
        "sandbox": encoded.spec.is_sandbox,
        "fingerprint": encoded.fingerprint,
        "name": encoded.name,
        "photos": len(result.kept),
        "names": len(result.names),
        "names_known": result.known_names,
        "prompt_set": encoded.prompts.id,
        "seed": encoded.seed,
        "idia": {
            "hits": verdict.hits,
            "prompts": verdict.prompts,
            "tau": verdict.tau,
            "member": verdict.member,
        },
        "outcome": evidence.judgement.outcome,
        "outcome_sentence": evidence.judgement.sentence,
        "reasons": [
            {"check": reason.code, "state": reason.state, "sentence": reason_sentence(reason)}
            for reason in evidence.judgement.reasons
        ],
        "advice": [advice.sentence for advice in evidence.judgement.advice],
        "p_value": _p_values(result),
        "bound": evidence.bound,
        "controls": [
            {"kind": control.kind, "photos": control.photos, "hits": control.hits, "fired": control.fired}
            for control in evidence.controls
        ],
        "crop": encoded.crop,
        "views": _view_facts(result),
        "stability": _stability(result),
        "per_photo": [_photo_facts(result, at) for at in range(len(result.kept))],
        "per_prompt": [_prompt_facts(result, at) for at in range(verdict.prompts)],
    }


def reason_sentence(reason: Reason) -> str:
    """Say how a check ended and, where it cannot be made, why."""
    return reason.sentence if reason.cause is None else f"{reason.sentence} {tell(reason.cause)}"


def audit_table(result: AuditResult) -> str:
    """Write an audit as a table for a terminal.

    Args:
        result: the audit.
    Returns:
        Several lines.
    """
    encoded, verdict, judgement = result.encoded, result.verdict, result.evidence.judgement
    general = result.evidence.general
    lines = [
        f"{encoded.name} · {encoded.spec.title} · {len(result.kept)} photos · {len(result.names):,} names",
        "",
    ]
    if encoded.spec.is_sandbox:
        lines += [SANDBOX_WARNING, ""]
    said = "member" if verdict.member else "not a member"
    lines += [
        f"{judgement.title}. {judgement.sentence}",
        f"IDIA, the paper's rule: {said}. Prompts won: {verdict.hits} of {verdict.prompts}; tau {verdict.tau}.",
        f"Rank {general.rank:,} of {len(result.names):,} names; p-value {general.p_value:.4f}"
        f" (it cannot go below {general.smallest:.4f}).",
        "For a name no different from the others, chance alone says member in at most "
        f"{result.evidence.bound:.1%} of cases.",
        "",
    ]
    lines += [f"- {reason_sentence(reason)}" for reason in judgement.reasons]
    lines += [f"> {advice.sentence}" for advice in judgement.advice]
    photo_rows = [("PHOTO", "PROMPTS NAMING IT SO", "MOST FREQUENT ANSWER", "MEDIAN RANK")]
    for facts in (_photo_facts(result, at) for at in range(len(result.kept))):
        photo_rows.append(
            (
                facts["label"],
                f"{facts['own']} of {verdict.prompts}",
                facts["answer"],
                f"{facts['median_rank']:,}",
            )
        )
    prompt_rows = [("PROMPT", "WINNER", "VOTES FOR THE NAME")]
    for facts in (_prompt_facts(result, at) for at in range(verdict.prompts)):
        winner = facts["winner"] or "(tie: nobody)"
        prompt_rows.append((facts["template"], winner, f"{facts['votes']} of {len(result.kept)}"))
    parts = [_doubts(result), _views(result), text_columns(photo_rows), text_columns(prompt_rows)]
    return "\n\n".join(["\n".join(lines), *(part for part in parts if part)])


VIEW_WORDS = {"whole": "whole photo", "face": "face only", "covered": "face covered"}


def _views(result: AuditResult) -> str:
    """Tabulate the photos shown in other ways; empty where there is nothing to compare."""
    view_results, verdict = result.comparison.view_results, result.verdict
    if len(view_results) < 2:
        return ""
    rows = [("SHOWN", "PHOTOS", "PROMPTS WON", "PLACE OF THE NAME")]
    for one in view_results:
        cells = (str(one.photos), f"{one.hits} of {verdict.prompts}", f"{one.rank:,}")
        rows.append((VIEW_WORDS[one.kind], *cells))
    return text_columns(rows)


def _doubts(result: AuditResult) -> str:
    """List what is doubtful about the photos; empty where nothing is."""
    noted = [(at, result.encoded.photos[at].label) for at in result.kept]
    lines = [f"{label}: {tell_whole(one)}" for at, label in noted for one in doubts(result, at)]
    return "\n".join(f"? {line}".rstrip() for line in lines)


def doubts(result: AuditResult, photo: int) -> tuple[Finding, ...]:
    """Gather all doubts about one of a run's photos.

    Args:
        result: the audit.
        photo: its index in the run.
    Returns:
        Those about its file and its face, and whether the model takes it for somebody else's.
    """
    note = result.encoded.photos[photo]
    return (*note.findings, *((ODD_ONE_OUT,) if photo in result.comparison.odd_ones else ()))


def _view_facts(result: AuditResult) -> list[dict[str, Any]]:
    keys = ("photos", "hits", "rank", "p_value")
    return [
        {"shown": one.kind, **{key: getattr(one, key) for key in keys}}
        for one in result.comparison.view_results
    ]


def _p_values(result: AuditResult) -> dict[str, Any]:
    evidence, matching = result.evidence, result.evidence.matching
    return {
        "general": evidence.p_general,
        "matched": matching.p_matched,
        "crossed": matching.p_crossed,
        "smallest": evidence.general.smallest,
        "decoys": {
            "general": evidence.general.decoys,
            "same_first": matching.same_first.decoys if matching.same_first else 0,
            "same_last": matching.same_last.decoys if matching.same_last else 0,
            "crossed": matching.crossed.decoys if matching.crossed else 0,
        },
    }


def _stability(result: AuditResult) -> dict[str, Any]:
    stability = result.evidence.stability
    return {
        "resamples": stability.resamples,
        "same_verdict": stability.same_verdict,
        "curve": [
            {"photos": point.photos, "draws": point.draws, "member_share": point.member_share}
            for point in stability.curve
        ],
    }


def _photo_facts(result: AuditResult, at: int) -> dict[str, Any]:
    note = result.encoded.photos[result.kept[at]]
    predictions = result.predictions[:, at].tolist()
    answer = max(dict.fromkeys(predictions), key=predictions.count)
    return {
        "label": note.label,
        "digest": note.digest,
        "findings": [
            {"code": one.code, "message": tell(one), "hint": advise(one)}
            for one in doubts(result, result.kept[at])
        ],
        "own": predictions.count(result.claimed_index),
        "answer": result.names[answer],
        "answer_prompts": predictions.count(answer),
        "median_rank": int(sorted(result.ranks[:, at].tolist())[result.verdict.prompts // 2]),
    }


def _prompt_facts(result: AuditResult, at: int) -> dict[str, Any]:
    winner = int(result.verdict.winners[at])
    votes = result.votes[at]
    return {
        "template": result.encoded.prompts.templates[at],
        "winner": None if winner == NOBODY else result.names[winner],
        "won": winner == result.claimed_index,
        "votes": int(votes[result.claimed_index]),
        "most_votes": int(votes.max()),
    }
