"""The README says what is so: its settings, its commands, its files, its front matter."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib import metadata
from pathlib import Path

from idia_core import settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_is_in_the_table_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(IDIA_\w+)` \| `([^`]*)` \|", README, re.MULTILINE))
    defaults = settings.Settings()
    told = {}
    for field in fields(defaults):
        value = getattr(defaults, field.name)
        text = str(int(value)) if isinstance(value, bool) else str(value).replace(str(Path.home()), "~")
        told[settings.variable(field.name)] = text
    assert rows == told


def test_every_file_that_is_named_is_there() -> None:
    named = set(re.findall(r"\]\(((?!http)[^)#]+)\)", README)) | set(
        re.findall(r"`(tests/[\w/.]+\.\w+)`", README)
    )
    missing = [name for name in named if not (ROOT / name).exists()]
    assert not missing


def test_the_front_matter_names_the_installed_page_and_an_existing_app() -> None:
    front = README.split("---")[1]
    version = re.search(r"sdk_version: (\S+)", front)
    assert version
    assert metadata.version("gradio").split(".")[:2] == version[1].split(".")[:2]
    assert (ROOT / re.search(r"app_file: (\S+)", front)[1]).is_file()  # type: ignore[index]
    assert len(re.search(r"short_description: (.+)", front)[1]) <= 60  # type: ignore[index]


def test_no_file_is_too_large_for_a_space() -> None:
    large = [
        path
        for path in ROOT.rglob("*")
        if path.is_file()
        and not {".git", ".venv", ".mypy_cache", ".hypothesis"} & set(path.relative_to(ROOT).parts)
        and path.stat().st_size >= 10_000_000
    ]
    assert not large
