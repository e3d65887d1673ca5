"""Where those who come to a service of a specialty in tiers are treated in the end, as the plan sends them on."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from redesaude.plan.plan import Plan
from redesaude_models.arrays import Floats


def sent_on(plan: Plan, specialty: str, period: str, sites: list[str]) -> Floats:
    """Return the share of those who first come to each of ``sites`` (row) that is treated at each (column).

    Severities are spread evenly over the cases, as everywhere in the plan: band by band, those whom a service sends up
    go on in the proportions of the plan, until a service keeps them. A row is 0 for a service to which nobody comes in
    the plan: where it would send whom it does not treat is not known.
    """
    of = {"specialty_id": specialty, "period_id": period}
    sent, trips = (_rows(table, of) for table in (plan.transfers, plan.assignments))
    known = np.isin(sites, [*trips["site_id"], *sent["to_site_id"]])
    cuts = np.unique([0.0, 1.0, *sent["severity_above"], *sent["severity_upto"]])
    shares = np.zeros((len(sites), len(sites)))
    for low, high in pairwise(cuts.tolist()):
        band = sent[(sent["severity_above"] <= low + 1e-12) & (sent["severity_upto"] >= high - 1e-12)]
        shares += (high - low) * _ends(band, sites)
    return np.asarray(shares * known[:, None])


def _rows(table: pd.DataFrame, of: dict[str, str]) -> pd.DataFrame:
    return table[(table[list(of)] == pd.Series(of)).all(axis=1)]


def _ends(band: pd.DataFrame, sites: list[str]) -> Floats:
    """Return where those of one band of severity end, who come to each site; each step leads to a larger service."""
    place = pd.Index(sites)
    flow = np.zeros((len(sites), len(sites)))
    pairs = place.get_indexer(pd.Index(band["from_site_id"])), place.get_indexer(pd.Index(band["to_site_id"]))
    np.add.at(flow, pairs, band["cases"].to_numpy(float))
    out = flow.sum(axis=1, keepdims=True)
    step = np.divide(flow, out, out=np.zeros_like(flow), where=out > 0)
    kept = np.diag((out[:, 0] == 0).astype(float))
    return np.asarray(np.linalg.solve(np.eye(len(sites)) - step, kept))
