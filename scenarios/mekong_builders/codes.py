"""The codes by which others know the places of the Mekong scenario, the goals it serves, and the CO2 of a vehicle."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from mekong_builders.evidence import row
from mekong_builders.hospitals import BIRTH, CANCER, CHILD, HEART, NEURO, STROKE, SURGERY
from redesaude.drafting.evidence import Figure, cited, ruled

#: targets of the Sustainable Development Goals, beside 3.8 (access to health services) of all
_GOALS: Mapping[str, str] = {
    HEART: "3.4",
    SURGERY: "3.4",
    STROKE: "3.4",
    CANCER: "3.4",
    BIRTH: "3.1; 3.2",
    CHILD: "3.2",
    NEURO: "3.6",
}
CO2 = Figure(
    0.14,
    "ATAP (Úc), Parameter Values, phụ lục B: gam CO2 mỗi lít nhiên liệu (BITRE). https://atap.gov.au/node/2104",
    "2014",
    "C",
    "Xăng 2,28 kg, dầu 2,67 kg CO2 mỗi lít. Ô tô 10 đến 12 km một lít khoảng 0,2 kg mỗi km; thấp: xe máy hoặc xe khách "
    "chia theo người; cao: xe cứu thương, xe dịch vụ. Cơ cấu phương tiện và mức tiêu hao là giả định.",
    0.05,
    0.28,
)
SETTINGS: dict[str, object] = {"travel_co2": CO2.value, "travel_co2_low": CO2.low, "travel_co2_high": CO2.high}


def coded(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return ``tables`` with the official codes of territories, and the goals of specialties."""
    territories, specialties = tables["territories"], tables["specialties"]
    units = territories["territory_id"].str.partition("-")[2]  # the codes of the districts that a unit joins
    return dict(tables) | {
        "territories": territories.assign(official_code=units.str.replace("_", ", "), code_register="GSO (3/2025)"),
        "specialties": specialties.assign(
            sdg_targets=["; ".join(filter(None, (_GOALS.get(own), "3.8"))) for own in specialties["specialty_id"]]
        ),
    }


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of the codes and of the settings of this page."""
    return [
        row("settings", "travel_co2", "value", CO2),
        row("settings", "travel_co2_low", "value", CO2.noted("Cận dưới của travel_co2.")),
        row("settings", "travel_co2_high", "value", CO2.noted("Cận trên của travel_co2.")),
        row("territories", "*", "official_code", cited("Tổng cục Thống kê, danh mục hành chính 1/3/2025, theo kho dữ "
            "liệu daohoangson/dvhcvn", "2025", "B", "Mã huyện trước khi bỏ cấp huyện 7/2025; đơn vị gộp có nhiều mã.")),
        row("sites", "*", "official_code", ruled(0, "Để trống: mã cơ sở khám chữa bệnh bảo hiểm y tế không có trong bộ "
            "dữ liệu; Sở Y tế hoặc bảo hiểm xã hội điền.")),
        row("specialties", "*", "sdg_targets", ruled(0, "Mục tiêu theo Nghị quyết A/RES/71/313 của Liên hợp quốc, gán "
            "theo chuyên khoa: 3.1 và 3.2 bà mẹ, trẻ em; 3.4 bệnh không lây; 3.6 giao thông; 3.8 tiếp cận dịch vụ.")),
    ]  # fmt: skip
