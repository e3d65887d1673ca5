"""Tables of the workbooks as those of a paper: the same columns, with numbers in words of the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from redesaude.report.document.blocks import Table
from redesaude.report.view import View
from redesaude.report.workbook.grid import absent
from redesaude.report.workbook.sheet import Column
from redesaude.report.workbook.story.facts import Fact


def table_of(
    view: View, frame: pd.DataFrame, columns: Sequence[Column], cells: Sequence[str] | None = None, file: str = ""
) -> Table:
    """Return ``frame`` as a sheet with ``columns`` writes it.

    With ``cells`` (of ``file``) it has as many rows as there are of them, and each names its own.
    """
    shown = frame if cells is None else frame.head(len(cells))
    rows = tuple(tuple(_told(view, row, column) for column in columns) for row in shown.to_dict("records"))
    numbers = frozenset(k for k, column in enumerate(columns) if column.kind not in ("text", "line", "verdict"))
    return Table(tuple(_header(view, column) for column in columns), rows, numbers, tuple(cells or ()), file)


def _header(view: View, column: Column) -> str:
    unit = view.numbers.money_header() if column.kind == "millions" else ""
    return ", ".join(part for part in (column.header.strip(), column.note, unit) if part)


def _told(view: View, row: Mapping[Any, Any], column: Column) -> str:
    value = row[column.key]
    if absent(value):
        return ""
    return value if isinstance(value, str) else Fact(float(value), column.kind, "").short(view.numbers)
