"""Embedding photos, and a whole audit from ten files and a name to a verdict, beside the straightforward way.

The files are drawn here: smooth colours with grain, 12 megapixels, saved as a phone does.
The straightforward way decodes every pixel, applies the model's validation transform, embeds in batches of 8,
and, for the whole audit, pads the name's 21 sentences. The candidates' vectors are on disk for both.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import open_clip
import torch
from open_clip.transform import PreprocessCfg, image_transform_v2
from PIL import Image
from torch.nn import functional

from idia_core import names
from idia_core.attack import rule
from idia_core.attack.prompts import PAPER, render
from idia_core.attack.rule import FloatArray
from idia_core.audit.records import AuditRequest, AuditResult
from idia_core.audit.run import result_of, run_audit
from idia_core.clip.encoder import Encoder
from idia_core.clip.registry import ModelSpec
from idia_core.clip.text_cache import TextCache, TextVectors
from idia_core.photos.photo import read_photos
from idia_core.settings import ASSETS
from tests.benchmarks.text import random_model
from tests.benchmarks.timing import Clock, Times, take_turns, with_peak

PHONE = (4032, 3024)
"""Width and height of a 12-megapixel photo."""
COUNT = 10
"""Photos of an audit."""
REFERENCE_BATCH = 8
NAME = "Zelda Quux"
GIGABYTE = 10**9


def draw_photos(count: int, size: tuple[int, int] | None = None) -> list[tuple[str, bytes]]:
    """Draw pictures that take as long to decode as a phone's.

    Args:
        count: how many.
        size: width and height in pixels; None is a phone's.
    Returns:
        names and contents of JPEG files.
    """
    files = []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        coarse = Image.fromarray(rng.integers(0, 256, (12, 16, 3), dtype=np.uint8))
        smooth = np.asarray(coarse.resize(size or PHONE, Image.Resampling.BICUBIC)).astype(np.int16)
        smooth += rng.integers(-9, 10, smooth.shape, dtype=np.int16)
        sink = BytesIO()
        Image.fromarray(smooth.clip(0, 255).astype(np.uint8)).save(sink, "JPEG", quality=90)
        files.append((f"{seed}.jpg", sink.getvalue()))
    return files


def random_encoder(arch: str, model: Any = None) -> Encoder:
    """Build an encoder of an architecture of open_clip, on the CPU.

    Args:
        arch: an architecture of open_clip's registry.
        model: that architecture, loaded; by default one with random weights.
    """
    spec = ModelSpec(key=arch, title=arch, kind="open_clip", source=arch)
    return Encoder(spec, model or random_model(arch), open_clip.get_tokenizer(arch), torch.device("cpu"))


class Reference:
    """The straightforward way with the same model: what the paper's code does, one step after the other."""

    def __init__(self, arch: str, model: Any) -> None:
        """Take a loaded model and its architecture."""
        self._model = model
        self._transform = image_transform_v2(PreprocessCfg(**model.visual.preprocess_cfg), is_train=False)
        self._tokenizer = open_clip.get_tokenizer(arch)

    def images(self, files: Sequence[tuple[str, bytes]]) -> FloatArray:
        """Decode, transform and embed files: (photos, dim) unit vectors."""
        return self.vectors(self.prepare(files))

    def vectors(self, prepared: torch.Tensor) -> FloatArray:
        """Embed transformed photos in batches: (photos, dim) unit vectors."""
        with torch.inference_mode():
            parts = [self._model.encode_image(part) for part in torch.split(prepared, REFERENCE_BATCH)]
        rows: FloatArray = functional.normalize(torch.cat(parts), dim=-1).numpy()
        return rows

    def prepare(self, files: Sequence[tuple[str, bytes]]) -> torch.Tensor:
        """Decode and transform files: (photos, 3, height, width)."""
        return torch.stack([self._transform(Image.open(BytesIO(data)).convert("RGB")) for _, data in files])

    def texts(self, sentences: Sequence[str]) -> FloatArray:
        """Embed padded sentences: (sentences, dim) unit vectors."""
        with torch.inference_mode():
            made = self._model.encode_text(self._tokenizer(list(sentences)))
        rows: FloatArray = functional.normalize(made, dim=-1).numpy()
        return rows


def compare(arch: str, rounds: int = 3, clock: Clock = time.perf_counter) -> Times:
    """Time the way from files to vectors.

    Args:
        arch: an architecture of open_clip's registry.
        rounds: rounds of which the median is taken.
        clock: seconds so far.
    Returns:
        the times per photo; the limit is the model's own forward pass.
    """
    model, files = random_model(arch), draw_photos(COUNT)
    encoder, reference = random_encoder(arch, model), Reference(arch, model)
    prepared, expected = reference.prepare(files), reference.images(files)
    found, peak_mb = with_peak(partial(_embed, encoder, files))
    ways: dict[str, Callable[[], object]] = {
        "reference": partial(reference.images, files),
        "ours": partial(_embed, encoder, files),
        "decode": partial(read_photos, files),
        "model": partial(reference.vectors, prepared),
    }
    medians = {
        way: 1e3 * spent / len(files) for way, spent in take_turns(ways, rounds, clock, warm=True).items()
    }
    cosines = (expected * found).sum(axis=1)
    return Times(
        stage="photos",
        arch=arch,
        items=len(files),
        reference_ms_per_item=medians["reference"],
        ours_ms_per_item=medians["ours"],
        max_abs_diff=float(np.abs(expected - found).max()),
        limit_ratio=medians["ours"] / medians["model"],
        peak_mb=peak_mb,
        notes=(
            f"least cosine to the vector of the photo decoded in full: {cosines.min():.5f}",
            f"of ours, decoding takes {medians['decode']:.0f} ms, the model alone {medians['model']:.0f} ms",
            f"threads: {torch.get_num_threads()}",
        ),
    )


