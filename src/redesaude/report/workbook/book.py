"""A workbook of the report as a file: its sheets in order, their look in print, and its properties."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import quote_sheetname, xl_range_abs

from redesaude.language import N_
from redesaude.report.terms import STATUSES
from redesaude.report.view import View
from redesaude.report.workbook.sheet import Sheet
from redesaude.report.workbook.styles import FONT, Styles

#: text is text; column widths count in digits of the default font, which every program must therefore have
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,  # cells are there already: files of their text, read again, take twice the time
    "default_format_properties": {"font_name": FONT, "font_size": 10},
}
_CREATED = datetime(2000, 1, 1)  # fixed, so that the same plan gives the same bytes
_A4 = 9
_FOOT = 10  # points of the letters at the foot of a page, which shrink with the sheet
_LETTERS = 1.95  # letters of a footer in the width of a square one
_LONGEST_FOOT = 80  # of its left part; the format allows 255 letters and codes in all
_NUMBERS = 12  # letters of the numbers of pages, and of what stands between the parts of a footer

T = TypeVar("T")


@dataclass(frozen=True)
class Look:
    """A workbook in print: of the sheets ``on_screen`` only the first page is printed."""

    on_screen: Container[str] = ()


class Book:
    """An Excel workbook under construction; :meth:`close` writes it.

    ``titles`` are its sheets in order: name -> title, to be translated (blank: the title of the scenario). On its tab
    stands the name, or where ``tabs`` has a word for it that word in the reader's language; in English, whose words the
    names are, the name. The note of a sheet ends with its ``remarks``. ``subject`` is the part of
    the plan that the book is about (blank: all of it).
    """

    def __init__(
        self,
        path: Path,
        view: View,
        titles: Mapping[str, str],
        remarks: Mapping[str, str] = MappingProxyType({}),
        *,
        look: Look = Look(),
        subject: str = "",
        tabs: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.view, self.titles, self.remarks = view, titles, remarks
        self._look, self._subject = look, subject
        self.workbook: Any = xlsxwriter.Workbook(str(path), deepcopy(_OPTIONS))  # it writes into what it is given
        self.workbook.set_properties({"title": view.title, "created": _CREATED, "author": "redesaude"})
        self.styles = Styles(self.workbook, view.numbers.money_format(), view.t.language)
        self._open: list[Sheet] = []
        own = view.t.language == "en"
        #: what stands on the tab of each sheet
        self.tabs = {name: name if own or name not in tabs else view.t(tabs[name]) for name in titles}
        self._worksheets = {name: self.workbook.add_worksheet(tab) for name, tab in self.tabs.items()}
        self._pages: dict[Callable[[Book], Any], Any] = {}

    def page(self, write: Callable[[Book], T]) -> T:
        """Return what the page written by ``write`` has for others to point at; it is written now if it was not yet."""
        if write not in self._pages:
            self._pages[write] = write(self)
        found: T = self._pages[write]
        return found

    def sheet(self, name: str, widths: Sequence[float], note: str = "", *, tall: bool = False) -> Sheet:
        """Open sheet ``name`` (one of the book's) with its title and a note.

        ``widths`` are those of the printed columns; ``tall`` prints the sheet upright on one page
        and no other.
        """
        worksheet = self._worksheets[name]
        self._print_setup(worksheet, tall)
        sheet = Sheet(worksheet, self.styles, widths, self.view.t(N_("nothing to list")))
        if tall:
            sheet.paper.turn()
            sheet.paper.endless = sheet.paper.only = True
        title, note = self.titles[name], f"{note} {self.remarks.get(name, '')}".strip()
        sheet.title(self.view.t(title) if title else self.view.title, self._subtitle(), note)
        self._open.append(sheet)
        return sheet

    def rows(self, name: str, frame: pd.DataFrame, keys: Sequence[str]) -> list[str]:
        """Return where the rows of ``frame`` stand on sheet ``name``: the first cell (``costs!A5``) of the first row of
        its tables that is the same in ``keys``; blank where there is none.
        """
        found: dict[tuple[Any, ...], str] = {}
        for sheet in self._open:
            for block, rows in sheet.tables if sheet.name == self.tabs[name] else ():
                if {*keys} <= {*rows.columns}:
                    first = min(block.columns, key=lambda key: block.columns[key])
                    for n, key in enumerate(rows[[*keys]].itertuples(index=False, name=None)):
                        found.setdefault(key, block.cell(first, n).replace("$", ""))
        return [found.get(key, "") for key in frame[[*keys]].itertuples(index=False, name=None)]

    def unseen(self, name: str, widths: Sequence[float]) -> Sheet:
        """Open a sheet, not one of the book's titles, for numbers that only charts show: hidden and never printed."""
        worksheet = self.workbook.add_worksheet(name)
        worksheet.hide()
        return Sheet(worksheet, self.styles, widths, self.view.t(N_("nothing to list")))

    def chart(self, kind: str, subtype: str | None = None) -> Any:
        """Return a new chart of XlsxWriter's ``kind`` (``bar``, ``column``, ``line``)."""
        return self.workbook.add_chart({"type": kind, **({"subtype": subtype} if subtype else {})})

    def name(self, name: str, cell: str) -> None:
        """Give a cell (``sheet!$A$1``) the name by which readers and formulas of others find it; blank: none."""
        if name:
            self.workbook.define_name(name, f"={cell}")

    def close(self) -> None:
        """Set what is printed (the declared widths, not what stands beyond them unasked) and write the file."""
        for sheet in self._open:
            on_screen = sheet.name in self._look.on_screen
            areas = sheet.close(min(sheet.row, sheet.paper.first_page) if on_screen else sheet.row)
            self._foot(sheet)
            ranges = ",".join(f"{quote_sheetname(sheet.name)}!{xl_range_abs(*area)}" for area in areas)
            self.workbook.define_name(f"{sheet.name}!_xlnm.Print_Area", f"={ranges}")
        self.workbook.close()

    def _subtitle(self) -> str:
        parts = (self._subject, self.view.title, self.view.variant, self._status())
        return " · ".join(part for part in parts if part)

    def _status(self) -> str:
        return self.view.t(STATUSES[self.view.plan.status.value].name)

    def _print_setup(self, worksheet: Any, tall: bool) -> None:
        worksheet.hide_gridlines(2)
        worksheet.set_paper(_A4)
        worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        worksheet.fit_to_pages(1, 1 if tall else 0)
        if not tall:
            worksheet.set_landscape()

    def _foot(self, sheet: Sheet) -> None:
        """Whose plan it is on the left, as far as the width of the page holds it; its status, sheet and page."""
        size, right = _FOOT, f"{self._status()} · "
        taken = len(right) + len(sheet.name) + _NUMBERS
        room = int(sheet.paper.across * _LETTERS / size) - taken
        room = min(room, _LONGEST_FOOT)
        whole = f"{self.view.title} · {self.view.variant}"
        left = _footer(whole if len(whole) <= room else self.view.title, room)
        sheet.worksheet.set_footer(f"&L&{size}{left}&R&{size}{_footer(right, len(right))}&A · &P/&N")


def _footer(text: str, limit: int) -> str:
    """Shorten ``text`` to the words that ``limit`` characters hold.

    An ampersand is a code in a footer, and a digit would join the size.
    """
    whole = text if len(text) <= limit else text[:limit].rpartition(" ")[0].rstrip(" -·") + "…"
    return " " + whole.replace("&", "&&")
