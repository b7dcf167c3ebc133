"""Faces as markup: doubts about photos, which of several faces is meant, and the photos shown in other ways.

Everything is built by `Markup.format`, which escapes whatever is not markup of ours already.

Does not: look for faces (`looking` does), or compute anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from markupsafe import Markup

from idia_core import gate, views
from idia_core.audit import AuditResult
from idia_core.gate import Sight
from idia_core.photos import Finding, Photo, Refusal
from idia_core.ui import form, wording
from idia_core.views import Standing

FACE_EDGE = 96
"""Pictures of the faces that can be chosen, in pixels."""
FEWEST = 3
"""Photos that a vote needs."""
SPOILING = {"no-face", "near-double"}
"""Doubts with which a photo adds nothing to a vote about a person's face."""


def strip(photos: Sequence[Photo], seen: Sequence[Sight], doubts: Sequence[Sequence[Finding]]) -> Markup:
    """Say below the thumbnails what is doubtful, and let the visitor pick the person where there are several.

    Args:
        photos: those that a run would use.
        seen: in each of them; none at all where nobody looked.
        doubts: about each of them.
    Returns:
        Empty where all is well.
    """
    pickers = Markup("").join(
        _picker(at, photo, sight) for at, (photo, sight) in enumerate(zip(photos, seen, strict=False))
    )
    return pickers + _doubts(doubts) + _few(len(photos), doubts)


def comparison(result: AuditResult, samples: Mapping[str, str], left_out: Sequence[Refusal]) -> Markup:
    """Show the model's answers to the photos whole, cut to the face, and with the face covered, side by side.

    Args:
        result: the judgement.
        samples: a picture for each view, as a data: address.
        left_out: photos that could not be shown in the way that was asked for.
    Returns:
        One column for each view; empty where there is one view only.
    """
    standings = result.comparison.standings
    if len(standings) < 2:
        return _left_out(left_out)
    columns = Markup("").join(_column(one, result, samples) for one in standings)
    carrier = wording.CARRIERS[views.carrier(standings, result.verdict.tau)]
    drawn = Markup('<p class="fine">{}</p>').format(wording.VIEWS_DRAWN)
    return Markup('<p class="carrier">{}</p><ul class="ways">{}</ul>{}{}').format(
        carrier, columns, drawn if result.encoded.spec.is_sandbox else "", _left_out(left_out)
    )


def _column(one: Standing, result: AuditResult, samples: Mapping[str, str]) -> Markup:
    asked = one.kind == result.encoded.crop
    picture = Markup('<img src="{}" alt="">').format(samples[one.kind]) if one.kind in samples else ""
    return Markup(
        '<li class="way" data-way="{kind}">{picture}<div><h3>{title}</h3><p class="fine">{note}</p>'
        '<p class="bar" role="img" aria-label="{hits}"><i style="width:{share}"></i></p>'
        "<dl><dt>{won}</dt><dd>{hits}</dd><dt>{place}</dt><dd>{rank}</dd></dl></div></li>"
    ).format(
        kind=one.kind,
        picture=picture,
        title=wording.VIEW_TITLES[one.kind],
        note=wording.VIEW_ASKED
        if asked
        else wording.VIEW_PHOTOS.format(count=wording.photo_count(one.photos)),
        share=f"{one.hits / result.verdict.prompts:.0%}",
        won=wording.VIEW_WON,
        hits=wording.VIEW_HITS.format(hits=one.hits, prompts=result.verdict.prompts),
        place=wording.VIEW_PLACE,
        rank=wording.CARD_RANK_VALUE.format(rank=one.rank, names=len(result.names)),
    )


def _picker(at: int, photo: Photo, sight: Sight) -> Markup:
    """Offer the faces of one photo; nothing where there is but one."""
    if sight.rivals < 2:
        return Markup("")
    buttons = Markup("").join(
        Markup(
            '<button type="button" data-face="{face}" data-of="{photo}" aria-pressed="{pressed}" aria-label="{label}">'
            '<img src="{source}" alt=""></button>'
        ).format(
            face=face,
            photo=at,
            pressed="true" if face == sight.chosen else "false",
            label=wording.FACE_LABEL.format(face=face + 1, photo=at + 1),
            source=source,
        )
        for face, source in enumerate(_face_pictures(photo, sight))
    )
    text = wording.FACE_WHICH.format(photo=at + 1)
    return Markup('<div class="which-face"><p>{}</p><div role="group" aria-label="{}">{}</div></div>').format(
        text, text, buttons
    )


def _face_pictures(photo: Photo, sight: Sight) -> list[str]:
    """Cut out the faces that could be the person's, as data: addresses; the largest first."""
    found = []
    for face in range(sight.rivals):
        place = gate.area(photo, replace(sight, chosen=face))
        if place is not None:
            found.append(form.data_address(views.shown([photo], [place], "face")[0], FACE_EDGE))
    return found


def _doubts(doubts: Sequence[Sequence[Finding]]) -> Markup:
    doubtful = [(at, found) for at, found in enumerate(doubts) if found]
    if not doubtful:
        return Markup("")
    rows = Markup("").join(
        Markup("<li><b>{}</b> {}</li>").format(
            wording.DOUBT_PHOTO.format(number=at + 1),
            Markup(" ").join(Markup("{} {}").format(one.message, one.hint) for one in found),
        )
        for at, found in doubtful
    )
    title = wording.DOUBTS_ONE if len(doubtful) == 1 else wording.DOUBTS.format(count=len(doubtful))
    return Markup('<details class="fold doubts"><summary>{}</summary><ul>{}</ul></details>').format(
        title, rows
    )


def _few(count: int, doubts: Sequence[Sequence[Finding]]) -> Markup:
    """Say so where enough photos are there, but not enough of them are good."""
    good = sum(not any(one.code in SPOILING for one in found) for found in doubts)
    if count < FEWEST or good >= FEWEST:
        return Markup("")
    return Markup('<p class="few">{}</p>').format(wording.FEW_GOOD.format(good=good))


def _left_out(left_out: Sequence[Refusal]) -> Markup:
    if not left_out:
        return Markup("")
    rows = Markup("").join(
        Markup("<li><b>{}</b> {} {}</li>").format(one.label, one.message, one.hint) for one in left_out
    )
    return Markup('<div class="refused"><p>{}</p><ul>{}</ul></div>').format(
        wording.STRIP_REFUSED.format(count=len(left_out)), rows
    )
