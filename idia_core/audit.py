"""The one use case: photos and a name go in, progress comes out, and at the end an `AuditResult`.

The page, the command line and the API all call `run_audit`; none of them decides anything. What was encoded
once (`Encoded`) can be judged again with another tau, fewer names or fewer photos, without the model.

Does not: load a model, decode a photo, or keep pixels; a result holds numbers, labels and names only.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from idia_core import alike, attack, calibrate
from idia_core.alike import Alike
from idia_core.attack import FloatArray, IntArray, Verdict
from idia_core.bank import Bank, BankProgress, TextBank
from idia_core.errors import IdiaError
from idia_core.faces import Area
from idia_core.gate import Crop, Sight, findings
from idia_core.imagebank import ImageVectors, Remembering
from idia_core.models import ModelSpec
from idia_core.names import Matched, NameLists, Pool, decoys, pool
from idia_core.photos import Finding, Photo
from idia_core.prompts import PAPER, PromptSet, render
from idia_core.seeing import BATCH, Encoder, similarities_of
from idia_core.views import NOTHING, Comparison, View, areas, asked, batches, compare, joined, likewise

NAMES_A_BLOCK = 250
"""Names embedded between two reports of progress."""


@dataclass(frozen=True)
class AuditRequest:
    """What a person asks."""

    name: str
    """The claimed name, normalised (`names.normalise`)."""
    photos: tuple[Photo, ...]
    """The photos of one person, at least one."""
    lists: NameLists
    """Where the other candidate names come from."""
    prompts: PromptSet = PAPER
    """The templates to ask with."""
    size: int = 1000
    """Candidate names, the claimed one included."""
    tau: int = 1
    """Prompts to win for the paper's verdict."""
    seed: int = 0
    """Decides which decoys are drawn."""
    matched: int = 120
    """Names to draw that share the claimed first or last name; 0 leaves these checks out."""
    crossed: int = 9
    """First names, and last names, of those to cross with each other; 0 leaves the pairing out. With 120
    matched names the sentences of 201 names are embedded."""
    others: tuple[Photo, ...] = ()
    """Photos of other people, on which the name ought to lose; may be empty."""
    sights: tuple[Sight, ...] = ()
    """What was seen in each photo (`gate.look`); empty where nobody looked for faces."""
    crop: Crop = "whole"
    """What the model is shown for the verdict."""
    views: bool = True
    """Whether to ask again with the photos shown in other ways, where it is known where the faces are."""


@dataclass(frozen=True)
class PhotoNote:
    """What a result remembers of a photo: no pixels."""

    label: str
    """Its name as shown to its owner."""
    digest: str
    """SHA-256 of its file, hexadecimal."""
    findings: tuple[Finding, ...]
    """Doubts about it."""


@dataclass(frozen=True)
class Encoded:
    """All that was computed with the model; everything else follows from it."""

    spec: ModelSpec
    """The model asked."""
    fingerprint: str
    """Its weights, precision and text path."""
    logit_scale: float
    """exp(logit_scale) of the model."""
    name: str
    """The claimed name."""
    pool: Pool
    """All candidates that were encoded; the claimed name is the last."""
    prompts: PromptSet
    """The templates asked."""
    photos: tuple[PhotoNote, ...]
    """The photos, in the order of the photo axis."""
    similarities: FloatArray
    """(prompts, photos, names) cosines."""
    matched: Matched
    """The names that share the first or the last name, or why there are none."""
    matched_similarities: FloatArray
    """(prompts, photos, names) cosines: of the same first name, of the same last name, crossed."""
    other_similarities: FloatArray
    """(prompts, other people's photos, names) cosines; none on the photo axis where none were given."""
    seed: int
    """The seed of all that was drawn."""
    crop: Crop = "whole"
    """What the model was shown for `similarities`."""
    views: tuple[View, ...] = ()
    """The same photos shown in other ways."""
    images: ImageVectors = field(default=ImageVectors(), repr=False)
    """The vectors of all that was shown, so that another name costs its own sentences only."""


