"""Sheet ``costs``: cost lines by contract and by site, live sums over the ledger at the foot of the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from redesaude.language import N_
from redesaude.lines import line_of
from redesaude.report.figures import keyed
from redesaude.report.terms import COST_GROUPS, COST_LINES, cost_line
from redesaude.report.view import View
from redesaude.report.workbook import charts
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.lookup import is_equal, literal, total
from redesaude.report.workbook.sheet import Block, Column, Row, Sheet
from redesaude.studies.going_on import worth_by_line

#: stands for "no site", "no contract": a blank cannot be looked up by a formula
NONE = "-"


@dataclass(frozen=True)
class CostBlocks:
    """Tables that other sheets point at, and what stands in them: cost lines and groups of lines."""

    lines: Block
    groups: Block
    lines_frame: pd.DataFrame
    groups_frame: pd.DataFrame


def ledger_frame(view: View) -> pd.DataFrame:
    """Return the cost lines of the plan with names and groups, blank ids replaced by a dash, in a fixed order."""
    costs, names, t = view.plan.costs, view.names, view.t
    rows = costs.astype({"npv": float}).replace({key: {"": NONE} for key in costs.columns if key != "npv"})
    rows = rows.fillna({"site_id": NONE, "specialty_id": NONE, "contract_id": NONE})
    rows = rows.assign(
        site=names.label("sites", rows["site_id"]),
        specialty=names.label("specialties", rows["specialty_id"]),
        contract=names.label("contracts", rows["contract_id"]),
        name=[t(cost_line(line).name) for line in rows["line"]],
        group=[cost_line(line).group or NONE for line in rows["line"]],
    )
    return rows.sort_values(["site_id", "specialty_id", "contract_id", "line"], ignore_index=True)


def lines_frame(view: View, ledger: pd.DataFrame) -> pd.DataFrame:
    """Return cost lines x contracts in use (as :func:`keyed`), with the total and its share, in the terms' order."""
    order = {line: index for index, line in enumerate(COST_LINES)}
    pivot = ledger.pivot_table(index="line", columns="contract_id", values="npv", aggfunc="sum", fill_value=0.0)
    today = today_worth(view)
    pivot = pivot.reindex(pivot.index.union(today.index), fill_value=0.0)
    pivot = pivot.sort_index(key=lambda lines: lines.map(lambda line: order.get(line, len(order))))
    pivot = pivot.rename(columns=partial(keyed, "contract"))
    pivot["total"] = pivot.sum(axis=1)
    whole = pivot["total"].sum()
    pivot["share"] = pivot["total"] / whole if whole else 0.0
    pivot["today"] = today.reindex(pivot.index)
    terms = [cost_line(line) for line in pivot.index]
    return pivot.reset_index().assign(
        kind=[str(line_of(line).kind) for line in pivot.index],
        name=[view.t(term.name) for term in terms],
        meaning=[view.t(term.meaning) if term.meaning else "" for term in terms],
    )


def today_worth(view: View) -> pd.Series:
    """Return what today's services going on would take by cost line, as far as it is known."""
    return worth_by_line(view.studied.going_on).rename_axis("line")


def sites_frame(view: View, ledger: pd.DataFrame) -> pd.DataFrame:
    """Return sites x groups of cost lines with the total and the site's contracts, dearest site first."""
    pivot = ledger.pivot_table(index="site_id", columns="group", values="npv", aggfunc="sum", fill_value=0.0)
    pivot = pivot.reindex(columns=list(COST_GROUPS), fill_value=0.0)
    pivot["total"] = pivot.sum(axis=1)
    rows = pivot.reset_index().sort_values(["total", "site_id"], ascending=[False, True], ignore_index=True)
    named = ledger[ledger["contract_id"] != NONE].groupby("site_id")["contract"].unique()
    elsewhere = view.t(N_("not at a site"))
    return rows.assign(
        site=[elsewhere if site == NONE else view.names.sites.get(site, site) for site in rows["site_id"]],
        contract=[", ".join(sorted(named.get(site, []))) for site in rows["site_id"]],
    )


