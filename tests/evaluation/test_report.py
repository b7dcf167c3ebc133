"""An evaluation as text: what is in the JSON, that nobody's name is, and that it comes back as it went."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from idia_core import names
from idia_core.clip.encoder import Encoder
from idia_core.errors import IdiaError
from idia_core.evaluation import report, rules
from idia_core.evaluation.dataset import read_people
from idia_core.evaluation.records import Evaluation
from idia_core.evaluation.run import EvaluationRequest, run_evaluation
from idia_core.settings import ASSETS
from tests.conftest import finish, jpeg, refused
from tests.evaluation.test_run import FEW_PROMPTS

SHIPPED = sorted((ASSETS / "sandbox").glob("evaluation*.json"))


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory, tiny: Encoder) -> Evaluation:
    folder = tmp_path_factory.mktemp("people")
    lines = ["name,member,training_photos"]
    for at in range(24):
        name = f"Zork{'abcdefghijklmnopqrstuvwxyz'[at]} Quux"
        home = folder / name.replace(" ", "_")
        home.mkdir()
        for number in range(3):
            (home / f"{number}.jpg").write_bytes(jpeg(10 * at + number))
        lines.append(f"{name},{at % 2},{4 if at % 2 else ''}")
    (folder / "truth.csv").write_text("\n".join(lines))
    request = EvaluationRequest(
        people=read_people(folder, folder / "truth.csv"),
        lists=names.load_lists(ASSETS / "names", "sandbox"),
        photos=(1, 3),
        draws=2,
        size=40,
        prompts=FEW_PROMPTS,
        matched=40,
        crossed=3,
    )
    return finish(run_evaluation(request, tiny))


def test_it_comes_back_as_it_went(evaluation: Evaluation, tmp_path: Path) -> None:
    path = tmp_path / "evaluation.json"
    path.write_text(json.dumps(report.evaluation_facts(evaluation)), "utf-8")
    assert report.read_evaluation(path) == replace(evaluation, set_aside=())


def test_the_fields_that_programs_rely_on_are_there(evaluation: Evaluation) -> None:
    facts = json.loads(json.dumps(report.evaluation_facts(evaluation)))
    assert {"model", "names", "prompts", "tau", "rows", "pool", "baseline"} <= set(facts)
    row = facts["rows"][0]
    wanted = ("photos", "draws", "members", "non_members", "tpr", "tpr_sd", "tpr_interval", "fpr", "fpr_sd")
    assert {*wanted, "fpr_interval", "by_training_photos"} <= set(row)
    assert list(row["rules"]) == [rule.code for rule in rules.RULES]
    for rule in row["rules"].values():
        assert len(rule["tpr_interval"]) == len(rule["fpr_interval"]) == 2
    assert row["rules"]["idia"]["tpr"] == row["tpr"]
    assert row["rules"]["idia tau=1"]["fpr"] == row["fpr"]
    assert sum(share["members"] for share in row["outcomes"].values()) == pytest.approx(1)
    assert row["p_values_of_non_members"]["general"]["people"] == 12
    assert facts["baseline"]["name_style"]["members"] == 12
    assert facts["baseline"]["constant"] == {"tpr": 1.0, "fpr": 1.0}


def test_nobodys_name_is_in_it(evaluation: Evaluation) -> None:
    text = json.dumps(report.evaluation_facts(evaluation)) + report.evaluation_table(evaluation)
    assert "Quux" not in text
    assert "Zork" not in text


def test_the_table_shows_every_rule_the_pool_and_the_blind_guess(evaluation: Evaluation) -> None:
    text = report.evaluation_table(evaluation)
    assert all(f"\n{rule.code} " in text for rule in rules.RULES)
    assert "everybody in the set" in text
    assert "Blind baseline" in text
    assert "too few people" in report.evaluation_table(replace(evaluation, name_baseline=None))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_file_comes_back_equal(file: Path) -> None:
    assert report.evaluation_facts(report.read_evaluation(file)) == json.loads(file.read_text())


def places(data: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of every object of parsed JSON, of the first entry of each list only."""
    if isinstance(data, dict):
        yield place
        for key, value in data.items():
            yield from places(value, (*place, key))
    if isinstance(data, list) and data:
        yield from places(data[0], (*place, 0))


def at(data: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        data = data[key]
    return data


def refuses(data: Any, path: Path) -> bool:
    path.write_text(json.dumps(data))
    try:
        report.read_evaluation(path)
    except IdiaError as error:
        return error.message.code == "evaluation-file-unreadable"
    return False


def test_an_unknown_or_missing_key_or_another_type_is_refused_wherever_it_stands(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    path = tmp_path / "changed.json"
    whole = json.loads(json.dumps(report.evaluation_facts(evaluation)))
    assert not refuses(whole, path)
    found = list(places(whole))
    assert len(found) > 30
    for place in found:
        changed = copy.deepcopy(whole)
        at(changed, place)["surprise"] = {}
        assert refuses(changed, path), place
        for key, value in at(whole, place).items():
            if place[-1:] in (("rules",), ("outcomes",), ("p_values_of_non_members",)):
                continue  # Fewer rules are fewer rules.
            changed = copy.deepcopy(whole)
            del at(changed, place)[key]
            assert refuses(changed, path), (*place, key)
            at(changed, place)[key] = 1 if isinstance(value, str) else "1"
            assert refuses(changed, path), (*place, key)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        "7",
        "null",
        '"text"',
        '{"model": 1}',
        '{"baseline": [], "rows": []}',
        "[" * 9 + "]" * 9,
    ],
)
def test_a_file_that_is_no_evaluation_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content)
    with refused("not the JSON of an evaluation"):
        report.read_evaluation(path)
    with pytest.raises(IdiaError):
        report.read_evaluation(tmp_path / "absent.json")
