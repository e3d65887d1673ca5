"""Contracts as reported: they round trip, bind nothing, and stand beside the plan's own with source and date."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from report_example import example_plan, example_scenario, table

from redesaude.errors import InputError
from redesaude.inputs.checks import read_scenario
from redesaude.inputs.template import write_scenario
from redesaude.plan.audit import audit
from redesaude.report.decision import write_decision
from redesaude.report.decision.pages import PAGES as DECISION_PAGES
from redesaude.report.known_contracts import known_contracts, month_values
from redesaude.report.view import view_of
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.pages import PAGES
from redesaude.solving.solve import solve
from redesaude.studies.strategies import status_quo
from tiny import EXACT, rows, scenario

CENTRAL = {
    "place": "Hospital Central",
    "name": "Contrato 090",
    "provider": "Einstein",
    "delivery_model": "oss",
    "value_month": 34.9e6,
    "beds": 287,
    "source": "https://www.example.org/a/b ; https://other.org/c",
    "source_date": "2025-11",
    "grade": "B",
}
ANNEX = {
    "place": "=Anexo I",
    "name": "Chamamento 001",
    "delivery_model": "oss",
    "total_value": 249.1e6,
    "term_months": 36,
    "beds": 170,
    "source": "a paper",
    "source_date": "2025-10",
}
CALL = {"place": "Metropolitano", "name": "002", "total_value": 698e6, "source": "a paper", "source_date": "2025"}
KNOWN = rows(CENTRAL, ANNEX, CALL)


def test_they_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    stated = scenario(known_contracts=KNOWN.assign(site_id=["h1", "", ""]))
    write_scenario(tmp_path / "scenario.xlsx", stated)
    again = read_scenario(tmp_path / "scenario.xlsx")
    pd.testing.assert_frame_equal(again.known_contracts, stated.known_contracts)
    assert again.input_sha256 == stated.input_sha256


@pytest.mark.parametrize(
    ("column", "wrong"),
    [("site_id", "nowhere"), ("value_month", -1), ("delivery_model", "a friend"), ("source", None), ("grade", "D")],
)
def test_what_is_wrong_is_told_at_its_cell(column: str, wrong: object) -> None:
    with pytest.raises(InputError, match=column) as found:
        scenario(known_contracts=rows(CENTRAL, ANNEX | {column: wrong}))
    assert [problem.sheet for problem in found.value.problems] == ["known_contracts"]


def test_they_bind_nothing() -> None:
    without, stated = scenario(), scenario(known_contracts=KNOWN.assign(site_id="h1"))
    assert stated.unknown_to("audit") == stated.unknown_to("status_quo") == []
    plan, same = solve(without, EXACT), solve(stated, EXACT)
    assert same.objective == plan.objective
    assert audit(same).passed
    assert status_quo(stated).variant_id == "status_quo"
    pd.testing.assert_frame_equal(same.openings, plan.openings)


def test_a_month_is_as_reported_or_the_term_over_its_months() -> None:
    known = scenario(known_contracts=KNOWN).known_contracts
    central, annex, call = month_values(known)
    assert central == 34.9e6
    assert annex == pytest.approx(249.1e6 / 36)
    assert pd.isna(call)


def _view(language: str):
    known = table("known_contracts", CENTRAL | {"site_id": "0067890", "delivery_model": "ppp_grey"}, ANNEX, CALL)
    return view_of(example_plan(example_scenario(known_contracts=known)), language)


def test_what_the_plan_pays_at_that_site_and_at_such_a_site_stands_beside() -> None:
    view = _view("en")
    found = known_contracts(view).set_index("place")
    flows = view.studied.flows
    paid = flows[(flows["site_id"] == "0067890") & (flows["line"] == "unitary_payment")].groupby("year")["real"].sum()
    assert paid.max() > 0
    assert found.loc["Hospital Central", "here"] == pytest.approx(paid.max() / 12)
    assert found.loc["Hospital Central", "alike"] == pytest.approx(paid.max() / 12)
    assert found.loc["Hospital Central", "bed_month"] == pytest.approx(34.9e6 / 287)
    assert found.loc["Hospital Central", "told"] == "example.org, 2025-11, B"
    assert found.loc["=Anexo I", ["here", "alike"]].isna().all()  # the plan has no social organisation


@pytest.mark.few(1)
@pytest.mark.parametrize("language", ["pt-BR", "vi", "en"])
def test_the_page_of_contracts_tells_them_as_reported(language: str, tmp_path: Path) -> None:
    view = _view(language)
    write_decision(Book(tmp_path / "audit.xlsx", view, {page.name: page.title for page in PAGES}), tmp_path / "d.xlsx")
    tab = view.t(next(page.tab for page in DECISION_PAGES if page.name == "contracts"))
    sheet = openpyxl.load_workbook(tmp_path / "d.xlsx")[tab if language != "en" else "contracts"]
    (row,) = (cells for cells in sheet.iter_rows() if cells[0].value == "Hospital Central")
    assert 34.9e6 in [cell.value for cell in row]
    assert "example.org, 2025-11, B" in [cell.value for cell in row]
    (call,) = (cells for cells in sheet.iter_rows() if cells[0].value == "Metropolitano")
    assert 698e6 not in [cell.value for cell in call]  # no term, so no month is made up
    words = " ".join(str(cell.value) for cells in sheet.iter_rows() for cell in cells)
    assert view.t("Real contracts, as reported") in words
    assert all(cell.data_type != "f" for cells in sheet.iter_rows() for cell in cells if cell.value == "=Anexo I")
