"""The scenario: every table of the input, checked, typed and frozen."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.checked_book import CheckedBook, Source, checked_book
from redesaude.inputs.fingerprint import fingerprint
from redesaude.inputs.frames import raw_tables
from redesaude.inputs.made import once, take_over
from redesaude.inputs.place import Place
from redesaude.inputs.quality import with_quality
from redesaude.inputs.settings import Settings
from redesaude.inputs.tables import BY_NAME
from redesaude.inputs.tables.declaration import Reader
from redesaude_models.arrays import Flags, Ints


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of a table with their columns as attributes."""
    if table.empty:
        return iter(())
    return map(_row_type(tuple(table.columns))._make, table.to_numpy(dtype=object).tolist())


@cache
def _row_type(names: tuple[str, ...]) -> Any:
    """The named tuple of rows with these columns: making the type takes longer than filling some rows of it."""
    return namedtuple("Row", names, rename=True)  # its fields are known when the table is


def in_each_period(table: pd.DataFrame, key: Sequence[str], periods: pd.Series) -> Iterator[tuple[int, Any]]:
    """Yield (position of the period, row) for every period; of rows alike in ``key`` a period's own one holds."""
    if table.empty:
        return
    for t, period in enumerate(periods):
        rows = table[table["period_id"].isin(["", period])].sort_values("period_id", kind="stable")
        for row in rows_of(rows.drop_duplicates([*key], keep="last").sort_index()):
            yield t, row


def due_in(scenario: Scenario, period: int, from_year: float) -> bool:
    """Return whether a promise due from the calendar year ``from_year`` on (NaN: always) is due in a period."""
    row = scenario.periods.iloc[period]
    return bool(np.isnan(from_year) or from_year < row["first_year"] + row["years"])


def years_in_force(row: Any, years: Ints) -> Flags:
    """Return in which calendar years a row with ``valid_from`` and ``valid_until`` (NaN: open) is in force."""
    return np.asarray(~((years < row.valid_from) | (years > row.valid_until)), dtype=bool)


def in_force_in(scenario: Scenario, period: int, row: Any) -> bool:
    """Return whether a row with ``valid_from`` and ``valid_until`` is in force in any year of a period."""
    return (
        due_in(scenario, period, row.valid_from) and not row.valid_until < scenario.periods["first_year"].iloc[period]
    )


def positions(ids: pd.Series, wanted: pd.Series) -> Ints:
    """Return the row of each wanted id among ``ids``; KeyError names the first that is missing."""
    place = pd.Index(ids).get_indexer(wanted)
    if (place < 0).any():
        raise KeyError(wanted.iloc[int(np.argmax(place < 0))])
    return np.asarray(place, dtype=np.int64)


def homes(scenario: Scenario) -> Ints:
    """Return the row of the territory of each site; -1 for a site that states none."""
    known = pd.Index(scenario.territories["territory_id"])
    return np.asarray(known.get_indexer(pd.Index(scenario.sites["territory_id"])), dtype=np.int64)


