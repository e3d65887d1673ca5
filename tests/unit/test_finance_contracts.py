"""Terms of contracts as they are priced: loans, taxes, contributions, residual value, terms of several lengths."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

import redesaude as rs
from redesaude.assemble.options import option_table, price_options
from redesaude.assemble.phases import phases_of
from redesaude.finance.cashflow import lay_out
from redesaude.finance.company_loan import balances
from redesaude.finance.contracts import Terms, terms_of
from redesaude.finance.discounting import Calendar
from redesaude.finance.fiscal import capital_use, contract_value, ppp_use, running_use
from redesaude.finance.fiscal_years import (
    guarantees,
    limit_use,
    personnel_by_year,
    personnel_level,
    personnel_limits,
    ppp_by_year,
    running_by_year,
    termination_payments,
)
from redesaude.finance.nominal import nominal_finance, nominal_project, solved_with_nominal_tax
from redesaude.finance.pricing import Prices, price
from redesaude.finance.project_company import Finance, Project, capital_payment
from redesaude.finance.services import AT_ONCE, Services, delayed, tail_years, timing_of
from redesaude.finance.unitary_payment import solve_unitary_payment, solved_cash_flow
from tiny import EXACT, PPP, rows, scenario, settings, tables, with_columns

#: thirty years without discounting
THIRTY = Calendar(first_year=2025, base_year=2025, horizon_years=30, discount_rate=0.0)

FINANCE = Finance(0.135, 0.088, 0.7, 16, 1.25, tax_share=0.34)
LOAN = {
    "equity_return": 0.135,
    "debt_rate": 0.088,
    "gearing": 0.7,
    "debt_years": 16.0,
    "cover": 1.25,
    "tax_share": 0.34,
}

RCL = 38.032e9

MATO_GROSSO = Path(__file__).parents[2] / "scenarios" / "mato-grosso.xlsx"


def services(**numbers: float | list[float]) -> Services:
    """Services of the given numbers; 1,000 of works over two years, running at 100 and 5 a case, unless stated."""
    named = {f.name: 0.0 for f in fields(Services)} | AT_ONCE | {
        "works": 1000.0, "build_years": 2.0, "fixed": 100.0, "per_case": 5.0, "lifecycle": 20.0, "capacity": 50.0,
        "waiting_weight": 1.0,
    } | numbers  # fmt: skip
    columns = np.broadcast_arrays(*(np.atleast_1d(np.asarray(v, dtype=float)) for v in named.values()))
    return Services(**dict(zip(named, columns, strict=True)))


def terms(financing: str = "project_company", profile: str = "", **numbers: float) -> Terms:
    """A contract with factors of one; a project company runs 22 years, is paid half the running cost, earns 8 %."""
    factors = ("capex_factor", "opex_factor", "case_factor", "delay_factor", "quality_factor", "state_share")
    stated = dict.fromkeys(factors, 1.0)
    stated |= {"term_years": 22.0, "company_return": 0.08, "counts_as_ppp": 0.5} | numbers
    neutral = {f.name: 0.0 for f in fields(Terms)} | stated
    arrays = {name: np.array([value], dtype=float) for name, value in neutral.items()}
    arrays |= {"financing": np.array([financing]), "works_profile": np.array([profile])}
    arrays["contribution_milestones"] = np.array([""])
    return Terms(**arrays)


def total(prices: Prices, cases: float = 40.0) -> float:
    """Net present cost of one service with its cases."""
    return float(prices.cost[0] + cases * prices.case_cost[0])


# --- the payment of the company ------------------------------------------------------------------------------------


def test_without_a_loan_the_payment_is_capital_recovery() -> None:
    fixed, _ = ppp_use(services(), terms(), "capital")
    assert fixed[0] == pytest.approx(float(capital_payment(1000.0, 0.08, 2.0, 20.0)))


def test_with_a_loan_the_payment_is_solved() -> None:
    fixed, _ = ppp_use(services(), terms(**LOAN), "capital")
    assert fixed[0] == pytest.approx(solve_unitary_payment(Project(1000.0, 2.0, 20.0), FINANCE), rel=1e-8)


def test_taxes_in_money_of_the_day_are_in_the_payment() -> None:
    """As the nominal company pays, in base prices; what its debt and taxes are worth, in base prices too."""
    dear, plain = terms(**LOAN, tax_inflation=0.05), terms(**LOAN, tax_inflation=0.0)
    project = Project(1000.0, 2.0, 20.0)
    nominal = solve_unitary_payment(nominal_project(project, 0.05), nominal_finance(FINANCE, 0.05))
    paid, real = (ppp_use(services(), each, "capital")[0][0] for each in (dear, plain))
    assert paid == pytest.approx(nominal, rel=1e-8)
    assert abs(paid / real - 1) > 0.005
    owed = termination_payments(services(), dear, THIRTY)[0]
    flow = solved_with_nominal_tax(project, FINANCE, 0.05)
    assert owed[2:5] == pytest.approx(flow.debt_owed[flow.year >= 1][:3])
    returned = lay_out(services(), replace(dear, tax_returned_share=np.ones(1)), THIRTY)["taxes_returned"][0][0]
    assert -returned[2:22] == pytest.approx(flow.profit_tax[flow.year >= 1])


def test_tax_inflation_of_a_sheet_reaches_the_terms_and_is_told_where_it_does_nothing() -> None:
    stated = {**PPP, "tax_inflation": 0.04}
    assert terms_of(scenario(contracts=rows({**stated, "debt_years": 10})).contracts).tax_inflation.tolist() == [0.04]
    idle = scenario(contracts=rows(stated, {"contract_id": "direct", "tax_inflation": 0.04}))
    assert [p.code for p in idle.notices] == ["tax_inflation_in_vain"] * 2


def test_each_length_of_works_has_its_own_payment() -> None:
    lengths = [0.5, 1.0, 2.0, 2.0]
    four = services(build_years=lengths, works=[100.0, 200.0, 300.0, 0.0])
    paid, _ = ppp_use(four, terms(**LOAN).take(np.zeros(4, dtype=int)), "capital")
    works = zip(lengths[:3], (100.0, 200.0, 300.0), strict=True)
    due = [solve_unitary_payment(Project(k, b, 22.0 - b, opened_share=b % 1.0), FINANCE) for b, k in works]
    assert paid.tolist() == pytest.approx([*due, 0.0], rel=1e-8)


def test_the_company_passes_taxes_on_receipts_on_in_all_it_is_paid() -> None:
    """1 / 0.9 of the payment without them; what the state runs itself is not taxed."""
    taxed, free = terms(payment_tax_share=0.1, **LOAN), terms(**LOAN)
    lines = [lay_out(services(), t, THIRTY) for t in (taxed, free)]
    for part in (0, 1):
        assert lines[0]["unitary_payment"][part] == pytest.approx(lines[1]["unitary_payment"][part] / 0.9)
        assert lines[0]["fixed_running"][part] == pytest.approx(lines[1]["fixed_running"][part])
    (fixed, per_case) = lay_out(services(), taxed, THIRTY)["unitary_payment"]
    uses = (ppp_use(services(), taxed, "all"), (0.0, 0.0)), (running_use(services(), taxed), (50.0, 2.5))
    for use, of_the_state in uses:
        assert use[0][0] == pytest.approx(fixed[0, 10] + of_the_state[0])
        assert use[1][0] == pytest.approx(per_case[0, 10] + of_the_state[1])
    capital, _ = ppp_use(services(), taxed, "capital")
    assert contract_value(services(), taxed)[0] == pytest.approx(22 * (capital[0] + 50 / 0.9 + 50 + 20 / 0.9))


def test_a_provider_passes_taxes_on_receipts_on() -> None:
    free, taxed = (terms("provider", equity_return=0.1, payment_tax_share=share) for share in (0.0, 0.2))
    for part in (0, 1):
        before, after = (lay_out(services(), t, THIRTY)["provider_payment"][part] for t in (free, taxed))
        assert after == pytest.approx(before / 0.8)
        assert running_use(services(), taxed)[part][0] == pytest.approx(after[0, 10])


# --- contribution, residual, taxes -----------------------------------------------------------------------------------


def test_a_contribution_is_paid_as_works_advance_and_lowers_the_payment() -> None:
    given = terms(contribution_share=0.4, capex_factor=1.1, **LOAN)
    flows = lay_out(services(), given, THIRTY)
    assert flows["public_contribution"][0][0, :3].tolist() == pytest.approx([220.0, 220.0, 0.0])
    assert capital_use(services(), given)[0][0] == pytest.approx(440.0)
    paid, _ = ppp_use(services(), given, "capital")
    assert paid[0] == pytest.approx(solve_unitary_payment(Project(660.0, 2.0, 20.0), FINANCE), rel=1e-8)
    project = Project(1100.0, 2.0, 20.0, contribution=440.0)
    assert paid[0] == pytest.approx(solve_unitary_payment(project, FINANCE), rel=1e-8)


def test_works_handed_back_are_credited_at_the_end_of_the_horizon() -> None:
    flows = lay_out(services(), terms("budget", residual_share=0.3, capex_factor=1.5), THIRTY)
    assert flows["residual"][0][0, 29] == pytest.approx(-300.0)  # of the works as estimated, not of their overrun
    assert flows["residual"][0].sum() == pytest.approx(-300.0)
    late = lay_out(services(), terms("budget", residual_share=0.3), replace(THIRTY, horizon_years=1, tail_years=9))
    assert not late["residual"][0].any()


def test_profit_tax_comes_back_year_by_year() -> None:
    """A service that opens two and a half years on: its company's first year of service is the third of the plan."""
    back = terms(tax_returned_share=0.5, procurement_years=0.5, **LOAN)
    company = solved_cash_flow(Project(1000.0, 2.0, 20.0, opened_share=0.5), FINANCE)
    tax = company.profit_tax[company.served]
    returned = lay_out(services(), back, THIRTY)["taxes_returned"][0][0]
    assert returned[:2].tolist() == [0.0, 0.0]
    assert returned[2:23].tolist() == pytest.approx((-0.5 * tax).tolist())


