"""The same photos seen otherwise: cut to the face, or with the face covered. Which of the two carries the name?

Also tells a photo of somebody else by what the model answers to its face: pure, from similarities that exist.

Does not: find faces (`faces`), encode (`audit` does), or choose thresholds of an outcome (`outcome` does).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from idia_core import attack, faces, gate
from idia_core.attack import FloatArray
from idia_core.errors import IdiaError
from idia_core.faces import Area
from idia_core.gate import Crop, Sight
from idia_core.photos import Finding, Photo, PixelArray
from idia_core.ranking import photo_scores, rank_in_pool

Kind = Literal["whole", "face", "covered"]
Carrier = Literal["face", "surroundings", "both", "together", "nothing", "unknown"]
KINDS: tuple[Kind, ...] = ("whole", "face", "covered")
"""In the order in which a person compares them."""
FEWEST_TO_COMPARE = 4
"""With three faces, of which one differs, nobody can tell which two belong together."""
STRANGER_GAP = 0.4
"""How much less a stranger's face is like the rest than these are among themselves. Chosen on the sandbox: see
`strangers`."""
STRANGER = Finding(
    "somebody-else",
    "This face is unlike those in the other photos: it may be somebody else's.",
    "Check it, and switch the photo off if so.",
)


@dataclass(frozen=True)
class View:
    """What a model said to photos shown in one way."""

    kind: Kind
    """How they were shown."""
    photos: tuple[int, ...]
    """Which of the run's photos, by their index; those without a face are missing where a face is needed."""
    similarities: FloatArray
    """(prompts, these photos, names) cosines."""


@dataclass(frozen=True)
class Standing:
    """How the claimed name fared in one view."""

    kind: Kind
    """How the photos were shown."""
    photos: int
    """How many they were."""
    hits: int
    """Prompts won by the claimed name."""
    rank: int
    """Its place among the names; 1 is best."""
    p_value: float
    """The same as a p-value, not corrected for attempts."""


def areas(photos: Sequence[Photo], sights: Sequence[Sight], drawn: bool) -> tuple[Area | None, ...]:
    """Say where the person's face is in every photo.

    Args:
        photos: of one person.
        sights: what was seen in each; none at all where nobody looked.
        drawn: whether the model knows drawn people only; their faces are in the middle.
    Returns:
        An area for each photo, None where nobody knows.
    Raises:
        ValueError: some photos were looked at and some not.
    """
    if drawn:
        return tuple(faces.middle(photo.pixels) for photo in photos)
    if not sights:
        return (None,) * len(photos)
    return tuple(gate.area(photo, sight) for photo, sight in zip(photos, sights, strict=True))


def asked(photos: Sequence[Photo], places: Sequence[Area | None], crop: Crop) -> tuple[Photo, ...]:
    """Make the pictures that the verdict is about.

    Args:
        photos: of one person.
        places: where the face is in each.
        crop: what the model is to be shown.
    Returns:
        One for each photo.
    Raises:
        IdiaError: the face only is to be shown, and a photo shows none (`gate.usable` sets such photos aside).
    """
    if crop == "face" and any(place is None for place in places):
        raise IdiaError("A photo shows no face that could be cut out.", gate.LEFT_OUT[1])
    return tuple(shown(photos, places, crop).values())


def shown(photos: Sequence[Photo], places: Sequence[Area | None], kind: Kind) -> dict[int, Photo]:
    """Make the pictures of one view.

    Args:
        photos: of one person.
        places: where the face is in each.
        kind: how to show them.
    Returns:
        Index of the photo -> the photo with other pixels, for those that can be shown so.
    """
    found: dict[int, Photo] = {}
    for at, (photo, place) in enumerate(zip(photos, places, strict=True)):
        if kind == "whole":
            found[at] = photo
        elif place is not None:
            found[at] = replace(photo, pixels=_seen_as(kind, photo.pixels, place))
    return found


def likewise(others: Sequence[Photo], crop: Crop, drawn: bool) -> tuple[Photo, ...]:
    """Show other people's photos as the person's own are shown; whole where nobody looked for their faces.

    Args:
        others: of other people; may be empty.
        crop: what the model is shown.
        drawn: as in `areas`.
    Returns:
        One for each photo.
    """
    if crop == "whole" or not drawn:
        return tuple(others)
    return asked(others, areas(others, (), drawn), crop)


def batches(
    photos: Sequence[Photo], places: Sequence[Area | None], done: Kind, size: int
) -> list[tuple[Kind, tuple[int, ...], list[Photo]]]:
    """List what is left to encode when the photos were encoded in one way.

    Args:
        photos: of one person.
        places: where the face is in each.
        done: the way in which they were encoded.
        size: photos of one batch, at most.
    Returns:
        Kind, indices and pictures of each batch; none where no face is known, for then nothing can be compared.
    """
    if all(place is None for place in places):
        return []
    found: list[tuple[Kind, tuple[int, ...], list[Photo]]] = []
    for kind in KINDS:
        pictures = {} if kind == done else shown(photos, places, kind)
        order = tuple(pictures)
        for start in range(0, len(order), size):
            part = order[start : start + size]
            found.append((kind, part, [pictures[at] for at in part]))
    return found


