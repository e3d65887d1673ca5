"""The state of a network in a surge: services that are hit, their room, the people there, and where help is sent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from redesaude.inputs.areas import in_area
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.inputs.tables import ALL
from redesaude.plan.plan import Plan
from redesaude.promises.workforce import Role, roles, staff_of, works_at
from redesaude.studies.surge import Case
from redesaude_models.arrays import Floats

_WEEKS = 365.25 / 7.0


@dataclass(frozen=True)
class State:
    """A surge in a period: specialties that it hits, their services in one row, and the roles that they need."""

    plan: Plan
    surge: str
    period: str
    cases: dict[str, Case]
    minutes: Floats

    @property
    def scenario(self) -> Scenario:
        return self.plan.scenario

    @property
    def rows(self) -> pd.DataFrame:
        """The rows of the surge."""
        return self.scenario.surge[self.scenario.surge["surge_id"] == self.surge]

    @property
    def months(self) -> float:
        return float(self.rows["months"].iloc[0])

    @cached_property
    def services(self) -> pd.DataFrame:
        """Open services of the specialties that are hit, with the region and territory of their site."""
        rows = self.plan.openings[self.plan.openings["period_id"] == self.period]
        parts = [rows[rows["specialty_id"] == s] for s in self.cases]
        table = pd.concat(parts, ignore_index=True)
        home = self.scenario.sites.set_index("site_id")["territory_id"]
        region = self.scenario.territories.set_index("territory_id")["region_id"]
        town = table["site_id"].map(home)
        return table.assign(territory_id=town, region_id=town.map(region).fillna(""))

    @cached_property
    def offset(self) -> dict[str, int]:
        """Position of the first service of each specialty."""
        ends = np.cumsum([0, *(len(case.sites) for case in self.cases.values())]).tolist()
        return dict(zip(self.cases, ends, strict=False))

    @cached_property
    def journeys(self) -> pd.DataFrame:
        """Ways of patients: position of specialty and place (demand), of service, and minutes."""
        parts = []
        for n, (specialty, case) in enumerate(self.cases.items()):
            place, service = np.nonzero(np.isfinite(case.minutes) & (case.cases > 0)[:, None])
            far = case.minutes[place, service]
            demand, at = n * len(self.minutes) + place, self.offset[specialty] + service
            parts.append(pd.DataFrame({"demand": demand, "service": at, "minutes": far}))
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def onward(self) -> Floats:
        """Share of those who come to a service (row) that is treated at each (column)."""
        whole = np.zeros((len(self.services), len(self.services)))
        for specialty, case in self.cases.items():
            at = slice(self.offset[specialty], self.offset[specialty] + len(case.sites))
            whole[at, at] = case.onward
        return whole

    @cached_property
    def capacity(self) -> Floats:
        """Cases/year that each service has room for."""
        return np.concatenate([case.capacity for case in self.cases.values()])

    @cached_property
    def roles(self) -> list[Role]:
        """Roles and areas with people in the period."""
        t = self.scenario.periods["period_id"].to_list().index(self.period)
        return [role for role in roles(self.scenario) if t in role.rows]

    @cached_property
    def per_case(self) -> Floats:
        """Full-time people that a yearly case at a service takes, ``(roles, services)``."""
        return self._staff(self.services)[1]

    @cached_property
    def room_for_staff(self) -> Floats:
        """Full-time people of each role left for cases of the services that are hit: at least those of the plan."""
        everything = self.plan.openings[self.plan.openings["period_id"] == self.period]
        fixed, per_case = self._staff(everything)
        spent = fixed.sum(axis=1) + per_case @ everything["cases"].to_numpy(float)
        own = self.per_case @ self.services["cases"].to_numpy(float)
        return np.asarray(np.maximum(self.there - (spent - own), own))

    @cached_property
    def there(self) -> Floats:
        """People of each role in its area in the period, as the plan has them."""
        rows = self.plan.workforce[self.plan.workforce["period_id"] == self.period]
        known = {(r.role_id, r.region_id): float(r.available) for r in rows_of(rows)}
        return np.array([known[role.role, role.area] for role in self.roles], dtype=float)

    def _staff(self, services: pd.DataFrame) -> tuple[Floats, Floats]:
        sized = [staff_of(self.scenario, role.role, services) for role in self.roles]
        here = [works_at(self.scenario, role, services["site_id"]) for role in self.roles]
        shape = len(self.roles), len(services)
        fixed, each = (
            np.array([need[k] * at for need, at in zip(sized, here, strict=True)], dtype=float).reshape(shape)
            for k in (0, 1)
        )
        return fixed, each

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """By region: weekly cases of what ``starts_at`` counts, the least such count, and whether help has started."""
        territories = self.scenario.territories
        found = []
        for region in dict.fromkeys(territories["region_id"]):
            here = (territories["region_id"] == region).to_numpy(bool)
            counts, limits = [], []
            for row in rows_of(self.rows):
                if (in_area(territories, row.region_id) & here).any():
                    mine = [c for s, c in self.cases.items() if row.specialty_id in (ALL, s)]
                    counts.append(sum(float((c.cases * c.multiplier)[here].sum()) for c in mine) / _WEEKS)
                    limits.append(0.0 if np.isnan(row.starts_at) else float(row.starts_at))
            started = any(count >= limit for count, limit in zip(counts, limits, strict=True))
            found.append((region, max(counts, default=0.0), min(limits, default=np.inf), started))
        return pd.DataFrame(found, columns=["region_id", "weekly_cases", "starts_at", "started"])

    @cached_property
    def started(self) -> frozenset[str]:
        """Regions that help is sent to."""
        return frozenset(self.weekly.loc[self.weekly["started"], "region_id"])

    def lends(self, row: Any, region: str) -> bool:
        territories = self.scenario.territories
        here = (territories["region_id"] == region).to_numpy(bool)
        return bool((in_area(territories, row.region_id) & here).any())

    def minutes_from(self, territory: str) -> Floats:
        """Minutes from a territory to the site of every service."""
        at = pd.Index(self.scenario.territories["territory_id"]).get_loc(territory)
        sites = pd.Index(self.scenario.sites["site_id"]).get_indexer(pd.Index(self.services["site_id"]))
        return np.asarray(self.minutes[at, sites])

    def regions_of(self, role: Role) -> frozenset[str]:
        """Regions in the area of a role."""
        territories = self.scenario.territories
        return frozenset(territories.loc[in_area(territories, role.area), "region_id"])

    def between(self, role: Role, other: Role) -> float:
        """Least minutes from a service in the area of a role to one in that of another; infinite where none is hit."""
        start, end = (self.services["region_id"].isin(self.regions_of(r)).to_numpy(bool) for r in (role, other))
        if not (start.any() and end.any()):
            return np.inf
        return float(min(self.minutes_from(town)[end].min() for town in set(self.services.loc[start, "territory_id"])))
