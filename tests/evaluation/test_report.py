"""An evaluation as text: what is in the JSON, that nobody's name is, and that it comes back as it went."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from idia_core import names
from idia_core.clip.encoder import Encoder
from idia_core.errors import IdiaError
from idia_core.evaluation import report, rules
from idia_core.evaluation.run import Evaluation, EvaluationRequest, read_people, run_evaluation
from idia_core.settings import ASSETS
from tests.conftest import jpeg, refused


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
        matched=40,
        crossed=3,
    )
    *_, result = run_evaluation(request, tiny)
    assert isinstance(result, Evaluation)
    return result


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
    assert list(row["rules"]) == list(rules.RULES)
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
    assert all(f"\n{rule} " in text for rule in rules.RULES)
    assert "everybody in the set" in text
    assert "Blind baseline" in text
    assert "too few people" in report.evaluation_table(replace(evaluation, blind=None))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"model": 1}'])
def test_a_file_that_is_no_evaluation_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content)
    with refused("not the JSON of an evaluation"):
        report.read_evaluation(path)
    with pytest.raises(IdiaError):
        report.read_evaluation(tmp_path / "absent.json")
