"""Laws of planning in periods, on random tiny scenarios: time adds choices, what is decided takes them away."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from optima import holds, no_more, same
from random_tables import phased_tables as tables
from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.variants import apply_variant
from redesaude.plan.plan import Plan
from redesaude.solving.solve import solve
from redesaude.status import Status
from tiny import EXACT, Tables, rows, scenario

pytestmark = pytest.mark.long

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


def test_periods_in_which_nothing_may_change_are_one_period() -> None:
    """Without growth; where works take time, patients may go elsewhere meanwhile, and the plan is no dearer."""

    def both(seed: int) -> tuple[Tables, Tables]:
        one, split = tables(seed, HORIZON), tables(seed, 2, 3, 4) | {"decisions": frozen("p2", "p3")}
        for case in (one, split):
            case.pop("funding", None)  # a ceiling of capital is one of each period
        return one, split

    def law(seed: int) -> tuple[float, float]:
        one, split = both(seed)
        return optimum(split), optimum(one)

    def works_at_once(seed: int) -> tuple[float, float]:
        one, split = both(seed)
        at_once = {
            "sizes": one["sizes"].assign(build_months=0),
            "contracts": one["contracts"].assign(procurement_months=0),
        }
        return optimum(one | at_once), optimum(split | at_once)

    holds(law)
    same(works_at_once)


def test_time_to_change_never_hurts() -> None:
    def law(seed: int) -> tuple[float, float]:
        case = tables(seed, 4, 5, growth=0.05)
        return optimum(case), optimum(case | {"decisions": frozen("p2")})

    holds(law)


@pytest.mark.parametrize("decision", ["open", "start", "close", "forbid", "freeze"])
@pytest.mark.parametrize("period", ["p1", "p2"])
def test_a_decision_taken_never_helps(decision: str, period: str) -> None:
    def law(seed: int) -> tuple[float, float]:
        case = tables(seed, 4, 5, growth=0.05)
        case.pop("site_services", None)
        decided = rows({"site_id": "h2", "specialty_id": "a", "period_id": period, "decision": decision})
        return optimum(case), optimum(case | {"decisions": decided})

    holds(law, compared=2)


def test_a_decision_that_waits_for_its_variant_changes_nothing_before() -> None:
    def waits(seed: int) -> tuple[Tables, Tables, Scenario] | None:
        case = tables(seed, 4, 5, growth=0.05)
        case.pop("site_services", None)
        row = {"site_id": "h2", "specialty_id": "a", "period_id": "p2", "decision": "close"}
        key = {"sheet": "decisions", "key": "h2|a|||p2|close", "column": "active"}
        switch = {"variant_id": "closed", **key, "operation": "set", "value": "yes"}
        waiting = case | {"decisions": rows(row | {"active": "no"}), "variants": rows(switch)}
        try:
            variant = apply_variant(scenario(**waiting), "closed")
        except InputError:  # cases that must be treated reach no site
            return None
        closed = solve(variant, EXACT).objective
        told = optimum(case | {"decisions": rows(row)})
        assert (np.inf if closed is None else closed) == pytest.approx(told, rel=1e-9)
        return case, waiting, variant

    def law(seed: int) -> tuple[float, float]:
        found = waits(seed)
        return (np.inf, np.inf) if found is None else (optimum(found[0]), optimum(found[1]))

    same(law)


def test_an_order_of_services_never_helps() -> None:
    def law(seed: int) -> tuple[float, float]:
        case = tables(seed, 4, 5, growth=0.05)
        case.pop("site_services", None)
        order = {"site_id": "h2", "specialty_id": "a", "after_site_id": "h1", "after_specialty_id": "a"}
        first, strictly = (rows({**order, "periods_between": between}) for between in (0, 1))
        plans = [optimum(c) for c in (case, case | {"precedence": first}, case | {"precedence": strictly})]
        for freer, bound in pairwise(plans):
            assert np.isinf(bound) or no_more(freer, bound)
        return plans[0], plans[2]

    holds(law)


def test_a_limit_of_works_begun_never_helps() -> None:
    def law(seed: int) -> tuple[float, float]:
        case = tables(seed, 4, 5, growth=0.05)
        limits = [optimum(case | {"periods": case["periods"].assign(max_starts=most)}) for most in (2, 1, 0)]
        plans = [optimum(case), *limits]
        for fewer, more in pairwise(plans):
            assert np.isinf(more) or no_more(fewer, more)
        return plans[0], plans[-1]

    holds(law)


def test_a_plan_decided_in_full_is_found_again() -> None:
    """Every opening of a plan, told as a decision, gives the same plan: next year begins from this year's facts."""

    def law(seed: int) -> tuple[float, float]:
        case = tables(seed, 4, 5, growth=0.05)
        plan = solved(case)
        if plan is None or plan.objective is None:
            return np.inf, np.inf
        told = plan.openings[["site_id", "specialty_id", "size_id", "contract_id", "period_id"]].assign(decision="open")
        return plan.objective, optimum(case | {"decisions": told})

    same(law)


def test_a_longer_horizon_keeps_what_is_decided() -> None:
    compared = 0
    for seed in range(40):
        case = tables(seed, 4, 5, growth=0.05)
        plan = solved(case)
        if plan is None:
            continue
        first = plan.openings[plan.openings["period_id"] == "p1"]
        told = first[["site_id", "specialty_id", "size_id", "contract_id", "period_id"]].assign(decision="open")
        longer = solved(tables(seed, 4, 5, 6, growth=0.05, horizon=15) | {"decisions": told})
        if longer is None:  # growth beyond what may be built
            continue
        state = ["site_id", "specialty_id", "size_id", "contract_id"]
        kept = longer.openings[longer.openings["period_id"] == "p1"][state]
        assert first[state].merge(kept, on=state).shape[0] == len(first)
        compared += bool(len(first))
        if compared == 3:
            return
    raise AssertionError(f"{compared} plans were kept")
