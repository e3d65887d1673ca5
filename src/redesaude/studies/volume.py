"""A plan when more or fewer patients come than planned: the same network, treating what it can."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from redesaude.plan.plan import Plan
from redesaude_models.arrays import Floats

_PLACE = ["site_id", "specialty_id", "period_id"]


def unmet_cost(plan: Plan) -> Floats:
    """Return for each opening the cost of a case of its specialty sent away (currency); NaN where none may be."""
    cost = plan.scenario.specialties.set_index("specialty_id")["unmet_cost"]
    return cost.loc[plan.openings["specialty_id"]].to_numpy(float)


def room(plan: Plan) -> Floats:
    """Return for each opening the most cases a year it treats: its nominal capacity, no limit where all must be."""
    capacity = np.maximum(plan.openings["capacity"].to_numpy(float), plan.openings["cases"].to_numpy(float))
    return np.where(np.isnan(unmet_cost(plan)), np.inf, capacity)


def scaled(plan: Plan, factor: float) -> Plan:
    """Return ``plan`` with ``factor`` times its cases, at the same places; those beyond :func:`room` are sent away.

    Status, bound, access and promises stay those of the plan and are not to be read.
    """
    openings = plan.openings
    wanted = openings["cases"].to_numpy(float) * factor
    treated = np.minimum(wanted, room(plan))
    share = pd.DataFrame({**openings[_PLACE], "share_treated": treated / np.where(wanted > 0, wanted, 1.0)})
    trips = plan.assignments.merge(share, how="left", on=_PLACE)
    trips["cases"] *= factor * trips.pop("share_treated").fillna(1.0)
    kept = share.rename(columns={"site_id": "to_site_id"})
    sent = plan.transfers.merge(kept, how="left", on=["to_site_id", *_PLACE[1:]])
    sent["cases"] *= factor * sent.pop("share_treated").fillna(1.0)
    sent_away = openings[["specialty_id", "period_id"]].assign(cases=wanted - treated)
    unmet = plan.unmet.assign(cases=plan.unmet["cases"] * factor, npv=np.nan)
    unmet = pd.concat([unmet, sent_away[sent_away["cases"] > 0]], ignore_index=True) if any(wanted > treated) else unmet
    return replace(plan, openings=openings.assign(cases=treated), assignments=trips, transfers=sent, unmet=unmet)
