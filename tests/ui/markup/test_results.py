"""The right side as markup: the verdict beside the outcome, the sandbox marked, photos numbered as their cards."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markupsafe import escape

from idia_core.audit.judge import judge
from idia_core.audit.report import audit_facts
from idia_core.audit.views import ODD_ONE_OUT
from idia_core.clip.registry import parse_model
from idia_core.names import Matched
from idia_core.names.matching import NOT_LATIN, OTHER_INITIALS, TOO_FEW
from idia_core.text import phrases, say, tell
from idia_core.ui.markup import evidence as evidence_markup
from idia_core.ui.markup import results as result_markup
from idia_core.ui.state import RunContext
from tests.charts.test_charts import NAME, encoded, matched_encoding

THUMBNAILS = tuple(f"data:image/jpeg;base64,{number}" for number in range(10))


def context(**changes: object) -> RunContext:
    return replace(RunContext(thumbnails=THUMBNAILS, asked_photos=5), **changes)  # type: ignore[arg-type]


def test_the_papers_verdict_stands_beside_the_outcome_with_its_false_alarm_rate() -> None:
    member = judge(encoded(lift=1.0), tau=2)
    said = result_markup.outcome(member, context())
    assert f'<p class="said">{say("idia-member")}</p>' in said
    assert say("idia-hits", hits=4, prompts=4, tau=2) in said
    assert f"{member.evidence.bound:.1%}" in said
    other = result_markup.outcome(judge(encoded(lift=-1.0), tau=1), context())
    assert f'<p class="said">{say("idia-not-member")}</p>' in other


@pytest.mark.parametrize(("lift", "kind"), [(1.0, "strong"), (-1.0, "none")])
def test_the_outcome_has_a_class_a_sign_and_its_own_words(lift: float, kind: str) -> None:
    result = judge(encoded(lift=lift, names=300), tau=1)
    said = result_markup.outcome(result, context())
    judgement = result.evidence.judgement
    assert f'class="outcome {judgement.outcome}"' in said
    assert f"<h2>{escape(say(f'outcome-{judgement.outcome}-title'))}</h2>" in said
    assert str(escape(say(f"outcome-{judgement.outcome}-sentence"))) in said
    assert (judgement.outcome == "none") == (kind == "none")


def test_fewer_than_three_photos_cannot_tell_but_show_the_numbers() -> None:
    said = result_markup.outcome(
        judge(encoded(photos=2, lift=1.0, names=300), tau=1), context(asked_photos=2)
    )
    assert 'class="outcome unclear"' in said
    assert 'data-number="hits"><dd><b>4</b>' in said
    assert say("idia-member") in said


def test_a_sandbox_verdict_is_marked_and_another_is_not() -> None:
    made = encoded()
    assert say("sandbox-ribbon") in result_markup.outcome(judge(made, tau=1), context())
    real = replace(made, spec=parse_model("laion400m-b32"))
    assert say("sandbox-ribbon") not in result_markup.outcome(judge(real, tau=1), context())


def test_an_unfinished_result_says_how_far_it_is() -> None:
    said = result_markup.outcome(judge(encoded(), tau=1), context(asked_photos=9))
    assert say("partial-ribbon", done=5, total=9) in said
    assert "So far" not in result_markup.outcome(judge(encoded(), tau=1), context())


def test_the_reason_about_other_people_says_whose_photos_they_were() -> None:
    note = say("others-invented", photos="14 photos")
    said = result_markup.outcome(judge(encoded(), tau=1), context(others_note=note))
    assert said.count(note) == 1
    line = said[said.index(note) - 200 : said.index(note)]
    assert "photos of other people" in line


def test_the_checks_that_decided_come_first_and_those_not_made_last() -> None:
    result = judge(encoded(lift=1.0, names=300), tau=1)
    said = result_markup.outcome(result, context())
    judgement = result.evidence.judgement
    at = {one.code: said.index(str(escape(tell(one.message)))) for one in judgement.reasons}
    decided = [at[code] for code in judgement.decided_by]
    assert max(decided) < min(place for code, place in at.items() if code not in judgement.decided_by)
    rest = [one for one in judgement.reasons if one.code not in judgement.decided_by]
    last = [at[one.code] for one in rest if one.state == "not_run"]
    assert min(last) > max(at[one.code] for one in rest if one.state == "passed")


def test_a_verdict_says_which_names_it_was_won_against() -> None:
    result = judge(encoded(), tau=1)
    assert say("pool-sandbox", others=29, known=3) in result_markup.outcome(result, context())
    real = judge(replace(encoded(), spec=parse_model("laion400m-b32")), tau=1, size=4)
    assert say("pool", others=3, known=2) in result_markup.outcome(real, context())
    assert audit_facts(real)["names_known"] == 2


def test_the_groups_of_names_are_a_table_too() -> None:
    result = judge(matched_encoding(0.03), tau=1)
    table = evidence_markup.groups_table(result)
    matching = result.evidence.matching
    for ranking in (result.evidence.general, matching.same_first, matching.same_last):
        assert ranking is not None
        assert f"<td>{ranking.rank} of {ranking.decoys + 1}</td>" in table
        assert f"<td>{phrases.p_value(ranking.p_value)}</td>" in table
    assert str(escape(say("group-note"))) in table
    alone = judge(replace(encoded(), matched=Matched((), (), NOT_LATIN)), tau=1)
    assert str(escape(tell(NOT_LATIN))) in evidence_markup.groups_table(alone)
    said = str(escape(f"There are no comparable names for this one. {tell(NOT_LATIN)}"))
    assert said in result_markup.outcome(alone, context())
    noted = replace(alone.encoded.matched, reason=None, notes=(OTHER_INITIALS, TOO_FEW))
    table = evidence_markup.groups_table(judge(replace(alone.encoded, matched=noted), tau=1))
    assert str(escape(f"{tell(OTHER_INITIALS)} {tell(TOO_FEW)}")) in table


def test_attempts_are_said_beside_the_numbers_that_they_correct() -> None:
    made = replace(matched_encoding(0.03), views=())
    once, thrice = (judge(made, tau=1, attempts=attempts) for attempts in (1, 3))
    assert "corrected for" not in result_markup.outcome(once, context())
    said = result_markup.outcome(thrice, context())
    assert f'data-number="p"><dd><b>{phrases.p_value(thrice.evidence.p_general)}</b>' in said
    assert f"at most {phrases.one_in(thrice.evidence.p_general)}, corrected for 3 questions." in said
    assert f"at most {thrice.evidence.bound:.1%} of cases, corrected for 3 questions." in said
    table = evidence_markup.groups_table(thrice)
    for ranking in (thrice.evidence.general, thrice.evidence.matching.same_first):
        assert ranking is not None
        assert f"<td>{phrases.p_value(min(1, 3 * ranking.p_value))}</td>" in table


def test_what_each_photo_does_is_said_in_words_and_as_a_table() -> None:
    result = judge(encoded(lift=0.03), tau=1, kept=[0, 2, 4])
    influence, hits = result.evidence.stability.influence, result.verdict.hits
    changes = [one.statistic_change for one in influence]
    words = evidence_markup.influence_words(result)
    assert f"Photo {(1, 3, 5)[changes.index(max(changes))]} " in words
    assert f"won {hits} prompts" in words
    table = evidence_markup.influence_table(result)
    for number, one in zip((1, 3, 5), influence, strict=True):
        assert (
            f"photo {number}</th><td>{one.statistic_change:+.2f}</td><td>{hits - one.hits_change}</td>"
            in table
        )
    single = judge(encoded(photos=1), tau=1)
    assert evidence_markup.influence_words(single) == evidence_markup.influence_table(single) == ""


def test_advice_numbers_photos_as_the_cards_do() -> None:
    """Photo 2 of the run is switched off; the one that speaks against the rest is the run's fourth."""
    made = encoded(photos=6, lift=0.1, names=300)
    made.similarities[:, 3, -1] -= 0.2
    result = judge(made, tau=1, kept=[0, 2, 3, 4, 5])
    (advice,) = [one for one in result.evidence.judgement.advice if one.code == "check_photo"]
    assert advice.photo == 2
    said = result_markup.outcome(result, context(asked_photos=6))
    assert "Photo 4 speaks against the rest: check that it shows the same person." in said
    assert "Photo 3 speaks" not in said


