r"""What works of many services cost in each year, at prices that rise, and when a contribution to them is paid.

Works are estimated at prices of the base year. Where their prices rise by :math:`g` a year above prices in general,
the share :math:`y_t` of them that is spent in year :math:`t` from the base year costs :math:`y_t (1 + g)^t`, and all
of them :math:`\sum_t y_t (1 + g)^t` for each 1. A contribution is paid as the works are, or at milestones: so much of
it once such a share of the works is done, in the year in which that falls, its very end included.

For one project the same is in :mod:`redesaude.finance.works_spending` and :mod:`redesaude.finance.contribution`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from redesaude.finance.company_loan import works_shares
from redesaude.finance.contracts import Terms
from redesaude.finance.services import Services, Timing, spread_works, timing_of
from redesaude.finance.works_profiles import passed_at, profiles_before_opening
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


def financed_before_opening(terms: Terms, build_years: Floats, *, contributed_last: bool = False) -> Floats | None:
    """Return what a company pays in each year of works for each 1 that it finances, ``(rows, years)``, together 1.

    The last year is year 0. Less than nothing where a milestone brings more than its year costs; None where all works
    are spent evenly, at one price, and contributed to as they advance. ``contributed_last``: as if whatever is paid at
    milestones were paid in the last year, the dearest for the company.
    """
    profile, staged = profiles_before_opening(terms.works_profile, build_years), list(_by_milestones(terms))
    if profile is None and not staged and not (terms.works_inflation > 0).any():
        return None
    years = max(1, int(np.ceil(build_years.max(initial=0.0))))
    works = works_shares(build_years, years) if profile is None else profile
    works = works * works_index(terms, np.arange(1 - years, 1))
    works = works / works.sum(axis=1, keepdims=True)
    for rows, milestones in staged:
        part, contributed = terms.contributed_share[rows, None], np.zeros((int(rows.sum()), years))
        for done, share in milestones:
            left = build_years[rows] * (1.0 - passed_at(terms.works_profile[rows], done))
            before = 0.0 if contributed_last else np.floor(left + _EDGE)
            year = np.maximum(years - 1 - before, 0.0) + np.zeros(len(left))
            contributed += share * (year[:, None] == np.arange(years))
        works[rows] = (works[rows] - part * contributed) / (1.0 - part)
    return np.asarray(works)


def _by_milestones(terms: Terms) -> Iterator[tuple[np.ndarray, list[tuple[float, float]]]]:
    """Yield which of the rows contribute at milestones, and at which (share of the works done, part paid)."""
    contributes = terms.contributed_share > 0
    for text in sorted(set(terms.contribution_milestones[contributes].tolist()) - {""}):
        yield contributes & (terms.contribution_milestones == text), milestones_in(text)
