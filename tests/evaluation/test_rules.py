"""The rules on many draws: the fast way gives what an audit of the very draw gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from idia_core.attack import outcome
from idia_core.attack.evidence import Comparisons, assess, run_attack
from idia_core.attack.rule import decide, predict, tally
from idia_core.errors import Message
from idia_core.evaluation import rules
from idia_core.evaluation.report import read_evaluation
from idia_core.settings import ASSETS

PROMPTS, PHOTOS, NAMES = 7, 8, 120


def cosines(link: float, seed: int, names: int = NAMES) -> np.ndarray:
    similarities = np.random.default_rng(seed).normal(0.2, 0.02, (PROMPTS, PHOTOS, names))
    similarities[:, :, -1] += 0.02 * link
    return similarities.astype(np.float32)


def compared(similarities: np.ndarray, seed: int) -> Comparisons:
    rng = np.random.default_rng(seed)
    grid = rng.normal(0.2, 0.02, (PROMPTS, PHOTOS, 6, 6)).astype(np.float32)
    grid[:, :, 0, 0] = similarities[:, :, -1]
    return Comparisons(same_first=cosines(0, seed + 1, 40), same_last=cosines(0, seed + 2, 30), crossed=grid)


def only(comparisons: Comparisons, chosen: np.ndarray) -> Comparisons:
    def cut(tensor: np.ndarray | None) -> np.ndarray | None:
        return None if tensor is None else tensor[:, chosen]

    return replace(
        comparisons,
        same_first=cut(comparisons.same_first),
        same_last=cut(comparisons.same_last),
        crossed=cut(comparisons.crossed),
    )


@pytest.mark.parametrize("link", [0.0, 1.0, 1.5, 4.0])
@pytest.mark.parametrize("size", [2, 5, 8])
def test_each_draw_is_judged_as_an_audit_of_it_would_be(link: float, size: int) -> None:
    seen = set()
    for seed in range(6):
        similarities = cosines(link, seed)
        comparisons = compared(similarities, 50 * seed)
        rng = np.random.default_rng(seed)
        draws = np.array([rng.choice(PHOTOS, size, replace=False) for _ in range(5)])
        scored = rules.score_names(similarities, NAMES - 1, comparisons)
        answers = rules.score_draws(scored, 1, draws, np.random.default_rng(seed))
        for at, chosen in enumerate(draws):
            attack = run_attack(similarities[:, chosen], NAMES - 1, 1)
            evidence = assess(attack, np.random.default_rng(3), only(comparisons, chosen))
            said = outcome.OUTCOMES[answers.outcomes[at]]
            seen.add(said)
            assert answers.hits[at] == evidence.verdict.hits
            assert answers.general[at] == pytest.approx(evidence.p_general)
            assert answers.matched[at] == pytest.approx(evidence.matching.p_matched)
            assert answers.crossed[at] == pytest.approx(evidence.matching.p_crossed)
            # Stability is a share of random redraws: where it is near its limit, the two may differ.
            if abs(evidence.stability.same_verdict - outcome.STABLE_SHARE) > 0.1:
                assert said == evidence.judgement.outcome
    assert seen


def test_names_that_win_are_counted_for_the_rate_of_chance() -> None:
    similarities = cosines(0, 1)
    scored = rules.score_names(similarities, NAMES - 1, Comparisons())
    answers = rules.score_draws(scored, 2, np.array([[0, 1, 2]]), np.random.default_rng(0))
    votes = tally(predict(similarities[:, :3]), NAMES)
    members = sum(decide(votes, name, 2).member for name in range(NAMES))
    assert answers.winners.tolist() == [members]


def test_without_names_of_its_style_no_p_value_says_member() -> None:
    scored = rules.score_names(
        cosines(4, 1), NAMES - 1, Comparisons(unmatched=Message("match-not-two-names"))
    )
    answers = rules.score_draws(scored, 1, np.array([[0, 1, 2]]), np.random.default_rng(0))
    assert [bool(rule.calls(answers, 1)[0]) for rule in rules.RULES] == [
        True, True, True, True, True, True, False, False, False,
    ]  # fmt: skip
    assert outcome.OUTCOMES[answers.outcomes[0]] == "unclear"


def test_a_group_too_small_for_the_level_gives_none() -> None:
    small = Comparisons(same_first=cosines(0, 1, 40), same_last=cosines(0, 2, 18))
    answers = rules.score_draws(
        rules.score_names(cosines(4, 1), NAMES - 1, small), 1, np.array([[0, 1]]), np.random.default_rng(0)
    )
    assert np.isnan(answers.matched).all()


def test_the_rule_of_each_tau_needs_as_many_hits() -> None:
    answers = rules.Answers(*(np.array([0.0]) for _ in range(6)))  # type: ignore[arg-type]
    answers = replace(answers, hits=np.array([0, 1, 2, 3, 4, 5]))
    assert rules.IDIA.calls(answers, 2).sum() == 4
    assert [rule.code for rule in rules.IDIA_TAUS] == [f"idia tau={tau}" for tau in rules.TAUS]
    assert [rule.calls(answers, 2).sum() for rule in rules.IDIA_TAUS] == [5, 3, 1]


def test_codes_are_those_of_the_shipped_files() -> None:
    shipped = read_evaluation(ASSETS / "sandbox" / "evaluation.json")
    assert [rates.rule for rates in shipped.rows[0].rules] == [rule.code for rule in rules.RULES]
