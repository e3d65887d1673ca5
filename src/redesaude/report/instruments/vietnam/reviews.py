"""The reviews of the city with its partner provinces: yearly with the Mekong Delta, six-monthly with the South-East.

Both sheets have every province; the column of the area filters those of a review.
"""

from __future__ import annotations

import pandas as pd

from redesaude.language import N_
from redesaude.report.instruments.facts import Facts, points
from redesaude.report.instruments.instrument import DEPARTMENT_FILLS, Field, Instrument
from redesaude.report.instruments.vietnam.words import OF_SPECIALTY, STAGES, half_year

_KEY = ["specialty_id", "region_id"]


def _yearly(facts: Facts) -> pd.DataFrame:
    """Each province, year and specialty: cases, those treated and those in time, beside today."""
    rows = facts.by_region[facts.by_region["year"].isin(facts.programmed)]
    today = facts.today["share_within_standard"].rename("now").reset_index()
    rows = rows[["year", *_KEY, "cases", "treated", "share_within_standard"]].merge(today, how="left", on=_KEY)
    return rows.assign(
        vung=rows["region_id"].map(facts.macroregions),
        tinh=facts.label("regions", rows["region_id"]),
        nam=rows["year"],
        chuyen_khoa=facts.label("specialties", rows["specialty_id"]),
        hien_nay=points(rows["now"]),
        muc_tieu=points(rows["share_within_standard"]),
        thay_doi=points(rows["share_within_standard"] - rows["now"]),
    ).sort_values(["vung", "tinh", "nam", "chuyen_khoa"], ignore_index=True)


def _half_yearly(facts: Facts) -> pd.DataFrame:
    """Each province and half-year: what goes on at its hospitals by the plan."""
    stages = facts.stages
    region = stages["site_id"].map(facts.names.region_of_site)
    found = []
    for code in facts.regions:
        mine = stages[region == code]
        for year in facts.programmed:
            for half in (f"{year}-H1", f"{year}-H2"):
                now = mine[(mine["begins"] <= half) & (mine["ends"] >= half)]
                found.append(
                    {
                        "vung": facts.macroregions[code],
                        "tinh": facts.names.regions[code],
                        "ky": half_year(half),
                        "moc": facts.goes_on(now, STAGES) or "không có mốc",
                        "region_id": code,
                        "half": half,
                    }
                )
    return pd.DataFrame(found).sort_values(["vung", "tinh", "half"], ignore_index=True)


_PLACE = (Field("vung", "Vùng", width=22), Field("tinh", "Tỉnh, thành phố", width=20))


def _told(key: str, label: str, width: float = 18.0) -> Field:
    return Field(key, label, fills=DEPARTMENT_FILLS, width=width)


YEARLY = Instrument(
    "danh_gia_nam",
    "Đánh giá hằng năm (Đồng bằng sông Cửu Long)",
    N_(
        "What each province is to reach in each of the first years, beside today; what was done, what worked, what did "
        "not and what is next are to be filled in. Filter the area for the provinces of a review."
    ),
    (
        *_PLACE,
        Field("nam", "Năm", kind="year", width=7),
        Field("chuyen_khoa", "Chuyên khoa", width=22),
        Field("cases", "Số ca cần điều trị", "tables/by_year.csv", "number", width=11),
        Field("treated", "Số ca được điều trị theo phương án", "tables/by_year.csv", "number", width=11),
        Field("hien_nay", "Trong thời gian tiêu chuẩn hiện nay (%)", "audit.xlsx: years", "decimal", width=11),
        Field("muc_tieu", "Trong thời gian tiêu chuẩn theo phương án (%)", "tables/by_year.csv", "decimal", width=11),
        Field("thay_doi", "Thay đổi (điểm %)", "tables/by_year.csv; audit.xlsx: years", "decimal", width=10),
        _told("da_lam", "Đã thực hiện"),
        _told("hieu_qua", "Việc có hiệu quả"),
        _told("chua", "Việc chưa hiệu quả"),
        _told("nam_toi", "Kế hoạch năm tới"),
        Field("region_id", "Mã tỉnh", kind="id"),
        *OF_SPECIALTY,
    ),
    _yearly,
    frozen=2,
    on_screen=True,
)
HALF_YEARLY = Instrument(
    "danh_gia_6_thang",
    "Đánh giá sáu tháng (Đông Nam Bộ)",
    N_(
        "What goes on in each half-year of the first years at the hospitals of each province by the plan, with the "
        "number of specialties; what was done is to be filled in. Filter the area for the provinces of a review."
    ),
    (
        *_PLACE,
        Field("ky", "Kỳ đánh giá", width=20),
        Field("moc", "Mốc theo phương án", "tables/milestones.csv", width=54),
        _told("da_lam", "Đã thực hiện"),
        _told("chua", "Chưa thực hiện, lý do"),
        _told("tiep", "Việc của kỳ tới"),
        Field("region_id", "Mã tỉnh", kind="id"),
        Field("half", "Mã kỳ", kind="id"),
    ),
    _half_yearly,
    frozen=3,
    on_screen=True,
)