def compare_audit(arch: str, size: int = 1000, rounds: int = 3, clock: Clock = time.perf_counter) -> Times:
    """Time a whole audit with the candidates on disk: ten files and a name in, a verdict out.

    Args:
        arch: an architecture of open_clip's registry.
        size: candidate names, the claimed one included.
        rounds: rounds of which the median is taken.
        clock: seconds so far.
    Returns:
        the time of an audit.
    """
    model, files = random_model(arch), draw_photos(COUNT)
    encoder, reference = random_encoder(arch, model), Reference(arch, model)
    lists = names.load_lists(ASSETS / "names", "web")
    request = AuditRequest(NAME, (), lists, size=size, matched=0)
    with tempfile.TemporaryDirectory() as folder:
        text_cache = TextCache(Path(folder), GIGABYTE)
        candidates = names.draw_decoys(lists, size, request.seed)
        cached = _fill(text_cache, encoder, candidates)
        first, peak_mb = with_peak(partial(_audit, encoder, files, request, text_cache))
        expected = _reference_audit(reference, files, cached, candidates)
        ways: dict[str, Callable[[], object]] = {
            "reference": partial(_reference_audit, reference, files, cached, candidates),
            "ours": partial(_audit, encoder, files, request, text_cache),
            "again": partial(_audit, encoder, files, request, text_cache, first),
            "model": partial(reference.vectors, reference.prepare(files)),
        }
        medians = {way: 1e3 * spent for way, spent in take_turns(ways, rounds, clock, warm=True).items()}
    changed = int((rule.predict(expected) != first.predictions).sum())
    return Times(
        stage="audit",
        arch=arch,
        items=1,
        reference_ms_per_item=medians["reference"],
        ours_ms_per_item=medians["ours"],
        max_abs_diff=float(np.abs(expected - first.similarities).max()),
        limit_ratio=medians["ours"] / medians["model"],
        peak_mb=peak_mb,
        notes=(
            f"{changed} of {expected.shape[0] * expected.shape[1]} choices of a photo and a prompt differ",
            f"decoding again but not embedding the photos, as for a second name: {medians['again']:.0f} ms",
            "the text cache holds random unit vectors; the names of the same style, which the straightforward way"
            " does not have, are left out",
            f"threads: {torch.get_num_threads()}",
        ),
    )


def _embed(encoder: Encoder, files: Sequence[tuple[str, bytes]]) -> FloatArray:
    return encoder.encode_images([photo.pixels for photo in read_photos(files).photos])


def _fill(text_cache: TextCache, encoder: Encoder, candidates: Sequence[str]) -> TextVectors:
    """Store random unit vectors for the candidates: reading them takes as long as reading real ones."""
    rng = np.random.default_rng(0)
    dim = encoder.encode_texts([NAME]).shape[1]

    def random_vectors(block: Sequence[str]) -> FloatArray:
        rows = rng.standard_normal((len(PAPER.templates), len(block), dim)).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=-1, keepdims=True)
        return rows

    *_, cached = text_cache.build(encoder.fingerprint, PAPER.templates, candidates, random_vectors)
    if not isinstance(cached, TextVectors):
        raise ValueError("the text cache ended without its vectors")
    return cached


def _audit(
    encoder: Encoder,
    files: Sequence[tuple[str, bytes]],
    request: AuditRequest,
    text_cache: TextCache,
    before: AuditResult | None = None,
) -> AuditResult:
    asked = AuditRequest(
        request.name,
        read_photos(files).photos,
        request.lists,
        size=request.size,
        matched=request.matched,
    )
    return result_of(run_audit(asked, encoder, text_cache, before.encoded if before else None))


def _reference_audit(
    reference: Reference, files: Sequence[tuple[str, bytes]], cached: TextVectors, candidates: Sequence[str]
) -> FloatArray:
    """Run the audit's attack the straightforward way; returns (prompts, photos, names) cosines."""
    own = reference.texts([render(template, NAME) for template in PAPER.templates])
    text = np.concatenate([cached.select(candidates[:-1]), own[:, None]], axis=1)
    similarities = rule.similarity(text, reference.images(files))
    votes = rule.tally(rule.predict(similarities), text.shape[1])
    rule.decide(votes, text.shape[1] - 1, 1)
    return similarities
