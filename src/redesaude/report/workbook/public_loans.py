"""Public loans on the sheets ``cash_flow`` (what the budget pays instead) and ``fiscal`` (limits on debt, by year)."""

from __future__ import annotations

from functools import partial

import pandas as pd

from redesaude.language import N_
from redesaude.plan.public_debt import LOANS
from redesaude.report.figures import keyed
from redesaude.report.studies import Studies
from redesaude.report.view import View
from redesaude.report.workbook.sheet import Column, Row, Sheet

#: kind of a debt limit -> what it counts
_KINDS = {
    "debt": N_("owed at the end of the year"),
    "operations": N_("drawn in the year"),
    "service": N_("interest, fees and repayment of the year"),
}


def years_frame(studies: Studies) -> pd.DataFrame:
    """Return all public loans together by year, as :data:`redesaude.plan.public_debt.LOANS` tells them."""
    columns = [name for name in LOANS if name not in ("year", "loan_id")]
    return studies.appraised.loans.groupby("year", as_index=False)[columns].sum()


def loans_frame(view: View, studies: Studies) -> pd.DataFrame:
    """Return one row for each loan drawn: name, drawn, most owed, last year, what it would add to the cost (NPV)."""
    stated = view.scenario.loans
    names = {str(i): str(name or i) for i, name in zip(stated["loan_id"], stated["name"], strict=True)}
    loans = studies.appraised.loans
    table = loans.groupby("loan_id", sort=False).agg(drawn=("drawn", "sum"), most=("owed", "max"), last=("year", "max"))
    return table.assign(name=[names[str(i)] for i in table.index], worth=studies.appraised.loan_worth).reset_index()


def years(sheet: Sheet, view: View, studies: Studies) -> None:
    """Write what the budget pays each year where loans pay for works; nothing without loans."""
    if studies.appraised.loans.empty:
        return
    t = view.t
    sheet.page_break()
    sheet.heading(t(N_("Public loans for works")))
    sheet.text(
        t(
            N_(
                "A loan is no cost of the plan: it moves what the budget pays between years. Its worth is what it "
                "would add at the discount rate, below zero where it is cheaper than that. Real, as all amounts."
            )
        ),
        "note",
    )
    columns = [
        Column("name", t(N_("Loan"))),
        Column("drawn", t(N_("Drawn")), "", "millions"),
        Column("most", t(N_("Most owed")), "", "millions"),
        Column("last", t(N_("Last instalment")), "", "year"),
        Column("worth", t(N_("Worth")), t(N_("net present")), "millions"),
    ]
    sheet.table(loans_frame(view, studies), columns)
    columns = [
        Column("year", t(N_("Year")), "", "year"),
        Column("works", t(N_("Works")), "", "millions", total=True),
        Column("drawn", t(N_("Drawn")), "", "millions", total=True),
        Column("interest", t(N_("Interest")), "", "millions", total=True),
        Column("fees", t(N_("Fees")), "", "millions", total=True),
        Column("repaid", t(N_("Repaid")), "", "millions", total=True),
        Column("budget", t(N_("Paid by the budget")), t(N_("for these works")), "millions", _budget, total=True),
        Column("owed", t(N_("Owed")), t(N_("end of year")), "millions"),
    ]
    sheet.table(years_frame(studies), columns, total=t(N_("Total")))


def _budget(row: Row) -> str:
    works, drawn, *service = (row.at(name) for name in ("works", "drawn", "interest", "fees", "repaid"))
    return f"{works}-{drawn}+" + "+".join(service)


def debt_frame(view: View, studies: Studies) -> pd.DataFrame:
    """Return one row for each debt limit: name, kind, and its fullest year with what is used and what is left to it."""
    stated = view.scenario.debt_limits
    names = {str(i): str(name or i) for i, name in zip(stated["limit_id"], stated["name"], strict=True)}
    debt = studies.appraised.debt
    room = debt["limit"] - debt["used"]
    table = debt.loc[room.groupby(debt["limit_id"], sort=False).idxmin()]
    met = debt.groupby("limit_id")["met"].all()
    return table.assign(
        name=[names[str(i)] for i in table["limit_id"]],
        counts=[view.t(_KINDS[kind]) for kind in table["kind"]],
        result=[view.t(N_("met")) if met[i] else view.t(N_("missed")) for i in table["limit_id"]],
    )


def limits(sheet: Sheet, view: View, studies: Studies) -> None:
    """Write the limits on public debt and what counts against each by year; nothing without loans or limits."""
    debt, t = studies.appraised.debt, view.t
    if debt.empty:
        return
    sheet.page_break()
    sheet.heading(t(N_("Limits on public debt")))
    sheet.text(t(N_("Told, not kept: the plan is not held to them. What was committed before is taken off.")), "note")
    columns = [
        Column("name", t(N_("Limit"))),
        Column("counts", t(N_("What counts"))),
        Column("year", t(N_("Fullest year")), "", "year"),
        Column("used", t(N_("Used")), "", "millions"),
        Column("limit", t(N_("Limit")), "", "millions"),
        Column("base_share", t(N_("Of the base")), t(N_("with committed")), "percent"),
        Column("result", t(N_("Every year")), "", "verdict"),
    ]
    block = sheet.table(debt_frame(view, studies), columns)
    sheet.mark(block, "result", {t(N_("met")): "good", t(N_("missed")): "bad"})
    names = dict(zip(view.scenario.debt_limits["limit_id"], view.scenario.debt_limits["name"], strict=True))
    by_year = debt.pivot_table(index="year", columns="limit_id", values="used", sort=False)
    by_year = by_year.rename(columns=partial(keyed, "limit")).reset_index()
    columns = [Column("year", t(N_("Year")), "", "year")]
    columns += [Column(keyed("limit", str(i)), str(name or i), "", "millions") for i, name in names.items()]
    sheet.table(by_year, columns)
