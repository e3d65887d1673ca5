"""What the map shows of a plan: places, sites, and for each specialty and period who is treated where, and how near."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.report.figures import ended_services, flows, judged_flows
from redesaude.report.map.outlines import SCALE, outlines_of
from redesaude.report.view import View

#: names of the layers, in the order of the page; each is an array by territory in :func:`layers_of`
LAYERS = ("within", "minutes", "treated", "room", "need")

_OF = ["specialty_id", "period_id"]


def map_data(view: View) -> dict[str, Any]:
    """Return all that the page draws, as numbers, lists and names ready for JSON; NaN is None.

    Territories, sites, specialties, periods and contracts are numbered by their rows in the scenario. ``layers`` holds
    :func:`layers_of` by ``"specialty/period"``, ``flows`` rows of territory, site, cases a year and minutes one way,
    ``services`` rows of site, contract, size, capacity and cases a year, what changed, and the half-year of opening.
    """
    return {**_drawn(view), **_named(view), **_treated(view), "services": _services(view)}


def layers_of(view: View) -> pd.DataFrame:
    """Return the layers, indexed by specialty, period and territory; specialty :data:`ALL` is all of them together.

    ``need``: cases a year. ``treated``: share of them treated in the network. ``minutes``: mean journey of those
    treated, one way. ``within``: share of the cases of specialties with a standard that are treated within it.
    ``room``: yearly capacity of the services in the territory's region for each case of its people. NaN where there is
    nothing to divide by.
    """
    rows = _measured(view)
    sums = pd.concat([rows, rows.assign(specialty_id=ALL)]).groupby([*_OF, "territory_id"]).sum(numeric_only=True)
    layers = pd.DataFrame(
        {
            "need": sums["cases"],
            "treated": _ratio(sums["treated"], sums["cases"]),
            "minutes": _ratio(sums["travelled"], sums["treated"]),
            "within": _ratio(sums["within"], sums["judged"]),
        }
    )
    return layers.assign(room=_room(view, sums).reindex(layers.index))


def _measured(view: View) -> pd.DataFrame:
    """Flows with the cases treated, minutes travelled, cases with a standard and those within it."""
    rows = judged_flows(view.plan, view.names)
    there = rows["treated"].astype(bool)
    return rows[[*_OF, "territory_id", "cases"]].assign(
        treated=rows["cases"] * there,
        travelled=(rows["cases"] * rows["minutes"]).where(there, 0.0),
        judged=rows["cases"].where(rows["minutes_standard"].notna(), 0.0),
        within=rows["cases"] * rows["within"],
    )


def _room(view: View, sums: pd.DataFrame) -> pd.Series:
    """Capacity of a region's services by the cases of its people, told for each of its territories."""
    names, keys = view.names, [*_OF, "region_id"]
    opened = view.plan.openings.assign(region_id=view.plan.openings["site_id"].map(names.region_of_site))
    opened = pd.concat([opened, opened.assign(specialty_id=ALL)])
    capacity = opened.groupby(keys)["capacity"].sum().astype(float)
    need = sums.reset_index()
    need["region_id"] = need["territory_id"].map(lambda place: names.region_of_territory.get(place, ""))
    room = _ratio(
        capacity.reindex(pd.MultiIndex.from_frame(need[keys])).fillna(0.0), need.groupby(keys)["cases"].transform("sum")
    )
    return pd.Series(room.to_numpy(), index=sums.index)


def _ratio(above: pd.Series, below: pd.Series) -> pd.Series:
    of = below.to_numpy(float)
    return pd.Series(above.to_numpy(float) / np.where(of > 0, of, np.nan), index=above.index)


def _drawn(view: View) -> dict[str, Any]:
    """The outlines of the territories and where sites and seats lie."""
    territories, sites = view.scenario.territories, view.scenario.sites
    outlines = outlines_of(territories)
    return {
        "scale": SCALE,
        "arcs": outlines.arcs,
        "polygons": outlines.polygons,
        "from_seat": list(outlines.from_seat),
        "seats": _numbers(territories[["longitude", "latitude"]], 4),
        "site_points": _numbers(_points_of(view, sites), 4),
    }


def _points_of(view: View, sites: pd.DataFrame) -> pd.DataFrame:
    """Where each site lies: its own coordinates, else its territory's seat."""
    seats = view.scenario.territories.set_index("territory_id")[["longitude", "latitude"]]
    own, seat = sites[["longitude", "latitude"]], seats.reindex(sites["territory_id"])
    return own.fillna(seat.set_index(own.index))


