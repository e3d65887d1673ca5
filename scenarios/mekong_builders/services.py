"""What exists today and where a service may open.

No bed or case numbers by hospital are in the data. Today's capacity is therefore inferred backwards: of each specialty
an assumed share of the provinces' cases is treated in the provinces, spread over the hospitals that seem to do it by
weight; the city's end-line hospitals hold the rest, so that today's flows to the city come out near those reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from mekong_builders.evidence import assumption, row
from mekong_builders.hospitals import (
    BIRTH,
    BY_ID,
    CANCER,
    CHILD,
    HEART,
    HOSPITALS,
    NEURO,
    SOC_TRANG,
    STROKE,
    SURGERY,
    URO,
    Hospital,
)
from mekong_builders.pack import CITY, Pack, texts
from redesaude.drafting.evidence import Figure, ruled
from redesaude.drafting.specialties import OCCUPANCY, SIZES, Specialty

#: share of the provinces' cases treated in the provinces today, with its range
TREATED_AT_HOME: Mapping[str, Figure] = {
    HEART: assumption("services.treated_at_home.heart"),
    SURGERY: assumption("services.treated_at_home.surgery"),
    STROKE: assumption("services.treated_at_home.stroke"),
    CANCER: assumption("services.treated_at_home.cancer"),
    BIRTH: assumption("services.treated_at_home.birth"),
    CHILD: assumption("services.treated_at_home.child"),
    NEURO: assumption("services.treated_at_home.neuro"),
    URO: assumption("services.treated_at_home.uro"),
}  # fmt: skip

#: how full the city's end-line hospitals run today, against their nominal capacity; the plan may use the occupancy
TODAY_LOAD = assumption("services.today_load")  # fmt: skip


def _told(where: str) -> dict[str, dict[str, float]]:
    """Relative sizes of hospitals that do a specialty today, by specialty: of a few in the provinces, of the city."""
    found: dict[str, dict[str, float]] = {}
    for told in texts("weights"):
        if told["where"] == where:
            found.setdefault(told["specialty_id"], {})[told["site_id"]] = float(told["weight"])
    return found


_RARE, _CITY, _STROKE_LEADERS = _told("province"), _told("city"), _told("leader")[STROKE]
_STROKE_BY_ROLE = {"hub": 3.0, "city": 1.0, "private": 0.7, "provincial": 1.0, "regional": 0.4, "special": 0.3}
#: provinces whose hospitals do more, or less, for their people than the others
_STRENGTH = {told["province_code"]: float(told["strength"]) for told in texts("strengths")}
#: what an inter-district hospital of a province may open
_REGIONAL = (BIRTH, NEURO, URO)
_CONTRACTS = {"hub": "tu_chu", "city": "tu_chu", "private": "mua_dich_vu"}

_COLUMNS = ("site_id", "specialty_id", "size_id", "status", "capacity", "min_cases", "capex", "fixed_cost",
            "closing_cost", "contract_id")  # fmt: skip
REQUIRES = pd.DataFrame([(SURGERY, HEART)], columns=["specialty_id", "required_specialty_id"])


def site_services(pack: Pack, specialties: Sequence[Specialty]) -> pd.DataFrame:
    """Return the ``site_services`` sheet: what exists, and every pair at which a specialty may open."""
    entries: list[dict[str, object]] = []
    for specialty in specialties:
        today = capacities(pack, specialty)
        for site, capacity in today.items():
            entries += _existing(BY_ID[site], specialty, capacity)
        entries += [
            {"site_id": h.id, "specialty_id": specialty.id, "status": "allowed"}
            for h in HOSPITALS
            if h.id not in today and specialty.id in _may_open(h)
        ]
    # sizes that the variants of Sóc Trăng require or forbid
    entries += [{"site_id": SOC_TRANG, "specialty_id": HEART, "size_id": n, "status": "allowed"} for n in ("M", "L")]
    return pd.DataFrame(entries, columns=list(_COLUMNS))


def capacities(pack: Pack, specialty: Specialty) -> dict[str, float]:
    """Return today's nominal capacity by site, cases/year.

    At planning occupancy the provinces hold just what they treat today; the end-line hospitals of the city run at
    ``TODAY_LOAD``, so that the plan must find room elsewhere for what exceeds the occupancy.
    """
    people = pack.population
    rate = specialty.cases_per_100k.value / 1e5
    outside = people.drop(CITY).sum() * rate
    home = TREATED_AT_HOME[specialty.id].value
    weights = _weights(pack, specialty.id)
    inside = {site: w for site, w in weights.items() if site.startswith(CITY)}
    provinces = {site: w for site, w in weights.items() if site not in inside}
    load = OCCUPANCY if specialty.id == STROKE else TODAY_LOAD.value
    city = people[CITY] * rate + (1.0 - home) * outside
    held = _spread(provinces, home * outside / OCCUPANCY) | _spread(inside, city / load)
    return {site: float(-(-capacity // 10) * 10) for site, capacity in held.items()}


def share_from_provinces(pack: Pack, specialty: Specialty) -> float:
    """Return the share of the cases treated in the city today that come from the provinces."""
    people = pack.population
    away = (1.0 - TREATED_AT_HOME[specialty.id].value) * people.drop(CITY).sum()
    return float(away / (people[CITY] + away))


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of ``site_services`` and ``requires``."""
    why = (
        "Phần ca bệnh của 18 tỉnh nay được điều trị tại tỉnh, chia cho các bệnh viện theo trọng số; phần còn lại cộng "
        "ca của thành phố là tải tuyến cuối"
    )
    return [
        *(row("site_services", f"*|{name}|*", "capacity", share.noted(f"{share.note}. {why}"))
          for name, share in TREATED_AT_HOME.items()),
        row("site_services", "79-*", "capacity", TODAY_LOAD.noted(f"{TODAY_LOAD.note}. Công suất tuyến cuối = tải hôm "
            "nay chia mức này (trừ đột quỵ); biến thể hom_nay trả lại tải hôm nay")),
        row("site_services", "*", "status", ruled(0, "Dịch vụ công đang có được giữ (required): chương trình phát "
            "triển chứ không đóng cửa. Bệnh viện tỉnh được mở mọi chuyên khoa; TP.HCM không mở thêm.")),
        *(row("site_services", f"{told['site_id']}|{told['specialty_id']}|*", "status",
              Figure(1, told["source"], told["year"], told["grade"], told["note"])) for told in texts("reported")),
        row("site_services", "*", "fixed_cost", ruled(0, "Chi phí và tài sản của cỡ gần nhất, theo tỉ lệ công suất.")),
        row("site_services", "*", "min_cases", ruled(0, "Mức tối thiểu của cỡ nhỏ, không quá nửa công suất.")),
        row("site_services", "*", "closing_cost", ruled(0, "Một năm chi phí cố định.")),
        row("requires", "*", "*", ruled(0, "Mổ tim hở cần tim mạch can thiệp cùng bệnh viện.")),
    ]  # fmt: skip


