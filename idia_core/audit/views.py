"""The same photos seen otherwise: cut to the face, or with the face covered. Which of the two carries the name?

Also tells a photo of somebody else by what the model answers to its face: pure, from similarities that exist.

Does not: find faces (`faces`), encode (`audit` does), or choose thresholds of an outcome (`outcome` does).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from idia_core.attack import rule
from idia_core.attack.ranking import photo_scores, rank_in_pool
from idia_core.attack.rule import FloatArray
from idia_core.photos.crops import VIEW_KINDS, ViewKind
from idia_core.photos.photo import Finding

NameCarrier = Literal["face", "surroundings", "both", "together", "nothing", "unknown"]
FEWEST_TO_COMPARE = 4
"""With three faces, of which one differs, nobody can tell which two belong together."""
ODD_ONE_OUT_GAP = 0.4
"""How much less a stranger's face is like the rest than these are among themselves. Chosen on the sandbox: see
`odd_one_out`."""
ODD_ONE_OUT = Finding("somebody-else")


@dataclass(frozen=True)
class View:
    """What a model said to photos shown in one way."""

    kind: ViewKind
    """How they were shown."""
    photos: tuple[int, ...]
    """Which of the run's photos, by their index; those without a face are missing where a face is needed."""
    similarities: FloatArray
    """(prompts, these photos, names) cosines."""


@dataclass(frozen=True)
class ViewResult:
    """How the claimed name fared in one view."""

    kind: ViewKind
    """How the photos were shown."""
    photos: int
    """How many they were."""
    hits: int
    """Prompts won by the claimed name."""
    rank: int
    """Its place among the names; 1 is best."""
    p_value: float
    """The same as a p-value, not corrected for attempts."""


def join_views(parts: Sequence[View]) -> tuple[View, ...]:
    """Put the batches of each view together, in the order of `KINDS`."""
    found = []
    for kind in VIEW_KINDS:
        same = [part for part in parts if part.kind == kind]
        if same:
            photos = tuple(at for part in same for at in part.photos)
            found.append(View(kind, photos, np.concatenate([part.similarities for part in same], axis=1)))
    return tuple(found)


@dataclass(frozen=True)
class Comparison:
    """What the other views say about a choice of photos and names."""

    view_results: tuple[ViewResult, ...]
    """The claimed name in every view, in the order of `KINDS`."""
    odd_ones: tuple[int, ...]
    """Photos (of the run's) whose face seems to be somebody else's."""
    one_person: bool | None
    """Whether all photos seem to show one person; None where that is not known."""
    context: FloatArray | None
    """(prompts, photos with the face covered, names); None where there are none."""


NO_COMPARISON = Comparison((), (), None, None)
"""Before anything was compared."""


def compare(every: Sequence[View], kept: Sequence[int], size: int, odd_one_out_measured: bool) -> Comparison:
    """Compare all views for a choice of photos and names.

    Args:
        every: the views, that of the verdict among them.
        kept: indices of the run's photos that take part.
        size: names, the claimed one included.
        odd_one_out_measured: whether it was measured how often `odd_one_out` finds a stranger with such a model;
            elsewhere finding none does not count as "all one person".
    Returns:
        The comparison.
    """
    chosen = {view.kind: restrict(view, kept, size) for view in every}
    view_results = [view_result(chosen[kind]) for kind in VIEW_KINDS if kind in chosen]
    odd = odd_one_out(chosen["face"]) if "face" in chosen else None
    hidden = chosen.get("covered")
    return Comparison(
        view_results=tuple(one for one in view_results if one is not None),
        odd_ones=odd or (),
        one_person=False if odd else True if odd == () and odd_one_out_measured else None,
        context=hidden.similarities if hidden is not None and hidden.photos else None,
    )


def restrict(view: View, kept: Sequence[int], size: int) -> View:
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


def view_result(view: View) -> ViewResult | None:
    """Say how the claimed name, the last one, fared; None where no photo is left."""
    if not view.photos:
        return None
    claimed_index = view.similarities.shape[2] - 1
    votes = rule.tally(rule.predict(view.similarities), claimed_index + 1)
    ranking = rank_in_pool(view.similarities, claimed_index)
    hits = rule.decide(votes, claimed_index).hits
    return ViewResult(view.kind, len(view.photos), hits, ranking.rank, ranking.p_value)


def name_carrier(view_results: Sequence[ViewResult], tau: int) -> NameCarrier:
    """Read from the views what it is that carries the name.

    Args:
        view_results: in all three views; with one missing nobody knows.
        tau: prompts to win.
    """
    won = {one.kind: one.hits >= tau for one in view_results}
    if set(won) != set(VIEW_KINDS):
        return "unknown"
    if won["covered"]:
        return "both" if won["face"] else "surroundings"
    if won["face"]:
        return "face"
    return "together" if won["whole"] else "nothing"


def odd_one_out(view: View) -> tuple[int, ...] | None:
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


def _stands_out(alike: np.ndarray, photo: int) -> bool:
    """Compare one photo's likeness to the others with theirs among themselves: (photos, photos)."""
    others = [at for at in range(len(alike)) if at != photo]
    best = alike[photo, others].max()
    among_others = alike[np.ix_(others, others)][np.triu_indices(len(others), 1)]
    return bool(best < among_others.min() and best < np.median(among_others) - ODD_ONE_OUT_GAP)
