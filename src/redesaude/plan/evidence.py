"""What the audit of a plan looks at: the plan beside its scenario, looked up by name, and how a check is judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from redesaude.assemble.demand import case_matrix
from redesaude.assemble.emergency import reached
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.inputs.tables import ALL
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.numbers import today_of
from redesaude.plan.plan import Check, Plan
from redesaude.travel.matrix import travel_minutes
from redesaude_models.arrays import Floats

#: specialty, area and period
Area = tuple[str, str, str]

#: what evidence says of the scenario alone, and what of the journeys
_OF_SCENARIO, _OF_TRIPS = ("minutes", "reach", "cases", "cases_of", "specialties", "region", "today"), ("trips_of",)

#: relative tolerance of every comparison; shares are held to it absolutely
TOLERANCE = 1e-6


Made = TypeVar("Made")


def _same_network(one: Plan, other: Plan) -> bool:
    """Whether two plans differ in nothing but contracts, money and what follows from them."""
    apart = ("assignments", "unmet", "access", "loads", "workforce", "stations", "emergency", "transfers")
    service = ["site_id", "specialty_id", "size_id", "period_id", "cases"]
    alike = one.openings is other.openings or one.openings[service].equals(other.openings[service])
    return alike and all(getattr(one, name) is getattr(other, name) for name in apart)


class _Parts(Mapping[Area, pd.DataFrame]):
    """Rows of a table by specialty, area and period, taken out of it where they are asked for."""

    def __init__(self, table: pd.DataFrame, places: Mapping[Area, list[int]]) -> None:
        self._table, self._places = table, places
        self._taken: dict[Area, pd.DataFrame] = {}

    def __getitem__(self, key: Area) -> pd.DataFrame:
        if key not in self._taken:
            self._taken[key] = self._table.iloc[self._places.get(key, [])]
        return self._taken[key]

    def __iter__(self) -> Iterator[Area]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@dataclass(frozen=True)
class Evidence:
    """The plan beside what its scenario says, looked up once."""

    plan: Plan

    def of(self, plan: Plan, appraisal: Appraisal | None = None, lines: pd.Series | None = None) -> Evidence:
        """Return the evidence of another plan of the same scenario; what that says is not looked up again.

        ``appraisal`` of that plan and its cost ``lines``, where they are at hand. What is worked out of services,
        patients, stations and staff is taken over where only contracts differ.
        """
        other, found = Evidence(plan), vars(self)
        same = (*_OF_SCENARIO, *(_OF_TRIPS if plan.assignments is self.plan.assignments else ()))
        vars(other).update({name: found[name] for name in same if name in found})
        vars(other).update({"appraisal": appraisal} if appraisal else {})
        vars(other).update({"lines": lines} if lines is not None else {})
        vars(other).update({"of_network": self.of_network} if _same_network(self.plan, plan) else {})
        return other

    @cached_property
    def of_network(self) -> dict[str, Any]:
        """What was worked out of services, patients, stations and staff alone, whoever runs them."""
        return {}

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """Return what ``make`` works out of the network alone, made once for it under any contracts."""
        if name not in self.of_network:
            self.of_network[name] = make()
        found: Made = self.of_network[name]
        return found

    @cached_property
    def lines(self) -> pd.Series:
        """The cost lines, worked out again."""
        return self.appraisal.cost_lines(self.minutes)

    @property
    def scenario(self) -> Scenario:
        """The scenario of the plan."""
        return self.plan.scenario

    @cached_property
    def appraisal(self) -> Appraisal:
        """The money of the plan, appraised again."""
        return Appraisal(self.plan)

    @cached_property
    def minutes(self) -> pd.DataFrame:
        """Travel minutes, territories x sites."""
        ids = self.scenario.territories["territory_id"], self.scenario.sites["site_id"]
        return pd.DataFrame(travel_minutes(self.scenario), index=ids[0], columns=ids[1])

    @cached_property
    def reach(self) -> np.ndarray:
        """Whether each emergency station reaches each territory within the standard, territories x stations."""
        return reached(self.scenario)

    @cached_property
    def cases(self) -> pd.Series:
        """Yearly cases by (territory, specialty, period), where there are any in some period."""
        ids = self.scenario.territories["territory_id"], self.scenario.specialties["specialty_id"]
        periods = self.scenario.periods["period_id"]
        matrix = np.stack([case_matrix(self.scenario, t) for t in range(len(periods))], axis=-1)
        index = pd.MultiIndex.from_product([*ids, periods], names=[*(i.name for i in ids), periods.name])
        any_cases = np.broadcast_to((matrix > 0).any(axis=-1, keepdims=True), matrix.shape).ravel()
        return pd.Series(matrix.ravel(), index=index)[any_cases].sort_index()

    @cached_property
    def specialties(self) -> pd.DataFrame:
        """The specialties by id."""
        return self.scenario.specialties.set_index("specialty_id")

    @cached_property
    def region(self) -> pd.Series:
        """Health region of each territory."""
        return self.scenario.territories.set_index("territory_id")["region_id"]

    def due(self, table: pd.DataFrame) -> pd.Series:
        """Return the yearly cases that each row of ``table`` (a share of a demand in a period) stands for.

        Nobody is due where the scenario has no cases.
        """
        demands = pd.MultiIndex.from_frame(table[["territory_id", "specialty_id", "period_id"]])
        return pd.Series(self.cases.reindex(demands, fill_value=0.0).to_numpy(float) * table["share"])

    @cached_property
    def trips(self) -> pd.DataFrame:
        """The assignments."""
        return self.plan.assignments

    @cached_property
    def trips_of(self) -> Mapping[Area, pd.DataFrame]:
        """The assignments of each specialty from each area in each period, see :meth:`by_area`."""
        return self.by_area(self.trips)

    @cached_property
    def cases_of(self) -> Mapping[Area, pd.DataFrame]:
        """Yearly cases by territory of each specialty in each area and period, see :meth:`by_area`."""
        return self.by_area(self.cases.rename("cases").reset_index())

    def by_area(self, table: pd.DataFrame) -> Mapping[Area, pd.DataFrame]:
        """Return the rows of ``table`` by specialty, area of their territory and period; nothing where there are none.

        An area is a health region, a macro-region that shares its code with none, or ``all``.
        """
        stated = self.scenario.territories
        ids, regions = stated["territory_id"].to_list(), stated["region_id"].to_list()
        own = {*regions, ""}
        wider = [() if each in own else (each,) for each in stated["macroregion_id"].to_list()]
        areas = {one: (ALL, region, *more) for one, region, more in zip(ids, regions, wider, strict=True)}
        places: defaultdict[Area, list[int]] = defaultdict(list)
        keys = zip(table["specialty_id"], table["territory_id"], table["period_id"], strict=True)
        for n, (specialty, territory, period) in enumerate(keys):
            for area in areas.get(territory, (ALL,)):
                places[str(specialty), str(area), str(period)].append(n)
        return _Parts(table, places)

    def far(self, territories: pd.Series, sites: pd.Series) -> Floats:
        """Return the minutes between pairs of territory and site; NaN where either is unknown."""
        rows = self.minutes.index.get_indexer(pd.Index(territories))
        columns = self.minutes.columns.get_indexer(pd.Index(sites))
        return np.where((rows >= 0) & (columns >= 0), self.minutes.to_numpy(float)[rows, columns], np.nan)

    @cached_property
    def today(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Size and contract of each existing service, by site and specialty."""
        return today_of(self.scenario)

    @cached_property
    def places(self) -> pd.DataFrame:
        """The openings in their order, with what the scenario says of each.

        Nominal capacity and that at occupancy, minimum volume and whether it is hard, status, works the plan does there
        (up to this size), and the nominal capacity of today.
        """
        names = ("site_id", "specialty_id", "contract_id", "period_id", "cases")
        hard_in = {(row.specialty_id, row.size_id): bool(row.min_cases_hard) for row in rows_of(self.scenario.sizes)}
        rows = []
        for row, record in zip(rows_of(self.plan.openings), self.appraisal.records, strict=True):
            own = self.appraisal.numbers.of(row.site_id, row.specialty_id, row.size_id)
            hard = hard_in[row.specialty_id, row.size_id]
            used = own["capacity"] * self.scenario.settings.occupancy
            today, works = self._capacity_today(row), record["works"] + record["earlier_works"]
            given = [getattr(row, name) for name in names]
            rows.append((*given, own["capacity"], used, own["min_cases"], hard, self._status(row), works, today))
        columns = [*names, "nominal", "capacity", "least", "hard", "status", "works", "today"]
        return pd.DataFrame(rows, columns=columns).astype({"hard": bool})

    def _status(self, row: Any) -> str:
        """What becomes of today's service: new, kept, resized or converted."""
        size, contract = self.today.get((row.site_id, row.specialty_id), ("", ""))
        if not size:
            return "new"
        if size != row.size_id:
            return "resized"
        return "kept" if contract == row.contract_id else "converted"

    def _capacity_today(self, row: Any) -> float:
        size, _ = self.today.get((row.site_id, row.specialty_id), ("", ""))
        return self.appraisal.numbers.of(row.site_id, row.specialty_id, size)["capacity"] if size else 0.0


