"""Contracts that cost the same: a finding of the comparison is told from a choice among equals.

Sites of a lot share what letting and overseeing their contract costs, so that one site alone seldom costs the same
under another. Those of a lot that run under one contract change together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.language import N_, Translator
from redesaude.plan.plan import Plan
from redesaude.studies.alternatives import Alternatives
from redesaude.studies.repricing import Assignment, Repricing
from redesaude_models.arrays import Floats

#: part of their cost within which two contracts are not told from one another
TIED: Final = 1e-6
TIES = ("site_id", "contract_id", "other_id", "services")

_SENTENCE = N_(
    "A tie: {services} of {all} {all:service|services} would cost the same under another contract, those of a lot "
    "changing together ({contracts}). Cost does not tell these contracts apart; choose by what it does not hold."
)
_PAIR = N_("{contract} or {other}: {services}")


def ties(known: Alternatives) -> pd.DataFrame:
    """Return the sites whose contract costs what another that may run them costs, those of a lot changing together.

    Columns :data:`TIES`: the site, the contract of the plan, the other one, and how many services the site has.
    """
    services = _services(known.repricing.plan)
    rows = ((site, own, other, int(services[site])) for sites, own, other in _tied(known) for site in sites)
    return pd.DataFrame(rows, columns=list(TIES))


def _tied(known: Alternatives) -> Iterator[tuple[list[str], str, str]]:
    """Yield sites of a lot, their contract, and another at which they cost the same."""
    prices, row = known.repricing, {site: n for n, site in enumerate(known.repricing.sites)}
    bare = {contract: _without_letting(prices, prices.everywhere(contract)) for contract in prices.contracts}
    decided, shared = _without_letting(prices, prices.decided), _letting(prices, prices.decided)
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for site in prices.sites:
        own = prices.decided[site]
        groups[own, prices.lot(site, own)].append(site)
    for (own, _), sites in groups.items():
        rows = [row[site] for site in sites]
        for other in prices.contracts:
            if other == own or not all(other in known.eligible[site] for site in sites):
                continue
            let = _letting(prices, {**prices.decided, **dict.fromkeys(sites, other)})
            dearer = (bare[other][rows] - decided[rows]).sum() + (let - shared).sum()
            if abs(dearer) <= TIED * abs((decided + shared)[rows].sum()):
                yield sites, own, other


def _letting(prices: Repricing, assignment: Assignment) -> Floats:
    """What hosting and letting cost each site, all of them as assigned."""
    return prices.letting(assignment, together=True).sum(axis=1).to_numpy(float)


def _without_letting(prices: Repricing, assignment: Assignment) -> Floats:
    """What the services of each site cost, were it alone to come to its contract."""
    letting = prices.letting(assignment, together=False).sum(axis=1).to_numpy(float)
    return np.asarray(prices.costs(assignment, together=False) - letting)


def _services(plan: Plan) -> pd.Series:
    """How many specialties each site has, over all periods."""
    return pd.Series(plan.openings.groupby("site_id")["specialty_id"].nunique())


def tie_sentence(plan: Plan, tied: pd.DataFrame, say: Translator) -> str:
    """Say for how many services the contract of ``plan`` is one of several that cost the same; blank where for none."""
    if tied.empty:
        return ""
    names = plan.scenario.contracts.set_index("contract_id")["name"]
    pairs = tied.groupby(["contract_id", "other_id"], sort=False)["services"].sum().reset_index()
    told = [
        say(
            _PAIR,
            contract=names[row.contract_id] or row.contract_id,
            other=names[row.other_id] or row.other_id,
            services=row.services,
        )
        for row in rows_of(pairs)
    ]
    once = tied.drop_duplicates("site_id")["services"].sum()
    return say(_SENTENCE, services=int(once), all=int(_services(plan).sum()), contracts="; ".join(told))
