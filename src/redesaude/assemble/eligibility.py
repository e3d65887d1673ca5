"""Contract options held against the law the settings name: warnings, for a lawyer decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from redesaude.errors import Problem
from redesaude.finance.law import LAWS, NO_LIMITS, Breach, Facts, Law, broken_rules
from redesaude.financing import FINANCING
from redesaude.inputs.scenario import Scenario, rows_of, years_in_force
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
    """Yield a warning for each rule that a contract breaks: of the law that the settings name, and of the sheet laws.

    Of a law with rows on the sheet the numbers are those of its rows; contracts are held against the rows in force when
    they are signed, in any period.
    """
    for n, contract in enumerate(rows_of(scenario.contracts)):
        if contract.active:
            found = {(breach.rule, *breach.values.values()): breach for breach in _breaches(scenario, contract)}
            for breach in found.values():
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


def _breaches(scenario: Scenario, contract: Any) -> Iterator[Breach]:
    """What an option breaks, once for each period in which it may be signed."""
    law = LAWS.get(scenario.settings.ppp_law)
    if law is not None and FINANCING[contract.financing].ppp:
        known = replace(law, **NO_LIMITS) if law.id in set(scenario.laws["law_id"]) else law
        yield from broken_rules(known, facts_of(contract, same_currency=scenario.settings.currency == law.currency))
    years = scenario.periods["first_year"].to_numpy(float) + contract.procurement_months / 12.0
    for row in rows_of(scenario.laws):
        signed = np.floor(years[years_in_force(row, np.floor(years).astype(np.int64))])
        if len(signed) and concerns(row, contract):
            yield from broken_rules(norm_of(row, scenario.settings.currency), facts_of(contract, same_currency=True))


def concerns(row: Any, contract: Any) -> bool:
    """Return whether a row of the sheet ``laws`` is about a contract."""
    return contract.contract_id in row.contracts if row.contracts else FINANCING[contract.financing].ppp


def norm_of(row: Any, currency: str) -> Law:
    """Return a row of the sheet ``laws`` as a law with this one rule."""
    return Law(
        id=row.law_id,
        name=row.name or row.law_id,
        currency=currency,
        **(dict(NO_LIMITS) | {row.rule: float(row.value)}),
        bars_single_object=False,
        pays_after_availability=False,
        source=row.source,
        grade=row.grade,
    )


def _cell(scenario: Scenario, row: int, column: str) -> str:
    """Address of the cell, or the contract where no sheet is known."""
    place = scenario.places.get("contracts")
    return place.cell(row, column) if place else str(scenario.contracts["contract_id"].iloc[row])
