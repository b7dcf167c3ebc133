"""A visitor's photos looked at for faces: once each, and what was seen kept beside them.

Does not: build markup (`faces`, `form`), or decide what a doubt is (`gate` does).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from markupsafe import Markup

from idia_core import gate, views
from idia_core.errors import IdiaError
from idia_core.faces import FaceFinder
from idia_core.gate import Sight
from idia_core.photos import Finding, Photo
from idia_core.ui import faces, form
from idia_core.ui.engine import Engine
from idia_core.ui.examples import Example
from idia_core.ui.runs import Screen
from idia_core.ui.sessions import Sessions, Visit

SAMPLE_EDGE = 240
"""Longer edge of the pictures that show the three views, in pixels."""


class Looking:
    """Looks at photos for all visitors, and holds nothing of theirs but what `sessions` holds."""

    def __init__(self, sessions: Sessions, engine: Engine, people: Mapping[str, Example]) -> None:
        """Set up; load nothing.

        Args:
            sessions: where photos and sights are kept.
            engine: knows the models of the picker.
            people: the examples.
        """
        self._sessions = sessions
        self._engine = engine
        self._people = people
        self._finder = FaceFinder()

    def look(self, visitor: str) -> Visit:
        """Look at photos that are new, and forget what was seen in those that are gone."""
        seen = looked_at(self._sessions.open(visitor), self._finder)
        return self._sessions.change(visitor, lambda old: replace(old, sights=seen))

    def choose(self, visitor: str, photo: int, face: int) -> Screen:
        """Take another face of a photo for the person's."""
        try:
            seen = chosen(self._sessions.open(visitor), photo, face)
        except IdiaError as error:
            return Screen(form.trouble(error.message, error.hint))
        return Screen(strip=self.strip(self._sessions.change(visitor, lambda old: replace(old, sights=seen))))

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
        found = doubts(visit, drawn)
        more = faces.strip(visit.active.photos, () if drawn else sights(visit), found)
        return form.strip(visit.active, self._people.get(visit.example), found, more)


def looked_at(visit: Visit, finder: FaceFinder) -> dict[str, Sight]:
    """Look at those of the visitor's own photos that nobody looked at yet.

    Args:
        visit: with photos.
        finder: of faces.
    Returns:
        What was seen, by the photo's digest; nothing of photos that are gone.
    """
    return {
        photo.digest: visit.sights.get(photo.digest) or gate.look(photo, finder) for photo in visit.own.photos
    }


def chosen(visit: Visit, photo: int, face: int) -> Mapping[str, Sight]:
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
    if not 0 <= photo < len(visit.own.photos) or visit.own.photos[photo].digest not in visit.sights:
        return visit.sights
    one = visit.own.photos[photo]
    return {**visit.sights, one.digest: gate.choose(one, visit.sights[one.digest], face)}


def sights(visit: Visit) -> tuple[Sight, ...]:
    """Return what was seen in each photo that a run would use; none at all for an example's."""
    found = [visit.sights.get(photo.digest) for photo in visit.active.photos]
    seen = tuple(sight for sight in found if sight is not None)
    return seen if len(seen) == len(found) else ()


def doubts(visit: Visit, drawn: bool) -> list[list[Finding]]:
    """Gather what is doubtful about each photo that a run would use.

    Args:
        visit: with photos.
        drawn: whether the chosen model knows drawn people only.
    """
    return gate.findings(visit.active.photos, sights(visit), drawn)


def samples(photos: Sequence[Photo], seen: Sequence[Sight], drawn: bool) -> dict[str, str]:
    """Show one photo in every way in which the model is shown it.

    Args:
        photos: of the run.
        seen: in each of them.
        drawn: as in `doubts`.
    Returns:
        Kind -> a data: address, of the first photo whose face is known; empty where there is none.
    """
    places = views.areas(photos, seen, drawn)
    for photo, place in zip(photos, places, strict=True):
        if place is not None:
            shown = {kind: views.shown([photo], [place], kind)[0] for kind in views.KINDS}
            return {kind: form.data_address(one, SAMPLE_EDGE) for kind, one in shown.items()}
    return {}
