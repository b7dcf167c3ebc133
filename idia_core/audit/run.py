"""The one use case: photos and a name go in, progress comes out, and an `AuditResult` is returned.

The page, the command line and the API all call `run_audit`; none of them decides anything. What was encoded
once (`Encoded`) can be judged again with another tau, fewer names or fewer photos, without the model. No pixels
are kept: a result holds numbers, labels and names only.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from idia_core.attack import rule
from idia_core.attack.prompts import PromptSet, render
from idia_core.attack.rule import FloatArray
from idia_core.audit.judge import check_tau, judge
from idia_core.audit.records import (
    AuditRequest,
    AuditResult,
    Encoded,
    PhotoNote,
    Progress,
    StyleSimilarities,
)
from idia_core.audit.views import View, join_views
from idia_core.clip.image_cache import CachingEncoder, ImageVectors
from idia_core.clip.interface import BATCH, Encoder
from idia_core.clip.text_cache import TextCache, TextVectors
from idia_core.errors import IdiaError
from idia_core.names import Pool, draw_decoys, draw_pool, matching
from idia_core.names.matching import StyleNames
from idia_core.photos.crops import apply_crop, crop_like, view_batches
from idia_core.photos.locators import Area
from idia_core.photos.photo import Photo
from idia_core.photos.quality import photo_findings

NAMES_A_BLOCK = 250
"""Names embedded between two reports of progress."""

Result = TypeVar("Result")


def advance(job: Generator[Progress, None, Result]) -> Progress | Result:
    """Take one step of a long job.

    Args:
        job: yields progress and returns its result.
    Returns:
        The progress, or the result where the job has ended.
    """
    try:
        return next(job)
    except StopIteration as end:
        result: Result = end.value
        return result


def result_of(job: Generator[Progress, None, Result]) -> Result:
    """Run a long job to its end and drop its progress.

    Args:
        job: yields progress and returns its result.
    Returns:
        The result.
    """
    while isinstance(step := advance(job), Progress):
        pass
    return step


def run_audit(
    request: AuditRequest, encoder: Encoder, text_cache: TextCache, before: Encoded | None = None
) -> Generator[Progress, None, AuditResult]:
    """Run the attack; report after each stage and each batch of photos.

    Args:
        request: what to ask.
        encoder: the loaded model.
        text_cache: where vectors of the public candidates are kept; the claimed name never enters it.
        before: what an earlier run computed; photos that the same model has seen there are not encoded again.
    Yields:
        `Progress`, after a batch of photos with the judgement so far.
    Returns:
        The judgement of all photos.
    Raises:
        IdiaError: no photo, or numbers out of range.
    Source: arXiv 2209.07341.
    """
    _check(request)
    model = CachingEncoder(encoder, before.images if before else ImageVectors())
    candidates = draw_pool(request.name, request.lists, request.size, request.seed)
    style = matching.draw_style_names(
        request.name, request.lists, request.matched, request.crossed, request.seed
    )
    text = yield from _candidate_vectors(request, candidates, model, text_cache)
    yield Progress("name", 0, 1)
    own_text = embed(request.prompts, (request.name, *style.names), model)
    text = np.concatenate([text, own_text], axis=1)
    yield Progress("name", 1, 1)
    locator = model.spec.face_locator
    beside = crop_like(request.others, request.crop, locator)
    others = photo_similarities(beside, text[:, : request.size], model)
    places = locator.areas(request.photos, request.face_checks)
    shown = apply_crop(request.photos, places, request.crop)
    parts: list[FloatArray] = []
    for start in range(0, len(shown), BATCH):
        parts.append(photo_similarities(shown[start : start + BATCH], text, model))
        encoded = _encoded(request, candidates, style, model, np.concatenate(parts, axis=1), others)
        result = judge(encoded, tau=request.tau, attempts=request.attempts)
        yield Progress("photos", len(encoded.photos), len(request.photos), result)
    if request.views:
        again = yield from _other_views(request, places, text[:, : request.size], model)
        encoded = replace(encoded, views=again, images=model.images())
        result = judge(encoded, tau=request.tau, attempts=request.attempts)
    return result


def embed(prompts: PromptSet, names: Sequence[str], encoder: Encoder) -> FloatArray:
    """Fill every template with every name and embed the sentences.

    Args:
        prompts: the templates.
        names: at least one.
        encoder: the loaded model.
    Returns:
        (prompts, names, dim) unit vectors.
    """
    sentences = [render(template, name) for template in prompts.templates for name in names]
    vectors = encoder.encode_texts(sentences)
    return vectors.reshape(len(prompts.templates), len(names), -1)


def embed_names(
    prompts: PromptSet, names: Sequence[str], encoder: Encoder
) -> Generator[Progress, None, FloatArray]:
    """Embed many names, reporting after each block of them.

    Args:
        prompts: the templates.
        names: at least one.
        encoder: the loaded model.
    Yields:
        `Progress`.
    Returns:
        (prompts, names, dim) unit vectors.
    """
    blocks = []
    for start in range(0, len(names), NAMES_A_BLOCK):
        yield Progress("candidates", start, len(names))
        blocks.append(embed(prompts, names[start : start + NAMES_A_BLOCK], encoder))
    yield Progress("candidates", len(names), len(names))
    return np.concatenate(blocks, axis=1)


def _check(request: AuditRequest) -> None:
    if not request.photos:
        raise IdiaError("audit-no-photo")
    check_tau(request.tau, len(request.prompts.templates))


def _candidate_vectors(
    request: AuditRequest, candidates: Pool, encoder: Encoder, text_cache: TextCache
) -> Generator[Progress, None, FloatArray]:
    """Gather the decoys' vectors, from the text cache where it has them: (prompts, size - 1, dim)."""
    # Drawn without a thought of the claimed name, so that nothing on the disk tells who was asked about.
    public = draw_decoys(request.lists, request.size, request.seed)

    def encode(names: Sequence[str]) -> FloatArray:
        return embed(request.prompts, names, encoder)

    for step in text_cache.build(encoder.fingerprint, request.prompts.templates, public, encode):
        if isinstance(step, TextVectors):
            # A name with several spellings can put out several decoys; their stand-ins end the list.
            stored = set(public)
            fresh = [name for name in candidates.names[:-1] if name not in stored]
            vectors = step.select(candidates.names[: -1 - len(fresh)])
            return np.concatenate([vectors, encode(fresh)], axis=1) if fresh else vectors
        yield Progress("candidates", step.done, step.total, reused=step.reused)
    raise ValueError("the text cache ended without its vectors")


