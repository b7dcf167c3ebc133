"""An evaluation as text: a table for a terminal, JSON, and JSON read back into the same records.

The JSON is that of the records, with the four numbers of a rate beside each other (`members`, `tpr`, `tpr_sd`,
`tpr_interval`) and rules, outcomes and p-values by name. No name of a person and no photo is in it.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from idia_core.audit.report import text_columns
from idia_core.errors import IdiaError
from idia_core.evaluation.records import Evaluation, Rate, Row
from idia_core.text import say, say_all

INTERVAL = "Clopper-Pearson, 95 %, trials are people; between two counts the wider one"
BASELINE_RULE = "naive Bayes on the letters of the name, tenfold; it sees no photo and no model"
ALWAYS_MEMBER = {"tpr": 1.0, "fpr": 1.0}
"""Rates of calling everybody a member."""


def evaluation_facts(result: Evaluation) -> dict[str, Any]:
    """Turn an evaluation into data for JSON.

    Args:
        result: the evaluation.
    Returns:
        The model, the numbers asked, two guesses that never look at the model, and a row for each number of
        photos.
    """
    facts: dict[str, Any] = _records().dump_python(result, mode="json", exclude={"set_aside"})
    rows, style = facts.pop("rows"), facts.pop("name_baseline")
    baseline = {
        "rule": BASELINE_RULE,
        "name_style": style and {**_flat("tpr", style[0]), **_flat("fpr", style[1])},
        "constant": dict(ALWAYS_MEMBER),
    }
    return {**facts, "interval": INTERVAL, "baseline": baseline, "rows": [_row_facts(row) for row in rows]}


def _row_facts(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **{key: row[key] for key in ("photos", "draws", "chance")},
        **_rates_facts(row),
        "rules": {rule["rule"]: _rates_facts(rule) for rule in row["rules"]},
        "outcomes": {one.pop("outcome"): one for one in row["outcomes"]},
        "p_values_of_non_members": dict(row["p_values"]),
    }


def _rates_facts(data: dict[str, Any]) -> dict[str, Any]:
    levels = [{"training_photos": level, **_flat("tpr", rate)} for level, rate in data["by_training"]]
    return {**_flat("tpr", data["tpr"]), **_flat("fpr", data["fpr"]), "by_training_photos": levels}


def _flat(word: str, rate: dict[str, Any]) -> dict[str, Any]:
    return {key: rate[field] for field, key in _keys(word).items()}


def _keys(word: str) -> dict[str, str]:
    """Name the keys of a rate's fields: `word` is `tpr` (of members) or `fpr` (of non-members)."""
    people = "members" if word == "tpr" else "non_members"
    return {"people": people, "mean": word, "sd": f"{word}_sd", "interval": f"{word}_interval"}


def read_evaluation(path: Path) -> Evaluation:
    """Read what `evaluate --json` printed.

    Args:
        path: the file.
    Returns:
        The evaluation, less what was set aside: equal to the one that was written.
    Raises:
        IdiaError: the file is missing, or is no such JSON: a key is unknown or missing, or a value has another
            type.
    """
    try:
        return parse_evaluation(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as cause:
        raise IdiaError("evaluation-file-unreadable", path=path) from cause


def parse_evaluation(data: Any) -> Evaluation:
    """Turn the data of `evaluation_facts` back into an evaluation.

    Args:
        data: parsed JSON.
    Returns:
        The evaluation.
    Raises:
        ValueError: the data is not what `evaluation_facts` writes.
    """
    try:
        found: Evaluation = _records().validate_python(_nested(data))
    except (LookupError, TypeError, AttributeError) as cause:
        raise ValueError("no evaluation") from cause
    # The records ignore keys that they do not have, and take "1" for 1: written again, such data differs.
    if evaluation_facts(found) != data:
        raise ValueError("no evaluation")
    return found


def _nested(data: dict[str, Any]) -> dict[str, Any]:
    style = data["baseline"]["name_style"]
    return {
        **data,
        "name_baseline": style and [_rate(style, "tpr"), _rate(style, "fpr")],
        "rows": [
            {
                **row,
                **_rates(row),
                "rules": [{"rule": code, **_rates(rule)} for code, rule in row["rules"].items()],
                "outcomes": [{"outcome": code, **shares} for code, shares in row["outcomes"].items()],
                "p_values": list(row["p_values_of_non_members"].items()),
            }
            for row in data["rows"]
        ],
    }


def _rates(data: dict[str, Any]) -> dict[str, Any]:
    levels = [(level["training_photos"], _rate(level, "tpr")) for level in data["by_training_photos"]]
    return {"tpr": _rate(data, "tpr"), "fpr": _rate(data, "fpr"), "by_training": levels}


def _rate(data: dict[str, Any], word: str) -> dict[str, Any]:
    return {field: data[key] for field, key in _keys(word).items()}


@cache
def _records() -> TypeAdapter[Evaluation]:
    return TypeAdapter(Evaluation)


def evaluation_table(result: Evaluation) -> str:
    """Write an evaluation as a table for a terminal.

    Args:
        result: the evaluation.
    Returns:
        Several lines.
    """
    title = say(
        "evaluation-heading",
        model=result.model,
        names=result.names,
        prompts=result.prompts,
        tau=result.tau,
        seed=result.seed,
    )
    levels = [level for level, _ in result.rows[0].by_training] if result.rows else []
    photos, draws, rule, *rates = say_all("evaluation-heads")
    by_level = (say("evaluation-head-level", level=level) for level in levels)
    rows = [(photos, draws, *rates, *by_level)]
    rows += [
        (str(row.photos), str(row.draws), _text(row.tpr), _text(row.fpr), *_cells(row)) for row in result.rows
    ]
    note = "\n" + say("evaluation-levels") if levels else ""
    last = result.rows[-1:]
    ruled = [(rule, *rates)]
    ruled += [(one.rule, _text(one.tpr), _text(one.fpr)) for row in last for one in row.rules]
    lines = [
        title,
        say("evaluation-candidates", pool=say("evaluation-pool-" + result.pool)),
        text_columns(rows) + note,
        *(f"{say('evaluation-rules', photos=row.photos)}:" for row in last),
        text_columns(ruled),
        _baseline_sentence(result),
    ]
    return "\n\n".join(lines)


def _cells(row: Row) -> list[str]:
    return [f"{rate.mean:.3f}" if rate.mean is not None else "-" for _, rate in row.by_training]


def _text(rate: Rate) -> str:
    if rate.mean is None or rate.interval is None or rate.sd is None:
        return say("evaluation-rate-none")
    low, high = (f"{end:.4f}" for end in rate.interval)
    span = say("interval", low=low, high=high)
    return f"{rate.mean:.4f} ± {rate.sd:.4f} ({span}; {rate.people})"


def _baseline_sentence(result: Evaluation) -> str:
    """Say what a guess without the model is worth here."""
    if result.name_baseline is None:
        return say("evaluation-blind-none")
    member, other = (f"{rate.mean:.3f}" for rate in result.name_baseline)
    return say("evaluation-blind", members=member, others=other)
