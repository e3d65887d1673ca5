"""The indicators that the scenario follows, for the yearly and half-yearly reviews: target, planned, reached."""

from __future__ import annotations

import pandas as pd

from redesaude.report.instruments.facts import Facts
from redesaude.report.instruments.followed import PURPOSE, Columns, named
from redesaude.report.instruments.instrument import DEPARTMENT_FILLS, Field, Instrument

_COLUMNS = Columns("chi_so", "dia_ban", "chuyen_khoa", "don_vi", "chieu", "nam", "bao_cao", "nguon")
_BETTER = {"higher": "càng cao càng tốt", "lower": "càng thấp càng tốt"}


def _rows(facts: Facts) -> pd.DataFrame:
    return named(facts, _COLUMNS, _BETTER, "Toàn vùng")


INDICATORS = Instrument(
    "chi_so",
    "Chỉ số theo dõi: mục tiêu, theo phương án và thực hiện từng năm",
    PURPOSE,
    (
        Field("chi_so", "Chỉ số", width=46),
        Field("nam", "Năm", kind="year", width=7),
        Field("dia_ban", "Địa bàn", width=18),
        Field("chuyen_khoa", "Chuyên khoa", width=16),
        Field("don_vi", "Đơn vị", width=14),
        Field("chieu", "Chiều", width=13),
        Field("target", "Mục tiêu trong năm", "scenario.xlsx: indicator_targets", "decimal", DEPARTMENT_FILLS, 11),
        Field("planned", "Theo phương án", "tables/indicators.csv", "decimal", width=11),
        Field("thuc_hien", "Thực hiện", fills=DEPARTMENT_FILLS, width=11),
        Field("bao_cao", "Ai báo cáo", width=24),
        Field("nguon", "Nguồn", width=26),
        Field("indicator_id", "Mã chỉ số", kind="id"),
    ),
    _rows,
    on_screen=True,
)
