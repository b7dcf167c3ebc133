"""What went wrong, said to a person: one sentence, and what to do next.

Does not: format for a door (the page and the command line do), nor cover mistakes of our own (`ValueError`).
"""

from __future__ import annotations


class IdiaError(Exception):
    """A person's mistake or a missing thing that a person can supply."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep the two sentences apart, so that a door can set them differently.

        Args:
            message: what is wrong, one sentence, free of a visitor's photo data.
            hint: what to do next, one sentence; may be empty.
        """
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Return both sentences on one line."""
        return f"{self.message} {self.hint}".strip()
