"""A result as tables and as plain data: every sentence is told, photos keep their numbers, nothing is missing."""

from __future__ import annotations

import json

import pytest

from idia_core.attack.outcome import Advice
from idia_core.audit.judge import judge
from idia_core.audit.report import advice_sentence, audit_facts, audit_table, text_columns
from idia_core.errors import Message
from idia_core.text import say, tell
from tests.charts.test_charts import encoded


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert text_columns([("A", "B"), ("long", "b")]) == "A     B\nlong  b"


def test_advice_numbers_photos_among_all_of_the_run() -> None:
    check = Advice("check_photo", Message("advice-check-photo", {"photo": 2}), 1)
    assert advice_sentence(check, (0, 4, 7)).startswith("Photo 5 speaks against the rest")
    rests = Advice("rests_on_photo", Message("advice-rests-on-photo", {"photo": 1}), 0)
    assert advice_sentence(rests, (3, 4)).startswith("The verdict rests on photo 4:")
    add = Advice("add_photos", Message("advice-add-photos", {"missing": 2}))
    assert advice_sentence(add, (3,)) == "Add 2 photos of the same person."


@pytest.mark.parametrize(("lift", "outcome"), [(1.0, "weak"), (-1.0, "none")])
def test_the_data_tells_the_outcome_by_code_and_in_words(lift: float, outcome: str) -> None:
    result = judge(encoded(lift=lift, names=300), tau=1)
    facts = json.loads(json.dumps(audit_facts(result)))
    assert facts["outcome"] == outcome
    assert facts["outcome_sentence"] == say(f"outcome-{outcome}-sentence")
    reasons = result.evidence.judgement.reasons
    assert [(one["check"], one["state"], one["sentence"]) for one in facts["reasons"]] == [
        (one.code, one.state, tell(one.message)) for one in reasons
    ]
    assert facts["advice"] == [advice_sentence(one, result.kept) for one in result.evidence.judgement.advice]


def test_the_table_tells_what_the_data_holds() -> None:
    result = judge(encoded(lift=1.0, names=300), tau=1)
    facts, table = audit_facts(result), audit_table(result)
    parts = table.split("\n\n")
    assert parts[0] == f"{result.encoded.name} · {result.encoded.spec.title} · 5 photos · 300 names"
    assert parts[1] == say("audit-sandbox")
    assert parts[2].split("\n") == [
        f"Weak or mixed signs. {facts['outcome_sentence']}",
        "IDIA, the paper's rule: member. Prompts won: 4 of 4; tau 1.",
        "Rank 1 of 300 names; p-value 0.0033 (it cannot go below 0.0033).",
        "For a name no different from the others, chance alone says member in at most 1.3% of cases.",
    ]
    sentences = [f"- {one['sentence']}" for one in facts["reasons"]] + [f"> {one}" for one in facts["advice"]]
    assert parts[3].split("\n") == sentences
    assert parts[4].split("\n")[0].split("  ")[0] == "PHOTO"
    assert len(parts[4].split("\n")) == 6
    assert parts[5].split("\n")[1].endswith("5 of 5")
    tied = judge(encoded(photos=1, lift=0.0, names=30), tau=1)
    tied.verdict.winners[0] = -1
    assert "(tie: nobody)" in audit_table(tied)


def test_attempts_correct_the_data_and_the_table_and_are_said() -> None:
    made = encoded(lift=1.0, names=300)
    once, thrice = (judge(made, tau=1, attempts=attempts) for attempts in (1, 3))
    facts = {attempts: audit_facts(result) for attempts, result in ((1, once), (3, thrice))}
    assert (facts[1]["attempts"], facts[3]["attempts"]) == (1, 3)
    for key in ("general", "smallest"):
        assert facts[3]["p_value"][key] == pytest.approx(3 * facts[1]["p_value"][key])
    assert facts[3]["bound"] == pytest.approx(3 * facts[1]["bound"])
    assert facts[3]["idia"] == facts[1]["idia"], "the paper's verdict stays as it is"
    assert "corrected" not in audit_table(once)
    assert audit_table(thrice).split("\n\n")[2].split("\n")[2:] == [
        "Rank 1 of 300 names; p-value 0.0100 (it cannot go below 0.0100), corrected for 3 questions.",
        "For a name no different from the others, chance alone says member in at most 4.0% of cases, "
        "corrected for 3 questions.",
    ]
    (reason,) = [one for one in facts[3]["reasons"] if one["check"] == "general"]
    assert reason["sentence"].endswith("in at most 1.0% of cases, corrected for 3 questions.")
    with pytest.raises(ValueError, match="attempt"):
        judge(made, tau=1, attempts=0)
