"""Who waits for an opening, who is treated elsewhere meanwhile, and what either weighs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from redesaude.assemble.assembled import input_problems
from redesaude.finance.discounting import Calendar
from redesaude.finance.pricing import Prices, price
from redesaude.finance.services import Services
from redesaude.inputs.scenario import Scenario
from redesaude.lines import LINES, Group
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.audit import audit
from redesaude.plan.benefits import outcomes
from redesaude.plan.delay import saved_by_delay
from redesaude.plan.plan import Plan
from redesaude.report.figures import key_figures
from redesaude.report.terms import COST_GROUPS, PUBLIC_MONEY
from redesaude.report.view import view_of
from redesaude.report.workbook import write_audit_workbook
from redesaude.solving.solve import solve
from tiny import EXACT, rows, scenario, settings, tables, times

#: two years of works, ten of horizon, no discount; 10 a year fixed, 3 a case; 60 a case that waits
SERVICE = {"works": 50.0, "lifecycle": 0.0, "fixed": 10.0, "per_case": 3.0, "capacity": 100.0, "build_years": 2.0,
           "before_fixed": 0.0, "before_lifecycle": 0.0, "before_share": 0.0, "unmet_cost": 60.0}  # fmt: skip
CALENDAR = Calendar(2025, 2025, 10, 0.0)


def priced(**values: float) -> Prices:
    services = Services(**{name: np.array([value]) for name, value in (SERVICE | values).items()})
    terms = Appraisal(two_years()).terms().take(np.array([0]))
    return price(services, terms, CALENDAR)


def two_years(**changes: Any) -> Plan:
    """One hospital, to be built in two years, for all the 60 cases of the example."""
    special = rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": 60} | changes.pop("special", {}))
    sizes = rows({"specialty_id": "cardio", "size_id": "large", "capacity": 100, "fixed_cost": 10, "cost_per_case": 3,
                  "capex": 50, "build_months": 24})  # fmt: skip
    made = {"specialties": special, "sizes": sizes, "sites": tables()["sites"].iloc[:1],
            "travel_times": times({"t1": {"h1": 0}, "t2": {"h1": 20}, "t3": {"h1": 50}}),
            "settings": settings(base_year=2025, horizon_years=10, **changes)}  # fmt: skip
    plan = solve(scenario(**made), EXACT)
    assert plan.has_decisions
    assert audit(plan).passed, [check for check in audit(plan).checks if not check.passed]
    return plan


def lines(plan: Plan) -> dict[str, float]:
    return {str(line): float(npv) for line, npv in plan.costs.groupby("line")["npv"].sum().items()}


@pytest.mark.parametrize("elsewhere", [0.0, 0.25, 1.0])
def test_waiting_and_care_elsewhere_by_hand(elsewhere: float) -> None:
    """Each year 10 + 5 of works repaid over the ten, and 3 a case, are put off by two years."""
    found = priced(elsewhere_share=elsewhere)
    assert found.per_case["waiting"][0] == pytest.approx((1 - elsewhere) * 2 * 60)
    assert found.fixed["waiting"][0] == 0.0
    assert found.fixed["elsewhere"][0] == pytest.approx(elsewhere * 2 * (10 + 5))
    assert found.per_case["elsewhere"][0] == pytest.approx(elsewhere * 2 * 3)


def test_the_weight_counts_of_waiting_alone() -> None:
    full, half = priced(elsewhere_share=0.25), priced(elsewhere_share=0.25, waiting_weight=0.5)
    for line in full.fixed:
        weight = 0.5 if line == "waiting" else 1.0
        assert half.fixed[line][0] == pytest.approx(weight * full.fixed[line][0])
        assert half.per_case[line][0] == pytest.approx(weight * full.per_case[line][0])


@pytest.mark.parametrize("elsewhere", [0.25, 1.0])
def test_without_a_price_the_two_add_up_to_what_delay_saves(elsewhere: float) -> None:
    alone, shared = priced(unmet_cost=np.nan), priced(unmet_cost=np.nan, elsewhere_share=elsewhere)
    for part in ("fixed", "per_case"):
        one, two = (getattr(each, part) for each in (alone, shared))
        assert one["elsewhere"][0] == 0.0
        assert two["waiting"][0] == pytest.approx((1 - elsewhere) * one["waiting"][0])
        assert two["waiting"][0] + two["elsewhere"][0] == pytest.approx(one["waiting"][0])


@pytest.mark.parametrize("elsewhere", [0.0, 0.25, 1.0])
def test_a_plan_states_both_and_its_audit_finds_them(elsewhere: float) -> None:
    plan = two_years(special={"treated_elsewhere_share": elsewhere})
    found = lines(plan)
    assert found.get("waiting", 0.0) == pytest.approx((1 - elsewhere) * 2 * 60 * 60)
    assert found.get("elsewhere", 0.0) == pytest.approx(elsewhere * 2 * (15 + 3 * 60))
    assert sum(found.values()) == pytest.approx(plan.objective)


def test_the_audit_tells_a_plan_that_prices_neither() -> None:
    plan = two_years(special={"treated_elsewhere_share": 0.25})
    other = plan.scenario.specialties.assign(treated_elsewhere_share=0.5)
    assert not audit(replace(plan, scenario=plan.scenario.replace(specialties=other))).passed


def test_benefits_tell_who_is_treated_elsewhere_and_value_waiting_in_full() -> None:
    plan = two_years(special={"treated_elsewhere_share": 0.25, "dalys_in_time": 2.0, "dalys_late": 1.0},
                     waiting_weight=0.0, away_gain_share=0.5)  # fmt: skip
    npv = outcomes(plan).groupby("item")["npv"].sum()
    assert npv["cases_elsewhere"] == pytest.approx(0.25 * 2 * 60)
    assert npv["cases_waiting"] == pytest.approx(0.75 * 2 * 60)
    assert npv["waiting_money"] == pytest.approx(0.75 * 2 * 60 * 60)
    assert npv["elsewhere_money"] == pytest.approx(lines(plan)["elsewhere"])
    treated = 8 * 60 * 2.0
    assert npv["dalys"] == pytest.approx(treated + 2 * 60 * (0.25 * 1.0 + 0.75 * 0.5))


def test_at_weight_nought_what_delay_saves_is_told_and_waiting_is_not_in_the_objective() -> None:
    plan = two_years(waiting_weight=0.0)
    assert "waiting" not in lines(plan)
    assert key_figures(plan).waiting == 0.0
    saved = saved_by_delay(Appraisal(plan))
    assert saved == pytest.approx(2 * (15 + 3 * 60))
    assert saved_by_delay(Appraisal(two_years())) == pytest.approx(saved)


@pytest.mark.few(1)
@pytest.mark.parametrize("weight", [1.0, 0.5])
def test_the_summary_tells_waiting_apart_from_money(weight: float, tmp_path: Path) -> None:
    plan = two_years(waiting_weight=weight)
    assert key_figures(plan).waiting == pytest.approx(weight * 2 * 60 * 60)
    assert key_figures(plan).public == pytest.approx(50 + 8 * (10 + 3 * 60))
    write_audit_workbook(view_of(plan), tmp_path / "audit.xlsx")
    page = openpyxl.load_workbook(tmp_path / "audit.xlsx", data_only=True)["summary"]
    told = {str(name): value for name, value, *_ in page.iter_rows(values_only=True)}
    (waiting,) = (value for name, value in told.items() if "price of waiting" in name)
    assert waiting == pytest.approx(weight * 2 * 60 * 60)
    saved = [value for name, value in told.items() if "open late" in name]
    assert saved == ([] if weight == 1.0 else [pytest.approx(2 * (15 + 3 * 60))])


def test_waiting_is_in_no_group_of_money() -> None:
    assert LINES["waiting"].group is Group.WAITING
    assert [name for name, line in LINES.items() if line.group is Group.WAITING] == ["waiting"]
    assert list(COST_GROUPS)[: len(PUBLIC_MONEY)] == list(PUBLIC_MONEY)
    assert Group.WAITING not in PUBLIC_MONEY
    assert LINES["elsewhere"].group not in PUBLIC_MONEY


def test_all_treated_elsewhere_nobody_waits_so_no_price_is_asked_for() -> None:
    def told(share: float) -> list[str]:
        special = {"unmet_cost": np.nan, "treated_elsewhere_share": share}
        return [problem.code for problem in problems(special)]

    assert "waiting_without_price" in told(0.5)
    assert "waiting_without_price" not in told(1.0)


def problems(special: dict[str, float]) -> Any:
    table = rows({"specialty_id": "cardio", "cases_per_100k": 100_000} | special)
    sizes = tables()["sizes"].assign(capex=50, build_months=24)
    case: Scenario = scenario(specialties=table, sizes=sizes, settings=settings(base_year=2025, horizon_years=10))
    return input_problems(case)
