"""How far to trust it: the pictures are of a real run, the rates are the file's, the bound is the bound."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from markupsafe import escape

from idia_core import names
from idia_core.attack.evidence import clopper_pearson, false_alarm_bound
from idia_core.audit.judge import judge
from idia_core.evaluation import curves
from idia_core.evaluation.report import ALWAYS_MEMBER, BASELINE_RULE, INTERVAL
from idia_core.sandbox.examples import Example
from idia_core.text import phrases, say, slug
from idia_core.ui.markup import trust as trust_markup
from idia_core.ui.page import layout, trust_values
from idia_core.ui.page import trust as trust_page
from idia_core.ui.service.page import Page
from idia_core.ui.service.visit import Answer
from idia_core.ui.state import Form, RunContext
from tests.charts.test_charts import NAME, encoded
from tests.conftest import jpeg

VISITOR = "session-one"
OUTCOMES = (("strong", 0.0), ("weak", 0.125), ("none", 0.875), ("unclear", 0.0))


def rate(word: str, count: int, people: int) -> dict[str, Any]:
    """Write a rate as `evaluate --json` does."""
    ends = clopper_pearson(count, people)
    kind = {"tpr": "members", "fpr": "non_members"}[word]
    return {
        kind: people,
        word: count / people,
        f"{word}_sd": 0.0,
        f"{word}_interval": [ends.low, ends.high],
    }


@pytest.fixture
def rates_file(tmp_path: Path) -> Path:
    """Write what `evaluate --json` does without names of the same style."""
    levels = [{"training_photos": 1, **rate("tpr", 5, 20)}, {"training_photos": 64, **rate("tpr", 28, 30)}]
    rows = [
        {
            "photos": photos,
            "draws": 20,
            **rate("tpr", 30 + photos, 50),
            **rate("fpr", 1, 60),
            "by_training_photos": levels,
            "chance": 0.001,
            "rules": {},
            "outcomes": {},
            "p_values_of_non_members": {},
        }
        for photos in (10, 3)
    ]
    file = tmp_path / "evaluation.json"
    asked = {"model": "sandbox", "names": 1000, "prompts": 21, "tau": 1, "seed": 0, "pool": "everybody"}
    baseline = {"rule": BASELINE_RULE, "name_style": None, "constant": ALWAYS_MEMBER}
    file.write_text(json.dumps({**asked, "interval": INTERVAL, "baseline": baseline, "rows": rows}))
    return file


RULE_CODES = (
    *("idia", "idia tau=1", "idia tau=3", "idia tau=5", "p_general<=0.01", "p_general<=0.05"),
    *("p_matched<=0.05", "p_crossed<=0.05", "strong"),
)


def add_rules(file: Path) -> None:
    """Add what an evaluation of every rule holds besides."""
    facts = json.loads(file.read_text())
    for row in facts["rows"]:
        row["rules"] = {}
        for number, code in enumerate(RULE_CODES):
            row["rules"][code] = {
                **rate("tpr", 45 - 5 * number, 50),
                **rate("fpr", 12 - number, 60),
                "by_training_photos": [],
            }
        row["outcomes"] = {code: {"members": 0.25, "non_members": share} for code, share in OUTCOMES}
        gap = {
            "people": 60,
            "bars": [20] + [2] * 19 + [2],
            "distance": 0.28,
            "too_small": 0.28,
            "chance": 0.0001,
        }
        even = {"people": 60, "bars": [3] * 20, "distance": 0.0, "too_small": 0.0, "chance": 1.0}
        row["p_values_of_non_members"] = {"general": gap, "matched": even}
    member = {"members": 50, "tpr": 0.36, "tpr_sd": 0.0, "tpr_interval": [0.2, 0.5]}
    other = {"non_members": 60, "fpr": 0.55, "fpr_sd": 0.0, "fpr_interval": [0.4, 0.7]}
    facts["baseline"]["name_style"] = {**member, **other}
    file.write_text(json.dumps(facts))


@pytest.fixture
def shown(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give the page one example, and place it."""
    files = [tmp_path / f"{seed}.jpg" for seed in range(3)]
    for seed, file in enumerate(files):
        file.write_bytes(jpeg(50 + seed))
    page.faces.people = {"Ann_Li": Example("Ann_Li", "Ann Li", 64, tuple(files))}
    monkeypatch.setattr("idia_core.ui.service.requests.weights.available", lambda spec: True)
    web = names.load_lists
    monkeypatch.setattr(
        "idia_core.ui.service.requests.names.load_lists", lambda folder, id: web(folder, "web")
    )
    with gr.Blocks():
        return layout.place(page).trust


