"""Many visitors against the real server over loopback, each checked against the answer to the same question alone.

    python -m tests.benchmarks.load --visitors 50 --photos 5 --seconds 600

Prints one JSON object: visits, wrong answers, refusals because the queue was full, errors, seconds per run (p50, p95),
and the slope of the server's memory with a 95 % interval. Bounded in time; every visit is a new page.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from scipy import stats

from idia_core.sandbox import examples
from idia_core.settings import ASSETS
from idia_core.text import say
from tests.ui import served
from tests.ui.served import Config, Guest, Served

COMPARED = ("outcome", "best", "answers", "vote-table")
"""Parts of the answer that must equal those of the same question asked alone, character by character."""
BLOCK_SECONDS = 10
"""Memory is averaged over so long before a line is fitted: neighbouring samples are not independent."""


@dataclass
class Tally:
    """Results of all visits; threads add to it."""

    runs: list[float] = field(default_factory=list)
    visits: int = 0
    full: int = 0
    wrong: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


Question = tuple[str, tuple[tuple[str, bytes], ...]]


def questions(photos: int) -> list[Question]:
    """Every example's photos with the person's own name, and with the next person's."""
    people = examples.read_examples(ASSETS / "examples")
    found = []
    for at, person in enumerate(people):
        files = tuple((path.name, path.read_bytes()) for path in person.files[:photos])
        found += [(person.name, files), (people[(at + 1) % len(people)].name, files)]
    return found


def visit(
    app: Served, config: Config, question: Question, tally: Tally | None, until: float
) -> dict[str, Any] | None:
    """Open a page, add the photos, ask until there is room in the queue, forget, close.

    Returns:
        The compared parts of the answer; None if the time ran out first.
    """
    name, files = question
    guest = Guest(app.url, config)
    guest.stay()  # as a browser does: by its end the server learns that the page is closed
    try:
        guest.call("opened")
        guest.add(list(files))
        while True:
            began = time.monotonic()
            guest.ask(name)
            answer = guest.run()
            if say("line-full") not in str(answer["progress"]):
                break
            if tally is not None:
                with tally.lock:
                    tally.full += 1
            time.sleep(random.Random(guest.session).uniform(1, 4))
            if time.monotonic() > until:
                return None
        if tally is not None:
            with tally.lock:
                tally.runs.append(time.monotonic() - began)
        if say("run-done") not in str(answer["progress"]):
            raise RuntimeError(f"not done: {answer['progress']}")
        return {part: answer[part] for part in COMPARED}
    finally:
        guest.call("forgotten")
        guest.beating.close()
        guest.close()


def visitor(
    app: Served, config: Config, alone: list[tuple[Question, Any]], tally: Tally, until: float, seed: int
) -> None:
    """Visit again and again until the time runs out."""
    rng = random.Random(seed)
    time.sleep(rng.uniform(0, 2))
    while time.monotonic() < until:
        question, right = rng.choice(alone)
        try:
            answer = visit(app, config, question, tally, until)
        except (httpx.HTTPError, RuntimeError, AssertionError) as error:
            with tally.lock:
                tally.errors[f"{type(error).__name__}: {str(error)[:200]}"] += 1
            continue
        with tally.lock:
            tally.visits += answer is not None
            tally.wrong += answer is not None and answer != right


def slope(samples: list[tuple[float, int]]) -> dict[str, float]:
    """Fit a line to the second three quarters of the memory samples, in blocks; megabytes a minute."""
    start = samples[0][0] + (samples[-1][0] - samples[0][0]) / 4
    blocks: dict[int, list[tuple[float, float]]] = {}
    for at, size in samples:
        if at >= start:
            blocks.setdefault(int((at - start) / BLOCK_SECONDS), []).append((at / 60, size / 1e6))
    points = np.array([np.mean(block, axis=0) for block in blocks.values()])
    if len(points) < 3:
        return {"blocks": len(points)}
    line = stats.linregress(points[:, 0], points[:, 1])
    half = stats.t.ppf(0.975, len(points) - 2) * line.stderr
    return {
        "blocks": len(points),
        "mb_a_minute": round(float(line.slope), 2),
        "low": round(float(line.slope - half), 2),
        "high": round(float(line.slope + half), 2),
    }


def load(root: Path, visitors: int, photos: int, seconds: float) -> dict[str, Any]:
    """Start the server, ask each question alone, then with all visitors at once.

    Args:
        root: an empty folder for the app.
        visitors: pages open at once.
        photos: of each visit.
        seconds: for how long new visits begin; those begun are finished.
    Returns:
        The results, by what is printed before each.
    """
    environment = {"IDIA_ADDRESS_RUNS_PER_MINUTE": "0"}  # all visitors here have one address
    with served.serve(root, **environment) as app:
        config = Config.read(app.url)
        asked = questions(photos)
        began = time.monotonic()
        alone = [(question, visit(app, config, question, None, time.monotonic() + 600)) for question in asked]
        each = (time.monotonic() - began) / len(asked)
        again = [visit(app, config, question, None, time.monotonic() + 600) for question in asked[:3]]
        tally, samples = Tally(), [(time.monotonic(), app.resident())]
        until = time.monotonic() + seconds
        threads = [
            threading.Thread(target=visitor, args=(app, config, alone, tally, until, seed), daemon=True)
            for seed in range(visitors)
        ]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads) and time.monotonic() < until + 400:
            time.sleep(1)
            if time.monotonic() < until:
                samples.append((time.monotonic(), app.resident()))
        return {
            "visitors": visitors,
            "photos": photos,
            "seconds": seconds,
            "visit alone s": round(each, 2),
            "same alone twice": again == [right for _, right in alone[:3]],
            "visits answered": tally.visits,
            "wrong": tally.wrong,
            "told that the line is full": tally.full,
            "errors": dict(tally.errors),
            "still waiting at the end": sum(thread.is_alive() for thread in threads),
            "run p50 s": round(float(np.percentile(tally.runs, 50)), 2),
            "run p95 s": round(float(np.percentile(tally.runs, 95)), 2),
            "memory first MB": round(samples[0][1] / 1e6),
            "memory last MB": round(samples[-1][1] / 1e6),
            "memory most MB": round(max(size for _, size in samples) / 1e6),
            "memory slope": slope(samples),
            "complaints in the log": [line for line in app.log.splitlines() if "rror" in line][:10],
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--photos", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=600)
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the app ends with this
    with tempfile.TemporaryDirectory() as root:
        print(json.dumps(load(Path(root), asked.visitors, asked.photos, asked.seconds), indent=1))


if __name__ == "__main__":
    main()
