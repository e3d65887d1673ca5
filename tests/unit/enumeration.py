"""The best plan of a tiny scenario by trying every way to open it: no Pyomo, no planning problem, no audit.

For each combination of contract by site and size by service that the rules allow, who goes where is a small linear
model solved by scipy (an integer one where a territory may not be split). Prices come from the finance engine, asked
for one service at a time. Combinations are tried from the cheapest to open, until that alone costs more than the best.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from enumerated_assignment import Assignment, or_blank

from redesaude.finance.cashflow import running_a_year
from redesaude.finance.contracts import Duration, Terms, terms_of
from redesaude.finance.discounting import Calendar
from redesaude.finance.fiscal import capital_use, contract_value, ppp_use, running_use
from redesaude.finance.pricing import letting_cost, price
from redesaude.finance.services import Services, timing_of
from redesaude.finance.succession import Succession
from redesaude.inputs.scenario import Scenario

#: (site, specialty) -> (size, contract)
Network = dict[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True)
class Use:
    """What one service costs and uses: currency once it is open, and for each yearly case."""

    cost: float
    case_cost: float
    works: float
    value: float
    capital: float
    running: tuple[float, float]
    ppp: tuple[float, float]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


class Enumeration:
    """Every network of ``scenario``, and the least net present cost among them."""

    def __init__(self, scenario: Scenario) -> None:
        s = scenario.settings
        self.scenario = scenario
        self.calendar = Calendar(
            int(scenario.periods["first_year"].iloc[0]), s.base_year, s.horizon_years, s.discount_rate
        )
        self.annuity = self.calendar.annuity()
        self.sites = {r["site_id"]: r for r in records(scenario.sites)}
        self.contracts = {r["contract_id"]: r for r in records(scenario.contracts)}
        self.specialties = {r["specialty_id"]: r for r in records(scenario.specialties)}
        self.sizes = {(r["specialty_id"], r["size_id"]): r for r in records(scenario.sizes)}
        existing = scenario.site_services[scenario.site_services["status"] == "existing"]
        self.today = {(r["site_id"], r["specialty_id"]): r for r in records(existing)}
        self.people = {r["territory_id"]: r for r in records(scenario.territories)}
        times = records(scenario.travel_times)
        self.minutes = {(r["origin_id"], r["destination_id"]): r["minutes"] for r in times}
        self.services, self.requires = records(scenario.site_services), records(scenario.requires)
        self.targets, self.funding, self.fiscal = (
            records(frame) for frame in (scenario.access_targets, scenario.funding, scenario.fiscal)
        )
        self.uses: dict[tuple[str, str, str, str], Use] = {}

    def best(self) -> float | None:
        """Return the least net present cost; None if no network keeps the hard promises."""
        best = np.inf
        priced = sorted(((self.opening_cost(n), k, n) for k, n in enumerate(self.networks()) if self.allowed(n)))
        for cost, _, network in priced:
            if cost >= best:
                break
            best = min(best, cost + self.assignment_cost(network))
        return None if np.isinf(best) else float(best)

    # --- networks -------------------------------------------------------------------------------------------------

    def networks(self) -> Iterator[Network]:
        """Yield every choice of contract for each site and size for each service."""
        by_site = [list(self._at(site)) for site in self.sites]
        for parts in itertools.product(*by_site):
            yield {key: value for part in parts for key, value in part.items()}

    def _at(self, site: str) -> Iterator[Network]:
        yield {}
        for contract in self.contracts:
            choices = [[None, *(size for s, size in self.sizes if s == specialty)] for specialty in self.specialties]
            for chosen in itertools.product(*choices):
                named = zip(self.specialties, chosen, strict=True)
                here = {(site, specialty): (size, contract) for specialty, size in named if size is not None}
                if here:
                    yield here

    def allowed(self, network: Network) -> bool:
        """Whether the rules that do not depend on who goes where are kept."""
        return (
            all(self._size_allowed(key, size) for key, (size, _) in network.items())
            and self._numbers_kept(network)
            and self._statuses_kept(network)
            and self._contracts_kept(network)
        )

    def _size_allowed(self, key: tuple[str, str], size: str) -> bool:
        today = self.today.get(key)
        if today is not None and size == today["size_id"]:
            return True
        if self.grade(key) < self.sizes[key[1], size]["least_grade"]:
            return False
        return today is None or self.sizes[key[1], size]["capacity"] > self.sizes[key[1], today["size_id"]]["capacity"]

    def grade(self, key: tuple[str, str]) -> int:
        """Return the grade that a site holds in a specialty."""
        rows = records(self.scenario.licences)
        return next((r["grade"] for r in rows if (r["site_id"], r["specialty_id"]) == key), 0)

    def times(self, key: tuple[str, str]) -> float:
        """Return how many times its size's least volume is asked of a service."""
        rows = [r for r in records(self.scenario.quality_grades) if r["grade"] == self.grade(key)]
        own = [r["volume_factor"] for name in (key[1], "all") for r in rows if r["specialty_id"] == name]
        return float(own[0]) if own else 1.0

    def _numbers_kept(self, network: Network) -> bool:
        for name, specialty in self.specialties.items():
            count = sum(s == name for _, s in network)
            if count > or_blank(specialty["max_centres"], np.inf) or count < or_blank(specialty["min_centres"], 0):
                return False
        return all(
            sum(j == name for j, _ in network) <= or_blank(site["max_services"], np.inf)
            for name, site in self.sites.items()
        ) and all(self._fits(row, network) for row in records(self.scenario.buildings))

    def _fits(self, row: dict[str, Any], network: Network) -> bool:
        """Whether what opens at a site takes no more of its building than general work leaves."""
        used = 0.0
        for (site, specialty), (size, _) in network.items():
            now, whole = self.today.get((site, specialty), {}), self.sizes[specialty, size]
            own = or_blank(now["capacity"], whole["capacity"]) if now.get("size_id") == size else whole["capacity"]
            used += whole[row["resource"]] * own / whole["capacity"] if site == row["site_id"] else 0.0
        return bool(used <= row["total"] - row["general"] + 1e-9)

    def _statuses_kept(self, network: Network) -> bool:
        for row in self.services:
            is_open = (row["site_id"], row["specialty_id"]) in network
            if (row["status"] == "forbidden" and is_open) or (row["status"] == "required" and not is_open):
                return False
        return all(
            (site, r["required_specialty_id"]) in network
            for r in self.requires
            for site, specialty in network
            if specialty == r["specialty_id"]
        )

    def _contracts_kept(self, network: Network) -> bool:
        for site, contract in {(site, c) for (site, _), (_, c) in network.items()}:
            works = sum(self.use(*key, *value).works for key, value in network.items() if key[0] == site)
            if self.contracts[contract]["needs_works"] and works == 0:
                return False
        let = self.let(network)
        if any(self._over_pilot(row, network) for row in records(self.scenario.pilots)):
            return False
        if any(self._over_lot(row, network) for row in records(self.scenario.lot_limits)):
            return False
        for name, contract in self.contracts.items():
            lots = [lot for c, lot in let if c == name]
            if len(lots) > or_blank(contract["max_contracts"], np.inf):
                return False
            if any(let[name, lot] < contract["min_value"] * (1 - 1e-9) for lot in lots):
                return False
        return True

    def _over_pilot(self, row: dict[str, Any], network: Network) -> bool:
        sites = {site for (site, _), (_, contract) in network.items() if contract == row["contract_id"]}
        return bool(len(sites) > row["sites"] and row["extend_from"] > self.scenario.periods["first_year"].iloc[0])

    def let(self, network: Network) -> dict[tuple[str, str], float]:
        """(contract, lot) let -> value of its services."""
        found: dict[tuple[str, str], float] = {}
        for key, (size, contract) in network.items():
            pair = contract, self._lot(key[0], contract)
            found[pair] = found.get(pair, 0.0) + self.use(*key, size, contract).value
        return found

    def begins_unpriced(self, contract: str, lot: str) -> bool:
        """Whether a service without a price of waiting may begin or grow in a lot of the contract."""
        return any(
            np.isnan(self.specialties[specialty]["unmet_cost"])
            and self._size_allowed((site, specialty), size)
            and self.today.get((site, specialty), {}).get("size_id") != size
            and not any(r["status"] == "forbidden" and (r["site_id"], r["specialty_id"]) == (site, specialty)
                        for r in self.services)
            for site in self.sites
            if self._lot(site, contract) == lot
            for specialty, size in self.sizes
        )  # fmt: skip

    def _lot(self, site: str, contract: str) -> str:
        here, stated = self.people[self.sites[site]["territory_id"]], self.sites[site]["lot_id"]
        area = {"region": here["region_id"], "macroregion": here["macroregion_id"], "all": "everywhere", "site": ""}
        return area.get(self.contracts[contract]["lot_scope"], stated) or f"alone {site}"

    def _over_lot(self, row: dict[str, Any], network: Network) -> bool:
        lots = Counter(self._lot(site, c) for (site, _), (_, c) in network.items() if c == row["contract_id"])
        return bool(row["active"] and any(count > row["services"] for count in lots.values()))

    # --- money ----------------------------------------------------------------------------------------------------

    @cached_property
    def terms(self) -> dict[str, Terms]:
        rows = terms_of(self.scenario.contracts)
        return {name: rows.take(np.array([n])) for n, name in enumerate(self.contracts)}

    def use(self, site: str, specialty: str, size: str, contract: str) -> Use:
        """Return what the service costs and uses, priced alone."""
        key = site, specialty, size, contract
        if key not in self.uses:
            service, terms = self._service(site, specialty, size), self._terms(site, specialty, contract)
            prices = price(service, terms, self.calendar)
            running, ppp = running_use(service, terms), ppp_use(service, terms, "all")
            self.uses[key] = Use(
                cost=float(prices.cost[0]),
                case_cost=float(prices.case_cost[0]),
                works=float(service.works[0]),
                value=float(contract_value(service, terms)[0]),
                capital=float(capital_use(service, terms)[0][0]),
                running=(float(running[0][0]), float(running[1][0])),
                ppp=(float(ppp[0][0]), float(ppp[1][0])),
            )
        return self.uses[key]

    def _terms(self, site: str, specialty: str, contract: str) -> Succession:
        """The contract, after today's of the service until it is signed; direct administration comes after its term."""
        today, own = self.today.get((site, specialty)), self.terms[contract]
        before = today["contract_id"] if today else ""
        alone = {f.name: getattr(own, f.name) for f in fields(Terms)} | {"signs": np.array([float(before != contract)])}
        return Succession(**alone, before=self.terms[before or contract], after=self.terms["direct"])

    def _service(self, site: str, specialty: str, size: str) -> Services:
        new, today = self.sizes[specialty, size], self.today.get((site, specialty))
        old = self.sizes[specialty, today["size_id"]] if today else None
        numbers = {
            "works": 0.0 if old is new else max(0.0, new["capex"] - (old["capex"] if old else 0.0)),
            "lifecycle": new["lifecycle_share"] * new["capex"],
            "fixed": new["fixed_cost"],
            "per_case": new["cost_per_case"],
            "capacity": new["capacity"] * self.scenario.settings.occupancy,
            "build_years": new["build_months"] / 12,
            "before_fixed": old["fixed_cost"] if old else 0.0,
            "before_lifecycle": new["lifecycle_share"] * old["capex"] if old else 0.0,
            "before_share": min(1.0, old["capacity"] / new["capacity"]) if old else 0.0,
            "unmet_cost": self.specialties[specialty]["unmet_cost"],
            "elsewhere_share": self.specialties[specialty]["treated_elsewhere_share"],
            "waiting_weight": self.scenario.settings.waiting_weight,
        }
        return Services(**{name: np.array([value]) for name, value in numbers.items()})

    def paid_once(self, network: Network) -> float:
        """Letting the contracts that do not run today, and closing what is not kept."""
        already = {(row["contract_id"], self._lot(site, row["contract_id"])) for (site, _), row in self.today.items()}
        let = sum(self.contracts[c]["transaction_cost"] for c, lot in self.let(network) if (c, lot) not in already)
        return let + sum(row["closing_cost"] for key, row in self.today.items() if key not in network)

    def hosted(self, network: Network) -> set[tuple[str, str]]:
        return {(site, contract) for (site, _), (_, contract) in network.items()}

    def hosting(self, site: str, contract: str) -> float:
        """Yearly cost of running the site for any service."""
        return float(self.sites[site]["fixed_cost"] * self.terms[contract].opex_factor[0])

    def opening_cost(self, network: Network) -> float:
        """Return all that does not depend on who goes where."""
        already = {(row["contract_id"], self._lot(site, row["contract_id"])) for (site, _), row in self.today.items()}
        let = sum(
            sum(
                letting_cost(
                    self.contracts[c]["transaction_cost"],
                    self.contracts[c]["oversight_cost"],
                    self.contracts[c]["procurement_months"] / 12,
                    self.calendar,
                    already_let=(c, lot) in already,
                    duration=Duration(np.inf, np.inf, from_decision=self.begins_unpriced(c, lot)),
                ).values()
            )
            for c, lot in self.let(network)
        )
        closed = sum(row["closing_cost"] for key, row in self.today.items() if key not in network)
        return (
            sum(self.use(*key, *value).cost for key, value in network.items())
            + sum(self.hosting(*pair) for pair in self.hosted(network)) * self.annuity
            + let
            + closed * float(self.calendar.factors()[0])
        )

    # --- who goes where -------------------------------------------------------------------------------------------

    # --- meanwhile ------------------------------------------------------------------------------------------------

    def service(self, key: tuple[str, str], value: tuple[str, str]) -> Services:
        return self._service(*key, value[0])

    def until(self, key: tuple[str, str], value: tuple[str, str]) -> float:
        """Until when, in years from the first, cases wait for the service."""
        opened = timing_of(self.service(key, value), self._terms(*key, value[1])).opened[0]
        return float(min(opened, self.calendar.horizon_years))

    def years(self, begin: float, end: float) -> float:
        """Worth of 1 a year from ``begin`` to ``end``."""
        parts = [max(0.0, min(end, y + 1) - max(begin, y)) for y in range(self.calendar.horizon_years)]
        return float(self.calendar.factors()[: len(parts)] @ np.array(parts))

    def _reaching(self, specialty: str, sites: list[str]) -> float:
        ceiling = or_blank(self.specialties[specialty]["ceiling_minutes"], np.inf)
        near = [i for i in self.people if any(self.minutes[i, j] <= ceiling for j in sites)]
        return sum(self.cases(i, specialty) for i in near)

    def reach_any(self, specialty: str) -> float:
        return self._reaching(specialty, [j for j, s in self.today if s == specialty])

    def room(self, key: tuple[str, str]) -> float:
        """Cases a year that today's service has room for."""
        size = self.sizes[key[1], self.today[key]["size_id"]]
        return float(min(size["capacity"] * self.scenario.settings.occupancy, self._reaching(key[1], [key[0]])))

    def meanwhile(self, key: tuple[str, str], *, kept: bool) -> float:
        """What a case in today's service costs a year, the service full; no less than in the dearest size."""
        row, s = self.today[key], self.scenario.settings
        running = running_a_year(
            self.service(key, (row["size_id"], "")), self._terms(*key, row["contract_id"]), "government"
        )
        fixed, per_case = (sum(float(part[n][0]) for part in running.values()) for n in (0, 1))
        repaid = 1 / sum((1 + s.discount_rate) ** -(y + 1) for y in range(s.horizon_years))
        dearest = max(
            (r["fixed_cost"] + r["capex"] * (r["lifecycle_share"] + repaid)) / (r["capacity"] * s.occupancy)
            + r["cost_per_case"]
            for (specialty, _), r in self.sizes.items()
            if specialty == key[1]
        )
        return max(dearest, per_case + (0.0 if kept else fixed / self.room(key)))

    def cases(self, territory: str, specialty: str) -> float:
        return float(self.people[territory]["population"] * self.specialties[specialty]["cases_per_100k"] / 1e5)

    def assignment_cost(self, network: Network) -> float:
        """Return the least cost of treating everyone in ``network``, infinite where a hard promise cannot be kept."""
        return Assignment(self, network).least()
