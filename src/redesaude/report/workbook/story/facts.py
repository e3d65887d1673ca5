"""Facts: the numbers of a story, each with what it is made from, and the lines and tables that tell them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from redesaude.language import Translator
from redesaude.report.numbers import Numbers
from redesaude.report.view import View


@dataclass(frozen=True)
class Fact:
    """A number to be told: its ``value``, the ``kind`` of its cell, and the table it is made from.

    ``kind`` is a format of :mod:`redesaude.report.workbook.styles`.

    Money is in whole currency units. ``table`` is a file of the folder ``tables``, or ``manifest.json``; blank: the
    studies of the report, which have no file. ``sums`` names the sum of the cost sheet that it is, if it is one:
    ``total``, ``public`` or ``capital``. ``name`` is that of its cell in the workbooks, if it is a key figure.
    """

    value: float
    kind: str
    table: str
    sums: str = ""
    name: str = ""

    def told(self, numbers: Numbers) -> str:
        """Return the number as a sentence tells it."""
        if self.kind == "millions":
            return numbers.money(self.value)
        return self.short(numbers)

    def short(self, numbers: Numbers) -> str:
        """Return the number as a table tells it whose header names the unit of money."""
        if self.kind == "millions":
            return numbers.decimal(self.value / numbers.unit, 1 if numbers.unit > 1 else 0)
        if self.kind in ("percent", "whole_percent"):
            return numbers.percent(self.value, 1 if self.kind == "percent" else 0)
        if self.kind == "general":  # as many as tell it from another one, up to those of its cell
            return numbers.decimal(self.value, 2 if round(self.value, 2) == round(self.value, 4) else 4)
        return str(int(self.value)) if self.kind == "year" else numbers.decimal(self.value, _DIGITS[self.kind])


#: decimals of numbers that are no money, share or year
_DIGITS = {"number": 0, "decimal": 1}


@dataclass(frozen=True)
class Line:
    """A sentence, and the facts it tells, in their order."""

    text: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Grid:
    """A small table: headers, and rows of words and facts; the first cell of a row names it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str | Fact, ...], ...]


@dataclass(frozen=True)
class Section:
    """A question of the reader, and what answers it: a table, if any, then sentences."""

    title: str
    lines: tuple[Line, ...]
    grid: Grid | None = None


@dataclass(frozen=True)
class Teller:
    """Makes lines in the words of a view."""

    view: View
    t: Translator = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "t", self.view.t)

    def line(self, message: str, words: Mapping[str, object] | None = None, /, **facts: Fact) -> Line:
        """Return ``message``, marked for the catalogues, with its facts told and ``words`` as they are."""
        told = {name: fact.told(self.view.numbers) for name, fact in facts.items()}
        return Line(self.t(message, **told, **(words or {})), tuple(facts.values()))

    def listed(self, rows: Sequence[tuple[str, Fact]]) -> tuple[str, tuple[Fact, ...]]:
        """Return named facts in one text, ``A (12), B (8)``, and the facts."""
        return (
            "; ".join(f"{name} ({fact.told(self.view.numbers)})" for name, fact in rows),
            tuple(fact for _, fact in rows),
        )
