"""A baseline that never looks at the model or at a photo: guess from the name alone who is a member.

A labelled set can give its members away by their names (famous against made up, one origin against another).
An attack is worth no more than what it adds to such a guess, so that both stand side by side.

The guess is naive Bayes over the words of a name and its runs of three letters, learnt on nine tenths of the
set and tried on the last tenth, in turn; members and non-members count as equally likely beforehand.

Does not: use anything of a person but the name, or claim to be the best such guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np
import numpy.typing as npt

from idia_core import names

FOLDS = 10
"""Parts of the set; each is guessed from the others."""
SMOOTHING = 1.0
"""People added to each side of every feature, with and without it."""
BoolArray = npt.NDArray[np.bool_]


def guess_members(people: Sequence[str], members: Sequence[bool], seed: int) -> BoolArray | None:
    """Guess who is a member by name style.

    Args:
        people: full names.
        members: whether each is one: used for the others' guesses only, never for a person's own.
        seed: deals the people to the folds.
    Returns:
        (people,) True for "member"; None with fewer than `FOLDS` members or non-members to learn from.
    """
    labels = np.array(members, np.bool_)
    if min(labels.sum(), (~labels).sum()) < FOLDS:
        return None
    features = [_features(name) for name in people]
    fold = np.zeros(len(labels), np.int64)
    rng = np.random.default_rng([seed, 7])
    for kind in (True, False):
        chosen = np.flatnonzero(labels == kind)
        fold[rng.permutation(chosen)] = np.arange(len(chosen)) % FOLDS
    said = np.zeros(len(labels), np.bool_)
    for part in range(FOLDS):
        weights, start = _learn([features[at] for at in np.flatnonzero(fold != part)], labels[fold != part])
        for at in np.flatnonzero(fold == part):
            said[at] = start + sum(weights.get(feature, 0.0) for feature in features[at]) > 0
    return said


def _features(name: str) -> frozenset[str]:
    """Reduce a name to its words, by place, and its runs of three letters."""
    words = [names.name_key(word) for word in name.split()]
    runs = {f" {word} "[at : at + 3] for word in words for at in range(len(word))}
    return frozenset(runs | {f"first {words[0]}", f"last {words[-1]}"})


def _learn(features: Sequence[frozenset[str]], labels: BoolArray) -> tuple[dict[str, float], float]:
    """Learn what each feature, present rather than absent, speaks for; and the sum of all the absent ones."""
    counts = {True: Counter[str](), False: Counter[str]()}
    for own, label in zip(features, labels.tolist(), strict=True):
        counts[label].update(own)
    people = {True: int(labels.sum()), False: int((~labels).sum())}
    weights, start = {}, 0.0
    for feature in counts[True].keys() | counts[False].keys():
        shares = {
            kind: (counts[kind][feature] + SMOOTHING) / (people[kind] + 2 * SMOOTHING) for kind in people
        }
        absent = log(1 - shares[True]) - log(1 - shares[False])
        weights[feature] = log(shares[True]) - log(shares[False]) - absent
        start += absent
    return weights, start
