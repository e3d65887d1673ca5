"""What the sheet ``emergency`` states, spelled out, and what a window leaves for the journey."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from redesaude.inputs.areas import areas
from redesaude.inputs.scenario import Scenario, due_in, in_each_period
from redesaude.inputs.tables import ALL

_KEY = ["promise", "specialty_id", "region_id"]


@dataclass(frozen=True)
class Pledge:
    """One promise spelled out: ``specialty`` is an id for a window and blank otherwise, ``period`` a position.

    ``amount`` is a share, or people for each ambulance; ``price`` is per year; ``from_year`` is the calendar year from
    which it is due, NaN where only its period is stated.
    """

    id: str
    kind: Any
    specialty: str
    region: str
    period: int
    amount: float
    hard: bool
    price: float
    from_year: float = math.nan


def pledges(scenario: Scenario) -> Iterator[Pledge]:
    """Yield the rows of ``emergency`` for each period, region and specialty; of those about the same a firm one holds.

    Rows that wait for a variant promise nothing.
    """
    critical = time_critical(scenario)
    periods = scenario.periods["period_id"]
    found: dict[str, Pledge] = {}
    for t, row in in_each_period(scenario.emergency[scenario.emergency["active"]], _KEY, periods):
        if not due_in(scenario, t, row.from_year):
            continue
        amount = row.people_per_ambulance if row.promise == "ambulances" else row.share
        wanted = critical if row.specialty_id == ALL else [row.specialty_id]
        for specialty in wanted if row.promise == "window" else [""]:
            for region in areas(scenario.territories, row.region_id):
                name = "|".join((row.promise, specialty, region, periods.iloc[t]))
                price = 0.0 if row.hard else row.price
                pledge = Pledge(name, row.promise, specialty, region, t, amount, row.hard, price, row.from_year)
                if row.hard or name not in found or not found[name].hard:
                    found[name] = pledge
    yield from found.values()


def time_critical(scenario: Scenario) -> list[str]:
    """Return the ids of the specialties with a window."""
    table = scenario.specialties
    return [str(s) for s in table.loc[table["window_minutes"].notna(), "specialty_id"]]


def journey_budget(scenario: Scenario) -> pd.Series:
    """Return the minutes that each specialty's window leaves for the journey, by specialty id; NaN without a window.

    The way to the patient is counted at the standard, which is what coverage promises.
    """
    s, table = scenario.settings, scenario.specialties.set_index("specialty_id")
    spent = s.call_minutes + s.emergency_minutes + s.scene_minutes + table["door_minutes"]
    return pd.Series(table["window_minutes"] - spent)
