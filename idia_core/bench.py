"""How much sooner, and at what cost: a stage timed beside the straightforward way, in the same run.

The two ways take turns, so that a machine busy with other things slows both; what is told is the median of
several rounds. `limit_ratio` compares with the stage's own matrix products at the speed measured between the
rounds: 1.0 would be nothing but these products.

Does not: judge by the times (a test that does fails on a busy machine), or need trained weights.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import open_clip
import torch
from torch import Tensor
from torch.nn import functional

from idia_core import textpath
from idia_core.prompts import PAPER, render

BATCH_SIZES = (8, 16, 32, 64)
"""Sentences of one padded forward pass; the quickest of these is what we compare with."""

_PAIRS = 24
"""Names of each prompt whose vectors are compared with the padded ones."""
_HEIGHT = 2048
"""Rows of the products that tell the machine's speed, as many as the text path sends at a time."""
_IMAGES = 1000
"""Random image vectors that choose among these names."""


@dataclass(frozen=True)
class Times:
    """One stage of one architecture, ours beside the straightforward way."""

    stage: str
    """What was timed."""
    arch: str
    """open_clip's name of the architecture; its weights are random."""
    items: int
    """Sentences or photos that ours did."""
    reference_ms_per_item: float
    """Milliseconds of the straightforward way at its best batch size."""
    ours_ms_per_item: float
    """Milliseconds of ours."""
    ratio: float
    """How many times sooner ours is."""
    max_abs_diff: float
    """Largest difference of a unit vector's component."""
    changed_argmax: int
    """Choices that came out otherwise than with the straightforward way."""
    choices: int
    """Choices compared."""
    limit_ratio: float
    """Our time over that of our own matrix products."""
    rows_per_item: float
    """Rows that go through the tower, for each sentence (77 when padded)."""
    peak_mb: float | None
    """Megabytes that ours added to the process at most; None where the system does not say."""
    reference_batch: int
    """The best batch size."""
    threads: int
    """Threads of torch."""


def text(
    arch: str,
    names: Sequence[str],
    rounds: int = 3,
    sample: int = 64,
    clock: Callable[[], float] = time.perf_counter,
) -> Times:
    """Time the text path against the padded forward pass.

    Args:
        arch: an architecture of open_clip's registry with a tower that the text path supports.
        names: candidate names, at least 24; each goes into the paper's 21 prompts.
        rounds: rounds of which the median is taken.
        sample: sentences of each padded timing.
        clock: seconds so far; `time.process_time`, with one thread, is steadier on a busy machine.
    Returns:
        the times per sentence.
    Raises:
        ValueError: the text path does not support the architecture.
    """
    model = _model(arch)
    path = textpath.plan(model)
    if path is None:
        raise ValueError(f"the text tower of {arch} goes the ordinary way")
    tokens = _tokens(arch, names)
    vectors, peak_mb = _with_peak(partial(path.encode, tokens))
    picked = tokens[torch.randperm(len(tokens), generator=torch.Generator().manual_seed(0))[:sample]]
    watches: dict[str, list[float]] = {}
    for _ in range(rounds):
        for size in BATCH_SIZES:
            seconds = _seconds(partial(_padded, model, picked, size), clock)
            watches.setdefault(f"padded {size}", []).append(seconds / len(picked))
        watches.setdefault("ours", []).append(_seconds(partial(path.encode, tokens), clock) / len(tokens))
        limit = _product_seconds(model, path.count_prefixes(tokens), tokens, clock)
        watches.setdefault("limit", []).append(limit / len(tokens))
    medians = {name: statistics.median(times) for name, times in watches.items()}
    batch = min(BATCH_SIZES, key=lambda size: medians[f"padded {size}"])
    reference, ours = medians[f"padded {batch}"], medians["ours"]
    difference, changed, choices = _compare(model, tokens, vectors, len(names), batch)
    return Times(
        stage="text",
        arch=arch,
        items=len(tokens),
        reference_ms_per_item=1e3 * reference,
        ours_ms_per_item=1e3 * ours,
        ratio=reference / ours,
        max_abs_diff=difference,
        changed_argmax=changed,
        choices=choices,
        limit_ratio=ours / medians["limit"],
        rows_per_item=path.count_prefixes(tokens) / len(tokens),
        peak_mb=peak_mb,
        reference_batch=batch,
        threads=torch.get_num_threads(),
    )


