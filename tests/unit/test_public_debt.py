"""Public loans of a workbook: seen in the cash flow and against limits on debt, never in the cost."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from appraisal_example import example, example_plan

import redesaude as rs
from recalculation import differences, needs_libreoffice
from redesaude.errors import InputError
from redesaude.plan.plan import Plan
from redesaude.studies.appraise import Appraised, appraise
from tiny import EXACT, rows

#: half of the works of direct administration, repaid in two instalments after a year of grace
LOAN = {"loan_id": "bank", "contracts": "direct", "works_share": 0.5, "rate": 0.05, "grace_years": 1, "years": 3}
LIMITS = (
    {"limit_id": "stock", "kind": "debt", "base_amount": 100, "share": 2, "committed": 10},
    {"limit_id": "year", "kind": "operations", "base_amount": 1000, "share": 0.16, "base_growth": 0.1},
    {"limit_id": "served", "kind": "service", "base_amount": 1000, "share": 0.115},
)


def planned(*loans: dict[str, Any], limits: tuple[dict[str, Any], ...] = LIMITS) -> Plan:
    """The example with h2 built directly: 480 of works with their overrun, in 2026 and 2027."""
    plan = example_plan()
    scenario = example(**({"loans": rows(*loans)} if loans else {}), debt_limits=rows(*limits))
    contract = plan.openings["contract_id"].where(plan.openings["site_id"] != "h2", "direct")
    return replace(plan, scenario=scenario, openings=plan.openings.assign(contract_id=contract))


def told(*loans: dict[str, Any]) -> Appraised:
    return appraise(planned(*loans))


@cache
def with_loan() -> Appraised:
    return told(LOAN)


def test_a_loan_by_hand() -> None:
    """120 drawn in 2026 and in 2027, each with two instalments of 60 after its grace; no discounting."""
    study = with_loan()
    table = study.loans.set_index("year")
    assert table.index.tolist() == list(range(2026, 2031))
    assert table["works"].tolist() == pytest.approx([240, 240, 0, 0, 0])
    assert table["drawn"].tolist() == pytest.approx([120, 120, 0, 0, 0])
    assert table["interest"].tolist() == pytest.approx([0, 6, 12, 9, 3])
    assert table["repaid"].tolist() == pytest.approx([0, 0, 60, 120, 60])
    assert table["owed"].tolist() == pytest.approx([120, 240, 180, 60, 0])
    assert table["budget"].tolist() == pytest.approx([120, 126, 72, 129, 63])
    assert study.loan_worth.to_dict() == pytest.approx({"bank": 30.0})


def test_limits_by_hand() -> None:
    """Debt 240 of 190 left; operations 120 of 176 and 193.6 (base of 2025 grown by 10 %); service 129 of 115."""
    debt = with_loan().debt.set_index(["limit_id", "year"])
    assert debt.loc[("stock", 2027), ["used", "limit"]].tolist() == pytest.approx([240, 190])
    assert debt.loc[("stock", 2027), "base_share"] == pytest.approx(2.5)
    assert debt.loc["stock", "met"].tolist() == [True, False, True, True, True]
    assert debt.loc["year", "limit"].tolist()[:2] == pytest.approx([176, 193.6])
    assert debt.loc["year", "met"].all()
    assert debt.loc["served", "met"].tolist() == [True, True, True, False, True]


def test_a_loan_changes_no_cost() -> None:
    lent, without = with_loan(), told()
    pd.testing.assert_frame_equal(lent.cash_flow, without.cash_flow)
    pd.testing.assert_frame_equal(lent.options, without.options)
    assert without.loans.empty
    assert without.debt.empty


def test_works_are_drawn_for_once_and_only_those_that_the_budget_pays() -> None:
    """The second loan finds nothing left; h1 and h3 build nothing, and a company's works are its own."""
    second = {**LOAN, "loan_id": "second", "contracts": "", "works_share": 1.0}
    assert set(told(LOAN, second).loans["loan_id"]) == {"bank"}
    company = replace(planned(second), openings=example_plan().openings)
    assert (company.openings["contract_id"] == "ppp").any()
    assert appraise(company).loans.empty


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"grace_years": 3}, "loan_grace_too_long"),
        ({"rate": None}, "blank"),
        ({"works_share": 1.5}, "out_of_range"),
        ({"contracts": "nobody"}, "unknown_reference"),
        ({"repayment": "bullet"}, "not_a_choice"),
    ],
)
def test_loans_that_cannot_be_are_refused(row: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as caught:
        example(loans=rows({**LOAN, **row}))
    assert [p.code for p in caught.value.problems if p.sheet == "loans"] == [code]


def test_a_loan_for_nothing_is_told() -> None:
    found = example(loans=rows({**LOAN, "contracts": "ppp"}))
    assert [p.code for p in found.notices if p.sheet == "loans"] == ["loan_without_budget_works"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a plan that builds h2 directly, on a loan."""
    sites = example().sites[["site_id", "territory_id", "kind", "fixed_cost"]]
    only = sites.assign(contracts_allowed=["direct", "direct", "purchase"])
    plan = rs.solve(example(loans=rows(LOAN), debt_limits=rows(*LIMITS), sites=only), EXACT)
    folder = tmp_path_factory.mktemp("loans") / "out"
    rs.write_report(plan, folder, studies=rs.studies_of(plan))
    return folder


@pytest.mark.long
def test_no_number_of_the_first_page_is_unknown(written: Path) -> None:
    """No site may have the project company: its programme has no chance to tell."""
    page = openpyxl.load_workbook(written / "plan.xlsx", data_only=True)["page1"]
    told = [str(row[2]) for row in page.iter_rows(min_row=4, values_only=True)]
    assert len(told) > 10
    assert [word for word in told if "NaN" in word] == []


@pytest.mark.long
def test_loans_are_on_the_sheets_and_in_the_tables(written: Path) -> None:
    book = openpyxl.load_workbook(written / "plan.xlsx")
    said = {name: {str(c.value) for row in book[name].iter_rows() for c in row} for name in ("cash_flow", "fiscal")}
    assert {"Public loans for works", "bank", "Last instalment"} <= said["cash_flow"]
    assert {"Limits on public debt", "stock", "missed"} <= said["fiscal"]
    assert pd.read_csv(written / "tables" / "loans.csv")["drawn"].sum() == pytest.approx(240)
    assert set(pd.read_csv(written / "tables" / "debt.csv")["limit_id"]) == {"stock", "year", "served"}


@pytest.mark.long
@needs_libreoffice
def test_sheets_with_loans_recalculate_to_what_they_show(written: Path, tmp_path: Path) -> None:
    assert differences(written / "plan.xlsx", tmp_path) == []
