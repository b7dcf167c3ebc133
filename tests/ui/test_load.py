"""Fifty visitors at once for a minute; `python -m tests.benchmarks.load --seconds 600` is the long form."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.benchmarks import load


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_fifty_visitors_get_the_answers_that_each_would_get_alone(tmp_path: Path) -> None:
    found = load.load(tmp_path, visitors=50, photos=5, seconds=60)
    print(json.dumps(found))
    assert found["same alone twice"]
    assert found["visits answered"] >= 10
    assert found["wrong"] == 0
    assert found["errors"] == {}
    assert found["still waiting at the end"] == 0
    assert found["complaints in the log"] == []
    assert found["memory most MB"] - found["memory first MB"] < 1500


def test_the_slope_of_a_leak_is_found_and_flat_is_flat() -> None:
    rising = [
        (float(second), 10**9 + second * 100_000 + (second * 7919 % 13) * 10_000) for second in range(600)
    ]
    assert 5.9 < load.slope(rising)["low"] <= load.slope(rising)["high"] < 6.1
    flat = load.slope([(float(second), 10**9 + (second * 7919 % 13) * 10**6) for second in range(600)])
    assert flat["low"] < 0 < flat["high"]
