"""The scenario: every table of the input, checked, typed and frozen."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from redesaude.errors import Problem
from redesaude.inputs.tables import ALL, BY_NAME, EACH, EACH_MACROREGION
from redesaude.inputs.tables.declaration import Reader


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of a table with their columns as attributes."""
    if table.empty:
        return iter(())
    columns = (column for _, column in table.items())
    return map(_row_type(tuple(table.columns))._make, zip(*columns, strict=True))


@cache
def _row_type(names: tuple[str, ...]) -> Any:
    """The named tuple of rows with these columns: making the type takes longer than filling some rows of it."""
    return namedtuple("Row", names, rename=True)  # its fields are known when the table is


def positions(ids: pd.Series, wanted: pd.Series) -> NDArray[np.int64]:
    """Return the row of each wanted id among ``ids``; KeyError names the first that is missing."""
    place = pd.Index(ids).get_indexer(wanted)
    if (place < 0).any():
        raise KeyError(wanted.iloc[int(np.argmax(place < 0))])
    return np.asarray(place, dtype=np.int64)


def homes(scenario: Scenario) -> NDArray[np.int64]:
    """Return the row of the territory of each site; -1 for a site that states none."""
    known = pd.Index(scenario.territories["territory_id"])
    return np.asarray(known.get_indexer(pd.Index(scenario.sites["territory_id"])), dtype=np.int64)


def in_area(territories: pd.DataFrame, area: str) -> NDArray[np.bool_]:
    """Return which rows belong to an area of a promise: ``all``, a health region, or else a macro-region."""
    if area == ALL:
        return np.ones(len(territories), dtype=bool)
    region = (territories["region_id"] == area).to_numpy(bool)
    return region if region.any() else (territories["macroregion_id"] == area).to_numpy(bool)


def areas(territories: pd.DataFrame, area: str) -> list[str]:
    """Return the areas that a promise names: every region or macro-region for ``each`` of them, or the one it names."""
    column = {EACH: "region_id", EACH_MACROREGION: "macroregion_id"}.get(area)
    return sorted(set(territories[column]) - {""}) if column else [area]


@dataclass(frozen=True)
class Settings:
    """The rows of the ``settings`` sheet as values; meanings and units are in ``inputs.tables.SETTINGS``."""

    title: str = ""
    currency: str = "BRL"
    language: str = "en"
    base_year: int = 2025
    horizon_years: int = 1
    discount_rate: float = 0.0
    discount_timing: str = "middle"
    inflation: float = 0.0
    daly_value: float = 0.0
    away_gain_share: float = 1.0
    perspective: str = "government"
    ppp_law: str = "none"
    patient_time_weight: float = 0.0
    patient_time_value: float = 0.0
    patient_minute_cost: float = 0.0
    companions: float = 1.0
    occupancy: float = 1.0
    personnel_share: float = 0.6
    road_detour: float = 1.3
    road_speed_kmh: float = 60.0
    local_minutes: float = 0.0
    travel_times_complete: bool = True
    travel_times_file: str = ""
    travel_unit: str = "minutes"
    emergency_minutes: float = 15.0
    call_minutes: float = 0.0
    scene_minutes: float = 0.0
    gap: float = 0.01
    time_limit_s: float = 120.0


def address(letters: Mapping[str, str], row: Hashable, column: str) -> str:
    """Return the address of ``column`` in a row of a sheet, or of the whole row if it has no such column.

    A row that is one cell of a matrix has its own address.
    """
    if isinstance(row, str):
        return row
    return f"{letters[column]}{row}" if column in letters else f"{row}:{row}"


@dataclass(frozen=True)
class Place:
    """Where a table stands in the input: name of its sheet, column name -> letter, and for each of its rows the sheet
    row, or the address where it is one cell of a matrix.
    """

    sheet: str
    letters: Mapping[str, str]
    rows: tuple[int | str, ...]

    def cell(self, row: int, column: str) -> str:
        """Return the address of ``column`` in row ``row`` (from 0), or of the whole row if it has no such column."""
        return address(self.letters, self.rows[row], column)


