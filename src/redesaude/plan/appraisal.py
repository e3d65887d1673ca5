"""The money of a plan, appraised again service by service from the scenario's tables."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from redesaude.assemble.emergency import pledges
from redesaude.assemble.loads import ceilings
from redesaude.assemble.promises import access_targets
from redesaude.assemble.timing import payments
from redesaude.assemble.workforce import roles
from redesaude.finance.cashflow import Services
from redesaude.finance.contracts import Terms, lettings_of, terms_of
from redesaude.finance.discounting import Calendar, Floats
from redesaude.finance.fiscal import capital_use, contract_value, personnel_use, ppp_use, running_use
from redesaude.finance.pricing import letting_flows, price
from redesaude.finance.risks import Register, ranges_of, register_of
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.plan.numbers import ServiceNumbers
from redesaude.plan.plan import Plan
from redesaude.plan.resource_flows import resource_flows
from redesaude.plan.resources import SHORTFALL_LINES

Line = tuple[str, str, str, str, float]
Limits = dict[str, tuple[float, float, bool]]
"""promise id -> (used, limit, hard)"""


class Appraisal:
    """The open services of a plan, each looked up in the scenario by name and priced again."""

    def __init__(self, plan: Plan) -> None:
        self._read(plan)
        self._read_contracts(register_of(plan.scenario.risks, plan.scenario.contracts))
        self.numbers = ServiceNumbers(plan.scenario)
        sizes = [self.numbers.of(r.site_id, r.specialty_id, r.size_id) for r in rows_of(plan.openings)]
        unmet = plan.openings["specialty_id"].map(plan.scenario.specialties.set_index("specialty_id")["unmet_cost"])
        rows = zip(rows_of(plan.openings), sizes, unmet.fillna(0.0), strict=True)
        self.records = [self._record(row, size, float(cost)) for row, size, cost in rows]
        self.least_cases = [size["min_cases"] for size in sizes]

    def _record(self, row: Any, size: dict[str, float], unmet_cost: float) -> dict[str, float]:
        """One open service as the finance engine wants it, from the rows that name it."""
        today = self.numbers.today(row.site_id, row.specialty_id)
        before = self.numbers.of(row.site_id, row.specialty_id, today) if today else None
        as_today = before is not None and row.size_id == today
        built = 0.0 if as_today else max(0.0, size["capex"] - (before["capex"] if before else 0.0))
        return {
            "works": built,
            "lifecycle": size["lifecycle_share"] * size["capex"],
            "fixed": size["fixed_cost"],
            "per_case": size["cost_per_case"],
            "capacity": size["capacity"] * self.scenario.settings.occupancy,
            "build_years": size["build_months"] / 12.0,
            "before_fixed": before["fixed_cost"] if before else 0.0,
            "before_lifecycle": size["lifecycle_share"] * before["capex"] if before else 0.0,
            "before_share": min(1.0, before["capacity"] / size["capacity"]) if before else 0.0,
            "unmet_cost": unmet_cost,
        }

    def _read(self, plan: Plan) -> None:
        scenario = plan.scenario
        s = scenario.settings
        first = int(scenario.periods["first_year"].iloc[0])
        self.plan, self.scenario = plan, scenario
        self.calendar = Calendar(first, s.base_year, s.horizon_years, s.discount_rate, s.discount_timing == "middle")
        self.sites = scenario.sites.set_index("site_id")

    def _read_contracts(self, register: Register) -> None:
        scenario = self.scenario
        self.register = register
        self.contracts = scenario.contracts.set_index("contract_id", drop=False)
        self.all_terms = terms_of(scenario.contracts, scenario.settings.perspective)
        self._letting = lettings_of(scenario.contracts)

    def restated(self, plan: Plan) -> Appraisal:
        """Return the appraisal of the same services in ``plan``: other cases or contracts, or another scenario.

        Services are not looked up again: openings must be the same places and sizes in the same order, and the scenario
        may state other contracts, risks or rates, but the same sizes, places, perspective and what runs today.
        """
        other = copy(self)
        other._read(plan)
        before, after = self.scenario, plan.scenario
        if before.risks is not after.risks:
            other._read_contracts(register_of(after.risks, after.contracts))
        elif before.contracts is not after.contracts:
            other._read_contracts(replace(self.register, ranges=ranges_of(after.contracts)))
        return other

    def cost_lines(self, minutes: pd.DataFrame) -> pd.Series:
        """Return the cost lines, NPV, indexed by site, specialty, contract, line; ``minutes`` territories x sites."""
        rows = [
            *self.service_lines(),
            *self.site_lines(),
            *self.closing_lines(),
            *_travel_lines(self.plan, minutes, self.calendar.annuity()),
            *_unmet_lines(self.plan, self.calendar.annuity()),
            *_shortfall_lines(self.plan, self.calendar, self.least_cases),
            *self.resource_lines(),
        ]
        key = ["site_id", "specialty_id", "contract_id", "line"]
        return pd.Series(pd.DataFrame(rows, columns=[*key, "npv"]).groupby(key)["npv"].sum())

    def services(self) -> Services:
        """All open services as arrays."""
        names = Services.__dataclass_fields__
        return Services(**{name: np.array([r[name] for r in self.records], dtype=float) for name in names})

    def terms(self) -> Terms:
        """The terms of each open service, with the expected outcomes of the risk register."""
        openings = self.plan.openings
        place = {c: n for n, c in enumerate(self.contracts.index)}
        stated = self.all_terms.take(np.array([place[c] for c in openings["contract_id"]], dtype=int))
        return self.register.expected_terms(stated, openings["contract_id"], openings["specialty_id"])

    def service_lines(self) -> Iterator[Line]:
        """Lines of each open service: what it costs open, and for its cases."""
        prices = price(self.services(), self.terms(), self.calendar, self.scenario.settings.perspective)
        for n, row in enumerate(rows_of(self.plan.openings)):
            for line, fixed in prices.fixed.items():
                npv = fixed[n] + prices.per_case[line][n] * row.cases
                yield row.site_id, row.specialty_id, row.contract_id, line, float(npv)

    def resource_lines(self) -> Iterator[Line]:
        """Lines of people trained and recruited, and of emergency stations."""
        pay = payments(self.scenario, self.calendar)
        for line, flow in resource_flows(self.plan, pay):
            yield "", "", "", line, float(pay.worth(flow))

    def _sites(self) -> pd.DataFrame:
        """Each site that is open, its contract and lot."""
        table = self.plan.openings[["site_id", "contract_id"]].drop_duplicates()
        return table.assign(lot=self._lots(table["site_id"]))

    def site_lines(self) -> Iterator[Line]:
        """Hosting of each open site, and its share of letting and overseeing its lot's contract."""
        factors = self.calendar.factors()[: self.calendar.horizon_years]
        for site, contract, line, flow in self.site_flows():
            yield site, "", contract, line, float(factors @ flow)

    def site_flows(self) -> Iterator[tuple[str, str, str, Floats]]:
        """Yield (site, contract, line, currency by year of the horizon) of hosting, letting and overseeing sites."""
        for (contract, lot), group in self._sites().groupby(["contract_id", "lot"]):
            letting = self.letting(str(contract), str(lot))
            for site in group["site_id"]:
                yield site, str(contract), "hosting", self.hosting(site, str(contract))
                for line, flow in letting.items():
                    yield site, str(contract), line, flow / len(group)

    def letting(self, contract: str, lot: str) -> dict[str, Floats]:
        """What letting and overseeing ``contract`` for the whole ``lot`` costs each year of the horizon, by line."""
        years, already_let = self.calendar.horizon_years, (contract, lot) in self._let_today
        return letting_flows(*self._letting[contract], years, already_let=already_let)

    def hosting(self, site: str, contract: str) -> Floats:
        """What running ``site`` for any service under ``contract`` costs each year of the horizon."""
        return np.full(self.calendar.horizon_years, self._hosting(site, contract))

    def lot_of(self, site: str) -> str:
        """Return the lot of ``site``; a site outside every lot is a lot of its own."""
        return self.sites["lot_id"][site] or f"site:{site}"

    @cached_property
    def _let_today(self) -> set[tuple[str, str]]:
        """(contract, lot) that run today."""
        existing = self.scenario.site_services[self.scenario.site_services["status"] == "existing"]
        return {(r.contract_id, self.lot_of(r.site_id)) for r in rows_of(existing)}

    def _hosting(self, site: str, contract: str) -> float:
        factor = self.all_terms.opex_factor[self.contracts.index.get_loc(contract)]
        return float(self.sites["fixed_cost"][site] * factor)

    def closing_lines(self) -> Iterator[Line]:
        """Today's services that the plan closes."""
        opened = set(zip(self.plan.openings["site_id"], self.plan.openings["specialty_id"], strict=True))
        today = self.scenario.site_services[self.scenario.site_services["status"] == "existing"]
        for row in rows_of(today):
            if (row.site_id, row.specialty_id) not in opened:
                npv = row.closing_cost * float(self.calendar.factors()[0])
                yield row.site_id, row.specialty_id, row.contract_id, "closing", npv

    def missing_value(self) -> list[float]:
        """Return by how much each contract let falls short of its least value, as a share of it."""
        value = contract_value(self.services(), self.terms())
        lots = self._lots(self.plan.openings["site_id"])
        by_lot = pd.Series(value).groupby([self.plan.openings["contract_id"].to_numpy(), lots]).sum()
        least = [float(self.contracts["min_value"][contract]) for contract, _ in by_lot.index]
        return [(m - v) / m if m > 0 else 0.0 for m, v in zip(least, by_lot, strict=True)]

    def _lots(self, sites: pd.Series) -> list[str]:
        return [self.lot_of(site) for site in sites]

    def limits(self) -> Limits:
        """Use of every row of ``funding`` and ``fiscal``."""
        services, terms, cases = self.services(), self.terms(), self.plan.openings["cases"].to_numpy(float)
        found: Limits = {}
        for row in rows_of(self.scenario.funding):
            running = row.kind == "running"
            fixed, per_case = (running_use if running else capital_use)(services, terms)
            covered = _named(self.plan.openings["contract_id"], row.contracts) & _named(
                self.plan.openings["specialty_id"], row.specialties
            )
            used = float(((fixed + per_case * cases) * covered).sum())
            if running and not row.specialties:
                used += self._yearly_of_sites(row.contracts)
            found[row.funding_id] = used, row.amount, bool(row.hard)
        for row in rows_of(self.scenario.fiscal):
            if row.kind == "ppp":
                fixed, per_case = ppp_use(services, terms, row.reading)
            else:
                fixed, per_case = personnel_use(services, terms, self.scenario.settings.personnel_share)
            limit = row.base_amount * row.share - row.committed
            found[row.fiscal_id] = float((fixed + per_case * cases).sum()), limit, bool(row.hard)
        return found

    def _yearly_of_sites(self, contracts: tuple[str, ...]) -> float:
        """Hosting and oversight a year under the contracts named (all, if none is)."""
        sites = self._sites()
        sites = sites[_named(sites["contract_id"], contracts)]
        hosting = sum(self._hosting(r.site_id, r.contract_id) for r in rows_of(sites))
        let = sites[["contract_id", "lot"]].drop_duplicates()["contract_id"]
        return float(hosting + sum(self.contracts["oversight_cost"][c] for c in let))


