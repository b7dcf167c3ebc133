"""The endpoint for programs, through the real server and the framework's own client."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from idia_core.clip.encoder import Encoder
from idia_core.settings import Settings
from idia_core.text import say
from idia_core.ui.service.page import Page
from tests.ui.conftest import ERRORS, OneModel, marked

PHOTOS = [b64encode(marked(seed)).decode() for seed in range(3)]


def serve(settings: Settings, tiny: Encoder) -> Any:
    from idia_core.ui.server import serving

    demo, page = serving.build(settings)
    page.engine._models = OneModel(tiny)  # type: ignore[assignment]
    return serving.start(settings, demo, page)


@pytest.fixture(scope="module")
def served(tiny: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Page, str]]:
    from idia_core.ui.server import workspace

    with pytest.MonkeyPatch.context() as patch:
        for key in (*workspace.FRAMEWORK_SETTINGS, "GRADIO_TEMP_DIR"):
            patch.setenv(key, "")
        workspace.prepare(tmp_path_factory.mktemp("work"))
        cache = tmp_path_factory.mktemp("cache")
        server = serve(Settings(default_model=tiny.spec.key, names=40, cache_dir=cache, api=True), tiny)
        yield server.page, server.url
        server.close()


def test_a_program_gets_the_page_s_answer_and_nothing_is_kept(served: tuple[Page, str]) -> None:
    from gradio_client import Client

    page, url = served
    answer = Client(url, verbose=False).predict(
        [*PHOTOS, f"data:image/jpeg;base64,{b64encode(b'no picture').decode()}"],
        "Zelda Quux",
        True,
        tau=2,
        names=20,
        api_name="/audit",
    )
    assert answer["name"] == "Zelda Quux"
    assert answer["photos"] == 3
    assert answer["idia"]["tau"] == 2
    assert {"outcome", "reasons", "p_value", "controls", "stability", "bound"} <= set(answer)
    assert [one["label"] for one in answer["set_aside"]] == ["photo 4"]
    assert len(page.sessions) == 0
    assert len(page.runner.queue) == 0


@pytest.mark.parametrize(
    ("photos", "name", "agreed", "says"),
    [
        (PHOTOS, "Zelda Quux", False, say("api-not-agreed")),
        (["/etc/hostname"], "Zelda Quux", True, "no base64 text"),
        (["http://127.0.0.1/x.jpg"], "Zelda Quux", True, "no base64 text"),
        ([], "Zelda Quux", True, say("no-photo")),
        (PHOTOS, "x" * 10_000, True, "80"),
        (PHOTOS, " ", True, say("no-name")),
    ],
)
def test_a_mistake_is_answered_with_the_page_s_sentence(
    served: tuple[Page, str], photos: list[str], name: str, agreed: bool, says: str
) -> None:
    page, url = served
    said = ask(url, {"photos": photos, "name": name, "i_may_use_these_photos": agreed})
    assert "event: error" in said
    assert says in said
    assert len(page.sessions) == 0


@pytest.mark.parametrize(
    "data", [[PHOTOS, "Zelda Quux"], [PHOTOS, "Zelda Quux", True, "tiny", "Zelda", 9, 0]]
)
def test_a_call_that_the_framework_trips_over_leaves_no_trace_in_the_log(
    served: tuple[Page, str], data: list[object], capfd: pytest.CaptureFixture[str]
) -> None:
    _, url = served
    question = urllib.request.Request(
        f"{url}gradio_api/call/audit",
        json.dumps({"data": data}).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(question, timeout=60) as reply:
        event = json.load(reply)["event_id"]
    with urllib.request.urlopen(f"{url}gradio_api/call/audit/{event}", timeout=60) as reply:
        assert "event: error" in reply.read().decode()
    printed = "".join(capfd.readouterr())
    assert "Zelda" not in printed
    assert PHOTOS[0][:60] not in printed


def ask(url: str, body: dict[str, Any]) -> str:
    """Call the endpoint as a program would; return all that it says."""
    question = urllib.request.Request(
        f"{url}gradio_api/call/v2/audit", json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(question, timeout=60) as reply:
        event = json.load(reply)["event_id"]
    with urllib.request.urlopen(f"{url}gradio_api/call/audit/{event}", timeout=60) as reply:
        return str(reply.read().decode())


@pytest.mark.parametrize("kind", ERRORS)
@pytest.mark.parametrize("part", ["look", "run"])
def test_of_an_error_in_a_call_only_kind_and_place_are_logged(
    served: tuple[Page, str],
    kind: str,
    part: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    page, url = served

    def breaks(*_: object) -> None:
        raise ERRORS[kind]("Zelda Quux")

    monkeypatch.setattr(page.faces if part == "look" else page.runner, part, breaks)
    said = ask(url, {"photos": PHOTOS, "name": "Zelda Quux", "i_may_use_these_photos": True})
    assert "event: error" in said
    assert say("broke") in said
    assert f"{kind} at {__file__}:" in caplog.text
    assert "Quux" not in said + caplog.text + "".join(capfd.readouterr())
    assert len(page.sessions) == 0


def test_the_door_is_shut_unless_a_host_opens_it(tiny: Encoder, tmp_path: Path) -> None:
    server = serve(Settings(default_model=tiny.spec.key, names=40, cache_dir=tmp_path), tiny)
    try:
        question = urllib.request.Request(
            f"{server.url}gradio_api/call/audit", b'{"data": []}', {"content-type": "application/json"}
        )
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(question, timeout=30)
        with urllib.request.urlopen(f"{server.url}gradio_api/info", timeout=30) as reply:
            assert json.load(reply)["named_endpoints"] == {}
    finally:
        server.close()
