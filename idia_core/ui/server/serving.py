"""The page as a server: our own routes, the framework's page beside them, the guard around both, and the janitor."""

from __future__ import annotations

import logging
import socket
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

import gradio as gr
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware

from idia_core.errors import IdiaError, kind_and_place
from idia_core.photos.decoder_pool import DecoderPool
from idia_core.sandbox import examples
from idia_core.settings import ASSETS, Settings
from idia_core.text import say
from idia_core.ui.page import api, events, gradio_patches, layout
from idia_core.ui.server import memory
from idia_core.ui.server.guard import Guard
from idia_core.ui.server.routes import routes
from idia_core.ui.server.workspace import Workspace
from idia_core.ui.service.page import Page

_log = logging.getLogger(__name__)

SWEEP_SECONDS = 30.0
OPENING_SECONDS = 20.0
"""For one photo; a 50-megapixel one takes about two on a slow machine."""
MOST_PENDING = 500
"""Events that the framework holds back at most; runs wait in a queue of their own, which is shorter."""
SPARE_THREADS = 40
"""Threads for everything that is not waiting for the model."""
START_SECONDS = 60.0
CLOSE_SECONDS = 5.0
"""How long answers that are being sent may take when the server ends."""


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
    with gradio_patches.QuietBlocks(
        title=say("title"), fill_width=True, analytics_enabled=False, delete_cache=(60, 900)
    ) as demo:
        parts = layout.place(page)
        events.connect(demo, page, parts)
        if settings.api:
            api.connect(page)
    gradio_patches.open_queue(demo, MOST_PENDING, settings.queue_size + SPARE_THREADS)
    return demo, page


def make_app(settings: Settings, demo: gr.Blocks, page: Page) -> Starlette:
    """Put our own routes and the framework's page behind the guard.

    Args:
        settings: of the host.
        demo: the page as the framework has it.
        page: its actions.
    Returns:
        An ASGI app.
    """
    guard = Middleware(
        Guard,
        photo_bytes=settings.max_file_mb * 1_000_000,
        under_way_bytes=settings.uploads_mb * 1_000_000,
        text_doors=api.DOORS if settings.api else (),
    )
    app = Starlette(routes=routes(page), middleware=[guard])
    gradio_patches.mount(app, demo, settings.max_file_mb)
    return app


@dataclass(frozen=True)
class Server:
    """A server that answers, in a thread of its own."""

    url: str
    """Where this machine finds it."""
    page: Page
    """What answers."""
    demo: gr.Blocks
    """The page as the framework has it."""
    app: Starlette
    uvicorn: uvicorn.Server
    thread: threading.Thread

    def close(self) -> None:
        """Answer nobody any more, and wait a little for what is being sent."""
        gradio_patches.end_streams(self.app, self.demo)
        self.uvicorn.should_exit = True
        self.thread.join(CLOSE_SECONDS)


def start(settings: Settings, demo: gr.Blocks, page: Page) -> Server:
    """Start to listen where the framework's environment variables say, and return once the server answers.

    Args:
        settings: of the host.
        demo: the page as the framework has it.
        page: its actions.
    Raises:
        IdiaError: no port is free.
    """
    host, ports = gradio_patches.listening()
    listener = _bind(host, ports)
    app = make_app(settings, demo, page)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until = time.monotonic() + START_SECONDS
    while not server.started and thread.is_alive() and time.monotonic() < until:
        time.sleep(0.01)
    if not server.started:
        raise RuntimeError("the server did not start")
    name = "localhost" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104
    return Server(f"http://{name}:{listener.getsockname()[1]}/", page, demo, app, server, thread)


def serve(settings: Settings, workspace: Workspace) -> None:
    """Start the server and the janitor, and wait until somebody ends them.

    Args:
        settings: of the host.
        workspace: the private folder, prepared before this module was imported.
    """
    demo, page = build(settings)
    threading.Thread(target=_clean_up, args=(page, workspace, demo), daemon=True).start()
    server = start(settings, demo, page)
    # After the server: loading the model's libraries at the same time would keep the page waiting.
    threading.Thread(target=_warm_up, args=(server,), daemon=True).start()
    sys.stderr.write(say("page-open", url=server.url) + "\n")
    try:
        while server.thread.is_alive():
            server.thread.join(1.0)
    except KeyboardInterrupt:
        server.close()


def _warm_up(server: Server) -> None:
    """Load the default model before anybody asks; who asks hears of it if that fails."""
    try:
        server.page.engine.warm_up()
    except Exception as error:  # noqa: BLE001 - at the end of a thread it would be printed with its words
        if server.thread.is_alive():  # or the app is ending, and no step can be taken any more
            _log.error("loading the default model failed: %s", kind_and_place(error))


def _bind(host: str, ports: Iterable[int]) -> socket.socket:
    """Open the first port that is free.

    Raises:
        IdiaError: none is.
    """
    tried = list(ports)
    for port in tried:
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()  # now, for another process may have bound it and not listened yet
        except OSError:
            listener.close()
        else:
            return listener
    raise IdiaError("no-port", host=host, first=str(tried[0]), last=str(tried[-1]))


def _clean_up(page: Page, workspace: Workspace, demo: gr.Blocks) -> None:
    """Sweep now and then, as long as the process lives."""
    pause = threading.Event()
    while not pause.wait(SWEEP_SECONDS):
        _sweep(page, workspace, demo)


def _sweep(page: Page, workspace: Workspace, demo: gr.Blocks) -> None:
    """Forget what nobody used for too long; what fails is tried again at the next sweep."""
    for sweep in (
        page.sweep,
        workspace.sweep,
        lambda: gradio_patches.drop_unread(demo, page.sessions.__contains__),
    ):
        try:
            sweep()
        except Exception as error:  # noqa: BLE001 - a thread that ends would never forget anything again
            _log.error("a sweep failed: %s", kind_and_place(error))
