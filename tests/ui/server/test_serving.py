"""The server around the page: what ends it and what does not, and what it says of its own errors."""

from __future__ import annotations

from typing import Any

import pytest

import app
from idia_core.ui.server import serving
from tests.ui.conftest import ERRORS

NAME = "Zeldamira Quuxington"


@pytest.mark.parametrize("kind", ERRORS)
def test_what_ends_the_app_is_logged_by_kind_and_place_only(
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def breaks(_: object) -> None:
        raise ERRORS[kind](NAME)

    monkeypatch.setattr(app, "prepare", breaks)
    assert app.main() == 1
    assert f"{kind} at {__file__}:" in caplog.text
    assert "Quuxington" not in caplog.text + "".join(capfd.readouterr())


class Sweeper:
    """Stands for each thing that the janitor sweeps."""

    def __init__(self) -> None:
        self.swept = 0

    def sweep(self) -> None:
        self.swept += 1
        raise ERRORS["OwnError"](NAME)


def test_the_janitor_goes_on_after_an_error(caplog: pytest.LogCaptureFixture) -> None:
    page: Any = Sweeper()
    folder: Any = Sweeper()
    demo: Any = None  # has no queue to look into, which is an error too
    for _ in range(2):
        serving._sweep(page, folder, demo)
    assert (page.swept, folder.swept) == (2, 2)
    assert caplog.text.count("a sweep failed") == 6
    assert "Quuxington" not in caplog.text