@dataclass(frozen=True)
class AuditResult:
    """A judgement of what was encoded, for one choice of tau, names and photos."""

    encoded: Encoded
    """What it was judged from."""
    names: tuple[str, ...]
    """The candidates that took part; the claimed name is the last."""
    kept: tuple[int, ...]
    """Indices of the photos that took part."""
    similarities: FloatArray
    """(prompts, photos, names) of those that took part."""
    predictions: IntArray
    """(prompts, photos) indices into `names`."""
    votes: IntArray
    """(prompts, names) photos that chose the name."""
    verdict: Verdict
    """The paper's verdict."""
    ranks: IntArray
    """(prompts, photos) rank of the claimed name, 1 = first."""
    evidence: calibrate.Evidence
    """How far the verdict can be trusted, and the outcome in words."""
    comparison: Comparison = NOTHING
    """The same photos shown in other ways."""

    @property
    def truth(self) -> int:
        """Return the index of the claimed name in `names`."""
        return len(self.names) - 1


@dataclass(frozen=True)
class Progress:
    """One step of a running audit."""

    stage: str
    """`candidates`, `name`, `photos` or `views`."""
    done: int
    """Steps done, in [0, total]."""
    total: int
    """Steps of this stage."""
    partial: AuditResult | None = None
    """The judgement over the photos so far, where there is one."""
    reused: int = 0
    """Steps among those done that were on disk already."""

    def seconds_left(self, elapsed: float) -> float | None:
        """Estimate the rest of a stage that began so many seconds ago with nothing done (`BankProgress`)."""
        return BankProgress(self.done, self.total, self.reused).seconds_left(elapsed)


def run_audit(
    request: AuditRequest, encoder: Encoder, bank: Bank, before: Encoded | None = None
) -> Iterator[Progress | AuditResult]:
    """Run the attack; report after each stage and each batch of photos; end with the result.

    Args:
        request: what to ask.
        encoder: the loaded model.
        bank: where vectors of the public candidates are kept; the claimed name never enters it.
        before: what an earlier run computed; photos that the same model has seen there are not encoded again.
    Yields:
        `Progress`, and last of all one `AuditResult`.
    Raises:
        IdiaError: no photo, or numbers out of range.
    Source: arXiv 2209.07341.
    """
    _check(request)
    model = Remembering(encoder, before.images if before else ImageVectors())
    candidates = pool(request.name, request.lists, request.size, request.seed)
    style = alike.draw(request.name, request.lists, request.matched, request.crossed, request.seed)
    text = yield from _candidate_vectors(request, candidates, model, bank)
    yield Progress("name", 0, 1)
    own_text = embed(request.prompts, (request.name, *style.names), model)
    text = np.concatenate([text, own_text], axis=1)
    yield Progress("name", 1, 1)
    drawn = model.spec.is_sandbox
    beside = likewise(request.others, request.crop, drawn)
    others = similarities_of(beside, text[:, : request.size], model)
    places = areas(request.photos, request.sights, drawn)
    shown = asked(request.photos, places, request.crop)
    parts: list[FloatArray] = []
    for start in range(0, len(shown), BATCH):
        parts.append(similarities_of(shown[start : start + BATCH], text, model))
        encoded = _encoded(request, candidates, style, model, np.concatenate(parts, axis=1), others)
        result = judge(encoded, tau=request.tau)
        yield Progress("photos", len(encoded.photos), len(request.photos), result)
    if request.views:
        again = yield from _other_views(request, places, text[:, : request.size], model)
        result = judge(replace(encoded, views=again, images=model.images()), tau=request.tau)
    yield result


def judge(
    encoded: Encoded, *, tau: int, size: int | None = None, kept: Sequence[int] | None = None
) -> AuditResult:
    """Judge what was encoded, with a tau, a number of names and a choice of photos.

    Args:
        encoded: the similarities and what they are about.
        tau: prompts to win, in [1, prompts].
        size: candidate names, the claimed one included, in [2, all that were encoded]; None takes all.
        kept: indices of the photos to use, at least one; None takes all.
    Returns:
        The judgement; equal to that of a run which had encoded only these.
    Raises:
        IdiaError: no photo is left, or tau or size lies out of range.
    """
    total = len(encoded.pool.names)
    size = total if size is None else size
    chosen = list(range(len(encoded.photos)) if kept is None else kept)
    if not chosen:
        raise IdiaError("No photo is left to judge by.", "Switch at least one photo back on.")
    if not 2 <= size <= total:
        raise IdiaError(
            f"{size} names were asked for.", f"Choose 2 to {total}, or run again with more names."
        )
    check_tau(tau, len(encoded.prompts.templates))
    similarities = _first_names(encoded.similarities[:, chosen], size)
    comparison = _comparison(encoded, chosen, size)
    predictions = attack.predict(similarities)
    votes = attack.tally(predictions, size)
    return AuditResult(
        encoded=encoded,
        names=(*encoded.pool.names[: size - 1], encoded.name),
        kept=tuple(chosen),
        similarities=similarities,
        predictions=predictions,
        votes=votes,
        verdict=attack.decide(votes, size - 1, tau),
        ranks=1 + (similarities[:, :, :-1] >= similarities[:, :, -1:]).sum(axis=2, dtype=np.int64),
        evidence=_evidence(encoded, similarities, chosen, tau, comparison),
        comparison=comparison,
    )


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


