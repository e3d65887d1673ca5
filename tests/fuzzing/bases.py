"""Small inputs to be mutated: their sheets as lists of rows, and the smallest package that holds them."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import pandas as pd
from openpyxl.utils import get_column_letter

import tiny
from random_networks import random_network
from random_tables import random_tables
from random_tiers import network_tables
from redesaude.inputs.tables import SETTINGS

Cell = object
Sheets = dict[str, list[list[Cell]]]
Parts = dict[str, bytes]

_WORKBOOK = Path(__file__).parents[1] / "workbooks" / "valid.xlsx"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


@dataclass(frozen=True)
class Raw:
    """A cell as it stands in the XML of its sheet: the attributes of ``c`` and what is in it."""

    attributes: str
    content: str


@dataclass
class Base:
    """An input: its sheets, and the files beside it."""

    sheets: Sheets
    beside: dict[str, bytes] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)


def base(number: int) -> Base:
    """Return a copy of one of the bases: the planner's workbook, tiny ones, networks, tiers, one with a travel file."""
    return deepcopy(_made(number % len(_MAKERS)))


def all_made() -> None:
    """Make every base, once for all the processes that are forked from this one."""
    for number in range(len(_MAKERS)):
        _made(number)


@cache
def _made(number: int) -> Base:
    return _MAKERS[number]()


def _planners() -> Base:
    book = openpyxl.load_workbook(_WORKBOOK)
    return Base({sheet.title: list(map(list, sheet.iter_rows(values_only=True))) for sheet in book.worksheets})


def _tiny() -> Base:
    return Base(sheets_of(tiny.tables()))


def _beside() -> Base:
    tables = tiny.tables()
    text = tables.pop("travel_times").to_csv(index=False).encode()
    made = Base(sheets_of(tables), {"times.csv": text})
    made.sheets["settings"].append(["travel_times_file", "times.csv"])
    return made


_MAKERS: tuple[Callable[[], Base], ...] = (
    _planners,
    _tiny,
    lambda: Base(sheets_of(random_tables(2))),
    lambda: Base(sheets_of(random_tables(3))),
    lambda: Base(sheets_of(random_network(1))),
    lambda: Base(sheets_of(network_tables(1))),
    _beside,
)


def sheets_of(tables: Mapping[str, pd.DataFrame]) -> Sheets:
    """Tables as sheets, with what a workbook must state beside them."""
    made = {name: [list(map(str, frame.columns)), *map(list, frame.astype(object).to_numpy())]
            for name, frame in tables.items()}  # fmt: skip
    stated = {row[0] for row in made.setdefault("settings", [["name", "value"]])}
    made["settings"] += [[s.name, s.default] for s in SETTINGS if s.required and s.name not in stated]
    made.setdefault("periods", [["period_id", "first_year", "years"], ["p1", 2025, 1]])
    made.setdefault("contracts", [["contract_id", "delivery_model"], ["direct", "direct"]])
    return made


# --- the package -------------------------------------------------------------------------------------------------


def parts_of(made: Base) -> Parts:
    """Return the parts of the smallest package with these sheets."""
    names = {title: f"xl/worksheets/sheet{n}.xml" for n, title in enumerate(made.sheets, start=1)}
    listed = "".join(
        f'<sheet name={quoteattr(title)} sheetId="{n}" r:id="rId{n}"/>' for n, title in enumerate(names, start=1)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(names) + 1)
    )
    types = "".join(f'<Override PartName="/{part}" ContentType="{_SHEET_TYPE}"/>' for part in names.values())
    return {
        "[Content_Types].xml": _xml(
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
            f'PartName="/xl/workbook.xml" ContentType="{_BOOK_TYPE}"/>{types}</Types>'
        ),
        "_rels/.rels": _xml(
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": _xml(f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'),
        "xl/_rels/workbook.xml.rels": _xml(
            f'<Relationships xmlns="{_PACKAGE}/relationships">{related}</Relationships>'
        ),
        **{part: _sheet(made.sheets[title], made.extra.get(title, "")) for title, part in names.items()},
    }


def zipped(parts: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """Return the parts as one file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _xml(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode(errors="replace")


def _sheet(rows: list[list[Cell]], extra: str) -> bytes:
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(_cell(f"{get_column_letter(n)}{number}", value) for n, value in enumerate(row, start=1))
        lines.append(f'<row r="{number}">{cells}</row>')
    return _xml(f"<worksheet {_MAIN}><sheetData>{''.join(lines)}</sheetData>{extra}</worksheet>")


def _cell(address: str, value: Cell) -> str:
    if isinstance(value, Raw):
        return f'<c r="{address}" {value.attributes}>{value.content}</c>'
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return f'<c r="{address}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{address}"><v>{value!r}</v></c>'
    return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{escape(_allowed(str(value)))}</t></is></c>'


def _allowed(text: str) -> str:
    """The text without the signs that XML cannot hold."""
    return "".join(c for c in text if c in "\t\n\r" or " " <= c < "\ud800" or "\ue000" <= c < "\ufffe" or c > "\uffff")
