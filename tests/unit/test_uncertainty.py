"""Joint simulation of a plan: its mean is the engine's expected value, its draws are common, its verdicts checkable."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import risky_plan
import tiny
from random_networks import random_network
from redesaude.finance.pricing import price
from redesaude.finance.risks import Draws, register_of
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.solving.solve import solve
from redesaude.studies.alternatives import alternatives, restated
from redesaude.studies.appraise import appraise
from redesaude.studies.outcomes import outcomes
from redesaude.studies.surface import FACTORS, surface
from redesaude.studies.uncertainty import BRIDGE, COST, CURVE, RISKS, VALUE, Simulation, percentiles_of, simulate

CAPEX = {"capex_factor_low": 1.0, "capex_factor": 1.2, "capex_factor_high": 1.7}
DELAY = {"delay_factor_low": 1.0, "delay_factor": 1.5, "delay_factor_high": 4.0}
OPEX = {"opex_factor_low": 0.7, "opex_factor": 0.9, "opex_factor_high": 1.4}
DIRECT, OSS, PPP = risky_plan.DIRECT | CAPEX, risky_plan.OSS | OPEX, risky_plan.PPP


def risks(*rows: dict[str, object]) -> dict[str, pd.DataFrame]:
    base = {"distribution": "triangular"}
    return {"risks": tiny.rows(*(base | {"risk_id": f"r{n}"} | row for n, row in enumerate(rows)))}


def objective_at(plan: Plan, **settings: object) -> float:
    """The plan's cost priced again under other settings."""
    scenario = plan.scenario.replace(settings=replace(plan.scenario.settings, **settings))
    prices = restated(alternatives(plan), replace(plan, scenario=scenario)).repricing
    return float(prices.appraisal.cost_lines(prices.evidence.minutes).sum())


def component(simulation: Simulation, name: str) -> float:
    return float(simulation.bridge.set_index("component")["npv"][name])


def row_of(simulation: Simulation, site: str, contract: str, basis: str = "all") -> pd.Series:
    table = simulation.value.set_index(["site_id", "contract_id", "basis"])
    return table.loc[(site, contract, basis)]


@pytest.fixture(scope="module")
def plan() -> Plan:
    demand = {"target": "demand", "low": 0.9, "mode": 1.0, "high": 1.1}
    wages = {"target": "opex", "low": 1.0, "mode": 1.05, "high": 1.3, "borne_by": "ppp: 0.2"}
    return risky_plan.planned(DIRECT | DELAY, OSS | CAPEX, PPP | DELAY, **risks(demand, wages))


@pytest.fixture(scope="module")
def simulation(plan: Plan) -> Simulation:
    return simulate(plan, draws=4000, seed=3)


def test_the_frames_have_the_columns_promised(simulation: Simulation):
    frames = {"value": VALUE, "cost": COST, "bridge": BRIDGE, "curve": CURVE, "risks": RISKS}
    for name, columns in frames.items():
        assert tuple(getattr(simulation, name).columns) == columns
    assert simulation.risks["share_of_variance"].sum() == pytest.approx(1.0)
    assert simulation.curve["plan_cost"].is_monotonic_increasing


def test_the_mean_is_the_expected_cost_that_the_optimiser_minimised():
    plan = risky_plan.planned(DIRECT, OSS, **risks({"target": "opex", "low": 0.9, "mode": 1.0, "high": 1.4}))
    found = simulate(plan, draws=20_000)
    error = found.plan_cost.std() / np.sqrt(20_000)
    assert error > 0
    assert abs(found.plan_cost.mean() - plan.objective) < 4 * error
    assert abs(component(found, "convexity")) < 4 * error
    for row in found.cost.itertuples():
        assert abs(row.mean - row.expected) < 4 * row.standard_error


def test_every_mean_value_is_the_engines_within_four_standard_errors_when_nothing_is_convex():
    found = simulate(risky_plan.planned(DIRECT, OSS), draws=20_000).value
    compared = found[found["verdict"] != "comparator"]
    assert len(compared)
    assert (abs(compared["mean_vfm"] - compared["expected_vfm"]) < 4 * compared["standard_error"]).all()


