"""The training calendar: who is trained where in which year, at what cost and by which hospital."""

from __future__ import annotations

import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.training import Kind
from redesaude.report.instruments.facts import Facts
from redesaude.report.instruments.instrument import DEPARTMENT_FILLS, HOSPITALS_FILL, Field, Instrument

_ACTIONS = {
    Kind.TRAINED: "đào tạo",
    Kind.RECRUITED: "tuyển dụng",
    Kind.OPENING: "đào tạo trước khi mở dịch vụ",
    Kind.TECHNIQUE: "đào tạo chuyển giao kỹ thuật",
}


def _rows(facts: Facts) -> pd.DataFrame:
    """Each row of the training calendar, with names."""
    rows = facts.studied.training
    people = [
        facts.names.techniques.get(code, code) if kind == Kind.TECHNIQUE else facts.names.roles.get(code, code)
        for kind, code in zip(rows["kind"], rows["code"], strict=True)
    ]
    regions = facts.names.regions
    return rows.assign(
        nam=rows["year"],
        khu_vuc=["toàn vùng" if code == ALL else regions.get(code, code) for code in rows["region_id"]],
        viec=[_ACTIONS[Kind(kind)] for kind in rows["kind"]],
        chuc_danh=people,
        benh_vien=facts.label("sites", rows["site_id"]),
        chuyen_khoa=facts.label("specialties", rows["specialty_id"]),
        noi_dao_tao=facts.label("sites", rows["trainer_site_id"]),
    )


CALENDAR = Instrument(
    "lich_dao_tao",
    "Lịch đào tạo theo năm",
    N_(
        "Who is to be trained or recruited where in which year, at what cost and by whom. What those recruited cost "
        "goes on each year; staff trained before an opening, and in techniques, cost nothing beyond the rows of roles "
        "and the agreements."
    ),
    (
        Field("nam", "Năm", kind="year", width=7),
        Field("khu_vuc", "Khu vực", width=24),
        Field("viec", "Nội dung", width=24),
        Field("chuc_danh", "Chức danh hoặc kỹ thuật", width=30),
        Field("benh_vien", "Bệnh viện", width=30),
        Field("chuyen_khoa", "Chuyên khoa", width=20),
        Field("people", "Số người", "tables/training.csv", "decimal", DEPARTMENT_FILLS, 10),
        Field("cost", "Chi phí trong năm", "tables/training.csv", "money", DEPARTMENT_FILLS, 16),
        Field("noi_dao_tao", "Nơi đào tạo", fills=HOSPITALS_FILL, width=30),
        Field("da_dao_tao", "Đã đào tạo", fills=DEPARTMENT_FILLS, width=10),
        Field("code", "Mã chức danh hoặc kỹ thuật", kind="id"),
        Field("region_id", "Mã khu vực", kind="id"),
        Field("site_id", "Mã bệnh viện", kind="id"),
    ),
    _rows,
    frozen=2,
    on_screen=True,
)
