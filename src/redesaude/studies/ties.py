"""Contracts that cost the same: a finding of the comparison is told from a choice among equals."""

from __future__ import annotations

from typing import Final

import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.language import N_, Translator
from redesaude.plan.plan import Plan

#: part of the cost of a site within which two contracts are not told from one another
TIED: Final = 1e-6
TIES = ("site_id", "contract_id", "other_id", "services")

_SENTENCE = N_(
    "A tie: {services} of {all} services would cost the same under another contract ({contracts}). "
    "Cost does not tell these contracts apart; choose by what it does not hold."
)
_PAIR = N_("{contract} or {other}: {services}")


def ties(plan: Plan, options: pd.DataFrame) -> pd.DataFrame:
    """Return the sites whose contract costs what another that may run them costs, each changing alone.

    ``options`` are those of :class:`redesaude.studies.appraise.Appraised`. Columns :data:`TIES`: the site, the contract
    of the plan, the other one, and how many services the site has.
    """
    chosen = options.loc[options["chosen"].astype(bool), ["site_id", "contract_id", "cost_npv"]]
    others = options.loc[options["eligible"].astype(bool) & ~options["chosen"].astype(bool)]
    pairs = chosen.merge(others[["site_id", "contract_id", "cost_npv"]], on="site_id", suffixes=("", "_other"))
    apart = (pairs["cost_npv"] - pairs["cost_npv_other"]).abs()
    found = pairs[apart <= TIED * pairs["cost_npv"].abs()].rename(columns={"contract_id_other": "other_id"})
    return pd.DataFrame(found.assign(services=found["site_id"].map(_services(plan)))[list(TIES)].reset_index(drop=True))


def _services(plan: Plan) -> pd.Series:
    """How many specialties each site has, over all periods."""
    return pd.Series(plan.openings.groupby("site_id")["specialty_id"].nunique())


def tie_sentence(plan: Plan, tied: pd.DataFrame, say: Translator) -> str:
    """Say for how many services the contract of ``plan`` is one of several that cost the same; blank where for none."""
    if tied.empty:
        return ""
    names = plan.scenario.contracts.set_index("contract_id")["name"]
    pairs = tied.groupby(["contract_id", "other_id"], sort=False)["services"].sum().reset_index()
    told = [
        say(
            _PAIR,
            contract=names[row.contract_id] or row.contract_id,
            other=names[row.other_id] or row.other_id,
            services=row.services,
        )
        for row in rows_of(pairs)
    ]
    once = tied.drop_duplicates("site_id")["services"].sum()
    return say(_SENTENCE, services=int(once), all=int(_services(plan).sum()), contracts="; ".join(told))
