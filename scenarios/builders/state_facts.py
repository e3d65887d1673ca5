"""Mato Grosso as it is known in 2026: tables of facts with their sources, and the state with its six macro-regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from builders.assumptions import assumptions
from redesaude.drafting.evidence import Figure, cited, row
from redesaude.drafting.pack import StatePack

_FACTS = Path(__file__).parent / "facts"
_TEXT = ("fact_id", "cnes", "site_id", "ibge_code", "health_region_code", "macro_region_code", "year", "source_date",
         "from_date")  # fmt: skip
_SUPPOSED = assumptions(_FACTS)


def assumption(name: str) -> Figure:
    """Return what was supposed, by its id in the table of assumptions."""
    return _SUPPOSED[name]


def table(name: str) -> pd.DataFrame:
    """Return a table of facts; codes and dates are text."""
    return pd.read_csv(_FACTS / f"{name}.csv", dtype=dict.fromkeys(_TEXT, str))


def texts(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of facts as they are typed; what is blank is an empty text."""
    typed = pd.read_csv(_FACTS / f"{name}.csv", dtype=str, keep_default_na=False)
    return [{str(column): str(value) for column, value in fact.items()} for fact in typed.to_dict("records")]


def codes(cell: str) -> tuple[str, ...]:
    """Return the codes of a cell, which commas separate."""
    return tuple(code.strip() for code in cell.split(",") if code.strip())


def figure(fact: pd.Series, value: float = 0.0, note: str = "") -> Figure:
    """Return a fact as a figure with its source, year, grade and range."""
    low, high = (None if pd.isna(fact.get(name)) else float(fact[name]) for name in ("low", "high"))
    return Figure(
        value, str(fact["source"]), str(fact["year"]), str(fact["grade"]), note or str(fact["note"]), low, high
    )


@dataclass(frozen=True)
class MatoGrosso(StatePack):
    """The facts of the state, its regions in six macro-regions."""

    @cached_property
    def municipalities(self) -> pd.DataFrame:
        places = super().municipalities
        macro = table("macroregions").set_index("health_region_code")["macro_region_code"]
        return places.assign(macro_region_code=places["health_region_code"].map(macro))


def macroregions() -> Mapping[str, str]:
    """Return the name of each macro-region by its code."""
    found = table("macroregions").set_index("macro_region_code")["macro_region_name"]
    return dict(sorted(found.items()))


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of the macro-regions."""
    codes = cited(
        "Tabelas públicas com seis macrorregiões (código e nome da Centro-Noroeste)",
        "2025",
        "C",
        "Composição inferida: Centro Norte, Médio Norte e Noroeste saem da Centro-Norte. Confirmar na CIB.",
    )
    return [row("territories", "*", name, codes) for name in ("macroregion_id", "macroregion_name")]
