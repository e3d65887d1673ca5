r"""Phasing: what may happen from one planning period to the next.

A service is closed, or open as one option (size and contract). From one period to the next it may take one *step*
:math:`a`: start, be enlarged, be converted to another contract, or close. For each service this is a flow from period
to period through its states, which keeps the model tight. With :math:`a^+_o` the steps into option :math:`o` and
:math:`a^-_o` those out of it, for every period but the first:

.. math::
    z_{op} &= z_{o,p-1} + \sum_{s \in a^+_o} a_{sp} - \sum_{s \in a^-_o} a_{sp} & \text{follows}\\
    \sum_{s \in a^-_o} a_{sp} + \sum_{\text{in works}} a_{sq} &\le z_{o,p-1}    & \text{leave, works done first}\\
    \sum_{\text{starts } s} a_{sp} &\le 1 - y_{js,p-1}                          & \text{start, if closed before}\\
    \sum_{s \text{ with works}} a_{sp} &\le n_p                                 & \text{most works begun}\\
    y_{Bp} &\le y_{A,p-k}                                                       & \text{B not before A}\\
    b_{cgp} - b_{cg,p-1} \le g_{cgp} &\le \min(b_{cgp}, 1 - b_{cg,p-1})         & \text{signed}\\
    b_{cgp} &\le \sum_{o \text{ under } c \text{ in } g} z_{op}                 & \text{in use, before the last period}

The choice of the first period counts as a step with its works. Given integer :math:`z` the steps are integer by
themselves, so they are continuous. While the works of a step are not done its cases cost otherwise (some wait, some
are treated as before), so the cases :math:`v^w` assigned meanwhile are told apart from those of services that are open
(where an option may be left before they cost the same, :math:`a` is less its lapses until then, :mod:`.lapses`):

.. math::
    v^w_{sp} &\le K_o a_{sq} & 0 \le v_{op} - \sum v^w_{sp} &\le K_o (z_{op} - \sum_{\text{in works}} a_{sq})
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pyomo.environ as pyo

from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.contracts import hosting_of_options
from redesaude_models.keys import Key, Keys, over_periods, rows_by
from redesaude_models.lapses import add_lapses, lapse_keys, lapse_rows, lapses_taken, left_until, step_key, taken
from redesaude_models.places import EVERYWHERE, Place, Time, placed
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.relations import relation


def add_phasing(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add steps, waiting, signatures, and what is decided already. Needs ``m.z``, ``m.open``, ``m.v`` and ``m.b``."""
    later = keys.periods[1:]
    m.step = placed(
        pyo.Var(over_periods(keys.step, later), bounds=(0, 1), doc="step taken by a service, 0/1"),
        Place(1, 0, time=Time.CHANGES),
    )
    m.waiting = placed(
        pyo.Var(wait_keys(problem, keys), domain=pyo.NonNegativeReals, doc="cases/year before works are done"),
        Place(1, 0),
    )
    m.signed = placed(
        pyo.Var(over_periods(keys.letting, later), bounds=(0, 1), doc="contract let for lot in the period, 0/1"),
        EVERYWHERE,
    )
    for s, t in zip(*np.nonzero(~problem.steps.allowed), strict=True):
        if t > 0:
            m.step[(*keys.step[s], keys.periods[t])].fix(0)
    _steps(m, problem, keys)
    add_lapses(m, problem, keys)
    _waiting(m, problem, keys)
    _signed(m, problem, keys)
    _starts(m, problem, keys)
    _precedence(m, problem, keys)
    _decided(m, problem, keys)


def wait_keys(problem: PlanningProblem, keys: Keys) -> list[Key]:
    """Return of each wait the step (blank before it for the choice of the first period), its period, and the period."""
    waits = problem.waits
    rows = zip(waits.option.tolist(), waits.step.tolist(), waits.begun.tolist(), waits.period.tolist(), strict=True)
    return [(*step_key(keys, o, s), keys.periods[q], keys.periods[t]) for o, s, q, t in rows]


def _in_works(problem: PlanningProblem, period: int) -> dict[int, list[tuple[int, int]]]:
    """For each option the (step, period begun) into it that may still be in works when ``period`` begins."""
    steps = problem.steps
    found: dict[int, list[tuple[int, int]]] = {}
    for o in np.flatnonzero(steps.first_settled > period).tolist():
        found.setdefault(o, []).append((-1, 0))
    begun, step = np.nonzero(period < steps.settled.T)
    for q, s in zip(begun.tolist(), step.tolist(), strict=True):
        if 0 < q < period and steps.target[s] >= 0:
            found.setdefault(int(steps.target[s]), []).append((s, q))
    return found


