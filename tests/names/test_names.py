"""Candidate names: cleaning and comparing, seeded pools with exact counts, and the shipped lists."""

from __future__ import annotations

import re
import time
import unicodedata
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idia_core import names
from idia_core.attack.prompts import PAPER, render
from idia_core.errors import IdiaError
from idia_core.names import MAX_LENGTH, MAX_POOL, NameLists, draw_decoys, draw_pool, name_key, normalise_name
from idia_core.names.pools import _pairs
from idia_core.names.spelling import reserved_keys, spelling_keys
from idia_core.settings import ASSETS
from idia_core.text import advise, tell
from tests.conftest import refused

SAME_EACH_TIME = settings(deadline=None, derandomize=True, database=None)
FOLDER = ASSETS / "names"
WEB = names.load_lists(FOLDER, "web")
EVERY = {path.name: names.load_lists(FOLDER, path.name) for path in sorted(FOLDER.iterdir()) if path.is_dir()}
SMALL = NameLists(
    id="small",
    known=("Beyoncé", "Yao Ming", "Gerhard Schröder", "Ada Ek", "O'Neil Bo", "Uma Vik"),
    first_female=("Ada", "Bea", "Cyd", "Kim"),
    first_male=("Abe", "Bob", "Kim"),
    last=("Ash", "Box", "Cole", "Dahl", "Ek", "Fox"),
    source="made up",
)
SMALL_NAMES = 6 + 4 * 6 + 3 * 6 - 1 - 6
"""Known, female and male pairs, less `Ada Ek` (known) and the six of `Kim` that both sexes share."""


def keys(some: tuple[str, ...]) -> list[str]:
    return [name_key(name) for name in some]


# One name as text


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Ada \t\n Li  ", "Ada Li"),
        ("Ada\u00a0\u3000Li", "Ada Li"),
        ("Beyonce\u0301", "Beyonc\u00e9"),
        ("Ada\u200b\u00ad Li\ufeff", "Ada Li"),
        ("\u202eAda\u202c \u2066Li\u2069\u200f", "Ada Li"),
        ("A\x00d\x1ba Li\x7f", "Ada Li"),
        ("Ada\ud83d Li\ue000", "Ada Li"),
        ("A\u200dda\u200c Li", "Ada Li"),
        ("Ada 👩\u200d🚀 Li", "Ada 👩🚀 Li"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("شری\u200c", "شری"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("Ở\u200dỞ", "ỞỞ"),
        ("\u3164Ada\u115f", "Ada"),
        (" " * 1597 + "Ada", "Ada"),
        ("עדה לי", "עדה לי"),
        ("李艾達", "李艾達"),
        ("{0} (Ada) [Li] .*+?^$| \\1 <b>", "{0} (Ada) [Li] .*+?^$| \\1 <b>"),
        ("aDa O'LI-van", "aDa O'LI-van"),
        ("X", "X"),
        ("x" * MAX_LENGTH, "x" * MAX_LENGTH),
        ("e\u0301" * MAX_LENGTH, "\u00e9" * MAX_LENGTH),
        (" " * 500 + "Ada" + "\u200b" * 500, "Ada"),
    ],
)
def test_a_typed_name_is_cleaned_and_otherwise_left_alone(typed: str, name: str) -> None:
    assert normalise_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "problem", "step"),
    [
        ("", "no name", "Type the name"),
        (" \t\u200b\u202e\u3164", "no name", "Type the name"),
        ("50", "no letter", "in letters"),
        ("🎉 !?", "no letter", "in letters"),
        ("\u02bc\u0640", "no letter", "in letters"),
        ("\u0301\u0301", "no letter", "in letters"),
        ("x" * (MAX_LENGTH + 1), "81 characters", "at most 80"),
        ("x" * 1_000_000, "1,000,000 characters", "at most 80"),
        (" " * 1598 + "Ada", "1,601 characters", "at most 80"),
    ],
)
def test_an_unusable_name_is_refused_with_what_to_do(typed: str, problem: str, step: str) -> None:
    with pytest.raises(IdiaError) as caught:
        normalise_name(typed)
    assert problem in tell(caught.value.message)
    assert step in advise(caught.value.message)