def demonstrated(page: Page, view: trust_page.Trust, key: str, seed: int = 0) -> list[dict[Any, Any]]:
    return list(trust_page.demonstrate(page, view, f"{VISITOR} shown", Form("", "", seed, "", key)))


def test_the_pictures_are_of_a_run_that_really_took_place(page: Page, shown: trust_page.Trust) -> None:
    last = demonstrated(page, shown, "Ann_Li")[-1]
    box, photos, prompts, *figures, cell, vote, won = (last[part] for part in shown.pictures)
    assert photos.count("data:image/jpeg;base64,") == 3
    assert phrases.example_truth(64) in photos
    assert prompts.count("<b>Ann Li</b>") == len(trust_markup.PROMPTS_SHOWN)
    assert "840 sentences" in prompts  # 40 names in 21 prompts
    assert len(figures) == 3
    for caption in (cell, vote, won):
        assert "a photo of …" in caption or "21 such votes" in caption
    assert say("trust-shown", seed=0) in last[shown.progress]
    assert box.visible if hasattr(box, "visible") else box["visible"]


def test_the_run_can_be_repeated_with_other_names_and_leaves_the_visitors_answer_alone(
    page: Page, shown: trust_page.Trust
) -> None:
    page.sessions.open(VISITOR)
    page.sessions.change(
        VISITOR, lambda old: replace(old, answer=Answer(context=RunContext(known_truth="mine")))
    )
    first, again = (demonstrated(page, shown, "Ann_Li", seed)[-1] for seed in (0, 1))
    assert first[shown.pictures[2]] != again[shown.pictures[2]]  # other names stand in the prompts
    assert len(page.sessions) == 1
    assert page.sessions.open(VISITOR).answer.context.known_truth == "mine"


def test_an_unknown_person_is_a_sentence_and_leaves_nothing(page: Page, shown: trust_page.Trust) -> None:
    said = demonstrated(page, shown, "../etc")
    assert say("no-example") in said[-1][shown.progress]
    assert len(page.sessions) == 0


def test_captions_say_what_the_result_says() -> None:
    for lift in (0.0, 0.03, 1.0):
        result = judge(encoded(lift=lift), tau=1)
        assert f"number {result.ranks[2, 0]};" in trust_markup.cell_caption(result)
        own = int(result.votes[2, result.claimed_index])
        assert f"{own} vote for this name" in trust_markup.vote_caption(result)
        won = trust_markup.won_caption(result, member=True)
        assert f"wins {result.verdict.hits}." in won
        assert (escape(say("trust-truth-right")) in won) == result.verdict.member
        pictures = (trust_markup.cell_caption(result), trust_markup.vote_caption(result), won)
        assert not any("<i>u" in picture for picture in pictures)
        assert NAME in trust_markup.photos_picture(result, RunContext())


def test_the_rates_are_those_of_the_file(rates_file: Path) -> None:
    known = trust_values.read_rates(rates_file) or pytest.fail("no rates")
    assert [row.photos for row in known.rows] == [3, 10]
    (line,) = curves.by_photos("found", known.rows, "tpr")
    found = line.points
    assert [point.rate for point in found] == [33 / 50, 40 / 50]
    ends = clopper_pearson(33, 50)
    assert (found[0].low, found[0].high) == (ends.low, ends.high)
    (alarms,) = curves.by_photos("f", known.rows, "fpr")
    assert [point.rate for point in alarms.points] == [1 / 60, 1 / 60]
    few, many = curves.by_training(known.rows)
    assert [point.at for point in few.points] == [1, 64]
    assert many.points[1].rate == 28 / 30
    table = trust_markup.measured_table(known)
    assert "<td>66%</td>" in table
    assert "50 + 60" in table
    assert "--photos 3,10" in table


@pytest.mark.skipif(not trust_page.RATES.is_file(), reason="no rates are shipped yet")
def test_the_shipped_rates_are_read_and_drawn(page: Page, shown: trust_page.Trust) -> None:
    measured = trust_values.read_rates(trust_page.RATES) or pytest.fail("no rates")
    filled = trust_page.filled(shown, measured, trust_values.read_pools(trust_page.RATES.parent))
    assert json.loads(filled[shown.filled["found"]].plot)["data"][0]["y"] == [
        row.tpr.mean for row in measured.rows
    ]


