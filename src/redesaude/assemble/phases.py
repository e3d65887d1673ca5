"""The planning periods of a scenario on the calendar of its appraisal."""

from __future__ import annotations

from redesaude.finance.discounting import Calendar
from redesaude.finance.phases import Phases
from redesaude.inputs.scenario import Scenario


def phases_of(scenario: Scenario) -> Phases:
    """Return the periods and the years of the appraisal as the settings and the sheet ``periods`` state them."""
    s = scenario.settings
    years = [int(year) for year in scenario.periods["first_year"]]
    calendar = Calendar(years[0], s.base_year, s.horizon_years, s.discount_rate, s.discount_timing == "middle")
    return Phases(calendar, tuple(year - years[0] for year in years))
