"""A result for people and for programs: text tables, and plain data ready for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from idia_core.attack.outcome import Advice, corrected
from idia_core.attack.rule import NOBODY
from idia_core.audit.records import AuditResult
from idia_core.audit.views import ODD_ONE_OUT
from idia_core.photos.photo import Finding
from idia_core.text import advise, phrases, say, say_all, tell, tell_whole


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
    judgement = evidence.judgement
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
        "outcome": judgement.outcome,
        "outcome_sentence": say(f"outcome-{judgement.outcome}-sentence"),
        "reasons": [
            {"check": reason.code, "state": reason.state, "sentence": tell(reason.message)}
            for reason in judgement.reasons
        ],
        "advice": [advice_sentence(advice, result.kept) for advice in judgement.advice],
        "p_value": _p_values(result),
        "attempts": evidence.attempts,
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


def advice_sentence(advice: Advice, kept: Sequence[int]) -> str:
    """Tell an advice; a photo's number counts all photos of the run, also those that are switched off.

    Args:
        advice: from a judgement.
        kept: indices of the run's photos that were judged.
    Returns:
        One sentence.
    """
    values = dict(advice.message.values)
    if advice.photo is not None:
        values["photo"] = kept[advice.photo] + 1
    return say(advice.message.code, **values)


def audit_table(result: AuditResult) -> str:
    """Write an audit as a table for a terminal.

    Args:
        result: the audit.
    Returns:
        Several lines.
    """
    parts = [*_verdict_parts(result), _doubts(result), _views(result), _photos(result), _prompts(result)]
    return "\n\n".join(part for part in parts if part)


def _verdict_parts(result: AuditResult) -> list[str]:
    """Say what was asked and what came out, reasons and advice included."""
    encoded, verdict, evidence = result.encoded, result.verdict, result.evidence
    judgement, names = evidence.judgement, len(result.names)
    title, sentence = (say(f"outcome-{judgement.outcome}-{part}") for part in ("title", "sentence"))
    photos = phrases.photo_count(len(result.kept))
    said = say("idia-member") if verdict.member else say("idia-not-member")
    counts = {"hits": verdict.hits, "prompts": verdict.prompts, "tau": verdict.tau}
    place = {"rank": evidence.general.rank, "names": names}
    chance = {"p": evidence.p_general, "smallest": evidence.smallest}
    correction = corrected(evidence.attempts)
    verdict_lines = [
        f"{title}. {sentence}",
        say("audit-verdict", said=said, **counts),
        say("audit-rank", corrected=correction, **place, **chance),
        say("audit-bound", bound=evidence.bound, corrected=correction),
    ]
    reason_lines = [f"- {tell(reason.message)}" for reason in judgement.reasons]
    reason_lines += [f"> {advice_sentence(advice, result.kept)}" for advice in judgement.advice]
    return [
        say("audit-head", name=encoded.name, model=encoded.spec.title, photos=photos, names=names),
        say("audit-sandbox") if encoded.spec.is_sandbox else "",
        "\n".join(verdict_lines),
        "\n".join(reason_lines),
    ]


def _photos(result: AuditResult) -> str:
    """Tabulate what the model answered to each photo."""
    rows = [say_all("audit-photo-columns")]
    for facts in (_photo_facts(result, at) for at in range(len(result.kept))):
        own = say("audit-count", count=facts["own"], total=result.verdict.prompts)
        rows.append((facts["label"], own, facts["answer"], f"{facts['median_rank']:,}"))
    return text_columns(rows)


def _prompts(result: AuditResult) -> str:
    """Tabulate who won each prompt."""
    rows = [say_all("audit-prompt-columns")]
    for facts in (_prompt_facts(result, at) for at in range(result.verdict.prompts)):
        votes = say("audit-count", count=facts["votes"], total=len(result.kept))
        rows.append((facts["template"], facts["winner"] or say("audit-tie"), votes))
    return text_columns(rows)


def _views(result: AuditResult) -> str:
    """Tabulate the photos shown in other ways; empty where there is nothing to compare."""
    view_results, prompts = result.comparison.view_results, result.verdict.prompts
    if len(view_results) < 2:
        return ""
    rows = [say_all("audit-view-columns")]
    for one in view_results:
        won = say("audit-count", count=one.hits, total=prompts)
        rows.append((say(f"audit-view-{one.kind}"), str(one.photos), won, f"{one.rank:,}"))
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
    return [
        {"shown": one.kind, "photos": one.photos, "hits": one.hits, "rank": one.rank, "p_value": one.p_value}
        for one in result.comparison.view_results
    ]


def _p_values(result: AuditResult) -> dict[str, Any]:
    evidence, matching = result.evidence, result.evidence.matching
    return {
        "general": evidence.p_general,
        "matched": matching.p_matched,
        "crossed": matching.p_crossed,
        "smallest": evidence.smallest,
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
