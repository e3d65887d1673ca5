"""Reads the data pack: open figures of Brazil and clinical parameters, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from builders.evidence import Figure, assumed

_CODES = {
    "ibge_code": str,
    "ibge_code_a": str,
    "ibge_code_b": str,
    "cnes": str,
    "health_region_code": str,
    "macro_region_code": str,
}


@dataclass(frozen=True)
class Pack:
    """The folder of the data pack and the state whose rows are wanted (e.g. ``MT``)."""

    folder: Path
    state: str

    @cached_property
    def municipalities(self) -> pd.DataFrame:
        """Municipalities of the state counted by the 2022 census, with region, seat and populations, by code."""
        places = self._read("brazil/municipalities.csv").query("uf == @self.state")
        regions = self._read("brazil/health_regions.csv").drop(columns=["municipality", "uf"])
        counted = places[places["pop_census_2022"].notna()]
        return counted.merge(regions, on="ibge_code", validate="1:1").sort_values("ibge_code").set_index("ibge_code")

    @cached_property
    def hospitals(self) -> pd.DataFrame:
        """Establishments with beds (about September 2022), by CNES code; ``nephrology_sus`` are clinical beds."""
        hospitals = self._read("brazil/mt_hospitals.csv").set_index("cnes")
        detail = self._read("brazil/mt_hospital_beds_detail.csv").set_index("cnes")
        clinical = detail[(detail["bed_group"] == "clinical") & (detail["bed_specialty_cnes"] == "NEFROUROLOGIA")]
        nephrology = clinical["beds_sus"].reindex(hospitals.index, fill_value=0)
        return hospitals.assign(nephrology_sus=nephrology)

    @cached_property
    def links(self) -> pd.DataFrame:
        """Pairs of municipalities with regular road passenger transport (2016) and their straight distance."""
        links = self._read("brazil/mt_transport_links_ibge2016.csv")
        inside = links["ibge_code_a"].isin(self.municipalities.index) & links["ibge_code_b"].isin(
            self.municipalities.index
        )
        return links[inside & (links["weekly_road_departures"] > 0)]

    def people(self, *ages: str) -> pd.Series:
        """Return the 2024 population of the given age bands (e.g. ``0-4``), by municipality code."""
        bands = self._read("brazil/mt_population_age_sex_2024.csv")
        chosen = bands[bands["age"].isin(ages)].groupby("ibge_code")["population_2024"].sum()
        return chosen.reindex(self.municipalities.index)

    def figure(self, specialty: str, parameter: str, note: str = "") -> Figure:
        """Return a parameter for Brazil with its evidence; KeyError unless the pack has exactly one."""
        table = self._parameters
        named = (table["specialty"] == specialty) & (table["parameter"] == parameter)
        found = table[named & ~table["country"].str.startswith("VN")]
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
        return self._read("parameters/specialty_parameters.csv")

    @cached_property
    def _grades(self) -> dict[str, str]:
        """Grade of each source title, from the pack's own list of sources (a table in a text file)."""
        lines = (self.folder / "parameters/SOURCES.md").read_text(encoding="utf-8").splitlines()
        cells = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines if line.startswith("|")]
        return {row[1]: row[4] for row in cells if len(row) == 6 and row[4] in {"A", "B", "C"}}

    def _read(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / name, dtype=_CODES)