#: the code of the region of every territory where the input names none
_ONE_REGION = "region"


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
    licences: pd.DataFrame
    quality_grades: pd.DataFrame
    today: pd.DataFrame
    decisions: pd.DataFrame
    precedence: pd.DataFrame
    support: pd.DataFrame
    techniques: pd.DataFrame
    requires: pd.DataFrame
    contracts: pd.DataFrame
    quality_indicators: pd.DataFrame
    known_contracts: pd.DataFrame
    discount_rates: pd.DataFrame
    lots: pd.DataFrame
    funding: pd.DataFrame
    fiscal: pd.DataFrame
    laws: pd.DataFrame
    payers: pd.DataFrame
    loans: pd.DataFrame
    debt_limits: pd.DataFrame
    bids: pd.DataFrame
    risks: pd.DataFrame
    access_targets: pd.DataFrame
    programme_targets: pd.DataFrame
    centre_limits: pd.DataFrame
    pilots: pd.DataFrame
    lot_limits: pd.DataFrame
    buildings: pd.DataFrame
    load_ceilings: pd.DataFrame
    workforce: pd.DataFrame
    staffing: pd.DataFrame
    stations: pd.DataFrame
    station_times: pd.DataFrame
    emergency: pd.DataFrame
    surge: pd.DataFrame
    surge_loans: pd.DataFrame
    indicators: pd.DataFrame
    indicator_targets: pd.DataFrame
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
        raws, problems = raw_tables(tables, name)
        return cls.of(checked_book(raws, Source(name, None), problems))

    @classmethod
    def of(cls, checked: CheckedBook) -> Scenario:
        """Freeze a checked book; InputError with every problem where one is an error."""
        book = checked.accepted().book
        frames = {name: sheet.frame.reset_index(drop=True) for name, sheet in book.sheets.items()}
        places = {
            name: Place(sheet.label, dict(sheet.letters), tuple(sheet.frame.index.tolist()))
            for name, sheet in book.sheets.items()
        }
        return cls(
            name=checked.source.name,
            settings=book.settings,
            **_completed(frames),  # type: ignore[arg-type]
            input_path=checked.source.path,
            notices=checked.problems,
            places=places,
        )

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
        other: Scenario = replace(self, **changes)  # type: ignore[arg-type]
        take_over(self, other)
        return other

    def noted(self, notices: tuple[Problem, ...]) -> Scenario:
        """Return the scenario with more notices; what was made once of its tables (``made``) holds for it too."""
        if not notices:
            return self
        other = self.replace(notices=(*self.notices, *notices))
        vars(other).update({name: known for name, known in vars(self).items() if name not in vars(other)})
        return other

    @cached_property
    def input_sha256(self) -> str:
        """Fingerprint of what the tables state, see :func:`redesaude.inputs.fingerprint.fingerprint`."""
        return fingerprint(self.settings, self.tables(), self.variant_id)

    @property
    @once
    def decided(self) -> pd.DataFrame:
        """The rows of ``decisions`` that hold, by their place there; the others wait for a variant."""
        return self.decisions[self.decisions["active"]]

    @property
    @once
    def taught(self) -> pd.DataFrame:
        """The rows of ``techniques`` that hold, by their place there."""
        return self.techniques[self.techniques["active"].astype(bool)]

    @property
    @once
    def existing(self) -> pd.DataFrame:
        """The rows of ``site_services`` of services that run today, by their place there: one for each that does."""
        return self.site_services[self.site_services["status"] == "existing"]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by sheet name, without ``settings``."""
        return {f.name: getattr(self, f.name) for f in fields(self) if isinstance(getattr(self, f.name), pd.DataFrame)}


def _completed(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Fill in what follows from other cells: names from codes, places from seats, pay from indicators."""
    frames["territories"] = _named_regions(_named(frames["territories"], "territory_id"))
    frames["specialties"] = _named(frames["specialties"], "specialty_id")
    frames["contracts"] = with_quality(_named(frames["contracts"], "contract_id"), frames["quality_indicators"])
    for name, key in (("sites", "site_id"), ("stations", "station_id")):
        frames[name] = _placed(_named(frames[name], key), frames["territories"])
    frames["workforce"] = _named(frames["workforce"], "role_id")
    frames["indicators"] = _named(frames["indicators"], "indicator_id")
    return frames


def _named(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    return frame if all(frame["name"]) else frame.assign(name=frame["name"].where(frame["name"] != "", frame[key]))


def _named_regions(territories: pd.DataFrame) -> pd.DataFrame:
    """A region is called as in the first row that names it, or by its code; where no row has one, all are of one."""
    codes = territories["region_id"]
    territories = territories.assign(region_id=codes.where(codes != "", _ONE_REGION))
    return _named_by_code(_named_by_code(territories, "region"), "macroregion")


def _named_by_code(territories: pd.DataFrame, area: str) -> pd.DataFrame:
    """Give each row the name of its area that the first row of that code gives, or the code."""
    code, name = territories[f"{area}_id"], territories[f"{area}_name"]
    named = name != ""
    if named.all() or not named.any():
        return territories if named.all() else territories.assign(**{f"{area}_name": code})
    known = dict(zip(reversed(code[named].to_list()), reversed(name[named].to_list()), strict=True))
    return territories.assign(**{f"{area}_name": name.where(named, code.map(lambda one: known.get(one, one)))})


def _placed(sites: pd.DataFrame, territories: pd.DataFrame) -> pd.DataFrame:
    """A site without coordinates stands at the seat of its territory."""
    if sites.empty:
        return sites
    seats = territories.set_index("territory_id")
    own = {c: sites[c].fillna(sites["territory_id"].map(seats[c]).astype(float)) for c in ("latitude", "longitude")}
    return sites.assign(**own)
