"""Every sentence that a person reads: one file of Fluent messages for each language, looked up by code.

The core tells codes with values (`errors.Message`); a door turns them into sentences here. A message may have the
attribute `hint`: what to do next. A second language is one more `.ftl` file with the same keys.

Source of the format: https://projectfluent.org
"""

from __future__ import annotations

import numbers
import re
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fluent.runtime import FluentBundle, FluentResource

from idia_core.errors import Message, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGE: ContextVar[str] = ContextVar("language", default="en")
"""The language in which this task or thread speaks; a file of this name lies beside this one."""


def say(key: str, /, **values: Value | Message) -> str:
    """Return a message in the current language.

    Args:
        key: of the message.
        values: fill its placeholders; whole numbers are grouped as the language does, strings go in as they are.
    Returns:
        Plain text; whoever shows it escapes it.
    Raises:
        ValueError: there is no such message, or a value is missing (a bug of the caller).
    """
    return _format(key, None, values)


def hint(key: str, /, **values: Value | Message) -> str:
    """Return what a message advises to do next, or else what a message among its values does; may be empty.

    Arguments as for `say`.
    """
    if "hint" in _message(key).attributes:
        return _format(key, "hint", values)
    return next((advise(value) for value in values.values() if isinstance(value, Message)), "")


def tell(message: Message) -> str:
    """Return the sentence of a code with values that came from the core."""
    return say(message.code, **message.values)


def advise(message: Message) -> str:
    """Return what such a message advises to do next; may be empty."""
    return hint(message.code, **message.values)


def tell_whole(message: Message) -> str:
    """Return both sentences on one line."""
    return f"{tell(message)} {advise(message)}".strip()


def has(key: str) -> bool:
    """Tell whether there is such a message in the current language."""
    return bool(_bundle(LANGUAGE.get()).has_message(key))


def say_all(prefix: str, **values: Value | Message) -> tuple[str, ...]:
    """Return the messages `prefix-1`, `prefix-2`, ... for as long as there are any."""
    return tuple(say(key, **values) for key in _numbered(prefix))


def attribute(key: str, name: str, /, **values: Value | Message) -> str:
    """Return a named part of a message, for example the text below a title."""
    return _format(key, name, values)


def slug(code: str) -> str:
    """Turn a code of the core, for example `p_general<=0.01`, into the end of a key: `p-general-0-01`."""
    return re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-")


def _numbered(prefix: str) -> Iterator[str]:
    number = 1
    while _bundle(LANGUAGE.get()).has_message(f"{prefix}-{number}"):
        yield f"{prefix}-{number}"
        number += 1


def _format(key: str, part: str | None, values: dict[str, Any]) -> str:
    message = _message(key)
    pattern = message.value if part is None else message.attributes[part]
    filled = {name: _native(value) for name, value in values.items()}
    text, faults = _bundle(LANGUAGE.get()).format_pattern(pattern, filled)
    if faults:
        raise ValueError(f"the message {key} cannot be filled in: {faults[0]}")
    return str(text)


def _message(key: str) -> Any:
    bundle = _bundle(LANGUAGE.get())
    if not bundle.has_message(key):
        raise ValueError(f"there is no message {key}")
    return bundle.get_message(key)


def _native(value: object) -> object:
    """Turn numpy's numbers into Python's, and messages into their sentences."""
    if isinstance(value, Message):
        return tell(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    return float(value) if isinstance(value, numbers.Real) else value


@cache
def _bundle(language: str) -> Any:
    source = (Path(__file__).parent / f"{language}.ftl").read_text(encoding="utf-8")
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(FluentResource(source))
    return bundle
