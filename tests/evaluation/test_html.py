"""The HTML of an evaluation: one file, nothing fetched, every rate where it belongs."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

from idia_core.evaluation import html
from idia_core.evaluation.records import Evaluation, OutcomeShares, Rate, Row, RuleRates
from idia_core.evaluation.uniformity import Uniformity


def rate(mean: float, people: int = 50) -> Rate:
    return Rate(people, mean, 0.01, (max(0.0, mean - 0.04), min(1.0, mean + 0.04)))


def row(photos: int) -> Row:
    levels = ((1, rate(0.3)), (16, rate(0.9)))
    names = ("idia", "p_general<=0.01", "p_matched<=0.05", "strong")
    return Row(
        photos=photos,
        draws=20,
        tpr=rate(0.8),
        fpr=rate(0.01),
        by_training=levels,
        rules=tuple(RuleRates(name, rate(0.8), rate(0.01), levels) for name in names),
        chance=0.003,
        outcomes=(OutcomeShares("strong", 0.7, 0.0),),
        p_values=(("general", Uniformity(50, (2, 3) * 10, 0.05, 0.02, 0.9)),),
    )


RESULT = Evaluation("a<b>&c", 1000, 21, 1, 0, (row(3), row(10)), "half", (rate(0.52), rate(0.49)))


def test_it_is_one_page_that_fetches_nothing_and_runs_nothing() -> None:
    text = html.evaluation_html(RESULT)
    assert text.startswith("<!doctype html>")
    assert text.count("<html") == text.count("</html>") == 1
    for forbidden in ("http:", "https:", "//", "<script", "<link", "<img", "url(", "@import", "src="):
        assert forbidden not in text
    assert len(text) < 200_000


def test_markup_in_a_models_name_is_harmless() -> None:
    text = html.evaluation_html(RESULT)
    assert "a<b>" not in text
    assert "a&lt;b&gt;&amp;c" in text


def test_every_drawing_is_well_formed_and_every_interval_is_said_in_words() -> None:
    drawings = re.findall(r"<svg.*?</svg>", html.evaluation_html(RESULT), re.S)
    assert len(drawings) == 4
    titles = []
    for drawing in drawings:
        titles += [title.text for title in ElementTree.fromstring(drawing).iter("title")]
    assert "strong, 10: 80.00% (76.00% to 84.00%)" in titles
    assert "10 photos, 16: 90.00% (86.00% to 94.00%)" in titles


def test_the_table_and_the_blind_guess_are_in_it() -> None:
    text = html.evaluation_html(RESULT)
    assert "<td>p_matched&lt;=0.05</td><td>80.00%</td><td>76.00% to 84.00%</td>" in text
    assert "52.0% of the members and 49.0% of the non-members" in text
    assert "too few people" in html.evaluation_html(replace(RESULT, name_baseline=None))


def test_a_set_of_members_only_has_no_false_alarms_to_draw() -> None:
    nobody = Rate(0, None, None, None)
    bare = replace(
        row(3),
        fpr=nobody,
        by_training=(),
        p_values=(),
        rules=tuple(replace(rule, fpr=nobody) for rule in row(3).rules),
    )
    text = html.evaluation_html(replace(RESULT, rows=(bare,)))
    assert text.count("<svg") == 1
    assert "<td>-</td><td>-</td>" in text


def test_it_says_which_language_it_speaks_and_escapes_every_sentence() -> None:
    text = html.evaluation_html(RESULT)
    assert text.startswith('<!doctype html>\n<html lang="en">')
    assert "who was seen more often" in text
    assert "The paper&#39;s rule" in text
