"""The same services and cases under other contracts, priced by the finance engine, step by step from one to the other.

Nothing is solved again: sizes and cases stay as planned, so what differs between two contracts is money and time. In
several periods the decisions keep their dates, too: works are decided, and sites come to their last contract, in the
period in which the plan has it so, whichever contract that is; until then a site runs as planned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd

from redesaude.finance.fiscal import contract_value
from redesaude.finance.pricing import Prices, price
from redesaude.finance.services import Services, timing_of
from redesaude.finance.succession import Succession
from redesaude.inputs.scenario import Scenario
from redesaude.plan.appraisal import Appraisal, Let
from redesaude.plan.evidence import Evidence
from redesaude.plan.plan import Plan
from redesaude.studies.meanwhile import TreatedMeanwhile
from redesaude_models.arrays import Floats

Assignment = Mapping[str, str]
"""site -> contract"""

#: taxes of a contractor: what they add to its price, and what returns
_TAXES = ("payment_tax_share", "tax_share", "loss_offset_share", "tax_returned_share")
_ALL = tuple(term.name for term in fields(Succession))

#: steps from one contract's terms to another's, in order; the last two take every term not named before
_STEPS: Mapping[str, tuple[str, ...]] = {
    "works": ("capex_factor", "bid_discount_share"),
    "running": ("opex_factor", "case_factor"),
    "timing": (
        "procurement_years",
        "delay_factor",
        "works_profile",
        "works_inflation",
        "signs",
        "before",
        "term_years",
        "hands_over",
        "after",
    ),
    "transaction": ("design_share", "supervision_share", "transaction_share"),
    "sharing": ("state_share",),
    "residual": ("residual_share",),
    "financing": tuple(name for name in _ALL if name not in _TAXES),
    "taxes": _ALL,
}

#: components of a bridge after its start, in the order in which they are told
COMPONENTS = (
    "works",
    "running",
    "timing",
    "waiting",
    "transaction",
    "oversight",
    "sharing",
    "residual",
    "financing",
    "taxes",
)
#: lines that are no money -> component, whichever term they come from
_BESIDE = {"waiting": "waiting", "elsewhere": "timing"}
#: lines of :meth:`Repricing.letting` -> component
LETTING_COMPONENTS = {"hosting": "running", "transaction": "transaction", "oversight": "oversight"}


@dataclass(frozen=True)
class _Known:
    """What was asked for already, to be asked for again: terms and prices by the contract of each site, and letting."""

    terms: dict[tuple[str, ...], Succession] = field(default_factory=dict)
    prices: dict[tuple[str, ...], Prices] = field(default_factory=dict)
    letting: dict[tuple[str, int, bool, bool, bool], tuple[float, float, float]] = field(default_factory=dict)

    def still(self, before: Scenario, after: Scenario, changed: str | None = None) -> _Known:
        """What holds of the same services in another scenario, or with other cases in the same one.

        ``changed`` is the only contract that may be another, and none runs before or after one of its own.
        """
        settled = before.settings is after.settings
        if before.risks is not after.risks:
            return _Known()
        if before.contracts is not after.contracts:
            return self._without(changed) if settled and changed is not None else _Known()
        return self if settled else _Known(self.terms)

    def _without(self, contract: str) -> _Known:
        """What rests on other contracts."""
        return _Known(
            {key: found for key, found in self.terms.items() if contract not in key},
            {key: found for key, found in self.prices.items() if contract not in key},
            {key: found for key, found in self.letting.items() if contract not in key},
        )


class Repricing:
    """The open services of a plan, to be priced under any contract. Tables by site have the rows of ``sites``."""

    def __init__(self, plan: Plan, appraisal: Appraisal | None = None) -> None:
        """``appraisal`` of the plan, where it is at hand."""
        self.plan, self.scenario = plan, plan.scenario
        self.appraisal = appraisal or Appraisal(plan)
        self.services: Services = self.appraisal.services()
        self.cases: Floats = plan.openings["cases"].to_numpy(float)
        self.site_of_service = plan.openings["site_id"].to_numpy(str)
        active = self.scenario.contracts[self.scenario.contracts["active"]]
        self.contracts: list[str] = [str(c) for c in active["contract_id"]]
        sites, contracts = self.site_of_service.tolist(), plan.openings["contract_id"].to_list()
        self.decided: dict[str, str] = dict(zip(sites, contracts, strict=True))
        self.sites: list[str] = sorted(self.decided)
        self._known = _Known()
        #: site -> position of each period in which it is open -> its contract in it
        self._own: dict[str, dict[int, str]] = {site: {} for site in self.sites}
        for site, period, contract in sorted(zip(sites, self.appraisal.period.tolist(), contracts, strict=True)):
            self._own[site][period] = contract
        #: site of each service, its own contract there, and whether that is the last of the site
        self._under = [(s, own, own == self.decided[s]) for s, own in zip(sites, contracts, strict=True)]
        #: the same services in the scenario before
        self._before: Repricing | None = None
        self._of_whole = True

    def restated(self, plan: Plan, contract: str = "") -> Repricing:
        """Return the same services in ``plan``: other cases, or a scenario that states other contracts, risks or rates.

        See :meth:`Appraisal.restated`; the contracts of the plan stay as decided. ``contract`` is the only one of which
        the scenario states anything else, where that is known.
        """
        other = copy(self)
        other.plan, other.scenario = plan, plan.scenario
        for name in ("evidence", "_meanwhile"):
            other.__dict__.pop(name, None)
        other._before = self
        other.appraisal = self.appraisal.restated(plan)
        other.cases = plan.openings["cases"].to_numpy(float)
        beside = contract == self.appraisal.contract_after or contract in self.appraisal.before
        other._known = self._known.still(self.scenario, plan.scenario, contract if contract and not beside else None)
        return other

    def at_site(self, site: str) -> Repricing:
        """Return the services of one site alone, letting shared with the others of its lot as it is.

        Who is treated meanwhile in services of today is asked of the whole (:meth:`meanwhile`).
        """
        rows = np.flatnonzero(self.site_of_service == site)
        trips = self.plan.assignments
        other = copy(self)
        other.plan = replace(
            self.plan,
            openings=self.plan.openings.iloc[rows].reset_index(drop=True),
            assignments=trips[trips["site_id"] == site].reset_index(drop=True),
            transfers=self.plan.transfers.iloc[:0],  # what services are to each other is under no contract
            support=self.plan.support.iloc[:0],
        )
        other.appraisal = self.appraisal.restated(other.plan)
        other.appraisal.records = [self.appraisal.records[row] for row in rows]
        other.appraisal.least_cases = [self.appraisal.least_cases[row] for row in rows]
        other.appraisal.before = [self.appraisal.before[row] for row in rows]
        other.services, other.cases = self.services.take(rows), self.cases[rows]
        other.site_of_service, other.sites = self.site_of_service[rows], [site]
        other._under = [self._under[row] for row in rows]
        other._known = _Known(letting=self._known.letting)
        other._of_whole = False
        for name in ("has_works", "evidence", "_rows"):
            other.__dict__.pop(name, None)
        return other

    @cached_property
    def evidence(self) -> Evidence:
        """The plan beside its scenario, looked up once for all that is tried on its network."""
        return Evidence(self.plan)

    def lot(self, site: str, contract: str) -> str:
        """Return the lot in which ``site`` is let under ``contract``."""
        return self.appraisal.lot_of(site, contract)

    def everywhere(self, contract: str) -> dict[str, str]:
        """Return the assignment of ``contract`` to every site."""
        return dict.fromkeys(self.sites, contract)

    def under(self, assignment: Assignment) -> Appraisal:
        """Return the appraisal of the same services under other contracts."""
        other = copy(self.appraisal)
        openings = self.plan.openings.assign(contract_id=self._contracts(assignment))
        other.plan = replace(self.plan, openings=openings)
        return other

    def _contracts(self, assignment: Assignment) -> list[str]:
        """The contract of each service: the one assigned, from when the site comes to its last contract."""
        return [assignment[site] if last else own for site, own, last in self._under]

    def terms(self, assignment: Assignment) -> Succession:
        """Return the terms of each service under ``assignment``."""
        key, known = self._key(assignment), self._known.terms
        if key not in known:
            known[key] = self.appraisal.terms_under(self._contracts(assignment))
        return known[key]

    def prices(self, assignment: Assignment) -> Prices:
        """Return the prices of each service under ``assignment``."""
        key, known = self._key(assignment), self._known.prices
        if key not in known:
            perspective = self.scenario.settings.perspective
            known[key] = price(self.services, self.terms(assignment), self.appraisal.calendar, perspective)
        return known[key]

    def _key(self, assignment: Assignment) -> tuple[str, ...]:
        return tuple(assignment[site] for site in self.sites)

    def lines(self, assignment: Assignment, *, together: bool) -> pd.DataFrame:
        """Return net present cost by site (rows) and line (columns), currency of the base year; see :meth:`letting`."""
        services = self._by_site(self._told(self.prices(assignment)))
        paid = services.add(self.letting(assignment, together=together), fill_value=0.0)
        return paid.add(self.meanwhile(assignment, together=together), fill_value=0.0)

    def costs(self, assignment: Assignment, *, together: bool) -> Floats:
        """Return the sum of :meth:`lines` by site, shape ``(sites,)``, without making the table."""
        prices = self.prices(assignment)
        services = np.bincount(self._rows, prices.cost + prices.case_cost * self.cases, len(self.sites))
        beside = zip(
            self._lettings(assignment, together=together), self._meanwhiles(assignment, together=together), strict=True
        )
        return services + [sum(let.values()) + sum(meanwhile.values()) for let, meanwhile in beside]

    def total(self, assignment: Assignment, *, together: bool) -> float:
        """Return the sum of :meth:`costs`."""
        return float(self.costs(assignment, together=together).sum())

    @cached_property
    def _rows(self) -> np.ndarray:
        """The site of each service, as its row in tables by site."""
        return np.searchsorted(self.sites, self.site_of_service)

    def letting(self, assignment: Assignment, *, together: bool) -> pd.DataFrame:
        """Return hosting, transaction and oversight (NPV) by site; a lot's sites share the letting of its contract.

        ``together``: all sites change as assigned; otherwise each site changes alone and the others stay as decided.
        """
        return pd.DataFrame(list(self._lettings(assignment, together=together)), self.sites)

    def lets(self, assignment: Assignment, *, together: bool) -> Iterator[Let]:
        """Yield every site's share of its lot's contract, period after period; ``together`` as for :meth:`letting`."""
        several = len(self.appraisal.phases) > 1
        if several and together and dict(assignment) == self.decided and len(self.sites) == len(self.decided):
            yield from self.appraisal.lets()  # sites of a lot may open in different periods: asked of the plan itself
            return
        sharers = Counter((contract, self.lot(site, contract)) for site, contract in assignment.items())
        decided = Counter((contract, self.lot(site, contract)) for site, contract in self.decided.items())
        for site in self.sites:
            let = assignment[site], self.lot(site, assignment[site])
            alone = decided[let] + (self.decided[site] != assignment[site])
            yield from self._lets(site, assignment[site], sharers[let] if together else alone)

    def _lets(self, site: str, contract: str, sharers: int) -> Iterator[Let]:
        """The site's share in the periods in which it is open, its contract let in the first that runs under it."""
        before = {contract} if self.appraisal.let_today(contract, self.lot(site, contract)) else set()
        for period, own in self._own[site].items():
            runs = contract if own == self.decided[site] else own  # as planned until it comes to its last contract
            already = runs in before and (period == 0 or period - 1 in self._own[site])
            yield self.appraisal.let(site, runs, period, already=already, sharers=sharers)
            before = {runs}

    def _lettings(self, assignment: Assignment, *, together: bool) -> Iterator[dict[str, float]]:
        """Hosting and letting of each site, in order."""
        found = {site: {"hosting": 0.0, "transaction": 0.0, "oversight": 0.0} for site in self.sites}
        for let in self.lets(assignment, together=together):
            lines = found[let.site]
            transaction, oversight, year = self._let(let)
            lines["hosting"] += self.appraisal.yearly_hosting(let.site, let.contract) * year
            lines["transaction"] += transaction / let.sharers
            lines["oversight"] += oversight / let.sharers
        yield from found.values()

    def meanwhile(self, assignment: Assignment, *, together: bool) -> pd.DataFrame:
        """Return what is treated in services of today until others open beyond the plan as decided, by site and line.

        NPV; ``together`` as for :meth:`letting`: what sites change beyond what each does alone is shared by all alike.
        """
        found = pd.DataFrame(list(self._meanwhiles(assignment, together=together)), self.sites, dtype=float)
        return found.fillna(0.0)

    @property
    def has_rooms(self) -> bool:
        """Whether services of today treat those who wait for others, at any dates."""
        return len(self.appraisal.rooms().table) > 0

    def treated_alone(self, site: str, contract: str, opened: Floats) -> dict[str, float]:
        """Return by line what is treated meanwhile beyond the plan as decided, were the services of one site to open at
        ``opened`` under another ``contract``.
        """
        rooms, here = self._meanwhile, self.site_of_service == site
        dates = rooms.opened.copy()
        dates[here] = opened
        return rooms.alone(dates, self._contracts({**self.decided, site: contract}), np.where(here, 0, -1), 1)[0]

    def _meanwhiles(self, assignment: Assignment, *, together: bool) -> Iterator[dict[str, float]]:
        """The lines of :meth:`meanwhile` for each site, in order; none where only one site is seen."""
        if not self._of_whole:
            yield from ({} for _ in self.sites)
            return
        at = self.opened(assignment), self._contracts(assignment)
        alone = self._meanwhile.alone(*at, self._rows, len(self.sites))
        shared: Counter[str] = Counter()
        if together:
            shared.update(self._meanwhile.change(*at))
        for lines in alone if together else ():
            shared.subtract(lines)
        for lines in alone:
            yield {n: lines.get(n, 0.0) + shared[n] / len(self.sites) for n in lines.keys() | shared.keys()}

    @cached_property
    def _meanwhile(self) -> TreatedMeanwhile:
        """The rooms of today, and who waits for the services of the plan."""
        decided = self.appraisal, self.services, self.terms(self.decided)
        if self._before is None:
            return TreatedMeanwhile(*decided)
        return self._before._meanwhile.restated(*decided)

    def clinical(self, assignment: Assignment) -> pd.Series:
        """Return by site what the cases alone cost, whoever is paid for them: with their cost, less without.

        Those that wait, or are treated elsewhere until the opening, are no cases of the service.
        """
        without = replace(self.services, per_case=np.zeros_like(self.services.per_case))
        told = self._told(self.prices(assignment)), self._priced(without, self.terms(assignment))
        paid, unpaid = (table.drop(columns=["waiting", "elsewhere"]).sum(axis=1) for table in told)
        cost = paid - unpaid
        return pd.Series(self._by_site(cost.to_frame("npv"))["npv"])

    def opened(self, assignment: Assignment) -> Floats:
        """Return when each service opens under ``assignment`` (years from the first)."""
        return timing_of(self.services, self.terms(assignment)).opened

    def opening(self, assignment: Assignment) -> pd.Series:
        """Return by site when its last works open (calendar year and fraction; the first year without works)."""
        by_site = pd.Series(self.opened(assignment)).groupby(self.site_of_service).max()
        return by_site + self.appraisal.calendar.first_year

    def value(self, contract: str) -> pd.Series:
        """Return by site the undiscounted value of its services under ``contract``."""
        value = contract_value(self.services, self.terms(self.everywhere(contract)))
        return pd.Series(value).groupby(self.site_of_service).sum()

    @cached_property
    def has_works(self) -> pd.Series:
        """Whether anything is built at each site."""
        return pd.Series(self.services.works > 0).groupby(self.site_of_service).any()

    def changes(self, before: Assignment, after: Assignment) -> pd.DataFrame:
        """Return how the cost of the services of each site changes, by component; letting and hosting excluded.

        The terms change one group after the other (:data:`_STEPS`), each priced on top of those before it.
        """
        start, goal = self.terms(before), self.terms(after)
        last = self._priced(self.services, start)
        found: dict[str, Floats] = {name: np.zeros(len(self.services)) for name in ("timing", "waiting")}
        for component, names in _STEPS.items():
            start = replace(start, **{name: getattr(goal, name) for name in names})
            priced = self._priced(self.services, start)
            step = priced.sub(last, fill_value=0.0)
            for line, named in _BESIDE.items():
                found[named] = found[named] + step.pop(line).to_numpy(float)
            found[component] = found.get(component, 0.0) + step.sum(axis=1).to_numpy(float)
            last = priced
        return self._by_site(pd.DataFrame(found)).reindex(columns=list(COMPONENTS), fill_value=0.0)

    def _let(self, let: Let) -> tuple[float, float, float]:
        """Letting and overseeing a contract for a lot in a period, and what 1 a year of the period is worth (NPV)."""
        known = self._known.letting
        key = let.contract, let.period, let.already, let.today, let.early
        if key not in known:
            appraisal, years = self.appraisal, self.appraisal.calendar.horizon_years
            factors = appraisal.calendar.factors()[:years]
            flows = appraisal.letting(let)
            inside = appraisal.phases.of_years(years) == let.period
            known[key] = (
                float(factors @ flows["transaction"]), float(factors @ flows["oversight"]), float(factors @ inside)
            )  # fmt: skip
        return known[key]

    def _priced(self, services: Services, terms: Succession) -> pd.DataFrame:
        """Net present cost of each service by line."""
        return self._told(price(services, terms, self.appraisal.calendar, self.scenario.settings.perspective))

    def _told(self, prices: Prices) -> pd.DataFrame:
        """Prices with those of the cases, by line."""
        return pd.DataFrame({line: fixed + prices.per_case[line] * self.cases for line, fixed in prices.fixed.items()})

    def _by_site(self, table: pd.DataFrame) -> pd.DataFrame:
        return table.groupby(self.site_of_service).sum()
