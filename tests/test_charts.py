"""The charts say what the result says: every cell, every vote, every rank, and nothing of a visitor's."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from idia_core import charts
from idia_core.attack import NOBODY
from idia_core.audit import AuditResult, Encoded, PhotoNote, judge
from idia_core.models import SANDBOX
from idia_core.names import Matched, Pool
from idia_core.prompts import PromptSet, parse

NAME = "Zelda Quuxington"
PROMPTS = parse(
    ["{0}", "a photo of {0}", "the <b>actor</b> {0}", "one very long prompt that nobody can read {0}"]
)


def encoded(
    photos: int = 5, names: int = 30, lift: float = 0.0, prompts: PromptSet = PROMPTS, seed: int = 0
) -> Encoded:
    """Make an encoding of random similarities in which the claimed name is `lift` better than chance."""
    rng = np.random.default_rng(seed)
    shape = (len(prompts.templates), photos, names)
    similarities = rng.normal(0.2, 0.02, shape).astype(np.float32)
    similarities[:, :, -1] += lift
    decoys = tuple(f"Decoy {number}" for number in range(names - 2))
    return Encoded(
        spec=SANDBOX,
        fingerprint="f",
        logit_scale=100.0,
        name=NAME,
        pool=Pool(names=("Q<i>u</i>otes & Co", *decoys, NAME), truth=names - 1, lists_id="sandbox", known=3),
        prompts=prompts,
        photos=tuple(PhotoNote(f"{number}.jpg", "0" * 64, ()) for number in range(photos)),
        similarities=similarities,
        matched=Matched((), (), ""),
        matched_similarities=np.zeros((shape[0], photos, 0), np.float32),
        other_similarities=np.zeros((shape[0], 0, names), np.float32),
        seed=0,
    )


def drawn(figure: Any) -> dict[str, Any]:
    return json.loads(figure.to_json())


@pytest.fixture(params=[0.0, 0.03, 0.2], ids=["no link", "weak", "strong"])
def result(request: pytest.FixtureRequest) -> AuditResult:
    return judge(encoded(lift=request.param), tau=1)


def test_every_cell_of_the_matrix_is_one_of_three_kinds(result: AuditResult) -> None:
    heat = drawn(charts.matrix_figure(result))["data"][0]
    signs = {2: charts.YOU_SIGN, 1: charts.RIVAL_SIGN, 0: charts.OTHERS_SIGN}
    rivals = charts.rivals_of(result)
    for prompt, row in enumerate(result.predictions):
        for photo, answer in enumerate(row):
            kind = 2 if answer == result.truth else 1 if answer == rivals[prompt] else 0
            assert heat["z"][prompt][photo] == kind
            assert heat["text"][prompt][photo] == signs[kind]
    assert heat["x"] == ["1", "2", "3", "4", "5"]


def test_the_matrix_keeps_a_photos_number_when_another_is_switched_off() -> None:
    heat = drawn(charts.matrix_figure(judge(encoded(), tau=1, kept=[0, 2, 4])))["data"][0]
    assert heat["x"] == ["1", "3", "5"]


def test_the_bars_of_every_prompt_sum_to_the_photos(result: AuditResult) -> None:
    own, best, rest = drawn(charts.votes_figure(result))["data"]
    assert own["x"] == result.votes[:, result.truth].tolist()
    assert [sum(counts) for counts in zip(own["x"], best["x"], rest["x"], strict=True)] == [5, 5, 5, 5]
    others = np.delete(result.votes, result.truth, axis=1)
    assert best["x"] == others.max(axis=1).tolist()


def test_a_tick_stands_at_exactly_the_prompts_that_were_won(result: AuditResult) -> None:
    labels = drawn(charts.votes_figure(result))["layout"]["yaxis"]["ticktext"]
    assert [label.startswith("✓") for label in labels] == (result.verdict.winners == result.truth).tolist()
    assert [label.startswith("=") for label in labels] == (result.verdict.winners == NOBODY).tolist()


def test_the_histogram_counts_every_name_and_marks_two(result: AuditResult) -> None:
    ranking = result.evidence.general
    bars, rival, own = drawn(charts.ranking_figure(ranking))["data"]
    assert sum(bars["y"]) == 30
    assert own["x"] == [pytest.approx(ranking.statistic[-1])] * 2
    assert rival["x"] == [pytest.approx(ranking.statistic[:-1].max())] * 2
    assert f"number {ranking.rank}" in own["text"][1]


def test_the_curve_has_a_point_for_every_number_of_photos(result: AuditResult) -> None:
    line = drawn(charts.curve_figure(result.evidence.stability))["data"][0]
    assert line["x"] == [point.photos for point in result.evidence.stability.curve]
    assert line["y"] == [point.member_share for point in result.evidence.stability.curve]


def test_no_chart_carries_the_claimed_name_and_markup_is_harmless(result: AuditResult) -> None:
    figures = (
        charts.matrix_figure(result),
        charts.votes_figure(result),
        charts.ranking_figure(result.evidence.general),
        charts.curve_figure(result.evidence.stability),
    )
    for figure in figures:
        text = json.dumps(drawn(figure), ensure_ascii=False)
        assert "Quuxington" not in text
        assert "<i>u" not in text
        assert "<b>actor" not in text


def test_a_charts_height_grows_with_its_rows_and_a_finger_scrolls_past() -> None:
    short = judge(encoded(), tau=1)
    many = judge(encoded(prompts=parse([f"{number} {{0}}" for number in range(40)])), tau=1)
    for draw in (charts.matrix_figure, charts.votes_figure):
        low, high = drawn(draw(short))["layout"], drawn(draw(many))["layout"]
        assert high["height"] - low["height"] == 36 * charts.ROW_PIXELS
        assert low["dragmode"] is False
        assert low["xaxis"]["fixedrange"] is True


def test_one_photo_and_two_names_can_be_drawn() -> None:
    least = judge(encoded(photos=1, names=2), tau=1)
    for figure in (charts.matrix_figure(least), charts.votes_figure(least)):
        assert figure.data
    assert charts.ranking_figure(least.evidence.general).data


def test_with_every_answer_right_there_is_no_rival() -> None:
    assert charts.rivals_of(judge(encoded(lift=5.0), tau=1)).tolist() == [NOBODY] * 4
