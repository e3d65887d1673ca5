"""What each service uses of the money promises once: capital, and the yearly amounts once everything runs.

Amounts are undiscounted currency of the base year. ``fixed`` falls due when the service is open, ``per_case`` for each
yearly case.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from redesaude.finance.arguments import Share, checked
from redesaude.finance.cashflow import contributed_works, paid_once, yearly_capital_payment, yearly_payment
from redesaude.finance.contracts import Terms
from redesaude.finance.services import Services, timing_of
from redesaude.finance.works_payments import expected_works
from redesaude_models.arrays import Floats

Reading = Annotated[str, ("all", "capital", "net")]
"""reading of the PPP limit"""

Use = tuple[Floats, Floats]
"""(fixed, per_case) of each service"""


def capital_use(services: Services, terms: Terms) -> Use:
    """Return what the budget pays once: its works, and what design, supervision and letting of any works take."""
    once = np.sum([paid.sum(axis=1) for paid in paid_once(services, terms).values()], axis=0)
    return once, np.zeros_like(once)


def budget_works(services: Services, terms: Terms) -> Floats:
    """Return the expected works paid by the budget, public contributions to a contractor's works included."""
    works = np.where(terms.financed, contributed_works(services, terms), expected_works(services, terms))
    return np.asarray(works * services.pays_works)


def running_use(services: Services, terms: Terms) -> Use:
    """Return all yearly payments once open: own running cost and what contractors are paid (currency/year)."""
    payment, price = yearly_payment(services, terms)
    own = (1.0 - terms.run_share) * terms.transfer_factor
    fixed = own * terms.opex_factor * services.fixed + np.where(terms.renews, 0.0, services.lifecycle)
    return fixed + payment, own * terms.case_factor * services.per_case + price


def municipal_part(services: Services, terms: Terms) -> Use:
    """Return the part (0-1) of each :func:`running_use` that municipalities pay, as their contract shares it."""
    own, shares = (1.0 - terms.run_share) * terms.transfer_factor, 1.0 - terms.state_share
    shared = own * terms.opex_factor * services.fixed, own * terms.case_factor * services.per_case
    fixed, per_case = (
        np.divide(shares * part, whole, out=np.zeros(len(whole)), where=whole > 0)
        for part, whole in zip(shared, running_use(services, terms), strict=True)
    )
    return fixed, per_case


@checked
def ppp_use(services: Services, terms: Terms, reading: Reading) -> Use:
    """Return the yearly payments of PPPs that count against their limit (currency/year).

    The three readings of article 28 of Brazil's law 11.079/2004 that are in use: ``all`` payments, their ``capital``
    part only, or ``net`` of the running cost that direct administration would have had for the same service.
    """
    if reading == "capital":
        capital = yearly_capital_payment(services, terms, timing_of(services, terms))
        return np.where(terms.ppp, capital, 0.0), np.zeros_like(capital)
    fixed, per_case = yearly_payment(services, terms)
    if reading == "net":
        replaced, of_case = replaced_use(services, terms)
        fixed, per_case = fixed - replaced, per_case - of_case
    return np.where(terms.ppp, fixed, 0.0), np.where(terms.ppp, per_case, 0.0)


def replaced_use(services: Services, terms: Terms) -> Use:
    """Return what direct administration would spend a year on what contractors are paid for, once open."""
    run = terms.run_share
    return run * services.fixed + terms.renews * services.lifecycle, run * services.per_case


@checked
def personnel_use(services: Services, terms: Terms, personnel_share: Share) -> Use:
    """Return the yearly pay of staff that counts against the personnel limit (currency/year)."""
    share = terms.counts_as_personnel * personnel_share
    return share * terms.opex_factor * services.fixed, share * terms.case_factor * services.per_case


def contract_value(services: Services, terms: Terms) -> Floats:
    """Return the undiscounted value of the contract over its term: works plus what is paid when open (currency)."""
    years = np.maximum(np.nan_to_num(terms.term_years, nan=0.0), 0.0)
    return np.asarray(budget_works(services, terms) + years * running_use(services, terms)[0])
