"""Techniques handed over by pair of hospitals, and the staff trained for the network."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.ladder import State
from redesaude.plan.milestones import half_year_of
from redesaude.report.instruments.facts import Facts, points
from redesaude.report.instruments.instrument import DEPARTMENT_FILLS, HOSPITALS_FILL, Field, Instrument
from redesaude.report.instruments.vietnam.words import OF_SPECIALTY, half_year

_STATES = {State.PLANNED: "kế hoạch", State.IN_TRANSFER: "đang chuyển giao", State.INDEPENDENT: "độc lập"}


def _handed_over(facts: Facts) -> pd.DataFrame:
    """Each technique with its pair of hospitals, then the agreements of specialties without techniques."""
    pairs, known = _pairs(facts), _techniques(facts)
    taught = set(zip(known["satellite_site_id"], known["specialty_id"], strict=True))
    alone = [pair not in taught for pair in zip(pairs["satellite_site_id"], pairs["specialty_id"], strict=True)]
    others = pairs[np.array(alone, dtype=bool)]
    return pd.concat([known, others], ignore_index=True) if len(known) else others


def _techniques(facts: Facts) -> pd.DataFrame:
    """Each technique: from when to when, who is trained, how far it has come when the plan begins."""
    now, told = facts.horizon.start + 1e-6, facts.studied.ladder
    rows = pd.DataFrame(told[told["period_id"] == facts.scenario.periods["period_id"].iloc[0]])
    begins, done = (rows[name].astype(float) for name in ("in_transfer_from", "independent_from"))
    states = np.select([done <= now, begins <= now], [State.INDEPENDENT, State.IN_TRANSFER], State.PLANNED)
    return rows.assign(
        tinh=facts.label("regions", [facts.names.region_of_site(site) for site in rows["receiver_site_id"]]),
        chuyen_giao=facts.label("sites", rows["giver_site_id"]),
        tiep_nhan=facts.label("sites", rows["receiver_site_id"]),
        chuyen_khoa=facts.label("specialties", rows["specialty_id"]),
        ma=rows["technique_id"],
        ten=facts.label("techniques", rows["technique_id"]),
        first_year=np.floor(begins + 1e-6),
        last_year=np.ceil(done - 1e-6) - 1.0,
        doc_lap=[half_year(half) if half else "" for half in half_year_of(done)],
        truoc=points(rows["case_share"]),
        sau=0.0,
        tinh_trang=[_STATES[State(state)] for state in states],
        dao_tao=rows["staff_trained"],
        hub_site_id=rows["giver_site_id"],
        satellite_site_id=rows["receiver_site_id"],
    ).sort_values(["chuyen_giao", "tiep_nhan", "first_year", "last_year"], ignore_index=True)


def _pairs(facts: Facts) -> pd.DataFrame:
    """Each agreement between an end-line hospital and the one that it supports, by specialty."""
    rows, stages = facts.view.plan.support, facts.studied.milestones
    mature = stages[stages["milestone"] == "maturity"].groupby(["site_id", "specialty_id"])["begins"].first()
    keys = zip(rows["satellite_site_id"], rows["specialty_id"], strict=True)
    halves = [str(mature.get(key, "")) for key in keys]
    province = [facts.names.region_of_site(site) for site in rows["satellite_site_id"]]
    return rows.assign(
        tinh=facts.label("regions", province),
        chuyen_giao=facts.label("sites", rows["hub_site_id"]),
        tiep_nhan=facts.label("sites", rows["satellite_site_id"]),
        chuyen_khoa=facts.label("specialties", rows["specialty_id"]),
        doc_lap=[half_year(half) if half else "" for half in halves],
        truoc=points(rows["sent_before"]),
        sau=points(rows["sent_after"]),
    ).sort_values(["chuyen_giao", "tiep_nhan", "chuyen_khoa", "first_year"], ignore_index=True)


def _staff(facts: Facts) -> pd.DataFrame:
    """Each role, area and period: people needed, trained, recruited and available."""
    rows = facts.view.plan.workforce
    areas = ["toàn vùng" if code == ALL else facts.names.regions.get(code, code) for code in rows["region_id"]]
    return rows.assign(
        khu_vuc=areas,
        chuc_danh=facts.label("roles", rows["role_id"]),
        giai_doan=facts.label("periods", rows["period_id"]),
        thieu=np.where(rows["short"].astype(float) > 0, rows["short"].astype(float), 0.0),
    ).sort_values(["khu_vuc", "chuc_danh", "period_id"], ignore_index=True)


TECHNIQUES = Instrument(
    "ky_thuat",
    "Danh mục kỹ thuật chuyển giao theo cặp bệnh viện",
    N_(
        "Which end-line hospital hands which technique over to which hospital, from when to when, and how far it has "
        "come when the plan begins. Where the sheet techniques names none, the specialty is listed: code, name and "
        "state of each technique are to be filled in by the two hospitals."
    ),
    (
        Field("tinh", "Tỉnh", width=12),
        Field("chuyen_giao", "Bệnh viện chuyển giao", width=20),
        Field("tiep_nhan", "Bệnh viện tiếp nhận", width=20),
        Field("chuyen_khoa", "Chuyên khoa", width=16),
        Field("ma", "Mã kỹ thuật", fills=HOSPITALS_FILL, width=8),
        Field("ten", "Tên kỹ thuật", fills=HOSPITALS_FILL, width=13),
        Field("first_year", "Năm bắt đầu", "tables/techniques.csv; tables/support.csv", "year", width=8),
        Field("last_year", "Năm kết thúc hỗ trợ", "tables/techniques.csv; tables/support.csv", "year", width=8),
        Field("doc_lap", "Dự kiến độc lập", "tables/milestones.csv", fills=HOSPITALS_FILL, width=11),
        Field("truoc", "Ca chuyển lên tuyến trước (%)", "tables/support.csv", "decimal", width=9),
        Field("sau", "Ca chuyển lên tuyến sau (%)", "tables/support.csv", "decimal", width=9),
        Field("hub_cost", "Chi phí bên chuyển giao (mỗi năm)", "tables/support.csv", "money", width=13),
        Field("satellite_cost", "Chi phí bên tiếp nhận (mỗi năm)", "tables/support.csv", "money", width=13),
        Field("tinh_trang", "Tình trạng", fills=HOSPITALS_FILL, width=10, choices=tuple(_STATES.values())),
        Field("dao_tao", "Số cán bộ được đào tạo", fills=HOSPITALS_FILL, width=9),
        Field("hub_site_id", "Mã bệnh viện chuyển giao", kind="id"),
        Field("satellite_site_id", "Mã bệnh viện tiếp nhận", kind="id"),
        *OF_SPECIALTY,
    ),
    _handed_over,
)
STAFF = Instrument(
    "dao_tao",
    "Nhân lực và đào tạo theo khu vực",
    N_("Full-time people of each role in each area and period: needed, there without the plan, trained, recruited."),
    (
        Field("khu_vuc", "Khu vực", width=24),
        Field("chuc_danh", "Chức danh", width=30),
        Field("giai_doan", "Giai đoạn", width=13),
        Field("need", "Nhu cầu", "tables/workforce.csv", "decimal", width=12),
        Field("stock", "Hiện có", "tables/workforce.csv", "decimal", width=12),
        Field("trained", "Đào tạo theo phương án", "tables/workforce.csv", "decimal", width=12, total=True),
        Field("recruited", "Tuyển dụng theo phương án", "tables/workforce.csv", "decimal", width=12, total=True),
        Field("available", "Sẵn có", "tables/workforce.csv", "decimal", width=12),
        Field("thieu", "Còn thiếu", "tables/workforce.csv", "decimal", width=12, total=True),
        Field("da_dao_tao", "Đã đào tạo", fills=DEPARTMENT_FILLS, width=12),
        Field("role_id", "Mã chức danh", kind="id"),
        Field("region_id", "Mã khu vực", kind="id"),
        Field("period_id", "Mã giai đoạn", kind="id"),
    ),
    _staff,
    frozen=2,
)
