"""What a comparison may say of strategies: which is cheaper is told where the proof found allows it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from appraisal_example import example, example_plan
from test_compare import contracts_of, row

from redesaude.plan.plan import Plan
from redesaude.status import Status
from redesaude.studies import compare as module
from redesaude.studies.compare import MIX, compare, cost_interval, verdict
from redesaude.studies.same_network import under_contracts
from redesaude.studies.sharing import shared
from tiny import EXACT, rows


def test_strategies_whose_intervals_overlap_are_not_distinguishable() -> None:
    base = example_plan()

    def plan(bound: float | None, objective: float) -> Plan:
        return replace(base, bound=bound, objective=objective)

    mix = plan(90.0, 100.0)
    assert verdict(plan(101.0, 105.0), mix) == "dearer"
    assert verdict(plan(99.0, 150.0), mix) == "not_distinguishable"
    assert verdict(plan(70.0, 89.0), mix) == "cheaper"
    assert verdict(plan(70.0, 90.0), mix) == "not_distinguishable"
    assert verdict(plan(101.0, 105.0), plan(None, 100.0)) == "dearer"  # this takes no bound of the mix
    assert verdict(replace(base, status=Status.NO_PLAN), mix) == ""
    assert cost_interval(plan(90.0, 100.0)) == (90.0, 100.0)


def test_no_verdict_rests_on_a_plan_without_a_bound() -> None:
    base = example_plan()
    mix = replace(base, bound=90.0, objective=100.0)
    unproven = replace(base, bound=None, gap=None, objective=150.0)
    assert cost_interval(unproven) == (-np.inf, 150.0)
    assert verdict(unproven, mix) == "not_distinguishable"
    assert (
        verdict(replace(base, bound=40.0, objective=50.0), replace(unproven, objective=60.0)) == "not_distinguishable"
    )


def test_verdicts_hold_below_zero() -> None:
    base = example_plan()
    mix, same = replace(base, bound=-100.0, objective=-90.0), replace(base, bound=-90.0, objective=-80.0)
    assert verdict(same, mix) == "not_distinguishable"
    assert verdict(replace(base, bound=-120.0, objective=-100.0), mix) == "not_distinguishable"


def test_a_restricted_strategy_that_costs_less_becomes_the_mix_and_takes_its_bound() -> None:
    """A search that ran out of time may find a dearer mix than the restricted search; the better plan is taken."""
    best = example_plan()
    poor = replace(
        best,
        status=Status.FEASIBLE,
        objective=best.objective * 2,  # type: ignore[operator]
        bound=best.objective * 0.8,  # type: ignore[operator]
    )
    direct = replace(best, bound=best.objective * 0.5)  # type: ignore[operator]
    found = shared({MIX: poor, "direct": direct})
    assert found[MIX].objective == best.objective
    assert found[MIX].bound == poor.bound
    assert found[MIX].audit.passed
    assert found["direct"].bound == poor.bound


@pytest.mark.long
def test_the_mix_takes_cheaper_contracts_on_its_own_network() -> None:
    """A plan left with a dear contract is swapped for the cheapest that keeps every rule."""
    poor = under_contracts(example_plan(), contracts_of(example_plan()) | {"h2": "share"})
    assert poor.objective > example_plan().objective  # type: ignore[operator]
    appraised, swapped = module._settled(poor)
    assert contracts_of(appraised.plan)["h2"] == "ppp"
    assert appraised.plan.objective == pytest.approx(example_plan().objective, rel=1e-9)
    assert contracts_of(swapped["direct_same"][0])["h2"] == "direct"


@pytest.mark.long
def test_a_swap_that_breaks_a_firm_limit_is_told_and_not_hidden() -> None:
    tight = rows({"fiscal_id": "art28", "kind": "ppp", "base_amount": 10_000, "share": 0.001})
    found = compare(example(fiscal=tight), EXACT)
    assert contracts_of(found.plans[MIX])["h2"] == "direct"
    broken = row(found, "ppp_same")
    assert broken["broken"] == ("hard money promises kept",)
    limits = found.limits.set_index(["strategy_id", "limit_id", "reading"])
    assert not limits.loc[("ppp_same", "art28", "all"), "met"]
    assert row(found, "ppp")["status"] == "infeasible"
    assert row(found, "ppp")["verdict"] == ""


@pytest.mark.long
def test_a_swap_beyond_an_elastic_limit_is_charged_at_its_price() -> None:
    tight = rows(
        {"fiscal_id": "art28", "kind": "ppp", "base_amount": 10_000, "share": 0.001, "hard": "no", "price": 50}
    )
    found = compare(example(fiscal=tight), EXACT)
    swapped = found.plans["ppp_same"]
    assert swapped.audit.passed
    excess = swapped.promises.set_index("promise_id").loc["art28", "shortfall"]
    assert excess > 0
    charged = found.costs.set_index(["strategy_id", "line"])["npv"]["ppp_same", "shortfall_money"]
    assert charged == pytest.approx(50 * 10 * excess)
