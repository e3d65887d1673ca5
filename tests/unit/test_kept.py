"""A contract that stays although another costs less there by itself says why."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from appraisal_example import example, example_plan

from redesaude.inputs.scenario import Scenario
from redesaude.plan.audit import audit
from redesaude.plan.plan import Audit, Check, Plan
from redesaude.solving.solve import solve
from redesaude.studies import kept as module
from redesaude.studies.appraise import appraise
from redesaude.studies.kept import kept
from redesaude.studies.repricing import Repricing
from redesaude.studies.same_network import under_contracts
from tiny import EXACT, rows, scenario, settings, times


def contracts_of(plan: Plan) -> dict[str, str]:
    return dict(zip(plan.openings["site_id"], plan.openings["contract_id"], strict=True))


def reasons(plan: Plan) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    table = kept(appraise(plan))
    return {row.site_id: (row.rival_id, row.reason, row.named) for row in table.itertuples()}


def test_the_cheapest_contracts_need_no_reason() -> None:
    assert reasons(example_plan()) == {}


def test_a_limit_is_named() -> None:
    tight = rows({"fiscal_id": "art28", "kind": "ppp", "base_amount": 10_000, "share": 0.001})
    plan = solve(example(fiscal=tight), EXACT)
    assert contracts_of(plan)["h2"] == "direct"
    rival, reason, named = reasons(plan)["h2"]
    assert (rival, reason, named) == ("ppp", "ceiling", ("art28",))


def test_a_limit_with_a_price_is_named() -> None:
    dear = rows({"fiscal_id": "art28", "kind": "ppp", "base_amount": 10_000, "share": 0.001, "hard": "no", "price": 99})
    plan = solve(example(fiscal=dear), EXACT)
    assert reasons(plan)["h2"][1:] == ("price", ("art28",))


def test_a_plan_that_could_be_cheaper_says_so() -> None:
    poor = under_contracts(example_plan(), contracts_of(example_plan()) | {"h2": "share"})
    assert reasons(poor)["h2"][:2] == ("ppp", "time")


def test_what_a_lot_shares_keeps_its_contract() -> None:
    """The contract is worth it for both towns together; the one that has less from it would leave if it were alone."""
    plan = solve(_lot(), EXACT)
    assert contracts_of(plan) == {"h1": "oss", "h2": "oss"}
    assert reasons(plan) == {"h1": ("direct", "letting", ())}


@pytest.mark.parametrize(
    ("check", "reason", "named"),
    [
        ("least contract values", "value", ()),
        ("contracts of a kind", "number", ()),
        ("staff for every service", "rule", ("staff for every service",)),
    ],
)
def test_each_rule_that_a_swap_breaks_is_told(check: str, reason: str, named: tuple[str, ...]) -> None:
    plan = example_plan()
    failed = Audit((Check(check, passed=False, worst=1.0, tolerance=0.0),))
    found = module._reason(plan, replace(plan, audit=failed))
    assert found == (reason, named or (check,))


def _lot() -> Scenario:
    services: pd.DataFrame = rows(
        {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "required"},
        {"site_id": "h2", "specialty_id": "cardio", "size_id": "large", "status": "required"},
    )
    return scenario(
        settings=settings(patient_time_weight=1, patient_minute_cost=9),
        territories=rows(*({"territory_id": f"t{n}", "population": 30} for n in (1, 2))),
        sites=rows(*({"site_id": f"h{n}", "territory_id": f"t{n}", "lot_id": "north"} for n in (1, 2))),
        lots=rows({"lot_id": "north"}),
        site_services=services,
        contracts=rows(
            {"contract_id": "direct"},
            {"contract_id": "oss", "delivery_model": "oss", "opex_factor": 0.8, "transaction_cost": 150},
        ),
        travel_times=times({"t1": {"h1": 0, "h2": 60}, "t2": {"h1": 60, "h2": 0}}),
    )


def test_what_contracts_do_not_touch_is_looked_up_once_and_found_as_anew() -> None:
    plan = example_plan()
    prices = Repricing(plan)
    for contract in ("share", "direct"):
        swapped = under_contracts(plan, contracts_of(plan) | {"h2": contract}, prices, apart=False)
        assert swapped.audit == audit(swapped)
    assert "resources" in prices.evidence.of_network
    poor = replace(swapped, access=swapped.access.assign(cases=swapped.access["cases"] + 1.0))
    assert audit(poor, prices.evidence.of(poor)) == audit(poor)  # another table: looked up anew
