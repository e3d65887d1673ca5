r"""The years of a project company, and the loan that pays for part of its works.

Time is in years around the opening of the service: year 0 is the last year of works, year 1 the first year of service,
so that no year has both. A first year of works, or a last year of service, may be shorter than a year. Every function
takes one project (``(years,)``) or many at once (``(projects, years)``).

**On the calendar.** Those are the years of a project that stands by itself (:data:`OWN_YEARS`). Laid on calendar
years, a project that opens within a year, or whose works take no time, has works and service in one year: year 0 is
the last calendar year with works, and the first of service too. ``opened_share`` is the part of the year of the opening
that passes before it. All money of a year being one moment, nothing is earned between the two, for whoever finances.

**When money counts.** Every flow of a year counts at one moment, the middle of that year, whoever pays or receives
it: debt and equity drawn, payments, running cost, taxes, debt service, dividends. So a return or a rate of interest is
earned over the whole years between two flows, on equity and debt alike, a shorter first or last year counts like a
whole one, and an equity return is what a spreadsheet's IRR gives on the yearly columns.

Costs of the works are financed by debt and equity in a fixed proportion, the debt share :math:`\delta`, interest
during works included:

.. math:: I_t = r_d\,B_{t-1}, \qquad N_t = K_t + I_t, \qquad B_t = B_{t-1} + \delta N_t

with :math:`K` costs, :math:`N` uses, :math:`I` interest during works, :math:`B` debt. Interest of the year from the
last works to the first service is paid with that service.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from redesaude_models.arrays import Floats

#: ``opened_share`` of a project whose years begin with its opening, none of them with both works and service
OWN_YEARS = -1.0

#: years that are lost in rounding
_ROUNDING = 1e-9


def _passed(opened_share: ArrayLike) -> Floats:
    """Return the part of the year of the opening before it, a last axis of 1; 0 on a project's own years."""
    return np.asarray(np.maximum(np.asarray(opened_share, dtype=float), 0.0)[..., None])


def shares_year(build_years: ArrayLike, opened_share: ArrayLike = OWN_YEARS) -> Floats:
    """Return 1 where the last year of works is the first of service too, else 0."""
    share, build = np.asarray(opened_share, dtype=float), np.asarray(build_years, dtype=float)
    return np.asarray((share > 0) | ((share == 0) & (build <= _ROUNDING)), dtype=float)


def years_of_works(build_years: ArrayLike, opened_share: ArrayLike = OWN_YEARS) -> Floats:
    """Return how many years works fall on, at least 1."""
    passed = _passed(opened_share)[..., 0]
    earlier = np.ceil(np.maximum(np.asarray(build_years, dtype=float) - passed - _ROUNDING, 0.0))
    return np.asarray(np.maximum(earlier + (passed > 0), 1.0))


def years_of_service(payment_years: ArrayLike, opened_share: ArrayLike = OWN_YEARS) -> Floats:
    """Return how many years service falls on, at least 1."""
    end = np.asarray(payment_years, dtype=float) + _passed(opened_share)[..., 0]
    return np.asarray(np.maximum(np.ceil(end - _ROUNDING), 1.0))


def service_lengths(years_of_service: ArrayLike, years: int, opened_share: ArrayLike = OWN_YEARS) -> Floats:
    """Return the part (0-1) of each of ``years`` years of service that lies before ``years_of_service`` have passed."""
    end, start = np.asarray(years_of_service, dtype=float)[..., None], np.arange(years) - _passed(opened_share)
    return np.asarray(np.clip(np.minimum(end, start + 1.0) - np.maximum(start, 0.0), 0.0, 1.0))


def works_lengths(build_years: ArrayLike, years: int, opened_share: ArrayLike = OWN_YEARS) -> Floats:
    """Return the part (0-1) of each of ``years`` years up to year 0 in which works go on."""
    passed, build = _passed(opened_share), np.asarray(build_years, dtype=float)[..., None]
    end = np.arange(years)[::-1] + np.where(passed > 0, passed, 1.0)
    return np.asarray(np.clip(np.minimum(build, end) - np.maximum(end - 1.0, 0.0), 0.0, 1.0))


def works_shares(build_years: ArrayLike, years: int, opened_share: ArrayLike = OWN_YEARS) -> Floats:
    """Return how 1 spent evenly over the works falls on the years up to year 0; all on that one, if no length."""
    length = np.asarray(build_years, dtype=float)[..., None]
    at_once = length <= _ROUNDING
    evenly = works_lengths(build_years, years, opened_share) / np.where(at_once, 1.0, length)
    return np.where(at_once, np.arange(years) == years - 1, evenly)


def first_year(build_years: ArrayLike, years: int, opened_share: ArrayLike = OWN_YEARS) -> Floats:
    """Return 1 in the first year of works and 0 in the others."""
    position = years - years_of_works(build_years, opened_share)
    return np.asarray(np.arange(years) == position[..., None], dtype=float)


def raise_capital(costs: Floats, debt_share: ArrayLike, debt_rate: ArrayLike) -> tuple[Floats, Floats]:
    """Return uses (currency, costs and interest during works) and that interest, by year of works, like ``costs``."""
    share, rate = np.asarray(debt_share, dtype=float), np.asarray(debt_rate, dtype=float)
    uses, interest = np.zeros_like(costs), np.zeros_like(costs)
    balance = np.zeros(costs.shape[:-1])
    for t in range(costs.shape[-1]):
        interest[..., t] = rate * balance
        uses[..., t] = costs[..., t] + interest[..., t]
        balance = balance + share * uses[..., t]
    return uses, interest


def balances(debt: ArrayLike, service: Floats, rate_by_year: ArrayLike) -> Floats:
    """Return what is owed at the start of each year of service and after the last, shape ``(..., years + 1)``.

    ``rate_by_year`` is what it bears until each year's service, ``(..., years)`` (:func:`service_rates`).
    """
    rates = np.broadcast_to(np.asarray(rate_by_year, dtype=float), service.shape)
    owed = [np.asarray(debt, dtype=float)]
    for t in range(service.shape[-1]):
        owed.append(owed[-1] * (1.0 + rates[..., t]) - service[..., t])
    return np.stack(owed, axis=-1)


def service_rates(rate: ArrayLike, years: int, shared: ArrayLike) -> Floats:
    """Return the interest from each of ``years`` years of service on the year before it, none within a shared year."""
    first = np.arange(years) == 0
    return np.where(first & (np.asarray(shared)[..., None] > 0), 0.0, np.asarray(rate, dtype=float)[..., None])
