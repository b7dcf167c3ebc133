"""Other invented people's portraits: everybody's but the person's own, and never too many of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from idia_core.sandbox import examples
from idia_core.settings import ASSETS
from tests.conftest import jpeg


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, person in enumerate(("Ann_Li", "Bo_Ek", "Zoë_Ott")):
        (tmp_path / person).mkdir()
        for at in range(3):
            (tmp_path / person / f"{person}{at}.jpg").write_bytes(jpeg(10 * number + at))
    (tmp_path / "people.csv").write_text("name,member\n")
    (tmp_path / "Bo_Ek" / "notes.txt").write_text("no portrait")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "left_out"),
    [("Ann Li", "Ann_Li"), ("ann  li", "Ann_Li"), ("Zoe Ott", "Zoë_Ott"), ("Nobody Here", "")],
)
def test_everybody_but_the_person_gives_as_many(folder: Path, name: str, left_out: str) -> None:
    labels = [photo.label for photo in examples.other_portraits(folder, name, each=2)]
    expected = [person for person in ("Ann_Li", "Bo_Ek", "Zoë_Ott") if person != left_out]
    assert labels == [f"{person}{at}.jpg" for person in expected for at in range(2)]


def test_without_a_folder_there_is_nobody(tmp_path: Path) -> None:
    assert examples.other_portraits(tmp_path / "none", "Ann Li") == ()


def test_the_shipped_examples_are_enough_for_a_control() -> None:
    people = [path for path in (ASSETS / "examples").iterdir() if path.is_dir()]
    own = people[0].name.replace("_", " ")
    assert len(examples.other_portraits(ASSETS / "examples", own)) == examples.PORTRAITS_EACH * (
        len(people) - 1
    )
