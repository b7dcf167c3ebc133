"""`python -m tests.benchmarks`: parse the command line, run the benchmarks asked for, print their results."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from idia_core import names
from idia_core.clip import registry
from idia_core.settings import ASSETS
from tests.benchmarks import growth, photos, start, text, timing
from tests.benchmarks.timing import Growth, Times

STAGES = ("text", "photos", "audit", "start")
"""What is timed by default; growth takes long."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table for people, then one JSON line for programs, for each benchmark.

    Args:
        arguments: the words after the program's name; None takes the process's own.
    Returns:
        The exit status.
    """
    options = _parser().parse_args(arguments)
    clock = timing.pick_clock(options.processor_time)
    try:
        if options.stage == "growth":
            growths = _growths(options, clock)
            _show(options, timing.growth_table(growths), timing.growth_json(growths))
        else:
            for stage in [options.stage] if options.stage else STAGES:
                result = _times(stage, options, clock)
                _show(options, timing.table([result]), timing.as_json(result))
    except (RuntimeError, ValueError) as cause:
        print(f"{options.arch} cannot be timed: {cause}. Name an architecture of open_clip.", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="time each stage beside a straightforward implementation",
    )
    parser.add_argument(
        "stage",
        nargs="?",
        choices=[*STAGES, "growth"],
        help="what to time; by default all but growth, which takes long",
    )
    parser.add_argument(
        "--arch",
        default="ViT-B-32-quickgelu",
        help="an architecture of open_clip; start and growth: or sandbox",
    )
    parser.add_argument(
        "--names", default=1000, type=int, help="candidate names; growth goes up to that many"
    )
    parser.add_argument("--rounds", default=3, type=int, help="rounds, of which the median is printed")
    parser.add_argument("--sample", default=64, type=int, help="sentences of each padded timing of text")
    parser.add_argument(
        "--processor-time", action="store_true", help="for a busy machine: one thread, its own time only"
    )
    parser.add_argument("--json", action="store_true", help="print the JSON line only")
    return parser


def _times(stage: str, options: argparse.Namespace, clock: timing.Clock) -> Times:
    if stage == "start":
        return start.compare(options.arch, options.rounds)
    if stage == "photos":
        return photos.compare(options.arch, options.rounds, clock)
    if stage == "audit":
        return photos.compare_audit(options.arch, options.names, options.rounds, clock)
    candidates = names.draw_decoys(names.load_lists(ASSETS / "names", "web"), options.names, 0)
    return text.compare(options.arch, candidates, options.rounds, options.sample, clock)


def _growths(options: argparse.Namespace, clock: timing.Clock) -> list[Growth]:
    if options.arch == registry.SANDBOX.key:
        from idia_core.clip.encoder import load_encoder

        encoder = load_encoder(registry.SANDBOX, "cpu")
    else:
        encoder = photos.random_encoder(options.arch)
    counts = [count for count in (100, 1000, 10_000) if count < options.names]
    return [
        growth.of_names(encoder, [*counts, options.names], clock),
        growth.of_photos(encoder, [1, 5, 20, 50, 200], clock),
    ]


def _show(options: argparse.Namespace, table: str, line: str) -> None:
    if not options.json:
        print(table)
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
