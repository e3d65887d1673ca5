"""What people and stations of a plan cost year by year, from its tables and the prices of the scenario."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from redesaude.finance.phases import Phases
from redesaude.inputs.scenario import rows_of
from redesaude.plan.plan import Plan
from redesaude.promises.workforce import roles
from redesaude_models.arrays import Floats


def resource_flows(plan: Plan, phases: Phases) -> Iterator[tuple[str, Floats]]:
    """Yield (cost line, currency in each year of the horizon, not discounted); lines may come in several parts."""
    yield from _hiring(plan, phases)
    yield from station_flows(plan, phases)


def _hiring(plan: Plan, phases: Phases) -> Iterator[tuple[str, Floats]]:
    place = {period: t for t, period in enumerate(plan.scenario.periods["period_id"])}
    stated = {(role.role, role.area): role.rows for role in roles(plan.scenario)}
    for row in rows_of(plan.workforce):
        t = place[row.period_id]
        price = stated[row.role_id, row.region_id][t]
        yield "training", price.training_cost * row.trained * phases.once[t]
        yield "recruitment", price.recruitment_cost * row.recruited * phases.onward[t]


def station_flows(plan: Plan, phases: Phases, station: str = "") -> Iterator[tuple[str, Floats]]:
    """Yield the flows of one station, or of all, as :func:`resource_flows` does; unknown stations have no price."""
    periods = plan.scenario.periods["period_id"].to_list()
    mine = plan.stations[(plan.stations["station_id"] == station) | (station == "")]
    opened = set(zip(mine["station_id"], mine["period_id"], strict=True))
    stated = {row.station_id: row for row in rows_of(plan.scenario.stations)}
    for row in rows_of(mine[mine["station_id"].isin(list(stated))]):
        t, price = periods.index(row.period_id), stated[row.station_id]
        before = (row.station_id, periods[t - 1]) in opened if t else price.status != "candidate"
        yield "station_works", price.capex * (not before) * phases.once[t]
        yield "station_running", price.fixed_cost * phases.yearly[t]
        yield "ambulances", price.ambulance_cost * float(np.round(row.ambulances)) * phases.yearly[t]
