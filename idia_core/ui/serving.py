"""The page as a server: the framework's switches, all of them on the safe side, and the janitor.

Does not: place a component, or answer an event.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from idia_core.decoder_pool import DecoderPool
from idia_core.settings import ASSETS, Settings
from idia_core.ui import events, examples, layout, security, theme, wording
from idia_core.ui.handlers import Page

SWEEP_SECONDS = 30.0
THREADS = 40
"""Threads for everything but waiting; whoever waits in the line holds one more."""


def build(settings: Settings) -> tuple[gr.Blocks, Page]:
    """Make the page.

    Args:
        settings: of the host.
    Returns:
        The page as the framework has it, and its actions.
    """
    page = Page(settings, examples.read(ASSETS / "examples"), DecoderPool().decode)
    with gr.Blocks(
        title=wording.TITLE, fill_width=True, analytics_enabled=False, delete_cache=(60, 900)
    ) as demo:
        parts = layout.place(page)
        events.connect(demo, page, parts)
    demo.queue(max_size=settings.queue_size, default_concurrency_limit=4)
    return demo, page


def serve(settings: Settings, workspace: security.Workspace, **listening: Any) -> None:
    """Start the server and the janitor, and wait until somebody ends them.

    Args:
        settings: of the host.
        workspace: the private folder, prepared before this module was imported.
        listening: the framework's own words on where to listen; by default its environment decides.
    """
    demo, page = build(settings)
    threading.Thread(target=_clean_up, args=(page, workspace), daemon=True).start()
    threading.Thread(target=page.engine.warm_up, daemon=True).start()
    _, url, _ = demo.launch(**switches(settings), **listening, quiet=True, prevent_thread_lock=True)
    sys.stderr.write(f"The page is open at {url} (Ctrl+C ends it)\n")
    demo.block_thread()


def switches(settings: Settings) -> dict[str, Any]:
    """Return the framework's switches.

    Args:
        settings: of the host.
    Returns:
        Arguments of its `launch`.
    """
    guard = Middleware(security.Guard, photo_bytes=settings.max_file_mb * 1_000_000)
    return {
        "share": False,
        "ssr_mode": False,
        "run_history": False,
        "enable_monitoring": False,
        "show_error": False,
        "max_file_size": f"{settings.max_file_mb}mb",
        "state_session_capacity": 100,
        "max_threads": THREADS + settings.queue_size,
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


def _clean_up(page: Page, workspace: security.Workspace) -> None:
    """Forget what nobody used for too long, as long as the process lives."""
    pause = threading.Event()
    while not pause.wait(SWEEP_SECONDS):
        page.sweep()
        workspace.sweep()