def joined(parts: Sequence[View]) -> tuple[View, ...]:
    """Put the batches of each view together, in the order of `KINDS`."""
    found = []
    for kind in KINDS:
        same = [part for part in parts if part.kind == kind]
        if same:
            photos = tuple(at for part in same for at in part.photos)
            found.append(View(kind, photos, np.concatenate([part.similarities for part in same], axis=1)))
    return tuple(found)


@dataclass(frozen=True)
class Comparison:
    """What the other views say about a choice of photos and names."""

    standings: tuple[Standing, ...]
    """The claimed name in every view, in the order of `KINDS`."""
    strangers: tuple[int, ...]
    """Photos (of the run's) whose face seems to be somebody else's."""
    one_person: bool | None
    """Whether all photos seem to show one person; None where that is not known."""
    context: FloatArray | None
    """(prompts, photos with the face covered, names); None where there are none."""


NOTHING = Comparison((), (), None, None)
"""Before anything was compared."""


def compare(every: Sequence[View], kept: Sequence[int], size: int, drawn: bool) -> Comparison:
    """Compare all views for a choice of photos and names.

    Args:
        every: the views, that of the verdict among them.
        kept: indices of the run's photos that take part.
        size: names, the claimed one included.
        drawn: whether the model knows drawn people only: on them alone was it measured how often a stranger is
            seen, so that elsewhere silence does not count as "all one person".
    Returns:
        The comparison.
    """
    chosen = {view.kind: among(view, kept, size) for view in every}
    standings = [standing(chosen[kind]) for kind in KINDS if kind in chosen]
    odd = strangers(chosen["face"]) if "face" in chosen else None
    hidden = chosen.get("covered")
    return Comparison(
        standings=tuple(one for one in standings if one is not None),
        strangers=odd or (),
        one_person=False if odd else True if odd == () and drawn else None,
        context=hidden.similarities if hidden is not None and hidden.photos else None,
    )


def among(view: View, kept: Sequence[int], size: int) -> View:
    """Keep some of a view's photos, and the first names of the pool with the claimed one, the last.

    Args:
        view: all of it.
        kept: indices of the run's photos that take part.
        size: names, the claimed one included.
    Returns:
        What is left; its photo axis may be empty.
    """
    columns = [at for at, photo in enumerate(view.photos) if photo in set(kept)]
    part = view.similarities[:, columns]
    if size < part.shape[2]:
        part = np.concatenate([part[:, :, : size - 1], part[:, :, -1:]], axis=2)
    return View(view.kind, tuple(view.photos[at] for at in columns), part)


def standing(view: View) -> Standing | None:
    """Say how the claimed name, the last one, fared; None where no photo is left."""
    if not view.photos:
        return None
    truth = view.similarities.shape[2] - 1
    votes = attack.tally(attack.predict(view.similarities), truth + 1)
    ranking = rank_in_pool(view.similarities, truth)
    hits = attack.decide(votes, truth).hits
    return Standing(view.kind, len(view.photos), hits, ranking.rank, ranking.p_value)


def carrier(standings: Sequence[Standing], tau: int) -> Carrier:
    """Read from the views what it is that carries the name.

    Args:
        standings: in all three views; with one missing nobody knows.
        tau: prompts to win.
    """
    won = {one.kind: one.hits >= tau for one in standings}
    if set(won) != set(KINDS):
        return "unknown"
    if won["covered"]:
        return "both" if won["face"] else "surroundings"
    if won["face"]:
        return "face"
    return "together" if won["whole"] else "nothing"


def strangers(view: View) -> tuple[int, ...] | None:
    """Find photos whose face the model takes for somebody else's than the rest.

    Two faces are as alike as what the model answers to them: the correlation of the names' scores. A stranger is
    less like every other photo than any two of these are like each other, and by `STRANGER_GAP` less than they
    are on the middle.

    Args:
        view: the faces only.
    Returns:
        Indices of the run's photos, none or one; None with too few faces to compare.
    """
    if len(view.photos) < FEWEST_TO_COMPARE:
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        alike = np.nan_to_num(np.corrcoef(photo_scores(view.similarities)))
    return tuple(photo for at, photo in enumerate(view.photos) if _stands_out(alike, at))


def _seen_as(kind: Kind, pixels: PixelArray, place: Area) -> PixelArray:
    if kind == "face":
        return faces.cut(pixels, place.frame)
    return faces.covered(pixels, place.covers)


def _stands_out(alike: np.ndarray, photo: int) -> bool:
    """Compare one photo's likeness to the others with theirs among themselves: (photos, photos)."""
    others = [at for at in range(len(alike)) if at != photo]
    best = alike[photo, others].max()
    among_others = alike[np.ix_(others, others)][np.triu_indices(len(others), 1)]
    return bool(best < among_others.min() and best < np.median(among_others) - STRANGER_GAP)