def _named(view: View) -> dict[str, Any]:
    """Names, by row of the scenario."""
    names, scenario = view.names, view.scenario
    territories, sites = scenario.territories, scenario.sites
    regions = list(dict.fromkeys(territories["region_id"].astype(str)))
    of_region = {region: n for n, region in enumerate(regions)}
    of_territory = {name: n for n, name in enumerate(territories["territory_id"])}
    return {
        "territories": names.label("territories", territories["territory_id"]).tolist(),
        "territory_ids": territories["territory_id"].astype(str).tolist(),
        "region_of": [of_region[region] for region in territories["region_id"].astype(str)],
        "regions": [names.regions.get(region, region) for region in regions],
        "population": _numbers(territories["population"], 0),
        "sites": names.label("sites", sites["site_id"]).tolist(),
        "site_ids": sites["site_id"].astype(str).tolist(),
        "site_territory": [of_territory.get(name, -1) for name in sites["territory_id"]],
        "specialties": names.label("specialties", scenario.specialties["specialty_id"]).tolist(),
        "standards": _numbers(scenario.specialties["access_minutes"], 0),
        "contracts": names.label("contracts", scenario.contracts["contract_id"]).tolist(),
        "periods": names.label("periods", scenario.periods["period_id"]).tolist(),
    }


def _treated(view: View) -> dict[str, Any]:
    """The layers by specialty (``all``: together) and period, and the flows of each specialty."""
    scenario, layers = view.scenario, layers_of(view)
    rows = flows(view.plan, view.names)
    of_territory = {name: n for n, name in enumerate(scenario.territories["territory_id"])}
    of_site = {name: n for n, name in enumerate(scenario.sites["site_id"])}
    order = scenario.territories["territory_id"]
    keys = {ALL: "all", **{name: str(n) for n, name in enumerate(scenario.specialties["specialty_id"])}}
    digits = {"within": 3, "treated": 3, "minutes": 0, "room": 2, "need": 1}
    found: dict[str, Any] = {"layers": {}, "flows": {}}
    for t, period in enumerate(scenario.periods["period_id"]):
        for specialty, key in keys.items():
            here = layers[
                (layers.index.get_level_values(0) == specialty) & (layers.index.get_level_values(1) == period)
            ]
            mine = here.droplevel(_OF).reindex(order)
            found["layers"][f"{key}/{t}"] = {name: _numbers(mine[name], digits[name]) for name in LAYERS}
            some = rows[(rows["specialty_id"] == specialty) & (rows["period_id"] == period)]
            columns = (some["territory_id"].map(of_territory), some["site_id"].map(of_site).fillna(-1).astype(int))
            values = (_numbers(some["cases"], 1), _numbers(some["minutes"], 0))
            found["flows"][f"{key}/{t}"] = [
                list(row) for row in zip(*(c.tolist() for c in columns), *values, strict=True)
            ]
    return found


def _services(view: View) -> dict[str, Any]:
    """The open services of each specialty and period, then those that end in it."""
    scenario, plan = view.scenario, view.plan
    stages = view.studied.milestones
    begun = stages[stages["milestone"].isin(["opening", "conversion", "closing"])]
    since = begun.groupby(["site_id", "specialty_id"])["begins"].first()
    ended = ended_services(plan).assign(cases=0.0).rename(columns={"fate": "change"})
    rows = pd.concat([part for part in (plan.openings, ended) if len(part)] or [plan.openings], ignore_index=True)
    of_site, of_contract = (
        {name: n for n, name in enumerate(frame[column])}
        for frame, column in ((scenario.sites, "site_id"), (scenario.contracts, "contract_id"))
    )
    found: dict[str, Any] = {}
    for n, specialty in enumerate(scenario.specialties["specialty_id"]):
        for t, period in enumerate(scenario.periods["period_id"]):
            mine = rows[(rows["specialty_id"] == specialty) & (rows["period_id"] == period)]
            dates = [since.get((site, specialty), "") for site in mine["site_id"]]
            found[f"{n}/{t}"] = [
                [
                    of_site[site],
                    of_contract.get(contract, -1),
                    size,
                    capacity,
                    cases,
                    change,
                    date if change != "kept" else "",
                ]
                for site, contract, size, capacity, cases, change, date in zip(
                    mine["site_id"],
                    mine["contract_id"],
                    mine["size_id"],
                    _numbers(mine["capacity"], 0),
                    _numbers(mine["cases"], 0),
                    mine["change"],
                    dates,
                    strict=True,
                )
            ]
    return found


def _numbers(values: pd.Series | pd.DataFrame, digits: int) -> list[Any]:
    """Numbers rounded for the page, in lists of the same shape; unknown ones None."""
    rounded = np.round(np.asarray(values, dtype=float), digits) + 0.0
    return [[_short(value) for value in row] if isinstance(row, list) else _short(row) for row in rounded.tolist()]


def _short(value: float) -> float | int | None:
    """A number as few characters as it needs."""
    if not math.isfinite(value):
        return None
    return int(value) if value == int(value) else value
