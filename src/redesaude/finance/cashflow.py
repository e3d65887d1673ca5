r"""Cash flow by year of a service delivered under a contract, line by line.

Time runs in years from the first period's start. A decision is taken at :math:`b`; procurement takes :math:`P`, works
:math:`B` (their planned length times the contract's delay), the service opens at :math:`b + P + B`. A service that
exists goes on as it is until its enlargement opens; a service that needs no works simply runs. What runs is counted
in the years from ``since`` to ``until``; works and the payments that finance them are counted whenever they fall due.
Each line has a part paid whenever the service is open and a part paid for each yearly case assigned to it:

==================  ===================================================================================================
works, overrun      budget-financed works as estimated; their expected overrun less the discount of the tender
public_contribution public contribution to the works of a project company, while being built
unitary_payment     project company: capital part for the works it finances, lifecycle, its share of running cost, less
                    expected deductions
provider_payment    price per case of a provider: running cost and capital recovery spread over its capacity
lifecycle           renewal of the asset, where the budget finances
fixed_running       fixed cost of running the service
case_running        variable cost of its cases
transaction         cost of letting the contract that grows with the works
residual            negative: value of the works at the end of the horizon, of services that run then
taxes_returned      negative: what comes back of a contractor's taxes to the public budgets that count
waiting             cases assigned to the service that go untreated until it opens, at the cost of an unmet case
==================  ===================================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import numpy as np

from redesaude.finance.company_pricing import payment_per_works, profit_tax_per_works
from redesaude.finance.contracts import Terms
from redesaude.finance.discounting import Calendar, Floats, capital_recovery


@dataclass(frozen=True)
class Services:
    """Services to appraise, one entry each: money in currency (per year for fixed costs), capacity in cases/year.

    ``works`` is what must be built, ``lifecycle`` the yearly renewal once open. What exists before the works open:
    ``before_fixed`` and ``before_lifecycle`` a year, treating ``before_share`` of the assigned cases.
    ``unmet_cost`` is the cost of a case that waits in vain.

    The rest says when, in years from the first; left out, everything begins at once and runs to the horizon. The works
    are decided at ``begun``, the service runs from ``since`` until ``until``. ``pays_works`` is 0 where the works
    are counted in another entry of the same service, and ``earlier_works`` are those delivered before ``works`` under
    the same contract: a provider recovers them in its price, and they count at the end of the horizon.
    """

    works: Floats
    lifecycle: Floats
    fixed: Floats
    per_case: Floats
    capacity: Floats
    build_years: Floats
    before_fixed: Floats
    before_lifecycle: Floats
    before_share: Floats
    unmet_cost: Floats
    earlier_works: Floats = field(default_factory=lambda: np.zeros(()))
    begun: Floats = field(default_factory=lambda: np.zeros(()))
    since: Floats = field(default_factory=lambda: np.zeros(()))
    until: Floats = field(default_factory=lambda: np.full((), np.inf))
    pays_works: Floats = field(default_factory=lambda: np.ones(()))

    def __post_init__(self) -> None:
        for f in fields(self):
            if np.ndim(getattr(self, f.name)) == 0:
                object.__setattr__(self, f.name, np.full(len(self.works), float(getattr(self, f.name))))

    def __len__(self) -> int:
        return len(self.works)

    def take(self, rows: np.ndarray) -> Services:
        """Return the given rows."""
        return Services(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


@dataclass(frozen=True)
class Timing:
    """When things happen, in years from the first: signature, opening, length of works, years of capital payments."""

    signed: Floats
    opened: Floats
    build: Floats
    payment_years: Floats


#: timing of a service that begins with the first year and runs to the end
AT_ONCE = {"earlier_works": 0.0, "begun": 0.0, "since": 0.0, "until": np.inf, "pays_works": 1.0}

Flows = dict[str, tuple[Floats, Floats]]
"""line -> (paid when open, paid for each yearly case), each of shape (services, years)"""


def timing_of(services: Services, terms: Terms) -> Timing:
    """Return the timing of each service under its terms. A service without works needs no procurement to run."""
    has_works = services.works > 0
    build = np.where(has_works, services.build_years * terms.delay_factor, 0.0)
    signed = services.begun + np.where(has_works, terms.procurement_years, 0.0)
    payment = np.maximum(np.nan_to_num(terms.term_years, nan=30.0) - build, 1.0)
    return Timing(signed, signed + build, build, payment)


def tail_years(timing: Timing, terms: Terms, horizon_years: int) -> int:
    """Return how many years after the horizon works, or payments for works, still fall due."""
    last = timing.opened + np.where(terms.project_company, timing.payment_years, 0.0)
    return max(0, int(np.ceil(last.max(initial=0.0))) + 1 - horizon_years)


def share_of_years(start: Floats, end: Floats, years: int) -> Floats:
    """Return the part of each year (0-1) inside ``[start, end)``, shape ``(services, years)``."""
    year = np.arange(years, dtype=float)
    return np.asarray(np.clip(np.minimum(year + 1, end[:, None]) - np.maximum(year, start[:, None]), 0.0, 1.0))


def spread(start: Floats, length: Floats, years: int) -> Floats:
    """Return how 1 spent evenly over ``[start, start + length)`` falls on the years; all at ``start`` if no length."""
    at_once = length <= 0
    evenly = share_of_years(start, start + length, years) / np.where(at_once, 1.0, length)[:, None]
    return np.where(at_once[:, None], np.floor(start)[:, None] == np.arange(years), evenly)


def lay_out(services: Services, terms: Terms, calendar: Calendar) -> Flows:
    """Return the cash flows of every line, undiscounted currency of the base year, mid-life escalation excluded.

    ``services`` and ``terms`` have the same length; flows have shape ``(services, calendar.years)``.
    """
    timing = timing_of(services, terms)
    before, after = running_years(services, timing, calendar)
    running = _running(services, terms, timing, after, before)
    return {
        **_capital(services, terms, timing, calendar.years),
        **running,
        "residual": _residual(services, terms, timing, calendar),
        "taxes_returned": _taxes_returned(services, terms, timing, running),
        "waiting": (np.zeros_like(after), (services.unmet_cost * (1 - services.before_share))[:, None] * before),
    }


def running_years(services: Services, timing: Timing, calendar: Calendar) -> tuple[Floats, Floats]:
    """Return the part of each year (0-1) that each service runs as it did before its works open, and as it does after.

    Shape ``(services, calendar.years)``; nothing runs beyond the horizon.
    """
    counted = share_of_years(services.since, np.minimum(services.until, calendar.horizon_years), calendar.years)
    after = share_of_years(timing.opened, np.full(len(services), float(calendar.years)), calendar.years) * counted
    return counted - after, after


def _capital(services: Services, terms: Terms, timing: Timing, years: int) -> Flows:
    budget = ~terms.project_company & ~terms.provider
    progress = spread(timing.signed, timing.build, years) * services.pays_works[:, None]
    works = np.where(budget, services.works, 0.0)[:, None] * progress
    contribution = contributed_works(services, terms)[:, None] * progress
    letting = (services.works * terms.transaction_share * services.pays_works)[:, None] * spread(
        services.begun, timing.signed - services.begun, years
    )
    none = np.zeros_like(works)
    return {
        "works": (works, none),
        "overrun": (works * (terms.works_factor - 1.0)[:, None], none),
        "public_contribution": (contribution, none),
        "transaction": (letting, none),
    }


def _running(services: Services, terms: Terms, timing: Timing, after: Floats, before: Floats) -> Flows:
    """Running cost after and before the works open, by who is paid for it."""
    to_company = np.where(terms.project_company, terms.counts_as_ppp, 0.0)[:, None]
    to_public = np.where(terms.provider, 0.0, 1.0)[:, None] - to_company
    fixed = terms.opex_factor[:, None] * (services.fixed[:, None] * after + services.before_fixed[:, None] * before)
    per_case = (terms.case_factor * services.per_case)[:, None] * (after + services.before_share[:, None] * before)
    renewal = services.lifecycle[:, None] * after + services.before_lifecycle[:, None] * before
    company, provider = terms.project_company[:, None], terms.provider[:, None]
    factor = terms.payment_factor[:, None]
    capital = (yearly_capital_payment(services, terms, timing) * services.pays_works)[:, None]
    paid = share_of_years(timing.opened, timing.opened + timing.payment_years, after.shape[1])
    recovered = provider_capital(services, terms)[:, None] * after
    recovered += provider_capital(standing(services), terms)[:, None] * before
    spread_cost = (fixed + renewal + recovered) / services.capacity[:, None]
    none = np.zeros_like(fixed)
    return {
        "unitary_payment": (
            capital * paid + factor * (to_company * fixed + company * renewal),
            factor * to_company * per_case,
        ),
        "provider_payment": (none, factor * provider * (per_case + spread_cost)),
        "lifecycle": (np.where(company | provider, 0.0, renewal), none),
        "fixed_running": (to_public * fixed, none),
        "case_running": (none, to_public * per_case),
    }


def _residual(services: Services, terms: Terms, timing: Timing, calendar: Calendar) -> tuple[Floats, Floats]:
    stands = (timing.opened <= calendar.horizon_years) & (services.until >= calendar.horizon_years)
    value = np.where(stands, (services.works + services.earlier_works) * terms.residual_share, 0.0)
    last = np.arange(calendar.years) == calendar.horizon_years - 1
    return -value[:, None] * last, np.zeros((len(services), calendar.years))


def _taxes_returned(services: Services, terms: Terms, timing: Timing, running: Flows) -> tuple[Floats, Floats]:
    """What returns of taxes on receipts and on the project company's profit, as negative cost."""
    back = terms.tax_returned_share[:, None]
    paid = [running[line] for line in ("unitary_payment", "provider_payment")]
    on_payment = back * terms.payment_tax_share[:, None]
    fixed, per_case = (-on_payment * (company + provider) for company, provider in zip(*paid, strict=True))
    if not (back > 0).any():
        return fixed, per_case
    by_year = profit_tax_per_works(terms, timing.build, timing.payment_years)
    financed = financed_works(services, terms) * services.pays_works
    tax = financed[:, None] * delayed(by_year, timing.opened, fixed.shape[1])
    return fixed - back * tax, per_case


