"""What the sheets say of any service, by the names of its site, specialty and size."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from redesaude.inputs.scenario import Scenario

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
        existing = (rows["status"] == "existing").to_list()
        self._today: dict[tuple[str, str], str] = {
            (site, specialty): size for (site, specialty, size), today in zip(places, existing, strict=True) if today
        }

    def of(self, site: str, specialty: str, size: str) -> dict[str, float]:
        """Return the size's numbers, with what ``site_services`` says of this very service in their place."""
        every_size, this_size = (self._own.get((site, specialty, name), {}) for name in ("", size))
        return {**self._sizes[specialty, size], **every_size, **this_size}

    def today(self, site: str, specialty: str) -> str:
        """Return the size that runs today, or an empty string."""
        return self._today.get((site, specialty), "")
