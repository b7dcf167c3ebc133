"""How long the evidence takes: `python -m tests.benchmarks.evidence_speed` from the top of the project."""

from __future__ import annotations

import statistics
import time

import numpy as np

from idia_core.attack import evidence


def milliseconds(
    photos: int, prompts: int, names: int, *, everything: bool = False, rounds: int = 15
) -> float:
    """Return the median time of one attack and its evidence; the controls' own attacks are not timed.

    Args:
        photos: of the claimed person, and of each control.
        prompts: templates.
        names: in the general pool.
        everything: also 100 + 100 matched names, a grid of 15 x 15 and both controls.
        rounds: how often.
    Returns:
        Milliseconds.
    """
    rng = np.random.default_rng(0)
    draw = lambda *shape: rng.normal(0.2, 0.03, shape).astype(np.float32)  # noqa: E731
    similarities = draw(prompts, photos, names)
    similarities[:, :, -1] += 0.08
    comparisons = evidence.Comparisons()
    if everything:
        comparisons = evidence.Comparisons(
            same_first=draw(prompts, photos, 100),
            same_last=draw(prompts, photos, 100),
            crossed=draw(prompts, photos, 15, 15),
            name_prior=evidence.run_attack(draw(prompts, photos, names), names - 1, 1),
            context=evidence.run_attack(draw(prompts, photos, names), names - 1, 1),
        )
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        attack = evidence.run_attack(similarities, names - 1, 1)
        evidence.assess(attack, np.random.default_rng(0), comparisons)
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


if __name__ == "__main__":
    for shape in ((10, 21, 1000), (30, 21, 1000), (200, 21, 1000), (30, 21, 10_000)):
        alone, everything = (milliseconds(*shape, everything=choice) for choice in (False, True))
        print(f"(photos, prompts, names) {shape}: {alone:.1f} ms, with everything {everything:.1f} ms")
