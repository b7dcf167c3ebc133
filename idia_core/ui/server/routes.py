"""Where photos arrive and thumbnails leave: beside the web framework, whose state neither of them ever enters."""

from __future__ import annotations

from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from idia_core.text import say
from idia_core.ui import thumbnails
from idia_core.ui.server.guard import PHOTOS
from idia_core.ui.service.page import Page

LABEL_HEADER = "x-label"
"""The file's name, percent-encoded. A header and no part of the address, since addresses end up in proxies' logs; and
one of our own, which a browser lets no other site send without asking first."""


def routes(page: Page) -> list[Route]:
    """Make the routes.

    Args:
        page: takes photos in, and holds the thumbnails.
    Returns:
        One for photos, one for thumbnails.
    """

    async def receive_photo(request: Request) -> Response:
        """Take one file of a batch; answer nothing, or the reason why it was not taken."""
        label = request.headers.get(LABEL_HEADER)
        if label is None:
            return PlainTextResponse(say("no-upload"))
        data = b"".join([piece async for piece in request.stream()])  # the guard ends it where it is too much
        return PlainTextResponse(page.uploads.receive(request.path_params["ticket"], unquote(label), data))

    async def send_thumbnail(request: Request) -> Response:
        """Answer with a small picture, as long as its visit holds it."""
        jpeg = page.sessions.thumbnail(request.path_params["token"])
        if jpeg is None:
            return PlainTextResponse(say("no-picture"), 404)
        return Response(jpeg, media_type="image/jpeg")

    return [
        Route(PHOTOS + "{ticket}", receive_photo, methods=["POST"]),
        Route(f"/{thumbnails.FOLDER}/{{token}}", send_thumbnail, methods=["GET"]),
    ]
