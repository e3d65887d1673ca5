"""Sheet ``cash_flow``: what the plan costs each year, by line, payer and source, real and nominal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd

from redesaude.inputs.evidence import Place
from redesaude.language import N_
from redesaude.plan.cash_flow import PUBLIC_PAYERS
from redesaude.report.figures import keyed
from redesaude.report.studies import Studies
from redesaude.report.terms import COST_GROUPS, COST_LINES, PAYERS, PUBLIC_MONEY, SOURCES_OF_MONEY, cost_line
from redesaude.report.workbook import assumptions, charts, public_loans
from redesaude.report.workbook.assumptions import Cells
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.costs import NONE
from redesaude.report.workbook.lookup import is_equal, is_number, literal
from redesaude.report.workbook.lookup import total as total_where
from redesaude.report.workbook.sheet import Block, Column, Row, Sheet

_WIDTHS = (8, *[13] * 14)
_LEDGER_WIDTHS = (8, 24, 18, 18, 16, 12, 10)
_CHART_ROWS = 24


def ledger_frame(studies: Studies) -> pd.DataFrame:
    """Return real amounts (currency of the base year) by year, line, payer and source, all sites together."""
    flows = studies.appraised.cash_flow
    rows = flows.assign(source=flows["source"].replace("", NONE))
    keys = ["year", "line", "payer", "source"]
    return pd.DataFrame(rows.groupby(keys, as_index=False).agg(real=("real", "sum"))).assign(
        group=lambda table: [cost_line(line).group or NONE for line in table["line"]],
        public=lambda table: ["yes" if payer in PUBLIC_PAYERS else "no" for payer in table["payer"]],
    )


def years_frame(ledger: pd.DataFrame, by: str, keys: list[str], *, public: bool) -> pd.DataFrame:
    """Return the sums of the ledger by year (rows) and ``by``, with their total.

    Columns: year, one for each of ``keys`` as :func:`keyed` names it, total.
    """
    rows = ledger[ledger["public"] == "yes"] if public else ledger
    table = rows.pivot_table(index="year", columns=by, values="real", aggfunc="sum", fill_value=0.0)
    years = pd.Index(range(int(ledger["year"].min()), int(ledger["year"].max()) + 1), name="year")
    table = table.reindex(years, columns=keys, fill_value=0.0).fillna(0.0).rename(columns=partial(keyed, by))
    return table.assign(total=table.sum(axis=1)).reset_index()


def write(book: Book) -> None:
    """Write the sheet, whose tables sum the ledger on a sheet of its own."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "Money in {money}. Real: prices of {year}; nominal: with an inflation of {rate} a year. Public payers "
            "are the state, the municipalities and taxes that return to governments. What project companies and "
            "providers spend on works is repaid through their payments: never add it to public money. Cases that "
            "wait or are sent away and journeys are told at their stated cost; they are no cash of a budget. "
            "After the horizon stand only payments still owed for works delivered before it."
        ),
        money=view.numbers.money_header(),
        rate=view.numbers.percent(view.scenario.settings.inflation),
        year=view.scenario.settings.base_year,
    )
    sheet = book.sheet("cash_flow", _WIDTHS, note)
    ledger = book.page(write_ledger)
    _Tables(book, sheet, ledger, book.page(assumptions.write)).write()
    public_loans.years(sheet, view, view.known)


@dataclass(frozen=True)
class Ledger:
    """The amounts of the cash flow, and where they stand."""

    amounts: pd.DataFrame
    block: Block


def write_ledger(book: Book) -> Ledger:
    """Write the sheet of the amounts."""
    view, t, ledger = book.view, book.view.t, ledger_frame(book.view.known)
    note = t(N_("Every amount that the sheet cash_flow adds up, by year, line, payer and source; all sites together."))
    sheet = book.sheet("cash_ledger", _LEDGER_WIDTHS, note)
    columns = [
        Column("year", t(N_("Year")), "", "year"),
        Column("line", t(N_("Line code")), "", "id"),
        Column("payer", t(N_("Payer code")), "", "id"),
        Column("source", t(N_("Source code")), "", "id"),
        Column("real", t(N_("Amount, real")), view.numbers.symbol, "money"),
        Column("group", t(N_("Kind code")), "", "id"),
        Column("public", t(N_("Public code")), "", "id"),
    ]
    block = sheet.table(ledger, columns, freeze=1)
    sheet.filter(block)
    return Ledger(ledger, block)


