"""The same photos seen otherwise: cut to the face, or with the face covered. Which of the two carries the name?

Also tells a photo of somebody else by what the model answers to its face: pure, from similarities that exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from idia_core.attack.evidence import Attack, run_attack
from idia_core.attack.ranking import StatisticArray
from idia_core.attack.rule import FloatArray
from idia_core.photos.crops import VIEW_KINDS, ViewKind
from idia_core.photos.photo import Finding

NameCarrier = Literal["face", "surroundings", "both", "together", "nothing", "unknown"]
FEWEST_TO_COMPARE = 4
"""With three faces, of which one differs, nobody can tell which two belong together."""
ODD_ONE_OUT_GAP = 0.4
"""How much less a stranger's face is like the rest than these are among themselves. Chosen on the sandbox, where
`tests/audit/test_views.py` measures how often it is right."""
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
class ViewAttack:
    """The attack on the photos shown in one way."""

    kind: ViewKind
    """How they were shown."""
    photos: tuple[int, ...]
    """Which of the run's photos, by their index; at least one."""
    attack: Attack
    """On these photos, with the names of the general pool, the claimed one last."""


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
    """Put the batches of each view together, in the order of `VIEW_KINDS`."""
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
    """The claimed name in every view, in the order of `VIEW_KINDS`."""
    odd_ones: tuple[int, ...]
    """Photos (of the run's) whose face seems to be somebody else's."""
    one_person: bool | None
    """Whether all photos seem to show one person; None where that is not known."""


NO_COMPARISON = Comparison((), (), None)
"""Before anything was compared."""


def attack_view(view: View, kept: Sequence[int], size: int, tau: int) -> ViewAttack | None:
    """Run the attack on some of a view's photos, with the first names of the pool.

    Args:
        view: all of it.
        kept: indices of the run's photos that take part.
        size: names, the claimed one included.
        tau: prompts to win.
    Returns:
        The attack; None where this view has none of these photos.
    """
    column = {photo: at for at, photo in enumerate(view.photos)}
    photos = tuple(photo for photo in kept if photo in column)
    if not photos:
        return None
    similarities = first_names(view.similarities[:, [column[photo] for photo in photos]], size)
    return ViewAttack(view.kind, photos, run_attack(similarities, size - 1, tau))


def first_names(similarities: FloatArray, size: int) -> FloatArray:
    """Take the first names of the pool; the claimed one, the last, always stays."""
    if size == similarities.shape[2]:
        return similarities
    return np.concatenate([similarities[:, :, : size - 1], similarities[:, :, -1:]], axis=2)


def compare(attacks: Sequence[ViewAttack], odd_one_out_measured: bool) -> Comparison:
    """Compare the views.

    Args:
        attacks: one for each view, that of the verdict among them.
        odd_one_out_measured: whether it was measured how often `odd_one_out` finds a stranger with such a model;
            elsewhere finding none does not count as "all one person".
    Returns:
        The comparison.
    """
    of_kind = {one.kind: one for one in attacks}
    face = of_kind.get("face")
    odd = None if face is None else odd_one_out(face.photos, face.attack.scores)
    return Comparison(
        view_results=tuple(_view_result(of_kind[kind]) for kind in VIEW_KINDS if kind in of_kind),
        odd_ones=odd or (),
        one_person=False if odd else True if odd == () and odd_one_out_measured else None,
    )


def _view_result(view: ViewAttack) -> ViewResult:
    """Reduce an attack to how the claimed name fared."""
    ranking = view.attack.ranking
    return ViewResult(view.kind, len(view.photos), view.attack.verdict.hits, ranking.rank, ranking.p_value)


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


def odd_one_out(photos: Sequence[int], scores: StatisticArray) -> tuple[int, ...] | None:
    """Find photos whose face the model takes for somebody else's than the rest.

    Two faces are as alike as what the model answers to them: the correlation of the names' scores. A stranger is
    less like every other photo than any two of these are like each other, and by `ODD_ONE_OUT_GAP` less than
    their median.

    Args:
        photos: the photos, by their index in the run.
        scores: (photos, names) of their faces, from `ranking.photo_scores`.
    Returns:
        Indices of the run's photos, none or one; None with too few faces to compare.
    """
    if len(photos) < FEWEST_TO_COMPARE:
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        alike = np.nan_to_num(np.corrcoef(scores))
    return tuple(photo for at, photo in enumerate(photos) if _stands_out(alike, at))


def _stands_out(alike: np.ndarray, photo: int) -> bool:
    """Compare one photo's likeness to the others with theirs among themselves: (photos, photos)."""
    others = [at for at in range(len(alike)) if at != photo]
    best = alike[photo, others].max()
    among_others = alike[np.ix_(others, others)][np.triu_indices(len(others), 1)]
    return bool(best < among_others.min() and best < np.median(among_others) - ODD_ONE_OUT_GAP)
