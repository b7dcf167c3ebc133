"""Photos through a loaded model: what a model must be able to do, and photos compared with sentences.

Does not: load a model (`encoder` does), fill in templates, or keep pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from idia_core.attack.rule import FloatArray
from idia_core.clip.registry import ModelSpec
from idia_core.photos.photo import PixelArray

BATCH = 16
"""Photos of one forward pass, and between two reports of progress: most checks have fewer, so one pass does."""


class Encoder(Protocol):
    """What an audit needs of a loaded model."""

    @property
    def spec(self) -> ModelSpec:
        """Return which model it is."""

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