def test_every_photo_has_a_card_with_a_switch_that_tells_its_state() -> None:
    result = judge(encoded(), tau=1, kept=[0, 2, 3, 4])
    cards = result_markup.cards(result, context())
    assert cards.count('role="switch"') == 5
    assert cards.count('aria-checked="false"') == 1
    assert 'aria-checked="false" aria-label="Use photo 2"' in cards
    assert all(thumbnail in cards for thumbnail in THUMBNAILS[:5])


def test_a_card_counts_what_the_model_answered() -> None:
    result = judge(encoded(lift=1.0), tau=1)
    cards = result_markup.cards(result, context())
    assert cards.count(say("card-own", own=4, prompts=4)) == 2 * 5  # words and their label
    assert cards.count(f"{NAME}</span> (4×)") == 5
    assert cards.count(say("card-rank-value", rank=1, names=30)) == 5


def test_the_list_of_best_names_always_holds_this_name_once() -> None:
    for lift, place in ((1.0, 1), (-1.0, 30)):
        table = result_markup.ranking_table(judge(encoded(lift=lift), tau=1))
        assert table.count(NAME) == 1
        assert f"<td>{place}</td>" in table


def test_tables_say_what_the_charts_say() -> None:
    result = judge(encoded(lift=0.03), tau=1)
    answers = result_markup.answers_table(result)
    assert answers.count(NAME) == int((result.predictions == result.claimed_index).sum())
    votes = result_markup.votes_table(result)
    assert votes.count(say("tie")) == int((result.verdict.winners < 0).sum())


@pytest.mark.parametrize(
    ("p", "text"), [(1.0, "1.00"), (0.3, "0.30"), (0.021, "0.021"), (0.001, "0.001"), (0.00002, "2e-05")]
)
def test_a_p_value_is_written_with_its_digits(p: float, text: str) -> None:
    assert phrases.p_value(p) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.001, "1 time in 1,000"), (0.3, "30% of the time"), (0.9, "any time"), (0.05, "1 time in 20")],
)
def test_a_probability_in_words(p: float, text: str) -> None:
    assert phrases.one_in(p) == text


def test_a_face_unlike_the_others_is_doubted_on_its_card_alone() -> None:
    result, said = judge(encoded(), tau=1), str(escape(tell(ODD_ONE_OUT)))
    assert said not in result_markup.cards(result, context())
    odd = replace(result, comparison=replace(result.comparison, odd_ones=(2,)))
    cards = result_markup.cards(odd, context()).split('<li class="card')
    assert [said in card for card in cards[1:]] == [False, False, True, False, False]
