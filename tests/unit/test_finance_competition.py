"""Bidders, deductions and contingent liabilities reach the price, the plan and its audit; terms are a choice."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from redesaude.finance.bidding import competition, no_bid_probability, no_bid_probability_with
from redesaude.finance.cashflow import lay_out
from redesaude.finance.contracts import Terms, lettings_of, terms_of
from redesaude.finance.discounting import Calendar
from redesaude.finance.fiscal import ppp_use, running_use
from redesaude.finance.pricing import Prices, price
from redesaude.finance.services import AT_ONCE, Services
from redesaude.plan.audit import audit
from redesaude.plan.plan import Plan
from redesaude.solving.solve import solve
from redesaude.status import Status
from redesaude.studies.appraise import appraise
from tiny import EXACT, PPP, rows, scenario, settings

#: no discounting, so that amounts add up by hand
TEN = Calendar(2025, 2025, 10, 0.0, mid_year=True)
WORKS = {"capex": 1000, "build_months": 12}
LET = {"procurement_months": 12, "transaction_cost": 28.0, "transaction_share": 0.028, "oversight_cost": 5.0}
LOAN = {"debt_years": 12, "dscr": 1.2, "tax_rate": 0.3, "payment_tax_rate": 0.05, "tax_returned_government_share": 1}
COMPANY = {**PPP, **LET, **LOAN}
#: expected failures with three bidders: the odds of the tenders seen (0.3 : 0.7 at 2.25 bidders on average), times 3/4
FAILURES = 9 / 28


def contracts(*records: dict[str, object]) -> pd.DataFrame:
    """The contracts sheet as the engine reads it."""
    return scenario(contracts=rows(*records)).contracts


def terms(**stated: object) -> Terms:
    """Terms of the project company with other columns, taxes counting where they return."""
    return terms_of(contracts(COMPANY | stated), "government")


def service() -> Services:
    """1,000 of works over a year, running at 100 a year and 5 for each of 40 cases."""
    numbers = dict.fromkeys((f.name for f in fields(Services)), 0.0) | AT_ONCE | {
        "works": 1000.0, "build_years": 1.0, "fixed": 100.0, "per_case": 5.0, "lifecycle": 20.0, "capacity": 50.0,
        "waiting_weight": 1.0,
    }  # fmt: skip
    return Services(**{name: np.array([value]) for name, value in numbers.items()})


def total(prices: Prices) -> float:
    return float(prices.cost[0] + 40.0 * prices.case_cost[0])


# --- bidders ------------------------------------------------------------------------------------------------------


def test_the_odds_of_no_bid_fall_with_the_bidders_expected() -> None:
    assert float(no_bid_probability_with(2.25)) == pytest.approx(no_bid_probability())
    assert float(no_bid_probability_with(3.0)) == pytest.approx(FAILURES / (1 + FAILURES))
    assert (np.diff(no_bid_probability_with([0.5, 1.0, 2.0, 5.0])) < 0).all()


def test_without_bidders_nothing_is_modelled() -> None:
    """Whatever else is said of tenders: the prices are those of the same contract without these columns."""
    unknown = competition([np.nan])
    assert (unknown.discount_share.tolist(), unknown.no_bid_probability.tolist()) == ([0.0], [0.0])
    said = {"bidders": None, "retender_months": 24, "retender_cost_share": 0.3}
    silent, blank = terms(), terms(**said)
    for name in (f.name for f in fields(Terms)):
        np.testing.assert_array_equal(getattr(silent, name), getattr(blank, name), err_msg=name)
    assert lettings_of(contracts(COMPANY | said)) == {"ppp": (28.0, 5.0, 1.0)}
    assert total(price(service(), silent, TEN)) == total(price(service(), blank, TEN))


def test_three_bidders_by_hand() -> None:
    """13 % off the works; 9/28 failures: each half a year and, of the cost of letting, half."""
    three = {"bidders": 3, "retender_months": 6, "retender_cost_share": 0.5}
    budget = {"contract_id": "direct", **LET, "capex_factor": 1.2}
    read = terms_of(contracts(budget | three))
    signed = 1 + FAILURES / 2
    assert lettings_of(contracts(budget | three))["direct"] == pytest.approx((32.5, 5.0, signed))
    assert read.procurement_years[0] == pytest.approx(signed)
    lines = {line: fixed[0].sum() for line, (fixed, _) in lay_out(service(), read, TEN).items()}
    assert lines["works"] == pytest.approx(1000.0)
    assert lines["overrun"] == pytest.approx(1000 * 1.2 * 0.87 - 1000)
    assert lines["transaction"] == pytest.approx(32.5)
    assert lines["fixed_running"] == pytest.approx(100 * (10 - signed - 1))


def test_a_tender_is_repeated_in_full_unless_stated() -> None:
    let = lettings_of(contracts(COMPANY | {"bidders": 3}))["ppp"]
    assert let == pytest.approx((28.0 + 9.0, 5.0, 1 + FAILURES))


@pytest.mark.few(1)
@pytest.mark.parametrize("financing", ["budget", "project_company", "provider"])
def test_fewer_bidders_are_never_cheaper(financing: str) -> None:
    """For the works and letting of any way of financing; dates held, for late running is money saved."""
    numbers = (0.5, 1, 1.5, 2, 3, 4, 5, 9)
    table = [terms(bidders=b, financing=financing, retender_months=0) for b in numbers]
    costs = [total(price(service(), t, TEN)) for t in table]
    assert (np.diff(costs) < 0).all()
    lettings = [lettings_of(contracts(COMPANY | {"bidders": b}))["ppp"] for b in numbers]
    assert (np.diff([let.transaction_cost for let in lettings]) < 0).all()
    assert (np.diff([let.procurement_years for let in lettings]) < 0).all()


# --- deductions ---------------------------------------------------------------------------------------------------

AVAILABILITY = {"payment_mechanism": "availability", "expected_deduction_share": 0.04}


def test_expected_deductions_come_off_the_unitary_payment_alone() -> None:
    whole, less = (lay_out(service(), t, TEN) for t in (terms(), terms(**AVAILABILITY)))
    for part in (0, 1):
        assert less["unitary_payment"][part] == pytest.approx(0.96 * whole["unitary_payment"][part])
    assert less["unitary_payment"][0].sum() > 0
    for line in ("works", "fixed_running", "case_running", "transaction"):
        assert less[line][0].tolist() == whole[line][0].tolist()
    tax = 0.05 * 0.04 * whole["unitary_payment"][0]
    assert less["taxes_returned"][0] == pytest.approx(whole["taxes_returned"][0] + tax)


def test_limits_hold_what_is_expected_to_be_paid() -> None:
    whole, less = terms(), terms(**AVAILABILITY)
    for reading in ("all", "capital"):
        for before, after in zip(*(ppp_use(service(), t, reading) for t in (whole, less)), strict=True):
            assert after == pytest.approx(0.96 * before)
    flows = lay_out(service(), less, TEN)
    yearly = flows["unitary_payment"][0][0, 5] + flows["fixed_running"][0][0, 5]
    assert running_use(service(), less)[0][0] == pytest.approx(yearly)


@pytest.mark.parametrize(
    ("stated", "share"),
    [
        ({}, 0.04),
        ({"deduction_ceiling": 0.03}, 0.03),
        ({"deduction_floor": 0.1}, 0.04),
        ({"payment_mechanism": "fixed_and_variable"}, 0.0),
        ({"financing": "provider"}, 0.0),
        ({"financing": "budget"}, 0.0),
    ],
)
def test_deductions_are_expected_where_availability_is_paid(stated: dict[str, object], share: float) -> None:
    assert terms(**AVAILABILITY | stated).deduction_share.tolist() == [share]


# --- one set of numbers from the optimiser to the audit -------------------------------------------------------------

#: a price of waiting that nobody pays for good
WAITING = rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "trips_per_case": 0.5, "unmet_cost": 1e4})


@cache
def _plan(**stated: object) -> Plan:
    """Everyone at one PPP that is built now."""
    company = COMPANY | {"guarantee_months": 6} | stated
    plan = solve(
        scenario(
            settings=settings(horizon_years=10, discount_rate=0.05, perspective="government"),
            contracts=rows(company),
            sizes=rows({"specialty_id": "cardio", "size_id": "one", "capacity": 100, "fixed_cost": 100,
                        "cost_per_case": 5, **WORKS}),
            specialties=WAITING,
            fiscal=rows(
                {"fiscal_id": "ppp", "kind": "ppp", "base_amount": 1e6, "share": 0.05},
                {"fiscal_id": "legal", "kind": "personnel", "base_amount": 1000, "share": 0.49, "committed": 450,
                 "hard": "no", "price": 1},
            ),
        ),
        EXACT,
    )  # fmt: skip
    assert plan.status == Status.OPTIMAL, plan.reason
    return plan


STATED = {"bidders": 3, "retender_months": 6, **AVAILABILITY}


def test_optimiser_costs_and_audit_use_the_expected_values() -> None:
    plan = _plan(**STATED)
    assert plan.audit is not None
    assert plan.audit.passed
    first, second = Calendar(2025, 2025, 10, 0.05, mid_year=True).factors()[:2]
    signed = 1 + FAILURES / 2
    with_works = 37.0 * (first + (signed - 1) * second) / signed
    lines = plan.costs.groupby("line")["npv"].sum()
    assert lines["transaction"] == pytest.approx(37.0 * first + with_works)
    assert plan.objective == pytest.approx(plan.costs["npv"].sum())


@pytest.mark.parametrize("change", [{"bidders": 2.0}, {"retender_months": 9.0}, {"expected_deduction_share": 0.05}])
def test_the_audit_notices_another_expectation(change: dict[str, float]) -> None:
    plan = _plan(**STATED)
    other = plan.scenario.replace(contracts=plan.scenario.contracts.assign(**change))
    failed = {check.name for check in audit(replace(plan, scenario=other)).checks if not check.passed}
    assert any("cost" in name for name in failed), failed


# --- contingent liabilities ---------------------------------------------------------------------------------------


def test_what_may_fall_due_is_told_by_year_and_site() -> None:
    study = appraise(_plan())
    table = study.contingent.set_index("year")
    assert set(table["contract_id"]) == {"ppp"}
    assert set(table["site_id"]) == set(_plan().openings["site_id"])
    paid = study.cash_flow[study.cash_flow["line"] == "unitary_payment"].groupby("year")["real"].sum()
    assert table["guarantee"].reindex(paid.index).to_numpy() == pytest.approx(paid.to_numpy() / 2)
    owed = table["termination_payment"]
    assert owed.idxmax() == 2026  # opened at the end of the second year, and repaid from then on
    assert (owed[owed > 1e-6].diff().dropna() < 0).all()
    assert owed.max() > 400


def test_the_level_of_staff_pay_is_told() -> None:
    """450 of 490 are committed, above the alert at 441; 0.6 of the running cost is pay, counted from the opening on."""
    fiscal = appraise(_plan(counts_as_personnel=1.0)).fiscal
    assert (fiscal.loc[fiscal["kind"] == "ppp", "level"] == "").all()
    by_year = fiscal[fiscal["kind"] == "personnel"].set_index("year")["level"]
    assert (by_year.iloc[0], by_year.iloc[-1]) == ("alert", "legal")


# --- terms as a choice ---------------------------------------------------------------------------------------------


def _chosen(limit: float) -> str:
    """Which of two terms of one family is taken where ``limit`` a year may be paid to project companies."""
    company = {**PPP, "family": "grey", "counts_as_ppp": 0.0}
    plan = solve(
        scenario(
            settings=settings(horizon_years=30, discount_rate=0.05),
            contracts=rows(*(company | {"contract_id": f"ppp_{years}", "term_years": years} for years in (20, 30))),
            sizes=rows({"specialty_id": "cardio", "size_id": "one", "capacity": 100, "fixed_cost": 100, **WORKS}),
            specialties=WAITING,
            fiscal=rows({"fiscal_id": "ppp", "kind": "ppp", "base_amount": limit, "share": 1.0}),
        ),
        EXACT,
    )
    assert plan.status == Status.OPTIMAL, plan.reason
    (contract,) = plan.openings["contract_id"].unique()
    return str(contract)


def test_a_shorter_term_is_cheaper_and_a_longer_one_fits_a_tighter_limit() -> None:
    """Capital costs 8 %, more than the 5 % of discounting: repaid early, about 109 a year, unless 100 is the limit."""
    assert _chosen(limit=200.0) == "ppp_20"
    assert _chosen(limit=100.0) == "ppp_30"
