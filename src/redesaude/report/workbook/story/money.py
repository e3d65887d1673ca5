"""What the plan costs, by payer and year, and how much of it is new money."""

from __future__ import annotations

import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.cash_flow import PUBLIC_PAYERS
from redesaude.report.figures import key_figures
from redesaude.report.terms import PAYERS
from redesaude.report.view import View
from redesaude.report.workbook.story.facts import Fact, Grid, Section, Teller

#: years told one by one
YEARS = 5
#: payers told one by one on the first page, with the others together
_PAYERS = 3


def costs(view: View) -> Section:
    """Return new money by payer in the first years and in the mean of those after, and the whole-life cost."""
    t, tell, figures = view.t, Teller(view), key_figures(view.plan)
    plan, today = public_years(view), today_years(view)
    new = plan - today
    header = [t(N_("In {money}"), money=view.numbers.money_header()), *map(str, plan.index[:YEARS])]
    if len(plan) > YEARS:
        header.append(t(N_("then yearly")))
    rows = [_row(t(N_("New: {payer}"), payer=name), amounts, "") for name, amounts in by_payer(view, new, _PAYERS)]
    rows += [
        _row(t(N_("Today's services")), today["all"], ""),
        _row(t(N_("All public money")), plan["all"], "by_year.csv"),
    ]
    whole = tell.line(
        N_(
            "Over {years} years, in present value: {public} of public money, {capital} of it works and equipment; with "
            "waiting, journeys, cases sent away and promises missed {total}."
        ),
        years=Fact(float(view.scenario.settings.horizon_years), "number", "by_year.csv"),
        public=Fact(figures.public, "millions", "costs.csv", "public", "public_money"),
        capital=Fact(figures.capital, "millions", "costs.csv", "capital", "works_and_equipment"),
        total=Fact(figures.total, "millions", "costs.csv", "total", "total_cost"),
    )
    return Section(t(N_("What it costs against today, and who pays")), (whole,), Grid(tuple(header), tuple(rows)))


def by_payer(view: View, table: pd.DataFrame, most: int) -> list[tuple[str, pd.Series]]:
    """Return the columns of ``table`` (as :func:`public_years`) that hold money, by the names of their payers.

    Beyond ``most`` of them, those with least money are one, under the name of others.
    """
    paid = {payer: table[payer] for payer in PUBLIC_PAYERS if table[payer].abs().sum() > 0}
    told = sorted(paid, key=lambda payer: -paid[payer].abs().sum())
    main = told if len(told) <= most else told[: most - 1]
    named = [(view.t(PAYERS[payer].name), paid[payer]) for payer in paid if payer in main]
    rest = [paid[payer] for payer in told if payer not in main]
    return named + ([(view.t(N_("Other payers")), sum(rest[1:], rest[0]))] if rest else [])


def _row(name: str, amounts: pd.Series, table: str) -> tuple[str | Fact, ...]:
    """The first years one by one, and the mean of those after."""
    told = [*amounts.iloc[:YEARS], *([amounts.iloc[YEARS:].mean()] if len(amounts) > YEARS else [])]
    return name, *(Fact(float(amount), "millions", table) for amount in told)


def public_years(view: View) -> pd.DataFrame:
    """Return public money by year (index) and payer, ``all`` of it, and ``capital``: works and letting; currency, real.

    Taxes that return count below zero.
    """
    years = view.studied.years
    whole = years[years["region_id"] == ALL].groupby("year").sum(numeric_only=True)
    columns = {f"cost_{payer}": payer for payer in PUBLIC_PAYERS} | {"capital": "capital"}
    table = whole[list(columns)].rename(columns=columns)
    return table.assign(all=table[list(PUBLIC_PAYERS)].sum(axis=1))


def today_years(view: View) -> pd.DataFrame:
    """Return what today's services would cost if they went on as they are, as :func:`public_years`; nothing is built.

    See :func:`redesaude.studies.going_on.going_on`.
    """
    flows, years = view.studied.going_on, public_years(view).index
    table = flows.astype({"real": float}).pivot_table(
        index="year", columns="payer", values="real", aggfunc="sum", fill_value=0.0
    )
    table = table.reindex(index=years, columns=list(PUBLIC_PAYERS), fill_value=0.0)
    return table.assign(all=table.sum(axis=1), capital=0.0)
