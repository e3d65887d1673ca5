"""The reader of workbooks: whatever program wrote them, and whatever someone did to them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

from redesaude.errors import InputError
from redesaude.inputs.container import Limits
from redesaude.inputs.package import PackageError, PartLimits
from redesaude.inputs.sheet_reader import UNCALCULATED, CellLimits, WorkbookReader
from redesaude.inputs.workbook import read_tables

VALID = Path(__file__).parents[1] / "workbooks" / "valid.xlsx"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def package(sheet: str, *, extra: dict[str, str | bytes] | None = None, target: str = "worksheets/sheet1.xml") -> bytes:
    """The smallest workbook with one sheet ``t`` of this XML; ``extra`` parts are added or take the place of others."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships><Relationship Id="a" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="t" r:id="b"/></sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="b" Type="{OFFICE}/worksheet" '
        f'Target="{target}"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts, **(extra or {})}.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def sheet_of(rows: str, after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def rows_of(content: bytes, limits: CellLimits | None = None) -> dict[int, dict[int, object]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return WorkbookReader(archive, limits=limits).read("t").rows


ONE = '<row r="1"><c r="B1"><v>7</v></c></row>'


PREFIXED = (
    f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row><x:c r="B1"><x:v>7</x:v></x:c></x:row></x:sheetData>'
    "</x:worksheet>"
)
WIDE = ('<?xml version="1.0" encoding="UTF-16"?>' + sheet_of(ONE)).encode("utf-16")
OTHER_CASE = {"xl/Worksheets/Sheet1.XML": sheet_of(ONE)}


@pytest.mark.parametrize(
    "content",
    [
        package(sheet_of(ONE)),
        package(sheet_of(ONE).replace(MAIN, STRICT)),
        package(PREFIXED),
        package("", extra={"xl/worksheets/sheet1.xml": WIDE}),
        package(sheet_of(ONE).replace('"', "'")),
        package("", extra=OTHER_CASE, target="/xl/worksheets/SHEET1.xml"),
        package("", extra={"data/a b.bin": sheet_of(ONE)}, target="../data/a%20b.bin"),
        package("", extra={"xl\\w\\1.xml": sheet_of(ONE)}, target="w\\1.xml"),
    ],
    ids=["usual", "strict", "prefixed", "utf-16", "single quotes", "other case", "odd place", "backslashes"],
)  # fmt: skip
def test_the_same_sheet_in_other_clothes(content: bytes):
    assert rows_of(content) == {1: {2: 7}}


def test_cells_and_rows_may_leave_out_where_they_stand():
    assert rows_of(
        package(sheet_of("<row><c><v>1</v></c><c><v>2.5</v></c></row><row/><row><c><v>3</v></c></row>"))
    ) == {
        1: {1: 1, 2: 2.5},
        3: {1: 3},
    }


def test_every_kind_of_cell():
    sheet = sheet_of(
        '<row><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="str"><f>A1</f><v>x</v></c>'
        '<c t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r><rPh><t>no</t></rPh></is></c>'
        '<c t="d"><v>2026-01-31</v></c><c><v>1e400</v></c><c><f>1/3</f></c><c t="str"><f>""</f></c><c s="9"/></row>'
    )
    values = rows_of(package(sheet))[1]
    assert values == {1: True, 2: "#N/A", 3: "x", 4: "a b", 5: dt.date(2026, 1, 31), 6: "1e400", 7: UNCALCULATED}


def test_what_openpyxl_writes_is_read_alike(tmp_path: Path):
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "t"
    sheet.append([1, 2.5, "x", True, dt.datetime(2026, 1, 2, 3, 4), dt.date(2026, 1, 2), "é", "=1+1"])
    sheet.append([None, None, "struck"])
    sheet["C2"].font = Font(strike=True)
    sheet.append(["hidden"])
    sheet.row_dimensions[3].hidden = True
    sheet.merge_cells("A4:B5")
    book.save(tmp_path / "b.xlsx")
    with zipfile.ZipFile(tmp_path / "b.xlsx") as archive:
        read = WorkbookReader(archive).read("t")
    expected = openpyxl.load_workbook(tmp_path / "b.xlsx", data_only=True)["t"]
    assert list(read.rows[1].values()) == [*(cell.value for cell in expected[1][:7]), UNCALCULATED]
    assert (read.struck, read.hidden, read.merged) == ({2}, {3}, ["A4:B5"])