@pytest.mark.parametrize("financing", ["project_company", "provider"])
def test_taxes_that_return_in_full_cost_nothing(financing: str) -> None:
    """What is asked more for taxes on receipts comes back: neutral to the cent, whatever the tax."""
    calendar = replace(THIRTY, discount_rate=0.085)
    free = price(services(), terms(financing, equity_return=0.1), calendar)
    for share in (0.05, 0.2):
        taxed = terms(financing, equity_return=0.1, payment_tax_share=share, tax_returned_share=1.0)
        assert total(price(services(), taxed, calendar)) == pytest.approx(total(free), rel=1e-12)


@examples(max_examples=60, deadline=None)
@given(
    years=st.tuples(
        st.sampled_from([0.0, 1.0, 2.0, 3.0]) | st.floats(0.0, 4.0),
        st.sampled_from([0.0, 1.0]) | st.floats(0.0, 2.0),
        st.floats(6.0, 30.0),
    ),
    rate=st.floats(0.001, 0.2),
    loan=st.none()
    | st.tuples(st.just(0.0) | st.floats(0.01, 1.0), st.floats(1.0, 20.0), st.sampled_from([np.nan, 1.3])),
    profile=st.sampled_from(["", "0.2; 0.5; 0.3"]),
)
def test_at_equal_terms_a_ppp_costs_what_direct_administration_does(
    years: tuple[float, float, float], rate: float, loan: tuple[float, float, float] | None, profile: str
) -> None:
    """Discounted at what capital costs, without tax, fee, risk and efficiency: whenever it opens, to the cent."""
    (build, wait, term), calendar = years, replace(THIRTY, discount_rate=rate)
    stated = {"procurement_years": wait, "term_years": term, "hands_over": 0.0}
    paid = {"company_return": rate, "equity_return": rate, "debt_rate": rate}
    if loan is not None:
        paid |= dict(zip(("gearing", "debt_years", "cover"), loan, strict=True))
    asked = services(build_years=build, lifecycle=0.0)
    direct = total(price(asked, terms("budget", profile, **stated), calendar))
    company = total(price(asked, terms("project_company", profile, **stated, **paid), calendar))
    assert company == pytest.approx(direct, rel=1e-9)


