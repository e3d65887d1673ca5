"""The tables of a plan: what opens, who goes where, who is sent away, which promises are kept."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from redesaude.assemble import Assembled
from redesaude.plan.costs import access_achieved, money_used, service_npv
from redesaude.plan.paths import changes_of
from redesaude.plan.plan import ASSIGNMENTS, OPENINGS, PROMISES, UNMET
from redesaude.plan.promise_parts import Parts, volume_id, with_parts
from redesaude.plan.resources import resource_promises
from redesaude_models.problem import Decisions


def opening_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return the open services (columns :data:`OPENINGS`); capacity is nominal, cases and capacity per year."""
    option, period = np.nonzero(decisions.options)
    table = assembled.options.table.iloc[option].copy()
    table["period_id"] = np.array(assembled.problem.periods, dtype=object)[period]
    table["cases"] = decisions.cases[option, period]
    table["npv"] = service_npv(assembled, decisions)[table["service"].to_numpy(np.int64), period]
    table["time"] = period
    order = ["site_id", "specialty_id", "time", "size_id", "contract_id"]
    table = table.sort_values(order, ignore_index=True)
    return table.assign(change=changes_of(assembled.scenario, table))[list(OPENINGS)]


def assignment_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return who is treated where (columns :data:`ASSIGNMENTS`)."""
    problem = assembled.problem
    used, period = np.nonzero(decisions.shares)
    demand, service = problem.journeys.demand[used], problem.journeys.service[used]
    share = decisions.shares[used, period]
    table = pd.DataFrame(
        {
            "territory_id": np.array(problem.territories, dtype=object)[problem.demand.territory[demand]],
            "site_id": assembled.services["site_id"].to_numpy()[service],
            "specialty_id": assembled.services["specialty_id"].to_numpy()[service],
            "period_id": np.array(problem.periods, dtype=object)[period],
            "share": share,
            "cases": share * problem.demand.cases[demand, period],
            "minutes": problem.journeys.minutes[used],
        },
        columns=list(ASSIGNMENTS),
    )
    return table.sort_values(list(ASSIGNMENTS[:4]), ignore_index=True)


def unmet_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return the cases sent away or untreated (columns :data:`UNMET`)."""
    problem = assembled.problem
    used, period = np.nonzero(decisions.unmet)
    cases = problem.demand.cases[used, period] * decisions.unmet[used, period]
    table = pd.DataFrame(
        {
            "territory_id": np.array(problem.territories, dtype=object)[problem.demand.territory[used]],
            "specialty_id": np.array(problem.specialties.ids, dtype=object)[problem.demand.specialty[used]],
            "period_id": np.array(problem.periods, dtype=object)[period],
            "share": decisions.unmet[used, period],
            "cases": cases,
            "npv": cases * problem.demand.unmet_cost[used, period],
        },
        columns=list(UNMET),
    )
    return table.sort_values(list(UNMET[:3]), ignore_index=True)


def promise_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return every promise (columns :data:`PROMISES`): access, volume and loads in cases/year, money in
    currency, the others in people, ambulances or cases/year.
    """
    rows = [
        *_access_rows(assembled, decisions),
        *_money_rows(assembled, decisions),
        *_volume_rows(assembled, decisions),
        *resource_promises(assembled, decisions),
    ]
    figures = pd.DataFrame(rows, columns=[name for name in PROMISES if name not in Parts._fields])
    return with_parts(figures, assembled.scenario, opening_table(assembled, decisions))


def _access_rows(assembled: Assembled, decisions: Decisions) -> Iterator[tuple[object, ...]]:
    problem = assembled.problem
    for n, promise in enumerate(problem.access):
        due = promise.share * float(problem.demand.cases[promise.demands, promise.period].sum())
        achieved = access_achieved(assembled, decisions, n)
        short = max(0.0, due - achieved)
        specialty, period = problem.specialties.ids[promise.specialty], problem.periods[promise.period]
        kept = short <= 1e-6 * max(due, 1.0)
        npv = 0.0 if promise.hard else promise.price * short
        yield promise.id, "access", specialty, promise.region, period, due, achieved, short, promise.hard, kept, npv


def _money_rows(assembled: Assembled, decisions: Decisions) -> Iterator[tuple[object, ...]]:
    problem = assembled.problem
    for n, promise in enumerate(problem.money):
        used = money_used(assembled, decisions, n)
        excess = max(0.0, used - promise.limit)
        period, kept = problem.periods[promise.period], excess <= 1e-6 * max(abs(promise.limit), 1.0)
        npv = 0.0 if promise.hard else promise.price * excess
        yield promise.id, promise.kind, "", "", period, promise.limit, used, excess, promise.hard, kept, npv


def _volume_rows(assembled: Assembled, decisions: Decisions) -> Iterator[tuple[object, ...]]:
    options, table, periods = assembled.problem.options, assembled.options.table, assembled.problem.periods
    for o, t in zip(*np.nonzero(decisions.options & (options.min_cases > 0)[:, None]), strict=True):
        least, cases, hard = float(options.min_cases[o]), float(decisions.cases[o, t]), bool(options.volume_hard[o])
        short = max(0.0, least - cases)
        site, specialty, period = table["site_id"][o], table["specialty_id"][o], periods[t]
        npv = 0.0 if hard else float(options.volume_price[o, t]) * short
        name = volume_id(assembled.scenario, site, specialty, period)
        kept = short <= 1e-6 * least
        yield name, "volume", specialty, "", period, least, cases, short, hard, kept, npv
