"""What an audit is asked and what it answers: frozen records without pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from idia_core.attack.evidence import Evidence
from idia_core.attack.prompts import PAPER, PromptSet
from idia_core.attack.rule import FloatArray, IntArray, Verdict
from idia_core.audit.views import NO_COMPARISON, Comparison, View
from idia_core.clip.image_cache import ImageVectors
from idia_core.clip.registry import ModelSpec
from idia_core.clip.text_cache import CacheProgress
from idia_core.names import Matched, NameLists, Pool
from idia_core.names.matching import StyleNames
from idia_core.photos.faces import FaceCheck
from idia_core.photos.photo import Finding, Photo
from idia_core.photos.quality import Crop


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
    face_checks: tuple[FaceCheck, ...] = ()
    """What was seen in each photo (`quality.check_photo`); empty where nobody looked for faces."""
    crop: Crop = "whole"
    """What the model is shown for the verdict."""
    views: bool = True
    """Whether to ask again with the photos shown in other ways, where it is known where the faces are."""
    attempts: int = 1
    """Different questions asked so far, this one included; p-values and the bound are corrected for it."""


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
class StyleSimilarities:
    """Cosines of the names of the claimed one's style, (prompts, photos, names) each; a kind may have no name."""

    same_first: FloatArray
    """Names that share the first name."""
    same_last: FloatArray
    """Names that share the last name."""
    crossed: FloatArray
    """Names that cross these, in the order of `StyleNames.crossed`."""

    @classmethod
    def split(cls, style: StyleNames, similarities: FloatArray) -> StyleSimilarities:
        """Sort the similarities of all names of a style into their kinds.

        Args:
            style: the names.
            similarities: (prompts, photos, names) in the order of `StyleNames.names`.
        Returns:
            Views of the three parts.
        """
        first = len(style.matched.same_first)
        last = first + len(style.matched.same_last)
        return cls(similarities[:, :, :first], similarities[:, :, first:last], similarities[:, :, last:])

    def of_photos(self, kept: Sequence[int]) -> StyleSimilarities:
        """Return those of some photos, by their index."""
        at = list(kept)
        return StyleSimilarities(self.same_first[:, at], self.same_last[:, at], self.crossed[:, at])


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
    style: StyleSimilarities
    """Their cosines, and those of the names that cross them."""
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
    evidence: Evidence
    """How far the verdict can be trusted, and the outcome in words."""
    comparison: Comparison = NO_COMPARISON
    """The same photos shown in other ways."""

    @property
    def claimed_index(self) -> int:
        """Return the index of the claimed name in `names`."""
        return len(self.names) - 1

    @property
    def known_names(self) -> int:
        """Return how many of the other names belong to people whom the model may know."""
        return self.encoded.pool.known_among(len(self.names))


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
        """Estimate the rest of a stage that began so many seconds ago with nothing done (`CacheProgress`)."""
        return CacheProgress(self.done, self.total, self.reused).seconds_left(elapsed)
