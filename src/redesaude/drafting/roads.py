"""The links between municipalities: regular transport, twin towns, and what must be supposed to join the rest."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from redesaude.drafting.evidence import cited, row, ruled
from redesaude.drafting.pack import Pack
from redesaude.travel.distances import EARTH_RADIUS_KM

#: health regions of Mato Grosso whose roads are in good part unpaved, and the speed assumed on links inside them
_SLOW_REGIONS = ("51008", "51003", "51009")
_SLOW_KMH = 50.0
_RIVER_KMH = 20.0
#: first digit of the codes of the North
_NORTH = "1"
_TWIN_KM = 10.0
#: neighbouring towns are supposed joined by a municipal road up to here; in the North rivers part many of them
_NEIGHBOUR_KM = 60.0
_NEIGHBOUR_NORTH_KM = 30.0

_IBGE = cited("IBGE, Ligações Rodoviárias e Hidroviárias 2016", "2016", "A",
    "Pares com transporte regular de passageiros por estrada, até 200 km em linha reta. Ligações mais longas "
    "são ônibus diretos que passam pelas cidades das curtas: mantê-las só encurtaria o trajeto modelado.")  # fmt: skip
_KM = ruled(0, "Em branco: linha reta entre sedes x road_detour. Não é distância medida.")

Pair = tuple[str, str]


def state_roads(pack: Pack) -> pd.DataFrame:
    """Return the ``roads`` sheet of Mato Grosso: real links and twin towns, their length left to the settings."""
    links = _by(pack, "road") + [pair for pair in twin_towns(pack.municipalities) if pair not in set(_by(pack, "road"))]
    slow = _in_regions(pack.municipalities, _SLOW_REGIONS)
    return _sheet(links, [_SLOW_KMH if set(pair) <= slow else np.nan for pair in links])


def country_roads(pack: Pack) -> pd.DataFrame:
    """Return the ``roads`` sheet of Brazil: as in the state, with rivers, municipal roads and what joins the rest."""
    places = pack.municipalities
    north = set(places.index[places.index.str.startswith(_NORTH)])
    slow = north | _in_regions(places, _SLOW_REGIONS)
    rivers = set(places.index[places["uf"] == "AM"])
    links = {pair: _SLOW_KMH if set(pair) <= slow else np.nan for pair in _by(pack, "road")}
    for pair in _by(pack, "water"):
        links.setdefault(pair, _RIVER_KMH)
    for pair, km in neighbours(places, _NEIGHBOUR_KM).items():
        if km <= _NEIGHBOUR_NORTH_KM or not north & set(pair):
            links.setdefault(pair, _SLOW_KMH)
    for pair in joining_links(places, links):
        links[pair] = _RIVER_KMH if set(pair) <= rivers else _SLOW_KMH
    return _sheet(list(links), list(links.values()))


def twin_towns(places: pd.DataFrame) -> list[Pair]:
    """Return the pairs of codes whose seats are so near that town buses, not coaches, join them."""
    near = cKDTree(_positions(places)).query_pairs(_TWIN_KM, output_type="ndarray")
    return [(places.index[a], places.index[b]) for a, b in sorted(map(tuple, near.tolist()))]


def neighbours(places: pd.DataFrame, longest_km: float) -> dict[Pair, float]:
    """Return the Gabriel graph with its km: seats are joined unless a third lies in the ball on their line."""
    points = _positions(places)
    tree = cKDTree(points)
    pairs = np.sort(tree.query_pairs(longest_km, output_type="ndarray"), axis=1)
    start, end = points[pairs[:, 0]], points[pairs[:, 1]]
    km = np.linalg.norm(end - start, axis=1)
    alone = tree.query((start + end) / 2.0)[0] >= km / 2.0 - 1e-6
    return {
        (places.index[a], places.index[b]): length
        for (a, b), length in sorted(zip(map(tuple, pairs[alone].tolist()), km[alone].tolist(), strict=True))
    }


def joining_links(places: pd.DataFrame, pairs: Iterable[Pair]) -> list[Pair]:
    """Return the shortest links that join the parts of the network into one, each part to the nearest other."""
    points, found = _positions(places), list(pairs)
    number = pd.Series(np.arange(len(places)), index=places.index)
    joins: list[Pair] = []
    while len(parts := _parts(number, [*found, *joins])) > 1:
        smallest = min(parts, key=len)
        others = np.setdiff1d(np.arange(len(places)), smallest)
        km, nearest = cKDTree(points[others]).query(points[smallest])
        a = int(np.argmin(km))
        joins.append(tuple(sorted((places.index[smallest[a]], places.index[others[nearest[a]]]))))
    return joins


def state_evidence(pack: Pack) -> list[dict[str, str]]:
    """Return the ``sources`` rows of the roads of Mato Grosso."""
    return [
        row("roads", "*", "*", _IBGE),
        *(row("roads", f"{a}|{b}", "*", ruled(0, "Cidades conurbadas, sem ônibus rodoviário: ligação suposta."))
          for a, b in twin_towns(pack.municipalities)),
        row("roads", "*", "km", _KM),
        row("roads", "*", "speed_kmh", ruled(0, "50 km/h (faixa 40 a 60) nas ligações dentro do Noroeste, do Araguaia "
            "Xingu e do Norte Araguaia, com trechos sem asfalto; nas demais, road_speed_kmh.")),
    ]  # fmt: skip


def country_evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of the roads of Brazil."""
    return [
        row("roads", "*", "*", _IBGE.noted(f"{_IBGE.note} Ligações só por água, de qualquer distância. Além delas, "
            "supostas: estradas municipais entre sedes vizinhas (grafo de Gabriel) a até 60 km em linha reta, 30 km na "
            "Região Norte; e a ligação mais curta que junta ao restante da rede cada parte que ficaria isolada.")),
        row("roads", "*", "km", _KM),
        row("roads", "*", "speed_kmh", ruled(0, "50 km/h (faixa 40 a 60) nas ligações dentro da Região Norte e do "
            "noroeste e nordeste de Mato Grosso, e em todas as supostas; 20 km/h (faixa 10 a 30) "
            "por água e nas supostas dentro do Amazonas; nas demais, road_speed_kmh.")),
    ]  # fmt: skip


def _by(pack: Pack, way: str) -> list[Pair]:
    links = pack.links[pack.links["way"] == way]
    return list(zip(links["ibge_code_a"], links["ibge_code_b"], strict=True))


def _in_regions(places: pd.DataFrame, regions: Iterable[str]) -> set[str]:
    return set(places.index[places["health_region_code"].isin(list(regions))])


def _sheet(pairs: list[Pair], speeds: list[float]) -> pd.DataFrame:
    ends = pd.DataFrame(pairs, columns=["from_id", "to_id"])
    return ends.assign(km=float("nan"), speed_kmh=speeds)


def _positions(places: pd.DataFrame) -> np.ndarray:
    """Points in space (km from the centre of the Earth): chords of short distances are their great circles."""
    latitude, longitude = np.radians(places[["lat", "lon"]].to_numpy(float)).T
    east, north = np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude)
    return EARTH_RADIUS_KM * np.column_stack([east, north, np.sin(latitude)])


def _parts(number: pd.Series, pairs: list[Pair]) -> list[np.ndarray]:
    """The connected parts of the network, as rows of ``number``."""
    ends = number[[code for pair in pairs for code in pair]].to_numpy().reshape(-1, 2).T
    graph = csr_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(len(number), len(number)))
    count, part = connected_components(graph, directed=False)
    return [np.flatnonzero(part == n) for n in range(count)]