def _other_views(
    request: AuditRequest, places: Sequence[Area | None], text: FloatArray, encoder: Encoder
) -> Generator[Progress, None, tuple[View, ...]]:
    """Ask about the same photos shown in other ways; one image batch and one report at a time."""
    work = view_batches(request.photos, places, request.crop, BATCH)
    parts = []
    for done, (kind, at, pictures) in enumerate(work):
        yield Progress("views", done, len(work))
        parts.append(View(kind, at, photo_similarities(pictures, text, encoder)))
    return join_views(parts)


def _encoded(
    request: AuditRequest,
    candidates: Pool,
    style: StyleNames,
    model: CachingEncoder,
    similarities: FloatArray,
    others: FloatArray,
) -> Encoded:
    seen = request.photos[: similarities.shape[1]]
    doubts = photo_findings(seen, request.face_checks[: len(seen)], model.spec.face_locator)
    return Encoded(
        spec=model.spec,
        fingerprint=model.fingerprint,
        logit_scale=model.logit_scale,
        name=request.name,
        pool=candidates,
        prompts=request.prompts,
        photos=tuple(
            PhotoNote(photo.label, photo.digest, tuple(found))
            for photo, found in zip(seen, doubts, strict=True)
        ),
        similarities=similarities[:, :, : request.size],
        matched=style.matched,
        style=StyleSimilarities.split(style, similarities[:, :, request.size :]),
        other_similarities=others,
        seed=request.seed,
        crop=request.crop,
        images=model.images(),
    )


def photo_similarities(photos: Sequence[Photo], text: FloatArray, encoder: Encoder) -> FloatArray:
    """Embed photos and compare them with sentences.

    Args:
        photos: decoded; none give an empty photo axis.
        text: (prompts, names, dim) unit vectors.
        encoder: the loaded model.
    Returns:
        (prompts, photos, names) cosines.
    """
    if not photos:
        return np.zeros((text.shape[0], 0, text.shape[1]), np.float32)
    parts = [photos[start : start + BATCH] for start in range(0, len(photos), BATCH)]
    images = [encoder.encode_images([photo.pixels for photo in part]) for part in parts]
    return rule.similarity(text, np.concatenate(images))
