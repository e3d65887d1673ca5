"""Type an invented year into a workbook of actuals: ``python docs/example_year.py actuals-2027-12-31.xlsx``.

It shows how a review works, and says so on the sheet ``report``: nothing of it happened. What is invented follows from
the place of a row in its sheet alone, so that it is the same again: most rows are as planned, some are late, not done,
dearer or with other cases than planned, some are left blank, and one thing was done that no plan has.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any

import openpyxl

#: of rows in turn: cases, journeys and cost against the plan (None: as planned, blank: not reported)
_SERVICES: tuple[dict[str, float] | None, ...] = (
    None,
    {"cases": 0.91, "cost": 1.06},
    {"cases": 1.08, "minutes": 1.1, "cost": 1.03},
    None,
    {},
)
#: of milestones in turn: months late (None: as planned, blank: not reported)
_MONTHS: tuple[int | str | None, ...] = (None, 1, None, 5, None, "", None)
_REASONS = ("licença ambiental", "licitação deserta", "equipamento entregue com atraso")


def invent(path: Path) -> None:
    """Type the invented year into the workbook at ``path``."""
    book = openpyxl.load_workbook(path)
    report = _rows(book["report"])[0]
    cutoff = dt.date.fromisoformat(str(report["cutoff"].value))
    report["example"].value, report["reported_by"].value = "yes", "exemplo inventado"
    for n, row in enumerate(_rows(book["milestones"])):
        _milestone(row, n, cutoff)
    for n, row in enumerate(_rows(book["services"])):
        _figures(row, _SERVICES[n % len(_SERVICES)])
    for n, row in enumerate(_rows(book["quality"])):
        _figures(row, {"attainment": 0.9} if n % 3 == 1 else None)
    for sheet in ("contracts", "promises", "agreements"):
        for row in _rows(book[sheet]):
            row["as_planned"].value = "yes"
    columns = {cell.value: cell.column for cell in book["unplanned"][1]}
    for name, value in {"what": "mutirão de cateterismo", "cases": 40, "cost": 210_000}.items():
        book["unplanned"].cell(3, columns[name], value)
    book.save(path)


def _rows(page: Any) -> list[dict[str, Any]]:
    """The cells of each row that is filled in, by column."""
    names = [cell.value for cell in page[1]]
    return [dict(zip(names, cells, strict=True)) for cells in page.iter_rows(min_row=3) if cells[0].value]


def _milestone(row: dict[str, Any], n: int, cutoff: dt.date) -> None:
    months = _MONTHS[n % len(_MONTHS)]
    planned = dt.date.fromisoformat(str(row["planned_on"].value))
    if months is None:
        row["as_planned"].value = "yes"
    elif isinstance(months, int):
        moved = planned + dt.timedelta(days=31 * months)
        row["reason"].value = _REASONS[n % len(_REASONS)]
        if moved <= cutoff:
            row["done_on"].value = str(moved)
        else:
            row["state"].value, row["expected_on"].value = "under_way", str(moved)


def _figures(row: dict[str, Any], factors: dict[str, float] | None) -> None:
    if factors is None:
        row["as_planned"].value = "yes"
        return
    for name, factor in factors.items():
        planned = row[f"planned_{name}"].value
        if planned is not None:
            row[name].value = round(min(float(planned) * factor, float("inf") if name != "attainment" else 1.0), 4)


if __name__ == "__main__":
    invent(Path(sys.argv[1]))
