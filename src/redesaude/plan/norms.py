"""Dated norms and the contracts that they touch: those in force when a contract is signed, and those that come after.

A row of the sheet ``laws`` is held against every contract that the plan lets: one in force in the year of the signature
is kept or broken, one that comes into force later, before the contract ends, is told as a change that may touch it.
Arithmetic on the numbers given, not legal advice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from redesaude.assemble.eligibility import concerns, norm_of
from redesaude.finance.fiscal import contract_value
from redesaude.finance.law import Facts, broken_rules
from redesaude.finance.services import timing_of
from redesaude.inputs.scenario import rows_of
from redesaude.plan.appraisal import Appraisal

#: of a contract let for a lot and a rule: ``state`` is kept, broken (when signed), or changes (in force only later)
NORMS = (
    "law_id",
    "rule",
    "value",
    "valid_from",
    "valid_until",
    "contract_id",
    "lot_id",
    "signed",
    "ends",
    "found",
    "state",
    "keeps",
    "source",
)


class _Let(NamedTuple):
    """A contract let for a lot: the years of its signature and of its end (infinite: none), and its value."""

    contract: str
    lot: str
    signed: int
    ends: float
    value: float


def norms(appraisal: Appraisal) -> pd.DataFrame:
    """Return the dated rules that touch the contracts of the plan, columns :data:`NORMS`.

    ``found`` is what the contract has of what the rule is about (currency, years or share), ``keeps`` whether that
    keeps the rule, also one that comes into force after the signature.
    """
    scenario = appraisal.scenario
    contracts = {row.contract_id: row for row in rows_of(scenario.contracts)}
    rows = [
        found
        for let in _lettings(appraisal)
        for row in rows_of(scenario.laws)
        if concerns(row, contracts[let.contract])
        for found in _touched(row, let, contracts[let.contract], scenario.settings.currency)
    ]
    return pd.DataFrame(rows, columns=list(NORMS))


def _touched(row: Any, let: _Let, contract: Any, currency: str) -> Iterator[tuple[Any, ...]]:
    """The row as it touches a contract; nothing where it was over before the signature, or begins after the end."""
    begins = -np.inf if np.isnan(row.valid_from) else row.valid_from
    if row.valid_until < let.signed or begins > let.ends:
        return
    facts = Facts(value=let.value, term_years=contract.term_years, public_share=contract.contribution_share)
    keeps = not broken_rules(norm_of(row, currency), facts)
    state = "changes" if begins > let.signed else "kept" if keeps else "broken"
    has = {"least_value": let.value, "most_public_share": contract.contribution_share}.get(
        row.rule, contract.term_years
    )
    dates = row.valid_from, row.valid_until
    yield row.law_id, row.rule, row.value, *dates, *let[:4], has, state, "yes" if keeps else "no", row.source


def _lettings(appraisal: Appraisal) -> Iterator[_Let]:
    """The contracts let, each once for its lot: signed with the first service that it lets, whole value together."""
    services, terms, openings = appraisal.services(), appraisal.terms(), appraisal.plan.openings
    timing = timing_of(services, terms)
    signs = (services.works > 0) | (terms.signs > 0)
    table = pd.DataFrame(
        {
            "contract": openings["contract_id"].to_numpy(str),
            "lot": [appraisal.lot_of(*pair) for pair in zip(openings["site_id"], openings["contract_id"], strict=True)],
            "signed": timing.signed + appraisal.calendar.first_year,
            "value": contract_value(services, terms) * (services.pays_works > 0),
            "term": np.nan_to_num(terms.term_years, nan=np.inf),
        }
    )[signs]
    for (contract, lot), part in table.groupby(["contract", "lot"]):
        signed = float(part["signed"].min())
        ends = np.floor(signed + float(part["term"].max()))
        yield _Let(str(contract), str(lot), int(np.floor(signed)), float(ends), float(part["value"].sum()))
