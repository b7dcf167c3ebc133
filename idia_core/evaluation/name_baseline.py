"""A baseline without the model or a photo: guess from the name alone who is a member.

A labelled set can give its members away by their names (famous against made up, one origin against another).
An attack is worth no more than what it adds to such a guess, so the report shows both.

The guess is naive Bayes over the words of a name and its three-letter substrings, learnt on nine tenths of the
set and tried on the last tenth, in turn (tenfold cross-validation); members and non-members are equally likely
a priori. There may be better guesses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np
import numpy.typing as npt

from idia_core import names

FOLDS = 10
"""Parts of the set; each is guessed from the others. Also the fewest members, and non-members, to learn from."""
SMOOTHING = 1.0
"""Imagined people of each kind with every feature, and as many without it (Laplace smoothing)."""
BoolArray = npt.NDArray[np.bool_]


def guess_members(people: Sequence[str], members: Sequence[bool], seed: int) -> BoolArray | None:
    """Guess who is a member by name style.

    Args:
        people: full names.
        members: whether each is one; a person's own label is never used for that person's guess.
        seed: assigns the people to the folds.
    Returns:
        (people,) True for "member"; None with fewer than `FOLDS` members or non-members to learn from.
    """
    labels = np.array(members, np.bool_)
    if min(labels.sum(), (~labels).sum()) < FOLDS:
        return None
    features = [_features(name) for name in people]
    folds = _folds(labels, np.random.default_rng([seed, 7]))
    guesses = np.zeros(len(labels), np.bool_)
    for fold in range(FOLDS):
        others = np.flatnonzero(folds != fold)
        weights, intercept = _learn([features[at] for at in others], labels[others])
        for at in np.flatnonzero(folds == fold):
            guesses[at] = intercept + sum(weights.get(feature, 0.0) for feature in features[at]) > 0
    return guesses


def _folds(labels: BoolArray, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Assign people to folds, members and non-members spread evenly: (people,) in [0, FOLDS)."""
    folds = np.zeros(len(labels), np.int64)
    for label in (True, False):
        chosen = np.flatnonzero(labels == label)
        folds[rng.permutation(chosen)] = np.arange(len(chosen)) % FOLDS
    return folds


def _features(name: str) -> frozenset[str]:
    """Reduce a name to its first and last word and its three-letter substrings."""
    words = [names.name_key(word) for word in name.split()]
    substrings = {f" {word} "[at : at + 3] for word in words for at in range(len(word))}
    return frozenset(substrings | {f"first {words[0]}", f"last {words[-1]}"})


def _learn(features: Sequence[frozenset[str]], labels: BoolArray) -> tuple[dict[str, float], float]:
    """Learn a log-odds weight for each feature (present against absent), and the intercept: all of them absent."""
    counts = {True: Counter[str](), False: Counter[str]()}
    for own, label in zip(features, labels.tolist(), strict=True):
        counts[label].update(own)
    people = {True: int(labels.sum()), False: int((~labels).sum())}
    weights, intercept = {}, 0.0
    for feature in counts[True].keys() | counts[False].keys():
        shares = {
            kind: (counts[kind][feature] + SMOOTHING) / (people[kind] + 2 * SMOOTHING) for kind in people
        }
        absent = log(1 - shares[True]) - log(1 - shares[False])
        weights[feature] = log(shares[True]) - log(shares[False]) - absent
        intercept += absent
    return weights, intercept
