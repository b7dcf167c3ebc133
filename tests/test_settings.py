"""Settings: defaults, every variable, its bounds, and a clear sentence for a bad or unknown one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

import pytest

from idia_core import settings
from idia_core.settings import Settings, unknown_variables, variable
from idia_core.text import advise, tell, tell_whole
from tests.conftest import refused

ROOT = Path(__file__).resolve().parent.parent
KINDS = get_type_hints(Settings)
NUMBERS = {
    "IDIA_MODELS_KEPT": (1, 100),
    "IDIA_NAMES": (2, 100_000),
    "IDIA_MAX_PHOTOS": (1, 200),
    "IDIA_MAX_FILE_MB": (1, 1000),
    "IDIA_QUEUE_SIZE": (1, 1000),
    "IDIA_RUN_SECONDS": (1, 86_400),
    "IDIA_FETCH_SECONDS": (1, 86_400),
    "IDIA_RUNS_PER_MINUTE": (0, 10_000),
    "IDIA_ADDRESS_RUNS_PER_MINUTE": (0, 100_000),
    "IDIA_PHOTOS_MB": (10, 1_000_000),
    "IDIA_UPLOADS_MB": (10, 1_000_000),
    "IDIA_SESSION_MINUTES": (1, 1440),
    "IDIA_CACHE_MB": (1, 10_000_000),
}
"""Least and most of every whole number."""
SWITCHES = ("IDIA_HEIC", "IDIA_DOWNLOADS", "IDIA_API")


def value_of(setting: str, text: str) -> object:
    """Return what a variable sets; check that it sets its own field and no other."""
    name = setting.removeprefix("IDIA_").lower()
    got = Settings.from_env({setting: text})
    others = [field.name for field in fields(Settings) if field.name != name]
    assert [getattr(got, other) for other in others] == [getattr(Settings(), other) for other in others]
    return getattr(got, name)


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_env({}) == Settings()
    assert Settings.from_env({variable(field.name): "" for field in fields(Settings)}) == Settings()


def test_every_field_is_tested_here() -> None:
    assert {name for name, kind in KINDS.items() if kind is int} == {
        name.removeprefix("IDIA_").lower() for name in NUMBERS
    }
    assert {name for name, kind in KINDS.items() if kind is bool} == {
        name.removeprefix("IDIA_").lower() for name in SWITCHES
    }
    others = {name for name, kind in KINDS.items() if kind not in (int, bool)}
    assert others == {"device", "default_model", "cache_dir"}


@pytest.mark.parametrize("setting", NUMBERS)
def test_a_number_sets_its_field_within_its_bounds(setting: str) -> None:
    least, most = NUMBERS[setting]
    assert value_of(setting, str(least)) == least
    assert value_of(setting, str(most)) == most
    for outside in (least - 1, most + 1):
        with refused(f"^{setting} is set to {outside:,}") as caught:
            Settings.from_env({setting: str(outside)})
        assert advise(caught.value.message) == f"Set it to a whole number, {least:,} to {most:,}."


@pytest.mark.parametrize("setting", NUMBERS)
@pytest.mark.parametrize("text", ["many", "3.5", "1e3", " ", "0x10"])
def test_what_is_no_whole_number_is_refused(setting: str, text: str) -> None:
    with refused(f"^{setting} is set to '{text}'. Set it to a whole number") as caught:
        Settings.from_env({setting: text})
    assert advise(caught.value.message)


@pytest.mark.parametrize("setting", SWITCHES)
def test_a_switch_is_1_or_0(setting: str) -> None:
    assert value_of(setting, "1") is True
    assert value_of(setting, "0") is False
    for wrong in ("yes", "true", "2", "01", " "):
        with refused(f"^{setting} is set to '{wrong}'. Set it to one of: 0, 1.$"):
            Settings.from_env({setting: wrong})


def test_the_device_is_one_of_four() -> None:
    for device in ("auto", "cuda", "mps", "cpu"):
        assert value_of("IDIA_DEVICE", device) == device
    with refused("^IDIA_DEVICE is set to 'tpu'. Set it to one of: auto, cuda, mps, cpu.$"):
        Settings.from_env({"IDIA_DEVICE": "tpu"})


def test_a_model_and_a_folder_are_taken_as_they_are() -> None:
    assert value_of("IDIA_DEFAULT_MODEL", "openai-b32") == "openai-b32"
    assert value_of("IDIA_CACHE_DIR", "/somewhere") == Path("/somewhere")
    assert value_of("IDIA_CACHE_DIR", "~/there") == Path.home() / "there"


def test_every_field_says_which_variable_sets_it() -> None:
    source = Path(settings.__file__).read_text(encoding="utf-8")
    documented = re.findall(r'^    (\w+): .+\n    """`(IDIA_\w+)`:', source, re.MULTILINE)
    assert documented == [(field.name, variable(field.name)) for field in fields(Settings)]


def test_known_and_foreign_variables_are_not_told() -> None:
    known = {variable(field.name): "odd" for field in fields(Settings)}
    assert unknown_variables({**known, "HOME": "/", "MY_IDIA_NAME": "1", "IDIAX": "1"}) == ()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("IDIA_NAME", "IDIA_NAMES"),
        ("IDIA_MAX_PHOTO", "IDIA_MAX_PHOTOS"),
        ("IDIA_CACHEDIR", "IDIA_CACHE_DIR"),
        ("IDIA_DOWNLAODS", "IDIA_DOWNLOADS"),
        ("idia_names", "IDIA_NAMES"),
    ],
)
def test_a_misspelled_variable_is_told_with_what_was_meant(name: str, meant: str) -> None:
    (warning,) = unknown_variables({name: "12"})
    assert tell(warning) == f"{name} is no setting of this program, so it changes nothing."
    assert advise(warning) == f"Did you mean {meant}?"


@pytest.mark.parametrize("name", ["IDIA_ZZZ", "IDIA_", "IDIA_SECRET_TOKEN"])
def test_a_variable_like_no_other_is_told_without_its_value(name: str) -> None:
    (warning,) = unknown_variables({name: "very secret"})
    assert tell_whole(warning) == (
        f"{name} is no setting of this program, so it changes nothing. README.md lists them all."
    )


def test_all_unknown_variables_are_told_in_order() -> None:
    told = unknown_variables({"IDIA_ZZZ": "1", "IDIA_NAMES": "3", "IDIA_AAA": ""})
    assert [warning.values["variable"] for warning in told] == ["IDIA_AAA", "IDIA_ZZZ"]


@pytest.mark.parametrize("command", [("app.py",), ("-m", "idia_core", "models", "list")])
def test_both_programs_warn_on_stderr_at_start(command: tuple[str, ...]) -> None:
    environment = {**os.environ, "IDIA_NAME": "12", "IDIA_DEVICE": "tpu"}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 2
    assert done.stdout == ""
    warning, error = (line.removeprefix("idia: ") for line in done.stderr.splitlines())
    assert warning == (
        "IDIA_NAME is no setting of this program, so it changes nothing. Did you mean IDIA_NAMES?"
    )
    assert error.startswith("IDIA_DEVICE is set to 'tpu'.")
