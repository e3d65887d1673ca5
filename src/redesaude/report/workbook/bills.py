"""Sheet ``bills``: what each municipality pays, of its own hospitals and of services that municipalities share."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from redesaude.language import N_
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column

#: widths of the columns that are printed
BILL_WIDTHS = (30, 28, 14, 16, 16, 16, 18)


def bills_frame(view: View) -> pd.DataFrame:
    """Return one row for each municipality that pays: names, population, and its bill.

    ``last_year`` is that of the horizon, once everything is open, ``mean`` a year over the horizon (currency/year, base
    year), ``npv`` the present value; ``per_person`` is ``last_year`` by inhabitant of the base year (NaN: nobody lives
    there).
    """
    table, calendar = view.studied.bills, view.studied.appraisal.calendar
    year = table["year"].astype(int) - calendar.first_year
    beyond = max(0, int(year.max()) + 1 - calendar.horizon_years) if len(table) else 0
    factors = replace(calendar, tail_years=beyond).factors()
    parts = {
        "last_year": table["real"].where(year == calendar.horizon_years - 1, 0.0),
        "mean": table["real"] / calendar.horizon_years,
        "npv": table["real"] * factors[year],
    }
    sums = pd.DataFrame(parts).astype(float).groupby(table["territory_id"]).sum().reset_index()
    people = view.scenario.territories.set_index("territory_id")[["region_id", "population"]]
    rows = sums.join(people, on="territory_id")
    rows = rows.assign(
        municipality=view.names.label("territories", rows["territory_id"]),
        region=view.names.label("regions", rows["region_id"]),
        per_person=rows["last_year"] / rows["population"].where(rows["population"] > 0),
    )
    return rows.sort_values(["region", "municipality"], ignore_index=True)


def write(book: Book) -> None:
    """Write the sheet; where the municipalities pay nothing it says so."""
    view, t = book.view, book.view.t
    sheet = book.sheet("bills", BILL_WIDTHS, bill_note(view))
    rows = bills_frame(view)
    if rows.empty:
        sheet.text(t(N_("Municipalities pay for nothing in this plan.")), "sentence")
        return
    sheet.table(rows, bill_columns(view), freeze=2, total=t(N_("Total")))


def bill_note(view: View) -> str:
    """Return how the bills are to be read."""
    return view.t(
        N_(
            "A municipality pays for its own hospitals what the sheet payers leaves to it. Of a contract that "
            "municipalities share, such as a consortium, they pay what the state does not (state_share), each its part "
            "by the key of the contract (cost_key): population, use, or equal parts, among those of the site's health "
            "region."
        )
    )


def bill_columns(view: View) -> list[Column]:
    """Return the columns of :func:`bills_frame` as a sheet shows them."""
    t, money = view.t, view.numbers.symbol
    return [
        Column("municipality", t(N_("Municipality"))),
        Column("region", t(N_("Health region"))),
        Column("population", t(N_("Population")), "", "number"),
        Column("last_year", t(N_("A year, once everything is open")), money, "money", total=True),
        Column("per_person", t(N_("By inhabitant")), t(N_("{money} a year"), money=money), "cents"),
        Column("mean", t(N_("Mean a year")), t(N_("{money}, over the horizon"), money=money), "money", total=True),
        Column("npv", t(N_("Present value")), money, "money", total=True),
    ]
