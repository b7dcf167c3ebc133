"""What a run says of an error that is not the visitor's mistake: its kind and place to the log, a sentence to the page.

Never its own words, which may quote what was typed.
"""

from __future__ import annotations

import logging

from idia_core.errors import IdiaError, kind_and_place

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