class _Tables:
    """Tables of years, each a sum over the ledger."""

    def __init__(self, book: Book, sheet: Sheet, ledger: Ledger, cells: Cells) -> None:
        self.book, self.sheet, self.cells = book, sheet, cells
        self.ledger, self.source = ledger.amounts, ledger.block
        self.view, self.t = book.view, book.view.t

    def write(self) -> None:
        """Write every table and the chart."""
        t = self.t
        kinds = {group: name for group, name in self._kinds().items() if group in PUBLIC_MONEY}
        self.sheet.heading(t(N_("Public money by kind")))
        top = self.sheet.row
        block = self._table("group", kinds, public=True, nominal=True)
        end, self.sheet.row = self.sheet.row, top
        self._chart(block, kinds)
        self.sheet.row = max(end, top + _CHART_ROWS + 1)
        self._part(t(N_("By payer")), "payer", {key: t(term.name) for key, term in PAYERS.items()}, public=False)
        self._part(t(N_("Public money by funding source")), "source", self._sources(), public=True)
        lines = {line: t(term.name) for line, term in COST_LINES.items()}
        self._part(t(N_("Public money by line")), "line", lines, public=True)

    def _part(self, heading: str, by: str, names: Mapping[str, str], *, public: bool) -> None:
        self.sheet.page_break()
        self.sheet.heading(heading)
        self._table(by, names, public=public, nominal=False)

    def _table(self, by: str, names: Mapping[str, str], *, public: bool, nominal: bool) -> Block:
        """One table; ``names`` are the columns wanted, of which those without money are left out."""
        rows = self.ledger[self.ledger["public"] == "yes"] if public else self.ledger
        keys = [key for key in names if (rows.loc[rows[by] == key, "real"].abs() > 0).any()]
        frame = years_frame(self.ledger, by, keys, public=public)
        columns = [Column("year", self.t(N_("Year")), "", "year")]
        columns += [
            Column(keyed(by, key), names[key], "", "millions", self._sum(by, key, public=public), total=True)
            for key in keys
        ]
        if public:
            columns.append(
                Column("total", self.t(N_("Total, real")), "", "millions", partial(_total, by, keys), total=True)
            )
        if nominal:
            frame["nominal"] = [
                total * self._prices(year)[1] for year, total in zip(frame["year"], frame["total"], strict=True)
            ]
            columns.append(Column("nominal", self.t(N_("Total, nominal")), "", "millions", self._nominal, total=True))
        return self.sheet.table(frame, columns, total=self.t(N_("Total")))

    def _sum(self, by: str, key: str, *, public: bool) -> Callable[[Row], str]:
        """Formula that adds the ledger's rows of this year and ``key``."""
        source = self.source
        wanted = [is_equal(source.range(by), literal(key))]
        if public:
            wanted.append(is_equal(source.range("public"), literal("yes")))
        return lambda row: total_where(source.range("real"), is_number(source.range("year"), row.at("year")), *wanted)

    def _prices(self, year: float) -> tuple[str, float]:
        """Price level of a year against the base year, as formula and value."""
        settings = self.view.scenario.settings
        rate = self.cells.get(Place("settings", "inflation", "value"), repr(float(settings.inflation)))
        passed = int(year) - settings.base_year
        return f"(1+{rate})^({passed})", float((1.0 + settings.inflation) ** passed)

    def _nominal(self, row: Row) -> str:
        return f"{row.at('total')}*{self._prices(float(row.record['year']))[0]}"

    def _kinds(self) -> dict[str, str]:
        return {group: self.t(term.name) for group, term in COST_GROUPS.items()}

    def _sources(self) -> dict[str, str]:
        funding = self.view.scenario.funding
        named = {
            str(row_id): str(name or row_id)
            for row_id, name in zip(funding["funding_id"], funding["name"], strict=True)
        }
        return {
            **named,
            **{key: self.t(text) for key, text in SOURCES_OF_MONEY.items()},
            NONE: self.t(N_("no source named")),
        }

    def _chart(self, block: Block, names: Mapping[str, str]) -> None:
        named = [(keyed("group", key), name) for key, name in names.items()]
        if not (series := [(key, name) for key, name in named if key in block.columns]):
            return
        chart = self.book.chart("column", "stacked")
        charts.bars(chart, block, "year", series)
        charts.dress(chart, self.t(N_("Public money by year, real")), legend=True)
        charts.standing(chart, self.view.numbers.money_header(), self.view.numbers.money_format(digits=0))
        self.sheet.chart(chart, rows=_CHART_ROWS, start=max(block.columns.values()) + 1, columns=7, move=False)


def _total(by: str, keys: list[str], row: Row) -> str:
    """Formula of the sum of the columns of ``keys``; where nothing is spent there are none."""
    if not keys:
        return "0"
    return f"SUM({row.at(keyed(by, keys[0]))}:{row.at(keyed(by, keys[-1]))})"
