"""Face or surroundings: on the sandbox, whose truth is known, a covered face no longer carries the name.

The context control must also fire where it should: an encoder of a few lines that looks at a photo's corner
alone stands for a model that has learned the surroundings.
"""

from __future__ import annotations

import functools
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from idia_core import names
from idia_core.attack import evidence, rule
from idia_core.attack.prompts import PAPER
from idia_core.attack.ranking import photo_scores, rank_in_pool
from idia_core.audit import views
from idia_core.audit.judge import judge
from idia_core.audit.records import AuditRequest, AuditResult
from idia_core.audit.run import embed, photo_similarities, result_of, run_audit
from idia_core.clip import encoder, registry
from idia_core.clip.interface import Encoder
from idia_core.clip.text_cache import TextCache
from idia_core.photos import crops, quality
from idia_core.photos.faces import FaceFinder
from idia_core.photos.locators import CentreFaceLocator, DetectedFaceLocator
from idia_core.photos.photo import Photo, PixelArray, read_photo
from idia_core.sandbox import files, truth
from idia_core.sandbox.people import Person, world
from idia_core.settings import ASSETS
from tests import portrait
from tests.conftest import jpeg, refused

WEB = names.load_lists(ASSETS / "names", "web")
SANDBOX = names.load_lists(ASSETS / "names", "sandbox")
NO_DISK = TextCache(None, 0)
CENTRE = CentreFaceLocator()
EXAMPLES = ASSETS / "examples"


@pytest.fixture(scope="module")
def sandbox() -> encoder.Encoder:
    return encoder.load_encoder(registry.SANDBOX, "cpu")


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


def finish(asked: AuditRequest, model: Encoder) -> AuditResult:
    return result_of(run_audit(asked, model, NO_DISK))


def example(name: str, count: int = 8) -> tuple[Photo, ...]:
    paths = sorted((EXAMPLES / name.replace(" ", "_")).glob("*.jpg"))[:count]
    return tuple(read_photo(path.read_bytes(), path.name) for path in paths)


def members() -> list[truth.Truth]:
    return [row for row in truth.read(EXAMPLES / "people.csv") if row.training_photos >= 32]


def about(name: str, **changes: object) -> AuditRequest:
    base = AuditRequest(name, example(name), SANDBOX, size=300, matched=0)
    return replace(base, **changes)  # type: ignore[arg-type]


# On the sandbox


def test_a_members_name_wins_by_the_face_and_not_by_what_is_around_it(sandbox: encoder.Encoder) -> None:
    for person in members():
        result = finish(about(person.name), sandbox)
        stands = {one.kind: one for one in result.comparison.view_results}
        assert list(stands) == ["whole", "face", "covered"]
        assert {one.photos for one in stands.values()} == {8}
        assert stands["whole"].hits == result.verdict.hits >= 10
        assert stands["whole"].rank == result.evidence.general.rank
        assert stands["face"].hits >= 5
        assert stands["covered"].hits == 0
        controls = {control.kind: control for control in result.evidence.controls}
        assert not controls["context"].fired
        assert result.comparison.odd_ones == ()
        assert result.comparison.one_person is True


def test_the_face_only_can_be_what_the_verdict_is_about(sandbox: encoder.Encoder) -> None:
    name = members()[0].name
    whole, face = finish(about(name), sandbox), finish(about(name, crop="face"), sandbox)
    assert face.encoded.crop == "face"
    by_kind = {one.kind: one for one in whole.comparison.view_results}
    assert by_kind["face"].hits == face.verdict.hits
    assert {one.kind: one for one in face.comparison.view_results} == by_kind


def test_other_peoples_portraits_are_cut_as_the_persons_own_are(sandbox: encoder.Encoder) -> None:
    first, second = members()[:2]
    others = example(second.name, 2)
    cut = crops.crop_like(others, "face", CENTRE)
    edge = round(512 * 0.8)
    assert [photo.pixels.shape for photo in cut] == [(edge, edge, 3)] * 2
    assert crops.crop_like(others, "whole", CENTRE) == others
    assert crops.crop_like(others, "face", DetectedFaceLocator()) == others
    face = finish(about(first.name, crop="face", others=others, views=False), sandbox)
    own = finish(about(first.name, photos=cut, views=False), sandbox)
    np.testing.assert_allclose(face.encoded.other_similarities, own.encoded.similarities, atol=1e-4)


