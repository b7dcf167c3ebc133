"""Vectors of photos that a model has looked at, held in memory so that a second name need not look again.

A photo is known by its pixels, not by its file: a crop or a masked copy of it is another photo.

Does not: write to disk, hold pixels, or outlive whoever holds it (a result, which goes with its visitor).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from idia_core.attack.rule import FloatArray
from idia_core.clip.interface import Encoder
from idia_core.clip.registry import ModelSpec
from idia_core.photos.photo import PixelArray


@dataclass(frozen=True)
class ImageVectors:
    """What one model made of some photos."""

    fingerprint: str = ""
    """The model's."""
    keys: tuple[str, ...] = field(default=(), repr=False)
    """SHA-256 of each photo's size and pixels, hexadecimal."""
    rows: FloatArray = field(default_factory=lambda: np.zeros((0, 0), np.float32), repr=False)
    """(photos, dim) unit vectors."""


class CachingEncoder:
    """A loaded model that does not look twice at a photo; for one run, in one thread at a time."""

    def __init__(self, encoder: Encoder, known: ImageVectors) -> None:
        """Take a model and what an earlier run saw; another model's vectors do not count."""
        self._encoder = encoder
        same = known.fingerprint == encoder.fingerprint
        self._known = dict(zip(known.keys, known.rows, strict=True)) if same else {}
        self._seen: dict[str, FloatArray] = {}

    @property
    def spec(self) -> ModelSpec:
        """Return which model it is."""
        return self._encoder.spec

    @property
    def fingerprint(self) -> str:
        """Return what distinguishes its vectors from any other model's."""
        return self._encoder.fingerprint

    @property
    def logit_scale(self) -> float:
        """Return exp(logit_scale), which matters only where a softmax is shown."""
        return self._encoder.logit_scale

    def encode_images(self, pixels: Sequence[PixelArray]) -> FloatArray:
        """Embed photos: (photos, dim) unit vectors; those that are known do not go through the model."""
        keys = [key(photo) for photo in pixels]
        known = self._known | self._seen
        fresh = {name: photo for name, photo in zip(keys, pixels, strict=True) if name not in known}
        if fresh:
            known |= zip(fresh, self._encoder.encode_images(list(fresh.values())), strict=True)
        self._seen |= {name: known[name] for name in keys}
        return np.stack([known[name] for name in keys])

    def encode_texts(self, sentences: Sequence[str]) -> FloatArray:
        """Embed sentences: (sentences, dim) unit vectors."""
        return self._encoder.encode_texts(sentences)

    def images(self) -> ImageVectors:
        """Return what was asked about so far, and nothing else of what was known."""
        if not self._seen:
            return ImageVectors()
        return ImageVectors(self.fingerprint, tuple(self._seen), np.stack(list(self._seen.values())))


def key(pixels: PixelArray) -> str:
    """Return what tells one photo from another: 64 hexadecimal digits.

    Args:
        pixels: (height, width, 3) uint8.
    """
    digest = hashlib.sha256(repr(pixels.shape).encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
