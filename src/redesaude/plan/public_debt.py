"""Public loans for works that the budget pays: what the budget pays instead, and what is owed, year by year.

A loan is no cost of the plan: a public comparator is discounted at the rate that stands for the price of public money,
whoever lends it. It moves what the budget pays between years, and it fills the limits on debt; what it is worth at the
discount rate, which differs from its own, is told beside the cost. The draws of each year are an operation of their own
(:func:`redesaude.finance.public_loan.operations_flows`). All amounts are real, currency of the base year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from redesaude.finance.discounting import Calendar
from redesaude.finance.fiscal_years import limit_use
from redesaude.finance.public_loan import PublicLoan, operations_flows
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.lines import WORKS_LINES
from redesaude.plan.cash_flow import PUBLIC_PAYERS, covered

LOANS = ("year", "loan_id", "works", "drawn", "interest", "fees", "repaid", "service", "budget", "owed")
DEBT = ("year", "limit_id", "kind", "used", "limit", "share", "base_share", "met")
#: kind of a debt limit -> column of the loans that it counts
COUNTED = {"debt": "owed", "operations": "drawn", "service": "service"}


def loans_by_year(scenario: Scenario, flows: pd.DataFrame) -> pd.DataFrame:
    """Return each public loan by year until it is repaid, columns :data:`LOANS`; no rows where none is stated.

    ``flows`` is the result of :func:`redesaude.plan.cash_flow.cash_flow`. Works are drawn for from the first row of
    ``loans`` that covers them. ``service`` is interest, fees and what is ``repaid``; ``budget`` what the budget pays
    for these works: what is not ``drawn``, and the service. ``owed`` stands at the end of the year.
    """
    parts = [part for row, works in _financed(scenario, flows) for part in _loan(row, works)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(LOANS))


def _financed(scenario: Scenario, flows: pd.DataFrame) -> Iterator[tuple[Any, pd.Series]]:
    """Each loan and the works that it helps to pay, by year."""
    left = flows[flows["line"].isin(WORKS_LINES) & flows["payer"].isin(PUBLIC_PAYERS)]
    for row in rows_of(scenario.loans):
        mine = covered(left, row)
        works = left[mine].groupby("year")["real"].sum()
        left = left[~mine]
        if len(works):
            yield row, works.reindex(range(works.index.min(), works.index.max() + 1), fill_value=0.0)


def _loan(row: Any, works: pd.Series) -> Iterator[pd.DataFrame]:
    loan = PublicLoan(row.rate, int(row.grace_years), int(row.years), row.works_share, row.repayment, row.fee_share)
    found = operations_flows(np.maximum(works.to_numpy(float), 0.0), loan)
    table = {name: getattr(found, name) for name in LOANS[2:]}
    yield pd.DataFrame({"year": works.index.min() + np.arange(len(found.works)), "loan_id": row.loan_id, **table})


def loan_worth(calendar: Calendar, loans: pd.DataFrame) -> pd.Series:
    """Return what each loan would add to the cost of the plan, NPV by ``loan_id``; negative: it saves."""
    year = loans["year"].to_numpy(int) - calendar.first_year
    factors = replace(calendar, tail_years=int(year.max(initial=0)) + 1).factors()[year]
    added: pd.Series = (loans["service"] - loans["drawn"]) * factors
    return added.groupby(loans["loan_id"], sort=False).sum()


def debt_by_year(scenario: Scenario, loans: pd.DataFrame) -> pd.DataFrame:
    """Return the use of each debt limit by year, columns :data:`DEBT`, from all ``loans`` (:func:`loans_by_year`).

    ``share`` is used / limit (NaN where nothing is left), ``base_share`` what is used, committed money included, over
    the base, which grows from the base year on.
    """
    years = loans.groupby("year")[list(COUNTED.values())].sum()
    rows = rows_of(scenario.debt_limits) if len(years) else []
    parts = [pd.DataFrame({"year": years.index, **_limit(row, years, scenario.settings.base_year)}) for row in rows]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(DEBT))


def _limit(row: Any, years: pd.DataFrame, base_year: int) -> dict[str, Any]:
    base = row.base_amount * (1.0 + row.base_growth) ** (int(years.index[0]) - base_year)
    use = limit_use(years[COUNTED[row.kind]], base, row.share, row.committed, row.base_growth)
    share = np.where(use.limit > 0, use.share, np.nan)
    measures = {"used": use.used, "limit": use.limit, "share": share, "base_share": use.base_share, "met": use.met}
    return {"limit_id": row.limit_id, "kind": row.kind, **measures}
