"""What the framework keeps of a page: nothing that was typed or shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from idia_core.errors import IdiaError
from idia_core.settings import Settings
from idia_core.text import say
from idia_core.ui.page.gradio_patches import QuietBlocks
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

    def submit(self) -> list[Any]:
        found = self.demo.fns[0]
        answered = asyncio.run(self.demo.process_api(block_fn=found, inputs=[NAME], state=self.state))
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
