"""District units, and the roads and ferries supposed between them: no road network of Viet Nam is in the pack."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from mekong_builders.evidence import assumption, row
from mekong_builders.pack import CITY, PROVINCES, Pack
from redesaude.drafting.evidence import cited, ruled

MACROREGIONS = {"city": "TP. Hồ Chí Minh", "South East": "Đông Nam Bộ", "Mekong Delta": "Đồng bằng sông Cửu Long"}

EXPRESSWAY_KMH = 70.0
PROVINCIAL_KMH = 38.0
_CITY_KMH = 25.0
_FERRY_KMH = 20.0

#: expressways in use or opening by 2026, as chains of the units they serve
_EXPRESSWAYS = (
    # Hồ Chí Minh - Trung Lương - Mỹ Thuận - Cần Thơ - Hậu Giang - Cà Mau
    ("VN79-777_785", "VN80-803", "VN80-794", "VN82-821", "VN82-819", "VN86-855", "VN86-861_863", "VN92-919",
     "VN93-933", "VN93-934", "VN93-936_937", "VN95-956", "VN95-957", "VN96-964"),
    # Hồ Chí Minh - Long Thành - Dầu Giây - Phan Thiết
    ("VN79-769", "VN75-740", "VN75-732", "VN75-741"),
    # Cao Lãnh - Vàm Cống - Rạch Sỏi
    ("VN87-866", "VN87-875", "VN92-923", "VN92-924", "VN91-904", "VN91-899"),
)  # fmt: skip
_FERRIES = (("VN91-911", "VN91-900"), ("VN91-912", "VN91-899"), ("VN77-755", "VN94-951"))
#: provinces parted by a river mouth that neighbours cross by ferry, and the one pair that has a bridge
_MOUTHS = ({"77", "79"}, {"79", "82"}, {"83", "84"}, {"84", "94"})
_BRIDGE = {"VN83-833_838", "VN84-844"}


def territories(pack: Pack) -> pd.DataFrame:
    """Return the ``territories`` sheet: region is the province, macro-region the city, the South East or the Delta."""
    units = pack.districts
    code = units["province_code"]
    part = pack.regions.reindex(code).to_numpy()
    return pd.DataFrame(
        {
            "territory_id": units.index,
            "name": units["unit_name"],
            "region_id": code,
            "region_name": code.map(PROVINCES),
            "macroregion_id": [MACROREGIONS[name] for name in part],
            "latitude": units["lat"],
            "longitude": units["lon"],
            "population": units["pop_2019"],
            "growth_rate": 0.0,
        }
    ).reset_index(drop=True)


def roads(pack: Pack) -> pd.DataFrame:
    """Return the ``roads`` sheet: neighbouring seats joined, expressways along their chains, ferries to the islands."""
    units = pack.districts
    land = units[units["is_island"] == 0]
    links = {pair: _speed(*pair) for pair in neighbours(land)}
    links |= dict.fromkeys(_FERRIES, _FERRY_KMH)
    links |= {_pair(a, b): EXPRESSWAY_KMH for chain in _EXPRESSWAYS for a, b in pairwise(chain)}
    start, end = zip(*links, strict=True)
    return pd.DataFrame({"from_id": start, "to_id": end, "km": np.nan, "speed_kmh": list(links.values())})


def neighbours(places: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the Gabriel graph: two seats are joined unless a third lies in the circle on their line as diameter."""
    latitude, longitude = places["lat"].to_numpy(float), places["lon"].to_numpy(float)
    east = longitude * np.cos(np.radians(latitude.mean()))
    apart = (latitude[:, None] - latitude) ** 2 + (east[:, None] - east) ** 2
    between = (apart[:, None, :] + apart[None, :, :] < apart[:, :, None]).any(axis=2)
    return [_pair(places.index[a], places.index[b]) for a, b in np.argwhere(np.triu(~between, 1))]


def evidence(pack: Pack) -> list[dict[str, str]]:
    """Return the ``sources`` rows of both sheets."""
    speeds = pack.figure("roads", "speed_expressway_mekong_effective_kmh")
    return [
        row("territories", "*", "population", cited("Tổng cục Thống kê, Tổng điều tra dân số 1/4/2019, theo huyện "
            "(kho dữ liệu "
            "rorygibb/dengue_vietnam_ms)", "2019", "A", "181 đơn vị gồm đủ 204 huyện; một số huyện gộp để giữ "
            "ranh giới 1998-2020. Ranh giới tỉnh trước sáp nhập 7/2025.")),
        row("territories", "*", "growth_rate", assumption("geography.territories.growth_rate")),
        row("territories", "*", "latitude", cited("GeoNames (CC BY 4.0); nơi không có: tâm hình học của huyện", "2025",
            "B", "Một số tâm dân cư lệch vài km.")),
        row("roads", "*", "*", ruled(0, "Bộ dữ liệu không có mạng đường: nối các huyện kề nhau (đồ thị Gabriel giữa "
            "các trung tâm), các tuyến cao tốc theo chuỗi huyện đi qua, và phà ra đảo.")),
        row("roads", "*", "km", ruled(0, "Để trống: đường chim bay x road_detour. Không phải khoảng cách đo.")),
        row("roads", "*", "speed_kmh", speeds.noted("Cao tốc 70 km/h (55 đến 75): tốc độ hiệu dụng công bố 60 km/h đã "
            "gồm hai đầu tuyến; chọn để TP.HCM - Cà Mau khoảng 5 giờ (nguồn: 4 đến 5 giờ, trước cao tốc 7 đến 8 giờ). "
            "Trong TP.HCM 25 km/h (15 đến 35), phà qua cửa sông và ra đảo 20 km/h (8 đến 35): giả định. Còn lại: "
            "road_speed_kmh.")),
    ]  # fmt: skip


def _speed(a: str, b: str) -> float:
    """Speed of a link between neighbours; NaN is the default of the settings."""
    provinces = {a[2:4], b[2:4]}
    if provinces == {CITY}:
        return _CITY_KMH
    return _FERRY_KMH if provinces in _MOUTHS and {a, b} != _BRIDGE else float("nan")


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)
