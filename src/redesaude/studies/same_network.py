"""The network of a plan under other contracts: nothing is solved, what it breaks is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from redesaude.financing import financings_where
from redesaude.inputs.scenario import rows_of
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.audit import audit
from redesaude.plan.evidence import TOLERANCE
from redesaude.plan.paths import changes_of
from redesaude.plan.plan import COSTS, Plan
from redesaude.plan.referral import support_span
from redesaude.promises import prices
from redesaude.status import Status
from redesaude.studies.appraise import Appraised
from redesaude.studies.repricing import Assignment, Repricing
from redesaude.studies.strategies import DIRECT, PPP

#: marks a strategy on the same network as the best mix
SAME = "_same"


Swapped = tuple[Plan, int]
"""a plan under other contracts, and at how many sites nothing could be swapped"""


def same_network(appraised: Appraised) -> dict[str, Swapped]:
    """Return the appraised network under other contracts, by strategy, and at how many sites nothing could be swapped.

    Direct takes every site where a direct contract is eligible, the others stay as decided; under PPP the cheapest
    eligible project company takes every site where there is one, and the rest is as under direct. Empty without a
    direct contract.
    """
    prices, options = appraised.known.repricing, appraised.options
    decided = prices.decided
    contracts = appraised.plan.scenario.contracts.set_index("contract_id")
    companies = options["contract_id"].map(contracts["financing"]).isin(financings_where(lambda way: way.ppp))
    fitting = options[(options["psc_contract_id"] != "") & ~options["psc_hypothetical"]]
    direct = dict(zip(fitting["site_id"], fitting["psc_contract_id"], strict=True))
    best = options[companies & options["eligible"]].sort_values("rank").drop_duplicates("site_id")
    ppp = direct | dict(zip(best["site_id"], best["contract_id"], strict=True))
    strategies = {DIRECT + SAME: direct} if direct else {}
    strategies |= {PPP + SAME: ppp} if companies.any() else {}
    return {
        name: (under_contracts(prices.plan, decided | chosen, prices), len(decided) - len(chosen))
        for name, chosen in strategies.items()
    }


def under_contracts(plan: Plan, assignment: Assignment, prices: Repricing | None = None, *, apart: bool = True) -> Plan:
    """Return ``plan`` with each site under the contract of ``assignment``: same services and patients, priced again.

    Promises and costs are restated, elastic promises charged, and the audit of the new plan tells which rules it
    breaks. It has no bound. ``prices`` are those of the plan, where they are at hand. The audit appraises it ``apart``,
    or takes the appraisal that priced it, where only the rules are asked for.
    """
    prices = prices or Repricing(plan)
    evidence, appraisal = prices.evidence, prices.under(assignment)
    promises = _restated_promises(appraisal)
    openings = _restated_openings(appraisal, {place: contract for place, (_, contract) in evidence.today.items()})
    appraisal.plan = replace(appraisal.plan, openings=openings, promises=promises)
    appraisal.plan = replace(appraisal.plan, support=_restated_support(appraisal))
    lines = appraisal.cost_lines(evidence.minutes)
    costs = lines.reset_index()[list(COSTS)]
    costs = costs[costs["npv"].abs() > 1e-9].sort_values(list(COSTS[:-1]), ignore_index=True)
    changed = replace(
        appraisal.plan,
        status=Status.FEASIBLE,
        costs=costs,
        objective=float(costs["npv"].sum()),
        bound=None,
        gap=None,
    )
    appraisal.plan = changed
    looked_up = evidence.of(changed) if apart else evidence.of(changed, appraisal, lines)
    return replace(changed, audit=audit(changed, looked_up))


def _restated_openings(appraisal: Appraisal, today: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """The openings with their cost and status under the new contracts; ``today`` is the contract of each service."""
    openings = appraisal.plan.openings
    lines = pd.DataFrame(appraisal.service_lines(), columns=list(COSTS))
    npv = lines.groupby(["site_id", "specialty_id", "period_id"])["npv"].sum()
    as_is = openings["status"].isin(["kept", "converted"])
    same = [today.get((row.site_id, row.specialty_id)) == row.contract_id for row in rows_of(openings)]
    restated = openings.assign(
        status=np.where(as_is, np.where(same, "kept", "converted"), openings["status"]),
        npv=[float(npv.get((row.site_id, row.specialty_id, row.period_id), 0.0)) for row in rows_of(openings)],
    )
    return restated.assign(change=changes_of(appraisal.scenario, restated))


def _restated_support(appraisal: Appraisal) -> pd.DataFrame:
    """The agreements with their years and cost from the dates on which satellites open under the new contracts."""
    table, network = appraisal.plan.support, appraisal.network()
    if table.empty:
        return table
    phases, rows = network.phases, []
    for stated, a in zip(rows_of(table), network.agreements, strict=True):
        if a.row is None:
            rows.append((stated.first_year, stated.last_year, stated.npv))
            continue
        span = support_span(
            a.opened, a.row.support_years, float(phases.ends[a.periods[-1]]), phases.calendar.first_year
        )
        rows.append((*span, float(phases.worth(a.flow(phases)) * (a.row.hub_cost + a.row.satellite_cost))))
    restated = pd.DataFrame(rows, columns=["first_year", "last_year", "npv"], index=table.index)
    return table.assign(**{str(name): values.astype(table[name].dtype) for name, values in restated.items()})


def _restated_promises(appraisal: Appraisal) -> pd.DataFrame:
    """The promises of money with what the contracts use of them; the others do not depend on contracts."""
    price_of = prices(appraisal.scenario, appraisal.phases)
    promises = appraisal.plan.promises.set_index("promise_id", drop=False)
    for name, (used, limit, hard) in appraisal.limits().items():
        excess = max(0.0, used - limit)
        met, npv = excess <= TOLERANCE * max(abs(limit), 1.0), 0.0 if hard else price_of[name] * excess
        promises.loc[name, ["achieved", "shortfall", "met", "npv"]] = [used, excess, met, npv]
    return promises.reset_index(drop=True)
