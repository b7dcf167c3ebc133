"""What is built from the checkout carries everything that the command line needs, and installs it as `idia`."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return next(folder.glob("*.whl"))


def test_it_carries_the_package_the_sentences_and_the_assets(wheel: Path) -> None:
    carried = set(zipfile.ZipFile(wheel).namelist())
    assert {"idia_core/py.typed", "idia_core/text/en.ftl", "idia_core/sandbox/requirements.txt"} <= carried
    assets = [path for path in (ROOT / "assets").rglob("*") if path.is_file()]
    assert {f"idia_core/{path.relative_to(ROOT).as_posix()}" for path in assets} <= carried
    assert not [name for name in carried if name.startswith(("tests/", "app.py"))]


def test_its_dependencies_are_those_of_requirements_txt(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/METADATA"))
        facts = archive.read(name).decode("utf-8")
    stated = [line.split("#")[0] for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()]
    assert facts.count("Requires-Dist: ") == sum(bool(line.strip()) for line in stated)


def test_the_installed_command_finds_the_sandbox_far_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    install = ["install", "-q", "--no-deps", "--no-index", "--target", str(site), str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", *install], check=True, capture_output=True, timeout=120)
    script = site / ("Scripts" if os.name == "nt" else "bin") / "idia"
    environment = {**os.environ, "PYTHONPATH": str(site), "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, str(script), *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert run("--help").startswith("usage: idia ")
    assert (
        next(line for line in run("models").splitlines() if line.startswith("sandbox ")).split()[1] == "yes"
    )
