"""Strategies in pairs: patients, journeys and load by region, each less those of the best mix, in the last period.

Cases count where they come first and where they are sent up to; whoever comes or is sent from another region is from
outside. Money by line is in the costs of a comparison. Differences below the gaps of the two plans may be those of the
search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import ALL
from redesaude.plan.plan import Plan
from redesaude.studies.strategies import MIX

PAIRED = ("strategy_id", "measure", "region_id", "value", "less_mix")
#: cases a year at the hospitals of a region, those of them from other regions, and minutes of its people on the way
LOAD, OUTSIDE, MINUTES = "load", "from_outside", "minutes"


def paired(plans: Mapping[str, Plan]) -> pd.DataFrame:
    """Return the measures of plans with decisions by region (``all``: the whole area), columns :data:`PAIRED`.

    ``less_mix`` is NaN where there is no mix. Minutes are one way, the way on of those sent up among them, for each
    case that is treated; of a region they are those of its people, of cases sent up those from its hospitals.
    """
    parts = [measures(plan).assign(strategy_id=name) for name, plan in plans.items()]
    if not parts:
        return pd.DataFrame(columns=list(PAIRED))
    table, key = pd.concat(parts, ignore_index=True), ["measure", "region_id"]
    mix = table[table["strategy_id"] == MIX].set_index(key)["value"]
    against = mix.reindex(pd.MultiIndex.from_frame(table[key])).to_numpy(float)
    return table.assign(less_mix=table["value"].to_numpy(float) - against)[list(PAIRED)]


def measures(plan: Plan) -> pd.DataFrame:
    """Return measure, region_id and value of a plan."""
    return pd.DataFrame(list(_measures(plan)), columns=["measure", "region_id", "value"])


def _measures(plan: Plan) -> Iterator[tuple[str, str, float]]:
    scenario = plan.scenario
    home, trips, sent = _homes(scenario), _last(plan, plan.assignments), _last(plan, plan.transfers)
    towns = scenario.territories.set_index("territory_id")["region_id"]
    trips = _way(trips["territory_id"].map(towns), trips["site_id"].map(home), trips)
    sent = _way(sent["from_site_id"].map(home), sent["to_site_id"].map(home), sent)
    ways = pd.concat([trips, sent], ignore_index=True)
    for region in (ALL, *dict.fromkeys(scenario.territories["region_id"])):
        there = ways if region == ALL else ways[ways["to"] == region]
        own, treated = (rows if region == ALL else rows[rows["origin"] == region] for rows in (ways, trips))
        cases = float(treated["cases"].sum())
        yield LOAD, region, float(there["cases"].sum())
        yield OUTSIDE, region, float(there.loc[there["origin"] != there["to"], "cases"].sum())
        yield MINUTES, region, float((own["cases"] * own["minutes"]).sum()) / cases if cases > 0 else np.nan


def _way(origin: pd.Series, to: pd.Series, rows: pd.DataFrame) -> pd.DataFrame:
    """Cases and minutes of ``rows`` between regions."""
    figures = pd.DataFrame(rows[["cases", "minutes"]]).astype(float)
    return figures.assign(origin=origin.astype(object), to=to.astype(object))


def _last(plan: Plan, rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(rows[rows["period_id"] == plan.scenario.periods["period_id"].iloc[-1]])


def _homes(scenario: Scenario) -> dict[str, str]:
    """The region of each site; blank where it states none."""
    towns = dict(zip(scenario.territories["territory_id"], scenario.territories["region_id"], strict=True))
    return {
        site: towns.get(home, "")
        for site, home in zip(scenario.sites["site_id"], scenario.sites["territory_id"], strict=True)
    }
