"""The real page, served by the real app, in a real browser: what a visitor sees, and what leaves no trace."""

from __future__ import annotations

import gc
import re
import shutil
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from idia_core.clip.encoder import Encoder
from idia_core.sandbox import examples
from idia_core.settings import ASSETS, Settings
from idia_core.text import phrases, say
from tests import portrait
from tests.assets import make_photos
from tests.ui.conftest import MARK, marked
from tests.ui.served import Served, serve

CHROMIUM = "/usr/bin/chromium"
ROOT = Path(__file__).resolve().parents[2]
PEOPLE = examples.read_examples(ASSETS / "examples")
SLOW_MACHINE = 180_000
"""Milliseconds; nothing here takes more than a few seconds unless the machine is busy."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"there is no {CHROMIUM}"),
    pytest.mark.skipif(not PEOPLE, reason="there are no example people yet"),
]
sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("app")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync.sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield started
        started.close()


@pytest.fixture
def page(server: Served, browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Open the page; at the end, nothing must have left for elsewhere, and the console must be clean."""
    context = browser.new_context(permissions=["camera"], **getattr(request, "param", {}))
    opened = context.new_page()
    opened.set_default_timeout(SLOW_MACHINE)
    elsewhere: list[str] = []
    complaints: list[str] = []
    ours = (server.url, "data:", f"blob:{server.url}")
    opened.on("request", lambda one: None if one.url.startswith(ours) else elsewhere.append(one.url))
    opened.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("dialog", lambda dialog: complaints.append(f"a dialog opened: {dialog.message}"))
    opened.goto(server.url)
    opened.wait_for_selector("#examples button")
    yield opened
    context.close()
    assert elsewhere == []
    assert complaints == []


def add(page: Any, *files: tuple[str, bytes]) -> None:
    parcels = [{"name": name, "mimeType": "image/jpeg", "buffer": data} for name, data in files]
    page.locator("#photos input[type=file]").set_input_files(parcels)
    page.wait_for_selector("#strip .strip")


def portraits(count: int) -> list[tuple[str, bytes]]:
    """Return an example person's portraits, with the mark in each."""
    found = []
    for path in PEOPLE[0].files[:count]:
        data = path.read_bytes()
        comment = b"\xff\xfe" + (len(MARK) + 2).to_bytes(2, "big") + MARK
        found.append((f"private_{path.name}", data[:2] + comment + data[2:]))
    return found


def ask(page: Any, name: str) -> None:
    page.locator("#name").locator("input, textarea").fill(name)
    page.locator("#consent input").check()
    page.locator("#go").click()


def answered(page: Any) -> str:
    page.wait_for_selector("#outcome .outcome")
    page.wait_for_function("() => !document.querySelector('[data-running]')")
    return page.inner_text("#outcome")


def until_said(page: Any, selector: str, text: str) -> None:
    sync.expect(page.locator(selector)).to_contain_text(text, timeout=SLOW_MACHINE)


def overflow(page: Any) -> int:
    return page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_photos_in_verdict_out_what_if_and_no_trace(page: Any, server: Served) -> None:
    name = "Zeldamira Quuxington"
    add(page, *portraits(4), ("cut.jpg", marked(9)[:400]))
    assert page.locator("#strip .thumbs li").count() == 4
    until_said(page, "#strip .refused", "cut.jpg")
    ask(page, name)
    said = answered(page)
    assert name in said
    assert "Sandbox" in said
    assert say("idia-title") in said
    until_said(page, "[data-number=used]", "4 of 4")
    page.wait_for_selector("#matrix .heatmaplayer")
    page.wait_for_selector("#votes .js-plotly-plot")

    page.locator("#options button").first.click()
    page.locator("#tau input[type=number]").fill("5")
    page.locator("#tau input[type=number]").press("Enter")
    until_said(page, "#outcome .idia", "it takes 5 (tau)")
    page.locator("#size input[type=number]").fill("100")
    page.locator("#size input[type=number]").press("Enter")
    until_said(page, "#outcome .about", "100 names")
    page.locator("#cards [data-photo='1']").click()
    until_said(page, "[data-number=used]", "3 of 4")
    assert page.locator("#cards [data-photo='1']").get_attribute("aria-checked") == "false"
    page.locator("#cards [data-photo='1']").click()
    until_said(page, "[data-number=used]", "4 of 4")

    needles = (MARK, b"private_", name.encode(), b"Quuxington")
    assert server.traces(*needles) == []
    stored = page.evaluate("() => JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage})")
    assert "Quuxington" not in stored
    assert name.replace(" ", "%20") not in page.url
    page.locator("#forget").click()
    until_said(page, "#progress", "Forgotten")
    assert "Quuxington" not in page.content()
    assert server.traces(*needles) == []
    assert not (ROOT / ".gradio").exists()