def groups_frame(view: View, ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the groups of cost lines with name, meaning and total, in the order of the terms."""
    totals = ledger.groupby("group")["npv"].sum()
    today = today_worth(view)
    known = today.groupby(today.index.map(lambda line: cost_line(line).group or NONE)).sum()
    return pd.DataFrame(
        {
            "group": list(COST_GROUPS),
            "name": [view.t(term.name) for term in COST_GROUPS.values()],
            "meaning": [view.t(term.meaning) for term in COST_GROUPS.values()],
            "npv": (amounts := [float(totals.get(group, 0.0)) for group in COST_GROUPS]),
            "share": [amount / sum(amounts) if sum(amounts) else 0.0 for amount in amounts],
            "today": known.reindex(list(COST_GROUPS)).to_numpy(float),
        }
    )


def write(book: Book) -> CostBlocks:
    """Write the sheet and return its tables. The ledger stands right of the print area; the rest sums it."""
    view, t = book.view, book.view.t
    ledger = ledger_frame(view)
    lines, sites, groups = (make(view, ledger) for make in (lines_frame, sites_frame, groups_frame))
    contracts = sorted(set(ledger["contract_id"]))
    count = max(len(contracts) + 3, len(COST_GROUPS) + 1)
    widths = (30, 44, *[14] * count)
    note = t(
        N_(
            "All amounts are {money}, present value in prices of {year}, for {years} years. Every sum is a formula "
            "over the cost lines listed right of the tables (not printed), so each number can be followed."
        ),
        money=view.numbers.symbol,
        year=view.scenario.settings.base_year,
        years=view.scenario.settings.horizon_years,
    )
    sheet = book.sheet("costs", widths, note)
    sheet.set_widths(len(widths), (14, 14, 4))
    source = _ledger(sheet, view, ledger, start=len(widths) + 3)
    sheet.heading(t(N_("By kind of cost")))
    group_block = sheet.table(groups, _group_columns(view, source), total=t(N_("Total")))
    sheet.heading(t(N_("By cost line and contract")))
    line_block = sheet.table(lines, _line_columns(view, source, contracts), total=t(N_("Total")))
    _reconcile(sheet, view, line_block)
    sheet.page_break()
    _line_chart(book, sheet, line_block)
    sheet.heading(t(N_("By site")))
    sheet.table(sites, _site_columns(view, source), repeat=True, total=t(N_("Total")))
    return CostBlocks(line_block, group_block, lines, groups)


def _ledger(sheet: Sheet, view: View, ledger: pd.DataFrame, start: int) -> Block:
    """Write the cost lines beside the tables, leaving the cursor where it was."""
    t, top = view.t, sheet.row
    sheet.set_widths(start, (28, 22, 26, 24, 15, 11, 14, 14, 16, 12))
    sheet.value(top, start, t(N_("Cost lines")), sheet.styles("heading"))
    sheet.row += 1
    columns = [
        Column("site", t(N_("Site")), kind="line"),
        Column("specialty", t(N_("Specialty")), kind="line"),
        Column("contract", t(N_("Contract")), kind="line"),
        Column("name", t(N_("Cost line")), kind="line"),
        Column("npv", t(N_("Amount")), view.numbers.symbol, "money"),
        Column("site_id", t(N_("Site code")), kind="id"),
        Column("specialty_id", t(N_("Specialty code")), kind="id"),
        Column("contract_id", t(N_("Contract code")), kind="id"),
        Column("line", t(N_("Line code")), kind="id"),
        Column("group", t(N_("Kind code")), kind="id"),
    ]
    block = sheet.table(ledger, columns, start=start)
    sheet.row = top
    return block


def _sum_of(ledger: Block, row: Row, by: str, **fixed: str) -> str:
    """Formula that adds the ledger rows whose ``by`` is this row's, and whose other columns hold ``fixed`` ids."""
    others = [is_equal(ledger.range(key), literal(value)) for key, value in fixed.items()]
    return total(ledger.range("npv"), is_equal(ledger.range(by), row.at(by)), *others)


def _group_columns(view: View, ledger: Block) -> list[Column]:
    t = view.t
    return [
        Column("name", t(N_("Kind of cost"))),
        Column("meaning", t(N_("What it is"))),
        Column(
            "npv",
            t(N_("Total")),
            view.numbers.symbol,
            "money",
            formula=lambda row: _sum_of(ledger, row, "group"),
            total=True,
        ),
        Column("share", t(N_("Share")), t(N_("of the total")), "percent"),
        _today_column(view),
        Column("group", t(N_("Kind code")), "", "id"),
    ]


def _today_column(view: View) -> Column:
    """What public payers would pay for today's services, going on; blank: nothing of it is known."""
    t = view.t
    return Column("today", t(N_("Today")), t(N_("public money of today's services, going on")), "money", total=True)


def _line_columns(view: View, ledger: Block, contracts: list[str]) -> list[Column]:
    t, money = view.t, view.numbers.symbol
    by_contract = [
        Column(
            keyed("contract", contract),
            t(N_("No contract")) if contract == NONE else view.names.contracts.get(contract, contract),
            money,
            "money",
            formula=partial(_line_of_contract, ledger, contract),
            total=True,
        )
        for contract in contracts
    ]
    return [
        Column("name", t(N_("Cost line"))),
        Column("meaning", t(N_("What it is"))),
        *by_contract,
        Column(
            "total",
            t(N_("Total")),
            money,
            "money",
            formula=partial(_of_all_contracts, [column.key for column in by_contract]),
            total=True,
        ),
        Column("share", t(N_("Share")), t(N_("of the total")), "percent"),
        _today_column(view),
        Column("line", t(N_("Line code")), "", "id"),
        Column("kind", t(N_("Counted by ceilings of")), "", "id"),
    ]


def _of_all_contracts(keys: list[str], row: Row) -> str:
    """A plan that costs nothing has no contract to add up."""
    return f"SUM({row.at(keys[0])}:{row.at(keys[-1])})" if keys else "0"


def _line_of_contract(ledger: Block, contract: str, row: Row) -> str:
    return _sum_of(ledger, row, "line", contract_id=contract)


def _site_columns(view: View, ledger: Block) -> list[Column]:
    t, money = view.t, view.numbers.symbol
    by_group = [
        Column(group, t(term.name), money, "money", formula=partial(_site_group, ledger, group), total=True)
        for group, term in COST_GROUPS.items()
    ]
    first, last = next(iter(COST_GROUPS)), list(COST_GROUPS)[-1]
    return [
        Column("site", t(N_("Site"))),
        Column("contract", t(N_("Contract"))),
        *by_group,
        Column(
            "total",
            t(N_("Total")),
            money,
            "money",
            formula=lambda row: f"SUM({row.at(first)}:{row.at(last)})",
            total=True,
        ),
        Column("site_id", t(N_("Site code")), "", "id"),
    ]


def _site_group(ledger: Block, group: str, row: Row) -> str:
    return _sum_of(ledger, row, "site_id", group=group)


def _reconcile(sheet: Sheet, view: View, lines: Block) -> None:
    """Show the solver's objective under the total, and the difference, which the audit holds near zero."""
    t, column, row = view.t, lines.columns["total"], sheet.row - 1
    money, label = sheet.styles("cell", "money"), sheet.styles("cell", "line")
    objective = view.plan.objective
    paid = float(view.plan.costs["npv"].sum())
    sheet.value(row, 0, t(N_("Objective of the solver")), label)
    sheet.value(row, column, objective, money)
    sheet.value(row + 1, 0, t(N_("Difference")), label)
    cells = [xl_rowcol_to_cell(r, column) for r in (row - 1, row)]
    difference = paid - (objective or 0.0)
    sheet.formula(row + 1, column, f"{cells[0]}-{cells[1]}", difference, sheet.styles("cell", "cents"))
    sheet.row = row + 3


def _line_chart(book: Book, sheet: Sheet, lines: Block) -> None:
    view, t = book.view, book.view.t
    chart = book.chart("bar")
    charts.bars(chart, lines, "name", [("total", t(N_("Total")))])
    charts.dress(chart, t(N_("Cost by line")), legend=False)
    charts.lying(chart, view.numbers.money_header(), view.numbers.money_format(digits=0))
    sheet.chart(chart, rows=20, columns=6)
