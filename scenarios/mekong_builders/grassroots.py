"""Below the provincial hospital: district units that stabilise and send on, and satellite clinics of a cancer hospital.

Both are a size of their specialty, the smallest, that only places with a licence of grade 1 may open: an emergency
department of a district health centre treats what need not go further and sends the rest up; a satellite clinic gives
chemotherapy by a team that its hub sends, as long as it runs. All of it waits for the variant :data:`VARIANT`: until
then the size asks for a grade that nobody holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from mekong_builders.evidence import assumption, row
from mekong_builders.hospitals import BIRTH, CANCER, HOSPITALS, NEURO, STROKE
from mekong_builders.pack import CITY, Pack
from redesaude.drafting.evidence import Figure, assumed, ruled

VARIANT = (
    "den_co_so",
    "Đến cơ sở: đơn vị cấp cứu tuyến huyện ổn định rồi chuyển, phòng khám vệ tinh của bệnh viện hạt nhân",
)
#: the size of a district unit or satellite clinic
SIZE = "D"
#: the grade that its places hold, and the one that it needs until the variant, which nobody holds
GRADE, WAITING = 1, 2


class Unit(NamedTuple):
    """What the smallest size is of the size S of its specialty, and the severities that it treats itself."""

    part: Figure
    treats: Figure
    mature: Figure
    years: float | None


_STABILISE = "Khoa cấp cứu trung tâm y tế huyện: ổn định rồi chuyển lên"
_UNITS: Mapping[str, Unit] = {
    STROKE: Unit(assumed(0.4, 0.25, 0.6, f"{_STABILISE}; phần của cỡ S"),
                 assumed(0.5, 0.3, 0.65, f"{_STABILISE}; tiêu sợi huyết qua hội chẩn từ xa"),
                 assumption("grassroots.units.stroke"), 2.0),
    BIRTH: Unit(assumed(0.4, 0.25, 0.6, f"{_STABILISE}; phần của cỡ S"),
                assumed(0.6, 0.4, 0.75, f"{_STABILISE}; mổ lấy thai cấp cứu"),
                assumption("grassroots.units.birth"), 2.0),
    NEURO: Unit(assumed(0.4, 0.25, 0.6, f"{_STABILISE}; phần của cỡ S"),
                assumed(0.3, 0.15, 0.45, f"{_STABILISE}; chấn thương không cần mổ sọ"),
                assumption("grassroots.units.neuro"), 3.0),
    CANCER: Unit(assumption("grassroots.units.cancer.part"),
                 assumption("grassroots.units.cancer.treats"),
                 assumption("grassroots.units.cancer.later"), None),
}  # fmt: skip
#: norms of their own: (specialty, minutes, share of the cases of each province to the first place)
_NORMS = ((STROKE, 45, 0.5), (BIRTH, 45, 0.5))
_MAX_WAY = 120.0
_HUB = assumption("grassroots.hub")
_SATELLITE = assumption("grassroots.satellite")


def units(pack: Pack) -> pd.DataFrame:
    """Return the district of most people of each province that has no hospital yet: ``site_id``, ``name``, ``unit``."""
    taken = {h.unit or str(pack.stroke_facilities.loc[h.stroke, "study_unit_id"]) for h in HOSPITALS}
    free = pack.districts[~pack.districts.index.isin(taken) & (pack.districts["province_code"] != CITY)]
    chosen = free.sort_values("pop_2019", ascending=False).groupby("province_code").head(1).sort_index()
    sites = chosen["province_code"] + "-TTYT"
    names = "Trung tâm Y tế " + chosen["unit_name"]
    return pd.DataFrame({"site_id": sites, "name": names, "unit": chosen.index}).reset_index(drop=True)


def with_grassroots(tables: Mapping[str, pd.DataFrame], pack: Pack) -> dict[str, pd.DataFrame]:
    """Return the sheets with the units, their size, licences, services, support, norms and variant; they all wait."""
    found, places = dict(tables), units(pack)
    added = {
        "sites": _sites(places),
        "sizes": _sizes(tables["sizes"]),
        "licences": pd.DataFrame(_licences(places)),
        "site_services": pd.DataFrame(_services(places)),
        "support": pd.DataFrame(_support(places)),
        "access_targets": pd.DataFrame(_norms(tables["specialties"])),
        "variants": pd.DataFrame(_changes(), columns=tables["variants"].columns),
    }
    for name, rows in added.items():
        known = [tables[name]] if name in tables else []
        found[name] = pd.concat([*known, rows], ignore_index=True)
    sizes = found["sizes"]
    order = sizes["specialty_id"].map({s: n for n, s in enumerate(tables["specialties"]["specialty_id"])})
    found["sizes"] = sizes.assign(order=order, small=sizes["size_id"] != SIZE).sort_values(
        ["order", "small"], kind="stable", ignore_index=True)[list(sizes.columns)]  # fmt: skip
    return found


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of this page."""
    waits = ruled(0, "Cấp dưới bệnh viện tỉnh, chờ biến thể den_co_so: huyện đông dân nhất chưa có bệnh viện của mỗi "
                  "tỉnh; tên trung tâm y tế theo tên huyện, cần Sở Y tế xác nhận.")  # fmt: skip
    return [
        *(row("sizes", f"{s}|{SIZE}", "capacity", unit.part) for s, unit in _UNITS.items()),
        *(row("sizes", f"{s}|{SIZE}", "treats_share", unit.treats) for s, unit in _UNITS.items()),
        *(row("sizes", f"{s}|{SIZE}", "treats_share_mature", unit.mature) for s, unit in _UNITS.items()),
        *(row("sites", f"{place}", "*", waits) for place in ("*-TTYT",)),
        row("licences", "*", "grade", ruled(1, "Chỉ các đơn vị này được mở cỡ D.")),
        row("support", "*", "max_minutes", assumed(_MAX_WAY, 60, 180, "Đường xa nhất của ê kíp luân phiên.")),
        row("support", "*|*-TTYT", "hub_cost", _HUB),
        row("support", "*|*-TTYT", "satellite_cost", _SATELLITE),
    ]


