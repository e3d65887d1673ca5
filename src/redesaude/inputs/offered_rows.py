"""The rows of a sheet as its drop-downs offer them: formulas over its cells, each with its result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from openpyxl.utils import get_column_letter

from redesaude.inputs.cell_words import APART, text_of
from redesaude.inputs.tables import Table

#: rows of the header of every sheet: names, then units
HEADER_ROWS = 2


@dataclass(frozen=True)
class Formula:
    """A cell that is worked out, with its result."""

    text: str
    value: str | int


Cell = str | int | Formula


@dataclass(frozen=True)
class Span:
    """Cells of a column of the sheet ``lists``: its letter, the row of the first, how many."""

    letter: str
    first: int
    rows: int

    @property
    def start(self) -> str:
        """The first cell."""
        return f"lists!${self.letter}${self.first}"

    @property
    def end(self) -> str:
        """The last cell."""
        return f"lists!${self.letter}${self.first + self.rows - 1}"

    @property
    def cells(self) -> str:
        """All cells."""
        return f"{self.start}:${self.letter}${self.first + self.rows - 1}"

    def above(self, row: int) -> str:
        """The cell of the column in another row."""
        return f"lists!${self.letter}${row}"


@dataclass(frozen=True)
class Rows:
    """The rows of a sheet: those filled in, and up to which one more may be typed."""

    table: Table
    frame: pd.DataFrame
    last: int

    def many(self, more: int) -> int:
        """How many rows there are, with up to so many to be typed."""
        return len(self.frame) + min(self.spare, more)

    @property
    def spare(self) -> int:
        """How many rows may still be typed."""
        return self.last - HEADER_ROWS - len(self.frame)

    @property
    def code(self) -> str:
        """The column of the code that by itself names a row, where one does."""
        return self.table.key[0] if len(self.table.key) == 1 else ""

    def has(self, column: str) -> bool:
        """Whether the sheet has a column."""
        return column in {c.name for c in self.table.columns}

    def at(self, column: str, row: int | str) -> str:
        """The cell of a column in a row."""
        return f"{self.table.name}!${self._letter(column)}{row}"

    def span(self, column: str, rows: int = 0) -> str:
        """The cells of a column: all, or so many."""
        last = HEADER_ROWS + rows if rows else self.last
        letter = self._letter(column)
        return f"{self.table.name}!${letter}${HEADER_ROWS + 1}:${letter}${last}"

    def _letter(self, column: str) -> str:
        letter: str = get_column_letter([c.name for c in self.table.columns].index(column) + 1)
        return letter

    def texts(self, column: str) -> list[str]:
        """What stands in a column; blanks where the sheet has none."""
        if column not in self.frame:
            return [""] * len(self.frame)
        return ["" if pd.isna(value) else text_of(value) for value in self.frame[column]]

    def filled(self) -> Formula:
        """The number of rows down to the last that is filled in."""
        cells = self.span(self.table.key[0])
        text = f'=MAX(0,SUMPRODUCT(MAX(({cells}<>"")*ROW({cells})))-{HEADER_ROWS})'
        return Formula(text, len(self.frame))

    @cached_property
    def labels(self) -> dict[str, str]:
        """Code -> code and name, where a code names a row; none elsewhere."""
        codes = self.texts(self.code) if self.code else []
        names = self.texts("name") if self.has("name") and self.code != "name" else [""] * len(codes)
        return {code: label(code, name) for code, name in zip(codes, names, strict=False)}

    def labelled(self, count: int) -> Iterator[Formula]:
        """Yield code and name of so many rows, where a code names a row."""
        shown = [*self.labels.values(), *[""] * (count - len(self.labels))]
        for row, value in enumerate(shown[:count], start=HEADER_ROWS + 1):
            code = self.at(self.code, row)
            name = self.at("name", row) if self.has("name") and self.code != "name" else ""
            yield Formula(f'=IF({code}="","",{labelling(code, name)})', value)

    def joined(self, count: int, others: Mapping[str, tuple[Rows, Span]]) -> Iterator[Formula]:
        """Yield the keys of so many rows, joined by ``|``: codes of ``others``, by what refers to them, with names."""
        key = self.table.key
        targets = [others.get(self.table.column(name).refers) for name in key]
        told = list(zip(*(self.texts(name) for name in key), strict=True))[:count]
        told += [("",) * len(key)] * (count - len(told))
        for row, parts in enumerate(told, start=HEADER_ROWS + 1):
            shown = [
                part if target is None else target[0].labels.get(part, part)
                for part, target in zip(parts, targets, strict=True)
            ]
            cells = [self.at(name, row) for name in key]
            texts = [
                f'{cell}&""' if target is None else _named(cell, *target)
                for cell, target in zip(cells, targets, strict=True)
            ]
            blank, joined = "&".join(cells), '&"|"&'.join(texts)
            yield Formula(f'=IF({blank}="","",{joined})', "|".join(shown) if any(parts) else "")

    def named(self, column: str, rows: int) -> list[str]:
        """The cells of so many rows of a column of codes, and those of their names where the sheet has them."""
        names = [name for name in (column.replace("_id", "_name"), "name") if self.has(name)]
        return [self.span(name, rows) for name in (column, *names[:1])]

    def distinct(self, column: str) -> dict[str, str]:
        """Code -> name where it stands first, of a column in which a code may stand several times."""
        names = [name for name in (column.replace("_id", "_name"), "name") if self.has(name)]
        told = self.texts(names[0]) if names else [""] * len(self.frame)
        found: dict[str, str] = {}
        for code, name in zip(self.texts(column), told, strict=True):
            if code:
                found.setdefault(code, name)
        return found

    def counted(self, column: str, rows: int, before: str, letter: str, known: int) -> Iterator[Formula]:
        """Yield for each row how many codes stand down to it in a column, after the ``known`` ones of cell ``before``.

        They are to stand in the column ``letter`` from row 1 on.
        """
        cells, seen, texts = self.span(column, rows), set[str](), self.texts(column)
        for number in range(1, rows + 1):
            seen |= {*texts[number - 1 : number]} - {""}
            cell = self.at(column, HEADER_ROWS + number)
            first = f'IF({cell}="",0,N(MATCH({_literally(cell)},{cells},0)={number}))'
            yield Formula(f"={before}+{first}", known + len(seen))
            before = f"{letter}{number}"


def label(code: str, name: str) -> str:
    """Return a code with its name; alone where it has none."""
    return f"{code}{APART}{name.replace('|', '/')}" if code and name else code


def labelling(code: str, name: str = "") -> str:
    """Return the formula of a code with its name, both cells."""
    return f'{code}&IF({name}="","","{APART}"&SUBSTITUTE({name},"|","/"))' if name else f'{code}&""'


def _named(cell: str, rows: Rows, labels: Span) -> str:
    """The formula of the label of a code that may have its name beside it already."""
    codes = rows.span(rows.code, labels.rows)
    return f'IF({cell}="","",IFERROR(INDEX({labels.cells},MATCH({_literally(cell)},{codes},0)),{cell}))'


def _literally(cell: str) -> str:
    """The text of a cell as MATCH looks for it letter by letter: no sign of it stands for others."""
    text = cell
    for sign in "~*?":
        text = f'SUBSTITUTE({text},"{sign}","~{sign}")'
    return text
