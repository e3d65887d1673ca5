"""What the sheets say of any service, by the names of its site, specialty and size."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from redesaude.inputs.made import once
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.inputs.tables import ALL

#: size and contract of an open service
State = tuple[str, str]

#: numbers that ``site_services`` may state for one service, and those that only the size has
_OWN = ("capacity", "min_cases", "capex", "fixed_cost", "cost_per_case", "build_months")
_OF_SIZE = (*_OWN, "lifecycle_share", "least_grade")


class ServiceNumbers:
    """The rows of ``sizes`` and ``site_services`` of a scenario, found by name."""

    def __init__(self, scenario: Scenario) -> None:
        sizes, rows = scenario.sizes, scenario.site_services
        keys = zip(sizes["specialty_id"], sizes["size_id"], strict=True)
        self._sizes: dict[tuple[str, str], Mapping[str, float]] = {
            key: dict(zip(_OF_SIZE, row, strict=True))
            for key, row in zip(keys, sizes[list(_OF_SIZE)].to_numpy(float).tolist(), strict=True)
        }
        places = zip(rows["site_id"], rows["specialty_id"], rows["size_id"], strict=True)
        self._own = {
            place: {name: value for name, value in zip(_OWN, row, strict=True) if not np.isnan(value)}
            for place, row in zip(places, rows[list(_OWN)].to_numpy(float).tolist(), strict=True)
        }

        self._grade = {(r.site_id, r.specialty_id): r.grade for r in rows_of(scenario.licences)}
        asked = rows_of(scenario.quality_grades)
        self._asked = {(r.specialty_id, r.grade): r.volume_factor for r in asked}

    def of(self, site: str, specialty: str, size: str) -> dict[str, float]:
        """Return the size's numbers, with what ``site_services`` says of this very service in their place.

        The size's least volume is as often asked as the grade of its site says.
        """
        every_size, this_size = (self._own.get((site, specialty, name), {}) for name in ("", size))
        of_size, grade = self._sizes[specialty, size], self.grade(site, specialty)
        times = self._asked.get((specialty, grade), self._asked.get((ALL, grade), 1.0))
        return {**of_size, "min_cases": of_size["min_cases"] * times, **every_size, **this_size}

    def grade(self, site: str, specialty: str) -> float:
        """Return the grade that a site holds in a specialty; 0: no licence."""
        return float(self._grade.get((site, specialty), 0.0))

    def grade_needed(self, specialty: str, size: str) -> float:
        """Return the grade that a size asks of its site."""
        return self._sizes[specialty, size]["least_grade"]


@once
def numbers_of(scenario: Scenario) -> ServiceNumbers:
    """Return what the sheets of a scenario say of its services."""
    return ServiceNumbers(scenario)


def today_of(scenario: Scenario) -> dict[tuple[str, str], State]:
    """Return size and contract of each existing service, by site and specialty."""
    return {(r.site_id, r.specialty_id): (r.size_id, r.contract_id) for r in rows_of(scenario.existing)}


def existing_services(scenario: Scenario) -> pd.DataFrame:
    """Return the services that exist today with their nominal yearly capacity, as ``openings`` has it.

    Columns: site_id, specialty_id, size_id, contract_id, capacity.
    """
    numbers = numbers_of(scenario)
    rows = [
        (*place, size, contract, numbers.of(*place, size)["capacity"])
        for place, (size, contract) in today_of(scenario).items()
    ]
    frame = pd.DataFrame(rows, columns=["site_id", "specialty_id", "size_id", "contract_id", "capacity"])
    return frame.astype({"capacity": float})
