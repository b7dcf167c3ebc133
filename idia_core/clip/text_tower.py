"""The exact forward pass of a causal CLIP text tower, with every shared prefix computed once.

In a causal tower the state at a position depends on the tokens up to it and on nothing after. Two facts
follow. What comes after the end token, where the vector is read, need not be computed. And sentences that
begin alike share the states of that beginning: "a photo of a person named" once for a thousand names.

The distinct prefixes of all sentences form a tree (`prefix_tree`). Its nodes go through the layers as one long
batch of rows, layer by layer, so that keys and values are kept for one layer only. Attention is dense within
small blocks of neighbouring rows. In the last layer only the rows of end tokens are computed to the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from idia_core.clip import prefix_tree
from idia_core.clip.prefix_tree import PrefixTree
from idia_core.clip.text_layers import (
    GELU,
    IDENTITY,
    LINEAR,
    OWN_ATTENTION,
    QUICK_GELU,
    LayerInputs,
    ScratchBuffers,
    kind,
    run_layer,
)

CODE_VERSION = "prefix-tree-2"
"""Part of every cache key; change it with any edit that can change a vector, even in its last bit."""

_BUDGET = {"cpu": 64 << 20, "cuda": 1 << 30}
"""Bytes of rows computed at a time: about what a CPU's caches hold, or enough to fill a GPU."""

_TOWERS = {"open_clip.model.CLIP", "open_clip.model.CustomTextCLIP"}
_RESIDUAL_BLOCKS = {
    "open_clip.transformer.ResidualAttentionBlock",
    "open_clip.transformer.CustomResidualAttentionBlock",
}
_TORCH_ATTENTION = "torch.nn.modules.activation.MultiheadAttention"
_ROWWISE = {
    *LINEAR,
    IDENTITY,
    "torch.nn.modules.normalization.LayerNorm",
    GELU,
    "open_clip.transformer.LayerNorm",
    "open_clip.transformer.LayerNormFp32",
    "open_clip.transformer.LayerScale",
    QUICK_GELU,
}
"""Modules that treat each row by itself: they may be called on any selection of rows."""


def plan(model: nn.Module) -> TextPath | None:
    """Prepare the fast path for a model whose text tower is supported.

    Args:
        model: an open_clip model, ready for inference; recognised by its types and flags, never by its name.

    Returns:
        the fast path over the model's own weights, or None where `model.encode_text` has to be used.
    """
    if kind(model) not in _TOWERS or not _unpatched(model):
        return None
    tower: Any = model
    pool, end_id = getattr(model, "text_pool_type", None), getattr(model, "text_eos_id", None)
    if kind(model) == "open_clip.model.CustomTextCLIP":
        tower = model.text
        pool, end_id = getattr(tower, "pool_type", None), getattr(tower, "eos_id", None)
        if not _is_plain_text_transformer(tower):
            return None
    if pool not in ("argmax", "eos") or not _is_supported(tower):
        return None
    return TextPath(tower, end_id if pool == "eos" else None)


