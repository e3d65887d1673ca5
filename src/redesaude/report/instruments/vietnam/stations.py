"""The emergency network 115: its stations by zone, with the radius and the minutes in which they reach people."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.assemble.emergency import station_minutes
from redesaude.inputs.scenario import positions
from redesaude.language import N_
from redesaude.report.instruments.facts import Facts
from redesaude.report.instruments.instrument import CENTRE_FILLS, Field, Instrument
from redesaude.travel.distances import great_circle_km

_STATUS = {"new": "mới", "existing": "hiện có"}


def _rows(facts: Facts) -> pd.DataFrame:
    """Each open station, with the farthest territory that it reaches within the standard."""
    rows = facts.view.plan.stations
    minutes, km = _farthest(facts, rows["station_id"])
    region = [facts.names.region_of_territory.get(home, "") for home in rows["territory_id"]]
    return rows.assign(
        region_id=region,
        vung=[facts.macroregions.get(code, "") for code in region],
        tinh=facts.label("regions", region),
        dia_ban=facts.label("territories", rows["territory_id"]),
        tram=facts.label("stations", rows["station_id"]),
        giai_doan=facts.label("periods", rows["period_id"]),
        loai=[_STATUS.get(status, status) for status in rows["status"]],
        tieu_chuan=facts.scenario.settings.emergency_minutes,
        phut=minutes,
        ban_kinh=km,
        xe_dan=rows["ambulances"] / rows["people_within"].where(rows["people_within"] > 0) * 100_000,
    ).sort_values(["vung", "tinh", "dia_ban", "tram", "period_id"], ignore_index=True)


def _farthest(facts: Facts, stations: pd.Series) -> tuple[list[float], list[float]]:
    """Minutes and straight kilometres to the farthest territory within the standard (NaN: none is)."""
    scenario = facts.scenario
    if stations.empty:
        return [], []
    every = station_minutes(scenario)
    found, towns = scenario.stations.iloc[positions(scenario.stations["station_id"], stations)], scenario.territories
    far = every[:, found.index.to_numpy()]
    near = far <= scenario.settings.emergency_minutes + 1e-9
    km = great_circle_km(
        towns["latitude"].to_numpy()[:, None],
        towns["longitude"].to_numpy()[:, None],
        found["latitude"].to_numpy(),
        found["longitude"].to_numpy(),
    )
    most = [np.where(near, values, -np.inf).max(axis=0) for values in (far, km)]
    minutes, distance = (np.where(near.any(axis=0), values, np.nan).tolist() for values in most)
    return minutes, distance


STATIONS = Instrument(
    "tram_115",
    "Mạng lưới cấp cứu ngoài bệnh viện 115: trạm theo khu vực",
    N_(
        "The stations that are open in each period. Minutes and radius (straight, from the station to the seat) are to "
        "the farthest territory that it reaches within the standard; people within, of all such territories."
    ),
    (
        Field("vung", "Khu vực", width=22),
        Field("tinh", "Tỉnh, thành phố", width=20),
        Field("dia_ban", "Địa bàn", width=22),
        Field("tram", "Trạm", width=34),
        Field("giai_doan", "Giai đoạn", width=12),
        Field("loai", "Loại", width=10),
        Field("tieu_chuan", "Tiêu chuẩn (phút)", "scenario.xlsx: settings", "number", width=10),
        Field("phut", "Thời gian tiếp cận (phút)", "scenario.xlsx: stations", "decimal", CENTRE_FILLS, 11),
        Field("ban_kinh", "Bán kính (km)", "scenario.xlsx: stations", "decimal", CENTRE_FILLS, 11),
        Field("ambulances", "Số xe cấp cứu", "tables/stations.csv", "number", width=10, total=True),
        Field("people_within", "Dân số trong tiêu chuẩn", "tables/stations.csv", "number", width=13),
        Field("xe_dan", "Xe cấp cứu trên 100.000 dân trong tiêu chuẩn", "tables/stations.csv", "decimal", width=12),
        Field("thuc_te", "Thời gian thực tế (phút)", fills=CENTRE_FILLS, width=11),
        Field("station_id", "Mã trạm", kind="id"),
        Field("territory_id", "Mã địa bàn", kind="id"),
        Field("region_id", "Mã tỉnh", kind="id"),
        Field("period_id", "Mã giai đoạn", kind="id"),
    ),
    _rows,
    frozen=2,
    on_screen=True,
)
