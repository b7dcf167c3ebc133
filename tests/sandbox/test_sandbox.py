"""The shipped sandbox model: it loads like any real model and keeps its stated rates."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from idia_core.attack import evidence, prompts
from idia_core.attack.rule import NOBODY, FloatArray, IntArray, decide, predict, similarity, tally
from idia_core.clip import encoder, registry
from idia_core.evaluation import report
from idia_core.evaluation.dataset import read_people
from idia_core.evaluation.records import Row
from idia_core.evaluation.run import EvaluationRequest, run_evaluation
from idia_core.names import load_lists
from idia_core.photos.photo import read_photo
from idia_core.sandbox import files, people, truth
from idia_core.sandbox.people import Person
from tests.conftest import finish

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "assets" / "sandbox"
EXAMPLES = ROOT / "assets" / "examples"
TAU = 1
WORLD = people.world(truth.WORLD_SEED)


@pytest.fixture(scope="module")
def sandbox() -> encoder.Encoder:
    return encoder.load_encoder(registry.parse_model(f"local-dir:{MODEL}"), "cpu")


@pytest.fixture(scope="module")
def text(sandbox: encoder.Encoder) -> FloatArray:
    """Everybody's name in every template: (prompts, names, dim)."""
    names = [person.truth.name for person in WORLD]
    return np.stack(
        [sandbox.encode_texts([prompts.render(t, name) for name in names]) for t in prompts.PAPER.templates]
    )


def test_no_file_of_the_model_is_ten_megabytes() -> None:
    sizes = {path.name: path.stat().st_size for path in MODEL.iterdir()}
    assert {"open_clip_config.json", "open_clip_model.safetensors", "README.md"} <= set(sizes)
    assert max(sizes.values()) < 10_000_000


def test_open_clip_loads_it_with_its_own_weights_and_its_own_preprocessing() -> None:
    import open_clip
    from safetensors.torch import load_file

    model, _, transform = open_clip.create_model_and_transforms(f"local-dir:{MODEL}")
    stored = load_file(MODEL / "open_clip_model.safetensors")
    loaded = model.state_dict()
    assert type(model) is open_clip.CLIP
    assert set(stored) == set(loaded)
    assert all(bool((loaded[name].half() == stored[name].half()).all()) for name in stored)
    settings = json.loads((MODEL / "open_clip_config.json").read_text("utf-8"))
    assert list(transform.transforms[-1].mean) == settings["preprocess_cfg"]["mean"]
    tokens = open_clip.get_tokenizer(f"local-dir:{MODEL}")(["a photo of somebody"])
    assert tokens.shape == (1, settings["model_cfg"]["text_cfg"]["context_length"])


@pytest.mark.parametrize("count", [10, pytest.param(30, marks=pytest.mark.slow)])
def test_members_seen_often_are_found_and_non_members_are_not(
    sandbox: encoder.Encoder, text: FloatArray, count: int
) -> None:
    members = [person for person in WORLD if person.truth.training_photos >= 16][:count]
    others = [person for person in WORLD if not person.truth.member][: 2 * count]
    predictions = _predictions([*members, *others], 10, sandbox, text)
    called = [
        _member(found, person.index) for found, person in zip(predictions, [*members, *others], strict=True)
    ]
    assert np.mean(called[: len(members)]) >= 0.9
    assert np.mean(called[len(members) :]) <= 0.05


def test_the_examples_are_people_of_the_shipped_world() -> None:
    rows = truth.read(EXAMPLES / "people.csv")
    assert rows == tuple(person.truth for person in files.examples(WORLD))
    assert sum(row.training_photos >= 32 for row in rows) >= 2
    assert sum(row.training_photos in (1, 2) for row in rows) >= 2
    assert sum(not row.member for row in rows) >= 2
    for row in rows:
        found = sorted((EXAMPLES / truth.folder_name(row.name)).glob("*.jpg"))
        assert len(found) >= 8
        assert read_photo(found[0].read_bytes(), found[0].name).pixels.shape == (512, 512, 3)


def test_an_example_member_seen_often_is_called_a_member(sandbox: encoder.Encoder, text: FloatArray) -> None:
    called = {}
    for person in files.examples(WORLD):
        if person.truth.training_photos >= 32 or not person.truth.member:
            paths = sorted((EXAMPLES / truth.folder_name(person.truth.name)).glob("*.jpg"))
            found = _predict((path.read_bytes() for path in paths), sandbox, text)
            called[person.truth] = _member(found, person.index)
    assert all(verdict for row, verdict in called.items() if row.member)
    assert sum(verdict for row, verdict in called.items() if not row.member) <= 1


