"""The sheets of a workbook as they stand: values, formulas without a value, merges, hidden and struck rows.

One pass over each part (:mod:`.package`). Transitional and strict workbooks, and those of other programs, differ in
namespaces, prefixes, part names and which attributes they leave out; none of that matters here.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.xmlreader import AttributesImpl

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel, from_ISO8601
from openpyxl.utils.escape import unescape

from redesaude.inputs.package import Handler, MissingPartError, Package, PackageError, PartLimitError, PartLimits

_EXCEL_ROWS, _EXCEL_COLUMNS = 1_048_576, 16_384
_DIGITS = "0123456789"


class Uncalculated:
    """Stands in a cell whose formula was saved without its value."""

    def __repr__(self) -> str:
        return "formula without value"


UNCALCULATED = Uncalculated()


@dataclass(frozen=True)
class CellLimits:
    """Most filled cells of a sheet, and most characters of all its texts and of the shared ones."""

    cells: int = 3_000_000
    characters: int = 60_000_000


@dataclass
class SheetCells:
    """What stands on one sheet: ``rows`` (row number -> column number -> value, both from 1, blanks left out),
    ``merged`` ranges, and the numbers of rows that are ``hidden`` or whose every value is ``struck`` through.
    """

    rows: dict[int, dict[int, Any]] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    struck: set[int] = field(default_factory=set)


class WorkbookReader:
    """The sheets of an open ``archive`` by title, each read when asked for. PackageError if it cannot be read."""

    def __init__(
        self, archive: zipfile.ZipFile, parts: PartLimits | None = None, limits: CellLimits | None = None
    ) -> None:
        self._package = Package(archive, parts)
        self._limits = limits or CellLimits()
        book = _named(self._package.relations(""), "officeDocument", "workbook")
        listed = _Sheets()
        self._package.parse(book, listed)
        relations = self._package.relations(book)
        self._parts = {
            title: relations[key].part if key in relations else ""
            for title, key in listed.titles
            if _is_sheet(relations, key)
        }
        self._epoch = CALENDAR_MAC_1904 if listed.from_1904 else CALENDAR_WINDOWS_1900
        self._styles = _Styles()
        self._texts: list[str] = []
        for kind, handler in (("styles", self._styles), ("sharedStrings", shared := _SharedTexts(self._limits))):
            if any(r.kind == kind for r in relations.values()):
                self._package.parse(_named(relations, kind, kind), handler)
        self._texts = shared.texts

    @property
    def titles(self) -> list[str]:
        """Names of the sheets with cells, in order."""
        return list(self._parts)

    def properties(self) -> Mapping[str, str]:
        """Return the properties of the file that programs give it, as text by name; PackageError if damaged."""
        part = next((r.part for r in self._package.relations("").values() if r.kind == "custom-properties"), "")
        handler = _Properties()
        if part in self._package:
            self._package.parse(part, handler)
        return handler.found

    def read(self, title: str) -> SheetCells:
        """Return what stands on a sheet; PackageError naming the part if it is missing, damaged or too large."""
        part = self._parts[title]
        if not part or part not in self._package:
            raise MissingPartError(part or title, "no such part")
        handler = _Cells(self._texts, self._styles, self._epoch, self._limits)
        self._package.parse(part, handler)
        return handler.sheet


def _named(relations: Mapping[str, Any], kind: str, what: str) -> str:
    found = next((r.part for r in relations.values() if r.kind == kind), None)
    if found is None:
        raise MissingPartError(what, "no such part")
    return str(found)


def _is_sheet(relations: Mapping[str, Any], key: str) -> bool:
    """Charts and macro sheets have no table; a sheet without its relation is one whose part is missing."""
    return key not in relations or relations[key].kind == "worksheet"


class _Sheets(Handler):
    """Titles and relation ids of the sheets, and where dates count from."""

    def __init__(self) -> None:
        super().__init__()
        self.titles: list[tuple[str, str]] = []
        self.from_1904 = False

    def begin(self, name: str, attrs: AttributesImpl) -> None:
        if name == "sheet":
            key = next((value for key, value in attrs.items() if key.rpartition(":")[2] == "id"), "")
            self.titles.append((attrs.get("name", ""), key))
        elif name == "workbookPr":
            self.from_1904 = attrs.get("date1904", "0") in {"1", "true"}


class _Properties(Handler):
    """Properties of the file by name, of whatever type."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._name = ""

    def begin(self, name: str, attrs: AttributesImpl) -> None:
        if name == "property":
            self._name = attrs.get("name", "")
            self.listen()

    def end(self, name: str) -> None:
        if name == "property":
            self.found[self._name] = self.heard()


class _Styles(Handler):
    """Which cell styles are dates, spans of time, or struck through, by their number."""

    def __init__(self) -> None:
        super().__init__()
        self.date: list[bool] = []
        self.span: list[bool] = []
        self.struck: list[bool] = []
        self._formats: dict[int, str] = {}
        self._fonts: list[bool] = []
        self._inside = ""

    def begin(self, name: str, attrs: AttributesImpl) -> None:
        if name in {"fonts", "cellXfs", "cellStyleXfs", "dxfs"}:
            self._inside = name
        elif name == "numFmt" and self._inside != "dxfs":
            self._formats[int(attrs.get("numFmtId", "-1"))] = attrs.get("formatCode", "")
        elif name == "font" and self._inside == "fonts":
            self._fonts.append(False)
        elif name == "strike" and self._inside == "fonts" and self._fonts:
            self._fonts[-1] = attrs.get("val", "1") not in {"0", "false"}
        elif name == "xf" and self._inside == "cellXfs":
            number, font = int(attrs.get("numFmtId", "0")), int(attrs.get("fontId", "0"))
            code = self._formats.get(number, BUILTIN_FORMATS.get(number, "General"))
            self.date.append(bool(is_date_format(code)))
            self.span.append(bool(is_timedelta_format(code)))
            self.struck.append(font < len(self._fonts) and self._fonts[font])

    def end(self, name: str) -> None:
        if name == self._inside:
            self._inside = ""