def test_with_every_risk_at_its_mean_the_values_are_those_of_the_appraisal(plan: Plan, simulation: Simulation):
    appraised = appraise(plan)
    options = appraised.options[appraised.options["eligible"]].set_index(["site_id", "contract_id"])
    found = simulation.value[simulation.value["basis"] == "all"].set_index(["site_id", "contract_id"])
    for place, option in options.iterrows():
        assert found.loc[place, "expected_vfm"] == pytest.approx(option["vfm"], abs=1e-6)
    for row in appraised.programme.itertuples():
        assert found.loc[("", row.contract_id), "expected_vfm"] == pytest.approx(row.vfm, abs=1e-6)
    payments = row_of(simulation, "h1", "ppp", "payments")["expected_vfm"]
    waiting = options["waiting_npv"]
    saved = waiting["h1", "direct"] - waiting["h1", "ppp"]
    assert row_of(simulation, "h1", "ppp")["expected_vfm"] - payments == pytest.approx(saved)


def test_the_bridge_adds_up_and_starts_at_the_objective(plan: Plan, simulation: Simulation):
    assert component(simulation, "expected") == pytest.approx(plan.objective)
    parts = sum(component(simulation, name) for name in ("expected", "register", "convexity"))
    assert component(simulation, "mean") == pytest.approx(parts)
    assert component(simulation, "mean") == pytest.approx(simulation.plan_cost.mean())


def test_a_delay_that_costs_more_on_average_than_at_the_average_is_told_as_convexity():
    """Half the time 1, half the time 3 times as long: the mean cost is that of the two, not that of twice as long."""
    delay = {"target": "delay", "distribution": "discrete", "outcomes": "1; 3", "probabilities": "0.5; 0.5"}
    plan = risky_plan.planned(risky_plan.DIRECT, **risks(delay))
    found = simulate(plan, draws=20_000)
    ends = [risky_plan.planned(risky_plan.DIRECT | {"delay_factor": d}).objective for d in (1.0, 3.0)]
    assert sorted(set(np.round(found.plan_cost, 6))) == pytest.approx(ends)
    middle = risky_plan.planned(risky_plan.DIRECT | {"delay_factor": 2.0}).objective
    assert plan.objective == pytest.approx(middle)
    true = sum(ends) / 2 - middle
    assert abs(component(found, "convexity") - true) < 4 * found.plan_cost.std() / np.sqrt(20_000)


def test_draws_between_the_nodes_are_the_engines_prices(simulation: Simulation):
    assert 0 < simulation.interpolation_error < 1e-4


