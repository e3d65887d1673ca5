"""The planning periods of a scenario on the calendar of its appraisal."""

from __future__ import annotations

from dataclasses import replace

from redesaude.finance.discounting import Calendar
from redesaude.finance.phases import Phases
from redesaude.inputs.scenario import Scenario


def phases_of(scenario: Scenario) -> Phases:
    """Return the periods and the years of the appraisal as the settings and the sheet ``periods`` state them."""
    s = scenario.settings
    years = [int(year) for year in scenario.periods["first_year"]]
    later = sorted(zip(scenario.discount_rates["from_year"], scenario.discount_rates["rate"], strict=True))
    calendar = Calendar(
        years[0],
        s.base_year,
        s.horizon_years,
        s.discount_rate,
        s.discount_timing == "middle",
        later_rates=tuple((int(year), float(rate)) for year, rate in later),
        bid_margin=s.bid_discount_margin,
    )
    return Phases(calendar, tuple(year - years[0] for year in years))


def spans_of(scenario: Scenario) -> list[tuple[int, int]]:
    """Return the calendar years in which each period begins and ends, the last one with the horizon.

    They are those of :func:`phases_of`, and depend on no rate.
    """
    first = [int(year) for year in scenario.periods["first_year"]]
    return list(zip(first, [*first[1:], first[0] + scenario.settings.horizon_years], strict=True))


def at_rate(scenario: Scenario, rate: float) -> Scenario:
    """Return the scenario at another real discount rate; those of later years move by as much, to no less than zero."""
    settings, table = scenario.settings, scenario.discount_rates
    moved = (table["rate"] + (rate - settings.discount_rate)).clip(lower=0.0)
    return scenario.replace(settings=replace(settings, discount_rate=rate), discount_rates=table.assign(rate=moved))
