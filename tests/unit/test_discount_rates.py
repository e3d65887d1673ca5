"""Discount rates by year, and by side: one appraisal of the whole plan, by hand, in its lines, studies and formulas."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

import risky_plan
import tiny
from redesaude.assemble.phases import at_rate, phases_of
from redesaude.errors import InputError
from redesaude.finance.arguments import ArgumentError
from redesaude.finance.discounting import Calendar, capital_recovery
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.audit import audit
from redesaude.plan.cash_flow import cash_flow
from redesaude.plan.plan import Plan
from redesaude.report.workbook.appraisal import can_be_live
from redesaude.solving.solve import solve
from redesaude.studies.alternatives import alternatives
from redesaude.studies.assumptions import assumptions_of
from redesaude.studies.verdicts import Verdicts
from risky_plan import RATE, YEARS

FIRST = 2025
FALLING = Calendar(FIRST, FIRST, 4, 0.10, later_rates=((2027, 0.05),))
#: money of the first two years at the rate of the settings, later years at 3 and 1 %
LATER = tiny.rows({"from_year": FIRST + 2, "rate": 0.03}, {"from_year": FIRST + 9, "rate": 0.01})


@cache
def plan_with(later: bool = False, margin: float = 0.0, decided: str = "ppp") -> Plan:
    settings = tiny.settings(horizon_years=YEARS, discount_rate=RATE, bid_discount_margin=margin)
    rates = {"discount_rates": LATER} if later else {}
    return risky_plan.planned(decided=decided, settings=settings, **rates)


def by_line(plan: Plan) -> pd.Series:
    return plan.costs.groupby("line")["npv"].sum()


def factors(rates: list[float]) -> np.ndarray:
    """Mid-year factors of years whose money is discounted to the year before at these rates."""
    steps = np.array([0.5, *[1.0] * (len(rates) - 1)])
    return np.asarray(np.exp(-np.cumsum(steps * np.log1p(rates))))


# --- the calendar ---------------------------------------------------------------------------------------------------


def test_factors_by_hand() -> None:
    expected = [1.1**-0.5, 1.1**-1.5, 1.1**-1.5 / 1.05, 1.1**-1.5 / 1.05**2]
    assert FALLING.factors() == pytest.approx(expected)
    later = Calendar(2027, FIRST, 2, 0.10, mid_year=False, later_rates=((2028, 0.05),))
    assert later.factors() == pytest.approx([1.1**-3, 1.1**-3 / 1.05])


def test_a_later_rate_that_is_the_same_changes_nothing() -> None:
    plain = replace(FALLING, later_rates=())
    same = replace(FALLING, later_rates=((2026, 0.10), (2028, 0.10)))
    for found, expected in zip(
        (same.factors(), same.kept_a_year(), same.recovery(), same.annuity()),
        (plain.factors(), plain.kept_a_year(), plain.recovery(), plain.annuity()),
        strict=True,
    ):
        assert found == pytest.approx(expected, rel=1e-14)


def test_what_a_year_later_saves_is_what_the_factors_say() -> None:
    long = replace(FALLING, tail_years=1).factors()
    assert FALLING.kept_a_year() == pytest.approx(1.0 - long[1:] / long[:-1])


def test_recovery_repays_one_with_its_return() -> None:
    owed = 1.0
    for rate in (0.10, 0.10, 0.05, 0.05):
        owed = owed * (1.0 + rate) - FALLING.recovery()
    assert owed == pytest.approx(0.0)
    assert replace(FALLING, later_rates=()).recovery() == float(capital_recovery(0.10, 4))


def test_only_bids_are_discounted_at_their_margin() -> None:
    both = replace(FALLING, bid_margin=0.02)
    assert both.factors_of("works").tolist() == FALLING.factors().tolist()
    assert both.factors_of("provider_payment").tolist() == FALLING.factors().tolist()
    assert both.factors_of("unitary_payment") == pytest.approx(factors([0.12, 0.12, 0.07, 0.07]))


@pytest.mark.parametrize("later", [((2025, 0.05),), ((2028, 0.05), (2027, 0.04)), ((2027, -1.5),), ((2027, np.nan),)])
def test_rates_that_mean_nothing_are_refused(later: tuple[tuple[int, float], ...]) -> None:
    with pytest.raises(ArgumentError, match="later_rates"):
        replace(FALLING, later_rates=later)


# --- the plan -------------------------------------------------------------------------------------------------------


@pytest.mark.few(2)
@pytest.mark.parametrize(("later", "margin"), [(False, 0.0), (False, 0.02), (True, 0.03), (True, 0.0)])
def test_every_line_is_its_cash_flow_at_the_rates_stated(later: bool, margin: float) -> None:
    plan = plan_with(later, margin)
    flows = cash_flow(Appraisal(plan))
    rate = [RATE, RATE, *[0.03] * 7, *[0.01] * 60] if later else [RATE] * 69
    public = flows[~flows["payer"].isin(["project_company", "provider"])]
    sides = {False: factors(rate), True: factors([r + margin for r in rate])}
    worth = [
        row.real * sides[row.line == "unitary_payment"][row.year - FIRST]
        for row in public.itertuples()  # type: ignore[union-attr]
    ]
    assert public["npv"].tolist() == pytest.approx(worth)
    found = public.groupby("line")["npv"].sum()
    expected = by_line(plan)
    assert found[expected.index].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-9)
    assert audit(plan).passed


def test_a_margin_makes_payments_of_bidders_alone_cheaper() -> None:
    plain, with_margin = by_line(plan_with()), by_line(plan_with(margin=0.03))
    assert with_margin["unitary_payment"] < plain["unitary_payment"]
    others = plain.index != "unitary_payment"
    assert with_margin[others].to_numpy() == pytest.approx(plain[others].to_numpy())


def test_a_falling_rate_turns_a_decision() -> None:
    """Large costs 90 once more and saves 10 a year: worth it where later years count for more."""
    sizes = tiny.rows(
        {"specialty_id": "cardio", "size_id": "small", "capacity": 100, "fixed_cost": 30, "capex": 0},
        {"specialty_id": "cardio", "size_id": "large", "capacity": 101, "fixed_cost": 20, "capex": 90},
    )
    only = {"sites": tiny.rows({"site_id": "h1", "territory_id": "t1"})}
    only |= {"travel_times": tiny.times({"t1": {"h1": 0}, "t2": {"h1": 20}, "t3": {"h1": 50}})}

    def opened(**changes: pd.DataFrame) -> Plan:
        settings = tiny.settings(horizon_years=20, discount_rate=0.12)
        return solve(tiny.scenario(settings=settings, sizes=sizes, **only, **changes), tiny.EXACT)

    steep, falling = opened(), opened(discount_rates=tiny.rows({"from_year": FIRST + 1, "rate": 0.01}))
    assert [plan.openings["size_id"].item() for plan in (steep, falling)] == ["small", "large"]
    once, yearly = 1.12**-0.5, factors([0.12, *[0.01] * 19]).sum()
    assert falling.objective == pytest.approx(90 * once + 20 * yearly)


def test_a_rate_from_the_start_and_one_stated_twice_are_told_at_their_cells() -> None:
    for frame, code in (
        (tiny.rows({"from_year": FIRST, "rate": 0.03}), "rate_from_the_start"),
        (pd.concat([LATER, LATER.iloc[:1]]), "duplicate_id"),
    ):
        with pytest.raises(InputError) as caught:
            tiny.scenario(settings=tiny.settings(base_year=FIRST, horizon_years=9), discount_rates=frame)
        assert {(p.code, p.sheet) for p in caught.value.problems if p.severity == "error"} == {(code, "discount_rates")}


# --- studies --------------------------------------------------------------------------------------------------------


def test_another_rate_moves_those_of_later_years_to_no_less_than_nothing() -> None:
    scenario = plan_with(later=True).scenario
    assert at_rate(scenario, RATE + 0.02).discount_rates["rate"].tolist() == pytest.approx([0.05, 0.03])
    assert at_rate(scenario, RATE - 0.02).discount_rates["rate"].tolist() == pytest.approx([0.01, 0.0])
    moved = phases_of(at_rate(scenario, RATE + 0.02)).calendar
    assert moved.rates(FIRST, 10) == pytest.approx([RATE + 0.02] * 2 + [0.05] * 7 + [0.03])


def test_studies_price_the_plan_at_its_own_rates() -> None:
    plan = plan_with(later=True, margin=0.02)
    verdicts = Verdicts(plan)
    assert verdicts.plan_cost(verdicts.known) == pytest.approx(plan.objective)
    rate = assumptions_of(plan, ())[0]
    assert verdicts.plan_cost(verdicts.at(rate, RATE)) == pytest.approx(plan.objective)
    assert verdicts.plan_cost(verdicts.at(rate, RATE + 0.01)) < plan.objective


def test_two_rates_are_not_written_in_formulas() -> None:
    assert can_be_live(alternatives(plan_with(later=True)))
    assert not can_be_live(alternatives(plan_with(margin=0.02)))
