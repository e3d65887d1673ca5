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
from redesaude.plan.cash_flow import CASH_FLOW, PUBLIC_PAYERS, cash_flow
from redesaude.plan.numbers import numbers_of, today_of
from redesaude.plan.plan import OPENINGS, Plan
from redesaude.studies.strategies import status_quo

NEW_MONEY = ("year", "payer", "plan", "today", "new_money")


def going_on(plan: Plan, treated: pd.DataFrame) -> pd.DataFrame:
    """Return the cash flow of today's services, going on, as :func:`redesaude.plan.cash_flow.cash_flow` has it.

    Only what public payers pay means anything: whom the services that are listed do not treat is not priced. No rows
    where nothing exists today. ``treated`` is who is treated, from :func:`redesaude.studies.today.today`.
    """
    kept = today_plan(plan, treated)
    return cash_flow(Appraisal(kept)) if len(kept.openings) else pd.DataFrame(columns=list(CASH_FLOW))


def worth_by_line(flows: pd.DataFrame) -> pd.Series:
    """Return what public payers pay of ``flows`` by cost line, as net present value (currency of the base year)."""
    paid = flows[flows["payer"].isin(PUBLIC_PAYERS)]
    return paid["npv"].astype(float).groupby(paid["line"]).sum()


def new_money(plan: pd.DataFrame, today: pd.DataFrame, years: range) -> pd.DataFrame:
    """Return what each payer of services pays in each of the ``years``, columns :data:`NEW_MONEY` (base-year currency).

    ``plan`` and ``today`` are the cash flow of a plan and that of today's services, going on; ``new_money`` is what the
    one takes beyond the other, below zero where it takes less. Payers who pay in neither are left out.
    """
    sums = {}
    for name, flows in (("plan", plan), ("today", today)):
        paid = flows[flows["payer"].isin(PUBLIC_PAYERS)]
        sums[name] = paid["real"].astype(float).groupby([paid["year"].astype(int), paid["payer"]]).sum()
    found = pd.DataFrame(sums).fillna(0.0)
    payers = [payer for payer in PUBLIC_PAYERS if payer in set(found.index.get_level_values(1))]
    table = found.reindex(pd.MultiIndex.from_product([years, payers], names=NEW_MONEY[:2]), fill_value=0.0)
    return table.assign(new_money=table["plan"] - table["today"]).reset_index()[list(NEW_MONEY)]


def today_plan(plan: Plan, treated: pd.DataFrame) -> Plan:
    """Today as a plan: its openings and who is treated; no evidence of anything else."""
    scenario = plan.scenario
    runs = today_of(scenario)
    listed = [place in runs for place in zip(treated["site_id"], treated["specialty_id"], strict=True)]
    treated = treated[
        np.array(listed, dtype=bool)
    ]  # what care costs elsewhere, or where no service is listed, is not known
    cases = treated.groupby(["site_id", "specialty_id"])["cases"].sum()
    numbers = numbers_of(scenario)
    rows = [
        (*service, size, contract, period, float(cases.get(service, 0.0)), numbers.of(*service, size)["capacity"])
        for service, (size, contract) in runs.items()
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
