"""Middleware around every request: which addresses are closed, how large a request may be, and the security headers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from idia_core.errors import kind_and_place
from idia_core.text import say
from idia_core.ui.server.workspace import CLOSED

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
PHOTOS = "/photos/"
"""Beginning of the addresses to which a browser sends a photo's file as it is."""
SILENCE_SECONDS = 60.0
"""A request that stops sending half way is dropped after this."""
TOO_LARGE = (413, "request-too-large")
TOO_MANY = (503, "request-too-many")
SILENT = (408, "request-silent")
UNCLEAR = (400, "request-unclear")
"""Answers: HTTP status, and key of the sentence."""


class Guard:
    """Closes addresses that the page does not use, bounds every request's size, and adds the headers."""

    def __init__(
        self, app: App, photo_bytes: int, under_way_bytes: int, text_doors: tuple[str, ...] = ()
    ) -> None:
        """Wrap an app.

        Args:
            app: what answers.
            photo_bytes: largest photo, in bytes of its file.
            under_way_bytes: all requests that are being answered, together.
            text_doors: ends of the addresses to which photos may be sent as base64 text.
        """
        self._app = app
        self._photo_bytes = photo_bytes
        self._text_bytes = photo_bytes * 4 // 3 + SMALL_BODY
        self._text_doors = text_doors
        self._under_way = 0
        self._most_under_way = max(under_way_bytes, self._text_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        path = str(scope["path"]).rstrip("/")
        limit = self._limit(path)
        if any(door in path for door in CLOSED):
            await _refuse(send, 403, "request-closed")
        elif scope["method"] == "POST" and _from_another_site(headers):
            await _refuse(send, 403, "request-other-site")
        elif b"multipart" in headers.get(b"content-type", b"").lower():
            # The framework would write each part to a file before anybody looks at it.
            await _refuse(send, 415, "request-form")
        elif _announced(headers) > limit:
            await _refuse(send, *TOO_LARGE)
        elif self._under_way + _announced(headers) > self._most_under_way:
            await _refuse(send, *TOO_MANY)
        else:
            await self._pass_on(scope, receive, send, limit)

    def _limit(self, path: str) -> int:
        """Return how many bytes a request to this address may have."""
        if path.startswith(PHOTOS):
            return self._photo_bytes
        return self._text_bytes if path.endswith(self._text_doors) else SMALL_BODY

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        """Let the app answer; if it fails, answer with a sentence. Its words, which may quote, reach no log."""
        body, begun = _Body(receive, limit, self._count), False

        async def sender(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, body.next, _with_headers(sender, str(scope["path"])))
        except Exception as error:  # noqa: BLE001 - the server would print it with its words
            if body.broken_off is None:
                _log.error("a request failed: %s", kind_and_place(error))
            if not begun:
                await _refuse(send, *(body.broken_off or UNCLEAR))
        finally:
            self._under_way -= body.taken

    def _count(self, n_bytes: int) -> bool:
        """Count bytes of a request in; tell whether there is room for them."""
        self._under_way += n_bytes
        return self._under_way <= self._most_under_way


def _from_another_site(headers: dict[bytes, bytes]) -> bool:
    """Tell whether a browser says that another site's page makes it send this; a program says nothing."""
    if site := headers.get(b"sec-fetch-site"):
        return site == b"cross-site"
    # Browsers leave that header out over plain HTTP, but name where the page came from.
    origin = headers.get(b"origin")
    hosts = (headers.get(b"host"), headers.get(b"x-forwarded-host"))
    return origin is not None and origin.rpartition(b"://")[2] not in hosts


def _announced(headers: dict[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


class _Body:
    """What one request sends; broken off once it is too much or stops half way, whatever was announced."""

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
        self.broken_off: tuple[int, str] | None = None
        """What to answer if nobody did: the app was told that the sender is gone."""

    async def next(self) -> Message:
        """Return the next piece, or say that the sender is gone."""
        if not self._more:  # from here on it can only be waited for the end of the connection
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), SILENCE_SECONDS)
        except asyncio.TimeoutError:
            return self._break_off(SILENT)
        if message["type"] == "http.disconnect":
            return self._break_off(UNCLEAR)
        size = len(message.get("body", b""))
        self.taken += size
        self._more = bool(message.get("more_body"))
        if not self._count(size):
            return self._break_off(TOO_MANY)
        return message if self.taken <= self._limit else self._break_off(TOO_LARGE)

    def _break_off(self, answer: tuple[int, str]) -> Message:
        self.broken_off = answer
        return {"type": "http.disconnect"}


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


async def _refuse(send: Send, status: int, key: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": say(key).encode()})
