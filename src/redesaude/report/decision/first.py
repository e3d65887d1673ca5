"""Sheet ``first``: the plan in plain words on one printed page, each number with its cell in the audit workbook."""

from __future__ import annotations

from typing import Any

import pandas as pd

from redesaude.language import N_
from redesaude.report.decision.map_chart import map_chart
from redesaude.report.decision.pack import AUDIT, Pack
from redesaude.report.workbook import charts, figures
from redesaude.report.workbook.figures import Part
from redesaude.report.workbook.paper import ROW
from redesaude.report.workbook.sheet import Block, Column, Sheet
from redesaude.report.workbook.story.facts import Grid, Section
from redesaude.report.workbook.story.money import by_payer, public_years

#: seven columns of tables and sentences, about as wide as a page on which letters of 10 points print at 8; beside them,
#: for the screen, the cells in the audit workbook
_WIDTHS, _CELLS = (20, 20.5, 17, 9.2, 9.6, 10.4, 13), 16
_PAYERS = 3  # in the chart, with the others together
_MAP_COLUMNS = 3  # of the table, that the map is wide where the chart of money is beside it
_HEADING, _LINE = 15.0, 13.5  # points of a heading, and of a row of one line
_CLOSE = 0.92  # of the height of other sheets' rows of several lines
#: left, right, top, bottom, in inches
_MARGINS = (0.25, 0.25, 0.3, 0.5)
#: of the page, in points of the sheet before it is shrunk to print at 8 points or more; rows that the map takes of it,
#: and from how many on the chart of money can be read
_PAGE, _MAP_ROWS, _CHART_ROWS = 960.0, (5, 16), 13


def write(pack: Pack) -> None:
    """Write the sheet."""
    sheet = pack.book.sheet("first", _WIDTHS, tall=True)
    sheet.paper.set_margins(*_MARGINS)
    sheet.row -= 1
    told = pack.audit.page(figures.write)
    sheet.set_widths(len(_WIDTHS), (_CELLS,))
    sheet.reserve(len(_WIDTHS), max((len(span_of(cells)) for cells in told.cells.values()), default=0))
    for n, section in enumerate(told.sections):
        _section(pack, sheet, section, {part: cells for part, cells in told.cells.items() if part[0] == n}, n)
    _charts(pack, sheet)


def _charts(pack: Pack, sheet: Sheet) -> None:
    """The map, and money by year beside it, on what is left of the page; nothing where that is too low."""
    least, most = _MAP_ROWS
    rows = min(most, int((_PAGE - sheet.paper.height(0, sheet.row)) / ROW))
    if rows < least:
        return
    unseen = pack.book.unseen("points", (14, 14, 12, 40))
    for row in range(sheet.row, sheet.row + rows):
        sheet.paper.set_height(row, ROW)
    money = _money_chart(pack, unseen) if rows >= _CHART_ROWS else None
    columns = _MAP_COLUMNS if money is not None else len(_WIDTHS)
    seats = map_chart(pack, unseen, sum(_WIDTHS[:columns]) * 7 / (rows * 20))
    for chart, start, width in (seats, 0, columns), (money, columns, None):
        if chart is not None:
            sheet.chart(chart, rows=rows, start=start, columns=width, move=False)
    sheet.row += rows


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


def _section(pack: Pack, sheet: Sheet, section: Section, cells: dict[Part, tuple[str, ...]], n: int) -> None:
    sheet.heading(section.title)
    sheet.paper.set_height(sheet.row - 1, _HEADING)
    if section.grid:
        _grid(pack, sheet, section.grid, {m: found for (_, part, m), found in cells.items() if part == "row"})
        sheet.row -= 1
    for m, line in enumerate(section.lines):
        block = _line(pack, sheet, line.text, cells.get((n, "line", m), ()))
        for fact in line.facts:
            pack.book.name(fact.name, block.cell("text", 0))


def _line(pack: Pack, sheet: Sheet, text: str, cells: tuple[str, ...]) -> Block:
    frame = pd.DataFrame({"text": [text], "cells": [span_of(cells)]})
    columns = [Column("text", "", span=len(_WIDTHS)), Column("cells", "", kind="id")]
    block = sheet.table(frame, columns, header=False)
    _low(sheet, block)
    if cells:
        pack.link(sheet, block.first, len(_WIDTHS), span_of(cells), "cell", "line")
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
    columns[0] = Column(keys[0], grid.header[0], span=1 + spare)
    block = sheet.table(frame, [*columns, Column("cells", AUDIT, kind="id")])
    _low(sheet, block)
    for m, found in cells.items():
        pack.link(sheet, block.first + m, len(_WIDTHS), span_of(found), "cell", "line")


def _low(sheet: Sheet, block: Block) -> None:
    """Set the height of rows closely, that of one line too, which programs otherwise choose."""
    for row in range(block.first, block.last + 1):
        height = sheet.paper.height(row, row + 1)
        sheet.paper.set_height(row, _LINE if height == ROW else _CLOSE * height)


def span_of(cells: tuple[str, ...]) -> str:
    """Name the cells of one column that follow each other: ``sheet!D7:D9``."""
    if len(cells) < 2:
        return "".join(cells)
    return f"{cells[0]}:{cells[-1].partition('!')[2]}"
