"""What each service uses of the money promises once: capital, and the yearly amounts once everything runs.

Amounts are undiscounted currency of the base year. ``fixed`` falls due when the service is open, ``per_case`` for each
yearly case.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from redesaude.finance.arguments import Share, checked
from redesaude.finance.cashflow import (
    Services,
    contributed_works,
    provider_capital,
    provider_yearly,
    timing_of,
    yearly_capital_payment,
)
from redesaude.finance.contracts import Terms
from redesaude.finance.discounting import Floats

Reading = Annotated[str, ("all", "capital", "net")]
"""reading of the PPP limit"""

Use = tuple[Floats, Floats]
"""(fixed, per_case) of each service"""


def capital_use(services: Services, terms: Terms) -> Use:
    """Return what the budget pays once: its works, and what design, supervision and letting of any works take."""
    commissioning = terms.design_share + terms.supervision_share + terms.transaction_share
    works = budget_works(services, terms) + services.works * services.pays_works * commissioning
    return works, np.zeros_like(works)


def budget_works(services: Services, terms: Terms) -> Floats:
    """Return the expected works paid by the budget, public contributions to a company's works included."""
    budget = ~terms.project_company & ~terms.provider
    works = np.where(budget, services.works * terms.works_factor, contributed_works(services, terms))
    return np.asarray(works * services.pays_works)


def running_use(services: Services, terms: Terms) -> Use:
    """Return all yearly payments once open: own running cost, unitary payment, provider's price (currency/year)."""
    fixed, per_case = terms.opex_factor * services.fixed, terms.case_factor * services.per_case
    capital = yearly_capital_payment(services, terms, timing_of(services, terms))
    to_provider, price = provider_yearly(services, terms)
    taxed = 1.0 + company_share(terms) * (terms.payment_factor - 1.0)
    own = taxed * fixed + _renewal(services, terms) + capital
    return np.where(terms.provider, to_provider, own), np.where(terms.provider, price, taxed * per_case)


@checked
def ppp_use(services: Services, terms: Terms, reading: Reading) -> Use:
    """Return the yearly payments to project companies that count against the PPP limit (currency/year).

    The three readings of article 28 of Brazil's law 11.079/2004 that are in use: ``all`` payments, their ``capital``
    part only, or ``net`` of the running cost that direct administration would have had for the same service.
    """
    capital = yearly_capital_payment(services, terms, timing_of(services, terms))
    share, company = company_share(terms), terms.project_company.astype(float)
    if reading == "capital":
        return capital, np.zeros_like(capital)
    gross = share * terms.payment_factor
    fixed = capital + gross * terms.opex_factor * services.fixed + company * _renewal(services, terms)
    per_case = gross * terms.case_factor * services.per_case
    if reading == "net":
        return fixed - share * services.fixed - company * services.lifecycle, per_case - share * services.per_case
    return fixed, per_case


def company_share(terms: Terms) -> Floats:
    """Return the share of running cost that a project company is paid for."""
    return np.where(terms.project_company, terms.counts_as_ppp, 0.0)


def _renewal(services: Services, terms: Terms) -> Floats:
    """Yearly renewal; taxes on receipts added and deductions taken off where a project company does it."""
    return np.asarray(np.where(terms.project_company, terms.payment_factor, 1.0) * services.lifecycle)


@checked
def personnel_use(services: Services, terms: Terms, personnel_share: Share) -> Use:
    """Return the yearly pay of staff that counts against the personnel limit (currency/year)."""
    share = terms.counts_as_personnel * personnel_share
    return share * terms.opex_factor * services.fixed, share * terms.case_factor * services.per_case


def contract_value(services: Services, terms: Terms) -> Floats:
    """Return the undiscounted value of the contract over its term: works plus what is paid when open (currency)."""
    years = np.maximum(np.nan_to_num(terms.term_years, nan=0.0), 0.0)
    timing = timing_of(services, terms)
    capital = yearly_capital_payment(services, terms, timing)
    capital = capital + terms.payment_factor * provider_capital(services, terms, timing)
    own_works = budget_works(services, terms)
    taxed = 1.0 + company_share(terms) * (terms.payment_factor - 1.0)
    running = taxed * terms.opex_factor * services.fixed + _renewal(services, terms)
    return np.asarray(own_works + years * (capital + running))
