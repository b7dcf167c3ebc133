"""The left side as markup: first words, model picker, examples, and the line that says where a run is."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from idia_core.clip.registry import ModelSpec
from idia_core.clip.weights import size_message
from idia_core.errors import Message
from idia_core.sandbox.examples import Example
from idia_core.ui.markup.templates import render

STEP_AT = {"start": 1, "loading": 2, "candidates": 3, "name": 3, "photos": 4, "views": 4, "done": 5}
"""Which of the five steps a stage belongs to."""


def intro() -> Markup:
    """Say what happens to photos, first of all; then what this is."""
    return render("form.intro")


def model_options(specs: Sequence[ModelSpec], here: Sequence[bool], chosen: str) -> Markup:
    """List the models, those on this machine first; the others say what they cost before they are chosen.

    Args:
        specs: the models.
        here: whether each one's weights are on this machine.
        chosen: the key that is selected.
    Returns:
        The inside of a <select>.
    """
    pairs = list(zip(specs, here, strict=True))
    return render(
        "form.model_options",
        here=[spec for spec, is_here in pairs if is_here],
        away=[(spec, _size(spec)) for spec, is_here in pairs if not is_here],
        chosen=chosen,
    )


def model_note(spec: ModelSpec, here: bool, downloads: bool) -> Markup:
    """Say what a model is and, where its weights are missing, what to type.

    Args:
        spec: the model.
        here: whether its weights are on this machine.
        downloads: whether the page may fetch them itself.
    Returns:
        A short paragraph or two.
    """
    return render("form.model_note", spec=spec, here=here, downloads=downloads, size=_size(spec))


def examples(people: Sequence[Example], portraits: Sequence[str]) -> Markup:
    """Offer the invented people; a click runs one.

    Args:
        people: the examples.
        portraits: a data: address for each.
    Returns:
        A row of buttons.
    """
    return render("form.examples", people=list(zip(people, portraits, strict=True)))


def clock() -> Markup:
    """Make the line that counts down until everything is forgotten; the script beside it fills it in."""
    return render("form.clock")


def not_for() -> Markup:
    """Say what the page must not be used for."""
    return render("form.not_for")


def looks() -> Markup:
    """Offer what only changes how the page looks."""
    return render("form.looks")


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
    return render("status.progress", text=text, stage=stage, step=STEP_AT[stage], done=done, total=total)


def note(text: str) -> Markup:
    """Say that something is done."""
    return render("status.note", text=text)


def trouble(message: Message) -> Markup:
    """Say what is wrong and what to do next."""
    return render("status.trouble", message=message)


def _size(spec: ModelSpec) -> Message | None:
    """Return the size of a model's download; None where it is unknown."""
    return size_message(spec.download_bytes) if spec.download_bytes else None
