"""What surrounds the hospitals of the Mekong scenario: stations of 115, hubs to relieve, surges, what comes first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd
from builders import stations
from builders.stations import Costs, Promise, Station, Window

from mekong_builders.evidence import VIETNAMESE, assumption, row
from mekong_builders.hospitals import CHILD, HEART, HOSPITALS, STROKE
from mekong_builders.pack import CITY, Pack, texts
from mekong_builders.services import REQUIRES, TODAY_LOAD, capacities, share_from_provinces
from redesaude.drafting.evidence import Figure, assumed, cited, ruled
from redesaude.drafting.indicators import Followed, Target
from redesaude.drafting.phases import Phase
from redesaude.drafting.specialties import Specialty

_CITY_STATIONS, _CITY_AMBULANCES = 45, 114
#: other stations by unit: eleven in the former Bình Dương, and three of the 59 whose places were not found
_ELSEWHERE = {station["unit_id"]: int(station["stations"]) for station in texts("stations")}
_PEOPLE_PER_MORE = 100_000
_PLAN = (
    "VietNamNet: kế hoạch phát triển mạng lưới trạm cấp cứu 115 vệ tinh 2025-2027. "
    "https://vietnamnet.vn/huong-toi-15-phut-vang-tphcm-nang-chuan-mang-luoi-cap-cuu-115-2464028.html"
)
_OPENED = (
    "Người Lao Động: TP HCM mở thêm 6 trạm cấp cứu vệ tinh 115, 20/9/2025. "
    "https://nld.com.vn/tp-hcm-mo-them-6-tram-cap-cuu-ve-tinh-115-196250920201958956.htm"
)

#: typed, as stations are here posts of several; the target is that of the city since 2025, with its new parts
STATIONS_FOLLOWED = Followed(
    "tram_115", "Số trạm cấp cứu 115 vệ tinh của TP.HCM (cả Bình Dương, Bà Rịa - Vũng Tàu cũ)", "trạm", "higher",
    "Trung tâm Cấp cứu 115", _PLAN, "B", targets=(Target(2027, 70, _PLAN, "B"),)
)  # fmt: skip

_CEILING = "Trần ca từ ngoài thành phố ở mỗi bệnh viện tuyến cuối, so với tải hôm nay: "
CEILING_SINGLE = (assumed(0.8, 0.6, 1.0, _CEILING + "bớt 20%"),)
CEILINGS = (
    assumed(0.9, 0.7, 1.0, _CEILING + "bớt 10%"),
    assumed(0.75, 0.5, 1.0, _CEILING + "bớt 25%"),
    assumed(0.6, 0.4, 0.9, _CEILING + "bớt 40%"),
)
RELIEF_PRICE = assumption("network.relief_price")

SETTINGS: Mapping[str, Figure] = {
    "emergency_minutes": Figure(15, _PLAN, "2025", "B", "Dưới 15 phút, bán kính tối đa 20 km; chuẩn của TP.HCM, dùng "
                                "cho cả vùng"),
    "call_minutes": assumption("network.settings.call_minutes"),
    "scene_minutes": assumption("network.settings.scene_minutes"),
}  # fmt: skip
COSTS = Costs(
    works=assumption("network.costs.works"),
    running=assumption("network.costs.running"),
    ambulance=assumption("network.costs.ambulance"),
)

_SURGE_MONTHS = 3.0
_SURGE = {
    CHILD: assumption("network.surge.child"),
}  # fmt: skip

_SURGE_STARTS = assumption("network.surge_starts")
_SURGE_LENDS = assumption("network.surge_lends")
_SURGE_WAY = 300.0

#: growth by macro-region, in the scenario of several periods
GROWTH: Mapping[str, Figure] = {
    "city": assumption("network.growth.city"),
    "South East": assumption("network.growth.south_east"),
    "Mekong Delta": assumption("network.growth.mekong_delta"),
}  # fmt: skip


def sources_of_settings() -> list[dict[str, str]]:
    """Return the ``sources`` rows of the settings of this page."""
    return [row("settings", name, "value", figure) for name, figure in SETTINGS.items()]


def posts(pack: Pack) -> list[Station]:
    """Return the stations of today, which stay, and a place for one in every other unit.

    The 45 stations and 114 ambulances of the old city are spread over its units as its people are, at least one each.
    """
    units = pack.districts
    people = units["pop_2019"]
    city = people[units["province_code"] == CITY]
    held = {unit: (n, max(n, round(n * _CITY_AMBULANCES / _CITY_STATIONS)))
            for unit, n in _apportioned(city, _CITY_STATIONS).items()}  # fmt: skip
    held |= {unit: (n, n) for unit, n in _ELSEWHERE.items()}
    found = []
    for unit, place in units.iterrows():
        existing, ambulances = held.get(str(unit), (0, 1))
        more = math.ceil(place["pop_2019"] / _PEOPLE_PER_MORE)
        name = f"Trạm 115 {place['unit_name']}" + (f" ({existing} trạm)" if existing > 1 else "")
        found.append(Station(str(unit), name, "kept" if existing else "candidate", ambulances, ambulances + more))
    return found


def _apportioned(people: pd.Series, seats: int) -> dict[str, int]:
    """Return ``seats`` shared out by people, at least one each, largest remainders first."""
    whole = people / people.sum() * (seats - len(people))
    seats_of = whole.astype(int) + 1
    rest = seats - int(seats_of.sum())
    seats_of[(whole - whole.astype(int)).nlargest(rest).index] += 1
    return {str(unit): int(n) for unit, n in seats_of.items()}


def windows(pack: Pack) -> dict[str, Window]:
    """Return the windows of stroke and of primary intervention, from the call."""
    balloon = pack.figure("cardiology_interventional", "access_ecg_to_balloon_target_min", "Từ điện tâm đồ đến bóng")
    return {
        STROKE: Window(
            assumption("network.windows.stroke"),
            pack.figure("stroke", "access_door_to_needle_target_min", "Cửa đến kim"),
        ),
        HEART: Window(
            balloon.at(150, "cộng khoảng 30 phút từ cuộc gọi đến điện tâm đồ", 120, 180),
            balloon.at(32, "cửa đến bóng, cùng nghiên cứu", 30, 60),
        ),
    }


def promises(specialties: Sequence[Specialty]) -> list[Promise]:
    """Return what is promised of the emergency network; all may fall short at their price."""
    late = {s.id: ruled(s.access_price(), "Mất mát sức khỏe do đến muộn") for s in specialties}
    reached = assumption("network.promises.reached")  # fmt: skip
    return [
        Promise("cover", "all", assumption("network.promises.cover_all.share"), reached),
        Promise("cover", "each", assumption("network.promises.cover_each.share"), reached),
        Promise("ambulances", "all", Figure(100_000, _PLAN, "2025", "B", "Ít nhất một xe trên 100.000 dân, chuẩn của "
                "TP.HCM"), assumption("network.promises.ambulances_all.price")),
        Promise("window", "all", assumption("network.promises.window_stroke.share"), late[STROKE],
                STROKE),
        Promise("window", "all", assumption("network.promises.window_heart.share"), late[HEART],
                HEART),
    ]  # fmt: skip


def loads_today(pack: Pack, specialties: Sequence[Specialty]) -> dict[tuple[str, str], float]:
    """Return today's cases/year from the provinces by end-line hospital and specialty, as calibrated.

    What the hospital does today (its capacity at today's load) times the share of the city's cases that come from the
    provinces; stroke, treated near home, is left out.
    """
    hubs = {h.id for h in HOSPITALS if h.role == "hub"}
    return {
        (site, s.id): round(capacity * TODAY_LOAD.value * share_from_provinces(pack, s), -1)
        for s in specialties
        if s.id != STROKE
        for site, capacity in capacities(pack, s).items()
        if site in hubs
    }


def surge() -> pd.DataFrame:
    """Return the ``surge`` sheet: the season of children's epidemics."""
    common = {"surge_id": "dich_tre_em", "name": "Mùa tay chân miệng và sốt xuất huyết", "months": _SURGE_MONTHS}
    common |= {"starts_at": _SURGE_STARTS.value}
    return pd.DataFrame([common | {"specialty_id": s, "multiplier": f.value} for s, f in _SURGE.items()])


def surge_loans() -> pd.DataFrame:
    """Return the ``surge_loans`` sheet: beds and staff that provinces, the city among them, lend each other."""
    common = {"surge_id": "dich_tre_em", "share": _SURGE_LENDS.value, "max_minutes": _SURGE_WAY}
    beds = [common | {"resource": "beds", "specialty_id": s} for s in _SURGE]
    return pd.DataFrame([*beds, common | {"resource": "staff", "specialty_id": "all"}])


def precedence(services: pd.DataFrame, phases: Sequence[Phase]) -> pd.DataFrame:
    """Return the ``precedence`` sheet: open-heart surgery only once intervention has run at the same hospital.

    Where neither runs today; in the same period where there is only one.
    """
    later, before = REQUIRES.iloc[0]
    place = services.groupby("specialty_id")["site_id"].agg(set)
    today = services[services["status"] == "existing"].groupby("specialty_id")["site_id"].agg(set)
    sites = sorted((place[later] & place[before]) - today[later] - today[before])
    common = {"specialty_id": later, "after_specialty_id": before, "periods_between": min(1, len(phases) - 1)}
    return pd.DataFrame([common | {"site_id": site, "after_site_id": site} for site in sites])


def growing(territories: pd.DataFrame, pack: Pack) -> pd.DataFrame:
    """Return the ``territories`` sheet with the growth of each macro-region."""
    rate = pack.regions.map({name: figure.value for name, figure in GROWTH.items()})
    return territories.assign(growth_rate=territories["region_id"].map(rate))


def evidence(pack: Pack, promised: Sequence[Promise], ceilings: Sequence[Figure]) -> list[dict[str, str]]:
    """Return the ``sources`` rows of the sheets of this page."""
    return [
        *stations.evidence(VIETNAMESE, COSTS, windows(pack), promised),
        *(row("load_ceilings", "*", "cases", share) for share in ceilings),
        row("load_ceilings", "*", "price", RELIEF_PRICE),
        row("load_ceilings", "*", "today_cases", ruled(0, "Tải hôm nay của mỗi bệnh viện tuyến cuối x tỉ lệ người bệnh "
            "từ tỉnh, theo hiệu chuẩn (xem site_services). Ung Bướu: 880.000 lượt năm 2024, xạ trị chờ ba tuần.")),
        *(row("surge", f"dich_tre_em|{s}|all", "multiplier", figure) for s, figure in _SURGE.items()),
        row("surge", "*", "starts_at", _SURGE_STARTS),
        row("surge_loans", "*", "share", _SURGE_LENDS),
        row("surge_loans", "*", "max_minutes", assumed(_SURGE_WAY, 120, 480, "Quãng đường điều người và thiết bị.")),
        row("surge", "*", "months", assumed(_SURGE_MONTHS, 2, 5, "Độ dài mùa dịch.")),
        row("stations", "*", "status", cited(_OPENED, "2025", "B", "59 trạm: 45 trạm, 114 xe ở TP.HCM cũ, chia theo "
            "dân số các quận (giả định); 11 ở Bình Dương cũ (Lao Động 23/8/2025 và bài này), một xe mỗi trạm; ba trạm "
            "còn lại coi như ở Bà Rịa - Vũng Tàu. Không tìm thấy trạm ở các tỉnh khác: mỗi huyện một chỗ có thể mở.")),
        row("stations", "*", "ambulances_max", ruled(0, "Số xe hôm nay, hoặc một, thêm một xe trên 100.000 dân.")),
        row("precedence", "*", "*", ruled(0, "Mổ tim hở chỉ sau khi tim mạch can thiệp đã chạy ở cùng bệnh viện: một "
            "giai đoạn trước, hoặc cùng giai đoạn nếu chỉ có một.")),
    ]  # fmt: skip


def growth_evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of growth, where it is not zero."""
    return [row("territories", name, "growth_rate", figure) for name, figure in GROWTH.items()]
