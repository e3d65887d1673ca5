"""What the sheets say of any service, by the names of its site, specialty and size."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import Scenario, rows_of

#: size and contract of an open service
State = tuple[str, str]

#: numbers that ``site_services`` may state for one service, and those that only the size has
_OWN = ("capacity", "min_cases", "capex", "fixed_cost", "cost_per_case")
_OF_SIZE = (*_OWN, "lifecycle_share", "build_months")


class ServiceNumbers:
    """The rows of ``sizes`` and ``site_services`` of a scenario, found by name."""

    def __init__(self, scenario: Scenario) -> None:
        sizes, rows = scenario.sizes, scenario.site_services
        keys = zip(sizes["specialty_id"], sizes["size_id"], strict=True)
        self._sizes: dict[tuple[str, str], Mapping[str, float]] = dict(
            zip(keys, sizes[list(_OF_SIZE)].astype(float).to_dict("records"), strict=True)  # type: ignore[arg-type]
        )
        places = list(zip(rows["site_id"], rows["specialty_id"], rows["size_id"], strict=True))
        own = rows[list(_OWN)].astype(float).to_dict("records")
        self._own = {
            place: {str(name): value for name, value in given.items() if not np.isnan(value)}
            for place, given in zip(places, own, strict=True)
        }

    def of(self, site: str, specialty: str, size: str) -> dict[str, float]:
        """Return the size's numbers, with what ``site_services`` says of this very service in their place."""
        every_size, this_size = (self._own.get((site, specialty, name), {}) for name in ("", size))
        return {**self._sizes[specialty, size], **every_size, **this_size}


def today_of(scenario: Scenario) -> dict[tuple[str, str], State]:
    """Return size and contract of each existing service, by site and specialty."""
    return {(r.site_id, r.specialty_id): (r.size_id, r.contract_id) for r in rows_of(scenario.existing)}


def existing_services(scenario: Scenario) -> pd.DataFrame:
    """Return the services that exist today with their nominal yearly capacity, as ``openings`` has it.

    Columns: site_id, specialty_id, size_id, contract_id, capacity.
    """
    numbers = ServiceNumbers(scenario)
    rows = [
        (*place, size, contract, numbers.of(*place, size)["capacity"])
        for place, (size, contract) in today_of(scenario).items()
    ]
    frame = pd.DataFrame(rows, columns=["site_id", "specialty_id", "size_id", "contract_id", "capacity"])
    return frame.astype({"capacity": float})
