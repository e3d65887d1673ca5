"""The hidden sheet ``lists`` of a workbook: what its drop-downs offer, column by column.

Words of choices; the keys of the rows of each sheet, a code with its name as ``code · name``; codes that stand in
several rows, such as regions, each once; the columns of each sheet. Codes and keys follow the sheets by formulas, so
that a row is offered as soon as it is typed. Who reads a workbook takes the code alone
(:func:`.cell_words.code_alone`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
from openpyxl.utils import get_column_letter

from redesaude.inputs.offered_rows import Cell, Formula, Rows, Span, label, labelling
from redesaude.inputs.tables import INPUT, SETTINGS, Column, Form, Table

#: rows to be typed that are offered, at most: of sheets of places, of others that are referred to, and of all others
_PLACES, _ROWS, _KEYED_ROWS = 6_000, 300, 10
#: rows of a sheet that no other refers to are offered up to here: a longer list is not looked through
_MOST_KEYS = 1_000
#: rows of a column above its list: name of the sheet, number of rows
_HEAD = 2


@dataclass(frozen=True)
class Codes:
    """The codes that a column may refer to.

    Attributes
    ----------
    span : the cells that offer them, words first.
    count : formula of how many are filled in.
    bare : the cells of the codes themselves, for where more are filled in than have a cell; blank: never.

    """

    span: Span
    count: str
    bare: str = ""


@dataclass
class Lists:
    """The columns of the sheet, and where in them stands what is offered.

    Attributes
    ----------
    columns : cells by column.
    words : the words of a choice -> their cells.
    codes : what a column refers to, and the words it takes beside -> codes.
    keys, settable : of each sheet the keys of its rows, and the columns that a variant may set. Row 1 of the column has
        the name of the sheet, row 2 their number; all begin in one row.
    sheets : the cells with the names of sheets that have keys.

    """

    columns: list[Sequence[Cell]] = field(default_factory=list)
    words: dict[tuple[str, ...], str] = field(default_factory=dict)
    codes: dict[tuple[str, tuple[str, ...]], Codes] = field(default_factory=dict)
    keys: dict[str, Span] = field(default_factory=dict)
    settable: dict[str, Span] = field(default_factory=dict)
    sheets: str = ""

    @property
    def next(self) -> str:
        """The letter of the column that is added next."""
        letter: str = get_column_letter(len(self.columns) + 1)
        return letter

    def add(self, cells: Sequence[Cell]) -> str:
        """Add a column, and return its letter."""
        letter = self.next
        self.columns.append(cells)
        return letter


def words_of(column: Column) -> tuple[str, ...]:
    """Return the words that a cell of a column offers."""
    return ("yes", "no") if column.kind == "flag" else column.choices


def lists_of(form: Form, tables: Mapping[str, pd.DataFrame], last_rows: Mapping[str, int]) -> Lists:
    """Return what the drop-downs of a workbook of ``form`` with these rows offer, up to ``last_rows`` of its sheets."""
    lists = Lists()
    columns = [column for table in form.tables for column in table.columns] + list(SETTINGS)
    for words in dict.fromkeys(words for words in map(words_of, columns) if words):
        letter = lists.add(words)
        lists.words[words] = f"lists!${letter}$1:${letter}${len(words)}"
    if form is INPUT:
        keyed = [table for table in form.tables if table.key]
        rows = {table.name: Rows(table, _frame(table, tables), last_rows[table.name]) for table in keyed}
        referring = [column for column in columns if column.kind == "reference"]
        _add_keys(lists, rows, referring)
        for refers in dict.fromkeys(c.refers for c in referring if (c.refers, c.words) not in lists.codes):
            alike = [column for column in referring if column.refers == refers]
            _add_distinct(lists, rows[refers.split(".")[0]], alike)
    return lists


def _frame(table: Table, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    if table.name == "settings":
        return pd.DataFrame({"name": [setting.name for setting in SETTINGS]})
    return tables.get(table.name, pd.DataFrame())


def _add_keys(lists: Lists, rows: Mapping[str, Rows], referring: Sequence[Column]) -> None:
    """Add the keys of every sheet, those first whose codes others refer to; then the columns that may be set."""
    simple = {column.refers: column for column in referring if _names_a_row(column, rows)}  # codes that name a row
    words = {
        refers.split(".")[0]: max((c.words for c in referring if c.refers == refers), key=len) for refers in simple
    }
    first = _HEAD + max(map(len, words.values())) + 1
    known: dict[str, tuple[Rows, Span]] = {}
    for name, sheet in sorted(rows.items(), key=lambda entry: entry[0] not in words):
        more = _PLACES if sheet.has("latitude") else _ROWS
        count = sheet.many(more) if name in words else min(sheet.many(_KEYED_ROWS), _MOST_KEYS)
        own = bool(sheet.code) and sheet.table.column(sheet.code).kind == "id"
        cells = sheet.labelled(count) if own else sheet.joined(count, known)
        beside = words.get(name, ())
        blanks = [""] * (first - _HEAD - 1 - len(beside))
        span = Span(lists.add([name, sheet.filled(), *blanks, *beside, *cells]), first, count)
        lists.keys[name] = span
        if name in words:
            known[f"{name}.{sheet.code}"] = sheet, span
    for column in referring:
        if column.refers in simple:
            sheet, span = known[column.refers]
            more = len(column.words)
            with_words = Span(span.letter, span.first - more, span.rows + more)
            lists.codes[column.refers, column.words] = Codes(with_words, span.above(2), sheet.span(sheet.code))
    for name, sheet in rows.items():
        names = [column.name for column in sheet.table.columns if column.name not in sheet.table.key]
        letter = lists.add([name, len(names), *[""] * (first - _HEAD - 1), *names])
        lists.settable[name] = Span(letter, first, len(names))
    letter = lists.add(list(rows))
    lists.sheets = Span(letter, 1, len(rows)).cells


def _names_a_row(column: Column, rows: Mapping[str, Rows]) -> bool:
    target, name = column.refers.split(".")
    return rows[target].code == name


def _add_distinct(lists: Lists, sheet: Rows, columns: Sequence[Column]) -> None:
    """Add codes that may stand in several rows of a sheet, each once: those of one of its columns after the other.

    They are what ``columns`` refer to; the fewer words one of these takes beside them, the later it begins.
    """
    refers = columns[0].refers
    count, before, known = sheet.many(_PLACES if sheet.has("latitude") else _ROWS), "0", 0
    shown: list[str] = []
    places = []
    for name in refers.split(".")[1].split("/"):
        letter = lists.next
        counter = Span(lists.add(list(sheet.counted(name, count, before, letter, known))), 1, count)
        found = sheet.distinct(name)
        shown += [label(code, told) for code, told in found.items()]
        before, known = counter.end, len(shown)
        places.append((counter, sheet.named(name, count)))
    room = len(shown) + min(sheet.spare // 10, _ROWS)
    cells = []
    for number in range(1, room + 1):
        picked = '""'
        for counter, told in reversed(places):
            row = f"MATCH({number},{counter.cells},0)"
            picked = f"IFERROR({labelling(*(f'INDEX({cells_of},{row})' for cells_of in told))},{picked})"
        cells.append(Formula(f"={picked}", shown[number - 1] if number <= len(shown) else ""))
    words = tuple(reversed(max((column.words for column in columns), key=len)))
    letter = lists.add([refers, Formula(f"={before}", len(shown)), *words, *cells])
    for column in columns:
        first = _HEAD + 1 + len(words) - len(column.words)
        span = Span(letter, first, len(column.words) + room)
        lists.codes[refers, column.words] = Codes(span, span.above(_HEAD))