def test_without_a_file_the_view_says_so_and_shows_the_rest(
    page: Page, shown: trust_page.Trust, tmp_path: Path
) -> None:
    assert trust_values.read_rates(tmp_path / "none.json") is None
    filled = trust_page.filled(shown, None, ())
    assert say("trust-measured-none") in filled[shown.filled["about"]]
    assert "arXiv" in say("trust-paper-text")
    assert "0 of 18 (0.0% to 18.5%)" in filled[shown.filled["paper"]]


def test_with_a_file_every_curve_is_drawn(page: Page, shown: trust_page.Trust, rates_file: Path) -> None:
    filled = trust_page.filled(shown, trust_values.read_rates(rates_file), ())
    for name in ("found", "alarms", "training", "decoys"):
        assert "error_y" in filled[shown.filled[name]].plot
    assert "0.660 (" in filled[shown.filled["paper"]]
    assert "60 non-members" in filled[shown.filled["paper"]]


def test_rules_outcomes_and_p_values_are_shown_as_measured_and_weakness_is_said(
    page: Page, shown: trust_page.Trust, rates_file: Path
) -> None:
    assert "rules_box" not in trust_values.values(trust_values.read_rates(rates_file), ())
    add_rules(rates_file)
    harder = rates_file.with_name("evaluation-known.json")
    harder.write_text(json.dumps({**json.loads(rates_file.read_text()), "pool": "known"}))
    pools = trust_values.read_pools(rates_file.parent)
    assert [one.pool for one in pools] == ["known"]
    measured = trust_values.read_rates(rates_file) or pytest.fail("no rates")
    filled = trust_page.filled(shown, measured, pools)
    lines = json.loads(filled[shown.filled["rules_found"]].plot)["data"]
    assert [line["name"] for line in lines] == [
        say(trust_markup.rule_key(rule.code)) for rule in trust_values.RULES_DRAWN
    ]
    table = filled[shown.filled["rules_table"]]
    assert all(str(escape(say(trust_markup.rule_key(code)))) in table for code in RULE_CODES)
    assert "36% of the members and 55%" in table
    outcomes = filled[shown.filled["outcomes"]]
    assert "<td>25%</td><td>0%</td>" in outcomes
    assert "<td>25%</td><td>88%</td>" in outcomes
    assert "too often" in filled[shown.filled["spread_general_note"]]
    assert "No small value" in filled[shown.filled["spread_matched_note"]]
    bars = json.loads(filled[shown.filled["spread_matched"]].plot)["data"][0]
    assert bars["y"] == [pytest.approx(1 / 20)] * 20
    assert say("trust-pool-titles-" + slug("known")) in filled[shown.filled["pools"]].plot
    weak = filled[shown.filled["weak"]]
    general = measured.rows[-1].rule("p_general<=0.01") or pytest.fail("no rule")
    assert f"{trust_markup.share(general.fpr)} ({trust_markup.span(general.fpr)})" in weak
    assert say("trust-weak-rare", found="25%", photos=10) in weak
    assert say("trust-weak-spread", kind=say("trust-spread-titles-" + slug("general"))) in weak
    assert say("trust-spread-titles-" + slug("matched")) not in weak
    assert say("trust-weak-rare", found="0%", photos=0)[:20] not in trust_markup.weak(None)


@pytest.mark.parametrize(("tau", "size", "models"), [(1, 1000, 1), (3, 1000, 1), (11, 100, 4), (1, 100, 20)])
def test_the_calculator_gives_the_bound(tau: int, size: int, models: int) -> None:
    answer, figure = trust_values.calculated(tau, size, models)
    bound = false_alarm_bound(21, tau, size, models)
    assert f"<b>{trust_markup.percent(bound)}</b>" in answer
    assert f"at most {100 * bound:.3g} to be" in answer
    assert f"At most {21 // tau} of {size:,} names" in answer
    assert json.loads(figure.plot)["data"][1]["y"] == [bound]


def test_the_calculator_stays_within_what_it_offers() -> None:
    assert (
        trust_values.calculated(-4, 7, 10**9)[0]
        == trust_values.calculated(1, 1000, trust_values.MOST_MODELS)[0]
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0%"),
        (0.00004, "0.00%"),
        (0.0049, "0.49%"),
        (0.021, "2.1%"),
        (0.5, "50%"),
        (0.998, "99.8%"),
        (1.0, "100%"),
    ],
)
def test_a_rate_keeps_the_digits_that_tell_it_from_nothing_and_everything(number: float, text: str) -> None:
    assert trust_markup.percent(number) == text
