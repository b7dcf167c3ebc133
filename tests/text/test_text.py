"""Every code that the core or a door uses has its sentence, filled in by the values that it is given."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor
from jinja2 import nodes

from idia_core import text
from idia_core.errors import IdiaError, Message
from idia_core.settings import ASSETS
from idia_core.ui.markup import templates

CORE = Path(__file__).resolve().parents[2] / "idia_core"
FILES = sorted((CORE / "text").glob("*.ftl"))
TEMPLATES = sorted((ASSETS / "templates").glob("*.html"))
LOOK_UPS = {"say", "hint", "attribute", "IdiaError", "Message", "Finding", "with_deadline"}


class _Values(Visitor):  # type: ignore[misc]
    """Collects the values that a message is filled with, and the messages that it quotes."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:
        self.found.add(node.id.name)


def messages(file: Path) -> dict[str, set[str]]:
    """Read a language: key -> the values of the message and its attributes."""
    found: dict[str, set[str]] = {}
    for entry in FluentParser().parse(file.read_text(encoding="utf-8")).body:
        assert not isinstance(entry, ftl.Junk), entry.content
        if isinstance(entry, ftl.Message):
            assert entry.id.name not in found, f"{entry.id.name} stands twice"
            values = _Values()
            values.visit(entry)
            found[entry.id.name] = values.found
    return found


class Use(NamedTuple):
    """One place that names a message."""

    where: str
    key: str
    values: frozenset[str] | None
    """None where the values are not spelled out in that place."""


def uses() -> list[Use]:
    """Find the messages that are named by a literal anywhere in the code or in a template."""
    found = template_uses()
    for path in sorted(CORE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in LOOK_UPS:
                at = node.args[-1 if _name(node.func) == "with_deadline" else 0] if node.args else None
                if isinstance(at, ast.Constant) and isinstance(at.value, str):
                    found.append(Use(f"{path.relative_to(CORE)}:{node.lineno}", at.value, _given(node)))
    return found


def template_uses() -> list[Use]:
    found = []
    for path in TEMPLATES:
        parsed = templates.environment().parse(path.read_text(encoding="utf-8"))
        for call in parsed.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in LOOK_UPS:
                values = None if call.dyn_kwargs else frozenset(one.key for one in call.kwargs)
                found += [Use(f"{path.name}:{call.lineno}", key, values) for key in literals(call.args[0])]
    return found


def literals(key: nodes.Expr) -> list[str]:
    """Return the keys that are spelled out in an argument, on either side of a condition."""
    if isinstance(key, nodes.CondExpr):
        return literals(key.expr1) + (literals(key.expr2) if key.expr2 else [])
    return [key.value] if isinstance(key, nodes.Const) and isinstance(key.value, str) else []


def _name(function: ast.expr) -> str:
    return (
        function.id
        if isinstance(function, ast.Name)
        else function.attr
        if isinstance(function, ast.Attribute)
        else ""
    )


def _given(call: ast.Call) -> frozenset[str] | None:
    name = _name(call.func)
    if name in {"Message", "Finding"}:
        if len(call.args) < 2:
            return frozenset()
        values = call.args[1]
        spelled = isinstance(values, ast.Dict) and all(isinstance(key, ast.Constant) for key in values.keys)
        return frozenset(key.value for key in values.keys) if spelled else None  # type: ignore[union-attr]
    if name == "with_deadline" or any(one.arg is None for one in call.keywords):
        return None
    return frozenset(str(one.arg) for one in call.keywords)


ENGLISH = messages(CORE / "text" / "en.ftl")


@pytest.mark.parametrize("use", uses(), ids=lambda use: f"{use.where} {use.key}")
def test_a_message_exists_and_gets_its_values(use: Use) -> None:
    assert use.key in ENGLISH
    if use.values is not None:
        assert use.values >= ENGLISH[use.key], "a value is missing"
        assert use.values <= ENGLISH[use.key], "a value is not told"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_language_has_every_message_with_the_same_values(file: Path) -> None:
    assert messages(file) == ENGLISH


def test_no_sentence_is_left_over() -> None:
    """Keys that are put together at run time begin with a text that stands in the code."""
    code = "".join(path.read_text(encoding="utf-8") for path in CORE.rglob("*.py"))
    for path in TEMPLATES:
        parsed = templates.environment().parse(path.read_text(encoding="utf-8"))
        code += "".join(f'"{text.value}"' for text in parsed.find_all(nodes.Const))
    named = {use.key for use in uses()}

    def built(key: str) -> bool:
        parts = key.split("-")
        starts = ["-".join(parts[:length]) for length in range(1, len(parts))]
        return any(f'"{start}-' in code or f'"{start}"' in code for start in starts) or f'"{key}"' in code

    assert [key for key in ENGLISH if key not in named and not built(key)] == []


def test_uses_in_templates_are_found_with_their_values() -> None:
    found = {use.key: use for use in template_uses()}
    assert found["about"].values == {"model", "photos", "names"}
    assert found["about"].where.startswith("results.html:")
    assert found["idia-bound"].values == {"bound", "corrected"}
    assert len(found) > 80


def test_a_message_tells_numbers_messages_and_strings() -> None:
    assert text.say("photo-count", count=1) == "1 photo"
    assert text.say("photo-count", count=1200) == "1,200 photos"
    inner = Message("near-double", {"label": "<b>a</b>"})
    outer = IdiaError("photo-named", label="b.jpg", reason=inner)
    assert text.tell_whole(outer.message) == (
        "b.jpg: Nearly the same picture as <b>a</b>. It adds nothing of its own: remove one of the two."
    )
    assert str(outer) == "photo-named"


def test_an_error_crosses_to_another_process() -> None:
    import pickle

    error = pickle.loads(pickle.dumps(IdiaError("photo-named", label="a", reason=Message("no-face"))))
    assert error.message == Message("photo-named", {"label": "a", "reason": Message("no-face")})


@pytest.mark.parametrize(("key", "values"), [("no-such-message", {}), ("photo-count", {})])
def test_a_bug_of_ours_is_not_told_as_a_sentence(key: str, values: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        text.say(key, **values)