def _sites(places: pd.DataFrame) -> pd.DataFrame:
    return places.rename(columns={"unit": "territory_id"}).assign(
        kind="public", owner="province", contracts_allowed="truc_tiep"
    )


def _sizes(sizes: pd.DataFrame) -> pd.DataFrame:
    """The smallest size of each specialty as a part of S: all that is counted by room in proportion."""
    small = sizes[(sizes["size_id"] == "S") & sizes["specialty_id"].isin(_UNITS)].set_index("specialty_id")
    part = pd.Series({s: unit.part.value for s, unit in _UNITS.items()}).reindex(small.index)
    scaled = {
        c: (small[c] * part).round(places)
        for c, places in (("capacity", 0), ("min_cases", 0), ("capex", -6), ("fixed_cost", -6))
    }
    levels = {
        "treats_share": [_UNITS[s].treats.value for s in small.index],
        "treats_share_mature": [_UNITS[s].mature.value for s in small.index],
    }
    return small.assign(size_id=SIZE, least_grade=WAITING, needs_support=True, **scaled, **levels).reset_index()[
        [*sizes.columns, *({"least_grade"} - {*sizes.columns})]
    ]


def _licences(places: pd.DataFrame) -> list[dict[str, object]]:
    common = {"grade": GRADE, "name": "Cấp cứu ban đầu và phòng khám vệ tinh", "source": "Giả định của kịch bản"}
    return [common | {"site_id": site, "specialty_id": s} for site in places["site_id"] for s in _UNITS]


def _services(places: pd.DataFrame) -> list[dict[str, object]]:
    """Each unit may have the smallest size of each specialty, no other."""
    rows = [(site, s, size) for site in places["site_id"] for s in _UNITS for size in ("", "S", "M", "L")]
    return [
        {"site_id": site, "specialty_id": s, "size_id": size, "status": "forbidden" if size else "allowed"}
        for site, s, size in rows
    ]


def _support(places: pd.DataFrame) -> list[dict[str, object]]:
    """Any hospital of a size that supports others may stand by a unit within reach."""
    common = {"status": "allowed", "hub_cost": _HUB.value, "satellite_cost": _SATELLITE.value, "max_minutes": _MAX_WAY}
    return [
        common | {"specialty_id": s, "satellite_site_id": site, "support_years": unit.years}
        for s, unit in _UNITS.items()
        for site in places["site_id"]
    ]


def _norms(specialties: pd.DataFrame) -> list[dict[str, object]]:
    price = specialties.set_index("specialty_id")["access_price"]
    return [
        {"specialty_id": s, "region_id": "each", "minutes": minutes, "share": share, "hard": False, "price": price[s],
         "active": False}
        for s, minutes, share in _NORMS
    ]  # fmt: skip


def _changes() -> list[tuple[str, ...]]:
    return [
        (*VARIANT, "sizes", f"*|{SIZE}", "least_grade", "set", str(GRADE)),
        *((*VARIANT, "access_targets", f"{s}|each||{minutes}|", "active", "set", "yes") for s, minutes, _ in _NORMS),
    ]
