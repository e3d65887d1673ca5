"""The tables of a plan: what opens, who goes where, who is sent away, which promises are kept."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from redesaude.assemble import Assembled
from redesaude.plan.costs import access_achieved, money_used, option_npv
from redesaude.plan.plan import ASSIGNMENTS, OPENINGS, PROMISES, UNMET
from redesaude.plan.resources import resource_promises
from redesaude_models.problem import Decisions


def opening_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return the open services (columns :data:`OPENINGS`); capacity is nominal, cases and capacity per year."""
    used = decisions.options[:, 0]
    table = assembled.options.table[used].copy()
    table["period_id"] = assembled.problem.periods[0]
    table["cases"] = decisions.cases[used, 0]
    table["npv"] = option_npv(assembled, decisions)[used]
    return table[list(OPENINGS)].sort_values(list(OPENINGS[:5]), ignore_index=True)


def assignment_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return who is treated where (columns :data:`ASSIGNMENTS`)."""
    problem = assembled.problem
    used = np.flatnonzero(decisions.shares[:, 0])
    demand, service = problem.journeys.demand[used], problem.journeys.service[used]
    share = decisions.shares[used, 0]
    table = pd.DataFrame(
        {
            "territory_id": np.array(problem.territories, dtype=object)[problem.demand.territory[demand]],
            "site_id": assembled.services["site_id"].to_numpy()[service],
            "specialty_id": assembled.services["specialty_id"].to_numpy()[service],
            "period_id": problem.periods[0],
            "share": share,
            "cases": share * problem.demand.cases[demand, 0],
            "minutes": problem.journeys.minutes[used],
        },
        columns=list(ASSIGNMENTS),
    )
    return table.sort_values(list(ASSIGNMENTS[:4]), ignore_index=True)


def unmet_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return the cases sent away or untreated (columns :data:`UNMET`)."""
    problem = assembled.problem
    used = np.flatnonzero(decisions.unmet[:, 0])
    cases = problem.demand.cases[used, 0] * decisions.unmet[used, 0]
    table = pd.DataFrame(
        {
            "territory_id": np.array(problem.territories, dtype=object)[problem.demand.territory[used]],
            "specialty_id": np.array(problem.specialties.ids, dtype=object)[problem.demand.specialty[used]],
            "period_id": problem.periods[0],
            "share": decisions.unmet[used, 0],
            "cases": cases,
            "npv": cases * problem.demand.unmet_cost[used, 0],
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
    return pd.DataFrame(rows, columns=list(PROMISES))


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
    options, table = assembled.problem.options, assembled.options.table
    for o in np.flatnonzero(decisions.options[:, 0] & (options.min_cases > 0)).tolist():
        least, cases, hard = float(options.min_cases[o]), float(decisions.cases[o, 0]), bool(options.volume_hard[o])
        short = max(0.0, least - cases)
        site, specialty = table["site_id"][o], table["specialty_id"][o]
        npv = 0.0 if hard else float(options.volume_price[o]) * short
        kept = short <= 1e-6 * least
        period = assembled.problem.periods[0]
        yield f"volume|{site}|{specialty}", "volume", specialty, "", period, least, cases, short, hard, kept, npv
