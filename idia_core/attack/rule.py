"""The Identity Inference Attack's rule, pure: similarity -> predictions -> votes -> verdict.

Axes are always (prompts, photos, names). Similarities are cosines in [-1, 1]; higher means more alike.
Source: Hintersdorf et al., "Does CLIP Know My Face?", JAIR 80, 2024 (arXiv 2209.07341).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

NOBODY = -1
"""The winner of a prompt on which two names or more share the first place."""


@dataclass(frozen=True)
class Verdict:
    """The paper's verdict, whatever the other checks say."""

    hits: int
    """Prompts won by the claimed name, in [0, prompts]."""
    prompts: int
    """Prompts asked."""
    tau: int
    """Hits needed for "member"; the paper uses 1."""
    member: bool
    """hits >= tau."""
    winners: IntArray
    """(prompts,) index of the name that won each prompt, or `NOBODY` for a tie."""


def similarity(text: FloatArray, images: FloatArray) -> FloatArray:
    """Compare every sentence with every photo.

    Args:
        text: (prompts, names, dim) unit vectors.
        images: (photos, dim) unit vectors.
    Returns:
        (prompts, photos, names) cosine similarities.
    Raises:
        ValueError: the axes do not fit, or an axis is empty.
    """
    if text.ndim != 3 or images.ndim != 2 or text.shape[2] != images.shape[1]:
        raise ValueError(f"want (prompts, names, dim) and (photos, dim), got {text.shape} and {images.shape}")
    if 0 in text.shape or 0 in images.shape:
        raise ValueError(f"no axis may be empty, got {text.shape} and {images.shape}")
    cosines: FloatArray = np.matmul(images, text.transpose(0, 2, 1), dtype=np.float32)
    return cosines


def check_similarities(similarities: npt.NDArray[Any]) -> None:
    """Refuse what cannot be similarities.

    Raises:
        ValueError: not three axes, an empty axis, or a value that is not finite.
    """
    if similarities.ndim != 3 or 0 in similarities.shape:
        raise ValueError(f"want (prompts, photos, names), none empty, got {similarities.shape}")
    if not np.isfinite(similarities).all():
        raise ValueError("a similarity is not finite")


def predict(similarities: FloatArray) -> IntArray:
    """Name each photo once per prompt: the name with the highest similarity.

    Args:
        similarities: (prompts, photos, names); finite.
    Returns:
        (prompts, photos) name indices. Of exactly equal similarities the lowest index is taken; pools put the
        claimed name last, so that such a coincidence never speaks for it.
    Raises:
        ValueError: not three axes, an empty axis, or a value that is not finite.
    """
    check_similarities(similarities)
    best: IntArray = np.argmax(similarities, axis=2).astype(np.int64)
    return best


def tally(predictions: IntArray, n_names: int) -> IntArray:
    """Count, for each prompt, how many photos chose each name.

    Args:
        predictions: (prompts, photos) name indices, each in [0, n_names).
        n_names: size of the candidate pool, in names.
    Returns:
        (prompts, names) counts; every row sums to the number of photos.
    Raises:
        ValueError: not two axes, or an index lies outside the pool (a bug of the caller).
    Source: arXiv 2209.07341, majority vote.
    """
    if predictions.ndim != 2:
        raise ValueError(f"want (prompts, photos), got {predictions.shape}")
    if predictions.size and (predictions.min() < 0 or predictions.max() >= n_names):
        raise ValueError(f"a predicted name lies outside the pool of {n_names}")
    prompts = predictions.shape[0]
    flat = (np.arange(prompts)[:, None] * n_names + predictions).ravel()
    return np.bincount(flat, minlength=prompts * n_names).reshape(prompts, n_names).astype(np.int64)


def elect(votes: IntArray) -> IntArray:
    """Find the strict plurality of each prompt: the one name with the most votes.

    Args:
        votes: (prompts, names) counts.
    Returns:
        (prompts,) name indices; `NOBODY` where the first place is shared or nobody voted.
    Raises:
        ValueError: not two axes, or no names.
    Source: arXiv 2209.07341; a tie for first place elects nobody.
    """
    if votes.ndim != 2 or votes.shape[1] == 0:
        raise ValueError(f"want (prompts, names) with at least one name, got {votes.shape}")
    most = votes.max(axis=1, keepdims=True)
    alone = ((votes == most).sum(axis=1) == 1) & (most[:, 0] > 0)
    return np.where(alone, votes.argmax(axis=1), NOBODY).astype(np.int64)


def decide(votes: IntArray, claimed_index: int, tau: int = 1) -> Verdict:
    """Apply the paper's rule: member if the claimed name wins tau prompts or more.

    Args:
        votes: (prompts, names) counts from `tally`.
        claimed_index: index of the claimed name, in [0, names).
        tau: prompts to win, in [1, prompts].
    Returns:
        The verdict.
    Raises:
        ValueError: claimed_index or tau lies outside its range.
    Source: arXiv 2209.07341, section 3 (tau = 1).
    """
    winners = elect(votes)
    prompts, names = votes.shape
    if not 0 <= claimed_index < names:
        raise ValueError(f"claimed_index {claimed_index} lies outside the pool of {names}")
    if not 1 <= tau <= prompts:
        raise ValueError(f"tau {tau} lies outside 1..{prompts}")
    hits = int((winners == claimed_index).sum())
    return Verdict(hits=hits, prompts=prompts, tau=tau, member=hits >= tau, winners=winners)
