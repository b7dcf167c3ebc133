"""The fast text path against open_clip's own `encode_text`, on towers with random weights."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import open_clip
import pytest
import torch
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg, CustomTextCLIP
from torch import Tensor, nn

from idia_core.clip import text_tower

ROOT = Path(__file__).resolve().parents[2]
END = 49
"""The highest token of the tiny towers' vocabulary, so that both ways of finding the end agree on it."""

VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "one layer": {"layers": 1},
    "layer scale": {"ls_init_value": 0.3},
    "projection with bias": {"proj_bias": True},
    "no projection": {"proj_type": "none"},
    "other norm": {"norm_kwargs": {"eps": 1e-2}},
    "tanh gelu": {"act_kwargs": {"approximate": "tanh"}},
    "narrow": {"mlp_ratio": 1.5},
    "end by id": {"pool_type": "eos", "eos_id": 7},
    "norm of queries and keys": {"qk_norm": True},
    "scaled heads": {"scale_heads": True},
    "inner norm": {"scale_attn_inner": True},
    "norm of attention": {"scale_attn": True},
    "norm in the feed-forward": {"scale_fc": True},
}


def tiny(custom: bool = False, quick_gelu: bool = False, **text: Any) -> CLIP | CustomTextCLIP:
    """Build a tiny model whose every parameter, biases and norms included, is random."""
    settings = {"context_length": 12, "vocab_size": 50, "width": 32, "heads": 2, "layers": 3, **text}
    vision = CLIPVisionCfg(image_size=32, patch_size=16, width=32, head_width=16, layers=1)
    kind = CustomTextCLIP if custom else CLIP
    torch.manual_seed(0)
    model = kind(24, vision, CLIPTextCfg(**settings), quick_gelu=quick_gelu).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.2)
    return model


def some_tokens(count: int, seed: int = 0) -> Tensor:
    """Draw sentences of 2 to 12 tokens that often begin alike, with junk after the end token."""
    random = torch.Generator().manual_seed(seed)
    tokens = torch.randint(0, 3, (count, 12), generator=random)
    ends = torch.randint(1, 12, (count, 1), generator=random)
    tokens[:, 0] = 48
    return tokens.scatter_(1, ends, END)


def fast(model: nn.Module) -> text_tower.TextPath:
    path = text_tower.plan(model)
    assert path is not None
    return path


@torch.no_grad()
def largest_difference(model: Any, tokens: Tensor, budget_bytes: int | None = None) -> float:
    expected = model.encode_text(tokens)
    found = fast(model).encode(tokens, budget_bytes)
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    return float((found - expected).abs().max() / expected.abs().max())


