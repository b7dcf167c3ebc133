"""What a model folder may say about itself: a folder from outside is data, never code.

`open_clip_config.json` decides which classes are built, how large, and which tokenizer is loaded with which arguments.
Only keys and values listed here reach open_clip; whatever could import, open or fetch something else is not among
them. The list covers every architecture that open_clip ships.

Source of keys and defaults: open_clip 3.3, `CLIPVisionCfg`, `CLIPTextCfg`, `MultimodalCfg`, `PreprocessCfg`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from idia_core.errors import IdiaError

MAX_CONFIG_BYTES = 100_000
"""Real ones have less than 3,000."""
MAX_TOKENIZER_BYTES = 50_000_000
"""Of each tokenizer file; the largest real one, of 256,000 words, has 34 MB."""
MAX_PARAMETERS = 6_000_000_000
"""Of both towers together, as the config announces them; the largest public CLIP has 5 billion."""
MAX_SHOWN = 80
"""Characters of a foreign key that a message repeats."""
TOKENIZER_CONFIGS = ("tokenizer_config.json", "special_tokens_map.json", "config.json")
"""Files that a tokenizer's library reads beside `tokenizer.json`."""

Size = Annotated[int, Field(ge=1, le=8_192)]
Layers = Annotated[int, Field(ge=1, le=128)]
Pixels = Annotated[int, Field(ge=16, le=1_024)]
Ratio = Annotated[float, Field(gt=0, le=16)]
Share = Annotated[float, Field(ge=0, lt=1)]
Number = Annotated[float, Field(ge=-1_000, le=1_000, allow_inf_nan=False)]
Word = Annotated[str, Field(pattern=r"^[a-z_]{0,32}$")]
Channels = Annotated[tuple[Number, Number, Number], Field()]


class _Part(BaseModel):
    """A part of the config: only the keys listed, only values of the kind listed."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _NormKwargs(_Part):
    eps: Annotated[float, Field(gt=0, lt=1)] = 1e-5


class _ActKwargs(_Part):
    approximate: Literal["none", "tanh"] = "none"


class _Blocks(_Part):
    """Switches of attention blocks, the same in both towers."""

    ls_init_value: Number | None = None
    mlp_ratio: Ratio = 4.0
    final_ln_after_pool: bool = False
    output_tokens: bool = False
    act_kwargs: _ActKwargs | None = None
    norm_kwargs: _NormKwargs | None = None
    block_type: Literal["default", "custom"] | None = None
    qk_norm: bool = False
    scaled_cosine_attn: bool = False
    scale_heads: bool = False
    scale_attn_inner: bool = False
    scale_attn: bool = False
    scale_fc: bool = False


class _Vision(_Blocks):
    layers: Layers | Annotated[tuple[Layers, Layers, Layers, Layers], Field()] = 12
    width: Size = 768
    head_width: Size = 64
    patch_size: Size | None = 16
    image_size: Pixels | Annotated[tuple[Pixels, Pixels], Field()] = 224
    patch_dropout: Share = 0.0
    attentional_pool: bool | Literal["parallel", "cascade"] = False
    attn_pooler_queries: Size = 256
    attn_pooler_heads: Size = 8
    no_ln_pre: bool = False
    pos_embed_type: Literal["learnable", "sin_cos_2d", "none"] = "learnable"
    pool_type: Literal["tok", "avg", "none"] = "tok"
    timm_model_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]{1,64}$")] | None = None
    """An architecture of timm. A name with a colon or a slash would fetch or open something."""
    timm_model_pretrained: bool = False
    timm_pool: Word | None = "avg"
    timm_proj: Literal["linear", "mlp", "none", ""] | None = "linear"
    timm_proj_bias: bool = False
    timm_drop: Share = 0.0
    timm_drop_path: Share | None = None


class _TokenizerKwargs(_Part):
    """How text is cleaned; everything else a tokenizer takes could name files or code."""

    clean: Literal["canonicalize", "lower", "whitespace"] = "whitespace"
    strip_sep_token: bool = False
    reduction_mask: Literal["", "simple", "random", "shuffle", "syntax"] = ""


PublicTextTower = Literal[
    "facebook/nllb-200-distilled-1.3B",
    "facebook/nllb-200-distilled-600M",
    "google/mt5-base",
    "google/mt5-xl",
    "roberta-base",
    "xlm-roberta-base",
    "xlm-roberta-large",
]
"""Text towers of transformers that open_clip's own architectures use; any other name would be looked up on the hub."""


