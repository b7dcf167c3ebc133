"""The tree of all distinct prefixes of many sentences, arranged for attention in small dense blocks.

Sorted sentences give the tree's nodes in depth-first order. In that order all ancestors of a block of
neighbouring nodes lie in the block itself or on the path above its first node: an ancestor from before the
block has a subtree that reaches into the block, so it holds the block's first node too. A block therefore
attends to that path and itself only, and a mask says to which of these nodes each node may attend.

All work here is on whole numbers, on the CPU.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

_BLOCK = 32
"""Nodes of one attention block. Measured on ViT-B-32: 8, 16 and 64 are 1 to 13 % slower in all."""

_SMALL_BLOCK = 8
"""The same for a tree of a few nodes, where padding to a multiple of 32 would cost more."""


@dataclass(frozen=True)
class PrefixTree:
    """The distinct prefixes of some sentences, in depth-first order, padded to whole blocks."""

    tokens: Tensor
    """(nodes,) the last token of each prefix."""
    depths: Tensor
    """(nodes,) its position, from 0."""
    ends: Tensor
    """(sentences,) the node at which each sentence ends."""
    visible: Tensor
    """(blocks, context + block) nodes a block may attend to: the path above its first node, then its own."""
    mask: Tensor
    """(blocks, 1, block, context + block) 0 where a node may attend (itself and its ancestors), else -inf."""

    def to(self, device: torch.device, dtype: torch.dtype) -> PrefixTree:
        """Return the tree on the model's device, its mask in the model's precision."""
        return PrefixTree(
            tokens=self.tokens.to(device),
            depths=self.depths.to(device),
            ends=self.ends.to(device),
            visible=self.visible.to(device),
            mask=self.mask.to(device, dtype),
        )


def distinct(tokens: Tensor, ends: Tensor) -> tuple[Tensor, Tensor]:
    """Truncate each sentence after its end token, remove duplicates, sort.

    Args:
        tokens: (sentences, context) token ids.
        ends: (sentences,) position of the end token.

    Returns:
        (distinct, longest) token ids in lexicographic order with -1, which is no token, after the end; and
        (sentences,) the row of each sentence in it.
    """
    longest = int(ends.max()) + 1 if len(ends) else 1
    cut = tokens[:, :longest].to(torch.int32)
    cut = cut.masked_fill(torch.arange(longest) > ends[:, None], -1)
    sequences, inverse = torch.unique(cut, dim=0, return_inverse=True)
    return sequences, inverse


def measure(sequences: Tensor) -> tuple[Tensor, Tensor]:
    """Return each sorted sentence's length, and how many first tokens it shares with the one before it."""
    lengths = (sequences >= 0).sum(dim=1)
    shared = torch.zeros_like(lengths)
    shared[1:] = (sequences[1:] == sequences[:-1]).to(torch.int8).cumprod(dim=1).sum(dim=1)
    return lengths, shared


def split(lengths: Tensor, shared: Tensor, rows: int) -> Iterator[tuple[int, int]]:
    """Split sorted sentences into ranges (first, last + 1) with at most `rows` distinct prefixes, or one sentence."""
    total = (lengths - shared).cumsum(0)
    first = 0
    while first < len(lengths):
        allowed = rows - lengths[first] + total[first]
        last = max(first + 1, int(torch.searchsorted(total, allowed, right=True)))
        yield first, last
        first = last


def build(sequences: Tensor, lengths: Tensor, shared: Tensor) -> PrefixTree:
    """Build the tree of some sorted sentences, on the CPU.

    Args:
        sequences: (sentences, longest) sorted token ids, -1 after the end.
        lengths: (sentences,) tokens in each.
        shared: (sentences,) first tokens shared with the sentence before; 0 for the first.

    Returns:
        the tree; its last nodes may repeat the first, to fill a block.
    """
    fresh = lengths - shared
    nodes = int(fresh.sum())
    block = _BLOCK if nodes >= 16 * _BLOCK else _SMALL_BLOCK
    numbers = torch.arange(len(lengths))
    path = _paths(lengths, shared, sequences.shape[1])
    sentence = torch.repeat_interleave(numbers, fresh)
    depth = torch.arange(nodes) - path[sentence, shared[sentence]] + shared[sentence]
    padding = (0, -nodes % block)
    sentence, depth = functional.pad(sentence, padding), functional.pad(depth, padding)
    visible, mask = _attention(path, sentence, depth, block)
    return PrefixTree(sequences[sentence, depth], depth, path[numbers, lengths - 1], visible, mask)


def _paths(lengths: Tensor, shared: Tensor, longest: int) -> Tensor:
    """Return (sentences, longest): the node of each sentence's prefix at each depth; undefined beyond its length.

    A sentence that shares its first d + 1 tokens with the one before it has the same node at depth d.
    """
    fresh = lengths - shared
    first = fresh.cumsum(0) - fresh
    depths = torch.arange(longest)
    numbers = torch.arange(len(lengths))[:, None]
    owner = torch.where(shared[:, None] <= depths, numbers, 0).cummax(dim=0).values
    return first[owner] + depths - shared[owner]


def _attention(path: Tensor, sentence: Tensor, depth: Tensor, block: int) -> tuple[Tensor, Tensor]:
    """Find the nodes that each block may attend to, and the mask among them.

    Args:
        path: (sentences, longest) the node of each prefix.
        sentence: (nodes,) a sentence that goes through each node.
        depth: (nodes,) the node's position.
        block: nodes in a block; divides the number of nodes.

    Returns:
        `visible` and `mask` of `PrefixTree`.
    """
    nodes = torch.arange(len(depth))
    begins = nodes[::block]
    context = _round_up(int(depth[begins].max()) + block) - block
    columns = torch.arange(context)
    above = path[sentence[begins]][:, columns.clamp(max=path.shape[1] - 1)]
    above = torch.where(columns < depth[begins, None], above, 0)
    begin = (nodes - nodes % block)[:, None]
    ancestors, depths = path[sentence], torch.arange(path.shape[1])
    place = torch.where(ancestors >= begin, context + ancestors - begin, depths)
    place = torch.where(depths <= depth[:, None], place, place.gather(1, depth[:, None]))
    mask = torch.full((len(nodes), context + block), float("-inf")).scatter_(1, place, 0.0)
    return torch.cat([above, nodes.view(-1, block)], dim=1), mask.view(-1, 1, block, context + block)


def _round_up(count: int) -> int:
    """Return the next multiple of 8: attention on a GPU needs masks aligned so."""
    return -(-count // 8) * 8
