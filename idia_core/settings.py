"""Every setting a host may change, read from the environment in one place."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints

from idia_core.errors import IdiaError, Message

_HERE = Path(__file__).resolve().parent
ASSETS = _HERE / "assets" if (_HERE / "assets").is_dir() else _HERE.parent / "assets"
"""Inside the package where it was installed from a wheel, beside it in a checkout."""
PREFIX = "IDIA_"
"""Begins the name of every variable."""


@dataclass(frozen=True)
class Range:
    """Bounds of a whole number, both allowed."""

    low: int
    high: int


@dataclass(frozen=True)
class Choice:
    """The words a setting may be."""

    allowed: tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """What a host decides; the defaults are safe for a public page."""

    device: Annotated[str, Choice(("auto", "cuda", "mps", "cpu"))] = "auto"
    """`IDIA_DEVICE`: auto (cuda, then mps, then cpu), or one of these three."""
    models_kept: Annotated[int, Range(1, 100)] = 2
    """`IDIA_MODELS_KEPT`: models held in memory at most; the one unused for longest goes first."""
    default_model: str = "sandbox"
    """`IDIA_DEFAULT_MODEL`: the model chosen when the page opens."""
    names: Annotated[int, Range(2, 100_000)] = 1000
    """`IDIA_NAMES`: candidate names the page asks each model about, the claimed one included."""
    max_photos: Annotated[int, Range(1, 200)] = 30
    """`IDIA_MAX_PHOTOS`: photos of one run."""
    heic: bool = False
    """`IDIA_HEIC`: whether Apple's HEIC photos open (1), where `pillow-heif` is installed, or not (0)."""
    max_file_mb: Annotated[int, Range(1, 1000)] = 15
    """`IDIA_MAX_FILE_MB`: megabytes of one photo's file."""
    queue_size: Annotated[int, Range(1, 1000)] = 20
    """`IDIA_QUEUE_SIZE`: visitors who may wait; the next one is told that the queue is full."""
    run_seconds: Annotated[int, Range(1, 24 * 3600)] = 600
    """`IDIA_RUN_SECONDS`: the longest one run may take at the model; waiting and downloads do not count."""
    fetch_seconds: Annotated[int, Range(1, 24 * 3600)] = 3600
    """`IDIA_FETCH_SECONDS`: the longest one download of weights may take."""
    runs_per_minute: Annotated[int, Range(0, 10_000)] = 20
    """`IDIA_RUNS_PER_MINUTE`: runs that one open page may start within a minute; 0 is no limit."""
    address_runs_per_minute: Annotated[int, Range(0, 100_000)] = 120
    """`IDIA_ADDRESS_RUNS_PER_MINUTE`: the same for all pages from one network address; 0 is no limit."""
    photos_mb: Annotated[int, Range(10, 1_000_000)] = 2000
    """`IDIA_PHOTOS_MB`: megabytes that the opened photos of all visitors together may take in memory."""
    uploads_mb: Annotated[int, Range(10, 1_000_000)] = 500
    """`IDIA_UPLOADS_MB`: megabytes that may be on their way from all browsers together at one moment."""
    session_minutes: Annotated[int, Range(1, 24 * 60)] = 15
    """`IDIA_SESSION_MINUTES`: minutes after which an unused result is forgotten, page open or not."""
    downloads: bool = False
    """`IDIA_DOWNLOADS`: whether the page may download weights (1) or only uses what is there (0)."""
    api: bool = False
    """`IDIA_API`: whether programs may ask too (1), through an endpoint with the page's own limits."""
    cache_dir: Path = field(default_factory=lambda: Path("~/.cache/idia-demo").expanduser())
    """`IDIA_CACHE_DIR`: where vectors of public candidate names are kept; safe to delete."""
    cache_mb: Annotated[int, Range(1, 10_000_000)] = 2000
    """`IDIA_CACHE_MB`: size bound of that folder, in megabytes."""

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from environment variables.

        Args:
            environment: variable -> text; None reads the process's own.
        Returns:
            The settings, with defaults for whatever is unset or empty.
        Raises:
            IdiaError: a value is not of its kind or out of range; the message names the variable.
        """
        env = os.environ if environment is None else environment
        given: dict[str, Any] = {
            name: _parse(variable(name), text, hint)
            for name, hint in get_type_hints(cls, include_extras=True).items()
            if (text := env.get(variable(name)))
        }
        return cls(**given)


def variable(name: str) -> str:
    """Return the environment variable that sets a field of `Settings`."""
    return PREFIX + name.upper()


def unknown_variables(environment: Mapping[str, str] | None = None) -> tuple[Message, ...]:
    """Find variables that look like settings but are none, such as a misspelled one.

    Args:
        environment: variable -> text; None reads the process's own.
    Returns:
        One warning for each, in alphabetical order; it names the variable, never its value.
    """
    env = os.environ if environment is None else environment
    known = {variable(name) for name in get_type_hints(Settings)}
    return tuple(
        _unknown(name, known) for name in sorted(env) if name.upper().startswith(PREFIX) and name not in known
    )


def _unknown(name: str, known: set[str]) -> Message:
    # The prefix, which all share, would make any two alike.
    ends = sorted(one.removeprefix(PREFIX) for one in known)
    close = difflib.get_close_matches(name.upper().removeprefix(PREFIX), ends, n=1)
    if close:
        return Message("setting-unknown-close", {"variable": name, "close": PREFIX + close[0]})
    return Message("setting-unknown", {"variable": name})


def _parse(variable: str, text: str, hint: Any) -> str | int | bool | Path:
    """Turn a variable's text into what the field's annotation says."""
    kind, rule = get_args(hint) or (hint, None)
    if isinstance(rule, Range):
        return _whole(variable, text, rule)
    if isinstance(rule, Choice):
        return _choice(variable, text, rule)
    if kind is bool:
        return _choice(variable, text, Choice(("0", "1"))) == "1"
    return Path(text).expanduser() if kind is Path else text


def _choice(variable: str, text: str, choice: Choice) -> str:
    if text not in choice.allowed:
        raise IdiaError(
            "setting-not-a-choice", variable=variable, value=f"{text!r}", join=", ".join(choice.allowed)
        )
    return text


def _whole(variable: str, text: str, bounds: Range) -> int:
    low, high = bounds.low, bounds.high
    try:
        value = int(text)
    except ValueError as cause:
        raise IdiaError(
            "setting-not-a-number", variable=variable, text=f"{text!r}", low=low, high=high
        ) from cause
    if not low <= value <= high:
        raise IdiaError("setting-out-of-range", variable=variable, value=value, low=low, high=high)
    return value
