"""Sheet ``summary``: the strategies on one page, with what can and cannot be told apart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from redesaude.language import N_
from redesaude.report.comparison.pages import Pages
from redesaude.report.comparison.words import (
    AGAINST,
    VERDICT_STYLES,
    VERDICTS,
    strategy_meaning,
    strategy_name,
    verdict_name,
)
from redesaude.report.figures import whole_area
from redesaude.report.terms import COST_GROUPS, PUBLIC_MONEY, STATUSES, cost_line
from redesaude.report.workbook import charts
from redesaude.report.workbook.sheet import Column, Sheet
from redesaude.studies.strategies import MIX

Figure = tuple[str, str, str, Mapping[Any, object]]
"""(name, what it means, format, value by strategy)"""


def write(pages: Pages) -> None:
    """Write the sheet."""
    t = pages.view.t
    sheet = pages.book.sheet("summary", pages.widths, _note(pages))
    sheet.on_one_page()
    for sentence in _sentences(pages):
        sheet.text(sentence, "sentence", "bold")
    sheet.row += 1
    frame = pd.DataFrame(
        [
            {"name": name, "meaning": meaning, "format": kind, **values}
            for name, meaning, kind, values in _figures(pages)
        ]
    )
    columns = [Column("name", t(N_("Figure"))), Column("meaning", t(N_("What it means"))), *pages.columns("@format")]
    block = sheet.table(frame, columns)
    for name in pages.strategies:
        sheet.mark(block, name, {t(VERDICTS[key]): style for key, style in VERDICT_STYLES.items()})
    _chart(pages, sheet)
    sheet.heading(t(N_("What each strategy is")))
    for name in pages.comparison.plans:
        sheet.text(f"{strategy_name(pages.view, name)}: {strategy_meaning(pages.view, name)}.", "sentence")


def _note(pages: Pages) -> str:
    settings = pages.comparison.scenario.settings
    return pages.view.t(
        N_(
            "Money is present value in prices of {year}, for {years} years, in {money}. The best possible cost of a "
            "strategy lies between what is proven and the plan found; where these intervals overlap, the difference "
            "may be that of the search and not of the strategy: not distinguishable."
        ),
        year=settings.base_year,
        years=settings.horizon_years,
        money=pages.view.numbers.money_header(),
    )


def _sentences(pages: Pages) -> Iterator[str]:
    """Say what is proven about the strategies, and which have no plan."""
    t, numbers = pages.view.t, pages.view.numbers
    table = pages.comparison.strategies.set_index("strategy_id")
    for name, row in table.iterrows():
        label = strategy_name(pages.view, str(name))
        if row["verdict"] == "":
            causes = pages.comparison.plans[str(name)].causes
            reason = " ".join(map(t.tell, causes)) or t(STATUSES[row["status"]].meaning)
            yield t(N_("{strategy}: no plan to compare. {reason}"), strategy=label, reason=reason)
        elif row["verdict"] == "dearer":
            least = row["low"] - table.loc[MIX, "high"]
            sentence = N_("{strategy}: at least {least} dearer than the best mix.")
            yield t(sentence, strategy=label, least=numbers.money(least))
        elif row["verdict"] == "not_distinguishable" and not math.isfinite(row["low"]):
            more = N_("{strategy}: its plan costs {money} more than the best mix's; its least cost is not proven.")
            less = N_("{strategy}: its plan costs {money} less than the best mix's; its least cost is not proven.")
            money = numbers.money(abs(row["difference"]))
            yield t(less if row["difference"] < 0 else more, strategy=label, money=money)
        elif row["verdict"] == "not_distinguishable":
            yield t(N_("{strategy}: not distinguishable from the best mix by the proof found."), strategy=label)


def _figures(pages: Pages) -> Iterator[Figure]:
    yield from _cost_figures(pages)
    yield from _care_figures(pages)
    yield from _network_figures(pages)


def _row(pages: Pages, column: str) -> dict[str, object]:
    values = pages.comparison.strategies.set_index("strategy_id")[column]
    return {name: values[name] for name in pages.strategies}


def _cost_figures(pages: Pages) -> Iterator[Figure]:
    t = pages.view.t
    yield t(N_("Whole-life cost")), t(N_("of the plan found, everything counted")), "millions", _row(pages, "objective")
    yield t(N_("Proven least cost")), t(N_("no plan of the strategy costs less")), "millions", _row(pages, "low")
    yield (
        t(N_("Gap")),
        t(N_("between the two, over the cost; blank: priced, not searched")),
        "percent",
        _row(pages, "gap"),
    )
    yield t(N_("Difference")), t(N_("to the best mix's plan")), "millions", _row(pages, "difference")
    rows = pages.comparison.strategies.set_index("strategy_id").loc[pages.strategies]
    words = [t(verdict_name(code, low)) for code, low in zip(rows["verdict"], rows["low"], strict=True)]
    verdicts = dict(zip(pages.strategies, words, strict=True))
    yield t(N_("Against the best mix")), t(N_("comparing the intervals")), "verdict", verdicts
    public = _public_money(pages)
    yield t(N_("of which public money")), t(N_("works, running, payments, letting; no burdens")), "millions", public


def _public_money(pages: Pages) -> dict[str, object]:
    costs = pages.comparison.costs
    mine = costs[costs["line"].map(lambda line: cost_line(line).group in PUBLIC_MONEY)]
    sums = mine.groupby("strategy_id")["npv"].sum()
    return {name: float(sums.get(name, 0.0)) for name in pages.strategies}


def _care_figures(pages: Pages) -> Iterator[Figure]:
    t, found = pages.view.t, pages.comparison.benefits
    yield t(N_("Within the access standard")), t(N_("share of cases")), "percent", _within(pages)
    per_year = {
        "cases_in_time": (t(N_("Cases treated in time a year")), t(N_("once everything is open"))),
        "cases_sent_away": (t(N_("Cases sent away a year")), t(N_("outside the network, or untreated"))),
    }
    for item, (name, meaning) in per_year.items():
        mine = found[found["item"] == item] if len(found) else pd.DataFrame(columns=["strategy_id", "plan_per_year"])
        yield name, meaning, "number", mine.set_index("strategy_id")["plan_per_year"].to_dict()
    worth = pages.comparison.worth.set_index("strategy_id")
    against = t(N_("against today, over the horizon, discounted"))
    for column, name, meaning, kind in (
        ("dalys", t(N_("Healthy years gained")), against, "number"),
        ("net", t(N_("Net benefit")), t(N_("benefits less additional public spending, against today")), "millions"),
        ("benefit_cost_ratio", t(N_("Benefit-cost ratio")), t(N_("against today; blank: it costs no more")), "decimal"),
        (
            "cost_per_daly",
            t(N_("Public cost of a healthy year")),
            t(N_("additional public spending / years")),
            "number",
        ),
    ):
        yield name, meaning, kind, {s: _at(worth, s, column) for s in pages.strategies}


def _at(table: pd.DataFrame, strategy: str, column: str) -> float | None:
    """The value, or nothing where it is unknown or the strategy compares with itself."""
    value = float(table[column].get(strategy, math.nan)) if len(table) else math.nan
    return value if math.isfinite(value) and value != 0 else None


def _within(pages: Pages) -> dict[str, object]:
    shares: dict[str, object] = {}
    for name in pages.strategies:
        rows = whole_area(pages.comparison.plans[name].access).dropna(subset=["share_within_standard"])
        cases = rows["cases"].astype(float)
        share = (rows["share_within_standard"].astype(float) * cases).sum() / cases.sum() if cases.sum() else None
        shares[name] = share
    return shares


def _network_figures(pages: Pages) -> Iterator[Figure]:
    t, today = pages.view.t, pages.view.t(AGAINST["today"])
    against = t(N_("services, against {what}"), what=today)
    yield t(N_("Sites")), t(N_("open")), "number", _row(pages, "sites")
    yield t(N_("Services")), t(N_("open, one specialty at one site")), "number", _row(pages, "services")
    yield t(N_("Opened")), against, "number", _row(pages, "opened")
    yield t(N_("Moved")), t(N_("of today, to another site of the municipality")), "number", _row(pages, "moved")
    others = t(N_("of today, in hospitals of others, which go on without the plan"))
    yield t(N_("No longer contracted")), others, "number", _row(pages, "uncontracted")
    yield t(N_("Closed")), against, "number", _row(pages, "closed")
    limits = pages.comparison.limits
    missed = (
        limits[limits["applies"].astype(bool) & ~limits["met"].astype(bool)].groupby("strategy_id").size().to_dict()
    )
    values: dict[str, object] = {name: missed.get(name, 0) for name in pages.strategies}
    yield t(N_("Limits exceeded")), t(N_("fiscal limits and sources of money, in the worst year")), "number", values
    broken = {name: len(tuple(rules)) for name, rules in _row(pages, "broken").items()}  # type: ignore[arg-type]
    yield (
        t(N_("Rules broken")),
        t(N_("firm rules that the swapped contracts break; see quality")),
        "number",
        dict(broken),
    )
    unfit = t(N_("sites where the contract asked for is not eligible: the mix's stays"))
    yield t(N_("Sites not swapped")), unfit, "number", _row(pages, "unfit_sites")


def _chart(pages: Pages, sheet: Sheet) -> None:
    """Stacked columns of cost by group; its numbers stand on the costs sheet."""
    t, costs = pages.view.t, pages.comparison.costs
    groups = costs["line"].map(lambda line: cost_line(line).group)
    table = costs.assign(group=groups).pivot_table(index="strategy_id", columns="group", values="npv", aggfunc="sum")
    table = table.reindex(index=pages.strategies, columns=list(COST_GROUPS)).fillna(0.0).reset_index()
    table["name"] = [strategy_name(pages.view, name) for name in table["strategy_id"]]
    start = len(sheet.widths) + 1
    sheet.set_widths(start - 1, (4, 26, *[14] * len(COST_GROUPS)))
    top = sheet.row
    columns = [
        Column("name", t(N_("Strategy"))),
        *(Column(group, t(term.name), "", "millions") for group, term in COST_GROUPS.items()),
    ]
    block = sheet.table(table, columns, start=start)
    sheet.row = top
    chart = pages.book.chart("column", "stacked")
    charts.bars(chart, block, "name", [(group, t(term.name)) for group, term in COST_GROUPS.items()])
    charts.dress(chart, t(N_("Whole-life cost by kind")), legend=True)
    charts.standing(chart, pages.view.numbers.money_header(), pages.view.numbers.money_format(digits=0))
    sheet.chart(chart, rows=20)
