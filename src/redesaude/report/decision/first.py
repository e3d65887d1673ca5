"""Sheet ``first``: the plan in plain words on one printed page, each number with its cell in the audit workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from redesaude.language import N_
from redesaude.report.decision.map_chart import SeatMap
from redesaude.report.decision.pack import AUDIT, Pack
from redesaude.report.workbook import charts, figures
from redesaude.report.workbook.letters import lines_of
from redesaude.report.workbook.paper import ROW
from redesaude.report.workbook.sheet import Block, Column, Sheet
from redesaude.report.workbook.story.facts import Grid, Section
from redesaude.report.workbook.story.money import by_payer, public_years

#: columns of tables and sentences, about as wide as a page on which letters of 10 points print at 8; beside them,
#: for the screen, the cells in the audit workbook
_WIDTHS, _CELLS = (20, 10, 10.5, 17, 9.2, 9.6, 10.4, 13), 16
#: columns of the sentences that stand beside the map, the fewest first: as many as the page has the height for
_BESIDE = (4, 5, 6)
_PAYERS = 3  # in the chart, with the others together
_HEADING, _LINE = 15.0, 13.5  # points of a heading, and of a row of one line
_CLOSE = 0.92  # of the height of other sheets' rows of several lines
#: left, right, top, bottom, in inches
_MARGINS = (0.25, 0.25, 0.3, 0.5)
#: of the page, in points of the sheet before it is shrunk to print at 8 points or more
_PAGE = 960.0
_POINTS = 0.75  # of a pixel
_CHART_ROWS = 13  # from so many rows on the chart of money can be read


@dataclass(frozen=True)
class _Answer:
    """A section of the story, and the cells of its parts in the audit workbook."""

    section: Section
    cells: dict[tuple[str, int], tuple[str, ...]]


@dataclass(frozen=True)
class _Beside:
    """The map beside the first of the sentences: their columns, and its height in points."""

    columns: int
    height: float


_NOTHING = _Beside(len(_WIDTHS), 0.0)


def write(pack: Pack) -> None:
    """Write the sheet."""
    sheet = pack.book.sheet("first", _WIDTHS, tall=True)
    sheet.paper.set_margins(*_MARGINS)
    sheet.row -= 1
    told = pack.audit.page(figures.write)
    sheet.set_widths(len(_WIDTHS), (_CELLS,))
    sheet.reserve(len(_WIDTHS), max((len(span_of(cells)) for cells in told.cells.values()), default=0))
    answers = [
        _Answer(section, {(part, m): cells for (k, part, m), cells in told.cells.items() if k == n})
        for n, section in enumerate(told.sections)
    ]
    tables = max((n for n, answer in enumerate(answers) if answer.section.grid), default=0) + 1
    for answer in answers[:tables]:
        _section(pack, sheet, answer)
    _with_map(pack, sheet, answers[tables:])


def _with_map(pack: Pack, sheet: Sheet, answers: Sequence[_Answer]) -> None:
    """Write the sentences with the map beside the first of them, and the chart of money where the page has room."""
    unseen = pack.book.unseen("points", (14, 14, 12, 40))
    drawn, top = SeatMap(pack, unseen), sheet.row
    found = (_beside(sheet, answers, drawn, columns) for columns in _BESIDE)
    beside = next((beside for beside in found if beside), _NOTHING)
    for answer in answers:
        _section(pack, sheet, answer, beside, top)
    while sheet.paper.height(top, sheet.row) < beside.height:
        sheet.paper.set_height(sheet.row, ROW)
        sheet.row += 1
    if beside.height:
        width = _pixels(sheet, beside.columns)
        chart = drawn.chart(width, beside.height)
        chart.set_size({"width": width, "height": beside.height / _POINTS})
        sheet.worksheet.insert_chart(top, beside.columns, chart, {"object_position": 1})
    rows = int((_PAGE - sheet.paper.height(0, sheet.row)) / ROW)
    money = _money_chart(pack, unseen) if rows >= _CHART_ROWS else None
    if money is not None:
        for row in range(sheet.row, sheet.row + rows):
            sheet.paper.set_height(row, ROW)
        sheet.chart(money, rows=rows, move=False)
        sheet.row += rows


def _beside(sheet: Sheet, answers: Sequence[_Answer], drawn: SeatMap, columns: int) -> _Beside | None:
    """Return the map beside so many columns of sentences; None: there is no map, or not all has room on the page."""
    height = min(drawn.height(_pixels(sheet, columns)), room := _PAGE - sheet.paper.height(0, sheet.row))
    if not height:
        return None
    used = 0.0
    for answer in answers:
        used += _HEADING
        for line in answer.section.lines:
            used += _low(_LINE * lines_of(line.text, sheet.room(0, columns if used < height else len(_WIDTHS))) + 2)
    return _Beside(columns, height) if used <= room else None


def _pixels(sheet: Sheet, columns: int) -> int:
    """Width of what stands beside so many columns."""
    widths = sheet.widths[columns : len(_WIDTHS)]
    return int(sum(widths) * 7) + 5 * len(widths)


def _money_chart(pack: Pack, unseen: Sheet) -> Any:
    """Public money by year and payer; None: there is none."""
    view, t = pack.view, pack.view.t
    table = public_years(view)
    payers = dict(by_payer(view, table, _PAYERS))
    columns = [Column("year", t(N_("Year")), "", "year")]
    columns += [Column(name, name, "", "millions") for name in payers]
    if not payers:
        return None
    block = unseen.table(table[[]].assign(**payers).reset_index(), columns)
    chart = pack.book.chart("column", "stacked")
    charts.bars(chart, block, "year", [(name, name) for name in payers])
    charts.dress(chart, f"{t(N_('Public money by year, real'))}, {view.numbers.money_header()}", legend=True)
    charts.standing(chart, "", view.numbers.money_format(digits=0), apart=charts.YEARS_APART)
    chart.show_hidden_data()
    return chart


def _section(pack: Pack, sheet: Sheet, answer: _Answer, beside: _Beside = _NOTHING, top: int = 0) -> None:
    """Write a section; its sentences leave room for what is ``beside`` them from row ``top`` on."""
    section, cells = answer.section, answer.cells
    sheet.heading(section.title)
    sheet.paper.set_height(sheet.row - 1, _HEADING)
    if section.grid:
        _grid(pack, sheet, section.grid, {m: found for (part, m), found in cells.items() if part == "row"})
        sheet.row -= 1
    for m, line in enumerate(section.lines):
        columns = beside.columns if sheet.paper.height(top, sheet.row) < beside.height else len(_WIDTHS)
        block = _line(pack, sheet, line.text, cells.get(("line", m), ()), columns)
        for fact in line.facts:
            pack.book.name(fact.name, block.cell("text", 0))


def _line(pack: Pack, sheet: Sheet, text: str, cells: tuple[str, ...], columns: int) -> Block:
    row = sheet.row
    block = sheet.table(pd.DataFrame({"text": [text]}), [Column("text", "", span=columns)], header=False)
    _lower(sheet, block)
    if cells:
        sheet.value(row, len(_WIDTHS), span_of(cells), sheet.styles("cell", "id"))
        pack.link(sheet, row, len(_WIDTHS), span_of(cells), "cell", "line")
    sheet.row -= 1
    return block


def _grid(pack: Pack, sheet: Sheet, grid: Grid, cells: dict[int, tuple[str, ...]]) -> None:
    keys = [f"c{k}" for k in range(len(grid.header))]
    rows = [
        [*(cell if isinstance(cell, str) else cell.value for cell in row), span_of(cells.get(m, ()))]
        for m, row in enumerate(grid.rows)
    ]
    frame = pd.DataFrame(rows, columns=[*keys, "cells"], dtype=object)
    kinds = ["text" if isinstance(cell, str) else cell.kind for cell in grid.rows[0]]
    columns = [Column(key, head, "", kind) for key, head, kind in zip(keys, grid.header, kinds, strict=True)]
    spare = len(_WIDTHS) - len(columns)
    broad = 1 if kinds[1] == "text" else 0  # the column of words that takes what others leave
    columns[broad] = replace(columns[broad], span=1 + spare)
    block = sheet.table(frame, [*columns, Column("cells", AUDIT, kind="id")])
    _lower(sheet, block)
    for m, found in cells.items():
        pack.link(sheet, block.first + m, len(_WIDTHS), span_of(found), "cell", "line")


def _lower(sheet: Sheet, block: Block) -> None:
    """Set the height of rows closely, that of one line too, which programs otherwise choose."""
    for row in range(block.first, block.last + 1):
        sheet.paper.set_height(row, _low(sheet.paper.height(row, row + 1)))


def _low(height: float) -> float:
    return _LINE if height <= _LINE + 2 else _CLOSE * height


def span_of(cells: tuple[str, ...]) -> str:
    """Name the cells of one column that follow each other: ``sheet!D7:D9``."""
    if len(cells) < 2:
        return "".join(cells)
    return f"{cells[0]}:{cells[-1].partition('!')[2]}"