def _named(labels: pd.Series, wanted: tuple[str, ...]) -> np.ndarray:
    return labels.isin(wanted).to_numpy(bool) if wanted else np.ones(len(labels), dtype=bool)


def _travel_lines(plan: Plan, minutes: pd.DataFrame, annuity: float) -> Iterator[Line]:
    s = plan.scenario.settings
    per_minute = s.companions * s.patient_time_value / 60.0 + s.patient_minute_cost
    trips = plan.scenario.specialties.set_index("specialty_id")["trips_per_case"]
    contract = {(r.site_id, r.specialty_id): r.contract_id for r in rows_of(plan.openings)}
    table = plan.assignments
    rows = minutes.index.get_indexer(pd.Index(table["territory_id"]))
    columns = minutes.columns.get_indexer(pd.Index(table["site_id"]))
    far = np.where((rows >= 0) & (columns >= 0), minutes.to_numpy(float)[rows, columns], np.nan)
    journeys = 2.0 * table["specialty_id"].map(trips).to_numpy(float) * table["cases"].to_numpy(float)
    npv = s.patient_time_weight * journeys * far * per_minute * annuity
    for site, specialty, cost in zip(table["site_id"], table["specialty_id"], npv.tolist(), strict=True):
        yield site, specialty, contract.get((site, specialty), ""), "travel", cost