def test_a_stranger_among_the_photos_is_found_and_nobody_else(sandbox: encoder.Encoder) -> None:
    first, second = members()[:2]
    mixed = (*example(first.name, 5), example(second.name, 1)[0])
    result = finish(about(first.name, photos=mixed), sandbox)
    assert result.comparison.odd_ones == (5,)
    assert result.comparison.one_person is False
    assert result.evidence.judgement.outcome == "unclear"
    assert "one_person" in result.evidence.judgement.decided_by
    without = judge(result.encoded, tau=1, kept=[0, 1, 2, 3, 4])
    assert without.comparison.one_person is True
    assert without.evidence.judgement.outcome != "unclear"


def test_other_views_can_be_left_out(sandbox: encoder.Encoder) -> None:
    result = finish(about(members()[0].name, views=False), sandbox)
    assert [one.kind for one in result.comparison.view_results] == ["whole"]
    assert result.evidence.controls == ()
    assert result.comparison.one_person is None


def test_judging_fewer_photos_and_names_equals_a_run_of_only_these(sandbox: encoder.Encoder) -> None:
    name = members()[0].name
    asked = about(name)
    full = finish(asked, sandbox)
    some = finish(replace(asked, size=100, photos=tuple(asked.photos[at] for at in (0, 2, 3, 6, 7))), sandbox)
    again = judge(full.encoded, tau=1, size=100, kept=[0, 2, 3, 6, 7])
    for one, other in zip(again.comparison.view_results, some.comparison.view_results, strict=True):
        assert (one.kind, one.photos, one.hits, one.rank) == (
            other.kind,
            other.photos,
            other.hits,
            other.rank,
        )
    (control,), (same,) = again.evidence.controls, some.evidence.controls
    assert (control.kind, control.photos, control.hits) == ("context", 5, same.hits)
    assert control.ranking.p_value == same.ranking.p_value


