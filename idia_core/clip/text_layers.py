"""One transformer layer of a causal text tower, applied to the nodes of a prefix tree.

Most of a layer's time is its matrix products. This code keeps the rest small: it writes results into reused buffers,
applies activations in place, and lets the matrix products add the residual. `text_tower` decides which towers it suits.
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
    """Memory for intermediate results, reused by every layer: allocating it anew costs up to a tenth of the time."""

    def __init__(self, example: Tensor) -> None:
        """Start empty; `example` has the device and the precision."""
        self._example = example
        self._held: dict[str, Tensor] = {}

    def take(self, purpose: str, rows: int, width: int) -> Tensor:
        """Return an uninitialised (rows, width) buffer; it overwrites the previous one of the same purpose."""
        held = self._held.get(purpose)
        if held is None or held.numel() < rows * width:
            held = self._held[purpose] = self._example.new_empty(rows * width)
        return held[: rows * width].view(rows, width)


@dataclass(frozen=True)
class LayerInputs:
    """What a layer needs beside the rows."""

    tree: PrefixTree
    """Which nodes attend to which."""
    wanted: Tensor | None
    """Nodes whose output is needed, or None for all; the others still serve as keys and values."""
    buffers: ScratchBuffers
    """Memory for intermediate results."""


def run_layer(block: Any, rows: Tensor, inputs: LayerInputs) -> Tensor:
    """Compute one layer.

    Args:
        block: an open_clip residual attention block.
        rows: (nodes, width) states of all nodes; overwritten.
        inputs: which nodes attend to which, and whose output is needed.

    Returns:
        (nodes or wanted, width) the new states.
    """
    attended = _attend(block.attn, block.ln_1(rows), inputs)
    rows = rows if inputs.wanted is None else rows[inputs.wanted]
    between = [block.ln_attn] if hasattr(block, "ln_attn") else []
    rows = _add(rows, [block.attn.out_proj, *between, block.ls_1], attended, inputs.buffers)
    return _add(rows, [*block.mlp, block.ls_2], block.ln_2(rows), inputs.buffers)


def _add(rows: Tensor, steps: Sequence[Any], hidden: Tensor, buffers: ScratchBuffers) -> Tensor:
    """Apply some modules to `hidden` and add the result to `rows`, in place.

    Args:
        rows: (rows, width) the residual stream; overwritten.
        steps: modules that treat each row by itself, a linear one among them.
        hidden: (rows, any width) input of the first module.
        buffers: memory for intermediate results.

    Returns:
        (rows, width) the sum.
    """
    *firsts, last = [step for step in steps if kind(step) != IDENTITY]
    kinds = [kind(step) for step in firsts]
    gain = 1.0
    if len(kinds) == 2 and kinds[0] in LINEAR and kinds[1] == QUICK_GELU and kind(last) in LINEAR:
        # x * sigmoid(gain x) is silu(gain x) / gain: one pass over the rows, as the products apply both factors.
        gain = _QUICK
        hidden = functional.silu(_linear(firsts[0], hidden, buffers, "step 0", gain), inplace=True)
    else:
        for at, step in enumerate(firsts):
            hidden = _step(step, hidden, buffers, f"step {at}")
    if kind(last) not in LINEAR:
        return rows.add_(_step(last, hidden, buffers, "last step"))
    if last.bias is not None:
        rows.add_(last.bias)
    return rows.addmm_(hidden, last.weight.t(), alpha=1 / gain)


def _step(step: Any, hidden: Tensor, buffers: ScratchBuffers, purpose: str) -> Tensor:
    """Apply one module: a linear one into a buffer, an activation in place."""
    if kind(step) in LINEAR:
        return _linear(step, hidden, buffers, purpose)
    if kind(step) == GELU:
        activated: Tensor = torch.ops.aten.gelu_(hidden, approximate=step.approximate)
        return activated
    if kind(step) == QUICK_GELU:
        return hidden.mul_(torch.mul(hidden, _QUICK).sigmoid_())
    called: Tensor = step(hidden)
    return called


@dataclass(frozen=True)
class _Projection:
    """An attention's packed projection to queries, keys and values, or a part of it, as a linear layer."""

    weight: Tensor
    """(outputs, width)."""
    bias: Tensor | None
    """(outputs,)."""

    def part(self, outputs: slice) -> _Projection:
        """Return the layer that gives some of the outputs."""
        return _Projection(self.weight[outputs], None if self.bias is None else self.bias[outputs])


def _linear(layer: Any, rows: Tensor, buffers: ScratchBuffers, purpose: str, gain: float = 1.0) -> Tensor:
    """Return `gain` times a linear layer's output, in a buffer."""
    out = buffers.take(purpose, len(rows), layer.weight.shape[0])
    if layer.bias is None:
        return torch.addmm(out, rows, layer.weight.t(), beta=0, alpha=gain, out=out)
    return torch.addmm(layer.bias, rows, layer.weight.t(), beta=gain, alpha=gain, out=out)


def _attend(attention: Any, rows: Tensor, inputs: LayerInputs) -> Tensor:
    """Let each node attend to itself and its ancestors; returns (nodes or wanted, width) before `out_proj`."""
    tree, wanted, buffers = inputs.tree, inputs.wanted, inputs.buffers
    width, heads = rows.shape[1], attention.num_heads
    projection = _Projection(attention.in_proj_weight, attention.in_proj_bias)
    if wanted is None:
        queries, pairs = torch.split(
            _linear(projection, rows, buffers, "projected"), [width, 2 * width], dim=1
        )
    else:
        pairs = _linear(projection.part(slice(width, None)), rows, buffers, "projected")
        queries = torch.zeros_like(rows)
        queries[wanted] = _linear(projection.part(slice(width)), rows[wanted], buffers, "queries")
    blocks, visible = tree.visible.shape
    gathered = buffers.take("visible", blocks * visible, 2 * width)
    torch.index_select(pairs, 0, tree.visible.flatten(), out=gathered)
    keys, values = gathered.view(blocks, visible, 2, heads, width // heads).permute(2, 0, 3, 1, 4)
    queries = queries.reshape(blocks, -1, heads, width // heads).transpose(1, 2)
    if kind(attention) == OWN_ATTENTION:
        queries, keys = attention.ln_q(queries), attention.ln_k(keys)
    attended = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=tree.mask)
    if getattr(attention, "head_scale", None) is not None:
        attended = attended * attention.head_scale
    attended = attended.transpose(1, 2).reshape(rows.shape)
    attended = attended if wanted is None else attended[wanted]
    if kind(attention) == OWN_ATTENTION:
        attended = attention.ln_inner(attended)
    return attended


def kind(module: object) -> str:
    """Return the full name of an object's class; a subclass has another one."""
    return f"{type(module).__module__}.{type(module).__qualname__}"
