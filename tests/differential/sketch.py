"""A scenario in the making, around a plan that keeps its hard rules: what is asked never exceeds what that plan gives.

The planted plan opens ``plant`` under the contract ``direct`` and in the largest size, and sends everyone to the
nearest of them. Rules that would need more than that are elastic, or asked only where nobody must be treated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from differential.draw import Draw
from tiny import Tables, rows, settings, times

#: largest growth of the population in a year
MOST_GROWTH = 0.05

#: standards of access come from these minutes
MINUTES = (20.0, 30.0, 40.0, 60.0)


@dataclass(frozen=True)
class Shape:
    """How large a kind of scenario is, and how often each of its rules is asked for."""

    specialties: tuple[int, int] = (1, 1)
    sites: tuple[int, int] = (2, 5)
    territories: tuple[int, int] = (3, 7)
    sizes: int = 1
    periods: tuple[int, ...] = ()
    must_treat: float = 0.2
    ample: float = 0.0
    rules: Mapping[str, float] = field(default_factory=dict)


class Sketch:
    """Sheets as lists of rows, ``settings``, and the planted plan."""

    def __init__(self, draw: Draw, shape: Shape) -> None:
        self.draw, self.shape = draw, shape
        self.specialties = [f"s{n}" for n in range(draw.count(*shape.specialties))]
        self.sites = [f"h{n}" for n in range(draw.count(*shape.sites))]
        self.territories = [f"t{n}" for n in range(max(len(self.sites), draw.count(*shape.territories)))]
        self.minutes = self._minutes()
        self.horizon = sum(shape.periods) or draw.count(1, 9)
        self.occupancy = draw.one((1.0, 1.0, 0.85))
        self.grows = bool(shape.periods) and draw.happens(0.7)
        people, rate = self._people(), {s: draw.one((1.0, 1.0, 0.31)) for s in self.specialties}
        self.people = people
        self.cases = {s: people * rate[s] for s in self.specialties}
        self.plant = {s: draw.some(self.sites, least=1) for s in self.specialties}
        self.optional = {s: not draw.happens(shape.must_treat) for s in self.specialties}
        self.sheets: dict[str, list[dict[str, Any]]] = {}
        self.settings = self._settings()
        self._base(rate)

    @property
    def nobody_must(self) -> bool:
        """Whether the plan in which nothing opens treats all whom it must."""
        return all(self.optional.values())

    def table(self, name: str) -> list[dict[str, Any]]:
        """The rows of a sheet, to be changed or added to."""
        return self.sheets.setdefault(name, [])

    def tables(self) -> Tables:
        """The sheets as data frames."""
        frames = {name: rows(*records) for name, records in self.sheets.items() if records}
        minutes = {
            t: {j: float(self.minutes[i, k]) for k, j in enumerate(self.sites)} for i, t in enumerate(self.territories)
        }
        return frames | {"settings": settings(**self.settings), "travel_times": times(minutes)}

    def growth(self) -> float:
        """How many times today's cases there may be in the last year, at most."""
        return (1 + MOST_GROWTH) ** self.horizon if self.grows else 1.0

    def load(self, specialty: str) -> dict[str, float]:
        """Cases/year of today at each planted site: everyone goes to the nearest."""
        places = [self.sites.index(j) for j in self.plant[specialty]]
        nearest = np.argmin(self.minutes[:, places], axis=1)
        return dict(
            zip(self.plant[specialty], np.bincount(nearest, self.cases[specialty], len(places)).tolist(), strict=True)
        )

    def share_within(self, specialty: str, minutes: float) -> float:
        """Share of the cases that the planted plan treats within ``minutes``."""
        places = [self.sites.index(j) for j in self.plant[specialty]]
        near = self.minutes[:, places].min(axis=1) <= minutes
        total = self.cases[specialty].sum()
        return float(self.cases[specialty][near].sum() / total) if total > 0 else 1.0

    def _minutes(self) -> np.ndarray:
        shape = len(self.territories), len(self.sites)
        if self.draw.temper == "tied":
            return self.draw.rng.choice([0.0, 20.0, 30.0], shape)
        if self.draw.happens(0.5):
            return 10.0 * self.draw.rng.integers(0, 8, shape)
        at = self.draw.rng.uniform(0, 60, (len(self.territories), 2))
        return np.hypot(*(at[:, None] - at[None, : len(self.sites)]).transpose(2, 0, 1)).round(1)

    def _people(self) -> np.ndarray:
        if self.draw.temper == "wild":
            return 10.0 ** self.draw.rng.uniform(-2, 5, len(self.territories))
        people = np.array([self.draw.number(5, 60) for _ in self.territories])
        if self.draw.temper == "zero":
            people[1:][self.draw.rng.random(len(people) - 1) < 0.4] = 0.0
        return people

    def _settings(self) -> dict[str, Any]:
        travel = self.draw.one(({}, {"patient_time_weight": 1.0, "patient_minute_cost": self.draw.number(1, 5) / 10}))
        return {
            "horizon_years": self.horizon,
            "base_year": 2025,
            "discount_rate": self.draw.one((0.0, 0.06)),
            "occupancy": self.occupancy,
            **travel,
        }

    def _base(self, rate: dict[str, float]) -> None:
        draw, regions = self.draw, self.draw.count(1, 3)
        for n, t in enumerate(self.territories):
            growth = {"growth_rate": draw.one((0.0, MOST_GROWTH))} if self.grows else {}
            row = {"territory_id": t, "region_id": f"r{n % regions}", "population": float(self.people[n])}
            self.table("territories").append(row | growth)
        for n, j in enumerate(self.sites):
            self.table("sites").append({"site_id": j, "territory_id": self.territories[n]})
        for s in self.specialties:
            row = {"specialty_id": s, "cases_per_100k": 1e5 * rate[s], "trips_per_case": 1}
            row |= {"unmet_cost": draw.money(5, 120)} if self.optional[s] else {}
            self.table("specialties").append(row)
            self._sizes(s)
        year = 2025
        for n, years in enumerate(self.shape.periods, start=1):
            self.table("periods").append({"period_id": f"p{n}", "first_year": year, "years": years})
            year += years

    def _sizes(self, specialty: str) -> None:
        """Sizes of a specialty; the largest has room for the planted plan, and sometimes for everyone."""
        draw = self.draw
        ample = draw.happens(self.shape.ample)
        needed = float(self.cases[specialty].sum()) if ample else max(self.load(specialty).values())
        exact = self.occupancy == 1.0 and not self.grows and draw.temper in ("whole", "tied", "zero")
        slack = 1.0 if exact and draw.happens(0.3) else draw.one((1.02, 1.2, 1.6))
        room = max(needed, 1e-3) * self.growth() * slack / self.occupancy
        if draw.temper not in ("fractional", "wild"):
            room = float(np.ceil(room - 1e-9))
        for n in range(self.shape.sizes):
            part = (n + 1) / self.shape.sizes
            self.table("sizes").append(
                {
                    "specialty_id": specialty,
                    "size_id": f"z{n}",
                    "capacity": room * part,
                    "capex": part**0.85 * draw.money(0, 900),
                    "fixed_cost": part**0.85 * draw.money(0, 200),
                    "cost_per_case": draw.money(0, 12),
                }
            )
