"""Cost lines that nobody is paid: patients' travel, cases sent away, promises missed, at their stated prices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from redesaude.finance.phases import Phases
from redesaude.inputs.scenario import rows_of
from redesaude.plan.plan import Plan
from redesaude.plan.referral_flows import journeys
from redesaude.promises import LINES, prices

Line = tuple[str, str, str, str, str, float]
"""(site, specialty, contract, line, period in which it falls due, NPV)"""


def travel_lines(plan: Plan, minutes: pd.DataFrame, annuity: dict[str, float]) -> Iterator[Line]:
    """Yield the journeys of patients to their first contact, and from there to where they are sent."""
    s = plan.scenario.settings
    per_minute = s.companions * s.patient_time_value / 60.0 + s.patient_minute_cost
    trips = plan.scenario.specialties.set_index("specialty_id")["trips_per_case"]
    contract = {(r.site_id, r.specialty_id, r.period_id): r.contract_id for r in rows_of(plan.openings)}
    table = journeys(plan)
    rows = minutes.index.get_indexer(pd.Index(table["territory_id"]))
    columns = minutes.columns.get_indexer(pd.Index(table["site_id"]))
    far = np.where((rows >= 0) & (columns >= 0), minutes.to_numpy(float)[rows, columns], np.nan)
    driven = 2.0 * table["specialty_id"].map(trips).to_numpy(float) * table["cases"].to_numpy(float)
    years = table["period_id"].map(annuity).to_numpy(float)
    npv = s.patient_time_weight * driven * far * per_minute * years
    places = zip(table["site_id"], table["specialty_id"], table["period_id"], strict=True)
    for (site, specialty, period), cost in zip(places, npv.tolist(), strict=True):
        yield site, specialty, contract.get((site, specialty, period), ""), "travel", period, cost


def unmet_lines(plan: Plan, annuity: dict[str, float]) -> Iterator[Line]:
    """Yield the cases sent away, at their stated cost."""
    if plan.unmet.empty:
        return
    cost = plan.scenario.specialties.set_index("specialty_id")["unmet_cost"].fillna(0.0)
    cases = plan.unmet.groupby(["specialty_id", "period_id"])["cases"].sum().reset_index()
    for specialty, period, total in cases.itertuples(index=False, name=None):
        yield "", str(specialty), "", "unmet", str(period), float(total * cost[specialty] * annuity[period])


def shortfall_lines(plan: Plan, phases: Phases, annuity: dict[str, float], least_cases: list[float]) -> Iterator[Line]:
    """Yield the shortfalls of elastic promises at the prices of the sheets; the amounts are checked elsewhere."""
    scenario = plan.scenario
    priced = prices(scenario, phases)
    for row in rows_of(plan.promises[~plan.promises["hard"].astype(bool)]):
        if row.kind != "volume":
            specialty = row.specialty_id if row.kind == "access" else ""
            yield "", specialty, "", LINES[row.kind], row.period_id, priced[row.promise_id] * row.shortfall
    sizes = {(row.specialty_id, row.size_id): row for row in rows_of(scenario.sizes)}
    for row, least in zip(rows_of(plan.openings), least_cases, strict=True):
        size = sizes[row.specialty_id, row.size_id]
        if not size.min_cases_hard and row.cases < least:
            npv = (least - row.cases) * size.min_cases_price * annuity[row.period_id]
            place = row.site_id, row.specialty_id, row.contract_id
            yield *place, "shortfall_volume", row.period_id, float(npv)


def summed(lines: Iterable[Line]) -> pd.Series:
    """Return the NPV of lines by site, specialty, contract, line and period."""
    key = ["site_id", "specialty_id", "contract_id", "line", "period_id"]
    return pd.Series(pd.DataFrame(lines, columns=[*key, "npv"]).groupby(key)["npv"].sum())