def _steps(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    steps = problem.steps
    into, out = (rows_by(ends, len(keys.option), ends >= 0) for ends in (steps.target, steps.source))
    starts = rows_by(steps.service, len(keys.service), steps.source < 0)
    in_works = [_in_works(problem, t) for t in range(len(keys.periods))]
    m.follows = pyo.Constraint(pyo.Any, doc="an option open follows from the period before and the steps taken")
    m.leave = pyo.Constraint(pyo.Any, doc="only an option open, its works done, is left")
    m.start = pyo.Constraint(pyo.Any, doc="only a service closed before is started")
    for t, (before, p) in enumerate(pairwise(keys.periods), start=1):
        for o, option in enumerate(keys.option):
            came = sum(m.step[(*keys.step[s], p)] for s in into[o])
            left = sum(m.step[(*keys.step[s], p)] for s in out[o])
            m.follows[(*option, p)] = m.z[(*option, p)] - m.z[(*option, before)] - came + left == 0
            if out[o]:
                held = sum(taken(m, keys, o, s, q) for s, q in in_works[t].get(o, []))
                m.leave[(*option, p)] = left + held - m.z[(*option, before)] <= 0
        for k, service in enumerate(keys.service):
            if starts[k]:
                begun = sum(m.step[(*keys.step[s], p)] for s in starts[k])
                m.start[(*service, p)] = begun + m.open[(*service, before)] <= 1


def _waiting(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    waits, capacity = problem.waits, problem.options.capacity.tolist()
    m.waits = pyo.Constraint(pyo.Any, doc="cases wait only for works of their own service")
    m.open_cases = pyo.Constraint(pyo.Any, doc="the other cases are those of a service whose works are done")
    together: dict[tuple[int, int], list[int]] = {}
    names, there = wait_keys(problem, keys), works_held(m, problem, keys)
    for n, (o, t) in enumerate(zip(waits.option.tolist(), waits.period.tolist(), strict=True)):
        together.setdefault((o, t), []).append(n)
        m.waits[names[n]] = m.waiting[names[n]] - capacity[o] * there[n] <= 0
    for (o, t), rows in together.items():
        key = (*keys.option[o], keys.periods[t])
        rest = m.v[key] - sum(m.waiting[names[n]] for n in rows)
        m.open_cases[(*key, "some")] = rest >= 0
        m.open_cases[(*key, "most")] = rest - capacity[o] * (m.z[key] - sum(there[n] for n in rows)) <= 0


def works_held(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> list[Any]:
    """Return of each wait whether its step was taken and the option is not left again (0/1)."""
    waits, lapses = problem.waits, left_until(problem, lapse_keys(problem, keys))
    ways = zip(waits.option.tolist(), waits.step.tolist(), waits.begun.tolist(), strict=True)
    return [
        taken(m, keys, *way) - sum(m.lapse[name] for left, name in lapses.get(way, ()) if left <= t)
        for way, t in zip(ways, waits.period.tolist(), strict=True)
    ]


def _signed(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    m.signing = pyo.Constraint(pyo.Any, doc="a contract is signed in the period in which it is first let, or let again")
    for letting in keys.letting:
        for before, p in pairwise(keys.periods):
            signed, now, then = m.signed[(*letting, p)], m.b[(*letting, p)], m.b[(*letting, before)]
            m.signing[(*letting, p, "let")] = signed - now + then >= 0
            m.signing[(*letting, p, "runs")] = signed - now <= 0
            m.signing[(*letting, p, "new")] = signed + then <= 1
    m.in_use = pyo.Constraint(pyo.Any, doc="a contract goes on to a later period only where something runs under it")
    under = rows_by(problem.hosting.let[hosting_of_options(problem)], len(keys.letting))
    for letting, options in zip(keys.letting, under, strict=True):
        for p in keys.periods[:-1]:
            m.in_use[(*letting, p)] = m.b[(*letting, p)] - sum(m.z[(*keys.option[o], p)] for o in options) <= 0


def _starts(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    works = np.flatnonzero(problem.steps.works).tolist()
    m.max_starts = placed(pyo.Constraint(pyo.Any, doc="most works begun in a period"), Place(time=Time.ONCE))
    for t, most in enumerate(problem.max_starts.tolist()):
        if most < 0:
            continue
        p = keys.periods[t]
        if t == 0:
            begun = sum(m.z[(*keys.option[o], p)] for o in np.flatnonzero(problem.options.works).tolist())
        else:
            begun = sum(m.step[(*keys.step[s], p)] for s in works)
        m.max_starts[p] = relation(begun <= most)


def _precedence(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    m.precedence = pyo.Constraint(pyo.Any, doc="a service is open only once another has been open")
    for n, (service, needed, lag) in enumerate(problem.precedence.tolist()):
        for t, p in enumerate(keys.periods):
            known = needed >= 0 and t >= lag
            other = m.open[(*keys.service[needed], keys.periods[t - lag])] if known else 0
            m.precedence[n, p] = m.open[(*keys.service[service], p)] - other <= 0


def _decided(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    if problem.decided is None:
        return
    for flags, var, rows, value in (
        (problem.decided.open, m.open, keys.service, 1),
        (problem.decided.barred, m.z, keys.option, 0),
    ):
        for row, t in zip(*np.nonzero(flags), strict=True):
            var[(*rows[row], keys.periods[t])].fix(value)


def phasing_cost(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
    """Return the cost of steps, of waiting for their works and of lapses, and of contracts signed later (NPV)."""
    later = list(enumerate(keys.periods))[1:]
    cost, signing = problem.steps.cost.tolist(), problem.lettings.signing.tolist()  # no rows where left out
    waits = zip(wait_keys(problem, keys), problem.waits.case_cost.tolist(), strict=True)
    return (
        sum(cost[s][t] * m.step[(*key, p)] for s, key in enumerate(keys.step) for t, p in later if cost[s][t])
        + sum(npv * m.waiting[key] for key, npv in waits)
        + sum(
            npv * m.lapse[key] for key, npv in zip(lapse_keys(problem, keys), problem.lapses.cost.tolist(), strict=True)
        )
        + sum(npv[t] * m.signed[(*key, p)] for npv, key in zip(signing, keys.letting, strict=False) for t, p in later)
    )


def steps_taken(problem: PlanningProblem, options: Flags) -> Flags:
    """Return which steps the open ``options`` (options, periods) take in each period, ``(steps, periods)``."""
    steps = problem.steps
    taken = np.zeros((len(steps.service), len(problem.periods)), dtype=bool)
    for t in range(1, len(problem.periods)):
        opened = np.zeros((2, len(problem.services.site)), dtype=bool)
        for now, column in zip(opened, (t - 1, t), strict=True):
            now[problem.options.service[options[:, column]]] = True
        before, after = (
            np.where(ends >= 0, options[ends, column], ~now[steps.service])
            for ends, column, now in ((steps.source, t - 1, opened[0]), (steps.target, t, opened[1]))
        )
        taken[:, t] = before & after
    return taken


def waiting_cases(problem: PlanningProblem, decisions: Decisions, taken: Flags) -> Floats:
    """Return the yearly cases of each wait, ``(waits,)``: those of an option reached by its step, until it is left."""
    waits = problem.waits
    return np.asarray(decisions.cases[waits.option, waits.period] * held_waits(problem, decisions, taken))


def held_waits(problem: PlanningProblem, decisions: Decisions, taken: Flags) -> Flags:
    """Return for each wait whether its option was reached by its step and not left again, ``(waits,)``."""
    waits, lapses = problem.waits, problem.lapses
    reached = decisions.options[waits.option, 0]
    later = waits.step >= 0
    reached[later] = taken[waits.step[later], waits.begun[later]]
    made = lapses_taken(problem, decisions.options, taken).tolist()
    gone = {(o, s, q): t for (o, s, q, t), left in zip(lapse_rows(lapses), made, strict=True) if left}
    ways = zip(waits.option.tolist(), waits.step.tolist(), waits.begun.tolist(), strict=True)
    ends = np.array([gone.get(way, len(problem.periods)) for way in ways], dtype=np.int64)
    return np.asarray(reached & (waits.period < ends))


def signatures(lettings: Flags) -> Flags:
    """Return in which periods after the first each contract is signed, ``(rows, periods)``."""
    signed: Flags = np.zeros_like(lettings)
    signed[:, 1:] = lettings[:, 1:] & ~lettings[:, :-1]
    return signed


def settled_periods(done: Floats, begins: Ints) -> Ints:
    """Return the first period that begins once works are ``done`` (years from the first); their count if none does."""
    return np.searchsorted(begins, np.round(done, 9), side="left").astype(np.int64)
