"""Targets of the four-year plans as DigiSUS Gestor asks for them: Plano Estadual and Plano Municipal de Saúde.

Plans last four years and begin in the second year of a mandate: those of municipalities in 2026, 2030, ..., of states
in 2024, 2028, ... (Constituição, art. 165, with Lei Complementar 141/2012, art. 36). Rows are written for the plan in
force in the first year of ours, and for the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.numbers import existing_services
from redesaude.report.instruments.brazil.words import OF_SPECIALTY
from redesaude.report.instruments.facts import Facts, points
from redesaude.report.instruments.instrument import COUNCIL_FILLS, STATE_FILLS, TOWN_FILLS, Field, Instrument

_CYCLE = 4
#: remainders by four of the years in which plans begin
_STATE, _TOWN = 0, 2
_CYCLES = 2
_TARGETS = [f"meta_prevista_{n + 1}" for n in range(_CYCLE)]
_PERCENT, _NUMBER = "Percentual", "Número"


def cycles(first_year: int, begins: int) -> list[int]:
    """Return the first years of the plan in force in ``first_year`` and of the next; ``begins``: remainder by four."""
    start = first_year - (first_year - begins) % _CYCLE
    return [start + _CYCLE * n for n in range(_CYCLES)]


def within_target(facts: Facts, specialty: str) -> tuple[str, str]:
    """Return description and indicator of the target of access of a specialty: within its standard, or treated."""
    name, minutes = facts.names.specialties[specialty], facts.standards[specialty]
    if np.isnan(minutes):
        return treated_target(facts, specialty)
    limit = facts.numbers.decimal(minutes)
    return (
        f"Atender na rede os casos de {name} em até {limit} minutos de deslocamento",
        f"Percentual dos casos de {name} atendidos na rede em até {limit} minutos (só ida)",
    )


def treated_target(facts: Facts, specialty: str) -> tuple[str, str]:
    """Return description and indicator of the share of cases treated in the network."""
    name = facts.names.specialties[specialty]
    return f"Atender na rede os casos de {name}", f"Percentual dos casos de {name} atendidos na rede"


def access(facts: Facts, rows: pd.DataFrame) -> pd.Series:
    """Return in percent what :func:`within_target` asks of rows of people: within the standard, or treated."""
    judged = rows["specialty_id"].map(facts.standards).notna()
    return points(rows["share_within_standard"].where(judged, rows["treated"] / rows["cases"]))


def _capacity_target(facts: Facts, specialty: str) -> tuple[str, str]:
    name = facts.names.specialties[specialty]
    return f"Dispor de capacidade instalada para {name}", f"Capacidade instalada de {name} (casos por ano)"


def _state_rows(facts: Facts) -> pd.DataFrame:
    """Each specialty's access, cases treated, and capacity of the whole area."""
    years = facts.whole.assign(
        access=access(facts, facts.whole), treated=points(facts.whole["treated"] / facts.whole["cases"])
    )
    today = facts.today.xs(ALL, level="region_id").reset_index()
    bases = {
        "access": dict(zip(today["specialty_id"], access(facts, today), strict=True)),
        "treated": dict(zip(today["specialty_id"], points(today["treated"] / today["cases"]), strict=True)),
        "capacity": existing_services(facts.scenario).groupby("specialty_id")["capacity"].sum().to_dict(),
    }
    kinds = (
        ("access", within_target, _PERCENT),
        ("treated", treated_target, _PERCENT),
        ("capacity", _capacity_target, _NUMBER),
    )
    found = []
    for specialty in years["specialty_id"].unique():
        by_year = years[years["specialty_id"] == specialty].set_index("year")
        judged = not np.isnan(facts.standards[specialty])
        for kind, told, unit in kinds if judged else kinds[1:]:
            base = bases[kind].get(specialty, 0.0 if kind == "capacity" else np.nan)
            about = {"specialty_id": specialty, "objetivo": _objective(facts, specialty), "unidade": unit}
            about |= dict(zip(("meta", "indicador"), told(facts, specialty), strict=True))
            found += [row | about for row in _targets(facts, _STATE, by_year[kind], base)]
    return pd.DataFrame(found).assign(linha_base_unidade=lambda rows: rows["unidade"])


