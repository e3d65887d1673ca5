r"""What a plan does more, or less, than today's services do as they go on.

Of specialty :math:`s` with :math:`n_s` cases of today's people the services listed treat :math:`t_s`, as known
(:func:`redesaude.studies.today.today`), others :math:`o_s` (outside the area, or at sites without a listed service),
and of the rest others treat the stated ``treated_elsewhere_share`` :math:`\epsilon_s` too:

.. math::

   \text{elsewhere}_s = o_s + \epsilon_s (n_s - t_s - o_s), \qquad
   \text{nowhere}_s = (1 - \epsilon_s)(n_s - t_s - o_s).

Cases elsewhere gain what a late case does, those treated nowhere the ``away_gain_share`` of it, at the stated cost of a
case sent away; today is the same in every year. What care by others costs is not known, so it is left out of money.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.assemble.phases import phases_of
from redesaude.inputs.tables import ALL
from redesaude.plan.benefits import DEATHS, ITEMS, OUTCOMES, Benefits, difference, outcomes, with_evidence
from redesaude.plan.plan import Plan
from redesaude.studies.going_on import today_plan
from redesaude.studies.today import today_access


def against_today(plan: Plan, treated: pd.DataFrame, found: pd.DataFrame) -> Benefits:
    """Return ``plan``, which does what its :func:`redesaude.plan.benefits.outcomes` have ``found``, against today.

    ``treated`` is who is treated today, from :func:`redesaude.studies.today.today`.
    """
    return difference(plan, found, today_outcomes(plan, treated))


def today_outcomes(plan: Plan, treated: pd.DataFrame) -> pd.DataFrame:
    """Return what today does, as :func:`redesaude.plan.benefits.outcomes` has it for a plan."""
    kept, scenario = today_plan(plan, treated), plan.scenario
    specialties = scenario.specialties.set_index("specialty_id")
    access = today_access(scenario, treated)
    whole = access[access["region_id"] == ALL].set_index("specialty_id").reindex(specialties.index).fillna(0.0)
    first = kept.openings[kept.openings["period_id"] == scenario.periods["period_id"].iloc[0]]
    listed = first.groupby("specialty_id")["cases"].sum().reindex(specialties.index).fillna(0.0)
    rest = whole["cases"] - whole["treated"] - whole["outside"]
    share = specialties["treated_elsewhere_share"]
    elsewhere = whole["treated"] + whole["outside"] - listed + share * rest
    nowhere = (1.0 - share) * rest
    late = specialties["dalys_late"].astype(float).fillna(0.0)
    amounts = dict.fromkeys(ITEMS, 0.0) | {
        DEATHS: 0.0 if with_evidence(scenario) else np.nan,
        "cases_elsewhere": elsewhere.sum(),
        "cases_sent_away": nowhere.sum(),
        "sent_away_money": (nowhere * specialties["unmet_cost"].fillna(0.0)).sum(),
        "dalys": (late * (elsewhere + scenario.settings.away_gain_share * nowhere)).sum(),
    }
    worth = phases_of(scenario).calendar.annuity()
    rows = [(item, "", amount, amount, amount * worth) for item, amount in amounts.items()]
    told = pd.DataFrame(rows, columns=list(OUTCOMES))
    return pd.concat([outcomes(kept), told], ignore_index=True) if len(kept.openings) else told
