"""Planning periods: one, or three of growing length, and what is stated for each of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Phase:
    """A planning period; the last of a scenario ends with its horizon.

    ``max_starts`` is the most works begun in it (None: no limit), ``capital_years`` the years of the programme's
    capital that may be decided in it (None: all of its own; a last period runs on after the programme).
    """

    id: str
    first_year: int
    years: int
    max_starts: int | None = None
    capital_years: int | None = None

    @property
    def funded(self) -> int:
        """The years of the programme's capital that may be decided in it."""
        return self.years if self.capital_years is None else self.capital_years

    @property
    def middle(self) -> float:
        """The date at its middle, at which demand and staff are counted."""
        return self.first_year + self.years / 2.0


BASE_YEAR = 2025
"""year of prices, and from which growth is counted"""

#: the base year alone, in which the network of today is looked at
TODAY = (Phase("hoje", BASE_YEAR, 1),)


def single(horizon: int) -> tuple[Phase, ...]:
    """Return one period over the horizon (years), with ten years of capital."""
    return (Phase("p1", 2027, horizon, capital_years=10),)


def three(horizon: int) -> tuple[Phase, ...]:
    """Return three periods over the horizon (years), the last with twelve years of capital."""
    first, second = Phase("p1", 2027, 3, 40), Phase("p2", 2030, 5, 60)
    return (first, second, Phase("p3", 2035, horizon - first.years - second.years, capital_years=12))


def periods_sheet(phases: Sequence[Phase]) -> pd.DataFrame:
    """Return the ``periods`` sheet."""
    columns = ["period_id", "first_year", "years", "max_starts"]
    return pd.DataFrame([(p.id, p.first_year, p.years, p.max_starts) for p in phases], columns=columns)


def years_before(phases: Sequence[Phase]) -> list[float]:
    """Return the years from the middle of the period before (or the base year) to the middle of each period."""
    middles = [float(BASE_YEAR), *(p.middle for p in phases)]
    return [after - before for before, after in itertools.pairwise(middles)]
