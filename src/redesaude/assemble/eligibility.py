"""Contract options held against the law the settings name: warnings, for a lawyer decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from redesaude.errors import Problem
from redesaude.finance.law import LAWS, Facts, broken_rules
from redesaude.financing import FINANCING
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.language import N_

_REMEDY = N_("change the contract option, or take legal advice and set ppp_law to the law that applies")

#: the column to look at for each rule
_COLUMN = {
    "least_value": "min_value",
    "least_years": "term_years",
    "most_years": "term_years",
    "single_object": "needs_works",
    "most_public_share": "contribution_share",
}


def facts_of(contract: Any, *, same_currency: bool) -> Facts:
    """Return what a law looks at in a row of the ``contracts`` sheet.

    The value is the least that may be let (``min_value``), if it is in the law's currency. Works are sure only where
    the contract needs them; services, where some of its running payments count as PPP payments.
    """
    return Facts(
        value=contract.min_value if same_currency else np.nan,
        term_years=contract.term_years,
        has_works=bool(contract.needs_works),
        has_services=contract.counts_as_ppp > 0,
        public_share=contract.contribution_share,
    )


def law_notices(scenario: Scenario) -> Iterator[Problem]:
    """Yield a warning for each rule that a PPP breaks; none where no law is set."""
    law = LAWS.get(scenario.settings.ppp_law)
    if law is None:
        return
    same = scenario.settings.currency == law.currency
    for n, contract in enumerate(rows_of(scenario.contracts)):
        if not FINANCING[contract.financing].ppp:
            continue
        for breach in broken_rules(law, facts_of(contract, same_currency=same)):
            yield Problem(
                code=f"law_{breach.rule}",
                sheet="contracts",
                cell=_cell(scenario, n, _COLUMN[breach.rule]),
                found=breach.found,
                expected=breach.required,
                remedy=_REMEDY,
                values=breach.values,
                severity="warning",
            )


def _cell(scenario: Scenario, row: int, column: str) -> str:
    """Address of the cell, or the contract where no sheet is known."""
    place = scenario.places.get("contracts")
    return place.cell(row, column) if place else str(scenario.contracts["contract_id"].iloc[row])
