"""The specialties of the Mekong scenario, each number from the parameter table or marked as assumed."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from mekong_builders import norms
from mekong_builders.evidence import BILLION, MILLION, assumption
from mekong_builders.hospitals import BIRTH, CANCER, CHILD, HEART, NEURO, STROKE, SURGERY, URO
from mekong_builders.pack import Pack
from redesaude.drafting import specialties as base
from redesaude.drafting.clinic_rules import Rules
from redesaude.drafting.evidence import Figure, assumed, plain, ruled
from redesaude.drafting.specialties import Module

#: dong for a real, and for a dollar, 2025
_DONG_PER_REAL, _DONG_PER_DOLLAR = 4_600.0, 25_400.0
_BIRTHS_PER_100K, _CHILD_SHARE = 1150.0, 0.22


_RULES = Rules(
    "Công suất thực chia cho {occupancy}: kế hoạch nhân lại",
    "Mục tiêu của chương trình: khoảng 95% mức mọi nơi ứng viên cùng mở đạt được ({reach})",
    "Chuẩn là {norm}",
    "Xa hơn: tính là không được điều trị trong mạng lưới.",
)
_nominal, _target, _ceiling = _RULES.nominal, _RULES.target, _RULES.ceiling


class Specialty(base.Specialty):
    """A specialty priced in dong: a healthy year at about one GDP a head, capital recovered at 5 % over 20 years."""

    daly_value: ClassVar[float] = 120 * MILLION
    recovery: ClassVar[float] = 0.0802
    least_price: ClassVar[float] = MILLION


def specialties(pack: Pack) -> tuple[Specialty, ...]:
    """Return the eight specialties: cardiovascular care counts as two, intervention and open-heart surgery."""
    return (
        _intervention(pack),
        _heart_surgery(pack),
        _stroke(pack),
        _cancer(pack),
        _high_risk_birth(pack),
        _critical_child(pack),
        _neurosurgery(pack),
        _urology(pack),
    )


def _intervention(pack: Pack) -> Specialty:
    return Specialty(
        id=HEART,
        name="Tim mạch can thiệp",
        case_unit="ca can thiệp mạch vành, gồm cả chụp chẩn đoán",
        assignment="planned",
        cases_per_100k=norms.INTERVENTION.demand(pack, "Mọi ca can thiệp mạch vành, cấp cứu và chương "
            "trình; riêng nhồi máu cơ tim lần đầu nhập viện là 16 đến 30."),
        access_minutes=norms.INTERVENTION.access(pack, "Xa hơn: tiêu sợi huyết rồi chuyển viện."),
        access_share=_target(norms.INTERVENTION.coverage(pack), 0.72, 0.76),
        ceiling_minutes=_ceiling(480),
        trips_per_case=assumption("clinic.intervention.trips_per_case"),
        case_cost=assumed(60 * MILLION, 35 * MILLION, 110 * MILLION, "Stent, vật tư, thuốc; chi phí đợt nhồi máu cơ "
            f"tim có can thiệp công bố là 5.962 USD (2013), khoảng {plain(5962 * _DONG_PER_DOLLAR / MILLION)} triệu "
            "đồng, gồm cả chi phí cố định."),
        module=Module(
            _nominal(norms.INTERVENTION.throughput(pack).times(
                0.5, "Hai thủ thuật (chụp và can thiệp) mỗi ca", "C")),
            Figure(60 * BILLION, "Thanh Niên: Cà Mau khánh thành đơn vị tim mạch can thiệp đầu tiên. "
                "https://thanhnien.vn/ca-mau-khanh-thanh-don-vi-tim-mach-can-thiep-dau-tien-post1453446.html", "2022",
                "B", "Đơn vị hơn 60 tỉ đồng, một máy DSA", 30 * BILLION, 75 * BILLION),
            _running(12),
            beds=10,
        ),
        modules=(1, 2, 4),
        min_cases=200,
        min_evidence=norms.INTERVENTION.volume(pack, "200 với một phòng can thiệp."),
        gain=norms.INTERVENTION.gain(pack),
        late_share=0.5,
        lifecycle_share=0.05,
        deaths_averted=norms.deaths_by_late_angioplasty(pack, "Tử vong trong một năm trên một nghìn ca can thiệp chậm "
            "60 phút; 54% là hội chứng cấp, 64% nhồi máu có ST chênh lên; độ dốc là của người từ 65 tuổi trở lên."),
    )  # fmt: skip


def _heart_surgery(pack: Pack) -> Specialty:
    name = "cardiac_surgery"
    return Specialty(
        id=SURGERY,
        name="Phẫu thuật tim hở",
        case_unit="ca phẫu thuật",
        assignment="planned",
        cases_per_100k=norms.HEART_SURGERY.demand(pack, "Mức 55,1 là mục tiêu theo gánh nặng "
            "bệnh tật").at(20, "Dùng 20, gần thực hiện hiện nay hơn", 11, 55.1),
        access_minutes=norms.HEART_SURGERY.access(pack, "Phần lớn là mổ chương trình hoặc chuyển viện."),
        access_share=_target(norms.HEART_SURGERY.coverage(pack), 0.95, 1.00),
        ceiling_minutes=_ceiling(600),
        trips_per_case=assumption("clinic.heart_surgery.trips_per_case"),
        case_cost=assumption("clinic.heart_surgery.case_cost"),
        module=Module(
            _nominal(norms.HEART_SURGERY.throughput(pack, "Một phòng mổ")),
            _from_brazil(pack, name, "capex_module_brl", "Một phòng mổ tim, 8 giường hồi sức, máy tim phổi"),
            _running(28),
            beds=20,
        ),
        modules=(1, 2, 4),
        min_cases=150,
        min_evidence=norms.HEART_SURGERY.volume(pack, "150 với một phòng mổ."),
        gain=norms.HEART_SURGERY.gain(pack),
        late_share=0.8,
        build_months=(18, 24, 30),
    )  # fmt: skip


def _stroke(pack: Pack) -> Specialty:
    name = "stroke"
    saved = norms.STROKE.gain(pack, "Một giờ sớm hơn cho mỗi ca tiêu sợi huyết")
    return Specialty(
        id=STROKE,
        name="Đột quỵ",
        case_unit="đợt nhập đơn vị đột quỵ",
        assignment="planned",
        cases_per_100k=replace(pack.figure(name, "demand_gbd_incidence_per_100k", "Ước tính GBD 2019. Đếm tại bệnh "
            "viện Nha Trang 2009-2011 chỉ 90; nhưng 126 đơn vị, mỗi đơn vị khoảng 2.000 ca (báo chí), là "
            "khoảng 250."), low=90),
        access_minutes=norms.STROKE.access(pack, "Cửa sổ 4,5 giờ trừ thời gian ngoài đường."),
        access_share=_target(norms.STROKE.coverage(pack), 0.79, 0.83),
        ceiling_minutes=_ceiling(480),
        trips_per_case=assumption("clinic.stroke.trips_per_case"),
        case_cost=assumption("clinic.stroke.case_cost"),
        module=Module(
            _nominal(norms.STROKE.throughput(pack).times(10, "10 giường", "C")),
            _from_brazil(pack, name, "capex_stroke_unit_brl", "10 giường theo dõi trong bệnh viện đã có CT; xây mới "
                         "cả bệnh viện như SIS Cần Thơ là 5 tỉ đồng mỗi giường"),
            _running(4),
            beds=10,
        ),
        modules=(1, 3, 6),
        min_cases=200,
        min_evidence=norms.STROKE.volume(pack, "Mềm: dữ liệu Hà Lan không thấy tác "
            "động riêng của số ca."),
        min_price=5 * MILLION,
        gain=saved.times(0.12, "x 12% đủ điều kiện (giả định)", "C"),
        late_share=0.0,
    )  # fmt: skip


def _cancer(pack: Pack) -> Specialty:
    drugs, rays = "oncology_chemo", "oncology_radiotherapy"
    chemo = norms.CHEMOTHERAPY.demand(pack).value
    radio = 0.35
    treated = 1.0 - (1.0 - chemo) * (1.0 - radio)
    courses = norms.RADIOTHERAPY.throughput(pack)
    return Specialty(
        id=CANCER,
        name="Ung bướu",
        case_unit="người bệnh mới được hóa trị hoặc xạ trị",
        assignment="planned",
        cases_per_100k=pack.figure(drugs, "demand_new_cancers_per_100k").times(
            treated, f"Ca mới x {plain(treated)}: hóa trị 57%, xạ trị 35% (mức cao của mục tiêu quốc gia; nay 20%), "
            "coi là độc lập", "C"),
        access_minutes=norms.CHEMOTHERAPY.access(pack, "Đi về mỗi hai, ba tuần."),
        access_share=_target(norms.CHEMOTHERAPY.coverage(pack), 0.92, 0.97),
        ceiling_minutes=_ceiling(720),
        trips_per_case=assumption("clinic.cancer.trips_per_case"),
        case_cost=assumption("clinic.cancer.case_cost"),
        module=Module(
            _nominal(courses.times(treated / radio, f"Một máy gia tốc, {plain(radio / treated)} số người bệnh cần xạ "
                                   "trị, và 12 ghế hóa trị", "C")),
            pack.figure(rays, "capex_bunker_and_linac_vnd", "Máy gia tốc và hầm; Cần Thơ đề nghị 260 tỉ đồng cho hai "
                "máy (10/2025)").at(130 * BILLION, "cộng 12 ghế hóa trị và pha chế, khoảng 10 tỉ", 100 * BILLION,
                                180 * BILLION),
            _running(20),
            beds=30,
        ),
        modules=(1, 2, 4),
        min_cases=400,
        min_evidence=norms.CHEMOTHERAPY.volume(pack, "400 ở cỡ nhỏ."),
        gain=norms.CHEMOTHERAPY.gain(pack),
        late_share=0.8,
        lifecycle_share=0.05,
        build_months=(18, 24, 30),
    )  # fmt: skip


def _high_risk_birth(pack: Pack) -> Specialty:
    name = "high_risk_obstetrics"
    births = pack.figure(name, "demand_births_per_100k")
    return Specialty(
        id=BIRTH,
        name="Sản khoa nguy cơ cao",
        case_unit="ca sinh nguy cơ cao",
        assignment="planned",
        cases_per_100k=births.times(norms.HIGH_RISK_BIRTH.demand(pack).value, "Số sinh trên 100.000 dân x "
            "15% nguy cơ cao", "C"),
        access_minutes=pack.figure(name, "access_preferred_drive_min", "Chuẩn quốc tế là 120 phút (Lancet); trong "
            "đồng bằng dân cư dày dùng 60."),
        access_share=_target(norms.HIGH_RISK_BIRTH.coverage(pack), 0.77, 0.81),
        ceiling_minutes=_ceiling(480),
        trips_per_case=assumption("clinic.high_risk_birth.trips_per_case"),
        case_cost=assumption("clinic.high_risk_birth.case_cost"),
        module=Module(
            _nominal(norms.HIGH_RISK_BIRTH.throughput(pack).times(20, "20 giường", "C")),
            _from_brazil(pack, name, "capex_module_brl", "20 giường và 2 phòng mổ sản, không kể hồi sức sơ sinh"),
            _running(13),
            beds=20,
        ),
        modules=(0.5, 1, 2),
        min_cases=500,
        min_evidence=norms.HIGH_RISK_BIRTH.volume(pack, "500 ở cỡ nhỏ; mềm."),
        min_price=5 * MILLION,
        gain=norms.HIGH_RISK_BIRTH.gain(pack),
        late_share=0.67,
    )  # fmt: skip


def _critical_child(pack: Pack) -> Specialty:
    newborn, _child = "neonatal_icu", "paediatric_icu"
    cots = _BIRTHS_PER_100K * norms.NEWBORN.demand(pack).value
    rate = norms.CHILD.demand(pack).times(
        _CHILD_SHARE, "250 trên 100.000 trẻ x 22% dân số dưới 15 tuổi", "C")  # fmt: skip
    both = cots + rate.value
    per_bed = both / (
        cots / norms.NEWBORN.throughput(pack).value + rate.value / norms.CHILD.throughput(pack, country="BR").value
    )
    return Specialty(
        id=CHILD,
        name="Hồi sức nhi và sơ sinh",
        case_unit="đợt hồi sức",
        assignment="planned",
        cases_per_100k=rate.times(both / rate.value, f"cộng {plain(cots)} trẻ sơ sinh (5% số sinh)", "C"),
        access_minutes=norms.CHILD.access(pack, "Ổn định rồi chuyển viện."),
        access_share=_target(norms.CHILD.coverage(pack), 0.92, 0.97),
        ceiling_minutes=_ceiling(480),
        trips_per_case=assumption("clinic.critical_child.trips_per_case"),
        case_cost=assumption("clinic.critical_child.case_cost"),
        module=Module(
            _nominal(ruled(20 * per_bed, f"20 giường x {plain(per_bed)} đợt mỗi giường (sơ sinh 20,5 và nhi 35,5 theo "
                "tỉ lệ nhu cầu)"), 0.90),
            _from_brazil(pack, newborn, "capex_per_bed_brl", "20 giường hồi sức", 20),
            _running(20),
            beds=20,
        ),
        modules=(1, 2, 4),
        min_cases=300,
        min_evidence=norms.CHILD.volume(pack),
        gain=norms.CHILD.gain(pack).at(2.5, "Nhi 4 và sơ sinh 1,35 (5 x 27% nhẹ "
            "cân) theo tỉ lệ nhu cầu", 1, 5),
        late_share=0.67,
    )  # fmt: skip


def _neurosurgery(pack: Pack) -> Specialty:
    name, trauma = "neurosurgery", "trauma_orthopaedics"
    major = pack.figure(trauma, "demand_major_trauma_iss15_per_100k").value
    head = pack.figure(name, "demand_tbi_admissions_per_100k")
    return Specialty(
        id=NEURO,
        name="Ngoại thần kinh và chấn thương nặng",
        case_unit="đợt nhập viện",
        assignment="planned",
        cases_per_100k=head.times((head.value + major) / head.value, "Chấn thương sọ não 100 và đa chấn thương 35; có "
            "phần trùng nhau", "C"),
        access_minutes=norms.NEUROSURGERY.access(pack, "Mổ máu tụ trong khoảng 4 giờ."),
        access_share=_target(norms.NEUROSURGERY.coverage(pack), 0.94, 0.99),
        ceiling_minutes=_ceiling(480),
        trips_per_case=assumption("clinic.neurosurgery.trips_per_case"),
        case_cost=assumption("clinic.neurosurgery.case_cost"),
        module=Module(
            _nominal(assumption("clinic.neurosurgery.module")),
            _from_brazil(pack, name, "capex_module_brl", "Phòng mổ thần kinh và 10 giường hồi sức"),
            _running(18),
            beds=30,
        ),
        modules=(0.5, 1, 2),
        min_cases=250,
        min_evidence=norms.NEUROSURGERY.volume(pack, "Khoảng 200 ca mổ."),
        gain=norms.NEUROSURGERY.gain(pack).at(0.8, "2 cho ca phải mổ; phần lớn ca không mổ",
                                                                         0.3, 2),
        late_share=0.67,
    )  # fmt: skip


def _urology(pack: Pack) -> Specialty:
    name = "urology"
    return Specialty(
        id=URO,
        name="Tiết niệu",
        case_unit="đợt nhập viện phẫu thuật",
        assignment="planned",
        cases_per_100k=norms.UROLOGY.demand(pack, "Sỏi, tuyến tiền liệt, ung thư."),
        access_minutes=norms.UROLOGY.access(pack),
        access_share=_target(norms.UROLOGY.coverage(pack), 0.94, 0.99),
        ceiling_minutes=_ceiling(480),
        trips_per_case=assumption("clinic.urology.trips_per_case"),
        case_cost=assumption("clinic.urology.case_cost"),
        module=Module(
            _nominal(norms.UROLOGY.throughput(pack, "Một phòng mổ")),
            _from_brazil(pack, name, "capex_module_brl", "Phòng mổ nội soi niệu và 12 giường"),
            _running(8),
            beds=12,
        ),
        modules=(0.5, 1, 2),
        min_cases=250,
        min_evidence=norms.UROLOGY.volume(pack, "250 ở cỡ nhỏ."),
        gain=norms.UROLOGY.gain(pack),
        late_share=0.8,
    )


def _from_brazil(pack: Pack, specialty: str, parameter: str, note: str, times: float = 1.0) -> Figure:
    """Return works and equipment known only in reais: the exchange rate and the cost ratio of the pack."""
    ratio = pack.figure("general_hospital_capex", "capex_vn_to_br_ratio").value
    figure = pack.figure(specialty, parameter, note, country="BR")
    return figure.times(times * ratio * _DONG_PER_REAL, f"Giá Brazil x {plain(ratio)} x {plain(_DONG_PER_REAL)} đồng "
        "một real (giả định)", "C")  # fmt: skip


def _running(billions: float) -> Figure:
    """Return the yearly fixed cost of a module: staff and upkeep of its beds and equipment."""
    value = billions * BILLION
    return assumed(value, 0.6 * value, 1.6 * value, "Nhân lực cố định và bảo trì: khoảng 0,4 đến 0,6 tỉ đồng mỗi "
        "giường thường và 1 tỉ mỗi giường hồi sức một năm, cộng bảo trì thiết bị.")  # fmt: skip
