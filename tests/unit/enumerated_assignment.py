"""Who goes where in one network of a tiny scenario, as a linear model for scipy: what ``enumeration`` asks for each."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import LinearConstraint, milp

if TYPE_CHECKING:
    from enumeration import Enumeration, Network


def or_blank(value: float, blank: float) -> float:
    return blank if np.isnan(value) else value


class Assignment:
    """The linear model of who goes where: columns are added with their cost, rows as lists of (column, factor)."""

    def __init__(self, whole: Enumeration, network: Network) -> None:
        self.whole, self.network = whole, network
        self.cost: list[float] = []
        self.upper: list[float] = []
        self.integer: list[int] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.x: dict[tuple[str, str, str], int] = {}
        self.impossible = False
        for specialty in whole.specialties:
            for territory in whole.people:
                self._treat(territory, specialty)
        self._volumes()
        self._access()
        self._money()
        for specialty in whole.specialties:
            self._meanwhile(specialty)

    def least(self) -> float:
        if self.impossible:
            return np.inf
        matrix = np.zeros((len(self.rows), len(self.cost)))
        for n, (row, _, _) in enumerate(self.rows):
            for column, factor in row.items():
                matrix[n, column] += factor
        low, high = (np.array([row[k] for row in self.rows]) for k in (1, 2))
        found = milp(
            self.cost,
            constraints=LinearConstraint(matrix, low, high),
            bounds=(0, np.array(self.upper)),
            integrality=self.integer,
            options={"mip_rel_gap": 0.0},
        )
        return float(found.fun) if found.status == 0 else np.inf

    def _column(self, cost: float, upper: float = np.inf, *, integer: bool = False) -> int:
        self.cost.append(cost)
        self.upper.append(upper)
        self.integer.append(int(integer))
        return len(self.cost) - 1

    def _treat(self, territory: str, specialty: str) -> None:
        """Shares of one demand: everyone treated or sent away, to the nearest only where that is the rule."""
        w, rule = self.whole, self.whole.specialties[specialty]
        ceiling = or_blank(rule["ceiling_minutes"], np.inf)
        near = {
            j: w.minutes[territory, j] for j, s in self.network if s == specialty and w.minutes[territory, j] <= ceiling
        }
        nearest = rule["assignment"] == "nearest"
        if nearest and near:
            near = {j: t for j, t in near.items() if t == min(near.values())}
        row = {}
        for site, minutes in near.items():
            use = w.use(site, specialty, *self.network[site, specialty])
            cost = w.cases(territory, specialty) * (use.case_cost + self._travel(rule, minutes))
            row[self._column(cost, 1.0, integer=rule["single_source"])] = 1.0
            self.x[territory, site, specialty] = max(row)
        if not np.isnan(rule["unmet_cost"]) and not (nearest and near):
            row[self._column(w.cases(territory, specialty) * rule["unmet_cost"] * w.annuity, 1.0)] = 1.0
        if row:
            self.rows.append((row, 1.0, 1.0))
        self.impossible = self.impossible or not row

    def _travel(self, rule: dict[str, Any], minutes: float) -> float:
        s = self.whole.scenario.settings
        return float(
            s.patient_time_weight * 2 * rule["trips_per_case"] * minutes * s.patient_minute_cost * self.whole.annuity
        )

    def _treated(self, site: str, specialty: str) -> dict[int, float]:
        """Cases of a service as a row."""
        return {n: self.whole.cases(i, s) for (i, j, s), n in self.x.items() if (j, s) == (site, specialty)}

    def _volumes(self) -> None:
        w = self.whole
        for (site, specialty), (size, _) in self.network.items():
            rule, row = w.sizes[specialty, size], self._treated(site, specialty)
            self.rows.append((row, -np.inf, rule["capacity"] * w.scenario.settings.occupancy))
            if rule["min_cases"] > 0:
                short = {} if rule["min_cases_hard"] else {self._column(rule["min_cases_price"] * w.annuity): 1.0}
                self.rows.append((row | short, rule["min_cases"] * w.times((site, specialty)), np.inf))

    def _meanwhile(self, specialty: str) -> None:
        """Those who would wait for an opening and find room in services of today, between two openings each."""
        w, price = self.whole, self.whole.specialties[specialty]["unmet_cost"]
        own = {key: w.until(key, self.network[key]) for key in self.network if key[1] == specialty}
        if np.isnan(price):
            return
        for begin, end in itertools.pairwise(sorted({0.0, *own.values()})):
            columns = {}
            for key in w.today:
                if key[1] == specialty and (free := self._free(key, begin)) is not None:
                    gain = w.meanwhile(key, kept=key in self.network) - w.scenario.settings.waiting_weight * price
                    if gain < 0:
                        columns[self._column(gain * w.years(begin, end), w.room(key))] = 1.0
                        self.rows.append(({max(columns): 1.0} | free[0], -np.inf, free[1]))
            late = {n: -share for key, until in own.items() if until > begin for n, share in self._waits(key).items()}
            in_use = {n: share for key in w.today if key in own for n, share in self._used(key).items()}
            self.rows.append((columns | late, -np.inf, 0.0))
            self.rows.append((columns | in_use, -np.inf, w.reach_any(specialty) * (1 + 1e-9)))

    def _waits(self, key: tuple[str, str]) -> dict[int, float]:
        service = self.whole.service(key, self.network[key])
        part = (1 - service.elsewhere_share[0]) * (1 - service.before_share[0])
        return {n: part * cases for n, cases in self._treated(*key).items()}

    def _used(self, key: tuple[str, str]) -> dict[int, float]:
        before = self.whole.service(key, self.network[key]).before_share[0]
        return {n: before * cases for n, cases in self._treated(*key).items()}

    def _free(self, key: tuple[str, str], begin: float) -> tuple[dict[int, float], float] | None:
        """What of a service of today is in use, as a row, and its room; None where it has grown."""
        w = self.whole
        if key not in self.network:
            closing = w.today[key].get("closing", "when_replaced")
            return ({}, w.room(key)) if closing == "when_replaced" else None
        enlarged = w.service(key, self.network[key]).before_share[0] < 1
        return None if enlarged and w.until(key, self.network[key]) <= begin else (self._used(key), w.room(key))

    def _access(self) -> None:
        w = self.whole
        for target in w.targets:
            specialty, region = target["specialty_id"], target["region_id"]
            here = [i for i, row in w.people.items() if region in ("all", row["region_id"])]
            due = target["share"] * sum(w.cases(i, specialty) for i in here)
            inside = {
                n: w.cases(i, s)
                for (i, j, s), n in self.x.items()
                if s == specialty and i in here and w.minutes[i, j] <= target["minutes"]
            }
            short = {} if target["hard"] else {self._column(target["price"] * w.annuity): 1.0}
            self.rows.append((inside | short, due, np.inf))

    def _money(self) -> None:
        """Ceilings on capital, on running cost of everything, and on payments to project companies."""
        w = self.whole
        for row in w.funding:
            running = row["kind"] == "running"
            price = row["price"] * (w.annuity if running else float(w.calendar.factors()[0]))
            sites = sum(w.hosting(*pair) for pair in w.hosted(self.network)) if running else 0.0
            teams = sum(w.contracts[c]["oversight_cost"] for c, _ in w.let(self.network)) if running else 0.0
            once = 0.0 if running else w.paid_once(self.network)
            self._limit("running" if running else "capital", row["amount"] - sites - teams - once, row["hard"], price)
        for row in w.fiscal:
            self._limit(
                "ppp", row["base_amount"] * row["share"] - row["committed"], row["hard"], row["price"] * w.annuity
            )

    def _limit(self, kind: str, left: float, hard: bool, price: float) -> None:
        spent: dict[int, float] = {}
        for key, value in self.network.items():
            use = getattr(self.whole.use(*key, *value), kind)
            fixed, per_case = use if isinstance(use, tuple) else (use, 0.0)
            left -= fixed
            spent |= {n: per_case * cases for n, cases in self._treated(*key).items()}
        excess = {} if hard else {self._column(price): -1.0}
        if not spent and not excess:
            self.impossible = self.impossible or left < -1e-9
        self.rows.append((spent | excess, -np.inf, left))