def test_p10_p50_and_p90_are_those_of_the_draws(plan: Plan, simulation: Simulation):
    told = simulation.cost
    assert (told["p5"] <= told["p10"]).all() and (told["p90"] <= told["p95"]).all()  # noqa: PT018
    drawn = simulation.risks.dropna(subset="mean")
    assert (drawn[["p5", "p10", "p50", "p90", "p95"]].diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    assert percentiles_of(simulation.plan_cost)["p90"] == pytest.approx(np.percentile(simulation.plan_cost, 90))


def test_the_same_seed_gives_the_same_simulation(plan: Plan, simulation: Simulation):
    again, other = simulate(plan, draws=4000, seed=3), simulate(plan, draws=4000, seed=4)
    assert np.array_equal(again.plan_cost, simulation.plan_cost)
    pd.testing.assert_frame_equal(again.value, simulation.value)
    assert not np.array_equal(other.plan_cost, simulation.plan_cost)


def test_contracts_meet_the_same_draws():
    """A twin of direct administration but for a yearly fee: the same works, so the difference is certain."""
    twin = DIRECT | DELAY | {"contract_id": "twin", "delivery_model": "foundation", "oversight_cost": 1}
    found = row_of(simulate(risky_plan.planned(DIRECT | DELAY, twin), draws=500), "h1", "twin")
    assert found["p5"] == pytest.approx(found["p95"])
    assert found["verdict"] == "worse"
    assert found["probability_positive"] == 0.0


def test_the_verdict_is_not_distinguishable_while_the_range_holds_zero(simulation: Simulation):
    compared = simulation.value[simulation.value["verdict"] != "comparator"]
    assert set(compared["verdict"]) >= {"not_distinguishable"}
    for row in compared.itertuples():
        inside = row.p5 <= 0 <= row.p95
        assert (row.verdict == "not_distinguishable") == inside
        assert row.verdict != "better" or row.probability_positive >= 0.95
        assert row.verdict != "worse" or row.probability_positive <= 0.05


def test_the_comparator_is_not_compared_with_itself(simulation: Simulation):
    found = row_of(simulation, "h1", "direct")
    assert found["verdict"] == "comparator"
    assert np.isnan(found["probability_positive"])
    assert found["p5"] == found["p95"] == 0.0


def test_a_risk_left_with_the_contractor_narrows_the_cost():
    wages = {"target": "opex", "low": 0.5, "mode": 1.0, "high": 1.5}
    spread = []
    for borne in ("", "ppp: 0.25"):
        plan = risky_plan.planned(
            risky_plan.PPP, risky_plan.DIRECT, decided="ppp", **risks(wages | {"borne_by": borne})
        )
        spread.append(np.ptp(simulate(plan, draws=2000).plan_cost))
    assert spread[1] == pytest.approx(spread[0] / 4, rel=1e-6)


def test_a_risk_on_a_cost_line_multiplies_that_line_alone():
    double = {"target": "waiting", "low": 2.0, "mode": 2.0, "high": 2.0}
    plan = risky_plan.planned(risky_plan.DIRECT, **risks(double))
    found = simulate(plan, draws=10)
    waiting = float(plan.costs.set_index("line")["npv"]["waiting"])
    assert found.plan_cost == pytest.approx(np.full(10, plan.objective + waiting))
    assert component(found, "register") == pytest.approx(waiting)


def test_demand_beyond_the_capacity_is_sent_away_at_its_cost():
    more = {"target": "demand", "low": 1.5, "mode": 1.5, "high": 1.5}
    plan = risky_plan.planned(risky_plan.DIRECT, **risks(more))
    found = simulate(plan, draws=5)
    per_case = plan.costs.set_index("line")["npv"][["case_running", "waiting"]].sum() / 60.0
    annuity = float(np.sum(1.05 ** -(np.arange(20) + 0.5)))
    due = plan.objective + 6.0 * per_case + 24.0 * 15.0 * annuity  # 90 come, 66 find room
    assert found.plan_cost == pytest.approx(np.full(5, due))


def test_a_drawn_discount_rate_prices_the_whole_plan_at_that_rate():
    rate = {"target": "discount_rate", "distribution": "discrete", "outcomes": "-0.02; 0.02",
            "probabilities": "0.5; 0.5"}  # fmt: skip
    plan = risky_plan.planned(risky_plan.DIRECT, risky_plan.PPP, **risks(rate))
    found = simulate(plan, draws=400)
    due = [objective_at(plan, discount_rate=r) for r in (0.07, 0.03)]
    assert sorted(set(np.round(found.plan_cost, 6))) == pytest.approx(due)
    assert (found.plan_cost < plan.objective).mean() == pytest.approx(0.5, abs=0.1)


def test_a_plan_without_decisions_or_comparator_is_refused():
    plan = risky_plan.planned(risky_plan.OSS)
    with pytest.raises(ValueError, match="comparator"):
        simulate(plan)
    with pytest.raises(ValueError, match="decisions"):
        simulate(Plan(plan.scenario, status=type(plan.status).NO_PLAN, termination=plan.termination))


@pytest.mark.long
@pytest.mark.few(1)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_contract_that_fits_a_site_only_together_with_others_is_priced_there(seed: int):
    drawn = solve(Scenario.from_tables(random_network(seed)), tiny.EXACT)
    known = alternatives(drawn)
    pairs = {pair for assignment in known.programmes.values() for pair in assignment.items()}
    assert pairs <= set(outcomes(known, Draws(register_of(drawn.scenario.risks, drawn.scenario.contracts), 3, 0)).sites)


def test_nodes_priced_together_are_the_engines_prices_one_by_one(plan: Plan, monkeypatch: pytest.MonkeyPatch):
    prices = alternatives(plan).repricing
    terms, calendar = prices.terms(prices.everywhere("ppp")), prices.appraisal.calendar
    delays = terms.delay_factor * 0.8, terms.delay_factor * 1.7
    monkeypatch.setattr("redesaude.studies.surface._AT_ONCE", 2 * len(prices.services))
    found = surface(prices.services, terms, calendar, "government", delays=delays, apart=["waiting"])
    cases = np.array([prices.cases[0]])
    for node in range(len(found.coefficients["waiting"][0])):
        delay = delays[0] + (delays[1] - delays[0]) * node / (len(found.coefficients["waiting"][0]) - 1)
        due = price(prices.services, replace(terms, delay_factor=delay), calendar)
        told = found.cost(0, delay[:1], [getattr(terms, name)[:1] for name in FACTORS], cases)
        assert told["waiting"] == pytest.approx(due.fixed["waiting"][:1] + due.per_case["waiting"][:1] * cases)
        assert sum(told.values()) == pytest.approx(due.cost[:1] + due.case_cost[:1] * cases)
