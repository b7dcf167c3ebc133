"""Measured rates as lines: every point is a rate of the records, and nobody has no point."""

from __future__ import annotations

from idia_core.charts.style import Point
from idia_core.evaluation import curves
from idia_core.evaluation.records import Rate, Row, RuleRates

NOBODY = Rate(0, None, None, None)


def rate(mean: float) -> Rate:
    return Rate(50, mean, 0.01, (mean - 0.1, mean + 0.1))


def point(at: int, mean: float) -> Point:
    return Point(at, mean, mean - 0.1, mean + 0.1)


def row(photos: int, found: Rate, alarms: Rate, *codes: str) -> Row:
    levels = ((1, found), (4, NOBODY), (16, found))
    return Row(photos, 20, found, alarms, levels, tuple(RuleRates(code, found, alarms, ()) for code in codes))


ROWS = (row(1, rate(0.5), NOBODY, "a", "b"), row(3, rate(0.7), rate(0.2), "b", "c"))


def test_the_papers_rule_has_a_point_for_each_number_of_photos() -> None:
    (line,) = curves.by_photos("found", ROWS, "tpr")
    assert (line.title, line.points) == ("found", (point(1, 0.5), point(3, 0.7)))
    (line,) = curves.by_photos("alarms", ROWS, "fpr")
    assert line.points == (point(3, 0.2),)
    assert curves.by_photos("alarms", ROWS[:1], "fpr") == ()


def test_rules_come_in_the_order_asked_for_and_only_where_they_were_measured() -> None:
    lines = curves.by_rule({"c": "C", "missing": "?", "a": "A", "b": "B"}, ROWS, "tpr")
    assert [line.title for line in lines] == ["C", "A", "B"]
    assert [line.points for line in lines] == [
        (point(3, 0.7),),
        (point(1, 0.5),),
        (point(1, 0.5), point(3, 0.7)),
    ]
    assert [line.title for line in curves.by_rule({"a": "A", "b": "B"}, ROWS, "fpr")] == ["B"]


def test_there_is_a_line_of_training_photos_for_each_number_of_photos() -> None:
    few, many = curves.by_training(ROWS)
    assert (few.title, many.title) == ("1 photo", "3 photos")
    assert few.points == (point(1, 0.5), point(16, 0.5))
    assert curves.by_training((row(1, NOBODY, NOBODY),)) == ()
