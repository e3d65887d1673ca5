"""The hospitals: end-line hubs of the city, provincial general hospitals, and every mapped stroke facility.

``hub`` is end-line for its specialties, ``city`` another hospital of the city (stroke only), ``provincial`` a candidate
for everything, ``regional`` an inter-district one, ``special`` one for its own specialties, ``private`` a seller. The
list stands in ``facts/hospitals.csv``.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mekong_builders.evidence import row
from mekong_builders.pack import CITIES, CITY, Pack, texts
from redesaude.drafting.evidence import cited, ruled

HEART, SURGERY, STROKE, CANCER = "tim_can_thiep", "phau_thuat_tim", "dot_quy", "ung_buou"
BIRTH, CHILD, NEURO, URO = "san_nguy_co", "nhi_hoi_suc", "ngoai_than_kinh", "tiet_nieu"


@dataclass(frozen=True)
class Hospital:
    """A hospital: ``stroke`` is its English name among the mapped stroke facilities, whose point it takes.

    Without one it stands at the seat of ``unit``. ``only`` are the specialties of a hub or a special hospital;
    ``central`` is one of the Ministry of Health or a national university.
    """

    id: str
    name: str
    role: str
    stroke: str = ""
    unit: str = ""
    only: tuple[str, ...] = ()
    central: bool = False

    @property
    def owner(self) -> str:
        """Level or sector that owns it, for who pays: hubs of the city live on what they earn."""
        if self.role == "private":
            return "private"
        if self.central or "Quân" in self.name:
            return "central"
        if self.role == "hub":
            return "autonomous"
        return "city" if self.id[:2] in CITIES else "province"

    @property
    def kind(self) -> str:
        """Owner as the ``sites`` sheet has it."""
        return "private" if self.role == "private" else "public"


SOC_TRANG, TRA_VINH = "94-DK-SOCTRANG", "84-DK-TRAVINH"
HOSPITALS = tuple(
    Hospital(
        h["site_id"],
        h["name"],
        h["role"],
        h["stroke_facility"],
        h["unit"],
        tuple(only for only in h["only"].split(", ") if only),
        h["central"] == "yes",
    )
    for h in texts("hospitals")
)

BY_ID = {h.id: h for h in HOSPITALS}


def sites(pack: Pack) -> pd.DataFrame:
    """Return the ``sites`` sheet."""
    return pd.DataFrame([_row(h, pack) for h in HOSPITALS])


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of ``sites``."""
    return [
        row("sites", "*", "site_id", cited("Analytics for a Better World và đối tác: cơ sở điều trị đột quỵ Việt Nam "
            "(kho dữ liệu GPBP_Analytics_Tools, MIT)", "2023", "B", "53 cơ sở trong vùng, có tọa độ")),
        row("sites", "*", "name", ruled(0, "Bảy bệnh viện tỉnh không có trong danh sách đột quỵ, các bệnh viện tuyến "
            "cuối và chuyên khoa khác: tên theo hiểu biết chung, cần Sở Y tế xác nhận")),
        row("sites", "*", "owner", ruled(0, "Cấp quản lý theo hiểu biết chung: bộ, đại học quốc gia và quân đội là "
            "trung ương; tuyến cuối của thành phố là tự chủ; bệnh viện khác của TP.HCM và Cần Thơ là thành phố; còn "
            "lại của tỉnh. Cần Sở Y tế xác nhận.")),
        row("sites", "*", "latitude", ruled(0, "Tọa độ cơ sở đột quỵ; nơi khác để trống: đứng tại trung tâm đơn vị "
            "hành chính. Bệnh viện đa khoa tỉnh đại diện cho cả các bệnh viện chuyên khoa tỉnh cùng thành phố.")),
        row("sites", "*", "contracts_allowed", ruled(0, "Bệnh viện tuyến cuối và bệnh viện thành phố: giữ cơ chế tự "
            "chủ, không phải đối tượng ký lại hợp đồng; bệnh viện quân đội: trực tiếp.")),
    ]  # fmt: skip


def _row(hospital: Hospital, pack: Pack) -> dict[str, object]:
    place = pack.stroke_facilities.loc[hospital.stroke] if hospital.stroke else None
    return {
        "site_id": hospital.id,
        "name": hospital.name,
        "territory_id": hospital.unit if place is None else place["study_unit_id"],
        "latitude": None if place is None else round(float(place["lat"]), 5),
        "longitude": None if place is None else round(float(place["lon"]), 5),
        "kind": hospital.kind,
        "owner": hospital.owner,
        "contracts_allowed": _contracts(hospital),
    }


def _contracts(hospital: Hospital) -> str | None:
    if "Quân" in hospital.name:
        return "truc_tiep"
    return "tu_chu" if hospital.id.startswith(CITY) and hospital.kind == "public" else None