@SAME_EACH_TIME
@given(
    st.text(
        st.one_of(st.sampled_from("aé \u200d\u200c\u202e\u0301علිශ්\u0bcd\u200bक्👩"), st.characters()),
        max_size=30,
    )
)
def test_cleaning_is_done_once_and_leaves_nothing_hidden(typed: str) -> None:
    try:
        name = normalise_name(typed)
    except IdiaError:
        return
    assert normalise_name(name) == name
    assert unicodedata.is_normalized("NFC", name)
    assert 1 <= len(name) <= 80
    assert name.strip() == name
    hidden = {character for character in name if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co")}
    assert hidden <= {"\u200c", "\u200d"}
    name.encode()
    assert any(character.isalpha() for character in name_key(name))


@pytest.mark.parametrize(
    "alike",
    [
        (
            "Beyoncé",
            "beyonce",
            "BEYONCÉ",
            "Beyonce\u0301",
            " beyonce. ",
            "Ｂeyoncé",
            "𝐁eyoncé",
            "beyoncé\ufe0f",
        ),
        ("O'Brien", "O’Brien", "OBRIEN", "o brien", "Oʼbrien"),
        ("Jean-Claude Van Damme", "jean claude vandamme", "Jean‑Claude Van Damme"),
        ("Søren Łukasz Đorđe Þór Æsa Œil", "Soren Lukasz Dorde Thor Aesa Oeil"),
        ("Weiß", "WEISS", "Weiẞ"),
        ("İpek Işık", "ipek ışık", "IPEK ISIK"),
        ("J. K. Rowling", "jk rowling"),
        ("مُحَمَّد", "محمد", "محـمد"),
        ("שָׁלוֹם", "שלום"),
        ("Σωκράτης", "σωκρατησ"),
        ("Алёна", "алена"),
    ],
)
def test_spellings_of_one_name_share_a_key(alike: tuple[str, ...]) -> None:
    assert len({name_key(name) for name in alike}) == 1
    assert name_key(alike[0])


@pytest.mark.parametrize(
    "different",
    [
        ("Ana", "Ann", "Anna", "Hana"),
        ("के", "का", "कि", "क"),
        ("かき", "がき"),
        ("กา", "กุ", "กู"),
        ("佐々木", "佐木"),
        ("李", "王"),
        ("Louis 1", "Louis 2"),
    ],
)
def test_different_names_have_different_keys(different: tuple[str, ...]) -> None:
    assert len({name_key(name) for name in different}) == len(different)


@SAME_EACH_TIME
@given(st.text(st.characters(max_codepoint=127), min_size=1))
def test_the_short_cut_for_plain_letters_agrees_with_the_long_way(name: str) -> None:
    assert name_key(name) == name_key(name + "\u0301")
    assert name_key(name) == "".join(character for character in name.lower() if character.isalnum())


@SAME_EACH_TIME
@given(st.lists(st.sampled_from(WEB.last), min_size=1, max_size=4))
def test_a_key_is_the_keys_of_its_words(words: list[str]) -> None:
    assert name_key(" ".join(words)) == "".join(map(name_key, words))


def test_two_letters_for_an_umlaut_are_a_spelling() -> None:
    assert spelling_keys("Jürgen Ångström") == {"jurgenangstrom", "juergenaangstroem"}
    assert spelling_keys("ÜNAL") == spelling_keys("U\u0308nal") == {"unal", "uenal"}
    assert spelling_keys("Jorgen") == {"jorgen"}


def test_no_decoy_may_be_the_name_in_another_order() -> None:
    assert reserved_keys("Yao Ming") == {"yaoming", "mingyao"}
    assert reserved_keys("Ana Bo Cruz") == {"anabocruz", "bocruzana", "cruzanabo"}
    assert reserved_keys("Beyoncé") == {"beyonce"}


# Decoys


def test_a_small_draw_is_what_it_always_was() -> None:
    assert draw_decoys(SMALL, 12, 7) == (
        "Ada Ek",
        "Bea Ek",
        "O'Neil Bo",
        "Kim Ash",
        "Beyoncé",
        "Cyd Fox",
        "Gerhard Schröder",
        "Bob Fox",
        "Uma Vik",
        "Ada Box",
        "Yao Ming",
        "Abe Box",
    )


@SAME_EACH_TIME
@given(size=st.integers(0, SMALL_NAMES), smaller=st.integers(0, SMALL_NAMES), seed=st.integers(0, 2**70))
def test_decoys_are_exactly_as_many_distinct_and_a_prefix_of_more(size: int, smaller: int, seed: int) -> None:
    drawn = draw_decoys(SMALL, size, seed)
    assert len(drawn) == size
    assert len(set(keys(drawn))) == size
    assert draw_decoys(SMALL, min(size, smaller), seed) == drawn[:smaller]


@settings(SAME_EACH_TIME, max_examples=25)
@given(seed=st.integers(0, 10_000), size=st.integers(0, 1640))
def test_half_of_every_prefix_is_known_and_the_sexes_are_equal(seed: int, size: int) -> None:
    drawn = draw_decoys(WEB, size, seed)
    known = [name for name in drawn if name in set(WEB.known)]
    assert len(known) == (size + 1) // 2
    assert list(drawn[::2]) == known
    female, male = set(WEB.first_female), set(WEB.first_male)
    mixed = drawn[1::2]
    assert all(name.split(" ")[0] in female for name in mixed[::2])
    assert all(name.split(" ")[0] in male for name in mixed[1::2])


def test_when_the_known_are_used_up_all_are_drawn_and_none_is_a_known_name() -> None:
    drawn = draw_decoys(WEB, 3000, 1)
    known = set(keys(WEB.known))
    assert sum(name in set(WEB.known) for name in drawn) == len(WEB.known) == 820
    assert [name for name in drawn[1640:] if name_key(name) in known] == []
    assert {name for name in drawn if name_key(name) in known} == set(WEB.known)


def test_every_name_the_lists_can_make_comes_and_then_a_clear_end() -> None:
    drawn = draw_decoys(SMALL, SMALL_NAMES, 3)
    pairs = {f"{first} {last}" for first in SMALL.first_female + SMALL.first_male for last in SMALL.last}
    assert set(drawn) == pairs | set(SMALL.known)
    with pytest.raises(IdiaError) as caught:
        draw_decoys(SMALL, SMALL_NAMES + 1, 3)
    assert f"only {SMALL_NAMES} decoys" in tell(caught.value.message)
    assert f"at most {SMALL_NAMES + 1} " in advise(caught.value.message)
    assert len(draw_pool("Zed", SMALL, SMALL_NAMES + 1, 3).names) == SMALL_NAMES + 1


def test_known_spellings_of_one_name_come_once() -> None:
    twice = replace(SMALL, known=("Beyoncé", "BEYONCE", "Gerhard Schroeder", "Gerhard Schröder"))
    drawn = draw_decoys(twice, 10, 0)
    assert sum(name in twice.known for name in drawn) == 2


def test_the_seed_decides_and_each_stream_is_its_own() -> None:
    assert draw_decoys(WEB, 200, 0) == draw_decoys(WEB, 200, 0)
    assert draw_decoys(WEB, 200, 0)[::2] != draw_decoys(WEB, 200, 1)[::2]
    assert draw_decoys(WEB, 200, 0)[1::2] != draw_decoys(WEB, 200, 1)[1::2]
    twenty = tuple(f"{chr(65 + index)}a" for index in range(20))
    square = NameLists("square", tuple(f"K {name}" for name in twenty), twenty, twenty, twenty, "")
    drawn = draw_decoys(square, 40, 0)
    female, male = ([name.split(" ") for name in drawn[start::4]] for start in (1, 3))
    orders = [[twenty.index(word[place]) for word in sex] for sex in (female, male) for place in (0, 1)]
    orders.append([twenty.index(name.split(" ")[1]) for name in drawn[::2]][:10])
    assert len({tuple(order) for order in orders}) == 5


def test_drawn_names_do_not_depend_on_who_is_known() -> None:
    foreign = replace(SMALL, known=("Zed One", "Zed Two", "Zed Three"))
    with_known = [name for name in draw_decoys(foreign, 38, 5) if name not in foreign.known]
    assert with_known == list(draw_decoys(replace(SMALL, known=()), 35, 5))


@SAME_EACH_TIME
@given(firsts=st.integers(1, 12), lasts=st.integers(1, 12), seed=st.integers(0, 9))
def test_every_pair_comes_once_and_every_part_before_it_comes_again(
    firsts: int, lasts: int, seed: int
) -> None:
    first, last = [f"F{index}" for index in range(firsts)], [f"L{index}" for index in range(lasts)]
    pairs = [name.split(" ") for name in _pairs(first, last, seed, 1)]
    assert Counter(map(tuple, pairs)) == Counter((one, other) for one in first for other in last)
    assert len({one for one, _ in pairs[:firsts]}) == min(firsts, len(pairs))
    assert len({other for _, other in pairs[: min(lasts, firsts)]}) == min(lasts, firsts)


@pytest.mark.parametrize("seed", range(20))
def test_every_name_can_come_first(seed: int) -> None:
    assert len({draw_decoys(SMALL, 1, seed * 40 + step) for step in range(40)}) > 3


def test_bad_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="size must be 0 or more"):
        draw_decoys(SMALL, -1, 0)
    for draw in (lambda: draw_decoys(SMALL, 3, -1), lambda: draw_pool("Zed", SMALL, 3, -1)):
        with pytest.raises(IdiaError) as caught:
            draw()
        assert "-1" in tell(caught.value.message)
        assert "0 or" in advise(caught.value.message)


