"""Project companies whose loan eats itself: what it must hold and pay takes more than it brings, at any payment.

Told at the cells of the sheet contracts, with the works for which it is so; nothing could be priced under them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from redesaude.errors import Problem
from redesaude.finance.arguments import UnsolvableError
from redesaude.finance.cashflow import yearly_capital_payment
from redesaude.finance.contracts import Terms
from redesaude.finance.services import Services, timing_of
from redesaude.inputs.faults import Fault
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_

EATS_ITSELF = Fault(
    "loan_eats_itself",
    N_(
        "{name}: no payment earns the owners their return where works take {years} years: fee, reserve and interest "
        "take the whole loan"
    ),
    N_("a loan that leaves money for the works: a reserve of fewer months, a lower fee, or more debt_years"),
    N_("lower reserve_months, debt_fee_share or gearing, or raise debt_years and term_years"),
)


def loan_problems(scenario: Scenario, contract: np.ndarray, services: Services, terms: Terms) -> Iterator[Problem]:
    """Yield each row of ``contracts`` whose loan has no payment; ``contract`` is that of each service, by position."""
    place = scenario.places.get("contracts")
    timing = timing_of(services, terms)
    for c, name in enumerate(scenario.contracts["contract_id"].astype(str)):
        rows = np.flatnonzero((contract == c) & (services.works > 0))
        _, first = np.unique(timing.build[rows], return_index=True)
        for row in rows[first].tolist():
            one, under = services.take(np.array([row])), terms.take(np.array([row]))
            try:
                yearly_capital_payment(one, under, timing_of(one, under))
            except UnsolvableError:
                stated = str(scenario.contracts["name"].iloc[c]) or name
                cell = place.cell(c, "reserve_months") if place else name
                yield EATS_ITSELF.problem("contracts", cell, name=stated, years=round(float(timing.build[row]), 2))
                break
