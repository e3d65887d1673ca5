"""Writing input workbooks: blank and commented, of given tables, or of a scenario as it was used.

One writer for all three, driven by ``inputs.tables``, so that whatever it writes the reader reads back unchanged.
The same input gives the same bytes, and a reader never sees half a file.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from openpyxl.utils import get_column_letter

from redesaude.inputs.cell_words import text_of
from redesaude.inputs.checked_book import neutral_tables
from redesaude.inputs.csv_text import harmless
from redesaude.inputs.drop_downs import BLANK_ROWS, rule_of
from redesaude.inputs.guide import Line, guide_lines
from redesaude.inputs.lists_sheet import write_lists
from redesaude.inputs.offered import Lists, lists_of
from redesaude.inputs.offered_rows import HEADER_ROWS
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.settings import Settings
from redesaude.inputs.tables import (
    BY_NAME,
    INPUT,
    SETTINGS,
    SETTINGS_BY_NAME,
    UNIT_ROW_MARK,
    Column,
    Form,
    Table,
)
from redesaude.inputs.tables.units import (
    DEGREES,
    FACTOR,
    MONEY,
    MONEY_CASE,
    MONEY_MONTH,
    MONEY_YEAR,
    PEOPLE,
    RATE,
    SHARE,
)
from redesaude.inputs.todo_sheet import Todo, write_todo
from redesaude.language import N_, Translator, translator

_SPARE_ROWS = 200
_FIXED_DATE = dt.datetime(2000, 1, 1)
_WIDEST = 42
#: travel matrices beyond this are written as a CSV file beside the workbook
_MOST_TRAVEL_ROWS = 200_000

_NUMBER_FORMATS = {
    MONEY: "#,##0",
    MONEY_YEAR: "#,##0",
    MONEY_MONTH: "#,##0",
    MONEY_CASE: "#,##0.00",
    PEOPLE: "#,##0",
    SHARE: "0.0###",
    RATE: "0.0###",
    FACTOR: "0.0###",
    DEGREES: "0.00000",
}
_KIND_WORDS = {
    "id": N_("code"),
    "text": N_("text"),
    "flag": N_("yes/no"),
    "choice": N_("choice"),
    "reference": N_("code"),
    "references": N_("codes, separated by commas"),
    "number": N_("number"),
    "integer": N_("whole number"),
}
_STYLES: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 16, "font_color": "#1F3864", "valign": "vcenter"},
    "heading": {"bold": True, "font_size": 12, "font_color": "#1F3864", "bottom": 1, "valign": "bottom"},
    "text": {"text_wrap": True, "valign": "top"},
    "pair": {"bold": True, "valign": "top"},
    "sheet": {"font_color": "#0563C1", "underline": 1, "valign": "top"},
    "required": {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1, "valign": "vcenter"},
    "given": {"bold": True, "bg_color": "#E7E6E6", "font_color": "#595959", "border": 1, "valign": "vcenter"},
    "optional": {"bold": True, "bg_color": "#DDEBF7", "font_color": "#1F3864", "border": 1, "valign": "vcenter"},
    "unit": {"italic": True, "font_size": 9, "font_color": "#595959", "text_wrap": True, "valign": "top", "bottom": 1},
    "name": {"bold": True, "valign": "top"},
    "plain": {"valign": "top"},
    "id": {"num_format": "@", "valign": "top"},
    "note": {"text_wrap": True, "valign": "top", "font_color": "#595959"},
}


def write_workbook(
    path: Path | str,
    tables: Mapping[str, pd.DataFrame],
    settings: Mapping[str, object] | None = None,
    language: str = "en",
    *,
    blank: bool = False,
    todo: Sequence[Todo] = (),
) -> None:
    """Write ``tables`` (sheet name -> rows, any of the declared columns) as an input workbook at ``path``.

    Settings not given hold their default. A ``blank`` workbook has the neutral period and contract to start from, and
    drop-downs on more empty rows. Guide, units, comments and notes are in ``language``; a draft says on a sheet of its
    own what is ``todo`` first.

    Raises
    ------
    ValueError
        for a sheet, column or setting that is not declared, or an unknown language.

    """
    _check_names(tables, settings or {})
    values = asdict(Settings()) | dict(settings or {})
    if blank:
        tables = neutral_tables(replace(Settings(), **dict[str, Any](settings or {}))) | dict(tables)
    with _opened(path, INPUT, str(values["title"])) as book:
        t = translator(language)
        spare = BLANK_ROWS if blank else _SPARE_ROWS
        _Writer.start(book, tables, t, spare=spare).write(tables, list(guide_lines(t)), values, todo)


def write_form(
    path: Path | str, form: Form, tables: Mapping[str, pd.DataFrame], *, guide: Sequence[Line], language: str
) -> None:
    """Write ``tables`` as a workbook of ``form`` to be filled in, after its ``guide`` (lines in ``language``)."""
    with _opened(path, form, "") as book:
        _Writer.start(book, tables, translator(language), form).write(tables, guide)


@contextmanager
def _opened(path: Path | str, form: Form, title: str) -> Iterator[Any]:
    """Give the workbook of ``form`` to be written at ``path``."""
    with _replacing(Path(path)) as temporary:
        book = xlsxwriter.Workbook(
            str(temporary),
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "in_memory": form is not INPUT,  # half the time; shipped scenarios keep the bytes of files
            },
        )
        book.set_properties({"created": _FIXED_DATE, "title": title})
        book.set_custom_property(form.format_property, form.format)
        yield book
        book.close()


def write_scenario(path: Path | str, scenario: Scenario, language: str | None = None) -> None:
    """Write ``scenario``, the input as used, as a workbook that reads back to the same tables.

    A travel matrix too large for a sheet goes to ``<name>-travel_times.csv`` beside it, unless a spreadsheet would run
    one of its ids there.
    """
    path = Path(path)
    tables = scenario.tables()
    settings = replace(scenario.settings, travel_times_file="")
    if len(tables["travel_times"]) > _MOST_TRAVEL_ROWS and _harmless(tables["travel_times"]):
        beside = path.with_name(f"{path.stem}-travel_times.csv")
        with _replacing(beside) as temporary:
            tables.pop("travel_times").to_csv(temporary, index=False, encoding="utf-8", lineterminator="\n")
        settings = replace(settings, travel_times_file=beside.name)
    write_workbook(path, tables, asdict(settings), language or scenario.settings.language)


def _harmless(times: pd.DataFrame) -> bool:
    ids = {*times["origin_id"].unique(), *times["destination_id"].unique()}
    return all(harmless(name) == name for name in ids)


def _check_names(tables: Mapping[str, pd.DataFrame], settings: Mapping[str, object]) -> None:
    strange = [name for name in tables if name not in BY_NAME or name == "settings"]
    strange += [name for name in settings if name not in SETTINGS_BY_NAME]
    for name in set(tables) & set(BY_NAME):
        declared = {column.name for column in BY_NAME[name].columns}
        strange += [f"{name}.{column}" for column in tables[name].columns if column not in declared]
    if strange:
        raise ValueError(f"not declared in inputs.tables: {', '.join(strange)}")


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Give a temporary file beside ``path`` to write to, and put it in its place only when that went well."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Writer:
    """The open workbook with its styles, what its drop-downs offer, and the last row of each sheet."""

    book: Any
    styles: Mapping[str, Any]
    numbers: Mapping[str, Any]
    lists: Lists
    last_rows: Mapping[str, int]
    translate: Translator
    form: Form = INPUT

    @classmethod
    def start(
        cls,
        book: Any,
        tables: Mapping[str, pd.DataFrame],
        translate: Translator,
        form: Form = INPUT,
        spare: int = _SPARE_ROWS,
    ) -> _Writer:
        styles = {name: book.add_format(style) for name, style in _STYLES.items()}
        codes = sorted({*_NUMBER_FORMATS.values(), "General"})
        numbers = {code: book.add_format({"num_format": code, "valign": "top"}) for code in codes}
        last = {t.name: HEADER_ROWS + len(tables.get(t.name, ())) + spare for t in form.tables}
        return cls(book, styles, numbers, lists_of(form, tables, last), last, translate, form)

    def write(
        self,
        tables: Mapping[str, pd.DataFrame],
        guide: Sequence[Line],
        settings: Mapping[str, object] | None = None,
        todo: Sequence[Todo] = (),
    ) -> None:
        """Write every sheet in order: guide, the sheets of the form, and the hidden one of what drop-downs offer."""
        self._guide(guide)
        if todo:
            write_todo(self.book, self.styles, todo, tables, self.translate)
        for table in self.form.tables:
            sheet = self.book.add_worksheet(table.name)
            self._header(sheet, table)
            if settings is not None and table.name == "settings":
                self._settings(sheet, settings)
            else:
                self._table(sheet, table, tables.get(table.name, pd.DataFrame()))
            self._page(sheet, table)
        write_lists(self.book, self.lists)

    def _guide(self, lines: Sequence[Line]) -> None:
        sheet = self.book.add_worksheet("guide")
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 86)
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 1)
        for row, (style, first, second) in enumerate(lines):
            form = self.styles[style]
            if style == "sheet":
                sheet.write_url(row, 0, f"internal:'{first}'!A1", form, first)
            elif style == "pair":
                sheet.write_string(row, 0, first, form)
            else:
                sheet.merge_range(row, 0, row, 1, first, form)
                sheet.set_row(row, 24 if style in {"title", "heading"} else 15 * (1 + len(first) // 120))
            if second:
                sheet.write_string(row, 1, second, self.styles["text"])

    def _header(self, sheet: Any, table: Table) -> None:
        for i, column in enumerate(table.columns):
            style = self.styles[self._look(column)]
            sheet.write_string(0, i, column.name, style)
            sheet.write_string(1, i, self._unit_text(column), self.styles["unit"])
            sheet.write_comment(0, i, self._comment(column), {"x_scale": 2, "y_scale": 1.2, "author": "redesaude"})
        sheet.set_row(0, 20)
        sheet.set_row(1, 60)
        sheet.freeze_panes(HEADER_ROWS, 1)

    def _look(self, column: Column) -> str:
        return "given" if column.name in self.form.given else "required" if column.required else "optional"

    def _unit_text(self, column: Column) -> str:
        unit = column.unit or _KIND_WORDS[column.kind]
        need = f" ({self.translate(N_('required'))})" if column.required else ""
        return f"{UNIT_ROW_MARK}{self.translate(unit)}] {self.translate(column.meaning)}{need}"

    def _comment(self, column: Column) -> str:
        t = self.translate
        unit = f" [{t(column.unit)}]" if column.unit else ""
        lines = [t(column.meaning) + unit, t(_KIND_WORDS[column.kind])]
        if column.choices:
            lines.append(t(N_("one of: {choices}"), choices=", ".join(column.choices)))
        if column.refers:
            lines.append(t(N_("a code of {target}"), target=" / ".join((column.refers, *column.words))))
        lines += [self._limits_text(column)] if column.low is not None or column.high is not None else []
        if column.required:
            lines.append(t(N_("must be filled in")))
        elif column.default not in (None, ""):
            lines.append(t(N_("if blank: {default}"), default=_shown_default(column)))
        return "\n".join(lines)

    def _limits_text(self, column: Column) -> str:
        if column.high is None:
            return self.translate(N_("{low} or more"), low=f"{column.low:g}")
        return self.translate(N_("from {low} to {high}"), low=f"{column.low:g}", high=f"{column.high:g}")

    def _settings(self, sheet: Any, values: Mapping[str, object]) -> None:
        for row, setting in enumerate(SETTINGS, start=HEADER_ROWS):
            sheet.write_string(row, 0, setting.name, self.styles["name"])
            self._cell(sheet, row, 1, setting, values[setting.name])
            sheet.write_string(row, 2, self.translate(setting.unit or _KIND_WORDS[setting.kind]), self.styles["note"])
            sheet.write_string(row, 3, self._comment(setting).replace("\n", "; "), self.styles["note"])
            self._validate(sheet, setting, (row, 1, row, 1))
        for i, width in enumerate((26, 40, 18, 100)):
            sheet.set_column(i, i, width)

    def _table(self, sheet: Any, table: Table, frame: pd.DataFrame) -> None:
        last = self.last_rows[table.name]
        for i, column in enumerate(table.columns):
            texts = [column.name]
            if column.name in frame.columns:
                for row, value in enumerate(frame[column.name], start=HEADER_ROWS):
                    texts.append(self._cell(sheet, row, i, column, value))
            width = min(max(len(text) for text in texts) + 2, _WIDEST)
            sheet.set_column(i, i, max(width, 14), self._format(column))
            self._validate(sheet, column, (HEADER_ROWS, i, last, i), table)
        if len(frame):
            sheet.autofilter(1, 0, len(frame) + 1, len(table.columns) - 1)

    def _cell(self, sheet: Any, row: int, i: int, column: Column, value: Any) -> str:
        """Write one value by its kind and return it as text; text is never taken for a formula or a link."""
        value = _cell_value(column, value)
        if isinstance(value, float):
            sheet.write_number(row, i, value, self._format(column))
        elif value:
            sheet.write_string(row, i, value, self._format(column))
        return str(value)

    def _format(self, column: Column) -> Any:
        if column.kind in {"number", "integer"}:
            return self.numbers[_NUMBER_FORMATS.get(column.unit, "General")]
        return self.styles["id" if column.kind in {"id", "reference", "references"} else "plain"]

    def _validate(
        self, sheet: Any, column: Column, cells: tuple[int, int, int, int], table: Table | None = None
    ) -> None:
        names = [other.name for other in table.columns] if table and column.offers else []
        beside = f"${get_column_letter(names.index('sheet') + 1)}{cells[0] + 1}" if names else ""
        rule = rule_of(column, self.lists, beside)
        if rule:
            sheet.data_validation(*cells, {**rule, "ignore_blank": True, "error_type": "warning"})

    def _page(self, sheet: Any, table: Table) -> None:
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, HEADER_ROWS - 1)
        sheet.set_footer("&L&F&C&A&R&P / &N")
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        sheet.set_tab_color("#1F4E79" if table.required else "#9DC3E6")


def _cell_value(column: Column, value: Any) -> float | str:
    """A number, or the text that reads back to ``value``; blank is ``""``."""
    if isinstance(value, (list, tuple)):
        return ", ".join(value)
    if value is None or pd.isna(value):
        return ""
    if column.kind in {"number", "integer"}:
        return float(value)
    return text_of(value)


def _shown_default(column: Column) -> str:
    return text_of(column.default)
