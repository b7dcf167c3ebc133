"""The one use case, on a real (tiny, random) CLIP: what it yields, what it keeps, and that judging again is exact."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from idia_core import names
from idia_core.attack import rule
from idia_core.attack.prompts import PAPER, render
from idia_core.audit.judge import judge
from idia_core.audit.records import AuditRequest, AuditResult, Progress
from idia_core.audit.run import advance, embed, result_of, run_audit
from idia_core.clip.encoder import Encoder
from idia_core.clip.text_cache import TextCache
from idia_core.errors import IdiaError
from idia_core.photos.photo import PixelArray, read_photo
from idia_core.settings import ASSETS
from tests.conftest import jpeg, refused

LISTS = names.load_lists(ASSETS / "names", "web")
NO_DISK = TextCache(None, 0)
MEGABYTES = 50_000_000


def request(count: int = 4, **changes: object) -> AuditRequest:
    read = tuple(read_photo(jpeg(seed), f"{seed}.jpg") for seed in range(count))
    base = AuditRequest(name="Zelda Quux", photos=read, lists=LISTS, size=40, matched=10)
    return replace(base, **changes)  # type: ignore[arg-type]


def finish(asked: AuditRequest, encoder: Encoder, text_cache: TextCache = NO_DISK) -> AuditResult:
    return result_of(run_audit(asked, encoder, text_cache))


class Counting:
    """A real encoder that remembers which sentences it was asked to embed."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.sentences: list[str] = []
        self.photos = 0

    def __getattr__(self, attribute: str) -> object:
        return getattr(self._encoder, attribute)

    def encode_texts(self, sentences: list[str]) -> rule.FloatArray:
        self.sentences += sentences
        return self._encoder.encode_texts(sentences)

    def encode_images(self, pixels: list[PixelArray]) -> rule.FloatArray:
        self.photos += len(pixels)
        return self._encoder.encode_images(pixels)


def test_the_result_is_the_papers_rule_on_the_models_own_vectors(tiny: Encoder) -> None:
    asked = request()
    result = finish(asked, tiny)
    everyone = names.draw_pool(asked.name, LISTS, asked.size, asked.seed).names
    assert result.names == everyone
    assert everyone[-1] == asked.name
    text = np.stack([tiny.encode_texts([render(t, n) for n in everyone]) for t in PAPER.templates])
    images = tiny.encode_images([photo.pixels for photo in asked.photos])
    similarities = rule.similarity(text, images)
    np.testing.assert_allclose(result.similarities, similarities, atol=1e-5)
    votes = rule.tally(rule.predict(similarities), 40)
    assert result.votes.tolist() == votes.tolist()
    assert result.verdict.hits == rule.decide(votes, 39).hits
    order = np.argsort(-similarities, axis=2)
    assert result.ranks.tolist() == (1 + np.argmax(order == 39, axis=2)).tolist()


def test_progress_tells_each_stage_and_each_batch_of_photos(tiny: Encoder) -> None:
    job, steps = run_audit(request(20), tiny, NO_DISK), []
    while isinstance(step := advance(job), Progress):
        steps.append(step)
    assert isinstance(step, AuditResult)
    assert list(dict.fromkeys(one.stage for one in steps)) == ["candidates", "name", "photos"]
    partial = [one.partial for one in steps if one.stage == "photos"]
    assert [len(part.kept) for part in partial if part] == [16, 20]
    assert partial[-1] is not None
    assert partial[-1].verdict.hits == step.verdict.hits


def test_a_job_gives_its_progress_step_by_step_and_its_result_at_the_end() -> None:
    def job() -> Generator[Progress, None, str]:
        yield Progress("name", 0, 1)
        yield Progress("name", 1, 1)
        return "done"

    steps = job()
    assert [advance(steps) for _ in range(3)] == [Progress("name", 0, 1), Progress("name", 1, 1), "done"]
    assert result_of(job()) == "done"


def test_a_jobs_error_reaches_whoever_advances_it() -> None:
    with refused("no photo"):
        advance(run_audit(request(0), None, NO_DISK))  # type: ignore[arg-type]


def test_judging_again_equals_a_run_that_had_encoded_only_these(tiny: Encoder) -> None:
    full = finish(request(5), tiny)
    asked = request(5)
    smaller = finish(replace(asked, size=15, tau=2, photos=(asked.photos[1], asked.photos[4])), tiny)
    again = judge(full.encoded, tau=2, size=15, kept=[1, 4])
    assert again.names == smaller.names
    np.testing.assert_allclose(again.similarities, smaller.similarities, atol=1e-5)
    assert again.votes.tolist() == smaller.votes.tolist()
    assert again.verdict.hits == smaller.verdict.hits
    assert again.evidence.p_general == pytest.approx(smaller.evidence.p_general)
    assert again.evidence.matching.p_matched == pytest.approx(smaller.evidence.matching.p_matched)


