r"""The transition: who is treated in services of today until those that are to take them open.

People whom a plan sends to a service that opens late wait until then. Of those who would wait in an interval :math:`m`
between two openings some are treated in rooms of today, of their specialty: those that a service which goes on has free
meanwhile, and those of a service which ends and runs on until it is replaced. With :math:`w_a` the share of the cases
:math:`v_a` of an arrival that waits (the option of the first period, or a step while its works last, begun in period
:math:`q_a`), :math:`s_o` the share of its cases that an option treats in today's rooms :math:`f_{op}`, in the period
:math:`p` of the interval:

.. math::
    W_{qm} &= W_{q,m+1} + \sum_{a \text{ opens at the end of } m, q_a = q} w_a v_a & \text{late, cases a year}\\
    \sum_{r \in s, l_r \le l} h_{rlm} &\le \sum_{q \le l} W_{qm}                   & \text{only who would wait}\\
    \sum_{r \in s, l} h_{rlm} + U_{sp} &\le M_{sp}                                 & \text{only whom they can reach}\\
    U_{sp} &= \sum_{o \in s} s_o v_{op}                                            & \text{used by the plan itself}\\
    h_{rm} \le F_{km} &= F_{k,m+1} + \sum_{a \in k} (f_{ap} z_a - s_a v_a)         & \text{free in a service kept}\\
    h_{rlm} &\le R_{kp} (y_{k,l-1} - y_{k,l'})                                     & \text{of a service that ends}

The last sum is over the arrivals at which today's service runs as it is until the end of :math:`m` and not
beyond: they open then. Options no larger than today are in the last interval's of each period. A room counts once: what
the plan itself uses of it (:math:`s_o v_o`) is not there for others.

A service that ends runs on for those alone who wait for services begun no later: it is replaced by these, and not kept
for what is decided long after. So rooms of services that end have a *level* :math:`l`, the periods :math:`l` to
:math:`l'` in which they may have ended: between two of the periods in which arrivals of the interval have begun. Rooms
of services that are kept are of the last level, for everybody.

The objective has :math:`\sum_{rlm} A_m c_{rp} h_{rlm}` with :math:`c_{rp} < 0`, so for given services and cases the
best :math:`h` fills the cheapest rooms first (levels are nested, so what is taken first is never missed later):
:func:`treated_meanwhile` is it, without a solver.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo

from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.keys import Keys, rows_by
from redesaude_models.phasing import held_waits, steps_taken, wait_keys, works_held
from redesaude_models.places import Place, placed
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.rooms import Rooms

RoomKey = tuple[str, str, str, int, int]
"""specialty, site, whether the service is kept or ends, the interval, and the level"""
LateKey = tuple[str, int, int]
"""specialty, the interval, and the period begun"""

#: what sums of cases may exceed their most by, as they are rounded
_ROUNDING = 1.0 + 1e-9


@dataclass(frozen=True)
class Use:
    """That a ``room`` may be used in an ``interval``, by those of a ``level``: the place of its first period there."""

    room: int
    interval: int
    level: int


def block(rooms: Rooms, interval: int) -> tuple[int, int]:
    """Return the first of the intervals of the same specialty and period, and the one after the last."""
    same = (rooms.specialty == rooms.specialty[interval]) & (rooms.period == rooms.period[interval])
    there = np.flatnonzero(same)
    return int(there[0]), int(there[-1]) + 1


def not_open_yet(rooms: Rooms, interval: int) -> Flags:
    """Return which arrivals are of the specialty and period of an interval and not open in it."""
    return np.asarray((rooms.late >= interval) & (rooms.late < block(rooms, interval)[1]))


def levels(rooms: Rooms, interval: int) -> list[int]:
    """Return the periods in which those have begun who would wait in an interval: the first of each level."""
    return sorted(set(rooms.begun[not_open_yet(rooms, interval)].tolist()))


def _every_level(rooms: Rooms) -> list[list[int]]:
    return [levels(rooms, n) for n in range(len(rooms.specialty))]


def _uses(rooms: Rooms) -> list[Use]:
    """Every use that may be made of a room."""
    each, found = _every_level(rooms), []
    for r, specialty in enumerate(rooms.of.tolist()):
        for n in np.flatnonzero(rooms.specialty == specialty).tolist():
            if rooms.size[r, rooms.period[n]] > 0 and each[n]:
                whole = range(len(each[n])) if rooms.service[r] >= 0 else range(int(each[n][0] == 0))
                found += [Use(r, n, level) for level in (whole if not rooms.kept[r] else [len(each[n]) - 1])]
    return found


def add_transition(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add ``m.late`` and ``m.meanwhile`` with their rows. Needs ``m.z``, ``m.v``, ``m.open``, ``m.waiting``."""
    rooms = problem.rooms
    uses = _uses(rooms)
    most = _most_late(problem) if uses else {}
    m.late = placed(
        pyo.Var(
            [_late_key(problem, n, q) for n, begun in enumerate(_every_level(rooms)) for q in begun],
            domain=pyo.NonNegativeReals,
            bounds=lambda _, specialty, *__: (0.0, most[specialty]),
            doc="cases/year of services not open yet, who would wait",
        ),
        Place(0),
    )
    m.meanwhile = placed(
        pyo.Var(
            [_key(problem, use) for use in uses],
            domain=pyo.NonNegativeReals,
            doc="cases/year treated in a room of today",
        ),
        Place(0),
    )
    arrived = _arrivals(m, problem, keys)
    _late(m, problem, arrived)
    _who_waits(m, problem, uses)
    _today_used(m, problem, keys)
    _most_today(m, problem, uses)
    _free(m, problem, keys, arrived)
    _rooms(m, problem, keys, uses)


