"""The cost lines of a plan: the optimiser's own coefficients, multiplied by the decisions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from redesaude.assemble import Assembled
from redesaude.plan.plan import COSTS
from redesaude.plan.resources import resource_lines, tidy_resources
from redesaude_models.contracts import hosting_of_options
from redesaude_models.problem import Decisions, PlanningProblem

Row = tuple[str, str, str, str, float]


def cost_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return the cost lines (columns :data:`COSTS`, NPV) of ``decisions``; their sum is the objective."""
    rows = [
        *_service_lines(assembled, decisions),
        *_travel_lines(assembled, decisions),
        *_site_lines(assembled, decisions),
        *_closing_lines(assembled, decisions),
        *_unmet_lines(assembled, decisions),
        *_shortfall_lines(assembled, decisions),
        *resource_lines(assembled, decisions),
    ]
    table = pd.DataFrame(rows, columns=list(COSTS))
    table = table[table["npv"].abs() > 1e-9]
    summed = table.groupby(list(COSTS[:-1]), as_index=False).agg(npv=("npv", "sum"))
    return pd.DataFrame(summed).sort_values(list(COSTS[:-1]), ignore_index=True)


def option_npv(assembled: Assembled, decisions: Decisions) -> np.ndarray:
    """Return the net present cost of each option as used, all its lines, shape ``(options,)``."""
    prices = assembled.options.prices
    return np.asarray(prices.cost * decisions.options[:, 0] + prices.case_cost * decisions.cases[:, 0])


def _service_lines(assembled: Assembled, decisions: Decisions) -> Iterator[Row]:
    table, prices = assembled.options.table, assembled.options.prices
    for o in np.flatnonzero(decisions.options[:, 0]).tolist():
        where = _place(table, o)
        for line, fixed in prices.fixed.items():
            npv = fixed[o] + prices.per_case[line][o] * decisions.cases[o, 0]
            yield *where, line, float(npv)


def _travel_lines(assembled: Assembled, decisions: Decisions) -> Iterator[Row]:
    problem, services = assembled.problem, assembled.services
    journeys = problem.journeys
    npv = journeys.cost[:, 0] * problem.demand.cases[journeys.demand, 0] * decisions.shares[:, 0]
    by_service = np.bincount(journeys.service, npv, minlength=len(services))
    contract = _contract_of_service(assembled, decisions)
    for k in np.flatnonzero(by_service).tolist():
        yield services["site_id"][k], services["specialty_id"][k], contract[k], "travel", float(by_service[k])


def _contract_of_service(assembled: Assembled, decisions: Decisions) -> dict[int, str]:
    table = assembled.options.table[decisions.options[:, 0]]
    return dict(zip(table["service"], table["contract_id"], strict=True))


def _site_lines(assembled: Assembled, decisions: Decisions) -> Iterator[Row]:
    """Hosting of each site, and what its lot costs to let and oversee, shared equally by the lot's sites."""
    hosting, let = assembled.hosting, assembled.problem.hosting.let
    used = np.flatnonzero(decisions.hosting)
    sites_of_lot = np.bincount(let[used], minlength=len(assembled.lettings))
    for h in used.tolist():
        site, contract = hosting["site_id"][h], hosting["contract_id"][h]
        for line, npv in assembled.hosting_lines.items():
            yield site, "", contract, line, float(npv[h])
        for line, npv in assembled.letting_lines.items():
            yield site, "", contract, line, float(npv[let[h]] / sites_of_lot[let[h]])


def _closing_lines(assembled: Assembled, decisions: Decisions) -> Iterator[Row]:
    services, rows = assembled.services, assembled.problem.services
    for k in np.flatnonzero(rows.existing & ~decisions.open[:, -1]).tolist():
        yield *_place(services, k, "today_contract"), "closing", float(rows.closing_cost[k])
    for n, npv in enumerate(assembled.closings["npv"].tolist()):
        yield *_place(assembled.closings, n, "today_contract"), "closing", npv


def _unmet_lines(assembled: Assembled, decisions: Decisions) -> Iterator[Row]:
    demand, ids = assembled.problem.demand, assembled.problem.specialties.ids
    npv = (demand.unmet_cost * demand.cases * decisions.unmet)[:, 0]
    for s, total in enumerate(np.bincount(demand.specialty, npv, minlength=len(ids)).tolist()):
        yield "", ids[s], "", "unmet", total


