"""Staff by role and area: the sheets ``workforce`` and ``staffing``, from services of today and doctors by area.

Nobody publishes who works in which service. Those who run today's services are counted by the same staffing as the new
ones need; of the other specialists a free part may join. Newcomers, trained or recruited, come each year as a share of
all specialists of the role; they are counted up to the middle of each period, as demand is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from redesaude.drafting.evidence import Figure, Tongue
from redesaude.drafting.phases import Phase, years_before
from redesaude.drafting.specialties import OCCUPANCY, SCALE_EXPONENT, SIZES, Specialty

ALL = "all"


@dataclass(frozen=True)
class Market:
    """What a kind of staff costs beyond the pay of the services, and how fast it grows.

    ``free``: part of today's specialists beyond those of today's services that may join; ``pace``: those who may be
    trained, and as many who may be recruited, each year as a share of all; costs are currency/person, the last two
    each year; ``shortage`` is the price of one missing (a stand-in).
    """

    free: Figure
    pace: Figure
    training: Figure
    recruitment: Figure
    shortage: Figure


@dataclass(frozen=True)
class Role:
    """A role: specialists in the whole area, FTE for each module of a service, cases for one more FTE.

    ``fixed`` says the FTE of one size instead, by (specialty, size). ``everywhere``: they may work anywhere, too few
    to be told apart by area.
    """

    id: str
    name: str
    number: Figure
    market: Market
    per_module: Mapping[str, Figure] = field(default_factory=dict)
    caseload: Mapping[str, Figure] = field(default_factory=dict)
    fixed: Mapping[tuple[str, str], Figure] = field(default_factory=dict)
    everywhere: bool = False


@dataclass(frozen=True)
class Areas:
    """Where staff may work: people and doctors by area, and the area of each site."""

    people: pd.Series
    doctors: pd.Series
    of_site: Mapping[str, str]

    def of(self, role: Role) -> list[str]:
        """Return the areas in which a role is counted."""
        return [ALL] if role.everywhere else [str(area) for area in self.people.index]

    def share(self, counted: pd.Series, area: str) -> float:
        """Return the part of ``people`` or ``doctors`` that is in an area."""
        return 1.0 if area == ALL else float(counted[area] / counted.sum())


def staffing_sheet(roles: Sequence[Role], specialties: Sequence[Specialty]) -> pd.DataFrame:
    """Return the ``staffing`` sheet: FTE by size grow with modules as costs do, for rotas are shared."""
    rows: list[dict[str, object]] = []
    for role in roles:
        for specialty in specialties:
            cases = role.caseload.get(specialty.id)
            rows += [
                {"specialty_id": specialty.id, "size_id": size, "role_id": role.id, "fte": fte}
                for size in SIZES
                if (fte := fte_of(role, specialty, size)) > 0
            ]
            if cases is not None:
                rows.append({"specialty_id": specialty.id, "role_id": role.id, "cases_per_fte": cases.value})
    return pd.DataFrame(rows, columns=["specialty_id", "size_id", "role_id", "fte", "cases_per_fte"])


def fte_of(role: Role, specialty: Specialty, size: str) -> float:
    """Return the FTE of a role that an open service of a size needs, whatever its cases."""
    if stated := role.fixed.get((specialty.id, size)):
        return stated.value
    if specialty.id not in role.per_module:
        return 0.0
    modules = specialty.modules[SIZES.index(size)]
    return round(role.per_module[specialty.id].value * modules**SCALE_EXPONENT, 1)


def workforce_sheet(
    roles: Sequence[Role],
    specialties: Sequence[Specialty],
    services: pd.DataFrame,
    areas: Areas,
    phases: Sequence[Phase],
) -> pd.DataFrame:
    """Return the ``workforce`` sheet; ``services`` is the sheet ``site_services``."""
    by_id = {s.id: s for s in specialties}
    today = services[services["status"] == "existing"]
    years = years_before(phases)
    rows = []
    for role in roles:
        needed = today_of(role, by_id, today, areas)
        for area in areas.of(role):
            here = role.number.value * areas.share(areas.doctors, area)
            away = role.number.value * areas.share(areas.people, area)
            common = {
                "role_id": role.id,
                "name": role.name,
                "region_id": area,
                "stock": round(needed.get(area, 0.0) + role.market.free.value * here, 1),
                "training_cost": role.market.training.value,
                "recruitment_cost": role.market.recruitment.value,
                "hard": False,
                "price": role.market.shortage.value,
            }
            rows += [
                common
                | {
                    "period_id": phase.id if len(phases) > 1 else None,
                    "training_max": round(role.market.pace.value * here * elapsed, 1),
                    "recruitment_max": round(role.market.pace.value * away * elapsed, 1),
                }
                for phase, elapsed in zip(phases, years, strict=True)
            ]
    return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = ["role_id", "name", "region_id", "period_id", "stock", "training_max", "training_cost", "recruitment_max",
            "recruitment_cost", "hard", "price"]  # fmt: skip


def today_of(role: Role, specialties: Mapping[str, Specialty], today: pd.DataFrame, areas: Areas) -> dict[str, float]:
    """Return the FTE that the services of today need, by area, at the planning occupancy."""
    found: dict[str, float] = {}
    for site, name, size, capacity in today[["site_id", "specialty_id", "size_id", "capacity"]].itertuples(index=False):
        cases = role.caseload.get(name)
        fte = fte_of(role, specialties[name], size) + (capacity * OCCUPANCY / cases.value if cases else 0.0)
        area = ALL if role.everywhere else areas.of_site[site]
        found[area] = found.get(area, 0.0) + fte
    return found


def evidence(roles: Sequence[Role], tongue: Tongue, rules: Mapping[str, Figure]) -> list[dict[str, str]]:
    """Return the ``sources`` rows of both sheets; ``rules`` are those of whole columns, by ``sheet.column``."""
    found = [tongue.row(*name.split("."), figure) for name, figure in _whole_columns(rules).items()]
    for role in roles:
        found.append(tongue.row("workforce", f"{role.id}|*", "stock", role.number))
        market = role.market
        columns = {"training_max": market.pace, "training_cost": market.training,
                   "recruitment_cost": market.recruitment, "price": market.shortage}  # fmt: skip
        found += tongue.rows("workforce", f"{role.id}|*", columns)
        found += [tongue.row("staffing", f"{s}|*|{role.id}", "fte", figure) for s, figure in role.per_module.items()]
        found += [tongue.row("staffing", f"{s}|{n}|{role.id}", "fte", f) for (s, n), f in role.fixed.items()]
        found += [tongue.row("staffing", f"{s}||{role.id}", "cases_per_fte", f) for s, f in role.caseload.items()]
    return found


def _whole_columns(rules: Mapping[str, Figure]) -> dict[str, Figure]:
    return {name.replace(".", ".*.", 1): figure for name, figure in rules.items()}