def test_one_click_on_an_example_gives_a_marked_verdict(page: Any) -> None:
    assert page.inner_text("#ask").startswith(say("privacy"))
    page.locator("[data-do=example]").click()
    said = answered(page)
    assert PEOPLE[0].name in said
    assert say("sandbox-ribbon") in said
    assert phrases.example_truth(PEOPLE[0].training_photos) in said
    assert page.locator("#name").locator("input, textarea").input_value() == PEOPLE[0].name
    assert page.locator("#cards .card").count() == len(PEOPLE[0].files)
    page.keyboard.press("p")
    assert page.evaluate("() => document.body.classList.contains('presenter')")
    page.locator("#name").locator("input, textarea").press("p")
    assert page.evaluate("() => document.body.classList.contains('presenter')")


def test_what_is_missing_is_said_and_a_hostile_name_is_text(page: Any) -> None:
    page.locator("#go").click()
    until_said(page, "#progress", say("no-photo"))
    add(page, *portraits(2))
    until_said(page, "#strip", say("strip-few", count=1))
    page.locator("#go").click()
    until_said(page, "#progress", say("no-name"))
    page.locator("#model select").select_option("laion400m-b32")
    until_said(page, "#model-note", "python -m idia_core models fetch laion400m-b32")
    ask(page, "Ann Li")
    until_said(page, "#progress", "not on this machine")
    page.locator("#model select").select_option("sandbox")
    hostile = "<img src=x onerror=alert(1)> ${alert(2)} {{value}}"
    ask(page, hostile)
    assert hostile in answered(page)
    assert "Can't tell" in page.inner_text("#outcome")
    assert page.locator("img[src='x']").count() == 0
    assert page.locator("#strip .thumbs li").count() == 2


def test_stop_frees_the_model_for_the_next_run(page: Any) -> None:
    add(page, *portraits(3))
    page.locator("#options button").first.click()
    many = "\n".join(f"a photo number {number} of {{0}}" for number in range(60))
    page.locator("#templates textarea").fill(many)
    for pause in (0, 100, 700):
        ask(page, "Ann Li")
        page.wait_for_timeout(pause)
        page.locator("#stop").click()
        until_said(page, "#progress", say("stopped"))
        assert page.locator("#outcome .outcome").count() == 0
        assert page.locator("#go").is_visible()
    page.locator("#templates textarea").fill("")
    page.locator("#go").click()
    assert "Ann Li" in answered(page)
    until_said(page, "[data-number=used]", "3 of 3")


def test_dropped_pasted_and_taken_with_the_camera(page: Any) -> None:
    bring = """([kind, base64]) => {
        const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
        const data = new DataTransfer();
        data.items.add(new File([bytes], kind + '.jpg', {type: 'image/jpeg'}));
        const event = kind === 'drop' ? new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})
          : new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
        document.body.dispatchEvent(event);
    }"""
    for count, kind in enumerate(("drop", "paste"), start=1):
        page.evaluate(bring, [kind, b64encode(marked(count)).decode()])
        sync.expect(page.locator("#strip .thumbs li")).to_have_count(count, timeout=SLOW_MACHINE)
    page.locator("[data-do=camera]").click()
    page.wait_for_function("() => document.querySelector('dialog video').videoWidth > 0")
    page.locator("[data-do=shoot]").click()
    sync.expect(page.locator("#strip .thumbs li")).to_have_count(3, timeout=SLOW_MACHINE)
    page.locator("[data-do=close]").click()
    assert page.evaluate("() => document.querySelector('dialog video').srcObject.active") is False
    page.locator("#strip [data-remove='0']").click()
    sync.expect(page.locator("#strip .thumbs li")).to_have_count(2, timeout=SLOW_MACHINE)


