"""Returns and covers of a plan's project companies: from the cash flow of each, and on its term sheet."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from appraisal_example import contracts, solved

from redesaude.finance.project_company import Finance, Project
from redesaude.finance.unitary_payment import solved_cash_flow
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.companies import companies
from redesaude.plan.plan import Plan
from redesaude.report.studies import studies_of
from redesaude.report.view import view_of
from redesaude.report.workbook import write_audit_workbook

#: one year of works, 14 of payment; direct administration is too dear to be chosen where works are needed
LOAN = {
    "contract_id": "ppp", "term_years": 15, "equity_return": 0.12, "debt_rate": 0.08, "gearing": 0.6, "debt_years": 10,
    "dscr": 1.2, "tax_rate": 0.3, "loss_offset_share": 0.3, "capex_factor": 0.5, "transaction_cost": 0,
}  # fmt: skip
COMPANY_FINANCE = Finance(0.12, 0.08, 0.6, 10, 1.2, tax_share=0.3, loss_offset_share=0.3)
COMPANY = solved_cash_flow(Project(1.0, 1.0, 14.0), COMPANY_FINANCE)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return solved(contracts=contracts(LOAN))


def test_a_company_earns_and_covers_what_its_cash_flow_says(plan: Plan) -> None:
    table = companies(Appraisal(plan))
    assert len(table) == 1
    row = table.iloc[0]
    assert row["contract_id"] == "ppp"
    for name in ("project_return", "least_cover", "loan_life_cover", "project_life_cover"):
        assert row[name] == pytest.approx(getattr(COMPANY, name), rel=1e-8)
    assert row["equity_return"] == pytest.approx(0.12, abs=1e-8)


def test_without_a_loan_nothing_is_told_of_the_company() -> None:
    assert companies(Appraisal(solved())).empty


@pytest.mark.long
def test_the_term_sheet_tells_returns_and_covers(plan: Plan, tmp_path: Path) -> None:
    write_audit_workbook(view_of(plan, studies=studies_of(plan)), tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["term_sheets"]
    words = "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)
    assert f"{COMPANY.project_return:.2%} a year on the project, whoever finances it; 12.00% on equity" in words
    covers = (COMPANY.least_cover, COMPANY.loan_life_cover, COMPANY.project_life_cover)
    assert "{:.2f} in the least year, {:.2f} over the life of the loan, {:.2f} over".format(*covers) in words
