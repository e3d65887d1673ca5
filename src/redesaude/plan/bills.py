r"""The bill of each municipality: what it pays for its own hospitals, and its part of what a consortium costs.

What the cash flow charges to the municipality of a hospital is its own bill. What it charges to municipalities for a
service at site :math:`j` in a year is shared among the municipalities :math:`i` of the site's health region by the key
of its contract,

.. math:: b_i = \\frac{w_i}{\\sum_{i' \\in R(j)} w_{i'}} \\cdot b_j

with :math:`w_i` its population (``population``), the cases of its people treated by the service in the period
(``use``; by whoever uses it, members of the region or not), or 1 (``equal``). A site without a region is shared by the
whole area; a service that nobody uses yet, and a region without people, by equal parts. The bills add up to what the
cash flow says that municipalities pay, service by service and year by year.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import homes
from redesaude.payers import MUNICIPALITIES, MUNICIPALITY
from redesaude.plan.appraisal import Appraisal

BILLS = ("year", "territory_id", "site_id", "specialty_id", "contract_id", "real")

_SERVICE = ["site_id", "specialty_id", "period_id"]


def bills(appraisal: Appraisal, flows: pd.DataFrame) -> pd.DataFrame:
    """Return what each municipality pays, columns :data:`BILLS`; ``real`` in currency of the base year.

    ``flows`` is the result of :func:`redesaude.plan.cash_flow.cash_flow`. Empty where municipalities pay nothing.
    """
    keys = list(BILLS[:1] + BILLS[2:5])
    home = flows["site_id"].map(_home(appraisal)).fillna("")
    alone = (flows["payer"] == MUNICIPALITY) & (home != "")
    own = flows[alone].assign(territory_id=home)
    shared = flows["payer"].isin([MUNICIPALITY, MUNICIPALITIES]) & ~alone
    together = pd.DataFrame(flows[shared].groupby(keys, as_index=False)["real"].sum())
    parts = [own, _shared(appraisal, together)]
    table = pd.concat([part[list(BILLS)] for part in parts if len(part)] or [own[list(BILLS)]], ignore_index=True)
    return pd.DataFrame(table.groupby(list(BILLS[:5]), as_index=False)["real"].sum())


def _home(appraisal: Appraisal) -> dict[str, str]:
    """The municipality of each site; sites without one are left out."""
    sites = appraisal.scenario.sites
    return {site: home for site, home in zip(sites["site_id"], sites["territory_id"], strict=True) if home}


def _shared(appraisal: Appraisal, paid: pd.DataFrame) -> pd.DataFrame:
    """What municipalities pay together (year, service, real), by municipality: columns :data:`BILLS`."""
    if paid.empty:
        return pd.DataFrame(columns=list(BILLS))
    paid = paid.assign(period_id=_periods(appraisal, paid["year"]))
    shares = _shares(appraisal, paid[[*_SERVICE, "contract_id"]].drop_duplicates())
    table = paid.merge(shares, on=[*_SERVICE, "contract_id"])
    return table.assign(real=table["real"] * table["share"])[list(BILLS)]


def _periods(appraisal: Appraisal, years: pd.Series) -> pd.Series:
    """The period of each year; what is still owed after the horizon belongs to the last."""
    calendar, names = appraisal.calendar, {t: name for name, t in appraisal.periods.items()}
    of_years = appraisal.phases.of_years(calendar.horizon_years)
    at = np.clip(years.to_numpy(int) - calendar.first_year, 0, calendar.horizon_years - 1)
    return pd.Series([names[int(t)] for t in of_years[at]], index=years.index)


def _shares(appraisal: Appraisal, services: pd.DataFrame) -> pd.DataFrame:
    """The share of each municipality in each of ``services``; those of a service add up to 1."""
    scenario = appraisal.scenario
    key = services["contract_id"].map(scenario.contracts.set_index("contract_id")["cost_key"])
    members = _members(appraisal).merge(services.assign(key=key), on="site_id")
    used = _cases(appraisal).merge(services.assign(key=key), on=_SERVICE)
    rows = pd.concat(
        [
            members[members["key"] == "population"].assign(weight=lambda table: table["population"]),
            used[used["key"] == "use"].assign(weight=lambda table: table["cases"]),
            members[members["key"] == "equal"].assign(weight=1.0),
        ]
    )
    place = [*_SERVICE, "contract_id"]
    rows = rows[rows["weight"] > 0]
    unshared = services.merge(rows[place].drop_duplicates(), how="left", on=place, indicator=True)
    alike = unshared.loc[unshared["_merge"] == "left_only", place].merge(_members(appraisal), on="site_id")
    rows = pd.concat([rows[[*place, "territory_id", "weight"]], alike.assign(weight=1.0)])
    share = rows["weight"] / rows.groupby(place)["weight"].transform("sum")
    return rows.assign(share=share)[[*place, "territory_id", "share"]]


def _members(appraisal: Appraisal) -> pd.DataFrame:
    """The municipalities of the health region of each site: columns site_id, territory_id, population."""
    scenario = appraisal.scenario
    territories, home = scenario.territories, homes(scenario)
    region = np.where(home >= 0, territories["region_id"].to_numpy(object)[home], "")
    sites = pd.DataFrame({"site_id": scenario.sites["site_id"], "region_id": region})
    people = territories[["territory_id", "region_id", "population"]]
    named = sites[sites["region_id"] != ""].merge(people, on="region_id")
    whole = sites.loc[sites["region_id"] == "", ["site_id"]].merge(people, how="cross")
    return pd.concat([named, whole])[["site_id", "territory_id", "population"]]


def _cases(appraisal: Appraisal) -> pd.DataFrame:
    """Cases a year of each municipality at each service and period."""
    trips = appraisal.plan.assignments
    return trips.groupby([*_SERVICE, "territory_id"])[["cases"]].sum().reset_index()
