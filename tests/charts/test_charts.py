"""The charts say what the result says: every cell, every vote, every rank, and nothing of a visitor's."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from idia_core import charts
from idia_core.attack.evidence import false_alarm_bound
from idia_core.attack.prompts import PromptSet, parse
from idia_core.attack.ranking import scores_in_units_of
from idia_core.attack.rule import NOBODY
from idia_core.audit.judge import judge
from idia_core.audit.records import AuditResult, Encoded, PhotoNote, StyleSimilarities
from idia_core.clip.registry import SANDBOX
from idia_core.names import Matched, Pool
from idia_core.names.matching import StyleNames

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
        pool=Pool(
            names=("Q<i>u</i>otes & Co", *decoys, NAME),
            claimed_index=names - 1,
            lists_id="sandbox",
            known=tuple(at in (0, 2, 5) for at in range(names - 1)),
        ),
        prompts=prompts,
        photos=tuple(PhotoNote(f"{number}.jpg", "0" * 64, ()) for number in range(photos)),
        similarities=similarities,
        matched=Matched((), ()),
        style=StyleSimilarities(*np.zeros((3, shape[0], photos, 0), np.float32)),
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
            kind = 2 if answer == result.claimed_index else 1 if answer == rivals[prompt] else 0
            assert heat["z"][prompt][photo] == kind
            assert heat["text"][prompt][photo] == signs[kind]
    assert heat["x"] == ["1", "2", "3", "4", "5"]


def test_the_matrix_keeps_a_photos_number_when_another_is_switched_off() -> None:
    heat = drawn(charts.matrix_figure(judge(encoded(), tau=1, kept=[0, 2, 4])))["data"][0]
    assert heat["x"] == ["1", "3", "5"]


def test_the_bars_of_every_prompt_sum_to_the_photos(result: AuditResult) -> None:
    own, best, rest = drawn(charts.votes_figure(result))["data"]
    assert own["x"] == result.votes[:, result.claimed_index].tolist()
    assert [sum(counts) for counts in zip(own["x"], best["x"], rest["x"], strict=True)] == [5, 5, 5, 5]
    others = np.delete(result.votes, result.claimed_index, axis=1)
    assert best["x"] == others.max(axis=1).tolist()


def test_a_tick_stands_at_exactly_the_prompts_that_were_won(result: AuditResult) -> None:
    labels = drawn(charts.votes_figure(result))["layout"]["yaxis"]["ticktext"]
    assert [label.startswith("✓") for label in labels] == (
        result.verdict.winners == result.claimed_index
    ).tolist()
    assert [label.startswith("=") for label in labels] == (result.verdict.winners == NOBODY).tolist()


def matched_encoding(lift: float) -> Encoded:
    """Add 12 names of the same first name and 8 of the same last name, of the same chance."""
    made = encoded(lift=lift, names=60)
    rng = np.random.default_rng(9)
    shape = (*made.similarities.shape[:2], 20)
    alike = Matched(
        tuple(f"Zelda Other{number}" for number in range(12)),
        tuple(f"Other{number} Last" for number in range(8)),
    )
    near = rng.normal(0.2, 0.02, shape).astype(np.float32)
    return replace(made, matched=alike, style=StyleSimilarities.split(StyleNames(alike, ()), near))


@pytest.mark.parametrize("lift", [0.0, 0.03, 0.2])
def test_the_ranks_show_every_group_on_one_axis_with_the_name_in_each(lift: float) -> None:
    result = judge(matched_encoding(lift), tau=1)
    groups = charts.groups_of(result)
    matching = result.evidence.matching
    rankings = (result.evidence.general, matching.same_first, matching.same_last)
    assert [group.ranking for group in groups] == list(rankings)
    pieces = drawn(charts.ranks_figure(groups))
    for group, ranking in zip(groups, rankings, strict=True):
        bars, rival, own = pieces["data"][:3]
        pieces["data"] = pieces["data"][3:]
        assert sum(bars["y"]) == ranking.decoys  # type: ignore[union-attr]
        assert own["x"] == [pytest.approx(result.evidence.general.statistic[-1])] * 2
        assert rival["x"] == [pytest.approx(group.best_at)] * 2
        assert own["text"][1].strip() == f"<b>{charts.YOU_SIGN} this name: number {ranking.rank}</b>"  # type: ignore[union-attr]
    titles = [note["text"] for note in pieces["layout"]["annotations"]]
    assert titles == [
        "59 other names",
        "12 names with the same first name",
        "8 names with the same last name",
    ]


def test_the_general_pool_is_drawn_where_its_ranking_has_it() -> None:
    result = judge(matched_encoding(0.02), tau=1)
    general = charts.groups_of(result)[0]
    at = scores_in_units_of(result.similarities, result.similarities)
    assert at == pytest.approx(result.evidence.general.statistic)
    assert general.own == pytest.approx(at[-1])
    assert general.others.max() == pytest.approx(general.best_at)


def test_what_a_photo_does_is_drawn_with_its_sign_and_the_prompts_without_it(result: AuditResult) -> None:
    stability, hits = result.evidence.stability, result.verdict.hits
    pieces = drawn(charts.influence_figure(stability, hits, [0, 2, 3, 4, 7]))
    forth, back, words = pieces["data"]
    changes = [one.statistic_change for one in stability.influence]
    drawn_changes = [a if a is not None else b for a, b in zip(forth["x"], back["x"], strict=True)]
    assert drawn_changes == pytest.approx(changes)
    assert all(value is None or value >= 0 for value in forth["x"])
    labels = pieces["layout"]["yaxis"]["ticktext"]
    assert [label.split()[1] for label in labels] == ["1", "3", "4", "5", "8"]
    signs = [charts.YOU_SIGN if change >= 0 else charts.RIVAL_SIGN for change in changes]
    assert [label.split()[2] for label in labels] == signs
    assert words["text"] == [f" {hits - one.hits_change} won" for one in stability.influence]


def test_a_step_by_step_picture_says_what_the_result_says(result: AuditResult) -> None:
    bars, rival, own = drawn(charts.cell_figure(result, 1, 2))["data"]
    values = result.similarities[1, 2]
    assert sum(bars["y"]) == 30
    assert own["x"] == [pytest.approx(float(values[-1]))] * 2
    assert rival["x"] == [pytest.approx(float(values[:-1].max()))] * 2
    votes = drawn(charts.prompt_votes_figure(result, 1))
    assert sum(votes["data"][0]["x"]) == 5
    assert votes["data"][0]["x"][0] == result.votes[1, -1]
    won = drawn(charts.won_figure(result))["data"]
    assert won[1]["x"] == [result.verdict.hits]


def test_the_line_of_chance_is_the_bound_at_every_number_of_prompts() -> None:
    figure = drawn(charts.bound_figure(21, 1000, 2, 3))
    line = figure["data"][0]
    assert line["x"] == list(range(22))
    assert line["y"][1:] == [false_alarm_bound(21, win, 1000, 2) for win in range(1, 22)]
    assert "asks for 3" in figure["layout"]["annotations"][0]["text"]


def test_rates_are_drawn_with_both_ends_of_their_intervals_and_differ_by_more_than_colour() -> None:
    points = (charts.Point(1, 0.5, 0.4, 0.7), charts.Point(3, 0.6, 0.55, 0.8))
    lines = tuple(charts.Series(f"line {number}", points) for number in range(7))
    for doubling in (False, True):
        axes = charts.Axes("photos", "found", bound=0.021, doubling=doubling)
        figure = drawn(charts.rates_figure(lines, axes))
        first = figure["data"][0]
        assert first["y"] == [0.5, 0.6]
        assert first["error_y"]["array"] == pytest.approx([0.2, 0.2])
        assert first["error_y"]["arrayminus"] == pytest.approx([0.1, 0.05])
        styles = {(one["line"]["dash"], one["marker"]["symbol"]) for one in figure["data"]}
        assert len(styles) == 7
        assert "2.1%" in figure["layout"]["annotations"][0]["text"]


def test_the_curve_has_a_point_for_every_number_of_photos(result: AuditResult) -> None:
    line = drawn(charts.curve_figure(result.evidence.stability))["data"][0]
    assert line["x"] == [point.photos for point in result.evidence.stability.curve]
    assert line["y"] == [point.member_share for point in result.evidence.stability.curve]


def test_no_chart_carries_the_claimed_name_and_markup_is_harmless(result: AuditResult) -> None:
    figures = (
        charts.matrix_figure(result),
        charts.votes_figure(result),
        charts.ranks_figure(charts.groups_of(result)),
        charts.cell_figure(result, 0, 0),
        charts.prompt_votes_figure(result, 0),
        charts.won_figure(result),
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
        assert low["template"]["layout"]["xaxis"]["fixedrange"] is True


def test_one_photo_and_two_names_can_be_drawn() -> None:
    least = judge(encoded(photos=1, names=2), tau=1)
    for figure in (charts.matrix_figure(least), charts.votes_figure(least)):
        assert figure.data
    assert charts.ranks_figure(charts.groups_of(least)).data
    assert charts.influence_figure(least.evidence.stability, 0, least.kept).data
    for figure in (charts.cell_figure(least, 0, 0), charts.prompt_votes_figure(least, 0)):
        assert figure.data


def test_with_every_answer_right_there_is_no_rival() -> None:
    assert charts.rivals_of(judge(encoded(lift=5.0), tau=1)).tolist() == [NOBODY] * 4
