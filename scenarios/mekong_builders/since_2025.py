"""The Mekong's scenario on the map since 1 July 2025: eight provinces for nineteen.

The former districts stay the territories (wards have no data), the former regions the areas of staff, the former
provinces the three zones of the city's stations. Purses are joined, loads at hubs no longer count who has become of the
city, hospitals have their names of August 2025, orthopaedics its own hub. Roads have a speed by region, and corridors
whose time is judged or reported are driven in that time.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from mekong_builders.evidence import assumption, row
from mekong_builders.geography import EXPRESSWAY_KMH, PROVINCIAL_KMH
from mekong_builders.hospitals import NEURO
from mekong_builders.pack import CITY, PROVINCES, Pack
from redesaude.drafting.evidence import Figure, assumed, cited, ruled, sources_sheet
from redesaude.travel.distances import great_circle_km

_FACTS = Path(__file__).parent / "facts"
_CITIES = ("Thành phố Hồ Chí Minh", "Cần Thơ")
_DETOUR, _LOCAL_MINUTES = 1.15, 10.0
#: slowest and fastest that a link of a corridor is driven (km/h)
_SPEEDS = (15.0, 95.0)
#: the orthopaedic hub and what it treats of the city's neurosurgery and severe trauma, after whose terms
_HUB, _HUB_UNIT, _LIKE = "79-CTCH", "VN79-774", "79-ND115"
_HUB_NAME = "Bệnh viện Chấn thương Chỉnh hình TP.HCM"
_PART = assumption("since_2025.part")
_ZONES = {CITY: "vùng 1: TP.HCM cũ", "74": "vùng 2: Bình Dương cũ", "77": "vùng 3: Bà Rịa - Vũng Tàu cũ"}


def merged() -> dict[str, str]:
    """Return the code of the province since July 2025 by that before: of the former province of the same name."""
    code = {name: number for number, name in PROVINCES.items()}
    table = _read("provinces_2025")
    return {code[row.province_before]: code[row.province_since_2025_07_01] for row in table.itertuples()}


def on_the_new_map(tables: Mapping[str, pd.DataFrame], pack: Pack) -> dict[str, pd.DataFrame]:
    """Return the sheets of the scenario on the new map."""
    new = merged()
    home = pack.districts["province_code"]
    found = _with_hub(dict(tables))
    territories = found["territories"]
    region = territories["region_id"].map(new)
    renamed = {old.casefold(): name for old, name in _read("hospital_renames_2025").itertuples(index=False)}
    sites, stations = found["sites"], found["stations"]
    of_city = sites["territory_id"].map(home).map(new).map(PROVINCES).isin(_CITIES)
    outside = pack.population.drop(CITY)
    joined = 1.0 - outside[[code for code in outside.index if new[code] == CITY]].sum() / outside.sum()
    loads = found["load_ceilings"]
    sources = sources_sheet(evidence())
    return found | {
        "territories": territories.assign(
            name=_told_apart(territories["name"], territories["region_name"], region),
            region_id=region,
            region_name=region.map(PROVINCES),
        ),
        "sites": sites.assign(
            name=[renamed.get(str(name).casefold(), name) for name in sites["name"]],
            owner=sites["owner"].where(~(of_city & (sites["owner"] == "province")), "city"),
        ),
        "stations": stations.assign(
            name=[
                f"{name} ({_ZONES[code]})" if code in _ZONES else name
                for name, code in zip(stations["name"], stations["territory_id"].map(home), strict=True)
            ]
        ),
        "funding": _purses(found["funding"], new),
        "load_ceilings": loads.assign(
            **{column: (loads[column] * joined).round() for column in ("cases", "today_cases")}
        ),
        "roads": roads(tables["roads"], territories, pack),
        "sources": pd.concat([found["sources"], sources], ignore_index=True),
    }


def _told_apart(name: pd.Series, province: pd.Series, region: pd.Series) -> pd.Series:
    """The names of districts, with the former province where two of a new one are called the same."""
    twice = pd.DataFrame({"name": name, "region": region}).duplicated(keep=False)
    return name.where(~twice, name + " (" + province + " cũ)")


def _purses(funding: pd.DataFrame, new: Mapping[str, str]) -> pd.DataFrame:
    """One purse for each new province, of what the joined ones had; of the central level as it is."""
    region = funding["region_id"].map(new).fillna(funding["region_id"])
    name = region.map(PROVINCES)
    stated = funding.assign(
        region_id=region,
        funding_id=("dau_tu_cong_" + region).where(name.notna(), funding["funding_id"]),
        name=("Vốn đầu tư công: " + name).where(name.notna(), funding["name"]),
        payer=funding["payer"].where(name.isna(), name.isin(_CITIES).map({True: "city", False: "province"})),
    )
    kept = [column for column in stated.columns if column != "amount"]
    total = stated.groupby(["funding_id", "period_id"], sort=False)["amount"].transform("sum")
    return stated.assign(amount=total).drop_duplicates(kept, ignore_index=True)


def _with_hub(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The sheets with the orthopaedic hub: a part of what the city's hubs treat of severe trauma, on like terms."""
    sites, services = tables["sites"], tables["site_services"]
    like = sites[sites["site_id"] == _LIKE].assign(
        site_id=_HUB, name=_HUB_NAME, territory_id=_HUB_UNIT, latitude=None, longitude=None
    )
    held = services["site_id"].str.startswith(CITY) & (services["specialty_id"] == NEURO)
    own = services[held & (services["site_id"] == _LIKE)].assign(site_id=_HUB)
    running = held & (services["status"] == "existing")
    counted = ["capacity", "min_cases", "capex", "fixed_cost", "closing_cost"]
    whole = services.loc[running, counted].sum()
    part = own["status"] == "existing"
    for column in counted:
        own.loc[part, column] = round(float(whole[column]) * _PART.value, -1 if column == "capacity" else 0)
    least = services.loc[running, "min_cases"].max()
    own.loc[part, "min_cases"] = min(float(least), float(own.loc[part, "capacity"].iloc[0]) // 2)
    less = services[counted].astype(float) * (1.0 - _PART.value)
    rest = services.assign(**{c: services[c].where(~running, less[c].round()) for c in counted if c != "min_cases"})
    loads, changes = tables["load_ceilings"], tables["variants"]
    mine = loads[(loads["specialty_id"] == NEURO)]
    of_hub = mine[mine["site_id"] == _LIKE].assign(
        site_id=_HUB, **{c: (mine[c].sum() * _PART.value).round() for c in ("cases", "today_cases")}
    )
    ours = changes["key"].str.startswith(f"{_LIKE}|{NEURO}|")
    copied = changes[ours].assign(key=changes.loc[ours, "key"].str.replace(_LIKE, _HUB))
    fewer = loads["specialty_id"] == NEURO
    return tables | {
        "sites": pd.concat([sites, like], ignore_index=True),
        "site_services": pd.concat([rest, own], ignore_index=True),
        "load_ceilings": pd.concat(
            [
                loads.assign(
                    **{
                        c: loads[c].where(~fewer, (loads[c] * (1 - _PART.value)).round())
                        for c in ("cases", "today_cases")
                    }
                ),
                of_hub,
            ],
            ignore_index=True,
        ),
        "variants": pd.concat([changes, copied], ignore_index=True),
    }


def speeds() -> dict[str, Figure]:
    """Return the speed off the expressways in the South East and the Delta: as corridors there are driven."""
    table = _read("corridors_2025")
    own = table[table["class"] == "road"]
    ratio = (own["modelled_min"] - _LOCAL_MINUTES) / (own["realistic_min"] - _LOCAL_MINUTES)
    found = {}
    for part, several in ratio.groupby(own["region"]):
        middle, ends = round(PROVINCIAL_KMH * float(several.median())), (several.min(), several.max())
        low, high = (round(PROVINCIAL_KMH * float(end)) for end in ends)
        found[str(part)] = assumed(middle, low, high, f"Tốc độ ngoài cao tốc, {len(several)} hành lang ở vùng này")
    return found


def roads(stated: pd.DataFrame, territories: pd.DataFrame, pack: Pack) -> pd.DataFrame:
    """Return the ``roads`` sheet with a speed by region, and that of each corridor so that its time comes out."""
    home, part = pack.districts["province_code"], pack.regions
    by_region = {name: figure.value for name, figure in speeds().items()}
    here = stated["from_id"].map(home).map(part).map(by_region)
    links = stated.assign(speed_kmh=stated["speed_kmh"].fillna(here).fillna(PROVINCIAL_KMH))
    place = territories.set_index("territory_id")[["latitude", "longitude"]].astype(float)
    start, end = place.loc[links["from_id"]].to_numpy(), place.loc[links["to_id"]].to_numpy()
    links = links.assign(length=great_circle_km(start[:, 0], start[:, 1], end[:, 0], end[:, 1]) * _DETOUR)
    held = pd.Series(False, links.index)
    for corridor in _read("corridors_2025").itertuples():
        on_way = _way(links, list(place.index), str(corridor.from_unit), str(corridor.to_unit))
        minutes = links["length"] / links["speed_kmh"] * 60.0
        free = [n for n in on_way if not held[n]]
        left = corridor.realistic_min - _LOCAL_MINUTES - minutes[[n for n in on_way if held[n]]].sum()
        if free and left > 0:
            faster = links.loc[free, "speed_kmh"] * (minutes[free].sum() / left)
            links.loc[free, "speed_kmh"] = faster.clip(*_SPEEDS).round(1)
            held[on_way] = True
    return links.drop(columns="length")


def _way(links: pd.DataFrame, places: list[str], start: str, end: str) -> list[int]:
    """The links of the quickest way between two seats."""
    number = {name: n for n, name in enumerate(places)}
    a, b = (links[side].map(number).to_numpy(int) for side in ("from_id", "to_id"))
    minutes = (links["length"] / links["speed_kmh"] * 60.0).to_numpy(float)
    both = np.concatenate([a, b]), np.concatenate([b, a])
    graph = csr_array((np.tile(minutes, 2), both), shape=(len(places), len(places)))
    _, before = dijkstra(graph, indices=number[start], return_predecessors=True)
    of_pair = {frozenset(pair): n for n, pair in zip(links.index, zip(a, b, strict=True), strict=True)}
    found, at = [], number[end]
    while at != number[start]:
        found.append(of_pair[frozenset((at, int(before[at])))])
        at = int(before[at])
    return found


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of the new map."""
    law = cited("Nghị quyết 202/2025/QH15 về sắp xếp đơn vị hành chính cấp tỉnh, hiệu lực 1/7/2025", "2025", "B",
                "Tám tỉnh, thành thay mười chín; huyện cũ giữ làm đơn vị vì xã, phường chưa có số liệu.")  # fmt: skip
    names = cited("Dân Trí: TP.HCM đổi tên 26 bệnh viện, 9/8/2025", "2025", "B", "20 tên được biết.")
    judged = "Thời gian thực tế theo phán đoán hoặc báo chí; khoảng 15% mỗi phía"
    found = [
        row("territories", "*", "region_id", law),
        row("sites", "*", "name", names),
        row("sites", _HUB, "*", ruled(0, "Bệnh viện chuyên khoa tuyến cuối: tên theo hiểu biết chung.")),
        row("site_services", f"{_HUB}|{NEURO}|*", "capacity", _PART),
        row("stations", "*", "name", ruled(0, "Ba vùng của trung tâm cấp cứu 115 là ba tỉnh, thành cũ (giả định).")),
        *(row("roads", part, "speed_kmh", figure) for part, figure in speeds().items()),
        row("roads", "expressway", "speed_kmh", assumed(EXPRESSWAY_KMH, 55, 75, "Cao tốc ngoài các hành lang.")),
    ]
    for corridor in _read("corridors_2025").itertuples():
        minutes = float(corridor.realistic_min)
        figure = assumed(minutes, round(minutes * 0.85), round(minutes * 1.15), f"{corridor.pair}: {judged}, phút")
        found.append(row("roads", f"{corridor.from_unit}|{corridor.to_unit}", "speed_kmh", figure))
    return found


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(_FACTS / f"{name}.csv")