@pytest.mark.parametrize("custom", [False, True], ids=["CLIP", "CustomTextCLIP"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_each_kind_of_tower_gives_the_same_vectors(variant: str, custom: bool) -> None:
    model = tiny(custom, **VARIANTS[variant])
    assert largest_difference(model, some_tokens(300)) < 2e-6


def test_quick_gelu_gives_the_same_vectors() -> None:
    assert largest_difference(tiny(quick_gelu=True), some_tokens(300)) < 2e-6


def test_these_differences_would_show_an_error() -> None:
    """A causal tower that ignored one token of a sentence would be off by far more than the limit above."""
    tokens = some_tokens(300)
    changed = tokens.clone()
    changed[:, 1] = 5
    model = tiny()
    with torch.no_grad():
        difference = (fast(model).encode(tokens) - model.encode_text(changed)).abs().max()
    assert float(difference) > 1e-2


@pytest.mark.parametrize("budget_bytes", [1, 30_000, 100_000])
def test_cutting_into_small_trees_changes_nothing(budget_bytes: int) -> None:
    assert largest_difference(tiny(), some_tokens(50), budget_bytes) < 2e-6


@pytest.mark.parametrize("count", [1, 2, 21])
def test_few_sentences(count: int) -> None:
    assert largest_difference(tiny(), some_tokens(count, seed=count)) < 2e-6


def test_no_sentence_at_all() -> None:
    assert fast(tiny()).encode(some_tokens(0)).shape == (0, 24)


def test_repeated_sentences_and_the_callers_order_are_kept() -> None:
    tokens = some_tokens(50)[torch.tensor([3, 1, 3, 40, 1, 0])]
    vectors = fast(tiny()).encode(tokens)
    assert torch.equal(vectors[0], vectors[2])
    assert torch.equal(vectors[1], vectors[4])
    assert largest_difference(tiny(), tokens) < 2e-6


def test_sentences_without_an_end_token() -> None:
    tokens = torch.zeros(4, 12, dtype=torch.long)
    tokens[1] = 5
    tokens[2, 3] = 9
    for pooling in ({}, {"pool_type": "eos", "eos_id": END}):
        assert largest_difference(tiny(**pooling), tokens) < 2e-6


def test_a_sentence_that_begins_another() -> None:
    tokens = torch.zeros(2, 12, dtype=torch.long)
    tokens[0, :2] = torch.tensor([1, 9])
    tokens[1, :4] = torch.tensor([1, 9, 2, 11])
    assert largest_difference(tiny(), tokens) < 2e-6


def test_odd_sentences_through_the_real_tokenizer() -> None:
    model = tiny(context_length=77, vocab_size=49408)
    sentences = [
        "",
        "a",
        "a photo of Zoë",
        "😀 🧑‍🚀",
        "名前",
        "a photo of Zoë",
        "!!!",
        "long " * 200,
        "a photo of",
    ]
    tokens = open_clip.tokenize(sentences)
    assert int(tokens[7].argmax()) == 76
    assert largest_difference(model, tokens) < 2e-6
    assert largest_difference(model, tokens[:1]) < 2e-6


def test_each_distinct_prefix_is_counted_once() -> None:
    tokens = some_tokens(300)
    rows = [tuple(row[: row.index(END) + 1]) for row in tokens.tolist()]
    prefixes = {row[:n] for row in rows for n in range(1, len(row) + 1)}
    assert fast(tiny()).count_prefixes(tokens) == len(prefixes)


def test_rows_computed_are_the_distinct_prefixes_and_little_more() -> None:
    model = tiny()
    tokens, computed = some_tokens(2000), []
    path = fast(model)
    model.ln_final.register_forward_pre_hook(lambda _, rows: computed.append(len(rows[0])))
    model.transformer.resblocks[0].ln_1.register_forward_pre_hook(
        lambda _, rows: computed.append(len(rows[0]))
    )
    path.encode(tokens)
    first_layer, last_norm = computed
    assert 0 <= first_layer - path.count_prefixes(tokens) < 32
    assert last_norm == len({tuple(row[: row.index(END) + 1]) for row in tokens.tolist()})


@pytest.mark.parametrize("shape", [(3,), (3, 13), (3, 11), (3, 0), (1, 3, 12)])
def test_tokens_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="tokens must be integers"):
        fast(tiny()).encode(torch.zeros(shape, dtype=torch.long))


def test_tokens_that_are_not_integers_are_refused() -> None:
    with pytest.raises(ValueError, match="tokens must be integers"):
        fast(tiny()).encode(torch.zeros(3, 12))


def test_half_precision_stays_as_close_as_the_model_itself() -> None:
    model = tiny().to(torch.bfloat16)
    tokens = some_tokens(100)
    with torch.no_grad():
        expected, found = model.encode_text(tokens), fast(model).encode(tokens)
    assert found.dtype == torch.bfloat16
    assert float(nn.functional.cosine_similarity(expected.float(), found.float()).min()) > 0.999


@pytest.mark.parametrize(
    "flags",
    [
        {"no_causal_mask": True},
        {"embed_cls": True},
        {"pool_type": "first"},
        {"pool_type": "last"},
        {"output_tokens": True},
        {"scaled_cosine_attn": True},
        {"no_causal_mask": True, "proj_bias": True, "pool_type": "last"},
    ],
    ids=["sees what follows", "class token", "first", "last", "tokens too", "cosine", "as in SigLIP"],
)
def test_other_towers_are_left_to_the_ordinary_way(flags: dict[str, Any]) -> None:
    assert text_tower.plan(tiny(custom=True, **flags)) is None


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize(("precision", "least"), [(torch.float32, 0.999999), (torch.float16, 0.999)])
def test_the_same_code_runs_on_cuda(precision: torch.dtype, least: float) -> None:
    model = real("ViT-B-32-quickgelu").to("cuda", precision)
    tokens = open_clip.tokenize(SENTENCES).to("cuda")
    with torch.no_grad():
        expected, found = model.encode_text(tokens), fast(model).encode(tokens)
    assert found.device == expected.device
    assert found.dtype == expected.dtype
    assert float(nn.functional.cosine_similarity(expected.float(), found.float()).min()) > least


def test_memory_kept_between_layers_is_not_shared_between_callers() -> None:
    """Several threads may encode at once: what one computes on its way is no other's."""
    model, path = tiny(), fast(tiny())
    batches = [some_tokens(200, seed) for seed in range(6)]
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(path.encode, batches))
    with torch.no_grad():
        for tokens, vectors in zip(batches, found, strict=True):
            assert float((vectors - model.encode_text(tokens)).abs().max()) < 1e-5


