"""The view "How far can I trust this?" as markup: tabs, pictures, captions, tables, the calculator's answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from idia_core.attack.evidence import clopper_pearson, false_alarm_bound
from idia_core.attack.outcome import GENERAL_LEVEL
from idia_core.attack.prompts import render as fill_prompt
from idia_core.attack.rule import NOBODY
from idia_core.audit.records import AuditResult
from idia_core.evaluation import rules
from idia_core.evaluation.published import DECOYS_ROWS, PAPER_ALARMS, PAPER_RUNS
from idia_core.evaluation.records import Evaluation, Rate, Row
from idia_core.evaluation.uniformity import Uniformity
from idia_core.sandbox.examples import Example
from idia_core.text import attribute, has, say, say_all, slug
from idia_core.ui.markup.templates import render
from idia_core.ui.state import RunContext

PHOTO, PROMPT = 0, 2
"""Which photo and which prompt the pictures follow; the prompt is "a photo of ..." in the paper's set."""
PROMPTS_SHOWN, NAMES_SHOWN = (2, 4, 12), 2
"""Prompts and other names of the second picture."""
GROSS = 0.01
"""A gap of the p-values that chance makes as large less often than this is called a fault."""
LEAST = 0.0001
"""The smallest probability that is written out."""


def tabs() -> Markup:
    """Offer the two views of the right side."""
    return render("trust.tabs")


def head(title: str, text: str) -> Markup:
    """Head one part of the view."""
    return render("parts.head", title=title, text=text)


def title(text: str) -> Markup:
    """Head one chart."""
    return render("trust.title", text=text)


def note(text: str) -> Markup:
    """Add a word below."""
    return render("parts.fine", text=text)


def people(everybody: Sequence[Example]) -> Markup:
    """Offer the invented people; a click runs one and draws the pictures."""
    return render("trust.people", everybody=everybody)


def picture_head(number: int) -> Markup:
    """Head one of the five pictures, from 1."""
    return render("trust.picture_head", number=number)


def photos_picture(result: AuditResult, context: RunContext) -> Markup:
    """Show the portraits of the run."""
    return render("trust.photos_picture", result=result, context=context)


def prompts_picture(result: AuditResult) -> Markup:
    """Show some names in some prompts, the claimed one first."""
    templates = result.encoded.prompts.templates
    shown = [at for at in PROMPTS_SHOWN if at < len(templates)] or [0]
    names = (result.encoded.name, *result.names[:NAMES_SHOWN])
    return render(
        "trust.prompts_picture",
        result=result,
        filled=[(name, *_around(templates[at])) for at in shown for name in names],
        names_left=len(result.names) - len(names),
        prompts_left=len(templates) - len(shown),
        known=result.known_names,
    )


def cell_caption(result: AuditResult) -> Markup:
    """Say what the third picture shows."""
    choice = int(result.predictions[_prompt(result), PHOTO])
    return _caption(
        say(
            "trust-cell-caption",
            photo=result.kept[PHOTO] + 1,
            prompt=_spoken(result),
            names=len(result.names),
            rank=int(result.ranks[_prompt(result), PHOTO]),
            choice=say("trust-this-name") if choice == result.claimed_index else result.names[choice],
        )
    )


def vote_caption(result: AuditResult) -> Markup:
    """Say what the fourth picture shows."""
    prompt = _prompt(result)
    winner = int(result.verdict.winners[prompt])
    if winner == NOBODY:
        said = say("trust-vote-tie")
    else:
        said = (
            say("trust-vote-won")
            if winner == result.claimed_index
            else say("trust-vote-lost", name=result.names[winner])
        )
    own = int(result.votes[prompt, result.claimed_index])
    return _caption(
        say("trust-vote-caption", prompt=_spoken(result), photos=len(result.kept), own=own, winner=said)
    )


