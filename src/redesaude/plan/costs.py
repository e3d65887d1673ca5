"""The cost lines of a plan: the optimiser's own coefficients, multiplied by the decisions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from redesaude.assemble import Assembled
from redesaude.lines import Kind, declared, line_of
from redesaude.plan.plan import COSTS
from redesaude.plan.referral import hubs_at_work, referral_lines, tidy_referral
from redesaude.promises import KINDS, settled, tidied
from redesaude_models.contracts import hosting_of_options
from redesaude_models.lapses import lapses_taken
from redesaude_models.phasing import signatures, steps_taken, waiting_cases
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.tiers import transfers_into
from redesaude_models.transition import treated_meanwhile

Row = tuple[str, str, str, str, str, float]


def cost_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return the cost lines (columns :data:`COSTS`, NPV) of ``decisions``; their sum is the objective."""
    rows = [
        *_service_lines(assembled, decisions),
        *_travel_lines(assembled, decisions),
        *_site_lines(assembled, decisions),
        *_closing_lines(assembled, decisions),
        *_unmet_lines(assembled, decisions),
        *_meanwhile_lines(assembled, decisions),
        *(line for kind in KINDS for line in kind.lines(assembled, decisions)),
        *referral_lines(assembled, decisions),
    ]
    table = pd.DataFrame(rows, columns=list(COSTS))
    declared(table["line"].unique())
    table = table[table["npv"].abs() > 1e-9]
    summed = table.groupby(list(COSTS[:-1]), as_index=False).agg(npv=("npv", "sum"))
    return pd.DataFrame(summed).sort_values(list(COSTS[:-1]), ignore_index=True)


def service_npv(assembled: Assembled, decisions: Decisions) -> np.ndarray:
    """Return the net present cost of each service by the period in which it falls due, ``(services, periods)``."""
    found = np.zeros(decisions.open.shape)
    for amounts in service_amounts(assembled, decisions).values():
        np.add.at(found, assembled.problem.options.service, amounts)
    return found


def service_amounts(assembled: Assembled, decisions: Decisions) -> dict[str, np.ndarray]:
    """Return NPV by line of each option as used, ``(options, periods)`` by the period in which it falls due.

    An option chosen in the first period is priced to the end, one reached later from its step to the end; in every
    later period what an open option costs is taken off and added again while it is open. Lapses tell what leaving an
    option changes of that.
    """
    problem, priced = assembled.problem, assembled.options
    taken = steps_taken(problem, decisions.options)
    waits, waiting = problem.waits, waiting_cases(problem, decisions, taken)
    opens = assembled.steps.target >= 0
    left = np.flatnonzero(lapses_taken(problem, decisions.options, taken))
    found = {}
    for line, running in priced.running.fixed.items():
        amounts = decisions.options * running
        amounts += decisions.options[:, :1] * (priced.prices.fixed[line] - running)
        amounts += decisions.cases * priced.running.per_case[line]
        amounts[:, 0] += decisions.cases[:, 0] * (priced.prices.per_case[line] - priced.running.per_case[line])[:, 0]
        for q, prices in enumerate(assembled.steps.prices):
            if prices is None:
                continue
            steps = np.flatnonzero(taken[:, q] & opens)
            target = assembled.steps.target[steps]
            gap = prices.fixed[line][steps] - running[target] * (np.arange(running.shape[1]) >= q)
            np.add.at(amounts, target, gap)
        np.add.at(amounts, (waits.option, waits.period), waiting * _wait_gap(assembled, line))
        np.add.at(amounts, problem.lapses.option[left], assembled.lapses.change[line][left])
        found[line] = amounts
    return found


def _wait_gap(assembled: Assembled, line: str) -> np.ndarray:
    """What a case of each wait costs more than one of the open service, on one line."""
    waits, priced = assembled.problem.waits, assembled.options
    gap = priced.prices.per_case[line][waits.option, waits.period]
    for q, prices in enumerate(assembled.steps.prices):
        mine = waits.begun == q
        if prices is not None:
            gap[mine] = prices.per_case[line][waits.step[mine], waits.period[mine]]
    return np.asarray(gap - priced.running.per_case[line][waits.option, waits.period])


