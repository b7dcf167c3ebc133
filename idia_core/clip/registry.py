"""The models that can be asked, as plain data: what each is, what it was trained on, how large its download is.

Sources: licences and training data from the model cards of the named repositories; parameters counted on open_clip's
architectures. A float32 checkpoint has 4 bytes a parameter, which gives the size of the download.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from idia_core.errors import IdiaError
from idia_core.photos.locators import CentreFaceLocator, DetectedFaceLocator, FaceLocator
from idia_core.settings import ASSETS

SANDBOX_DIR = ASSETS / "sandbox"


@dataclass(frozen=True)
class ModelSpec:
    """One model, before anything of it is loaded."""

    key: str
    """What a person types, unique: `sandbox`, `laion400m-b32`, `open_clip:ARCH/TAG`, ..."""
    title: str
    """What a person reads in the picker."""
    kind: str
    """`open_clip`, `hf-hub` or `local-dir`."""
    source: str
    """open_clip: `ARCH/TAG`; hf-hub: `ORG/REPO`; local-dir: a path."""
    hub: str = ""
    """`ORG/REPO[/FILE]` of the weights on the Hugging Face Hub; empty where open_clip must be asked."""
    training_data: str = "unknown"
    """The image-text pairs it was trained on."""
    parameters: int = 0
    """Number of weights; 0 where unknown before loading."""
    licence: str = "see the model's card"
    """Licence of the weights."""
    in_paper: bool = False
    """Whether the paper (arXiv 2209.07341) attacked these weights."""
    lists_id: str = "web"
    """Which candidate names it is compared with: `web` or `sandbox`."""

    @property
    def download_bytes(self) -> int:
        """Return the download's approximate size in bytes; 0 where unknown or nothing is to be downloaded."""
        return 0 if self.kind == "local-dir" else 4 * self.parameters

    @property
    def is_sandbox(self) -> bool:
        """Tell whether it knows invented people only, so that its answer says nothing about a real one."""
        return self.lists_id == "sandbox"

    @property
    def face_locator(self) -> FaceLocator:
        """Return how the person's face is located in pictures of the kind that it knows."""
        return CentreFaceLocator() if self.is_sandbox else DetectedFaceLocator()


SANDBOX = ModelSpec(
    key="sandbox",
    title="Sandbox (invented people, works offline)",
    kind="local-dir",
    source=str(SANDBOX_DIR),
    training_data="drawn portraits of 500 invented people",
    parameters=4_444_353,
    licence="MIT (portrait art: see assets/sandbox/README.md)",
    lists_id="sandbox",
)

_LAION400M = "LAION-400M"
_LAION2B = "LAION-2B (English part of LAION-5B)"
_OPENAI = "OpenAI's WebImageText, 400 M pairs, not published"
_B32, _B16, _L14, _H14, _SIGLIP2_B16 = 151_277_313, 149_620_737, 427_616_513, 986_109_441, 375_187_970


def _web(names: tuple[str, str], source: str, hub: str, training_data: str, parameters: int) -> ModelSpec:
    return ModelSpec(*names, "open_clip", source, hub, training_data, parameters, licence="MIT")


_PAPER = (
    _web(
        ("laion400m-b32", "LAION-400M ViT-B/32"),
        "ViT-B-32-quickgelu/laion400m_e32",
        "timm/vit_base_patch32_clip_224.laion400m_e32",
        _LAION400M,
        _B32,
    ),
    _web(
        ("laion400m-b16", "LAION-400M ViT-B/16"),
        "ViT-B-16/laion400m_e32",
        "timm/vit_base_patch16_clip_224.laion400m_e32",
        _LAION400M,
        _B16,
    ),
    _web(
        ("laion400m-l14", "LAION-400M ViT-L/14"),
        "ViT-L-14/laion400m_e32",
        "timm/vit_large_patch14_clip_224.laion400m_e32",
        _LAION400M,
        _L14,
    ),
)
_OTHERS = (
    _web(
        ("laion2b-b32", "LAION-2B ViT-B/32"),
        "ViT-B-32/laion2b_s34b_b79k",
        "laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
        _LAION2B,
        _B32,
    ),
    _web(
        ("laion2b-l14", "LAION-2B ViT-L/14"),
        "ViT-L-14/laion2b_s32b_b82k",
        "laion/CLIP-ViT-L-14-laion2B-s32B-b82K",
        _LAION2B,
        _L14,
    ),
    _web(
        ("laion2b-h14", "LAION-2B ViT-H/14"),
        "ViT-H-14/laion2b_s32b_b79k",
        "laion/CLIP-ViT-H-14-laion2B-s32B-b79K",
        _LAION2B,
        _H14,
    ),
    _web(
        ("openai-b32", "OpenAI CLIP ViT-B/32"),
        "ViT-B-32-quickgelu/openai",
        "timm/vit_base_patch32_clip_224.openai",
        _OPENAI,
        _B32,
    ),
    _web(
        ("openai-b16", "OpenAI CLIP ViT-B/16"),
        "ViT-B-16-quickgelu/openai",
        "timm/vit_base_patch16_clip_224.openai",
        _OPENAI,
        _B16,
    ),
    _web(
        ("openai-l14", "OpenAI CLIP ViT-L/14"),
        "ViT-L-14-quickgelu/openai",
        "timm/vit_large_patch14_clip_224.openai",
        _OPENAI,
        _L14,
    ),
    _web(
        ("datacomp-l14", "DataComp ViT-L/14"),
        "ViT-L-14/datacomp_xl_s13b_b90k",
        "laion/CLIP-ViT-L-14-DataComp.XL-s13B-b90K",
        "DataComp-1B",
        _L14,
    ),
    replace(
        _web(
            ("siglip2-b16", "SigLIP 2 ViT-B/16"),
            "ViT-B-16-SigLIP2/webli",
            "timm/ViT-B-16-SigLIP2",
            "WebLI",
            _SIGLIP2_B16,
        ),
        licence="Apache-2.0",
    ),
)
REGISTRY: tuple[ModelSpec, ...] = (SANDBOX, *(replace(spec, in_paper=True) for spec in _PAPER), *_OTHERS)
"""All models with a short name; the sandbox first."""

_TWO_PARTS = re.compile(r"[\w.-]+/[\w.-]+")


def parse_model(text: str) -> ModelSpec:
    """Find the model that a person typed.

    Args:
        text: a registry key, `open_clip:ARCH/TAG`, `hf-hub:ORG/REPO` or `local-dir:PATH`.
    Returns:
        The spec; the registry's own one also where its long form was typed.
    Raises:
        IdiaError: not one of these; the hint lists the short names.
    """
    text = text.strip()
    for spec in REGISTRY:
        if text in (spec.key, f"{spec.kind}:{spec.source}"):
            return spec
    kind, _, source = text.partition(":")
    if kind == "open_clip" and _TWO_PARTS.fullmatch(source):
        return ModelSpec(key=text, title=source, kind=kind, source=source)
    if kind == "hf-hub" and _TWO_PARTS.fullmatch(source):
        return ModelSpec(key=text, title=source, kind=kind, source=source, hub=source)
    if kind == "local-dir" and source:
        return _local(text, source)
    raise IdiaError("model-unknown", text=f"{text[:80]!r}", join=", ".join(spec.key for spec in REGISTRY))


def _local(text: str, source: str) -> ModelSpec:
    path = Path(source).expanduser()
    if path.resolve() == SANDBOX_DIR:
        return SANDBOX
    return ModelSpec(key=text, title=path.name or source, kind="local-dir", source=str(path))
