r"""The bill of each municipality and province: for its own hospitals, and its part of what a consortium costs.

What the cash flow charges to the municipality of a hospital is its own bill, and what it charges to the province or
city of a hospital that of its region. What it charges to municipalities for a service at site :math:`j` in a year is
shared among the municipalities :math:`i` of the site's region by the key of its contract,

.. math:: b_i = \frac{w_i}{\sum_{i' \in R(j)} w_{i'}} \cdot b_j

with :math:`w_i` its population (``population``), the cases of its people treated by the service in the period
(``use``; by whoever uses it, members of the region or not), its agreed quota (``fixed``), or 1 (``equal``). A site
without a region is shared by the whole area; a service that nobody uses yet, and a region without people or quotas, by
equal parts. The bills add up to what the cash flow says that these payers pay, service by service and year by year.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import homes
from redesaude.payers import IN_REGION, IN_TOWN, TOGETHER
from redesaude.plan.appraisal import Appraisal

BILLS = ("year", "territory_id", "site_id", "specialty_id", "contract_id", "real", "payer", "region_id", "npv")

_SERVICE = ["site_id", "specialty_id", "period_id"]
_MONEY = ["real", "npv"]
_WHOSE = [name for name in BILLS if name not in _MONEY]


def bills(appraisal: Appraisal, flows: pd.DataFrame) -> pd.DataFrame:
    """Return what each municipality and province pays, columns :data:`BILLS`; ``real`` in currency of the base year,
    ``npv`` what that is worth in it.

    What a province or city pays has no ``territory_id``, only its ``region_id``. ``flows`` is the result of
    :func:`redesaude.plan.cash_flow.cash_flow`. Empty where none of them pays anything.
    """
    region = appraisal.scenario.territories.set_index("territory_id")["region_id"]
    home = flows["site_id"].map(_home(appraisal)).fillna("")
    placed = home != ""
    town, province = flows["payer"].isin(IN_TOWN), flows["payer"].isin(IN_REGION)
    shared = (town | province | flows["payer"].isin(TOGETHER)) & ~((town | province) & placed)
    keys = [*BILLS[:1], *BILLS[2:5], "payer"]
    together = pd.DataFrame(flows[shared].groupby(keys, as_index=False)[_MONEY].sum())
    parts = [flows[(town | province) & placed].assign(territory_id=home), _shared(appraisal, together)]
    table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    table = table.assign(region_id=table["territory_id"].map(region))
    table["territory_id"] = table["territory_id"].mask(table["payer"].isin(IN_REGION), "")
    summed = table.groupby(_WHOSE, as_index=False)[_MONEY].sum()
    return pd.DataFrame(summed)[list(BILLS)]


def _home(appraisal: Appraisal) -> dict[str, str]:
    """The municipality of each site; sites without one are left out."""
    sites = appraisal.scenario.sites
    return {site: home for site, home in zip(sites["site_id"], sites["territory_id"], strict=True) if home}


def _shared(appraisal: Appraisal, paid: pd.DataFrame) -> pd.DataFrame:
    """What is paid together (year, service, payer, money), by municipality: the same rows, with territory_id."""
    if paid.empty:
        return paid.assign(territory_id="")
    paid = paid.assign(period_id=_periods(appraisal, paid["year"]))
    shares = _shares(appraisal, paid[[*_SERVICE, "contract_id"]].drop_duplicates())
    table = paid.merge(shares, on=[*_SERVICE, "contract_id"])
    return table.assign(**{name: table[name] * table["share"] for name in _MONEY})


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
            members[members["key"] == "fixed"].assign(weight=lambda table: table["cost_quota"].fillna(0.0)),
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
    """The municipalities of the region of each site: columns site_id, territory_id, population, cost_quota."""
    scenario = appraisal.scenario
    territories, home = scenario.territories, homes(scenario)
    region = np.where(home >= 0, territories["region_id"].to_numpy(object)[home], "")
    sites = pd.DataFrame({"site_id": scenario.sites["site_id"], "region_id": region})
    people = territories[["territory_id", "region_id", "population", "cost_quota"]]
    named = sites[sites["region_id"] != ""].merge(people, on="region_id")
    whole = sites.loc[sites["region_id"] == "", ["site_id"]].merge(people, how="cross")
    return pd.concat([named, whole])[["site_id", "territory_id", "population", "cost_quota"]]


def _cases(appraisal: Appraisal) -> pd.DataFrame:
    """Cases a year of each municipality at each service and period."""
    trips = appraisal.plan.assignments
    return trips.groupby([*_SERVICE, "territory_id"])[["cases"]].sum().reset_index()
