"""The `bench` command: what can be timed, and how it is printed.

Does not: time anything itself, or assert a time.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from idia_core import models, names
from idia_core.errors import IdiaError
from idia_core.settings import ASSETS, Settings

if TYPE_CHECKING:
    from idia_core.bench.timing import Growth, Times

BENCHES = ("text", "photos", "audit", "start")


def add(commands: Any) -> None:
    """Tell the command line what may be asked.

    Args:
        commands: what `add_subparsers` returned.
    """
    bench = commands.add_parser("bench", help="time stages beside the straightforward way")
    stages = [*BENCHES, "growth"]
    bench.add_argument(
        "stage", nargs="?", choices=stages, help="what to time; by default all but growth, which takes long"
    )
    bench.add_argument(
        "--arch",
        default="ViT-B-32-quickgelu",
        help="an architecture of open_clip; start and growth: or sandbox",
    )
    bench.add_argument("--names", default=1000, type=int, help="candidate names; growth goes up to that many")
    bench.add_argument("--rounds", default=3, type=int, help="rounds of which the median is told")
    bench.add_argument("--sample", default=64, type=int, help="sentences of each padded timing of text")
    bench.add_argument(
        "--processor-time", action="store_true", help="for a busy machine: one thread, its own time only"
    )
    bench.add_argument("--json", action="store_true", help="print the JSON line only")
    bench.set_defaults(run=_bench)


def _bench(options: argparse.Namespace, settings: Settings) -> None:
    from idia_core.bench import timing

    options.clock = timing.pick_clock(options.processor_time)
    try:
        if options.stage == "growth":
            growths = _growths(options)
            _print_both(options, timing.growth_table(growths), timing.growth_json(growths))
            return
        for stage in [options.stage] if options.stage else BENCHES:
            result = _times(stage, options)
            _print_both(options, timing.table([result]), timing.as_json(result))
    except (RuntimeError, ValueError) as cause:
        raise IdiaError(
            f"{options.arch} cannot be timed: {cause}.", "Name an architecture of open_clip."
        ) from cause


def _times(stage: str, options: argparse.Namespace) -> Times:
    if stage == "start":
        from idia_core.bench import start

        return start.compare(options.arch, options.rounds)
    from idia_core.bench import photos as bench_photos
    from idia_core.bench import text

    if stage == "photos":
        return bench_photos.compare(options.arch, options.rounds, options.clock)
    if stage == "audit":
        return bench_photos.compare_check(options.arch, options.names, options.rounds, options.clock)
    public = names.decoys(names.load(ASSETS / "names", "web"), options.names, 0)
    return text.compare(options.arch, public, options.rounds, options.sample, options.clock)


def _growths(options: argparse.Namespace) -> list[Growth]:
    from idia_core.bench import growth
    from idia_core.bench.photos import encoder_of

    sandbox = options.arch == models.SANDBOX.key
    if sandbox:
        from idia_core.encoder import load

    encoder = load(models.SANDBOX, "cpu") if sandbox else encoder_of(options.arch)
    counts = [count for count in (100, 1000, 10_000) if count < options.names]
    return [
        growth.of_names(encoder, [*counts, options.names], options.clock),
        growth.of_photos(encoder, [1, 5, 20, 50, 200], options.clock),
    ]


def _print_both(options: argparse.Namespace, table: str, line: str) -> None:
    if not options.json:
        print(table)
    print(line, flush=True)
