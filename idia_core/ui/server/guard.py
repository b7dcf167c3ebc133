"""What keeps a visitor's data from leaving the page: settings of the web framework, a private folder, headers.

Must be prepared before the web framework is imported, which reads its settings then.

Does not: know what a photo is, or guard the machine against its owner.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from idia_core.ui.server.workspace import CLOSED
from idia_core.ui.service.errors import kind_and_place

_log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "worker-src 'self' blob:; media-src 'self' blob: data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self' https://huggingface.co https://*.hf.space"
)
"""Content-Security-Policy: the browser itself refuses every connection but to the page's own origin."""

HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"permissions-policy", b"camera=(self), microphone=(), geolocation=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
SMALL_BODY = 1_000_000
"""Bytes of an ordinary request; only photos may be larger."""
PHOTO_DOOR = "/gradio_api/component_server"
SILENCE_SECONDS = 60.0
"""A request that stops sending half way is dropped after this."""


class Guard:
    """Middleware: closes unused doors, bounds every request's size, and adds the headers."""

    def __init__(
        self,
        app: App,
        photo_bytes: int,
        under_way_bytes: int,
        photo_doors: tuple[str, ...] = (PHOTO_DOOR,),
    ) -> None:
        """Wrap an app.

        Args:
            app: what answers.
            photo_bytes: largest photo, in bytes of its file.
            under_way_bytes: all requests that are being answered, together.
            photo_doors: ends of the addresses to which a request with a photo may go.
        """
        self._app = app
        self._photo_body = photo_bytes * 4 // 3 + SMALL_BODY  # a photo travels as base64 text
        self._photo_doors = photo_doors
        self._under_way = 0
        self._most_under_way = max(under_way_bytes, self._photo_body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        path = str(scope["path"]).rstrip("/")
        limit = self._photo_body if path.endswith(self._photo_doors) else SMALL_BODY
        if any(door in path for door in CLOSED):
            await _refuse(send, 403, b"This page does not use that address.")
        elif scope["method"] == "POST" and headers.get(b"sec-fetch-site") == b"cross-site":
            await _refuse(send, 403, b"Another site may not use this page.")
        elif b"multipart" in headers.get(b"content-type", b"").lower():
            # The framework would write each part to a file before anybody looks at it.
            await _refuse(send, 415, b"This page takes no forms.")
        elif _announced(headers) > limit:
            await _refuse(send, 413, b"The request is too large.")
        elif self._under_way + _announced(headers) > self._most_under_way:
            await _refuse(send, 503, b"Too many photos are on their way. Try again in a minute.")
        else:
            await self._pass_on(scope, receive, send, limit)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        """Let the app answer; what it stumbles over gets a sentence, and its words, which may quote, no log."""
        body, begun = _Body(receive, limit, self._count), False

        async def sender(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, body.next, _with_headers(sender, str(scope["path"])))
        except Exception as error:  # noqa: BLE001 - the server would print it with its words
            _log.error("a request failed: %s", kind_and_place(error))
            if not begun:
                await _refuse(send, 400, b"This request cannot be understood.")
        finally:
            self._under_way -= body.taken

    def _count(self, n_bytes: int) -> bool:
        """Count bytes of a request in; tell whether there is room for them."""
        self._under_way += n_bytes
        return self._under_way <= self._most_under_way


def _announced(headers: dict[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


class _Body:
    """What one request sends; cut off once it is too much or stops half way, whatever was announced."""

    def __init__(self, receive: Receive, limit: int, count: Callable[[int], bool]) -> None:
        """Start before the first byte.

        Args:
            receive: brings the next piece.
            limit: bytes of this request.
            count: told the bytes of each piece; false where all requests together have too many.
        """
        self._receive = receive
        self._limit = limit
        self._count = count
        self._more = True
        self.taken = 0

    async def next(self) -> Message:
        """Return the next piece, or say that the sender is gone."""
        if not self._more:  # from here on it can only be waited for the end of the connection
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), SILENCE_SECONDS)
        except asyncio.TimeoutError:
            return {"type": "http.disconnect"}
        size = len(message.get("body", b""))
        self.taken += size
        self._more = bool(message.get("more_body"))
        room = self._count(size)
        return message if room and self.taken <= self._limit else {"type": "http.disconnect"}


def _with_headers(send: Send, path: str) -> Send:
    extra = list(HEADERS)
    if "/assets/" not in path and "/static/" not in path:
        extra.append((b"cache-control", b"no-store"))

    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = {name for name, _ in extra}
            kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in ours]
            message["headers"] = [*kept, *extra]
        await send(message)

    return sender


async def _refuse(send: Send, status: int, reason: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": reason})