DROP_ON = """([selector, base64]) => {
    const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], 'private_drop.jpg', {type: 'image/jpeg'}));
    const event = new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true});
    document.querySelector(selector).dispatchEvent(event);
}"""


def test_photos_of_somebody_else_go_to_their_own_zone_and_leave_no_trace(page: Any, server: Served) -> None:
    page.locator("#others button").first.click()
    upload = {"name": "private_else.jpg", "mimeType": "image/jpeg", "buffer": marked(70)}
    page.locator("#others-photos input[type=file]").set_input_files([upload])
    sync.expect(page.locator("#others-strip .thumbs li")).to_have_count(1, timeout=SLOW_MACHINE)
    page.evaluate(DROP_ON, ["#others-photos .drop p", b64encode(marked(71)).decode()])
    sync.expect(page.locator("#others-strip .thumbs li")).to_have_count(2, timeout=SLOW_MACHINE)
    assert page.locator("#strip .thumbs li").count() == 0
    add(page, *portraits(3))
    assert page.locator("#others-strip .thumbs li").count() == 2
    page.locator("#others-strip [data-remove='0']").click()
    sync.expect(page.locator("#others-strip .thumbs li")).to_have_count(1, timeout=SLOW_MACHINE)
    ask(page, "Zeldamira Quuxington")
    assert say("others-given", photos="1 photo") in answered(page)
    assert server.traces(MARK, b"private_") == []
    page.locator("#forget").click()
    sync.expect(page.locator("#others-strip .thumbs li")).to_have_count(0, timeout=SLOW_MACHINE)


def test_how_far_to_trust_it_is_drawn_from_a_run_and_calculated_at_once(page: Any) -> None:
    page.locator("#tab-answer").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#tab-trust").get_attribute("aria-selected") == "true"
    assert not page.locator("#view-answer").is_visible()
    until_said(page, "#paper-table", "0 of 18")
    page.locator("#trust-people [data-person]").last.click()
    page.wait_for_selector("#picture-5 .js-plotly-plot")
    until_said(page, "#caption-5", "21 such votes")
    until_said(page, "#picture-1", phrases.example_truth(PEOPLE[-1].training_photos))
    page.locator("#calc-tau input[type=number]").fill("3")
    page.locator("#calc-tau input[type=number]").press("Enter")
    until_said(page, "#calc-answer", "0.70%")
    assert overflow(page) <= 0
    page.locator("#examples [data-example]").first.click()
    assert PEOPLE[0].name in answered(page)
    assert not page.locator("#view-trust").is_visible()


@pytest.mark.parametrize(
    "page",
    [{"viewport": {"width": 390, "height": 844}, "has_touch": True, "color_scheme": "dark"}],
    indirect=True,
)
def test_on_a_phone_in_the_dark_nothing_sticks_out(page: Any) -> None:
    assert overflow(page) <= 0
    page.locator("#examples [data-example]").last.click()
    answered(page)
    page.wait_for_selector("#votes .js-plotly-plot")
    assert overflow(page) <= 0
    ink, paper = page.evaluate(
        "() => { const s = (q, p) => getComputedStyle(document.querySelector(q))[p];"
        " return [s('#outcome .why', 'color'), s('#outcome .why', 'backgroundColor')]; }"
    )
    assert brightness(ink) - brightness(paper) > 120
    text = page.evaluate("() => getComputedStyle(document.querySelector('#votes .ytick text')).fill")
    assert brightness(text) > 150


def brightness(colour: str) -> float:
    red, green, blue = (float(part) for part in re.findall(r"[\d.]+", colour)[:3])
    return 0.3 * red + 0.59 * green + 0.11 * blue


