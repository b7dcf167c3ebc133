"""Sentences to token ids, exactly as a model's own tokenizer does it, with plain words looked up once a call.

open_clip's tokenizer repairs and splits each sentence from the start, which on a small tower takes longer than the
tower, and it remembers every word that it ever saw: names that people typed, for as long as the process lives.

Does not: know a prompt or a name, or remember a word from one call to the next; tokenizers of other kinds are only
called, and may.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np
import torch
from open_clip import tokenizer as clip


def tokenize(tokenizer: Any, sentences: Sequence[str]) -> torch.Tensor:
    """Do what `tokenizer(list(sentences))` does.

    Args:
        tokenizer: a model's own; any but open_clip's CLIP tokenizer is simply called.
        sentences: at least one.
    Returns:
        (sentences, context) token ids.
    """
    if not _is_plain(tokenizer):
        tokens: torch.Tensor = tokenizer(list(sentences))
        return tokens
    words = _Words(tokenizer)
    rows = [words.encode(sentence)[: tokenizer.context_length - 2] for sentence in sentences]
    lengths = np.array([len(row) for row in rows])[:, None]
    places = np.arange(tokenizer.context_length)
    found = np.zeros((len(rows), tokenizer.context_length), np.int64)
    found[:, 0] = tokenizer.sot_token_id
    found[(places > 0) & (places <= lengths)] = [token for row in rows for token in row]
    found[places == lengths + 1] = tokenizer.eot_token_id
    return torch.from_numpy(found)


def _is_plain(tokenizer: Any) -> bool:
    """Tell whether a tokenizer is one whose every step is known here."""
    return (
        type(tokenizer) is clip.SimpleTokenizer
        and tokenizer.clean_fn is clip.get_clean_fn("lower")
        and tokenizer.reduction_fn is None
        and len(tokenizer.all_special_ids) == 2
        and (tokenizer.context_length or 0) >= 2
    )


class _Words:
    """The words of one call."""

    def __init__(self, tokenizer: clip.SimpleTokenizer) -> None:
        self._tokenizer = copy(tokenizer)
        # The tokenizer's own memory would outlive the call; a fresh one begins as its constructor leaves it.
        special = [tokenizer.decoder[token] for token in tokenizer.all_special_ids]
        self._tokenizer.cache = dict(zip(special, special, strict=True))
        self._known: dict[str, list[int]] = {}

    def encode(self, sentence: str) -> list[int]:
        """Return a sentence's tokens, start and end left out.

        In printable ASCII without `&` there is nothing to repair or to unescape, lower case is a matter of single
        letters, and no token reaches across a space: there, a sentence is the sum of its words.
        """
        if not (sentence.isascii() and sentence.isprintable()) or "&" in sentence:
            return self._tokenizer.encode(sentence)  # type: ignore[no-any-return]
        return [token for word in sentence.split() for token in self._of(word)]

    def _of(self, word: str) -> list[int]:
        tokens = self._known.get(word)
        if tokens is None:
            tokens = self._known[word] = self._tokenizer.encode(word)
        return tokens
