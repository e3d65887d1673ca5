"""What is at stake with each indicator of quality, in money a year of a full year, at the sites of the plan."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from redesaude.finance.contracts import Terms, terms_of
from redesaude.inputs.quality import ENDS, asked_for, moved
from redesaude.inputs.scenario import rows_of
from redesaude.language import N_
from redesaude.lines import SHARED_LINES
from redesaude.report.view import View

COLUMNS = (
    *("site_id", "contract_id", "indicator_id", "name", "target", "weight"),
    *("at_stake", "expected", "least", "most", "measured", "grade"),
)


def at_stake(view: View, only: tuple[str, str] | None = None) -> pd.DataFrame:
    """Return a row for each indicator of each site and contract of the plan, or of ``only`` one: columns
    :data:`COLUMNS`.

    ``at_stake`` is what the indicator may move in a full year at the most, ``expected`` what it takes off (below 0) or
    adds on average, as the plan pays it, between ``least`` and ``most``: currency a year, before the contract's floor
    and ceiling of deductions.
    """
    return pd.DataFrame(list(_rows(view, only)), columns=list(COLUMNS))


def payment_of_quality(view: View, site: str, contract: str) -> float:
    """Return what a contract asks at a site in its dearest year, before quality is measured (currency/year)."""
    contracts, indicators = view.scenario.contracts, view.scenario.quality_indicators
    terms = terms_of(contracts[contracts["contract_id"] == contract])
    flows = view.studied.flows
    mine = flows[(flows["site_id"] == site) & (flows["contract_id"] == contract) & flows["line"].isin(_lines(terms))]
    paid = mine.groupby("year")["real"].sum()
    kept = float(terms.quality_factor[0] * (1.0 - terms.deduction_share[0]))
    asked = float(asked_for(contracts, indicators).get(contract, 1.0))
    return float(paid.max()) * asked / kept if len(paid) and kept > 0 else 0.0


def _lines(terms: Terms) -> tuple[str, ...]:
    """The lines by which a contractor is paid: its own, or what it runs."""
    own = str(terms.says(lambda way: way.payment)[0])
    return (own,) if own else SHARED_LINES


def _rows(view: View, only: tuple[str, str] | None) -> Iterator[tuple[object, ...]]:
    indicators = view.scenario.quality_indicators
    shares = pd.DataFrame({end: moved(indicators, reached) for end, (reached, _) in ENDS.items()})
    most = indicators["cap"].fillna(indicators["weight"]).clip(upper=indicators["weight"])
    decided = view.plan.openings[["site_id", "contract_id"]].drop_duplicates()
    decided = decided[decided["contract_id"].isin(indicators["contract_id"])]
    for site, contract in sorted(pair for pair in decided.itertuples(index=False, name=None) if only in (None, pair)):
        paid = payment_of_quality(view, site, contract)
        own = indicators["contract_id"] == contract
        for row, share, cap in zip(rows_of(indicators[own]), rows_of(shares[own]), most[own], strict=True):
            money = (
                paid * part for part in (cap, (share.low + share.mode + share.high) / len(ENDS), share.low, share.high)
            )
            name = row.name or row.indicator_id
            yield (
                site,
                contract,
                row.indicator_id,
                name,
                row.target,
                row.weight,
                *money,
                _measured(view, row),
                row.grade,
            )


def _measured(view: View, row: object) -> str:
    """Who measures an indicator, and how often."""
    by, months = str(getattr(row, "measured_by", "")), float(getattr(row, "every_months", 0.0))
    often = view.t(N_("every {months} months"), months=f"{months:g}")
    return f"{by}, {often}" if by else often
