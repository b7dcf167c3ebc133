"""The face checks of a visitor's photos: each photo is looked at once, and what was seen is kept in the visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from markupsafe import Markup

from idia_core.errors import IdiaError
from idia_core.photos import crops, quality
from idia_core.photos.faces import FaceCheck, FaceFinder
from idia_core.photos.locators import FaceLocator
from idia_core.photos.photo import Photo
from idia_core.sandbox.examples import Example
from idia_core.ui.markup import form as form_markup
from idia_core.ui.markup import photos as photo_markup
from idia_core.ui.service.engine import Engine
from idia_core.ui.service.sessions import Sessions
from idia_core.ui.service.visit import Visit, VisitPhotos
from idia_core.ui.state import Screen
from idia_core.ui.thumbnails import AddressOf

SAMPLE_EDGE = 240
"""Longer edge of the pictures that show the three views, in pixels."""


class FaceChecks:
    """Face checks for all visitors; what was seen is kept in `sessions` only."""

    def __init__(self, sessions: Sessions, engine: Engine, people: Mapping[str, Example]) -> None:
        """Set up; load nothing.

        Args:
            sessions: where visits are kept.
            engine: knows the models of the picker.
            people: the examples by key.
        """
        self._sessions = sessions
        self._engine = engine
        self.people = people
        self._finder = FaceFinder()

    def look(self, visitor: str) -> Visit:
        """Look at photos that are new, and forget what was seen in those that are gone."""
        return self._keep(visitor, check_faces(self._sessions.open(visitor).photos, self._finder))

    def choose(self, visitor: str, photo: int, face: int) -> Screen:
        """Mark another face of a photo as the person in question."""
        try:
            seen = choose_visit_face(self._sessions.open(visitor).photos, photo, face)
        except IdiaError as error:
            return Screen(form_markup.trouble(error.message))
        return Screen(strip=self.strip(self._keep(visitor, seen)))

    def pick(self, visitor: str, key: str) -> Screen:
        """Remember which model is in the picker: it decides which doubts about faces are shown.

        Raises:
            IdiaError: the page does not offer it; the one before stays.
        """
        spec = self._engine.spec(key)
        self._sessions.open(visitor)
        visit = self._sessions.change(
            visitor, lambda old: replace(old, choice=replace(old.choice, model=spec.key))
        )
        return Screen(strip=self.strip(visit))

    def strip(self, visit: Visit) -> Markup:
        """Show the photos that a run would use, with what is doubtful about them."""
        photos, model = visit.photos, visit.choice.model or self._engine.default.key
        locator, checks = self._engine.spec(model).face_locator, face_checks(photos)
        found = quality.photo_findings(photos.active.photos, checks, locator)
        address_of = thumbnail_addresses(visit)
        more = photo_markup.face_notes(photos.active.photos, locator.relevant(checks), found, address_of)
        person = self.people.get(photos.example)
        return photo_markup.photo_strip(photos.active, person, address_of, found, more)

    def _keep(self, visitor: str, seen: Mapping[str, FaceCheck]) -> Visit:
        return self._sessions.change(
            visitor, lambda old: replace(old, photos=replace(old.photos, face_checks=seen))
        )


def thumbnail_addresses(visit: Visit) -> AddressOf:
    """Choose where the page finds small pictures of the photos that a run would use.

    Args:
        visit: an example's public portraits travel inside the page, a visitor's photos never do.
    """
    return photo_markup.data_url if visit.photos.example else visit.thumbnails.address_of


def check_faces(photos: VisitPhotos, finder: FaceFinder) -> dict[str, FaceCheck]:
    """Look at those of the visitor's own photos that were not looked at yet.

    Args:
        photos: of the visit.
        finder: of faces.
    Returns:
        What was seen, by the photo's digest; nothing of photos that are gone.
    """
    return {
        photo.digest: photos.face_checks.get(photo.digest) or quality.check_photo(photo, finder)
        for photo in photos.own.photos
    }


def choose_visit_face(photos: VisitPhotos, photo: int, face: int) -> Mapping[str, FaceCheck]:
    """Mark another face of one photo as the person in question.

    Args:
        photos: of the visit, looked at.
        photo: index of the photo; one that is not there changes nothing.
        face: index of the face.
    Returns:
        What was seen, by the photo's digest.
    Raises:
        IdiaError: there is no such face.
    """
    own, checks = photos.own.photos, photos.face_checks
    if not 0 <= photo < len(own) or own[photo].digest not in checks:
        return checks
    one = own[photo]
    return {**checks, one.digest: quality.choose_face(one, checks[one.digest], face)}


def face_checks(photos: VisitPhotos) -> tuple[FaceCheck, ...]:
    """Return what was seen in each photo that a run would use; none at all for an example's."""
    found = [photos.face_checks.get(photo.digest) for photo in photos.active.photos]
    seen = tuple(face_check for face_check in found if face_check is not None)
    return seen if len(seen) == len(found) else ()


def view_samples(
    photos: Sequence[Photo], seen: Sequence[FaceCheck], locator: FaceLocator, address_of: AddressOf
) -> dict[str, str]:
    """Show one photo in every way in which the model is shown it.

    Args:
        photos: of the run.
        seen: in each of them.
        locator: of the faces that the model knows.
        address_of: turns a photo into the address of a small picture.
    Returns:
        Kind -> address, of the first photo whose face is known; empty where there is none.
    """
    places = locator.areas(photos, seen)
    for photo, place in zip(photos, places, strict=True):
        if place is not None:
            shown = {kind: crops.render_view([photo], [place], kind)[0] for kind in crops.VIEW_KINDS}
            return {kind: address_of(one, SAMPLE_EDGE) for kind, one in shown.items()}
    return {}
