"""What goes wrong on our side during a run: which faults are caught, what the log hears, what the visitor hears.

Does not: handle a person's mistake (`IdiaError`), or repeat a fault's own words, which may hold what was typed.
"""

from __future__ import annotations

import logging
import traceback

from idia_core.errors import IdiaError

_log = logging.getLogger(__name__)

CAUGHT = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,  # torch's own errors too
    TypeError,
    ValueError,
)
"""What a fault of ours, or of the machine, raises in a run; the visitor hears of it without details."""
TORCH_OUT_OF_MEMORY = "OutOfMemoryError"
"""torch's error for a full GPU, by name, because nothing here imports torch."""


def describe_error(error: BaseException) -> IdiaError:
    """Write to the log what failed and where, and no word more.

    Args:
        error: one of `OURS`.
    Returns:
        What to tell the visitor.
    """
    _log.error("a run failed: %s", kind_and_place(error))
    short = isinstance(error, MemoryError) or type(error).__name__ == TORCH_OUT_OF_MEMORY
    return IdiaError("no-memory" if short else "broke")


def kind_and_place(error: BaseException) -> str:
    """Describe an error that was caught by its type and the line that raised it, and by no word of its own."""
    raised = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {raised.filename}:{raised.lineno}"
