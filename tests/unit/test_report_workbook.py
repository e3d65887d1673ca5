"""The decision workbook: sheets in order, live sums whose shown values are right, words instead of codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import get_column_letter
from report_example import example_plan, example_scenario, table

from recalculation import differences, needs_libreoffice
from redesaude.inputs.evidence import Evidence, Place, Sources
from redesaude.language import said, translator
from redesaude.plan.plan import Plan
from redesaude.report.figures import ended_services, key_figures
from redesaude.report.numbers import numbers_for
from redesaude.report.terms import COST_GROUPS, COST_LINES
from redesaude.report.view import view_of
from redesaude.report.workbook import write_audit_workbook
from redesaude.report.workbook.access import outside_frame
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.layout import OverlapError
from redesaude.report.workbook.lookup import is_equal, literal, total
from redesaude.report.workbook.needs import needs_frame
from redesaude.report.workbook.sheet import Column
from redesaude.report.workbook.summary import gap_sentence
from redesaude.status import Status, Termination

LINES = (
    "works", "overrun", "lifecycle", "fixed_running", "case_running", "hosting", "unitary_payment", "provider_payment",
    "transaction", "oversight", "waiting", "closing", "unmet", "travel",
    "shortfall_access", "shortfall_money", "shortfall_volume",
)  # fmt: skip


#: sheets of a plan of one period without a network, in the agreed order
SHEETS = [
    "summary", "page1", "decisions", "milestones", "value", "ppp_direct", "cash_flow", "costs", "benefits", "access",
    "access_norms", "years", "travel", "needs", "limits", "resources", "fiscal", "bills", "unmet", "risks",
    "sensitivity", "term_sheets", "assumptions", "appraisal", "cash_ledger", "checks",
]  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("book") / "plan.xlsx"
    write_audit_workbook(view_of(example_plan()), target)
    return target


def _cells(path: Path, sheet: str, *, values: bool = True) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(path, data_only=values)[sheet].iter_rows(values_only=True)]


def _row(rows: list[list[Any]], first: str, start: int = 0) -> list[Any]:
    return next(row for row in rows[start:] if row[0] == first)


def _words(path: Path, sheet: str) -> str:
    return "\n".join(str(cell) for row in _cells(path, sheet) for cell in row if cell is not None)


def test_sheets_stand_in_the_agreed_order(path: Path) -> None:
    assert openpyxl.load_workbook(path).sheetnames == SHEETS


def test_total_cost_is_the_objective_and_the_difference_is_shown(path: Path) -> None:
    rows = _cells(path, "costs")
    column = _row(rows, "Cost line").index("Total")
    objective = example_plan().objective
    start = next(i for i, row in enumerate(rows) if row[0] == "Cost line")
    assert _row(rows, "Total", start)[column] == pytest.approx(objective)
    assert _row(rows, "Objective of the solver")[column] == pytest.approx(objective)
    assert _row(rows, "Difference")[column] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.few(1)
@pytest.mark.parametrize("language", ["pt-BR", "vi", "en"])
def test_no_sentence_of_the_summary_is_cut_at_the_edge_of_its_page(language: str, tmp_path: Path) -> None:
    write_audit_workbook(view_of(example_plan(), language), tmp_path / "plan.xlsx")
    page = openpyxl.load_workbook(tmp_path / "plan.xlsx")["summary"]
    widths = {letter: dimension.width for letter, dimension in page.column_dimensions.items()}
    whole = {str(merged).split(":")[0]: merged for merged in page.merged_cells.ranges}
    checked = 0
    for cell in (cell for row in page.iter_rows() for cell in row if isinstance(cell.value, str)):
        if cell.coordinate in whole and not cell.alignment.wrap_text and not cell.value.startswith("="):
            columns = range(cell.column, whole[cell.coordinate].max_col + 1)
            room = sum(widths.get(get_column_letter(column), 11.0) for column in columns)
            assert len(cell.value) <= room, cell.coordinate
        checked += cell.coordinate in whole
    assert checked > 5


def test_summary_tells_the_key_figures(path: Path) -> None:
    rows = _cells(path, "summary")
    assert _row(rows, "Whole-life cost, R$ million")[1] == pytest.approx(115_250_000.75)
    assert _row(rows, "Cases treated a year")[1] == pytest.approx(1050.0)
    assert _row(rows, "Cases sent away a year")[1] == pytest.approx(20.0)
    for year in (2027, 2046):
        within = _row(rows, f"Within the access standard in {year}")[1]
        assert within == pytest.approx((650 + 340) / (710 + 360))
    assert (_row(rows, "Promises kept")[1], _row(rows, "Promises missed")[1]) == (4, 1)
    assert _row(rows, "Stroke")[:4] == ["Stroke", 2, 1, 1]


def test_gap_sentence_says_what_share_of_the_plan_the_gap_is() -> None:
    plan = example_plan(objective=200e6, bound=100e6, gap=0.5)
    assert "100.0 million" in gap_sentence(view_of(plan))
    assert "(50.0% of it)" in gap_sentence(view_of(plan))
    assert "not known" in gap_sentence(view_of(example_plan(bound=None, gap=None)))
    assert "%" not in gap_sentence(view_of(example_plan(objective=5.0, bound=-5.0)))


def test_services_that_the_plan_drops_are_listed_as_closed(path: Path) -> None:
    rows = _cells(path, "decisions")
    closed = next(row for row in rows if "closed" in row)
    assert closed[:5] == ["Médio Araguaia", "Água Boa", "Hospital Regional de Água Boa", "public", "Cardiology"]
    assert list(ended_services(example_plan())["capacity"]) == [300.0]


def test_text_from_strangers_is_never_a_formula_or_a_link(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}


def test_needs_add_up_to_the_cases_of_the_plan() -> None:
    plan = example_plan()
    frame = needs_frame(view_of(plan))
    assert frame["needed"].sum() == pytest.approx(plan.assignments["cases"].sum() + plan.unmet["cases"].sum())
    araguaia = frame[(frame["region_id"] == "r1") & (frame["specialty_id"] == "cardio")].iloc[0]
    columns = ["in_region", "elsewhere", "sent_away", "capacity_today", "capacity_planned"]
    assert araguaia[columns].to_list() == [0.0, 20.0, 20.0, 300.0, 0.0]


def test_people_outside_the_standard_are_named_most_cases_first() -> None:
    frame = outside_frame(view_of(example_plan()))
    assert frame[["town", "outside", "specialty|cardio"]].to_numpy().tolist() == [
        ["Água Boa", 40.0, 1.0],
        ["=HYPERLINK(0)", 40.0, 1.0],
    ]
    assert frame["specialty|stroke"].isna().tolist() == [True, False]


def test_access_says_met_or_missed_as_the_plan_does(path: Path) -> None:
    rows = _cells(path, "access")
    verdicts = {tuple(row[:2]): row[14] for row in rows if row[1] in ("Whole area", "Médio Araguaia")}
    assert verdicts == {
        ("Cardiology", "Whole area"): "missed",
        ("Stroke", "Whole area"): "met",
        ("Cardiology", "Médio Araguaia"): "no target",
        ("Stroke", "Médio Araguaia"): "no target",
    }


def test_every_cost_line_has_a_name_an_explanation_and_a_group() -> None:
    assert set(LINES) <= set(COST_LINES)
    assert all(term.name and term.meaning and term.group in COST_GROUPS for term in COST_LINES.values())


def test_the_closest_source_wins() -> None:
    sources = Sources(example_scenario().sources)
    rate = {key: sources.of(Place("specialties", key, "cases_per_100k")) for key in ("cardio", "stroke")}
    assert rate == {"cardio": Evidence("Registry, 2020", "B"), "stroke": Evidence("Survey", "C")}
    assert sources.of(Place("sizes", "cardio|M", "capex")) == Evidence()


def test_assumptions_mark_grade_c_with_a_word(path: Path) -> None:
    row = next(r for r in _cells(path, "assumptions") if r[0] == "Stroke" and "100,000" in str(r[1]))
    assert row[2:6] == [120, "cases/100,000/year", "C assumption", "Survey"]


def test_no_plan_says_so_and_keeps_every_sheet(tmp_path: Path) -> None:
    why = "Stroke: 80 % within 60 minutes cannot be kept."
    plan = Plan(
        example_scenario(), Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE, causes=(said(why),), log=("a line",)
    )
    write_audit_workbook(view_of(plan), tmp_path / "plan.xlsx")
    assert openpyxl.load_workbook(tmp_path / "plan.xlsx").sheetnames == SHEETS
    summary = _words(tmp_path / "plan.xlsx", "summary")
    assert "No plan is possible" in summary
    assert why in summary
    assert "There is no plan" in _words(tmp_path / "plan.xlsx", "costs")
    assert "a line" in _words(tmp_path / "plan.xlsx", "checks")


def test_a_plan_that_sends_nobody_away_and_promises_nothing_can_be_written(tmp_path: Path) -> None:
    plan = example_plan()
    plan = example_plan(unmet=plan.unmet.iloc[:0], promises=plan.promises.iloc[:0])
    write_audit_workbook(view_of(plan), tmp_path / "plan.xlsx")
    assert _row(_cells(tmp_path / "plan.xlsx", "summary"), "Cases sent away a year")[1] == 0
    assert "nothing to list" in _words(tmp_path / "plan.xlsx", "unmet")


def test_existing_services_may_all_be_absent(tmp_path: Path) -> None:
    plan = example_plan(example_scenario(site_services=table("site_services")))
    write_audit_workbook(view_of(plan), tmp_path / "plan.xlsx")
    assert "closed" not in [cell for row in _cells(tmp_path / "plan.xlsx", "decisions") for cell in row]


def test_yearly_amount_has_the_same_present_value() -> None:
    plan = example_plan()
    factors = sum(1.05 ** -(2027 - 2025 + year + 0.5) for year in range(20))
    assert key_figures(plan).yearly * factors == pytest.approx(102_000_000.25)  # overseeing contracts included


def test_money_is_told_in_a_unit_that_suits_and_as_the_language_writes_it() -> None:
    assert numbers_for(translator("en"), "BRL", 5e9).money(1_234_500_000.0) == "R$ 1,234.5 million"
    assert numbers_for(translator("en"), "VND", 5e13).money_format() == "#,##0.0,,,"
    assert numbers_for(translator("en"), "BRL", 900.0).money(850.0) == "R$ 850"
    assert numbers_for(translator("pt-BR"), "BRL", 1.0).decimal(1234.5, 1) == "1.234,5"


def test_ids_in_formulas_are_compared_to_the_letter() -> None:
    assert total("A1:A9", is_equal("B1:B9", literal('a*"'))) == 'SUMPRODUCT(1*EXACT(B1:B9,"a*"""),A1:A9)'
    assert literal("x" * 300) == f'"{"x" * 255}"&"{"x" * 45}"'


def test_two_tables_never_meet(tmp_path: Path) -> None:
    book = Book(tmp_path / "a.xlsx", view_of(example_plan()), {"one": "One"})
    sheet = book.sheet("one", (10, 10))
    sheet.table(pd.DataFrame({"a": [1.0, 2.0]}), [Column("a", "A")], start=3)
    sheet.row -= 2
    with pytest.raises(OverlapError, match="one: D6"):
        sheet.table(pd.DataFrame({"a": [1.0]}), [Column("a", "A")], start=3)


@needs_libreoffice
def test_every_cell_recalculates_to_the_value_it_shows(path: Path, tmp_path: Path) -> None:
    assert differences(path, tmp_path) == []
