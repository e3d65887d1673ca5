"""The sheet of a draft that says what to look at first; it is its reader's own and takes no part in the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from openpyxl.utils import get_column_letter

from redesaude.inputs.tables import BY_NAME, SETTINGS_BY_NAME
from redesaude.language import N_, Translator

NAME = "_todo"
_HEADINGS = (N_("rank"), N_("where"), N_("what"), N_("money a year that hangs on it"), N_("what is assumed, and why"),
             N_("who knows better"), N_("done"))  # fmt: skip
_WIDTHS = (6, 24, 40, 20, 90, 50, 10)
_ABOUT = (
    N_("What to look at first: the assumptions of this draft, that on which most money hangs first"),
    N_(
        "Money a year of the parts that an assumption moves, times how far apart the ends of its range are (a quarter "
        "below and above where none is stated), as if the whole need were met. It says where to begin; what another "
        "value would change only a solve tells. This sheet takes no part in the plan."
    ),
)


@dataclass(frozen=True)
class Todo:
    """An assumption to be looked at: where it is, the money a year that hangs on it, what is assumed, who knows better.

    ``key`` is that of the sheet ``sources``; ``ask`` a marked sentence.
    """

    sheet: str
    key: str
    column: str
    stake: float
    note: str
    ask: str


def write_todo(
    book: Any, styles: Mapping[str, Any], lines: Sequence[Todo], tables: Mapping[str, pd.DataFrame], say: Translator
) -> None:
    """Write the sheet into an open workbook, each line with a link to its cell."""
    sheet = book.add_worksheet(NAME)
    sheet.merge_range(0, 0, 0, len(_HEADINGS) - 1, say(_ABOUT[0]), styles["title"])
    sheet.merge_range(1, 0, 1, len(_HEADINGS) - 1, say(_ABOUT[1]), styles["text"])
    sheet.set_row(1, 45)
    for i, (heading, width) in enumerate(zip(_HEADINGS, _WIDTHS, strict=True)):
        sheet.write_string(2, i, say(heading), styles["required"])
        sheet.set_column(i, i, width)
    money = book.add_format({"num_format": "#,##0", "valign": "top"})
    for row, line in enumerate(lines, start=3):
        sheet.write_number(row, 0, row - 2, styles["plain"])
        sheet.write_url(row, 1, f"internal:'{line.sheet}'!{_cell(line, tables)}", styles["sheet"], line.sheet)
        sheet.write_string(row, 2, f"{line.column} ({line.key})", styles["text"])
        sheet.write_number(row, 3, round(line.stake, -3), money)
        sheet.write_string(row, 4, line.note, styles["text"])
        sheet.write_string(row, 5, say(line.ask), styles["text"])
    sheet.freeze_panes(3, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)


def _cell(line: Todo, tables: Mapping[str, pd.DataFrame]) -> str:
    """The first cell that an assumption is about: its column, in the first row whose key begins as it does."""
    table = BY_NAME[line.sheet]
    names = [column.name for column in table.columns]
    letter = get_column_letter(names.index(line.column if line.sheet != "settings" else "value") + 1)
    ids = list(SETTINGS_BY_NAME) if line.sheet == "settings" else list(map(str, tables[line.sheet][names[0]]))
    wanted = line.key.split("|")[0]
    found = [n for n, name in enumerate(ids) if name == wanted]
    return f"{letter}{(found[0] if found else 0) + 3}"