@pytest.mark.parametrize(
    "content",
    [
        package(sheet_of('<row r="2"/><row r="1"/>')),
        package(sheet_of('<row r="1"/><row r="1"/>')),
        package(sheet_of('<row r="1"><c r="B1"/><c r="A1"/></row>')),
        package(sheet_of('<row r="1"><c r="A2"/></row>')),
        package(sheet_of('<row r="1048577"/>')),
        package(sheet_of('<row r="1"><c t="s"><v>5</v></c></row>')),
        package(sheet_of('<row r="x"/>')),
        package(sheet_of(ONE) + "<"),
        package('<!DOCTYPE a [<!ENTITY b "c">]>' + sheet_of(ONE)),
        package(sheet_of(ONE), extra={"xl/_rels/workbook.xml.rels": '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'}),
        package("", extra={"xl/worksheets/sheet1.xml": b"\xff\xfe\xfd"}),
    ],
    ids=[
        "rows out of order", "a row twice", "cells out of order", "a cell in another row", "beyond the last row",
        "a shared text that is not there", "no number of a row", "cut short", "entity", "outside", "no text at all",
    ],
)  # fmt: skip
def test_a_damaged_sheet_is_refused_whole(content: bytes):
    with pytest.raises(PackageError):
        rows_of(content)


def test_what_holds_too_much_is_refused():
    many = package(sheet_of("".join(f'<row><c t="inlineStr"><is><t>{"x" * 9}</t></is></c></row>' for _ in range(50))))
    assert len(rows_of(many)) == 50
    for limits in (CellLimits(cells=49), CellLimits(characters=449)):
        with pytest.raises(PackageError):
            rows_of(many, limits)
    with zipfile.ZipFile(io.BytesIO(many)) as archive, pytest.raises(PackageError):
        WorkbookReader(archive, PartLimits(elements=100)).read("t")


def rewritten(change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The valid workbook with each part as ``change`` makes it; None leaves it out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(VALID) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if (content := change(name, old.read(name))) is not None:
                new.writestr(name, content)
    return buffer.getvalue()


def codes(tmp_path: Path, content: bytes, limits: Limits | None = None) -> list[tuple[str, str]]:
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    try:
        return [(p.code, p.sheet) for p in read_tables(path, limits).problems]
    except InputError as error:
        return [(p.code, p.sheet) for p in error.problems]


def test_a_missing_part_of_an_optional_sheet_is_told(tmp_path: Path):
    titles = openpyxl.load_workbook(VALID, read_only=True).sheetnames
    part = f"xl/worksheets/sheet{titles.index('fiscal') + 1}.xml"
    assert codes(tmp_path, rewritten(lambda name, content: None if name == part else content)) == [
        ("missing_part", "fiscal")
    ]


def test_damage_in_the_archive_is_told(tmp_path: Path):
    content = bytearray(VALID.read_bytes())
    with zipfile.ZipFile(VALID) as archive:
        member = archive.getinfo("xl/worksheets/sheet3.xml")
    place = member.header_offset + 30 + len(member.filename) + member.compress_size // 2
    content[place : place + 8] = b"\xff" * 8
    assert codes(tmp_path, bytes(content)) == [("damaged_workbook", "")]


def test_encrypted_parts_are_told(tmp_path: Path):
    content = bytearray(VALID.read_bytes())
    start = 0
    while (place := content.find(b"PK\x01\x02", start)) >= 0:
        content[place + 8] |= 1
        start = place + 4
    assert codes(tmp_path, bytes(content)) == [("password_protected", "")]


def test_a_sheet_with_too_much_is_told_with_the_limit(tmp_path: Path):
    limits = Limits(cells=CellLimits(cells=20))
    assert codes(tmp_path, VALID.read_bytes(), limits) == [("too_much_inside", "")]
