"""Settings, period, access promises, what-if variants and the evidence of the specialties of the Mekong scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from mekong_builders import techniques
from mekong_builders.clinic import Specialty
from mekong_builders.evidence import VIETNAMESE, assumption, row
from mekong_builders.geography import PROVINCIAL_KMH
from mekong_builders.hospitals import BIRTH, CHILD, HEART, NEURO, SOC_TRANG, STROKE, SURGERY, TRA_VINH
from mekong_builders.pack import CITY, Pack
from mekong_builders.services import TODAY_LOAD
from mekong_builders.support import CAN_THO
from redesaude.drafting.evidence import Figure, cited, ruled
from redesaude.drafting.phases import BASE_YEAR, Phase
from redesaude.drafting.specialties import OCCUPANCY, Told
from redesaude.drafting.travel_cost import TravelCost

_DONG_PER_KM = 3_500.0
_TRAVEL_KMH = 45.0
TRAVEL = TravelCost(hour_value=30_000.0, companions=1.8, minute_cost=round(_DONG_PER_KM * _TRAVEL_KMH / 60.0, -1))

#: floor of the worst-off province: (specialty, minutes, share)
_FLOORS = ((STROKE, 90, 0.7), (HEART, 120, 0.7), (BIRTH, 90, 0.7), (NEURO, 120, 0.7))

SETTINGS: dict[str, object] = {
    "title": "Mạng lưới chuyên khoa TP.HCM - Đông Nam Bộ - Đồng bằng sông Cửu Long",
    "currency": "VND",
    "language": "vi",
    "base_year": BASE_YEAR,
    "horizon_years": 20,
    "discount_rate": 0.05,
    "discount_timing": "middle",
    "inflation": 0.035,
    "daly_value": 0.0,
    "away_gain_share": 0.5,
    "perspective": "government",
    "payer_defaults": "vietnam",
    "ppp_law": "VN-57",
    "patient_time_weight": 1.0,
    "patient_time_value": TRAVEL.hour_value,
    "patient_minute_cost": TRAVEL.minute_cost,
    "companions": TRAVEL.companions,
    "occupancy": OCCUPANCY,
    "personnel_share": 0.5,
    "road_detour": 1.15,
    "road_speed_kmh": PROVINCIAL_KMH,
    "local_minutes": 10.0,
    "gap": 0.01,
    "time_limit_s": 120.0,
}

_SURGERY_HERE = ("site_services", f"{SOC_TRANG}|{SURGERY}|", "status", "set")
_HEART_HERE = ("site_services", f"{SOC_TRANG}|{HEART}|M", "status", "set")
_WITH = "Trung tâm tim mạch Sóc Trăng: can thiệp hai phòng và mổ tim hở"
_CENTRE = "tim_soc_trang"
_WHEN_NOTE = "Chờ biến thể: chưa có quyết định nào"
_DECISION_KEY = ("site_id", "specialty_id", "size_id", "contract_id", "period_id", "decision")
_PPP_CONTRACTS = ("ppp_btl", "ppp_bto")
_VARIANTS = (
    (_CENTRE, _WITH, *_SURGERY_HERE, "required"),
    (_CENTRE, _WITH, *_HEART_HERE, "required"),
    ("duong_cham", "Đường chậm hơn 20%", "settings", "road_speed_kmh", "value", "multiply", "0.8"),
    ("duong_cham", "Đường chậm hơn 20%", "roads", "*", "speed_kmh", "multiply", "0.8"),
    ("ngan_sach", "Không tính chi phí đi lại của người bệnh", "settings", "patient_time_weight", "value", "set", "0"),
    *(("gop_von_50", "Nhà nước góp 50% vốn PPP", "contracts", c, "contribution_share", "set", "0.5")
      for c in _PPP_CONTRACTS),
    *(("chat_luong_khong_vao_gia", "Thanh toán theo chất lượng, nhà thầu không đưa khấu trừ vào giá", "contracts", c,
       "quality_priced_share", "set", "0") for c in (*_PPP_CONTRACTS, "mua_dich_vu")),
    ("luat_2020", "Luật PPP trước sửa đổi: dự án y tế từ 100 tỉ đồng", "settings", "ppp_law", "value", "set", "VN-64"),
    *(("luat_2020", "Luật PPP trước sửa đổi: dự án y tế từ 100 tỉ đồng", "laws", f"VN-64|{rule}|2021", "valid_until",
       "set", "2300") for rule in ("least_value", "most_public_share")),
    ("dich_lon", "Dịch lớn: số ca nhi nặng tăng gấp hai rưỡi", "surge", f"dich_tre_em|{CHILD}|all", "multiplier", "set",
     "2.5"),
    *(("them_hinh_thuc", "Thêm hình thức: tự chủ đầu tư, liên doanh liên kết", "contracts", c, "active", "set", "yes")
      for c in ("tu_chu_dau_tu", "lien_doanh")),
    *(("luat_2020", "Luật PPP trước sửa đổi: dự án y tế từ 100 tỉ đồng", "contracts", c, "min_value", "set", "1e11")
      for c in _PPP_CONTRACTS),
)  # fmt: skip
#: changes of the capacity of the city's end-line hospitals
_HUBS = (
    ("hom_nay", "Tuyến cuối TP.HCM quá tải như hôm nay", TODAY_LOAD.value / OCCUPANCY),
    ("giam_tai_30", "Giảm tải: tuyến cuối TP.HCM nhận ít hơn 30%", 0.7),
)


def access_targets(specialties: Sequence[Specialty]) -> pd.DataFrame:
    """Return the ``access_targets`` sheet: a floor for every province in the most urgent specialties."""
    price = {s.id: s.access_price() for s in specialties}
    floor = {"region_id": "each", "period_id": None, "hard": False}
    return pd.DataFrame(
        [floor | {"specialty_id": s, "minutes": m, "share": share, "price": price[s]} for s, m, share in _FLOORS]
    )


def decisions(phases: Sequence[Phase]) -> pd.DataFrame:
    """Return the ``decisions`` sheet: the centre at Sóc Trăng begun in each period, or its surgery never.

    None of them holds: each waits for its variant. One period has no dates to choose from.
    """
    rows = [(*key, "no", _WHEN_NOTE) for _, key in _dates(phases)]
    return pd.DataFrame(rows, columns=[*_DECISION_KEY, "active", "note"])


def _dates(phases: Sequence[Phase]) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
    """Return (variant id and name, key of the decision) of every date that the centre at Sóc Trăng may have."""
    if len(phases) == 1:
        return []
    begun = [
        ((f"{_CENTRE}_{p.first_year}", f"{_WITH}, quyết định từ {p.first_year}"), (SOC_TRANG, *what, "", p.id, "start"))
        for p in phases
        for what in ((SURGERY, ""), (HEART, "M"))
    ]
    never = ("khong_mo_tim_soc_trang", "Sóc Trăng không mổ tim hở")
    return [*begun, (never, (SOC_TRANG, SURGERY, "", "", "", "forbid"))]


def variants(services: pd.DataFrame, phases: Sequence[Phase]) -> pd.DataFrame:
    """Return the ``variants`` sheet; a change of the city's end-line hospitals names each of their services."""
    dates = [(*name, "decisions", "|".join(key), "active", "set", "yes") for name, key in _dates(phases)]
    halved = [("von_giam_50", "Vốn đầu tư công giảm một nửa", "funding", "*", "amount", "multiply", "0.5")]
    hubs = services[
        (services["status"] == "existing")
        & services["site_id"].str.startswith(CITY)
        & (services["specialty_id"] != STROKE)
    ]
    changes = [
        (name, title, "site_services", f"{site}|{specialty}|{size}", "capacity", "multiply", f"{factor:.6g}")
        for name, title, factor in _HUBS
        for site, specialty, size in hubs[["site_id", "specialty_id", "size_id"]].itertuples(index=False)
    ]
    columns = ["variant_id", "name", "sheet", "key", "column", "operation", "value"]
    return pd.DataFrame(
        [*_VARIANTS, *techniques.variant(), *_deep_and_wide(services), *dates, *halved, *changes], columns=columns
    )


