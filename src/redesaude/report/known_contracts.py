"""Contracts that others have signed, as reported, beside what the plan pays under contracts of the same kind."""

from __future__ import annotations

from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.report.figures import full_year_payment, in_last_period
from redesaude.report.terms import CHOICES
from redesaude.report.view import View

_MONTHS = 12.0


def month_values(known: pd.DataFrame) -> pd.Series:
    """Return what each contract of the sheet ``known_contracts`` is paid a month, in currency.

    As reported, or else the value of the term over its months; unknown where neither was reported.
    """
    over_term = known["total_value"] / known["term_months"].where(known["term_months"] > 0)
    return known["value_month"].fillna(over_term).astype(float)


def known_contracts(view: View) -> pd.DataFrame:
    """Return the reported contracts, those with the largest payments first, with what the plan pays for alike.

    Columns: those of the sheet, and month, bed_month (currency a month, and for each bed), delivery (in words), here
    (currency a month that the plan pays at that site under the same delivery model, in a full year), alike (the mean
    of all sites of that model, unknown where there is none), told (host of the source, its date and grade).
    """
    known, plan = view.scenario.known_contracts, _paid_by_plan(view)
    month = month_values(known)
    here = plan.groupby(["site_id", "delivery_model"])["month"].sum()
    alike = plan.groupby(["site_id", "delivery_model"], as_index=False)["month"].sum()
    keys = pd.MultiIndex.from_frame(known[["site_id", "delivery_model"]])
    known = known.assign(
        month=month,
        bed_month=month / known["beds"].where(known["beds"] > 0),
        delivery=[view.t(CHOICES.get(word, word)) for word in known["delivery_model"]],
        here=here.reindex(keys).to_numpy(float),
        alike=known["delivery_model"].map(alike.groupby("delivery_model")["month"].mean()).astype(float),
        told=[
            ", ".join(part for part in (_host(row.source), row.source_date, row.grade) if part)
            for row in rows_of(known)
        ],
    )
    return known.sort_values(["month", "place", "name"], ascending=[False, True, True], ignore_index=True)


def _paid_by_plan(view: View) -> pd.DataFrame:
    """What the plan pays a month of a full year: site_id, contract_id, delivery_model, month (currency)."""
    contracts = view.scenario.contracts.set_index("contract_id")
    pairs = in_last_period(view.plan, view.plan.openings)[["site_id", "contract_id"]].drop_duplicates()
    flows = dict(iter(view.studied.flows.groupby(["site_id", "contract_id"])))
    month = [
        full_year_payment(flows[key], str(contracts.loc[key[1], "financing"])) / _MONTHS if key in flows else np.nan
        for key in pairs.itertuples(index=False, name=None)
    ]
    return pairs.assign(delivery_model=pairs["contract_id"].map(contracts["delivery_model"]), month=month)


def _host(source: str) -> str:
    """The host of a source that is an address (of several, the first), or the source itself."""
    return urlsplit(source.split(maxsplit=1)[0]).netloc.removeprefix("www.") or source if source.strip() else ""
