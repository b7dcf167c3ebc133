"""The static drawings: rates stand where they belong, and lines look like those of the page."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from idia_core.charts import Axes, rates_figure, svg
from idia_core.charts.style import LINE_STYLES, Point, Series


@pytest.mark.parametrize("most", [1.0, 0.04])
def test_a_higher_rate_stands_higher_and_what_lies_above_is_cut(most: float) -> None:
    line = Series("x", (Point(1, 0.01, 0.0, 0.02), Point(5, 0.03, 0.02, 0.9)))
    drawing = svg.rates_svg((line,), "photos", "rate", most)
    low, high = (float(y) for y in re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)"', drawing)[:2])
    assert high < low
    assert min(float(y) for y in re.findall(r"V([\d.]+)", drawing)) >= svg.TOP
    first, second = (float(x) for x in re.findall(r'<circle cx="([\d.]+)"', drawing)[:2])
    assert first < second


def test_bars_are_as_high_as_their_shares() -> None:
    drawing = svg.bars_svg((0.5, 0.25, 0.25), 1 / 3, "p", "people")
    heights = [float(height) for height in re.findall(r'height="([\d.]+)" fill', drawing)]
    assert heights[0] == pytest.approx(2 * heights[1], abs=0.2)
    assert 'class="rule"' in drawing


def test_each_line_looks_as_it_does_on_the_page() -> None:
    lines = [Series(f"line {number}", (Point(1, 0.5, 0.4, 0.6),)) for number in range(len(LINE_STYLES) + 1)]
    drawing = ElementTree.fromstring(svg.rates_svg(lines, "photos", "rate"))
    drawn = [group for group in drawing if group.tag == "g"]
    figure = rates_figure(lines, Axes("photos", "rate"))
    assert [group[0].get("stroke") for group in drawn] == [line.line.color for line in figure.data]
    assert [group[0].get("stroke-dasharray") for group in drawn] == [
        svg.DASHES[line.line.dash] for line in figure.data
    ]
    outlines = [group[1][2].get("d") or "circle" for group in drawn]
    assert outlines == [
        "circle" if line.marker.symbol == "circle" else svg.MARKS[line.marker.symbol] for line in figure.data
    ]
    assert "rotate" in str(drawn[5][1][2].get("transform"))  # an x is a cross turned
    styles = {(group[0].get("stroke"), group[0].get("stroke-dasharray")) for group in drawn}
    assert len(styles) == len(LINE_STYLES)


def test_a_title_with_markup_is_harmless() -> None:
    drawing = svg.rates_svg((Series("<b>&", (Point(1, 0.5, 0.4, 0.6),)),), "<i>", "<u>")
    assert not re.search("<[biu]>", drawing)
    assert ElementTree.fromstring(drawing).get("aria-label") == "<u> by <i>"
