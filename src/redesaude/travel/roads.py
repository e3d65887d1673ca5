"""Quickest ways between territories over the links of the ``roads`` sheet: their minutes, and their kilometres."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from redesaude.inputs.settings import Settings
from redesaude.travel.distances import great_circle_km
from redesaude_models.arrays import Floats, Ints


def link_km(roads: pd.DataFrame, territories: pd.DataFrame, settings: Settings) -> Floats:
    """Return the km of each link: as stated, or straight distance x detour."""
    place = territories.set_index("territory_id")[["latitude", "longitude"]]
    start, end = place.loc[roads["from_id"]].to_numpy(float), place.loc[roads["to_id"]].to_numpy(float)
    straight = great_circle_km(start[:, 0], start[:, 1], end[:, 0], end[:, 1]) * settings.road_detour
    return np.asarray(np.where(roads["km"].isna(), straight, roads["km"]))


def link_minutes(roads: pd.DataFrame, territories: pd.DataFrame, settings: Settings) -> Floats:
    """Return the minutes of each link: its km at its speed (or the default)."""
    speed = np.where(roads["speed_kmh"].isna(), settings.road_speed_kmh, roads["speed_kmh"])
    return np.asarray(link_km(roads, territories, settings) / speed * 60.0)


def road_minutes(roads: pd.DataFrame, territories: pd.DataFrame, settings: Settings, destinations: Ints) -> Floats:
    """Return shortest minutes from all territories to some (rows of the table); ``inf`` where no road leads.

    Roads run both ways, so the paths are searched from the few destinations, each once.
    """
    links = _links(roads, territories, settings)
    goals, column = np.unique(destinations, return_inverse=True)
    return np.asarray(dijkstra(_graph(links, len(territories)), directed=False, indices=goals).T[:, column])


def road_km(roads: pd.DataFrame, territories: pd.DataFrame, settings: Settings, destinations: Ints) -> Floats:
    """Return the km of those quickest ways, shape as :func:`road_minutes`; ``inf`` where no road leads."""
    links, number = _links(roads, territories, settings), len(territories)
    goals, column = np.unique(destinations, return_inverse=True)
    minutes, before = dijkstra(_graph(links, number), directed=False, indices=goals, return_predecessors=True)
    start = np.repeat(goals[:, None], number, axis=1)
    before = np.where(before < 0, start, before).astype(np.int64)  # where a way begins, or none leads, it stands still
    here = np.broadcast_to(np.arange(number), before.shape)
    stands = before == here
    km = np.where(stands | ~np.isfinite(minutes), 0.0, _step(links, number, before, here))
    # each round doubles the part of the way that is added up
    for _ in range(max(1, number.bit_length())):
        km = km + np.take_along_axis(km, before, axis=1)
        before = np.take_along_axis(before, before, axis=1)
    return np.asarray(np.where(np.isfinite(minutes), km, np.inf).T[:, column])


def _links(roads: pd.DataFrame, territories: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Links by their ends ``a`` < ``b`` with minutes and km; one given twice keeps its quicker, a time of zero would
    vanish from a sparse matrix.
    """
    number = {t: n for n, t in enumerate(territories["territory_id"])}
    rows, columns = roads["from_id"].map(number).to_numpy(int), roads["to_id"].map(number).to_numpy(int)
    table = pd.DataFrame({"a": np.minimum(rows, columns), "b": np.maximum(rows, columns)})
    table["minutes"] = np.maximum(link_minutes(roads, territories, settings), 1e-6)
    table["km"] = link_km(roads, territories, settings)
    return table.sort_values(["a", "b", "minutes", "km"]).drop_duplicates(["a", "b"])


def _graph(links: pd.DataFrame, number: int) -> csr_array:
    return csr_array((links["minutes"], (links["a"], links["b"])), shape=(number, number))


def _step(links: pd.DataFrame, number: int, before: Ints, here: Ints) -> Floats:
    """The km of the link between two neighbours on a way; 0 where there is none."""
    known = links["a"].to_numpy(np.int64) * number + links["b"].to_numpy(np.int64)  # in order, as the links are
    pair = np.minimum(before, here) * number + np.maximum(before, here)
    at = np.minimum(np.searchsorted(known, pair), len(known) - 1)
    return np.where(known[at] == pair, links["km"].to_numpy(float)[at], 0.0)
