"""What the page need not compute again, and how it words the time that a long stage will take."""

from __future__ import annotations

import pytest

from idia_core.clip.encoder import Encoder
from idia_core.text import phrases
from idia_core.ui.service.page import Page
from tests.ui.visitor import ME, ask, finish, four, run


def test_a_second_name_does_not_show_the_photos_to_the_model_again(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[int] = []
    really = Encoder.encode_images

    def counted(self: Encoder, pixels: object) -> object:
        shown.append(len(pixels))  # type: ignore[arg-type]
        return really(self, pixels)  # type: ignore[arg-type]

    monkeypatch.setattr(Encoder, "encode_images", counted)
    four(page)
    first = finish(run(page, ME, ask(page)))[-1].shown or pytest.fail("no result")
    second = finish(run(page, ME, ask(page, name="Yara Voss")))[-1].shown or pytest.fail("no result")
    assert shown == [4]
    assert second[0].encoded.name == "Yara Voss"
    assert (second[0].encoded.images.rows == first[0].encoded.images.rows).all()
    page.forget(ME)
    four(page)
    finish(run(page, ME, ask(page)))
    assert shown == [4, 4], "what was forgotten was used again"


@pytest.mark.parametrize(
    ("seconds", "end"),
    [
        (None, "names: 250 of 1,000"),
        (1.2, "names: 250 of 1,000"),
        (41.6, ", about 42 seconds left"),
        (130.0, ", about 3 minutes left"),
    ],
)
def test_the_time_left_is_said_where_it_is_worth_saying(seconds: float | None, end: str) -> None:
    assert phrases.stage("candidates", 250, 1000, seconds).endswith(end)
