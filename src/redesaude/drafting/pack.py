"""Reads the facts of Brazil: open figures of a state or of the country beside the clinical parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from redesaude.drafting.evidence import Figure
from redesaude.drafting.parameters import Parameters, facts

_INCA = "INCA, Estimativa de incidência de câncer no Brasil, 2023-2025. https://doi.org/10.32635/2176-9745.RBC.2023v69n1.3700"
_NEW_CANCERS = Figure(704_000, _INCA, "2023", "A", "704 mil casos novos por ano no país")
_AGES = {"0-4": "people_0_4", "5-14": "people_5_14"}


@dataclass(frozen=True)
class Pack(Parameters, ABC):
    """The facts read for an area: a state or the country."""

    @property
    @abstractmethod
    def municipalities(self) -> pd.DataFrame:
        """Municipalities counted by the 2022 census, with region, seat and populations, by code."""

    @property
    @abstractmethod
    def new_cancers(self) -> Figure:
        """New cancers each year in the area, non-melanoma skin included."""

    @cached_property
    def hospitals(self) -> pd.DataFrame:
        """Establishments with SUS beds (about September 2022), by CNES code; ``nephrology_sus`` are clinical beds.

        Where nephrology is not told apart from urology its beds stand at zero.
        """
        table = facts("hospitals").set_index("cnes").fillna({"nephrology_sus": 0})
        here = table[table["ibge_code"].isin(self.municipalities.index)]
        return here.assign(health_region_code=here["ibge_code"].map(self.municipalities["health_region_code"]))

    @cached_property
    def links(self) -> pd.DataFrame:
        """Pairs of municipalities with regular transport (2016), by ``road`` up to 200 km or by ``water`` alone."""
        known, links = self.municipalities.index, facts("links")
        return links[links["ibge_code_a"].isin(known) & links["ibge_code_b"].isin(known)]

    def people(self, age: str) -> pd.Series:
        """Return the 2024 population of an age band (``0-4`` or ``5-14``), by municipality code."""
        return self.municipalities[_AGES[age]]

    @cached_property
    def _counted(self) -> pd.DataFrame:
        """Every municipality of the country that the census counted."""
        return facts("municipalities").set_index("ibge_code")


@dataclass(frozen=True)
class StatePack(Pack):
    """The facts of one state, or of some of its health regions (codes; none: all)."""

    state: str = "MT"
    health_regions: tuple[str, ...] = ()

    @cached_property
    def municipalities(self) -> pd.DataFrame:
        places = self._counted.query("uf == @self.state")
        return places[places["health_region_code"].isin(self.health_regions)] if self.health_regions else places

    @cached_property
    def leaving(self) -> pd.Series:
        """Where people go for high-complexity care, of the municipalities that leave the state for it, by code.

        The answer of each municipality to REGIC 2018, as ``name (state)``.
        """
        answers = self.municipalities["high_complexity"].dropna()
        there = self._counted.loc[answers].set_axis(answers.index)
        there = there[there["uf"] != self.state]
        return there["name"] + " (" + there["uf"] + ")"

    @property
    def new_cancers(self) -> Figure:
        """Those published for the state, or else the country's by its share of the people."""
        state, area = self.people_shares
        try:
            note = "8.650 casos novos por ano no estado"
            here = self.figure("oncology_chemo", f"demand_new_cancers_per_year_{self.state.lower()}", note)
            return here.times(area / state, "", "B") if self.health_regions else here
        except KeyError:
            return _NEW_CANCERS.times(area, f"x {area:.2%} da população".replace(".", ","), "B")

    @property
    def people_shares(self) -> tuple[float, float]:
        """The parts of the people of the country who live in the state, and in the area."""
        people, state = self._counted["pop_census_2022"], self._counted["uf"] == self.state
        return people[state].sum() / people.sum(), self.municipalities["pop_census_2022"].sum() / people.sum()


@dataclass(frozen=True)
class CountryPack(Pack):
    """The facts of the whole country; names carry their state, for many repeat."""

    @cached_property
    def municipalities(self) -> pd.DataFrame:
        places = self._counted
        state = " (" + places["uf"] + ")"
        return places.assign(name=places["name"] + state, health_region_name=places["health_region_name"] + state)

    @property
    def new_cancers(self) -> Figure:
        return _NEW_CANCERS
