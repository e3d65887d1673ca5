"""What a site's services are made of: quantities that contracts price, for sheet ``appraisal``.

Each quantity is in currency (a year, where it recurs), before the contract's factor, with the expected outcome of the
risk register in it. The kinds and what each contract makes of them follow :mod:`redesaude.finance.cashflow`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from redesaude.finance.cashflow import delayed, timing_of
from redesaude.finance.company_pricing import payment_per_works, profit_tax_per_works
from redesaude.finance.contracts import Terms
from redesaude.finance.discounting import Floats
from redesaude.finance.risks import TERMS_FIELD, register_of
from redesaude.language import N_
from redesaude.report.workbook.appraisal_timing import Works
from redesaude.studies.repricing import Repricing

#: kind of item -> what it is; the first eight as if the budget paid for everything
ITEMS = {
    "works": N_("works and equipment with overruns"),
    "fixed": N_("fixed running cost"),
    "cases": N_("cost of cases"),
    "renewal": N_("renewal"),
    "waiting": N_("cases that wait, at the cost of a case sent away"),
    "letting": N_("letting that grows with the works"),
    "residual": N_("value handed back"),
    "capital": N_("payment for works the project company finances"),
    "provider_fixed": N_("fixed running cost in the provider's price"),
    "provider_renewal": N_("renewal in the provider's price"),
    "provider_capital": N_("works in the provider's price"),
    "profit_tax": N_("profit tax that returns"),
}
#: paid to contractors for what they finance or run, beside the items that any contract has
PAYMENTS = ("capital", "provider_fixed", "provider_renewal", "provider_capital", "profit_tax")


@dataclass(frozen=True)
class Item:
    """A quantity: its kind, when it falls due (a kind of profile), its class of works, and the amount."""

    kind: str
    when: str
    works: int
    quantity: float


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

    def __init__(self, prices: Repricing, years: int) -> None:
        self.prices, self.services, self.cases, self.years = prices, prices.services, prices.cases, years
        register = register_of(prices.scenario.risks, prices.scenario.contracts)
        specialties = prices.plan.openings["specialty_id"].to_list()
        #: contract -> target -> expected outcome of the register for each service
        self.risk: Mapping[str, Mapping[str, Floats]] = {
            c: {t: np.array([register.expected(t, c, s) for s in specialties], dtype=float) for t in TERMS_FIELD}
            for c in prices.contracts
        }
        months = np.where(self.services.works > 0, np.round(self.services.build_years * 12.0, 6), 0.0)
        keys = list(zip(months.tolist(), *(self.risk[c]["delay"].tolist() for c in prices.contracts), strict=True))
        self._classes = sorted(set(keys))
        shares = ("transaction_share", "residual_share")
        terms = [self.terms(c) for c in prices.contracts]
        #: terms that any contract states
        self._stated = {name for name in shares if any((getattr(own, name) > 0).any() for own in terms)}
        #: class of works of each service
        self.class_of = np.array([self._classes.index(key) for key in keys], dtype=int)

    def works(self, number: int, contract: str) -> Works:
        """Return class ``number`` of works as a contract meets it."""
        months, *delays = self._classes[number]
        return Works(months, delays[self.prices.contracts.index(contract)] if months else 1.0)

    def items(self, site: str, contract: str) -> Iterator[Item]:
        """Yield the quantities of a site that are not zero, in the order of :data:`ITEMS`, works class by class."""
        here = self.prices.site_of_service == site
        for number in np.unique(self.class_of[here]).tolist():
            rows = np.flatnonzero(here & (self.class_of == number))
            for kind, when, amounts in self._amounts(rows, contract):
                quantity = float(np.sum(amounts))
                if quantity:
                    yield Item(kind, when, number, quantity)

    def _amounts(self, rows: np.ndarray, contract: str) -> Iterator[tuple[str, str, Floats]]:
        """Yield (kind, when, amount of each service)."""
        s, cases, risk = self.services.take(rows), self.cases[rows], self.risk[contract]
        capex, opex, case = (risk[target][rows] for target in ("capex", "opex", "case_cost"))
        used = cases / s.capacity
        yield "works", "building", s.works * capex
        yield "fixed", "open", s.fixed * opex
        yield "fixed", "before", np.where(s.works > 0, s.before_fixed * opex, 0.0)
        yield "cases", "open", s.per_case * cases * case
        yield "cases", "before", np.where(s.works > 0, s.per_case * cases * s.before_share * case, 0.0)
        yield "renewal", "open", s.lifecycle
        yield "renewal", "before", np.where(s.works > 0, s.before_lifecycle, 0.0)
        yield "waiting", "before", np.where(s.works > 0, s.unmet_cost * (1.0 - s.before_share) * cases, 0.0)
        if "transaction_share" in self._stated:
            yield "letting", "procuring", s.works
        if "residual_share" in self._stated:
            yield "residual", "end", -s.works
        terms = self.terms(contract)
        if terms.project_company[rows[0]]:
            yield "capital", "paid", s.works * capex
            if (terms.tax_returned_share > 0).any():
                yield "profit_tax", "profit_tax", -s.works * capex
        if terms.provider[rows[0]]:
            yield "provider_fixed", "open", s.fixed * opex * used
            yield "provider_fixed", "before", np.where(s.works > 0, s.before_fixed * opex * used, 0.0)
            yield "provider_renewal", "open", s.lifecycle * used
            yield "provider_renewal", "before", np.where(s.works > 0, s.before_lifecycle * used, 0.0)
            yield "provider_capital", "open", s.works * capex * used

    def terms(self, contract: str) -> Terms:
        """Return the terms of every service under a contract."""
        return self.prices.terms(self.prices.everywhere(contract))

    def solved(self, number: int, contract: str) -> Solved:
        """Return what the engine solves for works of class ``number`` under a project company."""
        row = np.flatnonzero(self.class_of == number)[:1]
        services, terms = self.services.take(row), self.terms(contract).take(row)
        timing = timing_of(services, terms)
        at = timing.build, timing.payment_years
        none = np.zeros(len(row))
        untaxed = replace(terms, payment_tax_share=none, tax_share=none, tax_returned_share=none)
        return Solved(
            stated=bool(terms.loan_stated[0]),
            payment=float(payment_per_works(terms, *at)[0]),
            untaxed=float(payment_per_works(untaxed, *at)[0]),
            profit_tax=delayed(profit_tax_per_works(terms, *at), timing.opened, self.years)[0],
        )