def test_a_model_of_another_class_is_left_to_the_ordinary_way() -> None:
    class Other(CLIP):
        pass

    model = tiny()
    model.__class__ = Other
    assert text_tower.plan(model) is None
    assert text_tower.plan(nn.Linear(2, 2)) is None


def _hook(model: Any) -> None:
    model.transformer.resblocks[1].mlp.register_forward_hook(lambda *_: None)


def _drop_out(model: Any) -> None:
    model.transformer.resblocks[1].attn.dropout = 0.1


def _other_activation(model: Any) -> None:
    model.transformer.resblocks[2].mlp[1] = nn.Softmax(dim=0)


def _other_linear(model: Any) -> None:
    nn.utils.parametrizations.weight_norm(model.transformer.resblocks[0].mlp[0])


def _other_mask(model: Any) -> None:
    model.attn_mask[3, 1] = float("-inf")


def _replaced_method(model: Any) -> None:
    model.transformer.forward = lambda rows, attn_mask: rows


def _bounded_embedding(model: Any) -> None:
    model.token_embedding.max_norm = 1.0


@pytest.mark.parametrize(
    "alter",
    [_hook, _drop_out, _other_activation, _other_linear, _other_mask, _replaced_method, _bounded_embedding],
)
def test_an_altered_part_sends_the_model_the_ordinary_way(alter: Any) -> None:
    model = tiny()
    assert text_tower.plan(model) is not None
    alter(model)
    assert text_tower.plan(model) is None


def real(architecture: str, custom: bool = False) -> CLIP | CustomTextCLIP:
    """Build a registered architecture's text tower with random weights, beside a tiny image tower."""
    settings = open_clip.get_model_config(architecture)
    settings["vision_cfg"] = {"image_size": 32, "patch_size": 16, "width": 64, "head_width": 32, "layers": 1}
    custom = settings.pop("custom_text", custom)
    settings.pop("multimodal_cfg", None)
    torch.manual_seed(0)
    return (CustomTextCLIP if custom else CLIP)(**settings).eval()


SENTENCES = [
    template.format(name)
    for template in ("{}", "a photo of {}", "{} at a gala", "a photo of a person named {}")
    for name in ("Anna Bell", "Anna Campbell", "Åsa Öberg-Núñez", "Bo Li")
]


def test_the_papers_smallest_model_gives_the_same_vectors() -> None:
    assert largest_difference(real("ViT-B-32-quickgelu"), open_clip.tokenize(SENTENCES)) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("architecture", "custom"),
    [
        ("ViT-B-32", False),
        ("ViT-B-32", True),
        ("ViT-B-16-plus-240", False),
        ("ViT-L-14", False),
        ("ViT-H-14", False),
        ("RN50-quickgelu", False),
        ("MobileCLIP-B", True),
    ],
)
def test_real_architectures_give_the_same_vectors(architecture: str, custom: bool) -> None:
    model = real(architecture, custom)
    assert isinstance(model, CustomTextCLIP) == custom
    assert largest_difference(model, open_clip.tokenize(SENTENCES)) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize(
    "architecture", ["coca_ViT-B-32", "ViT-B-16-SigLIP", "MobileCLIP2-S0", "ViT-L-14-CLIPA"]
)
def test_real_architectures_of_other_kinds_go_the_ordinary_way(architecture: str) -> None:
    assert text_tower.plan(real(architecture)) is None


_MEASURE = """
import sys, torch
from tests.clip.test_text_tower import fast, tiny

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))

names, prompts = int(sys.argv[1]), 21
first, last = torch.randint(1, 40, (2, names))
prompt = torch.arange(prompts)[:, None].expand(prompts, names)
tokens = torch.zeros(prompts, names, 12, dtype=torch.int32)
tokens[..., 0], tokens[..., 1], tokens[..., 2] = 48, prompt // 5, prompt % 5
tokens[..., 3:6] = torch.stack([first, last, torch.arange(names) % 40], dim=-1)
tokens[..., 6] = 49
path = fast(tiny(layers=2))
path.encode(tokens.view(-1, 12)[:2000])
before = peak()
path.encode(tokens.view(-1, 12))
print(peak() - before)
"""


def _peak_megabytes(names: int) -> float:
    run = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(names)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return float(run.stdout.split()[-1])


@pytest.mark.slow
def test_memory_grows_no_faster_than_the_number_of_names() -> None:
    small, large = _peak_megabytes(5_000), _peak_megabytes(40_000)
    assert 0 < large < 8 * small * 1.1
