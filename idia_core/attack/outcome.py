"""Four outcomes a lay person understands, decided by one small table, with a code for each reason.

The table reads the states of the checks and nothing else, so that it can be tested case by case.
Source of the four outcomes: the project's protocol, "How far a verdict can be trusted".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from idia_core.errors import Message, Value

Outcome = Literal["strong", "weak", "none", "unclear"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""The four, in a fixed order."""
State = Literal["passed", "failed", "not_run", "impossible"]
Code = Literal[
    "rule",
    "general",
    "matched",
    "crossed",
    "stable",
    "name_prior",
    "context",
    "photos",
    "one_person",
    "names",
]

FEWEST_PHOTOS = 3
"""A vote needs three photos. Source: arXiv 2209.07341, which drops smaller runs."""
SETTLED_PHOTOS = 10
"""Detection rises steeply up to about ten photos, then flattens. Source: arXiv 2209.07341."""
GENERAL_LEVEL = 0.01
"""Largest p-value against the general pool that counts as small."""
MATCHED_LEVEL = 0.05
"""Largest p-value against matched names that counts as small; there are fewer of them."""
STABLE_SHARE = 0.8
"""Smallest share of resamples that must give the same verdict."""
SMALLEST_TOLD = 0.001
"""A smaller p-value is told as this one: sentences say "at most" with one decimal of a percent."""


@dataclass(frozen=True)
class Facts:
    """The plain numbers an outcome is decided by."""

    photos: int
    """Usable photos."""
    names: int
    """Names in the general pool, the claimed one included."""
    hits: int
    """Prompts won by the claimed name."""
    prompts: int
    """Prompts asked."""
    tau: int
    """Prompts needed by the paper's rule."""
    general: float
    """p-value against the general pool, corrected for attempts."""
    same_verdict: float
    """Share of resamples of the photos with the same verdict, in [0, 1]."""
    rank: int = 1
    """Rank of the claimed name in the general pool; 1 is best."""
    smallest: float = 0.0
    """Smallest value that `general` could have taken."""
    matched: float | None = None
    """p-value against matched names, corrected for attempts; None where they were not compared."""
    crossed: float | None = None
    """p-value of the pairing of first and last name, corrected; None where that was not tested."""
    unmatched: Message | None = None
    """Why names cannot be matched to the claimed one; None where they can."""
    name_prior: bool | None = None
    """Whether the name also won on photos of other people; None where that was not tried."""
    context: bool | None = None
    """Whether the name also won with the faces covered; None where that was not tried."""
    one_person: bool | None = None
    """Whether all photos seem to show one person; None where nobody checked."""
    against: tuple[int, ...] = ()
    """Photos (from 0) that speak against the rest."""
    carriers: tuple[int, ...] = ()
    """Photos (from 0) each of which, left out, would bring the verdict down."""
    attempts: int = 1
    """Questions for which the p-values are corrected."""


@dataclass(frozen=True)
class Reason:
    """One check and how it ended."""

    code: Code
    """Which check."""
    state: State
    """How it ended; "impossible" means that it cannot be made for this name."""
    message: Message
    """The same for a person."""


@dataclass(frozen=True)
class Advice:
    """One thing that would make the outcome surer."""

    code: str
    """What to do, for programs."""
    message: Message
    """The same for a person; a photo's number in it, `photo`, counts from 1 among the photos that were judged."""
    photo: int | None = None
    """The photo it is about, from 0 among those that were judged; None where it is about none."""


@dataclass(frozen=True)
class Judgement:
    """An outcome with what it rests on."""

    outcome: Outcome
    """One of the four; `text` has a title and a sentence for each."""
    decided_by: tuple[Code, ...]
    """The checks that decided it, out of `reasons`; show these first."""
    reasons: tuple[Reason, ...]
    """Every check in a fixed order, those that were not run included."""
    advice: tuple[Advice, ...]
    """What would make it surer, most useful first; may be empty."""


@dataclass(frozen=True)
class Row:
    """One line of the table: the outcome holds if any, or all, of these checks ended so."""

    outcome: Outcome
    """What the line decides."""
    quantifier: Literal["any", "all"]
    """How many of `states` must hold."""
    states: tuple[tuple[Code, State], ...]
    """Checks and how they must have ended."""


TABLE: tuple[Row, ...] = (
    Row(
        "unclear",
        "any",
        (("photos", "failed"), ("one_person", "failed"), ("names", "failed"), ("matched", "impossible")),
    ),
    Row("none", "all", (("rule", "failed"), ("general", "failed"))),
    Row(
        "weak",
        "any",
        (
            ("rule", "failed"),
            ("general", "failed"),
            ("matched", "failed"),
            ("matched", "not_run"),
            ("stable", "failed"),
            ("name_prior", "failed"),
            ("context", "failed"),
        ),
    ),
    Row(
        "strong",
        "all",
        (("rule", "passed"), ("general", "passed"), ("matched", "passed"), ("stable", "passed")),
    ),
)
"""Read from the top; the first line that holds decides. For a strong link, matched names must have been
compared; the controls must not speak against it, but may be missing: the reasons say so.

The pairing decides nothing. Measured at 10 photos on a development world (4120966): matched names found 78 % of
the members, 0.7 % of the other people and 2.8 % of those whose name fits by style; the pairing 58 %, 5.3 % and
3.3 %, so that it adds no safety and costs true links: a text tower puts a name together from its parts. On
another world (2209073), whose people have last names unlike the decoys', it came out small for 16 % of those
without a link, where its level says 5 %."""