@dataclass(frozen=True)
class Scenario:
    """A checked planning case. Each table is a data frame with exactly the columns of ``inputs.tables``.

    Types: ids, text, choices and references are ``str`` (blank ``""``), numbers ``float`` (blank ``NaN``), flags
    ``bool``, lists of references ``tuple[str, ...]``. Blanks with a default hold it. Frames must not be changed in
    place; make a variant with :meth:`replace` or ``inputs.variants``.
    """

    name: str
    settings: Settings
    periods: pd.DataFrame
    territories: pd.DataFrame
    specialties: pd.DataFrame
    demand: pd.DataFrame
    sites: pd.DataFrame
    sizes: pd.DataFrame
    site_services: pd.DataFrame
    decisions: pd.DataFrame
    precedence: pd.DataFrame
    support: pd.DataFrame
    requires: pd.DataFrame
    contracts: pd.DataFrame
    lots: pd.DataFrame
    funding: pd.DataFrame
    fiscal: pd.DataFrame
    loans: pd.DataFrame
    debt_limits: pd.DataFrame
    risks: pd.DataFrame
    access_targets: pd.DataFrame
    load_ceilings: pd.DataFrame
    workforce: pd.DataFrame
    staffing: pd.DataFrame
    stations: pd.DataFrame
    station_times: pd.DataFrame
    emergency: pd.DataFrame
    surge: pd.DataFrame
    travel_times: pd.DataFrame
    roads: pd.DataFrame
    variants: pd.DataFrame
    sources: pd.DataFrame
    variant_id: str = "base"
    input_path: Path | None = None
    notices: tuple[Problem, ...] = field(default=())
    places: Mapping[str, Place] = field(default_factory=dict, repr=False)

    @classmethod
    def from_tables(cls, tables: Mapping[str, pd.DataFrame], name: str = "scenario") -> Scenario:
        """Check ``tables`` (sheet name -> data frame, columns as in the workbook) and freeze them.

        ``settings``, ``periods`` and ``contracts`` may be left out in Python: the neutral defaults of
        ``inputs.tables`` then hold (one period, horizon of one year, no discounting, one direct contract).

        Raises
        ------
        InputError
            with every problem found; row numbers are those of the frame as a sheet (header in row 1).

        """
        from redesaude.inputs.checks import scenario_from_tables

        return scenario_from_tables(tables, name)

    def stated(self) -> frozenset[str]:
        """Return the names of the tables that have rows, whichever they are."""
        frames = {each.name: getattr(self, each.name) for each in fields(self)}
        return frozenset(name for name, frame in frames.items() if isinstance(frame, pd.DataFrame) and len(frame))

    def unknown_to(self, reader: Reader) -> list[str]:
        """Return what is stated that ``reader`` does not know: tables, and columns (``table.column``) undeclared."""
        unknown: list[str] = []
        for name in sorted(self.stated()):
            table = BY_NAME.get(name)
            if table is None or reader not in table.read_by:
                unknown.append(name)
            else:
                declared = {column.name for column in table.columns}
                unknown += [f"{name}.{column}" for column in getattr(self, name).columns if column not in declared]
        return unknown

    def replace(self, **changes: object) -> Scenario:
        """Return a copy with the given fields changed (frames are taken as they are, unchecked)."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @cached_property
    def input_sha256(self) -> str:
        """Fingerprint of what the tables state, see :func:`redesaude.inputs.fingerprint.fingerprint`."""
        from redesaude.inputs.fingerprint import fingerprint

        return fingerprint(self)

    @property
    def decided(self) -> pd.DataFrame:
        """The rows of ``decisions`` that hold, by their place there; the others wait for a variant."""
        return self.decisions[self.decisions["active"]]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by sheet name, without ``settings``."""
        return {f.name: getattr(self, f.name) for f in fields(self) if isinstance(getattr(self, f.name), pd.DataFrame)}
