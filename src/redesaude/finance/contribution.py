r"""Payment during works: a public contribution to the works of a project company, paid at milestones.

Brazil allows it (*aporte de recursos*, Lei 11.079/2004, art. 6, § 2, as of Lei 12.766/2012), in proportion to what has
been carried out (art. 7, § 2); it is left out of taxable profit when paid and counts as the works that it paid for are
depreciated (art. 6, §§ 3 and 4), which is why the engine depreciates works net of it. It spares the company the
finance of that part of the works: what is paid up to a milestone and exceeds the costs of its year repays debt and
equity in their proportion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from redesaude.finance.arguments import (
    Allowed,
    Amount,
    ArgumentError,
    Rate,
    Share,
    check_fields,
    checked,
)
from redesaude.finance.company_loan import works_lengths
from redesaude.finance.discounting import discount_factors
from redesaude.finance.project_company import Finance, Project, company_cash_flow
from redesaude.finance.unitary_payment import solve_unitary_payment
from redesaude_models.arrays import Floats


@dataclass(frozen=True)
class Milestone:
    """At ``executed_share`` of the works done (0-1, above 0), ``paid_share`` of the contribution falls due."""

    executed_share: Annotated[float, Allowed(0.0, 1.0, above=True)]
    paid_share: Share

    def __post_init__(self) -> None:
        check_fields(self)


def milestone_profile(project: Project, milestones: Sequence[Milestone]) -> Floats:
    """Return the share of the contribution paid in each year of works, shape ``(works_years,)``.

    A milestone is paid in the year in which the works of ``project``, as they are spent, reach it.

    Raises
    ------
    ArgumentError
        a ValueError, where the shares paid do not add up to 1.

    """
    paid = np.array([m.paid_share for m in milestones], dtype=float)
    reached = np.array([m.executed_share for m in milestones], dtype=float)
    if abs(paid.sum() - 1.0) > 1e-9:
        raise ArgumentError("paid_share", f"{paid.sum():g} together", "shares that add up to 1")
    year = np.searchsorted(_executed(project), reached - 1e-9)
    return np.bincount(year, weights=paid, minlength=project.works_years).astype(float)


@checked
def with_contribution(project: Project, contribution: Amount, milestones: Sequence[Milestone] = ()) -> Project:
    """Return ``project`` with a contribution (currency) paid at ``milestones``; with none, as the works advance."""
    profile = milestone_profile(project, milestones) if milestones else None
    return replace(project, contribution=contribution, contribution_profile=profile)


def paid_along(project: Project, paid: Floats) -> Project:
    """Return ``project`` with 1 of works of which its company pays ``paid`` in each year, shape ``(works_years,)``.

    A year below 0 is one in which a contribution brings more than the works of that year cost.
    """
    works, contributed = np.maximum(paid, 0.0), np.maximum(-paid, 0.0)
    if not contributed.any():
        return replace(project, works_profile=paid)
    all_works, all_contributed = float(works.sum()), float(contributed.sum())
    return replace(
        project,
        works=all_works,
        contribution=all_contributed,
        works_profile=works / all_works,
        contribution_profile=contributed / all_contributed,
    )


def ahead_of_works(project: Project) -> Floats:
    """Return by how much the share of the contribution paid exceeds that of the works done, at the end of each year.

    Above 0 the contribution is not in proportion to the works carried out, which art. 7, § 2 asks. Shape
    ``(works_years,)``; zero without a contribution.
    """
    if not project.contribution:
        return np.zeros(project.works_years)
    paid = np.cumsum(project.contribution_by_year) / project.contribution
    ahead = np.maximum(paid - _executed(project), 0.0)
    return np.where(ahead > 1e-9, ahead, 0.0)


def _executed(project: Project) -> Floats:
    """Share of the works done by the end of each year; time alone tells it where there are none."""
    by_year = project.works_by_year if project.works else works_lengths(project.build_years, project.works_years)
    return np.asarray(np.cumsum(by_year) / by_year.sum())


@dataclass(frozen=True)
class ContributionEffect:
    """What a contribution changes for the public side; present values at the opening, currency of the base year.

    ``payment_without`` and ``payment_with`` are unitary payments a year (currency/year); ``contributed`` the worth of
    the contribution and ``payments_saved`` that of the payments it spares.
    """

    payment_without: float
    payment_with: float
    contributed: float
    payments_saved: float

    @property
    def saved(self) -> float:
        """What the public side saves in all: payments saved less what it contributes."""
        return self.payments_saved - self.contributed


@checked
def contribution_effect(project: Project, finance: Finance, discount_rate_per_year: Rate) -> ContributionEffect:
    """Solve ``project`` with its contribution and without; the public side discounts at ``discount_rate_per_year``."""
    bare = replace(project, contribution=0.0, contribution_profile=None)
    before, after = solve_unitary_payment(bare, finance), solve_unitary_payment(project, finance)
    without, flow = company_cash_flow(bare, finance, before), company_cash_flow(project, finance, after)
    factors = discount_factors(discount_rate_per_year, flow.year)
    contributed, saved = flow.contribution @ factors, (without.payment - flow.payment) @ factors
    return ContributionEffect(before, after, float(contributed), float(saved))
