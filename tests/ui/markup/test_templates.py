"""The templates: each macro is used and gets its arguments, each icon is there and used, line breaks never show."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from jinja2 import UndefinedError, nodes
from markupsafe import Markup

from idia_core.settings import ASSETS
from idia_core.ui.markup import results, templates

ICONS = {path.stem for path in (ASSETS / "icons").glob("*.svg")}
TEMPLATES = sorted((ASSETS / "templates").glob("*.html"))


class Filled(NamedTuple):
    """One place in the code that has a macro filled in."""

    where: str
    piece: str
    values: frozenset[str]


def filled() -> list[Filled]:
    found = []
    for path in sorted(Path(results.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "render":
                piece, *rest = node.args
                assert isinstance(piece, ast.Constant), f"{path.name}:{node.lineno} names no macro"
                assert not rest
                values = frozenset(str(one.arg) for one in node.keywords)
                found.append(Filled(f"{path.name}:{node.lineno}", piece.value, values))
    return found


def parsed(path: Path) -> nodes.Template:
    return templates.environment().parse(path.read_text(encoding="utf-8"))


def macros() -> dict[str, nodes.Macro]:
    return {
        f"{path.stem}.{one.name}": one for path in TEMPLATES for one in parsed(path).find_all(nodes.Macro)
    }


def calls() -> Iterator[tuple[str, nodes.Call]]:
    """Yield the calls inside of templates, each with the macro's or function's name."""
    for path in TEMPLATES:
        tree = parsed(path)
        imported = {
            name: one.template.value.removesuffix(".html")
            for one in tree.find_all(nodes.FromImport)
            for name in one.names
        }
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name):
                yield f"{imported.get(call.node.name, path.stem)}.{call.node.name}", call


MACROS = macros()


@pytest.mark.parametrize("use", filled(), ids=lambda use: f"{use.where} {use.piece}")
def test_a_macro_exists_and_gets_its_arguments(use: Filled) -> None:
    macro = MACROS[use.piece]
    names = [one.name for one in macro.args]
    assert set(names) >= use.values, "the macro takes no such argument"
    assert set(names[: len(names) - len(macro.defaults)]) <= use.values, "an argument is missing"


def test_a_macro_gets_its_arguments_from_others_and_none_is_left_over() -> None:
    used = {one.piece for one in filled()}
    for name, call in calls():
        if name in MACROS:
            used.add(name)
            macro = MACROS[name]
            names = [one.name for one in macro.args]
            given = {*names[: len(call.args)], *(one.key for one in call.kwargs)}
            assert len(call.args) <= len(names)
            assert set(names[: len(names) - len(macro.defaults)]) <= given <= set(names), (
                f"{name}, {call.lineno}"
            )
    assert set(MACROS) == used


def test_a_template_imports_what_it_uses() -> None:
    for path in TEMPLATES:
        tree = parsed(path)
        imported = {name for one in tree.find_all(nodes.FromImport) for name in one.names}
        assert imported <= {one.name for one in tree.find_all(nodes.Name)}, path.name


def test_every_icon_is_there_and_used() -> None:
    named, started = set(), set()
    for name, call in calls():
        if name.endswith(".icon"):
            at = call.args[0]
            if isinstance(at, nodes.Const):
                named.add(at.value)
            else:
                assert isinstance(at, nodes.Concat)
                assert isinstance(at.nodes[0], nodes.Const)
                started.add(at.nodes[0].value)
    assert named <= ICONS
    assert {one for one in ICONS if not one.startswith(tuple(started))} <= named
    for kind in ("strong", "weak", "none", "unclear"):
        assert f"outcome-{kind}" in ICONS


@pytest.mark.parametrize("name", sorted(ICONS))
def test_an_icon_is_a_drawing_and_nothing_else(name: str) -> None:
    drawn = templates.icon(name)
    assert isinstance(drawn, Markup)
    assert drawn.startswith("<svg ")
    assert drawn.endswith("</svg>")
    assert 'aria-hidden="true"' in drawn
    assert not any(word in drawn.lower() for word in ("script", "href", " on", "http", "<style"))


def joined(source: str, **values: object) -> str:
    return templates.environment().from_string(source).render(**values)


def test_line_breaks_between_tags_and_around_values_are_dropped() -> None:
    assert joined("<p>\n  <b>\n    {{ a }}\n  </b>\n</p>\n", a="x") == "<p><b>x</b></p>"
    assert joined("<ul>\n  {% for one in a %}\n  <li>{{ one }}</li>\n  {% endfor %}\n</ul>", a="xy") == (
        "<ul><li>x</li><li>y</li></ul>"
    )


def test_a_space_that_is_written_stays_and_a_line_break_in_a_tag_or_sentence_is_one() -> None:
    assert joined("<b>{{ a }}</b> {{ a }} <i>{{ a }}</i>", a="x") == "<b>x</b> x <i>x</i>"
    assert joined('<p class="a"\n   id="{{ a }}"\n   title="b">one\n  two</p>', a="x") == (
        '<p class="a" id="x" title="b">one two</p>'
    )


def test_a_value_keeps_its_own_line_breaks() -> None:
    assert joined("<p>{{ a }}</p>", a="x\n  y") == "<p>x\n  y</p>"


def test_a_value_that_is_missing_or_unknown_is_a_bug() -> None:
    with pytest.raises(UndefinedError):
        templates.render("status.note")
    with pytest.raises(TypeError):
        templates.render("status.note", text="a", colour="red")
