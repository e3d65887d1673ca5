"""What became of every promise of a scenario, worked out again from the plan's assignments and openings."""

from __future__ import annotations

import pandas as pd

from redesaude.inputs.areas import in_area
from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.plan.evidence import Evidence, Outcome
from redesaude.plan.programme import programme_outcomes
from redesaude.plan.resource_evidence import resource_outcomes
from redesaude.promises.access import targets_by_period
from redesaude.promises.buildings import buildings
from redesaude.promises.centres import centre_limits
from redesaude.promises.lots import lot_sizes
from redesaude.promises.money import SHEETS, limits_of
from redesaude.promises.pilots import pilots
from redesaude.promises.volume import volume_id


def outcomes(e: Evidence) -> dict[str, Outcome]:
    """Return the outcome of every promise by its id."""
    found = dict(e.once("promises of access", lambda: _access(e)))
    word = {limit.id: str(limit.row.kind) for sheet in SHEETS for limit in limits_of(e.scenario, sheet)}
    for name, (used, limit, hard) in e.appraisal.limits().items():
        found[name] = Outcome(word[name], limit, used, max(0.0, used - limit), hard)
    for row in rows_of(e.places[e.places["least"] > 0]):
        short = max(0.0, row.least - row.cases)
        name = volume_id(e.scenario, row.site_id, row.specialty_id, row.period_id)
        found[name] = Outcome("volume", row.least, row.cases, short, row.hard)
    counted = _centres(e) | _pilots(e) | _lots(e) | _buildings(e) | programme_outcomes(e)
    return found | counted | e.once("promises of resources", lambda: resource_outcomes(e))


def _access(e: Evidence) -> dict[str, Outcome]:
    """Cases treated within the minutes of each promise of access."""
    found: dict[str, Outcome] = {}
    for target in targets_by_period(e.scenario):
        period = e.scenario.periods["period_id"].iloc[target.period]
        cases, inside = within(e, e.specialties.index[target.specialty], target.region, period, target.minutes)
        if len(cases):
            due = target.share * float(cases.sum())
            found[target.id] = Outcome("access", due, inside, max(0.0, due - inside), target.hard)
    return found


def _centres(e: Evidence) -> dict[str, Outcome]:
    """Sites with a specialty open in each area that has a limit, counted among the openings."""
    found, home = {}, e.scenario.sites.set_index("site_id")["territory_id"]
    for limit in centre_limits(e.scenario):
        here = e.scenario.territories["territory_id"][in_area(e.scenario.territories, limit.region)]
        rows = e.plan.openings
        mine = rows["specialty_id"] == limit.specialty
        mine &= rows["period_id"] == e.scenario.periods["period_id"].iloc[limit.period]
        mine &= rows["site_id"].map(home).isin(here) | (limit.region == ALL)
        count = float(rows["site_id"][mine].nunique())
        found[limit.id] = Outcome("centres", limit.centres, count, max(0.0, count - limit.centres), limit.hard)
    return found


def _pilots(e: Evidence) -> dict[str, Outcome]:
    """Sites that run under each contract that is piloted, counted among the openings."""
    found, rows = {}, e.plan.openings
    for pilot in pilots(e.scenario):
        now = rows["period_id"] == e.scenario.periods["period_id"].iloc[pilot.period]
        count = float(rows["site_id"][now & (rows["contract_id"] == pilot.contract)].nunique())
        found[pilot.id] = Outcome("pilot", pilot.sites, count, max(0.0, count - pilot.sites), pilot.hard)
    return found


def _lots(e: Evidence) -> dict[str, Outcome]:
    """Services that each contract lets in each lot, counted among the openings."""
    found: dict[str, Outcome] = {}
    rows, limits = e.plan.openings, list(lot_sizes(e.scenario))
    if not limits:
        return found
    lot = pd.Series([e.appraisal.lot_of(*pair) for pair in zip(rows["site_id"], rows["contract_id"], strict=True)])
    for limit in limits:
        now = rows["period_id"] == e.scenario.periods["period_id"].iloc[limit.period]
        here = (rows["contract_id"] == limit.contract) & (lot.set_axis(rows.index) == limit.lot)
        count = float((now & here).sum())
        found[limit.id] = Outcome("lot", limit.services, count, max(0.0, count - limit.services), limit.hard)
    return found


def _buildings(e: Evidence) -> dict[str, Outcome]:
    """What the openings at each site take of its building, each by its size, in proportion to its own capacity."""
    found: dict[str, Outcome] = {}
    rows = e.plan.openings
    if e.scenario.buildings.empty:
        return found
    sizes = e.scenario.sizes.set_index(["specialty_id", "size_id"])
    of_size = sizes.reindex(pd.MultiIndex.from_frame(rows[["specialty_id", "size_id"]])).set_axis(rows.index)
    part = (rows["capacity"] / of_size["capacity"]).where(of_size["capacity"] > 0, 1.0)
    for building in buildings(e.scenario):
        now = rows["period_id"] == e.scenario.periods["period_id"].iloc[building.period]
        here = now & (rows["site_id"] == building.site)
        used = float((of_size[building.resource] * part)[here].sum())
        over = max(0.0, used - building.left)
        found[building.id] = Outcome(building.resource, building.left, used, over, building.hard)
    return found


def within(e: Evidence, specialty: str, region: str, period: str, minutes: float) -> tuple[pd.Series, float]:
    """Return the demand of a specialty in an area by territory, and the cases of it treated within ``minutes``."""
    key = specialty, region, period
    trips = e.trips_of[key]
    return e.cases_of[key]["cases"], float(trips["cases"][trips["minutes"] <= minutes + 1e-9].sum())
