"""Money and rows in time: what a yearly, a lasting and a single payment of each period are worth today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from redesaude.finance.discounting import Calendar, Floats
from redesaude.inputs.scenario import Scenario, rows_of


@dataclass(frozen=True)
class Payments:
    """What is paid in each year of the horizon for 1 that begins in a period, shape ``(periods, years)``.

    ``yearly``: every year of the period; ``onward``: every year from its first to the end of the horizon; ``once``: in
    its first year.
    """

    calendar: Calendar
    yearly: Floats
    onward: Floats
    once: Floats

    def between(self, begin: float, end: float) -> Floats:
        """Return which part of each year lies between two dates (years from the first), shape ``(years,)``."""
        years = np.arange(self.calendar.horizon_years)
        return np.asarray(np.clip(np.minimum(years + 1.0, end) - np.maximum(years, begin), 0.0, 1.0))

    def worth(self, flows: Floats) -> Floats:
        """Return the present value of ``flows`` (their last axis is the years of the horizon)."""
        return np.asarray(flows @ self.calendar.factors()[: self.calendar.horizon_years])


def payments(scenario: Scenario, calendar: Calendar) -> Payments:
    """Return the payments of each period; the first begins with the horizon and the last ends with it."""
    years = np.arange(calendar.horizon_years)
    first = scenario.periods["first_year"].to_numpy(int) - calendar.first_year
    end = np.append(first[1:], calendar.horizon_years)
    onward = years >= first[:, None]
    return Payments(
        calendar,
        yearly=(onward & (years < end[:, None])).astype(float),
        onward=onward.astype(float),
        once=(years == first[:, None]).astype(float),
    )


def in_each_period(table: pd.DataFrame, key: list[str], periods: pd.Series) -> Iterator[tuple[int, Any]]:
    """Yield (position of the period, row) for every period; of rows alike in ``key`` a period's own one holds."""
    for t, period in enumerate(periods):
        rows = table[table["period_id"].isin(["", period])].sort_values("period_id", kind="stable")
        for row in rows_of(rows.drop_duplicates(key, keep="last").sort_index()):
            yield t, row
