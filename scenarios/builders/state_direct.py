"""The running cost of direct administration in Mato Grosso: the yardstick of other contracts, with its own range."""

from __future__ import annotations

import pandas as pd

from builders.state_facts import figure, table
from redesaude.drafting.evidence import row


def with_range(contracts: pd.DataFrame) -> pd.DataFrame:
    """Return the sheet ``contracts`` with the ends of the ranges that its options leave out."""
    found = contracts.copy()
    for fact in table("direct").itertuples():
        here = found["contract_id"] == fact.contract_id
        ends = {f"{fact.column}_low": fact.low, str(fact.column): fact.value, f"{fact.column}_high": fact.high}
        for column, value in ends.items():
            found.loc[here, column] = value
    return found


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of these ranges."""
    return [
        row("contracts", str(fact["contract_id"]), str(fact["column"]), figure(fact, float(fact["value"])))
        for _, fact in table("direct").iterrows()
    ]
