"""Everything that this project does with parts of Gradio 6.31 that its documentation does not promise.

`requirements.txt` pins that version while this file exists. Each part has a test in `test_gradio_patches.py` that fails
when the framework changes there: then the part can go, or has to follow. Why they are here:

- `QuietBlocks`, `EphemeralSessionState`: for every open page the framework notes the latest value of every component,
  typed names among them; when an event fails it prints the error with its words; and it opens or downloads what an
  event's data names as a file.
- `drop_unread`: it keeps answers, with the name in them, until somebody fetches them.
- `mount`, `listening`, `end_streams`: beside an app of our own it has no public way to bound what it keeps, to listen
  where its environment variables say, or to end its endless answers.
- `event_field`, `plot_data`: the fields of an event's data, where they may be anything; a chart with plotly's settings.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from copy import copy
from typing import Any

import gradio as gr
from gradio import http_server
from gradio.components.plot import PlotData
from gradio.state_holder import SessionState
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from idia_core.errors import IdiaError, kind_and_place
from idia_core.settings import ASSETS
from idia_core.text import say, tell_whole
from idia_core.ui.page import theme

_log = logging.getLogger(__name__)

MOST_SESSIONS = 100
"""Pages of which the framework keeps a description at once; with `EphemeralSessionState` nothing else is in it."""
PLOT_CONFIG = {"displayModeBar": False, "displaylogo": False, "showSendToCloud": False, "responsive": True}


class EphemeralSessionState(SessionState):  # type: ignore[misc]
    """What the framework notes of a page during one event or one step of a run; dropped afterwards."""

    def __init__(self, blocks: gr.Blocks) -> None:
        """Start as every page starts, without a description of every component, which takes long.

        Args:
            blocks: the page.
        """
        self.blocks_config = copy(blocks.default_config)
        self.state_data: dict[int, Any] = {}

    def __setitem__(self, key: int, value: Any) -> None:
        """Put a component's changed form in its place."""
        self.blocks_config.blocks[key] = value

    def _update_config(self, key: int) -> None:
        """No-op: the description is never read."""

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """No-op: the value is never read."""


class QuietBlocks(gr.Blocks):  # type: ignore[misc]
    """A page on which the words of an unexpected fault reach neither the log nor the visitor."""

    async def process_api(self, *arguments: Any, **options: Any) -> Any:
        """Do what the framework does with an event, and let out only errors that were meant to be read.

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
        work of telling a visitor that the queue is full.

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


def contains_file_reference(value: object) -> bool:
    """Tell whether an event's data names a file or an address in the framework's own way.

    The framework would read or download it, to the disk, before the event is handled; no event of this page takes one.

    Args:
        value: whatever was sent.
    """
    if isinstance(value, dict):
        return "path" in value or any(contains_file_reference(inner) for inner in value.values())
    return isinstance(value, (list, tuple)) and any(contains_file_reference(inner) for inner in value)


def drop_unread(demo: gr.Blocks, is_remembered: Callable[[str], bool]) -> int:
    """Drop answers that the framework keeps for pages of which nothing is remembered any more.

    It keeps them until they are fetched, which somebody who asked and never listened does not do.

    Args:
        demo: the page as the framework has it.
        is_remembered: tells of a page's key whether anything is.
    Returns:
        How many such pages there were.
    """
    unread = demo._queue.pending_messages_per_session
    gone = [key for key in list(unread) if not is_remembered(key)]
    for key in gone:
        unread.pop(key, None)
        demo._queue.pending_event_ids_session.pop(key, None)
    return len(gone)


def open_queue(demo: gr.Blocks, most_pending: int, threads: int) -> None:
    """Set the framework's own queue and threads up; must come before `mount`.

    Args:
        demo: the page as the framework has it.
        most_pending: events that it holds back at most.
        threads: events that it answers at once at most.
    """
    demo.max_threads = threads
    demo.queue(max_size=most_pending, default_concurrency_limit=4)


def mount(app: Starlette, demo: gr.Blocks, max_file_mb: int) -> None:
    """Put the framework's page into an app of our own, every switch on the safe side.

    Args:
        app: answers what comes before the page's routes; starts and ends the framework's queue with itself.
        demo: the page as the framework has it.
        max_file_mb: megabytes of one photo's file.
    """
    demo.state_session_capacity = MOST_SESSIONS
    gr.mount_gradio_app(
        app,
        demo,
        path="/",
        ssr_mode=False,
        run_history=False,
        enable_monitoring=False,
        show_error=False,
        max_file_size=f"{max_file_mb}mb",
        footer_links=[],
        mcp_server=False,
        pwa=False,
        theme=theme.page_theme(),
        css=(ASSETS / "css" / "page.css").read_text(encoding="utf-8"),
        js=(ASSETS / "js" / "page.js").read_text(encoding="utf-8"),
        favicon_path=str(ASSETS / "favicon.png"),
        app_kwargs={
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
            "exception_handlers": {Exception: _answer_failure},
        },
    )


async def _answer_failure(_request: Request, _error: Exception) -> Response:
    """Answer a request that the framework stumbled over; its error goes on to the guard, which logs it."""
    return PlainTextResponse(say("request-unclear"), 400)


def listening() -> tuple[str, range]:
    """Return where to listen: the host, and the ports to try in this order.

    `GRADIO_SERVER_NAME`, `GRADIO_SERVER_PORT` and `GRADIO_NUM_PORTS`, as the framework read them at import.
    """
    first = http_server.INITIAL_PORT_VALUE
    return http_server.LOCALHOST_NAME.strip("[]"), range(first, first + http_server.TRY_NUM_PORTS)


def end_streams(app: Starlette, demo: gr.Blocks) -> None:
    """End the answers that last for as long as a page is open, or a server that ends would wait for them.

    Args:
        app: where the page was mounted last of all.
        demo: the page as the framework has it.
    """
    demo._queue.close()
    app.routes[-1].app.stop_event.set()  # type: ignore[attr-defined]


def event_field(event: gr.EventData, name: str) -> object:
    """Return a field of what a script of the page says with an event; None where it says no such thing.

    Args:
        event: its data may be anything, since anybody can send some.
        name: of the field.
    """
    try:
        return getattr(event, name, None)
    except TypeError:  # the data is no record
        return None


def plot_data(figure: Any) -> PlotData:
    """Hand a figure over with settings of plotly that the framework would leave out.

    Args:
        figure: of plotly.
    Returns:
        What a `gr.Plot` takes.
    """
    content = {**json.loads(figure.to_json()), "config": PLOT_CONFIG}
    return PlotData(type="plotly", plot=json.dumps(content))
