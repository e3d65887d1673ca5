"""Relief: what load ceilings take off the hubs of a plan, against today and against no ceilings, and its price.

Without ceilings is the network of the plan as decided, patients sent where that costs least: solved again with every
service, size and contract frozen. The price of a relieved case is the difference of the two objectives divided by the
cases/year relieved, hence the NPV of one yearly case, all ceilings together. It is the price of sending patients
elsewhere in this network; where the network itself was chosen because of the ceilings, a variant without them, solved
and compared with :func:`price_of_relief`, tells the whole price.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from redesaude.plan.plan import Plan
from redesaude.promises.load import uncharged
from redesaude.solving.options import SolveOptions
from redesaude.studies.runs import solve_all
from redesaude.studies.strategies import network_of, status_quo

RELIEF = ("site_id", "specialty_id", "area", "period_id", "ceiling", "today", "without", "in_plan", "relieved")
_KEY = list(RELIEF[:4])


@dataclass(frozen=True)
class Relief:
    """Cases/year from outside at each ceiling (columns :data:`RELIEF`) and the price of a relieved case (NPV).

    ``today`` is as stated, or else what comes in the network of today (NaN: it has no plan); ``price`` is NaN where
    nothing is relieved.
    """

    table: pd.DataFrame
    price: float


def relief(plan: Plan, options: SolveOptions | None = None) -> Relief:
    """Return the relief of a plan with decisions; its network is solved again, and that of today."""
    options = options or SolveOptions(gap=1e-4, time_limit=60.0)
    cases = {"free": network_of(plan), "today": status_quo(plan.scenario)}
    found = solve_all({name: uncharged(case) for name, case in cases.items()}, options)
    table = plan.loads.set_index(_KEY)
    stated = table["today"].astype(float)
    rows = pd.DataFrame(
        {
            "ceiling": table["ceiling"],
            "today": stated.fillna(_loads(found["today"]).reindex(table.index)),
            "without": _loads(found["free"]).reindex(table.index),
            "in_plan": table["from_outside"],
        }
    )
    rows["relieved"] = rows["without"] - rows["in_plan"]
    return Relief(rows.reset_index()[list(RELIEF)], price_of_relief(plan, found["free"]))


def price_of_relief(plan: Plan, without: Plan) -> float:
    """Return the NPV of one yearly case kept away from the hubs: ``without`` has the ceilings at a price of 0."""
    relieved = float((_loads(without) - _loads(plan)).sum()) if without.has_decisions else 0.0
    if relieved <= 1e-6 or plan.objective is None or without.objective is None:
        return np.nan
    return (plan.objective - without.objective) / relieved


def _loads(plan: Plan) -> pd.Series:
    return plan.loads.set_index(_KEY)["from_outside"].astype(float)
