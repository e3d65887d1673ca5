"""What the plan costs, by payer and year."""

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


def costs(view: View) -> Section:
    """Return public money by payer in the first years and in the mean of those after, and the whole-life cost."""
    t, tell, figures = view.t, Teller(view), key_figures(view.plan)
    table = public_years(view)
    shown = table.index[:YEARS]
    later = table.iloc[YEARS:]
    header = [t(N_("In {money}"), money=view.numbers.money_header()), *map(str, shown)]
    if len(later):
        header.append(t(N_("a year after")))
    rows: list[tuple[str | Fact, ...]] = []
    for column in table.columns:
        amounts = [*table.loc[shown, column], *([later[column].mean()] if len(later) else [])]
        if any(amounts):
            name = t(N_("works and letting")) if column == "capital" else t(PAYERS[column].name)
            rows.append((name, *(Fact(float(amount), "millions", "by_year.csv") for amount in amounts)))
    whole = tell.line(
        N_(
            "Over {years} years, in present value: {public} of public money, {capital} of it works and equipment; with "
            "waiting, journeys, cases sent away and promises missed {total}."
        ),
        years=Fact(float(view.scenario.settings.horizon_years), "number", "by_year.csv"),
        public=Fact(figures.public, "millions", "costs.csv"),
        capital=Fact(figures.capital, "millions", "costs.csv"),
        total=Fact(figures.total, "millions", "costs.csv"),
    )
    grid = Grid(tuple(header), tuple(rows)) if rows else None
    return Section(t(N_("What it costs, and who pays")), (whole,), grid)


def public_years(view: View) -> pd.DataFrame:
    """Return public money by year (index) and payer, and ``capital``, the part for works and letting; currency, real.

    Taxes that return count below zero.
    """
    years = view.studied.years
    whole = years[years["region_id"] == ALL].groupby("year").sum(numeric_only=True)
    columns = {f"cost_{payer}": payer for payer in PUBLIC_PAYERS} | {"capital": "capital"}
    return whole[list(columns)].rename(columns=columns)
