"""How many different questions a visitor has asked about one person's photos.

An answer is corrected for that number, so that asking until an answer fits makes it count less. A question that was
asked before is no new attempt. What was asked is kept as keyed hashes only.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from idia_core.photos.quality import Crop

MAX_ATTEMPTS = 10_000
"""Attempts that are counted at most; by then the first of 100,000 names has a corrected p-value of 0.1."""


@dataclass(frozen=True)
class PhotoView:
    """A photo as the model is shown it."""

    digest: str
    """SHA-256 of its file, hexadecimal."""
    face: int = 0
    """Index of the face that is shown; 0 where the whole photo is."""


@dataclass(frozen=True)
class Question:
    """Everything that decides an answer, but for tau and the number of names.

    These two move while somebody watches, and each answer says already what they allow chance: the bound counts tau,
    bound and p-value count the names.
    """

    name: str = field(repr=False)
    """The claimed name, normalised."""
    model: str
    """Key of the model."""
    templates: tuple[str, ...] = field(repr=False)
    """The prompt templates; their order decides nothing."""
    seed: int
    """Decides the other names."""
    crop: Crop
    """What the model is shown of each photo."""
    photos: tuple[PhotoView, ...]
    """The photos, at least one; their order decides nothing."""
    example: str = ""
    """Key of the example that the photos belong to; empty for the visitor's own."""

    def narrowed(self, kept: Iterable[int]) -> Question:
        """Ask the same of some of the photos.

        Args:
            kept: indices of the photos to use.
        """
        return replace(self, photos=tuple(self.photos[at] for at in kept))


@dataclass(frozen=True)
class Attempts:
    """The questions of one visit."""

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    """Key of the hashes; without it, nobody can try names against them."""
    asked: frozenset[tuple[str, bytes]] = field(default=frozenset(), repr=False)
    """The example (empty for the visitor's own photos) and the hash of each different question."""
    person: frozenset[bytes] = field(default=frozenset(), repr=False)
    """Hashes of the visitor's photos that belong to the person who was asked about last."""

    def count(self, example: str = "") -> int:
        """Return how many different questions were asked of an example's photos, or of the visitor's own."""
        return sum(owner == example for owner, _ in self.asked)

    def add(self, question: Question) -> Attempts:
        """Count a question whose answer is shown.

        Args:
            question: about the visitor's photos or an example's. The visitor's count starts anew where none of
                the photos belongs to the person who was asked about before.
        Returns:
            The attempts with it; the same where it was asked before.
        """
        old = self if question.example else self._of_person(question)
        if old.count(question.example) >= MAX_ATTEMPTS:
            return old
        parts = (
            *(question.name, question.model, sorted(set(question.templates)), question.seed, question.crop),
            sorted({(photo.digest, photo.face) for photo in question.photos}),
        )
        return replace(old, asked=old.asked | {(question.example, old._hash(repr(parts)))})

    def add_photos(self, digests: Iterable[str]) -> Attempts:
        """Note which photos the visitor has now: they all belong to one person, and so does each that stays.

        Args:
            digests: of the visitor's own photos.
        Returns:
            The attempts; the same where none of the photos belongs to the person who was asked about.
        """
        photos = {self._hash(digest) for digest in digests}
        return self if self.person.isdisjoint(photos) else replace(self, person=self.person | photos)

    def _of_person(self, question: Question) -> Attempts:
        photos = {self._hash(photo.digest) for photo in question.photos}
        if not self.person.isdisjoint(photos):
            return replace(self, person=self.person | photos)
        examples = frozenset(one for one in self.asked if one[0])
        return replace(self, asked=examples, person=frozenset(photos))

    def _hash(self, text: str) -> bytes:
        return blake2b(text.encode("utf-8"), key=self.secret, digest_size=16).digest()
