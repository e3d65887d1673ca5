"""What the pages of a comparison share: the study, the view of its reader, and tables with a column by strategy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from redesaude.report.comparison.words import strategy_name
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column
from redesaude.studies.compare import Comparison

#: widths of the two columns before the strategies, and of each strategy
LABEL_WIDTHS, STRATEGY_WIDTH = (34, 34), 16


@dataclass(frozen=True)
class Pages:
    """A comparison being written: the study and the book. Strategies without decisions have no column of figures."""

    comparison: Comparison
    book: Book

    @property
    def view(self) -> View:
        """Words and numbers of the reader."""
        return self.book.view

    @property
    def strategies(self) -> list[str]:
        """Ids of the strategies with a plan to read, in order."""
        return [name for name, plan in self.comparison.plans.items() if plan.has_decisions]

    @property
    def widths(self) -> tuple[float, ...]:
        """Widths of a sheet with one column for each strategy."""
        return (*LABEL_WIDTHS, *[STRATEGY_WIDTH] * max(len(self.strategies), 2))

    def columns(self, kind: str, note: str = "", *, total: bool = False) -> list[Column]:
        """Return a column for each strategy."""
        return [Column(name, strategy_name(self.view, name), note, kind, total=total) for name in self.strategies]

    def wide(self, table: pd.DataFrame, keys: Sequence[str], value: str) -> pd.DataFrame:
        """Return ``table`` with rows by ``keys`` in order of appearance and a column of ``value`` by strategy."""
        rows = table[list(keys)].drop_duplicates()
        parts = [
            table.loc[table["strategy_id"] == name, [*keys, value]].rename(columns={value: name})
            for name in self.strategies
        ]
        for part in parts:
            rows = rows.merge(part, how="left", on=list(keys))
        return rows
