"""What the rest of the program needs of a loaded model; `encoder` and `image_cache` provide it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from idia_core.attack.rule import FloatArray
from idia_core.clip.registry import ModelSpec
from idia_core.photos.photo import PixelArray

BATCH = 16
"""Photos embedded between two reports of progress; most audits have fewer, so they take one forward pass."""


class Encoder(Protocol):
    """A loaded model that embeds photos and sentences."""

    @property
    def spec(self) -> ModelSpec:
        """Return the model's description."""

    @property
    def fingerprint(self) -> str:
        """Return what distinguishes its vectors from any other model's."""

    @property
    def logit_scale(self) -> float:
        """Return exp(logit_scale), which matters only where a softmax is shown."""

    def encode_images(self, pixels: Sequence[PixelArray]) -> FloatArray:
        """Embed photos: (photos, dim) unit vectors."""

    def encode_texts(self, sentences: Sequence[str]) -> FloatArray:
        """Embed sentences: (sentences, dim) unit vectors."""