ADVICE: dict[tuple[Code, State], str] = {
    ("matched", "not_run"): "match_names",
    ("context", "failed"): "change_context",
    ("names", "failed"): "add_names",
}
"""What to do about a check that is open, or that failed for a reason that can be mended. A check that was not
run is advised only where every door lets a person run it."""


def judge(facts: Facts) -> Judgement:
    """Decide the outcome, with its reasons and what would make it surer.

    Args:
        facts: the numbers; each optional piece may be missing.
    Returns:
        The judgement; the same facts always give the same one.
    """
    states = examine(facts)
    row = decide(states)
    values = _values(facts)
    return Judgement(
        row.outcome,
        decided_by=tuple(code for code, state in row.states if states[code] == state),
        reasons=tuple(
            Reason(code, state, Message(_key("reason", code, state), values.get(code, {})))
            for code, state in states.items()
        ),
        advice=(*_photo_advice(row.outcome, states, facts), *_check_advice(row.outcome, states)),
    )


def corrected(attempts: int) -> Message:
    """Tell that a probability was corrected for this many questions, as the end of a sentence; empty for one."""
    return Message("corrected", {"attempts": attempts})


def decide(states: dict[Code, State]) -> Row:
    """Read the table from the top.

    Args:
        states: how each check ended.
    Returns:
        The first line that holds.
    Raises:
        ValueError: a check is missing, so that no line holds.
    """
    for row in TABLE:
        holds = [states.get(code) == state for code, state in row.states]
        if any(holds) if row.quantifier == "any" else all(holds):
            return row
    raise ValueError(f"no line of the table holds for {states}")


def examine(facts: Facts) -> dict[Code, State]:
    """Turn numbers into the states of the checks.

    Args:
        facts: the numbers.
    Returns:
        Every check, in the order in which a person should read them.
    """
    return {
        "rule": _passes(facts.hits >= facts.tau),
        "general": _passes(facts.general <= GENERAL_LEVEL),
        "matched": _matched(facts),
        "crossed": "not_run" if facts.crossed is None else _passes(facts.crossed <= MATCHED_LEVEL),
        "stable": _passes(facts.same_verdict >= STABLE_SHARE),
        "name_prior": _quiet(facts.name_prior),
        "context": _quiet(facts.context),
        "photos": _passes(facts.photos >= FEWEST_PHOTOS),
        "one_person": "not_run" if facts.one_person is None else _passes(facts.one_person),
        "names": _passes(facts.smallest <= GENERAL_LEVEL),
    }


def _passes(passed: bool) -> State:
    """Name the two ends of a check that was run."""
    return "passed" if passed else "failed"


def _quiet(fired: bool | None) -> State:
    """A control passes when it stays quiet."""
    return "not_run" if fired is None else _passes(not fired)


def _matched(facts: Facts) -> State:
    """Keep "cannot be matched" apart from "was not compared": the first leaves nothing to compare with."""
    if facts.unmatched is not None:
        return "impossible"
    return "not_run" if facts.matched is None else _passes(facts.matched <= MATCHED_LEVEL)


def _values(facts: Facts) -> dict[Code, dict[str, Value | Message]]:
    """Gather what the message of each check is filled with."""
    correction = corrected(facts.attempts)
    return {
        "rule": {"hits": facts.hits, "prompts": facts.prompts, "tau": facts.tau},
        "general": {
            "rank": facts.rank,
            "names": facts.names,
            "chance": max(facts.general, SMALLEST_TOLD),
            "corrected": correction,
        },
        "matched": {"corrected": correction} if facts.unmatched is None else {"why": facts.unmatched},
        "stable": {"same_verdict": facts.same_verdict},
        "photos": {"photos": facts.photos, "fewest": FEWEST_PHOTOS},
        "names": {"others": facts.names - 1, "corrected": correction},
    }


def _key(*codes: str) -> str:
    """Join codes to the key of a message."""
    return "-".join(codes).replace("_", "-")


def _advise(code: str, values: dict[str, Value | Message] | None = None, photo: int | None = None) -> Advice:
    return Advice(code, Message(_key("advice", code), values or {}), photo)


def _photo_advice(outcome: Outcome, states: dict[Code, State], facts: Facts) -> list[Advice]:
    """Say which photos to add, check or set aside."""
    advice = []
    missing = (FEWEST_PHOTOS if states["photos"] == "failed" else SETTLED_PHOTOS) - facts.photos
    if missing > 0 and outcome != "strong":
        advice.append(_advise("add_photos", {"missing": missing}))
    if states["one_person"] == "failed":
        advice.append(_advise("one_person"))
    advice += [_advise("check_photo", {"photo": photo + 1}, photo) for photo in facts.against]
    if len(facts.carriers) == 1:
        (photo,) = facts.carriers
        advice.append(_advise("rests_on_photo", {"photo": photo + 1}, photo))
    return advice


def _check_advice(outcome: Outcome, states: dict[Code, State]) -> list[Advice]:
    """Say which checks are still open; after "no link found" no further check can strengthen that."""
    return (
        [] if outcome == "none" else [_advise(ADVICE[check]) for check in states.items() if check in ADVICE]
    )
