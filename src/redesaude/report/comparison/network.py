"""Sheets ``changes`` and ``quality``: what changes on the map, and how good each plan is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from redesaude.language import N_
from redesaude.report.comparison.pages import Pages
from redesaude.report.comparison.words import AGAINST, VERDICT_STYLES, VERDICTS, strategy_name, verdict_name
from redesaude.report.terms import CHANGES, STATUSES
from redesaude.report.workbook.sheet import Column, Row

_CHANGE_WIDTHS = (25, 14, 17, 32, 22, 15, 9, 9, 26, 26)
_QUALITY_WIDTHS = (28, 24, 15, 15, 15, 9, 15, 18, 9, 50)


def write_changes(pages: Pages) -> None:
    """Write sheet ``changes``: services opened, ended, resized or let otherwise, against today and the best mix."""
    t, names = pages.view.t, pages.view.names
    note = t(N_("One row for each service that differs. Filter by strategy and by what it is compared with."))
    sheet = pages.book.sheet("changes", _CHANGE_WIDTHS, note)
    table = pages.comparison.changes
    table = table.assign(
        strategy=[strategy_name(pages.view, name) for name in table["strategy_id"]],
        against=[t(AGAINST[name]) for name in table["against"]],
        town=names.label("territories", table["site_id"].map(lambda site: names.territory_of_site.get(site, ""))),
        site=names.label("sites", table["site_id"]),
        specialty=names.label("specialties", table["specialty_id"]),
        change=[t(CHANGES[change]) for change in table["change"]],
        before=names.label("contracts", table["contract_before"]),
        after=names.label("contracts", table["contract_after"]),
    )
    columns = [
        Column("strategy", t(N_("Strategy"))),
        Column("against", t(N_("Against"))),
        Column("town", t(N_("Municipality"))),
        Column("site", t(N_("Site"))),
        Column("specialty", t(N_("Specialty"))),
        Column("change", t(N_("Change")), "", "verdict"),
        Column("size_before", t(N_("Size before")), "", "verdict"),
        Column("size_after", t(N_("Size after")), "", "verdict"),
        Column("before", t(N_("Contract before"))),
        Column("after", t(N_("Contract after"))),
    ]
    block = sheet.table(table, columns, freeze=1)
    sheet.filter(block)
    sheet.mark(block, "change", {t(CHANGES["opened"]): "good", t(CHANGES["closed"]): "bad"})


def write_quality(pages: Pages) -> None:
    """Write sheet ``quality``: interval, gap, verdict, broken rules and time of each strategy."""
    t, money = pages.view.t, pages.view.numbers.symbol
    note = t(
        N_(
            "The best possible cost of a strategy lies between the proven least cost and the plan found. On the same "
            "network nothing is searched: the cost is exact, and rules that the swapped contracts break are listed."
        )
    )
    sheet = pages.book.sheet("quality", _QUALITY_WIDTHS, note)
    table = pages.comparison.strategies
    table = table.assign(
        name=[strategy_name(pages.view, name) for name in table["strategy_id"]],
        state=[t(STATUSES[status].name) for status in table["status"]],
        against=[t(verdict_name(v, low)) for v, low in zip(table["verdict"], table["low"], strict=True)],
        remarks=[_remarks(pages, row) for row in table.to_dict("records")],
    )
    columns = [
        Column("name", t(N_("Strategy"))),
        Column("state", t(N_("Status"))),
        Column("low", t(N_("Proven least cost")), money, "money"),
        Column("high", t(N_("Plan found")), money, "money"),
        Column("width", t(N_("Interval")), t(N_("plan - proven least")), "money", formula=_width),
        Column("gap", t(N_("Gap")), "", "percent"),
        Column("difference", t(N_("Difference")), t(N_("to the best mix's plan")), "money"),
        Column("against", t(N_("Against the best mix")), "", "verdict"),
        Column("seconds", t(N_("Seconds")), t(N_("of the solve")), "number"),
        Column("remarks", t(N_("Remarks")), t(N_("rules broken, or why there is no plan"))),
    ]
    table = table.assign(width=(table["high"] - table["low"]).astype(float))
    block = sheet.table(table, columns, freeze=1)
    sheet.mark(block, "against", {t(VERDICTS[key]): style for key, style in VERDICT_STYLES.items()})


def _width(row: Row) -> str:
    low, high = row.at("low"), row.at("high")
    return f'IF(AND(ISNUMBER({high}),ISNUMBER({low})),{high}-{low},"")'


def _remarks(pages: Pages, row: Mapping[Any, Any]) -> str:
    """Rules broken on a swapped network, or why there is no plan."""
    t = pages.view.t
    broken = [t(N_("broken: {rule}"), rule=t(rule)) for rule in row["broken"]]
    parts = [*broken, *(t(sentence) for sentence in row["reason"])]
    if row["unfit_sites"]:
        parts.append(t(N_("{count} {count:site keeps|sites keep} the mix's contract"), count=row["unfit_sites"]))
    return "; ".join(parts)


def flat(table: pd.DataFrame) -> pd.DataFrame:
    """Return ``table`` with lists as text, for CSV."""
    return table.map(lambda value: "; ".join(map(str, value)) if isinstance(value, tuple) else value)
