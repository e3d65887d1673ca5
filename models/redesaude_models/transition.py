r"""The transition: who is treated in services of today until those that are to take them open.

People whom a plan sends to a service that opens late wait until then. Of those who would wait in an interval :math:`m`
between two openings some are treated in rooms of today, of their specialty: those that a service which goes on has free
meanwhile, and those of a service which ends and runs on until it is replaced. With :math:`w_o` the share of the cases
of an option that waits, :math:`s_o` the share that it treats in today's rooms :math:`f_o`, and the first period's
:math:`v, z, y`:

.. math::
    W_{sm} &= W_{s,m+1} + \sum_{o \text{ opens at the end of } m} w_o v_o         & \text{late, cases a year}\\
    \sum_{r \in s} h_{rm} &\le W_{sm}                                             & \text{only who would wait}\\
    \sum_{r \in s} h_{rm} + U_s &\le M_s, \quad U_s = \sum_{o \in s} s_o v_o      & \text{only whom they can reach}\\
    h_{rm} \le F_{km} &= F_{k,m+1} + \sum_{o \in k} (f_o z_o - s_o v_o)           & \text{free in a service kept}\\
    h_{rm} &\le R_k (1 - y_k)                                                     & \text{of a service that ends}

The last sum is over the options that run as today until the end of :math:`m` and not beyond: they open then. Those no
larger than today are in the last interval's. A room
counts once: what the plan uses of it from the first day (:math:`s_o v_o`) is not there for others. The objective has
:math:`\sum_{rm} A_m c_r h_{rm}` with :math:`c_r < 0`, so for given services and cases the best :math:`h` fills the
cheapest rooms first (a knapsack of fractions): :func:`treated_meanwhile` is it, without a solver. As :math:`W_{sm}`
never rises with time and the order of rooms does not change, a room once left is not taken up again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from redesaude_models.arrays import Flags, Floats
from redesaude_models.keys import Keys, rows_by
from redesaude_models.places import Place, placed
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.rooms import Rooms

RoomKey = tuple[str, str, str, int]
"""specialty, site, whether the service is kept or ends, and the interval"""

#: what sums of cases may exceed their most by, as they are rounded
_ROUNDING = 1.0 + 1e-9


def add_transition(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add ``m.late`` and ``m.meanwhile`` with their rows. Needs ``m.z``, ``m.v`` and ``m.open``."""
    rooms, names = problem.rooms, problem.specialties.ids
    intervals = [(names[s], n) for n, s in enumerate(rooms.specialty.tolist())]
    most = _most_late(problem) if intervals else {}
    m.late = placed(
        pyo.Var(
            intervals,
            domain=pyo.NonNegativeReals,
            bounds=lambda _, specialty, __: (0.0, most[specialty]),
            doc="cases/year of services not open yet, who would wait",
        ),
        Place(0),
    )
    m.meanwhile = placed(
        pyo.Var(_room_keys(problem), domain=pyo.NonNegativeReals, doc="cases/year treated in a room of today"),
        Place(0),
    )
    _waiting(m, problem, keys)
    _rooms(m, problem, keys)


def _most_late(problem: PlanningProblem) -> dict[str, float]:
    """Return by specialty the most cases a year that can be late: a bound costs nothing and lets duals prove more."""
    options, services = problem.options, problem.services
    each = np.zeros(len(services.specialty))
    np.maximum.at(each, options.service, problem.rooms.waiting * options.capacity)
    most = np.bincount(services.specialty, each, minlength=len(problem.specialties.ids))
    return dict(zip(problem.specialties.ids, (most * _ROUNDING).tolist(), strict=True))


def _room_keys(problem: PlanningProblem) -> list[RoomKey]:
    """The index of ``m.meanwhile``: each room in the intervals of its specialty."""
    rooms = problem.rooms
    return [_key(problem, r, n) for r in range(len(rooms.of)) for n in _intervals(rooms, r)]


def _key(problem: PlanningProblem, room: int, interval: int) -> RoomKey:
    rooms = problem.rooms
    specialty, site = problem.specialties.ids[rooms.of[room]], problem.sites[rooms.site[room]]
    return specialty, site, "kept" if rooms.kept[room] else "ends", interval


def _intervals(rooms: Rooms, room: int) -> list[int]:
    return np.flatnonzero(rooms.specialty == rooms.of[room]).tolist()


