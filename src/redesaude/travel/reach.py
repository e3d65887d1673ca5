"""Which territories can reach which specialties: problems to tell the planner before anything is solved."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from redesaude.errors import Problem
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_
from redesaude.travel.matrix import Minutes

_FOUND = N_("{territory} reaches no site for {specialties}: the nearest is {minutes:.0f} minutes away")
_NOWHERE = N_("{territory} reaches no site at all for {specialties}: no travel time is given or modelled")
_EXPECTED = N_("at least one site within the ceiling of each specialty whose cases must all be treated")
_PRICED = N_("its cases will be counted as sent away, at the unmet cost")
_REMEDY = N_("check the coordinates or the road links, raise ceiling_minutes, add a site, or give an unmet_cost")


def reach_problems(scenario: Scenario, minutes: Minutes, reached: np.ndarray) -> Iterable[Problem]:
    """Yield a problem for each territory that cannot reach some specialty it needs.

    ``minutes`` is ``(territories, sites)``; ``reached`` is ``(territories, specialties)``, true where the territory has
    no cases or some allowed site within the ceiling. It is an error if the cases must be treated (no unmet cost), and
    a warning otherwise.
    """
    names = scenario.specialties["name"].to_numpy(str)
    must = scenario.specialties["unmet_cost"].isna().to_numpy(bool)
    nearest = minutes.min(axis=1, initial=np.inf)
    for i in np.flatnonzero(~reached.all(axis=1)).tolist():
        for strict in (True, False):
            missing = names[~reached[i] & (must == strict)]
            if len(missing):
                yield Problem(
                    code="unreachable",
                    sheet="territories",
                    cell=_cell(scenario, i),
                    found=_FOUND if np.isfinite(nearest[i]) else _NOWHERE,
                    expected=_EXPECTED if strict else _PRICED,
                    remedy=_REMEDY,
                    values={
                        "territory": scenario.territories["name"].iloc[i],
                        "specialties": ", ".join(missing),
                        "minutes": float(nearest[i]),
                    },
                    severity="error" if strict else "warning",
                )


def _cell(scenario: Scenario, row: int) -> str:
    """Address of the territory's id in the sheet, or the id itself where no sheet is known."""
    place = scenario.places.get("territories")
    return place.cell(row, "territory_id") if place else str(scenario.territories["territory_id"].iloc[row])
