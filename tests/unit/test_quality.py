"""Contracts paid by indicators of quality: payments, ceilings, risk, sheets, each against a count by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from test_finance_cashflow import TEN, service, terms

import redesaude as rs
import risky_plan
import tiny
from redesaude.assemble.register import register_in
from redesaude.errors import InputError
from redesaude.finance.cashflow import lay_out
from redesaude.finance.fiscal import running_use
from redesaude.finance.risks import Draws, register_of
from redesaude.inputs.quality import moved, quality_factor
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.variants import apply_variant
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.cash_flow import cash_flow
from redesaude.report.quality import at_stake
from redesaude.report.studies import studies_of
from redesaude.report.tables import write_tables
from redesaude.report.view import view_of
from redesaude.report.workbook import write_audit_workbook
from redesaude.studies.alternatives import alternatives
from redesaude.studies.assumptions import assumptions_of
from redesaude.studies.outcomes import interpolation_error
from redesaude.studies.uncertainty import simulate

DIRECT = {"contract_id": "direct"}
OSS = {"contract_id": "oss", "delivery_model": "oss"}
#: a tenth is at stake by stroke care within its hour, and a twentieth is paid on top for a good survey
STROKE = {"contract_id": "oss", "indicator_id": "stroke", "name": "Stroke within an hour", "target": "90 %",
          "weight": 0.1, "attainment_low": 0.5, "attainment": 0.8, "attainment_high": 1.0, "grade": "C"}  # fmt: skip
SURVEY = {"contract_id": "oss", "indicator_id": "survey", "weight": 0.05, "effect": "bonus", "attainment": 0.4}


def example(*indicators: dict[str, object], contracts: pd.DataFrame | None = None, **tables: pd.DataFrame) -> Scenario:
    stated = tiny.rows(OSS) if contracts is None else contracts
    paid = {"quality_indicators": tiny.rows(*indicators)} if indicators else {}
    return tiny.scenario(contracts=stated, **paid, **tables)


def factors(scenario: Scenario) -> list[float]:
    return scenario.contracts[[f"quality_factor{end}" for end in ("_low", "", "_high")]].iloc[0].tolist()


# --- what the sheet says -------------------------------------------------------------------------------------------


def test_the_factor_of_a_contract_is_what_its_indicators_leave_of_its_payment() -> None:
    assert factors(example(STROKE)) == pytest.approx([0.95, 0.98, 1.0])
    assert factors(example(STROKE, SURVEY)) == pytest.approx([0.97, 1.0, 1.02])


def test_caps_floors_and_ceilings() -> None:
    capped = STROKE | {"cap": 0.01}
    assert factors(example(capped)) == pytest.approx([0.99, 0.99, 1.0])
    waived = tiny.rows(OSS | {"deduction_floor": 0.03})
    assert factors(example(STROKE, contracts=waived)) == pytest.approx([0.95, 1.0, 1.0])
    cut = tiny.rows(OSS | {"deduction_ceiling": 0.01})
    assert factors(example(STROKE, contracts=cut)) == pytest.approx([0.99, 0.99, 1.0])


def test_bonuses_together_stop_at_their_ceiling() -> None:
    """Surveys of 0.05 x 0.4 and 0.05 x 0.8: 0.06 together, cut at 0.03; what is deducted is not."""
    better = SURVEY | {"indicator_id": "better", "attainment": 0.8}
    assert factors(example(STROKE, SURVEY, better)) == pytest.approx([1.01, 1.04, 1.06])
    cut = tiny.rows(OSS | {"bonus_ceiling": 0.03})
    assert factors(example(STROKE, SURVEY, better, contracts=cut)) == pytest.approx([0.98, 1.01, 1.03])


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"quality_factor": 0.9}, ["0.9"]),
        ({"quality_factor": 0.98}, []),
        ({"quality_factor_low": 0.5}, ["0.5"]),
        ({}, []),
    ],
)
def test_a_factor_typed_beside_indicators_is_told_with_its_cell(typed: dict[str, float], told: list[str]) -> None:
    """Those of the indicators hold; a variant does not tell again what it works out itself."""
    change = {"variant_id": "worse", "sheet": "quality_indicators", "key": "oss|stroke", "column": "attainment",
              "operation": "set", "value": "0.6"}  # fmt: skip
    scenario = example(STROKE, contracts=tiny.rows(OSS | typed), variants=tiny.rows(change))
    for read in (scenario, apply_variant(scenario, "worse")):
        notices = [n for n in read.notices if n.code == "quality_typed_beside_indicators"]
        assert len(notices) == len(told)
        assert all(value in str(notice) and notice.cell == "C2" for value, notice in zip(told, notices, strict=True))
    assert factors(scenario) == pytest.approx([0.95, 0.98, 1.0])


def test_risks_say_how_ranges_of_quality_move_and_nothing_else_of_it() -> None:
    """Named with the distribution contract, the ranges of all sites come out alike; another distribution is refused."""
    risk = {"risk_id": "quality", "target": "quality", "distribution": "contract", "correlation_group": "all",
            "correlation": 1.0, "varies_by": "programme"}  # fmt: skip
    scenario = example(STROKE, risks=tiny.rows(risk))
    draws = Draws(register_of(scenario.risks, scenario.contracts), 50)
    here, there = (draws.factor("quality", "oss", "cardio", site) for site in ("h1", "h2"))
    assert here.tolist() == there.tolist()
    assert len(set(here.tolist())) > 40
    with pytest.raises(InputError, match="quality_indicators"):
        example(STROKE, risks=tiny.rows(risk | {"distribution": "triangular", "low": 0.9, "mode": 1.0, "high": 1.0}))


def test_bidders_who_price_what_they_expect_to_lose_are_paid_as_much_and_risk_it() -> None:
    low, mode, high = factors(example(STROKE, contracts=tiny.rows(OSS | {"quality_priced_share": 1.0})))
    assert (low + mode + high) / 3 == pytest.approx(1.0)
    assert low / high == pytest.approx(0.95)
    half = factors(example(STROKE, contracts=tiny.rows(OSS | {"quality_priced_share": 0.5})))
    expected = (0.95 + 0.98 + 1.0) / 3
    assert half[2] == pytest.approx(1 + 0.5 * (1 / expected - 1))


@pytest.mark.parametrize(
    ("row", "contracts", "words"),
    [
        (STROKE | {"contract_id": "direct"}, (DIRECT, OSS), "direct administration"),
        (STROKE | {"attainment_low": 0.9}, (OSS,), "attainment"),
        (STROKE | {"contract_id": "osz"}, (OSS,), "osz"),
        (STROKE | {"weight": 1.2}, (OSS,), "weight"),
    ],
)
def test_what_cannot_be_is_told_at_its_cell(
    row: dict[str, object], contracts: tuple[dict[str, object]], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        example(row, contracts=tiny.rows(*contracts))


def test_weights_beyond_the_payment_are_told() -> None:
    with pytest.raises(InputError, match="together"):
        example(STROKE | {"weight": 0.7}, STROKE | {"indicator_id": "other", "weight": 0.7})


def test_a_factor_typed_for_direct_administration_is_told() -> None:
    with pytest.raises(InputError, match="nobody is paid"):
        tiny.scenario(contracts=tiny.rows(DIRECT | {"quality_factor": 0.9}))


COMPANY = tiny.PPP | {"payment_mechanism": "availability", "expected_deduction_share": 0.05}


@pytest.mark.parametrize(
    ("contract", "effect", "told"),
    [
        (COMPANY, "deduction", ["E2"]),
        (COMPANY, "bonus", []),
        (COMPANY | {"payment_mechanism": "fixed_and_variable"}, "deduction", []),  # nothing is deducted beside
        (COMPANY | {"expected_deduction_share": 0.0}, "deduction", []),
    ],
)
def test_deductions_stated_twice_are_told(contract: dict[str, object], effect: str, told: list[str]) -> None:
    row = STROKE | {"contract_id": "ppp", "effect": effect}
    columns = ("contract_id", "delivery_model", "financing", "payment_mechanism", "expected_deduction_share")
    first = {name: contract[name] for name in columns} | contract
    notices = [n for n in example(row, contracts=tiny.rows(first)).notices if n.code == "deducted_twice"]
    assert [(n.sheet, n.cell) for n in notices] == [("contracts", cell) for cell in told]


# --- money -----------------------------------------------------------------------------------------------------------


def test_a_plan_pays_by_quality_and_costs_what_is_paid() -> None:
    whole, paid = rs.solve(example(), tiny.EXACT), rs.solve(example(STROKE), tiny.EXACT)
    assert paid.audit.passed
    expected = (0.95 + 0.98 + 1.0) / 3
    lines = [plan.costs.groupby("line")["npv"].sum() for plan in (whole, paid)]
    for line in ("fixed_running", "case_running"):
        assert lines[1][line] == pytest.approx(expected * lines[0][line])
    assert paid.objective == pytest.approx(expected * whole.objective)


def test_direct_administration_is_chosen_where_a_bonus_makes_the_other_dearer() -> None:
    """Both cost the same; a bonus of 2 % decides for direct administration, a deduction for the other."""
    both = tiny.rows(OSS, DIRECT)
    chosen = [
        set(rs.solve(example(row, contracts=both), tiny.EXACT).openings["contract_id"]) for row in (SURVEY, STROKE)
    ]
    assert chosen == [{"direct"}, {"oss"}]


@pytest.mark.parametrize("financing", ["budget", "project_company", "provider"])
def test_payments_fall_with_quality_and_what_the_public_side_runs_does_not(financing: str) -> None:
    numbers = {"company_return": 0.1, "equity_return": 0.1, "term_years": 9.0, "counts_as_ppp": 0.25}
    built = service(works=100.0, build_years=1.0, fixed=40.0, per_case=2.0)
    whole, half = (terms(financing, **numbers, quality_factor=factor) for factor in (1.0, 0.5))
    flows = lay_out(built, whole, TEN), lay_out(built, half, TEN)
    by_quality = {
        "budget": ("fixed_running", "case_running"),
        "project_company": ("unitary_payment",),
        "provider": ("provider_payment",),
    }[financing]
    for line, parts in flows[0].items():
        part = 0.5 if line in by_quality else 1.0
        if line not in ("waiting", "elsewhere"):  # what delay saves
            for one, other in zip(parts, flows[1][line], strict=True):
                assert other == pytest.approx(part * one), line
    use = running_use(built, whole), running_use(built, half)
    if financing != "project_company":
        assert use[1][0] == pytest.approx(0.5 * use[0][0])
    else:
        assert (use[1][0] < use[0][0]).all()


def test_after_the_term_nobody_is_paid_by_quality() -> None:
    assert terms("provider", quality_factor=0.5).after_term.quality_factor.tolist() == [1.0]


@settings(max_examples=50, deadline=None)
@given(
    some.lists(some.tuples(some.floats(0, 0.2), some.floats(0, 1), some.booleans()), min_size=1, max_size=5),
    some.floats(0, 0.3),
    some.floats(0.3, 1),
)
def test_better_attainment_is_never_paid_less(
    rows: list[tuple[float, float, bool]], floor: float, ceiling: float
) -> None:
    contracts = pd.DataFrame({"contract_id": ["oss"], "deduction_floor": [floor], "deduction_ceiling": [ceiling],
                              "bonus_ceiling": [1.0]})  # fmt: skip
    table = pd.DataFrame(
        {
            "contract_id": "oss",
            "weight": [weight for weight, _, _ in rows],
            "effect": ["bonus" if bonus else "deduction" for _, _, bonus in rows],
            "cap": np.nan,
            "attainment": [reached for _, reached, _ in rows],
        }
    )
    better = table.assign(attainment=(table["attainment"] + 1.0) / 2.0)
    one, other = (float(quality_factor(each, contracts).iloc[0]) for each in (table, better))
    assert other >= one - 1e-12
    if floor == 0 and ceiling == 1:
        assert one == pytest.approx(1.0 + float(moved(table).sum()))


def test_a_variant_changes_what_is_reached() -> None:
    variant = {"variant_id": "bad", "sheet": "quality_indicators", "key": "oss|stroke", "column": "attainment",
               "operation": "set", "value": "0.5"}  # fmt: skip
    changed = apply_variant(example(STROKE, variants=tiny.rows(variant)), "bad")
    assert factors(changed) == pytest.approx([0.95, 0.95, 1.0])


# --- risk, sheets ----------------------------------------------------------------------------------------------------

BY_QUALITY = {"quality_indicators": tiny.rows(STROKE)}


@pytest.fixture(scope="module")
def risky() -> rs.Plan:
    """A plan under a contract paid by quality, whose works and running cost are uncertain too."""
    return risky_plan.planned(DIRECT, risky_plan.OSS | tiny.TRIANGLE, risky_plan.PPP, decided="oss", **BY_QUALITY)


def test_draws_of_quality_are_priced_as_the_engine_prices_them(risky: rs.Plan) -> None:
    known = alternatives(risky)
    draws = Draws(register_in(risky.scenario), 12, seed=2)
    assert np.ptp(draws.factor("quality", "oss", "cardio", "h1")) > 0.01
    assert interpolation_error(known, draws, 12) == pytest.approx(0.0, abs=1e-9)


def test_the_mean_of_the_simulation_is_what_the_engine_expects(risky: rs.Plan) -> None:
    simulation = simulate(risky, draws=4000, seed=1)
    assert simulation.plan_cost.mean() == pytest.approx(float(risky.objective or 0.0), rel=0.01)
    quality = simulation.risks.set_index("target").loc["quality"]
    assert quality["cost_if_high"] > quality["cost_if_low"]


def test_quality_is_an_assumption_of_the_contracts_that_it_pays(risky: rs.Plan) -> None:
    found = [a for a in assumptions_of(risky, ("direct", "oss", "ppp")) if a.id == "quality_factor"]
    assert [(a.contract, a.low, a.high) for a in found] == [("oss", pytest.approx(0.95), 1.0)]
    (scenario,) = (a.at(risky, 0.5).scenario for a in found)
    assert float(scenario.contracts.set_index("contract_id").loc["oss", "quality_factor"]) == 0.5


def test_money_at_stake_adds_up_to_what_is_paid(risky: rs.Plan) -> None:
    view = view_of(risky)
    rows = at_stake(view)
    flows = cash_flow(Appraisal(risky))
    paid = flows[flows["line"].isin(["fixed_running", "case_running"])].groupby("year")["real"].sum().max()
    factor = (0.95 + 0.98 + 1.0) / 3
    assert rows["at_stake"].tolist() == pytest.approx([0.1 * paid / factor])
    assert rows["expected"].tolist() == pytest.approx([-(0.05 + 0.02 + 0.0) / 3 * paid / factor])
    assert (rows["at_stake"] / 0.1 + rows["expected"]).tolist() == pytest.approx([paid])  # what the plan pays
    assert rows["least"].tolist() == pytest.approx([-0.05 * paid / factor])
    assert rows["most"].tolist() == pytest.approx([0.0])


def test_scripts_read_the_money_at_stake_from_a_table(risky: rs.Plan, tmp_path: Path) -> None:
    write_tables(view_of(risky), tmp_path)
    told = pd.read_csv(tmp_path / "quality_pay.csv")
    assert told["indicator_id"].tolist() == ["stroke"]
    assert told["at_stake"].tolist() == pytest.approx(at_stake(view_of(risky))["at_stake"].tolist())


@pytest.mark.long
def test_the_term_sheet_prints_indicators_and_who_watches(risky: rs.Plan, tmp_path: Path) -> None:
    watched = risky.scenario.contracts.assign(verifier="independent verifier", review_months=24.0)
    plan = replace(risky, scenario=risky.scenario.replace(contracts=watched))
    write_audit_workbook(view_of(plan, studies=studies_of(plan)), tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    words = [str(cell.value) for row in book["term_sheets"].iter_rows() for cell in row if cell.value is not None]
    for told in ("Stroke within an hour: 90 %", "independent verifier", "every 24 months", "every 3 months"):
        assert told in words, told
    assert any("97.7%, between 95.0% and 100.0%" in word for word in words)
    assert "Stroke within an hour" in {cell.value for cell in book["quality_pay"]["C"]}
