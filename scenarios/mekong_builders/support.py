"""Levels and technique transfer: what provincial hospitals treat, and which end-line hospital stands by them."""

from __future__ import annotations

from collections.abc import Mapping

from builders.tiers import Agreement, Ladder, Level, Terms

from mekong_builders.evidence import assumption
from mekong_builders.hospitals import BIRTH, CANCER, CHILD, HEART, NEURO, SOC_TRANG, STROKE, SURGERY
from mekong_builders.pack import Pack
from redesaude.drafting.evidence import Figure, assumed, ruled

#: specialty: share of severities treated at the small level when new, and what is sent up
_YOUNG: Mapping[str, tuple[float, str]] = {
    STROKE: (0.80, "lấy huyết khối, xuất huyết nặng"),
    HEART: (0.75, "tổn thương phức tạp, sốc tim"),
    SURGERY: (0.70, "phẫu thuật phức tạp, mổ lại, trẻ nhỏ"),
    CANCER: (0.70, "kỹ thuật xạ cao, ung thư hiếm"),
    BIRTH: (0.85, "nhau cài răng lược, bệnh nền nặng"),
    CHILD: (0.75, "tim bẩm sinh, cực non, ECMO"),
    NEURO: (0.75, "mạch máu não, u nền sọ"),
}
#: years until a new unit stands alone
_YEARS: Mapping[str, tuple[float, float, float]] = {
    STROKE: (2, 1, 3), SURGERY: (4, 3, 6), CANCER: (3, 2, 5), BIRTH: (2, 1, 3), CHILD: (2, 1, 4), NEURO: (3, 2, 5),
}  # fmt: skip
#: end-line hospitals that transfer their techniques
HUBS: Mapping[str, tuple[str, ...]] = {
    STROKE: ("79-ND115", "79-CHORAY"),
    HEART: ("79-CHORAY", "79-DHYD", "79-ND115", "79-VIENTIM"),
    SURGERY: ("79-CHORAY", "79-DHYD", "79-VIENTIM"),
    CANCER: ("79-UNGBUOU", "79-CHORAY"),
    BIRTH: ("79-TUDU", "79-HUNGVUONG"),
    CHILD: ("79-NHIDONG1", "79-NHIDONG2"),
    NEURO: ("79-CHORAY", "79-ND115"),
}
#: hospitals of Cần Thơ that support others where the city is a regional end-line of its own
CAN_THO: Mapping[str, str] = {
    STROKE: "92-DKTW", HEART: "92-DKTW", SURGERY: "92-DKTW", CANCER: "92-UNGBUOU", BIRTH: "92-PHUSAN",
    CHILD: "92-NHIDONG", NEURO: "92-DKTW",
}  # fmt: skip
_WAITS = "Chờ biến thể: Cần Thơ là tuyến cuối của vùng"
_SIGNED = "Thỏa thuận Bệnh viện Đại học Y Dược - Sóc Trăng, tháng 7/2023: từ mổ tim hở đến điện sinh lý"
_TRANSFER = assumption("support.transfer")


def ladders(pack: Pack) -> Mapping[str, Ladder]:
    """Return three levels of each specialty but urology: district or new, provincial, end-line."""
    fare = pack.figure("travel_cost", "travel_ambulance_cost_vnd_per_km", "25.000 đồng mỗi km").times(
        300, "150 km rồi quay về (giả định)", "C")  # fmt: skip
    programme = pack.figure("twinning", "capacity_satellite_hospitals_program", "Đề án 2013-2018: 127 bệnh viện vệ "
                            "tinh, 23 bệnh viện hạt nhân")  # fmt: skip
    return {name: _ladder(share, sent, programme, fare) for name, (share, sent) in _YOUNG.items()}


def _ladder(share: float, sent: str, programme: Figure, fare: Figure) -> Ladder:
    middle = assumed(0.95, 0.90, 1.0, f"Cấp tỉnh đã vững; gửi lên {sent}")
    return Ladder(
        levels={
            "S": Level(assumed(share, share - 0.15, share + 0.10, f"Đơn vị nhỏ, mới; gửi lên {sent}"), mature=middle,
                       satellite=True),
            "M": Level(middle, supports=programme.at(2, "cỡ giữa kèm được ít", 1, 3)),
            "L": Level(ruled(1.0, "Tuyến cuối điều trị mọi mức độ"),
                       supports=programme.at(6, "khoảng 5,5 vệ tinh mỗi hạt nhân", 4, 8)),
        },
        minutes=_TRANSFER,
        cost=fare,
    )  # fmt: skip


def agreements(pack: Pack) -> list[Agreement]:
    """Return who may stand by whom, and the one agreement for open-heart surgery that is signed."""
    package = pack.figure("twinning", "unit_cost_twinning_package_vnd", "Gói 4 tỉ đồng mỗi bệnh viện mỗi năm: luân "
                          "phiên đào tạo, bảo trì, hội chẩn từ xa")  # fmt: skip
    intervention = pack.figure("twinning", "benefit_transfer_years_to_pci_start", "Ninh Thuận với Đại học Y Dược: "
                               "khoảng hai năm đến ca can thiệp đầu tiên")  # fmt: skip
    found = []
    for specialty, hubs in HUBS.items():
        years = intervention if specialty == HEART else assumed(*_YEARS[specialty], "Số năm đến khi tự làm được")
        terms = Terms(
            package.times(0.4, "40% phía tuyến trên", "C"), package.times(0.6, "60% phía vệ tinh", "C"), years
        )
        found += [Agreement(specialty, terms, hub) for hub in hubs]
        found.append(Agreement(specialty, terms, CAN_THO[specialty], waits=True, note=_WAITS))
        if specialty == SURGERY:
            found.append(Agreement(specialty, terms, "79-DHYD", SOC_TRANG, given=True, note=_SIGNED))
    return found
