"""The left side as markup: first words, drop zone, photos so far, model picker, examples, progress.

Everything is built by `Markup.format`, which escapes whatever is not markup of ours already.

Does not: read a file, react to a click (`handlers` do), or keep anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from idia_core.clip.registry import ModelSpec
from idia_core.clip.weights import size_message
from idia_core.errors import Message
from idia_core.photos.photo import Limits, Photo, read_photo
from idia_core.sandbox.examples import Example
from idia_core.text import advise, phrases, say, tell
from idia_core.ui.markup import icons

FEWEST = 3
"""Photos that a vote needs."""
STEP_AT = {"start": 1, "loading": 2, "candidates": 3, "name": 3, "photos": 4, "views": 4, "done": 5}
"""Which of the five steps a stage belongs to."""


def intro() -> Markup:
    """Say what happens to photos, first of all; then what this is."""
    return Markup(
        '<p class="privacy">{lock}<span>{privacy}</span></p>'
        '<header class="brand">{logo}<div><h1>{title}</h1><p>{subtitle}</p></div></header>'
    ).format(
        lock=icons.LOCK,
        privacy=say("privacy"),
        logo=icons.LOGO,
        title=say("title"),
        subtitle=say("subtitle"),
    )


def model_options(specs: Sequence[ModelSpec], here: Sequence[bool], chosen: str) -> Markup:
    """List the models, those on this machine first; the others say what they cost before they are chosen.

    Args:
        specs: the models.
        here: whether each one's weights are on this machine.
        chosen: the key that is selected.
    Returns:
        The inside of a <select>.
    """
    groups = []
    for title, wanted in ((say("model-here"), True), (say("model-away"), False)):
        options = Markup("").join(
            Markup('<option value="{}"{}>{}</option>').format(
                spec.key,
                Markup(" selected") if spec.key == chosen else "",
                spec.title if is_here else _away(spec),
            )
            for spec, is_here in zip(specs, here, strict=True)
            if is_here == wanted
        )
        if options:
            groups.append(Markup('<optgroup label="{}">{}</optgroup>').format(title, options))
    return Markup("").join(groups)


def model_note(spec: ModelSpec, here: bool, downloads: bool) -> Markup:
    """Say what a model is and, where its weights are missing, what to type.

    Args:
        spec: the model.
        here: whether its weights are on this machine.
        downloads: whether the page may fetch them itself.
    Returns:
        A short paragraph or two.
    """
    facts = [say("model-trained", data=spec.training_data)]
    facts += [say("model-in-paper")] if spec.in_paper else []
    facts += [say("model-licence", licence=spec.licence)]
    note = Markup('<p class="fine">{}</p>').format(" ".join(facts))
    size = say("size-in-brackets", size=size_message(spec.download_bytes)) if spec.download_bytes else ""
    if here:
        return note
    if downloads:
        return note + Markup('<p class="away">{}</p>').format(say("model-downloads", size=size))
    return note + Markup('<p class="away">{} <code>{}</code></p>').format(
        say("model-missing", size=size), say("fetch-command", key=spec.key)
    )


def examples(people: Sequence[Example], portraits: Sequence[str]) -> Markup:
    """Offer the invented people; a click runs one.

    Args:
        people: the examples.
        portraits: a data: address for each.
    Returns:
        A row of buttons.
    """
    buttons = Markup("").join(_person(*pair) for pair in zip(people, portraits, strict=True))
    return Markup('<section class="examples"><h2>{}</h2>{}</section>').format(
        say("examples-title"),
        Markup("<ul>{}</ul>").format(buttons)
        if buttons
        else Markup('<p class="fine">{}</p>').format(say("examples-none")),
    )


def clock() -> Markup:
    """Make the line that counts down until everything is forgotten; the script beside it fills it in."""
    return Markup(
        '<p class="fine clock" data-words="{words}" hidden><span role="timer"></span>'
        ' <button type="button" class="link" data-do="forget">{forget}</button></p>'
    ).format(words=say("clock", time="{time}"), forget=say("forget"))


def not_for() -> Markup:
    """Say what the page must not be used for."""
    return Markup('<p class="fine">{}</p>').format(say("not-for"))


def looks() -> Markup:
    """Offer what only changes how the page looks."""
    return Markup(
        '<p class="looks"><button type="button" class="link" data-do="theme">{theme}</button>'
        '<button type="button" class="link" data-do="present" title="{hint}">{present}</button></p>'
    ).format(theme=say("theme"), present=say("present"), hint=say("present-hint"))


def progress(text: str, stage: str, done: int = 0, total: int = 0) -> Markup:
    """Show where a run is.

    Args:
        text: the same in words.
        stage: a key of `STEP_AT`.
        done: steps done.
        total: steps of this stage; 0 where nobody knows.
    Returns:
        A bar with its words.
    """
    share = f"{done / total:.0%}" if total else ""
    return Markup(
        '<div class="progress" data-running="{stage}" data-step="{step}"><p role="status">{text}</p>'
        '<div class="bar{unknown}" role="progressbar" aria-label="{text}" aria-valuemin="0" aria-valuemax="{total}"'
        ' aria-valuenow="{done}"><i style="width:{share}"></i></div></div>'
    ).format(
        stage=stage,
        step=STEP_AT[stage],
        text=text,
        unknown="" if share else " unknown",
        total=total or 1,
        done=done,
        share=share or "100%",
    )


def note(text: str) -> Markup:
    """Say that something is done."""
    return Markup('<p class="note" role="status">{}</p>').format(text)


def trouble(message: Message) -> Markup:
    """Say what is wrong and what to do next."""
    return Markup('<div class="trouble" role="alert">{}<p><b>{}</b> {}</p></div>').format(
        icons.WARNING, tell(message), advise(message)
    )


def _person(person: Example, portrait: str) -> Markup:
    return Markup(
        '<li><button type="button" data-example="{key}" title="{truth}"><img src="{portrait}" alt=""><b>{name}</b>'
        "<span>{caption}</span></button></li>"
    ).format(
        key=person.key,
        truth=phrases.example_truth(person.training_photos),
        portrait=portrait,
        name=person.name,
        caption=phrases.example_caption(person.training_photos),
    )


def _away(spec: ModelSpec) -> str:
    size = tell(size_message(spec.download_bytes)) if spec.download_bytes else say("size-unknown")
    return say("model-option-away", title=spec.title, size=size)


def read_portrait(data: bytes, label: str, limits: Limits) -> Photo:
    """Open one of the page's own pictures."""
    return read_photo(data, label, limits)
