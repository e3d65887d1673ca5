"""The clinical parameters, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import ClassVar

import pandas as pd

from redesaude.drafting.evidence import Figure, assumed


@dataclass(frozen=True)
class Parameters:
    """The facts that are shipped; ``home`` is the country whose parameters, beside those of all, a scenario takes."""

    home: ClassVar[str] = "BR"

    def figure(self, specialty: str, parameter: str, note: str = "", country: str = "") -> Figure:
        """Return a parameter of ``country`` (blank: home) or of all; KeyError unless exactly one is known."""
        table = self._parameters
        named = (table["specialty"] == specialty) & (table["parameter"] == parameter)
        found = table[named & (table["country"].str.startswith(country or self.home) | (table["country"] == "ALL"))]
        if len(found) != 1:
            raise KeyError(f"{specialty}.{parameter}: {len(found)} rows")
        entry = found.iloc[0]
        low, high = (None if pd.isna(entry[name]) else float(entry[name]) for name in ("low", "high"))
        value = float(entry["value"])
        if pd.isna(entry["source"]):
            return assumed(value, value if low is None else low, value if high is None else high, note)
        return Figure(value, str(entry["source"]), str(entry["year"]), str(entry["grade"]), note, low, high)

    @cached_property
    def _parameters(self) -> pd.DataFrame:
        return facts("parameters")


def facts(name: str) -> pd.DataFrame:
    """Return a table of facts; codes are text, so that they keep their zeros."""
    return _table("facts", name)


def library(name: str) -> pd.DataFrame:
    """Return a table of defaults from which any scenario may draw."""
    return _table("library", name)


def usual_settings(language: str) -> dict[str, object]:
    """Return the settings that a blank workbook begins with, those of a language's country (English: Brazil)."""
    return _usual("settings", language)


def usual_contract(language: str) -> pd.DataFrame:
    """Return the sheet ``contracts`` that a blank workbook begins with: direct administration as it is usually let."""
    return pd.DataFrame([_usual("contract", language)])


def _usual(name: str, language: str) -> dict[str, object]:
    table = library(name).set_index(["language", "name"])["value"]
    return {str(name): float(value) if value.replace(".", "").isdigit() else value
            for name, value in table.loc[language].items()}  # fmt: skip


_CODES = ("ibge_code", "ibge_code_a", "ibge_code_b", "cnes", "health_region_code", "macro_region_code",
          "high_complexity", "uf_code", "year")  # fmt: skip


def _table(folder: str, name: str) -> pd.DataFrame:
    file = resources.files(__package__) / folder / f"{name}.csv"
    with file.open(encoding="utf-8") as text:
        return pd.read_csv(text, dtype=dict.fromkeys(_CODES, str))
