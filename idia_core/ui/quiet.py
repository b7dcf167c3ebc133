"""The framework's page, but one that keeps what visitors send out of the log, and fetches nothing that they name.

When an event fails, the framework prints the fault with its words, and some of its own faults quote whatever was sent:
names, and photos as text.

Does not: handle a fault (`handlers` does where a run is concerned), or print more than its kind and place.
"""

from __future__ import annotations

import logging
import traceback
from typing import Any

import gradio as gr

from idia_core.ui import wording
from idia_core.ui.faults import OURS

_log = logging.getLogger(__name__)


class QuietBlocks(gr.Blocks):  # type: ignore[misc]
    """A page on which the words of an unexpected fault reach neither the log nor the visitor."""

    async def process_api(self, *arguments: Any, **options: Any) -> Any:
        """Do what the framework does with an event, and let out only faults that were meant to be read.

        Raises:
            gr.Error: a person's mistake as it is; anything else as one sentence without details.
        """
        try:
            if holds_file((arguments, options.get("inputs"))):
                raise gr.Error(wording.NO_FILES, print_exception=False)
            return await super().process_api(*arguments, **options)
        except gr.Error:
            raise
        except (*OURS, AssertionError) as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            _log.error("an event failed: %s at %s:%s", type(error).__name__, where.filename, where.lineno)
        raise gr.Error(wording.BROKE, print_exception=False)


def holds_file(value: object) -> bool:
    """Tell whether an event's data names a file or an address in the framework's own way.

    The framework would read or download it, to the disk, before the event is handled; no event of this page takes one.

    Args:
        value: whatever was sent.
    """
    if isinstance(value, dict):
        return "path" in value or any(holds_file(inner) for inner in value.values())
    return isinstance(value, (list, tuple)) and any(holds_file(inner) for inner in value)
