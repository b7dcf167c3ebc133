"""The right side as markup: outcome, numbers, reasons, tables, and a card for every photo.

Everything is built by `Markup.format`, which escapes whatever is not markup of ours already.

Does not: draw a chart (`charts` does), choose an outcome or its words (`outcome` does), or keep anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from markupsafe import Markup

from idia_core.attack.outcome import Reason, corrected
from idia_core.attack.rule import NOBODY
from idia_core.audit import views
from idia_core.audit.records import AuditResult
from idia_core.audit.report import advice_sentence, doubts
from idia_core.audit.views import ViewResult
from idia_core.charts import OTHERS_SIGN, RIVAL_SIGN, YOU_SIGN, rivals_of
from idia_core.photos.photo import Refusal
from idia_core.text import advise, attribute, phrases, say, say_all, slug, tell
from idia_core.ui.markup import evidence as evidence_markup
from idia_core.ui.markup import icons
from idia_core.ui.markup import photos as photo_markup
from idia_core.ui.state import RunContext

BEST_SHOWN = 5
"""Names of the ranking that are listed."""
STATE_SIGNS = {"passed": "✓", "failed": "✗", "not_run": "○", "impossible": "–"}


def welcome(has_examples: bool) -> Markup:
    """Fill the empty right side: what this is, in five steps, and where to begin."""
    return Markup(
        '<section class="welcome"><h2>{lead}</h2><p>{text}</p>{steps}'
        '<button type="button" class="begin" data-do="{what}">{button}</button></section>'
    ).format(
        lead=say("welcome"),
        text=say("welcome-text"),
        steps=_steps(),
        what="example" if has_examples else "choose",
        button=say("welcome-button") if has_examples else say("welcome-button-plain"),
    )


def outcome(result: AuditResult, context: RunContext) -> Markup:
    """Say the outcome in one sentence and one colour, the paper's verdict beside it, and the three numbers.

    Args:
        result: the judgement.
        context: what else the page knows of the run.
    Returns:
        The first thing to read.
    """
    judgement = result.evidence.judgement
    return Markup(
        '<section class="outcome {kind}">{ribbons}<div class="says">'
        '<div class="sentence" role="status">{sign}<div><p class="about"><b>{name}</b> {about}</p>'
        "<h2>{title}</h2><p>{sentence}</p></div></div>{idia}</div>{truth}{pool}</section>{numbers}{why}"
    ).format(
        kind=judgement.outcome,
        ribbons=_ribbons(result, context),
        sign=icons.OUTCOMES[judgement.outcome],
        name=result.encoded.name,
        about=say(
            "about",
            model=result.encoded.spec.title.partition(" (")[0],
            photos=phrases.photo_count(len(result.kept)),
            names=len(result.names),
        ),
        title=say(f"outcome-{judgement.outcome}-title"),
        sentence=say(f"outcome-{judgement.outcome}-sentence"),
        idia=_idia(result),
        truth=Markup('<p class="truth">{}</p>').format(context.known_truth) if context.known_truth else "",
        pool=Markup('<p class="pool">{}</p>').format(evidence_markup.pool_sentence(result)),
        numbers=_numbers(result, context),
        why=_why(result, context),
    )


def ranking_table(result: AuditResult) -> Markup:
    """List the best names, and the claimed one wherever it stands."""
    ranking = result.evidence.general
    order = np.argsort(-ranking.statistic, kind="stable")
    best = [int(at) for at in order[:BEST_SHOWN]]
    shown = best if result.claimed_index in best else [*best, result.claimed_index]
    rows = Markup("").join(
        Markup('<tr class="{}"><td>{}</td><th scope="row">{}</th><td>{}</td></tr>').format(
            "you" if at == result.claimed_index else "",
            f"{ranking.rank if at == result.claimed_index else place + 1:,}",
            _named(result, at),
            f"{ranking.statistic[at]:+.2f}",
        )
        for place, at in enumerate(shown)
    )
    pool = say("ranking-pool", known=result.known_names)
    return Markup(
        '<table class="best"><thead><tr><th scope="col">place</th><th scope="col">name</th>'
        '<th scope="col">fit</th></tr></thead><tbody>{}</tbody></table><p class="fine">{}</p>'
    ).format(rows, pool)


def legend() -> Markup:
    """Explain the three kinds of answers, by sign and colour."""
    kinds = (
        ("you", YOU_SIGN, say("this-name")),
        ("rival", RIVAL_SIGN, say("rival")),
        ("others", OTHERS_SIGN, say("others")),
    )
    items = Markup("").join(Markup('<li class="{}"><i>{}</i>{}</li>').format(*kind) for kind in kinds)
    return Markup('<ul class="legend">{}</ul>').format(items)


def answers_table(result: AuditResult) -> Markup:
    """Write the matrix as a table: every answer by name."""
    head = Markup("").join(
        Markup('<th scope="col">{}</th>').format(f"photo {photo + 1}") for photo in result.kept
    )
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            _sentence(template), Markup("").join(_answer_cell(result, int(at)) for at in answers)
        )
        for template, answers in zip(result.encoded.prompts.templates, result.predictions, strict=True)
    )
    return _folded(
        Markup(
            '<table><thead><tr><th scope="col">prompt</th>{}</tr></thead><tbody>{}</tbody></table>'
        ).format(head, rows)
    )


def votes_table(result: AuditResult) -> Markup:
    """Write the votes as a table: winner, votes for this name, votes for the strongest other."""
    head = Markup("").join(
        Markup('<th scope="col">{}</th>').format(title)
        for title in ("prompt", "winner", say("this-name"), say("rival"), "")
    )
    rivals = rivals_of(result)
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>').format(
            _sentence(template),
            say("tie") if winner == NOBODY else _named(result, int(winner)),
            int(votes[result.claimed_index]),
            0 if rival == NOBODY else int(votes[rival]),
            "" if rival == NOBODY else result.names[rival],
        )
        for template, winner, votes, rival in zip(
            result.encoded.prompts.templates, result.verdict.winners, result.votes, rivals, strict=True
        )
    )
    return _folded(Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, rows))


def cards(result: AuditResult, context: RunContext) -> Markup:
    """Show every photo of the run: what the model answered, how the name ranked, and a switch.

    Args:
        result: the judgement; photos that are switched off are not in it.
        context: the thumbnails.
    Returns:
        One card for each photo, switched off or not.
    """
    column = {photo: at for at, photo in enumerate(result.kept)}
    every = Markup("").join(
        _card(result, context, photo, column.get(photo)) for photo in range(len(result.encoded.photos))
    )
    return Markup('<ul class="cards">{}</ul>').format(every)


def heading(title: str, text: str) -> Markup:
    """Head one part of the result."""
    return Markup('<div class="head"><h2>{}</h2><p>{}</p></div>').format(title, text)


def limits() -> Markup:
    """Say what a verdict does not show."""
    items = Markup("").join(Markup("<li>{}</li>").format(limit) for limit in say_all("limits"))
    return Markup('<details class="fold limits"><summary>{}</summary><ul>{}</ul></details>').format(
        say("limits-title"), items
    )


def _steps() -> Markup:
    items = Markup("").join(
        Markup("<li>{}<b>{}</b><span>{}</span></li>").format(
            icon, say(f"steps-{number}"), attribute(f"steps-{number}", "text")
        )
        for number, icon in enumerate(icons.STEPS, start=1)
    )
    return Markup('<ol class="steps">{}</ol>').format(items)


def _ribbons(result: AuditResult, context: RunContext) -> Markup:
    texts = [("sandbox", say("sandbox-ribbon"))] if result.encoded.spec.is_sandbox else []
    seen = len(result.encoded.photos)
    if seen < context.asked_photos:
        texts.append(("partial", say("partial-ribbon", done=seen, total=context.asked_photos)))
    return Markup("").join(Markup('<p class="ribbon {}">{}</p>').format(*pair) for pair in texts)


def _idia(result: AuditResult) -> Markup:
    verdict = result.verdict
    return Markup(
        '<aside class="idia"><h3>{title}</h3><p class="said">{said}</p><p>{hits}</p><p class="fine">{bound}</p></aside>'
    ).format(
        title=say("idia-title"),
        said=say("idia-member") if verdict.member else say("idia-not-member"),
        hits=say("idia-hits", hits=verdict.hits, prompts=verdict.prompts, tau=verdict.tau),
        bound=say(
            "idia-bound",
            bound=f"{result.evidence.bound:.1%}",
            corrected=corrected(result.evidence.attempts),
        ),
    )


def _numbers(result: AuditResult, context: RunContext) -> Markup:
    verdict, general = result.verdict, result.evidence.general
    seen = len(result.encoded.photos)
    won = Markup("").join(
        Markup('<i class="{}"></i>').format("won" if winner == result.claimed_index else "")
        for winner in verdict.winners
    )
    correction = corrected(result.evidence.attempts)
    p_words = say("p-text", one_in=phrases.one_in(result.evidence.p_general), corrected=correction)
    if general.rank == 1:
        p_words = f"{p_words} {say('p-floor', names=len(result.names))}"
    out = say("photos-some", out=seen - len(result.kept), refused=context.refused)
    everything = seen == len(result.kept) and not context.refused
    tiles = (
        (
            "hits",
            f"{verdict.hits}",
            f"of {verdict.prompts}",
            say("hits-title"),
            say("hits-text"),
            Markup('<span class="dots" aria-hidden="true">{}</span>').format(won),
        ),
        ("p", phrases.p_value(result.evidence.p_general), "", say("p-title"), p_words, ""),
        (
            "used",
            f"{len(result.kept)}",
            f"of {max(seen, context.asked_photos)}",
            say("photos-title"),
            say("photos-all") if everything else out,
            "",
        ),
    )
    return Markup('<dl class="numbers">{}</dl>').format(
        Markup("").join(
            Markup(
                '<div data-number="{}"><dd><b>{}</b> <small>{}</small></dd><dt>{}</dt><dd class="fine">{}{}</dd></div>'
            ).format(key, value, of, title, extra, text)
            for key, value, of, title, text, extra in tiles
        )
    )


def _why(result: AuditResult, context: RunContext) -> Markup:
    """List the checks, those that decided first and those that were not made last."""
    judgement = result.evidence.judgement
    skipped = ("not_run", "impossible")
    ordered = sorted(
        judgement.reasons, key=lambda one: (one.code not in judgement.decided_by, one.state in skipped)
    )
    reasons = Markup("").join(
        _reason(reason, context.others_note if reason.code == "name_prior" else "") for reason in ordered
    )
    advice = Markup("").join(
        Markup("<li>{}</li>").format(advice_sentence(one, result.kept)) for one in judgement.advice
    )
    surer = Markup('<div class="surer"><h3>{}</h3><ul>{}</ul></div>').format(say("surer"), advice)
    return Markup(
        '<section class="why"><div><h3>{}</h3><ul class="reasons">{}</ul></div>{}</section>'
    ).format(say("why"), reasons, surer if advice else "")


def _reason(reason: Reason, note: str) -> Markup:
    return Markup('<li class="{}"><i role="img" aria-label="{}">{}</i><span>{}{}</span></li>').format(
        reason.state,
        say("states-" + slug(reason.state)),
        STATE_SIGNS[reason.state],
        tell(reason.message),
        Markup(' <small class="fine">{}</small>').format(note) if note else "",
    )


def _card(result: AuditResult, context: RunContext, photo: int, column: int | None) -> Markup:
    note = result.encoded.photos[photo]
    number = photo + 1
    return Markup(
        '<li class="card {state}"><img src="{source}" alt="{label}"><div><p class="which"><b>{title}</b>'
        '<button type="button" role="switch" aria-checked="{checked}" aria-label="{switch}" data-photo="{photo}">'
        "<i></i><span>{word}</span></button></p>{facts}{doubts}</div></li>"
    ).format(
        state="off" if column is None else "on",
        source=context.thumbnails[photo],
        label=note.label,
        title=f"Photo {number}",
        checked="false" if column is None else "true",
        switch=say("card-switch", number=number),
        photo=photo,
        word=say("card-off") if column is None else say("card-on"),
        facts="" if column is None else _card_facts(result, column),
        doubts=Markup("").join(
            Markup('<p class="doubt">{} {}</p>').format(tell(finding), advise(finding))
            for finding in doubts(result, photo)
        ),
    )


def _card_facts(result: AuditResult, column: int) -> Markup:
    answers = result.predictions[:, column]
    prompts = answers.size
    own = int((answers == result.claimed_index).sum())
    names, counts = np.unique(answers, return_counts=True)
    most = int(names[counts.argmax()])
    place = int(np.median(result.ranks[:, column]))
    return Markup(
        '<p class="bar" role="img" aria-label="{text}"><i style="width:{share}"></i></p><p>{text}</p>'
        "<dl><dt>{answer}</dt><dd>{most} ({times}×)</dd><dt>{rank}</dt><dd>{place}</dd></dl>"
    ).format(
        text=say("card-own", own=own, prompts=prompts),
        share=f"{own / prompts:.0%}",
        answer=say("card-answer"),
        most=_named(result, most),
        times=int(counts.max()),
        rank=say("card-rank"),
        place=say("card-rank-value", rank=place, names=len(result.names)),
    )


def _named(result: AuditResult, at: int) -> Markup | str:
    """Write a name; the claimed one is marked by more than its colour."""
    if at != result.claimed_index:
        return result.names[at]
    return Markup('<span class="you"><i>{}</i> {}</span>').format(YOU_SIGN, result.names[at])


def _answer_cell(result: AuditResult, at: int) -> Markup:
    return Markup("<td>{}</td>").format(_named(result, at))


def _sentence(template: str) -> str:
    return template.replace("{0}", "…")


def _folded(inside: Markup) -> Markup:
    return Markup('<details class="fold"><summary>{}</summary><div class="scroll">{}</div></details>').format(
        say("table-open"), inside
    )


def joined(parts: Iterable[Markup]) -> Markup:
    """Put pieces one after another."""
    return Markup("").join(parts)


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
    columns = Markup("").join(_view_column(one, result, samples) for one in view_results)
    carrier = say("carriers-" + slug(views.name_carrier(view_results, result.verdict.tau)))
    note = result.encoded.spec.face_locator.note
    located = Markup('<p class="fine">{}</p>').format(tell(note)) if note else ""
    return Markup('<p class="carrier">{}</p><ul class="ways">{}</ul>{}{}').format(
        carrier, columns, located, photo_markup.left_out(left_out)
    )


def _view_column(one: ViewResult, result: AuditResult, samples: Mapping[str, str]) -> Markup:
    asked = one.kind == result.encoded.crop
    picture = Markup('<img src="{}" alt="">').format(samples[one.kind]) if one.kind in samples else ""
    return Markup(
        '<li class="way" data-way="{kind}">{picture}<div><h3>{title}</h3><p class="fine">{note}</p>'
        '<p class="bar" role="img" aria-label="{hits}"><i style="width:{share}"></i></p>'
        "<dl><dt>{won}</dt><dd>{hits}</dd><dt>{place}</dt><dd>{rank}</dd></dl></div></li>"
    ).format(
        kind=one.kind,
        picture=picture,
        title=say("view-titles-" + slug(one.kind)),
        note=say("view-asked") if asked else phrases.photo_count(one.photos),
        share=f"{one.hits / result.verdict.prompts:.0%}",
        won=say("view-won"),
        hits=say("view-hits", hits=one.hits, prompts=result.verdict.prompts),
        place=say("view-place"),
        rank=say("card-rank-value", rank=one.rank, names=len(result.names)),
    )
