"""How time and memory grow with the number of names and of photos.

Names are embedded as in an audit: part by part through the text cache, onto a disk. Photos are small files, so that
the model's share of the time shows.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from idia_core import names
from idia_core.attack.prompts import PAPER
from idia_core.audit.run import embed
from idia_core.clip.encoder import Encoder
from idia_core.clip.text_cache import TextCache, TextVectors
from idia_core.photos.photo import Limits, read_photos
from idia_core.settings import ASSETS
from tests.benchmarks.photos import draw_photos
from tests.benchmarks.timing import Clock, Growth, seconds, with_peak

TERABYTE = 10**12


def of_names(encoder: Encoder, counts: Sequence[int], clock: Clock = time.perf_counter) -> Growth:
    """Time the embedding of more and more names into a new text cache.

    Args:
        encoder: the model.
        counts: numbers of candidate names, ascending.
        clock: seconds so far.
    Returns:
        seconds and megabytes of each; the vectors themselves are in files on disk.
    """
    lists = names.load_lists(ASSETS / "names", "web")  # the sandbox has too few
    _embed_names(encoder, names.draw_decoys(lists, counts[0], 0))
    spent, peaks = [], []
    for count in counts:
        candidates = names.draw_decoys(lists, count, 0)
        peak: list[float | None] = []
        embed = partial(_embed_names, encoder, candidates)
        spent.append(seconds(lambda job=embed, kept=peak: kept.append(with_peak(job)[1]), clock))  # type: ignore[misc]
        peaks.append(peak[0])
    return Growth("names", encoder.spec.key, tuple(counts), tuple(spent), tuple(peaks))


def of_photos(encoder: Encoder, counts: Sequence[int], clock: Clock = time.perf_counter) -> Growth:
    """Time more and more photos, from files to vectors.

    Args:
        encoder: the model.
        counts: numbers of photos, ascending.
        clock: seconds so far.
    Returns:
        seconds and megabytes of each.
    """
    files = draw_photos(max(counts), (640, 480))
    limits = Limits(photos=max(counts))
    _embed_photos(encoder, files[: counts[0]], limits)
    spent, peaks = [], []
    for count in counts:
        peak: list[float | None] = []
        work = partial(_embed_photos, encoder, files[:count], limits)
        spent.append(seconds(lambda: peak.append(with_peak(work)[1]), clock))  # noqa: B023
        peaks.append(peak[0])
    return Growth("photos", encoder.spec.key, tuple(counts), tuple(spent), tuple(peaks))


def _embed_names(encoder: Encoder, candidates: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        steps = TextCache(Path(folder), TERABYTE).build(
            encoder.fingerprint, PAPER.templates, candidates, lambda block: embed(PAPER, block, encoder)
        )
        *_, last = steps
        if not isinstance(last, TextVectors):
            raise ValueError("the text cache ended without its vectors")


def _embed_photos(encoder: Encoder, files: Sequence[tuple[str, bytes]], limits: Limits) -> None:
    encoder.encode_images([photo.pixels for photo in read_photos(files, limits).photos])
