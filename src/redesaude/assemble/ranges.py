r"""Prices so far from all costs that no bound could be told from its rounding error.

A bound is a sum over demands in which each counts with at most its price of an unmet case; in floating point it is
wrong by up to :math:`\gamma_n \sum_i d_i \pi_i` (Higham 2002, section 3.1). Where that is more than the gap asked for
of what any plan costs at least, nothing could be proven, and the input is refused before the search, at the cells of
the prices.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from redesaude.assemble.assembled import Assembled
from redesaude.errors import Problem
from redesaude.inputs.faults import Fault
from redesaude.language import N_
from redesaude_models.arrays import Floats

#: relative error of one operation, twice; and the gap below which plans and bounds count as equal anyway
_UNIT, _EQUAL = 2.0**-52, 1e-6

TOO_WIDE = Fault(
    "price_beyond_all_costs",
    N_("an unmet case of {name} costs {value}, so far above all other costs that nothing could be proven"),
    N_("an unmet_cost of {most} or less, or a blank one where all must be treated"),
    N_("type a smaller unmet_cost; a thousand times the dearest treatment is more than any plan would pay"),
)


def too_wide(assembled: Assembled, gap: float) -> Iterator[Problem]:
    """Yield each price of an unmet case that makes the rounding error of a bound larger than the relative ``gap``."""
    problem, specialties = assembled.problem, assembled.scenario.specialties
    demand = problem.demand
    paid = (np.where(demand.must_treat[:, None], 0.0, demand.unmet_cost) * demand.cases).sum(axis=1)
    by_specialty = np.bincount(demand.specialty, paid, minlength=len(specialties))
    wrong = (len(paid) + 2) * _UNIT * by_specialty.sum()
    allowed = max(gap, _EQUAL) * _least(assembled)
    if wrong <= allowed or allowed == 0.0:
        return
    place = assembled.scenario.places.get("specialties")
    for s in np.flatnonzero(by_specialty * len(specialties) * wrong > allowed * by_specialty.sum()).tolist():
        row = specialties.iloc[s]
        yield TOO_WIDE.problem(
            "specialties",
            place.cell(s, "unmet_cost") if place else "",
            name=row["name"],
            value=float(row["unmet_cost"]),
            most=float(f"{row['unmet_cost'] * allowed / wrong / len(specialties):.1g}"),
        )


def _least(assembled: Assembled) -> float:
    """What a plan costs at least (NPV): each demand at its cheapest, treated or not, or else the cheapest service."""
    problem = assembled.problem
    each = np.full(len(problem.services.site), np.inf)
    np.minimum.at(each, problem.options.service, np.abs(problem.options.case_cost).sum(axis=1))
    treated = np.full(len(problem.demand.territory), np.inf)
    journeys = problem.journeys
    np.minimum.at(treated, journeys.demand, np.abs(journeys.cost).sum(axis=1) + each[journeys.service])
    cases: Floats = problem.demand.cases.max(axis=1, initial=0.0)
    unmet = np.where(problem.demand.must_treat, np.inf, problem.demand.unmet_cost.sum(axis=1))
    cheapest = np.minimum(treated, unmet) * cases
    least = float(cheapest[np.isfinite(cheapest)].sum())
    opening = np.abs(problem.options.cost).sum(axis=1)
    return least or float(min(opening[opening > 0], default=0.0))