def _deep_and_wide(services: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the variants of cooperation deep in Cần Thơ (it supports others) and wide in Trà Vinh."""
    deep = ("can_tho_tuyen_cuoi", "Cần Thơ là tuyến cuối của vùng: các bệnh viện Cần Thơ hỗ trợ bệnh viện tỉnh")
    wide = ("tra_vinh_toan_dien", "Trà Vinh: đủ mọi chuyên khoa tại bệnh viện tỉnh")
    lacking = services[(services["site_id"] == TRA_VINH) & (services["status"] == "allowed")]["specialty_id"]
    return [
        *((*deep, "support", f"{specialty}|{hub}|", "status", "set", "allowed") for specialty, hub in CAN_THO.items()),
        *((*wide, "site_services", f"{TRA_VINH}|{name}|", "status", "set", "required") for name in lacking),
    ]


def evidence(pack: Pack) -> list[dict[str, str]]:
    """Return the ``sources`` rows of settings and access promises."""
    figures = {
        "base_year": ruled(2025, "Giá 2025; dân số 2019 dùng làm dân số năm gốc."),
        "horizon_years": ruled(20, "Tuổi thọ thiết bị lớn và thời hạn hợp đồng PPP."),
        "discount_rate": pack.figure("general_hospital_capex", "discount_rate", "Thực."),
        "inflation": assumption("promises.inflation"),
        "daly_value": ruled(0, "Năm sống khỏe được đếm, không cộng vào tiền."),
        "away_gain_share": assumption("promises.away_gain_share"),
        "patient_time_value": assumption("promises.patient_time_value"),
        "patient_minute_cost": pack.figure("travel_cost", "travel_patient_cost_vnd_per_km", "Đồng mỗi km, x 45 km/h."),
        "companions": pack.figure("travel_cost", "travel_companion_multiplier", "Người bệnh và người nhà."),
        "occupancy": pack.figure("general_hospital_capex", "planning_occupancy", "Nhiều bệnh viện tuyến cuối nay "
        "vượt."),
        "personnel_share": assumption("promises.personnel_share"),
        "road_detour": assumption("promises.road_detour"),
        "road_speed_kmh": pack.figure("roads", "speed_vn_provincial_road_kmh", "Quốc lộ 1 cũ: 36 km/h (30 đến 45)."),
        "local_minutes": assumption("promises.local_minutes"),
        "ppp_law": cited("Luật 64/2020/QH14, sửa đổi bởi Luật 57/2024/QH15", "2024", "B", "Hiệu lực 15/1/2025."),
        "perspective": ruled(0, "Mọi cấp ngân sách và bảo hiểm y tế."),
        "patient_time_weight": ruled(1, "Góc nhìn xã hội; 0 là góc nhìn ngân sách."),
    }  # fmt: skip
    floors = ruled(0, "Sàn cho từng tỉnh, thời gian rộng hơn; giá là mất mát sức khỏe do đến muộn.")
    waiting = ruled(0, "Các ngày có thể của trung tâm tim mạch Sóc Trăng: giả thiết, không phải quyết định.")
    return [*_setting_rows(figures), row("access_targets", "*", "share", floors), row("decisions", "*", "*", waiting)]


def _setting_rows(figures: Mapping[str, Figure]) -> list[dict[str, str]]:
    """Return the ``sources`` rows of settings, whose column is ``value``."""
    return [row("settings", name, "value", figure) for name, figure in figures.items()]


#: evidence of the specialties, in Vietnamese
TOLD = Told(VIETNAMESE, "Đến muộn còn {late} (giả định)", (
    ("specialties", "assignment", ("Mọi chuyên khoa theo điều phối: trong thành phố nhiều cơ sở cách nhau vài phút, "
     "gán vào nơi gần nhất không có nghĩa.")),
    ("specialties", "unmet_cost", ("Hai lần chi phí trọn ca ở cỡ trung bình, 1,25 lần chuyến đi ở giới hạn, cộng mất "
     "mát sức khỏe do muộn.")),
    ("specialties", "access_price", ("Mất mát sức khỏe do muộn x 120 triệu đồng một năm sống khỏe, khoảng một GDP đầu "
     "người (60 đến 350 triệu; giả định), tối thiểu 1 triệu.")),
    ("specialties", "dalys_late", "Phần lợi ích còn lại khi đến muộn hơn chuẩn; giả định."),
    ("sizes", "capex", "Trong bệnh viện đang có; n mô-đun tốn n^0,85 lần một mô-đun."),
    ("sizes", "lifecycle_share", "3% một năm, 5% nơi thiết bị nặng (2 đến 6%)."),
    ("sizes", "build_months", "Theo kế hoạch; chậm trễ nằm ở hợp đồng."),
    ("sizes", "min_cases", "Cỡ S: số ca an toàn; M và L: phần cỡ nhỏ hơn không chứa được."),
    ("sizes", "min_cases_price", "Giá mỗi ca dưới mức, nơi bằng chứng không đủ cho mức cứng."),
))  # fmt: skip
