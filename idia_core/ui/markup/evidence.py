"""How well a verdict is supported, as markup: the names it was compared with, and what each photo does for it.

Does not: draw a chart (`charts` does), or decide what counts as good support (`outcome` does).
"""

from __future__ import annotations

from markupsafe import Markup

from idia_core.audit.records import AuditResult
from idia_core.charts import RIVAL_SIGN, YOU_SIGN, groups_of
from idia_core.errors import Message
from idia_core.text import phrases, say, say_all, tell

GROUPS = {"general": "group-general", "same_first": "group-first", "same_last": "group-last"}
"""Key of the words for each kind of names."""

WIDE_TABLE = Markup('<div class="wide" tabindex="0" role="region" aria-label="Table">')
"""Around a table that may scroll sideways: the keyboard must reach it too."""


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
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>').format(
            say(GROUPS[group.kind], count=group.others.size),
            say("card-rank-value", rank=group.ranking.rank, names=group.ranking.decoys + 1),
            phrases.p_value(result.evidence.corrected(group.ranking.p_value)),
            group.best,
        )
        for group in groups
    )
    crossed = result.evidence.matching.crossed
    if crossed is not None:
        place = say("card-rank-value", rank=crossed.rank, names=crossed.decoys + 1)
        rows += Markup('<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td></td></tr>').format(
            say("group-crossed", count=crossed.decoys),
            place,
            phrases.p_value(result.evidence.corrected(crossed.p_value)),
        )
    head = Markup("").join(
        Markup('<th scope="col">{}</th>').format(title) for title in say_all("group-columns")
    )
    matched = result.encoded.matched
    notes = [say("group-note") if len(groups) > 1 else tell(matched.reason or Message("group-only"))]
    notes += map(tell, matched.notes)
    return Markup(
        '{}<table class="groups"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
        '<p class="fine">{}</p>'
    ).format(WIDE_TABLE, head, rows, " ".join(notes))


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
    without = [hits - one.hits_change for one in influence]
    same = len(set(without)) == 1
    sentences = [
        say(
            "influence-same" if same else "influence-range", hits=hits, fewest=min(without), most=max(without)
        )
    ]
    if changes[most] > 0:
        sentences.append(say("influence-most", sign=YOU_SIGN, number=result.kept[most] + 1))
    if changes[least] < 0:
        sentences.append(say("influence-least", sign=RIVAL_SIGN, number=result.kept[least] + 1))
    return Markup("<p>{}</p>").format(" ".join(sentences))


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
    rows = Markup("").join(
        Markup('<tr><th scope="row">photo {}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>').format(
            photo + 1,
            f"{one.statistic_change:+.2f}",
            hits - one.hits_change,
            phrases.p_value(one.p_alone),
            phrases.p_value(one.p_without),
        )
        for photo, one in zip(result.kept, influence, strict=True)
    )
    head = Markup("").join(
        Markup('<th scope="col">{}</th>').format(title) for title in say_all("influence-columns")
    )
    return Markup(
        '<details class="fold"><summary>{}</summary><div class="scroll"><table><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div></details>"
    ).format(say("table-open"), head, rows)
