"""The blind baseline: it finds what names give away, and nothing where they give nothing away."""

from __future__ import annotations

import numpy as np

from idia_core.evaluation import name_baseline


def people(rng: np.random.Generator, count: int, endings: str) -> list[str]:
    letters = list("abcdefghij")
    return [
        f"{''.join(rng.choice(letters, 4)).capitalize()} {''.join(rng.choice(letters, 4)).capitalize()}{endings}"
        for _ in range(count)
    ]


def test_names_of_two_styles_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    names = [*people(rng, 60, "sson"), *people(rng, 60, "inho")]
    members = [True] * 60 + [False] * 60
    said = name_baseline.guess_members(names, members, 0)
    assert said is not None
    assert (said == np.array(members)).mean() > 0.97


def test_names_of_one_style_are_guessed_no_better_than_by_a_coin() -> None:
    rates = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        names = people(rng, 200, "")
        members = (rng.permutation(200) < 100).tolist()
        said = name_baseline.guess_members(names, members, seed)
        assert said is not None
        rates.append((said == np.array(members)).mean())
    assert 0.43 < np.mean(rates) < 0.55


def test_a_persons_own_label_is_not_used_for_the_guess() -> None:
    rng = np.random.default_rng(3)
    names = people(rng, 60, "")
    members = [True, False] * 30
    said = name_baseline.guess_members(names, members, 1)
    swapped = name_baseline.guess_members(names, [not members[0], *members[1:]], 1)
    assert said is not None
    assert swapped is not None
    # With every name unlike the others, a label leaks only through the person's own features.
    weights, _ = name_baseline._learn(
        [name_baseline._features(name) for name in names[1:]], np.array(members[1:])
    )
    assert not any(f"first {names[0].split()[0].lower()}" == feature for feature in weights)


def test_too_few_people_give_no_guess_and_the_seed_decides_the_folds() -> None:
    rng = np.random.default_rng(4)
    names = people(rng, 40, "")
    assert name_baseline.guess_members(names[:15], [True] * 9 + [False] * 6, 0) is None
    members = [True] * 20 + [False] * 20
    assert np.array_equal(
        name_baseline.guess_members(names, members, 5), name_baseline.guess_members(names, members, 5)
    )  # type: ignore[arg-type]
