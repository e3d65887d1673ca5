"""The ladder of the cardiovascular centre at Sóc Trăng: what the University Medical Center hands over, one by one.

It waits for its variant. Years and shares are assumptions but for what runs already.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mekong_builders.evidence import assumption, row
from mekong_builders.hospitals import HEART, SOC_TRANG, SURGERY
from redesaude.drafting.evidence import Figure, cited

#: the variant for which the ladder waits
LADDER = "thang_ky_thuat_soc_trang"
LADDER_NAME = "Thang kỹ thuật tim mạch Sóc Trăng: mỗi kỹ thuật theo năm chuyển giao"

_GIVER = "79-DHYD"
_OPENED = Figure(1, "Báo Sóc Trăng: khánh thành Trung tâm Tim mạch, 28/3/2025", "2025", "B", "Đã can thiệp mạch vành")
_AGREED = Figure(1, "Lao Động 30/1/2024: thỏa thuận 7/2023 với Bệnh viện Đại học Y Dược", "2024", "B",
                 "Lộ trình từ can thiệp đến mổ tim hở và điện sinh lý; năm và thời gian là giả định")  # fmt: skip


@dataclass(frozen=True)
class _Technique:
    id: str
    name: str
    specialty: str
    year: int
    months: int
    staff: int
    share: Figure
    known: Figure
    after: str = ""
    level: str = "provincial"


_TECHNIQUES = (
    _Technique("chup_mach_vanh", "Chụp mạch vành chẩn đoán", HEART, 2023, 12, 6,
               assumption("techniques.chup_mach_vanh"), _OPENED),
    _Technique("can_thiep_mach_vanh", "Can thiệp mạch vành qua da", HEART, 2024, 15, 8,
               assumption("techniques.can_thiep_mach_vanh"), _OPENED,
               "chup_mach_vanh"),
    _Technique("mo_tim_ho", "Mổ tim hở: van, bắc cầu, thông liên nhĩ", SURGERY, 2027, 24, 14,
               assumption("techniques.mo_tim_ho"), _AGREED,
               "can_thiep_mach_vanh"),
    _Technique("mo_tim_phuc_tap", "Mổ tim phức tạp: nhiều van, mổ lại", SURGERY, 2029, 24, 6,
               assumption("techniques.mo_tim_phuc_tap"), _AGREED, "mo_tim_ho", "end_line"),
    _Technique("dien_sinh_ly", "Thăm dò điện sinh lý và cắt đốt loạn nhịp", HEART, 2029, 24, 6,
               assumption("techniques.dien_sinh_ly"), _AGREED, "can_thiep_mach_vanh"),
)  # fmt: skip


def sheet() -> pd.DataFrame:
    """Return the ``techniques`` sheet."""
    return pd.DataFrame(
        [
            {
                "technique_id": t.id,
                "receiver_site_id": SOC_TRANG,
                "giver_site_id": _GIVER,
                "name": t.name,
                "specialty_id": t.specialty,
                "level": t.level,
                "year_planned": t.year,
                "training_months": t.months,
                "staff_trained": t.staff,
                "prerequisite": t.after or None,
                "case_share": t.share.value,
                "source": t.known.source,
                "grade": t.known.grade,
                "active": False,
            }
            for t in _TECHNIQUES
        ]
    )


def variant() -> list[tuple[str, ...]]:
    """Return the changes of the variant that begins the ladder: every technique, and surgery at Sóc Trăng."""
    change = (LADDER, LADDER_NAME)
    return [
        *((*change, "techniques", f"{t.id}|{SOC_TRANG}", "active", "set", "yes") for t in _TECHNIQUES),
        (*change, "site_services", f"{SOC_TRANG}|{SURGERY}|", "status", "set", "required"),
    ]


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of ``techniques``."""
    staff = assumption("techniques.staff")
    return [
        *(row("techniques", f"{t.id}|{SOC_TRANG}", "case_share", t.share) for t in _TECHNIQUES),
        row("techniques", "*", "staff_trained", staff),
        row("techniques", "*", "training_months", assumption("techniques.training_months")),
        row("techniques", "*", "year_planned", cited(_AGREED.source, "2024", "C", _AGREED.note)),
    ]
