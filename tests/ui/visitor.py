"""A visitor of the page in tests: hands photos in, asks, and takes the steps of a run."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from PIL import Image

from idia_core.ui.service.page import Page
from idia_core.ui.state import Form, Screen
from tests import portrait
from tests.ui.conftest import marked

ME, OTHER = "session-one", "session-two"


def hand_in(page: Page, visitor: str, *files: tuple[str, bytes], ticket: str = "t" * 32) -> Screen:
    for label, data in files:
        assert page.uploads.receive(ticket, label, data) == ""
    return page.collect(visitor, ticket)


def four(page: Page, visitor: str = ME) -> None:
    hand_in(page, visitor, *((f"{seed}.jpg", marked(seed)) for seed in range(4)))


def ask(page: Page, **changes: object) -> Form:
    fields: dict[str, object] = {
        "name": "Zelda Quux",
        "model": page.engine.default.key,
        "seed": 0,
        "templates": "",
        "agreed": True,
    }
    return Form(**{**fields, **changes})  # type: ignore[arg-type]


def run(page: Page, visitor: str, asked: Form) -> Iterator[Screen]:
    page.runner.ask(visitor, asked)
    return page.runner.run(visitor)


def finish(steps: Iterator[Screen]) -> list[Screen]:
    return list(steps)


def hand_in_others(page: Page, *files: tuple[str, bytes]) -> Screen:
    for label, data in files:
        assert page.uploads.receive("o" * 32, label, data) == ""
    return page.collect_others(ME, "o" * 32)


def pictures(*names: str) -> list[tuple[str, bytes]]:
    made = {
        "me.png": portrait.portrait(),
        "us.png": portrait.two(),
        "lawn.png": Image.new("RGB", (300, 200), (60, 120, 50)),
        "copy.png": portrait.portrait().resize((300, 300)),
    }
    found = []
    for name in names:
        stream = BytesIO()
        made[name].save(stream, "PNG")
        found.append((name, stream.getvalue()))
    return found