def test_taxes_return_as_far_as_the_perspective_counts_them() -> None:
    row = {**PPP, "tax_returned_state_share": 0.1, "tax_returned_government_share": 0.9}
    contracts = scenario(contracts=rows({"contract_id": "direct"}, row)).contracts
    for perspective, share in (("state", 0.1), ("government", 0.9), ("none", 0.0)):
        assert terms_of(contracts, perspective).tax_returned_share.tolist() == [0.0, share]
    assert terms_of(contracts).tax_returned_share.tolist() == [0.0, 0.0]


def test_the_scenario_counts_the_taxes_of_its_perspective() -> None:
    row = {**PPP, "payment_tax_rate": 0.1, "tax_returned_government_share": 1.0}
    plans = [
        rs.solve(
            scenario(
                sizes=with_columns(tables()["sizes"], capex=1000.0),
                contracts=rows(row),
                settings=settings(perspective=perspective, horizon_years=30),
            ),
            EXACT,
        )
        for perspective in ("state", "government")
    ]
    returned = [plan.costs.loc[plan.costs["line"] == "taxes_returned", "npv"].sum() for plan in plans]
    paid = plans[1].costs.loc[plans[1].costs["line"] == "unitary_payment", "npv"].sum()
    assert returned == pytest.approx([0.0, -0.1 * paid])
    assert all(plan.audit.passed for plan in plans)


