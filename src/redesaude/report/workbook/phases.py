"""Sheet ``phases``: what each planning period asks of each source of money. Only where a plan has several periods."""

from __future__ import annotations

import pandas as pd

from redesaude.language import N_
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Block, Column

_WIDTHS = (14, 34, 12, 18, 18, 18, 18)


def phases_frame(view: View) -> pd.DataFrame:
    """Return works begun, capital and running cost by period and source, with names."""
    rows, funding = view.studied.phases, view.scenario.funding
    titles = funding["name"].where(funding["name"] != "", funding["funding_id"])
    names = dict(zip(funding["funding_id"], titles, strict=True))
    return rows.assign(
        period=view.names.label("periods", rows["period_id"]),
        source=rows["source"].map(lambda source: names.get(source, view.t(N_("no source named")))),
    )


def write(book: Book) -> Block:
    """Write the sheet and return its table."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "Capital (works, stations, letting and closing) is counted in the period in which it is decided, and held "
            "against the ceiling of its source; capital paid falls due in the period, what was decided before "
            "included. Running cost is the mean of the period's years: services, stations, people made ready, renewal, "
            "oversight and payments to contractors. Prices of the base year, not discounted."
        )
    )
    money = view.numbers.symbol
    sheet = book.sheet("phases", _WIDTHS, note)
    columns = [
        Column("period", t(N_("Period")), t(N_("years"))),
        Column("source", t(N_("Source"))),
        Column("starts", t(N_("Works begun")), t(N_("number")), "number", total=True),
        Column("works_decided", t(N_("Capital decided")), money, "money", total=True),
        Column("capital_limit", t(N_("Ceiling")), money, "money"),
        Column("capital_paid", t(N_("Capital paid")), money, "money", total=True),
        Column("running_per_year", t(N_("Running cost")), t(N_("{money} a year"), money=money), "money"),
    ]
    return sheet.table(phases_frame(view), columns, freeze=2, total=t(N_("Total")))
