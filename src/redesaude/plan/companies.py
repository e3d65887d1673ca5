"""What the project companies of a plan earn, and how their debt is covered."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.finance.company_pricing import cash_flow_per_works
from redesaude.finance.services import timing_of
from redesaude.plan.appraisal import Appraisal

COMPANIES = (
    "site_id",
    "contract_id",
    "project_return",
    "equity_return",
    "least_cover",
    "loan_life_cover",
    "project_life_cover",
)


def companies(appraisal: Appraisal) -> pd.DataFrame:
    """Return :data:`COMPANIES`, a row for each site whose contract states a project company's loan.

    They are those of its largest works. Returns are real, a year, after tax; covers are ratios, NaN without debt.
    """
    openings, services, terms = appraisal.plan.openings, appraisal.services(), appraisal.terms()
    timing = timing_of(services, terms)
    works = pd.Series(np.where(terms.loan_stated, services.works, 0.0))
    largest = works.groupby([openings["site_id"].to_numpy(), openings["contract_id"].to_numpy()]).idxmax()
    rows: list[tuple[object, ...]] = []
    for row in largest.tolist():
        if works[row] > 0:
            flow = cash_flow_per_works(terms, timing, row)
            place = openings["site_id"].iloc[row], openings["contract_id"].iloc[row]
            rows.append((*place, *(getattr(flow, name) for name in COMPANIES[2:])))
    return pd.DataFrame(rows, columns=list(COMPANIES))
