"""The right side as markup: outcome, numbers, reasons, tables, and a card for every photo.

Does not: draw a chart (`charts` does), or choose an outcome (`attack.outcome` does).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from idia_core.attack.outcome import corrected
from idia_core.attack.rule import NOBODY
from idia_core.audit import views
from idia_core.audit.records import AuditResult
from idia_core.audit.report import advice_sentence, doubts
from idia_core.charts import rivals_of
from idia_core.photos.photo import Finding, Refusal
from idia_core.text import say, tell
from idia_core.ui.markup import evidence as evidence_markup
from idia_core.ui.markup import photos as photo_markup
from idia_core.ui.markup.templates import render
from idia_core.ui.state import RunContext

BEST_SHOWN = 5
"""Names of the ranking that are listed."""
STATE_SIGNS = {"passed": "✓", "failed": "✗", "not_run": "○", "impossible": "–"}


@dataclass(frozen=True)
class Name:
    """A name among the model's answers."""

    text: str
    """The name, or words in its place."""
    own: bool = False
    """Whether it is the claimed one."""


@dataclass(frozen=True)
class ReasonLine:
    """One check as it is listed."""

    state: str
    """How it ended."""
    sign: str
    """The same as a sign."""
    sentence: str
    """The same in words."""
    note: str
    """What else is worth knowing about it; may be empty."""


@dataclass(frozen=True)
class CardFacts:
    """What the model said to one photo, over all prompts."""

    own: int
    """Prompts answered with the claimed name."""
    prompts: int
    """Prompts asked."""
    most: Name
    """The name that was answered most often."""
    times: int
    """How often that was."""
    rank: int
    """The claimed name's median rank."""


@dataclass(frozen=True)
class Card:
    """One photo of a run."""

    photo: int
    """Its index."""
    label: str
    """The file's name."""
    source: str
    """A small picture, as a data: address."""
    facts: CardFacts | None
    """None for a photo that is switched off."""
    doubts: tuple[Finding, ...]
    """What is doubtful about it."""


def welcome(has_examples: bool) -> Markup:
    """Fill the empty right side: what this is, in five steps, and where to begin."""
    return render("results.welcome", has_examples=has_examples)


def outcome(result: AuditResult, context: RunContext) -> Markup:
    """Say the outcome in one sentence and one colour, the paper's verdict beside it, and the three numbers.

    Args:
        result: the judgement.
        context: what else the page knows of the run.
    Returns:
        The first thing to read.
    """
    return render(
        "results.outcome",
        result=result,
        context=context,
        pool=evidence_markup.pool_sentence(result),
        reasons=_why(result, context),
        advice=[advice_sentence(one, result.kept) for one in result.evidence.judgement.advice],
        correction=corrected(result.evidence.attempts),
    )


def ranking_table(result: AuditResult) -> Markup:
    """List the best names, and the claimed one wherever it stands."""
    ranking = result.evidence.general
    order = np.argsort(-ranking.statistic, kind="stable")
    best = [int(at) for at in order[:BEST_SHOWN]]
    shown = best if result.claimed_index in best else [*best, result.claimed_index]
    rows = [
        (
            f"{ranking.rank if at == result.claimed_index else place:,}",
            _named(result, at),
            f"{ranking.statistic[at]:+.2f}",
        )
        for place, at in enumerate(shown, start=1)
    ]
    return render("results.ranking", rows=rows, known=result.known_names)


def legend() -> Markup:
    """Explain the three kinds of answers, by sign and colour."""
    return render("results.legend")


def answers_table(result: AuditResult) -> Markup:
    """Write the matrix as a table: every answer by name."""
    rows = [
        (_sentence(template), *(_named(result, int(at)) for at in answers))
        for template, answers in zip(result.encoded.prompts.templates, result.predictions, strict=True)
    ]
    return render("results.answers", photos=[photo + 1 for photo in result.kept], rows=rows)


def votes_table(result: AuditResult) -> Markup:
    """Write the votes as a table: winner, votes for this name, votes for the strongest other."""
    rows = [
        (
            _sentence(template),
            Name(say("tie")) if winner == NOBODY else _named(result, int(winner)),
            int(votes[result.claimed_index]),
            0 if rival == NOBODY else int(votes[rival]),
            "" if rival == NOBODY else result.names[rival],
        )
        for template, winner, votes, rival in zip(
            result.encoded.prompts.templates,
            result.verdict.winners,
            result.votes,
            rivals_of(result),
            strict=True,
        )
    ]
    return render("results.votes", rows=rows)


def cards(result: AuditResult, context: RunContext) -> Markup:
    """Show every photo of the run: what the model answered, how the name ranked, and a switch.

    Args:
        result: the judgement; photos that are switched off are not in it.
        context: the thumbnails.
    Returns:
        One card for each photo, switched off or not.
    """
    column = {photo: at for at, photo in enumerate(result.kept)}
    every = [
        Card(
            photo=photo,
            label=note.label,
            source=context.thumbnails[photo],
            facts=_card_facts(result, column[photo]) if photo in column else None,
            doubts=tuple(doubts(result, photo)),
        )
        for photo, note in enumerate(result.encoded.photos)
    ]
    return render("results.cards", cards=every, names=len(result.names))


def heading(title: str, text: str) -> Markup:
    """Head one part of the page."""
    return render("parts.head", title=title, text=text)


def limits() -> Markup:
    """Say what a verdict does not show."""
    return render("results.limits")


def _why(result: AuditResult, context: RunContext) -> list[ReasonLine]:
    """List the checks, those that decided first and those that were not made last."""
    judgement = result.evidence.judgement
    skipped = ("not_run", "impossible")
    ordered = sorted(
        judgement.reasons, key=lambda one: (one.code not in judgement.decided_by, one.state in skipped)
    )
    return [
        ReasonLine(
            state=reason.state,
            sign=STATE_SIGNS[reason.state],
            sentence=tell(reason.message),
            note=context.others_note if reason.code == "name_prior" else "",
        )
        for reason in ordered
    ]


def _card_facts(result: AuditResult, column: int) -> CardFacts:
    answers = result.predictions[:, column]
    names, counts = np.unique(answers, return_counts=True)
    return CardFacts(
        own=int((answers == result.claimed_index).sum()),
        prompts=answers.size,
        most=_named(result, int(names[counts.argmax()])),
        times=int(counts.max()),
        rank=int(np.median(result.ranks[:, column])),
    )


def _named(result: AuditResult, at: int) -> Name:
    return Name(result.names[at], at == result.claimed_index)


def _sentence(template: str) -> str:
    return template.replace("{0}", "…")


def view_comparison(result: AuditResult, samples: Mapping[str, str], left_out: Sequence[Refusal]) -> Markup:
    """Show the model's answers to the photos whole, cut to the face, and with the face covered, side by side.

    Args:
        result: the judgement.
        samples: a picture for each view, as a data: address.
        left_out: photos that could not be shown in the way that was asked for.
    Returns:
        One column for each view; empty where there is one view only.
    """
    view_results = result.comparison.view_results
    if len(view_results) < 2:
        return photo_markup.left_out(left_out)
    carrier = views.name_carrier(view_results, result.verdict.tau)
    return render("results.ways", result=result, carrier=carrier, samples=samples, left_out=left_out)
