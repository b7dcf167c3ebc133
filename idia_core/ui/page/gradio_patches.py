"""The framework's page without its memory and its log: what visitors send stays out of both, and is never fetched.

When an event fails, the framework prints the fault with its words, and some of its own faults quote whatever was sent:
names, and photos as text. And for every open page it notes the latest value of every component, what was typed and
the photos' small pictures among them, for as long as the page is open, whatever was forgotten meanwhile.

Does not: handle a fault (`handlers` does where a run is concerned), or print more than its kind and place.
"""

from __future__ import annotations

import logging
from copy import copy
from typing import Any

import gradio as gr
from gradio.state_holder import SessionState

from idia_core.errors import IdiaError
from idia_core.text import say, tell_whole
from idia_core.ui.service.errors import kind_and_place
from idia_core.ui.service.page import Page

_log = logging.getLogger(__name__)


class EphemeralSessionState(SessionState):  # type: ignore[misc]
    """What the framework notes of a page while it answers one event or takes one step; dropped afterwards."""

    def __init__(self, blocks: gr.Blocks) -> None:
        """Start as every page starts; the framework's own way also describes every component, which takes longer.

        Args:
            blocks: the page.
        """
        self.blocks_config = copy(blocks.default_config)
        self.state_data: dict[int, Any] = {}

    def __setitem__(self, key: int, value: Any) -> None:
        """Put a component's changed form in its place."""
        self.blocks_config.blocks[key] = value

    def _update_config(self, key: int) -> None:
        """Describe nothing: nobody asks."""

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """Keep no value: nobody asks."""


class QuietBlocks(gr.Blocks):  # type: ignore[misc]
    """A page on which the words of an unexpected fault reach neither the log nor the visitor."""

    async def process_api(self, *arguments: Any, **options: Any) -> Any:
        """Do what the framework does with an event, and let out only faults that were meant to be read.

        Raises:
            gr.Error: a person's mistake as it is; anything else as one sentence without details.
        """
        try:
            if contains_file_reference((arguments, options.get("inputs"))):
                raise gr.Error(say("no-files"), print_exception=False)
            return await super().process_api(*arguments, **{**options, "state": EphemeralSessionState(self)})
        except Exception as error:  # noqa: BLE001 - the framework would print it with its words
            told = public_error(error)
        # Out here, so that it does not refer to the error that it replaces, and by it to what was sent.
        raise told

    async def postprocess_data(self, block_fn: Any, predictions: Any, state: Any) -> list[Any]:
        """Make an event's answer ready to be sent.

        The framework builds a component anew for each one of which the answer says nothing, which made most of the
        work of telling a visitor that the line is full.

        Args:
            block_fn: the event.
            predictions: what it answered; only component -> value is handled here.
            state: of the page.
        Returns:
            For each output what is sent.
        """
        if not (isinstance(predictions, dict) and predictions and set(predictions) <= set(block_fn.outputs)):
            return await super().postprocess_data(block_fn, predictions, state)  # type: ignore[no-any-return]
        narrow = copy(block_fn)
        narrow.outputs = [part for part in block_fn.outputs if part in predictions]
        told = await super().postprocess_data(narrow, predictions, state)
        values = dict(zip(narrow.outputs, told, strict=True))
        return [values.get(part, gr.skip()) for part in block_fn.outputs]


def public_error(error: Exception) -> gr.Error:
    """Turn an error at the border into one that visitor and log may read.

    Args:
        error: whatever left an event or the endpoint.
    Returns:
        A person's mistake in its own words; anything else as one sentence, with its kind and place in the log.
    """
    if isinstance(error, gr.Error):
        error.print_exception = False  # the framework's own quote what was sent
        return error
    if isinstance(error, IdiaError):
        return gr.Error(tell_whole(error.message), print_exception=False)
    _log.error("an event failed: %s", kind_and_place(error))
    return gr.Error(say("broke"), print_exception=False)


def drop_session_state(demo: gr.Blocks, key: str) -> None:
    """Drop what the framework holds for a page that is gone.

    Args:
        demo: the page as the framework has it.
        key: the session.
    """
    demo.state_holder.session_data.pop(key, None)
    demo.state_holder.time_last_used.pop(key, None)


def contains_file_reference(value: object) -> bool:
    """Tell whether an event's data names a file or an address in the framework's own way.

    The framework would read or download it, to the disk, before the event is handled; no event of this page takes one.

    Args:
        value: whatever was sent.
    """
    if isinstance(value, dict):
        return "path" in value or any(contains_file_reference(inner) for inner in value.values())
    return isinstance(value, (list, tuple)) and any(contains_file_reference(inner) for inner in value)


def drop_unread(demo: gr.Blocks, page: Page) -> int:
    """Drop answers that the framework keeps for pages of which nothing is remembered any more.

    It keeps them until they are fetched, which somebody who asked and never listened does not do.

    Args:
        demo: the page as the framework has it.
        page: knows who is there.
    Returns:
        How many such pages there were.
    """
    unread = demo._queue.pending_messages_per_session
    gone = [key for key in list(unread) if key not in page.sessions]
    for key in gone:
        unread.pop(key, None)
        demo._queue.pending_event_ids_session.pop(key, None)
        drop_session_state(demo, key)
    return len(gone)
