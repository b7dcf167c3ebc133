"""The README says what is so: its settings, its commands, its files, its front matter."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from dataclasses import fields
from importlib import metadata
from pathlib import Path

import pytest

from idia_core import settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [
    Path(name)
    for name in (
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "idia_core/README.md",
        "assets/sandbox/README.md",
        "tests/benchmarks/RESULTS.md",
    )
]


def test_every_setting_is_in_the_table_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(IDIA_\w+)` \| `([^`]*)` \|", README, re.MULTILINE))
    defaults = settings.Settings()
    told = {}
    for field in fields(defaults):
        value = getattr(defaults, field.name)
        text = str(int(value)) if isinstance(value, bool) else str(value).replace(str(Path.home()), "~")
        told[settings.variable(field.name)] = text
    assert rows == told


def test_it_is_for_users_and_short() -> None:
    assert len(README.splitlines()) <= 150


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_file_that_is_named_is_there(document: Path) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    linked = re.findall(r"\]\(((?!http)[^)#]+)(?:#[^)]*)?\)", text)
    named = re.findall(r"`((?:tests|assets|idia_core)/[\w/.-]+\.\w+)`", text)
    inside = re.findall(r"`([\w/]+/\w+\.(?:py|ftl))`", text) if document.parent.name == "idia_core" else []
    missing = [name for name in linked if not (ROOT / document.parent / name).exists()]
    missing += [name for name in named if not (ROOT / name).exists()]
    missing += [name for name in inside if not any((at / name).exists() for at in (ROOT, ROOT / "idia_core"))]
    assert not missing


def test_every_package_has_its_paragraph_in_the_map_and_its_place_in_the_diagram() -> None:
    told = (ROOT / "idia_core" / "README.md").read_text(encoding="utf-8")
    diagram = told.split("```mermaid")[1].split("```")[0]
    headings = " ".join(re.findall(r"^### (.+)$", told, re.MULTILINE))
    for path in (ROOT / "idia_core").iterdir():
        if path.is_dir() and (path / "__init__.py").is_file():
            assert f"`{path.name}/`" in headings
            assert re.search(rf"\b{path.name}\b", diagram)


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_command_that_is_named_is_understood(document: Path) -> None:
    """Each `python -m` command of the documents is read by its own parser, which knows every word of it."""
    text = re.sub(r" \\\n +", " ", (ROOT / document).read_text(encoding="utf-8"))
    for module, words in re.findall(r"python -m (idia_core(?:\.sandbox)?)(?= |$)([^`\n#]*)", text):
        words = [word for word in shlex.split(words) if word != "..."]
        command = (
            words[:1] if words[:1] != ["models"] else [word for word in words if word in ("models", "fetch")]
        )
        options = [word for word in words if word.startswith("--")]
        done = subprocess.run(
            [sys.executable, "-m", module, *command, "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr)
        assert [one for one in options if one not in done.stdout] == []


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