def test_flows_begin_with_a_year() -> None:
    moved = delayed(np.array([[10.0, 20.0], [10.0, 20.0]]), np.array([1.0, 3.0]), 4)
    assert moved.tolist() == [[0.0, 10.0, 20.0, 0.0], [0.0, 0.0, 0.0, 10.0]]


def test_nothing_stated_changes_nothing() -> None:
    """The columns of loans, taxes and mechanisms at their neutral values: the same prices as without them."""
    neutral = {
        "reserve_months": 0, "debt_fee_share": 0, "loss_offset_share": 0, "contribution_share": 0, "residual_share": 0,
        "payment_tax_rate": 0, "tax_returned_state_share": 0, "tax_returned_government_share": 0, "family": "any",
        "payment_mechanism": "fixed_and_variable",
    }  # fmt: skip
    stated, blank = (terms_of(scenario(contracts=rows({**PPP, **more})).contracts) for more in (neutral, {}))
    one, other = (price(services(), t, replace(THIRTY, discount_rate=0.085)) for t in (stated, blank))
    assert total(one) == pytest.approx(total(other), rel=1e-12)
    assert total(other) == pytest.approx(
        total(price(services(), replace(blank, debt_years=np.zeros(1)), replace(THIRTY, discount_rate=0.085)))
    )


# --- terms of several lengths -----------------------------------------------------------------------------------------


def test_the_better_term_is_chosen() -> None:
    """One PPP of 12 and of 25 years: at 3 % paying dear capital sooner is cheaper, at 15 % later is."""
    loan = {"debt_years": 10, "dscr": 1.2, "tax_rate": 0.34, "family": "ppp"}
    options = rows(
        {**PPP, **loan, "contract_id": "ppp_12", "term_years": 12},
        {**PPP, **loan, "contract_id": "ppp_25", "term_years": 25},
    )
    sizes = with_columns(tables()["sizes"], capex=5000.0, build_months=12)
    priced = with_columns(tables()["specialties"], unmet_cost=1e5)
    chosen = {}
    for rate in (0.03, 0.15):
        plan = rs.solve(
            scenario(
                sizes=sizes,
                specialties=priced,
                contracts=options,
                settings=settings(horizon_years=30, discount_rate=rate),
            ),
            EXACT,
        )
        assert plan.audit.passed
        chosen[rate] = set(plan.openings["contract_id"])
    assert chosen == {0.03: {"ppp_12"}, 0.15: {"ppp_25"}}


# --- limits by year -----------------------------------------------------------------------------------------------

CASES = np.array([40.0])


def test_ceilings_of_mato_grosso() -> None:
    assert limit_use(np.zeros(1), RCL, 0.05).limit[0] == pytest.approx(1.9016e9)
    found = personnel_limits(RCL)
    assert [found[level] / 1e9 for level in ("legal", "prudential", "alert")] == pytest.approx(
        [18.636, 17.704, 16.772], abs=5e-4
    )


def test_levels_of_the_personnel_limit() -> None:
    used = np.array([0.44, 0.45, 0.47, 0.50]) * RCL
    assert personnel_level(used, RCL).tolist() == ["", "alert", "prudential", "legal"]


