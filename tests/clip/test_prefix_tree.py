"""The tree of distinct prefixes, checked against sets of tuples."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from idia_core.clip import prefix_tree


def some_sentences(seed: int, count: int, vocabulary: int = 4, longest: int = 9) -> list[tuple[int, ...]]:
    """Draw sentences over few tokens, so that many share prefixes and some are prefixes of others."""
    random = torch.Generator().manual_seed(seed)
    lengths = torch.randint(1, longest + 1, (count,), generator=random).tolist()
    return [tuple(torch.randint(0, vocabulary, (n,), generator=random).tolist()) for n in lengths]


def as_tokens(sentences: list[tuple[int, ...]]) -> tuple[Tensor, Tensor]:
    """Return (sentences, longest) ids with junk after each end, and the ends."""
    longest = max(map(len, sentences))
    tokens = torch.full((len(sentences), longest), 3)
    for row, sentence in zip(tokens, sentences, strict=True):
        row[: len(sentence)] = torch.tensor(sentence)
    return tokens, torch.tensor([len(sentence) - 1 for sentence in sentences])


def whole_tree(sentences: list[tuple[int, ...]]) -> tuple[prefix_tree.PrefixTree, list[tuple[int, ...]]]:
    """Grow one tree over all sentences; return it with its distinct sentences in order."""
    sequences, _ = prefix_tree.distinct(*as_tokens(sentences))
    tree = prefix_tree.build(sequences, *prefix_tree.measure(sequences))
    return tree, [tuple(token for token in row if token >= 0) for row in sequences.tolist()]


def test_distinct_sentences_are_sorted_and_found_again() -> None:
    sentences = some_sentences(1, 60)
    sequences, inverse = prefix_tree.distinct(*as_tokens(sentences))
    rows = [tuple(token for token in row if token >= 0) for row in sequences.tolist()]
    assert rows == sorted(set(sentences))
    assert [rows[place] for place in inverse.tolist()] == sentences


@pytest.mark.parametrize(("seed", "count"), [(0, 1), (1, 7), (2, 60), (3, 400), (4, 3000)])
def test_every_prefix_is_one_node_that_sees_itself_and_what_is_before_it(seed: int, count: int) -> None:
    tree, sentences = whole_tree(some_sentences(seed, count))
    prefixes = sorted({s[:n] for s in sentences for n in range(1, len(s) + 1)})
    nodes = len(prefixes)
    assert tree.tokens[:nodes].tolist() == [prefix[-1] for prefix in prefixes]
    assert tree.depths[:nodes].tolist() == [len(prefix) - 1 for prefix in prefixes]
    assert [prefixes[node] for node in tree.ends.tolist()] == sentences
    blocks, _, block, seen = tree.mask.shape
    open_to = tree.mask.view(blocks * block, seen) == 0
    for node, prefix in enumerate(prefixes):
        looked_at = tree.visible[node // block][open_to[node]].tolist()
        assert [prefixes[other] for other in looked_at] == [prefix[:n] for n in range(1, len(prefix) + 1)]


def test_filling_rows_see_something_so_that_no_row_is_undefined() -> None:
    tree, _ = whole_tree(some_sentences(5, 50))
    assert len(tree.tokens) % tree.mask.shape[2] == 0
    assert bool((tree.mask == 0).any(dim=-1).all())
    assert set(tree.mask.unique().tolist()) == {0.0, float("-inf")}


@pytest.mark.parametrize("rows", [1, 9, 40, 10_000])
def test_cuts_cover_all_sentences_within_the_budget(rows: int) -> None:
    sequences, _ = prefix_tree.distinct(*as_tokens(some_sentences(6, 300)))
    lengths, shared = prefix_tree.measure(sequences)
    cuts = list(prefix_tree.split(lengths, shared, rows))
    assert [first for first, _ in cuts] == [0, *(last for _, last in cuts[:-1])]
    assert cuts[-1][1] == len(sequences)
    for first, last in cuts:
        nodes = int(lengths[first] + (lengths - shared)[first + 1 : last].sum())
        assert nodes <= rows or last == first + 1


def test_cuts_are_as_long_as_the_budget_allows() -> None:
    sequences, _ = prefix_tree.distinct(*as_tokens(some_sentences(7, 300)))
    lengths, shared = prefix_tree.measure(sequences)
    for first, last in list(prefix_tree.split(lengths, shared, 50))[:-1]:
        assert int(lengths[first] + (lengths - shared)[first + 1 : last + 1].sum()) > 50
