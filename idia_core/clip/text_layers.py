"""One layer of a causal text tower over the rows of a prefix tree.

Most of a layer's time is its matrix products. What is here keeps the rest small: results go into memory kept
from layer to layer, activations happen in place, and sums are taken by the products themselves.

Does not: decide which towers it suits (`textpath` does), hold weights, or know a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from idia_core.clip.prefix_tree import PrefixTree

GELU = "torch.nn.modules.activation.GELU"
QUICK_GELU = "open_clip.transformer.QuickGELU"
_QUICK = 1.702
"""The constant of x * sigmoid(1.702 x). Source: arXiv 1606.08415, section 2."""
IDENTITY = "torch.nn.modules.linear.Identity"
LINEAR = {
    "torch.nn.modules.linear.Linear",
    "torch.nn.modules.linear.NonDynamicallyQuantizableLinear",
}
OWN_ATTENTION = "open_clip.transformer.Attention"


class ScratchBuffers:
    """Memory for what a layer computes on its way, kept for the next: fresh pages cost up to a tenth of the time."""

    def __init__(self, example: Tensor) -> None:
        """Start empty; `example` has the device and the precision."""
        self._example = example
        self._held: dict[str, Tensor] = {}

    def take(self, purpose: str, rows: int, width: int) -> Tensor:
        """Return (rows, width) of memory with anything in it; the purpose's last holder loses it."""
        held = self._held.get(purpose)
        if held is None or held.numel() < rows * width:
            held = self._held[purpose] = self._example.new_empty(rows * width)
        return held[: rows * width].view(rows, width)


@dataclass(frozen=True)
class LayerInputs:
    """What the rows of one layer meet."""

    tree: PrefixTree
    """Who sees whom."""
    wanted: Tensor | None
    """Nodes whose outcome is needed, or None for all; the others still serve as keys and values."""
    desk: ScratchBuffers
    """Memory for what is computed on the way."""


def residual(block: Any, rows: Tensor, scene: LayerInputs) -> Tensor:
    """Carry rows through one layer.

    Args:
        block: an open_clip residual attention block.
        rows: (nodes, width) states of all nodes; overwritten.
        scene: who sees whom, and whose outcome is needed.

    Returns:
        (nodes or wanted, width) the new states.
    """
    mixed = _attend(block.attn, block.ln_1(rows), scene)
    rows = rows if scene.wanted is None else rows[scene.wanted]
    between = [block.ln_attn] if hasattr(block, "ln_attn") else []
    rows = _add(rows, [block.attn.out_proj, *between, block.ls_1], mixed, scene.desk)
    return _add(rows, [*block.mlp, block.ls_2], block.ln_2(rows), scene.desk)


def _add(rows: Tensor, steps: Sequence[Any], hidden: Tensor, desk: ScratchBuffers) -> Tensor:
    """Take `hidden` through some steps and add what comes out to `rows`, in place.

    Args:
        rows: (rows, width) the sum so far; overwritten.
        steps: modules that treat rows one by one, a linear one among them.
        hidden: (rows, any width) where the steps begin.
        desk: memory.

    Returns:
        (rows, width) the sum.
    """
    *firsts, last = [step for step in steps if kind(step) != IDENTITY]
    kinds = [kind(step) for step in firsts]
    gain = 1.0
    if len(kinds) == 2 and kinds[0] in LINEAR and kinds[1] == QUICK_GELU and kind(last) in LINEAR:
        # x * sigmoid(gain x) is silu(gain x) / gain: one pass over the rows, as the products take the gains.
        gain = _QUICK
        hidden = functional.silu(_linear(firsts[0], hidden, desk, "step 0", gain), inplace=True)
    else:
        for at, step in enumerate(firsts):
            hidden = _step(step, hidden, desk, f"step {at}")
    if kind(last) not in LINEAR:
        return rows.add_(_step(last, hidden, desk, "last step"))
    if last.bias is not None:
        rows.add_(last.bias)
    return rows.addmm_(hidden, last.weight.t(), alpha=1 / gain)


def _step(step: Any, hidden: Tensor, desk: ScratchBuffers, purpose: str) -> Tensor:
    """Call one step; linear ones into the desk's memory, activations in place."""
    if kind(step) in LINEAR:
        return _linear(step, hidden, desk, purpose)
    if kind(step) == GELU:
        activated: Tensor = torch.ops.aten.gelu_(hidden, approximate=step.approximate)
        return activated
    if kind(step) == QUICK_GELU:
        return hidden.mul_(torch.mul(hidden, _QUICK).sigmoid_())
    called: Tensor = step(hidden)
    return called


@dataclass(frozen=True)
class _Mix:
    """The rows of queries, keys and values in an attention's packed weight, as a layer of its own."""

    weight: Tensor
    """(outputs, width)."""
    bias: Tensor | None
    """(outputs,)."""

    def part(self, outputs: slice) -> _Mix:
        """Return some of the outputs."""
        return _Mix(self.weight[outputs], None if self.bias is None else self.bias[outputs])


def _linear(layer: Any, rows: Tensor, desk: ScratchBuffers, purpose: str, gain: float = 1.0) -> Tensor:
    """Return `gain` times what a linear layer makes of the rows, in the desk's memory."""
    out = desk.take(purpose, len(rows), layer.weight.shape[0])
    if layer.bias is None:
        return torch.addmm(out, rows, layer.weight.t(), beta=0, alpha=gain, out=out)
    return torch.addmm(layer.bias, rows, layer.weight.t(), beta=gain, alpha=gain, out=out)


def _attend(attention: Any, rows: Tensor, scene: LayerInputs) -> Tensor:
    """Let each row look at itself and its ancestors; returns (nodes or wanted, width) before `out_proj`."""
    tree, wanted, desk = scene.tree, scene.wanted, scene.desk
    width, heads = rows.shape[1], attention.num_heads
    mixes = _Mix(attention.in_proj_weight, attention.in_proj_bias)
    if wanted is None:
        queries, pairs = torch.split(_linear(mixes, rows, desk, "mixes"), [width, 2 * width], dim=1)
    else:
        pairs = _linear(mixes.part(slice(width, None)), rows, desk, "mixes")
        queries = torch.zeros_like(rows)
        queries[wanted] = _linear(mixes.part(slice(width)), rows[wanted], desk, "queries")
    blocks, seen = tree.visible.shape
    gathered = desk.take("seen", blocks * seen, 2 * width)
    torch.index_select(pairs, 0, tree.visible.flatten(), out=gathered)
    keys, values = gathered.view(blocks, seen, 2, heads, width // heads).permute(2, 0, 3, 1, 4)
    queries = queries.reshape(blocks, -1, heads, width // heads).transpose(1, 2)
    if kind(attention) == OWN_ATTENTION:
        queries, keys = attention.ln_q(queries), attention.ln_k(keys)
    mixed = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=tree.mask)
    if getattr(attention, "head_scale", None) is not None:
        mixed = mixed * attention.head_scale
    mixed = mixed.transpose(1, 2).reshape(rows.shape)
    mixed = mixed if wanted is None else mixed[wanted]
    if kind(attention) == OWN_ATTENTION:
        mixed = attention.ln_inner(mixed)
    return mixed


def kind(module: object) -> str:
    """Return the full name of an object's very class; a subclass is another class."""
    return f"{type(module).__module__}.{type(module).__qualname__}"
