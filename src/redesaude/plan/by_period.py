"""What each period of a plan asks of each source of money: works begun, capital, running cost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import in_force_in, rows_of
from redesaude.lines import Kind
from redesaude.payers import STATE
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.cash_flow import CAPITAL_LINES, ENVELOPE_LINES, PUBLIC_PAYERS, covered
from redesaude.promises.money import limits_of

BY_PERIOD = ("period_id", "source", "starts", "works_decided", "capital_limit", "capital_paid", "running_per_year")


def by_period(appraisal: Appraisal, flows: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each period and source of money, columns :data:`BY_PERIOD`; real currency, not discounted.

    ``flows`` are from :func:`redesaude.plan.cash_flow.cash_flow`. ``starts`` are works begun and ``works_decided`` the
    capital decided in the period (works, stations, letting, closings), as the ceiling of the source counts it;
    ``capital_paid`` is what falls due in the period, and ``running_per_year`` the mean of its years. A blank source is
    money for which no row of ``funding`` is named.
    """
    decided = _decided(appraisal)
    paid = flows[flows["payer"].isin(PUBLIC_PAYERS)]
    position = appraisal.phases.of_years(int((paid["year"].max() if len(paid) else 0) + 1))
    inside = paid["year"] < appraisal.calendar.first_year + appraisal.calendar.horizon_years
    ids = np.array(list(appraisal.periods), dtype=object)
    period = ids[position[(paid["year"] - appraisal.calendar.first_year).to_numpy(int)]]
    paid = paid.assign(period_id=period)
    key = ["period_id", "source"]
    capital = paid[paid["line"].isin(CAPITAL_LINES)].groupby(key)["real"].sum().rename("capital_paid")
    running = paid[paid["line"].isin(ENVELOPE_LINES) & inside].groupby(key)["real"].sum()
    years = dict(zip(ids, np.subtract(appraisal.phases.ends, appraisal.phases.begins).tolist(), strict=True))
    running = (running / running.index.get_level_values(0).map(years).to_numpy(float)).rename("running_per_year")
    table = pd.concat([decided, capital, running], axis=1).fillna(0.0).reset_index()
    limits = {
        (ids[limit.period], limit.row.funding_id): limit.row.amount
        for limit in limits_of(appraisal.scenario, "funding")
        if limit.row.kind == "capital"
    }
    table["capital_limit"] = [limits.get(pair, np.nan) for pair in table[key].itertuples(index=False, name=None)]
    order = table["period_id"].map(appraisal.periods)
    return pd.DataFrame(table.assign(order=order).sort_values(["order", "source"], ignore_index=True)[list(BY_PERIOD)])


def _decided(appraisal: Appraisal) -> pd.DataFrame:
    """Works begun, and capital as its ceilings count it, by period and source."""
    services, openings = appraisal.services(), appraisal.plan.openings
    begun = (services.works > 0) & (services.pays_works > 0)
    starts = openings[begun].assign(starts=1.0, works_decided=0.0, line="works", payer=STATE)
    starts = appraisal.payers.split(starts, ["starts"])
    spent = [appraisal.spending(t).assign(period_id=period) for period, t in appraisal.periods.items()]
    capital = pd.concat(spent).rename(columns={"amount": "works_decided"}).assign(starts=0.0)
    columns = ["period_id", "contract_id", "specialty_id", "site_id", "line", "payer", "starts", "works_decided"]
    parts = starts[columns], capital[capital["line"].isin(CAPITAL_LINES)][columns]
    table = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True).assign(source="")
    for row in reversed(list(rows_of(appraisal.scenario.funding))):
        if row.kind == Kind.CAPITAL:
            then = [name for name, t in appraisal.periods.items() if in_force_in(appraisal.scenario, t, row)]
            mine = covered(table, row) & appraisal.payers.covers(row, table) & table["period_id"].isin(then)
            table.loc[mine, "source"] = row.funding_id
    found = table.groupby(["period_id", "source"])[["starts", "works_decided"]].sum()
    return pd.DataFrame(found[(found != 0).any(axis=1)])
