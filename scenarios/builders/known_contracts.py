"""Contracts of hospitals of Mato Grosso as they were reported: facts told beside the plan's contracts."""

from __future__ import annotations

import pandas as pd

from builders.state_facts import assumption, table
from redesaude.drafting.evidence import row

#: months of a contract whose term was not reported, as those of Cáceres of the same year
_TERM = assumption("known_contracts.term")  # fmt: skip


def sheet() -> pd.DataFrame:
    """Return the sheet ``known_contracts``; what was not reported is left out, but a term is assumed for the call."""
    known = table("contracts")
    whole = known["total_value"].notna() & known["term_months"].isna()
    return known.assign(term_months=known["term_months"].mask(whole, _TERM.value))


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of what is assumed of them."""
    known = table("contracts")
    supposed = known[known["total_value"].notna() & known["term_months"].isna()]
    return [row("known_contracts", f"{c['place']}|{c['name']}", "term_months", _TERM) for _, c in supposed.iterrows()]
