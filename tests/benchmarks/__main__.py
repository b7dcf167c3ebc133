"""`python -m tests.benchmarks`: what can be timed, and how it is printed.

Does not: time anything itself, or assert a time.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from idia_core import names
from idia_core.clip import registry
from idia_core.settings import ASSETS
from tests.benchmarks import timing
from tests.benchmarks.timing import Growth, Times

BENCHES = ("text", "photos", "audit", "start")


def main(arguments: Sequence[str] | None = None) -> int:
    """Time what is asked for; a table for people, then one JSON line for programs.

    Args:
        arguments: the words after the program's name; None takes the process's own.
    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description="time stages beside the straightforward way"
    )
    parser.add_argument(
        "stage",
        nargs="?",
        choices=[*BENCHES, "growth"],
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
    parser.add_argument("--rounds", default=3, type=int, help="rounds of which the median is told")
    parser.add_argument("--sample", default=64, type=int, help="sentences of each padded timing of text")
    parser.add_argument(
        "--processor-time", action="store_true", help="for a busy machine: one thread, its own time only"
    )
    parser.add_argument("--json", action="store_true", help="print the JSON line only")
    options = parser.parse_args(arguments)
    options.clock = timing.pick_clock(options.processor_time)
    try:
        _bench(options)
    except (RuntimeError, ValueError) as cause:
        print(f"{options.arch} cannot be timed: {cause}. Name an architecture of open_clip.", file=sys.stderr)
        return 2
    return 0


def _bench(options: argparse.Namespace) -> None:
    if options.stage == "growth":
        growths = _growths(options)
        _print_both(options, timing.growth_table(growths), timing.growth_json(growths))
        return
    for stage in [options.stage] if options.stage else BENCHES:
        result = _times(stage, options)
        _print_both(options, timing.table([result]), timing.as_json(result))


def _times(stage: str, options: argparse.Namespace) -> Times:
    if stage == "start":
        from tests.benchmarks import start

        return start.compare(options.arch, options.rounds)
    from tests.benchmarks import photos, text

    if stage == "photos":
        return photos.compare(options.arch, options.rounds, options.clock)
    if stage == "audit":
        return photos.compare_check(options.arch, options.names, options.rounds, options.clock)
    public = names.draw_decoys(names.load_lists(ASSETS / "names", "web"), options.names, 0)
    return text.compare(options.arch, public, options.rounds, options.sample, options.clock)


def _growths(options: argparse.Namespace) -> list[Growth]:
    from tests.benchmarks import growth
    from tests.benchmarks.photos import encoder_of

    sandbox = options.arch == registry.SANDBOX.key
    if sandbox:
        from idia_core.clip.encoder import load_encoder

    encoder = load_encoder(registry.SANDBOX, "cpu") if sandbox else encoder_of(options.arch)
    counts = [count for count in (100, 1000, 10_000) if count < options.names]
    return [
        growth.of_names(encoder, [*counts, options.names], options.clock),
        growth.of_photos(encoder, [1, 5, 20, 50, 200], options.clock),
    ]


def _print_both(options: argparse.Namespace, table: str, line: str) -> None:
    if not options.json:
        print(table)
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