def test_what_the_page_does_not_use_is_closed(server: Served) -> None:
    for path in (
        "gradio_api/upload",
        "gradio_api/file=/etc/passwd",
        "monitoring/summary",
        "gradio_api/deep_link",
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(server.url + path, timeout=30)
        assert refused.value.code == 403
    with urllib.request.urlopen(server.url, timeout=30) as answer:
        assert "connect-src 'self'" in answer.headers["content-security-policy"]


def in_memory(needle: str) -> list[str]:
    """Find whatever in this process refers to a text with the needle: containers, fields, closures, frames."""
    found = []
    for thing in gc.get_objects():
        hits = [
            one for one in gc.get_referents(thing) if type(one) is str and needle in one and one != needle
        ]
        found += [f"{type(thing).__name__} with {hit[:60]!r}" for hit in hits]
    return found


def test_closing_the_page_leaves_nothing_in_the_servers_memory(
    browser: Any, tiny: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from idia_core.ui.server import serving
    from idia_core.ui.server.workspace import FRAMEWORK_SETTINGS, LOCK_NAME, prepare

    for key in (*FRAMEWORK_SETTINGS, "GRADIO_TEMP_DIR"):
        monkeypatch.setenv(key, "")
    workspace = prepare(tmp_path)
    settings = Settings(default_model=tiny.spec.key, names=40, cache_dir=tmp_path / "cache")
    running = serving.start(settings, *serving.build(settings))
    served = running.page
    family = "Quux" + "ulanova"  # put together here, so that this function's own code does not hold it
    try:
        page = browser.new_page()
        page.set_default_timeout(SLOW_MACHINE)
        page.goto(running.url)
        page.wait_for_selector("#go")
        add(page, *portraits(3))
        ask(page, f"Zelda {family}")
        assert family in answered(page)
        assert len(served.sessions) == 1
        assert in_memory(family) != []
        page.close()
        deadline = time.monotonic() + 60
        while len(served.sessions) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert len(served.sessions) == 0
        time.sleep(1)
        gc.collect()
        assert in_memory(family) == []
        assert [path for path in workspace.folder.rglob("*") if path.is_file()] == [
            workspace.folder / LOCK_NAME
        ]
    finally:
        running.close()


class Proxy:
    """Serves an app below a folder, as a host's proxy does that takes the folder away before it passes requests on."""

    def __init__(self, app: Any, folder: str) -> None:
        self.app, self.folder = app, folder
        self.outside: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            if not scope["path"].startswith(f"{self.folder}/"):
                self.outside.append(scope["path"])
            path = scope["path"].removeprefix(self.folder)
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await self.app(scope, receive, send)


def test_below_a_folder_photos_arrive_and_their_small_pictures_are_shown(
    browser: Any, tiny: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from idia_core.ui.server import serving
    from idia_core.ui.server.workspace import FRAMEWORK_SETTINGS, prepare

    for key in (*FRAMEWORK_SETTINGS, "GRADIO_TEMP_DIR"):
        monkeypatch.setenv(key, "")
    monkeypatch.setenv("GRADIO_ROOT_PATH", "/some/where")
    prepare(tmp_path)
    make_app, proxies = serving.make_app, []

    def behind(*arguments: Any) -> Any:
        app = make_app(*arguments)
        proxies.append(Proxy(app, "/some/where"))
        proxies[-1].routes = app.routes  # where the server looks for the framework's page when it ends
        return proxies[-1]

    monkeypatch.setattr(serving, "make_app", behind)
    settings = Settings(default_model=tiny.spec.key, names=40, cache_dir=tmp_path / "cache")
    running = serving.start(settings, *serving.build(settings))
    try:
        page = browser.new_page()
        page.set_default_timeout(SLOW_MACHINE)
        page.goto(f"{running.url}some/where/")
        page.wait_for_selector("#go")
        add(page, *portraits(3))
        page.wait_for_function("document.querySelectorAll('#strip img').length === 3")
        shown = "[...document.querySelectorAll('#strip img')].every((one) => one.complete && one.naturalWidth === 128)"
        page.wait_for_function(shown)
        sources = page.eval_on_selector_all("#strip img", "all => all.map((one) => one.src)")
        assert all(source.startswith(f"{running.url}some/where/thumbnails/") for source in sources)
        ask(page, "Zelda Quux")
        answered(page)
        page.wait_for_function(
            "[...document.querySelectorAll('#cards img')].every((one) => one.complete && one.naturalWidth > 0)"
        )
        page.locator("#strip [data-remove='0']").click()
        sync.expect(page.locator("#strip img")).to_have_count(2, timeout=SLOW_MACHINE)
        gone = page.evaluate("async (source) => (await fetch(source)).status", sources[0])
        assert gone == 404
        page.close()
        assert [path for path in proxies[0].outside if path != "/favicon.ico"] == []
    finally:
        running.close()


@portrait.needed
def test_the_person_is_picked_and_the_three_ways_stand_side_by_side(
    browser: Any, tiny: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from idia_core.ui.server import serving
    from idia_core.ui.server.workspace import FRAMEWORK_SETTINGS, prepare

    for key in (*FRAMEWORK_SETTINGS, "GRADIO_TEMP_DIR"):
        monkeypatch.setenv(key, "")
    prepare(tmp_path)
    settings = Settings(default_model=tiny.spec.key, names=40, cache_dir=tmp_path / "cache")
    running = serving.start(settings, *serving.build(settings))
    files = {"me.png": portrait.portrait(), "us.png": portrait.two(), "lawn.png": Image.new("RGB", (99, 99))}
    try:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.set_default_timeout(SLOW_MACHINE)
        page.goto(running.url)
        page.wait_for_selector("#go")
        add(page, *((name, make_photos.saved(picture, "PNG")) for name, picture in files.items()))
        until_said(page, "#strip .which-face", say("face-which", photo=2))
        page.locator("#strip [data-face='1']").click()
        pressed = page.locator("#strip [data-face='1'][aria-pressed='true']")
        sync.expect(pressed).to_have_count(1, timeout=SLOW_MACHINE)
        page.locator("#strip .doubts summary").click()
        until_said(page, "#strip .doubts", "No face was found in this photo.")
        assert overflow(page) <= 0
        page.locator("#options button").first.click()
        page.locator("#crop input[value=face]").check()
        ask(page, "Zelda Quux")
        answered(page)
        until_said(page, "[data-number=used]", "2 of 2")
        assert page.locator("#ways [data-way]").count() == 3
        assert page.locator("#ways img").count() == 3
        until_said(page, "#ways [data-way=face]", say("view-asked"))
        until_said(page, "#ways .refused", "lawn.png")
        assert overflow(page) <= 0
        page.locator("#model select").select_option("sandbox")
        sync.expect(page.locator("#strip .which-face")).to_have_count(0, timeout=SLOW_MACHINE)
        page.close()
    finally:
        running.close()


def test_the_tools_of_this_test_can_find_a_trace(server: Served, tmp_path: Path) -> None:
    """A search that finds nothing proves nothing unless it finds what is there."""
    planted = server.root / "tmp" / "planted"
    planted.mkdir()
    (planted / "upload.bin").write_bytes(b"..." + MARK)
    assert len(server.traces(MARK)) == 1
    shutil.rmtree(planted)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_visit_that_nobody_uses_is_forgotten_and_the_page_says_so(browser: Any, tmp_path: Path) -> None:
    with serve(tmp_path, IDIA_SESSION_MINUTES="1") as short:
        page = browser.new_page()
        page.set_default_timeout(SLOW_MACHINE)
        page.goto(short.url)
        page.wait_for_selector("#go")
        add(page, *portraits(3))
        ask(page, "Zelda Quuxulanova")
        assert "Quuxulanova" in answered(page)
        assert short.memory(MARK) != []
        until_said(page, "#progress", say("expired", minutes=1))
        assert page.locator("#strip img").count() == 0
        assert "Quuxulanova" in page.inner_text("#outcome"), "what is on the screen stays there"
        deadline = time.monotonic() + 60
        while short.memory(MARK) and time.monotonic() < deadline:
            time.sleep(1)
        assert short.memory(MARK) == []
        page.close()
