"""Reads the data pack: open figures of Brazil beside the clinical parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from builders.evidence import Figure
from builders.parameters import Parameters
from redesaude.travel.distances import great_circle_km

_CODES = {
    "ibge_code": str,
    "ibge_code_a": str,
    "ibge_code_b": str,
    "cnes": str,
    "health_region_code": str,
    "macro_region_code": str,
    "alta_destination": str,
}
_INCA = "INCA, Estimativa de incidência de câncer no Brasil, 2023-2025. https://doi.org/10.32635/2176-9745.RBC.2023v69n1.3700"


@dataclass(frozen=True)
class Pack(Parameters, ABC):
    """The folder of the data pack, read for an area: a state or the country."""

    @property
    @abstractmethod
    def municipalities(self) -> pd.DataFrame:
        """Municipalities counted by the 2022 census, with region, seat and populations, by code."""

    @property
    @abstractmethod
    def hospitals(self) -> pd.DataFrame:
        """Establishments with beds (about September 2022), by CNES code; ``nephrology_sus`` are clinical beds."""

    @property
    @abstractmethod
    def links(self) -> pd.DataFrame:
        """Pairs of municipalities with regular transport (2016), their straight distance and weekly departures.

        Departures count road vehicles: a pair without any is joined by water alone.
        """

    @property
    @abstractmethod
    def new_cancers(self) -> Figure:
        """New cancers each year in the area, non-melanoma skin included."""

    @abstractmethod
    def people(self, age: str) -> pd.Series:
        """Return the 2024 population of an age band (``0-4`` or ``5-14``), by municipality code."""

    @cached_property
    def _counted(self) -> pd.DataFrame:
        """Every municipality of the country that the census counted."""
        places = self._read("brazil/municipalities.csv")
        regions = self._read("brazil/health_regions.csv").drop(columns=["municipality", "uf"])
        counted = places[places["pop_census_2022"].notna()]
        return counted.merge(regions, on="ibge_code", validate="1:1").sort_values("ibge_code").set_index("ibge_code")

    def _read(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / name, dtype=_CODES)

    def _inside(self, links: pd.DataFrame) -> pd.DataFrame:
        known = self.municipalities.index
        return links[links["ibge_code_a"].isin(known) & links["ibge_code_b"].isin(known)]


@dataclass(frozen=True)
class StatePack(Pack):
    """The pack read for one state; only Mato Grosso (``MT``) has files of its own."""

    state: str = "MT"

    @cached_property
    def municipalities(self) -> pd.DataFrame:
        return self._counted.query("uf == @self.state")

    @cached_property
    def hospitals(self) -> pd.DataFrame:
        hospitals = self._read("brazil/mt_hospitals.csv").set_index("cnes")
        detail = self._read("brazil/mt_hospital_beds_detail.csv").set_index("cnes")
        clinical = detail[(detail["bed_group"] == "clinical") & (detail["bed_specialty_cnes"] == "NEFROUROLOGIA")]
        nephrology = clinical["beds_sus"].reindex(hospitals.index, fill_value=0)
        return hospitals.assign(nephrology_sus=nephrology)

    @cached_property
    def links(self) -> pd.DataFrame:
        return self._inside(self._read("brazil/mt_transport_links_ibge2016.csv"))

    @cached_property
    def leaving(self) -> pd.Series:
        """Where people go for high-complexity care, of the municipalities that leave the state for it, by code.

        The answer of each municipality to REGIC 2018, as ``name (state)``.
        """
        answers = self._read("brazil/mt_regic2018_health_destination.csv").set_index("ibge_code")["alta_destination"]
        everywhere = self._read("brazil/municipalities.csv").set_index("ibge_code")
        outside = answers.dropna()[lambda codes: everywhere.loc[codes, "uf"].to_numpy() != self.state]
        there = everywhere.loc[outside]
        return pd.Series((there["name"] + " (" + there["uf"] + ")").to_numpy(), index=outside.index)

    @property
    def new_cancers(self) -> Figure:
        return self.figure("oncology_chemo", "demand_new_cancers_per_year_mt", "8.650 casos novos por ano no estado")

    def people(self, age: str) -> pd.Series:
        bands = self._read("brazil/mt_population_age_sex_2024.csv")
        wanted = {"5-14": ("5-9", "10-14")}.get(age, (age,))
        chosen = bands[bands["age"].isin(wanted)].groupby("ibge_code")["population_2024"].sum()
        return chosen.reindex(self.municipalities.index)


@dataclass(frozen=True)
class CountryPack(Pack):
    """The pack read for the whole country; names carry their state, for many repeat."""

    @cached_property
    def municipalities(self) -> pd.DataFrame:
        places = self._counted
        state = " (" + places["uf"] + ")"
        return places.assign(name=places["name"] + state, health_region_name=places["health_region_name"] + state)

    @cached_property
    def hospitals(self) -> pd.DataFrame:
        """As in :class:`Pack`, but nephrology is not told apart from urology: its beds stand at zero."""
        return self._read("brazil/hospital_beds_brazil_2022.csv.gz").set_index("cnes").assign(nephrology_sus=0)

    @cached_property
    def links(self) -> pd.DataFrame:
        links = self._inside(self._read("brazil/transport_links_brazil_ibge2016.csv.gz"))
        seats = self.municipalities[["lat", "lon"]]
        start, end = (seats.loc[links[f"ibge_code_{side}"]].to_numpy(float).T for side in "ab")
        return links.assign(great_circle_km=great_circle_km(*start, *end))

    @property
    def new_cancers(self) -> Figure:
        return Figure(704_000, _INCA, "2023", "A", "704 mil casos novos por ano no país")

    def people(self, age: str) -> pd.Series:
        bands = self._read("brazil/population_age_groups_2024.csv.gz").set_index("ibge_code")
        wanted = {"0-4": ["age_0", "age_1_4"], "5-14": ["age_5_14"]}[age]
        return bands[wanted].sum(axis=1).reindex(self.municipalities.index)
