r"""What works of many services cost in each year, at prices that rise, and when a contribution to them is paid.

Works are estimated at prices of the base year. Where their prices rise by :math:`g` a year above prices in general,
the share :math:`y_t` of them that is spent in year :math:`t` from the base year costs :math:`y_t (1 + g)^t`, and all
of them :math:`\sum_t y_t (1 + g)^t` for each 1. A contribution is paid as the works are, or at milestones: so much of
it once such a share of the works is done, in the year in which that falls, its very end included.

For one project the same is in :mod:`redesaude.finance.works_spending` and :mod:`redesaude.finance.contribution`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from redesaude.finance.company_loan import shares_year
from redesaude.finance.company_loan import years_of_works as company_years_of_works
from redesaude.finance.contracts import Terms
from redesaude.finance.services import Services, Timing, spread_works, timing_of
from redesaude.finance.works_profiles import passed_at
from redesaude.inputs.contracts import milestones_in
from redesaude_models.arrays import Floats

#: years by which a milestone may pass the end of the year in which it is paid
_EDGE = 1e-9


def works_paid(terms: Terms, timing: Timing, years: int) -> Floats:
    """Return what 1 of works, at prices of the base year, costs in each year from the first, ``(rows, years)``."""
    spent = spread_works(terms.works_profile, timing.signed, timing.build, years)
    if not (terms.works_inflation > 0).any():
        return spent
    return np.asarray(spent * works_index(terms, np.arange(years)))


def works_index(terms: Terms, years: Floats | np.ndarray) -> Floats:
    """Return prices of works in ``years`` from the first, those of the base year 1: ``(rows, years)``."""
    return np.asarray((1.0 + terms.works_inflation[:, None]) ** (terms.years_from_base[:, None] + years))


def works_price(terms: Terms, timing: Timing) -> Floats:
    """Return what all of 1 of works costs, ``(rows,)``: 1 where prices of works do not rise."""
    if not (terms.works_inflation > 0).any():
        return np.ones(len(timing.signed))
    return np.asarray(works_paid(terms, timing, years_of_works(timing)).sum(axis=1))


def years_of_works(timing: Timing) -> int:
    """Return how many years from the first hold all works."""
    return int(np.ceil(timing.opened.max(initial=0.0))) + 1


def expected_works(services: Services, terms: Terms) -> Floats:
    """Return what works are expected to cost, whoever pays: overrun, tender and the rise of prices (currency)."""
    return np.asarray(services.works * terms.works_factor * works_price(terms, timing_of(services, terms)))


def contribution_paid(terms: Terms, timing: Timing, years: int) -> Floats:
    """Return the part of the contribution to works that is paid in each year from the first, ``(rows, years)``."""
    paid = works_paid(terms, timing, years) / works_price(terms, timing)[:, None]
    for rows, milestones in _by_milestones(terms):
        paid[rows] = 0.0
        for done, share in milestones:
            reached = timing.signed[rows] + timing.build[rows] * passed_at(terms.works_profile[rows], done)
            year = np.maximum(np.ceil(reached - _EDGE) - 1.0, np.floor(timing.signed[rows]))
            paid[rows] += share * (year[:, None] == np.arange(years))
    return paid


def financed_before_opening(terms: Terms, timing: Timing, *, contributed_last: bool = False) -> Floats:
    """Return what a company pays in each calendar year of works for each 1 that it finances, ``(rows, years)``.

    Together 1; the last year is its year 0. Less than nothing where a milestone brings more than its year costs.
    ``contributed_last``: as if whatever is paid at milestones were paid in the last year, the dearest for the company.
    """
    signing_year = np.floor(timing.signed + _EDGE)  # whole years away all is the same, but for the level of prices
    signed, opened = (np.maximum(at - signing_year, 0.0) for at in (timing.signed, timing.opened))
    timing = replace(timing, signed=signed, opened=opened)
    years = years_of_works(timing)
    last = timing.opening_year - 1.0 + shares_year(timing.build, timing.opened_share)
    paid = works_paid(terms, timing, years) / works_price(terms, timing)[:, None]
    contributed = contribution_paid(terms, timing, years)
    for rows, _ in _by_milestones(terms):
        given = (last[rows, None] == np.arange(years)) if contributed_last else contributed[rows]
        part = terms.contributed_share[rows, None]
        paid[rows] = (paid[rows] - part * given) / (1.0 - part)
    reach = int(company_years_of_works(timing.build, timing.opened_share).max(initial=1.0))
    position = last[:, None].astype(int) + np.arange(1 - reach, 1)
    inside = (position >= 0) & (position < years)
    return np.where(inside, np.take_along_axis(paid, np.where(inside, position, 0), axis=1), 0.0)


def _by_milestones(terms: Terms) -> Iterator[tuple[np.ndarray, list[tuple[float, float]]]]:
    """Yield which of the rows contribute at milestones, and at which (share of the works done, part paid)."""
    contributes = terms.contributed_share > 0
    for text in sorted(set(terms.contribution_milestones[contributes].tolist()) - {""}):
        yield contributes & (terms.contribution_milestones == text), milestones_in(text)
