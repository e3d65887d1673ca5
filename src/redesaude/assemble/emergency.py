"""Emergency stations: whom they reach in time, which journeys leave time enough, and what is promised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from redesaude.assemble.demand import people
from redesaude.assemble.phases import in_each_period
from redesaude.finance.discounting import Floats
from redesaude.finance.phases import Phases
from redesaude.inputs.areas import areas, in_area
from redesaude.inputs.scenario import Scenario, positions
from redesaude.inputs.tables import ALL
from redesaude.travel.matrix import Minutes, travel_minutes
from redesaude_models.problem import Demand, Flags, Ints, Journeys
from redesaude_models.resources import Emergency, EmergencyPromise

_KEY = ["promise", "specialty_id", "region_id"]


@dataclass(frozen=True)
class Pledge:
    """One promise spelled out: ``specialty`` is an id for a window and blank otherwise, ``period`` a position.

    ``amount`` is a share, or people for each ambulance; ``price`` is per year.
    """

    id: str
    kind: Any
    specialty: str
    region: str
    period: int
    amount: float
    hard: bool
    price: float


def pledges(scenario: Scenario) -> Iterator[Pledge]:
    """Yield the rows of ``emergency`` for each period, region and specialty; the last row about the same holds."""
    critical = time_critical(scenario)
    periods = scenario.periods["period_id"]
    found: dict[str, Pledge] = {}
    for t, row in in_each_period(scenario.emergency, _KEY, periods):
        amount = row.people_per_ambulance if row.promise == "ambulances" else row.share
        wanted = critical if row.specialty_id == ALL else [row.specialty_id]
        for specialty in wanted if row.promise == "window" else [""]:
            for region in areas(scenario.territories, row.region_id):
                name = "|".join((row.promise, specialty, region, periods.iloc[t]))
                price = 0.0 if row.hard else row.price
                found[name] = Pledge(name, row.promise, specialty, region, t, amount, row.hard, price)
    yield from found.values()


def time_critical(scenario: Scenario) -> list[str]:
    """Return the ids of the specialties with a window."""
    table = scenario.specialties
    return [str(s) for s in table.loc[table["window_minutes"].notna(), "specialty_id"]]


def journey_budget(scenario: Scenario) -> pd.Series:
    """Return the minutes that each specialty's window leaves for the journey, by specialty id; NaN without a window.

    The way to the patient is counted at the standard, which is what coverage promises.
    """
    s, table = scenario.settings, scenario.specialties.set_index("specialty_id")
    spent = s.call_minutes + s.emergency_minutes + s.scene_minutes + table["door_minutes"]
    return pd.Series(table["window_minutes"] - spent)


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
    """Return stations, reach and promises over the rows of ``demand`` and ``journeys``; costs become NPV."""
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
        promises=tuple(_Whom(scenario, demand, territory, inhabitants, timely).promise(p, phases) for p in promised),
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


@dataclass(frozen=True)
class _Whom:
    """Whom a promise may be about: the demand, the territories with people, all inhabitants, the timely rows."""

    scenario: Scenario
    demand: Demand
    territory: Ints
    inhabitants: Floats
    timely: Ints

    def promise(self, pledge: Pledge, phases: Phases) -> EmergencyPromise:
        """Return what ``pledge`` asks for, over the rows it counts; its price becomes NPV."""
        here = in_area(self.scenario.territories, pledge.region)
        total = float(self.inhabitants[here, pledge.period].sum())
        if pledge.kind == "ambulances":
            stands = positions(self.scenario.territories["territory_id"], self.scenario.stations["territory_id"])
            rows, due = np.flatnonzero(here[stands]), total / pledge.amount
        elif pledge.kind == "window":
            rows, due = self._cases(pledge, here)
        else:
            rows, due = np.flatnonzero(here[self.territory]), pledge.amount * total
        price = pledge.price * float(phases.annuities[pledge.period])
        return EmergencyPromise(pledge.id, pledge.kind, pledge.period, due, rows, bool(pledge.hard), price)

    def _cases(self, pledge: Pledge, here: Flags) -> tuple[Ints, float]:
        specialty = self.scenario.specialties["specialty_id"].to_list().index(pledge.specialty)
        mine = here[self.demand.territory] & (self.demand.specialty == specialty)
        rows = np.flatnonzero(mine[self.timely])
        return rows, pledge.amount * float(self.demand.cases[mine, pledge.period].sum())
