"""What today's services would cost if they went on as they are: that of which a plan asks for new money.

Nothing is solved anew: the services that exist, under today's contracts, treat whom they can
(:func:`redesaude.studies.today.today`), in every period alike, and are priced as those of a plan are. Nobody is hired,
trained or let anew, and stations are those of the plan that stand already.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from redesaude.plan.appraisal import Appraisal
from redesaude.plan.cash_flow import CASH_FLOW, cash_flow
from redesaude.plan.numbers import ServiceNumbers
from redesaude.plan.paths import today_of
from redesaude.plan.plan import OPENINGS, Plan
from redesaude.studies.strategies import status_quo


def going_on(plan: Plan, treated: pd.DataFrame) -> pd.DataFrame:
    """Return the cash flow of today's services, going on, as :func:`redesaude.plan.cash_flow.cash_flow` has it.

    Only what public payers pay means anything: whom the services do not treat is not priced. No rows where nothing
    exists today. ``treated`` is whom they treat, from :func:`redesaude.studies.today.today`.
    """
    kept = _kept(plan, treated)
    return cash_flow(Appraisal(kept)) if len(kept.openings) else pd.DataFrame(columns=list(CASH_FLOW))


def _kept(plan: Plan, treated: pd.DataFrame) -> Plan:
    """Today as a plan: its openings and who is treated; no evidence of anything else."""
    scenario = plan.scenario
    cases = treated.groupby(["site_id", "specialty_id"])["cases"].sum()
    numbers = ServiceNumbers(scenario)
    rows = [
        (*service, size, contract, period, float(cases.get(service, 0.0)), numbers.of(*service, size)["capacity"])
        for service, (size, contract) in today_of(scenario).items()
        for period in scenario.periods["period_id"]
    ]
    openings = pd.DataFrame(rows, columns=list(OPENINGS[:7])).assign(npv=0.0, status="kept", change="kept")
    periods = scenario.periods[["period_id"]]
    assignments = treated.assign(share=np.nan).merge(periods, how="cross")
    return replace(
        plan,
        scenario=status_quo(scenario),
        openings=openings,
        assignments=assignments[list(plan.assignments.columns)],
        stations=plan.stations[plan.stations["status"] != "new"],
        **{name: getattr(plan, name).iloc[:0] for name in ("unmet", "costs", "workforce", "transfers", "support")},
    )