class _Text(Handler):
    """Text of runs, without the readings that Asian texts carry beside them."""

    def __init__(self, limits: CellLimits) -> None:
        super().__init__()
        self._pieces: list[str] = []
        self._reading = False
        self._characters_left = limits.characters

    def begin(self, name: str, attrs: AttributesImpl) -> None:
        if name == "t" and not self._reading:
            self.listen()
        elif name == "rPh":
            self._reading = True

    def end(self, name: str) -> None:
        if name == "t" and self.listening:
            self._pieces.append(self.heard())
        elif name == "rPh":
            self._reading = False

    def taken(self) -> str:
        """Return the text of the runs since the last call."""
        written = "".join(self._pieces)
        self._pieces.clear()
        text = unescape(written)
        if any("\ud800" <= letter <= "\udfff" for letter in text):  # half a letter cannot be written anywhere
            text = written
        self._characters_left -= len(text)
        if self._characters_left < 0:
            raise PartLimitError("", "too much text")
        return str(text)


class _SharedTexts(_Text):
    def __init__(self, limits: CellLimits) -> None:
        super().__init__(limits)
        self.texts: list[str] = []

    def end(self, name: str) -> None:
        super().end(name)
        if name == "si":
            self.texts.append(self.taken())


class _Cells(_Text):
    """The cells of one sheet; cells and rows that do not say where they stand follow the ones before them."""

    def __init__(self, texts: Sequence[str], styles: _Styles, epoch: Any, limits: CellLimits) -> None:
        super().__init__(limits)
        self.sheet = SheetCells()
        self._texts, self._styles, self._epoch = texts, styles, epoch
        self._cells_left = limits.cells
        self._row = self._column = 0
        self._cells: dict[int, Any] = {}
        self._plain = False
        self._kind, self._style = "n", -1
        self._value: str | None = None
        self._formula = False

    def begin(self, name: str, attrs: AttributesImpl) -> None:
        if name == "row":
            self._begin_row(attrs)
        elif name == "c":
            self._begin_cell(attrs)
        elif name == "v":
            self.listen()
        elif name == "f":
            self._formula = True
        elif name == "mergeCell":
            self.sheet.merged.append(attrs.get("ref", ""))
        else:
            super().begin(name, attrs)

    def end(self, name: str) -> None:
        if name == "v":
            self._value = self.heard()
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        else:
            super().end(name)

    def _begin_row(self, attrs: AttributesImpl) -> None:
        number = int(attrs.get("r", str(self._row + 1)))
        if not self._row < number <= _EXCEL_ROWS:
            raise PackageError("", f"row {number} after row {self._row}")
        self._row, self._column, self._cells, self._plain = number, 0, {}, False
        if attrs.get("hidden", "0") in {"1", "true"}:
            self.sheet.hidden.add(number)

    def _begin_cell(self, attrs: AttributesImpl) -> None:
        place = attrs.get("r", "")
        letters = place.rstrip(_DIGITS)
        column = column_index_from_string(letters) if place else self._column + 1
        if not self._column < column <= _EXCEL_COLUMNS or place not in {"", f"{letters}{self._row}"}:
            raise PackageError("", f"cell {place or column} in row {self._row}")
        self._column = column
        self._kind, self._style = attrs.get("t", "n"), int(attrs.get("s", "-1"))
        self._value, self._formula = None, False

    def _end_cell(self) -> None:
        value = self._typed()
        if value is None:
            return
        self._cells_left -= 1
        if self._cells_left < 0:
            raise PartLimitError("", "too many cells")
        self._cells[self._column] = value
        self._plain = self._plain or not self._is(self._styles.struck)

    def _end_row(self) -> None:
        if not self._cells:
            return
        self.sheet.rows[self._row] = self._cells
        if not self._plain:
            self.sheet.struck.add(self._row)

    def _is(self, flags: Sequence[bool]) -> bool:
        return 0 <= self._style < len(flags) and flags[self._style]

    def _typed(self) -> Any:
        """Return what the cell holds; None if it is blank, a mark if its formula has no value."""
        if self._kind == "inlineStr":
            return self.taken()
        if not self._value:  # a formula whose result is an empty text has a value
            return UNCALCULATED if self._formula and self._kind != "str" else None
        return self._read(self._value)

    def _read(self, value: str) -> Any:
        match self._kind:
            case "n":
                return self._number(value)
            case "s":
                return self._texts[int(value)]
            case "b":
                return value.strip() not in {"0", "false"}
            case "d":
                return from_ISO8601(value)
            case _:  # str and e: text, or an error such as #N/A, which the checks of cells tell
                self._pieces.append(value)
                return self.taken()

    def _number(self, text: str) -> Any:
        number = float(text)
        if not math.isfinite(number):
            return text
        if self._is(self._styles.date):
            return self._date(number)
        return int(number) if number.is_integer() and "." not in text and "e" not in text.lower() else number

    def _date(self, number: float) -> Any:
        try:
            return from_excel(number, self._epoch, timedelta=self._is(self._styles.span))
        except (OverflowError, ValueError):  # beyond any calendar: a number that someone formatted as a date
            return number
