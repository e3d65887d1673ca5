"""The money of a plan in each calendar year, by specialty and by the health region of the site, beside its people.

Amounts are those of the cash flow (:mod:`redesaude.plan.cash_flow`), real, within the horizon. Money of a whole site
has a blank specialty; money that belongs to no site, or to a site without a region, stands in the whole area only.
"""

from __future__ import annotations

import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.by_year import BY_YEAR, by_year
from redesaude.plan.cash_flow import CAPITAL_LINES, PUBLIC_PAYERS
from redesaude.plan.supply_by_year import SUPPLY, site_regions, supply_by_year

#: payers whose money is told; what others finance is repaid by these
PAYERS = (*PUBLIC_PAYERS, "asset", "society", "patients")
MONEY_BY_YEAR = ("capital", *(f"cost_{payer}" for payer in PAYERS))
PEOPLE_AND_MONEY = (*BY_YEAR, *MONEY_BY_YEAR, *SUPPLY)

_KEY = list(BY_YEAR[:3])


def people_and_money(appraisal: Appraisal, flows: pd.DataFrame) -> pd.DataFrame:
    """Return :func:`redesaude.plan.by_year.by_year` with money and supply, columns :data:`PEOPLE_AND_MONEY`.

    ``capital`` is what public payers spend on works and letting, part of ``cost_state`` and the other columns by payer
    (currency of the base year); rows of money without people have no cases and no share. Capacity and staff are those
    of :func:`redesaude.plan.supply_by_year.supply_by_year`. ``flows`` is the result of
    :func:`redesaude.plan.cash_flow.cash_flow`.
    """
    people, money = by_year(appraisal), money_by_year(appraisal, flows)
    table = people.merge(money, how="outer", on=_KEY).merge(supply_by_year(appraisal), how="left", on=_KEY)
    stated = SUPPLY if len(appraisal.scenario.staffing) else SUPPLY[:1]
    amounts = ["cases", "treated", *MONEY_BY_YEAR, *stated]
    table[amounts] = table[amounts].fillna(0.0)
    table["met"] = table["met"].fillna("")
    return table.sort_values(_KEY, ignore_index=True)[list(PEOPLE_AND_MONEY)]


def money_by_year(appraisal: Appraisal, flows: pd.DataFrame) -> pd.DataFrame:
    """Return year, specialty_id, region_id (``all``: the whole area) and :data:`MONEY_BY_YEAR`; where there is any."""
    calendar = appraisal.calendar
    inside = flows["year"] < calendar.first_year + calendar.horizon_years
    rows = flows[inside & flows["payer"].isin(PAYERS)]
    public = rows["line"].isin(CAPITAL_LINES) & rows["payer"].isin(PUBLIC_PAYERS)
    parts = [rows.assign(column="cost_" + rows["payer"]), rows[public].assign(column="capital")]
    table = pd.concat([part[[*_KEY[:2], "site_id", "column", "real"]] for part in parts], ignore_index=True)
    region = table["site_id"].map(site_regions(appraisal)).fillna("")
    whole = table.assign(region_id=ALL)
    table = pd.concat([whole, table.assign(region_id=region)[region != ""]], ignore_index=True)
    wide = table.pivot_table(index=_KEY, columns="column", values="real", aggfunc="sum", fill_value=0.0)
    return wide.reindex(columns=list(MONEY_BY_YEAR), fill_value=0.0).reset_index()
