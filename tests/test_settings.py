"""Settings: defaults, every variable, and a clear sentence for a bad one."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from idia_core import settings
from idia_core.settings import Settings
from idia_core.text import advise
from tests.conftest import refused


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_env({}) == Settings()
    assert Settings.from_env({"IDIA_NAMES": "", "IDIA_DEVICE": ""}) == Settings()


@pytest.mark.parametrize(
    ("variable", "text", "field", "value"),
    [
        ("IDIA_DEVICE", "cpu", "device", "cpu"),
        ("IDIA_MODELS_KEPT", "3", "models_kept", 3),
        ("IDIA_DEFAULT_MODEL", "openai-b32", "default_model", "openai-b32"),
        ("IDIA_NAMES", "500", "names", 500),
        ("IDIA_MAX_PHOTOS", "5", "max_photos", 5),
        ("IDIA_MAX_FILE_MB", "9", "max_file_mb", 9),
        ("IDIA_HEIC", "1", "heic", True),
        ("IDIA_QUEUE_SIZE", "7", "queue_size", 7),
        ("IDIA_RUN_SECONDS", "30", "run_seconds", 30),
        ("IDIA_FETCH_SECONDS", "60", "fetch_seconds", 60),
        ("IDIA_RUNS_PER_MINUTE", "0", "runs_per_minute", 0),
        ("IDIA_ADDRESS_RUNS_PER_MINUTE", "5", "address_runs_per_minute", 5),
        ("IDIA_PHOTOS_MB", "100", "photos_mb", 100),
        ("IDIA_UPLOADS_MB", "50", "uploads_mb", 50),
        ("IDIA_SESSION_MINUTES", "1", "session_minutes", 1),
        ("IDIA_DOWNLOADS", "1", "downloads", True),
        ("IDIA_CACHE_DIR", "/somewhere", "cache_dir", Path("/somewhere")),
        ("IDIA_CACHE_MB", "10", "cache_mb", 10),
    ],
)
def test_each_variable_sets_its_field_and_no_other(
    variable: str, text: str, field: str, value: object
) -> None:
    got = Settings.from_env({variable: text})
    assert getattr(got, field) == value != getattr(Settings(), field)
    others = [f.name for f in fields(Settings) if f.name != field]
    assert [getattr(got, name) for name in others] == [getattr(Settings(), name) for name in others]


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("IDIA_NAMES", "1"),
        ("IDIA_NAMES", "100001"),
        ("IDIA_NAMES", "many"),
        ("IDIA_DEVICE", "tpu"),
        ("IDIA_DOWNLOADS", "yes"),
    ],
)
def test_a_bad_value_names_its_variable(variable: str, text: str) -> None:
    with refused(variable) as caught:
        Settings.from_env({variable: text})
    assert advise(caught.value.message)


def test_every_field_says_which_variable_sets_it() -> None:
    source = Path(settings.__file__).read_text(encoding="utf-8")
    documented = set(re.findall(r'"""`(IDIA_\w+)`:', source))
    read = set(re.findall(r'"(IDIA_\w+)"', source))
    assert documented == read
    assert len(documented) == len(fields(Settings))
