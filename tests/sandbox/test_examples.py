"""The example people, and portraits of everybody but one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from idia_core.sandbox import examples, truth
from idia_core.settings import ASSETS
from tests.conftest import jpeg

PEOPLE = (
    truth.Truth("Ann Li", True, 4, ""),
    truth.Truth("Bo Ek", True, 32, ""),
    truth.Truth("Zoë Ott", False, 0, "Ott"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, person in enumerate(("Ann_Li", "Bo_Ek", "Zoë_Ott")):
        (tmp_path / person).mkdir()
        for at in range(3):
            (tmp_path / person / f"{person}{at}.jpg").write_bytes(jpeg(10 * number + at))
    truth.write(tmp_path / "people.csv", PEOPLE)
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


def test_without_a_folder_or_a_list_there_is_nobody(folder: Path, tmp_path: Path) -> None:
    assert examples.other_portraits(tmp_path / "none", "Ann Li") == ()
    assert examples.read_examples(tmp_path / "none") == ()
    (folder / "people.csv").unlink()
    assert examples.read_examples(folder) == ()


def test_examples_are_listed_with_most_training_portraits_first(folder: Path) -> None:
    people = examples.read_examples(folder)
    assert [(one.key, one.name, one.training_photos) for one in people] == [
        ("Bo_Ek", "Bo Ek", 32),
        ("Ann_Li", "Ann Li", 4),
        ("Zoë_Ott", "Zoë Ott", 0),
    ]
    assert [file.name for file in people[0].files] == [f"Bo_Ek{at}.jpg" for at in range(3)]


def test_somebody_without_portraits_is_left_out_and_nobody_has_too_many(folder: Path) -> None:
    for file in (folder / "Bo_Ek").glob("*.jpg"):
        file.unlink()
    for at in range(3, 20):
        (folder / "Ann_Li" / f"more{at:02d}.PNG").write_bytes(b"")
    people = examples.read_examples(folder)
    assert [one.name for one in people] == ["Ann Li", "Zoë Ott"]
    assert len(people[0].files) == examples.MAX_PHOTOS


def test_the_shipped_examples_are_those_of_their_list() -> None:
    people = examples.read_examples(ASSETS / "examples")
    shipped = truth.read(ASSETS / "examples" / "people.csv")
    assert [(one.name, one.training_photos) for one in people] == [
        (row.name, row.training_photos)
        for row in sorted(shipped, key=lambda row: (-row.training_photos, row.name))
    ]
    assert {one.key for one in people} == {
        path.name for path in (ASSETS / "examples").iterdir() if path.is_dir()
    }


def test_the_shipped_examples_are_enough_for_a_control() -> None:
    people = [path for path in (ASSETS / "examples").iterdir() if path.is_dir()]
    own = people[0].name.replace("_", " ")
    assert len(examples.other_portraits(ASSETS / "examples", own)) == examples.PORTRAITS_EACH * (
        len(people) - 1
    )
