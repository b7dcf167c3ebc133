"""Every setting a host may change, read from the environment in one place.

Does not: read anything else from outside; a door passes its own flags over these.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from idia_core.errors import IdiaError

_HERE = Path(__file__).resolve().parent
ASSETS = _HERE / "assets" if (_HERE / "assets").is_dir() else _HERE.parent / "assets"
"""Inside the package where it was installed from a wheel, beside it in a checkout."""


@dataclass(frozen=True)
class Settings:
    """What a host decides; the defaults are safe for a public page."""

    device: str = "auto"
    """`IDIA_DEVICE`: auto (cuda, then mps, then cpu), or one of these three."""
    models_kept: int = 2
    """`IDIA_MODELS_KEPT`: models held in memory at most; the one unused for longest goes first."""
    default_model: str = "sandbox"
    """`IDIA_DEFAULT_MODEL`: the model chosen when the page opens."""
    names: int = 1000
    """`IDIA_NAMES`: candidate names the page asks each model about, the claimed one included."""
    max_photos: int = 30
    """`IDIA_MAX_PHOTOS`: photos of one run."""
    heic: bool = False
    """`IDIA_HEIC`: whether Apple's HEIC photos open (1), where `pillow-heif` is installed, or not (0)."""
    max_file_mb: int = 15
    """`IDIA_MAX_FILE_MB`: megabytes of one photo's file."""
    queue_size: int = 20
    """`IDIA_QUEUE_SIZE`: visitors who may wait; the next one is told that the queue is full."""
    run_seconds: int = 600
    """`IDIA_RUN_SECONDS`: the longest one run may take at the model; waiting and downloads do not count."""
    fetch_seconds: int = 3600
    """`IDIA_FETCH_SECONDS`: the longest one download of weights may take."""
    runs_per_minute: int = 20
    """`IDIA_RUNS_PER_MINUTE`: runs that one open page may start within a minute; 0 is no limit."""
    address_runs_per_minute: int = 120
    """`IDIA_ADDRESS_RUNS_PER_MINUTE`: the same for all pages from one network address; 0 is no limit."""
    photos_mb: int = 2000
    """`IDIA_PHOTOS_MB`: megabytes that the opened photos of all visitors together may take in memory."""
    uploads_mb: int = 500
    """`IDIA_UPLOADS_MB`: megabytes that may be on their way from all browsers together at one moment."""
    session_minutes: int = 15
    """`IDIA_SESSION_MINUTES`: minutes after which an unused result is forgotten, page open or not."""
    downloads: bool = False
    """`IDIA_DOWNLOADS`: whether the page may download weights (1) or only uses what is there (0)."""
    api: bool = False
    """`IDIA_API`: whether programs may ask too (1), through an endpoint with the page's own limits."""
    cache_dir: Path = field(default_factory=lambda: Path("~/.cache/idia-demo").expanduser())
    """`IDIA_CACHE_DIR`: where vectors of public candidate names are kept; safe to delete."""
    cache_mb: int = 2000
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
        base = cls()
        return cls(
            device=_choice(env, "IDIA_DEVICE", base.device, ("auto", "cuda", "mps", "cpu")),
            models_kept=_whole(env, "IDIA_MODELS_KEPT", base.models_kept, 1, 100),
            default_model=env.get("IDIA_DEFAULT_MODEL") or base.default_model,
            names=_whole(env, "IDIA_NAMES", base.names, 2, 100_000),
            max_photos=_whole(env, "IDIA_MAX_PHOTOS", base.max_photos, 1, 200),
            heic=_choice(env, "IDIA_HEIC", "0", ("0", "1")) == "1",
            max_file_mb=_whole(env, "IDIA_MAX_FILE_MB", base.max_file_mb, 1, 1000),
            queue_size=_whole(env, "IDIA_QUEUE_SIZE", base.queue_size, 1, 1000),
            run_seconds=_whole(env, "IDIA_RUN_SECONDS", base.run_seconds, 1, 24 * 3600),
            fetch_seconds=_whole(env, "IDIA_FETCH_SECONDS", base.fetch_seconds, 1, 24 * 3600),
            runs_per_minute=_whole(env, "IDIA_RUNS_PER_MINUTE", base.runs_per_minute, 0, 10_000),
            address_runs_per_minute=_whole(
                env, "IDIA_ADDRESS_RUNS_PER_MINUTE", base.address_runs_per_minute, 0, 100_000
            ),
            photos_mb=_whole(env, "IDIA_PHOTOS_MB", base.photos_mb, 10, 1_000_000),
            uploads_mb=_whole(env, "IDIA_UPLOADS_MB", base.uploads_mb, 10, 1_000_000),
            session_minutes=_whole(env, "IDIA_SESSION_MINUTES", base.session_minutes, 1, 24 * 60),
            downloads=_choice(env, "IDIA_DOWNLOADS", "0", ("0", "1")) == "1",
            api=_choice(env, "IDIA_API", "0", ("0", "1")) == "1",
            cache_dir=Path(env.get("IDIA_CACHE_DIR") or base.cache_dir).expanduser(),
            cache_mb=_whole(env, "IDIA_CACHE_MB", base.cache_mb, 1, 10_000_000),
        )


def _choice(env: Mapping[str, str], variable: str, default: str, allowed: tuple[str, ...]) -> str:
    value = env.get(variable) or default
    if value not in allowed:
        raise IdiaError(
            "setting-not-a-choice", variable=variable, value=f"{value!r}", join=", ".join(allowed)
        )
    return value


def _whole(env: Mapping[str, str], variable: str, default: int, low: int, high: int) -> int:
    text = env.get(variable) or str(default)
    try:
        value = int(text)
    except ValueError as cause:
        raise IdiaError(
            "setting-not-a-number", variable=variable, text=f"{text!r}", low=low, high=high
        ) from cause
    if not low <= value <= high:
        raise IdiaError("setting-out-of-range", variable=variable, value=value, low=low, high=high)
    return value
