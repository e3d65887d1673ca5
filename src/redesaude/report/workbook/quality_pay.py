"""Sheet ``quality_pay``: the indicators by which contracts of the plan are paid, with the money at stake."""

from __future__ import annotations

import pandas as pd

from redesaude.language import N_
from redesaude.report.quality import at_stake
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column

_WIDTHS = (28, 30, 34, 38, 9, 12, 12, 12, 12, 34, 9)


def in_use(view: View) -> bool:
    """Return whether any contract is paid by indicators."""
    return len(view.scenario.quality_indicators) > 0


def write(book: Book) -> None:
    """Write a row for each indicator at each site that is paid by it."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "What each indicator may move of the payments of a full year, and what it is expected to: below zero is "
            "taken off, above paid on top. The payments of the plan have it in them. Money in {money} a year; a "
            "contract's floor and ceiling of deductions hold for its indicators together."
        ),
        money=view.numbers.money_header(),
    )
    sheet = book.sheet("quality_pay", _WIDTHS, note)
    sheet.table(named(view, at_stake(view)), columns(view), freeze=1, total=t(N_("Total")))


def named(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of indicators with the names of their sites and contracts."""
    names = view.names
    return rows.assign(
        site=[names.sites.get(site, site) for site in rows["site_id"]],
        contract=[names.contracts.get(contract, contract) for contract in rows["contract_id"]],
    )


def columns(view: View) -> list[Column]:
    """Return the columns of the sheet."""
    t = view.t
    return [
        Column("site", t(N_("Site"))),
        Column("contract", t(N_("Contract"))),
        Column("name", t(N_("Indicator"))),
        Column("target", t(N_("Target"))),
        Column("weight", t(N_("Weight")), t(N_("of the payment")), "percent"),
        Column("at_stake", t(N_("At stake")), "", "millions", total=True),
        Column("expected", t(N_("Expected")), "", "millions", total=True),
        Column("least", t(N_("If little is reached")), "", "millions", total=True),
        Column("most", t(N_("If much is reached")), "", "millions", total=True),
        Column("measured", t(N_("Measured by"))),
        Column("grade", t(N_("Evidence")), t(N_("A official or reviewed, B reported, C assumption"))),
    ]
