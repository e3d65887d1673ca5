"""Reads the facts of Vietnam: districts and stroke facilities beside the clinical parameters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import pandas as pd

from redesaude.drafting.parameters import Parameters

CITY = "79"
"""code of Ho Chi Minh City"""
#: codes of the cities of province level
CITIES = (CITY, "92")

_FACTS = Path(__file__).parent / "facts"


def texts(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of facts as they are typed; what is blank is an empty text."""
    typed = pd.read_csv(_FACTS / f"{name}.csv", dtype=str, keep_default_na=False)
    return [{str(column): str(value) for column, value in fact.items()} for fact in typed.to_dict("records")]


#: Vietnamese names of the provinces, boundaries before July 2025, by code
PROVINCES = {province["province_code"]: province["name"] for province in texts("provinces")}


@dataclass(frozen=True)
class Pack(Parameters):
    """The facts of the city and its eighteen provinces."""

    home: ClassVar[str] = "VN"

    @cached_property
    def districts(self) -> pd.DataFrame:
        """The 181 units with census population and seat, by ``unit_id``; ``province_code`` is text."""
        units = self._read("districts").set_index("unit_id").sort_index()
        return units.assign(unit_name=units["unit_name"].str.split().str.join(" "))

    @cached_property
    def population(self) -> pd.Series:
        """Census population of each province, by province code."""
        return self.districts.groupby("province_code")["pop_2019"].sum()

    @cached_property
    def regions(self) -> pd.Series:
        """``city``, ``South East`` or ``Mekong Delta``, by province code."""
        table = self._read("provinces").set_index("province_code")
        return table["region"].mask(table.index == CITY, "city")

    @cached_property
    def stroke_facilities(self) -> pd.DataFrame:
        """Mapped stroke facilities inside the area, by English name: ``study_unit_id``, ``lat``, ``lon``."""
        return self._read("stroke_facilities").set_index("name_en", verify_integrity=True)

    def _read(self, name: str) -> pd.DataFrame:
        return pd.read_csv(_FACTS / f"{name}.csv", dtype={"province_code": str})