def _service_lines(assembled: Assembled, decisions: Decisions) -> Iterator[Row]:
    table, periods = assembled.options.table, assembled.problem.periods
    for line, amounts in service_amounts(assembled, decisions).items():
        for o, t in zip(*np.nonzero(amounts), strict=True):
            yield *_place(table, o), line, periods[t], float(amounts[o, t])


def _travel_lines(assembled: Assembled, decisions: Decisions) -> Iterator[Row]:
    problem, services = assembled.problem, assembled.services
    journeys = problem.journeys
    npv = journeys.cost * problem.demand.cases[journeys.demand] * decisions.shares
    _, by_service = transfers_into(problem, decisions)
    np.add.at(by_service, journeys.service, npv)
    contract = _contract_of_service(assembled, decisions)
    for k, t in zip(*np.nonzero(by_service), strict=True):
        place = services["site_id"][k], services["specialty_id"][k], contract[k, t]
        yield *place, "travel", problem.periods[t], float(by_service[k, t])


def _contract_of_service(assembled: Assembled, decisions: Decisions) -> dict[tuple[int, int], str]:
    """(service row, period) -> contract under which it is open."""
    service, contract = (assembled.options.table[name].to_numpy() for name in ("service", "contract_id"))
    return {(int(service[o]), int(t)): contract[o] for o, t in zip(*np.nonzero(decisions.options), strict=True)}


def _site_lines(assembled: Assembled, decisions: Decisions) -> Iterator[Row]:
    """Hosting of each site, and what its lot costs to let and oversee, shared equally by the lot's sites."""
    hosting, let = assembled.hosting, assembled.problem.hosting.let
    signed = signatures(decisions.lettings)
    signed[:, 0] = True
    for t, period in enumerate(assembled.problem.periods):
        used = np.flatnonzero(decisions.hosting[:, t])
        sites_of_lot = np.bincount(let[used], minlength=len(assembled.lettings))
        for h in used.tolist():
            n, site, contract = let[h], hosting["site_id"][h], hosting["contract_id"][h]
            for line, npv in assembled.hosting_lines.items():
                yield site, "", contract, line, period, float(npv[h, t])
            if signed[n, t]:
                for line, npv in assembled.letting_lines.items():
                    for due, paid in zip(assembled.problem.periods, npv[n, t], strict=True):
                        yield site, "", contract, line, due, float(paid / sites_of_lot[n])
            else:
                for line, npv in assembled.oversight_lines.items():
                    yield site, "", contract, line, period, float(npv[n, t] / sites_of_lot[n])


def _closing_lines(assembled: Assembled, decisions: Decisions) -> Iterator[Row]:
    services, rows, periods = assembled.services, assembled.problem.services, assembled.problem.periods
    for k in np.flatnonzero(rows.existing & ~decisions.open[:, 0]).tolist():
        yield *_place(services, k, "today_contract"), "closing", periods[0], float(rows.closing_cost[k])
    for n, npv in enumerate(assembled.closings["npv"].tolist()):
        yield *_place(assembled.closings, n, "today_contract"), "closing", periods[0], npv
    paid = steps_taken(assembled.problem, decisions.options) * assembled.steps.closing
    for n, t in zip(*np.nonzero(paid), strict=True):
        place = _place(assembled.options.table, assembled.steps.source[n])
        yield *place, "closing", periods[t], float(paid[n, t])


def _unmet_lines(assembled: Assembled, decisions: Decisions) -> Iterator[Row]:
    problem = assembled.problem
    demand, ids = problem.demand, problem.specialties.ids
    npv = demand.unmet_cost * demand.cases * decisions.unmet
    for t, period in enumerate(problem.periods):
        for s, total in enumerate(np.bincount(demand.specialty, npv[:, t], minlength=len(ids)).tolist()):
            yield "", ids[s], "", "unmet", period, total


