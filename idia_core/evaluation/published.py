"""Rates to compare our own with: those of the paper, and of one comparison on real photographs."""

from __future__ import annotations

PAPER_RUNS = 5
"""Rows of the paper's table; their words are the messages `trust-paper-run-1` and on.

Source: arXiv 2209.07341 and the notebooks of its official repository (v1).
"""
PAPER_ALARMS: dict[int, tuple[int, int]] = {1: (0, 18), 2: (1, 18), 3: (4, 18)}
"""Row -> non-members called members, and non-members tried, where the source gives a count."""

DECOYS_ROWS: tuple[tuple[int, float, float | None, float], ...] = (
    (1, 0.75, None, 0.039),
    (3, 0.74, 0.42, 0.011),
    (5, 0.91, 0.65, 0.015),
    (10, 0.97, 0.77, 0.016),
)
"""Photos, TPR among random names, TPR among known names, FPR. Source: this project's protocol, measured once."""
DECOYS_MEMBERS = 31
"""Members behind these rates."""
