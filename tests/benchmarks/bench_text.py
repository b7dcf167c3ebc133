"""Time the text path: `python -m tests.benchmarks.bench_text --arch ViT-B-32-quickgelu --names 1000`.

With `--growth 100,1000,10000` it times the text path alone on ever more names and fits the exponent.
"""

from __future__ import annotations

import argparse
import json
import time

import torch

from idia_core import bench, names
from idia_core.prompts import PAPER
from idia_core.settings import ASSETS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arch", default="ViT-B-32-quickgelu")
    parser.add_argument("--names", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sample", type=int, default=64)
    parser.add_argument("--processor-time", action="store_true", help="for a busy machine; one thread")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--lists", default="web")
    parser.add_argument("--growth", default="")
    asked = parser.parse_args()
    torch.set_num_threads(1 if asked.processor_time else asked.threads)
    clock = time.process_time if asked.processor_time else time.perf_counter
    lists = names.load(ASSETS / "names", asked.lists)
    if asked.growth:
        counts = [int(count) for count in asked.growth.split(",")]
        rows = bench.growth(asked.arch, names.decoys(lists, max(counts), 0), counts)
        for count, seconds, peak_mb in rows:
            each = 1e3 * seconds / count / len(PAPER.templates)
            print(f"{count} names: {seconds:.1f} s, {each:.3f} ms a sentence, {peak_mb} MB")
        sizes, times = [row[0] for row in rows], [row[1] for row in rows]
        print(json.dumps({"growth": rows, "exponent": bench.exponent(sizes, times)}))
        return
    result = bench.text(asked.arch, names.decoys(lists, asked.names, 0), asked.rounds, asked.sample, clock)
    print(bench.table([result]))
    print(bench.as_json(result))


if __name__ == "__main__":
    main()
