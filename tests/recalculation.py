"""A workbook without the values that it shows, recalculated by LibreOffice and compared with them cell by cell."""

from __future__ import annotations

import math
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

#: for tests that recalculate; ``.ci/run`` installs what is needed
needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


def stripped(path: Path, folder: Path) -> Path:
    """Return a copy of the workbook in which formulas have no values."""
    folder.mkdir(exist_ok=True)
    openpyxl.load_workbook(path).save(folder / path.name)  # which keeps formulas, and not what they showed
    kept = openpyxl.load_workbook(folder / path.name, data_only=True)
    formulas = openpyxl.load_workbook(folder / path.name)
    cells = (cell for sheet in formulas for row in sheet.iter_rows() for cell in row if cell.data_type == "f")
    assert all(kept[cell.parent.title][cell.coordinate].value is None for cell in cells)
    return folder / path.name


def recalculated(path: Path, folder: Path) -> Path:
    """Return the workbook as LibreOffice computes it, with nothing of the values that it shows now."""
    bare, out = stripped(path, folder / "bare"), folder / "recalculated"
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    convert = ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(bare)]
    subprocess.run([*command, *convert], check=True, capture_output=True, timeout=600)
    return out / path.name


def differences(path: Path, folder: Path) -> list[str]:
    """Return every cell whose value changes when the workbook is recalculated, with both; none where all is well.

    AssertionError where there is no formula, for then nothing was compared.
    """
    shown, fresh = (openpyxl.load_workbook(p, data_only=True) for p in (path, recalculated(path, folder)))
    formulas, found = openpyxl.load_workbook(path), []
    compared = 0
    for sheet in shown:
        cells = [cell for row in sheet.iter_rows() for cell in row]
        rounding = 1e-12 * max((abs(c.value) for c in cells if isinstance(c.value, int | float)), default=0.0)
        for cell in cells:
            compared += formulas[sheet.title][cell.coordinate].data_type == "f"
            now = fresh[sheet.title][cell.coordinate].value
            if not _same(cell.value, now, rounding):
                found.append(f"{sheet.title}!{cell.coordinate}: {cell.value!r} becomes {now!r}")
    assert compared
    return found


def _same(shown: object, now: object, rounding: float) -> bool:
    """Whether two values are equal, numbers but for what differences of the largest ones of a sheet lose."""
    if isinstance(shown, int | float) and isinstance(now, int | float):
        return math.isclose(shown, now, rel_tol=1e-9, abs_tol=max(rounding, 1e-9))
    return (shown or "") == (now or "")
