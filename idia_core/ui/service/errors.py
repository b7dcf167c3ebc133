"""What a run says of an error that is not the visitor's mistake: its kind and place to the log, a sentence to the page.

Never its own words, which may quote what was typed.
"""

from __future__ import annotations

import logging
import traceback

from idia_core.errors import IdiaError

_log = logging.getLogger(__name__)

TORCH_OUT_OF_MEMORY = "OutOfMemoryError"
"""torch's error for a full GPU, by name, because nothing here imports torch."""


def describe_error(error: Exception) -> IdiaError:
    """Log the kind and place of an error that ended a run.

    Args:
        error: as it was caught; any kind but `IdiaError`.
    Returns:
        What to tell the visitor.
    """
    _log.error("a run failed: %s", kind_and_place(error))
    out_of_memory = isinstance(error, MemoryError) or type(error).__name__ == TORCH_OUT_OF_MEMORY
    return IdiaError("no-memory" if out_of_memory else "broke")


def kind_and_place(error: BaseException) -> str:
    """Describe an error that was caught by its type and the line that raised it, and by no word of its own."""
    raised = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {raised.filename}:{raised.lineno}"