# Pools


@pytest.mark.parametrize("claimed", ["beyonce", "BEYONCÉ", "Beyonce\u0301", " Beyoncé ", "\u202eBeyoncé"])
def test_the_claimed_name_is_there_once_as_typed(claimed: str) -> None:
    found = draw_pool(claimed, WEB, 1700, 0)
    assert found.names[-1] == normalise_name(claimed)
    assert keys(found.names).count("beyonce") == 1
    assert found.names[:-1] == tuple(name for name in draw_decoys(WEB, 1700, 0) if name != "Beyoncé")
    assert (found.known_among(1700), len(found.names), found.claimed_index) == (819, 1700, 1699)


@pytest.mark.parametrize(
    ("claimed", "rival"),
    [
        ("Ming Yao", "Yao Ming"),
        ("Gerhard Schroeder", "Gerhard Schröder"),
        ("gerhard schroder", "Gerhard Schröder"),
        ("Schröder Gerhard", "Gerhard Schröder"),
        ("ONeil-Bo", "O'Neil Bo"),
        ("fox kim", "Kim Fox"),
    ],
)
def test_no_spelling_of_the_claimed_name_is_a_decoy(claimed: str, rival: str) -> None:
    assert rival in draw_decoys(SMALL, SMALL_NAMES, 0)
    found = draw_pool(claimed, SMALL, SMALL_NAMES, 0)
    assert rival not in found.names
    assert set(found.names[:-1]) == set(draw_decoys(SMALL, SMALL_NAMES, 0)) - {rival}


