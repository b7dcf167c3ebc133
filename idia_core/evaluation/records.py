"""The result of an evaluation: rates with their intervals, by number of photos, training photos and rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from idia_core.attack.outcome import Outcome
from idia_core.errors import Message
from idia_core.evaluation.uniformity import Uniformity

PoolKind = Literal["everybody", "unknown", "half", "known", "matched"]
"""Which names the candidates are: everybody in the set and random names; random names; half names that the model
may know; only such names; names that share the first or the last name."""
POOLS: tuple[PoolKind, ...] = ("everybody", "unknown", "half", "known", "matched")
"""From the easiest candidates to the hardest."""
PValueKind = Literal["general", "matched", "crossed"]
"""Against all candidates, against names that share the first or the last name, of the pairing of the two."""


@dataclass(frozen=True)
class Rate:
    """How often people of one kind were called "member"."""

    people: int
    """People who had enough photos."""
    mean: float | None
    """Mean over draws of the share called "member", in [0, 1]; None without people."""
    sd: float | None
    """Standard deviation of that share over draws; None without people."""
    interval: tuple[float, float] | None
    """Exact 95 % interval; None without people. Its trials are people: the draws of one person are not
    independent."""


@dataclass(frozen=True)
class RuleRates:
    """How often one rule said "member"."""

    rule: str
    """Code of the rule, see `rules.RULES`."""
    tpr: Rate
    """Members called "member"."""
    fpr: Rate
    """Non-members called "member"."""
    by_training: tuple[tuple[int, Rate], ...]
    """The TPR again, by number of training photos; empty where the truth file does not say."""


@dataclass(frozen=True)
class OutcomeShares:
    """How often one of the four outcomes came up."""

    outcome: Outcome
    """Which."""
    members: float | None
    """Its share among members, in [0, 1]; None without members."""
    non_members: float | None
    """The same among non-members."""


@dataclass(frozen=True)
class Row:
    """The rates for one number of photos."""

    photos: int
    """Photos of each draw."""
    draws: int
    """Draws of each person."""
    tpr: Rate
    """Members called "member" by the paper's rule."""
    fpr: Rate
    """Non-members called "member" by the paper's rule."""
    by_training: tuple[tuple[int, Rate], ...]
    """The TPR again, by number of training photos; empty where the truth file does not say."""
    rules: tuple[RuleRates, ...] = ()
    """The same for every rule, the paper's first."""
    chance: float | None = None
    """Names that win, over all names, on non-members: how often a name wins that has nothing to do with the
    face."""
    outcomes: tuple[OutcomeShares, ...] = ()
    """Each of the four outcomes; empty where names of the claimed one's style were left out."""
    p_values: tuple[tuple[PValueKind, Uniformity], ...] = ()
    """Each p-value's distribution over non-members, one draw a person."""

    def rule(self, code: str) -> RuleRates | None:
        """Return the rates of one rule; None where it was not measured."""
        return next((rates for rates in self.rules if rates.rule == code), None)


@dataclass(frozen=True)
class UnusedPhoto:
    """A photo of the set that could not be used."""

    person: str
    """Whose it is."""
    reason: Message
    """Which file, and why."""


@dataclass(frozen=True)
class Evaluation:
    """All rows of one evaluation."""

    model: str
    """Key of the model."""
    names: int
    """Candidate names, the claimed one included."""
    prompts: int
    """Templates asked."""
    tau: int
    """Prompts to win."""
    seed: int
    """Seed of names and draws."""
    rows: tuple[Row, ...]
    """One for each number of photos."""
    pool: PoolKind = "everybody"
    """Which names the candidates were."""
    name_baseline: tuple[Rate, Rate] | None = None
    """How often a guess by the name alone says "member", of members and of non-members; None with too few
    people to learn from."""
    set_aside: tuple[UnusedPhoto, ...] = ()
    """Photos that could not be used; they are not written to JSON, because they name people."""