def check_tau(tau: int, prompts: int) -> None:
    """Refuse a tau that no number of prompts can reach, or that everybody reaches.

    Raises:
        IdiaError: tau lies outside 1..prompts.
    """
    if not 1 <= tau <= prompts:
        raise IdiaError(
            f"tau is {tau}.", f"Choose 1 to {prompts}: it counts prompts, and there are {prompts}."
        )


def _check(request: AuditRequest) -> None:
    if not request.photos:
        raise IdiaError("There is no photo to look at.", "Add three or more photos of one person.")
    check_tau(request.tau, len(request.prompts.templates))


def _candidate_vectors(
    request: AuditRequest, candidates: Pool, encoder: Encoder, bank: Bank
) -> Generator[Progress, None, FloatArray]:
    """Gather the decoys' vectors, from the bank where it has them: (prompts, size - 1, dim)."""
    # Drawn without a thought of the claimed name, so that nothing on the disk tells who was asked about.
    public = decoys(request.lists, request.size, request.seed)

    def encode(names: Sequence[str]) -> FloatArray:
        return embed(request.prompts, names, encoder)

    for step in bank.build(encoder.fingerprint, request.prompts.templates, public, encode):
        if isinstance(step, TextBank):
            # A name with several spellings can put out several decoys; their stand-ins end the list.
            stored = set(public)
            fresh = [name for name in candidates.names[:-1] if name not in stored]
            vectors = step.select(candidates.names[: -1 - len(fresh)])
            return np.concatenate([vectors, encode(fresh)], axis=1) if fresh else vectors
        yield Progress("candidates", step.done, step.total, reused=step.reused)
    raise ValueError("the bank ended without its vectors")


def _first_names(similarities: FloatArray, size: int) -> FloatArray:
    """Take the first names of the pool; the claimed one, the last, always stays."""
    if size == similarities.shape[2]:
        return similarities
    return np.concatenate([similarities[:, :, : size - 1], similarities[:, :, -1:]], axis=2)


def _other_views(
    request: AuditRequest, places: Sequence[Area | None], text: FloatArray, encoder: Encoder
) -> Generator[Progress, None, tuple[View, ...]]:
    """Ask about the same photos shown in other ways; one image batch and one report at a time."""
    work = batches(request.photos, places, request.crop, BATCH)
    parts = []
    for done, (kind, at, pictures) in enumerate(work):
        yield Progress("views", done, len(work))
        parts.append(View(kind, at, similarities_of(pictures, text, encoder)))
    return joined(parts)


def _comparison(encoded: Encoded, kept: Sequence[int], size: int) -> Comparison:
    main = View(encoded.crop, tuple(range(len(encoded.photos))), encoded.similarities)
    return compare((main, *encoded.views), kept, size, encoded.spec.is_sandbox)


def _evidence(
    encoded: Encoded, similarities: FloatArray, kept: Sequence[int], tau: int, comparison: Comparison
) -> calibrate.Evidence:
    size, near = similarities.shape[2], encoded.matched_similarities[:, list(kept)]
    comparisons = alike.comparisons(similarities[:, :, -1], encoded.matched, near)
    if encoded.other_similarities.size:
        others = _first_names(encoded.other_similarities, size)
        comparisons = replace(comparisons, name_prior=others)
    comparisons = replace(comparisons, context=comparison.context, one_person=comparison.one_person)
    rng = np.random.default_rng(encoded.seed)
    return calibrate.assess(similarities, size - 1, tau, rng, comparisons)


def _encoded(
    request: AuditRequest,
    candidates: Pool,
    style: Alike,
    model: Remembering,
    similarities: FloatArray,
    others: FloatArray,
) -> Encoded:
    seen = request.photos[: similarities.shape[1]]
    doubts = findings(seen, request.sights[: len(seen)], model.spec.is_sandbox)
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
        matched_similarities=similarities[:, :, request.size :],
        other_similarities=others,
        seed=request.seed,
        crop=request.crop,
        images=model.images(),
    )
