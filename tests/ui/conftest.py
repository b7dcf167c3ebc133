"""What the page's tests share: pictures with a mark that can be searched for, and a page on a tiny real CLIP."""

from __future__ import annotations

import binascii
import queue
from collections.abc import Callable
from pathlib import Path

import pytest
from plotly.exceptions import PlotlyError
from safetensors import SafetensorError

from idia_core.clip.encoder import Encoder
from idia_core.settings import Settings
from idia_core.ui.service.page import Page
from tests.conftest import jpeg

MARK = b"A-MARK-THAT-IS-IN-NO-OTHER-FILE-7f3a91"
"""Stands in a comment of every picture that the tests hand in."""


class OwnError(Exception):
    """An error of a kind that no list could know."""


ERRORS: dict[str, Callable[[str], Exception]] = {
    "SafetensorError": SafetensorError,
    "EOFError": EOFError,
    "BufferError": BufferError,
    "PlotlyError": PlotlyError,
    "Empty": queue.Empty,
    "OwnError": OwnError,
    "AssertionError": AssertionError,
    "ImportError": ImportError,
    "KeyError": KeyError,
    "ValueError": ValueError,
    "Error": binascii.Error,
    "RuntimeError": RuntimeError,
    "RecursionError": RecursionError,
    "UnicodeDecodeError": lambda words: UnicodeDecodeError("ascii", words.encode(), 0, 1, words),
    "UnicodeEncodeError": lambda words: UnicodeEncodeError("ascii", words, 0, 1, words),
}
"""Kinds of errors that may carry what a visitor typed."""


def marked(seed: int) -> bytes:
    """Draw a picture with the mark in a JPEG comment."""
    data = jpeg(seed, (160, 120))
    return data[:2] + b"\xff\xfe" + (len(MARK) + 2).to_bytes(2, "big") + MARK + data[2:]


class OneModel:
    """Stands for the shelf: always the same loaded model."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder

    def get(self, spec: object) -> Encoder:
        return self.encoder


@pytest.fixture
def page(tiny: Encoder, tmp_path: Path) -> Page:
    settings = Settings(default_model=tiny.spec.key, names=40, cache_dir=tmp_path / "cache", max_photos=6)
    made = Page(settings, ())
    made.engine._models = OneModel(tiny)  # type: ignore[assignment]
    return made
