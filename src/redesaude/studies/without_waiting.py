"""How the choice of contracts changes where waiting for an opening weighs nothing: on the network of a plan, by site.

At a weight of 0 (``waiting_weight``, the view of a budget) nobody is charged for those who wait, so nobody is kept in a
service of today for their sake either: of what a contract costs at a site, both are left out. Each site changes by
itself, services and cases stay as planned; which of them would open is only told by solving with that weight.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from redesaude.studies.alternatives import Alternatives
from redesaude.studies.repricing import Assignment, Repricing
from redesaude.studies.ties import TIED
from redesaude_models.arrays import Floats

CHANGED = ("site_id", "contract_id", "other_id", "saved")


class _Costs(NamedTuple):
    """Of every contract that may run a site (NaN: it may not), by site and contract: with waiting and without."""

    priced: pd.DataFrame
    unpriced: pd.DataFrame


def without_waiting(known: Alternatives) -> pd.DataFrame:
    """Return the sites whose cheapest contract is another one where waiting weighs nothing, columns :data:`CHANGED`.

    ``contract_id`` is the cheapest that may run the site as waiting is priced (that of the plan, where it is one of
    them), ``other_id`` the cheapest without, and ``saved`` what it costs less then (NPV). Contracts that cost the same
    but for :data:`redesaude.studies.ties.TIED` of it are not told from one another.
    """
    costs, decided = _costs(known), known.repricing.decided
    rows = []
    for site in costs.priced.dropna(how="all").index:
        own = _cheapest(costs.priced.loc[site].dropna(), decided[site])
        then = costs.unpriced.loc[site].dropna()
        other = _cheapest(then, own)
        if other != own:
            rows.append((site, own, other, float(then[own] - then[other])))
    return pd.DataFrame(rows, columns=list(CHANGED))


def _cheapest(costs: pd.Series, preferred: str) -> str:
    """The contract that costs least; the preferred one where it costs no more."""
    least = str(costs.idxmin())
    near = preferred in costs and costs[preferred] - costs[least] <= TIED * abs(costs[least])
    return preferred if near else least


def _costs(known: Alternatives) -> _Costs:
    prices = known.repricing
    allowed = pd.DataFrame({c: [c in known.eligible[site] for site in prices.sites] for c in prices.contracts})
    mask = allowed.set_axis(prices.sites)
    full, less = {}, {}
    for contract in prices.contracts:
        assignment = prices.everywhere(contract)
        full[contract] = prices.costs(assignment, together=False)
        less[contract] = full[contract] - _of_waiting(prices, assignment)
    return _Costs(*(pd.DataFrame(each, prices.sites).where(mask) for each in (full, less)))


def _of_waiting(prices: Repricing, assignment: Assignment) -> Floats:
    """What waiting, and being treated in services of today meanwhile, cost each site."""
    found = prices.prices(assignment)
    services = found.fixed["waiting"] + found.per_case["waiting"] * prices.cases
    row = np.searchsorted(prices.sites, prices.site_of_service)
    meanwhile = prices.meanwhile(assignment, together=False).sum(axis=1).to_numpy(float)
    return np.asarray(np.bincount(row, services, len(prices.sites)) + meanwhile)