def test_each_view_is_attacked_once_and_as_it_would_be_by_itself(
    sandbox: encoder.Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded = finish(about(members()[0].name), sandbox).encoded
    shown = {"whole": encoded.similarities, **{view.kind: view.similarities for view in encoded.views}}
    assert set(shown) == set(crops.VIEW_KINDS)
    votes = {kind: rule.tally(rule.predict(one), 300) for kind, one in shown.items()}
    done, predict, scores = [], rule.predict, evidence.photo_scores
    monkeypatch.setattr(evidence.rule, "predict", lambda one: done.append("predict") or predict(one))
    monkeypatch.setattr(evidence, "photo_scores", lambda one: done.append("scores") or scores(one))
    result = judge(encoded, tau=3)
    assert sorted(done) == 3 * ["predict"] + 3 * ["scores"]
    for one in result.comparison.view_results:
        verdict, ranking = rule.decide(votes[one.kind], 299, 3), rank_in_pool(shown[one.kind], 299)
        assert (one.hits, one.rank, one.p_value) == (verdict.hits, ranking.rank, ranking.p_value)
    (context,) = result.evidence.controls
    covered = rule.decide(votes["covered"], 299, 3)
    assert (context.hits, context.ranking.rank) == (covered.hits, rank_in_pool(shown["covered"], 299).rank)
    assert result.votes.tolist() == votes["whole"].tolist()


# Where the surroundings carry the name


class Corner:
    """A model that has learned one corner of a photo: its embedding is the corner's colour."""

    fingerprint, logit_scale = "corner", 1.0

    def __init__(self, name: str, colour: tuple[int, int, int]) -> None:
        self.spec = registry.parse_model("laion400m-b32")
        self._name, self._colour = name, np.asarray(colour, np.float32) - 128

    def encode_images(self, pixels: list[PixelArray]) -> rule.FloatArray:
        corners = np.stack([one[:8, :8].reshape(-1, 3).mean(axis=0) for one in pixels]) - 128
        return (corners / np.linalg.norm(corners, axis=1, keepdims=True)).astype(np.float32)

    def encode_texts(self, sentences: list[str]) -> rule.FloatArray:
        rng = np.random.default_rng(0)
        rows = rng.normal(size=(len(sentences), 3))
        rows[[self._name in sentence for sentence in sentences]] = self._colour
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def in_front_of(colour: tuple[int, int, int], shift: int) -> Photo:
    """The portrait on a coloured wall."""
    canvas = Image.new("RGB", (700, 700), colour)
    canvas.paste(portrait.portrait().crop((130, 20, 330, 240)).resize((300, 330)), (200 + shift, 200))
    return portrait.photo(canvas, f"{shift}.jpg")


@portrait.needed
def test_a_name_that_the_surroundings_carry_is_caught(finder: FaceFinder) -> None:
    wall = (250, 10, 240)
    shown = tuple(in_front_of(wall, shift) for shift in range(0, 50, 10))
    face_checks = tuple(quality.check_photo(photo, finder) for photo in shown)
    asked = AuditRequest("Zelda Quux", shown, WEB, size=200, matched=0, face_checks=face_checks)
    result = finish(asked, Corner("Zelda Quux", wall))
    stands = {one.kind: one for one in result.comparison.view_results}
    assert stands["whole"].hits == stands["covered"].hits == 21
    assert stands["face"].hits < 21, "cut to the face, the wall is gone"
    (context,) = result.evidence.controls
    assert (context.kind, context.fired, context.photos) == ("context", True, 5)
    assert result.evidence.judgement.outcome == "weak"
    assert "context" in result.evidence.judgement.decided_by


@portrait.needed
def test_photos_without_a_face_miss_in_the_views_that_need_one(
    tiny: encoder.Encoder, finder: FaceFinder
) -> None:
    shown = (in_front_of((9, 9, 99), 0), read_photo(jpeg(3), "lawn.jpg"), in_front_of((99, 9, 9), 20))
    face_checks = tuple(quality.check_photo(photo, finder) for photo in shown)
    result = finish(AuditRequest("Zelda Quux", shown, WEB, size=40, matched=0, face_checks=face_checks), tiny)
    kinds = {view.kind: view.photos for view in result.encoded.views}
    assert kinds == {"face": (0, 2), "covered": (0, 2)}
    assert [one.photos for one in result.comparison.view_results] == [3, 2, 2]
    assert "no-face" in [finding.code for finding in result.encoded.photos[1].findings]
    assert result.comparison.one_person is None, "two faces cannot be compared"
    only = judge(result.encoded, tau=1, kept=[1])
    assert [one.kind for one in only.comparison.view_results] == ["whole"]
    with refused("no face"):
        finish(AuditRequest("Zelda Quux", shown, WEB, size=40, face_checks=face_checks, crop="face"), tiny)


def test_where_nobody_looked_nothing_is_compared(tiny: encoder.Encoder) -> None:
    shown = tuple(read_photo(jpeg(seed), "x.jpg") for seed in range(4))
    result = finish(AuditRequest("Zelda Quux", shown, WEB, size=40, matched=0), tiny)
    assert result.encoded.views == ()
    assert [one.kind for one in result.comparison.view_results] == ["whole"]
    assert result.evidence.controls == ()


@portrait.needed
def test_the_extra_views_are_reported_batch_by_batch(tiny: encoder.Encoder, finder: FaceFinder) -> None:
    shown = tuple(in_front_of((9, 9, 10 * at), at) for at in range(17))
    face_checks = tuple(quality.check_photo(photo, finder) for photo in shown)
    asked = AuditRequest("Zelda Quux", shown, WEB, size=40, matched=0, face_checks=face_checks)
    steps = run_audit(asked, tiny, NO_DISK)
    assert [(step.done, step.total) for step in steps if step.stage == "views"] == [
        (0, 4),
        (1, 4),
        (2, 4),
        (3, 4),
    ]


# Strangers, pure


def odd_ones(rows: np.ndarray) -> tuple[int, ...] | None:
    """Judge faces, photos 10, 11, ..., of which face i has the similarities rows[i] on each of two prompts."""
    both = np.stack([rows, rows]).astype(np.float32)
    return views.odd_one_out(range(10, 10 + len(rows)), photo_scores(both))


def test_a_stranger_is_less_like_everybody_than_they_are_like_each_other() -> None:
    rng = np.random.default_rng(0)
    base, stranger = rng.normal(size=(2, 200))
    group = base + 0.3 * rng.normal(size=(5, 200))
    assert odd_ones(group) == ()
    assert odd_ones(np.vstack([group, stranger])) == (15,)
    assert odd_ones(group[:3]) is None
    assert odd_ones(np.vstack([group[:2], stranger])) is None
    flat = np.vstack([group, np.zeros(200)])
    assert odd_ones(flat) == (15,), "a photo that says nothing is like nobody"


def test_two_strangers_who_are_alike_hide_each_other() -> None:
    """The limit of leaving one out, stated where it can be seen."""
    rng = np.random.default_rng(0)
    base, stranger = rng.normal(size=(2, 200))
    rows = np.vstack([base + 0.3 * rng.normal(size=(5, 200)), stranger + 0.3 * rng.normal(size=(2, 200))])
    assert odd_ones(rows) == ()


# What carries the name


@pytest.mark.parametrize(
    ("whole", "face", "covered", "said"),
    [
        (9, 9, 0, "face"),
        (9, 0, 9, "surroundings"),
        (0, 0, 9, "surroundings"),
        (9, 9, 9, "both"),
        (9, 0, 0, "together"),
        (0, 9, 0, "face"),
        (0, 0, 0, "nothing"),
        (9, 9, 1, "face"),
    ],
)
def test_what_carries_the_name_is_read_from_who_reaches_tau(
    whole: int, face: int, covered: int, said: str
) -> None:
    hits = {"whole": whole, "face": face, "covered": covered}
    view_results = [views.ViewResult(kind, 5, hits[kind], 1, 0.1) for kind in crops.VIEW_KINDS]
    assert views.name_carrier(view_results, tau=2) == said
    assert views.name_carrier(view_results[:2], tau=2) == "unknown"


# How often (slow)


def _draw(person: Person, count: int) -> list[bytes]:
    return [files.attack_portrait(person, truth.WORLD_SEED, number) for number in range(count)]


@pytest.mark.slow
def test_how_often_on_the_sandbox(sandbox: encoder.Encoder) -> None:
    """Print the rates (`pytest -s -m slow tests/test_views.py`) and hold the controls to what is stated."""
    everybody = world(truth.WORLD_SEED)[:300]
    candidates = [person.truth.name for person in world(truth.WORLD_SEED)]
    text = np.concatenate(
        [embed(PAPER, candidates[at : at + 250], sandbox) for at in range(0, 1000, 250)], axis=1
    )
    with ProcessPoolExecutor(2) as workers:
        drawn = list(workers.map(functools.partial(_draw, count=10), everybody, chunksize=8))
    found: dict[str, list[rule.FloatArray]] = {kind: [] for kind in crops.VIEW_KINDS}
    for entries in drawn:
        shown = [read_photo(entry, "portrait") for entry in entries]
        places = CENTRE.areas(shown, ())
        for kind in crops.VIEW_KINDS:
            pictures = list(crops.render_view(shown, places, kind).values())
            found[kind].append(photo_similarities(pictures, text, sandbox))
    count = np.array([person.truth.training_photos for person in everybody])
    won: dict[str, np.ndarray] = {}
    for kind in crops.VIEW_KINDS:
        results = [
            evidence.control("context", evidence.run_attack(one, person.index, 1))
            for one, person in zip(found[kind], everybody, strict=True)
        ]
        won[kind] = np.array([one.hits > 0 for one in results])
        fired = np.array([one.fired for one in results])
        for title, who in (("16 or more", count >= 16), ("members", count > 0), ("non-members", count == 0)):
            wins = int(won[kind][who].sum())
            interval = evidence.clopper_pearson(wins, int(who.sum()))
            print(
                f"{kind}, {title}: name wins {wins} of {who.sum()} [{interval.low:.4f}, {interval.high:.4f}];"
                f" rule or p-value {fired[who].sum()}"
            )
    assert won["covered"][count >= 16].mean() <= 0.05 < 0.9 <= won["whole"][count >= 16].mean()
    assert won["covered"][count > 0].mean() <= 0.03
    rng = np.random.default_rng(0)
    for size in (4, 5, 8, 10):
        false, right, wrong = 0, 0, 0
        for at, one in enumerate(found["face"]):
            chosen = rng.choice(10, size, replace=False)
            rows = one[:, chosen]
            false += views.odd_one_out(range(size), photo_scores(rows)) != ()
            other = found["face"][(at + 1 + int(rng.integers(len(everybody) - 1))) % len(everybody)]
            mixed = np.concatenate([other[:, chosen[:1]], rows[:, 1:]], axis=1)
            named = views.odd_one_out(range(size), photo_scores(mixed))
            right, wrong = right + (named == (0,)), wrong + (named not in ((), (0,)))
        total = len(everybody)
        interval = evidence.clopper_pearson(false, total)
        print(
            f"{size} photos: a stranger is seen where there is none in {false} of {total}"
            f" [{interval.low:.4f}, {interval.high:.4f}], found in {right}, mistaken in {wrong}"
        )
        assert false / total <= 0.03
        assert right / total >= 0.5
