"""The text path beside other libraries that embed sentences, in one run: milliseconds per sentence.

    pip install --no-deps --target /tmp/elsewhere transformers tokenizers
    PYTHONPATH=/tmp/elsewhere python -m tests.benchmarks.compare_libraries 20

open_clip as it is pads to 77 tokens; so does transformers' `CLIPTextModelWithProjection` in the usual recipe
(`padding="max_length"`); sentence-transformers sorts by length and pads to the longest of a batch of 32, with that
same model inside. All towers have ViT-B/32's size and random weights; one thread, processor time. Tokenizers are not timed.
"""

from __future__ import annotations

import sys
import time
from functools import partial

import torch
from torch import Tensor

from idia_core import names
from idia_core.clip import text_tower
from idia_core.settings import ASSETS
from tests.benchmarks import text, timing

BATCH = 32
SAMPLE = 64
ARCH = "ViT-B-32-quickgelu"


def transformers_tower() -> torch.nn.Module:
    """Build transformers' text tower of ViT-B/32's size with random weights."""
    from transformers import CLIPTextConfig, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        vocab_size=49408,
        hidden_size=512,
        intermediate_size=2048,
        num_hidden_layers=12,
        num_attention_heads=8,
        projection_dim=512,
        eos_token_id=49407,
    )
    return CLIPTextModelWithProjection(config).eval()


@torch.no_grad()
def encode_padded(model: torch.nn.Module, tokens: Tensor) -> None:
    for part in tokens.split(BATCH):
        model(input_ids=part, attention_mask=torch.ones_like(part))


@torch.no_grad()
def encode_sorted(model: torch.nn.Module, tokens: Tensor) -> None:
    for part in tokens[tokens.argmax(dim=1).argsort()].split(BATCH):
        cut = part[:, : int(part.argmax(dim=1).max()) + 1]
        model(input_ids=cut, attention_mask=(cut > 0).long())


def main(count: int) -> None:
    """Time all of them and print a table.

    Args:
        count: candidate names; the text path and the sorted batches encode all 21 sentences of each.
    """
    clock = timing.pick_clock(True)
    tokens = text.tokenize(ARCH, names.draw_decoys(names.load_lists(ASSETS / "names", "web"), count, 0))
    picked = tokens[torch.randperm(len(tokens), generator=torch.Generator().manual_seed(0))[:SAMPLE]]
    model, other = text.random_model(ARCH), transformers_tower()
    path = text_tower.plan(model)
    if path is None:
        raise ValueError("the text path does not support the architecture")
    ways = {
        "open_clip as it is": (partial(text.encode_padded, model, picked, BATCH), len(picked)),
        "transformers, padded to 77": (partial(encode_padded, other, picked), len(picked)),
        "sentence-transformers' way": (partial(encode_sorted, other, tokens), len(tokens)),
        "ours": (partial(path.encode, tokens), len(tokens)),
    }
    medians = timing.take_turns({name: work for name, (work, _) in ways.items()}, 3, clock, warm=True)
    each = {name: 1e3 * medians[name] / items for name, (_, items) in ways.items()}
    print("| way | ms a sentence | times ours |", "|---|---|---|", sep="\n")
    for name, spent in each.items():
        print(f"| {name} | {spent:.2f} | {spent / each['ours']:.1f} |")


if __name__ == "__main__":
    began = time.perf_counter()
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
    print(f"({time.perf_counter() - began:.0f} s in all)")
