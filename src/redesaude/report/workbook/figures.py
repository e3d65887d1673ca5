"""Sheet ``page1``: every number that the first page of the decision file tells, in its order, each in a cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from redesaude.language import N_
from redesaude.lines import Group
from redesaude.report.terms import PUBLIC_MONEY
from redesaude.report.workbook import costs
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.costs import CostBlocks
from redesaude.report.workbook.grid import absent
from redesaude.report.workbook.sheet import Column
from redesaude.report.workbook.story import story
from redesaude.report.workbook.story.facts import Fact, Section

_WIDTHS = (26, 62, 20, 16, 22)

Part = tuple[int, str, int]
"""(section, ``row`` of its table or ``line``, which)"""


@dataclass(frozen=True)
class Told:
    """The story, and for each of its parts the cells that hold its numbers, as other sheets call them."""

    sections: tuple[Section, ...]
    cells: Mapping[Part, tuple[str, ...]]


def parts(sections: tuple[Section, ...]) -> Iterator[tuple[Part, str, tuple[Fact, ...]]]:
    """Yield each row of a table and each line of a story: where it stands, its words, its facts."""
    for n, section in enumerate(sections):
        for m, row in enumerate(section.grid.rows if section.grid else ()):
            words = ", ".join(cell for cell in row if isinstance(cell, str))
            yield (n, "row", m), words, tuple(cell for cell in row if isinstance(cell, Fact))
        for m, line in enumerate(section.lines):
            yield (n, "line", m), line.text, line.facts


def _sums(blocks: CostBlocks) -> dict[str, str]:
    """Formulas of the sums of the cost sheet, by the names that facts call them."""
    cells = {group: blocks.groups.cell("npv", row) for row, group in enumerate(blocks.groups_frame["group"])}
    return {
        "total": blocks.lines.total("total"),
        "public": "+".join(cells[group] for group in PUBLIC_MONEY),
        "capital": cells[Group.CAPITAL],
    }


def _constant(value: float) -> str:
    """A number as a formula; what is not known is a blank."""
    return '""' if absent(value) else repr(float(value))


def write(book: Book) -> Told:
    """Write the sheet and return what it tells, and where."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "The numbers of the first page of decision.xlsx, as they are told there and in full, with the file of the "
            "folder tables from which each can be worked out. Blank: the studies, whose results are in this workbook."
        )
    )
    sheet = book.sheet("page1", _WIDTHS, note)
    sections = story(view)
    found = [(part, sections[part[0]].title, words, fact) for part, words, facts in parts(sections) for fact in facts]
    rows = [
        (title, words, fact.told(view.numbers), fact.value, fact.kind, fact.table, fact.sums)
        for _, title, words, fact in found
    ]
    frame = pd.DataFrame(rows, columns=["section", "words", "told", "value", "format", "table", "sums"])
    sums = _sums(book.page(costs.write))
    columns = [
        Column("section", t(N_("Question"))),
        Column("words", t(N_("What is said"))),
        Column("told", t(N_("As it is told"))),
        Column(
            "value",
            t(N_("Value")),
            "",
            "@format",
            formula=lambda row: sums.get(row.record["sums"], _constant(row.record["value"])),
        ),
        Column("table", t(N_("From")), t(N_("file of the folder tables"))),
    ]
    block = sheet.table(frame, columns, freeze=0)
    cells: dict[Part, tuple[str, ...]] = {}
    for row, (part, _, _, fact) in enumerate(found):
        cell = block.cell("value", row)
        book.name(fact.name, cell)
        cells[part] = (*cells.get(part, ()), cell.replace("$", ""))
    return Told(sections, cells)
