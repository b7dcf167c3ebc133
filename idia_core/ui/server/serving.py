"""The page as a server: the framework's switches, all of them on the safe side, and the janitor.

Does not: place a component, or answer an event.
"""

from __future__ import annotations

import logging
import sys
import threading
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from idia_core.photos.decoder_pool import DecoderPool
from idia_core.sandbox import examples
from idia_core.settings import ASSETS, Settings
from idia_core.text import say
from idia_core.ui.page import api, events, layout, theme
from idia_core.ui.page.gradio_patches import QuietBlocks, drop_unread
from idia_core.ui.server import memory
from idia_core.ui.server.guard import PHOTO_DOOR, Guard
from idia_core.ui.server.workspace import Workspace
from idia_core.ui.service.errors import kind_and_place
from idia_core.ui.service.page import Page

_log = logging.getLogger(__name__)

SWEEP_SECONDS = 30.0
OPENING_SECONDS = 20.0
"""For one photo; a 50-megapixel one takes about two on a slow machine."""
MOST_PENDING = 500
"""Events that the framework holds back at most; runs wait in a line of their own, which is shorter."""
SPARE_THREADS = 40
"""Threads for everything that is not waiting for the model."""


def build(settings: Settings) -> tuple[gr.Blocks, Page]:
    """Make the page.

    Args:
        settings: of the host.
    Returns:
        The page as the framework has it, and its actions.
    """
    pool = DecoderPool(seconds=OPENING_SECONDS)

    def release_memory() -> None:
        pool.stop_idle_workers()
        memory.trim_heap()

    page = Page(settings, examples.read_examples(ASSETS / "examples"), pool.decode, release_memory)
    with QuietBlocks(
        title=say("title"), fill_width=True, analytics_enabled=False, delete_cache=(60, 900)
    ) as demo:
        parts = layout.place(page)
        events.connect(demo, page, parts)
        if settings.api:
            api.connect(page)
    demo.queue(max_size=MOST_PENDING, default_concurrency_limit=4)
    return demo, page


def serve(settings: Settings, workspace: Workspace, **listening: Any) -> None:
    """Start the server and the janitor, and wait until somebody ends them.

    Args:
        settings: of the host.
        workspace: the private folder, prepared before this module was imported.
        listening: the framework's own words on where to listen; by default its environment decides.
    """
    demo, page = build(settings)
    threading.Thread(target=_clean_up, args=(page, workspace, demo), daemon=True).start()
    _, url, _ = demo.launch(**switches(settings), **listening, quiet=True, prevent_thread_lock=True)
    # After the server: loading the model's libraries at the same time would keep the page waiting.
    threading.Thread(target=page.engine.warm_up, daemon=True).start()
    sys.stderr.write(f"The page is open at {url} (Ctrl+C ends it)\n")
    demo.block_thread()


def switches(settings: Settings) -> dict[str, Any]:
    """Return the framework's switches.

    Args:
        settings: of the host.
    Returns:
        Arguments of its `launch`.
    """
    guard = Middleware(
        Guard,
        photo_bytes=settings.max_file_mb * 1_000_000,
        photo_doors=(PHOTO_DOOR, *(api.DOORS if settings.api else ())),
        under_way_bytes=settings.uploads_mb * 1_000_000,
    )
    return {
        "share": False,
        "ssr_mode": False,
        "run_history": False,
        "enable_monitoring": False,
        "show_error": False,
        "max_file_size": f"{settings.max_file_mb}mb",
        "max_threads": settings.queue_size + SPARE_THREADS,
        "state_session_capacity": 100,
        "strict_cors": True,
        "footer_links": [],
        "mcp_server": False,
        "pwa": False,
        "theme": theme.page_theme(),
        "css": (ASSETS / "css" / "page.css").read_text(encoding="utf-8"),
        "js": layout.script("page.js"),
        "favicon_path": str(ASSETS / "favicon.png"),
        "app_kwargs": {"docs_url": None, "redoc_url": None, "openapi_url": None, "middleware": [guard]},
    }


def _clean_up(page: Page, workspace: Workspace, demo: gr.Blocks) -> None:
    """Sweep now and then, as long as the process lives."""
    pause = threading.Event()
    while not pause.wait(SWEEP_SECONDS):
        _sweep(page, workspace, demo)


def _sweep(page: Page, workspace: Workspace, demo: gr.Blocks) -> None:
    """Forget what nobody used for too long; what fails is tried again at the next sweep."""
    for sweep in (page.sweep, workspace.sweep, lambda: drop_unread(demo, page)):
        try:
            sweep()
        except Exception as error:  # noqa: BLE001 - a thread that ends would never forget anything again
            _log.error("a sweep failed: %s", kind_and_place(error))
