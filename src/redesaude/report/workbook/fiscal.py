"""Sheet ``fiscal``: the use of each fiscal limit in each year, in all readings of the limit on PPP payments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from redesaude.language import N_
from redesaude.report.studies import Studies
from redesaude.report.terms import PPP_READINGS
from redesaude.report.view import View
from redesaude.report.workbook import charts, public_loans
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Block, Column, Row, Sheet

_WIDTHS = (30, 38, *[14] * 7)
_CHART_ROWS = 17


def limits_frame(view: View, studies: Studies) -> pd.DataFrame:
    """Return one row for each limit and reading: key, name, reading, applies, firm, limit, committed money aside."""
    t, names = view.t, _names(view)
    fiscal = studies.appraised.fiscal
    rows = fiscal.drop_duplicates(["limit_id", "reading"])
    top = fiscal.groupby(["limit_id", "reading"], sort=False)["used"]
    year = fiscal.loc[top.idxmax(), ["limit_id", "reading", "year"]].rename(columns={"year": "worst"})
    highest = top.max().rename("highest").reset_index()
    table = rows.merge(highest, on=["limit_id", "reading"]).merge(year, on=["limit_id", "reading"])
    table = table.assign(
        key=[f"{limit}|{reading}" for limit, reading in zip(table["limit_id"], table["reading"], strict=True)],
        name=[names.get(limit, limit) for limit in table["limit_id"]],
        reading=[t(PPP_READINGS.get(reading, reading)) for reading in table["reading"]],
        holds=[t(N_("yes")) if applies else t(N_("for information")) for applies in table["applies"]],
        firm=[t(N_("firm")) if hard else t(N_("at a price")) for hard in table["hard"]],
        share=(table["highest"] / table["limit"]).where(table["limit"] > 0),
        result=[_word(view, used, limit) for used, limit in zip(table["highest"], table["limit"], strict=True)],
    )
    return table.assign(label=[_label(row) for row in table.to_dict("records")])


def _word(view: View, used: float, limit: float) -> str:
    return view.t(N_("met")) if used <= limit * (1.0 + 1e-6) else view.t(N_("missed"))


def _names(view: View) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for frame, key in ((view.scenario.funding, "funding_id"), (view.scenario.fiscal, "fiscal_id")):
        pairs |= {str(i): str(name or i) for i, name in zip(frame[key], frame["name"], strict=True)}
    return pairs


def years_frame(studies: Studies) -> pd.DataFrame:
    """Return the money counted by year (rows) and ``limit|reading`` (columns), currency a year, real."""
    fiscal = studies.appraised.fiscal
    key = fiscal["limit_id"] + "|" + fiscal["reading"]
    table = fiscal.assign(key=key).pivot_table(index="year", columns="key", values="used")
    return table[list(dict.fromkeys(key))].reset_index()


def write(book: Book) -> None:
    """Write the sheet."""
    view, t, studies = book.view, book.view.t, book.view.known
    note = t(
        N_(
            "Money in {money} a year, real. How payments to project companies count against their limit is disputed, "
            "so all three readings are shown: all payments; only the part that pays for works; all payments less the "
            "spending they replace. The plan is held to the reading marked with yes. What was committed before is "
            "taken off the limit."
        ),
        money=view.numbers.money_header(),
    )
    sheet = book.sheet("fiscal", _WIDTHS, note)
    sheet.set_widths(len(_WIDTHS), (40,))
    limits, years = limits_frame(view, studies), years_frame(studies)
    if limits.empty:
        sheet.text(t(N_("The input states no fiscal limit and no running envelope.")), "sentence")
        public_loans.limits(sheet, view, studies)
        return
    top = sheet.row
    sheet.row += len(limits) + 4 + _CHART_ROWS + 2
    matrix = _years(sheet, view, limits, years)
    end, sheet.row = sheet.row, top
    block = _limits(sheet, view, limits, matrix)
    _chart(book, sheet, block)
    sheet.row = end
    public_loans.limits(sheet, view, studies)
    _contingent(sheet, view, studies)


def _limits(sheet: Sheet, view: View, limits: pd.DataFrame, matrix: Block) -> Block:
    t = view.t

    def highest(row: Row) -> str:
        return f"MAX({matrix.column(str(row.record['key']))})"

    def result(row: Row) -> str:
        words = [t(N_("met")), t(N_("missed"))]
        met = f"{row.at('highest')}<={row.at('limit')}*(1+0.000001)"
        return f'IF({met},"{words[0]}","{words[1]}")'

    columns = [
        Column("name", t(N_("Limit"))),
        Column("reading", t(N_("Reading"))),
        Column("holds", t(N_("Plan held to it")), "", "verdict"),
        Column("firm", t(N_("Firm")), t(N_("or may be missed at a price")), "verdict"),
        Column("limit", t(N_("Limit")), t(N_("a year")), "millions"),
        Column("highest", t(N_("Highest use")), t(N_("a year")), "millions", highest),
        Column("worst", t(N_("In the year")), "", "year"),
        Column("share", t(N_("Used")), t(N_("of the limit")), "percent", _used),
        Column("result", t(N_("Every year")), "", "verdict", result),
        Column("label", t(N_("In the chart")), "", "id"),
    ]
    block = sheet.table(limits, columns)
    sheet.mark(block, "result", {t(N_("met")): "good", t(N_("missed")): "bad"})
    return block


def _used(row: Row) -> str:
    return f'IF({row.at("limit")}>0,{row.at("highest")}/{row.at("limit")},"")'


def _years(sheet: Sheet, view: View, limits: pd.DataFrame, years: pd.DataFrame) -> Block:
    """What is counted each year, one column for each limit and reading."""
    t = view.t
    sheet.page_break()
    sheet.heading(t(N_("Counted each year")))
    labels = {row["key"]: row for row in limits.to_dict("records")}
    columns = [Column("year", t(N_("Year")), "", "year")]
    columns += [Column(key, _label(labels[key]), "", "millions") for key in years.columns if key != "year"]
    return sheet.table(years, columns)


def _label(row: Mapping[Any, Any]) -> str:
    return f"{row['name']}: {row['reading']}" if row["reading"] else str(row["name"])


def _chart(book: Book, sheet: Sheet, block: Block) -> None:
    t = book.view.t
    chart = book.chart("bar")
    charts.bars(chart, block, "label", [("share", t(N_("Used")))])
    charts.dress(chart, t(N_("Highest use of each limit in any year, share of the limit")), legend=False)
    charts.lying(chart, "", "0%")
    sheet.chart(chart, rows=_CHART_ROWS, columns=7)


def _contingent(sheet: Sheet, view: View, studies: Studies) -> None:
    """What could fall on the public side if contracts ended or guarantees were called."""
    t, table = view.t, studies.appraised.contingent
    if table.empty:
        return
    amounts = ["termination_payment", "guarantee"]
    frame = table.groupby("year", as_index=False)[amounts].sum()
    sheet.page_break()
    sheet.heading(t(N_("Beside the limits: what may fall on the public side")))
    sheet.text(
        t(
            N_(
                "Not spent as long as all goes well: the debt of project companies owed if their contracts ended in "
                "that year, and the guarantee held for payments to them."
            )
        ),
        "note",
    )
    columns = [
        Column("year", t(N_("Year")), "", "year"),
        Column("termination_payment", t(N_("Owed if contracts ended")), "", "millions"),
        Column("guarantee", t(N_("Guarantees")), "", "millions"),
    ]
    sheet.table(frame, columns)