def won_caption(result: AuditResult, member: bool) -> Markup:
    """Say what the fifth picture shows, and whether the rule is right.

    Args:
        result: the judgement.
        member: whether the model was trained on the person.
    Returns:
        Two paragraphs.
    """
    return render(
        "trust.won_caption",
        verdict=result.verdict,
        outcome=result.evidence.judgement.outcome,
        right=result.verdict.member == member,
    )


def bound_answer(tau: int, names: int, models: int, prompts: int) -> Markup:
    """Answer the calculator: the bound as a number, and what it means."""
    bound = false_alarm_bound(prompts, tau, names, models)
    return render(
        "trust.bound_answer",
        bound=percent(bound),
        people=f"{100 * bound:.3g}",
        winners=min(prompts // tau, names),
        names=names,
        tau=tau,
        prompts=prompts,
        models=models,
    )


def measured_table(measured: Evaluation) -> Markup:
    """Write the measured curves as a table, with the command that repeats them."""
    rows = [
        (
            str(row.photos),
            *(share(row.tpr), span(row.tpr)),
            *(share(row.fpr), span(row.fpr)),
            f"{row.tpr.people:,} + {row.fpr.people:,}",
        )
        for row in measured.rows
    ]
    return render("trust.measured", rows=rows, photos=",".join(str(row.photos) for row in measured.rows))


def training_table(measured: Evaluation) -> Markup:
    """Write members found by training portraits as a table."""
    levels = [str(level) for level, _ in measured.rows[0].by_training]
    rows = [(str(row.photos), *(share(rate) for _, rate in row.by_training)) for row in measured.rows]
    return table((say("trust-photos-axis"), *levels), rows)


def rule_key(code: str) -> str:
    """Return the key of a rule's title; `text.has` tells whether the page speaks of the rule at all."""
    return "trust-rule-titles-" + slug(code)


def rules_table(row: Row) -> Markup:
    """Write the rules as a table, for one number of photos."""
    rows = [
        (say(rule_key(one.rule)), share(one.tpr), span(one.tpr), share(one.fpr), span(one.fpr))
        for one in row.rules
        if has(rule_key(one.rule))
    ]
    return table(say_all("trust-rule-columns"), rows)


def paper_table(measured: Evaluation | None) -> Markup:
    """Lay the paper's figures beside ours, every count with its interval."""
    rows: list[tuple[str, ...]] = []
    for number in range(1, PAPER_RUNS + 1):
        key = f"trust-paper-run-{number}"
        if number in PAPER_ALARMS:
            count, trials = PAPER_ALARMS[number]
            ends = clopper_pearson(count, trials)
            alarms = say("trust-paper-count", count=count, trials=trials, low=ends.low, high=ends.high)
        else:
            alarms = attribute(key, "fpr")
        rows.append((say(key), attribute(key, "photos"), attribute(key, "tpr"), alarms))
    for row in measured.rows if measured else ():
        run = say("trust-paper-ours", members=row.tpr.people, others=row.fpr.people)
        rows.append((run, str(row.photos), *(_with_interval(rate) for rate in (row.tpr, row.fpr))))
    return render("trust.paper", rows=rows, high=clopper_pearson(0, 18).high)


def decoys_table() -> Markup:
    """Write how the other names decided the rate on real photographs."""
    rows = [
        (str(photos), percent(random), "–" if known is None else percent(known), percent(alarms))
        for photos, random, known, alarms in DECOYS_ROWS
    ]
    return table(say_all("trust-decoys-columns"), rows, folded=False)


def outcomes_table(row: Row) -> Markup:
    """Write which outcomes members and non-members got."""
    rows = [
        (f"“{say(f'outcome-{one.outcome}-title')}”", percent(one.members), percent(one.non_members))
        for one in row.outcomes
        if one.members is not None and one.non_members is not None
    ]
    return table(say_all("trust-outcomes-columns"), rows, folded=False)


def spread_note(spread: Uniformity) -> Markup:
    """Say whether p-values are spread as they should be."""
    if spread.too_small == 0:
        return note(say("trust-spread-none", people=spread.people))
    key = "trust-spread-bad" if spread.chance <= GROSS else "trust-spread-fine"
    chance, gap = percent(max(spread.chance, LEAST)), percent(spread.too_small)
    return note(say(key, people=spread.people, gap=gap, chance=chance))


def blind_note(measured: Evaluation) -> Markup:
    """Set a guess by name beside the rules."""
    if measured.name_baseline is None:
        return Markup("")
    members, others = (share(rate) for rate in measured.name_baseline)
    return note(say("trust-blind", members=members, others=others))


def weak(measured: Evaluation | None) -> Markup:
    """List where the method is weaker than hoped, as measured, and what a verdict does not show."""
    points = (*(_weak_points(measured) if measured else ()), *say_all("trust-weak"), *say_all("limits"))
    return render("trust.weak", points=points)


def _weak_points(measured: Evaluation) -> Iterator[str]:
    row = measured.rows[-1]
    for level, rate in row.by_training[:1]:
        if level == 1:
            yield say("trust-weak-rare", found=share(rate), photos=row.photos)
    codes = (rule.code for rule in (rules.STRONG, rules.GENERAL, rules.MATCHED, rules.CROSSED))
    strong, general, matched, crossed = (row.rule(code) for code in codes)
    if strong:
        yield say("trust-weak-strong", found=share(strong.tpr), idia=share(row.tpr), photos=row.photos)
    if general and general.fpr.interval and general.fpr.interval[0] > GENERAL_LEVEL:
        alarms = f"{share(general.fpr)} ({span(general.fpr)})"
        yield say("trust-weak-general", alarms=alarms, level=percent(GENERAL_LEVEL), photos=row.photos)
    if matched:
        yield say("trust-weak-matched", found=share(matched.tpr), alarms=share(matched.fpr))
    if crossed:
        yield say("trust-weak-crossed", found=share(crossed.tpr), alarms=share(crossed.fpr))
    for kind, spread in row.p_values:
        if spread.chance <= GROSS and has("trust-spread-titles-" + kind):
            yield say("trust-weak-spread", kind=say("trust-spread-titles-" + slug(kind)))


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], folded: bool = True) -> Markup:
    """Write a table, the first cell of a row its heading.

    Args:
        columns: titles.
        rows: as many cells each.
        folded: whether it opens on a click only.
    Returns:
        The table.
    """
    return render("trust.figures", titles=columns, rows=rows, folded=folded)


