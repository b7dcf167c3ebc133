"""What the project does with undocumented parts of the framework, and that the framework still makes it necessary.

A test named `test_the_framework_...` fails once the framework does otherwise: then its patch can go.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import gradio as gr
import plotly.graph_objects as go
import pytest
from gradio.state_holder import SessionState
from starlette.applications import Starlette
from starlette.testclient import TestClient

from idia_core.errors import IdiaError
from idia_core.settings import Settings
from idia_core.text import say
from idia_core.ui.page import gradio_patches
from idia_core.ui.page.gradio_patches import QuietBlocks, contains_file_reference
from idia_core.ui.server import serving
from idia_core.ui.service.page import Page
from tests.ui.conftest import ERRORS

NAME = "Zeldamira Quuxington"
ANSWERS: dict[str, Callable[[], dict[str, Any]]] = {
    "a value": lambda: {"shown": "<b>new</b>"},
    "two values": lambda: {"field": NAME, "shown": ""},
    "nothing to see": lambda: {"note": None},
    "nothing said": lambda: {"field": gr.skip()},
    "changed parts": lambda: {
        "field": gr.Textbox(NAME, visible=False),
        "note": gr.HTML(visible=True),
        "shown": None,
    },
}


class Form:
    """A page with a field that is read and written, two texts that are only written, and an event for all."""

    def __init__(self, blocks: type[gr.Blocks], answer: Callable[[], dict[str, Any]]) -> None:
        with blocks() as self.demo:
            self.field = gr.Textbox(label="Name")
            self.shown = gr.HTML()
            self.note = gr.HTML("as it was")
            parts = {"field": self.field, "shown": self.shown, "note": self.note}
            self.field.submit(
                lambda _: {parts[part]: value for part, value in answer().items()},
                [self.field],
                list(parts.values()),
            )
        self.state = SessionState(self.demo)

    def submit(self, value: object = NAME) -> list[Any]:
        found = self.demo.fns[0]
        answered = asyncio.run(self.demo.process_api(block_fn=found, inputs=[value], state=self.state))
        return list(answered["data"])

    def kept(self) -> tuple[int, str]:
        blocks = self.state.blocks_config.blocks
        return len(blocks), f"{self.state.config_values} {self.state.state_data}"


def test_nothing_of_a_visit_is_noted_and_nothing_adds_up() -> None:
    form = Form(QuietBlocks, ANSWERS["changed parts"])
    before = form.kept()
    for _ in range(3):
        form.submit()
    assert form.kept() == before


def test_the_framework_would_note_it_and_add_up() -> None:
    """Once this fails, the framework has stopped, and `QuietBlocks` need not step in any more."""
    form = Form(gr.Blocks, ANSWERS["changed parts"])
    before = form.kept()
    for _ in range(3):
        form.submit()
    assert form.kept()[0] > before[0]
    assert NAME in form.kept()[1]


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_what_is_sent_is_what_the_framework_sends(answer: Callable[[], dict[str, Any]]) -> None:
    ours, theirs = Form(QuietBlocks, answer).submit(), Form(gr.Blocks, answer).submit()
    for value in (*ours, *theirs):
        if isinstance(value, dict) and value.get("props") == gr.skip():
            del value["props"]  # of a text of which nothing was said, the framework says so a second time
    assert ours == theirs


def test_the_framework_builds_every_part_anew_of_which_an_answer_says_nothing() -> None:
    """`QuietBlocks.postprocess_data` leaves these out: most of the work of a short answer."""

    def built(blocks: type[gr.Blocks]) -> int:
        form, made = Form(blocks, ANSWERS["a value"]), []
        for part in (gr.Textbox, gr.HTML):
            begin = part.__init__
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(
                    part, "__init__", lambda self, *a, _b=begin, **k: (made.append(1), _b(self, *a, **k))[1]
                )
                form.submit()
        return len(made)

    assert built(gr.Blocks) > 0
    assert built(QuietBlocks) == 0


def test_the_framework_copies_a_file_that_an_events_data_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`contains_file_reference` refuses it before that, and an address before it is fetched; no event takes one."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "copies"))
    secret = tmp_path / "secret.txt"
    secret.write_text(NAME)
    copies: list[list[Path]] = []
    named = {"path": str(secret), "meta": {"_type": "gradio.FileData"}}
    for blocks in (QuietBlocks, gr.Blocks):
        form = Form(blocks, ANSWERS["nothing said"])
        with pytest.raises(gr.Error) if blocks is QuietBlocks else nullcontext() as told:
            form.submit([{"image": named}])
        copies.append(list((tmp_path / "copies").rglob("secret.txt")))
    assert told is None
    assert copies[0] == []
    assert [copy.read_text() for copy in copies[1]] == [NAME]
    for value in (named, [[named]], {"deep": (named,)}):
        assert contains_file_reference(value)
    assert not contains_file_reference(["a name", {"key": "Ann", "left_out": ["path"]}])


@contextmanager
def mounted(demo: gr.Blocks) -> Iterator[TestClient]:
    app = Starlette()
    gradio_patches.open_queue(demo, 50, 61)
    gradio_patches.mount(app, demo, 15)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_the_framework_prints_an_error_with_its_words(capfd: pytest.CaptureFixture[str]) -> None:
    """`QuietBlocks.process_api` lets none through."""
    printed = []
    for blocks in (gr.Blocks, QuietBlocks):
        form = Form(blocks, dict)

        def breaks(_: str) -> None:
            raise OSError(NAME)

        form.demo.fns[0].fn = breaks
        with mounted(form.demo) as client:
            answer = client.post("/gradio_api/run/predict", json={"data": [NAME], "fn_index": 0})
        assert answer.status_code == 500
        assert NAME not in answer.text
        printed.append("".join(capfd.readouterr()))
    assert NAME in printed[0]
    assert NAME not in printed[1]


def test_the_framework_keeps_an_answer_that_nobody_fetches() -> None:
    """`drop_unread` drops it when the visit is forgotten."""
    form = Form(QuietBlocks, ANSWERS["two values"])
    with mounted(form.demo) as client:
        asked = {"data": [NAME], "fn_index": 0, "session_hash": "gone"}
        assert client.post("/gradio_api/queue/join", json=asked).status_code == 200
        unread = form.demo._queue.pending_messages_per_session
        until = time.monotonic() + 30
        while NAME not in str(list(unread["gone"]._queue)) and time.monotonic() < until:
            time.sleep(0.05)
        assert NAME in str(list(unread["gone"]._queue))
        assert gradio_patches.drop_unread(form.demo, lambda key: key == "gone") == 0
        assert gradio_patches.drop_unread(form.demo, lambda key: False) == 1
        assert "gone" not in unread
        assert "gone" not in form.demo._queue.pending_event_ids_session


def test_what_is_mounted_has_every_switch_on_the_safe_side(capfd: pytest.CaptureFixture[str]) -> None:
    form = Form(QuietBlocks, dict)
    with mounted(form.demo) as client:
        config = client.get("/config").json()
        assert (config["show_error"], config["run_history"], config["footer_links"]) == (False, False, [])
        assert (config["analytics_enabled"], config["pwa"], config["mcp_server"]) == (True, False, False)
        assert config["max_file_size"] == 15 * 1024 * 1024
        assert config["css"].startswith("/*")
        assert config["theme_hash"]
        for path in ("docs", "redoc", "openapi.json", "monitoring", "monitoring/summary"):
            assert client.get(f"/{path}").status_code >= 400, path
        assert form.demo.state_holder.capacity == gradio_patches.MOST_SESSIONS
        assert form.demo.limiter.total_tokens == 61
        assert len(form.demo._queue.active_jobs) == 61
        stumbled = client.post("/gradio_api/run/predict", json={"data": [], "fn_index": 999})
        assert (stumbled.status_code, stumbled.text) == (400, "This request cannot be understood.")
        foreign = {"origin": "http://elsewhere.example", "host": "localhost:7860"}
        assert "access-control-allow-origin" not in client.get("/config", headers=foreign).headers
    assert "".join(capfd.readouterr()) == ""


def test_the_framework_keeps_ten_thousand_pages_where_nobody_says_otherwise() -> None:
    """`mount_gradio_app` has no argument for it, unlike `launch`."""
    with gr.Blocks() as demo:
        pass
    assert demo.state_session_capacity == 10_000


def test_listening_is_where_the_framework_would_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("LOCALHOST_NAME", "[::1]"), ("INITIAL_PORT_VALUE", 9000), ("TRY_NUM_PORTS", 3)):
        monkeypatch.setattr(gradio_patches.http_server, name, value)
    assert gradio_patches.listening() == ("::1", range(9000, 9003))


@pytest.mark.parametrize("data", [None, 7, "photo", ["photo"], {}, {"photo": 3}, {"photo": {"deep": 1}}])
def test_an_events_data_may_be_anything(data: Any) -> None:
    found = gradio_patches.event_field(gr.EventData(None, data), "photo")
    assert found == (data.get("photo") if isinstance(data, dict) else None)


def test_the_framework_leaves_plotlys_settings_out() -> None:
    """With plotly's own, a chart has a button that sends it to a cloud; `plot_data` brings ours along."""
    figure = go.Figure()
    theirs = gr.Plot().postprocess(figure)
    assert theirs is not None
    assert "config" not in json.loads(theirs.plot)
    ours = gr.Plot().postprocess(gradio_patches.plot_data(figure))
    assert json.loads(ours.plot)["config"]["showSendToCloud"] is False


