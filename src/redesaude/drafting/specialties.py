"""What a specialty is in the scenario, and the sheets ``specialties``, ``sizes`` and ``demand`` made of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from redesaude.drafting.evidence import PORTUGUESE, Figure, Tongue, ruled, sentences
from redesaude.drafting.travel_cost import TravelCost

OCCUPANCY = 0.85
#: cost of a service of n modules grows with n to this power: shared rota, shared rooms
SCALE_EXPONENT = 0.85
SIZES = ("S", "M", "L")
DALY_VALUE = 40_000.0


@dataclass(frozen=True)
class Module:
    """The unit in which a service grows: nominal cases/year, works and equipment, fixed running cost/year, beds."""

    cases: Figure
    capex: Figure
    fixed_cost: Figure
    beds: float


@dataclass(frozen=True)
class Need:
    """Cases counted from people of some ages rather than from the whole population: cases = people x rate."""

    ages: tuple[str, ...]
    rate: Figure


@dataclass(frozen=True)
class Specialty:
    """One specialty. ``modules`` are by size (S, M, L), ``min_cases`` is that of the small one; minutes are one way.

    ``treated_elsewhere`` is the share of those who would wait for a new service whom others treat meanwhile;
    ``late_share`` is the part of the health gain left when a case is treated beyond the standard; ``deaths_averted`` is
    by 1,000 cases within it (None: no evidence); ``training`` is for how many months its team trains before it opens;
    ``min_price`` makes the minimum volume elastic (None: hard). The class holds what is the country's own: the value of
    a healthy year, the yearly recovery of capital over 20 years at its discount rate, and the least access price.
    """

    daly_value: ClassVar[float] = DALY_VALUE
    recovery: ClassVar[float] = 0.1057
    least_price: ClassVar[float] = 500.0

    id: str
    name: str
    case_unit: str
    assignment: str
    cases_per_100k: Figure
    access_minutes: Figure
    access_share: Figure
    ceiling_minutes: Figure
    trips_per_case: Figure
    case_cost: Figure
    module: Module
    modules: tuple[float, float, float]
    min_cases: int
    min_evidence: Figure
    gain: Figure
    late_share: float
    treated_elsewhere: Figure | None = None
    deaths_averted: Figure | None = None
    training: Figure | None = None
    lifecycle_share: float = 0.03
    build_months: tuple[int, int, int] = (12, 18, 24)
    min_price: float | None = None
    need: Need | None = None

    def capacity(self, modules: float) -> int:
        """Return the nominal capacity of ``modules`` modules, cases/year."""
        return round(self.module.cases.value * modules)

    def least(self, size: int) -> int:
        """Return the minimum volume of a size; a larger one opens only for what the smaller cannot take."""
        return self.min_cases if size == 0 else int(self.capacity(self.modules[size - 1]) * OCCUPANCY)

    def capex(self, modules: float) -> float:
        """Return works and equipment of ``modules`` modules inside an existing hospital."""
        return float(round(self.module.capex.value * modules**SCALE_EXPONENT, -4))

    def fixed_cost(self, modules: float) -> float:
        """Return the yearly fixed cost of ``modules`` modules."""
        return float(round(self.module.fixed_cost.value * modules**SCALE_EXPONENT, -4))

    def full_cost(self) -> float:
        """Return the cost of a case in a medium service, capital included, at the planning occupancy."""
        modules = self.modules[1]
        yearly = self.fixed_cost(modules) + self.capex(modules) * (self.recovery + self.lifecycle_share)
        return self.case_cost.value + yearly / (self.capacity(modules) * OCCUPANCY)

    def late_loss(self) -> float:
        """Return the money value of what a case loses when it is treated beyond the standard."""
        return self.gain.value * (1.0 - self.late_share) * self.daly_value

    def unmet_cost(self, travel: TravelCost) -> float:
        """Return the price of a case sent away; dearer than treating it at the ceiling of the network."""
        journey = travel.of_case(self.ceiling_minutes.value, self.trips_per_case.value)
        return round(2.0 * self.full_cost() + 1.25 * journey + self.late_loss(), -2)

    def access_price(self) -> float:
        """Return the price of a case short of the access promise: what it loses by coming late."""
        return max(round(self.late_loss(), -2), self.least_price)


def specialties_sheet(specialties: Sequence[Specialty], travel: TravelCost) -> pd.DataFrame:
    """Return the ``specialties`` sheet."""
    return pd.DataFrame([_specialty_row(s, travel) for s in specialties])


def sizes_sheet(specialties: Sequence[Specialty]) -> pd.DataFrame:
    """Return the ``sizes`` sheet."""
    return pd.DataFrame([_size_row(s, n) for s in specialties for n in range(len(SIZES))])


def demand_sheet(specialties: Sequence[Specialty], people: pd.DataFrame) -> pd.DataFrame:
    """Return the ``demand`` sheet of the specialties counted from ages; ``people`` has a column for each age band."""
    frames = [
        pd.DataFrame(
            {
                "territory_id": people.index,
                "specialty_id": s.id,
                "period_id": None,
                "cases": (people[list(s.need.ages)].sum(axis=1) * s.need.rate.value).round(2).to_numpy(),
            }
        )
        for s in specialties
        if s.need
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


@dataclass(frozen=True)
class Told:
    """How the evidence of specialties is told: language, what is left of the gain when late (``{late}``), own rules.

    ``rules`` are the rows of whole columns: (sheet, column, what holds).
    """

    tongue: Tongue
    late: str
    rules: tuple[tuple[str, str, str], ...]


def evidence(specialties: Iterable[Specialty], told: Told | None = None) -> list[dict[str, str]]:
    """Return the ``sources`` rows of the three sheets: every number of every specialty."""
    told = told or _PORTUGUESE
    found = [told.tongue.row(sheet, "*", column, ruled(0, why)) for sheet, column, why in told.rules]
    for s in specialties:
        gain = s.gain.noted(sentences(s.gain.note, told.late.format(late=f"{s.late_share:.0%}")))
        found += told.tongue.rows(
            "specialties",
            s.id,
            {
                "cases_per_100k": s.cases_per_100k,
                "access_minutes": s.access_minutes,
                "access_share": s.access_share,
                "ceiling_minutes": s.ceiling_minutes,
                "trips_per_case": s.trips_per_case,
                "dalys_in_time": gain,
            }
            | ({"treated_elsewhere_share": s.treated_elsewhere} if s.treated_elsewhere else {})
            | ({"deaths_averted": s.deaths_averted} if s.deaths_averted else {}),
        )
        found += told.tongue.rows(
            "sizes",
            s.id,
            {
                "capacity": s.module.cases,
                "min_cases": s.min_evidence,
                "capex": s.module.capex,
                "fixed_cost": s.module.fixed_cost,
                "cost_per_case": s.case_cost,
            }
            | ({"training_months": s.training} if s.training else {}),
        )
        if s.need:
            found.append(told.tongue.row("demand", s.id, "cases", s.need.rate))
    return found


_PORTUGUESE = Told(PORTUGUESE, "Em atraso, {late} do ganho (premissa).", (
    ("specialties", "unmet_cost", ("Duas vezes o custo completo de um caso em serviço médio, mais 1,25 vez a viagem no "
     "limite de tempo, mais a perda de saúde do atraso: caso enviado para fora custa sempre mais que tratado na "
     "rede.")),
    ("specialties", "access_price", ("Perda de saúde do atraso x R$ 40.000 por ano de vida saudável (faixa 20.000 a "
     "120.000; premissa), no mínimo R$ 500.")),
    ("specialties", "dalys_late", ("Parte do ganho que resta quando o caso chega depois do padrão; premissa por "
     "especialidade.")),
    ("sizes", "capex", ("Obras e equipamentos dentro de hospital existente; n módulos custam n^0,85 vezes um módulo "
     "(faixa do expoente 0,75 a 1).")),
    ("sizes", "lifecycle_share", "3% ao ano, 5% onde o equipamento pesa mais (faixa 2% a 6%)."),
    ("sizes", "build_months", "Prazo planejado de obra e instalação; o atraso está no contrato."),
    ("sizes", "min_cases", ("Tamanho S: volume de segurança de cada especialidade. M e L: o volume que o tamanho menor "
     "não comporta.")),
    ("sizes", "min_cases_price", ("Preço de cada caso abaixo do volume mínimo onde a literatura não sustenta um corte "
     "rígido (perto do custo fixo ocioso); nas demais o mínimo é rígido.")),
))  # fmt: skip


def _specialty_row(s: Specialty, travel: TravelCost) -> dict[str, object]:
    return {
        "specialty_id": s.id,
        "name": s.name,
        "cases_per_100k": round(s.cases_per_100k.value, 2),
        "case_unit": s.case_unit,
        "assignment": s.assignment,
        "access_minutes": s.access_minutes.value,
        "access_share": s.access_share.value,
        "access_hard": False,
        "access_price": s.access_price(),
        "ceiling_minutes": s.ceiling_minutes.value,
        "trips_per_case": s.trips_per_case.value,
        "unmet_cost": s.unmet_cost(travel),
        "treated_elsewhere_share": s.treated_elsewhere.value if s.treated_elsewhere else None,
        "dalys_in_time": round(s.gain.value, 4),
        "dalys_late": round(s.gain.value * s.late_share, 4),
        "deaths_averted": round(s.deaths_averted.value, 1) if s.deaths_averted else None,
        "single_source": False,
        "sites_allowed": "listed",
    }


def _size_row(s: Specialty, n: int) -> dict[str, object]:
    modules = s.modules[n]
    return {
        "specialty_id": s.id,
        "size_id": SIZES[n],
        "capacity": s.capacity(modules),
        "min_cases": s.least(n),
        "min_cases_hard": s.min_price is None,
        "min_cases_price": s.min_price,
        "capex": s.capex(modules),
        "fixed_cost": s.fixed_cost(modules),
        "cost_per_case": s.case_cost.value,
        "lifecycle_share": s.lifecycle_share,
        "build_months": s.build_months[n],
        "training_months": s.training.value if s.training else 0,
        "needs_support": False,
    }
