"""Rates with their intervals, and distributions, as plain SVG: static, no script, nothing to fetch.

For files that must open anywhere and for ever; what a page shows live is drawn with plotly. Colours, dashes and
marks are those of `style`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from idia_core.charts.style import LINE_STYLES, LineStyle, Point, Series, line_style
from idia_core.text import say

WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 12, 44
DASHES = {
    "solid": "",
    "dash": "7 4",
    "dot": "2 4",
    "dashdot": "9 4 2 4",
    "longdash": "12 4",
    "longdashdot": "12 4 2 4",
}
"""Lengths of strokes and gaps, in pixels."""
_PLUS = "M-1.5-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z"
MARKS = {
    "square": "M-3.5-3.5h7v7h-7z",
    "triangle-up": "M0-5L4.5 4h-9z",
    "triangle-down": "M0 5L4.5-4h-9z",
    "cross": _PLUS,
    "x": _PLUS,
    "hexagon": "M-2.5-4.3h5L5 0L2.5 4.3h-5L-5 0z",
}
"""Outlines around the point, in pixels; a circle is an element of its own, an x is a cross turned."""
SPREAD = 5
"""Pixels between two lines at the same place, so that their intervals do not cover each other."""


def rates_svg(lines: Sequence[Series], across: str, up: str, most: float = 1.0) -> str:
    """Draw rates as lines with their intervals; every number of the horizontal axis gets equal room.

    Args:
        lines: one or more.
        across: what the horizontal axis says.
        up: what the vertical one says.
        most: upper end of the vertical one, in (0, 1]; what lies above is cut off.
    Returns:
        An `<svg>` element with its legend below.
    """
    places = sorted({point.at for line in lines for point in line.points})
    room = (WIDTH - LEFT - RIGHT) / max(1, len(places))
    middle = {at: LEFT + room * (index + 0.5) for index, at in enumerate(places)}
    y_of = _height_of(most)
    parts = _axes(across, up, most)
    parts += [_text(x, HEIGHT - BOTTOM + 18, f"{at:g}") for at, x in middle.items()]
    for number, line in enumerate(lines):
        shift = (number - (len(lines) - 1) / 2) * SPREAD
        spots = [(middle[point.at] + shift, point) for point in line.points]
        parts.append(_line(line.title, spots, line_style(number), y_of))
    legend = [_key(line.title, line_style(number), number) for number, line in enumerate(lines)]
    return _svg(parts, legend, say("chart-label", up=up, across=across))


def bars_svg(shares: Sequence[float], expected: float, across: str, up: str) -> str:
    """Draw a distribution over (0, 1] as bars, beside what would be expected.

    Args:
        shares: the share in each of equally wide parts; they sum to 1.
        expected: the share that each would have, drawn as a line.
        across: what the horizontal axis says.
        up: what the vertical one says.
    Returns:
        An `<svg>` element.
    """
    most = min(1.0, 1.15 * max(*shares, expected))
    y_of = _height_of(most)
    room = (WIDTH - LEFT - RIGHT) / len(shares)
    parts = _axes(across, up, most)
    for number, share in enumerate(shares):
        top = y_of(share)
        parts.append(
            f'<rect x="{LEFT + number * room + 1:.1f}" y="{top:.1f}" width="{room - 2:.1f}" '
            f'height="{y_of(0) - top:.1f}" fill="{LINE_STYLES[0].colour}"/>'
        )
    level = y_of(expected)
    parts.append(f'<path class="rule" d="M{LEFT} {level:.1f}H{WIDTH - RIGHT}"/>')
    ends = [(LEFT, "0"), ((LEFT + WIDTH - RIGHT) / 2, "0.5"), (WIDTH - RIGHT, "1")]
    parts += [_text(x, HEIGHT - BOTTOM + 18, label) for x, label in ends]
    return _svg(parts, [], say("chart-label", up=up, across=across))


def _height_of(most: float) -> Callable[[float], float]:
    room = HEIGHT - TOP - BOTTOM
    return lambda rate: TOP + room * (1 - min(rate, most) / most)


def _axes(across: str, up: str, most: float) -> list[str]:
    """Draw a quiet grid with percentages, and the titles of both axes."""
    y_of, parts = _height_of(most), []
    for step in range(5):
        rate = most * step / 4
        label = f"{rate:.0%}" if most > 0.2 else f"{rate:.1%}"
        parts.append(f'<path class="grid" d="M{LEFT} {y_of(rate):.1f}H{WIDTH - RIGHT}"/>')
        parts.append(_text(LEFT - 8, y_of(rate) + 4, label, "end"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, across))
    turned = f'transform="rotate(-90 12 {HEIGHT / 2 - 16:.0f})"'
    parts.append(f'<text x="12" y="{HEIGHT / 2 - 12:.0f}" text-anchor="middle" {turned}>{escape(up)}</text>')
    return parts


def _line(
    title: str, spots: Sequence[tuple[float, Point]], style: LineStyle, y_of: Callable[[float], float]
) -> str:
    """Draw one line; each of its points tells its numbers when it is pointed at."""
    path = "L".join(f"{x:.1f} {y_of(point.rate):.1f}" for x, point in spots)
    parts = [f'<path d="M{path}" {_stroke(style)}/>']
    for x, point in spots:
        ends = f"M{x:.1f} {y_of(point.low):.1f}V{y_of(point.high):.1f}"
        span = say("interval", low=f"{point.low:.2%}", high=f"{point.high:.2%}")
        words = say("chart-rate-of", title=title, at=f"{point.at:g}", rate=f"{point.rate:.2%}", span=span)
        parts.append(
            f'<g><title>{escape(words)}</title><path d="{ends}" stroke="{style.colour}"/>'
            f"{_mark(x, y_of(point.rate), style)}</g>"
        )
    return f"<g>{''.join(parts)}</g>"


def _stroke(style: LineStyle) -> str:
    return f'fill="none" stroke="{style.colour}" stroke-width="2" stroke-dasharray="{DASHES[style.dash]}"'


def _mark(x: float, y: float, style: LineStyle) -> str:
    if style.symbol == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{style.colour}"/>'
    turn = " rotate(45)" if style.symbol == "x" else ""
    place = f"translate({x:.1f} {y:.1f}){turn}"
    return f'<path d="{MARKS[style.symbol]}" transform="{place}" fill="{style.colour}"/>'


def _key(title: str, style: LineStyle, number: int) -> str:
    """Draw one entry of the legend, two in a row."""
    x, y = LEFT + (number % 2) * (WIDTH - LEFT) / 2, HEIGHT + 14 + 20 * (number // 2)
    line = f'<path d="M{x:.0f} {y - 4}h30" {_stroke(style)}/>'
    return f"{line}{_mark(x + 15, y - 4, style)}{_text(x + 38, y, title, 'start')}"


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(parts: Sequence[str], legend: Sequence[str], label: str) -> str:
    height = HEIGHT + 20 * ((len(legend) + 1) // 2) + (6 if legend else 0)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
        f"{''.join(parts)}{''.join(legend)}</svg>"
    )