def _town_rows(facts: Facts) -> pd.DataFrame:
    """Each municipality's access to each specialty that its people need."""
    years = facts.by_municipality
    years = years[years["cases"] > 0].assign(access=lambda rows: access(facts, rows))
    wide = years.pivot_table(index=["territory_id", "specialty_id"], columns="year", values="access")
    today = facts.today_by_municipality.reset_index()
    bases = dict(zip(zip(today["region_id"], today["specialty_id"], strict=True), access(facts, today), strict=True))
    found = []
    keys = wide.index.to_frame()
    for town, specialty, due in zip(keys["territory_id"], keys["specialty_id"], wide.to_numpy(), strict=True):
        by_year = pd.Series(due, index=wide.columns)
        meta, indicator = within_target(facts, specialty)
        about = {
            "territory_id": town,
            "specialty_id": specialty,
            "municipio": facts.names.territories[town],
            "objetivo": _objective(facts, specialty),
            "meta": meta,
            "indicador": indicator,
            "unidade": _PERCENT,
            "linha_base_unidade": _PERCENT,
        }
        found += [row | about for row in _targets(facts, _TOWN, by_year, bases.get((town, specialty), np.nan))]
    return pd.DataFrame(found).sort_values(["municipio", "territory_id", "specialty_id", "vigencia"])


def _objective(facts: Facts, specialty: str) -> str:
    return f"Garantir acesso oportuno e regionalizado a {facts.names.specialties[specialty]}"


def _targets(facts: Facts, begins: int, by_year: pd.Series, base: float) -> Iterator[dict[str, object]]:
    """The base line of today, and what is due in each year of the plans in force that ours covers."""
    for start in cycles(facts.horizon[0], begins):
        due = by_year.reindex(range(start, start + _CYCLE)).astype(float)
        if due.notna().any():
            yield {
                "vigencia": f"{start}-{start + _CYCLE - 1}",
                "linha_base_valor": base,
                "linha_base_ano": facts.scenario.settings.base_year,
                **dict(zip(_TARGETS, due, strict=True)),
                "meta_plano": due.dropna().iloc[-1],
            }


def _fields(before: Iterable[Field], fills: str, after: Iterable[Field], source: str) -> tuple[Field, ...]:
    """The fields of DigiSUS; those that name the plan's own numbering are the secretariat's to fill."""
    return (
        *before,
        Field("vigencia", "Vigência do plano", width=9),
        Field("diretriz_numero", "Diretriz Nº", fills=fills, width=8),
        Field("diretriz", "Diretriz", fills=COUNCIL_FILLS, width=10),
        Field("objetivo_numero", "Objetivo Nº", fills=fills, width=9),
        Field("objetivo", "Objetivo", width=20),
        Field("meta_numero", "Meta Nº", fills=fills, width=8),
        Field("meta", "Descrição da Meta", width=23),
        Field("indicador", "Indicador para monitoramento e avaliação da meta", width=23),
        Field("linha_base_valor", "Linha-Base: Valor", "audit.xlsx: years", "decimal", fills, 8),
        Field("linha_base_ano", "Linha-Base: Ano", "scenario.xlsx: base_year", "year", width=9),
        Field("linha_base_unidade", "Linha-Base: Unidade de Medida", width=10),
        *(Field(key, f"Meta Prevista {n + 1}º ano", source, "decimal", fills, 8) for n, key in enumerate(_TARGETS)),
        Field("meta_plano", "Meta Plano (4 anos)", source, "decimal", fills, 8),
        Field("unidade", "Unidade de Medida", width=10),
        *after,
        *OF_SPECIALTY,
    )


_ABOUT = N_(
    "Targets of the four-year plan in force and of the next, as DigiSUS Gestor asks for them. Each year counts what "
    "runs in it, from the dates on which services open; the base line is today. Years before this plan begins are "
    "left to fill in."
)

PES = Instrument(
    "PES",
    "Plano Estadual de Saúde (DigiSUS Gestor): metas",
    _ABOUT,
    _fields((), STATE_FILLS, (), "tables/by_year.csv"),
    _state_rows,
    on_screen=True,
)
PMS = Instrument(
    "PMS",
    "Plano Municipal de Saúde (DigiSUS Gestor): metas por município",
    _ABOUT,
    _fields(
        (Field("municipio", "Município", width=20),),
        TOWN_FILLS,
        (Field("territory_id", "Código do município", kind="id"),),
        "tables/assignments.csv, milestones.csv",
    ),
    _town_rows,
    of_each="territory_id",
    frozen=2,
    on_screen=True,
)
