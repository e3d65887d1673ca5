"""What a journey costs the patient, as the settings of the scenario state it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TravelCost:
    """Value of time (currency/hour for each person), people travelling, vehicle cost (currency/minute)."""

    hour_value: float
    companions: float
    minute_cost: float

    def of_case(self, minutes: float, trips: float) -> float:
        """Return the cost of ``trips`` return journeys of ``minutes`` one way."""
        return 2.0 * minutes * trips * (self.minute_cost + self.companions * self.hour_value / 60.0)
