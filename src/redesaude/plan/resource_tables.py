"""The tables of hubs, people and stations of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypedDict

import numpy as np
import pandas as pd

from redesaude.assemble import Assembled
from redesaude.assemble.emergency import journey_budget, pledges, time_critical
from redesaude.assemble.loads import ceilings
from redesaude.assemble.workforce import roles
from redesaude.inputs.areas import in_area
from redesaude.inputs.tables import ALL
from redesaude.plan.plan import EMERGENCY, LOADS, STATIONS, WORKFORCE
from redesaude.plan.referral import transfers_into
from redesaude.plan.resources import available, coming, coverage, need, starts
from redesaude_models.problem import Decisions, Floats
from redesaude_models.resources import Response


class ResourceTables(TypedDict):
    """The tables of this page by their name in a plan."""

    loads: pd.DataFrame
    workforce: pd.DataFrame
    stations: pd.DataFrame
    emergency: pd.DataFrame


def resource_tables(assembled: Assembled, decisions: Decisions) -> ResourceTables:
    """Return the tables of this page by their name in a plan."""
    return {
        "loads": load_table(assembled, decisions),
        "workforce": workforce_table(assembled, decisions),
        "stations": station_table(assembled, decisions),
        "emergency": emergency_table(assembled, decisions),
    }


def load_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return what each load ceiling lets through (columns :data:`LOADS`), cases per year."""
    problem, services = assembled.problem, assembled.services
    treated = problem.demand.cases[problem.journeys.demand] * decisions.shares
    received, _ = transfers_into(problem, decisions)
    rows = []
    for n, (row, ceiling) in enumerate(zip(ceilings(assembled.scenario), problem.loads, strict=True)):
        here = (services["site_id"] == row.site) & (
            (services["specialty_id"] == row.specialty) | (row.specialty == ALL)
        )
        mine = here.to_numpy(bool)
        every = float(treated[mine[problem.journeys.service], row.period].sum() + received[mine, row.period].sum())
        cases = coming(problem, decisions, n)
        over = max(0.0, cases - ceiling.limit)
        met = over <= 1e-6 * max(ceiling.limit, 1.0)
        place = (row.site, row.specialty, row.area, problem.periods[row.period])
        rows.append((*place, ceiling.limit, cases, every, row.today, over, row.hard, met, ceiling.price * over))
    return pd.DataFrame(rows, columns=list(LOADS)).sort_values(list(LOADS[:4]), ignore_index=True)


def workforce_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return who is needed and who is there, by role and area (columns :data:`WORKFORCE`)."""
    problem, hires = assembled.problem, decisions.hires
    needed, there = need(problem, decisions), available(problem, decisions)
    rows = [
        (
            *(role.role, role.area, problem.periods[t]),
            *(needed[r, t], problem.workforce.stock[r, t], hires.trained[r, t], hires.recruited[r, t], there[r, t]),
            max(0.0, needed[r, t] - there[r, t]),
            bool(needed[r, t] > 0 and needed[r, t] >= there[r, t] - 1e-6 * max(there[r, t], 1.0)),
        )
        for r, role in enumerate(roles(assembled.scenario))
        for t in sorted(role.rows)
    ]
    return pd.DataFrame(rows, columns=list(WORKFORCE)).sort_values(list(WORKFORCE[:3]), ignore_index=True)


def station_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return the stations that are open (columns :data:`STATIONS`)."""
    problem, response, e = assembled.problem, decisions.response, assembled.problem.emergency
    if not e.stations:
        return pd.DataFrame(columns=list(STATIONS))
    near = np.zeros((len(e.stations), len(problem.periods)))
    np.add.at(near, e.reach[:, 0], e.people[e.reach[:, 1]])
    npv = e.works * starts(problem, decisions) + e.running * response.open + e.ambulance * response.ambulances
    where = assembled.scenario.stations["territory_id"].to_list()
    rows = [
        (
            *(e.stations[k], where[k], problem.periods[t], "existing" if e.existing[k] else "new"),
            *(response.ambulances[k, t], near[k, t], npv[k, t]),
        )
        for k, t in np.argwhere(response.open).tolist()
    ]
    return pd.DataFrame(rows, columns=list(STATIONS)).sort_values(list(STATIONS[:3]), ignore_index=True)


def emergency_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return what the stations achieve for the whole area and each region (columns :data:`EMERGENCY`)."""
    scenario, problem = assembled.scenario, assembled.problem
    if not problem.emergency.stations:
        return pd.DataFrame(columns=list(EMERGENCY))
    asked = {(p.kind, p.specialty, p.region, p.period): p.amount for p in pledges(scenario)}
    once, twice = coverage(problem, decisions)
    rows = []
    for t, period in enumerate(problem.periods):
        achieved = _Achieved(once[:, t], twice[:, t], _timely_cases(assembled, decisions, once[:, t], t))
        for region in (ALL, *sorted(set(scenario.territories["region_id"]))):
            for measure, specialty, total, found in _measures(assembled, decisions.response, achieved, (region, t)):
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
    assembled: Assembled, response: Response, achieved: _Achieved, where: tuple[str, int]
) -> Iterator[tuple[str, str, float, float]]:
    """Yield (measure, specialty, of how many, how many) in a region and period."""
    problem, e, t = assembled.problem, assembled.problem.emergency, where[1]
    here = in_area(assembled.scenario.territories, where[0])
    people = np.where(here[e.territory], e.people[:, t], 0.0)
    yield "cover", "", float(people.sum()), float(people @ achieved.once)
    yield "double_cover", "", float(people.sum()), float(people @ achieved.twice)
    stands = assembled.scenario.stations["territory_id"].isin(assembled.scenario.territories["territory_id"][here])
    yield "ambulances", "", float(people.sum()), float(response.ambulances[stands.to_numpy(bool), t].sum())
    for specialty in time_critical(assembled.scenario):
        mine = problem.demand.specialty == problem.specialties.ids.index(specialty)
        mine &= here[problem.demand.territory]
        yield "window", specialty, float(problem.demand.cases[mine, t].sum()), float(achieved.timely[mine].sum())


def _timely_cases(assembled: Assembled, decisions: Decisions, once: Floats, t: int) -> Floats:
    """Cases/year of each demand treated in their window, whether promised or not; ``once`` is by place."""
    problem, journeys = assembled.problem, assembled.problem.journeys
    budget = journey_budget(assembled.scenario).to_numpy(float)[problem.demand.specialty[journeys.demand]]
    soon = np.where(journeys.minutes <= budget + 1e-9, decisions.shares[:, t], 0.0)
    covered = np.zeros(len(problem.territories))
    covered[problem.emergency.territory] = once
    share = np.bincount(journeys.demand, soon, minlength=len(problem.demand.territory))
    return np.asarray(problem.demand.cases[:, t] * np.minimum(share, covered[problem.demand.territory]))
