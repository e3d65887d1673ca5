"""Works at prices that rise and contributions at milestones, as contracts state them: by hand, by law, in sheets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from appraisal_example import CONTRACTS, contracts, example
from hypothesis import given, settings
from hypothesis import strategies as some
from test_finance_cashflow import BOUGHT, TEN, bought, service, terms
from test_recalculation import _unexplained, workbook

from recalculation import differences, needs_libreoffice
from redesaude.errors import InputError
from redesaude.finance.arguments import ArgumentError
from redesaude.finance.cashflow import lay_out, yearly_capital_payment
from redesaude.finance.contracts import Terms
from redesaude.finance.contribution import Milestone, with_contribution
from redesaude.finance.fiscal import capital_use, contract_value
from redesaude.finance.pricing import price
from redesaude.finance.project_company import Finance, Project
from redesaude.finance.services import timing_of
from redesaude.finance.unitary_payment import solve_unitary_payment
from redesaude.finance.works_spending import stated_curve, with_spending
from redesaude.inputs.contracts import milestones_in
from redesaude.inputs.scenario import Scenario
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.cash_flow import cash_flow
from redesaude.solving.solve import solve
from tiny import EXACT, rows

#: 100 of works over two years, evenly
WORKS = service(works=100.0, build_years=2.0)
#: their owners ask 10 % and are paid in the one year that the term leaves
COMPANY = {"company_return": 0.1, "term_years": 3.0}
LOAN = {"equity_return": 0.12, "debt_rate": 0.06, "gearing": 0.6, "debt_years": 8.0, "cover": np.nan, "tax_share": 0.3}


def staged(text: str, financing: str = "project_company", **numbers: float) -> Terms:
    stated = terms(financing, **COMPANY | {"contribution_share": 0.4} | numbers)
    return Terms(**{name: getattr(stated, name) for name in Terms.__dataclass_fields__} |
                 {"contribution_milestones": np.array([text])})  # fmt: skip


def spent(line: str, under: Terms) -> list[float]:
    return lay_out(WORKS, under, TEN)[line][0][0, :4].tolist()


def repaid(under: Terms) -> float:
    return float(yearly_capital_payment(WORKS, under, timing_of(WORKS, under))[0])


# --- by hand -----------------------------------------------------------------------------------------------------


def test_works_cost_what_their_prices_have_risen_to() -> None:
    """At 10 % a year from the base year on, which is the first year, or the one before it."""
    assert spent("overrun", terms(works_inflation=0.1)) == pytest.approx([0.0, 5.0, 0.0, 0.0])
    assert spent("overrun", terms(works_inflation=0.1, years_from_base=1.0)) == pytest.approx([5.0, 10.5, 0.0, 0.0])
    late = terms(works_inflation=0.1, procurement_years=1.0, capex_factor=1.2)
    assert spent("overrun", late) == pytest.approx([0.0, 1.2 * 55 - 50, 1.2 * 60.5 - 50, 0.0])
    assert spent("works", late) == pytest.approx([0.0, 50.0, 50.0, 0.0])


def test_shares_of_works_are_of_their_estimate() -> None:
    stated = terms(works_inflation=0.1, supervision_share=0.1, design_share=0.05)
    assert spent("supervision", stated) == pytest.approx([5.0, 5.0, 0.0, 0.0])
    assert spent("design", stated) == pytest.approx([5.0, 0.0, 0.0, 0.0])


def test_a_company_is_repaid_what_works_cost_when() -> None:
    """50 and a year later 55: (50 x 1.1 + 55) x 1.1."""
    assert repaid(terms("project_company", works_inflation=0.1, **COMPANY)) == pytest.approx(121.0)


def test_ceilings_and_contract_values_count_the_rise() -> None:
    stated = terms(works_inflation=0.1)
    assert capital_use(WORKS, stated)[0][0] == pytest.approx(105.0)
    assert contract_value(WORKS, stated)[0] == pytest.approx(105.0)
    assert capital_use(WORKS, staged("", works_inflation=0.1))[0][0] == pytest.approx(0.4 * 105.0)


@pytest.mark.parametrize(("text", "paid", "payment"), [
    ("", [20.0, 20.0], (30 * 1.1 + 30) * 1.1),
    ("0.5: 0.25; 1: 0.75", [10.0, 30.0], (40 * 1.1 + 20) * 1.1),
    ("0.2: 1", [40.0, 0.0], (10 * 1.1 + 50) * 1.1),
    ("1: 1", [0.0, 40.0], (50 * 1.1 + 10) * 1.1),
])  # fmt: skip
def test_a_contribution_is_paid_at_its_milestones(text: str, paid: list[float], payment: float) -> None:
    """The end of a year belongs to it; what the company does not get until then it finances."""
    assert spent("public_contribution", staged(text)) == pytest.approx([*paid, 0.0, 0.0])
    assert repaid(staged(text)) == pytest.approx(payment)


def test_milestones_follow_the_curve_and_the_dates_of_the_works() -> None:
    """Four fifths are done in the second half of two years that begin in the middle of the first."""
    stated = staged("0.2: 0.5; 0.6: 0.5", procurement_years=0.5)
    curved = Terms(**{n: getattr(stated, n) for n in Terms.__dataclass_fields__} |
                   {"works_profile": np.array(["0.2; 0.8"])})  # fmt: skip
    assert spent("public_contribution", stated) == pytest.approx([20.0, 20.0, 0.0, 0.0])
    assert spent("public_contribution", curved) == pytest.approx([0.0, 40.0, 0.0, 0.0])


# --- laws --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("milestones", [(), (Milestone(0.3, 0.25), Milestone(1.0, 0.75)), (Milestone(0.1, 1.0),)])
@pytest.mark.parametrize("rise", [0.0, 0.04])
@pytest.mark.parametrize("cover", [np.nan, 1.3])
def test_a_stated_loan_is_solved_as_one_project_is(
    milestones: tuple[Milestone, ...], rise: float, cover: float
) -> None:
    """Of three years of works; one contribution of everything in the first exceeds what that year costs."""
    text = "; ".join(f"{m.executed_share}: {m.paid_share}" for m in milestones)
    works = service(works=100.0, build_years=3.0)
    under = staged(text, works_inflation=rise, term_years=15.0, **LOAN | {"cover": cover})
    curve = stated_curve([0.0, 1.0], [0.0, 1.0])
    project = with_spending(Project(100.0, 3.0, 12.0), curve, rise, stated_in=-2)
    finance = Finance(0.12, 0.06, 0.6, 8.0, cover=None if np.isnan(cover) else cover, tax_share=0.3)
    one = with_contribution(project, 0.4 * project.works, milestones)
    assert yearly_capital_payment(works, under, timing_of(works, under))[0] == pytest.approx(
        solve_unitary_payment(one, finance), rel=1e-7
    )


@settings(max_examples=30, deadline=None)
@given(
    rise=some.floats(0.0, 0.08),
    build=some.floats(0.3, 4.0),
    wait=some.floats(0.0, 2.0),
    share=some.sampled_from([np.nan, 0.0, 0.6]),
)
def test_on_the_same_terms_a_provider_costs_what_the_budget_does(
    rise: float, build: float, wait: float, share: float
) -> None:
    new = service(**BOUGHT | {"build_years": build})
    contract = bought(term_years=12.0, procurement_years=wait, works_inflation=rise, fixed_payment_share=share)
    calendar = TEN.__class__(2025, 2025, 14, 0.10)
    spent_, paid = (price(new, each, calendar) for each in (contract.by_budget, contract))
    assert paid.cost[0] + 50 * paid.case_cost[0] == pytest.approx(spent_.cost[0] + 50 * spent_.case_cost[0])


@settings(max_examples=30, deadline=None)
@given(rise=some.floats(0.001, 0.08), build=some.floats(1.2, 4.0), how=some.sampled_from(["budget", "provider"]))
def test_prices_that_rise_never_cost_less(rise: float, build: float, how: str) -> None:
    new = service(works=100.0, build_years=build)
    stated = {"equity_return": 0.08, "term_years": 20.0, "fixed_payment_share": np.nan}
    still, rising = (price(new, terms(how, works_inflation=g, **stated), TEN).cost[0] for g in (0.0, rise))
    assert rising > still


# --- from the workbook -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["0.3", "0.3: 0.5", "0.6: 0.5; 0.3: 0.5", "0: 1", "1.2: 1", "0.5: 1: 2", "half: 1",
                                  "0.5: -1; 1: 2", "nan: 1", "0.5: 1;"])  # fmt: skip
def test_what_says_no_milestones_is_told_at_its_cell(text: str) -> None:
    with pytest.raises(InputError) as refused:
        example(contracts=contracts({"contract_id": "ppp", "contribution_share": 0.3, "contribution_milestones": text}))
    told = [p.sheet for p in refused.value.problems if p.code == "contribution_milestones_not_whole"]
    assert told == ["contracts"]
    with pytest.raises(ArgumentError, match="contribution_milestones"):
        staged(text)


def test_milestones_of_no_contribution_are_told() -> None:
    found = example(contracts=contracts({"contract_id": "ppp", "contribution_milestones": "1: 1"}))
    assert [p.code for p in found.notices if "milestones" in p.code] == ["contribution_milestones_in_vain"]


def test_milestones_are_read_in_order() -> None:
    assert milestones_in(" 0.3: 0.25; 1: 0.75") == [(0.3, 0.25), (1.0, 0.75)]
    assert milestones_in(" ") == []


#: every way of financing with a curve and a rise of its own, two companies contributed to at milestones
STATED = {
    "direct": {"works_profile": "0.1; 0.2; 0.7", "works_inflation": 0.03},
    "share": {"works_profile": "1; 0", "works_inflation": 0.01},
    "purchase": {"works_profile": "0.3; 0.7", "works_inflation": 0.02},
    "ppp": {"works_inflation": 0.04},
    "staged": CONTRACTS["ppp"] | {"works_profile": "0.6; 0.4", "works_inflation": 0.02, "contribution_share": 0.3,
                                  "contribution_milestones": "0.5: 0.4; 1: 0.6", "name": "Staged"},
    "loan": CONTRACTS["ppp"] | {"works_inflation": 0.02, "contribution_share": 0.3, "name": "Loan", "debt_years": 8,
                                "contribution_milestones": "0.2: 0.7; 1: 0.3", "gearing": 0.6, "debt_rate": 0.05,
                                "tax_rate": 0.2},
}  # fmt: skip


def built(**changes: pd.DataFrame) -> Scenario:
    """The example a year after its base, with works of two and a half years."""
    table = contracts(*({**row, "contract_id": c} for c, row in STATED.items()))
    later = replace(example().settings, base_year=2024, discount_rate=0.06)
    return example(contracts=table, **changes).replace(sizes=example().sizes.assign(build_months=30.0), settings=later)


@pytest.mark.long
@pytest.mark.parametrize("contract", ["direct", "share", "ppp", "staged", "loan"])
def test_a_plan_pays_what_its_contract_says_and_passes_its_audit(contract: str) -> None:
    forced = rows({"site_id": "h2", "specialty_id": "cardio", "contract_id": contract, "decision": "open"})
    plan = solve(built(decisions=forced), EXACT)
    assert plan.audit.passed
    flows = cash_flow(Appraisal(plan))
    works = flows["line"].isin(["works", "overrun", "public_contribution"]) & (flows["site_id"] == "h2")
    by_year = flows[works].groupby("year")["real"].sum()
    if contract == "staged":  # 400 from 2026 on: 0.48 of it a year for a year and a quarter, then 0.32 a year
        risen = [400 * share * 1.02**year for share, year in ((0.48, 2), (0.36, 3), (0.16, 4))]
        assert by_year.loc[2026:2028].tolist() == pytest.approx(risen)
        paid = flows[flows["line"] == "public_contribution"].groupby("year")["real"].sum()
        assert paid[paid > 0].to_dict() == pytest.approx({2027: 0.4 * 0.3 * sum(risen), 2028: 0.6 * 0.3 * sum(risen)})
    assert by_year.sum() > 400


@pytest.mark.long
@needs_libreoffice
def test_rising_prices_and_milestones_recalculate_to_what_the_engine_found(tmp_path: Path) -> None:
    plan = solve(built(), EXACT)
    path = workbook(plan, tmp_path)
    assert differences(path, tmp_path) == []
    assert list(_unexplained(path)) == []