class TextPath:
    """The fast path through one text tower; holds the model's own modules, no copies."""

    def __init__(self, tower: Any, end_id: int | None) -> None:
        """Keep the modules; `plan` has checked them.

        Args:
            tower: the module that owns the embeddings, the transformer and the projection.
            end_id: token whose first place is read, or None: the place of the highest token is read.
        """
        self._tower = tower
        self._end_id = end_id

    @torch.no_grad()
    def encode(self, tokens: Tensor, budget_bytes: int | None = None) -> Tensor:
        """Compute what `model.encode_text(tokens, normalize=False)` computes, faster.

        Args:
            tokens: (sentences, context) integer token ids, on any device.
            budget_bytes: memory for the rows computed at a time; by default it suits the device.

        Returns:
            (sentences, dim) vectors on the model's device, not normalised.

        Raises:
            ValueError: the tokens are not a matrix that fits the model's context (a bug of the caller).
        """
        self._check(tokens)
        tokens = tokens.cpu()
        vectors = self._example.new_empty((len(tokens), self._dimension()))
        sequences, inverse = prefix_tree.distinct(tokens, self._end_places(tokens))
        order = inverse.argsort(stable=True)
        bounds = [0, *inverse.bincount(minlength=len(sequences)).cumsum(0).tolist()]
        buffers = ScratchBuffers(self._example)
        for first, last, tree in self._trees(sequences, budget_bytes):
            members = order[bounds[first] : bounds[last]]
            rows = (inverse[members] - first).to(vectors.device)
            vectors[members.to(vectors.device)] = self._forward(tree, buffers)[rows]
        return vectors

    def count_prefixes(self, tokens: Tensor) -> int:
        """Count the distinct prefixes among the sentences: the rows that the path has to compute.

        Args:
            tokens: (sentences, context) integer token ids.

        Returns:
            number of distinct prefixes, each ending at or before an end token.
        """
        self._check(tokens)
        sequences, _ = prefix_tree.distinct(tokens.cpu(), self._end_places(tokens.cpu()))
        lengths, shared = prefix_tree.measure(sequences)
        return int((lengths - shared).sum())

    @property
    def _example(self) -> Tensor:
        """Return a weight with the device and the precision that the rows shall have."""
        weight: Tensor = self._tower.transformer.resblocks[0].mlp[0].weight
        return weight

    def _dimension(self) -> int:
        """Return the length of a vector."""
        projection = self._tower.text_projection
        if isinstance(projection, nn.Linear):
            return projection.out_features
        return int((self._tower.positional_embedding if projection is None else projection).shape[1])

    def _check(self, tokens: Tensor) -> None:
        context = self._tower.positional_embedding.shape[0]
        if tokens.ndim != 2 or tokens.shape[1] != context or tokens.is_floating_point():
            found = f"{tokens.dtype} {tuple(tokens.shape)}"
            raise ValueError(f"tokens must be integers, (sentences, {context}), not {found}")

    def _end_places(self, tokens: Tensor) -> Tensor:
        """Return the position at which each sentence's vector is read: the first one where several qualify."""
        if self._end_id is None:
            return tokens.argmax(dim=1)
        return (tokens == self._end_id).int().argmax(dim=1)

    def _trees(self, sequences: Tensor, budget_bytes: int | None) -> Iterator[tuple[int, int, PrefixTree]]:
        """Split the sorted sentences into trees that fit the budget; only the path at a split is computed twice."""
        width = self._tower.positional_embedding.shape[1]
        example = self._example
        budget = budget_bytes or _BUDGET.get(example.device.type, _BUDGET["cpu"])
        rows = max(1, budget // ((2 * example.shape[0] + 8 * width) * example.element_size()))
        lengths, shared = prefix_tree.measure(sequences)
        for first, last in prefix_tree.split(lengths, shared, rows):
            inner = shared[first:last].clone()
            inner[:1] = 0
            tree = prefix_tree.build(sequences[first:last], lengths[first:last], inner)
            yield first, last, tree.to(example.device, example.dtype)

    def _forward(self, tree: PrefixTree, buffers: ScratchBuffers) -> Tensor:
        """Run a tree's nodes through the tower; returns (sentences, dim) in the order of `tree.ends`."""
        tower = self._tower
        precision = tree.mask.dtype
        rows: Tensor = functional.embedding(tree.tokens, tower.token_embedding.weight).to(precision)
        rows = rows + tower.positional_embedding[tree.depths].to(precision)
        blocks = list(tower.transformer.resblocks)
        for block in blocks[:-1]:
            rows = run_layer(block, rows, LayerInputs(tree, None, buffers))
        rows = tower.ln_final(run_layer(blocks[-1], rows, LayerInputs(tree, tree.ends, buffers)))
        if tower.text_projection is None:
            return rows
        is_layer = isinstance(tower.text_projection, nn.Linear)
        projected: Tensor = tower.text_projection(rows) if is_layer else rows @ tower.text_projection
        return projected


def _unpatched(module: nn.Module) -> bool:
    """Tell whether calling the module does what its class says: no hooks, no replaced methods."""
    replaced = "forward" in vars(module) or "encode_text" in vars(module)
    return not (replaced or module._forward_hooks or module._forward_pre_hooks)


def _is_plain_text_transformer(tower: Any) -> bool:
    """Tell whether a `text` module is open_clip's own, with no class token, no padding mask, one output."""
    return (
        kind(tower) == "open_clip.transformer.TextTransformer"
        and tower.cls_emb is None
        and not getattr(tower, "use_pad_mask", False)
        and not tower.output_tokens
    )


def _is_supported(tower: Any) -> bool:
    """Tell whether every part of a text tower is supported here."""
    parts = (tower, tower.token_embedding, tower.transformer, tower.ln_final)
    blocks = getattr(tower.transformer, "resblocks", [])
    return (
        all(_unpatched(part) for part in parts)
        and kind(tower.token_embedding) == "torch.nn.modules.sparse.Embedding"
        and tower.token_embedding.max_norm is None
        and kind(tower.transformer) == "open_clip.transformer.Transformer"
        and _is_rowwise(tower.ln_final)
        and _is_projection(tower.text_projection)
        and _is_causal(tower.attn_mask, tower.positional_embedding.shape[0])
        and len(blocks) > 0
        and all(_is_known_block(block, tower.transformer.batch_first) for block in blocks)
    )


def _is_rowwise(module: nn.Module) -> bool:
    """Tell whether a module treats each row by itself, and so may be called on a selection of rows."""
    return kind(module) in _ROWWISE and _unpatched(module)


def _is_projection(projection: object) -> bool:
    """Tell whether the last step is none, a matrix, or a plain linear layer."""
    if isinstance(projection, nn.Module):
        return kind(projection) == "torch.nn.modules.linear.Linear" and _is_rowwise(projection)
    return projection is None or isinstance(projection, nn.Parameter)


def _is_causal(mask: Tensor | None, positions: int) -> bool:
    """Tell whether an additive mask lets each position see itself and what is before it, all of it."""
    if mask is None or mask.shape != (positions, positions):
        return False
    causal = torch.full((positions, positions), float("-inf")).triu_(1)
    return torch.equal(mask.detach().float().cpu(), causal)


def _is_known_block(block: Any, batch_first: bool) -> bool:
    """Tell whether a residual block is one of open_clip's own, made of parts that treat rows one by one."""
    if kind(block) not in _RESIDUAL_BLOCKS or not _unpatched(block) or hasattr(block, "ln_1_kv"):
        return False
    steps = [block.ln_1, block.ls_1, block.ln_2, block.ls_2, *block.mlp]
    if hasattr(block, "ln_attn"):
        steps.append(block.ln_attn)
    if kind(block.mlp) != "torch.nn.modules.container.Sequential" or not _unpatched(block.mlp):
        return False
    widens = kind(block.mlp[0]) == "torch.nn.modules.linear.Linear"
    return widens and all(map(_is_rowwise, steps)) and _is_known_attention(block.attn, batch_first)


def _is_known_attention(attention: Any, batch_first: bool) -> bool:
    """Tell whether an attention is torch's or open_clip's, without drop-out and without cosine scaling."""
    if not _unpatched(attention) or not _is_rowwise(attention.out_proj):
        return False
    if kind(attention) == _TORCH_ATTENTION:
        extras = attention.bias_k is not None or attention.bias_v is not None or attention.add_zero_attn
        packed = attention.in_proj_weight is not None and attention.batch_first == batch_first
        return packed and not extras and not attention.dropout
    if kind(attention) == OWN_ATTENTION:
        drops = attention.attn_drop.p or attention.out_drop.p
        steps = (attention.ln_q, attention.ln_k, attention.ln_inner)
        return not drops and attention.logit_scale is None and all(map(_is_rowwise, steps))
    return False
