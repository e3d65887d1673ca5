"""The tables of emergency stations of a plan, and of what they achieve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from redesaude.columns import EMERGENCY, STATIONS
from redesaude.inputs.areas import in_area
from redesaude.inputs.tables import ALL
from redesaude.promises.kind import Put
from redesaude.promises.pledges import journey_budget, pledges, time_critical
from redesaude_models.arrays import Floats
from redesaude_models.emergency import coverage, starts
from redesaude_models.problem import Decisions
from redesaude_models.resources import Response


def station_table(put: Put, decisions: Decisions) -> pd.DataFrame:
    """Return the stations that are open (columns :data:`STATIONS`)."""
    problem, response, e = put.problem, decisions.response, put.problem.emergency
    if not e.stations:
        return pd.DataFrame(columns=list(STATIONS))
    near = np.zeros((len(e.stations), len(problem.periods)))
    np.add.at(near, e.reach[:, 0], e.people[e.reach[:, 1]])
    npv = e.works * starts(problem, decisions) + e.running * response.open + e.ambulance * response.ambulances
    where = put.scenario.stations["territory_id"].to_list()
    rows = [
        (
            *(e.stations[k], where[k], problem.periods[t], "existing" if e.existing[k] else "new"),
            *(response.ambulances[k, t], near[k, t], npv[k, t]),
        )
        for k, t in np.argwhere(response.open).tolist()
    ]
    return pd.DataFrame(rows, columns=list(STATIONS)).sort_values(list(STATIONS[:3]), ignore_index=True)


def emergency_table(put: Put, decisions: Decisions) -> pd.DataFrame:
    """Return what the stations achieve for the whole area and each region (columns :data:`EMERGENCY`)."""
    scenario, problem = put.scenario, put.problem
    if not problem.emergency.stations:
        return pd.DataFrame(columns=list(EMERGENCY))
    asked = {(p.kind, p.specialty, p.region, p.period): p.amount for p in pledges(scenario)}
    once, twice = coverage(problem, decisions)
    rows = []
    for t, period in enumerate(problem.periods):
        achieved = _Achieved(once[:, t], twice[:, t], _timely_cases(put, decisions, once[:, t], t))
        for region in (ALL, *sorted(set(scenario.territories["region_id"]))):
            for measure, specialty, total, found in _measures(put, decisions.response, achieved, (region, t)):
                amount = asked.get((measure, specialty, region, t), np.nan)
                of_people = measure == "ambulances"
                target = total / amount if of_people else amount
                share = found / total if total and not of_people else np.nan
                reached = found if of_people else share
                met = "" if np.isnan(target) or np.isnan(reached) else ("yes" if reached >= target - 1e-6 else "no")
                rows.append((measure, specialty, region, period, total, found, share, target, met))
    return pd.DataFrame(rows, columns=list(EMERGENCY)).sort_values(list(EMERGENCY[:4]), ignore_index=True)


class _Achieved(NamedTuple):
    """In one period: places reached, reached by a second ambulance (0 or 1), cases/year treated in their window."""

    once: Floats
    twice: Floats
    timely: Floats


def _measures(
    put: Put, response: Response, achieved: _Achieved, where: tuple[str, int]
) -> Iterator[tuple[str, str, float, float]]:
    """Yield (measure, specialty, of how many, how many) in a region and period."""
    problem, e, t = put.problem, put.problem.emergency, where[1]
    here = in_area(put.scenario.territories, where[0])
    people = np.where(here[e.territory], e.people[:, t], 0.0)
    yield "cover", "", float(people.sum()), float(people @ achieved.once)
    yield "double_cover", "", float(people.sum()), float(people @ achieved.twice)
    stands = put.scenario.stations["territory_id"].isin(put.scenario.territories["territory_id"][here])
    yield "ambulances", "", float(people.sum()), float(response.ambulances[stands.to_numpy(bool), t].sum())
    for specialty in time_critical(put.scenario):
        mine = problem.demand.specialty == problem.specialties.ids.index(specialty)
        mine &= here[problem.demand.territory]
        yield "window", specialty, float(problem.demand.cases[mine, t].sum()), float(achieved.timely[mine].sum())


def _timely_cases(put: Put, decisions: Decisions, once: Floats, t: int) -> Floats:
    """Cases/year of each demand treated in their window, whether promised or not; ``once`` is by place."""
    problem, journeys = put.problem, put.problem.journeys
    budget = journey_budget(put.scenario).to_numpy(float)[problem.demand.specialty[journeys.demand]]
    soon = np.where(journeys.minutes <= budget + 1e-9, decisions.shares[:, t], 0.0)
    covered = np.zeros(len(problem.territories))
    covered[problem.emergency.territory] = once
    share = np.bincount(journeys.demand, soon, minlength=len(problem.demand.territory))
    return np.asarray(problem.demand.cases[:, t] * np.minimum(share, covered[problem.demand.territory]))
