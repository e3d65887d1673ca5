"""The money of a plan, appraised again service by service from the scenario's tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from redesaude.assemble.phases import phases_of
from redesaude.assemble.register import contracts_in
from redesaude.assemble.rooms import TodaysRooms, todays_rooms
from redesaude.assemble.waiting import overseen_from_decision
from redesaude.finance.contracts import durations_of, lettings_of
from redesaude.finance.fiscal import capital_use, contract_value, municipal_part, personnel_use, ppp_use, running_use
from redesaude.finance.pricing import letting_in_period, price_by_period
from redesaude.finance.services import Services, complete, timing_of
from redesaude.finance.succession import Succession
from redesaude.inputs.lots import lots
from redesaude.inputs.payers import PayerShares
from redesaude.inputs.scenario import rows_of
from redesaude.lines import SHARED_LINES, Kind, line_of, of_kind
from redesaude.payers import MUNICIPALITIES, STATE
from redesaude.plan.numbers import numbers_of
from redesaude.plan.paths import closings_of, contracts_before, records_of
from redesaude.plan.plan import Plan
from redesaude.plan.priced_lines import Line, shortfall_lines, summed, travel_lines, unmet_lines
from redesaude.plan.referral_flows import Network
from redesaude.plan.resource_flows import resource_flows
from redesaude.plan.transition import Meanwhile, guests, meanwhile, meanwhile_lines
from redesaude.promises.money import limits_of
from redesaude_models.arrays import Floats, Ints

Spent = tuple[str, str, str, str, float]
"""(line, contract, specialty, site, currency)"""
SPENDING = ("line", "contract_id", "specialty_id", "site_id", "payer", "amount")
Limits = dict[str, tuple[float, float, bool]]
"""promise id -> (used, limit, hard)"""


class Let(NamedTuple):
    """A site's share of its lot's contract in a period (a position): one of ``sharers``.

    ``already`` let before the period; some service of the lot runs under it ``today``. ``early``: it is overseen from
    the decision on.
    """

    site: str
    contract: str
    period: int
    already: bool
    today: bool
    early: bool
    sharers: int


class Appraisal:
    """The open services of a plan, each looked up in the scenario by name and priced again.

    Each row of the openings, a service in one period, is priced by itself: it runs in the years of its period, and its
    works are paid in the period in which they are decided.
    """

    def __init__(self, plan: Plan) -> None:
        self._read(plan)
        self._read_contracts()
        self._early = overseen_from_decision(plan.scenario)
        self.numbers = numbers_of(plan.scenario)
        self.records = records_of(plan, self.phases, self.numbers)
        self.least_cases = [record["least_cases"] for record in self.records]
        self.before = contracts_before(plan, self.contract_after)

    def _read(self, plan: Plan) -> None:
        scenario = plan.scenario
        self.plan, self.scenario = plan, scenario
        self._services: Services | None = None
        self._terms: dict[tuple[str, ...], Succession] = {}
        self.phases = phases_of(scenario)
        self.calendar = self.phases.calendar
        self.periods = {name: t for t, name in enumerate(scenario.periods["period_id"])}

    def _read_contracts(self) -> None:
        stated = self.scenario.contracts
        self._contracts = contracts_in(self.scenario)
        self._letting, self._durations = lettings_of(stated), durations_of(stated)

    @property
    def contracts(self) -> pd.DataFrame:
        """The rows of the contracts sheet, by contract."""
        return self.scenario.contracts.set_index("contract_id", drop=False)

    def restated(self, plan: Plan) -> Appraisal:
        """Return the appraisal of the same services in ``plan``: other cases or contracts, or another scenario.

        Services are not looked up again: openings must be the same places and sizes in the same order, and the scenario
        may state other contracts, risks or rates, but the same sizes, places, perspective and what runs today.
        """
        other = copy(self)
        other._read(plan)
        before, after = self.scenario, plan.scenario
        if before.risks is not after.risks or before.contracts is not after.contracts:
            other._read_contracts()
        return other

    def cost_lines(self, minutes: pd.DataFrame) -> pd.Series:
        """Return the cost lines (:func:`redesaude.plan.priced_lines.summed`); ``minutes`` are territories x sites."""
        return summed([*self.service_lines(), *self.site_lines(), *self._lines_beside(minutes)])

    def lines_beside(self, minutes: pd.DataFrame) -> pd.Series:
        """Return those of :meth:`cost_lines` that no contract of a site changes, all of who is treated meanwhile."""
        return summed(list(self._lines_beside(minutes)))

    def _lines_beside(self, minutes: pd.DataFrame) -> Iterator[Line]:
        yield from self.closing_lines()
        yield from travel_lines(self.plan, minutes, self.annuity_of)
        yield from unmet_lines(self.plan, self.annuity_of)
        yield from shortfall_lines(self.plan, self.phases, self.annuity_of, self.least_cases)
        yield from self.resource_lines()
        yield from self.referral_lines()
        yield from self.transition_lines()

    def services(self) -> Services:
        """All open services as arrays."""
        if self._services is None:
            names = Services.__dataclass_fields__
            columns = {name: np.array([r[name] for r in self.records], dtype=float) for name in names}
            self._services = Services(**columns)
        return self._services

    def terms(self) -> Succession:
        """The terms of each open service, of what runs it before and after; expected outcomes of the risk register."""
        return self.terms_under(self.plan.openings["contract_id"].to_list())

    def terms_under(self, contracts: Sequence[str]) -> Succession:
        """Return :meth:`terms` were the services to run under ``contracts``, one for each."""
        under = tuple(contracts)
        if under not in self._terms:
            specialties = self.plan.openings["specialty_id"].to_list()
            self._terms[under] = self._contracts.succeeding(contracts, self._before(contracts), specialties)
        return self._terms[under]

    @property
    def contracts_before(self) -> list[str]:
        """What runs each opening until its contract is signed; blank where nothing does."""
        return self._before(self.plan.openings["contract_id"].to_list())

    def _before(self, contracts: Sequence[str]) -> list[str]:
        return [now if then is None else then for then, now in zip(self.before, contracts, strict=True)]

    @property
    def contract_after(self) -> str:
        """The contract under which direct administration takes over at the end of a term; blank: none is stated."""
        return self._contracts.direct

    @property
    def annuity_of(self) -> dict[str, float]:
        """Present value of 1 a year over each period, by its id."""
        return dict(zip(self.periods, self.phases.annuities.tolist(), strict=True))

    @property
    def period(self) -> Ints:
        """Position of the period of each opening."""
        return self.plan.openings["period_id"].map(self.periods).to_numpy(np.int64)

    def service_lines(self) -> Iterator[Line]:
        """Lines of each open service: what it costs open, and for its cases."""
        calendar, begins = self.calendar, self.phases.begins
        prices = price_by_period(self.services(), self.terms(), calendar, begins, self.scenario.settings.perspective)
        for n, row in enumerate(rows_of(self.plan.openings)):
            for line, fixed in prices.fixed.items():
                npv = fixed[n] + prices.per_case[line][n] * row.cases
                for t in np.flatnonzero(npv).tolist():
                    period = self.scenario.periods["period_id"].iloc[t]
                    yield row.site_id, row.specialty_id, row.contract_id, line, period, float(npv[t])

    def rooms(self) -> TodaysRooms:
        """Return what services of today have room for until those that are to take their patients open."""
        return todays_rooms(self.scenario)

    def meanwhile(self) -> Meanwhile:
        """Return who is treated in services of today until those that are to take them open."""
        return meanwhile(self.plan, self.phases, self.services(), self.terms(), self.rooms())

    def transition_lines(self) -> Iterator[Line]:
        """Lines of people treated in services of today until those that are to take them open."""
        return meanwhile_lines(self.plan, self.phases, self.meanwhile())

    def guests(self, found: Meanwhile) -> pd.DataFrame:
        """Return whom they treat instead of whom, columns :data:`redesaude.plan.transition.GUESTS`."""
        return guests(self.plan, found, self.phases, self.services(), self.terms())

    def network(self) -> Network:
        """Return the agreements of the plan and the skills of its services."""
        return Network(self.plan, self.phases, timing_of(self.services(), self.terms()).opened)

    def referral_lines(self) -> Iterator[Line]:
        """Lines of transfers, and of agreements on either side."""
        for site, specialty, line, flow in self.network().flows():
            yield from self._by_period((site, specialty, "", line), flow)

    def resource_lines(self) -> Iterator[Line]:
        """Lines of people trained and recruited, and of emergency stations."""
        for line, flow in resource_flows(self.plan, self.phases):
            yield from self._by_period(("", "", "", line), flow)

    def _by_period(self, of: tuple[str, str, str, str], flow: Floats) -> Iterator[Line]:
        """What is paid each year of the horizon, as lines by period."""
        for period, t in self.periods.items():
            yield *of, period, float(self.phases.worth(flow * self.phases.yearly[t]))

    def _sites(self, period: int) -> pd.DataFrame:
        """Each site that is open in a period, its contract and lot."""
        open_now = self.plan.openings[self.period == period]
        table = open_now[["site_id", "contract_id"]].drop_duplicates()
        return pd.DataFrame(table.assign(lot=self._lots(table)))

    def site_lines(self) -> Iterator[Line]:
        """Hosting of each open site, and its share of letting and overseeing its lot's contract."""
        for site, contract, line, flow in self.site_flows():
            yield from self._by_period((site, "", contract, line), flow)

    def site_flows(self) -> Iterator[tuple[str, str, str, Floats]]:
        """Yield (site, contract, line, currency by year of the horizon) of hosting, letting and overseeing."""
        for let in self.lets():
            yield let.site, let.contract, "hosting", self.hosting(let.site, let.contract, let.period)
            flows = self.letting(let)
            for line, flow in flows.items():
                yield let.site, let.contract, line, flow / let.sharers

    def lets(self) -> Iterator[Let]:
        """Yield every open site's share of its lot's contract, period after period."""
        before = self._let_today
        for t in self.periods.values():
            groups = {(str(c), str(lot)): group for (c, lot), group in self._sites(t).groupby(["contract_id", "lot"])}
            for (contract, lot), group in groups.items():
                for site in group["site_id"]:
                    yield self.let(site, contract, t, already=(contract, lot) in before, sharers=len(group))
            before = set(groups)

    def let(self, site: str, contract: str, period: int, *, already: bool, sharers: int = 1) -> Let:
        """Return the share of ``site`` in the contract of its lot in a period."""
        pair = contract, self.lot_of(site, contract)
        return Let(site, contract, period, already, self.let_today(*pair), pair in self._early, sharers)

    def letting(self, let: Let) -> dict[str, Floats]:
        """What letting and overseeing a contract for the whole lot in a period costs each year, by line."""
        duration = self._durations[let.contract]._replace(from_decision=let.early)
        stated = self._letting[let.contract], duration
        return letting_in_period(*stated, self.phases, let.period, already_let=let.already, runs_today=let.today)

    def hosting(self, site: str, contract: str, period: int) -> Floats:
        """What running ``site`` for any service under ``contract`` in a period costs each year of the horizon."""
        inside = self.phases.of_years(self.calendar.horizon_years) == period
        return np.asarray(self.yearly_hosting(site, contract) * inside)

    def lot_of(self, site: str, contract: str) -> str:
        """Return the lot in which ``site`` is let under ``contract``; a site outside every lot is a lot of its own."""
        return lots(self.scenario).of(site, contract)

    def let_today(self, contract: str, lot: str) -> bool:
        """Whether some service of the lot runs under the contract today."""
        return (contract, lot) in self._let_today

    @cached_property
    def _let_today(self) -> set[tuple[str, str]]:
        """(contract, lot) that run today."""
        return {(r.contract_id, self.lot_of(r.site_id, r.contract_id)) for r in rows_of(self.scenario.existing)}

    def yearly_hosting(self, site: str, contract: str) -> float:
        """What running ``site`` for any service under ``contract`` costs a year."""
        factor = self._contracts.terms.opex_factor[self._contracts.ids.index(contract)]
        return float(self._fixed_cost[site] * factor)

    @cached_property
    def _fixed_cost(self) -> dict[str, float]:
        return dict(zip(self.scenario.sites["site_id"], self.scenario.sites["fixed_cost"], strict=True))

    def closing_lines(self) -> Iterator[Line]:
        """Today's services that the plan closes, in the first period in which they are not open."""
        cost = {(row.site_id, row.specialty_id): row.closing_cost for row in rows_of(self.scenario.existing)}
        periods = list(self.periods)
        for place, t, (_, contract) in closings_of(self.scenario, self.plan.openings):
            if place in cost:
                yield *place, contract, "closing", periods[t], cost[place] * float(self.phases.firsts[t])

    def missing_value(self) -> list[float]:
        """Return by how much each contract let falls short of its least value in a period, as a share of it."""
        value = contract_value(complete(self.services()), self.terms())
        let = self._lots(self.plan.openings)
        groups = [self.plan.openings["contract_id"].to_numpy(), let, self.period]
        by_lot = pd.Series(value).groupby(groups).sum()
        stated = dict(zip(self.scenario.contracts["contract_id"], self.scenario.contracts["min_value"], strict=True))
        least = [float(stated[contract]) for contract, _, _ in by_lot.index]
        return [(m - v) / m if m > 0 else 0.0 for m, v in zip(least, by_lot, strict=True)]

    def _lots(self, table: pd.DataFrame) -> list[str]:
        return [self.lot_of(*pair) for pair in zip(table["site_id"], table["contract_id"], strict=True)]

    def limits(self) -> Limits:
        """Use of every row of ``funding`` and ``fiscal``, by period."""
        paid, terms = self.services(), self.terms()
        running, cases = complete(paid), self.plan.openings["cases"].to_numpy(float)
        found: Limits = {}
        for limit in limits_of(self.scenario, "funding"):
            found[limit.id] = self.spent(limit.row, limit.period), limit.row.amount, bool(limit.row.hard)
        for limit in limits_of(self.scenario, "fiscal"):
            row = limit.row
            if row.kind == "ppp":
                line, (fixed, per_case) = "unitary_payment", ppp_use(running, terms, row.reading)
            else:
                line = "fixed_running"
                fixed, per_case = personnel_use(running, terms, self.scenario.settings.personnel_share)
            paid_for = self._by_payer(line, (fixed + per_case * cases) * (self.period == limit.period))
            used = float(paid_for["amount"][self.payers.covers(row, paid_for)].sum())
            found[limit.id] = used, row.base_amount * row.share - row.committed, bool(row.hard)
        return found

    def spent(self, row: Any, period: int) -> float:
        """Return what a row of ``funding`` counts of a period: all spending on the lines of its kind that it covers."""
        table = self.spending(period)
        mine = table["line"].isin(of_kind(Kind(row.kind)))
        for column, wanted in (("contract_id", row.contracts), ("specialty_id", row.specialties)):
            mine &= _named(table[column], wanted)
        mine &= self.payers.covers(row, table)
        return float(table["amount"][mine].sum())

    @cached_property
    def payers(self) -> PayerShares:
        """Who pays what services spend."""
        return PayerShares(self.scenario)

    def spending(self, period: int) -> pd.DataFrame:
        """Return what ceilings count of a period, by payer: columns :data:`SPENDING`, amounts in currency.

        Capital is what is decided in the period, running cost a yearly amount once everything runs; services tell the
        sum of their lines of a kind under the first of them, and what municipalities share beside it.
        """
        rows = [*self._site_spending(period), *self._other_spending(period)]
        others = pd.DataFrame(rows, columns=["line", "contract_id", "specialty_id", "site_id", "amount"])
        table = pd.concat([*self._service_spending(period), others.assign(payer=STATE)], ignore_index=True)
        return self.payers.split(table, ["amount"])[list(SPENDING)]

    def _service_spending(self, period: int) -> Iterator[pd.DataFrame]:
        paid, terms = self.services(), self.terms()
        running, cases, now = complete(paid), self.plan.openings["cases"].to_numpy(float), self.period == period
        yield self._services_at("works", STATE, capital_use(paid, terms)[0] * now)
        fixed, per_case = running_use(running, terms)
        parts = municipal_part(running, terms)
        shared = fixed * parts[0] + per_case * parts[1] * cases
        yield self._services_at("fixed_running", STATE, (fixed + per_case * cases - shared) * now)
        yield self._services_at("fixed_running", MUNICIPALITIES, shared * now)

    def _by_payer(self, line: str, amounts: Floats) -> pd.DataFrame:
        """``amounts`` of a running line of each opening by who pays them."""
        shared = np.zeros(len(amounts)) if line not in SHARED_LINES else amounts * (1.0 - self.terms().state_share)
        own = self._services_at(line, STATE, amounts - shared), self._services_at(line, MUNICIPALITIES, shared)
        return self.payers.split(pd.concat(own, ignore_index=True), ["amount"])

    def _services_at(self, line: str, payer: str, amounts: Floats) -> pd.DataFrame:
        table = self.plan.openings[["contract_id", "specialty_id", "site_id"]]
        return table.assign(line=line, payer=payer, amount=amounts)

    def _site_spending(self, period: int) -> Iterator[Spent]:
        sites = self._sites(period)
        for r in rows_of(sites):
            yield "hosting", r.contract_id, "", r.site_id, self.yearly_hosting(r.site_id, r.contract_id)
        before = self._let(period - 1) if period else self._let_today
        some = dict(zip(zip(sites["contract_id"], sites["lot"], strict=True), sites["site_id"], strict=True))
        for contract, lot in sorted(self._let(period)):
            yield "oversight", contract, "", "", self._letting[contract].oversight_cost
            letting = self.letting(self.let(some[contract, lot], contract, period, already=(contract, lot) in before))
            tenders = letting["transaction"][self.phases.begins[period] : self.phases.ends[period]]
            yield "transaction", contract, "", "", float(tenders.sum())

    def _let(self, period: int) -> set[tuple[str, str]]:
        """(contract, lot) that run in a period."""
        sites = self._sites(period)
        return {(str(c), str(lot)) for c, lot in zip(sites["contract_id"], sites["lot"], strict=True)}

    def _other_spending(self, period: int) -> Iterator[Spent]:
        """Closings, stations, people, agreements and transfers."""
        begin, end = self.phases.begins[period], self.phases.ends[period]
        for site, specialty, contract, line, t, npv in self.closing_lines():
            if self.periods[t] == period:
                yield line, contract, specialty, site, npv / float(self.phases.firsts[period])
        for line, flow in resource_flows(self.plan, self.phases):
            once = line_of(line).kind is Kind.CAPITAL
            yield line, "", "", "", float(flow[begin:end].sum() if once else flow[begin])
        yield from ((line, "", specialty, "", amount) for line, specialty, amount in self.network().yearly(period))


def _named(labels: pd.Series, wanted: tuple[str, ...]) -> np.ndarray:
    return labels.isin(wanted).to_numpy(bool) if wanted else np.ones(len(labels), dtype=bool)
