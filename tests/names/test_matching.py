"""Matched decoys: which words of a name stay, what is drawn in place of the others, and what is refused."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import replace
from string import ascii_lowercase, ascii_uppercase

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idia_core import names
from idia_core.errors import IdiaError, Message
from idia_core.names import Matched, NameLists, draw_matched, name_key
from idia_core.names.matching import NOT_LATIN, NOT_TWO_NAMES, OTHER_INITIALS, TOO_FEW
from idia_core.settings import ASSETS
from idia_core.text import tell
from tests.conftest import refused

SAME_EACH_TIME = settings(deadline=None, derandomize=True, database=None)
WEB = names.load_lists(ASSETS / "names", "web")
INVENTED = NameLists(
    id="invented",
    known=("Mirela Vantorp", "Ada Quill"),
    first_female=("Mirela", "Ada", "Sunniva", "Robin"),
    first_male=("Torvik", "Orlan", "Robin"),
    last=("Vantorp", "Quill", "Ashgrove", "Bellwick", "Marrow"),
    source="made up",
)


def unknown(first_name: str) -> Message:
    return Message("match-sex-unknown", {"first_name": first_name})


def draw(claimed: str, lists: NameLists = WEB, count: int = 200, seed: int = 0) -> Matched:
    return draw_matched(claimed, lists, count, np.random.default_rng(seed))


# The claimed name, what every same_first looks like, what every same_last looks like. Places to fill: <F> a
# woman's first name, <M> a man's, <E> either, <L> a last name, <I> a capital letter; <f>, <l>, <i> in small
# letters, <ff> and <ll> in capitals.
SHAPES = [
    ("Emma Watson", "Emma <L>", "<F> Watson"),
    ("Robert Quux", "Robert <L>", "<M> Quux"),
    ("Snoop Dogg", "Snoop <L>", "<E> Dogg"),
    ("Kelly Quux", "Kelly <L>", "<E> Quux"),
    ("emma schröder", "emma <l>", "<f> schröder"),
    ("EMMA O'BRIEN", "EMMA <ll>", "<ff> O'BRIEN"),
    ("Anna Maria van der Berg", "Anna Maria <L>", "<F> <F> van der Berg"),
    ("Ursula Von Der Leyen", "Ursula <L>", "<F> Von Der Leyen"),
    ("Charles de Gaulle", "Charles <L>", "<M> de Gaulle"),
    ("Maria del Carmen Quux", "Maria del Carmen <L>", "<F> del <F> Quux"),
    ("Gabriel García Márquez", "Gabriel <L> <L>", "<M> García Márquez"),
    ("Ana de la Cruz Pérez", "Ana <L> <L>", "<F> de la Cruz Pérez"),
    ("Van Morrison", "Van <L>", "<E> Morrison"),
    ("Jean-Claude Van Damme", "Jean-Claude <L>", "<M>-<M> Van Damme"),
    ("Emma-Xyzzy Quux", "Emma-Xyzzy <L>", "<F>-<F> Quux"),
    ("Emma Müller-Lüdenscheidt", "Emma <L>-<L>", "<F> Müller-Lüdenscheidt"),
    ("Hassan al-Quux", "Hassan <L>", "<M> al-Quux"),
    ("J. K. Rowling", "J. K. <L>", "<I>. <I>. Rowling"),
    ("J.R.R. Tolkien", "J.R.R. <L>", "<I>.<I>.<I>. Tolkien"),
    ("j. quux", "j. <l>", "<i>. quux"),
    ("JK Rowling", "JK <L>", "<E> Rowling"),
    ("George R. R. Martin", "George R. R. <L>", "<M> R. R. Martin"),
    ("F. Scott Fitzgerald", "F. Scott <L>", "F. <M> Fitzgerald"),
    ("Emma Q.", "Emma <I>.", "<F> Q."),
    ("Hillary Rodham Clinton", "Hillary Rodham <L>", "<F> Rodham Clinton"),
    ("Robert Downey Jr.", "Robert <L> Jr.", "<M> Downey Jr."),
    ("Dr. Emma Quux PhD", "Dr. Emma <L> PhD", "Dr. <F> Quux PhD"),
    ("Sir Elton John", "Sir Elton <L>", "Sir <M> John"),
    ('Dwayne "The Rock" Johnson', 'Dwayne "The Rock" <L>', '<M> "The Rock" Johnson'),
    ("Emma (Em) Quux 🎉", "Emma (Em) <L> 🎉", "<F> (Em) Quux 🎉"),
    ("Luiz Inácio Lula da Silva", "Luiz Inácio Lula <L>", "<M> <M> <M> da Silva"),
    ("Xi Jinping", "<L> Jinping", "Xi <E>"),
    ("Wang Mei", "<L> Mei", "Wang <F>"),
    ("Mei Wang", "Mei <L>", "<F> Wang"),
    ("Hu Quux Li", "Hu Quux <L>", "<E> Quux Li"),
    ("Kim Quux", "Kim <L>", "<E> Quux"),
    ("Emma Quux-Maria Xyzzy", "Emma Quux-Maria <L>", "<F> <F>-<F> Xyzzy"),
    ("50 Cent", "50 <L>", "<E> Cent"),
    ("Oʻlani Kealoha", "Oʻlani <L>", "<E> Kealoha"),
]
EITHER = (*WEB.first_female, *WEB.first_male)
FILL = {
    "<F>": set(WEB.first_female),
    "<M>": set(WEB.first_male),
    "<E>": set(EITHER),
    "<L>": set(WEB.last),
    "<I>": set(ascii_uppercase),
    "<f>": set(map(str.lower, WEB.first_female)),
    "<l>": set(map(str.lower, WEB.last)),
    "<i>": set(ascii_lowercase),
    "<ff>": set(map(str.upper, WEB.first_female)),
    "<ll>": set(map(str.upper, WEB.last)),
}


def fits(name: str, shape: str) -> bool:
    """Tell whether a name is the shape with every place filled by one word from its list."""
    pieces = re.split(r"(<\w+>)", shape)
    pattern = "".join("([^ -]+?)" if piece in FILL else re.escape(piece) for piece in pieces)
    found = re.fullmatch(pattern, name)
    places = [piece for piece in pieces if piece in FILL]
    return bool(found) and all(
        word in FILL[place] for place, word in zip(places, found.groups(), strict=True)
    )


@pytest.mark.parametrize(("claimed", "first", "last"), SHAPES, ids=[claimed for claimed, _, _ in SHAPES])
def test_decoys_have_the_shape_of_the_claimed_name(claimed: str, first: str, last: str) -> None:
    found = draw(claimed, count=40)
    assert found.reason is None
    assert (len(found.same_first), len(found.same_last)) == (20, 20)
    assert [name for name in found.same_first if not fits(name, first)] == []
    assert [name for name in found.same_last if not fits(name, last)] == []


@pytest.mark.parametrize(
    ("claimed", "note", "words"),
    [
        ("Snoop Quux", unknown("Snoop"), "Snoop is a woman's or a man's name: the decoys mix both."),
        ("Kelly Quux", unknown("Kelly"), "Kelly is a woman's or a man's name: the decoys mix both."),
        ("Xi Jinping", unknown("Jinping"), "Jinping is a woman's or a man's name: the decoys mix both."),
        ("J. K. Rowling", OTHER_INITIALS, "so the decoys beside it have other initials."),
    ],
)
def test_an_unknown_sex_is_said_and_both_are_drawn_equally(claimed: str, note: Message, words: str) -> None:
    found = draw(claimed)
    assert found.notes == (note,)
    assert tell(note).endswith(words)
    if note == OTHER_INITIALS:
        return
    firsts = [name.replace("Xi ", "").split(" ")[0] for name in found.same_last]
    assert set(firsts[::2]) <= set(WEB.first_female)
    assert set(firsts[1::2]) <= set(WEB.first_male)
    assert len(firsts) == 100


@pytest.mark.parametrize(
    "claimed", ["Emma Watson", "Robert Quux", "Anna Maria van der Berg", "Emma-Xyzzy Quux"]
)
def test_a_known_sex_needs_no_note(claimed: str) -> None:
    assert draw(claimed).notes == ()


@pytest.mark.parametrize(
    ("claimed", "reason"),
    [
        ("Beyoncé", NOT_TWO_NAMES),
        ("Jay-Z", NOT_TWO_NAMES),
        ("Pope Francis", NOT_TWO_NAMES),
        ("Dr. Quux PhD", NOT_TWO_NAMES),
        ("Robert Jr.", NOT_TWO_NAMES),
        ("Watson, Emma", NOT_TWO_NAMES),
        ('"Emma" Watson', NOT_TWO_NAMES),
        ("Emma 🎉", NOT_TWO_NAMES),
        ("Emma ʻ", NOT_TWO_NAMES),
        ("李艾達", NOT_LATIN),
        ("Анна Ахматова", NOT_LATIN),
        ("عدي لي", NOT_LATIN),
        ("Emma Ватсон", NOT_LATIN),
        ("山田 太郎", NOT_LATIN),
    ],
)
def test_a_name_that_cannot_be_matched_says_why_and_what_to_type(claimed: str, reason: Message) -> None:
    assert draw(claimed) == Matched((), (), reason)
    assert "decoys cannot be matched" in tell(reason)
    assert "Type " in tell(reason)


PARTS = st.sampled_from(
    """Emma Robert Snoop J. K. JR Jean-Claude Ana María García van der de la Müller O'Brien Quux Quux-Li Jr.
    Dr. Xi Li Wang Kim Jong Un (Em) 🎉 X 50 al-Sisi ß - . 'x' emma WATSON De""".split()
)


@settings(SAME_EACH_TIME, max_examples=30)
@given(words=st.lists(PARTS, min_size=1, max_size=6), count=st.integers(0, 41), seed=st.integers(0, 99))
def test_matched_decoys_are_distinct_and_never_the_claimed_or_a_known_name(
    words: list[str], count: int, seed: int
) -> None:
    claimed = " ".join(words)
    try:
        names.normalise_name(claimed)
    except IdiaError:
        return
    found = draw(claimed, count=count, seed=seed)
    assert found == draw(claimed, count=count, seed=seed)
    decoys = [name_key(name) for name in found.same_first + found.same_last]
    assert len(set(decoys)) == len(decoys)
    assert {name_key(claimed), *map(name_key, WEB.known)}.isdisjoint(decoys)
    if found.reason:
        assert decoys == []
    else:
        assert len(found.same_first) <= (count + 1) // 2
        assert len(found.same_last) <= count // 2
        assert (len(decoys) < count) == (TOO_FEW in found.notes)


@pytest.mark.parametrize(
    ("count", "first", "last"), [(0, 0, 0), (1, 1, 0), (2, 1, 1), (7, 4, 3), (200, 100, 100)]
)
def test_decoys_are_split_in_halves(count: int, first: int, last: int) -> None:
    found = draw("Emma Watson", count=count)
    assert found == Matched(found.same_first, found.same_last)
    assert (len(found.same_first), len(found.same_last)) == (first, last)


def test_names_of_several_words_on_the_lists_do_not_change_the_shape() -> None:
    found = draw("Emma Quux", count=8000)
    assert (len(found.same_first) > 3400, len(found.same_last) > 1400) == (True, True)
    assert found.notes == (TOO_FEW,)
    assert [name for name in found.same_first + found.same_last if name.count(" ") > 1 or "-" in name] == []
    assert {"De La Cruz", "Ben-David"} <= set(WEB.last)


def test_a_name_of_many_words_is_drawn_quickly() -> None:
    start = time.process_time()
    assert len(draw("Emma Anna García Márquez").same_first) == 100
    assert time.process_time() - start < 1


def test_the_generator_decides() -> None:
    one, other = draw("Emma Watson", seed=1), draw("Emma Watson", seed=2)
    assert one.same_first != other.same_first
    assert one.same_last != other.same_last
    rng = np.random.default_rng(1)
    assert draw_matched("Emma Watson", WEB, 200, rng) == one
    assert draw_matched("Emma Watson", WEB, 200, rng) != one


def test_a_larger_draw_starts_like_a_smaller_one() -> None:
    small, large = draw("Emma Quux", count=20), draw("Emma Quux", count=100)
    assert large.same_first[:10] == small.same_first
    assert large.same_last[:10] == small.same_last


def test_all_that_short_lists_can_make_and_a_note() -> None:
    found = draw("Sunniva Quill", INVENTED)
    assert set(found.same_first) == {
        f"Sunniva {last}" for last in ("Vantorp", "Ashgrove", "Bellwick", "Marrow")
    }
    assert set(found.same_last) == {"Mirela Quill", "Robin Quill"}
    assert (found.reason, found.notes) == (None, (TOO_FEW,))


def test_an_unlisted_name_takes_both_sexes_of_the_lists_it_is_given() -> None:
    found = draw("Zed Nobody", INVENTED)
    assert set(found.same_first) == {f"Zed {last}" for last in INVENTED.last}
    assert Counter(found.same_last) == Counter(
        f"{first} Nobody" for first in ("Mirela", "Ada", "Sunniva", "Robin", "Torvik", "Orlan")
    )
    assert found.notes == (unknown("Zed"), TOO_FEW)


def test_a_spelling_of_the_claimed_name_is_no_decoy() -> None:
    lists = replace(INVENTED, last=("Müller", "Mueller", "Muller", "Quill"), known=("Zed Zed",))
    assert set(draw("ada müller", lists).same_first) == {"ada quill"}
    assert set(draw("ada mueller", lists).same_first) == {"ada quill", "ada muller"}
    assert set(draw("Orlan Quill", lists).same_last) == {"Torvik Quill"} | {"Robin Quill"}
    assert "Quill Orlan" not in draw("Orlan Quill", replace(lists, first_male=("Orlan", "Quill"))).same_last


def test_a_pin_so_that_decoys_stay_what_they_were() -> None:
    found = draw("Sunniva Quill", INVENTED, count=4, seed=3)
    assert found == Matched(("Sunniva Vantorp", "Sunniva Marrow"), ("Mirela Quill", "Robin Quill"))


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="count must be 0 or more"):
        draw("Emma Watson", count=-1)
    with refused("no name"):
        draw("  ")
