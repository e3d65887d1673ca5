"""The hospitals: end-line hubs of the city, provincial general hospitals, and every mapped stroke facility.

``hub`` is end-line for its specialties, ``city`` another hospital of the city (stroke only), ``provincial`` a candidate
for everything, ``regional`` an inter-district one, ``special`` one for its own specialties, ``private`` a seller.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mekong_builders.evidence import row
from mekong_builders.pack import CITIES, CITY, Pack
from redesaude.drafting.evidence import cited, ruled

HEART, SURGERY, STROKE, CANCER = "tim_can_thiep", "phau_thuat_tim", "dot_quy", "ung_buou"
#: of the Ministry of Health or a national university
_CENTRAL = ("79-CHORAY", "79-THONGNHAT", "79-DHYD", "92-DKTW")
BIRTH, CHILD, NEURO, URO = "san_nguy_co", "nhi_hoi_suc", "ngoai_than_kinh", "tiet_nieu"


@dataclass(frozen=True)
class Hospital:
    """A hospital: ``stroke`` is its English name among the mapped stroke facilities, whose point it takes.

    Without one it stands at the seat of ``unit``. ``only`` are the specialties of a hub or a special hospital.
    """

    id: str
    name: str
    role: str
    stroke: str = ""
    unit: str = ""
    only: tuple[str, ...] = ()

    @property
    def owner(self) -> str:
        """Level or sector that owns it, for who pays: hubs of the city live on what they earn."""
        if self.role == "private":
            return "private"
        if self.id in _CENTRAL or "Quân" in self.name:
            return "central"
        if self.role == "hub":
            return "autonomous"
        return "city" if self.id[:2] in CITIES else "province"

    @property
    def kind(self) -> str:
        """Owner as the ``sites`` sheet has it."""
        return "private" if self.role == "private" else "public"


SOC_TRANG, TRA_VINH = "94-DK-SOCTRANG", "84-DK-TRAVINH"
HOSPITALS = (
    # end-line hospitals of the city
    Hospital("79-CHORAY", "Bệnh viện Chợ Rẫy", "hub", "Cho Ray Hospital", only=(HEART, SURGERY, CANCER, NEURO, URO)),
    Hospital("79-DHYD", "Bệnh viện Đại học Y Dược TP.HCM", "hub", "University Medical Center HCMC-Branch 1",
             only=(HEART, SURGERY, URO)),
    Hospital("79-ND115", "Bệnh viện Nhân dân 115", "hub", "115 People's Hospital", only=(HEART, SURGERY, NEURO, URO)),
    Hospital("79-GIADINH", "Bệnh viện Nhân dân Gia Định", "hub", "Nhan Dan Gia Dinh Hospital",
             only=(HEART, NEURO, URO, BIRTH)),
    Hospital("79-THONGNHAT", "Bệnh viện Thống Nhất", "hub", "Thong Nhat Hospital", only=(HEART, URO)),
    Hospital("79-QY175", "Bệnh viện Quân y 175", "hub", "175 Hospital (Central Army Hospital)",
             only=(HEART, CANCER, NEURO)),
    Hospital("79-VIENTIM", "Viện Tim TP.HCM", "hub", unit="VN79-771", only=(HEART, SURGERY)),
    Hospital("79-UNGBUOU", "Bệnh viện Ung Bướu TP.HCM", "hub", unit="VN79-769", only=(CANCER,)),
    Hospital("79-TUDU", "Bệnh viện Từ Dũ", "hub", unit="VN79-760", only=(BIRTH,)),
    Hospital("79-HUNGVUONG", "Bệnh viện Hùng Vương", "hub", unit="VN79-774", only=(BIRTH,)),
    Hospital("79-NHIDONG1", "Bệnh viện Nhi đồng 1", "hub", unit="VN79-771", only=(CHILD,)),
    Hospital("79-NHIDONG2", "Bệnh viện Nhi đồng 2", "hub", unit="VN79-760", only=(CHILD,)),
    Hospital("79-NHIDONGTP", "Bệnh viện Nhi đồng Thành phố", "hub", unit="VN79-777_785", only=(CHILD,)),
    Hospital("79-BINHDAN", "Bệnh viện Bình Dân", "hub", unit="VN79-770", only=(URO,)),
    # other stroke facilities of the city
    Hospital("79-NTPHUONG", "Bệnh viện Nguyễn Tri Phương", "city", "Nguyen Tri Phuong Hospital"),
    Hospital("79-TRUNGVUONG", "Bệnh viện Trưng Vương", "city",
             "Trung Vuong Hospital (formerly the Trung Vuong Emergency care Hospital)"),
    Hospital("79-NGUYENTRAI", "Bệnh viện Nguyễn Trãi", "city", "Nguyen Trai Hospital"),
    Hospital("79-ANBINH", "Bệnh viện An Bình", "city", "An Binh Hospital"),
    Hospital("79-DKSAIGON", "Bệnh viện Đa khoa Sài Gòn", "city", "Saigon General Hospital"),
    Hospital("79-TTYTQ1", "Trung tâm Y tế Quận 1", "city", "District 1 Health Center (CS1-hospital)"),
    Hospital("79-BVTHUDUC", "Bệnh viện Thành phố Thủ Đức", "city", "Thu Duc City Hospital"),
    Hospital("79-KVTHUDUC", "Bệnh viện Đa khoa khu vực Thủ Đức", "city", "Thu Duc Regional General Hospital"),
    Hospital("79-LEVANTHINH", "Bệnh viện Lê Văn Thịnh", "city",
             "Le Van Thinh General Hospital (formerly District 2 General Hospital)"),
    Hospital("79-TANBINH", "Trung tâm Y tế quận Tân Bình", "city", "Tan Binh District Health Center (CS1-Hospital)"),
    Hospital("79-TANPHU", "Bệnh viện quận Tân Phú", "city", "Tan Phu District Hospital"),
    Hospital("79-QD7A", "Bệnh viện Quân dân y 7A", "city", "Hospital 7A - Quân khu 7"),
    Hospital("79-CUCHI", "Bệnh viện Đa khoa khu vực Củ Chi", "city", "Cu Chi Regional General Hospital"),
    Hospital("79-HOCMON", "Bệnh viện Đa khoa khu vực Hóc Môn", "city", "Hoc Mon Regional General Hospital"),
    Hospital("79-VINMEC", "Bệnh viện Vinmec Central Park", "private",
             "Vinmec International General Hospital-Central Park"),
    Hospital("79-NTKQT", "Bệnh viện Ngoại Thần kinh Quốc tế", "private", "International Neurosurgery Hospital"),
    Hospital("79-HMSAIGON", "Bệnh viện Hoàn Mỹ Sài Gòn", "private", "Hoan My Saigon Hospital (CS1) Hoan My Group"),
    Hospital("79-CIH", "Bệnh viện Quốc tế City", "private", "City International Hospital (CIH)"),
    Hospital("79-GIAAN", "Bệnh viện Gia An 115", "private", "Gia An 115 Hospital (PPP with BV Nhan Dan 115)"),
    Hospital("79-TRIEUAN", "Bệnh viện Triều An", "private", "Trieu An Hospital"),
    Hospital("79-TAMDUC", "Bệnh viện Tim Tâm Đức", "private", "Tam Duc Heart Hospital"),
    Hospital("79-XUYENA", "Bệnh viện Xuyên Á TP.HCM", "private", "Xuyen A General Hospital (BVXA-HCMC)"),
    # South East
    Hospital("70-DK-BINHPHUOC", "Bệnh viện Đa khoa tỉnh Bình Phước", "provincial", unit="VN70-689"),
    Hospital("72-DK-TAYNINH", "Bệnh viện Đa khoa tỉnh Tây Ninh", "provincial", unit="VN72-703"),
    Hospital("74-DK-BINHDUONG", "Bệnh viện Đa khoa tỉnh Bình Dương", "provincial", unit="VN74-718"),
    Hospital("75-DK-DONGNAI", "Bệnh viện Đa khoa Đồng Nai", "provincial",
             "Dong Nai Provincial General Hospital (PPP capital for construction and equipment)"),
    Hospital("75-THONGNHAT", "Bệnh viện Đa khoa Thống Nhất (Đồng Nai)", "provincial",
             "Dong Nai Thong Nhat General Hospital"),
    Hospital("75-NHI-DONGNAI", "Bệnh viện Nhi đồng Đồng Nai", "special", unit="VN75-731", only=(CHILD,)),
    Hospital("75-LONGKHANH", "Bệnh viện Đa khoa khu vực Long Khánh", "regional", "Long Khanh Regional General "
        "Hospital"),
    Hospital("75-DINHQUAN", "Bệnh viện Đa khoa khu vực Định Quán", "regional", "Dinh Quan Regional General Hospital"),
    Hospital("75-HMDONGNAI", "Bệnh viện Quốc tế Hoàn Mỹ Đồng Nai", "private",
             "Hoan My International Hospital in Dong Nai (Hoan My Group)"),
    Hospital("75-HMITO", "Bệnh viện Hoàn Mỹ ITO Đồng Nai", "private",
             "Hoan My Trauma and Orthopedics (ITO) Hospital -Dong Nai (Hoan My Group)"),
    Hospital("77-BARIA", "Bệnh viện Bà Rịa", "provincial", "Ba Ria Provincial General Hospital"),
    Hospital("77-VUNGTAU", "Bệnh viện Vũng Tàu (Lê Lợi)", "regional", "Le Loi Provincial General Hospital"),
    # Mekong Delta
    Hospital("80-DK-LONGAN", "Bệnh viện Đa khoa Long An", "provincial", unit="VN80-794"),
    Hospital("82-DK-TIENGIANG", "Bệnh viện Đa khoa Trung tâm Tiền Giang", "provincial",
             "Tien Giang Provincial General Hospital"),
    Hospital("82-QY120", "Bệnh viện Quân y 120", "regional", "120 Military Hospital"),
    Hospital("83-NDCHIEU", "Bệnh viện Nguyễn Đình Chiểu (Bến Tre)", "provincial",
             "Nguyen Dinh Chieu Provincial General Hospital"),
    Hospital("84-DK-TRAVINH", "Bệnh viện Đa khoa tỉnh Trà Vinh", "provincial", unit="VN84-842"),
    Hospital("86-DK-VINHLONG", "Bệnh viện Đa khoa tỉnh Vĩnh Long", "provincial", "Vinh Long Provincial General "
        "Hopsital"),
    Hospital("86-XUYENA", "Bệnh viện Xuyên Á Vĩnh Long", "private", "Xuyen A General Hospital (BVXA)-Vinh Long"),
    Hospital("87-DK-DONGTHAP", "Bệnh viện Đa khoa Đồng Tháp", "provincial", "Dong Thap Provincial General Hospital"),
    Hospital("89-DK-ANGIANG", "Bệnh viện Đa khoa Trung tâm An Giang", "provincial",
             "An Giang Provincial General Hospital"),
    Hospital("89-TIMMACH", "Bệnh viện Tim mạch An Giang", "special", "An Giang Cardiology Hospital",
             only=(HEART, SURGERY)),
    Hospital("89-CHAUDOC", "Bệnh viện Đa khoa khu vực tỉnh An Giang (Châu Đốc)", "regional",
             "An Giang Regional General Hospital (Chau Doc)"),
    Hospital("91-DK-KIENGIANG", "Bệnh viện Đa khoa tỉnh Kiên Giang", "provincial",
             "Kien Giang Provincial General Hospital"),
    Hospital("92-DKTW", "Bệnh viện Đa khoa Trung ương Cần Thơ", "provincial", "Can Tho Central General Hospital"),
    Hospital("92-DKTP", "Bệnh viện Đa khoa thành phố Cần Thơ", "provincial", "Can Tho Municipal General Hospital"),
    Hospital("92-UNGBUOU", "Bệnh viện Ung bướu Cần Thơ", "special", unit="VN92-916", only=(CANCER,)),
    Hospital("92-PHUSAN", "Bệnh viện Phụ sản Cần Thơ", "special", unit="VN92-916", only=(BIRTH,)),
    Hospital("92-NHIDONG", "Bệnh viện Nhi đồng Cần Thơ", "special", unit="VN92-916", only=(CHILD,)),
    Hospital("92-SIS", "Bệnh viện Đa khoa quốc tế SIS Cần Thơ", "private",
             "Stroke International Services (SIS) Hospital - Can Tho"),
    Hospital("92-HMCUULONG", "Bệnh viện Hoàn Mỹ Cửu Long", "private", "Cuu Long Hoan My Hospital (Hoan My Group)"),
    Hospital("93-DK-HAUGIANG", "Bệnh viện Đa khoa tỉnh Hậu Giang", "provincial", unit="VN93-930"),
    Hospital(SOC_TRANG, "Bệnh viện Đa khoa tỉnh Sóc Trăng", "provincial", "Soc Trang Provincial General Hospital"),
    Hospital("95-DK-BACLIEU", "Bệnh viện Đa khoa tỉnh Bạc Liêu", "provincial", "Bac Lieu Provincial General Hospital"),
    Hospital("95-THANHVU", "Bệnh viện Thanh Vũ Medic Bạc Liêu", "private",
             "Medic General Hospital Bac Lieu-CS1 Ba Trieu Street"),
    Hospital("96-DK-CAMAU", "Bệnh viện Đa khoa Cà Mau", "provincial", unit="VN96-964"),
)  # fmt: skip

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
