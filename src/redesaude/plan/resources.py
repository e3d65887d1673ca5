"""What a plan asks of hubs, people and stations: what is truly used and missing, its cost lines, its promises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from redesaude.assemble import Assembled
from redesaude.assemble.emergency import pledges
from redesaude.assemble.loads import ceilings
from redesaude.assemble.workforce import roles
from redesaude.finance.phases import Phases
from redesaude_models.problem import Decisions, Floats, PlanningProblem
from redesaude_models.resources import EmergencyPromise

#: kind of promise -> cost line of its shortfall; every other kind is money
SHORTFALL_LINES = {
    "access": "shortfall_access",
    "volume": "shortfall_volume",
    "load": "shortfall_load",
    "workforce": "shortfall_workforce",
    "cover": "shortfall_emergency",
    "double_cover": "shortfall_emergency",
    "ambulances": "shortfall_emergency",
    "window": "shortfall_emergency",
}

Line = tuple[str, str, str, str, str, float]
PromiseRow = tuple[object, ...]


def tidy_resources(problem: PlanningProblem, decisions: Decisions) -> Decisions:
    """Return ``decisions`` with ambulances at open stations only, and with what is truly missing at ceilings, of people
    and of the promises about stations.
    """
    hires, response = decisions.hires, decisions.response
    hires = replace(hires, trained=_clean(hires.trained), recruited=_clean(hires.recruited))
    response = replace(response, ambulances=np.where(response.open, response.ambulances, 0.0))
    clean = replace(decisions, hires=hires, response=response)
    lacking = np.maximum(need(problem, clean) - available(problem, clean), 0.0)
    short = np.where(problem.workforce.hard, 0.0, lacking)
    missing = [0.0 if p.hard else max(0.0, p.due - kept(problem, clean, p)) for p in problem.emergency.promises]
    excess = [0.0 if c.hard else max(0.0, coming(problem, clean, n) - c.limit) for n, c in enumerate(problem.loads)]
    return replace(
        clean,
        hires=replace(hires, short=short),
        response=replace(response, short=np.array(missing, dtype=float)),
        load_excess=np.array(excess, dtype=float),
    )


def _clean(amount: Floats) -> Floats:
    return np.where(amount > 1e-9, amount, 0.0)


def coming(problem: PlanningProblem, decisions: Decisions, ceiling: int) -> float:
    """Return the cases/year that come to a hub from outside its area."""
    row = problem.loads[ceiling]
    cases = problem.demand.cases[problem.journeys.demand[row.journeys], row.period]
    sent = decisions.referral.sent[row.transfers, row.period].sum() if len(row.transfers) else 0.0
    return float(cases @ decisions.shares[row.journeys, row.period] + sent)


def need(problem: PlanningProblem, decisions: Decisions) -> Floats:
    """Return the full-time people needed by role and area, shape ``(rows, periods)``."""
    return np.asarray(problem.workforce.fixed @ decisions.options + problem.workforce.per_case @ decisions.cases)


def available(problem: PlanningProblem, decisions: Decisions) -> Floats:
    """Return the full-time people there, with those trained and recruited so far, shape ``(rows, periods)``."""
    added = decisions.hires.trained + decisions.hires.recruited
    return np.asarray(problem.workforce.stock + np.cumsum(added, axis=1))


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


def kept(problem: PlanningProblem, decisions: Decisions, promise: EmergencyPromise) -> float:
    """Return what the plan achieves of a promise, in its unit."""
    e, t, rows = problem.emergency, promise.period, promise.rows
    if promise.kind == "ambulances":
        return float(decisions.response.ambulances[rows, t].sum())
    if promise.kind == "window":
        return float(problem.demand.cases[e.timely[rows], t] @ in_window(problem, decisions)[rows, t])
    once, twice = coverage(problem, decisions)
    return float(e.people[rows, t] @ (once if promise.kind == "cover" else twice)[rows, t])


def starts(problem: PlanningProblem, decisions: Decisions) -> Floats:
    """Return 1 where a station opens that was not open before, shape ``(stations, periods)``."""
    opened = decisions.response.open
    before = np.column_stack([problem.emergency.existing, opened[:, :-1]])[:, : opened.shape[1]]
    return np.asarray(opened & ~before, dtype=float)


def resource_lines(assembled: Assembled, decisions: Decisions) -> Iterator[Line]:
    """Yield the cost lines of people and stations, and of the shortfalls of their promises, a row for each period."""
    problem, hires = assembled.problem, decisions.hires
    people, e = problem.workforce, problem.emergency
    priced: dict[str, tuple[Floats, Floats]] = {
        "training": (people.training_cost, hires.trained),
        "recruitment": (people.recruitment_cost, hires.recruited),
        "shortfall_workforce": (people.price, hires.short),
        "station_works": (e.works, starts(problem, decisions)),
        "station_running": (e.running, decisions.response.open.astype(float)),
        "ambulances": (e.ambulance, decisions.response.ambulances),
    }
    amounts = {line: price * amount for line, (price, amount) in priced.items() if price.size}
    amounts |= {
        "shortfall_load": _by_period(problem, [(c.period, c.price) for c in problem.loads], decisions.load_excess),
        "shortfall_emergency": _by_period(problem, [(p.period, p.price) for p in e.promises], decisions.response.short),
    }
    for line, npv in amounts.items():
        total = npv.sum(axis=0)
        due = total @ _onward(assembled.phases) if line == "recruitment" else total
        for period, of_period in zip(problem.periods, due.tolist(), strict=True):
            yield "", "", "", line, period, of_period


def _onward(phases: Phases) -> Floats:
    """Return which part of a yearly payment that begins in a period (rows) and lasts falls due in each."""
    lasting = np.triu(np.tile(phases.annuities, (len(phases), 1)))
    return np.asarray(lasting / lasting.sum(axis=1, keepdims=True))


def _by_period(problem: PlanningProblem, promises: Sequence[tuple[int, float]], missing: Floats) -> Floats:
    """Cost of what is missing of each promise (its period and price), shape ``(promises, periods)``."""
    npv = np.zeros((len(promises), len(problem.periods)))
    for n, ((period, price), short) in enumerate(zip(promises, missing.tolist(), strict=True)):
        npv[n, period] = price * short
    return npv


def resource_promises(assembled: Assembled, decisions: Decisions) -> Iterator[PromiseRow]:
    """Yield the promises about loads, people and stations as rows of the table of promises."""
    yield from _load_rows(assembled, decisions)
    yield from _workforce_rows(assembled, decisions)
    yield from _emergency_rows(assembled, decisions)


def _load_rows(assembled: Assembled, decisions: Decisions) -> Iterator[PromiseRow]:
    problem = assembled.problem
    for n, (row, ceiling) in enumerate(zip(ceilings(assembled.scenario), problem.loads, strict=True)):
        cases = coming(problem, decisions, n)
        over = max(0.0, cases - ceiling.limit)
        met, npv = over <= 1e-6 * max(ceiling.limit, 1.0), ceiling.price * over
        period = problem.periods[row.period]
        yield row.id, "load", row.specialty, "", period, ceiling.limit, cases, over, ceiling.hard, met, npv


def _workforce_rows(assembled: Assembled, decisions: Decisions) -> Iterator[PromiseRow]:
    problem = assembled.problem
    people = problem.workforce
    needed, there = need(problem, decisions), available(problem, decisions)
    for r, role in enumerate(roles(assembled.scenario)):
        for t in sorted(role.rows):
            short, hard = max(0.0, needed[r, t] - there[r, t]), bool(people.hard[r, t])
            met, npv = short <= 1e-6 * max(there[r, t], 1.0), 0.0 if hard else people.price[r, t] * short
            name, period = role.promise(problem.periods[t]), problem.periods[t]
            yield name, "workforce", "", role.area, period, there[r, t], needed[r, t], short, hard, met, npv


def _emergency_rows(assembled: Assembled, decisions: Decisions) -> Iterator[PromiseRow]:
    problem = assembled.problem
    stated = pledges(assembled.scenario) if problem.emergency.stations else ()
    for row, promise in zip(stated, problem.emergency.promises, strict=True):
        achieved = kept(problem, decisions, promise)
        short = max(0.0, promise.due - achieved)
        met, npv = short <= 1e-6 * max(promise.due, 1.0), promise.price * short
        period = problem.periods[row.period]
        figures = (promise.due, achieved, short, promise.hard, met, npv)
        yield row.id, row.kind, row.specialty, row.region, period, *figures
