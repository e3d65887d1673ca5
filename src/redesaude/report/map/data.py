"""What the page of the map draws, as numbers, lists and names."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import ALL
from redesaude.plan.numbers import existing_services
from redesaude.report.figures import ended_services, flows
from redesaude.report.map.layers import OF, TODAY, all_layers, today_rows
from redesaude.report.map.outlines import SCALE, outlines_of
from redesaude.report.map.places import site_points
from redesaude.report.map.scales import LAYERS, cuts_of
from redesaude.report.terms import half_year
from redesaude.report.view import View


def map_data(view: View) -> dict[str, Any]:
    """Return all that the page draws, as numbers, lists and names ready for JSON; NaN is None.

    Territories, sites, specialties, periods and contracts are numbered by their rows in the scenario. ``layers`` holds
    :func:`all_layers` by ``"specialty/period"`` (today: ``"specialty/today"``), ``cuts`` the lower ends of their
    classes, ``flows`` rows of territory, site, cases a year and minutes one way, ``services`` rows of site, contract,
    size, capacity and cases a year, what changed, and the half-year of opening.
    """
    return {**_drawn(view), **_named(view), **_treated(view), "services": _services(view)}


def _drawn(view: View) -> dict[str, Any]:
    """The outlines of the territories and where sites and seats lie."""
    territories = view.scenario.territories
    outlines = outlines_of(territories)
    return {
        "scale": SCALE,
        "arcs": outlines.arcs,
        "polygons": outlines.polygons,
        "from_seat": list(outlines.from_seat),
        "seats": _numbers(territories[["longitude", "latitude"]], 4),
        "site_points": _numbers(site_points(view.scenario), 4),
    }


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
    """The layers by specialty (``all``: together) and period, their classes, and the flows of each specialty."""
    scenario, order = view.scenario, view.scenario.territories["territory_id"]
    keys, periods = keys_of(scenario), [TODAY, *scenario.periods["period_id"]]
    layers = all_layers(view).reindex(pd.MultiIndex.from_product([keys, periods, order], names=[*OF, "territory_id"]))
    moves = _moves(view)
    standards = scenario.specialties.set_index("specialty_id")["access_minutes"].astype(float)
    found: dict[str, Any] = {"layers": {}, "cuts": {}, "flows": {}}
    for of, mine in layers.groupby(level=OF, sort=False):
        specialty, period = map(str, of)
        page = f"{keys[specialty]}/{_period_key(scenario, period)}"
        cuts = {name: cuts_of(name, mine[name], standards.get(specialty)) for name in LAYERS}
        found["layers"][page] = {name: _numbers(mine[name], _DIGITS[layer.kind]) for name, layer in LAYERS.items()}
        found["cuts"][page] = {name: _numbers(pd.Series(own), 3) for name, own in cuts.items()}
        found["flows"][page] = moves.get((specialty, period), [])
    return found


#: decimals of layers on the page
_DIGITS = {"percent": 3, "points": 3, "minutes": 0, "decimal": 2, "number": 1}


def keys_of(scenario: Scenario) -> dict[str, str]:
    """Return what the page calls each specialty, and all of them together."""
    return {ALL: "all", **{name: str(n) for n, name in enumerate(scenario.specialties["specialty_id"])}}


def _period_key(scenario: Scenario, period: str) -> str:
    return "today" if period == TODAY else str(scenario.periods["period_id"].tolist().index(period))


def _moves(view: View) -> dict[tuple[str, str], list[list[Any]]]:
    """Territory, site, cases and minutes of each flow, by specialty and period; of those sent away the site is -1."""
    scenario = view.scenario
    rows = pd.concat([flows(view.plan, view.names), today_rows(view).assign(period_id=TODAY)])
    places = pd.Index(scenario.territories["territory_id"]), pd.Index(scenario.sites["site_id"])
    rows = rows.assign(place=places[0].get_indexer(rows["territory_id"]), site=places[1].get_indexer(rows["site_id"]))
    found: dict[tuple[str, str], list[list[Any]]] = {}
    for (specialty, period), own in rows.groupby(OF):
        values = (_numbers(own["cases"], 1), _numbers(own["minutes"], 0))
        found[str(specialty), str(period)] = [
            list(row) for row in zip(own["place"].tolist(), own["site"].tolist(), *values, strict=True)
        ]
    return found


def _services(view: View) -> dict[str, Any]:
    """The open services of each specialty and period, then those that end in it, and the services of today."""
    scenario, plan = view.scenario, view.plan
    ended = ended_services(plan).assign(cases=0.0).rename(columns={"fate": "change"})
    parts = [plan.openings, ended, _today(view)]
    rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    stages = view.studied.milestones
    begun = stages[stages["milestone"].isin(["opening", "conversion", "closing"])]
    since = begun.groupby(["site_id", "specialty_id"])["begins"].first().map(partial(half_year, view.t)).to_dict()
    of_site, of_contract = (
        {name: n for n, name in enumerate(frame[column])}
        for frame, column in ((scenario.sites, "site_id"), (scenario.contracts, "contract_id"))
    )
    places = zip(rows["site_id"], rows["specialty_id"], rows["change"], strict=True)
    rows = rows.assign(
        site=rows["site_id"].map(of_site),
        contract=[of_contract.get(contract, -1) for contract in rows["contract_id"]],
        since=["" if change == "kept" else since.get((site, own), "") for site, own, change in places],
    )
    listed = {of: _listed(own) for of, own in rows.groupby(OF)}
    return {
        f"{n}/{_period_key(scenario, period)}": listed.get((specialty, period), [])
        for period in (TODAY, *scenario.periods["period_id"])
        for n, specialty in enumerate(scenario.specialties["specialty_id"])
    }


def _today(view: View) -> pd.DataFrame:
    """The services of today as those of a period."""
    rows, keys = existing_services(view.scenario), ["site_id", "specialty_id"]
    cases = view.studied.today_flows.groupby(keys)["cases"].sum()
    treated = cases.reindex(pd.MultiIndex.from_frame(rows[keys])).fillna(0.0).to_numpy(float)
    return rows.assign(period_id=TODAY, cases=treated, change="kept")


def _listed(rows: pd.DataFrame) -> list[list[Any]]:
    capacity, cases = _numbers(rows["capacity"], 0), _numbers(rows["cases"], 0)
    columns = (rows["site"].tolist(), rows["contract"].tolist(), rows["size_id"].tolist(), capacity, cases)
    return [list(row) for row in zip(*columns, rows["change"].tolist(), rows["since"].tolist(), strict=True)]


def _numbers(values: pd.Series | pd.DataFrame, digits: int) -> list[Any]:
    """Numbers rounded for the page, in lists of the same shape; unknown ones None."""
    rounded = np.round(np.asarray(values, dtype=float), digits) + 0.0
    return [[_short(value) for value in row] if isinstance(row, list) else _short(row) for row in rounded.tolist()]


def _short(value: float) -> float | int | None:
    """A number as few characters as it needs."""
    if not math.isfinite(value):
        return None
    return int(value) if value == int(value) else value
