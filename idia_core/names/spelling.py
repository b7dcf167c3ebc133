"""Clean a typed name, and tell whether two spellings are one name.

Two names are the same when their `name_key` is the same, whatever their case, accents or punctuation. Names are not
compared by sound: Sara and Sarah are two names.
"""

from __future__ import annotations

import unicodedata

from idia_core.errors import IdiaError

MAX_LENGTH = 80
"""Characters in a name."""

_ASCII_IGNORED = dict.fromkeys(code for code in range(128) if not chr(code).isalnum())
_ONE_LETTER = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "n"}
)
_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_JOINERS = "\u200c\u200d"  # zero-width: needed by some scripts, invisible in all others
_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0"


def normalise_name(text: str) -> str:
    """Turn what a visitor typed into a name.

    The name is composed (NFC), without control, format, direction and private characters, with single spaces. The
    zero-width joiners stay between letters of a script that needs them (Persian, Sinhala and others) and are removed
    elsewhere, so that a joined emoji falls into its parts. Case, accents, brackets and symbols stay as typed.

    Args:
        text: anything.
    Returns:
        1 to `MAX_LENGTH` characters with at least one letter of any script.
    Raises:
        IdiaError: empty, without a letter, or too long.
    """
    if len(text) > 20 * MAX_LENGTH:
        raise _too_long(len(text))
    seen = "".join(map(_without_invisible, text))
    name = unicodedata.normalize("NFC", " ".join(_without_loose_joiners(seen).split()))
    if not name:
        raise IdiaError("name-missing")
    if len(name) > MAX_LENGTH:
        raise _too_long(len(name))
    if not any(character.isalpha() for character in name_key(name)):
        raise IdiaError("name-without-letter")
    return name


def name_key(name: str) -> str:
    """Reduce a name to what its spellings share: `Beyoncé`, `BEYONCE` and `beyonce.` have one key.

    Case, accents, vowel points, punctuation, spaces and symbols are dropped; letters and digits of every script stay,
    and so do the marks that act as letters (Indic and Thai vowel signs, kana voicing).

    Args:
        name: any text.
    Returns:
        The key; empty when the text has no letter and no digit.
    Source: Unicode canonical combining classes (UAX 44): 10 to 36 are Hebrew, Arabic and Syriac points, 200 and
        more are accents.
    """
    if name.isascii():
        return name.lower().translate(_ASCII_IGNORED)
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(filter(_is_in_key, folded.translate(_ONE_LETTER)))


def spelling_keys(name: str) -> frozenset[str]:
    """Return the keys under which a name may be written: `Müller` also as `Mueller`."""
    if name.isascii():
        return frozenset((name_key(name),))
    return frozenset(
        (name_key(name), name_key(unicodedata.normalize("NFC", name).casefold().translate(_TWO_LETTERS)))
    )


def reserved_keys(name: str) -> frozenset[str]:
    """Return the keys that no decoy beside this name may have: its own, with the first or last word moved too."""
    words = name.split(" ")
    orders = (name, " ".join([*words[1:], words[0]]), " ".join([words[-1], *words[:-1]]))
    return frozenset().union(*map(spelling_keys, orders))


def is_latin(name: str) -> bool:
    """Tell whether every letter of the name is a Latin one."""
    return all(
        "LATIN" in unicodedata.name(letter, "") for letter in name if letter.isalpha() and _is_in_key(letter)
    )


def _too_long(length: int) -> IdiaError:
    return IdiaError("name-too-long", length=length, max_length=MAX_LENGTH)


def _without_invisible(character: str) -> str:
    """Return the character, a space for anything blank, or nothing for an invisible character."""
    if character.isspace() or character in _BLANK_LETTERS:
        return " "
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co")
    return "" if hidden and character not in _JOINERS else character


def _without_loose_joiners(text: str) -> str:
    def needed(index: int) -> bool:
        sides = (text[index - 1 : index], text[index + 1 : index + 2])
        return all("\u0600" <= side <= "\u1cff" and unicodedata.category(side)[0] in "LM" for side in sides)

    return "".join(
        character for index, character in enumerate(text) if character not in _JOINERS or needed(index)
    )


def _is_in_key(character: str) -> bool:
    """Tell whether a decomposed character is part of a key."""
    if "\u02b0" <= character <= "\u02ff" or character == "\u0640":
        return False  # apostrophes and the Arabic stretching sign: letters by category only
    if unicodedata.category(character)[0] != "M":
        return character.isalnum()
    combining_class = unicodedata.combining(character)
    variation_selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return combining_class < 200 and not 10 <= combining_class <= 36 and not variation_selector
