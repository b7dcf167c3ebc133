"""Rates with their intervals, and distributions, as plain SVG: static, no script, nothing to fetch.

For files that must open anywhere and for ever; what a page shows live is drawn by `charts`. Lines differ in
colour, dash and mark, so that no one thing must be seen.
Source of the colours: Okabe and Ito's palette, safe for colour-blind readers.

Does not: measure, or know what the numbers are about.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from idia_core.charts.style import Series

WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 12, 44
LOOKS = (
    ("#0072b2", "", "circle"),
    ("#d55e00", "7 4", "square"),
    ("#008f68", "2 4", "diamond"),
    ("#b9609a", "9 4 2 4", "circle"),
    ("#8a6d00", "12 4", "square"),
    ("#56758c", "4 2", "diamond"),
    ("#444444", "1 3", "circle"),
    ("#0072b2", "9 3", "diamond"),
)
"""Colour, dash and mark of a line."""


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
    room = WIDTH - LEFT - RIGHT

    def x_of(at: float) -> float:
        return LEFT + room * (places.index(at) + 0.5) / max(1, len(places))

    y_of = _height_of(most)
    parts = _axes(across, up, most)
    parts += [_text(x_of(at), HEIGHT - BOTTOM + 18, f"{at:g}") for at in places]
    for number, line in enumerate(lines):
        shift = (number - (len(lines) - 1) / 2) * 5

        def beside(at: float, by: float = shift) -> float:
            return x_of(at) + by

        parts.append(_line(line, LOOKS[number % len(LOOKS)], beside, y_of))
    legend = [_key(line.title, LOOKS[number % len(LOOKS)], number) for number, line in enumerate(lines)]
    return _svg(parts, legend, f"{up} by {across}")


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
            f'height="{y_of(0) - top:.1f}" fill="{LOOKS[0][0]}"/>'
        )
    level = y_of(expected)
    parts.append(f'<path class="rule" d="M{LEFT} {level:.1f}H{WIDTH - RIGHT}"/>')
    ends = [(LEFT, "0"), ((LEFT + WIDTH - RIGHT) / 2, "0.5"), (WIDTH - RIGHT, "1")]
    parts += [_text(x, HEIGHT - BOTTOM + 18, label) for x, label in ends]
    return _svg(parts, [], f"{up} by {across}")


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
    line: Series, look: tuple[str, str, str], x_of: Callable[[float], float], y_of: Callable[[float], float]
) -> str:
    colour, dash, mark = look
    spots = [(x_of(point.at), y_of(point.rate), point) for point in line.points]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in spots)
    parts = [f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>']
    for x, y, point in spots:
        ends = f"M{x:.1f} {y_of(point.low):.1f}V{y_of(point.high):.1f}"
        words = f"{line.title}, {point.at:g}: {point.rate:.2%} ({point.low:.2%} to {point.high:.2%})"
        parts.append(
            f'<g><title>{escape(words)}</title><path d="{ends}" stroke="{colour}"/>{_mark(x, y, look)}</g>'
        )
    return f'<g class="{mark}">{"".join(parts)}</g>'


def _mark(x: float, y: float, look: tuple[str, str, str]) -> str:
    colour, _, mark = look
    if mark == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    turn = f' transform="rotate(45 {x:.1f} {y:.1f})"' if mark == "diamond" else ""
    return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="{colour}"{turn}/>'


def _key(title: str, look: tuple[str, str, str], number: int) -> str:
    """Draw one entry of the legend, two in a row."""
    x, y = LEFT + (number % 2) * (WIDTH - LEFT) / 2, HEIGHT + 14 + 20 * (number // 2)
    stroke = f'stroke="{look[0]}" stroke-width="2" stroke-dasharray="{look[1]}"'
    return f'<path d="M{x:.0f} {y - 4}h30" {stroke}/>{_mark(x + 15, y - 4, look)}{_text(x + 38, y, title, "start")}'


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(parts: Sequence[str], legend: Sequence[str], label: str) -> str:
    height = HEIGHT + 20 * ((len(legend) + 1) // 2) + (6 if legend else 0)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
        f"{''.join(parts)}{''.join(legend)}</svg>"
    )
