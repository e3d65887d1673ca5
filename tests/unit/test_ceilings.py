"""Ceilings of money count every line of their kind: in the model, in the audit, and as the cash flow has it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd
import pytest
from network_example import example as network_scenario
from resources_example import example as resources_scenario

from redesaude.inputs.scenario import Scenario
from redesaude.lines import SPENT, Kind, of_kind
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.cash_flow import PUBLIC_PAYERS, cash_flow
from redesaude.plan.plan import Plan
from redesaude.solving.solve import solve
from redesaude.status import Status
from tiny import EXACT, PPP, rows, scenario, settings, tables

AMPLE = rows(
    {"funding_id": "once", "kind": "capital", "amount": 1e9}, {"funding_id": "yearly", "kind": "running", "amount": 1e9}
)
DIRECT = {"contract_id": "direct", "transaction_cost": 31, "transaction_share": 0.07, "oversight_cost": 3,
          "design_share": 0.05, "supervision_share": 0.04}  # fmt: skip
BUILT = tables()["sizes"].assign(capex=[100, 200], lifecycle_share=0.02)
#: h1 has a service today, which is dear to close, and may not run on
TODAY = rows(
    {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing", "closing_cost": 41,
     "contract_id": "direct"},
    {"site_id": "h2", "specialty_id": "cardio", "size_id": "large", "status": "required"},
)  # fmt: skip
COMPANY = {**PPP, "contribution_share": 0.3, "design_share": 0.02, "supervision_share": 0.01, "transaction_cost": 17,
           "transaction_share": 0.05, "oversight_cost": 4}  # fmt: skip
PROVIDER = {"contract_id": "buy", "delivery_model": "purchase", "financing": "provider", "equity_return": 0.1,
            "term_years": 20, "transaction_cost": 5, "oversight_cost": 2}  # fmt: skip


def _tiny(contract: dict[str, Any], **changes: pd.DataFrame) -> Scenario:
    sites = tables()["sites"].assign(fixed_cost=[11.0, 13.0])
    return scenario(
        settings=settings(horizon_years=30),
        contracts=rows(contract),
        sizes=BUILT,
        sites=sites,
        funding=AMPLE,
        **changes,
    )


SCENARIOS: dict[str, Callable[[], Scenario]] = {
    "direct": lambda: _tiny(DIRECT, site_services=TODAY),
    "overrun": lambda: _tiny({**DIRECT, "capex_factor": 1.2}),
    "company": lambda: _tiny(COMPANY),
    "provider": lambda: _tiny(PROVIDER),
    "resources": lambda: resources_scenario(funding=AMPLE),
    "network": lambda: network_scenario(funding=AMPLE),
}


@cache
def _plan(name: str) -> Plan:
    return solve(SCENARIOS[name](), EXACT)


@cache
def _paid(name: str) -> pd.DataFrame:
    """Public money by line (rows) and year, real."""
    flows = cash_flow(Appraisal(_plan(name)))
    public = flows[flows["payer"].isin(PUBLIC_PAYERS)]
    return public.pivot_table(index="line", columns="year", values="real", aggfunc="sum", fill_value=0.0)


def _used(plan: Plan, kind: Kind) -> float:
    mine = plan.promises[plan.promises["kind"] == kind]
    return float(mine["achieved"].astype(float).groupby(mine["period_id"]).sum().sum())


@pytest.mark.few(2)
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_capital_ceiling_counts_all_that_is_paid_once(name: str) -> None:
    paid, plan = _paid(name), _plan(name)
    due = paid[paid.index.isin(of_kind(Kind.CAPITAL))].to_numpy().sum()
    assert _used(plan, Kind.CAPITAL) == pytest.approx(due, abs=1e-6)


@pytest.mark.parametrize("name", sorted(SCENARIOS.keys() - {"network"}))
def test_a_running_ceiling_counts_all_that_is_paid_yearly(name: str) -> None:
    paid, plan = _paid(name), _plan(name)
    assert len(plan.scenario.periods) == 1
    due = paid[paid.index.isin(of_kind(Kind.RUNNING))].sum().max()
    assert _used(plan, Kind.RUNNING) == pytest.approx(due, abs=1e-6)


def test_no_line_is_outside_these_plans() -> None:
    """Every line that public budgets spend is met above, so none is outside its ceiling."""
    met = {line for name in SCENARIOS for line in _paid(name).index}
    assert met >= {*of_kind(*SPENT)}


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("kind", "line"), [("capital", "station_works"), ("running", "station_running"), ("running", "ambulances"),
                       ("running", "training"), ("running", "recruitment")],
)  # fmt: skip
def test_what_stations_and_people_cost_is_held_to_the_ceiling(kind: str, line: str) -> None:
    """One unit of money less than the plan takes, at a high price: the plan pays for it or spends less."""
    plan = _plan("resources")
    assert _paid("resources").loc[line].sum() > 0
    tight = AMPLE.assign(amount=[_used(plan, Kind.CAPITAL), _used(plan, Kind.RUNNING)], hard="no", price=1000.0)
    tight.loc[tight["kind"] == kind, "amount"] -= 1.0
    held = solve(resources_scenario(funding=tight), EXACT)
    assert held.objective is not None
    assert plan.objective is not None
    assert held.objective > plan.objective + 1e-6
    assert solve(resources_scenario(funding=tight.assign(amount=1e9)), EXACT).objective == pytest.approx(plan.objective)


def test_works_of_a_station_beyond_the_capital_there_is_are_not_possible() -> None:
    poor = AMPLE.assign(amount=[19.0, 1e9])
    all_new = rows({"promise": "cover", "share": 1.0})
    stations = rows(
        {"station_id": "s1", "territory_id": "t1", "capex": 20, "ambulances_max": 3},
        {"station_id": "s2", "territory_id": "t2", "capex": 0, "ambulances_max": 3},
    )
    times = rows({"station_id": "s2", "territory_id": "t3", "minutes": 18})
    found = solve(resources_scenario(funding=poor, stations=stations, emergency=all_new, station_times=times), EXACT)
    assert found.status == Status.INFEASIBLE
    enough = AMPLE.assign(amount=[20.0, 1e9])
    found = solve(resources_scenario(funding=enough, stations=stations, emergency=all_new, station_times=times), EXACT)
    assert found.status == Status.OPTIMAL
