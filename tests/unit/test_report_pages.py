"""Printed pages of the workbooks: nothing that fits a page is cut, headers are repeated, numbers have room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from report_example import example_plan

from redesaude.report.terms import STATUSES
from redesaude.report.view import view_of
from redesaude.report.workbook.book import Book, Look
from redesaude.report.workbook.paper import page_starts
from redesaude.report.workbook.sheet import Block, Column, Sheet
from redesaude.report.workbook.styles import Styles
from redesaude.status import Status

COLUMNS = [Column("site", "Site"), Column("npv", "Cost", "currency", "money", total=True)]
MILLIONS = "#,##0.0,,"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Any]:
    workbook = xlsxwriter.Workbook(str(tmp_path / "book.xlsx"))
    yield workbook
    if not workbook.fileclosed:
        workbook.close()


def _sheet(book: Any, widths: tuple[float, ...] = (30, 12)) -> Sheet:
    sheet = Sheet(book.add_worksheet("a"), Styles(book, MILLIONS), widths, "nothing")
    sheet.title("Title", "of a plan", "A note.")
    return sheet


def _frame(rows: int, npv: float = 1.0, group: int = 1) -> pd.DataFrame:
    return pd.DataFrame({"site": [f"site {n // group}" for n in range(rows)], "npv": npv})


def _page(sheet: Sheet, row: int) -> tuple[int, float]:
    """The break before ``row``, and the height from it to the end of the row."""
    start = max((b for b in sheet.paper.worksheet.hbreaks if b <= row), default=0)
    return start, sheet.paper.height(start, row + 1)


def test_tables_and_charts_that_fit_a_page_are_not_cut(book: Any) -> None:
    sheet = _sheet(book)
    for rows in (20, 9, 3, 14, 25, 7, 11, 16, 2, 8):
        top = sheet.row
        sheet.heading("Heading")
        block = sheet.table(_frame(rows), COLUMNS, total="Total")
        assert block.total_row is not None
        assert _page(sheet, top)[0] == _page(sheet, block.total_row)[0]
        assert _page(sheet, block.total_row)[1] <= sheet.paper.page
    top = sheet.row
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": block.series("npv")})
    sheet.chart(chart, rows=20)
    assert _page(sheet, top)[0] == _page(sheet, sheet.row - 1)[0]
    assert _page(sheet, sheet.row - 2)[1] <= sheet.paper.page


def test_a_heading_just_after_a_full_page_begins_the_next_whoever_measures(book: Any) -> None:
    """A program that measures rows a little lower had room for the heading, and its table began the next page."""
    sheet = _sheet(book)
    sheet.table(_frame(3), COLUMNS)
    while sheet.paper.height(0, sheet.row) < sheet.paper.page:
        sheet.row += 1
    top = sheet.row
    sheet.heading("Heading")
    sheet.table(_frame(3), COLUMNS)
    assert sheet.paper.worksheet.hbreaks == [top]


def test_the_first_table_stays_below_the_title(book: Any) -> None:
    sheet = _sheet(book)
    sheet.table(_frame(33), COLUMNS)
    assert sheet.paper.worksheet.hbreaks == []


def test_a_sheet_on_one_page_is_never_broken(book: Any) -> None:
    sheet = _sheet(book)
    sheet.on_one_page()
    for _ in range(9):
        sheet.table(_frame(20), COLUMNS)
    assert sheet.paper.worksheet.hbreaks == []


def test_a_long_table_has_its_header_on_every_page_and_keeps_groups_together(book: Any, tmp_path: Path) -> None:
    sheet = _sheet(book)
    blocks = sheet.pages(_frame(100, group=7), COLUMNS, "site")
    assert len(blocks) > 2
    assert sum(block.last - block.first + 1 for block in blocks) == 100
    for block in blocks:
        assert _page(sheet, block.first)[0] == _page(sheet, block.last)[0]
        assert _page(sheet, block.last)[1] <= sheet.paper.page
    book.close()
    written = openpyxl.load_workbook(tmp_path / "book.xlsx")["a"]
    assert [row for row in range(1, written.max_row + 1) if written.cell(row, 1).value == "Site"] == [
        block.first - 1 for block in blocks
    ]
    sites = [{written.cell(row + 1, 1).value for row in range(block.first, block.last + 1)} for block in blocks]
    assert len(set.union(*sites)) == sum(map(len, sites))  # no site on two pages


@pytest.mark.parametrize(
    ("groups", "room", "starts"),
    [
        ("aabb", 4, [0]),
        ("aabbcc", 4, [0, 4]),
        ("aabbcc", 3, [0, 2]),
        ("aaaaaab", 4, [0, 4]),  # more than a page: cut between rows
        ("baaaaaa", 2, [0, 2, 6]),
        ("", 4, [0]),
    ],
)
def test_pages_begin_with_whole_groups(groups: str, room: float, starts: list[int]) -> None:
    assert page_starts([1.0] * len(groups), groups, room, 4.0) == starts


def test_columns_have_room_for_their_numbers_and_sums(book: Any) -> None:
    sheet = _sheet(book)
    sheet.table(_frame(8, npv=2e14), COLUMNS, total="Total")
    assert sheet.widths[1] > len("1,600,000,000,000,000")
    assert sheet.widths[0] == 30


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("money", -1234567.0, "-1,234,567"),
        ("millions", 12.3e6, "-12.3"),
        ("general", 0.25, "-0.25"),
        ("percent", 9, ""),
    ],
)
def test_the_width_of_a_number_is_that_of_its_text(book: Any, kind: str, value: float, text: str) -> None:
    assert Styles(book, MILLIONS).width(kind, value) == (len(text) + 1 if text else 0)


def test_words_that_wrap_have_a_row_high_enough(book: Any) -> None:
    sheet = _sheet(book, (12, 12))
    block: Block = sheet.table(pd.DataFrame({"site": ["a short one", "chosen; comparator, long"], "npv": 1.0}), COLUMNS)
    assert sheet.paper.height(block.first, block.first + 1) < 20 < sheet.paper.height(block.last, block.last + 1)


def test_no_word_of_a_column_is_broken(book: Any) -> None:
    sheet = _sheet(book, (6, 30))
    sheet.table(pd.DataFrame({"site": ["Prestadores (obras)", "Norte"], "npv": 1.0}), COLUMNS)
    assert sheet.widths[0] >= 0.88 * len("Prestadores") + 2
    sheet.table(pd.DataFrame({"site": ["x" * 300], "npv": 1.0}), COLUMNS)  # no word, and no reason to print it all
    assert sheet.widths[0] < 20


@pytest.mark.parametrize("language", ["en", "pt-BR", "vi"])
def test_the_foot_of_a_page_has_the_status_whole_and_says_where_the_title_is_cut(language: str, tmp_path: Path) -> None:
    plan = replace(example_plan(), status=Status.FEASIBLE)
    titled = replace(plan.scenario.settings, title="Saúde & " * 40)
    view = view_of(replace(plan, scenario=plan.scenario.replace(settings=titled)), language)
    book = Book(tmp_path / "book.xlsx", view, {"contracts": "Contracts"})
    book.sheet("contracts", (30,)).paper.turn()
    book.close()
    foot = openpyxl.load_workbook(tmp_path / "book.xlsx")["contracts"].oddFooter
    assert view.t(STATUSES["feasible"].name) in foot.right.text
    assert foot.left.text.endswith("…")
    assert len(foot.left.text.replace("&&", "&")) + len(foot.right.text) < 105  # letters of 10 points on a page


def test_of_a_sheet_for_the_screen_only_the_first_page_is_printed(tmp_path: Path) -> None:
    whole, screen = ("whole", "screen")
    book = Book(
        tmp_path / "b.xlsx",
        view_of(example_plan()),
        dict.fromkeys((whole, screen), "Checks"),
        look=Look(on_screen={screen}),
    )
    for name in (whole, screen):
        sheet = book.sheet(name, (30, 12))
        sheet.table(_frame(400), COLUMNS, freeze=1)
    page = sheet.paper.page
    book.close()
    saved = openpyxl.load_workbook(tmp_path / "b.xlsx")
    ends = {name: int(saved[name].print_area.rpartition("$")[2]) for name in (whole, screen)}
    assert ends[whole] >= 400
    assert sheet.paper.height(0, ends[screen]) <= page < sheet.paper.height(0, ends[screen] + 1)