def test_a_result_holds_no_pixels(tiny: Encoder) -> None:
    encoded = finish(request(), tiny).encoded
    for note, seed in zip(encoded.photos, range(4), strict=True):
        assert note.label == f"{seed}.jpg"
        assert {type(value) for value in vars(note).values()} <= {str, tuple}


def test_the_claimed_name_and_names_like_it_never_reach_the_disk(tiny: Encoder, tmp_path: Path) -> None:
    finish(request(), tiny, TextCache(tmp_path, MEGABYTES))
    stored = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert stored
    for path in stored:
        content = path.read_bytes() + path.name.encode()
        assert b"Zelda" not in content
        assert b"Quux" not in content


def test_a_second_run_embeds_only_the_sentences_of_its_own_name(tiny: Encoder, tmp_path: Path) -> None:
    text_cache = TextCache(tmp_path, MEGABYTES)
    first = finish(request(), tiny, text_cache)
    counting = Counting(tiny)
    second = finish(request(name="Quentin Zorn"), counting, text_cache)  # type: ignore[arg-type]
    own = {render(t, "Quentin Zorn") for t in PAPER.templates}
    assert own <= set(counting.sentences)
    assert len(counting.sentences) <= 21 * (1 + 10 + 5 * 5)
    np.testing.assert_allclose(second.similarities[:, :, :39], first.similarities[:, :, :39], atol=2e-3)


def test_a_claimed_name_that_is_a_candidate_takes_part_once(tiny: Encoder, tmp_path: Path) -> None:
    famous = names.draw_pool("Nobody Known", LISTS, 40, 0).names[3]
    result = finish(request(name=famous.upper(), size=40), tiny, TextCache(tmp_path, MEGABYTES))
    assert [names.name_key(name) for name in result.names].count(names.name_key(famous)) == 1
    assert len(set(result.names)) == 40


def test_a_run_counts_the_attempts_that_it_is_told_of(tiny: Encoder) -> None:
    once, again = finish(request(), tiny).evidence, finish(request(attempts=4), tiny).evidence
    assert (once.attempts, again.attempts) == (1, 4)
    assert again.p_general == min(1, 4 * once.p_general)
    assert again.bound == min(1, 4 * once.bound)


def test_photos_of_other_people_are_a_control(tiny: Encoder) -> None:
    others = tuple(read_photo(jpeg(seed), f"{seed}.jpg") for seed in range(50, 54))
    controls = finish(request(others=others), tiny).evidence.controls
    assert [control.kind for control in controls] == ["name_prior"]
    assert finish(request(), tiny).evidence.controls == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"photos": ()}, "no photo"), ({"tau": 0}, "tau is 0"), ({"tau": 22}, "tau is 22"), ({"size": 1}, "1")],
)
def test_a_request_that_cannot_be_run_is_refused(
    tiny: Encoder, changes: dict[str, object], sentence: str
) -> None:
    with refused(sentence):
        finish(request(**changes), tiny)


@pytest.mark.parametrize("choice", [{"kept": []}, {"size": 1}, {"size": 41}, {"tau": 0}])
def test_a_choice_that_cannot_be_judged_is_refused(tiny: Encoder, choice: dict[str, object]) -> None:
    encoded = finish(request(), tiny).encoded
    with pytest.raises(IdiaError):
        judge(encoded, **{"tau": 1, **choice})  # type: ignore[arg-type]


def test_embed_keeps_prompts_and_names_apart(tiny: Encoder) -> None:
    vectors = embed(PAPER, ["Anna Berg", "Bo Lind"], tiny)
    assert vectors.shape == (21, 2, 32)
    np.testing.assert_allclose(vectors[7, 1], tiny.encode_texts(["a woman named Bo Lind"])[0], atol=1e-5)


def test_a_second_name_on_the_same_photos_costs_its_own_sentences_only(tiny: Encoder, tmp_path: Path) -> None:
    counting, text_cache = Counting(tiny), TextCache(tmp_path, MEGABYTES)
    asked = request(10, matched=0)
    first = result_of(run_audit(asked, counting, text_cache))  # type: ignore[arg-type]
    counting.sentences.clear()
    second = replace(asked, name="Yara Voss")
    again = result_of(run_audit(second, counting, text_cache, first.encoded))  # type: ignore[arg-type]
    assert counting.photos == 10
    assert counting.sentences == [render(template, "Yara Voss") for template in PAPER.templates]
    fresh = finish(second, tiny, text_cache)
    np.testing.assert_allclose(again.similarities, fresh.similarities, atol=1e-6)
    more = replace(second, photos=request(12).photos)
    result_of(run_audit(more, counting, text_cache, again.encoded))  # type: ignore[arg-type]
    assert counting.photos == 12


def test_the_time_left_counts_what_was_not_on_the_disk() -> None:
    assert Progress("candidates", 500, 1000, reused=250).seconds_left(10.0) == pytest.approx(20.0)
    assert Progress("candidates", 250, 1000, reused=250).seconds_left(10.0) is None
