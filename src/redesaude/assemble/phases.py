"""The planning periods of a scenario: on the calendar of its appraisal, and as rows of a sheet name them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from redesaude.finance.discounting import Calendar
from redesaude.finance.phases import Phases
from redesaude.inputs.scenario import Scenario, rows_of


def phases_of(scenario: Scenario) -> Phases:
    """Return the periods and the years of the appraisal as the settings and the sheet ``periods`` state them."""
    s = scenario.settings
    years = [int(year) for year in scenario.periods["first_year"]]
    calendar = Calendar(years[0], s.base_year, s.horizon_years, s.discount_rate, s.discount_timing == "middle")
    return Phases(calendar, tuple(year - years[0] for year in years))


def in_each_period(table: pd.DataFrame, key: list[str], periods: pd.Series) -> Iterator[tuple[int, Any]]:
    """Yield (position of the period, row) for every period; of rows alike in ``key`` a period's own one holds."""
    if table.empty:
        return
    for t, period in enumerate(periods):
        rows = table[table["period_id"].isin(["", period])].sort_values("period_id", kind="stable")
        for row in rows_of(rows.drop_duplicates(key, keep="last").sort_index()):
            yield t, row
