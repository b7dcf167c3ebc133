"""An evaluation as one HTML file that opens anywhere: curves, tables and what they mean; no script, no network.

It names no person of the set and shows no photo.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from idia_core.charts.svg import bars_svg, rates_svg
from idia_core.evaluation import curves, rules
from idia_core.evaluation.records import Evaluation, Rate, Row
from idia_core.evaluation.uniformity import BINS, Uniformity
from idia_core.text import say

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:1180px;margin:2rem auto;padding:0 1rem;color:#1b232b;
background:#fff}h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.2rem}svg{width:100%;max-width:560px}
svg text{font:13px system-ui,sans-serif;fill:currentColor}.grid{stroke:#8884;fill:none}
.rule{stroke:currentColor;stroke-dasharray:6 4;fill:none}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(320px,1fr));gap:1rem 2rem}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
td,th{padding:.25rem .7rem;text-align:right;border-bottom:1px solid #8884;white-space:nowrap}
td:first-child,th:first-child{text-align:left}figure{margin:0}figcaption{color:#5b6772}
@media(prefers-color-scheme:dark){body{background:#14191e;color:#e6ebef}figcaption{color:#a3aeb8}}
"""
RULES_DRAWN = (rules.IDIA, rules.GENERAL, rules.MATCHED, rules.STRONG)
"""The rules in the figures; the table has them all."""
P_WORDS = {
    "general": "against all candidates",
    "matched": "against names that share the first or the last name (the larger of the two)",
    "crossed": "of the pairing of first and last name",
}


def evaluation_html(result: Evaluation) -> str:
    """Write an evaluation as a page.

    Args:
        result: the evaluation.
    Returns:
        A whole HTML document; it holds no name of a person.
    """
    title = f"How often is it right? {result.model}"
    body = "\n".join(_body(result, title))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>\n'
        f"<body>\n{body}\n</body></html>\n"
    )


def _body(result: Evaluation, title: str) -> Iterator[str]:
    yield f"<h1>{escape(title)}</h1>"
    yield (
        f"<p>{result.names:,} candidate names ({escape(say('evaluation-pool-' + result.pool))}), "
        f"{result.prompts} prompts, tau {result.tau}, seed {result.seed}. "
        "Rates are means over random draws of photos; intervals are exact "
        "(Clopper-Pearson, 95 %), and their trials are people, because the draws of one person depend on "
        "each other.</p>"
    )
    if result.rows:
        yield "<h2>By number of photos</h2>"
        yield _pair(result)
        yield from _training(result.rows)
        last = result.rows[-1]
        yield f"<h2>Every rule at {last.photos} photos</h2>{_rules_table(last)}"
        yield from _distributions(last)
    yield f"<h2>A guess that never looks</h2><p>{_baseline(result)}</p>"
    yield (
        "<h2>What this does not show</h2><p>A rate holds for people like those in the set, for this model and "
        "these candidate names. A verdict says that the model links a face with a name, never that one "
        "particular photo was used, and no verdict shows absence.</p>"
    )


def _pair(result: Evaluation) -> str:
    """Draw TPR and FPR by number of photos, one line a rule."""
    titles = {rule.code: rule.code for rule in RULES_DRAWN}
    tpr, fpr = (curves.by_rule(titles, result.rows, kind) for kind in ("tpr", "fpr"))
    most = max((point.high for line in fpr for point in line.points), default=1.0)
    figures = []
    if tpr:
        figures.append(_figure(rates_svg(tpr, "photos", "members found"), "Members called member (TPR)."))
    if fpr:
        top = min(1.0, max(0.02, 1.05 * most))
        figures.append(
            _figure(
                rates_svg(fpr, "photos", "false alarms", top),
                f"Non-members called member (FPR); the axis ends at {top:.1%}.",
            )
        )
    return f'<div class="pair">{"".join(figures)}</div>'


def _training(rows: Sequence[Row]) -> Iterator[str]:
    """Draw the TPR by training photos, where the truth file says how many there were."""
    lines = curves.by_training(rows)
    if lines:
        drawing = rates_svg(lines, "training photos of the person", "members found")
        yield "<h2>By number of training photos</h2>"
        yield _figure(drawing, "The paper's rule: who was seen more often is found more often.")


def _rules_table(row: Row) -> str:
    head = "<tr><th>rule</th><th>TPR</th><th>interval</th><th>FPR</th><th>interval</th></tr>"
    lines = [
        f"<tr><td>{escape(rule.rule)}</td>{_cells(rule.tpr)}{_cells(rule.fpr)}</tr>" for rule in row.rules
    ]
    counts = f"<p>{row.tpr.people} members, {row.fpr.people} non-members, {row.draws} draws each.</p>"
    scrolls = '<div class="wide" tabindex="0" role="region" aria-label="Table">'
    return f"{counts}{scrolls}<table>{head}{''.join(lines)}</table></div>"


def _cells(rate: Rate) -> str:
    if rate.mean is None or rate.interval is None:
        return "<td>-</td><td>-</td>"
    low, high = rate.interval
    return f"<td>{rate.mean:.2%}</td><td>{low:.2%} to {high:.2%}</td>"


def _distributions(row: Row) -> Iterator[str]:
    """Draw every p-value's distribution over non-members."""
    if not row.p_values:
        return
    yield f"<h2>p-values of people without a link, {row.photos} photos</h2>"
    yield (
        "<p>A valid p-value is no smaller than uniform: each twentieth holds a twentieth of the people (the "
        "line), or the small ones less.</p>"
    )
    yield f'<div class="pair">{"".join(_histogram(kind, one) for kind, one in row.p_values)}</div>'


def _histogram(kind: str, one: Uniformity) -> str:
    shares = [count / one.people for count in one.bars]
    words = (
        f"{P_WORDS.get(kind, kind)}: {one.people} people. Kolmogorov-Smirnov distance {one.distance:.3f}; on "
        f"the side of too small values {one.too_small:.3f}, which comes up by chance with a probability of at "
        f"most {one.chance:.2g} if the p-value is valid."
    )
    return _figure(bars_svg(shares, 1 / BINS, f"p-value {kind}", "non-members"), words)


def _baseline(result: Evaluation) -> str:
    if result.name_baseline is None:
        return "There are too few people to learn a guess by the name from."
    (member, other) = (rate.mean or 0.0 for rate in result.name_baseline)
    return (
        f"By the letters of the name alone, {member:.1%} of the members and {other:.1%} of the non-members are "
        "called member. Calling everybody a member finds 100 % of both. A rule is worth what it adds to such "
        "a guess."
    )


def _figure(drawing: str, words: str) -> str:
    return f"<figure>{drawing}<figcaption>{escape(words)}</figcaption></figure>"
