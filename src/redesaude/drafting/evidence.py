"""Figures that carry where they come from, and the ``sources`` sheet made of them.

Grades: A official or reviewed, B reported or derived, C assumption. Texts are Portuguese: planners read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

ASSUMPTION = "Premissa de planejamento, sem fonte publicada"
OWN_RULE = "Regra deste cenário"
#: what a row of evidence holds beside those of the sheet, where the range of the figure is known
SPREAD = ("value", "low", "high")


@dataclass(frozen=True)
class Figure:
    """A number with its evidence; ``note`` says how it was derived, ``low`` and ``high`` are its plausible range."""

    value: float
    source: str
    year: str
    grade: str
    note: str = ""
    low: float | None = None
    high: float | None = None

    def times(self, factor: float, why: str, grade: str = "B") -> Figure:
        """Return the figure and its range multiplied by ``factor``; its grade is at best ``grade``."""
        low, high = (None if limit is None else limit * factor for limit in (self.low, self.high))
        note = sentences(self.note, why)
        return replace(self, value=self.value * factor, low=low, high=high, grade=max(self.grade, grade), note=note)

    def at(self, value: float, why: str, low: float | None = None, high: float | None = None) -> Figure:
        """Return another value chosen within (or against) the published one, with its range unless one is given."""
        low, high = self.low if low is None else low, self.high if high is None else high
        return replace(self, value=value, grade="C", note=sentences(self.note, why), low=low, high=high)

    def noted(self, note: str) -> Figure:
        """Return the figure with another note."""
        return replace(self, note=note)


def assumed(value: float, low: float, high: float, why: str) -> Figure:
    """Return an assumption of the planner (grade C) with its plausible range."""
    return Figure(value, ASSUMPTION, "2026", "C", why, low, high)


def ruled(value: float, why: str) -> Figure:
    """Return a number that follows from a rule of the scenario rather than from a source (grade C)."""
    return Figure(value, OWN_RULE, "2026", "C", why)


def cited(source: str, year: str, grade: str, note: str = "") -> Figure:
    """Return the evidence of a whole column, whose values are in the sheet itself."""
    return Figure(0.0, source, year, grade, note)


def sentences(*parts: str) -> str:
    """Return the non-empty parts as sentences, each ended by a full stop."""
    return " ".join(part.rstrip(". ") + "." for part in parts if part.strip())


@dataclass(frozen=True)
class Tongue:
    """The language in which evidence is told: words of a range (``{low}``, ``{high}``) and names of own sources."""

    spread: str
    names: Mapping[str, str] = field(default_factory=dict)

    def row(self, sheet: str, key: str, column: str, figure: Figure) -> dict[str, str]:
        """Return the row of the ``sources`` sheet for one figure, its range in words; and the range itself."""
        low, high = figure.low, figure.high
        known = low is not None and high is not None
        spread = "" if low is None or high is None else self.spread.format(low=plain(low), high=plain(high))
        return {
            "sheet": sheet,
            "key": key,
            "column": column,
            "source": self.names.get(figure.source, figure.source),
            "year": figure.year,
            "grade": figure.grade,
            "note": sentences(figure.note, spread),
            **({name: str(getattr(figure, name)) for name in SPREAD} if known else {}),
        }

    def rows(self, sheet: str, key: str, figures: Mapping[str, Figure]) -> list[dict[str, str]]:
        """Return the ``sources`` rows of one row's figures, by column name."""
        return [self.row(sheet, key, column, figure) for column, figure in figures.items()]


PORTUGUESE = Tongue("Faixa plausível: {low} a {high}")
row, rows = PORTUGUESE.row, PORTUGUESE.rows


def sources_sheet(evidence: Iterable[dict[str, str]]) -> pd.DataFrame:
    """Return the ``sources`` sheet, in the order given."""
    return pd.DataFrame(list(evidence), columns=["sheet", "key", "column", "source", "year", "grade", "note"])


def plain(number: float) -> str:
    """Return the number in Brazilian notation with at most three significant decimals, without needless zeros."""
    digits = 0 if abs(number) >= 1_000 else 1 if abs(number) >= 10 else 3
    text = f"{number:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if digits else text
    return text.translate(str.maketrans(",.", ".,"))
