"""Four outcomes a lay person understands, decided by one small table, with the reasons in plain words.

The table reads the states of the checks and nothing else, so that it can be tested case by case.
Source of the four outcomes: the project's protocol, "How far a verdict can be trusted".

Does not: compute a number (`calibrate` does), change the paper's verdict, or say that somebody was in the
training data: a link between a face and a name is all that can be seen from outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from idia_core.errors import Message

Outcome = Literal["strong", "weak", "none", "unclear"]
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


@dataclass(frozen=True)
class Reason:
    """One check, how it ended, and that in words."""

    code: Code
    """Which check."""
    state: State
    """How it ended; "impossible" means that it cannot be made for this name."""
    sentence: str
    """The same for a person."""
    cause: Message | None = None
    """Why the check cannot be made, where `state` is "impossible"."""


@dataclass(frozen=True)
class Advice:
    """One thing that would make the outcome surer."""

    code: str
    """What to do, for programs."""
    sentence: str
    """The same for a person."""
    photo: int | None = None
    """The photo it is about, from 0; None where it is about none."""


@dataclass(frozen=True)
class Judgement:
    """An outcome with what it rests on."""

    outcome: Outcome
    """One of the four."""
    title: str
    """The outcome in two or three words."""
    sentence: str
    """The outcome in one or two sentences."""
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

TITLES: dict[Outcome, str] = {
    "strong": "Strong link",
    "weak": "Weak or mixed signs",
    "none": "No link found",
    "unclear": "Can't tell",
}

SENTENCES: dict[Outcome, str] = {
    "strong": "The model links this face with this name, and every check that decides agrees.",
    "weak": "Some signs link this face with this name, but not every check supports them.",
    "none": "No link between this face and this name was found here. That never shows that there is none.",
    "unclear": "These photos and names allow no answer, in either direction.",
}

WORDS: dict[Code, dict[State, str]] = {
    "rule": {
        "passed": "The name won {hits} of {prompts} prompts; the rule asks for {tau}.",
        "failed": "The name won {hits} of {prompts} prompts; the rule asks for {tau}.",
    },
    "general": {
        "passed": "It is number {rank:,} of {names:,} names; by chance alone, a place this good comes up "
        "in at most {general:.1%} of cases.",
        "failed": "It is number {rank:,} of {names:,} names; by chance alone, a place this good comes up "
        "in up to {general:.0%} of cases.",
    },
    "matched": {
        "passed": "It also stands out among names that share its first name, and among those that share "
        "its last name.",
        "failed": "Names that share its first or its last name fit these photos about as well: a match "
        "could be due to the style of the name.",
        "not_run": "It was not compared with enough names that share its first or its last name.",
        "impossible": "There are no comparable names for this one.",
    },
    "crossed": {
        "passed": "The pairing of its first and its last name counts, beyond what each does alone. "
        "This check is told, but decides nothing.",
        "failed": "Its first and its last name may each fit the photos; no effect of their pairing was seen. "
        "Many true links show none, so this check decides nothing.",
        "not_run": "The pairing of its first and its last name was not tested apart from its parts.",
    },
    "stable": {
        "passed": "{same_verdict:.0%} of random re-draws of the photos give the same verdict.",
        "failed": "Only {same_verdict:.0%} of random re-draws of the photos give the same verdict.",
    },
    "name_prior": {
        "passed": "The name does not win on photos of other people.",
        "failed": "The name wins on photos of other people too.",
        "not_run": "The name was not tried on photos of other people.",
    },
    "context": {
        "passed": "With the faces covered, the name does not win.",
        "failed": "The name wins with the faces covered too: something else in the photos carries it.",
        "not_run": "The photos were not tried with the faces covered.",
    },
    "photos": {
        "passed": "{photos} photos could be used.",
        "failed": "Usable photos: {photos}. A vote needs at least {fewest}.",
    },
    "one_person": {
        "passed": "All photos seem to show one person.",
        "failed": "The photos seem to show more than one person.",
        "not_run": "It was not checked that all photos show one person.",
    },
    "names": {
        "passed": "The name was compared with {others:,} other names.",
        "failed": "The name was compared with only {others:,} other names: too few to rule out chance.",
    },
}
"""How each check reads; every pair that `examine` can give is here."""

ADVICE: dict[tuple[Code, State], Advice] = {
    ("matched", "not_run"): Advice(
        "match_names", "Compare with more names that share the first or the last name."
    ),
    ("context", "failed"): Advice(
        "change_context", "Use photos with other surroundings, or cropped to the face."
    ),
    ("names", "failed"): Advice("add_names", "Compare with more names."),
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
    return Judgement(
        row.outcome,
        TITLES[row.outcome],
        SENTENCES[row.outcome],
        decided_by=tuple(code for code, state in row.states if states[code] == state),
        reasons=tuple(
            Reason(code, state, _say(code, state, facts), facts.unmatched if state == "impossible" else None)
            for code, state in states.items()
        ),
        advice=(*_photo_advice(row.outcome, states, facts), *_check_advice(row.outcome, states)),
    )


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


def _say(code: Code, state: State, facts: Facts) -> str:
    """Fill in the sentence of one check."""
    return WORDS[code][state].format(
        photos=facts.photos,
        fewest=FEWEST_PHOTOS,
        names=facts.names,
        others=facts.names - 1,
        hits=facts.hits,
        prompts=facts.prompts,
        tau=facts.tau,
        rank=facts.rank,
        general=facts.general,
        same_verdict=facts.same_verdict,
    )


def _photo_advice(outcome: Outcome, states: dict[Code, State], facts: Facts) -> list[Advice]:
    """Say which photos to add, check or set aside."""
    advice = []
    missing = (FEWEST_PHOTOS if states["photos"] == "failed" else SETTLED_PHOTOS) - facts.photos
    if missing > 0 and outcome != "strong":
        plural = "photo" if missing == 1 else "photos"
        advice.append(Advice("add_photos", f"Add {missing} {plural} of the same person."))
    if states["one_person"] == "failed":
        advice.append(Advice("one_person", "Keep the photos of one person only."))
    for photo in facts.against:
        sentence = f"Photo {photo + 1} speaks against the rest: check that it shows the same person."
        advice.append(Advice("check_photo", sentence, photo))
    if len(facts.carriers) == 1:
        photo = facts.carriers[0]
        sentence = f"The verdict rests on photo {photo + 1}: add photos taken on other occasions."
        advice.append(Advice("rests_on_photo", sentence, photo))
    return advice


def _check_advice(outcome: Outcome, states: dict[Code, State]) -> list[Advice]:
    """Say which checks are still open; after "no link found" no further check can strengthen that."""
    return [] if outcome == "none" else [ADVICE[check] for check in states.items() if check in ADVICE]
