"""Emergency stations: whom they reach in time, and which journeys leave time enough."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.assemble.demand import people
from redesaude.finance.phases import Phases
from redesaude.inputs.scenario import Scenario, positions
from redesaude.promises.pledges import Pledge, journey_budget, pledges
from redesaude.travel.matrix import Minutes, travel_minutes
from redesaude_models.arrays import Flags, Ints
from redesaude_models.problem import Demand, Journeys
from redesaude_models.resources import Emergency


def station_minutes(scenario: Scenario) -> Minutes:
    """Return the minutes from each station to each territory, shape ``(territories, stations)``.

    Modelled as journeys to a site are; pairs of ``station_times`` stand as given.
    """
    names = {"station_id": "destination_id", "territory_id": "origin_id"}
    as_sites = scenario.replace(
        sites=scenario.stations.rename(columns={"station_id": "site_id"}),
        travel_times=scenario.station_times.rename(columns=names),
        settings=type(scenario.settings)(**{**vars(scenario.settings), "travel_times_complete": False}),
    )
    return travel_minutes(as_sites)


def reached(scenario: Scenario) -> Flags:
    """Return which territories each station reaches within the standard, shape ``(territories, stations)``."""
    return station_minutes(scenario) <= scenario.settings.emergency_minutes + 1e-9


def emergency_rows(scenario: Scenario, demand: Demand, journeys: Journeys, phases: Phases) -> Emergency:
    """Return stations and their reach over the rows of ``demand`` and ``journeys``; costs become NPV."""
    stations = scenario.stations
    if stations.empty:
        return Emergency()
    promised = list(pledges(scenario))
    inhabitants = np.array([people(scenario, t) for t in range(len(scenario.periods))], dtype=float).T
    territory = np.flatnonzero(inhabitants.sum(axis=1) > 0)
    place = np.full(len(inhabitants), -1, dtype=np.int64)
    place[territory] = np.arange(len(territory))
    timely = _timely(scenario, demand, promised, place)
    near = np.argwhere(reached(scenario)[territory].T)
    return Emergency(
        stations=tuple(stations["station_id"]),
        existing=(stations["status"] != "candidate").to_numpy(bool),
        kept=(stations["status"] == "kept").to_numpy(bool),
        least=stations["ambulances_min"].to_numpy(np.int64),
        most=stations["ambulances_max"].to_numpy(np.int64),
        works=np.outer(stations["capex"], phases.firsts),
        running=np.outer(stations["fixed_cost"], phases.annuities),
        ambulance=np.outer(stations["ambulance_cost"], phases.annuities),
        territory=territory,
        people=inhabitants[territory],
        reach=near,
        timely=timely,
        timely_place=place[demand.territory[timely]],
        in_window=_in_window(scenario, demand, journeys, timely),
    )


def _timely(scenario: Scenario, demand: Demand, promised: list[Pledge], place: Ints) -> Ints:
    """Rows of the demand that a window is promised for, where people live."""
    named = pd.Series(sorted({p.specialty for p in promised if p.kind == "window"}), dtype=object)
    about = np.isin(demand.specialty, positions(scenario.specialties["specialty_id"], named))
    return np.flatnonzero(about & (place[demand.territory] >= 0))


def _in_window(scenario: Scenario, demand: Demand, journeys: Journeys, timely: Ints) -> Ints:
    """Pairs (journey, row of ``timely``) within what the window leaves for the journey."""
    budget = journey_budget(scenario).to_numpy(float)[demand.specialty[journeys.demand]]
    row = np.full(len(demand.territory), -1, dtype=np.int64)
    row[timely] = np.arange(len(timely))
    fits = np.flatnonzero((row[journeys.demand] >= 0) & (journeys.minutes <= budget + 1e-9))
    return np.column_stack([fits, row[journeys.demand[fits]]])
