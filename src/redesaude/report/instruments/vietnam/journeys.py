"""Cases treated outside their own province, today and by the plan: who comes to the city, and what changes."""

from __future__ import annotations

import pandas as pd

from redesaude.language import N_
from redesaude.report.instruments.facts import Facts
from redesaude.report.instruments.instrument import DEPARTMENT_FILLS, Field, Instrument
from redesaude.report.instruments.vietnam.words import OF_SPECIALTY

_WAY = ["specialty_id", "from_id", "to_id", "outside"]


def _rows(facts: Facts) -> pd.DataFrame:
    """Each province, specialty, and province where its people are treated, in each period."""
    plan, today = facts.view.plan, _placed(facts, facts.studied.today_flows)
    now = today.groupby(_WAY)["cases"].sum()
    found = []
    for period in facts.scenario.periods["period_id"]:
        then = _placed(facts, plan.assignments[plan.assignments["period_id"] == period])
        table = pd.DataFrame({"hien_nay": now, "phuong_an": then.groupby(_WAY)["cases"].sum()}).fillna(0.0)
        sent = plan.transfers[plan.transfers["period_id"] == period]
        up = _transferred(facts, sent).groupby(_WAY)["cases"].sum()
        table = table.join(up.rename("chuyen_len"), how="outer").fillna(0.0)
        found.append(table.reset_index().assign(period_id=period))
    rows = pd.concat(found, ignore_index=True)
    rows = rows[rows["from_id"] != rows["to_id"]]
    to = [name or place for name, place in zip(facts.label("regions", rows["to_id"]), rows["outside"], strict=True)]
    macro = rows["from_id"].map(facts.macroregions)
    return rows.assign(
        vung=macro,
        tinh=facts.label("regions", rows["from_id"]),
        noi_dieu_tri=to,
        chuyen_khoa=facts.label("specialties", rows["specialty_id"]),
        giai_doan=facts.label("periods", rows["period_id"]),
        thay_doi=rows["phuong_an"] - rows["hien_nay"],
    ).sort_values(["vung", "tinh", "chuyen_khoa", "noi_dieu_tri", "period_id"], ignore_index=True)


def _placed(facts: Facts, trips: pd.DataFrame) -> pd.DataFrame:
    """Journeys with the region of the people and that of the hospital, or the name of a place outside the area."""
    outside = trips["outside"] if "outside" in trips else pd.Series("", index=trips.index)
    return trips.assign(
        from_id=trips["territory_id"].map(facts.names.region_of_territory),
        to_id=[facts.names.region_of_site(site) for site in trips["site_id"]],
        outside=outside,
    ).astype({"cases": float})


def _transferred(facts: Facts, sent: pd.DataFrame) -> pd.DataFrame:
    """Cases sent up, with the regions of the two hospitals."""
    return sent.assign(
        from_id=[facts.names.region_of_site(site) for site in sent["from_site_id"]],
        to_id=[facts.names.region_of_site(site) for site in sent["to_site_id"]],
        outside="",
    ).astype({"cases": float})


JOURNEYS = Instrument(
    "chuyen_tuyen",
    "Số ca điều trị ngoài tỉnh và chuyển lên tuyến trên",
    N_(
        "Cases a year that are treated outside their own province, by the province of the hospital: today, of the "
        "people of the base year, and by the plan, of those of the middle of each period; and cases sent up from "
        "hospital to hospital. Filter the province of treatment for those who come to the city."
    ),
    (
        Field("vung", "Vùng", width=22),
        Field("tinh", "Tỉnh, thành phố cư trú", width=20),
        Field("chuyen_khoa", "Chuyên khoa", width=26),
        Field("noi_dieu_tri", "Nơi điều trị", width=22),
        Field("giai_doan", "Giai đoạn", width=12),
        Field("hien_nay", "Số ca hiện nay", "scenario.xlsx: today; site_services", "number", width=12, total=True),
        Field("phuong_an", "Số ca theo phương án", "tables/assignments.csv", "number", width=12, total=True),
        Field("thay_doi", "Thay đổi", "tables/assignments.csv; scenario.xlsx", "number", width=12, total=True),
        Field("chuyen_len", "Ca bệnh viện chuyển lên", "tables/transfers.csv", "number", width=12, total=True),
        Field("thuc_te", "Số ca thực tế", fills=DEPARTMENT_FILLS, width=12),
        Field("from_id", "Mã tỉnh cư trú", kind="id"),
        Field("to_id", "Mã tỉnh điều trị", kind="id"),
        *OF_SPECIALTY,
        Field("period_id", "Mã giai đoạn", kind="id"),
    ),
    _rows,
    frozen=2,
    on_screen=True,
)
