"""Who works in the specialist services of the city and its eighteen provinces.

No count by specialty and province was found, so every service needs staff by its cases: the people follow the patients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from builders.workforce import Areas, Market, Role
from builders.workforce import evidence as told

from mekong_builders.evidence import VIETNAMESE, assumption
from mekong_builders.geography import MACROREGIONS
from mekong_builders.hospitals import BIRTH, BY_ID, CANCER, CHILD, HEART, NEURO, STROKE, SURGERY, URO
from mekong_builders.pack import Pack
from redesaude.drafting.evidence import Figure, assumed, cited, ruled
from redesaude.drafting.specialties import OCCUPANCY, Specialty

#: months for which the team of a service trains at an end-line hospital before it opens
TRAINING = {HEART: 6, SURGERY: 12, STROKE: 3, CANCER: 6, BIRTH: 3, CHILD: 4, NEURO: 6, URO: 3}
TRAINED = (
    "Cả kíp học việc tại bệnh viện tuyến cuối; chỉ định ngày, không tính chi phí. Giả định, cần thống nhất hai bên."
)

#: doctors for 10,000 people: the city by assumption, the Delta as reported, the South East what is left of its average
_DOCTORS = {"city": 15.0, "South East": 6.1, "Mekong Delta": 7.6}

DOCTORS = Market(
    free=assumption("staff.doctors.free"),
    pace=assumption("staff.doctors.pace"),
    training=assumption("staff.doctors.training"),
    recruitment=assumption("staff.doctors.recruitment"),
    shortage=assumption("staff.doctors.shortage"),
)  # fmt: skip


@dataclass(frozen=True)
class _Post:
    """A role of one specialty: FTE for each module (range), what a module is, and its share of all doctors."""

    id: str
    name: str
    specialty: str
    fte: tuple[float, float, float]
    module: str
    share: float


_CANCER_CENTRE = "một máy gia tốc và 12 ghế hóa trị (150 người bệnh hóa trị, 225 xạ trị mỗi bác sĩ)"
_POSTS = (
    _Post("bs_tim_mach", "Bác sĩ tim mạch can thiệp", HEART, (3, 4, 6), "một phòng can thiệp", 0.012),
    _Post("bs_mo_tim", "Bác sĩ phẫu thuật tim", SURGERY, (2, 3, 4), "một phòng mổ tim", 0.004),
    _Post("bs_dot_quy", "Bác sĩ thần kinh đột quỵ", STROKE, (2, 4, 6), "10 giường đột quỵ", 0.025),
    _Post("bs_ung_buou", "Bác sĩ ung bướu và xạ trị", CANCER, (5, 7, 9), _CANCER_CENTRE, 0.02),
    _Post("bs_san", "Bác sĩ sản", BIRTH, (6, 8, 12), "20 giường nguy cơ cao", 0.05),
    _Post("bs_nhi", "Bác sĩ hồi sức nhi và sơ sinh", CHILD, (14, 17, 20), "20 giường hồi sức", 0.03),
    _Post("bs_ngoai_than_kinh", "Bác sĩ ngoại thần kinh", NEURO, (3, 4, 6), "10 giường hồi sức thần kinh, một phòng "
          "mổ", 0.01),
    _Post("bs_tiet_nieu", "Bác sĩ tiết niệu", URO, (3, 4, 6), "một phòng mổ nội soi", 0.01),
)  # fmt: skip


def roles(pack: Pack, specialties: Sequence[Specialty]) -> tuple[Role, ...]:
    """Return the roles; cases for each FTE are the throughput of a module divided by its staff."""
    by_id, doctors = {s.id: s for s in specialties}, float(areas(pack).doctors.sum())
    return tuple(_role(post, by_id[post.specialty], doctors) for post in _POSTS)


def _role(post: _Post, specialty: Specialty, doctors: float) -> Role:
    throughput = specialty.module.cases.value * OCCUPANCY
    fewest, usual, most = (round(throughput / fte) for fte in reversed(post.fte))
    caseload = assumed(usual, fewest, most, f"{post.fte[1]} bác sĩ cho {post.module}, chia theo số ca của mô-đun")
    number = round(doctors * post.share)
    counted = assumed(number, round(number / 2), number * 2, f"Khoảng {post.share:.1%} số bác sĩ của vùng; không có số "
                      "liệu theo chuyên khoa")  # fmt: skip
    return Role(post.id, post.name, counted, DOCTORS, caseload={specialty.id: caseload})


def areas(pack: Pack) -> Areas:
    """Return the city, the South East and the Delta: people, doctors and sites."""
    part = pack.regions.map(MACROREGIONS)
    people = pack.population.groupby(part).sum()
    density = pd.Series({MACROREGIONS[name]: value for name, value in _DOCTORS.items()})
    return Areas(people, people * density / 10_000.0, {site: part[site[:2]] for site in BY_ID})


def evidence(chosen: Sequence[Role]) -> list[dict[str, str]]:
    """Return the ``sources`` rows of ``workforce`` and ``staffing``."""
    rules: dict[str, Figure] = {
        "workforce.region_id": cited("Báo chí dẫn Bộ Y tế: bác sĩ trên 10.000 dân năm 2020", "2020", "C", "Đồng bằng "
            "sông Cửu Long 7,6, Đông Nam Bộ 10,6, cả nước 9,8. TP.HCM 15 (12 đến 20) là giả định; năm tỉnh Đông Nam Bộ "
            "còn lại 6,1. Chuyên khoa chia theo tỉ lệ đó; người tuyển thêm chia theo dân số."),
        "workforce.stock": ruled(0, "Người đang làm các dịch vụ hôm nay, theo đúng định mức của dịch vụ mới, cộng "
            f"{DOCTORS.free.value:.0%} số bác sĩ chuyên khoa khác."),
        "workforce.training_max": ruled(0, "Nhịp mỗi năm x số năm đến giữa giai đoạn, cùng thời điểm tính nhu cầu."),
        "staffing.cases_per_fte": ruled(0, "Người đi theo người bệnh: mỗi ca chuyển về tỉnh cần bác sĩ ở tỉnh."),
    }  # fmt: skip
    return told(chosen, VIETNAMESE, rules)
