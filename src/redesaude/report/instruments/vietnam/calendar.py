"""The training calendar: who is trained where in which year, at what cost and by which hospital."""

from __future__ import annotations

import pandas as pd

from redesaude.plan.training import Kind
from redesaude.report.instruments.facts import Facts
from redesaude.report.instruments.instrument import DEPARTMENT_FILLS, HOSPITALS_FILL, Field, Instrument
from redesaude.report.instruments.teaching import PURPOSE, Columns, named

_ACTIONS = {
    Kind.TRAINED: "đào tạo",
    Kind.RECRUITED: "tuyển dụng",
    Kind.OPENING: "đào tạo trước khi mở dịch vụ",
    Kind.TECHNIQUE: "đào tạo chuyển giao kỹ thuật",
}
_COLUMNS = Columns("nam", "khu_vuc", "viec", "chuc_danh", "benh_vien", "chuyen_khoa", "noi_dao_tao")


def _rows(facts: Facts) -> pd.DataFrame:
    """Each row of the training calendar, with names."""
    return named(facts, facts.studied.training, _COLUMNS, _ACTIONS, "toàn vùng")


CALENDAR = Instrument(
    "lich_dao_tao",
    "Lịch đào tạo theo năm",
    PURPOSE,
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