def _waiting(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Who would wait in each interval, and that no others are treated meanwhile."""
    rooms, first = problem.rooms, keys.periods[0]
    specialty = _specialty_of_options(problem)
    opening = rows_by(rooms.late, len(rooms.specialty), rooms.late >= 0)
    in_rooms = rows_by(rooms.of, len(problem.specialties.ids))
    using = rows_by(specialty, len(problem.specialties.ids), rooms.used > 0) if len(rooms.of) else []
    m.late_cases = pyo.Constraint(pyo.Any, doc="cases of services not open yet")
    m.who_waits = pyo.Constraint(pyo.Any, doc="only who would wait is treated meanwhile")
    m.most_today = pyo.Constraint(pyo.Any, doc="no more than can be treated in services of today")
    limited = [s for s in sorted(set(rooms.specialty.tolist())) if np.isfinite(rooms.most[s])]
    m.today_used = placed(
        pyo.Var(
            [problem.specialties.ids[s] for s in limited],
            domain=pyo.NonNegativeReals,
            bounds=lambda _, specialty: (0.0, float(rooms.most[problem.specialties.ids.index(specialty)])),
            doc="cases/year that the plan itself treats in rooms of today",
        ),
        Place({problem.specialties.ids[s]: problem.specialties.ids[s] for s in limited}),
    )
    m.room_in_use = pyo.Constraint(pyo.Any, doc="what the plan uses of today's rooms from the first day")
    for s in limited:
        used = sum(float(rooms.used[o]) * m.v[(*keys.option[o], first)] for o in using[s])
        m.room_in_use[problem.specialties.ids[s]] = m.today_used[problem.specialties.ids[s]] - used == 0
    for n, s in enumerate(rooms.specialty.tolist()):
        name = problem.specialties.ids[s], n
        later = m.late[name[0], n + 1] if n + 1 < len(rooms.specialty) and rooms.specialty[n + 1] == s else 0
        added = sum(float(rooms.waiting[o]) * m.v[(*keys.option[o], first)] for o in opening[n])
        m.late_cases[name] = m.late[name] - later - added == 0
        treated = sum(m.meanwhile[_key(problem, r, n)] for r in in_rooms[s])
        m.who_waits[name] = treated - m.late[name] <= 0
        if np.isfinite(rooms.most[s]):
            m.most_today[name] = treated + m.today_used[name[0]] <= float(rooms.most[s])


def _rooms(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """What each room holds in each interval."""
    rooms, first = problem.rooms, keys.periods[0]
    of_service = rows_by(problem.options.service, len(keys.service))
    m.free = placed(
        pyo.Var(
            [_key(problem, r, n) for r in np.flatnonzero(rooms.kept).tolist() for n in _intervals(rooms, r)],
            domain=pyo.NonNegativeReals,
            doc="cases/year for which a service that is kept has room as it runs today",
        ),
        Place(0),
    )
    m.free_room = pyo.Constraint(pyo.Any, doc="what a service kept has free as long as it runs as today")
    m.room = pyo.Constraint(pyo.Any, doc="no more than the room of today that is free")
    for r, k in enumerate(rooms.service.tolist()):
        intervals = _intervals(rooms, r)
        for n in intervals:
            name = _key(problem, r, n)
            m.meanwhile[name].setub(float(rooms.size[r]))
            if rooms.kept[r]:
                m.free[name].setub(_ROUNDING * float(rooms.today[of_service[k]].max(initial=0.0)))
                later = n + 1 if n + 1 in intervals else None
                free = sum(
                    float(rooms.today[o]) * m.z[(*keys.option[o], first)]
                    - float(rooms.used[o]) * m.v[(*keys.option[o], first)]
                    for o in of_service[k]
                    if _runs_as_today(rooms, o, n) and (later is None or not _runs_as_today(rooms, o, later))
                )
                beyond = 0 if later is None else m.free[_key(problem, r, later)]
                m.free_room[name] = m.free[name] - beyond - free == 0
                m.room[name] = m.meanwhile[name] - m.free[name] <= 0
            elif k >= 0:
                m.room[name] = m.meanwhile[name] + float(rooms.size[r]) * m.open[(*keys.service[k], first)] <= float(
                    rooms.size[r]
                )


def _runs_as_today(rooms: Rooms, option: int, interval: int) -> bool:
    """Whether an option of a service of today has its rooms in an interval: not open yet, or no larger than today."""
    return bool(rooms.used[option] >= 1 or rooms.late[option] >= interval)


def _specialty_of_options(problem: PlanningProblem) -> np.ndarray:
    return np.asarray(problem.services.specialty[problem.options.service])


def transition_cost(m: pyo.ConcreteModel, problem: PlanningProblem) -> Any:
    """Return what being treated meanwhile costs more than waiting (NPV)."""
    rooms, worth, cost = problem.rooms, problem.rooms.worth.tolist(), problem.rooms.cost.tolist()
    return sum(
        worth[n] * cost[r] * m.meanwhile[_key(problem, r, n)]
        for r in range(len(rooms.of))
        for n in _intervals(rooms, r)
        if cost[r]
    )


def treated_meanwhile(problem: PlanningProblem, decisions: Decisions) -> Floats:
    """Return the cases a year treated in each room in each interval, ``(rooms, intervals)``: the best there is."""
    rooms = problem.rooms
    found = np.zeros((len(rooms.of), len(rooms.specialty)))
    if not found.size:
        return found
    opened, cases = decisions.options[:, 0], np.where(decisions.options[:, 0], decisions.cases[:, 0], 0.0)
    specialty = _specialty_of_options(problem)
    for n, s in enumerate(rooms.specialty.tolist()):
        own = specialty == s
        waiting = float(rooms.waiting[own & (rooms.late >= n)] @ cases[own & (rooms.late >= n)])
        left = min(waiting, float(rooms.most[s] - rooms.used[own] @ cases[own]))
        there = np.flatnonzero(rooms.of == s)
        for r in there[np.argsort(rooms.cost[there], kind="stable")].tolist():
            found[r, n] = max(0.0, min(left, _free(problem, opened, cases, r, n)))
            left -= found[r, n]
    return found


def _free(problem: PlanningProblem, opened: Flags, cases: Floats, room: int, interval: int) -> float:
    """The cases a year for which a room is free in an interval."""
    rooms, service = problem.rooms, int(problem.rooms.service[room])
    at = np.flatnonzero(opened & (problem.options.service == service))
    if not rooms.kept[room]:
        return 0.0 if len(at) else float(rooms.size[room])
    free = [rooms.today[o] - rooms.used[o] * cases[o] for o in at.tolist() if _runs_as_today(rooms, o, interval)]
    return min(float(rooms.size[room]), float(sum(free)))
