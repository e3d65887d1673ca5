"""The best plan of a tiny scenario of several periods by trying every path through them, one by one.

What each path costs is laid out here, service by service, as a project that begins with its period; nothing of the
planning problem, its model or the audit is used. Everybody may go everywhere, the cheapest service first; where those
who wait may be treated in the room of today's service, a linear model of one period says where they go.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog

from redesaude.finance.contracts import Terms, terms_of
from redesaude.finance.discounting import Calendar
from redesaude.finance.pricing import price_by_period
from redesaude.finance.services import AT_ONCE, Services
from redesaude.finance.succession import Succession
from redesaude.inputs.scenario import Scenario

#: (size, contract) of each site, None where closed
State = tuple[str, str] | None
Network = tuple[State, ...]
Path = tuple[State, ...]
"""of one site, by period"""


class Late(NamedTuple):
    """How a service stands in a period: until when which share of its cases waits, since which period; what share of
    them takes room of today, and until when today's service runs there.
    """

    until: float
    waiting: float
    begun: int
    used: float
    as_today: float


class Room(NamedTuple):
    """The room of today's service: the period in which it ended (None: it is kept), and the cases a year it holds."""

    ended: int | None
    size: float


class Paths:
    """Every path of networks of a scenario through its periods, and the least cost among them."""

    def __init__(self, case: Scenario) -> None:
        self.case = case
        s = case.settings
        self.horizon = int(s.horizon_years)
        years = [int(year) for year in case.periods["first_year"]]
        self.begins = [year - years[0] for year in years]
        self.ends = [*self.begins[1:], self.horizon]
        self.calendar = Calendar(years[0], s.base_year, self.horizon, s.discount_rate)
        self.factors = self.calendar.factors()
        self.sizes = {r.size_id: r for r in case.sizes.itertuples()}
        self.contracts = {r.contract_id: r for r in case.contracts.itertuples()}
        self.terms = {c: terms_of(case.contracts).take(np.array([n])) for n, c in enumerate(self.contracts)}
        today = case.site_services.iloc[0] if len(case.site_services) else None
        self.today: Network = (None if today is None else ("small", "direct"), *[None] * (len(case.sites) - 1))
        self.closing = 0.0 if today is None else float(today["closing_cost"])
        self.hosting = case.sites["fixed_cost"].to_numpy(float)
        self.treated = cache(self._treated)

    def best(self) -> float:
        states: list[State] = [None, *itertools.product(self.sizes, self.contracts)]
        every = list(itertools.product(states, repeat=len(self.begins)))
        decided = self.case.decisions["decision"].iloc[0] if len(self.case.decisions) else ""
        by_site = []
        for n, today in enumerate(self.today):
            paths = [path for path in every if self._may_be(today, path)]
            if n == 0:  # what is decided is about the first site
                paths = [path for path in paths if self._kept(decided, today, path)]
            by_site.append([self._priced(n, today, path) for path in paths])
        every = itertools.product(*by_site)
        return min(self._together(paths) for paths in every if self._piloted([path for path, _, _ in paths]))

    def _piloted(self, paths: list[Path]) -> bool:
        """Whether no pilot runs more sites than it may before it is extended."""
        return all(
            sum(path[t] is not None and path[t][1] == row.contract_id for path in paths) <= row.sites
            for row in self.case.pilots.itertuples()
            for t, year in enumerate(self.case.periods["first_year"])
            if year < row.extend_from
        )

    def _kept(self, decided: str, today: State, path: Path) -> bool:
        """Whether what is decided of the first period is kept: it is frozen, or under the contract named."""
        first = path[0]
        if decided == "open":
            row = self.case.decisions.iloc[0]
            return first is not None and row["size_id"] in ("", first[0]) and row["contract_id"] == first[1]
        return decided != "freeze" or first == today

    def _may_be(self, today: State, path: Path) -> bool:
        first = path[0]
        if today is not None and first is not None and self.sizes[first[0]].capacity < self.sizes[today[0]].capacity:
            return False
        changes = [t for t in range(1, len(path)) if path[t] != path[t - 1]]
        return all(self._change(today, path, t) for t in changes)

    def _change(self, today: State, path: Path, t: int) -> bool:
        """Whether the state before period ``t`` may become that in it."""
        old, new = path[t - 1], path[t]
        if old is None:
            return today is None
        begun = max(u for u in range(t) if u == 0 or path[u - 1] != old)
        before = path[begun - 1] if begun else today
        opened = self.begins[begun] + self._opening(today, before, old)
        works, contract = self._works(before, old), self.contracts[old[1]]
        repaid = max(contract.term_years - (opened - self.begins[begun] - contract.procurement_months / 12), 1.0)
        over = self._takes_over(old) and self._signs(today, before, old) and opened + repaid <= self.begins[t]
        with_cases = contract.financing == "provider" and works > 0 and contract.fixed_payment_share < 1
        if not over and opened + (repaid if with_cases else 0.0) > self.begins[t]:
            return False  # still in works, or not yet repaid
        if new is None:
            return over or not (self._works(today, old) > 0 and contract.financing != "budget")
        larger = self.sizes[new[0]].capacity > self.sizes[old[0]].capacity
        if old == today:
            return larger or new[0] == old[0]
        return (larger and not over) if old[1] == new[1] else over and (larger or new[0] == old[0])

    def _takes_over(self, state: tuple[str, str]) -> bool:
        """Whether direct administration follows the term."""
        contract = self.contracts[state[1]]
        follows = contract.after_term or ("direct" if contract.financing == "project_company" else "renewed")
        return follows == "direct" and state[1] != "direct"

    def _runs_before(self, today: State, before: State, now: tuple[str, str]) -> str:
        """The contract that runs until the signature: today's, the same, or direct administration after another's."""
        if before is None:
            return ""
        return "direct" if before != today and before[1] != now[1] else before[1]

    def _signs(self, today: State, before: State, now: tuple[str, str]) -> bool:
        return self._works(before, now) > 0 or self._runs_before(today, before, now) != now[1]

    def _works(self, before: State, now: State) -> float:
        assert now is not None
        if before is not None and before[0] == now[0]:
            return 0.0
        return max(0.0, self.sizes[now[0]].capex - (self.sizes[before[0]].capex if before else 0.0))

    def _opening(self, today: State, before: State, now: tuple[str, str]) -> float:
        """Years from decision to opening."""
        contract = self.contracts[now[1]]
        signing = contract.procurement_months / 12 if self._signs(today, before, now) else 0.0
        works = self.sizes[now[0]].build_months / 12 * contract.delay_factor if self._works(before, now) else 0.0
        return float(signing + works)

    def _priced(self, site: int, today: State, path: Path) -> tuple[Path, float, tuple[float, ...]]:
        """The path, its fixed cost with that of its site, and what a case costs in each period (NPV of a yearly)."""
        fixed, per_case = self._letting(today, path), np.zeros(len(path))
        for before, now, t, until in self._spells(today, path):
            service = self._service(today, before, now, t, until)
            terms = self._terms(self._runs_before(today, before, now), now)
            prices = price_by_period(service, terms, self.calendar, tuple(self.begins))
            fixed += float(prices.cost.sum())
            per_case += prices.case_cost[0]
        for t, (old, new) in enumerate(itertools.pairwise((today, *path))):
            if today is not None and old is not None and new is None:
                fixed += self.closing * self.factors[self.begins[t]]
            if new is not None:
                annuity = self.factors[self.begins[t] : self.ends[t]].sum()
                fixed += self.hosting[site] * self.terms[new[1]].opex_factor[0] * annuity
        return path, float(fixed), tuple(per_case.tolist())

    def _terms(self, before: str, now: tuple[str, str]) -> Succession:
        """The contract, after the one before until it is signed; direct administration comes after its term."""
        own, signs = self.terms[now[1]], float(before != now[1])
        alone = {f.name: getattr(own, f.name) for f in fields(Terms)} | {"signs": np.array([signs])}
        return Succession(**alone, before=self.terms[before or now[1]], after=self.terms["direct"])

    def _spells(self, today: State, path: Path) -> Iterator[tuple[State, tuple[str, str], int, float]]:
        """State before, state, period in which it begins, and the year until which it lasts."""
        for t, state in enumerate(path):
            before = path[t - 1] if t else today
            if state is not None and (t == 0 or before != state):
                left = next((u for u in range(t, len(path)) if path[u] != state), None)
                yield before, state, t, np.inf if left is None else float(self.begins[left])

    def _service(self, today: State, before: State, now: tuple[str, str], t: int, until: float) -> Services:
        """A project that begins with period ``t``, runs until ``until``, and grows out of ``before``."""
        size, old = self.sizes[now[0]], self.sizes[before[0]] if before else None
        works = self._works(before, now)
        numbers = dict.fromkeys((f.name for f in fields(Services)), 0.0) | AT_ONCE | {
            "works": works,
            "earlier_works": self._works(today, now) - works,
            "fixed": size.fixed_cost,
            "per_case": size.cost_per_case,
            "capacity": size.capacity,
            "build_years": size.build_months / 12,
            "before_fixed": old.fixed_cost if old else 0.0,
            "before_share": min(1.0, old.capacity / size.capacity) if old else 0.0,
            "unmet_cost": float(self.case.specialties["unmet_cost"].iloc[0]),
            "waiting_weight": 1.0,
            "begun": float(self.begins[t]),
            "since": float(self.begins[t]),
            "until": until,
        }  # fmt: skip
        return Services(**{name: np.array([value]) for name, value in numbers.items()})

    def _letting(self, today: State, path: Path) -> float:
        """Each site is a lot of its own; oversight of what ends with its term is settled when it is let."""
        total = 0.0
        for before, state, begin, end in zip((today, *path[:-1]), path, self.begins, self.ends, strict=True):
            if state is None:
                continue
            contract, new = self.contracts[state[1]], before is None or before[1] != state[1]
            procured, until = contract.procurement_months / 12 if new else 0.0, float(end)
            if self._takes_over(state):
                if not new:
                    continue
                until = begin + procured + contract.term_years
            year = np.arange(self.horizon)
            signed = begin + (procured if self._takes_over(state) else min(procured, end - begin))
            years = np.clip(np.minimum(year + 1, until) - np.maximum(year, signed), 0, 1)
            total += contract.oversight_cost * float(years @ self.factors[: self.horizon])
            total += contract.transaction_cost * float(self.factors[begin]) * new
        return total

    def _together(self, paths: tuple[tuple[Path, float, tuple[float, ...]], ...]) -> float:
        total = sum(fixed for _, fixed, _ in paths)
        for t in range(len(self.begins)):
            sizes = tuple(self.sizes[path[t][0]].capacity if path[t] else 0.0 for path, _, _ in paths)
            late = tuple(self._late(today, path, t) for (path, _, _), today in zip(paths, self.today, strict=True))
            room = self._room(paths[0][0], t)
            total += self.treated(t, sizes, tuple(costs[t] for _, _, costs in paths), late, room)
        return total

    def _people(self, t: int) -> float:
        middle = (self.begins[t] + self.ends[t]) / 2  # the last runs to the horizon
        people = self.case.territories
        return float((people["population"] * (1 + people["growth_rate"]) ** middle).sum())

    def _late(self, today: State, path: Path, t: int) -> Late:
        now = path[t]
        if now is None:
            return Late(self.begins[t], 0.0, t, 0.0, -np.inf)
        begun = max(u for u in range(t + 1) if u == 0 or path[u - 1] != now)
        before, size = path[begun - 1] if begun else today, self.sizes[now[0]].capacity
        waiting = 1.0 - (min(1.0, self.sizes[before[0]].capacity / size) if before else 0.0)
        opened = min(self.begins[begun] + self._opening(today, before, now), float(self.ends[t]))
        until = opened if waiting and opened > self.begins[t] else float(self.begins[t])
        used = min(1.0, self.sizes[today[0]].capacity / size) if today else 0.0
        as_today = np.inf if used == 1 else until if today and before == today else -np.inf
        return Late(until, waiting, begun, used, as_today)

    def _room(self, path: Path, t: int) -> Room | None:
        """What today's service has for others in a period."""
        today = self.today[0]
        if today is None:
            return None
        ended = next((u for u in range(t + 1) if path[u] is None), None)
        return Room(ended, min(self.sizes[today[0]].capacity, self._people(t)))

    def _saves(self, room: Room) -> float:
        """What a case costs more there for a year than waiting, no less than in the dearest size."""
        s, today = self.case.settings, self.sizes["small"]
        repaid = 1 / sum((1 + s.discount_rate) ** -(y + 1) for y in range(self.horizon))
        dearest = max((z.fixed_cost + repaid * z.capex) / z.capacity + z.cost_per_case for z in self.sizes.values())
        own = today.cost_per_case + (0.0 if room.ended is None else today.fixed_cost / room.size)
        return max(dearest, own) - float(self.case.specialties["unmet_cost"].iloc[0])

    def _worth(self, begin: float, end: float) -> float:
        years = np.arange(self.horizon)
        parts = np.clip(np.minimum(end, years + 1) - np.maximum(begin, years), 0.0, 1.0)
        return float(self.factors[: self.horizon] @ parts)

    def _treated(
        self, t: int, sizes: tuple[float, ...], costs: tuple[float, ...], late: tuple[Late, ...], room: Room | None
    ) -> float:
        """Least cost of treating everyone, or sending away; every site is within reach of all, at no cost."""
        unmet = float(self.case.specialties["unmet_cost"].iloc[0]) * self._worth(self.begins[t], self.ends[t])
        if room is None or self._saves(room) >= 0:
            return self._cheapest_first(t, sizes, costs, unmet)
        people, own = self._people(t), len(sizes)
        dates = sorted({float(self.begins[t]), *(each.until for each in late)})
        cost, most = [*costs, unmet], [*sizes, people]
        rows: list[tuple[dict[int, float], float]] = []
        for begin, end in itertools.pairwise(dates):
            waits = [
                -each.waiting if each.until > begin and (room.ended is None or each.begun <= room.ended) else 0.0
                for each in late
            ]
            h = len(cost)
            cost.append(self._saves(room) * self._worth(begin, end))
            most.append(room.size)
            rows.append(({h: 1.0, **dict(enumerate(waits))}, 0.0))
            rows.append(({h: 1.0, **{j: each.used for j, each in enumerate(late)}}, people))
            if room.ended is None:
                free = late[0].as_today > begin
                rows.append(({h: 1.0, 0: late[0].used * free}, room.size * free))
        matrix = np.zeros((len(rows), len(cost)))
        for n, (row, _) in enumerate(rows):
            matrix[n, list(row)] = list(row.values())
        everyone = (np.arange(len(cost)) <= own).astype(float)[None, :]
        limits = {"A_ub": matrix, "b_ub": [side for _, side in rows]} if rows else {}
        found = linprog(cost, **limits, A_eq=everyone, b_eq=[people], bounds=[(0.0, upper) for upper in most])
        assert found.status == 0
        return float(found.fun)

    def _cheapest_first(self, t: int, sizes: tuple[float, ...], costs: tuple[float, ...], unmet: float) -> float:
        left, total = self._people(t), 0.0
        for cost, size in sorted([*zip(costs, sizes, strict=True), (unmet, np.inf)]):
            total += cost * min(size, left)
            left -= min(size, left)
        return total
