"""Cash flows, prices and uses of money against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from redesaude.finance.arguments import ArgumentError
from redesaude.finance.cashflow import lay_out
from redesaude.finance.contracts import Terms, terms_of
from redesaude.finance.discounting import Calendar
from redesaude.finance.fiscal import capital_use, contract_value, personnel_use, ppp_use, running_use
from redesaude.finance.pricing import letting_cost, price
from redesaude.finance.services import AT_ONCE, Services, spread, timing_of
from tiny import PPP, TRIANGLE, rows, scenario

#: ten years without discounting: sums can be done in the head
TEN = Calendar(first_year=2025, base_year=2025, horizon_years=10, discount_rate=0.0)

#: 8 % over 20 years
RECOVERY = 0.101852209


def service(**numbers: float) -> Services:
    """One service; whatever is not named is zero, and its capacity is 50 cases a year."""
    named = {f.name: 0.0 for f in fields(Services)} | AT_ONCE | {"capacity": 50.0, "waiting_weight": 1.0} | numbers
    return Services(**{name: np.array([value], dtype=float) for name, value in named.items()})


def terms(financing: str = "budget", profile: str = "", **numbers: float) -> Terms:
    """One contract with factors of one, no time lost and no cost of its own."""
    neutral = {f.name: 0.0 for f in fields(Terms)} | dict.fromkeys(
        ("capex_factor", "opex_factor", "case_factor", "delay_factor", "quality_factor", "state_share"), 1.0
    )
    arrays = {name: np.array([value], dtype=float) for name, value in (neutral | numbers).items()}
    arrays |= {"financing": np.array([financing]), "works_profile": np.array([profile])}
    arrays["contribution_milestones"] = np.array([""])
    return Terms(**arrays)


def company(**numbers: float) -> Terms:
    """A project company that earns 8 % and is paid for half of the running cost."""
    return terms("project_company", **{"company_return": 0.08, "term_years": 22.0, "counts_as_ppp": 0.5} | numbers)


def fixed(prices: object) -> dict[str, float]:
    """The lines paid when open that are not zero."""
    return {line: float(v[0]) for line, v in prices.fixed.items() if v[0]}


def per_case(prices: object) -> dict[str, float]:
    """The lines paid for each yearly case that are not zero."""
    return {line: float(v[0]) for line, v in prices.per_case.items() if v[0]}


# --- timing ----------------------------------------------------------------------------------------------------


def test_opening_is_procurement_and_works_times_delay() -> None:
    timing = timing_of(service(works=1.0, build_years=2.0), terms(procurement_years=1.0, delay_factor=1.5))
    assert (timing.signed[0], timing.build[0], timing.opened[0]) == (1.0, 3.0, 4.0)


def test_without_works_nothing_is_waited_for() -> None:
    timing = timing_of(service(build_years=2.0), terms(procurement_years=1.0, delay_factor=1.5))
    assert (timing.signed[0], timing.build[0], timing.opened[0]) == (0.0, 0.0, 0.0)


def test_a_company_is_paid_over_its_term_less_the_works() -> None:
    assert timing_of(service(works=1.0, build_years=2.0), company()).payment_years[0] == 20.0


def test_money_spent_over_a_time_falls_on_its_years() -> None:
    assert spread(np.array([0.5]), np.array([2.0]), 4)[0] == pytest.approx([0.25, 0.5, 0.25, 0.0])


def test_money_spent_at_once_falls_on_one_year() -> None:
    assert spread(np.array([0.0, 2.25]), np.zeros(2), 4).tolist() == [[1, 0, 0, 0], [0, 0, 1, 0]]


# --- budget-financed services -----------------------------------------------------------------------------------


def test_service_that_runs_as_it_is() -> None:
    prices = price(service(fixed=100.0, per_case=5.0, lifecycle=3.0, unmet_cost=9.0), terms(), TEN)
    assert fixed(prices) == {"fixed_running": 1000.0, "lifecycle": 30.0}
    assert per_case(prices) == {"case_running": 50.0}
    assert prices.cost[0] == 1030.0
    assert prices.case_cost[0] == 50.0


def test_new_service_waits_for_procurement_and_works() -> None:
    new = service(works=1200.0, build_years=2.0, fixed=100.0, lifecycle=36.0, per_case=5.0, unmet_cost=7.0)
    late = terms(procurement_years=1.0, delay_factor=1.5, capex_factor=1.25, transaction_share=0.02)
    prices = price(new, late, TEN)  # opens after 1 + 2 x 1.5 = 4 of 10 years
    assert fixed(prices) == pytest.approx(
        {"works": 1200.0, "overrun": 300.0, "transaction": 24.0, "fixed_running": 600.0, "lifecycle": 216.0}
    )
    assert per_case(prices) == pytest.approx({"case_running": 30.0, "waiting": 28.0})


def test_works_are_discounted_when_they_are_done() -> None:
    calendar = replace(TEN, discount_rate=0.10)
    prices = price(service(works=1200.0, build_years=3.0), terms(procurement_years=1.0), calendar)
    assert fixed(prices) == pytest.approx({"works": 400 * (0.8667842 + 0.7879856 + 0.7163506)})  # years 1.5, 2.5, 3.5


def test_a_misspelt_perspective_is_not_taken_for_government() -> None:
    with pytest.raises(ArgumentError, match="perspective: 'estado' came, allowed is one of state, government"):
        lay_out(service(fixed=10.0), terms(), TEN, "estado")


def test_opening_in_the_middle_of_a_year_runs_for_the_rest_of_it() -> None:
    prices = price(service(works=10.0, build_years=0.5, fixed=100.0), terms(procurement_years=0.25), TEN)
    assert fixed(prices) == pytest.approx({"works": 10.0, "fixed_running": 925.0})


def test_works_after_the_horizon_are_still_paid() -> None:
    prices = price(service(works=900.0, build_years=3.0, fixed=100.0), terms(), replace(TEN, horizon_years=2))
    assert fixed(prices) == pytest.approx({"works": 900.0})


def test_enlarged_service_runs_as_before_until_the_works_open() -> None:
    enlarged = service(
        works=500.0, build_years=2.0, fixed=100.0, per_case=5.0, lifecycle=8.0, unmet_cost=7.0,
        before_fixed=60.0, before_lifecycle=3.0, before_share=0.4,
    )  # fmt: skip
    prices = price(enlarged, terms(), TEN)
    assert fixed(prices) == pytest.approx(
        {"works": 500.0, "fixed_running": 2 * 60 + 8 * 100, "lifecycle": 2 * 3 + 8 * 8}
    )
    assert per_case(prices) == pytest.approx({"case_running": 5 * (2 * 0.4 + 8), "waiting": 7 * 2 * 0.6})


def test_factors_multiply_what_they_name() -> None:
    prices = price(service(fixed=100.0, per_case=5.0), terms(opex_factor=1.1, case_factor=0.8), TEN)
    assert fixed(prices) == pytest.approx({"fixed_running": 1100.0})
    assert per_case(prices) == pytest.approx({"case_running": 40.0})


# --- project company and provider -----------------------------------------------------------------------------


def test_unitary_payment_recovers_works_with_interest_during_them() -> None:
    prices = price(service(works=1000.0, build_years=2.0), company(), TEN)
    # two years of 500 are worth 500 x 1.08 + 500 = 1,040; 20 payments follow, 12 of them after the horizon
    assert fixed(prices) == pytest.approx({"unitary_payment": 20 * 1040 * RECOVERY})


def test_unitary_payment_is_discounted_year_by_year() -> None:
    prices = price(service(works=1000.0), company(term_years=2.0), replace(TEN, horizon_years=1, discount_rate=0.10))
    yearly = 1000 / (1 + 1.08**-1)  # works of no time: paid for in the very year in which they are spent
    assert fixed(prices) == pytest.approx({"unitary_payment": yearly * (1.1**-0.5 + 1.1**-1.5)})


def test_a_company_is_paid_for_its_share_of_running_and_all_renewal() -> None:
    prices = price(service(fixed=100.0, per_case=4.0, lifecycle=6.0), company(), TEN)
    assert fixed(prices) == pytest.approx({"unitary_payment": 10 * (50 + 6), "fixed_running": 500.0})
    assert per_case(prices) == pytest.approx({"unitary_payment": 20.0, "case_running": 20.0})


BOUGHT = {"works": 1000.0, "fixed": 100.0, "lifecycle": 20.0, "per_case": 5.0}
#: repays 1,000 at 10 % in ten payments, the first in the year of the works
REPAID = 1000 * 0.162745395 / 1.1


def bought(**numbers: float) -> Terms:
    """A provider with a term of ten years that earns 10 %."""
    return terms("provider", **{"equity_return": 0.10, "term_years": 10.0, "fixed_payment_share": np.nan} | numbers)


def test_a_provider_is_paid_what_its_cost_is_made_of() -> None:
    prices = price(service(**BOUGHT), bought(), TEN)
    assert fixed(prices) == pytest.approx({"provider_payment": 10 * (100 + 20 + REPAID)})
    assert per_case(prices) == pytest.approx({"provider_payment": 50.0})


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("volume", [0.0, 0.8])
def test_a_provider_recovers_its_cost_at_the_stated_volume_whatever_is_paid_fixed(share: float, volume: float) -> None:
    """50 cases a year are planned; a volume of 0 is that, 0.8 states 40 of them."""
    paid = price(service(**BOUGHT), bought(fixed_payment_share=share, stated_volume_share=volume), TEN)
    cases = 50 * (volume or 1.0)
    whole = 10 * (100 + 20 + REPAID + 5 * cases)
    assert paid.cost[0] + cases * paid.case_cost[0] == pytest.approx(whole)
    assert paid.cost[0] == pytest.approx(share * whole)


@pytest.mark.parametrize("share", [np.nan, 0.0, 0.6])
@pytest.mark.parametrize("horizon", [8, 14, 30])
def test_a_providers_payments_are_worth_its_cost_at_the_stated_volume(share: float, horizon: int) -> None:
    """At its return: works of two and a half years from month nine on, a term of twelve, whatever the horizon."""
    new = service(**BOUGHT | {"build_years": 2.5})
    contract = bought(term_years=12.0, procurement_years=0.75, capex_factor=1.3, fixed_payment_share=share)
    calendar = replace(TEN, horizon_years=horizon, discount_rate=0.10)
    public = contract.by_budget
    spent, paid = (price(new, t, calendar) for t in (public, contract))
    assert paid.cost[0] + 50 * paid.case_cost[0] == pytest.approx(spent.cost[0] + 50 * spent.case_cost[0])


def test_a_provider_is_repaid_beyond_the_horizon() -> None:
    flows = lay_out(service(**BOUGHT), bought(), replace(TEN, horizon_years=4, tail_years=8))
    assert flows["provider_payment"][0][0].tolist() == pytest.approx([120 + REPAID] * 4 + [REPAID] * 6 + [0.0] * 2)
    assert flows["provider_payment"][1][0].tolist() == [5.0] * 4 + [0.0] * 8


FINANCING = (
    terms(capex_factor=1.2, procurement_years=0.5, transaction_share=0.1),
    company(),
    terms("provider", equity_return=0.1, term_years=9.0),
)


@pytest.mark.parametrize("contract", FINANCING, ids=["budget", "company", "provider"])
def test_price_is_linear_in_works_and_running_cost(contract: Terms) -> None:
    one = service(works=700.0, build_years=1.5, unmet_cost=3.0)
    two = service(fixed=40.0, lifecycle=5.0, per_case=2.0, works=100.0, build_years=1.5, before_fixed=9.0)
    names = [f.name for f in fields(Services)]
    constant = ("capacity", "build_years", "waiting_weight", *AT_ONCE)
    both = Services(
        **{n: getattr(one, n) if n in constant else 2 * getattr(one, n) + 3 * getattr(two, n) for n in names}
    )
    calendar = replace(TEN, discount_rate=0.085)
    single, double, mixed = (price(s, contract, calendar) for s in (one, two, both))
    assert mixed.cost == pytest.approx(2 * single.cost + 3 * double.cost)
    assert mixed.case_cost == pytest.approx(2 * single.case_cost + 3 * double.case_cost)


def test_services_are_priced_apart_from_each_other() -> None:
    """The longest tail among them changes nothing for the others."""
    short, long = service(fixed=10.0, works=5.0), service(works=700.0, build_years=6.0)
    together = Services(
        **{f.name: np.concatenate([getattr(short, f.name), getattr(long, f.name)]) for f in fields(Services)}
    )
    both = Terms(
        **{f.name: np.concatenate([getattr(terms(), f.name), getattr(company(), f.name)]) for f in fields(Terms)}
    )
    prices = price(together, both, TEN)
    alone = [price(short, terms(), TEN).cost[0], price(long, company(), TEN).cost[0]]
    assert prices.cost == pytest.approx(alone)


def test_the_state_does_not_pay_what_municipalities_share() -> None:
    consortium = terms(state_share=0.4, capex_factor=1.1)
    shared = service(works=100.0, fixed=50.0, per_case=2.0, lifecycle=1.0, unmet_cost=5.0)
    state, everyone = (price(shared, consortium, TEN, view) for view in ("state", "government"))
    assert fixed(state) == pytest.approx({"works": 100.0, "overrun": 10.0, "lifecycle": 10.0, "fixed_running": 200.0})
    assert per_case(state) == pytest.approx({"case_running": 8.0})
    assert fixed(everyone)["fixed_running"] == 500.0
    assert per_case(everyone) == pytest.approx({"case_running": 20.0})


def test_lines_of_the_cash_flow_by_year() -> None:
    flows = lay_out(service(works=90.0, build_years=1.5, fixed=10.0), terms(procurement_years=0.5), TEN)
    assert flows["works"][0][0, :3] == pytest.approx([30.0, 60.0, 0.0])
    assert flows["fixed_running"][0][0, :3] == pytest.approx([0.0, 0.0, 10.0])


def test_letting_is_paid_at_once_and_oversight_from_signature() -> None:
    assert letting_cost(50.0, 10.0, 1.5, TEN, already_let=False) == pytest.approx(
        {"transaction": 50.0, "oversight": 85.0}
    )
    assert letting_cost(50.0, 10.0, 1.5, TEN, already_let=True) == pytest.approx(
        {"transaction": 0.0, "oversight": 100.0}
    )


def test_letting_is_discounted() -> None:
    two = replace(TEN, horizon_years=2, discount_rate=0.10, mid_year=False)
    lines = letting_cost(110.0, 121.0, 0.0, two, already_let=False)
    assert lines == pytest.approx({"transaction": 100.0, "oversight": 210.0})


# --- uses of money promises -----------------------------------------------------------------------------------

USED = service(works=1000.0, fixed=100.0, per_case=5.0, lifecycle=20.0, build_years=2.0)
FACTORS = {"opex_factor": 1.2, "case_factor": 1.1, "capex_factor": 1.5, "counts_as_personnel": 0.8}
UNITARY = 1500 * 1.04 * RECOVERY


def use(pair: tuple[np.ndarray, np.ndarray]) -> tuple[float, float]:
    """The pair of a single service."""
    return float(pair[0][0]), float(pair[1][0])


def test_capital_is_the_expected_works_of_the_budget() -> None:
    assert use(capital_use(USED, terms(**FACTORS))) == (1500.0, 0.0)
    assert use(capital_use(USED, company(**FACTORS))) == (0.0, 0.0)
    assert use(capital_use(USED, terms("provider", **FACTORS))) == (0.0, 0.0)


def test_running_is_all_that_is_paid_in_a_year() -> None:
    assert use(running_use(USED, terms(**FACTORS))) == pytest.approx((140.0, 5.5))
    assert use(running_use(USED, company(**FACTORS))) == pytest.approx((140.0 + UNITARY, 5.5))
    at_once = replace(USED, build_years=np.zeros(1))
    assert use(running_use(at_once, bought(**FACTORS))) == pytest.approx((140 + 1.5 * REPAID, 5.5))
    by_case = bought(fixed_payment_share=0.0, **FACTORS)
    assert use(running_use(at_once, by_case)) == pytest.approx((0.0, 5.5 + (140 + 1.5 * REPAID) / 50))


@pytest.mark.parametrize(
    ("reading", "fixed_use", "case_use"),
    [("all", UNITARY + 60 + 20, 2.75), ("capital", UNITARY, 0.0), ("net", UNITARY + 10, 0.25)],
)
def test_the_three_readings_of_the_ppp_limit(reading: str, fixed_use: float, case_use: float) -> None:
    assert use(ppp_use(USED, company(**FACTORS), reading)) == pytest.approx((fixed_use, case_use))
    assert use(ppp_use(USED, terms(counts_as_ppp=1.0, **FACTORS), reading)) == (0.0, 0.0)


def test_personnel_is_the_counted_share_of_pay() -> None:
    assert use(personnel_use(USED, terms(**FACTORS), 0.6)) == pytest.approx((0.8 * 0.6 * 120, 0.8 * 0.6 * 5.5))


def test_contract_value_is_works_and_payments_over_the_term() -> None:
    assert contract_value(USED, terms(term_years=10.0, **FACTORS))[0] == pytest.approx(1500 + 10 * 140)
    assert contract_value(USED, company(**FACTORS))[0] == pytest.approx(22 * (UNITARY + 140))
    assert contract_value(USED, terms(term_years=np.nan, **FACTORS))[0] == pytest.approx(1500)


# --- terms from the contracts table ----------------------------------------------------------------------------


def test_terms_are_expected_values_in_years() -> None:
    contracts = scenario(
        contracts=rows(
            {"contract_id": "direct", **TRIANGLE, "procurement_months": 18, "delay_factor": 1.9, "state_share": 0.4},
            {**PPP, "capex_factor": 1.03, "transaction_share": 0.08, "counts_as_personnel": 0.25},
        )
    ).contracts
    read = terms_of(contracts)
    assert read.opex_factor == pytest.approx([1.1, 1.0])
    assert read.capex_factor == pytest.approx([1.0, 1.03])
    assert read.company_return[1] == pytest.approx(0.5 * 0.06 + 0.5 * 0.10)
    assert read.procurement_years.tolist() == [1.5, 0.0]
    assert read.delay_factor == pytest.approx([1.9, 1.0])  # 2026-11-21: the mean of a range, rounded in its last digit
    assert read.financing.tolist() == ["budget", "project_company"]
    assert read.state_share.tolist() == [0.4, 1.0]
    assert read.transaction_share.tolist() == [0.0, 0.08]
    assert read.counts_as_ppp.tolist() == [0.0, 0.5]
    assert read.counts_as_personnel.tolist() == [0.0, 0.25]
    assert np.isnan(read.term_years[0])
    assert read.term_years[1] == 20
