"""Checkpoints that the tests write: real open_clip architectures with random weights, in open_clip's own format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import open_clip
import torch
from safetensors.torch import save_file

TINY: dict[str, Any] = {
    "embed_dim": 32,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "head_width": 32, "patch_size": 8},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 64, "heads": 2, "layers": 2},
}
PREPROCESS: dict[str, Any] = {
    "mean": [0.1, 0.2, 0.3],
    "std": [0.4, 0.5, 0.6],
    "interpolation": "bicubic",
    "resize_mode": "shortest",
}


def write(
    folder: Path, config: dict[str, Any] | None = None, *, pickled: bool = False, seed: int = 0
) -> open_clip.CLIP:
    """Write a folder that open_clip loads as `local-dir:`; return the model that was saved.

    Args:
        folder: made if missing.
        config: open_clip's model_cfg; None is a tiny ViT.
        pickled: torch's own format instead of safetensors.
        seed: of the random weights.
    """
    config = TINY if config is None else config
    torch.manual_seed(seed)
    model = open_clip.CLIP(**{key: value for key, value in config.items() if key != "custom_text"}).eval()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "open_clip_config.json").write_text(
        json.dumps({"model_cfg": config, "preprocess_cfg": PREPROCESS})
    )
    if pickled:
        torch.save(model.state_dict(), folder / "open_clip_pytorch_model.bin")
    else:
        save_file(model.state_dict(), folder / "open_clip_model.safetensors")
    return model
