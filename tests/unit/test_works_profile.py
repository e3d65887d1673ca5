"""Works spent along a curve stated on the sheet ``contracts``: by hand, by law, through prices, plan and sheets."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from appraisal_example import contracts, example
from hypothesis import given, settings
from hypothesis import strategies as st

from redesaude.assemble.assembled import input_problems
from redesaude.errors import InputError
from redesaude.finance.arguments import ArgumentError
from redesaude.finance.capital_charge import Loans, capital_charges
from redesaude.finance.cashflow import lay_out, yearly_capital_payment
from redesaude.finance.contracts import Terms
from redesaude.finance.discounting import Calendar
from redesaude.finance.pricing import price
from redesaude.finance.project_company import Project
from redesaude.finance.services import Services, spread_works, timing_of
from redesaude.finance.unitary_payment import solved_cash_flow
from redesaude.finance.works_payments import financed_before_opening
from redesaude.finance.works_profiles import profile_curve
from redesaude.inputs.scenario import Scenario
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.cash_flow import cash_flow
from redesaude.solving.solve import solve
from tiny import EXACT

TEN = Calendar(first_year=2025, base_year=2025, horizon_years=10, discount_rate=0.06)
LATE = "0.2; 0.8"


def service(works: float = 100.0, build_years: float = 2.0) -> Services:
    none = np.zeros(1)
    return Services(
        works=np.array([works]), lifecycle=none, fixed=none, per_case=none, capacity=np.ones(1),
        build_years=np.array([build_years]), before_fixed=none, before_lifecycle=none, before_share=none,
        unmet_cost=none,
    )  # fmt: skip


def terms(financing: str = "budget", profile: str = "", **numbers: float) -> Terms:
    """Factors of one; owners ask 10 %, and the term leaves one year of payment after works of two years."""
    stated = dict.fromkeys(("capex_factor", "opex_factor", "case_factor", "delay_factor", "state_share"), 1.0)
    nothing = ("procurement_years", "transaction_share", "counts_as_ppp", "counts_as_personnel")
    stated |= dict.fromkeys(nothing, 0.0)
    stated |= {"company_return": 0.1, "equity_return": 0.1, "term_years": 3.0, "cover": np.nan} | numbers
    arrays = {name: np.array([value]) for name, value in stated.items()}
    return Terms(financing=np.array([financing]), works_profile=np.array([profile]), **arrays)


def spent(line: str, *under: object, **numbers: float) -> list[float]:
    """The first four years of a line of cost of 100 of works over two years."""
    found = lay_out(service(), terms(*under, **numbers), TEN)  # type: ignore[arg-type]
    return found[line][0][0, :4].tolist()


# --- by hand -----------------------------------------------------------------------------------------------------


def test_the_budget_spends_by_year() -> None:
    assert spent("works", "budget", LATE) == pytest.approx([20.0, 80.0, 0.0, 0.0])


def test_a_curve_moves_with_the_signature() -> None:
    """Half of the first part, then its other half and half of the second, then the rest."""
    assert spent("works", "budget", LATE, procurement_years=0.5) == pytest.approx([10.0, 50.0, 40.0, 0.0])


def test_late_works_stretch_their_curve() -> None:
    """Works of four years spend each of the two shares over two years."""
    assert spent("works", "budget", LATE, delay_factor=2.0) == pytest.approx([10.0, 10.0, 40.0, 40.0])


def test_what_goes_with_works_follows_them() -> None:
    assert spent("overrun", "budget", LATE, capex_factor=1.1) == pytest.approx([2.0, 8.0, 0.0, 0.0])
    assert spent("supervision", "budget", LATE, supervision_share=0.05) == pytest.approx([1.0, 4.0, 0.0, 0.0])
    shared = spent("public_contribution", "project_company", LATE, contribution_share=0.4)
    assert shared == pytest.approx([8.0, 32.0, 0.0, 0.0])


@pytest.mark.parametrize("financing", ["provider", "project_company"])
@pytest.mark.parametrize(("profile", "payment"), [("", 115.5), (LATE, 112.2), ("0;1", 110.0), ("1;0", 121.0)])
def test_a_contractor_is_repaid_what_it_spent_when(financing: str, profile: str, payment: float) -> None:
    """At 10 %: (20 x 1.1 + 80) x 1.1 = 112.2; all in the last year 110, all in the first 121, evenly 115.5."""
    found, under = service(), terms(financing, profile)
    assert yearly_capital_payment(found, under, timing_of(found, under))[0] == pytest.approx(payment)


def test_a_stated_loan_pays_for_the_same_works() -> None:
    """A loan of nothing: its company is repaid as one that states none."""
    found, under = service(), terms("project_company", LATE, debt_years=1.0, gearing=0.0)
    assert yearly_capital_payment(found, under, timing_of(found, under))[0] == pytest.approx(112.2)


# --- laws --------------------------------------------------------------------------------------------------------

PROFILES = st.lists(st.integers(0, 9), min_size=1, max_size=12).filter(any)
BUILD = st.one_of(st.sampled_from([1.0, 2.0, 4.0]), st.floats(0.05, 6.0))


def text(weights: list[int]) -> str:
    return "; ".join(repr(w / sum(weights)) for w in weights)


@settings(max_examples=40, deadline=None)
@given(weights=PROFILES, build=BUILD, wait=st.floats(0.0, 2.0), how=st.sampled_from(["budget", "provider"]))
def test_all_works_are_spent_and_none_before_its_time(weights: list[int], build: float, wait: float, how: str) -> None:
    under = terms("budget", text(weights), procurement_years=wait)
    flow = lay_out(service(build_years=build), under, TEN)["works"][0][0]
    assert flow.sum() == pytest.approx(100.0)
    assert (flow >= -1e-9).all()
    assert flow[: int(wait)] == pytest.approx(0.0)
    before = financed_before_opening(under, timing_of(service(build_years=build), under))
    assert before.sum() == pytest.approx(1.0)


@settings(max_examples=40, deadline=None)
@given(
    weights=PROFILES.filter(lambda w: len(w) < 12),
    build=BUILD,
    at=st.integers(0, 10),
    how=st.sampled_from(["budget", "provider", "company"]),
)
def test_a_later_curve_never_costs_more(weights: list[int], build: float, at: int, how: str) -> None:
    """Something moved from one part to the next: less present value for the budget, no dearer for contractors."""
    sooner = [*weights, 0]
    at = at % len(weights)
    later = [*sooner[:at], 0, sooner[at + 1] + sooner[at], *sooner[at + 2 :]][: len(sooner)]
    loan = {"term_years": 12.0} | ({"debt_years": 5.0, "gearing": 0.6, "debt_rate": 0.04, "tax_share": 0.2}
                                   if how == "company" else {})  # fmt: skip
    way = "project_company" if how == "company" else how
    costs = [
        price(service(build_years=build), terms(way, text(parts), **loan), TEN).cost[0] for parts in (sooner, later)
    ]
    assert costs[1] <= costs[0] + 1e-9 * abs(costs[0])
    if how == "budget" and build > len(sooner) and sooner[at]:
        assert costs[1] < costs[0]


@settings(max_examples=30, deadline=None)
@given(parts=st.integers(1, 12), build=BUILD, how=st.sampled_from(["budget", "provider", "project_company"]))
def test_equal_shares_are_no_curve(parts: int, build: float, how: str) -> None:
    flat, blank = (
        price(service(build_years=build), terms(how, profile, term_years=12.0), TEN)
        for profile in (text([1] * parts), "")
    )
    for line, npv in blank.fixed.items():
        assert flat.fixed[line] == pytest.approx(npv, rel=1e-9, abs=1e-9)


def test_nothing_stated_is_nothing_changed() -> None:
    """To the last bit by itself; beside a contract that states a curve, but for how sums are rounded."""
    for how in ("budget", "provider", "project_company"):
        loan = {"term_years": 12.0, "debt_years": 5.0, "gearing": 0.6, "debt_rate": 0.04, "tax_share": 0.2}
        blank, stated = terms(how, "", **loan), terms(how, LATE, **loan)
        unsaid = Terms(**{f.name: getattr(blank, f.name) for f in fields(Terms) if f.name != "works_profile"})
        both = Terms(**{f.name: np.concatenate([getattr(t, f.name) for t in (blank, stated)]) for f in fields(Terms)})
        two = Services(**{f.name: np.repeat(getattr(service(), f.name), 2) for f in fields(Services)})
        mixed, alone, plain = price(two, both, TEN), price(service(), blank, TEN), price(service(), unsaid, TEN)
        for line, npv in plain.fixed.items():
            assert alone.fixed[line][0] == npv[0]
            assert mixed.fixed[line][0] == pytest.approx(npv[0], rel=1e-14)


def _before_opening(profiles: np.ndarray, build: np.ndarray) -> np.ndarray:
    """What is spent of 1 of works in each year before an opening at the end of the fourth."""
    return spread_works(profiles, 4.0 - build, build, 4)


def test_linear_equations_agree_with_root_finding_along_curves() -> None:
    draw = np.random.default_rng(11)
    build = draw.choice([0.7, 1.0, 2.2, 4.0], 10)
    profiles = draw.choice(["", LATE, "0.1; 0.3; 0.4; 0.2", "1; 0"], 10)
    loans = Loans(
        *(np.full(10, x) for x in (0.12, 0.07, 0.7, 12.0)),
        np.where(draw.random(10) < 0.3, np.nan, 1.3),
        draw.choice([0.0, 6.0], 10),
        *(np.full(10, x) for x in (0.02, 0.34, 0.3)),
        build,
        draw.uniform(14.0, 25.0, 10),
        draw.choice([0.0, 0.03], 10),
        _before_opening(profiles, build),
    )
    charges = capital_charges(loans)
    for row in range(10):
        assert charges.payment[row] == pytest.approx(loans.cash_flow(row).payment.max(), rel=1e-8)
    distinct, row_of = loans.distinct()
    assert capital_charges(distinct).payment[row_of] == pytest.approx(charges.payment, rel=1e-12)
    real = loans.take(np.array([3]))
    project = Project(1.0, real.build_years[0], real.payment_years[0], works_profile=loans.one(3)[0].works_profile)
    assert solved_cash_flow(project, loans.one(3)[1]).payment.max() == pytest.approx(
        capital_charges(replace(real, inflation_per_year=np.zeros(1))).payment[0], rel=1e-8
    )


# --- from the workbook -------------------------------------------------------------------------------------------


def built(profile: str, *under: str) -> Scenario:
    """The example with works of three years, spent along a curve ``under`` the given contracts, or under all."""
    found = example()
    changes = ({"contract_id": c, "works_profile": profile} for c in under or found.contracts["contract_id"])
    return example(contracts=contracts(*changes)).replace(sizes=found.sizes.assign(build_months=36.0))


@pytest.mark.parametrize(
    "profile", ["0.2; 0.5", "1.5; -0.5", "0,2; 0,8", "slow; fast", "nan; 1", ";", "; ".join(["0.04"] * 25)]
)
def test_what_is_no_curve_is_told_at_its_cell(profile: str) -> None:
    with pytest.raises(InputError) as refused:
        built(profile, "ppp")
    told = [p for p in refused.value.problems if p.code == "works_profile_not_whole"]
    assert [(p.sheet, p.values["works_profile"][:9]) for p in told] == [("contracts", profile[:9])]


def test_the_engine_refuses_what_the_sheet_does() -> None:
    with pytest.raises(ArgumentError, match="works_profile"):
        profile_curve("0.2; 0.5")
    with pytest.raises(ArgumentError, match="works_profile"):
        terms("budget", "slow")


@pytest.mark.long
def test_a_plan_spends_along_the_curve_and_passes_its_audit() -> None:
    curved, even = built("0.1; 0.2; 0.7"), built("")
    assert not list(input_problems(curved))
    plan = solve(curved, EXACT)
    flows = [cash_flow(Appraisal(found)) for found in (plan, solve(even, EXACT))]
    works, evenly = (f[f["line"] == "works"].groupby("year")["real"].sum() for f in flows)
    assert works.sum() == pytest.approx(evenly.sum())
    assert works.iloc[0] < evenly.iloc[0]
    assert plan.audit.passed
    assert plan.audit.checks
