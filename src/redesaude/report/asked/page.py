"""The page of an answer: what is known in sentences, then tables that are sheets of its workbook too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from redesaude.report.document.blocks import Block, Document, Heading, Paragraph, Table
from redesaude.report.view import View
from redesaude.report.workbook.sheet import Column


@dataclass(frozen=True)
class Shown:
    """A table of the page: its title, rows and columns as on its sheet, and how to read it."""

    title: str
    rows: pd.DataFrame
    columns: Sequence[Column]
    note: str = ""


def page_of(view: View, title: str, sentences: Iterable[str], tables: Iterable[Shown]) -> Document:
    """Return the page, in the language of ``view``; a table without rows is left out."""
    blocks: list[Block] = [Paragraph(sentence) for sentence in sentences]
    for each in tables:
        if len(each.rows):
            blocks += [Heading(each.title), table_of(view, each.rows, each.columns)]
            blocks += [Paragraph(each.note, kind="note")] if each.note else []
    return Document(view.title, title, view.t.language, tuple(blocks))


def table_of(view: View, rows: pd.DataFrame, columns: Sequence[Column]) -> Table:
    """Return the rows of a sheet as a table of words; what is no number or not finite is blank."""
    told: Mapping[str, Callable[[float], str]] = {
        "money": view.numbers.money,
        "percent": view.numbers.percent,
        "number": view.numbers.decimal,
        "decimal": lambda value: view.numbers.decimal(value, 1),
        "general": lambda value: f"{value:.4g}",
    }
    numbers = frozenset(n for n, column in enumerate(columns) if column.kind in told or column.kind.startswith("@"))

    def word(row: Mapping[Any, Any], column: Column) -> str:
        value, kind = row[column.key], column.kind
        kind = str(row[kind[1:]]) if kind.startswith("@") else kind
        if value is None or (isinstance(value, float) and not np.isfinite(value)):
            return ""
        return told[kind](float(value)) if kind in told else str(value)

    cells = tuple(tuple(word(row, c) for c in columns) for row in rows.to_dict("records"))
    return Table(tuple(column.header for column in columns), cells, numbers)
