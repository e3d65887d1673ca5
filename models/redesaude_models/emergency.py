r"""Emergency: stations and ambulances outside the hospitals, and their link to time-critical centres.

.. math::
    n^{\min}_k e_{kp} &\le n_{kp} \le n^{\max}_k e_{kp}              & \text{ambulances of an open station}\\
    e_{kp} - e_{k,p-1} \le s_{kp} &\le \min(e_{kp}, 1 - e_{k,p-1})   & \text{a station opens, } e_{k,-1} \text{ today}\\
    c_{ip} &\le \sum_{k \text{ within the standard}} e_{kp}          & \text{people reached}\\
    c_{ip} + c'_{ip} &\le \sum_{k \text{ within the standard}} n_{kp}, \quad c' \le c  & \text{reached by a second}\\
    y_{isp} &\le c_{ip}, \quad y_{isp} \le \sum_{j \text{ in time}} x_{ijsp} & \text{share treated in the window}\\
    \sum \pi_{ip} c_{ip} + \sigma &\ge \Pi                           & \text{promises, likewise for } c', n, d\,y

Double coverage counts ambulances, as the double standard model does (Gendreau, Laporte and Semet 1997): a second one is
near when the first is out. A case is within its window when its place is reached within the standard and its
journey fits in what call, way to the scene, scene and door leave of the window. The product of coverage and share needs
one continuous variable for each demand, because coverage is all or nothing: :math:`y = \min(c, \sum x)`.

What is whole: stations :math:`e` are binary, ambulances :math:`n` integer, and :math:`c'` binary, because with one
ambulance :math:`c = c' = 1/2` would keep every row. The other yes-or-no is whole by itself once these are: nothing but
the rows above bounds :math:`c` from above, and at :math:`c' = 0` they ask :math:`c \le \min(1, \sum e, \sum n)`, at
:math:`c' = 1` there are two ambulances or more; so :math:`c` may be raised to 0 or 1 without breaking a row, and no row
or cost is worse for it. The bounds of :math:`s` meet wherever :math:`e` is whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyomo.environ as pyo

from redesaude_models.arrays import Floats
from redesaude_models.keys import Key, Keys, over_periods, rows_by
from redesaude_models.parts import Rows
from redesaude_models.places import EVERYWHERE, Place, placed
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.promise import Counts, Promise
from redesaude_models.resources import Response


@dataclass(frozen=True)
class EmergencyPromise(Promise):
    """At least ``amount``, summed over ``rows``.

    ``cover`` and ``double_cover`` count people (rows of :attr:`~redesaude_models.resources.Emergency.territory`),
    ``ambulances`` ambulances (rows are stations), ``window`` cases/year (rows of
    :attr:`~redesaude_models.resources.Emergency.timely`).
    """

    kind: Literal["cover", "double_cover", "ambulances", "window"]
    amount: float
    rows: Rows

    component, shortfall, least = "emergency", "short_emergency", True
    docs = "people covered, ambulances on duty, cases treated in the window", "short of the promise, in its unit"
    counts = Counts.STATIONS

    def due(self, _: PlanningProblem) -> float:
        """Return what is promised: people, ambulances or cases/year."""
        return self.amount

    def expression(self, m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
        """Return the people reached, the ambulances on duty or the cases/year treated in their window."""
        e, t, p = problem.emergency, self.period, keys.periods[self.period]
        rows = self.rows.tolist()
        if self.kind == "ambulances":
            return sum(m.ambulances[e.stations[k], p] for k in rows)
        if self.kind == "window":
            demands = e.timely[self.rows].tolist()
            return sum(float(problem.demand.cases[d, t]) * m.timely[(*keys.demand[d], p)] for d in demands)
        share, people = (m.covered if self.kind == "cover" else m.covered_twice), e.people[:, t].tolist()
        return sum(people[i] * share[problem.territories[e.territory[i]], p] for i in rows)

    def achieved(self, problem: PlanningProblem, decisions: Decisions) -> float:
        """Return what the decisions achieve, in the unit of the promise."""
        e, t, rows = problem.emergency, self.period, self.rows
        if self.kind == "ambulances":
            return float(decisions.response.ambulances[rows, t].sum())
        if self.kind == "window":
            return float(problem.demand.cases[e.timely[rows], t] @ in_window(problem, decisions)[rows, t])
        once, twice = coverage(problem, decisions)
        return float(e.people[rows, t] @ (once if self.kind == "cover" else twice)[rows, t])


def coverage(problem: PlanningProblem, decisions: Decisions) -> tuple[Floats, Floats]:
    """Return whether each place is reached, and by a second ambulance, 0 or 1, shape ``(places, periods)``."""
    e, response = problem.emergency, decisions.response
    shape = len(e.territory), len(problem.periods)
    stations, ambulances = np.zeros(shape), np.zeros(shape)
    np.add.at(stations, e.reach[:, 1], response.open[e.reach[:, 0]].astype(float))
    np.add.at(ambulances, e.reach[:, 1], response.ambulances[e.reach[:, 0]])
    return (stations > 0).astype(float), (ambulances > 1.5).astype(float)


def in_window(problem: PlanningProblem, decisions: Decisions) -> Floats:
    """Return the share of each timely demand treated in its window, shape ``(rows of timely, periods)``."""
    e = problem.emergency
    near = np.zeros((len(e.timely), len(problem.periods)))
    np.add.at(near, e.in_window[:, 1], decisions.shares[e.in_window[:, 0]])
    return np.asarray(np.minimum(near, coverage(problem, decisions)[0][e.timely_place]))


def starts(problem: PlanningProblem, decisions: Decisions) -> Floats:
    """Return 1 where a station opens that was not open before, shape ``(stations, periods)``."""
    opened = decisions.response.open
    before = np.column_stack([problem.emergency.existing, opened[:, :-1]])[:, : opened.shape[1]]
    return np.asarray(opened & ~before, dtype=float)


def add_emergency(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add stations, ambulances, and coverage. Needs ``m.x``."""
    _ = problem.emergency.people  # whom promises count: where nothing is promised it changes no plan
    _variables(m, problem, keys)
    _stations(m, problem, keys)
    _coverage(m, problem, keys)
    _windows(m, problem, keys)


