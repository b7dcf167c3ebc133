"""Decoys in the style of the claimed name.

There are three groups: the same first name, the same last name, and names that cross the first two, so that the
pairing of a first and a last name can be told from what each does alone.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

import numpy as np

from idia_core.errors import Message
from idia_core.names.lists import NameLists
from idia_core.names.pools import alternate, skip_spellings
from idia_core.names.spelling import is_latin, name_key, normalise_name, reserved_keys

_MAX_LISTED = 20_000  # combinations up to which all are listed
_INITIALS = re.compile(r"[^\W\d_]|([^\W\d_]\.)+[^\W\d_]?")
_TITLES = frozenset(
    "mr mrs ms miss mx dr prof sir dame lord lady rev fr sheikh king queen prince princess pope saint".split()
)
_SUFFIXES = frozenset("jr sr ii iii iv phd md mbe obe cbe esq".split())
_PARTICLES = frozenset(
    """van von der den de del della di da dos das do du des la las los le lo ten ter te zu zum zur af av bin
    bint ibn ben al el abu st saint san santa ap ni""".split()
)
_FAMILY_FIRST = frozenset(
    """wang zhang liu chen yang huang zhao wu zhou xu sun zhu hu guo he lin gao luo zheng liang xie song
    tang deng feng cao peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei su lu ding ren shen
    yao cui zhong fan jin shi liao jia xia fu fang bai zou meng qin qiu hou yin xue yan mao xi li ma kim lee
    park choi jung jeong kang cho yoon jang lim seo shin kwon hwang ahn hong yoo moon bae nguyen tran pham
    phan vo dang bui ngo""".split()
)

NOT_LATIN = Message("match-not-latin")
"""Why a name in another script, or in two, has no matched decoys."""
NOT_TWO_NAMES = Message("match-not-two-names")
"""Why a single word (titles, suffixes and words in quotes aside) has no matched decoys."""
OTHER_INITIALS = Message("match-other-initials")
"""The doubt where there is no first name to tell the sex from."""
TOO_FEW = Message("match-too-few")
"""The doubt where there are fewer decoys than asked for."""


@dataclass(frozen=True)
class Matched:
    """Decoys that share a part of the claimed name and, with it, cues of sex, age and origin."""

    same_first: tuple[str, ...]
    """Same first name, other last names."""
    same_last: tuple[str, ...]
    """Same last name, other first names of the same sex."""
    reason: Message | None = None
    """Why decoys cannot be matched; None when they can."""
    notes: tuple[Message, ...] = ()
    """What is doubtful about the decoys that there are."""


@dataclass(frozen=True)
class StyleNames:
    """All decoys in the style of the claimed name."""

    matched: Matched
    """Those that share the first or the last name, or why there are none."""
    crossed: tuple[str, ...]
    """Those that cross them, as in `draw_crossed`; empty where the pairing is not to be tested."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return all names: same first name, same last name, crossed."""
        return (*self.matched.same_first, *self.matched.same_last, *self.crossed)


def draw_style_names(claimed: str, lists: NameLists, count: int, side: int, seed: int) -> StyleNames:
    """Draw all decoys in the style of the claimed name.

    Args:
        claimed: the claimed name.
        lists: where the other first and last names come from.
        count: names that share its first or its last name; 0 draws none of any kind.
        side: how many of their first names, and of their last names, to cross with each other.
        seed: decides which.
    Returns:
        The names; none, and a reason, where the claimed name cannot be matched.
    Raises:
        IdiaError: the name is unusable.
    """
    if count == 0:
        return StyleNames(Matched((), ()), ())
    matched = draw_matched(claimed, lists, count, np.random.default_rng(seed))
    return StyleNames(matched, draw_crossed(claimed, matched, lists, side))


