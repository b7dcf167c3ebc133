"""Taking turns, medians, memory, and tables.

The ways of doing one thing take turns, so that a machine busy with other things slows all of them alike; the result is
the median of several rounds.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch

Value = TypeVar("Value")
Clock = Callable[[], float]


@dataclass(frozen=True)
class Times:
    """One stage with one architecture: our time beside that of the straightforward way, the reference."""

    stage: str
    """What was timed."""
    arch: str
    """open_clip's name of the architecture, with random weights; or a model of the registry."""
    items: int
    """Sentences, photos, audits or starts that ours did."""
    reference_ms_per_item: float
    """Milliseconds of the reference, at its best batch size where there is a choice."""
    ours_ms_per_item: float
    """Milliseconds of ours."""
    max_abs_diff: float | None
    """Largest difference of a unit vector's component, or of a cosine; None where nothing is computed."""
    limit_ratio: float | None
    """Our time over that of the work that cannot be avoided, measured in the same run; None where unknown."""
    peak_mb: float | None
    """Megabytes that ours added to the process at most; None where the system does not tell."""
    notes: tuple[str, ...] = ()
    """Further findings, for people."""

    @property
    def ratio(self) -> float:
        """Return how many times as fast ours is."""
        return self.reference_ms_per_item / self.ours_ms_per_item


@dataclass(frozen=True)
class Growth:
    """Time and memory at growing sizes."""

    what: str
    """`names` or `photos`."""
    arch: str
    """As in `Times`."""
    sizes: tuple[int, ...]
    """How many."""
    seconds: tuple[float, ...]
    """Time in all, of each size."""
    peak_mb: tuple[float | None, ...]
    """Megabytes that each added to the process at most."""

    @property
    def exponent(self) -> float:
        """Return the exponent of seconds = constant * size ** exponent; 1 is linear growth."""
        return exponent(self.sizes, self.seconds)


def take_turns(
    ways: Mapping[str, Callable[[], object]], rounds: int, clock: Clock, warm: bool = False
) -> dict[str, float]:
    """Time several ways of doing one thing in turns.

    Args:
        ways: functions to time, by name.
        rounds: how often each is timed.
        clock: seconds so far.
        warm: whether each was called before; if not, each is called once more at the start, untimed.
    Returns:
        the median seconds of each.
    """
    times: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds if warm else rounds + 1):
        for name, work in ways.items():
            spent = seconds(work, clock)
            if warm or turn:
                times[name].append(spent)
    return {name: statistics.median(each) for name, each in times.items()}


def pick_clock(processor_time: bool) -> Clock:
    """Return the wall clock, or the clock of this process's own CPU time with torch limited to one thread."""
    if not processor_time:
        return time.perf_counter
    torch.set_num_threads(1)
    return time.process_time


def seconds(work: Callable[[], object], clock: Clock = time.perf_counter) -> float:
    """Return how long some work takes."""
    began = clock()
    work()
    return clock() - began


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Fit cost = constant * size ** exponent by least squares on logarithms; 1 is linear growth."""
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def table(results: Sequence[Times]) -> str:
    """Return the results as a Markdown table, their notes below it."""
    titles = "stage arch items reference_ms ours_ms ratio max_diff limit_ratio peak_MB".split()
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    for result in results:
        difference = "-" if result.max_abs_diff is None else f"{result.max_abs_diff:.1e}"
        limit = "-" if result.limit_ratio is None else f"{result.limit_ratio:.2f}"
        peak = "-" if result.peak_mb is None else f"{result.peak_mb:.0f}"
        lines.append(
            f"| {result.stage} | {result.arch} | {result.items} | {result.reference_ms_per_item:.2f} "
            f"| {result.ours_ms_per_item:.3f} | {result.ratio:.1f} | {difference} | {limit} | {peak} |"
        )
    notes = [f"- {result.stage}: {note}" for result in results for note in result.notes]
    return "\n".join([*lines, *([""] if notes else []), *notes])


def growth_table(growths: Sequence[Growth]) -> str:
    """Return how cost grows as a Markdown table."""
    lines = ["| what | arch | how many | seconds | ms each | peak_MB |", "|---|---|---|---|---|---|"]
    for growth in growths:
        for size, spent, peak in zip(growth.sizes, growth.seconds, growth.peak_mb, strict=True):
            megabytes = "-" if peak is None else f"{peak:.0f}"
            lines.append(
                f"| {growth.what} | {growth.arch} | {size:,} | {spent:.2f} | {1e3 * spent / size:.2f} | {megabytes} |"
            )
    lines += ["", *(f"- {one.what}, {one.arch}: exponent {one.exponent:.2f}" for one in growths)]
    return "\n".join(lines)


def as_json(result: Times) -> str:
    """Return a result as one line of JSON."""
    return json.dumps(
        {
            "stage": result.stage,
            "arch": result.arch,
            "reference_ms_per_item": result.reference_ms_per_item,
            "ours_ms_per_item": result.ours_ms_per_item,
            "ratio": result.ratio,
            "max_abs_diff": result.max_abs_diff,
            "limit_ratio": result.limit_ratio,
            "peak_mb": result.peak_mb,
        }
    )


def growth_json(growths: Sequence[Growth]) -> str:
    """Return how cost grows as one line of JSON."""
    facts = [
        {
            "what": one.what,
            "arch": one.arch,
            "sizes": one.sizes,
            "seconds": one.seconds,
            "peak_mb": one.peak_mb,
            "exponent": one.exponent,
        }
        for one in growths
    ]
    return json.dumps({"stage": "growth", "runs": facts})


def with_peak(work: Callable[[], Value]) -> tuple[Value, float | None]:
    """Call a function; return its result and the megabytes that the process grew by meanwhile (Linux only)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = memory_mb("VmRSS")
    result = work()
    after = memory_mb("VmHWM")
    return result, None if before is None or after is None else after - before


def memory_mb(field: str, process: str = "self") -> float | None:
    """Return a figure of `/proc` about a process (Linux only), in megabytes.

    Args:
        field: `VmRSS` (resident now) or `VmHWM` (the most so far).
        process: its number, or `self`.
    """
    with contextlib.suppress(OSError), Path(f"/proc/{process}/status").open(encoding="ascii") as status:
        for line in status:
            if line.startswith(field):
                return int(line.split()[1]) / 1024
    return None
