"""The terms of contracts as arrays, expected values already taken."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from redesaude.finance.discounting import Floats
from redesaude.finance.project_company import weighted_return
from redesaude.finance.risks import triangular_mean


@dataclass(frozen=True)
class Terms:
    """Terms of contracts, one entry for each contract (or, after :meth:`take`, for each option).

    Factors are expected values against the sizes sheet; times in years; rates real per year; shares 0-1.
    ``project_company`` and ``provider`` say who finances the works (neither: the budget).
    """

    project_company: np.ndarray
    provider: np.ndarray
    capex_factor: Floats
    opex_factor: Floats
    case_factor: Floats
    company_return: Floats
    equity_return: Floats
    term_years: Floats
    procurement_years: Floats
    delay_factor: Floats
    transaction_share: Floats
    counts_as_ppp: Floats
    counts_as_personnel: Floats
    state_share: Floats

    def take(self, rows: np.ndarray) -> Terms:
        """Return the terms of the given contract rows (repeats allowed)."""
        return Terms(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def terms_of(contracts: pd.DataFrame) -> Terms:
    """Return the terms of the rows of the ``contracts`` table, in order."""
    number = {name: contracts[name].to_numpy(float) for name in contracts.columns if contracts[name].dtype.kind == "f"}

    def factor(stem: str) -> Floats:
        return triangular_mean(number[f"{stem}_factor_low"], number[f"{stem}_factor"], number[f"{stem}_factor_high"])

    financing = contracts["financing"].to_numpy(str)
    equity = np.nan_to_num(number["equity_return"])
    return Terms(
        project_company=financing == "project_company",
        provider=financing == "provider",
        capex_factor=factor("capex"),
        opex_factor=factor("opex"),
        case_factor=factor("case_cost"),
        company_return=weighted_return(np.nan_to_num(number["gearing"]), np.nan_to_num(number["debt_rate"]), equity),
        equity_return=equity,
        term_years=number["term_years"],
        procurement_years=number["procurement_months"] / 12.0,
        delay_factor=number["delay_factor"],
        transaction_share=number["transaction_share"],
        counts_as_ppp=number["counts_as_ppp"],
        counts_as_personnel=number["counts_as_personnel"],
        state_share=number["state_share"],
    )
