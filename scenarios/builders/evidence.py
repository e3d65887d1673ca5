"""Figures that carry where they come from, and the ``sources`` sheet made of them.

Grades: A official or reviewed, B reported or derived, C assumption. Texts are Portuguese: planners read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

ASSUMPTION = "Premissa de planejamento, sem fonte publicada"
OWN_RULE = "Regra deste cenário"


@dataclass(frozen=True)
class Figure:
    """A number with its evidence; ``note`` says how it was derived and, for assumptions, its plausible range."""

    value: float
    source: str
    year: str
    grade: str
    note: str = ""

    def times(self, factor: float, why: str, grade: str = "B") -> Figure:
        """Return the figure multiplied by ``factor``; its grade is at best ``grade``."""
        note = "; ".join(part for part in (self.note, why) if part)
        return Figure(self.value * factor, self.source, self.year, max(self.grade, grade), note)


def assumed(value: float, low: float, high: float, why: str) -> Figure:
    """Return an assumption of the planner (grade C) with its plausible range."""
    return Figure(value, ASSUMPTION, "2026", "C", f"{why} Faixa plausível: {_plain(low)} a {_plain(high)}.")


def ruled(value: float, why: str) -> Figure:
    """Return a number that follows from a rule of the scenario rather than from a source (grade C)."""
    return Figure(value, OWN_RULE, "2026", "C", why)


def row(sheet: str, key: str, column: str, figure: Figure) -> dict[str, str]:
    """Return the row of the ``sources`` sheet for one figure."""
    return {
        "sheet": sheet,
        "key": key,
        "column": column,
        "source": figure.source,
        "year": figure.year,
        "grade": figure.grade,
        "note": figure.note,
    }


def rows(sheet: str, key: str, figures: Mapping[str, Figure]) -> list[dict[str, str]]:
    """Return the ``sources`` rows of one row's figures, by column name."""
    return [row(sheet, key, column, figure) for column, figure in figures.items()]


def sources_sheet(evidence: Iterable[dict[str, str]]) -> pd.DataFrame:
    """Return the ``sources`` sheet, in the order given."""
    return pd.DataFrame(list(evidence), columns=["sheet", "key", "column", "source", "year", "grade", "note"])


def _plain(number: float) -> str:
    """Return the number in Brazilian notation, without needless zeros."""
    text = f"{number:,.4f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))
