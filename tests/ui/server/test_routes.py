"""Our own addresses: photos in, small pictures out, and nothing else."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from idia_core.text import say
from idia_core.ui.server.routes import routes
from idia_core.ui.service.page import Page
from tests.ui.conftest import marked
from tests.ui.service.test_page import ME

TICKET = "t" * 32


@pytest.fixture
def client(page: Page) -> TestClient:
    return TestClient(Starlette(routes=routes(page)))


def test_a_file_arrives_as_it_is_with_its_name(client: TestClient, page: Page) -> None:
    answer = client.post(f"/photos/{TICKET}", content=marked(1), headers={"x-label": "Ferien%20%C3%84.jpg"})
    assert (answer.status_code, answer.text) == (200, "")
    assert page.uploads.inbox.take(TICKET) == [("Ferien Ä.jpg", marked(1))]


def test_a_request_that_the_pages_script_would_not_make_is_told(client: TestClient, page: Page) -> None:
    assert client.post(f"/photos/{TICKET}", content=marked(1)).text == say("no-upload")
    assert client.post("/photos/short", content=marked(1), headers={"x-label": "a"}).text == say("no-upload")
    assert client.get(f"/photos/{TICKET}").status_code == 405
    assert client.post("/photos/", content=b"x").status_code == 404
    assert page.uploads.inbox.take(TICKET) == []


def test_the_inboxs_bounds_are_told_in_its_sentences(client: TestClient, page: Page) -> None:
    headers = {"x-label": "a.jpg"}
    for _ in range(page.settings.max_photos + 1):
        assert client.post(f"/photos/{TICKET}", content=b"x", headers=headers).text == ""
    assert "Add fewer photos" in client.post(f"/photos/{TICKET}", content=b"x", headers=headers).text


def test_a_small_picture_is_there_for_as_long_as_its_visit(client: TestClient, page: Page) -> None:
    page.uploads.receive(TICKET, "a.jpg", marked(1))
    (address,) = re.findall(r'src="([^"]+)"', str(page.collect(ME, TICKET).strip))
    answer = client.get(f"/{address}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert max(Image.open(io.BytesIO(answer.content)).size) == 128
    for wrong in (address[:-1], address + "0", "thumbnails/" + "0" * 64, "thumbnails/", "thumbnails"):
        assert client.get(f"/{wrong}").status_code == 404
    assert client.post(f"/{address}").status_code == 405
    page.forget(ME)
    gone, never = client.get(f"/{address}"), client.get("/thumbnails/" + "0" * 64)
    assert (gone.status_code, gone.text, dict(gone.headers)) == (404, never.text, dict(never.headers))