def check(name: str, deviations: pd.Series | np.ndarray | list[float], tolerance: float = TOLERANCE) -> Check:
    """Return a check that the largest deviation is within tolerance, naming where it is when it is not.

    A deviation that is no number fails: nothing could be compared there.
    """
    values = np.array(deviations, dtype=float)
    values[np.isnan(values)] = np.inf
    worst = float(values.max(initial=0.0))
    passed = worst <= tolerance
    where = "" if passed else f"at {pd.Series(deviations, dtype=float).index[int(values.argmax())]}"
    return Check(name, passed, worst, tolerance, where)


def flags(broken: Any) -> list[float]:
    """Return deviations of a rule that is either kept (0) or broken (1)."""
    return [float(flag) for flag in broken]


def relative(found: pd.Series, due: Any) -> np.ndarray:
    """Return how far each figure is from what is due, as a share of it (of 1 where it is smaller).

    Infinitely far where what is due is no finite number.
    """
    due = np.asarray(due, dtype=float)
    sound = np.isfinite(due)
    known = np.where(sound, due, 0.0)
    apart = np.abs(found.to_numpy(float) - known) / np.maximum(np.abs(known), 1.0)
    return np.where(sound, apart, np.inf)


@dataclass(frozen=True)
class Outcome:
    """One promise: its word in the table of promises, what it asks for, what was reached and is missing, if it is hard.

    Access, volume, load and window are cases/year, money is currency (per year, unless it is capital), workforce is
    full-time people, cover and double_cover are people, ambulances are ambulances.
    """

    kind: str
    limit: float
    achieved: float
    short: float
    hard: bool

    @property
    def missing(self) -> float:
        """The shortfall as a share of the promise (of 1 where that is smaller)."""
        return self.short / max(abs(self.limit), 1.0)

    @property
    def met(self) -> bool:
        """True when nothing is missing, within tolerance."""
        return self.missing <= TOLERANCE