def test_an_answer_for_a_part_that_the_event_does_not_have_is_a_fault_as_before() -> None:
    form = Form(QuietBlocks, dict)
    with gr.Blocks():
        stranger = gr.HTML()
    form.demo.fns[0].fn = lambda _: {stranger: "?"}
    with pytest.raises(gr.Error):
        form.submit()


def test_a_mistake_is_told_in_its_own_words_and_not_logged(capfd: pytest.CaptureFixture[str]) -> None:
    form = Form(QuietBlocks, dict)

    def refuse(_: str) -> None:
        raise IdiaError("model-not-offered")

    form.demo.fns[0].fn = refuse
    with pytest.raises(gr.Error, match=r"does not offer that model\. Choose one") as told:
        form.submit()
    assert not told.value.print_exception
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kind", ERRORS)
@pytest.mark.parametrize("late", [False, True], ids=["at once", "in a later step"])
def test_of_an_error_only_kind_and_place_are_logged(
    kind: str, late: bool, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    form = Form(QuietBlocks, dict)
    function = form.demo.fns[0]

    def breaks(_: str) -> None:
        raise ERRORS[kind](NAME)

    def breaks_later(_: str) -> Any:
        yield {form.shown: "so far"}
        raise ERRORS[kind](NAME)

    function.fn = breaks_later if late else breaks

    async def steps() -> None:
        answer: dict[str, Any] = {"iterator": None}
        for _ in range(2 if late else 1):
            answer = await form.demo.process_api(
                block_fn=function, inputs=[NAME], state=form.state, iterator=answer["iterator"]
            )

    with pytest.raises(gr.Error) as told:
        asyncio.run(steps())
    assert told.value.message == say("broke")
    assert not told.value.print_exception
    assert told.value.__context__ is None
    assert f"{kind} at {__file__}:" in caplog.text
    assert "Quuxington" not in caplog.text + "".join(capfd.readouterr())


def test_the_frameworks_own_complaint_about_an_input_is_told_and_not_printed() -> None:
    with QuietBlocks() as demo:
        field = gr.Number(minimum=0)
        field.submit(lambda _: None, [field], None)
    with pytest.raises(gr.Error, match="-5") as told:
        asyncio.run(demo.process_api(block_fn=demo.fns[0], inputs=[-5], state=SessionState(demo)))
    assert not told.value.print_exception


@pytest.fixture
def whole(tmp_path: Path) -> tuple[gr.Blocks, Page]:
    return serving.build(Settings(cache_dir=tmp_path))


def test_tau_may_be_as_large_as_a_visitor_has_prompts_of_their_own(whole: tuple[gr.Blocks, Page]) -> None:
    demo, page = whole
    moved = next(one for one in demo.fns.values() if one.api_name == "rejudged")
    request = gr.Request(session_hash="me")
    asyncio.run(demo.process_api(block_fn=moved, inputs=[40, 500], state=SessionState(demo), request=request))
    assert (page.sessions.open("me").choice.tau, page.sessions.open("me").choice.size) == (40, 500)


def test_no_part_of_the_page_needs_the_frameworks_notes(whole: tuple[gr.Blocks, Page]) -> None:
    assert not [block for block in whole[0].blocks.values() if block.stateful]
