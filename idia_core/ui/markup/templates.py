"""The page's Jinja2 templates (`assets/templates`) and its SVG icons (`assets/icons`).

Templates look up their sentences themselves and escape whatever they are filled with; icons are our own files and go in
as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from idia_core import text
from idia_core.charts import OTHERS_SIGN, RIVAL_SIGN, YOU_SIGN
from idia_core.settings import ASSETS
from idia_core.text import phrases


class JoinLines(Extension):
    """Drop the line breaks and indentation that lay out a template: between inline tags they would show as spaces.

    A line break inside a sentence or between the attributes of a tag becomes one space.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Change the literal parts of a template, when it is compiled."""
        for token in stream:
            value = token.value
            if token.type == "data":
                value = re.sub(r"(^|(?<=>))\s*\n\s*|\s*\n\s*($|(?=<))", "", value)
                value = re.sub(r"\s*\n\s*", " ", value)
            yield Token(token.lineno, token.type, value)


@cache
def environment() -> Environment:
    """Return the templates' environment; each template is compiled once."""
    made = Environment(
        loader=FileSystemLoader(ASSETS / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        extensions=[JoinLines],
    )
    made.globals.update(
        advise=text.advise,
        attribute=text.attribute,
        hint=text.hint,
        icon=icon,
        phrases=phrases,
        say=text.say,
        say_all=text.say_all,
        slug=text.slug,
        tell=text.tell,
        YOU_SIGN=YOU_SIGN,
        RIVAL_SIGN=RIVAL_SIGN,
        OTHERS_SIGN=OTHERS_SIGN,
    )
    return made


def render(piece: str, **values: object) -> Markup:
    """Fill in one piece of the page.

    Args:
        piece: `FILE.MACRO`: the macro of `assets/templates/FILE.html` that writes it.
        values: the macro's arguments; what is not `Markup` is escaped.
    Returns:
        The piece as HTML.
    Raises:
        TypeError: the macro takes no such argument.
        jinja2.UndefinedError: an argument that the macro uses is missing.
    """
    file, _, macro = piece.partition(".")
    made: Markup = getattr(environment().get_template(f"{file}.html").module, macro)(**values)
    return made


@cache
def icon(name: str) -> Markup:
    """Return one of the page's own drawings, `assets/icons/NAME.svg`."""
    return Markup((ASSETS / "icons" / f"{name}.svg").read_text(encoding="utf-8").strip())  # noqa: S704 - our file
