"""The time that a report is about: whole days, from its first to its cut-off date, and dates as people type them."""

from __future__ import annotations

import datetime as dt
import re
from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from redesaude.inputs.faults import Fault
from redesaude.language import N_


class Every(StrEnum):
    """How often is reported."""

    MONTH = "month"
    FOUR_MONTHS = "four_months"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def months(self) -> int:
        """How many months a report is about."""
        return {Every.MONTH: 1, Every.FOUR_MONTHS: 4, Every.HALF_YEAR: 6, Every.YEAR: 12}[self]


BAD_DATE = Fault(
    "not_a_date",
    N_("'{found}' is no date"),
    N_("a date for {column}"),
    N_("type the date as year-month-day, such as 2027-05-31"),
)

_ISO, _DAY_FIRST = (
    re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?"),
    re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})"),
)


@dataclass(frozen=True, order=True)
class Span:
    """The days from ``begins`` to ``cutoff``, both among them."""

    begins: dt.date
    cutoff: dt.date

    @classmethod
    def until(cls, cutoff: dt.date, every: Every = Every.YEAR) -> Span:
        """Return the span of so many months that ends with the month of ``cutoff``."""
        month = cutoff.year * 12 + cutoff.month - every.months
        return cls(dt.date(month // 12, month % 12 + 1, 1), cutoff)

    def parts(self) -> Iterator[tuple[int, float]]:
        """Yield each calendar year that it touches, and the part of that year that it holds."""
        for year in range(self.begins.year, self.cutoff.year + 1):
            first, last = max(self.begins, dt.date(year, 1, 1)), min(self.cutoff, dt.date(year, 12, 31))
            yield year, ((last - first).days + 1) / days_in(year)

    def holds(self, other: Span) -> bool:
        """Whether all of ``other`` lies within."""
        return self.begins <= other.begins and other.cutoff <= self.cutoff

    def meets(self, other: Span) -> bool:
        """Whether the two have a day in common."""
        return self.begins <= other.cutoff and other.begins <= self.cutoff


def days_in(year: int) -> int:
    """Return the days of a calendar year."""
    return 366 if isleap(year) else 365


def date_of(year: float) -> dt.date:
    """Return a calendar year with fraction as the day on which it falls."""
    whole = int(year + 1e-9)
    return dt.date(whole, 1, 1) + dt.timedelta(days=round((year - whole) * days_in(whole)))


def year_of(date: dt.date) -> float:
    """Return a day as calendar year with fraction."""
    return date.year + (date - dt.date(date.year, 1, 1)).days / days_in(date.year)


def end_of_year(year: int) -> dt.date:
    """Return its last day."""
    return dt.date(year, 12, 31)


def months_between(earlier: dt.date, later: dt.date) -> int:
    """Return the calendar months from one date to another; within a month 0."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def parse_date(text: str) -> dt.date | None:
    """Return the day that ``text`` says, year-month-day or day/month/year; None where it says none."""
    for pattern, order in ((_ISO, (1, 2, 3)), (_DAY_FIRST, (3, 2, 1))):
        if found := pattern.fullmatch(text.strip()):
            try:
                return dt.date(*(int(found[n]) for n in order))
            except ValueError:
                return None
    return None
