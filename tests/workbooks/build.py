"""Write every broken workbook, and the valid one, as files into this folder: ``python tests/workbooks/build.py``."""

from __future__ import annotations

from pathlib import Path

from no_workbooks import FILES
from openpyxl.workbook import Workbook
from workbook_base import base_workbook
from workbook_breakages import BREAKAGES, VALID

FOLDER = Path(__file__).parent


def file_of(name: str, folder: Path = FOLDER) -> Path:
    """Return the path of the broken workbook ``name``."""
    return folder / f"{name.replace(' ', '-')}.xlsx"


def workbook_of(name: str) -> Workbook:
    """Return the workbook ``name``, broken or one of those nothing is wrong with."""
    book = base_workbook()
    (VALID[name] if name in VALID else BREAKAGES[name].change)(book)
    return book


def build(name: str, folder: Path) -> Path:
    """Write the broken file ``name`` and return its path."""
    path = file_of(name, folder)
    if name in FILES:
        path.write_bytes(FILES[name][0])
    else:
        workbook_of(name).save(path)
    return path


if __name__ == "__main__":
    for each in (*VALID, *BREAKAGES, *FILES):
        build(each, FOLDER)
