"""Laws of planning in periods, on random tiny scenarios: time adds choices, what is decided takes them away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optima import no_more
from random_tables import phased_tables as tables
from redesaude.errors import InputError
from redesaude.inputs.variants import apply_variant
from redesaude.plan.plan import Plan, Status
from redesaude.solving.solve import solve
from tiny import EXACT, Tables, rows, scenario

SEEDS = st.integers(0, 10**6)
law = settings(derandomize=True, max_examples=3, deadline=None, database=None)
HORIZON = 9


def solved(case: Tables) -> Plan | None:
    """The optimal plan; None where there is none."""
    try:
        plan = solve(scenario(**case), EXACT)
    except InputError:  # cases that must be treated reach no site
        return None
    if plan.status == Status.INFEASIBLE:
        return None
    assert plan.status == Status.OPTIMAL
    return plan


def optimum(case: Tables) -> float:
    plan = solved(case)
    return np.inf if plan is None or plan.objective is None else plan.objective


def frozen(*periods: str) -> pd.DataFrame:
    return rows(*({"site_id": "all", "specialty_id": "all", "period_id": p, "decision": "freeze"} for p in periods))


@law
@given(SEEDS)
def test_periods_in_which_nothing_may_change_are_one_period(seed: int) -> None:
    """Without growth; where works take time, patients may go elsewhere meanwhile, and the plan is no dearer."""
    one, split = tables(seed, HORIZON), tables(seed, 2, 3, 4) | {"decisions": frozen("p2", "p3")}
    for case in (one, split):
        case.pop("funding", None)  # a ceiling of capital is one of each period
    assert no_more(optimum(split), optimum(one))
    at_once = {
        "sizes": one["sizes"].assign(build_months=0),
        "contracts": one["contracts"].assign(procurement_months=0),
    }
    assert optimum(split | at_once) == pytest.approx(optimum(one | at_once), rel=1e-6)


@law
@given(SEEDS)
def test_time_to_change_never_hurts(seed: int) -> None:
    case = tables(seed, 4, 5, growth=0.05)
    assert no_more(optimum(case), optimum(case | {"decisions": frozen("p2")}))


@law
@given(SEEDS, st.sampled_from(["open", "start", "close", "forbid", "freeze"]), st.sampled_from(["p1", "p2"]))
def test_a_decision_taken_never_helps(seed: int, decision: str, period: str) -> None:
    case = tables(seed, 4, 5, growth=0.05)
    case.pop("site_services", None)
    decided = rows({"site_id": "h2", "specialty_id": "a", "period_id": period, "decision": decision})
    assert no_more(optimum(case), optimum(case | {"decisions": decided}))


@law
@given(SEEDS)
def test_a_decision_that_waits_for_its_variant_changes_nothing_before(seed: int) -> None:
    case = tables(seed, 4, 5, growth=0.05)
    case.pop("site_services", None)
    row = {"site_id": "h2", "specialty_id": "a", "period_id": "p2", "decision": "close"}
    key = {"sheet": "decisions", "key": "h2|a|||p2|close", "column": "active"}
    switch = {"variant_id": "closed", **key, "operation": "set", "value": "yes"}
    waiting = case | {"decisions": rows(row | {"active": "no"}), "variants": rows(switch)}
    try:
        variant = apply_variant(scenario(**waiting), "closed")
    except InputError:  # cases that must be treated reach no site
        return
    assert optimum(waiting) == pytest.approx(optimum(case), rel=1e-9)
    closed = solve(variant, EXACT).objective
    assert (np.inf if closed is None else closed) == pytest.approx(optimum(case | {"decisions": rows(row)}), rel=1e-9)


@law
@given(SEEDS)
def test_an_order_of_services_never_helps(seed: int) -> None:
    case = tables(seed, 4, 5, growth=0.05)
    case.pop("site_services", None)
    order = {"site_id": "h2", "specialty_id": "a", "after_site_id": "h1", "after_specialty_id": "a"}
    first, strictly = (rows({**order, "periods_between": between}) for between in (0, 1))
    free, ordered, apart = (optimum(c) for c in (case, case | {"precedence": first}, case | {"precedence": strictly}))
    assert no_more(free, ordered)
    assert no_more(ordered, apart)


@law
@given(SEEDS)
def test_a_limit_of_works_begun_never_helps(seed: int) -> None:
    case = tables(seed, 4, 5, growth=0.05)
    limits = [optimum(case | {"periods": case["periods"].assign(max_starts=most)}) for most in (2, 1, 0)]
    assert no_more(optimum(case), limits[0])
    assert no_more(limits[0], limits[1])
    assert no_more(limits[1], limits[2])


@law
@given(SEEDS)
def test_a_plan_decided_in_full_is_found_again(seed: int) -> None:
    """Every opening of a plan, told as a decision, gives the same plan: next year begins from this year's facts."""
    case = tables(seed, 4, 5, growth=0.05)
    plan = solved(case)
    if plan is None:
        return
    told = plan.openings[["site_id", "specialty_id", "size_id", "contract_id", "period_id"]].assign(decision="open")
    assert optimum(case | {"decisions": told}) == pytest.approx(plan.objective, rel=1e-6)


@law
@given(SEEDS)
def test_a_longer_horizon_keeps_what_is_decided(seed: int) -> None:
    case = tables(seed, 4, 5, growth=0.05)
    plan = solved(case)
    if plan is None:
        return
    first = plan.openings[plan.openings["period_id"] == "p1"]
    told = first[["site_id", "specialty_id", "size_id", "contract_id", "period_id"]].assign(decision="open")
    longer = solved(tables(seed, 4, 5, 6, growth=0.05, horizon=15) | {"decisions": told})
    if longer is None:  # growth beyond what may be built
        return
    state = ["site_id", "specialty_id", "size_id", "contract_id"]
    kept = longer.openings[longer.openings["period_id"] == "p1"][state]
    assert first[state].merge(kept, on=state).shape[0] == len(first)