def percent(rate: float) -> str:
    """Write a rate with the digits that tell it from nothing and from everything."""
    if rate in (0.0, 1.0):
        return f"{rate:.0%}"
    return f"{rate:.0%}" if 0.1 <= rate <= 0.995 else f"{rate:.2%}" if rate < 0.01 else f"{rate:.1%}"


def share(rate: Rate) -> str:
    """Write a measured rate; a dash where there was nobody."""
    return "–" if rate.mean is None else percent(rate.mean)


def span(rate: Rate) -> str:
    """Write the interval of a measured rate; a dash where there was nobody."""
    return "–" if rate.interval is None else " to ".join(percent(end) for end in rate.interval)


def _with_interval(rate: Rate) -> str:
    if rate.mean is None or rate.interval is None:
        return "–"
    return f"{rate.mean:.3f} ({rate.interval[0]:.3f} to {rate.interval[1]:.3f})"


def _prompt(result: AuditResult) -> int:
    return min(PROMPT, len(result.encoded.prompts.templates) - 1)


def _spoken(result: AuditResult) -> str:
    return result.encoded.prompts.templates[_prompt(result)].replace("{0}", "…")


def _around(template: str) -> tuple[str, str]:
    """Return what stands before and after the name in a template."""
    before, _, after = fill_prompt(template, "\0").partition("\0")
    return before, after


def _caption(text: str) -> Markup:
    return render("parts.paragraph", text=text)
