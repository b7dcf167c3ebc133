"""What went wrong, or is worth knowing, as a code with values; `text` has the sentences."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int | float
"""Fills a placeholder of a sentence."""


@dataclass(frozen=True)
class Message:
    """Something to tell a person."""

    code: str
    """Key of the sentence in `text`; programs may rely on it."""
    values: Mapping[str, Value | Message] = field(default_factory=dict)
    """What the sentence is filled with; a message among them is told in its place."""


class IdiaError(Exception):
    """A person's mistake, or a missing thing that a person can supply.

    Its own text is the code alone, so that nothing of a visitor's reaches a log through it.
    """

    def __init__(self, code: str, /, **values: object) -> None:
        """Keep code and values apart, so that each door can tell them in its own way.

        Args:
            code: key of the sentence in `text`; its attribute `hint` says what to do next.
            values: what the sentence is filled with; nothing of a photo's contents. Paths and the like become text.
        """
        super().__init__(code)
        plain = {
            name: value if isinstance(value, str | int | float | Message) else str(value)
            for name, value in values.items()
        }
        self.message = Message(code, plain)

    def __reduce__(self) -> tuple[object, ...]:
        """Cross to another process with the values."""
        return _again, (self.message.code, dict(self.message.values))


def _again(code: str, values: Mapping[str, Value | Message]) -> IdiaError:
    return IdiaError(code, **values)


def kind_and_place(error: BaseException) -> str:
    """Describe a caught error by its type and the line that raised it, and by no word of its own."""
    raised = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {raised.filename}:{raised.lineno}"