class _Text(_Blocks):
    context_length: Annotated[int, Field(ge=4, le=1_024)] = 77
    vocab_size: Annotated[int, Field(ge=2, le=1_000_000)] = 49_408
    hf_tokenizer_name: (
        Annotated[str, Field(pattern=r"^([A-Za-z0-9_-][\w.-]*(/[A-Za-z0-9_-][\w.-]*)?)?$")] | None
    ) = None
    """Only whether it is there counts: the tokenizer is read from the model's own folder."""
    tokenizer_mode: Literal["", "clips"] | None = None
    tokenizer_kwargs: _TokenizerKwargs | None = None
    width: Size = 512
    heads: Size = 8
    layers: Layers = 12
    embed_cls: bool = False
    pad_id: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    eos_id: Annotated[int, Field(ge=0, le=1_000_000)] = 2
    no_causal_mask: bool = False
    pool_type: Literal["argmax", "first", "last", "eos", "none"] = "argmax"
    proj_bias: bool = False
    proj_type: Literal["linear", "none"] | None = "linear"
    hf_model_name: PublicTextTower | None = None
    hf_model_pretrained: bool = True
    hf_proj_type: Literal["linear", "mlp", "none", ""] | None = "mlp"
    hf_pooler_type: Word = "mean_pooler"


class _Multimodal(_Text):
    dim_head: Size = 64
    n_queries: Size = 256
    attn_pooler_heads: Size = 8


class _Model(_Part):
    embed_dim: Size
    vision_cfg: _Vision
    text_cfg: _Text
    multimodal_cfg: _Multimodal | None = None
    quick_gelu: bool = False
    custom_text: bool = False
    init_logit_scale: Number | None = None
    init_logit_bias: Number | None = None
    nonscalar_logit_scale: bool = False


class _Preprocess(_Part):
    size: Pixels | Annotated[tuple[Pixels, Pixels], Field()] = 224
    mode: Literal["RGB"] = "RGB"
    mean: Channels = (0.5, 0.5, 0.5)
    std: Channels = (0.5, 0.5, 0.5)
    interpolation: Literal["bicubic", "bilinear", "random"] = "bicubic"
    resize_mode: Literal["shortest", "longest", "squash"] = "shortest"
    fill_color: Annotated[int, Field(ge=0, le=255)] = 0


class _Config(_Part):
    model_cfg: _Model
    preprocess_cfg: _Preprocess | None = None


def check_folder(config: Path, title: str) -> bool:
    """Refuse a model folder that says anything but sizes, switches and public names.

    Args:
        config: its `open_clip_config.json`.
        title: of the model, for the message.
    Returns:
        Whether the folder brings a tokenizer of its own.
    Raises:
        IdiaError: the config or a tokenizer file holds something that is not on the list, or announces too much.
        OSError: a file cannot be read.
    """
    found = _parse(config, title)
    text = found.model_cfg.text_cfg
    if _parameters(found.model_cfg) > MAX_PARAMETERS:
        raise IdiaError("model-config-too-large", title=title)
    if not text.hf_tokenizer_name:
        return False
    for name in (*TOKENIZER_CONFIGS, "tokenizer.json"):
        _check_tokenizer_file(config.with_name(name), title)
    return True


def _parse(config: Path, title: str) -> _Config:
    data = _read(config, MAX_CONFIG_BYTES, title)
    try:
        return _Config.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or config.name
        raise IdiaError("model-config-refused", title=title, key=_shown(key)) from None


def _check_tokenizer_file(file: Path, title: str) -> None:
    """Refuse a tokenizer file that names code to run or another file to open."""
    if not file.is_file():
        return
    data = _read(file, MAX_TOKENIZER_BYTES, title)
    if file.name == "tokenizer.json":
        return  # read by the tokenizers library, which opens nothing else
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise IdiaError("model-config-refused", title=title, key=file.name) from None
    key = _forbidden_key(content)
    if key:
        raise IdiaError("model-config-refused", title=title, key=f"{file.name}: {_shown(key)}")


def _forbidden_key(content: Any) -> str:
    """Find a key that makes transformers import or open something; empty where there is none."""
    waiting = [content]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            for key, value in one.items():
                names_class = key.endswith("_class") and not re.fullmatch(r"\w{1,64}", str(value or "none"))
                names_file = key.endswith(("_file", "_path", "_dir")) and value not in (None, "")
                if key in {"auto_map", "trust_remote_code", "code_revision"} or names_class or names_file:
                    return str(key)
                waiting.append(value)
    return ""


def _parameters(model: _Model) -> int:
    """Estimate the parameters that a config announces; a tower of timm has no size here but its name."""
    towers: list[_Text | _Vision] = [model.text_cfg]
    towers += [] if model.vision_cfg.timm_model_name else [model.vision_cfg]
    towers += [model.multimodal_cfg] if model.multimodal_cfg else []
    total = model.text_cfg.vocab_size * model.text_cfg.width
    for tower in towers:
        layers = tower.layers if isinstance(tower.layers, int) else sum(tower.layers)
        total += int(layers * tower.width**2 * (4 + 2 * tower.mlp_ratio))
    return total


def _read(file: Path, most: int, title: str) -> bytes:
    with file.open("rb") as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise IdiaError("model-config-refused", title=title, key=file.name)
    return data


def _shown(key: str) -> str:
    """Cut a foreign key to what a message can show."""
    return "".join(letter if letter.isprintable() else "?" for letter in key)[:MAX_SHOWN]