def _unmet_lines(plan: Plan, annuity: float) -> Iterator[Line]:
    cost = plan.scenario.specialties.set_index("specialty_id")["unmet_cost"].fillna(0.0)
    cases = plan.unmet.groupby("specialty_id")["cases"].sum()
    for specialty, npv in (cases * cost[cases.index] * annuity).items():
        yield "", str(specialty), "", "unmet", float(npv)


def _shortfall_lines(plan: Plan, calendar: Calendar, least_cases: list[float]) -> Iterator[Line]:
    """Shortfalls of elastic promises at the prices of the sheets; the amounts themselves are checked elsewhere."""
    scenario = plan.scenario
    prices = shortfall_prices(scenario, calendar)
    for row in rows_of(plan.promises[~plan.promises["hard"].astype(bool)]):
        if row.kind != "volume":
            specialty = row.specialty_id if row.kind == "access" else ""
            line = SHORTFALL_LINES.get(row.kind, "shortfall_money")
            yield "", specialty, "", line, prices[row.promise_id] * row.shortfall
    sizes = scenario.sizes.set_index(["specialty_id", "size_id"])
    for row, least in zip(rows_of(plan.openings), least_cases, strict=True):
        size = sizes.loc[(row.specialty_id, row.size_id)]
        if not size["min_cases_hard"] and row.cases < least:
            npv = (least - row.cases) * size["min_cases_price"] * calendar.annuity()
            yield row.site_id, row.specialty_id, row.contract_id, "shortfall_volume", float(npv)


def shortfall_prices(scenario: Scenario, calendar: Calendar) -> dict[str, float]:
    """NPV of one unit of shortfall of each elastic promise, by promise id."""
    yearly = calendar.annuity()
    prices = {target.id: target.price * yearly for target in access_targets(scenario)}
    prices |= {row.fiscal_id: row.price * yearly for row in rows_of(scenario.fiscal)}
    pay = payments(scenario, calendar)
    of_period = pay.worth(pay.yearly).tolist()
    prices |= {ceiling.id: ceiling.price * of_period[ceiling.period] for ceiling in ceilings(scenario)}
    prices |= {pledge.id: pledge.price * of_period[pledge.period] for pledge in pledges(scenario)}
    for role in roles(scenario):
        for t, stated in role.rows.items():
            prices[f"workforce|{role.id}|{scenario.periods['period_id'].iloc[t]}"] = stated.price * of_period[t]
    once = float(calendar.factors()[0])
    return prices | {
        row.funding_id: row.price * (yearly if row.kind == "running" else once) for row in rows_of(scenario.funding)
    }