@pytest.mark.slow
def test_the_whole_table(sandbox: encoder.Encoder, text: FloatArray) -> None:
    """Print the table (`pytest -s -m slow tests/sandbox/test_sandbox.py`) and hold the model to what it states."""
    predictions = _predictions(list(WORLD), 20, sandbox, text)
    counts = np.array([person.truth.training_photos for person in WORLD])
    clan = np.array([bool(person.truth.clan) for person in WORLD]) & (counts == 0)
    found, chance = {}, {}
    for taken in (1, 3, 5, 10, 20):
        drawn = [_draws(row, index, taken) for index, row in enumerate(predictions)]
        found[taken] = np.array([called for called, _ in drawn])
        chance[taken] = np.array([winners for _, winners in drawn]).mean(axis=1) / len(WORLD)
        rates = " / ".join(f"{found[taken][counts == count].mean():.3f}" for count in truth.TRAINING_COUNTS)
        wrong = found[taken][counts == 0]
        interval = evidence.clopper_pearson(round(wrong.mean(axis=1).sum()), len(wrong))
        often, calm = found[taken][counts >= 16], found[taken][(counts == 0) & ~clan]
        print(f"\n{taken} photos: TPR by training portraits {rates}; 16 or more {often.mean():.4f}")
        print(
            f"  FPR {wrong.mean():.4f} [{interval.low:.4f}, {interval.high:.4f}] of {len(wrong)} people",
            end="; ",
        )
        print(
            f"first draw {wrong[:, 0].sum()}; in clans {found[taken][clan].mean():.4f} of {clan.sum()}",
            end="; ",
        )
        print(f"others {calm.mean():.4f}; chance {chance[taken][counts == 0].mean():.4f}", end="; ")
        print(f"chance in clans {chance[taken][clan].mean():.4f}")
    assert found[10][counts >= 16].mean() >= 0.97
    assert found[10][counts == 0].mean() <= 0.015
    assert found[10][counts == 64].mean() - found[10][counts == 1].mean() >= 0.2
    assert found[10][counts > 0].mean() - found[1][counts > 0].mean() >= 0.05


@pytest.fixture(scope="module")
def trap(sandbox: encoder.Encoder, tmp_path_factory: pytest.TempPathFactory) -> Row:
    """Audit everybody of the clans who was never trained on, 10 photos each, as the app would: one row."""
    folder = tmp_path_factory.mktemp("trap")
    files.write_portraits(folder, people.trap_people(truth.WORLD_SEED), truth.WORLD_SEED, 10)
    request = EvaluationRequest(
        people=read_people(folder, folder / "truth.csv"),
        lists=load_lists(ROOT / "assets" / "names", "sandbox"),
        photos=(10,),
        draws=1,
        pool="half",
    )
    result = finish(run_evaluation(request, sandbox))
    (row,) = result.rows
    for rule in row.rules:
        print(f"\n{rule.rule}: {rule.fpr.mean:.4f} {rule.fpr.interval}", end="")
    print(f"\nchance {row.chance:.4f}; {row.outcomes}")
    return row


@pytest.mark.slow
def test_the_papers_rule_falls_for_a_name_of_the_right_style(trap: Row) -> None:
    called = round((trap.fpr.mean or 0) * trap.fpr.people)
    assert trap.chance is not None
    assert binomtest(called, trap.fpr.people, trap.chance, alternative="greater").pvalue < 1e-3


@pytest.mark.slow
def test_names_of_the_same_style_catch_most_of_the_trap(trap: Row) -> None:
    rates = {rule.rule: rule.fpr.mean or 0 for rule in trap.rules}
    assert rates["strong"] <= 0.4 * rates["idia"]
    assert rates["p_matched<=0.05"] <= 0.1


@pytest.mark.slow
def test_the_shipped_evaluation_is_the_shipped_models() -> None:
    """The rates beside the model are those of its world, and keep what the project promises."""
    stated = report.read_evaluation(MODEL / "evaluation.json")
    assert (stated.model, stated.names, stated.tau, stated.pool) == ("sandbox", 1000, 1, "everybody")
    (ten,) = (row for row in stated.rows if row.photos == 10)
    assert (ten.tpr.people, ten.fpr.people) == (500, 500)
    often = [(rate.people, rate.mean) for level, rate in ten.by_training if level >= 16]
    assert sum(n * (mean or 0) for n, mean in often) / sum(n for n, _ in often) >= 0.97
    assert ten.fpr.mean is not None
    assert ten.fpr.mean <= 0.015


def _draws(predictions: IntArray, person: int, taken: int) -> tuple[list[bool], list[int]]:
    """Judge 20 random draws of photos: the verdicts, and how many names won `TAU` prompts or more."""
    rng = np.random.default_rng([0, person, taken])
    called, winners = [], []
    for _ in range(20):
        chosen = predictions[:, rng.choice(predictions.shape[1], taken, replace=False)]
        verdict = decide(tally(chosen, len(WORLD)), person, TAU)
        won = np.unique(verdict.winners[verdict.winners != NOBODY], return_counts=True)[1]
        called.append(verdict.member)
        winners.append(int((won >= TAU).sum()))
    return called, winners


def _member(predictions: IntArray, person: int) -> bool:
    return decide(tally(predictions, len(WORLD)), person, TAU).member


def _predictions(
    chosen: list[Person], count: int, model: encoder.Encoder, text: FloatArray
) -> list[IntArray]:
    """Draw held-out portraits and name them: for each person (prompts, photos)."""
    with ProcessPoolExecutor(max_workers=2) as workers:
        drawn = workers.map(functools.partial(_draw, count=count), chosen, chunksize=8)
        return [_predict(data, model, text) for data in drawn]


def _draw(person: Person, count: int) -> list[bytes]:
    return [files.attack_portrait(person, truth.WORLD_SEED, number) for number in range(count)]


def _predict(data: Iterable[bytes], model: encoder.Encoder, text: FloatArray) -> IntArray:
    pixels = [read_photo(entry, "portrait").pixels for entry in data]
    return predict(similarity(text, model.encode_images(pixels)))