def growth(arch: str, names: Sequence[str], counts: Iterable[int]) -> list[tuple[int, float, float | None]]:
    """Time the text path alone on ever more names.

    Args:
        arch: as in `text`.
        names: as many as the largest count.
        counts: numbers of names.
    Returns:
        (names, seconds, megabytes added) for each count.
    """
    path = textpath.plan(_model(arch))
    if path is None:
        raise ValueError(f"the text tower of {arch} goes the ordinary way")
    results = []
    for count in counts:
        tokens = _tokens(arch, names[:count])
        began = time.perf_counter()
        _, peak_mb = _with_peak(partial(path.encode, tokens))
        results.append((count, time.perf_counter() - began, peak_mb))
    return results


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Fit cost = constant * size ** exponent by least squares on logarithms; 1 is linear growth."""
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def table(results: Sequence[Times]) -> str:
    """Return the results as a Markdown table."""
    titles = "stage arch items reference_ms ours_ms ratio max_diff changed limit_ratio peak_MB".split()
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    for result in results:
        peak = "-" if result.peak_mb is None else f"{result.peak_mb:.0f}"
        lines.append(
            f"| {result.stage} | {result.arch} | {result.items} | {result.reference_ms_per_item:.2f} "
            f"| {result.ours_ms_per_item:.3f} | {result.ratio:.1f} | {result.max_abs_diff:.1e} "
            f"| {result.changed_argmax} of {result.choices} | {result.limit_ratio:.2f} | {peak} |"
        )
    return "\n".join(lines)


def as_json(result: Times) -> str:
    """Return a result as one line of JSON."""
    return json.dumps(asdict(result))


def _model(arch: str) -> Any:
    torch.manual_seed(0)
    return open_clip.create_model(arch).eval().requires_grad_(False)


def _tokens(arch: str, names: Sequence[str]) -> Tensor:
    sentences = [render(template, name) for template in PAPER.templates for name in names]
    tokens: Tensor = open_clip.get_tokenizer(arch)(sentences)
    return tokens


def _padded(model: Any, tokens: Tensor, size: int) -> Tensor:
    with torch.no_grad():
        return torch.cat([model.encode_text(part) for part in torch.split(tokens, size)])


def _seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    began = clock()
    work()
    return clock() - began


def _product_seconds(model: Any, rows: int, tokens: Tensor, clock: Callable[[], float]) -> float:
    """Time the matrix products of one layer and reckon what all rows and layers take at that speed."""
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
        times[place].append(_seconds(product, clock))
    # The mean: on a busy machine short pieces of work slip through, which long ones cannot.
    mix, *rest = (statistics.mean(each) / _HEIGHT for each in times)
    ends, layers = len(torch.unique(tokens, dim=0)), len(tower.resblocks)
    # In the last layer keys and values, two thirds of the first product, are needed of all rows.
    return (layers - 1) * rows * (mix + sum(rest)) + rows * mix * 2 / 3 + ends * (mix / 3 + sum(rest))


def _compare(model: Any, tokens: Tensor, vectors: Tensor, names: int, batch: int) -> tuple[float, int, int]:
    """Return the largest difference of unit vectors, and how many choices of random images differ."""
    places = (torch.arange(len(PAPER.templates))[:, None] * names + torch.arange(_PAIRS)).flatten()
    expected = functional.normalize(_padded(model, tokens[places], batch), dim=-1)
    found = functional.normalize(vectors[places], dim=-1)
    images = torch.randn(_IMAGES, found.shape[1], generator=torch.Generator().manual_seed(1))
    chosen = [(rows @ images.T).view(-1, _PAIRS, _IMAGES).argmax(dim=1) for rows in (expected, found)]
    changed = int((chosen[0] != chosen[1]).sum())
    return float((expected - found).abs().max()), changed, chosen[0].numel()


def _with_peak(work: Callable[[], Tensor]) -> tuple[Tensor, float | None]:
    """Do some work; return its result and by how many megabytes the process grew meanwhile (Linux only)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _memory_mb("VmRSS")
    result = work()
    after = _memory_mb("VmHWM")
    return result, None if before is None or after is None else after - before


def _memory_mb(field: str) -> float | None:
    with contextlib.suppress(OSError), Path("/proc/self/status").open(encoding="ascii") as status:
        for line in status:
            if line.startswith(field):
                return int(line.split()[1]) / 1024
    return None
