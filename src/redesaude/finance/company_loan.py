r"""The years of a project company, and the loan that pays for part of its works.

Time is in years around the opening of the service: year 0 is the last year of works, year 1 the first year of service,
so that no year has both. A first year of works, or a last year of service, may be shorter than a year. Every function
takes one project (``(years,)``) or many at once (``(projects, years)``).

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


def service_lengths(years_of_service: ArrayLike, years: int) -> Floats:
    """Return the part (0-1) of each of ``years`` years from the opening on that lies before ``years_of_service``."""
    end = np.asarray(years_of_service, dtype=float)
    return np.asarray(np.clip(end[..., None] - np.arange(years), 0.0, 1.0))


def works_lengths(build_years: ArrayLike, years: int) -> Floats:
    """Return the part (0-1) of each of ``years`` years before the opening in which works go on; the last is year 0."""
    return service_lengths(build_years, years)[..., ::-1]


def works_shares(build_years: ArrayLike, years: int) -> Floats:
    """Return how 1 spent evenly over the works falls on the years before the opening; on the last, if no length."""
    length = np.asarray(build_years, dtype=float)[..., None]
    at_once = length <= 0
    evenly = works_lengths(build_years, years) / np.where(at_once, 1.0, length)
    return np.where(at_once, np.arange(years) == years - 1, evenly)


def first_year(build_years: ArrayLike, years: int) -> Floats:
    """Return 1 in the first year of works and 0 in the others."""
    position = years - np.maximum(np.ceil(np.asarray(build_years, dtype=float)), 1.0)
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


def balances(debt: ArrayLike, service: Floats, debt_rate: ArrayLike) -> Floats:
    """Return what is owed at the start of each year of service and after the last, shape ``(..., years + 1)``."""
    rate = np.asarray(debt_rate, dtype=float)
    owed = [np.asarray(debt, dtype=float)]
    for t in range(service.shape[-1]):
        owed.append(owed[-1] * (1.0 + rate) - service[..., t])
    return np.stack(owed, axis=-1)
