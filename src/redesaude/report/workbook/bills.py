"""Sheet ``bills``: what each region and municipality pays, of its own hospitals and of services that are shared."""

from __future__ import annotations

import pandas as pd

from redesaude.language import N_
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column, Sheet

#: widths of the columns that are printed
BILL_WIDTHS = (30, 28, 14, 16, 16, 16, 18)


def bills_frame(view: View) -> pd.DataFrame:
    """Return one row for each municipality that pays: names, population, and its bill as :func:`_summed` has it."""
    own = view.studied.bills
    rows = _summed(view, own[own["territory_id"] != ""], "territory_id")
    rows = rows.assign(municipality=view.names.label("territories", rows["territory_id"]))
    return rows.sort_values(["region", "municipality"], ignore_index=True)


def region_bills_frame(view: View) -> pd.DataFrame:
    """Return one row for each region of which anybody pays: its municipalities together, and the province or city."""
    return _summed(view, view.studied.bills, "region_id").sort_values("region", ignore_index=True)


def _summed(view: View, table: pd.DataFrame, by: str) -> pd.DataFrame:
    """The bills of ``table`` by municipality or region.

    ``last_year`` is that of the horizon, once everything is open, ``mean`` a year over the horizon (currency/year, base
    year), ``npv`` the present value; ``per_person`` is ``last_year`` by inhabitant of the base year (NaN: nobody lives
    there).
    """
    calendar = view.studied.appraisal.calendar
    year = table["year"].astype(int) - calendar.first_year
    parts = {
        "last_year": table["real"].where(year == calendar.horizon_years - 1, 0.0),
        "mean": table["real"] / calendar.horizon_years,
        "npv": table["npv"],
    }
    sums = pd.DataFrame(parts).astype(float).groupby(table[by]).sum().reset_index()
    rows = sums.join(view.scenario.territories.groupby(by)["population"].sum(), on=by)
    regions = rows[by] if by == "region_id" else rows[by].map(view.names.region_of_territory)
    return rows.assign(
        region=view.names.label("regions", regions),
        per_person=rows["last_year"] / rows["population"].where(rows["population"] > 0),
    )


def write(book: Book) -> None:
    """Write the sheet; where neither municipalities nor provinces pay anything it says so."""
    view, t = book.view, book.view.t
    sheet = book.sheet("bills", BILL_WIDTHS, bill_note(view))
    write_bills(sheet, view, region_bills_frame(view), bills_frame(view))
    if view.studied.bills.empty:
        sheet.text(t(N_("Municipalities pay for nothing in this plan.")), "sentence")


def write_bills(sheet: Sheet, view: View, regions: pd.DataFrame, towns: pd.DataFrame) -> None:
    """Write the bills of ``regions`` and of ``towns``, each with its total; a table without rows is left out."""
    t = view.t
    for heading, rows in ((N_("By region, with the province or city"), regions), (N_("By municipality"), towns)):
        if len(rows):
            sheet.heading(t(heading))
            sheet.table(rows, bill_columns(view, towns=rows is towns), total=t(N_("Total")))


def bill_note(view: View) -> str:
    """Return how the bills are to be read."""
    return view.t(
        N_(
            "A municipality, and a province or city, pays for its own hospitals what the sheet payers leaves to it. Of "
            "a contract that municipalities share, such as a consortium, they pay what the state does not "
            "(state_share), each its part by the key of the contract (cost_key): population, use, fixed quotas, or "
            "equal parts, among those of the site's health region."
        )
    )


def bill_columns(view: View, *, towns: bool) -> list[Column]:
    """Return the columns of the bills of municipalities, or of regions, as a sheet shows them."""
    t, money = view.t, view.numbers.symbol
    named = [Column("municipality", t(N_("Municipality")))] if towns else []
    return [
        *named,
        Column("region", t(N_("Health region")), span=1 if towns else 2),
        Column("population", t(N_("Population")), "", "number"),
        Column("last_year", t(N_("A year, once everything is open")), money, "money", total=True),
        Column("per_person", t(N_("By inhabitant")), t(N_("{money} a year"), money=money), "cents"),
        Column("mean", t(N_("Mean a year")), t(N_("{money}, over the horizon"), money=money), "money", total=True),
        Column("npv", t(N_("Present value")), money, "money", total=True),
    ]
