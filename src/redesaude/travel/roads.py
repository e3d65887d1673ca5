"""Shortest road times between territories over the links of the ``roads`` sheet."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from redesaude.inputs.settings import Settings
from redesaude.travel.distances import great_circle_km


def link_minutes(roads: pd.DataFrame, territories: pd.DataFrame, settings: Settings) -> NDArray[np.float64]:
    """Return the minutes of each link: its km (or straight distance x detour) at its speed (or the default)."""
    place = territories.set_index("territory_id")[["latitude", "longitude"]]
    start, end = place.loc[roads["from_id"]].to_numpy(float), place.loc[roads["to_id"]].to_numpy(float)
    straight = great_circle_km(start[:, 0], start[:, 1], end[:, 0], end[:, 1]) * settings.road_detour
    km = np.where(roads["km"].isna(), straight, roads["km"])
    speed = np.where(roads["speed_kmh"].isna(), settings.road_speed_kmh, roads["speed_kmh"])
    return np.asarray(km / speed * 60.0)


def road_minutes(
    roads: pd.DataFrame, territories: pd.DataFrame, settings: Settings, destinations: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return shortest minutes from all territories to some (rows of the table); ``inf`` where no road leads.

    Roads run both ways, so the paths are searched from the few destinations, each once.
    """
    number = {t: n for n, t in enumerate(territories["territory_id"])}
    rows = roads["from_id"].map(number).to_numpy(int)
    columns = roads["to_id"].map(number).to_numpy(int)
    # a link given twice keeps its shorter time; a time of zero would vanish from a sparse matrix
    minutes = pd.DataFrame({"a": np.minimum(rows, columns), "b": np.maximum(rows, columns)})
    minutes["t"] = np.maximum(link_minutes(roads, territories, settings), 1e-6)
    shortest = minutes.groupby(["a", "b"], as_index=False)["t"].min()
    graph = csr_array((shortest["t"], (shortest["a"], shortest["b"])), shape=(len(number), len(number)))
    goals, column = np.unique(destinations, return_inverse=True)
    return np.asarray(dijkstra(graph, directed=False, indices=goals).T[:, column])