def delayed(flows: Floats, start: Floats, years: int) -> Floats:
    """Return yearly ``flows`` (rows, any years) moved to begin at ``start``, laid on ``years`` calendar years.

    A flow that begins within a year is split between the two years it touches.
    """
    whole = np.floor(start).astype(int)
    part = (start - whole)[:, None]
    padded = np.hstack([flows, np.zeros((len(flows), 1))])
    split = padded * (1.0 - part)
    split[:, 1:] += flows * part
    position = np.arange(years) - whole[:, None]
    inside = (position >= 0) & (position < split.shape[1])
    return np.where(inside, np.take_along_axis(split, np.where(inside, position, 0), axis=1), 0.0)


def standing(services: Services) -> Services:
    """Return the services without the works still to be done: those delivered earlier are all there is."""
    return replace(services, works=np.zeros(len(services)))


def complete(services: Services) -> Services:
    """Return the services as if all their works, earlier ones included, were delivered at once from the first year."""
    return replace(
        services,
        works=services.works + services.earlier_works,
        **{name: np.full(len(services), value) for name, value in AT_ONCE.items()},
    )


def contributed_works(services: Services, terms: Terms) -> Floats:
    """Return the public contribution to works that a project company delivers (currency)."""
    return np.where(terms.project_company, services.works * terms.works_factor * terms.contribution_share, 0.0)


def financed_works(services: Services, terms: Terms) -> Floats:
    """Return the works that a project company finances itself (currency)."""
    return np.where(terms.project_company, services.works * terms.works_factor * (1.0 - terms.contribution_share), 0.0)


def yearly_capital_payment(services: Services, terms: Terms, timing: Timing) -> Floats:
    """Return the capital part of the unitary payment (currency/year); zero where no project company finances.

    Solved from the company's cash flow where the contract states its loan, otherwise simple capital recovery; taxes on
    receipts included, expected deductions taken off.
    """
    per_works = payment_per_works(terms, timing.build, timing.payment_years)
    return np.asarray(terms.payment_factor * financed_works(services, terms) * per_works)


def provider_capital(services: Services, terms: Terms) -> Floats:
    """Return what a provider must recover each year for works it financed itself (currency/year)."""
    years = np.maximum(np.nan_to_num(terms.term_years, nan=30.0), 1.0)
    works = np.where(terms.provider, (services.works + services.earlier_works) * terms.works_factor, 0.0)
    return np.asarray(works * capital_recovery(terms.equity_return, years))