def _meanwhile_lines(assembled: Assembled, decisions: Decisions) -> Iterator[Row]:
    """Those treated in services of today until others open: running these, and what nobody is paid, at no place."""
    rooms, problem = assembled.rooms, assembled.problem
    years = treated_meanwhile(problem, decisions) * problem.rooms.worth
    for t, period in enumerate(problem.periods):
        there = years[:, problem.rooms.period == t].sum(axis=1)
        for line, rate in rooms.lines.items():
            for r in np.flatnonzero(there * rate[:, t]).tolist():
                site, specialty, contract = _place(rooms.table, r)
                of = ("", specialty, "") if line_of(line).kind is Kind.BORNE else (site, specialty, contract)
                yield *of, line, period, float(there[r] * rate[r, t])


def _place(table: pd.DataFrame, row: int, contract: str = "contract_id") -> tuple[str, str, str]:
    """Site, specialty and contract of a row."""
    return str(table["site_id"][row]), str(table["specialty_id"][row]), str(table[contract][row])


def tidy(assembled: Assembled, decisions: Decisions, *, idle: bool = False) -> Decisions:
    """Return ``decisions`` with nothing paid for in vain; ``idle``: but for services that treat nobody, which stay.

    Solver noise below 1e-9 is dropped, a site is hosted only if something is open there, a contract let only if a site
    runs under it, and shortfalls are what is truly missing.
    """
    problem = assembled.problem
    decisions = decisions if idle else _without_idle(problem, decisions)
    hosted = np.zeros((len(problem.hosting.site), len(problem.periods)), dtype=bool)
    np.logical_or.at(hosted, hosting_of_options(problem), decisions.options)
    let = np.zeros((len(problem.lettings.contract), len(problem.periods)), dtype=bool)
    np.logical_or.at(let, problem.hosting.let, hosted)
    clean = replace(
        decisions,
        shares=np.where(decisions.shares > 1e-9, np.minimum(decisions.shares, 1.0), 0.0),
        unmet=np.where(decisions.unmet > 1e-9, np.minimum(decisions.unmet, 1.0), 0.0),
        cases=np.where(decisions.options, np.maximum(decisions.cases, 0.0), 0.0),
        hosting=hosted,
        lettings=let,
    )
    return settled(problem, tidied(problem, tidy_referral(problem, clean)))


def _without_idle(problem: PlanningProblem, decisions: Decisions) -> Decisions:
    """Close new services that never treat anybody, where nothing rests on them.

    Such a service costs nothing (or it would be closed already) but reads as a decision. What a rule may rest on stays:
    existing, required and decided services, those another needs beside it, before it or as its hub, contracts with a
    least value or works to deliver, and specialties with a least number of centres.
    """
    services, options = problem.services, problem.options
    needed = np.zeros(len(services.site), dtype=bool)
    for rows in (problem.requires[:, 1], problem.precedence[:, 1]):
        needed[rows[rows >= 0]] = True
    if problem.decided is not None:
        needed |= problem.decided.open.any(axis=1)
    host = hosting_of_options(problem)
    bound = problem.hosting.needs_works | (problem.lettings.min_value[problem.hosting.let] > 0)
    fast = (bound[host] | options.required_size)[:, None] | (decisions.cases > 1e-9)
    held = np.zeros_like(decisions.open)
    np.logical_or.at(held, options.service, decisions.options & fast)
    np.logical_or.at(held, problem.journeys.service, decisions.shares > 1e-9)  # all of a place of few cases
    needed |= hubs_at_work(problem, decisions)
    idle = ~(held.any(axis=1) | services.existing | services.required | needed)
    idle &= problem.specialties.min_centres[services.specialty] <= 0
    return replace(
        decisions,
        options=decisions.options & ~idle[options.service][:, None],
        open=decisions.open & ~idle[:, None],
    )
