"""Vectors of photos that a model has embedded, kept in memory so that a second name need not embed them again.

A photo is identified by its pixels, not by its file: a crop or a masked copy of it is another photo.

Vectors live as long as the result that holds them, which goes with its visitor; no pixels are kept.
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
    """One model's vectors of some photos."""

    fingerprint: str = ""
    """The model's."""
    keys: tuple[str, ...] = field(default=(), repr=False)
    """SHA-256 of each photo's size and pixels, hexadecimal."""
    rows: FloatArray = field(default_factory=lambda: np.zeros((0, 0), np.float32), repr=False)
    """(photos, dim) unit vectors."""


class CachingEncoder:
    """An encoder that embeds no photo twice; for one run, in one thread at a time."""

    def __init__(self, encoder: Encoder, known: ImageVectors) -> None:
        """Take a model and the vectors of an earlier run; another model's vectors are ignored."""
        self._encoder = encoder
        same = known.fingerprint == encoder.fingerprint
        self._known = dict(zip(known.keys, known.rows, strict=True)) if same else {}
        self._asked: dict[str, FloatArray] = {}

    @property
    def spec(self) -> ModelSpec:
        """Return the model's description."""
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
        """Embed photos: (photos, dim) unit vectors; only unknown ones go through the model."""
        keys = [key(photo) for photo in pixels]
        known = self._known | self._asked
        fresh = {name: photo for name, photo in zip(keys, pixels, strict=True) if name not in known}
        if fresh:
            known |= zip(fresh, self._encoder.encode_images(list(fresh.values())), strict=True)
        self._asked |= {name: known[name] for name in keys}
        return np.stack([known[name] for name in keys])

    def encode_texts(self, sentences: Sequence[str]) -> FloatArray:
        """Embed sentences: (sentences, dim) unit vectors."""
        return self._encoder.encode_texts(sentences)

    def images(self) -> ImageVectors:
        """Return the vectors of all photos asked for so far, and no others of the earlier run."""
        if not self._asked:
            return ImageVectors()
        return ImageVectors(self.fingerprint, tuple(self._asked), np.stack(list(self._asked.values())))


def key(pixels: PixelArray) -> str:
    """Return a digest of a photo's size and pixels: 64 hexadecimal digits.

    Args:
        pixels: (height, width, 3) uint8.
    """
    digest = hashlib.sha256(repr(pixels.shape).encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