@SAME_EACH_TIME
@given(
    size=st.integers(2, 30),
    seed=st.integers(0, 500),
    place=st.integers(0, SMALL_NAMES - 1),
    change=st.sampled_from([str, str.upper, str.lower, lambda name: f" ({name}) "]),
)
def test_a_pool_has_exactly_n_distinct_names_and_the_claimed_one_last(size, seed, place, change) -> None:  # type: ignore[no-untyped-def]
    claimed = change(draw_decoys(SMALL, SMALL_NAMES, seed)[place])
    found = draw_pool(claimed, SMALL, size, seed)
    assert len(found.names) == len(set(keys(found.names))) == size
    assert found.names[found.claimed_index] == found.names[-1] == normalise_name(claimed)
    assert found.lists_id == "small"
    known = found.known_among(size)
    assert known == len(set(found.names[:-1]) & set(SMALL.known))
    assert abs(known - (size - 1) / 2) <= 1 or known >= len(SMALL.known) - 1
    rest = [name for name in draw_decoys(SMALL, SMALL_NAMES, seed) if name_key(name) != name_key(claimed)]
    assert list(found.names[:-1]) == rest[: size - 1]


CLAIMS = (
    *(name for name in draw_decoys(WEB, 400, 7) if name in WEB.known),  # listed, at every place of the pool
    *(WEB.known[at] for at in range(0, 820, 8)),  # listed, before and behind the pool's end
    *draw_decoys(WEB, 130, 7)[1::4],  # drawn names
    *("Zelda Quux", "beyonce", "BEYONCÉ", "Yao Ming", "emma watson", "李艾達"),
)


