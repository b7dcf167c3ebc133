"""A visitor's photos looked at for faces: once each, and what was seen kept beside them.

Does not: build markup (`faces`, `form`), or decide what a doubt is (`gate` does).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from markupsafe import Markup

from idia_core.errors import IdiaError
from idia_core.photos import crops, quality
from idia_core.photos.faces import FaceFinder
from idia_core.photos.photo import Finding, Photo
from idia_core.photos.quality import FaceCheck
from idia_core.sandbox.examples import Example
from idia_core.ui.markup import form as form_markup
from idia_core.ui.markup import photos as photo_markup
from idia_core.ui.service.engine import Engine
from idia_core.ui.service.sessions import Sessions
from idia_core.ui.state import Screen, Visit
from idia_core.ui.thumbnails import AddressOf

SAMPLE_EDGE = 240
"""Longer edge of the pictures that show the three views, in pixels."""


class FaceChecks:
    """Looks at photos for all visitors, and holds nothing of theirs but what `sessions` holds."""

    def __init__(self, sessions: Sessions, engine: Engine, people: Mapping[str, Example]) -> None:
        """Set up; load nothing.

        Args:
            sessions: where photos and face_checks are kept.
            engine: knows the models of the picker.
            people: the examples.
        """
        self._sessions = sessions
        self._engine = engine
        self._people = people
        self._finder = FaceFinder()

    def look(self, visitor: str) -> Visit:
        """Look at photos that are new, and forget what was seen in those that are gone."""
        seen = check_faces(self._sessions.open(visitor), self._finder)
        return self._sessions.change(visitor, lambda old: replace(old, face_checks=seen))

    def choose(self, visitor: str, photo: int, face: int) -> Screen:
        """Take another face of a photo for the person's."""
        try:
            seen = choose_visit_face(self._sessions.open(visitor), photo, face)
        except IdiaError as error:
            return Screen(form_markup.trouble(error.message))
        return Screen(
            strip=self.strip(self._sessions.change(visitor, lambda old: replace(old, face_checks=seen)))
        )

    def pick(self, visitor: str, key: str) -> Screen:
        """Remember which model is in the picker: in drawn portraits faces are not looked for.

        Raises:
            IdiaError: the page does not offer it; the one before stays.
        """
        spec = self._engine.spec(key)
        self._sessions.open(visitor)
        return Screen(
            strip=self.strip(self._sessions.change(visitor, lambda old: replace(old, model=spec.key)))
        )

    def strip(self, visit: Visit) -> Markup:
        """Show the photos that a run would use, with what is doubtful about them."""
        drawn = self._engine.spec(visit.model or self._engine.default.key).is_sandbox
        found = visit_findings(visit, drawn)
        address_of = thumbnail_addresses(visit)
        seen = () if drawn else face_checks(visit)
        more = photo_markup.face_notes(visit.active.photos, seen, found, address_of)
        return photo_markup.photo_strip(
            visit.active, self._people.get(visit.example), address_of, found, more
        )


def thumbnail_addresses(visit: Visit) -> AddressOf:
    """Choose where the page finds small pictures of the photos that a run would use.

    Args:
        visit: an example's public portraits travel inside the page, a visitor's photos never do.
    """
    return photo_markup.data_url if visit.example else visit.thumbnails.address_of


def check_faces(visit: Visit, finder: FaceFinder) -> dict[str, FaceCheck]:
    """Look at those of the visitor's own photos that nobody looked at yet.

    Args:
        visit: with photos.
        finder: of faces.
    Returns:
        What was seen, by the photo's digest; nothing of photos that are gone.
    """
    return {
        photo.digest: visit.face_checks.get(photo.digest) or quality.check_photo(photo, finder)
        for photo in visit.own.photos
    }


def choose_visit_face(visit: Visit, photo: int, face: int) -> Mapping[str, FaceCheck]:
    """Take another face of one photo for the person's.

    Args:
        visit: with photos that were looked at.
        photo: index of the photo; one that is not there changes nothing.
        face: index of the face.
    Returns:
        What was seen, by the photo's digest.
    Raises:
        IdiaError: there is no such face.
    """
    if not 0 <= photo < len(visit.own.photos) or visit.own.photos[photo].digest not in visit.face_checks:
        return visit.face_checks
    one = visit.own.photos[photo]
    return {**visit.face_checks, one.digest: quality.choose_face(one, visit.face_checks[one.digest], face)}


def face_checks(visit: Visit) -> tuple[FaceCheck, ...]:
    """Return what was seen in each photo that a run would use; none at all for an example's."""
    found = [visit.face_checks.get(photo.digest) for photo in visit.active.photos]
    seen = tuple(face_check for face_check in found if face_check is not None)
    return seen if len(seen) == len(found) else ()


def visit_findings(visit: Visit, drawn: bool) -> list[list[Finding]]:
    """Gather what is doubtful about each photo that a run would use.

    Args:
        visit: with photos.
        drawn: whether the chosen model knows drawn people only.
    """
    return quality.photo_findings(visit.active.photos, face_checks(visit), drawn)


def view_samples(
    photos: Sequence[Photo], seen: Sequence[FaceCheck], drawn: bool, address_of: AddressOf
) -> dict[str, str]:
    """Show one photo in every way in which the model is shown it.

    Args:
        photos: of the run.
        seen: in each of them.
        drawn: as in `doubts`.
        address_of: turns a photo into the address of a small picture.
    Returns:
        Kind -> address, of the first photo whose face is known; empty where there is none.
    """
    places = crops.face_areas(photos, seen, drawn)
    for photo, place in zip(photos, places, strict=True):
        if place is not None:
            shown = {kind: crops.render_view([photo], [place], kind)[0] for kind in crops.VIEW_KINDS}
            return {kind: address_of(one, SAMPLE_EDGE) for kind, one in shown.items()}
    return {}
