"""A workbook without the values that it shows, recalculated by LibreOffice and compared with them cell by cell."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

#: for tests that recalculate; ``.ci/run`` installs what is needed
needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")

#: a formula as XlsxWriter and openpyxl write it, and what it shows
_FORMULA = re.compile(rb"(<f\b[^>]*(?:/>|>[^<]*</f>))(?:<v>[^<]*</v>|<v ?/>)?")


def stripped(path: Path, folder: Path) -> Path:
    """Return a copy of the workbook in which formulas have no values; AssertionError where it has no formula."""
    folder.mkdir(exist_ok=True)
    formulas = 0
    with ZipFile(path) as given, ZipFile(folder / path.name, "w", ZIP_DEFLATED) as bare:
        for part in given.namelist():
            content = given.read(part)
            if part.startswith("xl/worksheets/sheet"):
                content, found = _FORMULA.subn(rb"\1", content)
                assert found == content.count(b"</f></c>") == content.count(b"<f>") + content.count(b"<f ")
                formulas += found
            bare.writestr(part, content)
    assert formulas
    return folder / path.name


def recalculated(path: Path, folder: Path) -> Path:
    """Return the workbook as LibreOffice computes it, with nothing of the values that it shows now."""
    bare, out = stripped(path, folder / "bare"), folder / "recalculated"
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    convert = ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(bare)]
    subprocess.run([*command, *convert], check=True, capture_output=True, timeout=600)
    return out / path.name


def differences(path: Path, folder: Path) -> list[str]:
    """Return every cell whose value changes when the workbook is recalculated, with both; none where all is well."""
    return apart(path, recalculated(path, folder))


def apart(path: Path, fresh: Path) -> list[str]:
    """Return every cell of a workbook that has another value when recalculated (``fresh``), with both."""
    found: list[str] = []
    books = [openpyxl.load_workbook(book, data_only=True, read_only=True) for book in (path, fresh)]
    for sheet in books[0]:
        shown, now = (_values(book[sheet.title]) for book in books)
        rounding = 1e-12 * max((abs(v) for v in shown.values() if isinstance(v, int | float)), default=0.0)
        other = [p for p in {**shown, **now} if not _same(shown.get(p), now.get(p), rounding)]
        found += [f"{sheet.title}!{place}: {shown.get(place)!r} becomes {now.get(place)!r}" for place in other]
    for book in books:
        book.close()
    return found


def _values(sheet: Any) -> dict[str, object]:
    """What the cells of a sheet show, by address."""
    sheet.reset_dimensions()  # whatever the file says of them
    return {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}


def _same(shown: object, now: object, rounding: float) -> bool:
    """Whether two values are equal, numbers but for what differences of the largest ones of a sheet lose."""
    if isinstance(shown, int | float) and isinstance(now, int | float):
        return math.isclose(shown, now, rel_tol=1e-9, abs_tol=max(rounding, 1e-9))
    return (shown or "") == (now or "")