def _most_late(problem: PlanningProblem) -> dict[str, float]:
    """Return by specialty the most cases a year that can be late: a bound costs nothing and lets duals prove more."""
    rooms, services = problem.rooms, problem.services
    each = np.zeros(len(services.specialty))
    capacity = problem.options.capacity[rooms.option]
    np.maximum.at(each, problem.options.service[rooms.option], rooms.waiting * capacity)
    most = np.bincount(services.specialty, each, minlength=len(problem.specialties.ids))
    return dict(zip(problem.specialties.ids, (most * _ROUNDING).tolist(), strict=True))


def _late_key(problem: PlanningProblem, interval: int, begun: int) -> LateKey:
    return problem.specialties.ids[problem.rooms.specialty[interval]], interval, begun


def _key(problem: PlanningProblem, use: Use) -> RoomKey:
    rooms, r = problem.rooms, use.room
    specialty, site = problem.specialties.ids[rooms.of[r]], problem.sites[rooms.site[r]]
    return specialty, site, "kept" if rooms.kept[r] else "ends", use.interval, use.level


Arrived = list[tuple[Any, Any]]
"""of each arrival, whether it is (a variable or sum), and its cases a year"""


def _arrivals(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Arrived:
    rooms, names = problem.rooms, wait_keys(problem, keys)
    held = works_held(m, problem, keys) if (rooms.wait >= 0).any() else []
    found: Arrived = []
    for o, w in zip(rooms.option.tolist(), rooms.wait.tolist(), strict=True):
        first = (*keys.option[o], keys.periods[0])
        found.append((m.z[first], m.v[first]) if w < 0 else (held[w], m.waiting[names[w]]))
    return found


def _late(m: pyo.ConcreteModel, problem: PlanningProblem, arrived: Arrived) -> None:
    """Who would wait in each interval."""
    rooms, each = problem.rooms, _every_level(problem.rooms)
    opening = rows_by(rooms.late, len(rooms.specialty))
    m.late_cases = pyo.Constraint(pyo.Any, doc="cases of services not open yet")
    for n, begun in enumerate(each):
        later = each[n + 1] if n + 1 < block(rooms, n)[1] else []
        for q in begun:
            name = _late_key(problem, n, q)
            beyond = m.late[_late_key(problem, n + 1, q)] if q in later else 0
            added = sum(float(rooms.waiting[a]) * arrived[a][1] for a in opening[n] if rooms.begun[a] == q)
            m.late_cases[name] = m.late[name] - beyond - added == 0


def _who_waits(m: pyo.ConcreteModel, problem: PlanningProblem, uses: list[Use]) -> None:
    """No others are treated meanwhile than those who would wait, of services begun before the room's ended."""
    rooms = problem.rooms
    m.who_waits = pyo.Constraint(pyo.Any, doc="only who would wait is treated meanwhile")
    in_interval: dict[int, list[Use]] = {}
    for use in uses:
        in_interval.setdefault(use.interval, []).append(use)
    for n, there in in_interval.items():
        begun = levels(rooms, n)
        for level in sorted({use.level for use in there}):
            treated = sum(m.meanwhile[_key(problem, use)] for use in there if use.level <= level)
            late = sum(m.late[_late_key(problem, n, q)] for q in begun[: level + 1])
            m.who_waits[_late_key(problem, n, begun[level])] = treated - late <= 0


def _today_used(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """What the plan itself uses of today's rooms."""
    rooms, names = problem.rooms, problem.specialties.ids
    specialty = problem.services.specialty[problem.options.service]
    using = rows_by(specialty, len(names), rooms.used > 0) if len(rooms.of) else []
    pairs = sorted(set(zip(rooms.specialty.tolist(), rooms.period.tolist(), strict=True)))
    limited = {(names[s], keys.periods[t]): (s, t) for s, t in pairs if np.isfinite(rooms.most[s, t])}
    m.today_used = placed(
        pyo.Var(
            list(limited),
            domain=pyo.NonNegativeReals,
            bounds=lambda _, *name: (0.0, float(rooms.most[limited[name]])),
            doc="cases/year that the plan itself treats in rooms of today",
        ),
        Place(0),
    )
    m.room_in_use = pyo.Constraint(pyo.Any, doc="what the plan itself uses of today's rooms")
    for name, (s, t) in limited.items():
        used = sum(float(rooms.used[o]) * m.v[(*keys.option[o], keys.periods[t])] for o in using[s])
        m.room_in_use[name] = m.today_used[name] - used == 0


def _most_today(m: pyo.ConcreteModel, problem: PlanningProblem, uses: list[Use]) -> None:
    rooms = problem.rooms
    m.most_today = pyo.Constraint(pyo.Any, doc="no more than can be treated in services of today")
    for n in sorted({use.interval for use in uses}):
        s, t = int(rooms.specialty[n]), int(rooms.period[n])
        if np.isfinite(rooms.most[s, t]):
            name = problem.specialties.ids[s]
            treated = sum(m.meanwhile[_key(problem, use)] for use in uses if use.interval == n)
            used = m.today_used[name, problem.periods[t]]
            m.most_today[name, n] = treated + used <= float(rooms.most[s, t])


def _free_keys(problem: PlanningProblem) -> dict[tuple[str, str, int], tuple[int, int]]:
    """The index of ``m.free``: rooms of services that are kept, in the intervals of their specialty."""
    rooms = problem.rooms
    return {
        (problem.specialties.ids[rooms.of[r]], problem.sites[rooms.site[r]], n): (r, n)
        for r in np.flatnonzero(rooms.kept).tolist()
        for n in np.flatnonzero(rooms.specialty == rooms.of[r]).tolist()
        if rooms.size[r, rooms.period[n]] > 0
    }


def _free(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys, arrived: Arrived) -> None:
    """What each service that is kept has free in each interval."""
    rooms, of_service = problem.rooms, rows_by(problem.options.service, len(keys.service))
    names, today = _free_keys(problem), problem.rooms.today
    m.free = placed(
        pyo.Var(
            list(names),
            domain=pyo.NonNegativeReals,
            doc="cases/year for which a service that is kept has room as it runs today",
        ),
        Place(0),
    )
    m.free_room = pyo.Constraint(pyo.Any, doc="what a service kept has free as long as it runs as today")
    opening = rows_by(problem.options.service[rooms.option], len(keys.service), rooms.as_today)
    for name, (r, n) in names.items():
        k, t, last = int(rooms.service[r]), int(rooms.period[n]), n + 1 == block(rooms, n)[1]
        period = keys.periods[t]
        m.free[name].setub(_ROUNDING * float(today[of_service[k], t].max(initial=0.0)))
        free = 0 if last else m.free[(*name[:2], n + 1)]
        for o in of_service[k] if last else ():
            if rooms.used[o] >= 1:
                key = (*keys.option[o], period)
                free += float(today[o, t]) * m.z[key] - float(rooms.used[o]) * m.v[key]
        for a in opening[k]:
            if rooms.late[a] == n:
                o, (there, cases) = rooms.option[a], arrived[a]
                free += float(today[o, t]) * there - float(rooms.used[o]) * cases
        m.free_room[name] = m.free[name] - free == 0


def _rooms(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys, uses: list[Use]) -> None:
    """What each room holds in each interval."""
    rooms, each = problem.rooms, _every_level(problem.rooms)
    m.room = pyo.Constraint(pyo.Any, doc="no more than the room of today that is free")
    for use in uses:
        name, size = _key(problem, use), float(rooms.size[use.room, rooms.period[use.interval]])
        m.meanwhile[name].setub(size)
        if rooms.kept[use.room]:
            m.room[name] = m.meanwhile[name] - m.free[name[0], name[1], use.interval] <= 0
        elif rooms.service[use.room] >= 0:
            begun = [*each[use.interval], int(rooms.period[use.interval]) + 1]
            first, last = begun[use.level], begun[use.level + 1] - 1  # the periods in which it may have ended
            service = keys.service[rooms.service[use.room]]
            before = m.open[(*service, keys.periods[first - 1])] if first else 1
            m.room[name] = m.meanwhile[name] - size * (before - m.open[(*service, keys.periods[last])]) <= 0


def transition_cost(m: pyo.ConcreteModel, problem: PlanningProblem) -> Any:
    """Return what being treated meanwhile costs more than waiting (NPV)."""
    rooms, worth, cost = problem.rooms, problem.rooms.worth.tolist(), problem.rooms.cost.tolist()
    period = rooms.period.tolist()
    return sum(
        worth[use.interval] * cost[use.room][period[use.interval]] * m.meanwhile[_key(problem, use)]
        for use in _uses(rooms)
        if cost[use.room][period[use.interval]]
    )


def treated_meanwhile(problem: PlanningProblem, decisions: Decisions) -> Floats:
    """Return the cases a year treated in each room in each interval, ``(rooms, intervals)``: the best there is."""
    rooms = problem.rooms
    found = np.zeros((len(rooms.of), len(rooms.specialty)))
    if not found.size:
        return found
    there, cases = _arrived(problem, decisions)
    specialty = problem.services.specialty[problem.options.service]
    for n, (s, t) in enumerate(zip(rooms.specialty.tolist(), rooms.period.tolist(), strict=True)):
        late, begun = there & not_open_yet(rooms, n), levels(rooms, n)
        waiting = rooms.waiting * np.where(late, cases, 0.0)
        left = np.array([waiting[rooms.begun <= q].sum() for q in begun])
        own = specialty == s
        top = float(rooms.most[s, t] - rooms.used[own] @ np.where(decisions.options, decisions.cases, 0.0)[own, t])
        in_turn = np.flatnonzero(rooms.of == s)
        for r in in_turn[np.argsort(rooms.cost[in_turn, t], kind="stable")].tolist():
            level, free = _open_room(problem, decisions, (late, cases), r, t)
            first = sum(q <= level for q in begun) - 1
            if first < 0:
                continue
            found[r, n] = max(0.0, min(free, top, *left[first:].tolist()))
            left[first:] -= found[r, n]
            top -= found[r, n]
    return found


def _arrived(problem: PlanningProblem, decisions: Decisions) -> tuple[Flags, Floats]:
    """Which arrivals a plan has, and their cases a year."""
    rooms = problem.rooms
    first = rooms.wait < 0
    there = decisions.options[rooms.option, 0] & first
    held = held_waits(problem, decisions, steps_taken(problem, decisions.options))
    there[~first] = held[rooms.wait[~first]]
    period = rooms.period[rooms.late]
    return there, np.where(there, decisions.cases[rooms.option, period], 0.0)


def _open_room(
    problem: PlanningProblem, decisions: Decisions, arrived: tuple[Flags, Floats], room: int, period: int
) -> tuple[int, float]:
    """The period in which those treated in a room have begun at the latest, and the cases a year for which it is free.

    Of a service that ends it is the period in which it does, -1 where it goes on; of one that is kept, any.
    """
    rooms, service, size = problem.rooms, int(problem.rooms.service[room]), float(problem.rooms.size[room, period])
    if not rooms.kept[room]:
        open_then = decisions.open[service, : period + 1] if service >= 0 else np.zeros(1, dtype=bool)
        return (-1 if open_then.all() else int(np.argmin(open_then))), size
    here = np.flatnonzero(problem.options.service == service)
    as_today = here[decisions.options[here, period] & (rooms.used[here] >= 1)]
    late, cases = arrived
    its = np.flatnonzero(late & rooms.as_today & (problem.options.service[rooms.option] == service))
    options: Ints = np.concatenate([as_today, rooms.option[its]])
    treated = np.concatenate([decisions.cases[as_today, period], cases[its]])
    return period, min(size, float((rooms.today[options, period] - rooms.used[options] * treated).sum()))
