"""Every workbook of a result as its readers see it: nothing is clipped, too small, left out or hard to search.

Whatever sheets there are is looked at, in each language: a new one is held to the same rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from answers_example import answers
from appraisal_example import example
from appraisal_example import example_plan as appraised_plan
from network_example import example_plan as network_plan
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet
from resources_example import example_plan as resources_plan

from layout import faults
from printed import sizes
from recalculation import needs_libreoffice
from redesaude.inputs.areas import areas_of
from redesaude.inputs.checks import read_scenario
from redesaude.plan.plan import Plan
from redesaude.report.comparison import write_comparison
from redesaude.report.decision import write_decision
from redesaude.report.folder import write_report
from redesaude.report.instruments.workbook import write_planning
from redesaude.report.municipal.workbooks import MunicipalTables, write_regions
from redesaude.report.studies import Studies, studies_of
from redesaude.report.view import view_of
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.letters import width_of
from redesaude.report.workbook.pages import PAGES
from redesaude.report.workbook.sheet import Column, Sheet
from redesaude.report.workbook.styles import Styles
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve
from redesaude.studies.compare import Comparison, compare
from tiny import EXACT

LANGUAGES = ("en", "pt-BR", "vi")

#: the input as used, and a copy
UNLOOKED = {"scenario.xlsx", "plan.xlsx"}
SCENARIOS = Path(__file__).parents[2] / "scenarios"


def _of_country(plan: Plan, language: str) -> Plan:
    """The plan in the country whose planning instruments are in the language."""
    currency = "VND" if language == "vi" else "BRL"
    settings = replace(plan.scenario.settings, currency=currency, language=language)
    return replace(plan, scenario=plan.scenario.replace(settings=settings))


def _books(*folders: Path) -> dict[str, Path]:
    """The workbooks of results, each once, by folder and name."""
    found = {f"{out.name}/{book.name}": book for out in folders for book in sorted(out.rglob("*.xlsx"))}
    books = {name: book for name, book in found.items() if book.name not in UNLOOKED}
    assert len(books) >= len(folders)
    return books


@pytest.fixture(scope="module")
def made() -> tuple[dict[str, tuple[Plan, Studies | None]], Comparison]:
    """Plans with their studies, and a comparison, for all languages."""
    appraised = appraised_plan()
    plans = {"network": (network_plan(), None), "resources": (resources_plan(), None)}
    return {"appraised": (appraised, studies_of(appraised)), **plans}, compare(example(), EXACT)


@needs_libreoffice
@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_workbook_of_results_and_comparisons_is_laid_out_to_be_read(
    tmp_path: Path, made: tuple[dict[str, tuple[Plan, Studies | None]], Comparison], language: str
) -> None:
    plans, compared = made
    outs = [
        write_report(_of_country(plan, language), tmp_path / name, studies=studies or False)
        for name, (plan, studies) in plans.items()
    ]
    write_comparison(compared, tmp_path / "comparison", language)
    assert faults(_books(*outs, tmp_path / "comparison"), tmp_path) == {}


@needs_libreoffice
@pytest.mark.long
def test_what_commands_answer_is_laid_out_to_be_read(tmp_path: Path) -> None:
    """Questions, reviews and what may give way; what is to be typed into is a form and no report."""
    books = {name: book for name, book in answers(tmp_path, "pt-BR").items() if not name.startswith("due/")}
    assert faults(books, tmp_path) == {}


@needs_libreoffice
@pytest.mark.long
@pytest.mark.parametrize(("name", "languages"), [("mato-grosso", ("pt-BR", "en", "vi")), ("mekong", ("vi",))])
def test_what_shipped_scenarios_print_is_laid_out_to_be_read(
    tmp_path: Path, name: str, languages: tuple[str, ...]
) -> None:
    """The decision file on twelve pages, and in the first language planning rows and two regions, which are alike.

    Sheets of the audit workbook are looked at above; the sheets of ``references.xlsx`` are among those of regions.
    """
    plan = _quick(name)
    for language in languages:
        audit = Book(tmp_path / "audit.xlsx", view_of(plan, language), {page.name: page.title for page in PAGES})
        write_decision(audit, tmp_path / f"decision-{language}.xlsx")
    decisions = {language: tmp_path / f"decision-{language}.xlsx" for language in languages}
    view = view_of(plan, languages[0])
    (tmp_path / "tables").mkdir()
    write_planning(view, tmp_path)
    asked = [area.code for area in areas_of(plan.scenario.territories)[:2]]
    write_regions(MunicipalTables(view), tmp_path / "regions", asked)
    books = decisions | {book.stem: book for book in (tmp_path / "planning.xlsx", *(tmp_path / "regions").iterdir())}
    assert len(books) == len(languages) + 3
    assert faults(books, tmp_path) == {}
    for n, language in enumerate(languages):
        assert 1 < len(sizes((tmp_path / "pdf" / f"{n}-decision-{language}.pdf").read_bytes())) <= 12


@cache
def _quick(name: str) -> Plan:
    """A plan of a shipped scenario, as good as it must be to be printed."""
    return solve(read_scenario(SCENARIOS / f"{name}.xlsx"), SolveOptions(gap=0.5, time_limit=120.0, certificate=False))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[xlsxwriter.Workbook]:
    workbook = xlsxwriter.Workbook(str(tmp_path / "book.xlsx"))
    yield workbook
    if not workbook.fileclosed:
        workbook.close()


def _wide(folder: Path, count: int, width: float = 20.0) -> tuple[Sheet, Worksheet]:
    """A sheet of so many columns, as it was written and as it is read."""
    book = Book(folder / "book.xlsx", view_of(appraised_plan(), "en"), {"wide": "Title"})
    sheet = book.sheet("wide", (width,) * count, "A note of many words. " * 30)
    columns = [Column(f"c{n}", f"Header {n}") for n in range(count)]
    sheet.table(pd.DataFrame([{column.key: "word" for column in columns}] * 9), columns, freeze=2)
    book.close()
    return sheet, openpyxl.load_workbook(folder / "book.xlsx")["wide"]


def test_what_is_too_wide_to_be_read_goes_on_beside_with_the_first_columns_again(tmp_path: Path) -> None:
    sheet, laid = _wide(tmp_path, 16)
    assert laid.page_setup.scale == 80
    assert laid.print_title_cols == "$A:$B"
    areas = [range_boundaries(part.rpartition("!")[2].replace("$", "")) for part in laid.print_area.split(",")]
    assert [area[0] for area in areas] == [1, *(area[2] + 1 for area in areas[:-1])]
    assert areas[-1][2] == 16
    assert {area[1] for area in areas[1:]} == {5}  # titles and notes once
    for first, _, last, _ in areas:
        taken = [*sheet.widths[first - 1 : last], *(sheet.widths[:2] if first > 1 else [])]
        assert sum(0.636 * 10 * (width + 5 / 7) for width in taken) * 0.8 <= sheet.paper.across
    (note,) = [area for area in laid.merged_cells.ranges if area.min_row == 3]
    assert note.max_col == areas[0][2]  # on the first page, and high enough there
    assert laid.row_dimensions[3].height > 2 * 13.5


def test_what_fits_is_shrunk_to_the_width_of_one_page_in_the_broadest_letters(tmp_path: Path) -> None:
    sheet, laid = _wide(tmp_path, 7)
    assert (laid.page_setup.scale, laid.print_title_cols) == (int(100 * sheet.paper.scale), None)
    broadest = sum(0.636 * 10 * (width + 5 / 7) for width in sheet.widths)  # DejaVu Sans, in points
    assert 0.97 < broadest * sheet.paper.scale / sheet.paper.across < 1.0
    assert "," not in laid.print_area


def test_a_chart_is_not_cut_where_pages_beside_end_though_it_fits_on_the_first(tmp_path: Path) -> None:
    """Pages beside begin with the first header, without title and notes, and so end some rows further down."""
    book = Book(tmp_path / "book.xlsx", view_of(appraised_plan(), "en"), {"wide": "Title"})
    sheet = book.sheet("wide", (20.0,) * 16, "A note of many words. " * 60)
    columns = [Column(f"c{n}", f"Header {n}") for n in range(16)]
    above = sheet.paper.height(0, sheet.row)
    rows = int((sheet.paper.page - 0.5 * above) / 15.5)
    block = sheet.table(pd.DataFrame([{column.key: "word" for column in columns}] * rows), columns, freeze=2)
    top, chart = sheet.row, book.chart("column")
    chart.add_series({"values": block.series("c0")})
    assert sheet.paper.room(top) > 16 * 15.0
    assert sheet.paper.room(top, sheet.first_header) < 16 * 15.0
    sheet.chart(chart, rows=16)
    book.close()
    laid = openpyxl.load_workbook(tmp_path / "book.xlsx")["wide"]
    assert [brk.id for brk in laid.row_breaks.brk] == [top]


def test_a_title_too_long_for_its_page_goes_on_in_a_second_line(tmp_path: Path) -> None:
    titles = {"short": "Decisions", "long": "A network of specialist centres for many provinces"}
    book = Book(tmp_path / "book.xlsx", view_of(appraised_plan(), "en"), titles)
    for name in titles:
        book.sheet(name, (20.0,) * 4)
    book.close()
    laid = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert [laid[name]["A1"].value for name in titles] == list(titles.values())
    assert laid["short"].row_dimensions[1].height == 24
    assert not laid["short"].merged_cells.ranges
    assert laid["long"].row_dimensions[1].height == 48
    assert "A1:D1" in map(str, laid["long"].merged_cells.ranges)


def test_codes_that_are_printed_are_seen_whole(book: xlsxwriter.Workbook) -> None:
    sheet = Sheet(book.add_worksheet("a"), Styles(book, "0"), (5.0, 5.0), "nothing")
    sheet.table(
        pd.DataFrame({"a": ["shortfall_workforce"], "b": ["x"]}), [Column("a", "A", "", "id"), Column("b", "B")]
    )
    assert sheet.widths[0] > width_of("shortfall_workforce") + 1


def test_a_column_is_as_wide_as_the_longest_word_of_its_header(book: xlsxwriter.Workbook) -> None:
    sheet = Sheet(book.add_worksheet("a"), Styles(book, "0"), (5.0, 5.0), "nothing")
    sheet.table(
        pd.DataFrame({"a": [1], "b": [2]}), [Column("a", "Responsabilidade da"), Column("b", "b", "somewhat-long")]
    )
    assert sheet.widths[0] > len("Responsabilidade")
    assert 10 < sheet.widths[1] < 16