def _variables(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    e = problem.emergency
    stations, places = over_periods(_stations_of(problem), keys.periods), over_periods(_places(problem), keys.periods)
    most = dict(zip(_stations_of(problem), e.most.tolist(), strict=True))
    m.station = placed(pyo.Var(stations, domain=pyo.Binary, doc="station open, 0/1"), EVERYWHERE)
    m.station_start = placed(pyo.Var(stations, bounds=(0, 1), doc="station opens in the period, 0-1"), EVERYWHERE)
    m.ambulances = placed(
        pyo.Var(
            stations, domain=pyo.NonNegativeIntegers, bounds=lambda _, k, p: (0, most[(k,)]), doc="ambulances on duty"
        ),
        EVERYWHERE,
    )
    m.covered = placed(pyo.Var(places, bounds=(0, 1), doc="people reached within the standard, 0-1"), EVERYWHERE)
    m.covered_twice = placed(
        pyo.Var(places, domain=pyo.Binary, doc="people reached by a second ambulance, 0/1"), EVERYWHERE
    )
    m.timely = placed(
        pyo.Var(
            over_periods([keys.demand[d] for d in e.timely.tolist()], keys.periods),
            bounds=(0, 1),
            doc="share of cases treated within the window, 0-1",
        ),
        Place(1, demand=True),
    )


def _stations(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    e = problem.emergency
    m.least_ambulances = pyo.Constraint(pyo.Any, doc="fewest ambulances of an open station")
    m.most_ambulances = pyo.Constraint(pyo.Any, doc="most ambulances of a station, none if it is closed")
    m.station_opens = pyo.Constraint(pyo.Any, doc="a station that was not open before is opened")
    for k, (name,) in enumerate(_stations_of(problem)):
        before: Any = int(e.existing[k])
        for p in keys.periods:
            now = m.station[name, p]
            m.least_ambulances[name, p] = m.ambulances[name, p] - int(e.least[k]) * now >= 0
            m.most_ambulances[name, p] = m.ambulances[name, p] - int(e.most[k]) * now <= 0
            starts = m.station_start[name, p]
            m.station_opens[name, p, "opens"] = starts - now + before >= 0
            m.station_opens[name, p, "runs"] = starts - now <= 0
            m.station_opens[name, p, "new"] = starts + before <= 1
            before = now
            if e.kept[k]:
                now.fix(1)


def _coverage(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    e = problem.emergency
    near = rows_by(e.reach[:, 1], len(e.territory))
    station = e.reach[:, 0].tolist()
    m.reached = pyo.Constraint(pyo.Any, doc="people are reached by an open station within the standard")
    m.reached_twice = pyo.Constraint(pyo.Any, doc="a second ambulance within the standard")
    m.twice_after_once = pyo.Constraint(pyo.Any, doc="reached by a second only if by a first")
    for i, (name,) in enumerate(_places(problem)):
        ids = [e.stations[station[n]] for n in near[i]]
        for p in keys.periods:
            once, twice = m.covered[name, p], m.covered_twice[name, p]
            m.reached[name, p] = once - sum(m.station[k, p] for k in ids) <= 0
            m.reached_twice[name, p] = once + twice - sum(m.ambulances[k, p] for k in ids) <= 0
            m.twice_after_once[name, p] = twice - once <= 0


def _windows(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    e = problem.emergency
    journeys = rows_by(e.in_window[:, 1], len(e.timely))
    journey, place = e.in_window[:, 0].tolist(), e.timely_place.tolist()
    m.timely_reached = pyo.Constraint(pyo.Any, doc="in the window only if reached within the standard")
    m.timely_treated = pyo.Constraint(pyo.Any, doc="in the window only if treated where the journey is short enough")
    for n, d in enumerate(e.timely.tolist()):
        for p in keys.periods:
            key = (*keys.demand[d], p)
            treated = sum(m.x[(*keys.journey[journey[a]], p)] for a in journeys[n])
            m.timely_reached[key] = m.timely[key] - m.covered[(*_places(problem)[place[n]], p)] <= 0
            m.timely_treated[key] = m.timely[key] - treated <= 0


def emergency_cost(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
    """Return the cost of stations and ambulances (NPV)."""
    e = problem.emergency
    works, running, ambulance = e.works.tolist(), e.running.tolist(), e.ambulance.tolist()
    return sum(
        works[k][t] * m.station_start[name, p]
        + running[k][t] * m.station[name, p]
        + ambulance[k][t] * m.ambulances[name, p]
        for k, name in enumerate(e.stations)
        for t, p in enumerate(keys.periods)
    )


def read_response(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Response:
    """Return the stations and ambulances of the model."""
    stations = over_periods(_stations_of(problem), keys.periods)

    def grid(var: pyo.Var) -> Floats:
        values = np.array([var[row].value or 0.0 for row in stations], dtype=float)
        return values.reshape(len(problem.emergency.stations), len(keys.periods))

    return Response(grid(m.station) > 0.5, np.round(grid(m.ambulances)))


def _stations_of(problem: PlanningProblem) -> list[Key]:
    return [(name,) for name in problem.emergency.stations]


def _places(problem: PlanningProblem) -> list[Key]:
    return [(problem.territories[i],) for i in problem.emergency.territory.tolist()]
