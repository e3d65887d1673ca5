"""Reads the Vietnamese part of the data pack: districts, stroke facilities, clinical parameters with sources."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
from builders.evidence import Figure, assumed

CITY = "79"
"""code of Ho Chi Minh City"""

#: Vietnamese names of the provinces, boundaries before July 2025 (the data file has them without diacritics)
PROVINCES = {
    "70": "Bình Phước",
    "72": "Tây Ninh",
    "74": "Bình Dương",
    "75": "Đồng Nai",
    "77": "Bà Rịa - Vũng Tàu",
    "79": "Thành phố Hồ Chí Minh",
    "80": "Long An",
    "82": "Tiền Giang",
    "83": "Bến Tre",
    "84": "Trà Vinh",
    "86": "Vĩnh Long",
    "87": "Đồng Tháp",
    "89": "An Giang",
    "91": "Kiên Giang",
    "92": "Cần Thơ",
    "93": "Hậu Giang",
    "94": "Sóc Trăng",
    "95": "Bạc Liêu",
    "96": "Cà Mau",
}


@dataclass(frozen=True)
class Pack:
    """The folder of the data pack."""

    folder: Path

    @cached_property
    def districts(self) -> pd.DataFrame:
        """The 181 units with census population and seat, by ``unit_id``; ``province_code`` is text."""
        units = self._read("vietnam/districts.csv").set_index("unit_id").sort_index()
        return units.assign(unit_name=units["unit_name"].str.split().str.join(" "))

    @cached_property
    def capitals(self) -> pd.Series:
        """The unit that holds each province's capital, by province code."""
        units = self.districts[self.districts["contains_province_capital"] == 1]
        return units.reset_index().set_index("province_code")["unit_id"]

    @cached_property
    def population(self) -> pd.Series:
        """Census population of each province, by province code."""
        return self.districts.groupby("province_code")["pop_2019"].sum()

    @cached_property
    def regions(self) -> pd.Series:
        """``city``, ``South East`` or ``Mekong Delta``, by province code."""
        table = self._read("vietnam/provinces.csv").set_index("province_code")
        return table["region"].mask(table.index == CITY, "city")

    @cached_property
    def stroke_facilities(self) -> pd.DataFrame:
        """Mapped stroke facilities inside the area, by English name: ``study_unit_id``, ``lat``, ``lon``."""
        table = self._read("vietnam/stroke_facilities.csv")
        return table[table["study_unit_id"].notna()].set_index("name_en", verify_integrity=True)

    def figure(self, specialty: str, parameter: str, note: str = "", country: str = "VN") -> Figure:
        """Return a parameter of ``country`` or of all; KeyError unless the pack has exactly one."""
        table = self._parameters
        named = (table["specialty"] == specialty) & (table["parameter"] == parameter)
        found = table[named & (table["country"].str.startswith(country) | (table["country"] == "ALL"))]
        if len(found) != 1:
            raise KeyError(f"{specialty}.{parameter}: {len(found)} rows in the pack")
        entry = found.iloc[0]
        value = float(entry["value"])
        low, high = (None if pd.isna(entry[name]) else float(entry[name]) for name in ("low", "high"))
        if entry["source_title"].startswith("planner assumption"):
            return assumed(value, value if low is None else low, value if high is None else high, note)
        grade = max(self._grades.get(entry["source_title"], "C"), "B" if entry["note"].startswith("derived") else "A")
        link = "" if pd.isna(entry["source_url"]) else f" {entry['source_url']}"
        return Figure(value, f"{entry['source_title']}.{link}", str(entry["source_year"]), grade, note, low, high)

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
        return pd.read_csv(self.folder / name, dtype={"province_code": str})
