"""The clinical parameters of the data pack, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import pandas as pd

from builders.evidence import Figure, assumed


@dataclass(frozen=True)
class Parameters:
    """The folder of the data pack; ``home`` is the country whose parameters, beside those of all, a scenario takes."""

    folder: Path
    home: ClassVar[str] = "BR"

    def figure(self, specialty: str, parameter: str, note: str = "", country: str = "") -> Figure:
        """Return a parameter of ``country`` (blank: home) or of all; KeyError unless the pack has exactly one."""
        table = self._parameters
        named = (table["specialty"] == specialty) & (table["parameter"] == parameter)
        found = table[named & (table["country"].str.startswith(country or self.home) | (table["country"] == "ALL"))]
        if len(found) != 1:
            raise KeyError(f"{specialty}.{parameter}: {len(found)} rows in the pack")
        entry = found.iloc[0]
        low, high = (None if pd.isna(entry[name]) else float(entry[name]) for name in ("low", "high"))
        value = float(entry["value"])
        if entry["source_title"].startswith("planner assumption"):
            return assumed(value, value if low is None else low, value if high is None else high, note)
        derived = entry["note"].startswith("derived")
        grade = max(self._grades.get(entry["source_title"], "C"), "B" if derived else "A")
        link = "" if pd.isna(entry["source_url"]) else f" {entry['source_url']}"
        source = f"{entry['source_title']}.{link}"
        return Figure(value, source, str(entry["source_year"]), grade, note, low, high)

    @cached_property
    def _parameters(self) -> pd.DataFrame:
        return pd.read_csv(self.folder / "parameters/specialty_parameters.csv")

    @cached_property
    def _grades(self) -> dict[str, str]:
        """Grade of each source title, from the pack's own list of sources (a table in a text file)."""
        lines = (self.folder / "parameters/SOURCES.md").read_text(encoding="utf-8").splitlines()
        cells = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines if line.startswith("|")]
        return {row[1]: row[4] for row in cells if len(row) == 6 and row[4] in {"A", "B", "C"}}