def draw_matched(claimed: str, lists: NameLists, count: int, rng: np.random.Generator) -> Matched:
    """Draw decoys that share the claimed name's first name (half of them) or its last name (the other half).

    Every decoy has the claimed name's shape: its case, as many words and hyphens, the same titles, middle
    initials and suffix. Particles (`van der`, `al-`) belong to the last name, and so does a word before it
    that the lists know as a last name only. Given names come first, except after a Chinese, Korean or
    Vietnamese family name that stands in front.

    Args:
        claimed: the name as typed; it is normalised here.
        lists: where the other first and last names come from.
        count: decoys wanted, 0 or more; an odd one out is a `same_first`.
        rng: decides which.
    Returns:
        Decoys distinct by `name_key`, none a spelling of the claimed or of a known name; fewer (and a note) when
        the lists make no more; none (and a reason) when the name cannot be matched.
    Raises:
        IdiaError: the name is unusable.
        ValueError: `count` is negative.
    """
    if count < 0:
        raise ValueError(f"count must be 0 or more, got {count}")
    name = normalise_name(claimed)
    if not is_latin(name):
        return Matched((), (), NOT_LATIN)
    words = name.split(" ")
    roles = _roles(words, lists)
    if not roles:
        return Matched((), (), NOT_TWO_NAMES)
    taken = set(reserved_keys(name).union(map(name_key, lists.known)))
    firsts, doubt = _same_sex(_with_role(words, roles, "given"), lists)
    other_last = _variants(words, roles, "family", (lists.last,), rng)
    other_first = _variants(words, roles, "given", firsts, rng)
    same_first = tuple(itertools.islice(skip_spellings(other_last, taken), (count + 1) // 2))
    same_last = tuple(itertools.islice(skip_spellings(other_first, taken), count // 2))
    notes = (doubt, TOO_FEW if len(same_first) + len(same_last) < count else None)
    return Matched(same_first, same_last, notes=tuple(note for note in notes if note is not None))


def draw_crossed(claimed: str, matched: Matched, lists: NameLists, side: int) -> tuple[str, ...]:
    """Cross the claimed name's matched decoys with each other: their first names with their last names.

    With the claimed name and the decoys themselves they make a grid of first and last names. Every cell of the grid
    is needed, so that here, unlike in `draw_matched`, a known name may be among them by chance.

    Args:
        claimed: the name as given to `draw_matched`.
        matched: what `draw_matched` returned for it, from the same lists.
        lists: where the decoys come from.
        side: first names, and last names, to cross; 0 or more.
    Returns:
        side x side names, those of one first name (of the first decoys in `same_last`) together, the last
        names in the order of `same_first`; a smaller square where there are fewer decoys.
    """
    words = normalise_name(claimed).split(" ")
    roles = _roles(words, lists) if matched.same_first and matched.same_last else []
    size = min(side, len(matched.same_first), len(matched.same_last)) if roles else 0
    # Decoys with another last name lack the particles of the claimed one.
    without_particles = [role for role in roles if role != "particle"]
    last = [_with_role(name.split(" "), without_particles, "family") for name in matched.same_first[:size]]
    first = [_with_role(name.split(" "), roles, "given") for name in matched.same_last[:size]]
    kept = [word for word, role in zip(words, roles, strict=True) if role != "particle"] if roles else []
    return tuple(_joined(kept, without_particles, given, family) for given in first for family in last)


def _joined(words: Sequence[str], roles: Sequence[str], given: Sequence[str], family: Sequence[str]) -> str:
    """Replace the words of the first and of the last name."""
    parts = {"given": iter(given), "family": iter(family)}
    return " ".join(
        next(parts[role]) if role in parts else word for word, role in zip(words, roles, strict=True)
    )


def _roles(words: Sequence[str], lists: NameLists) -> list[str]:
    """Assign a role to every word: `given`, `family`, `particle` (of the family name), or `kept` in all decoys.

    Returns:
        One role a word; empty when there are not two words that could be a first and a last name.
    """
    plain = [index for index, word in enumerate(words) if _is_plain(word)]
    while plain and name_key(words[plain[0]]) in _TITLES:
        del plain[0]
    while plain and name_key(words[plain[-1]]) in _SUFFIXES:
        del plain[-1]
    if len(plain) < 2:
        return []
    roles = ["kept"] * len(words)
    for index, role in zip(plain, _plain_roles([words[index] for index in plain], lists), strict=True):
        roles[index] = role
    return roles


def _is_plain(word: str) -> bool:
    """Tell whether a word can be a name: not in quotes or brackets, and more than punctuation."""
    return word[0].isalnum() and (word[-1].isalnum() or word[-1] == ".") and bool(name_key(word))


def _plain_roles(words: Sequence[str], lists: NameLists) -> list[str]:
    """Assign roles to two or more words without titles and suffixes."""
    first = set(map(name_key, lists.first_female + lists.first_male))
    last_only = set(map(name_key, lists.last)) - first
    keys = list(map(name_key, words))
    if keys[0] in _FAMILY_FIRST - first and last_only.isdisjoint(keys[1:]):
        return ["family"] + ["given"] * (len(words) - 1)
    start = len(words) - 1
    while start > 1 and (keys[start - 1] in _PARTICLES or keys[start - 1] in last_only):
        start -= 1
    family = ["particle" if word in _PARTICLES else "family" for word in keys[start:-1]]
    return [*_given_roles(words[:start], first), *family, "family"]


def _given_roles(words: Sequence[str], first: set[str]) -> list[str]:
    """Assign `given` to the first full word and to every listed first name; to all if all are initials."""
    if _are_initials(words):
        return ["given"] * len(words)
    first_full = [_are_initials([word]) for word in words].index(False)
    listed = [not first.isdisjoint(map(name_key, (word, *word.split("-")))) for word in words]
    return ["given" if index == first_full or listed[index] else "kept" for index in range(len(words))]


def _with_role(words: Sequence[str], roles: Sequence[str], role: str) -> list[str]:
    return [word for word, own_role in zip(words, roles, strict=True) if own_role == role]


def _are_initials(words: Sequence[str]) -> bool:
    return all(_INITIALS.fullmatch(word) for word in words)


def _same_sex(given: Sequence[str], lists: NameLists) -> tuple[tuple[tuple[str, ...], ...], Message | None]:
    """Choose the lists of first names to draw from, and tell what is doubtful about the choice."""
    both = (lists.first_female, lists.first_male)
    if _are_initials(given):
        return both, OTHER_INITIALS
    female, male = (set(map(name_key, names)) for names in both)
    for part in map(name_key, (given[0], *given[0].split("-"))):
        if (part in female) != (part in male):
            return (lists.first_female if part in female else lists.first_male,), None
    return both, Message("match-sex-unknown", {"first_name": given[0]})


def _variants(
    words: Sequence[str],
    roles: Sequence[str],
    role: str,
    choices: Sequence[Sequence[str]],
    rng: np.random.Generator,
) -> Iterator[str]:
    """Yield the name with the words of one role replaced, from the one or two lists of choices in turn."""
    letters = _are_initials(_with_role(words, roles, role))
    frame = _frame(words, roles, role, letters=letters)
    plain = [[name for name in names if not {" ", "-"} & set(name)] for names in choices]
    filled = [_filled(frame, names, _case(words), rng) for names in ([ascii_uppercase] if letters else plain)]
    return alternate(filled[0], filled[1] if len(filled) > 1 else ())


def _case(words: Sequence[str]) -> str:
    """Return the case in which a name is typed: `lower`, `upper` or, where mixed, an empty text."""
    text = "".join(words)
    return "lower" if text.islower() else "upper" if text.isupper() else ""


def _frame(words: Sequence[str], roles: Sequence[str], role: str, *, letters: bool) -> list[str | None]:
    """Split a name into text that stays and gaps (None) to fill: parts between hyphens, or single letters."""
    frame: list[str | None] = []
    for word, own_role in zip(words, roles, strict=True):
        if own_role == "particle" and role == "family":
            continue
        frame += [" "] if frame else []
        if own_role != role:
            frame.append(word)
        elif letters:
            frame += [None if character.isalpha() else character for character in word]
        else:
            parts = [name_key(part) for part in word.split("-")]
            count = sum(bool(part) and not (role == "family" and part in _PARTICLES) for part in parts)
            frame += [None, *["-", None] * (count - 1)]
    return frame


def _filled(
    frame: Sequence[str | None], names: Sequence[str], case: str, rng: np.random.Generator
) -> Iterator[str]:
    """Yield the frame with its gaps filled, in random order, in the given case."""
    for row in _rows(names, frame.count(None), rng):
        parts = iter(row)
        name = "".join(next(parts) if piece is None else piece for piece in frame)
        yield name.lower() if case == "lower" else name.upper() if case == "upper" else name


def _rows(names: Sequence[str], gaps: int, rng: np.random.Generator) -> Iterator[tuple[str, ...]]:
    """Yield distinct ways to fill the gaps: all of them up to `_MAX_LISTED`, else as many as there are names."""
    if len(names) ** gaps <= _MAX_LISTED:
        every = list(itertools.product(names, repeat=gaps))
        yield from (every[index] for index in np.argsort(rng.random(len(every)), kind="stable"))
        return
    columns = [np.argsort(rng.random(len(names)), kind="stable") for _ in range(gaps)]
    yield from (tuple(names[index] for index in row) for row in zip(*columns, strict=True))
