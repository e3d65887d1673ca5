"""Ways to finance and manage: contracts that wait for a variant, a private partner, and norms with dates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from redesaude.assemble.eligibility import law_notices
from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.variants import apply_variant
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.audit import audit
from redesaude.plan.cash_flow import cash_flow, fiscal_by_year
from redesaude.plan.norms import norms
from redesaude.report.view import view_of
from redesaude.report.workbook.norms import ceilings_frame, norms_frame
from redesaude.solving.solve import solve
from tiny import EXACT, PPP, rows, scenario, settings, tables

CHEAP = {"contract_id": "cheap", "delivery_model": "foundation", "opex_factor": 0.5, "active": "no"}
WAKES = {"variant_id": "more", "sheet": "contracts", "key": "cheap", "column": "active", "value": "yes"}
BUILT = tables()["sizes"].assign(capex=1_000.0)


def waiting(**changes: pd.DataFrame) -> Scenario:
    """A direct contract, and one at half the cost that waits for the variant ``more``."""
    return scenario(contracts=rows({"contract_id": "direct"}, CHEAP), variants=rows(WAKES), **changes)


# --- contracts that wait ------------------------------------------------------------------------------------------


def test_a_contract_that_waits_is_not_chosen_until_its_variant_sets_it() -> None:
    base = solve(waiting(), EXACT)
    more = solve(apply_variant(waiting(), "more"), EXACT)
    assert set(base.openings["contract_id"]) == {"direct"}
    assert set(more.openings["contract_id"]) == {"cheap"}
    assert more.objective is not None
    assert base.objective is not None
    assert more.objective < base.objective
    assert base.objective == pytest.approx(solve(scenario(contracts=rows({"contract_id": "direct"})), EXACT).objective)


def test_the_audit_sees_a_plan_under_a_contract_that_waits() -> None:
    plan = solve(apply_variant(waiting(), "more"), EXACT)
    asleep = plan.scenario.contracts.assign(active=[True, False])
    found = audit(replace(plan, scenario=plan.scenario.replace(contracts=asleep)))
    assert "contracts suit their sites" in [check.name for check in found.checks if not check.passed]


def test_a_site_whose_contracts_all_wait_is_told_with_how_to_mend_it() -> None:
    with pytest.raises(InputError, match="active"):
        scenario(contracts=rows(CHEAP))


def test_a_service_of_today_cannot_run_under_a_contract_that_waits() -> None:
    today = rows({"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing",
                  "contract_id": "cheap"})  # fmt: skip
    with pytest.raises(InputError, match="active: no"):
        waiting(site_services=today)


# --- a private partner --------------------------------------------------------------------------------------------


def test_a_partner_is_repaid_its_works_with_its_return_and_the_hospital_runs_itself() -> None:
    """Works of 1,000 over ten years at 10 %: ten payments are worth as much, from the year of the works."""
    joint = {"contract_id": "joint", "delivery_model": "joint", "financing": "partner", "term_years": 10,
             "equity_return": 0.10}  # fmt: skip
    case = scenario(contracts=rows(joint), sizes=BUILT, settings=settings(horizon_years=10, discount_timing="end"))
    plan = solve(case, EXACT)
    lines = plan.costs.groupby("line")["npv"].sum()
    services = len(plan.openings)
    assert plan.audit.passed
    assert "works" not in lines
    yearly = 1_000 / sum(1.1**-year for year in range(10))
    paid = cash_flow(Appraisal(plan)).query("line == 'provider_payment' and payer == 'state'")
    assert paid.groupby("year")["real"].sum().max() == pytest.approx(services * yearly)
    assert lines["fixed_running"] > 0


# --- norms with dates ---------------------------------------------------------------------------------------------

OLD = {"law_id": "law", "name": "Law", "rule": "most_years", "value": 15, "valid_until": 2026, "source": "old text"}
NEW = {"law_id": "law", "name": "Law", "rule": "most_years", "value": 25, "valid_from": 2027, "source": "new text"}


def signed(months: float, *laws: dict[str, Any], **terms: Any) -> Scenario:
    """A PPP of 20 years decided in 2025 and signed after so many months; capital enough for one."""
    company = {**PPP, "procurement_months": months, **terms}
    periods = rows({"period_id": "p", "first_year": 2025, "years": 30})
    stated = settings(base_year=2025, horizon_years=30)
    return scenario(contracts=rows(company), sizes=BUILT, laws=rows(*laws), periods=periods, settings=stated)


@pytest.mark.parametrize(("months", "broken"), [(0, True), (20, True), (24, False), (36, False)])
def test_a_contract_is_held_against_the_norm_of_the_year_of_its_signature(months: float, broken: bool) -> None:
    told = [notice.code for notice in law_notices(signed(months, OLD, NEW))]
    assert told == (["law_most_years"] if broken else [])


def test_the_plan_is_told_which_norms_touch_it() -> None:
    later = NEW | {"value": 18, "valid_from": 2035}
    plan = solve(signed(0, OLD, later, NEW | {"rule": "least_years", "value": 5}), EXACT)
    table = norms(Appraisal(plan)).drop_duplicates(["rule", "valid_from", "state"])
    told = {(row.rule, row.value): (row.state, row.keeps, row.found, row.signed) for row in table.itertuples()}
    assert told == {
        ("most_years", 15): ("broken", "no", 20, 2025),
        ("most_years", 18): ("changes", "no", 20, 2025),
        ("least_years", 5): ("changes", "yes", 20, 2025),
    }
    words = norms_frame(view_of(plan))["verdict"].tolist()
    assert any("broken when signed" in word for word in words)


def test_a_norm_that_was_over_or_comes_after_the_end_touches_nothing() -> None:
    over = OLD | {"valid_until": 2024}
    after = NEW | {"valid_from": 2046}
    assert len(norms(Appraisal(solve(signed(0, over, after), EXACT)))) == 0


def test_a_norm_of_one_contract_is_of_no_other() -> None:
    other = OLD | {"contracts": "direct"}
    case = signed(0, OLD).replace()
    assert len(norms(Appraisal(solve(case, EXACT)))) > 0
    both = scenario(
        contracts=rows({**PPP}, {"contract_id": "direct", "capex_factor": 9}),
        sizes=BUILT,
        laws=rows(other),
        settings=settings(base_year=2025, horizon_years=30),
    )
    plan = solve(both, EXACT)
    assert set(norms(Appraisal(plan))["contract_id"]) <= {"direct"}


def test_numbers_of_a_law_that_the_sheet_states_take_the_place_of_those_that_are_known() -> None:
    stated = settings(base_year=2025, horizon_years=30, ppp_law="BR-11079", currency="BRL")
    known = scenario(contracts=rows(PPP), sizes=BUILT, settings=stated)
    row = {"law_id": "BR-11079", "rule": "least_value", "value": 0, "source": "a wording without a least value"}
    changed = known.replace(laws=scenario(contracts=rows(PPP), laws=rows(row)).laws)
    assert {n.code for n in law_notices(known)} == {"law_least_value", "law_single_object"}
    assert {n.code for n in law_notices(changed)} == {"law_single_object"}


def test_a_ceiling_holds_while_it_is_in_force() -> None:
    """Two periods; what is built in the second is not held to a ceiling that ended with the first."""
    periods = rows(
        {"period_id": "one", "first_year": 2025, "years": 2}, {"period_id": "two", "first_year": 2027, "years": 3}
    )
    stated = settings(base_year=2025, horizon_years=5)
    unmet = tables()["specialties"].assign(unmet_cost=1_000.0)

    def spent(**dates: Any) -> pd.Series:
        ceiling = rows({"funding_id": "cap", "kind": "capital", "amount": 0.0, "source": "budget law", **dates})
        plan = solve(scenario(periods=periods, settings=stated, specialties=unmet, sizes=BUILT, funding=ceiling), EXACT)
        assert plan.audit.passed
        works = plan.costs[plan.costs["line"] == "works"]
        return works.groupby("period_id")["npv"].sum().reindex(["one", "two"], fill_value=0.0)

    assert spent().tolist() == [0.0, 0.0]
    ended = spent(valid_until=2026)
    assert ended["one"] == 0.0
    assert ended["two"] > 0
    begun = spent(valid_from=2027)
    assert begun["two"] == 0.0
    assert begun["one"] > 0


def test_a_limit_is_told_only_in_the_years_in_which_it_is_in_force() -> None:
    limit = {"fiscal_id": "ppp", "kind": "ppp", "base_amount": 1e9, "share": 0.05, "valid_from": 2027,
             "valid_until": 2029, "source": "a norm"}  # fmt: skip
    stated = settings(base_year=2025, horizon_years=10)
    plan = solve(scenario(contracts=rows(PPP), sizes=BUILT, fiscal=rows(limit), settings=stated), EXACT)
    appraisal = Appraisal(plan)
    assert sorted(set(fiscal_by_year(appraisal, cash_flow(appraisal))["year"])) == [2027, 2028, 2029]
    assert ceilings_frame(view_of(plan))["years"].tolist() == ["2027-2029"]


def test_a_norm_that_ends_before_it_begins_is_told() -> None:
    with pytest.raises(InputError, match="valid_until"):
        signed(0, OLD | {"valid_from": 2030})
