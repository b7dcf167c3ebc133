"""The view "How far can I trust this?" as markup: tabs, pictures, captions, tables, the calculator's answer.

Does not: draw a chart (`charts` does), run anything, or place a component (`trust` does).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from idia_core.attack.evidence import clopper_pearson, false_alarm_bound
from idia_core.attack.outcome import GENERAL_LEVEL, OUTCOMES
from idia_core.attack.prompts import render
from idia_core.attack.rule import NOBODY
from idia_core.audit.records import AuditResult
from idia_core.charts import YOU_SIGN
from idia_core.evaluation.published import DECOYS_ROWS, PAPER_ALARMS, PAPER_RUNS
from idia_core.evaluation.uniformity import Uniformity
from idia_core.sandbox.examples import Example
from idia_core.text import attribute, has, phrases, say, say_all, slug
from idia_core.ui.markup.evidence import WIDE_TABLE
from idia_core.ui.markup.rates import Cell, Line, Measured, rule_key
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
    return Markup(
        '<div role="tablist" class="views"><button type="button" role="tab" id="tab-answer" aria-selected="true"'
        ' aria-controls="view-answer" data-view="answer">{}</button><button type="button" role="tab" id="tab-trust"'
        ' aria-selected="false" aria-controls="view-trust" tabindex="-1" data-view="trust">{}</button></div>'
    ).format(say("trust-answer-tab"), say("trust-tab"))


def head(title: str, text: str) -> Markup:
    """Head one part of the view."""
    return Markup('<div class="head"><h2>{}</h2><p>{}</p></div>').format(title, text)


def title(text: str) -> Markup:
    """Head one chart."""
    return Markup('<h3 class="chart-title">{}</h3>').format(text)


def note(text: str) -> Markup:
    """Add a word below."""
    return Markup('<p class="fine">{}</p>').format(text)


def people(everybody: Sequence[Example]) -> Markup:
    """Offer the invented people; a click runs one and draws the pictures."""
    buttons = Markup("").join(
        Markup('<li><button type="button" data-person="{}"><b>{}</b> <span>{}</span></button></li>').format(
            person.key, person.name, phrases.example_caption(person.training_photos)
        )
        for person in everybody
    )
    if not everybody:
        return Markup("<p>{}</p>").format(say("trust-pictures-none"))
    return Markup('<ul class="people">{}</ul>').format(buttons)


def picture_head(number: int) -> Markup:
    """Head one of the five pictures, from 1."""
    return Markup('<h3 class="picture-head"><i>{}</i> {}</h3>').format(
        number, say("trust-picture-titles-" + str(number - 1 + 1))
    )


def photos_picture(result: AuditResult, context: RunContext) -> Markup:
    """Show the portraits of the run."""
    thumbs = Markup("").join(
        Markup('<li><img src="{}" alt=""></li>').format(one) for one in context.thumbnails
    )
    caption = say(
        "trust-photos-caption", photos=len(result.kept), name=result.encoded.name, truth=context.known_truth
    )
    return Markup('<ul class="portraits">{}</ul>').format(thumbs) + _caption(caption)


def prompts_picture(result: AuditResult) -> Markup:
    """Show some names in some prompts, the claimed one first."""
    templates = result.encoded.prompts.templates
    shown = [at for at in PROMPTS_SHOWN if at < len(templates)] or [0]
    names = (result.encoded.name, *result.names[:NAMES_SHOWN])
    rows = Markup("").join(
        Markup("<li>{}{}</li>").format(
            Markup('<i class="own">{}</i> ').format(YOU_SIGN) if name == names[0] else "",
            _filled(templates[at], name),
        )
        for at in shown
        for name in names
    )
    more = say(
        "trust-prompts-more", names=len(result.names) - len(names), prompts=len(templates) - len(shown)
    )
    caption = say(
        "trust-prompts-caption",
        names=len(result.names),
        prompts=len(templates),
        sentences=len(result.names) * len(templates),
        seed=result.encoded.seed,
        known=result.known_names,
    )
    return Markup('<ul class="sentences">{}</ul><p class="fine">{}</p>{}').format(
        rows, more, _caption(caption)
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
    verdict = result.verdict
    text = say(
        "trust-won-caption",
        prompts=verdict.prompts,
        hits=verdict.hits,
        tau=verdict.tau,
        said=say("idia-member") if verdict.member else say("idia-not-member"),
        outcome=say(f"outcome-{result.evidence.judgement.outcome}-title"),
    )
    right = say("trust-truth-right") if verdict.member == member else say("trust-truth-wrong")
    return _caption(text) + Markup("<p><b>{}</b></p>").format(right)


def bound_answer(tau: int, names: int, models: int, prompts: int) -> Markup:
    """Answer the calculator: the bound as a number, and what it means."""
    bound = false_alarm_bound(prompts, tau, names, models)
    sentences = [
        say(
            "trust-calculator-answer",
            winners=min(prompts // tau, names),
            names=names,
            tau=tau,
            prompts=prompts,
        )
    ]
    if models > 1:
        sentences.append(say("trust-calculator-models-answer", models=models))
    sentences.append(say("trust-calculator-people", people=f"{100 * bound:.3g}"))
    return Markup('<p class="big" role="status"><b>{}</b> <span>{}</span></p><p class="fine">{}</p>').format(
        percent(bound), " ".join(sentences), say("trust-calculator-assumes")
    )


def measured_table(measured: Measured) -> Markup:
    """Write the measured curves as a table, with the command that repeats them."""
    rows = [
        (
            str(line.photos),
            *(percent(line.tpr.rate), span(line.tpr)),
            *(percent(line.fpr.rate), span(line.fpr)),
            f"{line.members:,} + {line.non_members:,}",
        )
        for line in measured.lines
    ]
    command = say("trust-command", photos=",".join(str(line.photos) for line in measured.lines))
    return table(say_all("trust-measured-columns"), rows) + Markup(
        '<p class="fine">{} <code>{}</code></p>'
    ).format(say("trust-repeat"), command)


def training_table(measured: Measured) -> Markup:
    """Write members found by training portraits as a table."""
    levels = [str(level) for level, _ in measured.lines[0].by_training]
    rows = [
        (str(line.photos), *(percent(cell.rate) for _, cell in line.by_training)) for line in measured.lines
    ]
    return table((say("trust-photos-axis"), *levels), rows)


def rules_table(line: Line) -> Markup:
    """Write the rules as a table, for one number of photos."""
    rows = [
        (say(rule_key(code)), percent(tpr.rate), span(tpr), percent(fpr.rate), span(fpr))
        for code, tpr, fpr in line.rules
        if has(rule_key(code))
    ]
    return table(say_all("trust-rule-columns"), rows)


def paper_table(measured: Measured | None) -> Markup:
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
    for line in measured.lines if measured else ():
        run = say("trust-paper-ours", members=line.members, others=line.non_members)
        rates = [f"{cell.rate:.3f} ({cell.low:.3f} to {cell.high:.3f})" for cell in (line.tpr, line.fpr)]
        rows.append((run, str(line.photos), *rates))
    note = say("trust-paper-note", high=clopper_pearson(0, 18).high)
    return table(say_all("trust-paper-columns"), rows, folded=False) + Markup(
        '<p class="fine">{}</p>'
    ).format(note)


def decoys_table() -> Markup:
    """Write how the other names decided the rate on real photographs."""
    rows = [
        (str(photos), percent(random), "–" if known is None else percent(known), percent(alarms))
        for photos, random, known, alarms in DECOYS_ROWS
    ]
    return table(say_all("trust-decoys-columns"), rows, folded=False)


def outcomes_table(line: Line) -> Markup:
    """Write which outcomes members and non-members got."""
    rows = [
        (f"“{say(f'outcome-{code}-title')}”", percent(members), percent(others))
        for code, members, others in line.outcomes
        if code in OUTCOMES
    ]
    return table(say_all("trust-outcomes-columns"), rows, folded=False)


def spread_note(spread: Uniformity) -> Markup:
    """Say whether p-values are spread as they should be."""
    if spread.too_small == 0:
        return note(say("trust-spread-none", people=spread.people))
    key = "trust-spread-bad" if spread.chance <= GROSS else "trust-spread-fine"
    chance, gap = percent(max(spread.chance, LEAST)), percent(spread.too_small)
    return note(say(key, people=spread.people, gap=gap, chance=chance))


def blind_note(measured: Measured) -> Markup:
    """Set a guess by name beside the rules."""
    if measured.blind is None:
        return Markup("")
    members, others = (percent(cell.rate) for cell in measured.blind)
    return note(say("trust-blind", members=members, others=others))


def weak(measured: Measured | None) -> Markup:
    """List where the method is weaker than hoped, as measured, and what a verdict does not show."""
    points = (*(_weak_points(measured) if measured else ()), *say_all("trust-weak"), *say_all("limits"))
    items = Markup("").join(Markup("<li>{}</li>").format(one) for one in points)
    return Markup('<ul class="weak">{}</ul>').format(items)


def _weak_points(measured: Measured) -> Iterator[str]:
    line = measured.lines[-1]
    for level, cell in line.by_training[:1]:
        if level == 1:
            yield say("trust-weak-rare", found=percent(cell.rate), photos=line.photos)
    codes = ("strong", "p_general<=0.01", "p_matched<=0.05", "p_crossed<=0.05")
    strong, general, matched, crossed = (line.rule(code) for code in codes)
    if strong:
        found, idia = percent(strong[0].rate), percent(line.tpr.rate)
        yield say("trust-weak-strong", found=found, idia=idia, photos=line.photos)
    if general and general[1].low > GENERAL_LEVEL:
        alarms = f"{percent(general[1].rate)} ({span(general[1])})"
        yield say("trust-weak-general", alarms=alarms, level=percent(GENERAL_LEVEL), photos=line.photos)
    if matched:
        yield say("trust-weak-matched", found=percent(matched[0].rate), alarms=percent(matched[1].rate))
    if crossed:
        yield say("trust-weak-crossed", found=percent(crossed[0].rate), alarms=percent(crossed[1].rate))
    for kind, spread in line.spreads:
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
    top = Markup("").join(Markup('<th scope="col">{}</th>').format(title) for title in columns)
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            row[0], Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row[1:])
        )
        for row in rows
    )
    inside = Markup(
        '{}<table class="figures"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(WIDE_TABLE, top, body)
    if not folded:
        return inside
    return Markup('<details class="fold"><summary>{}</summary>{}</details>').format(say("table-open"), inside)


def percent(rate: float) -> str:
    """Write a rate with the digits that tell it from nothing and from everything."""
    if rate in (0.0, 1.0):
        return f"{rate:.0%}"
    return f"{rate:.0%}" if 0.1 <= rate <= 0.995 else f"{rate:.2%}" if rate < 0.01 else f"{rate:.1%}"


def span(cell: Cell) -> str:
    """Write an interval."""
    return f"{percent(cell.low)} to {percent(cell.high)}"


def _prompt(result: AuditResult) -> int:
    return min(PROMPT, len(result.encoded.prompts.templates) - 1)


def _spoken(result: AuditResult) -> str:
    return result.encoded.prompts.templates[_prompt(result)].replace("{0}", "…")


def _filled(template: str, name: str) -> Markup:
    """Fill a template, the name in bold."""
    before, _, after = render(template, "\0").partition("\0")
    return Markup("{}<b>{}</b>{}").format(before, name, after)


def _caption(text: str) -> Markup:
    return Markup("<p>{}</p>").format(text)
