"""An evaluation as one HTML file that opens anywhere: curves, tables and what they mean; no script, no network.

It names no person of the set and shows no photo.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from markupsafe import Markup

from idia_core.charts.svg import bars_svg, rates_svg
from idia_core.evaluation import curves, rules
from idia_core.evaluation.records import Evaluation, PValueKind, Rate, Row
from idia_core.evaluation.uniformity import BINS, Uniformity
from idia_core.text import LANGUAGE, say, say_all

STYLE = Markup("""
body{font:16px/1.5 system-ui,sans-serif;max-width:1180px;margin:2rem auto;padding:0 1rem;color:#1b232b;
background:#fff}h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.2rem}svg{width:100%;max-width:560px}
svg text{font:13px system-ui,sans-serif;fill:currentColor}.grid{stroke:#8884;fill:none}
.rule{stroke:currentColor;stroke-dasharray:6 4;fill:none}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(320px,1fr));gap:1rem 2rem}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
td,th{padding:.25rem .7rem;text-align:right;border-bottom:1px solid #8884;white-space:nowrap}
td:first-child,th:first-child{text-align:left}figure{margin:0}figcaption{color:#5b6772}
@media(prefers-color-scheme:dark){body{background:#14191e;color:#e6ebef}figcaption{color:#a3aeb8}}
""")
RULES_DRAWN = (rules.IDIA, rules.GENERAL, rules.MATCHED, rules.STRONG)
"""The rules in the figures; the table has them all."""


def evaluation_html(result: Evaluation) -> str:
    """Write an evaluation as a page.

    Args:
        result: the evaluation.
    Returns:
        A whole HTML document; it holds no name of a person.
    """
    title = say("evaluation-title", model=result.model)
    page = Markup(
        '<!doctype html>\n<html lang="{}"><head><meta charset="utf-8"><title>{}</title>'
        '<meta name="viewport" content="width=device-width"><style>{}</style></head>\n'
        "<body>\n{}\n</body></html>\n"
    )
    return str(page.format(LANGUAGE.get(), title, STYLE, Markup("\n").join(_body(result, title))))


def _body(result: Evaluation, title: str) -> Iterator[Markup]:
    yield Markup("<h1>{}</h1>").format(title)
    yield _paragraph(
        say(
            "evaluation-asked",
            names=result.names,
            pool=say("evaluation-pool-" + result.pool),
            prompts=result.prompts,
            tau=result.tau,
            seed=result.seed,
        )
    )
    if result.rows:
        last = result.rows[-1]
        yield _head(say("evaluation-by-photos"))
        yield _pair(_rates(result.rows))
        yield from _training(result.rows)
        yield _head(say("evaluation-rules", photos=last.photos)) + _rules_table(last)
        yield from _distributions(last)
    yield _head(say("evaluation-baseline-title")) + _paragraph(_baseline(result))
    yield _head(say("evaluation-limits-title")) + _paragraph(say("evaluation-limits"))


def _rates(rows: Sequence[Row]) -> Iterator[Markup]:
    """Draw TPR and FPR by number of photos, one line a rule."""
    titles = {rule.code: rule.code for rule in RULES_DRAWN}
    tpr, fpr = (curves.by_rule(titles, rows, kind) for kind in curves.KINDS)
    across = say("chart-photos")
    if tpr:
        drawing = rates_svg(tpr, across, say("evaluation-found-axis"))
        yield _figure(drawing, say("evaluation-found"))
    if fpr:
        most = max(point.high for line in fpr for point in line.points)
        top = min(1.0, max(0.02, 1.05 * most))
        drawing = rates_svg(fpr, across, say("evaluation-alarms-axis"), top)
        yield _figure(drawing, say("evaluation-alarms", top=f"{top:.1%}"))


def _training(rows: Sequence[Row]) -> Iterator[Markup]:
    """Draw the TPR by training photos, where the truth file says how many there were."""
    lines = curves.by_training(rows)
    if lines:
        drawing = rates_svg(lines, say("evaluation-training-axis"), say("evaluation-found-axis"))
        yield _head(say("evaluation-training-title"))
        yield _figure(drawing, say("evaluation-training"))


def _rules_table(row: Row) -> Markup:
    columns = Markup("").join(Markup("<th>{}</th>").format(one) for one in say_all("evaluation-columns"))
    lines = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(
                Markup("<td>{}</td>").format(cell)
                for cell in (rates.rule, *_cells(rates.tpr), *_cells(rates.fpr))
            )
        )
        for rates in row.rules
    )
    people = say("evaluation-people", members=row.tpr.people, others=row.fpr.people, draws=row.draws)
    scrolls = Markup('<div class="wide" tabindex="0" role="region" aria-label="{}">').format(
        say("evaluation-table")
    )
    table = Markup("<table><tr>{}</tr>{}</table></div>").format(columns, lines)
    return _paragraph(people) + scrolls + table


def _cells(rate: Rate) -> tuple[str, str]:
    if rate.mean is None or rate.interval is None:
        return "-", "-"
    low, high = (f"{end:.2%}" for end in rate.interval)
    return f"{rate.mean:.2%}", say("interval", low=low, high=high)


def _distributions(row: Row) -> Iterator[Markup]:
    """Draw every p-value's distribution over non-members."""
    if row.p_values:
        yield _head(say("evaluation-p-values-title", photos=row.photos))
        yield _paragraph(say("evaluation-p-values"))
        yield _pair(_histogram(kind, one) for kind, one in row.p_values)


def _histogram(kind: PValueKind, one: Uniformity) -> Markup:
    shares = [count / one.people for count in one.bars]
    words = say(
        "evaluation-p-value",
        kind=say("evaluation-p-value-" + kind),
        people=one.people,
        distance=f"{one.distance:.3f}",
        gap=f"{one.too_small:.3f}",
        chance=f"{one.chance:.2g}",
    )
    across = say("evaluation-p-value-axis", kind=kind)
    return _figure(bars_svg(shares, 1 / BINS, across, say("evaluation-others-axis")), words)


def _baseline(result: Evaluation) -> str:
    if result.name_baseline is None:
        return say("evaluation-baseline-none")
    members, others = (f"{rate.mean or 0.0:.1%}" for rate in result.name_baseline)
    return say("evaluation-baseline", members=members, others=others)


def _head(title: str) -> Markup:
    return Markup("<h2>{}</h2>").format(title)


def _paragraph(text: str) -> Markup:
    return Markup("<p>{}</p>").format(text)


def _pair(figures: Iterable[Markup]) -> Markup:
    return Markup('<div class="pair">{}</div>').format(Markup("").join(figures))


def _figure(drawing: str, words: str) -> Markup:
    """Add words below a drawing, which is SVG already escaped."""
    return Markup("<figure>{}<figcaption>{}</figcaption></figure>").format(Markup(drawing), words)  # noqa: S704
