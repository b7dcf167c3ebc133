"""The registry: facts checked against open_clip itself, and what a person may type."""

from __future__ import annotations

from pathlib import Path

import open_clip
import pytest
import torch

from idia_core.clip import registry
from idia_core.errors import IdiaError
from idia_core.text import advise

WEB = [spec for spec in registry.REGISTRY if spec.kind == "open_clip"]


def test_short_names_are_unique_and_the_sandbox_comes_first() -> None:
    keys = [spec.key for spec in registry.REGISTRY]
    assert len(set(keys)) == len(keys)
    assert registry.REGISTRY[0].is_sandbox
    assert [spec.key for spec in registry.REGISTRY if spec.in_paper] == [
        "laion400m-b32",
        "laion400m-b16",
        "laion400m-l14",
    ]


@pytest.mark.parametrize("spec", WEB, ids=lambda spec: spec.key)
def test_open_clip_knows_the_weights_and_where_they_are(spec: registry.ModelSpec) -> None:
    architecture, tag = spec.source.split("/")
    table = open_clip.get_pretrained_cfg(architecture, tag)
    assert table["hf_hub"].rstrip("/") == spec.hub
    config = open_clip.get_model_config(architecture)
    assert config.get("quick_gelu", False) == table.get("quick_gelu", False), (
        "trained with the other activation"
    )


@pytest.mark.parametrize("spec", WEB, ids=lambda spec: spec.key)
def test_the_number_of_parameters_is_counted(spec: registry.ModelSpec) -> None:
    config = open_clip.get_model_config(spec.source.split("/")[0])
    kind = open_clip.CustomTextCLIP if config.pop("custom_text", False) else open_clip.CLIP
    with torch.device("meta"):
        counted = sum(weight.numel() for weight in kind(**config).parameters())
    assert spec.parameters == counted
    assert spec.download_bytes == 4 * counted


def test_a_model_can_be_written_the_short_and_the_long_way() -> None:
    short = registry.parse_model("laion400m-b32")
    assert registry.parse_model("open_clip:ViT-B-32-quickgelu/laion400m_e32") is short
    assert (
        registry.parse_model(" sandbox ")
        is registry.parse_model(f"local-dir:{registry.SANDBOX_DIR}")
        is registry.SANDBOX
    )


@pytest.mark.parametrize(
    ("text", "kind", "source"),
    [
        ("open_clip:RN50/openai", "open_clip", "RN50/openai"),
        ("hf-hub:laion/CLIP-ViT-B-32-laion2B-s34B-b79K", "hf-hub", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K"),
        ("local-dir:/a/b c/model", "local-dir", "/a/b c/model"),
    ],
)
def test_models_outside_the_registry(text: str, kind: str, source: str) -> None:
    spec = registry.parse_model(text)
    assert (spec.kind, spec.source, spec.key, spec.lists_id) == (kind, source, text, "web")


def test_a_home_folder_is_expanded() -> None:
    assert registry.parse_model("local-dir:~/m").source == str(Path.home() / "m")


@pytest.mark.parametrize(
    "text", ["", "nothing", "open_clip:", "open_clip:RN50", "hf-hub:a", "hf-hub:../../etc", "local-dir:"]
)
def test_anything_else_is_refused_with_the_short_names(text: str) -> None:
    with pytest.raises(IdiaError) as caught:
        registry.parse_model(text)
    assert "laion400m-b32" in advise(caught.value.message)