def _weights(pack: Pack, specialty: str) -> dict[str, float]:
    """Relative size of the hospitals that treat the specialty today, by site."""
    if specialty == STROKE:
        return _by_province(pack, {h.id: _stroke_weight(h) for h in HOSPITALS if h.stroke})
    rare = _RARE.get(specialty)
    general = {h.id: 1.0 for h in HOSPITALS if h.role == "provincial" or (h.role == "special" and specialty in h.only)}
    return dict(_CITY[specialty]) | (dict(rare) if rare else _by_province(pack, general))


def _stroke_weight(hospital: Hospital) -> float:
    return _STROKE_LEADERS.get(hospital.id, _STROKE_BY_ROLE[hospital.role])


def _by_province(pack: Pack, weights: Mapping[str, float]) -> dict[str, float]:
    """Scale weights so that those of a province add up to its people, times its strength."""
    shares = pd.Series(weights)
    code = shares.index.str[:2]
    people = pd.Series(code.map(pack.population), shares.index) * [_STRENGTH.get(c, 1.0) for c in code]
    return dict(shares / shares.groupby(code).transform("sum") * people)


def _spread(weights: Mapping[str, float], total: float) -> dict[str, float]:
    whole = sum(weights.values())
    return {site: total * weight / whole for site, weight in weights.items()}


#: specialties that belong to a special hospital of the province, not to its general ones
_SPECIAL = {(h.id[:2], s) for h in HOSPITALS if h.role == "special" for s in h.only}


def _may_open(hospital: Hospital) -> tuple[str, ...]:
    """Return the specialties that a hospital may open beside what it has; the city's end-line hospitals none."""
    if hospital.role == "special":
        return hospital.only
    if hospital.role == "provincial":
        return tuple(s for s in TREATED_AT_HOME if (hospital.id[:2], s) not in _SPECIAL)
    if hospital.role == "regional" and "Quân" not in hospital.name:
        return (*_REGIONAL, HEART) if hospital.id == "77-VUNGTAU" else _REGIONAL
    return ()


def _existing(hospital: Hospital, specialty: Specialty, capacity: float) -> list[dict[str, object]]:
    """What exists, costs and assets of the nearest size in proportion; public ones stay, the city does not grow."""
    size = max((n for n in range(len(SIZES)) if specialty.capacity(specialty.modules[n]) <= capacity), default=0)
    modules = specialty.modules[size]
    part = capacity / specialty.capacity(modules)
    fixed_cost = round(specialty.fixed_cost(modules) * part, -6)
    place = {"site_id": hospital.id, "specialty_id": specialty.id}
    today = place | {
        "size_id": SIZES[size],
        "status": "existing",
        "capacity": capacity,
        "min_cases": min(specialty.min_cases, capacity // 2),
        "capex": round(specialty.capex(modules) * part, -6),
        "fixed_cost": fixed_cost,
        "closing_cost": fixed_cost,
        "contract_id": "truc_tiep" if "Quân" in hospital.name else _CONTRACTS.get(hospital.role, "truc_tiep"),
    }
    if hospital.kind == "private":
        return [today]
    fixed = [n for n in SIZES if n != SIZES[size]] if hospital.id.startswith(CITY) else []
    return [today, place | {"status": "required"}, *(place | {"size_id": n, "status": "forbidden"} for n in fixed)]