def test_limit_use_by_hand() -> None:
    use = limit_use([30.0, 60.0, 61.0], 1000.0, 0.05, committed=10.0, base_growth_per_year=0.2)
    assert use.limit.tolist() == pytest.approx([40.0, 50.0, 62.0])
    assert use.met.tolist() == [True, False, True]
    assert use.share.tolist() == pytest.approx([0.75, 1.2, 61 / 62])
    assert use.base_share.tolist() == pytest.approx([0.04, 70 / 1200, 71 / 1440])
    assert limit_use([1.0], 100.0, 0.05, committed=5.0).share[0] == np.inf


def test_ppp_payments_by_year_agree_with_the_yearly_use() -> None:
    company = terms(procurement_years=1.0, opex_factor=1.1, case_factor=1.2, payment_tax_share=0.05, **LOAN)
    for reading in ("all", "capital", "net"):
        by_year = ppp_by_year(services(), company, THIRTY, CASES, reading)
        fixed, per_case = ppp_use(services(), company, reading)
        assert by_year[10] == pytest.approx(fixed[0] + per_case[0] * 40)
        assert by_year[:3].tolist() == [0.0, 0.0, 0.0]
        assert by_year[23] < by_year[22]  # the term ends 22 years after signature


def test_running_cost_by_year_agrees_with_the_yearly_use() -> None:
    company = terms(payment_tax_share=0.05, **LOAN)
    fixed, per_case = running_use(services(), company)
    assert running_by_year(services(), company, THIRTY, CASES)[10] == pytest.approx(fixed[0] + per_case[0] * 40)


def test_staff_counts_from_the_opening_and_can_be_left_out() -> None:
    enlarged = services(before_fixed=60.0, before_share=0.5)
    direct = terms("budget", counts_as_personnel=1.0)
    pay = personnel_by_year(enlarged, direct, THIRTY, CASES, 0.6)
    assert pay[:3].tolist() == pytest.approx([0.6 * (60 + 100), 0.6 * (60 + 100), 0.6 * (100 + 200)])
    assert not personnel_by_year(enlarged, direct, THIRTY, CASES, 0.6, left_out=np.array([True])).any()


def test_debt_owed_is_a_contingent_liability() -> None:
    flow = solved_cash_flow(Project(1000.0, 2.0, 20.0), FINANCE)
    owed = termination_payments(services(), terms(**LOAN), THIRTY)[0]
    assert owed[1:22].tolist() == pytest.approx(flow.debt_owed[flow.year >= 0].tolist(), abs=1e-6)
    assert owed[0] == 0.0
    assert owed[18:].tolist() == pytest.approx([0.0] * 12, abs=1e-6)
    half = termination_payments(services(), terms(procurement_years=0.5, **LOAN), THIRTY)[0]
    company = solved_cash_flow(Project(1000.0, 2.0, 20.0, opened_share=0.5), FINANCE)
    assert half[:2].tolist() == [0.0, 0.0]
    assert half[2:23].tolist() == pytest.approx(company.debt_owed[company.served].tolist(), abs=1e-6)
    assert not termination_payments(services(), terms(), THIRTY).any()


def test_guarantees_are_months_of_payment() -> None:
    assert guarantees([120.0, 0.0], 6).tolist() == [60.0, 0.0]


def test_a_loan_without_service_grows_with_its_interest() -> None:
    assert balances(100.0, np.zeros(2), 0.1).tolist() == pytest.approx([100.0, 110.0, 121.0])


def test_everything_owed_falls_inside_the_years_laid_out() -> None:
    company = terms(procurement_years=2.4, tax_returned_share=1.0, **LOAN)
    short = replace(THIRTY, horizon_years=5)
    laid = replace(short, tail_years=tail_years(timing_of(services(), company), company, 5))
    longer = replace(laid, tail_years=laid.tail_years + 20)
    for line in ("unitary_payment", "taxes_returned"):
        assert lay_out(services(), company, laid)[line][0].sum() == pytest.approx(
            lay_out(services(), company, longer)[line][0].sum()
        )


# --- many -------------------------------------------------------------------------------------------------------


def test_every_option_of_mato_grosso_is_priced_at_once() -> None:
    state = rs.read_scenario(MATO_GROSSO)
    options = option_table(state)
    priced = price_options(state, options, phases_of(state))
    assert len(options) > 5000
    company = priced.terms.loan_stated & (priced.services.works > 0)
    assert (priced.prices.fixed["unitary_payment"][company] > 0).all()
    assert (priced.prices.fixed["taxes_returned"][company] < 0).all()
