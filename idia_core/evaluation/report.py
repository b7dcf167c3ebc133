"""An evaluation as text: a table for a terminal, JSON, and JSON read back into the same dataclasses.

The JSON holds rates, counts and distributions; no name of a person and no photo is in it.

Does not: measure (`evaluate` does), or draw.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from idia_core.audit.report import text_columns
from idia_core.errors import IdiaError
from idia_core.evaluation.run import POOLS, Evaluation, Rate, Row, RuleRates
from idia_core.evaluation.uniformity import Uniformity

INTERVAL = "Clopper-Pearson, 95 %, trials are people; between two counts the wider one"
BLIND_RULE = "naive Bayes on the letters of the name, tenfold; it sees no photo and no model"


def evaluation_facts(result: Evaluation) -> dict[str, Any]:
    """Turn an evaluation into data for JSON.

    Args:
        result: the evaluation.
    Returns:
        The model, the numbers asked, the blind baseline, and a row for each number of photos.
    """
    return {
        "model": result.model,
        "names": result.names,
        "prompts": result.prompts,
        "tau": result.tau,
        "seed": result.seed,
        "pool": result.pool,
        "interval": INTERVAL,
        "baseline": _baseline(result),
        "rows": [_row_facts(row) for row in result.rows],
    }


def read_evaluation(path: Path) -> Evaluation:
    """Read what `evaluate --json` printed.

    Args:
        path: the file.
    Returns:
        The evaluation, less what was set aside: equal to the one that was written.
    Raises:
        IdiaError: the file is missing, or is no such JSON.
    """
    try:
        return parse_evaluation(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as cause:
        raise IdiaError("evaluation-file-unreadable", path=path) from cause


def parse_evaluation(data: dict[str, Any]) -> Evaluation:
    """Turn the data of `facts` back into an evaluation.

    Args:
        data: parsed JSON.
    Returns:
        The evaluation.
    Raises:
        KeyError: a field is missing.
    """
    baseline = data["baseline"]
    style = baseline["name_style"]
    return Evaluation(
        model=data["model"],
        names=data["names"],
        prompts=data["prompts"],
        tau=data["tau"],
        seed=data["seed"],
        rows=tuple(_row(row) for row in data["rows"]),
        set_aside=(),
        pool=data["pool"],
        blind=(_rate(style, "tpr", "members"), _rate(style, "fpr", "non_members")) if style else None,
    )


def evaluation_table(result: Evaluation) -> str:
    """Write an evaluation as a table for a terminal.

    Args:
        result: the evaluation.
    Returns:
        Several lines.
    """
    asked = f"{result.names:,} names · {result.prompts} prompts · tau {result.tau} · seed {result.seed}"
    levels = [level for level, _ in result.rows[0].by_training] if result.rows else []
    rates = ("TPR ± sd (95 % interval; people)", "FPR ± sd (95 % interval; people)")
    rows = [("PHOTOS", "DRAWS", *rates, *(f"TPR@{level}" for level in levels))]
    rows += [
        (str(row.photos), str(row.draws), _text(row.tpr), _text(row.fpr), *_cells(row)) for row in result.rows
    ]
    note = "\nTPR@n: members with n training photos." if levels else ""
    last = result.rows[-1:]
    ruled = [("RULE", *rates)]
    ruled += [(rule.rule, _text(rule.tpr), _text(rule.fpr)) for row in last for rule in row.rules]
    lines = [
        f"{result.model} · {asked}",
        f"Candidates: {POOLS[result.pool]}.",
        text_columns(rows) + note,
        *(f"Every rule at {row.photos} photos:" for row in last),
        text_columns(ruled),
        _blind_sentence(result),
    ]
    return "\n\n".join(lines)


def _cells(row: Row) -> list[str]:
    return [f"{rate.mean:.3f}" if rate.mean is not None else "-" for _, rate in row.by_training]


def _text(rate: Rate) -> str:
    if rate.mean is None or rate.interval is None or rate.sd is None:
        return "- (nobody)"
    low, high = rate.interval
    return f"{rate.mean:.4f} ± {rate.sd:.4f} ({low:.4f} to {high:.4f}; {rate.people})"


def _blind_sentence(result: Evaluation) -> str:
    """Say what a guess without the model is worth here."""
    if result.blind is None:
        return "Blind baseline: too few people to learn a guess by name from."
    member, other = (f"{rate.mean:.3f}" for rate in result.blind)
    return (
        f"Blind baseline, a guess by the name alone: {member} of the members and {other} of the non-members "
        'called "member".'
    )


def _baseline(result: Evaluation) -> dict[str, Any]:
    """Two guesses that never look at the model: by the style of the name, and the same for everybody."""
    if result.blind is None:
        return {"rule": BLIND_RULE, "name_style": None, "constant": {"tpr": 1.0, "fpr": 1.0}}
    member, other = result.blind
    style = {**_rate_facts(member, "tpr", "members"), **_rate_facts(other, "fpr", "non_members")}
    return {"rule": BLIND_RULE, "name_style": style, "constant": {"tpr": 1.0, "fpr": 1.0}}


def _rate_facts(rate: Rate, word: str, people: str) -> dict[str, Any]:
    return {people: rate.people, word: rate.mean, f"{word}_sd": rate.sd, f"{word}_interval": rate.interval}


def _training_facts(levels: Sequence[tuple[int, Rate]]) -> list[dict[str, Any]]:
    return [{"training_photos": level, **_rate_facts(rate, "tpr", "members")} for level, rate in levels]


def _row_facts(row: Row) -> dict[str, Any]:
    return {
        "photos": row.photos,
        "draws": row.draws,
        **_rate_facts(row.tpr, "tpr", "members"),
        **_rate_facts(row.fpr, "fpr", "non_members"),
        "chance": row.chance,
        "by_training_photos": _training_facts(row.by_training),
        "rules": {
            rule.rule: {
                **_rate_facts(rule.tpr, "tpr", "members"),
                **_rate_facts(rule.fpr, "fpr", "non_members"),
                "by_training_photos": _training_facts(rule.by_training),
            }
            for rule in row.rules
        },
        "outcomes": {name: {"members": member, "non_members": other} for name, member, other in row.outcomes},
        "p_values_of_non_members": {kind: asdict(one) for kind, one in row.uniform},
    }


def _rate(data: dict[str, Any], word: str, people: str) -> Rate:
    ends = data[f"{word}_interval"]
    return Rate(data[people], data[word], data[f"{word}_sd"], None if ends is None else (ends[0], ends[1]))


def _training(data: Sequence[dict[str, Any]]) -> tuple[tuple[int, Rate], ...]:
    return tuple((level["training_photos"], _rate(level, "tpr", "members")) for level in data)


def _row(data: dict[str, Any]) -> Row:
    return Row(
        photos=data["photos"],
        draws=data["draws"],
        tpr=_rate(data, "tpr", "members"),
        fpr=_rate(data, "fpr", "non_members"),
        by_training=_training(data["by_training_photos"]),
        rules=tuple(
            RuleRates(
                name,
                _rate(rule, "tpr", "members"),
                _rate(rule, "fpr", "non_members"),
                _training(rule["by_training_photos"]),
            )
            for name, rule in data["rules"].items()
        ),
        chance=data["chance"],
        outcomes=tuple((name, one["members"], one["non_members"]) for name, one in data["outcomes"].items()),
        uniform=tuple(
            (kind, Uniformity(**{**one, "bars": tuple(one["bars"])}))
            for kind, one in data["p_values_of_non_members"].items()
        ),
    )
