"""How well a verdict is supported, as markup: the names it was compared with, and what each photo does for it."""

from __future__ import annotations

from markupsafe import Markup

from idia_core.audit.records import AuditResult
from idia_core.charts import groups_of
from idia_core.errors import Message
from idia_core.text import phrases, say, tell
from idia_core.ui.markup.templates import render

GROUPS = {"general": "group-general", "same_first": "group-first", "same_last": "group-last"}
"""Key of the words for each kind of names."""


def pool_sentence(result: AuditResult) -> str:
    """Say which names a verdict was won against; they decide how hard that was."""
    key = "pool-sandbox" if result.encoded.spec.is_sandbox else "pool"
    return say(key, others=len(result.names) - 1, known=result.known_names)


def groups_table(result: AuditResult) -> Markup:
    """Write the figure of the ranks as a table: each group, the name's place, and how often chance does as well.

    Args:
        result: the judgement.
    Returns:
        One row for each group of names, and why there is none of the same style, if there is none.
    """
    groups = groups_of(result)
    rows = [
        (
            say(GROUPS[group.kind], count=group.others.size),
            say("card-rank-value", rank=group.ranking.rank, names=group.ranking.decoys + 1),
            phrases.p_value(result.evidence.corrected(group.ranking.p_value)),
            group.best,
        )
        for group in groups
    ]
    crossed = result.evidence.matching.crossed
    if crossed is not None:
        place = say("card-rank-value", rank=crossed.rank, names=crossed.decoys + 1)
        words = say("group-crossed", count=crossed.decoys)
        p_value = result.evidence.corrected(crossed.p_value)
        rows.append((words, place, phrases.p_value(p_value), ""))
    matched = result.encoded.matched
    notes = [say("group-note") if len(groups) > 1 else tell(matched.reason or Message("group-only"))]
    notes += map(tell, matched.notes)
    return render("evidence.groups", rows=rows, notes=notes)


def influence_words(result: AuditResult) -> Markup:
    """Say which photo carries the verdict, and which speaks against it.

    Args:
        result: the judgement.
    Returns:
        One or two sentences; empty where there is but one photo.
    """
    influence, hits = result.evidence.stability.influence, result.verdict.hits
    if not influence:
        return Markup("")
    changes = [one.statistic_change for one in influence]
    most, least = changes.index(max(changes)), changes.index(min(changes))
    return render(
        "evidence.influence_words",
        hits=hits,
        without=[hits - one.hits_change for one in influence],
        most=result.kept[most] + 1 if changes[most] > 0 else None,
        least=result.kept[least] + 1 if changes[least] < 0 else None,
    )


def influence_table(result: AuditResult) -> Markup:
    """Write the figure of the photos' influence as a table.

    Args:
        result: the judgement.
    Returns:
        One row for each photo that took part, folded; empty where there is but one.
    """
    influence, hits = result.evidence.stability.influence, result.verdict.hits
    if not influence:
        return Markup("")
    rows = [
        (
            say("column-photo", number=photo + 1),
            f"{one.statistic_change:+.2f}",
            hits - one.hits_change,
            phrases.p_value(one.p_alone),
            phrases.p_value(one.p_without),
        )
        for photo, one in zip(result.kept, influence, strict=True)
    ]
    return render("evidence.influence", rows=rows)
