"""The travel-time matrix from territories to sites: given pairs first, then roads, then straight lines."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from redesaude.inputs.made import once
from redesaude.inputs.scenario import Scenario, homes, positions
from redesaude.inputs.settings import Settings
from redesaude.travel.distances import great_circle_km
from redesaude.travel.roads import road_minutes
from redesaude_models.arrays import Floats, Ints

Minutes = Floats

Along = Callable[[pd.DataFrame, pd.DataFrame, Settings, Ints], Floats]
"""minutes or km by road from all territories to some, given roads, territories and settings"""


@once
def travel_minutes(scenario: Scenario) -> Minutes:
    """Return one-way minutes, shape ``(territories, sites)`` in the order of the tables; ``inf`` is out of reach.

    Pairs of the ``travel_times`` table stand as given. Where that table is absent, or declared incomplete by the
    setting ``travel_times_complete``, the other pairs are modelled: shortest path over ``roads``, and great-circle
    distance x detour at the default speed where no road leads; ``local_minutes`` is added to every modelled journey.
    Nobody may write into them: they are kept for whoever asks next.
    """
    given = scenario.travel_times
    shape = (len(scenario.territories), len(scenario.sites))
    complete = len(given) > 0 and scenario.settings.travel_times_complete
    minutes = np.full(shape, np.inf) if complete else modelled_minutes(scenario)
    if len(given):
        rows = positions(scenario.territories["territory_id"], given["origin_id"])
        columns = positions(scenario.sites["site_id"], given["destination_id"])
        minutes[rows, columns] = given["minutes"]
    minutes.setflags(write=False)
    return minutes


def modelled_minutes(scenario: Scenario) -> Minutes:
    """Return the modelled minutes, shape ``(territories, sites)``: an estimate, never a measured time."""
    settings = scenario.settings
    minutes = modelled(scenario, road_minutes, settings.road_detour / settings.road_speed_kmh * 60.0)
    return np.asarray(np.where(np.isnan(minutes), np.inf, minutes) + settings.local_minutes)


def modelled(scenario: Scenario, along: Along, each: float) -> Floats:
    """Return minutes or km ``along`` the quickest roads, else ``each`` for a straight km; NaN where nothing says.

    Places that only roads of a given length place need no coordinates: their sites stand at the seat. A site that
    states no territory joins the roads at the nearest seat.
    """
    territories, sites = scenario.territories, scenario.sites
    place, site = (f[["latitude", "longitude"]].to_numpy(float) for f in (territories, sites))
    straight = great_circle_km(place[:, :1], place[:, 1:], site[:, 0], site[:, 1]) * each
    if len(scenario.roads) == 0:
        return np.asarray(straight)
    home = near_sites(scenario, straight)
    seat = place[home]
    to_site = np.nan_to_num(great_circle_km(seat[:, 0], seat[:, 1], site[:, 0], site[:, 1]) * each)
    by_road = along(scenario.roads, territories, scenario.settings, home) + to_site
    return np.asarray(np.where(np.isfinite(by_road), by_road, straight))


def is_modelled(scenario: Scenario) -> bool:
    """True when any travel time is modelled rather than given."""
    return len(scenario.travel_times) == 0 or not scenario.settings.travel_times_complete


def near_sites(scenario: Scenario, minutes: Minutes) -> Ints:
    """Return the row of the territory of each site, of the nearest by ``minutes`` where it states none."""
    home = homes(scenario)
    return np.where(home < 0, np.nan_to_num(minutes, nan=np.inf).argmin(axis=0), home)