def _shortfall_lines(assembled: Assembled, decisions: Decisions) -> Iterator[Row]:
    problem, table = assembled.problem, assembled.options.table
    for promise, short in zip(problem.access, decisions.access_short.tolist(), strict=True):
        yield "", problem.specialties.ids[promise.specialty], "", "shortfall_access", promise.price * short
    for limit, excess in zip(problem.money, decisions.money_short.tolist(), strict=True):
        yield "", "", "", "shortfall_money", limit.price * excess
    priced = problem.options.volume_price * decisions.volume_short[:, 0]
    for o in np.flatnonzero(priced).tolist():
        yield *_place(table, o), "shortfall_volume", float(priced[o])


def _place(table: pd.DataFrame, row: int, contract: str = "contract_id") -> tuple[str, str, str]:
    """Site, specialty and contract of a row."""
    return str(table["site_id"][row]), str(table["specialty_id"][row]), str(table[contract][row])


def tidy(assembled: Assembled, decisions: Decisions) -> Decisions:
    """Return ``decisions`` with nothing paid for in vain.

    Solver noise below 1e-9 is dropped, a site is hosted only if something is open there, a contract let only if a site
    runs under it, and shortfalls are what is truly missing.
    """
    problem = assembled.problem
    decisions = _without_idle(problem, decisions)
    hosted = np.zeros(len(problem.hosting.site), dtype=bool)
    hosted[hosting_of_options(problem)[decisions.options.any(axis=1)]] = True
    let = np.zeros(len(problem.lettings.contract), dtype=bool)
    let[problem.hosting.let[hosted]] = True
    clean = replace(
        decisions,
        shares=np.where(decisions.shares > 1e-9, np.minimum(decisions.shares, 1.0), 0.0),
        unmet=np.where(decisions.unmet > 1e-9, np.minimum(decisions.unmet, 1.0), 0.0),
        cases=np.where(decisions.options, np.maximum(decisions.cases, 0.0), 0.0),
        hosting=hosted,
        lettings=let,
    )
    return replace(
        tidy_resources(problem, clean),
        access_short=np.array([_access_short(assembled, clean, n) for n in range(len(problem.access))]),
        money_short=np.array([_money_short(assembled, clean, n) for n in range(len(problem.money))]),
        volume_short=_volume_short(assembled, clean),
    )


def _without_idle(problem: PlanningProblem, decisions: Decisions) -> Decisions:
    """Close new services that treat nobody, where nothing rests on them.

    Such a service costs nothing (or it would be closed already) but reads as a decision. What a rule may rest on stays:
    existing and required services, those another needs beside it, contracts with a least value or works to deliver,
    and specialties with a least number of centres.
    """
    services, options = problem.services, problem.options
    needed = np.zeros(len(services.site), dtype=bool)
    needed[problem.requires[problem.requires[:, 1] >= 0, 1]] = True
    free = ~(services.existing | services.required | needed)
    free &= problem.specialties.min_centres[services.specialty] <= 0
    host = hosting_of_options(problem)
    bound = problem.hosting.needs_works | (problem.lettings.min_value[problem.hosting.let] > 0)
    idle = decisions.options & (decisions.cases <= 1e-9)
    idle &= (free[options.service] & ~bound[host] & ~options.required_size)[:, None]
    closed = np.zeros_like(decisions.open)
    np.logical_or.at(closed, options.service, idle)
    return replace(decisions, options=decisions.options & ~idle, open=decisions.open & ~closed)


def access_achieved(assembled: Assembled, decisions: Decisions, promise: int) -> float:
    """Return the cases/year treated within the standard of an access promise."""
    problem = assembled.problem
    row = problem.access[promise]
    cases = problem.demand.cases[problem.journeys.demand[row.journeys], row.period]
    return float(cases @ decisions.shares[row.journeys, row.period])


def money_used(assembled: Assembled, decisions: Decisions, promise: int) -> float:
    """Return the money used of a money promise (currency, or currency/year)."""
    row = assembled.problem.money[promise]
    return float(
        row.fixed @ decisions.options[:, row.period]
        + row.per_case @ decisions.cases[:, row.period]
        + row.hosting @ decisions.hosting
        + row.lettings @ decisions.lettings
    )


def _access_short(assembled: Assembled, decisions: Decisions, promise: int) -> float:
    row = assembled.problem.access[promise]
    due = row.share * float(assembled.problem.demand.cases[row.demands, row.period].sum())
    return 0.0 if row.hard else max(0.0, due - access_achieved(assembled, decisions, promise))


def _money_short(assembled: Assembled, decisions: Decisions, promise: int) -> float:
    row = assembled.problem.money[promise]
    return 0.0 if row.hard else max(0.0, money_used(assembled, decisions, promise) - row.limit)


def _volume_short(assembled: Assembled, decisions: Decisions) -> np.ndarray:
    options = assembled.problem.options
    short = np.maximum(options.min_cases[:, None] - decisions.cases, 0.0) * decisions.options
    return np.asarray(np.where(options.volume_hard[:, None], 0.0, short))
