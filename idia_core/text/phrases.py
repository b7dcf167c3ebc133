"""Phrases that are put together from several messages, and numbers in words."""

from __future__ import annotations

import math

from idia_core.text import say


def p_value(p: float) -> str:
    """Write a p-value with the digits that it has."""
    return f"{p:.2f}" if p >= 0.1 else f"{p:.3f}" if p >= 0.001 else f"{p:.1g}"


def one_in(p: float) -> str:
    """Say a probability as people do: about 1 time in so many."""
    if p > 0.5:
        return say("chance-any-time")
    return say("chance-one-in", count=round(1 / p)) if p < 0.1 else say("chance-share", share=p)


def in_line(ahead: int, usual_seconds: float | None = None) -> str:
    """Say how many runs come first, and how long that usually takes, where it is known."""
    text = say("run-in-line", ahead=ahead)
    if usual_seconds is None:
        return text
    seconds = math.ceil(ahead * usual_seconds)
    if seconds < 100:
        return text + say("line-usual", seconds=seconds)
    return text + say("line-usual-minutes", minutes=math.ceil(seconds / 60))


def stage(key: str, done: int, total: int, seconds_left: float | None = None) -> str:
    """Say where a run is, and how long this stage will take, where that is known and worth saying."""
    text = say(f"run-stages-{key}", done=done, total=total)
    if seconds_left is None or seconds_left < 2:
        return text
    if seconds_left < 100:
        return text + say("run-left", seconds=seconds_left)
    return text + say("run-left-minutes", minutes=math.ceil(seconds_left / 60))


def photo_count(count: int) -> str:
    """Count photos in words."""
    return say("photo-count", count=count)


def example_caption(training_photos: int) -> str:
    """Say how often the sandbox model saw a person, in a few words."""
    return say("example-caption", count=training_photos)


def example_truth(training_photos: int) -> str:
    """Say the same in a sentence."""
    return say("example-truth", count=training_photos)
