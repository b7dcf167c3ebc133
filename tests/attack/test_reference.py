"""The paper's rule again as slow nested loops, compared with `attack` on random tensors, ties included."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from idia_core.attack import rule


def slow_similarity(text: rule.FloatArray, images: rule.FloatArray) -> rule.FloatArray:
    prompts, names, dim = text.shape
    out = np.zeros((prompts, len(images), names), np.float64)
    for p in range(prompts):
        for k in range(len(images)):
            for n in range(names):
                out[p, k, n] = sum(float(text[p, n, d]) * float(images[k, d]) for d in range(dim))
    return out.astype(np.float32)


def slow_attack(similarities: rule.FloatArray, claimed_index: int, tau: int) -> tuple[list[int], int, bool]:
    """Follow PROTOCOL-style steps 4 to 6 with dictionaries, one photo and one prompt at a time."""
    winners = []
    for prompt in similarities.tolist():
        count: dict[int, int] = {}
        for photo in prompt:
            best = 0
            for name, value in enumerate(photo):
                if value > photo[best]:
                    best = name
            count[best] = count.get(best, 0) + 1
        ranked = sorted(count.items(), key=lambda item: -item[1])
        tied = len(ranked) > 1 and ranked[0][1] == ranked[1][1]
        winners.append(-1 if tied else ranked[0][0])
    hits = winners.count(claimed_index)
    return winners, hits, hits >= tau


# Few distinct values plant ties between names and, with few photos, ties between votes.
tensors = st.tuples(st.integers(1, 6), st.integers(1, 7), st.integers(2, 6)).flatmap(
    lambda shape: arrays(np.float32, shape, elements=st.sampled_from([-0.5, 0.0, 0.25, 0.75]))
)
smooth = st.tuples(st.integers(1, 6), st.integers(1, 7), st.integers(2, 6)).flatmap(
    lambda shape: arrays(np.float32, shape, elements=st.floats(-1, 1, width=32))
)


@settings(max_examples=400, deadline=None)
@given(similarities=st.one_of(tensors, smooth), data=st.data())
def test_the_fast_rule_equals_the_slow_one(similarities: rule.FloatArray, data: st.DataObject) -> None:
    prompts, photos, names = similarities.shape
    claimed_index = data.draw(st.integers(0, names - 1))
    tau = data.draw(st.integers(1, prompts))
    predictions = rule.predict(similarities)
    votes = rule.tally(predictions, names)
    verdict = rule.decide(votes, claimed_index, tau)
    winners, hits, member = slow_attack(similarities, claimed_index, tau)
    assert verdict.winners.tolist() == winners
    assert (verdict.hits, verdict.member) == (hits, member)
    assert (votes.sum(axis=1) == photos).all()


def test_the_smallest_cases() -> None:
    """One photo, two photos that disagree, two names."""
    one = np.array([[[0.1, 0.9]]], np.float32)
    two = np.array([[[0.1, 0.9], [0.9, 0.1]]], np.float32)
    for similarities, hits in ((one, 1), (two, 0)):
        votes = rule.tally(rule.predict(similarities), 2)
        assert rule.decide(votes, claimed_index=1).hits == hits == slow_attack(similarities, 1, 1)[1]


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    prompts=st.integers(1, 4),
    photos=st.integers(1, 4),
    names=st.integers(1, 5),
)
def test_similarity_equals_its_slow_twin(seed: int, prompts: int, photos: int, names: int) -> None:
    rng = np.random.default_rng(seed)
    text = rng.standard_normal((prompts, names, 8)).astype(np.float32)
    images = rng.standard_normal((photos, 8)).astype(np.float32)
    np.testing.assert_allclose(rule.similarity(text, images), slow_similarity(text, images), atol=2e-5)


@settings(max_examples=100, deadline=None)
@given(similarities=smooth, seed=st.integers(0, 1000))
def test_relabelling_the_names_relabels_the_verdict(similarities: rule.FloatArray, seed: int) -> None:
    names = similarities.shape[2]
    if len(np.unique(similarities)) < similarities.size:
        return  # exact ties go to the lowest index, which a relabelling moves
    order = np.random.default_rng(seed).permutation(names)
    before = rule.elect(rule.tally(rule.predict(similarities), names))
    after = rule.elect(rule.tally(rule.predict(similarities[:, :, order]), names))
    assert [w if w < 0 else int(order[w]) for w in after] == before.tolist()
