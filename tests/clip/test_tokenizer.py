"""Token ids beside those of open_clip's own tokenizers, sentence by sentence."""

from __future__ import annotations

from typing import Any

import open_clip
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from idia_core import names
from idia_core.attack import prompts
from idia_core.clip.tokenizer import tokenize
from idia_core.settings import ASSETS

PLAIN = open_clip.get_tokenizer("ViT-B-32")
SENTENCES = st.one_of(
    st.text(max_size=120),
    st.text(st.characters(max_codepoint=127), max_size=120),
    st.lists(
        st.sampled_from(["a photo of", "Ann", "O'Neil-Smith", "3rd", "&amp;", "Jr.", "é", "<b>", "\t"])
    ).map(" ".join),
)


@settings(deadline=None, max_examples=500)
@given(st.lists(SENTENCES, min_size=1, max_size=5))
@example(
    ["", " ", "&lt;b&gt; &", "don't DON'T 'S", "<start_of_text> <END_OF_TEXT>", "a\x0bb\x1b[1mc", "x" * 300]
)
@example(["a photo of Σίσυφος", "İstanbul ﬁ", "schÃ¶n", "naïve “quotes” …", "名 前", "a\u00a0b", "a " * 90])
def test_any_sentence_has_the_tokens_that_the_tokenizer_gives(sentences: list[str]) -> None:
    assert torch.equal(tokenize(PLAIN, sentences), PLAIN(sentences))


def test_every_public_name_in_every_prompt_has_its_tokens() -> None:
    lists = names.load_lists(ASSETS / "names", "web")
    public = names.draw_decoys(lists, 400, 0)
    sentences = [prompts.render(template, name) for template in prompts.PAPER.templates for name in public]
    assert torch.equal(tokenize(PLAIN, sentences), PLAIN(sentences))


@pytest.mark.parametrize("context", [1, 2, 3, 8, 32])
def test_a_short_context_cuts_as_the_tokenizer_does(context: int) -> None:
    short = open_clip.SimpleTokenizer(context_length=context)
    sentences = ["", "a", "a photo", "a photo of a person named Ann Example", "x y z " * 20]
    assert torch.equal(tokenize(short, sentences), short(sentences))


@pytest.mark.parametrize(
    "other", [{"clean": "canonicalize"}, {"clean": "whitespace"}, {"reduction_mask": "simple"}]
)
def test_any_other_tokenizer_is_called_itself(other: dict[str, Any]) -> None:
    odd = open_clip.SimpleTokenizer(context_length=16, **other)
    sentences = ["A Photo of: ANN", "short"]
    assert torch.equal(tokenize(odd, sentences), odd(sentences))


def test_a_name_is_not_kept() -> None:
    before = dict(PLAIN.cache)
    tokenize(PLAIN, ["a photo of Zeldamira Quuxington", "Zeldamira Quüxington & Söhne"])
    assert before == PLAIN.cache
