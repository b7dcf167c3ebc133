"""The audit for programs, as one typed endpoint. A host opens it with `IDIA_API=1`.

A call is a visit like any other: the same limits, the same queue before the model, and forgotten after the answer.
Photos come as base64 text, so that no path and no address is ever opened for somebody.
"""

from __future__ import annotations

import uuid
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gradio as gr

from idia_core.audit import report
from idia_core.audit.records import AuditResult
from idia_core.errors import IdiaError
from idia_core.text import tell
from idia_core.ui.page.gradio_patches import public_error
from idia_core.ui.service.page import Page
from idia_core.ui.service.visit import Choice
from idia_core.ui.state import Form

NAME = "audit"
DOORS = (f"/call/{NAME}", f"/call/v2/{NAME}", "/queue/join")
"""Addresses to which a call's photos are sent: over plain HTTP, and by the framework's own client."""


def connect(page: Page) -> None:
    """Open the endpoint; must be called inside the framework's context.

    Args:
        page: the actions.
    """
    gr.api(_endpoint(page), api_name=NAME, concurrency_limit=None)


def audit(
    page: Page, photos: list[str], asked: Form, choice: tuple[int, int], address: str = ""
) -> dict[str, Any]:
    """Run one audit from beginning to end.

    Args:
        page: the actions.
        photos: files as base64 text, with or without `data:...;base64,` before it.
        asked: the question.
        choice: tau and the number of candidate names, the claimed one included.
        address: where the caller connects from, for the limits.
    Returns:
        What `report.audit_facts` says, and under `set_aside` which photos were not used, with reasons.
    Raises:
        IdiaError: whatever the page would say.
    """
    if not asked.agreed:
        raise IdiaError("api-not-agreed")
    files = [(f"photo {number}", _decoded(text, number)) for number, text in enumerate(photos, start=1)]
    visitor = f"api-{uuid.uuid4()}"
    try:
        page.uploads.add(visitor, files)
        page.faces.look(visitor)
        tau, size = choice
        page.sessions.change(visitor, lambda old: replace(old, choice=Choice(old.choice.model, tau, size)))
        page.runner.ask(visitor, asked)
        result: AuditResult | None = None
        for screen in page.runner.run(visitor, address):
            if screen.error is not None:
                # A new one: the old one's frames hold the photos.
                raise IdiaError(screen.error.message.code, **screen.error.message.values)
            result = screen.shown[0] if screen.shown else result
        if result is None:
            raise IdiaError("api-nothing")
        aside = page.sessions.open(visitor).photos.own.refused
        return {
            **report.audit_facts(result),
            "set_aside": [{"label": one.label, "reason": tell(one.reason)} for one in aside],
        }
    finally:
        page.forget(visitor)


def _endpoint(page: Page) -> Callable[..., dict[str, Any]]:
    """Make the function from whose signature and docstring the framework describes the endpoint."""

    def endpoint(  # noqa: PLR0913 - the framework makes a parameter of each argument
        photos: list[str],
        name: str,
        i_may_use_these_photos: bool,
        request: gr.Request,
        model: str = page.engine.default.key,
        tau: int = 1,
        names: int = page.settings.names,
        seed: int = 0,
    ) -> dict[str, Any]:
        """Ask a CLIP model whether it links a face with a name.

        Args:
            photos: three or more photos of one person: whole image files as base64 text.
            name: the person's first and last name.
            i_may_use_these_photos: true: they show you, or the person agreed.
            request: filled in by the server.
            model: a key of the page's list.
            tau: prompts to win for "member".
            names: candidate names, the claimed one included; at most the page's number.
            seed: decides the other names.
        """
        address = request.client.host if request.client else ""
        try:
            try:
                files, choice = list(photos), (int(tau), int(names))
                asked = Form(str(name), str(model), float(seed), "", agreed=i_may_use_these_photos is True)
            except (TypeError, ValueError, OverflowError) as cause:
                raise IdiaError("api-arguments") from cause
            return audit(page, files, asked, choice, address)
        except Exception as error:  # noqa: BLE001 - the framework would print it with its words
            told = public_error(error)
        raise told

    return endpoint


def _decoded(text: object, number: int) -> bytes:
    """Turn one photo's text into bytes."""
    try:
        return b64decode(str(text).rpartition("base64,")[2], validate=True)
    except NotBase64 as cause:
        raise IdiaError("api-no-text", number=number) from cause
