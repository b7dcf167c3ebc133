"""The paper's protocol: against a slow twin, on real photos and a real (tiny, random) CLIP."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from idia_core import names
from idia_core.attack import evidence
from idia_core.attack.prompts import PAPER, parse
from idia_core.attack.rule import decide, predict, similarity, tally
from idia_core.audit.run import embed
from idia_core.clip.encoder import Encoder
from idia_core.errors import IdiaError
from idia_core.evaluation import rules
from idia_core.evaluation import run as evaluation_run
from idia_core.evaluation.dataset import read_people
from idia_core.evaluation.records import Evaluation, Rate
from idia_core.evaluation.run import (
    EvaluationRequest,
    _candidates,
    _columns,
    _rate,
    _score,
    _Text,
    run_evaluation,
)
from idia_core.names import matching
from idia_core.photos.photo import read_photo
from idia_core.settings import ASSETS
from idia_core.text import tell
from tests.conftest import finish, jpeg, refused

LISTS = names.load_lists(ASSETS / "names", "web")
FEW_PROMPTS = parse(["{0}", "a photo of {0}", "{0} smiles", "an image of {0} at work"])
PEOPLE = {
    "Ana Lo": (1, "4", 6),
    "Bo Ek": (1, "1", 6),
    "Cy Ott": (0, "", 6),
    "Di Fox": (0, "", 4),
    "Ed Roe": (0, "", 1),
}


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("people")
    lines = ["name,member,training_photos"]
    seed = 0
    for name, (member, training, count) in PEOPLE.items():
        home = folder / name.replace(" ", "_")
        home.mkdir()
        lines.append(f"{name},{member},{training}")
        for at in range(count):
            seed += 1
            (home / f"{at}.jpg").write_bytes(jpeg(seed))
    (folder / "Ana_Lo" / "notes.txt").write_text("no photo")
    (folder / "Bo_Ek" / "broken.jpg").write_bytes(jpeg(99)[:200])
    truth = folder / "truth.csv"
    truth.write_text("\n".join(lines))
    return folder, truth


def run(request: EvaluationRequest, encoder: Encoder) -> Evaluation:
    return finish(run_evaluation(request, encoder))


def test_the_rates_equal_a_slow_twins(labelled: tuple[Path, Path], tiny: Encoder) -> None:
    people = read_people(*labelled)
    request = EvaluationRequest(
        people=people, lists=LISTS, photos=(1, 3), draws=7, size=12, seed=5, matched=0
    )
    result = run(request, tiny)
    everybody = [person.name for person in people]
    pool = _candidates(request)
    assert list(pool[:5]) == everybody
    assert len({names.name_key(name) for name in pool}) == 12
    text = embed(PAPER, pool, tiny)
    for row in result.rows:
        called: dict[str, list[float]] = {}
        for at, person in enumerate(people):
            pixels = [
                read_photo(f.read_bytes(), f.name).pixels for f in person.files if "broken" not in f.name
            ]
            if len(pixels) < row.photos:
                continue
            rng = np.random.default_rng([5, at, row.photos])
            similar = similarity(text, tiny.encode_images(pixels))
            for _ in range(7):
                chosen = rng.choice(len(pixels), size=row.photos, replace=False)
                votes = tally(predict(similar[:, chosen]), 12)
                called.setdefault(person.name, []).append(decide(votes, at).member)
        for rate, kind in ((row.tpr, True), (row.fpr, False)):
            shares = [np.mean(called[p.name]) for p in people if p.member is kind and p.name in called]
            assert rate.people == len(shares)
            assert rate.mean == pytest.approx(np.mean(shares))
    assert [row.fpr.people for row in result.rows] == [3, 2]
    assert [level for level, _ in result.rows[0].by_training] == [1, 4]


def test_a_photo_that_cannot_be_used_is_set_aside_and_named(
    labelled: tuple[Path, Path], tiny: Encoder
) -> None:
    request = EvaluationRequest(
        people=read_people(*labelled), lists=LISTS, photos=(3,), draws=1, size=5, matched=0
    )
    (photo,) = run(request, tiny).set_aside
    assert photo.person == "Bo Ek"
    assert tell(photo.reason).startswith("broken.jpg: ")


def test_the_same_seed_gives_the_same_rows(labelled: tuple[Path, Path], tiny: Encoder) -> None:
    request = asked(labelled, photos=(2,), draws=5, seed=1)
    assert run(request, tiny) == run(request, tiny)


def asked(labelled: tuple[Path, Path], **changes: object) -> EvaluationRequest:
    base = EvaluationRequest(
        people=read_people(*labelled),
        lists=LISTS,
        photos=(3,),
        draws=3,
        size=30,
        prompts=FEW_PROMPTS,
        matched=40,
        crossed=2,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["unknown", "half", "known"])
def test_each_person_stands_last_among_decoys_of_the_kind_asked_for(
    kind: str, labelled: tuple[Path, Path]
) -> None:
    request = asked(labelled, pool=kind)
    text = _Text(_candidates(request), np.zeros((1, 1, 1), np.float32))
    known = set(LISTS.known)
    for index, person in enumerate(request.people):
        columns, truth = _columns(request, index, text)
        pool = [text.names[at] for at in columns]
        assert (len(pool), truth, pool[-1]) == (30, 29, person.name)
        assert not {other.name for other in request.people} & set(pool[:-1])
        assert sum(name in known for name in pool) == {"unknown": 0, "half": 15, "known": 29}[kind]


def test_among_matched_names_the_pool_is_of_the_persons_own_style(
    labelled: tuple[Path, Path], tiny: Encoder
) -> None:
    request = asked(labelled, pool="matched", size=25, photos=(2,), draws=5)
    result = run(request, tiny)
    assert (result.pool, result.names) == ("matched", 25)
    person = request.people[0]
    style = matching.draw_style_names(person.name, LISTS, 24, 2, 0)
    everyone = [*style.matched.same_first, *style.matched.same_last, person.name]
    assert all({"Ana", "Lo"} & set(name.split(" ")) for name in everyone)
    pixels = [read_photo(f.read_bytes(), f.name).pixels for f in person.files]
    similar = similarity(embed(FEW_PROMPTS, everyone, tiny), tiny.encode_images(pixels))
    text = _Text((person.name,), embed(FEW_PROMPTS, [person.name], tiny))
    scored = _score(request, 0, text, tiny.encode_images(pixels), tiny)
    assert np.array_equal(scored.predictions, predict(similar))


def test_vectors_of_names_of_the_same_style_are_remembered_up_to_a_bound(
    labelled: tuple[Path, Path], tiny: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asked(labelled)
    whole = run(request, tiny)
    monkeypatch.setattr(evaluation_run, "REMEMBERED_BYTES", 0)
    assert run(request, tiny) == whole


def test_a_person_whose_name_cannot_be_matched_is_judged_by_the_other_rules(
    labelled: tuple[Path, Path], tiny: Encoder
) -> None:
    people = read_people(*labelled)
    request = asked(labelled, people=(replace(people[0], name="Madonna"), people[2]))
    (row,) = run(request, tiny).rows
    rates = {rule.rule: rule.tpr for rule in row.rules}
    assert rates["idia"].people == rates["p_matched<=0.05"].people == 1
    assert rates["p_matched<=0.05"].mean == rates["strong"].mean == 0
    assert {one.outcome: one.members for one in row.outcomes}["unclear"] == 1


def test_without_names_of_its_style_the_papers_rule_is_the_same(
    labelled: tuple[Path, Path], tiny: Encoder
) -> None:
    (full,), (bare,) = run(asked(labelled), tiny).rows, run(asked(labelled, matched=0), tiny).rows
    assert (bare.tpr, bare.fpr) == (full.tpr, full.fpr)
    assert {rule.rule for rule in full.rules} - {rule.rule for rule in bare.rules} == {
        rule.code for rule in rules.RULES if rule.by_style
    }
    assert bare.outcomes == ()


def test_who_cannot_be_matched_leaves_a_row_of_matched_names(
    labelled: tuple[Path, Path], tiny: Encoder
) -> None:
    people = read_people(*labelled)
    request = asked(labelled, people=(replace(people[0], name="Madonna"), *people[1:]), pool="matched")
    (row,) = run(request, tiny).rows
    (whole,) = run(asked(labelled, pool="matched"), tiny).rows
    assert (row.tpr.people, whole.tpr.people) == (1, 2)


def test_a_list_too_short_for_a_pool_of_known_names_is_said(
    labelled: tuple[Path, Path], tiny: Encoder
) -> None:
    with refused("make only"):
        run(asked(labelled, pool="known", size=2000), tiny)


def test_the_interval_counts_people_not_draws() -> None:
    always, never, half = np.ones(20, bool), np.zeros(20, bool), np.arange(20) % 2 == 0
    rate = _rate([always, never, half, never])
    assert rate.mean == pytest.approx(0.375)
    assert rate.interval == (evidence.clopper_pearson(1, 4).low, evidence.clopper_pearson(2, 4).high)
    assert _rate([never] * 8).interval == (0.0, pytest.approx(0.369, abs=1e-3))
    assert _rate([]) == Rate(0, None, None, None)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("name,member\nAna Lo,2\n", "Line 2"),
        ("name,member,training_photos\nAna Lo,1,x\n", "Line 2"),
        ("name,member\nNobody Here,1\n", "Nobody Here"),
        ("name\nAna Lo\n", "lacks a column"),
        ("name,member\n", "names nobody"),
        ("name,member\nAna Lo,1\nAna_Lo,1\n", "twice"),
    ],
)
def test_a_truth_file_that_cannot_be_used_is_refused(
    labelled: tuple[Path, Path], tmp_path: Path, content: str, sentence: str
) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text(content)
    with refused(sentence):
        read_people(labelled[0], truth)


def test_missing_files_are_said(labelled: tuple[Path, Path], tmp_path: Path) -> None:
    with refused("There is no folder"):
        read_people(tmp_path / "nowhere", labelled[1])
    with refused("cannot be read"):
        read_people(labelled[0], tmp_path / "nothing.csv")


@pytest.mark.parametrize("changes", [{"size": 4}, {"photos": (0,)}, {"draws": 0}, {"tau": 22}])
def test_numbers_out_of_range_are_refused(
    labelled: tuple[Path, Path], tiny: Encoder, changes: dict[str, object]
) -> None:
    base = EvaluationRequest(people=read_people(*labelled), lists=LISTS, size=20)
    with pytest.raises(IdiaError):
        run(replace(base, **changes), tiny)  # type: ignore[arg-type]