@pytest.mark.parametrize("start", range(0, len(CLAIMS), 60))
def test_known_names_are_counted_exactly_for_every_truncation(start: int) -> None:
    known = set(WEB.known)
    for claimed in CLAIMS[start : start + 60]:
        for size in (2, 3, 400):
            found = draw_pool(claimed, WEB, size, 7)
            assert found.known == tuple(name in known for name in found.names[:-1])
            for few in {2, 3, 4, 5, 51, 100, 101, 250, 399, 400}:
                if few <= size:
                    decoys = found.names[: few - 1]
                    assert found.known_among(few) == sum(decoy in known for decoy in decoys), (claimed, few)


def test_the_claims_of_that_test_are_two_hundred_and_more() -> None:
    assert len(CLAIMS) > 200
    assert sum(claimed in set(WEB.known) for claimed in CLAIMS) > 200


def test_when_the_claimed_name_is_listed_the_order_alone_does_not_tell_how_many_are_known() -> None:
    """A known decoy is missing, so that two drawn names follow each other: the guess from the order is off."""
    found = draw_pool(draw_decoys(WEB, 400, 7)[0], WEB, 400, 7)
    assert any(found.known_among(size) != size // 2 for size in range(2, 401))


def test_a_name_from_nowhere_leaves_the_decoys_as_they_are() -> None:
    found = draw_pool("Zelda Quux", WEB, 1000, 4)
    assert found.names[:-1] == draw_decoys(WEB, 999, 4)
    assert found.known_among(1000) == 500
    assert draw_pool("Zelda Quux", WEB, 300, 4).names[:-1] == found.names[:299]


@pytest.mark.parametrize("size", [-1, 0, 1, MAX_POOL + 1])
def test_a_pool_size_out_of_range_is_refused(size: int) -> None:
    with pytest.raises(IdiaError) as caught:
        draw_pool("Ada Li", WEB, size, 0)
    assert f"{size:,}" in tell(caught.value.message)
    assert "2 to 100,000" in advise(caught.value.message)


def test_an_empty_name_has_no_pool() -> None:
    with refused("no name"):
        draw_pool(" \u200b", WEB, 10, 0)


def test_the_largest_pool_is_exact_and_quick() -> None:
    start = time.process_time()
    found = draw_pool("beyonce", WEB, MAX_POOL, 0)
    assert time.process_time() - start < 2
    assert len(set(keys(found.names))) == MAX_POOL == 100_000
    assert found.known_among(MAX_POOL) == 819


@pytest.mark.parametrize(
    "name",
    [
        "Ada (the {0}) Li [x] .*+?^$|\\1",
        "{name!r} Li",
        '%s O\'Li "q"',
        "Zoë Ñandú",
        "Ada 👩\u200d🚀 Li",
        "עדה לי",
        "علی\u200cرضا",
        "李艾達",
        "Ⅷ Henry",
        "x" * 80,
    ],
)
def test_an_awkward_name_goes_through_pool_and_templates_unharmed(name: str) -> None:
    found = draw_pool(name, WEB, 50, 0)
    cleaned = normalise_name(name)
    assert found.names[-1] == cleaned
    for template in PAPER.templates:
        assert render(template, found.names[-1]) == cleaned.join(template.split("{0}"))


# The shipped lists


@pytest.mark.parametrize("lists", EVERY.values(), ids=EVERY)
def test_the_shipped_lists_are_clean_and_distinct(lists: NameLists) -> None:
    for some in (lists.known, lists.first_female, lists.first_male, lists.last):
        assert [name for name in some if normalise_name(name) != name] == []
        assert [name for name, count in Counter(keys(some)).items() if count > 1] == []
    assert len(draw_decoys(lists, 1000, 0)) == 1000


@pytest.mark.parametrize(
    "path", sorted(FOLDER.glob("*/*.txt")), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_every_list_says_where_it_comes_from_and_its_licence(path: Path) -> None:
    head = path.read_text(encoding="utf-8").split("\n\n")[0].splitlines()[:4]
    comment = " ".join(line for line in head if line.startswith("#")).lower()
    assert "source" in comment or "invented" in comment
    assert "licence" in comment
    assert path.name in EVERY[path.parent.name].source


def test_the_readme_of_the_web_lists_counts_right() -> None:
    table = dict(
        re.findall(r"^\| `(\w+\.txt)` \| (\d+) ", (FOLDER / "web/README.md").read_text("utf-8"), re.M)
    )
    counted = {
        path.name: str(sum(bool(line) and line[0] != "#" for line in path.read_text("utf-8").splitlines()))
        for path in (FOLDER / "web").glob("*.txt")
    }
    assert table == counted


def test_the_known_are_many_and_of_both_sexes_equally() -> None:
    sexes: Counter[str] = Counter()
    sex = ""
    for line in (FOLDER / "web/known.txt").read_text("utf-8").splitlines():
        if line.startswith(("# women:", "# men:")):
            sex = line.split(":")[0]
        elif line and line[0] != "#":
            sexes[sex] += 1
    assert sexes == {"# women": 410, "# men": 410}


def test_census_names_are_written_as_people_write_them() -> None:
    last = set(WEB.last)
    assert {"McDonald", "MacDonald", "McGee", "O'Brien", "O'Neal", "De Leon", "De La Cruz", "LeBlanc"} <= last
    assert {"Mack", "Mackey", "Macias", "Odom", "Ochoa", "Dubois", "Fitzgerald", "Nguyen", "Okafor"} <= last
    assert {"Mcdonald", "Obrien", "MacK", "MacKey", "O'Dom"}.isdisjoint(last)
    assert {"John", "Mary"} <= set(WEB.first_female + WEB.first_male)
    assert "John" not in WEB.first_female
    assert "Mary" not in WEB.first_male
    assert {"Kelly"} <= set(WEB.first_female) & set(WEB.first_male)


def test_about_half_of_the_drawn_last_names_come_from_the_world_list() -> None:
    lines = (FOLDER / "web/last_world.txt").read_text("utf-8").splitlines()
    world = {line for line in lines if line and line[0] != "#"}
    drawn = [name.split(" ", 1)[1] for name in draw_decoys(WEB, 1600, 0)[1::2]]
    assert 0.44 < sum(last in world for last in drawn) / len(drawn) < 0.54


def test_loading_the_lists_takes_milliseconds() -> None:
    start = time.process_time()
    for _ in range(10):
        names.load_lists(FOLDER, "web")
    assert (time.process_time() - start) / 10 < 0.05


def write(folder: Path, **texts: str) -> Path:
    (folder / "mine").mkdir()
    whole = {"known": "Ada Li", "first_female": "Ada", "first_male": "Bob", "last": "Li", **texts}
    for stem, text in whole.items():
        (folder / "mine" / f"{stem}.txt").write_bytes(text.encode())
    return folder


def test_a_list_is_read_without_comments_blanks_and_repeats_and_the_world_follows(tmp_path: Path) -> None:
    known = "\ufeff# Source: me.\r\n# Licence: CC0.\r\n\r\n# women\r\n Ada Li \r\nZoë\r\nAda Li\r\n"
    lists = names.load_lists(write(tmp_path, known=known, last="Li\nFox", last_world="Fox\nŐsz\n"), "mine")
    assert lists.known == ("Ada Li", "Zoë")
    assert lists.last == ("Li", "Fox", "Ősz")
    assert (lists.id, lists.first_female, lists.first_male) == ("mine", ("Ada",), ("Bob",))
    assert lists.source.splitlines()[0] == "known.txt: Source: me. Licence: CC0."


@pytest.mark.parametrize("stem", ["known", "first_female", "first_male", "last"])
def test_a_missing_or_empty_or_broken_list_is_named(tmp_path: Path, stem: str) -> None:
    path = write(tmp_path) / "mine" / f"{stem}.txt"
    for content in (b"# only a comment\n\n", b"Ad\xe9 Li", None):
        path.unlink() if content is None else path.write_bytes(content)
        with pytest.raises(IdiaError) as caught:
            names.load_lists(tmp_path, "mine")
        assert f"{stem}.txt" in tell(caught.value.message)
        assert "one a line" in advise(caught.value.message) or "one name a line" in advise(
            caught.value.message
        )
