"""The text path beside the padded forward pass.

`limit_ratio` compares with the path's own matrix products at the speed measured between the rounds: 1.0 would
be these products alone. The tokenizer, which both ways need, is not timed.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import open_clip
import torch
from torch import Tensor
from torch.nn import functional

from idia_core.attack.prompts import PAPER, render
from idia_core.clip import text_tower
from tests.benchmarks.timing import Clock, Times, seconds, take_turns, with_peak

BATCH_SIZES = (8, 16, 32, 64)
"""Sentences of one padded forward pass; the fastest of these is the reference."""

_PAIRS = 24
"""Names of each prompt, at most, whose vectors are compared with the padded ones."""
_HEIGHT = 2048
"""Rows of the products that measure the machine's speed, about as many as the text path computes at a time."""
_IMAGES = 1000
"""Random image vectors, for each of which the best of these names is chosen."""


def compare(
    arch: str, names: Sequence[str], rounds: int = 3, sample: int = 64, clock: Clock = time.perf_counter
) -> Times:
    """Time the text path against the padded forward pass.

    Args:
        arch: an architecture of open_clip's registry with a tower that the text path supports.
        names: candidate names; each goes into the paper's 21 prompts.
        rounds: rounds of which the median is taken.
        sample: sentences of each padded timing, drawn at random; fewer for towers that take long.
        clock: seconds so far; `time.process_time`, with one thread, is steadier on a busy machine.
    Returns:
        the times per sentence.
    Raises:
        ValueError: the text path does not support the architecture.
    """
    model = random_model(arch)
    path = text_tower.plan(model)
    if path is None:
        raise ValueError(f"the text tower of {arch} is not supported by the text path")
    tokens = tokenize(arch, names)
    vectors, peak_mb = with_peak(partial(path.encode, tokens))
    picked = tokens[torch.randperm(len(tokens), generator=torch.Generator().manual_seed(0))[:sample]]
    rows = path.count_prefixes(tokens)
    limits: list[float] = []
    medians = take_turns(
        {
            **{str(size): partial(encode_padded, model, picked, size) for size in BATCH_SIZES},
            "ours": partial(path.encode, tokens),
            "limit": lambda: limits.append(_product_seconds(model, rows, tokens, clock)),
        },
        rounds,
        clock,
        warm=True,  # ours was done above, and each padded batch size comes first only once
    )
    batch = min(BATCH_SIZES, key=lambda size: medians[str(size)])
    difference, changed, choices = _differences(
        model, tokens, vectors, batch, min(_PAIRS, sample, len(names))
    )
    reference, ours = medians[str(batch)] / len(picked), medians["ours"] / len(tokens)
    least = statistics.median(limits) / len(tokens)
    return Times(
        stage="text",
        arch=arch,
        items=len(tokens),
        reference_ms_per_item=1e3 * reference,
        ours_ms_per_item=1e3 * ours,
        max_abs_diff=difference,
        limit_ratio=ours / least,
        peak_mb=peak_mb,
        notes=(
            f"padded: {len(picked)} sentences, best in batches of {batch}; threads: {torch.get_num_threads()}",
            f"{changed} of {choices:,} choices of random images differ",
            f"{rows / len(tokens):.2f} rows a sentence instead of {tokens.shape[1]}",
            f"with nothing but its own matrix products ({1e3 * least:.3f} ms) it would be {reference / least:.1f}",
        ),
    )


def random_model(arch: str) -> Any:
    """Build a model of an architecture of open_clip with random weights, ready for inference."""
    torch.manual_seed(0)
    return open_clip.create_model(arch).eval().requires_grad_(False)


def tokenize(arch: str, names: Sequence[str]) -> Tensor:
    sentences = [render(template, name) for template in PAPER.templates for name in names]
    tokens: Tensor = open_clip.get_tokenizer(arch)(sentences)
    return tokens


def encode_padded(model: Any, tokens: Tensor, size: int) -> Tensor:
    with torch.no_grad():
        return torch.cat([model.encode_text(part) for part in torch.split(tokens, size)])


def _product_seconds(model: Any, rows: int, tokens: Tensor, clock: Clock) -> float:
    """Time the matrix products of one layer; return what those of all rows and layers take at that speed."""
    tower = getattr(model, "text", model).transformer
    block = tower.resblocks[0]
    weights = [
        block.attn.in_proj_weight,
        block.attn.out_proj.weight,
        block.mlp[0].weight,
        block.mlp[2].weight,
    ]
    inputs = [torch.randn(_HEIGHT, weight.shape[1]) for weight in weights]
    outputs = [torch.empty(_HEIGHT, weight.shape[0]) for weight in weights]
    times: list[list[float]] = [[], [], [], []]
    for _, place in itertools.product(range(7), range(4)):
        product = partial(torch.mm, inputs[place], weights[place].t(), out=outputs[place])
        times[place].append(seconds(product, clock))
    # The mean, not the median: on a busy machine short work often escapes interruptions that long work cannot.
    mix, *rest = (statistics.mean(each) / _HEIGHT for each in times)
    ends, layers = len(torch.unique(tokens, dim=0)), len(tower.resblocks)
    # The last layer needs keys and values, two thirds of the first product, of all rows.
    return (layers - 1) * rows * (mix + sum(rest)) + rows * mix * 2 / 3 + ends * (mix / 3 + sum(rest))


def _differences(
    model: Any, tokens: Tensor, vectors: Tensor, batch: int, pairs: int
) -> tuple[float, int, int]:
    """Return the largest difference of unit vectors, and how many choices of random images differ."""
    places = (
        torch.arange(0, len(tokens), len(tokens) // len(PAPER.templates))[:, None] + torch.arange(pairs)
    ).flatten()
    expected = functional.normalize(encode_padded(model, tokens[places], batch), dim=-1)
    found = functional.normalize(vectors[places], dim=-1)
    images = torch.randn(_IMAGES, found.shape[1], generator=torch.Generator().manual_seed(1))
    chosen = [(rows @ images.T).view(-1, pairs, _IMAGES).argmax(dim=1) for rows in (expected, found)]
    changed = int((chosen[0] != chosen[1]).sum())
    return float((expected - found).abs().max()), changed, chosen[0].numel()
