"""Small pictures of photos: one address each that nobody can guess, gone with the photo or the visit."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from idia_core.photos.photo import Photo, read_photo
from idia_core.ui.service.page import Page
from idia_core.ui.thumbnails import Thumbnails
from tests.ui.conftest import marked
from tests.ui.service.test_page import ME, OTHER, ask, finish, four, hand_in, hand_in_others, run


def photo(seed: int) -> Photo:
    return read_photo(marked(seed), f"{seed}.jpg")


def tokens(markup: object) -> list[str]:
    return re.findall(r'src="thumbnails/([0-9a-f]{64})"', str(markup))


def test_a_picture_has_one_address_and_is_a_small_jpeg_without_the_files_notes() -> None:
    kept, one = Thumbnails(), photo(1)
    address = kept.address_of(one, 64)
    assert re.fullmatch(r"thumbnails/[0-9a-f]{64}", address)
    assert kept.address_of(one, 64) == address
    assert len({address, kept.address_of(one, 96), kept.address_of(photo(2), 64)}) == 3
    assert Thumbnails().address_of(one, 64) != address, "another visitor's same photo has its own"
    jpeg = kept.get(address.partition("/")[2]) or pytest.fail("no picture")
    assert Image.open(io.BytesIO(jpeg)).size == (64, 48)
    assert marked(1)[2:40] not in jpeg
    assert kept.get("0" * 64) is None
    assert address.partition("/")[2] not in repr(kept)


def test_what_is_not_kept_is_gone_and_gets_another_address_if_it_comes_back() -> None:
    kept = Thumbnails()
    first, second, third = (kept.address_of(photo(seed), 64) for seed in (1, 2, 3))
    kept.keep({photo(1).digest}, {third})
    assert [kept.get(one.partition("/")[2]) is not None for one in (first, second, third)] == [
        True,
        False,
        True,
    ]
    assert kept.address_of(photo(1), 64) == first
    assert kept.address_of(photo(2), 64) != second
    kept.clear()
    assert len(kept) == 0
    assert kept.get(first.partition("/")[2]) is None


def test_a_photo_that_is_removed_takes_its_picture_along(page: Page) -> None:
    screen = hand_in(page, ME, *((f"{seed}.jpg", marked(seed)) for seed in range(3)))
    first, second, third = tokens(screen.strip)
    assert tokens(page.remove(ME, 1).strip) == [first, third]
    assert page.sessions.thumbnail(second) is None
    assert page.sessions.thumbnail(first) is not None
    page.clear(ME)
    assert page.sessions.thumbnail(first) is None
    others = tokens(hand_in_others(page, ("else.jpg", marked(9))).others)
    assert page.sessions.thumbnail(others[0]) is not None
    page.clear_others(ME)
    assert page.sessions.thumbnail(others[0]) is None


def test_a_result_keeps_its_pictures_until_the_next_one(page: Page) -> None:
    four(page)
    _, context = finish(run(page, ME, ask(page)))[-1].shown or pytest.fail("no result")
    shown = [one.partition("/")[2] for one in context.thumbnails]
    page.remove(ME, 0)
    assert all(page.sessions.thumbnail(one) for one in shown)
    finish(run(page, ME, ask(page, name="Other Name")))
    assert [page.sessions.thumbnail(one) is not None for one in shown] == [False, True, True, True]


@pytest.mark.parametrize("how", ["forgotten", "swept", "asked how long", "due"])
def test_a_visit_that_is_gone_has_no_pictures_even_where_a_run_still_holds_it(page: Page, how: str) -> None:
    now = [0.0]
    page.sessions._now = lambda: now[0]
    mine = tokens(hand_in(page, ME, ("a.jpg", marked(1))).strip)[0]
    visit = page.sessions.open(ME)
    now[0] = 0.0 if how == "forgotten" else page.settings.session_minutes * 60.0
    theirs = tokens(hand_in(page, OTHER, ("a.jpg", marked(1)), ticket="u" * 32).strip)[0]
    if how == "forgotten":
        page.forget(ME)
    elif how == "swept":
        page.sweep()
    elif how == "asked how long":
        page.sessions.left(ME)
    assert page.sessions.thumbnail(mine) is None
    assert len(visit.thumbnails) == (1 if how == "due" else 0)
    assert page.sessions.thumbnail(theirs) is not None
