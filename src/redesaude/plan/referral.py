"""What services of a plan are to each other: cases sent up and agreements of support, their tables and cost lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypedDict

import numpy as np
import pandas as pd

from redesaude.assemble import Assembled
from redesaude.assemble.support import Agreements
from redesaude.assemble.techniques import Place, Skills, mature_share
from redesaude.plan.plan import SUPPORT, TRANSFERS
from redesaude_models.arrays import Flags
from redesaude_models.problem import Decisions, PlanningProblem

Line = tuple[str, str, str, str, str, float]

#: years after the opening in which nothing is handed over yet
_AT_ONCE = 1e-9


def tidy_referral(problem: PlanningProblem, decisions: Decisions) -> Decisions:
    """Return ``decisions`` without noise in what is sent, and with agreements of services that need one only."""
    referral, tiers, support = decisions.referral, problem.tiers, problem.support
    sent = np.where(referral.sent > 1e-9, referral.sent, 0.0)
    agreements = referral.agreements
    if len(tiers.source):
        sent = sent * (decisions.open[tiers.source] & decisions.open[tiers.target])
    if len(support.start):
        agreements = agreements & _needing(problem, decisions)[support.satellite]
    return replace(decisions, referral=replace(referral, sent=sent, agreements=agreements))


def _needing(problem: PlanningProblem, decisions: Decisions) -> Flags:
    """Services that are open in a size that needs support, ``(services, periods)``."""
    found = np.zeros_like(decisions.open)
    np.logical_or.at(found, problem.options.service, decisions.options & problem.support.needs[:, None])
    return found


def hubs_at_work(problem: PlanningProblem, decisions: Decisions) -> Flags:
    """Return the services that support a satellite in some period, ``(services,)``."""
    support, found = problem.support, np.zeros(len(problem.services.site), dtype=bool)
    at_work = (decisions.referral.agreements & support.active).any(axis=1) if len(support.start) else support.hub > 0
    found[support.hub[at_work]] = True
    return found


class ReferralTables(TypedDict):
    """The tables of this page by their name in a plan."""

    transfers: pd.DataFrame
    support: pd.DataFrame


def referral_tables(assembled: Assembled, decisions: Decisions) -> ReferralTables:
    """Return the tables of this page by their name in a plan."""
    return {"transfers": transfer_table(assembled, decisions), "support": support_table(assembled, decisions)}


def transfer_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return who is sent up from where to where (columns :data:`TRANSFERS`)."""
    problem, services, tiers = assembled.problem, assembled.services, assembled.problem.tiers
    row, period = np.nonzero(decisions.referral.sent)
    cases, sites = decisions.referral.sent[row, period], services["site_id"].to_numpy()
    columns = {
        "specialty_id": services["specialty_id"].to_numpy()[tiers.source[row]],
        "from_site_id": sites[tiers.source[row]],
        "to_site_id": sites[tiers.target[row]],
        "period_id": np.array(problem.periods, dtype=object)[period],
        "severity_above": tiers.above[tiers.band[row]],
        "severity_upto": tiers.upto[tiers.band[row]],
        "cases": cases,
        "minutes": tiers.minutes[row],
        "npv": cases * (tiers.ambulance + tiers.travel)[row, period],
    }
    table = pd.DataFrame(columns, columns=list(TRANSFERS))
    return table if table.empty else table.sort_values(list(TRANSFERS[:5]), ignore_index=True)


def support_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return the agreements that the plan makes (columns :data:`SUPPORT`)."""
    scenario, problem, support = assembled.scenario, assembled.problem, assembled.problem.support
    made = np.flatnonzero(decisions.referral.agreements.any(axis=1)).tolist()
    if not made:
        return pd.DataFrame([], columns=list(SUPPORT))
    agreements, skills, calendar = Agreements(scenario), Skills(scenario), assembled.phases.calendar
    services, options = assembled.services, assembled.options.table
    rows = []
    for a in made:
        e, k = int(support.start[a]), int(support.hub[a])
        j, q, runs = int(support.service[e]), int(support.begun[e]), decisions.referral.agreements[a]
        specialty, hub, satellite = services["specialty_id"][j], services["site_id"][k], services["site_id"][j]
        row = agreements.between(specialty, hub, satellite, 0.0)
        opened, until = float(support.opened[e]), float(assembled.phases.ends[int(np.flatnonzero(runs)[-1])])
        first, last = support_span(opened, row.support_years, until, calendar.first_year)
        size: Any = options.iloc[int(np.flatnonzero(decisions.options[:, q] & (problem.options.service == j))[0])]
        npv = float((support.hub_cost + support.satellite_cost)[a] @ runs)
        sent = sent_up(skills, (satellite, specialty), size, opened)
        when = problem.periods[q], first, last
        rows.append((specialty, hub, satellite, *when, row.hub_cost, row.satellite_cost, *sent, npv))
    return pd.DataFrame(rows, columns=list(SUPPORT)).sort_values(list(SUPPORT[:4]), ignore_index=True)


def sent_up(skills: Skills, place: Place, size: Any, opened: float) -> tuple[float, float]:
    """Return the shares of its cases that a satellite sends up when it opens, and once all skills have matured."""
    young = skills.share(place, (size.treats_share, mature_share(size)), (opened, np.inf), (opened, opened + _AT_ONCE))
    return 1.0 - young, 1.0 - mature_share(size)


def support_span(opened: float, years: float, until: float, first_year: int) -> tuple[int, int]:
    """Return the first and last calendar year of support of a satellite that runs ``until`` (years from the first)."""
    end = until if np.isnan(years) else min(until, opened + years)
    return first_year + int(np.floor(opened + 1e-9)), first_year + max(int(np.ceil(end - 1e-9)) - 1, 0)


def referral_lines(assembled: Assembled, decisions: Decisions) -> Iterator[Line]:
    """Yield the cost lines of transfers (at the service that sends) and of agreements, each side its own."""
    problem, services = assembled.problem, assembled.services
    tiers, support, referral = problem.tiers, problem.support, decisions.referral
    amounts = [
        ("transfer", tiers.source, tiers.ambulance * referral.sent),
        ("support", support.hub, support.hub_cost * referral.agreements),
        ("support", support.satellite, support.satellite_cost * referral.agreements),
    ]
    for line, service, npv in amounts:
        for n, t in zip(*np.nonzero(npv), strict=True):
            k = int(service[n])
            yield services["site_id"][k], services["specialty_id"][k], "", line, problem.periods[t], float(npv[n, t])
