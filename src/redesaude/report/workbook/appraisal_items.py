"""What a site's services are made of: quantities that contracts price, for sheet ``appraisal``.

Each quantity is in currency (a year, where it recurs), before the contract's factor, with the expected outcome of the
risk register in it. The kinds and what each contract makes of them follow :mod:`redesaude.finance.cashflow`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from redesaude.assemble.register import register_in
from redesaude.finance.cashflow import stated_volume
from redesaude.finance.company_pricing import payment_per_works, profit_tax_per_works
from redesaude.finance.contracts import Terms
from redesaude.finance.pricing import price
from redesaude.finance.risks import TERMS_FIELD
from redesaude.finance.services import delayed, timing_of
from redesaude.finance.succession import Succession
from redesaude.financing import FINANCING, Repayment
from redesaude.language import N_
from redesaude.report.workbook.appraisal_timing import Works
from redesaude.studies.repricing import Repricing
from redesaude_models.arrays import Floats

#: kind of item -> what it is; the first nine as if the budget paid for everything
ITEMS = {
    "works": N_("works and equipment with overruns"),
    "fixed": N_("fixed running cost"),
    "cases": N_("cost of cases"),
    "renewal": N_("renewal"),
    "waiting": N_("cases that wait, at the cost of a case sent away"),
    "unpriced": N_("cases that wait at no stated price, as the engine charges them"),
    "elsewhere": N_("care elsewhere until the opening, as the engine charges it"),
    "letting": N_("design and letting that grow with the works"),
    "supervision": N_("supervision of works"),
    "residual": N_("value handed back"),
    "capital": N_("payment for works the project company finances"),
    "provider_fixed": N_("fixed running cost that the provider is paid with its cases"),
    "provider_cases": N_("cost of cases that the provider is paid whatever their number"),
    "provider_renewal": N_("renewal that the provider is paid with its cases"),
    "provider_capital": N_("payment for works the provider finances"),
    "contribution": N_("contribution to works, at milestones"),
    "profit_tax": N_("profit tax that returns"),
}
#: paid to contractors for what they finance or run, beside the items that any contract has
PAYMENTS = (
    "capital",
    "provider_fixed",
    "provider_cases",
    "provider_renewal",
    "provider_capital",
    "contribution",
    "profit_tax",
)


@dataclass(frozen=True)
class Item:
    """A quantity: its kind, when it falls due (a kind of profile), its class of works, and the amount.

    ``under`` prices it where that is not the site's own contract: what runs before the signature or after the term.
    """

    kind: str
    when: str
    works: int
    quantity: float
    under: str = ""


@dataclass(frozen=True)
class Stage:
    """What the dates of a service in a period rest on; those alike are one class.

    ``months`` of works and what the risk register expects of their delay under each contract; what runs ``before`` the
    signature (blank: nothing, None: its own contract); the years in which its works begin and for which it stands; and
    in ``until_last`` the contract of the period where the site comes to its last one later (blank: it has it).
    """

    months: float
    built: bool
    before: str | None
    begun: float
    since: float
    until: float
    until_last: str
    delays: tuple[float, ...]


@dataclass(frozen=True)
class Solved:
    """What the engine solved for a class of works under a contract.

    ``payment`` and ``untaxed`` are a year for each 1 of works, with the contract's taxes and without; ``profit_tax`` is
    by calendar year. Not ``stated``: the contract names no loan, and the payment is plain capital recovery.
    """

    stated: bool
    payment: float
    untaxed: float
    profit_tax: Floats


class Quantities:
    """Quantities of every site under every contract."""

    def __init__(self, prices: Repricing) -> None:
        self.prices, self.services, self.cases = prices, prices.services, prices.cases
        self._terms: dict[str, Succession] = {}
        self._items: dict[tuple[str, str], tuple[Item, ...]] = {}
        register = register_in(prices.scenario)
        specialties = prices.plan.openings["specialty_id"].to_list()
        #: contract -> target -> expected outcome of the register for each service
        self.risk: Mapping[str, Mapping[str, Floats]] = {
            c: {t: np.array([register.expected(t, c, s) for s in specialties], dtype=float) for t in TERMS_FIELD}
            for c in prices.contracts
        }
        stages = [self._stage(row) for row in range(len(specialties))]
        self._classes = list(dict.fromkeys(stages))
        shares = ("design_share", "supervision_share", "transaction_share", "residual_share", "works_inflation")
        terms = [self.terms(c) for c in prices.contracts]
        #: terms that any contract states
        self._stated = {name for name in shares if any((getattr(own, name) > 0).any() for own in terms)}
        #: class of works of each service
        place = {stage: number for number, stage in enumerate(self._classes)}
        self.class_of = np.array([place[stage] for stage in stages], dtype=int)

    def _stage(self, row: int) -> Stage:
        built = bool(self.services.works[row] > 0)
        site, own = self.prices.site_of_service[row], self.prices.plan.openings["contract_id"].iloc[row]
        begun, since, until = (float(getattr(self.services, name)[row]) for name in ("begun", "since", "until"))
        return Stage(
            months=float(np.round(self.services.build_years[row] * 12.0, 6)) if built else 0.0,
            built=built,
            before=self.prices.appraisal.before[row],
            begun=begun,
            since=since,
            until=until,
            until_last="" if own == self.prices.decided[site] else str(own),
            delays=tuple(float(self.risk[c]["delay"][row]) for c in self.prices.contracts),
        )

    def runs(self, number: int, contract: str) -> str:
        """Return the contract of services of class ``number`` where the site is under ``contract``."""
        return self._classes[number].until_last or contract

    def before(self, number: int, contract: str) -> str:
        """Return what runs services of class ``number`` until the signature (blank: nothing)."""
        stated = self._classes[number].before
        return self.runs(number, contract) if stated is None else stated

    def works(self, number: int, contract: str) -> Works:
        """Return class ``number`` of works as the contract of a site meets it."""
        stage, runs = self._classes[number], self.runs(number, contract)
        delay = stage.delays[self.prices.contracts.index(runs)] if stage.months else 1.0
        signs = stage.built or self.before(number, contract) != runs
        return Works(stage.months, delay, signs, stage.begun, stage.since, stage.until)

    def items(self, site: str, contract: str) -> tuple[Item, ...]:
        """Return the quantities of a site that are not zero, in the order of :data:`ITEMS`, works class by class.

        They are worked out once: the same ones are compared with those of every other contract.
        """
        if (site, contract) not in self._items:
            self._items[site, contract] = tuple(self._made(site, contract))
        return self._items[site, contract]

    def _made(self, site: str, contract: str) -> Iterator[Item]:
        here = self.prices.site_of_service == site
        for number in np.unique(self.class_of[here]).tolist():
            rows = np.flatnonzero(here & (self.class_of == number))
            before = self.before(number, contract)
            for kind, when, amounts in self._amounts(rows, self.runs(number, contract), before):
                quantity = float(np.sum(amounts))
                if quantity:
                    under = {"today": before, "after": self.prices.appraisal.contract_after}.get(when, "")
                    yield Item(kind, when, number, quantity, under)

    def _amounts(self, rows: np.ndarray, contract: str, before: str) -> Iterator[tuple[str, str, Floats]]:
        """Yield (kind, when, amount of each service); ``before`` is the contract that runs until the signature."""
        terms, s = self.terms(contract).take(rows), self.services.take(rows)
        works = s.works * s.pays_works
        capex = self.risk[contract]["capex"][rows]
        yield "works", "priced" if "works_inflation" in self._stated else "building", works * capex
        yield from self._running(rows, contract, "open")
        if before:
            yield from self._running(rows, before, "today")
            yield from self._running(rows, contract, "interim") if (s.works > 0).any() else ()
        if (terms.hands_over > 0).any():
            yield from self._running(rows, self.prices.appraisal.contract_after, "after")
        waits = s.waiting_weight * (1.0 - s.elsewhere_share) * (1.0 - s.before_share) * self.cases[rows]
        yield "waiting", "before", np.nan_to_num(s.unmet_cost) * waits
        unpriced, elsewhere = self._charged(rows, contract)
        yield "unpriced", "first year", unpriced
        yield "elsewhere", "first year", elsewhere
        if {"design_share", "transaction_share"} & self._stated:
            yield "letting", "procuring", works
        if "supervision_share" in self._stated:
            yield "supervision", "building", works
        if "residual_share" in self._stated:
            stands = s.until >= self.prices.appraisal.calendar.horizon_years
            yield "residual", "end", -np.where(stands, s.works + s.earlier_works, 0.0)
        way = FINANCING[terms.financing[0]]
        if way.contributed and terms.contribution_milestones[0]:
            yield "contribution", "milestones", works * capex
        if way.repayment is Repayment.COMPANY:
            yield "capital", "paid", works * capex
            if (terms.tax_returned_share > 0).any():
                yield "profit_tax", "profit_tax", -works * capex
        if way.repayment is Repayment.OWNERS:
            fixed, with_cases = self._parts(rows, terms)
            yield "provider_capital", "paid", works * capex * fixed
            yield "provider_capital", "paid_open", s.works * capex * with_cases

    def _running(self, rows: np.ndarray, contract: str, when: str) -> Iterator[tuple[str, str, Floats]]:
        """Running cost under a contract: of the open service, or of what runs before.

        A provider that is paid a share fixed gets of each 1 of yearly cost that share and what its cases bring.
        """
        s, terms, risk = self.services.take(rows), self.terms(contract).take(rows), self.risk[contract]
        opex, case = risk["opex"][rows], risk["case_cost"][rows]
        is_open = when in ("open", "after")
        fixed, renewal = (s.fixed, s.lifecycle) if is_open else (s.before_fixed, s.before_lifecycle)
        per_case = s.per_case * case * (1.0 if is_open else s.before_share)
        yield "fixed", when, fixed * opex
        yield "cases", when, per_case * self.cases[rows]
        yield "renewal", when, renewal
        if not np.isnan(terms.fixed_share[0]):
            more = sum(self._parts(rows, terms)) - 1.0
            yield "provider_fixed", when, fixed * opex * more
            yield "provider_renewal", when, renewal * more
            short = stated_volume(s, terms) - self.cases[rows]
            yield "provider_cases", when, per_case * terms.fixed_share * short

    def _parts(self, rows: np.ndarray, terms: Terms) -> tuple[Floats, Floats]:
        """What a provider is paid of each 1 of yearly cost: the share fixed, and what its cases bring."""
        share = np.where(np.isnan(terms.fixed_share), 1.0, terms.fixed_share)
        return share, (1.0 - share) * self.cases[rows] / stated_volume(self.services.take(rows), terms)

    def _charged(self, rows: np.ndarray, contract: str) -> tuple[Floats, Floats]:
        """Waiting at no stated price, and care elsewhere, as the engine charges them: amounts of the first year."""
        services, appraisal = self.services.take(rows), self.prices.appraisal
        found = price(services, self.terms(contract).take(rows), appraisal.calendar)
        first = appraisal.calendar.factors()[0]
        waiting, elsewhere = (
            (found.fixed[line] + found.per_case[line] * self.cases[rows]) / first for line in ("waiting", "elsewhere")
        )
        return np.where(np.isnan(services.unmet_cost), waiting, 0.0), elsewhere

    def terms(self, contract: str) -> Succession:
        """Return the terms of every service under a contract, in every period."""
        if contract not in self._terms:
            plan = self.prices.plan
            under = replace(plan, openings=plan.openings.assign(contract_id=contract))
            self._terms[contract] = self.prices.appraisal.restated(under).terms()
        return self._terms[contract]

    def solved(self, number: int, contract: str, years: int) -> Solved:
        """Return what the engine solves for works of class ``number`` under a project company, over ``years``."""
        contract = self.runs(number, contract)
        row = np.flatnonzero(self.class_of == number)[:1]
        services, terms = self.services.take(row), self.terms(contract).take(row)
        timing = timing_of(services, terms)
        none = np.zeros(len(row))
        untaxed = replace(terms, payment_tax_share=none, tax_share=none, tax_returned_share=none)
        return Solved(
            stated=bool(terms.loan_stated[0]),
            payment=float(payment_per_works(terms, timing)[0]),
            untaxed=float(payment_per_works(untaxed, timing)[0]),
            profit_tax=delayed(profit_tax_per_works(terms, timing), timing.opening_year, years)[0],
        )
