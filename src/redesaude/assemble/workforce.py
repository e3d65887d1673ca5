"""People by role and area: who is there, who may be added at which cost, and who each option needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from redesaude.assemble.phases import in_each_period
from redesaude.finance.discounting import Floats
from redesaude.finance.phases import Phases
from redesaude.inputs.areas import in_area
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.inputs.tables import ALL
from redesaude_models.problem import Flags
from redesaude_models.resources import Workforce

_KEY = ["role_id", "region_id"]


@dataclass(frozen=True)
class Role:
    """A role in an area (as in ``in_area``), with its row of ``workforce`` in each period that has one, by position."""

    role: str
    area: str
    rows: dict[int, Any]

    @property
    def id(self) -> str:
        """Name of the role in its area."""
        return f"{self.role}|{self.area}"

    def promise(self, period_id: str) -> str:
        """Id of the promise that there are enough of them in a period."""
        return f"workforce|{self.id}|{period_id}"


def roles(scenario: Scenario) -> list[Role]:
    """Return the roles and areas of ``workforce`` in the order of the sheet."""
    found: dict[tuple[str, str], Role] = {}
    for t, row in in_each_period(scenario.workforce, _KEY, scenario.periods["period_id"]):
        key = (row.role_id, row.region_id)
        found.setdefault(key, Role(*key, {})).rows[t] = row
    return list(found.values())


def role_grid(scenario: Scenario, column: str, otherwise: float) -> Floats:
    """Return a column of ``workforce`` by role and area (as in :func:`roles`) and period, as on the sheet."""
    known, periods = roles(scenario), range(len(scenario.periods))
    cells = [getattr(r.rows[t], column) if t in r.rows else otherwise for r in known for t in periods]
    return np.array(cells, dtype=float).reshape(len(known), len(periods))


def works_at(scenario: Scenario, role: Role, sites: pd.Series) -> Flags:
    """Return at which of the sites the people of ``role`` may work: those in its area."""
    if role.area == ALL:
        return np.ones(len(sites), dtype=bool)
    here = scenario.territories["territory_id"][in_area(scenario.territories, role.area)]
    home = sites.map(scenario.sites.set_index("site_id")["territory_id"])
    return home.isin(here).to_numpy(bool)


def staff_of(scenario: Scenario, role: str, services: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return the FTE of ``role`` that each service (specialty_id, size_id) needs open, and for each yearly case.

    A row of ``staffing`` for the size stands before the row for every size.
    """
    rows = scenario.staffing[scenario.staffing["role_id"] == role]
    fixed, per_case = np.zeros(len(services)), np.zeros(len(services))

    def sized(size: str) -> Any:
        return services["size_id"] == size if size else True

    for row in rows_of(rows.sort_values("size_id", kind="stable")):
        mine = ((services["specialty_id"] == row.specialty_id) & sized(row.size_id)).to_numpy(bool)
        fixed[mine] = row.fte
        per_case[mine] = 0.0 if np.isnan(row.cases_per_fte) else 1.0 / row.cases_per_fte
    return fixed, per_case


def workforce_rows(scenario: Scenario, options: pd.DataFrame, phases: Phases) -> Workforce:
    """Return the roles over ``options`` (columns site_id, specialty_id, size_id); costs become NPV.

    Training is paid once, in the first year of the period; what a recruited person costs, every year from then on.
    """
    known = roles(scenario)
    needs = [
        [n * works_at(scenario, r, options["site_id"]) for n in staff_of(scenario, r.role, options)] for r in known
    ]
    size = len(known), len(options)
    fixed, per_case = (np.array([n[k] for n in needs], dtype=float).reshape(size) for k in (0, 1))
    grid = partial(role_grid, scenario)
    return Workforce(
        ids=tuple(role.id for role in known),
        stock=grid("stock", np.inf),
        fixed=fixed,
        per_case=per_case,
        training_max=grid("training_max", 0.0),
        recruitment_max=grid("recruitment_max", 0.0),
        training_cost=grid("training_cost", 0.0) * phases.firsts,
        recruitment_cost=grid("recruitment_cost", 0.0) * phases.worth(phases.onward),
        hard=grid("hard", 1.0) > 0.5,
        price=np.nan_to_num(grid("price", 0.0)) * phases.annuities,
    )
