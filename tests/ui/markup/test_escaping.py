"""Whatever comes from a visitor, a file or a host reaches the page as text: every public function is given hostile data."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from jinja2 import nodes
from markupsafe import Markup, escape

from idia_core.audit.judge import judge
from idia_core.audit.records import AuditResult
from idia_core.audit.views import ViewResult
from idia_core.clip.registry import SANDBOX, parse_model
from idia_core.errors import Message
from idia_core.evaluation.report import read_evaluation
from idia_core.evaluation.uniformity import Uniformity
from idia_core.photos.faces import Box, Face, FaceCheck
from idia_core.photos.photo import Finding, Photo, PhotoSet, Refusal
from idia_core.sandbox.examples import Example
from idia_core.settings import ASSETS, Settings
from idia_core.ui.markup import evidence, form, photos, results, templates, trust
from idia_core.ui.state import RunContext
from tests.charts.test_charts import encoded, matched_encoding

HOSTILE = """<img src=x onerror="alert('1')"> {{7*7}} {% raw %} ${x} &lt; </b>"""
MODULES = (evidence, form, photos, results, trust)
MARKUP = Path(results.__file__).parent
TEMPLATES = sorted((ASSETS / "templates").glob("*.html"))

FINDINGS = (Finding("near-double", {"label": HOSTILE}), Finding("no-face"))
REFUSED = (Refusal(HOSTILE, Message("photo-twin", {"label": HOSTILE})),)
PERSON = Example(HOSTILE, HOSTILE, 1, ())
CONTEXT = RunContext(
    others_note=HOSTILE, thumbnails=(HOSTILE,) * 5, refused=1, asked_photos=9, known_truth=HOSTILE
)
MODEL = replace(SANDBOX, title=HOSTILE, key=HOSTILE, training_data=HOSTILE, licence=HOSTILE)
WAYS = tuple(ViewResult(kind, 5, 2, 3, 0.1) for kind in ("whole", "face", "covered"))  # type: ignore[arg-type]


def photo(label: str) -> Photo:
    return Photo(label, np.zeros((60, 60, 3), np.uint8), "0" * 64, FINDINGS)


def hostile_result() -> AuditResult:
    made = matched_encoding(0.03)
    made = replace(
        made,
        name=HOSTILE,
        spec=MODEL,
        pool=replace(made.pool, names=tuple(f"{HOSTILE} {name}" for name in made.pool.names)),
        photos=tuple(replace(one, label=HOSTILE, findings=FINDINGS) for one in made.photos),
        prompts=replace(made.prompts, templates=tuple(f"{HOSTILE} {{0}}" for _ in made.prompts.templates)),
    )
    result = judge(made, tau=1)
    return replace(result, comparison=replace(result.comparison, view_results=WAYS))


RESULT = hostile_result()
PLAIN = judge(encoded(), tau=1)
TWO_FACES = FaceCheck(
    tuple(
        Face(Box(at, 5, at + 20, 25), ((at, 9), (at + 9, 9), (at + 5, 12), (at, 20), (at + 9, 20)), 0.9)
        for at in (2, 30)
    ),
    0,
    FINDINGS,
    (0, 0),
)
BOTH = PhotoSet(tuple(photo(HOSTILE) for _ in range(3)), REFUSED)
RATES = read_evaluation(ASSETS / "sandbox" / "evaluation.json")


def address_of(photo: Photo, edge: int) -> str:
    """Stands for the address of a small picture."""
    return f"{HOSTILE}{photo.label}{edge}"


TOLD: dict[str, Callable[[], Markup]] = {
    "evidence.groups_table": lambda: evidence.groups_table(RESULT),
    "form.examples": lambda: form.examples([PERSON], [HOSTILE]),
    "form.model_note": lambda: form.model_note(MODEL, here=False, downloads=False),
    "form.model_options": lambda: form.model_options([MODEL, MODEL], [True, False], HOSTILE),
    "form.note": lambda: form.note(HOSTILE),
    "form.progress": lambda: form.progress(HOSTILE, "photos", 1, 3),
    "form.trouble": lambda: form.trouble(Message("photo-named", {"label": HOSTILE, "reason": FINDINGS[0]})),
    "photos.face_notes": lambda: photos.face_notes(BOTH.photos, [TWO_FACES], [FINDINGS] * 3, address_of),
    "photos.left_out": lambda: photos.left_out(REFUSED),
    "photos.others_strip": lambda: photos.others_strip(BOTH, address_of),
    "photos.photo_strip": lambda: photos.photo_strip(BOTH, PERSON, address_of),
    "results.answers_table": lambda: results.answers_table(RESULT),
    "results.cards": lambda: results.cards(RESULT, CONTEXT),
    "results.heading": lambda: results.heading(HOSTILE, HOSTILE),
    "results.outcome": lambda: results.outcome(RESULT, CONTEXT),
    "results.ranking_table": lambda: results.ranking_table(RESULT),
    "results.view_comparison": lambda: results.view_comparison(RESULT, {"face": HOSTILE}, REFUSED),
    "results.votes_table": lambda: results.votes_table(RESULT),
    "trust.cell_caption": lambda: trust.cell_caption(RESULT),
    "trust.head": lambda: trust.head(HOSTILE, HOSTILE),
    "trust.note": lambda: trust.note(HOSTILE),
    "trust.people": lambda: trust.people([PERSON]),
    "trust.photos_picture": lambda: trust.photos_picture(RESULT, CONTEXT),
    "trust.prompts_picture": lambda: trust.prompts_picture(RESULT),
    "trust.table": lambda: trust.table([HOSTILE], [(HOSTILE, HOSTILE)]),
    "trust.title": lambda: trust.title(HOSTILE),
    "trust.vote_caption": lambda: trust.vote_caption(RESULT),
}
"""What shows text from elsewhere."""

OURS: dict[str, Callable[[], Markup]] = {
    "evidence.influence_table": lambda: evidence.influence_table(RESULT),
    "evidence.influence_words": lambda: evidence.influence_words(RESULT),
    "form.clock": form.clock,
    "form.intro": form.intro,
    "form.looks": form.looks,
    "form.not_for": form.not_for,
    "photos.drop_zone": lambda: photos.drop_zone(Settings()),
    "photos.others_zone": lambda: photos.others_zone(Settings()),
    "results.legend": results.legend,
    "results.limits": results.limits,
    "results.welcome": lambda: results.welcome(True),
    "trust.blind_note": lambda: trust.blind_note(RATES),
    "trust.bound_answer": lambda: trust.bound_answer(3, 1000, 2, 21),
    "trust.decoys_table": trust.decoys_table,
    "trust.measured_table": lambda: trust.measured_table(RATES),
    "trust.outcomes_table": lambda: trust.outcomes_table(RATES.rows[-1]),
    "trust.paper_table": lambda: trust.paper_table(RATES),
    "trust.picture_head": lambda: trust.picture_head(1),
    "trust.rules_table": lambda: trust.rules_table(RATES.rows[-1]),
    "trust.spread_note": lambda: trust.spread_note(Uniformity(60, (), 0.3, 0.3, 0.001)),
    "trust.tabs": trust.tabs,
    "trust.training_table": lambda: trust.training_table(RATES),
    "trust.weak": lambda: trust.weak(RATES),
    "trust.won_caption": lambda: trust.won_caption(RESULT, member=True),
}
"""What shows sentences and numbers of ours only."""


VOID = {"img", "input", "path", "rect", "circle"}
"""Tags that are never closed by another."""


class Reader(HTMLParser):
    """Reads markup as a browser does, and refuses what no template writes; opened tags must be closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.values: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attributes]
        assert tag not in {"script", "iframe", "style", "link"}
        assert not [name for name in names if name.startswith("on")]
        assert len(names) == len(set(names)), f"{tag} has an attribute twice"
        assert all(name.replace("-", "").isalpha() for name in names), names
        assert ("src", "x") not in attributes
        self.values += [value or "" for _, value in attributes]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.values.append(data)


