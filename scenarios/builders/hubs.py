"""Load ceilings at hubs: what comes from outside today, worked out by the model itself, and how much of it may come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from redesaude.drafting.evidence import Figure
from redesaude.drafting.phases import Phase
from redesaude.inputs.scenario import Scenario
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve
from redesaude.studies.strategies import status_quo

_ROUNDED = 10


def loads_today(draft: Scenario, hubs: Sequence[str]) -> dict[str, float]:
    """Return the cases/year from outside its region that each hub takes in the network of today.

    Existing services only, patients sent where that costs least; rounded to ten cases.
    """
    plan = solve(status_quo(draft), SolveOptions(gap=1e-6, time_limit=120.0, engine="direct"))
    region = draft.territories.set_index("territory_id")["region_id"]
    home = draft.sites.set_index("site_id")["territory_id"].map(region)
    trips = plan.assignments
    outside = trips["territory_id"].map(region) != trips["site_id"].map(home)
    found = trips[outside].groupby("site_id")["cases"].sum()
    return {hub: round(float(found.get(hub, 0.0)) / _ROUNDED) * _ROUNDED for hub in hubs}


def ceilings_sheet(
    today: Mapping[tuple[str, str], float], shares: Sequence[Figure], price: Figure, phases: Sequence[Phase]
) -> pd.DataFrame:
    """Return the ``load_ceilings`` sheet: of today's cases by (site, specialty), the share of each period may come."""
    return pd.DataFrame(
        [
            {
                "site_id": site,
                "specialty_id": specialty,
                "area": "region",
                "period_id": phase.id if len(phases) > 1 else None,
                "cases": round(cases * share.value),
                "today_cases": cases,
                "hard": False,
                "price": price.value,
            }
            for (site, specialty), cases in today.items()
            for phase, share in zip(phases, shares, strict=True)
        ]
    )