def read(said: Markup) -> Reader:
    reader = Reader()
    reader.feed(str(said))
    reader.close()
    assert reader.open == []
    return reader


def public(module: ModuleType) -> set[str]:
    """Return the module's own functions that make markup."""
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for name, one in inspect.getmembers(module, inspect.isfunction)
        if one.__module__ == module.__name__ and not name.startswith("_")
        if inspect.signature(one).return_annotation == "Markup"
    }


def test_no_function_that_makes_markup_is_left_out_here() -> None:
    assert {name for module in MODULES for name in public(module)} == {*TOLD, *OURS}


@pytest.mark.parametrize("name", TOLD)
def test_hostile_text_is_shown_and_does_nothing(name: str) -> None:
    said = TOLD[name]()
    assert isinstance(said, Markup)
    assert str(escape(HOSTILE)) in said
    assert "<img src=x" not in said
    assert any(HOSTILE in value for value in read(said).values)


@pytest.mark.parametrize("name", OURS)
def test_what_is_ours_is_well_formed_and_shows_nothing_of_a_visitors(name: str) -> None:
    said = OURS[name]()
    assert isinstance(said, Markup)
    read(said)
    assert "onerror" not in said
    assert "{{" not in said


def test_the_label_of_a_photo_of_somebody_else_is_text_in_both_its_attributes_and_its_list() -> None:
    values = read(photos.others_strip(BOTH, address_of)).values
    assert (
        values.count(HOSTILE) == 2 * len(BOTH.photos) + 1
    )  # tooltip and alternative text, and the file set aside


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_lets_anything_through_unescaped(path: Path) -> None:
    parsed = templates.environment().parse(path.read_text(encoding="utf-8"))
    assert not [one for one in parsed.find_all(nodes.Filter) if one.name in {"safe", "xmlattr", "urlize"}]
    assert not list(
        parsed.find_all((nodes.MarkSafe, nodes.MarkSafeIfAutoescape, nodes.ScopedEvalContextModifier))
    )
    assert templates.environment().autoescape is True


@pytest.mark.parametrize("path", sorted(MARKUP.glob("*.py")), ids=lambda path: path.name)
def test_no_html_stands_in_python(path: Path) -> None:
    """Nor is anything declared to be markup but an icon, which is a file of ours, and the empty text."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            assert not any(f"<{letter}" in node.value.lower() for letter in "/abcdefghijklmnopqrstuvwxyz"), (
                node.lineno
            )
    made = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "Markup"
        and ast.unparse(node) != "Markup('')"
    ]
    assert len(made) == (1 if path.name == "templates.py" else 0), made


def test_a_model_of_the_hosts_own_is_escaped_in_its_command_too() -> None:
    spec = replace(parse_model("laion400m-b32"), key=HOSTILE)
    assert any(HOSTILE in value for value in read(form.model_note(spec, here=False, downloads=False)).values)
