"""What a table may leave out because others say it: the people of a territory, and the territory of a site."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.book import Book, Sheet
from redesaude.inputs.faults import Fault
from redesaude.inputs.structure import MISSING_COLUMN
from redesaude.inputs.tables import ALL, TABLES
from redesaude.language import N_

BLANK_POPULATION = Fault(
    "blank_population",
    N_("{name} has no population"),
    N_("inhabitants in the base year"),
    N_("type the population of {name}, or delete the row if the municipality has none yet"),
)
PEOPLE_COUNTED = Fault(
    "people_counted",
    N_("{name} has no population, but the promise {promise} in row {row} of the sheet emergency counts people"),
    N_("inhabitants in the base year"),
    N_("type the population of {name}, or take the promise off"),
)
NOWHERE = Fault(
    "site_nowhere",
    N_("{name} has neither a territory nor coordinates nor travel times"),
    N_("the territory in which it lies, or else its coordinates or its travel_times"),
    N_("type its territory_id"),
)
REGION_ASKED = Fault(
    "site_without_region",
    N_("{name} has no territory, but the sheet {sheet} asks in which region it lies, or how far from others"),
    N_("the territory in which it lies"),
    N_("type its territory_id, or leave that rule out of the sheet {sheet}"),
)

#: promises of the emergency network that count people, not cases
_OF_PEOPLE = ("cover", "double_cover", "ambulances")


def check_left_out(book: Book) -> Iterator[Problem]:
    """Yield every territory without people, and site without territory, where something asks for it."""
    yield from _people(book)
    yield from _homes(book)


def _left_out(sheet: Sheet, column: str, asked: pd.Index) -> Iterator[Problem]:
    """The column that is not there, where the rows ``asked`` want it."""
    if column not in sheet.letters and len(asked):
        yield MISSING_COLUMN.problem(sheet.label, "1:1", column=column)


def _people(book: Book) -> Iterator[Problem]:
    sheet, demand = book["territories"], book["demand"].frame
    blank = sheet.blanks.get("population", sheet.frame.index[:0])
    if blank.empty:
        return
    specialties, periods = book["specialties"].frame["specialty_id"], book["periods"].frame["period_id"]
    stated = set(demand[["territory_id", "specialty_id", "period_id"]].itertuples(index=False, name=None))
    needed = [*product(specialties[specialties != ""], periods[periods != ""])]
    codes = sheet.frame["territory_id"]
    open_ = blank[
        [any(not {(code, s, ""), (code, s, p)} & stated for s, p in needed) or not needed for code in codes[blank]]
    ]
    if missing := [*_left_out(sheet, "population", open_)]:
        yield from missing
        return
    yield from sheet.where(_rows(sheet, open_), "population", BLANK_POPULATION)
    promises = book["emergency"].frame
    counting = promises[promises["promise"].isin(_OF_PEOPLE)]
    if len(counting):
        first = {"row": counting.index[0], "promise": counting["promise"].iloc[0]}
        yield from sheet.where(_rows(sheet, blank.difference(open_)), "population", PEOPLE_COUNTED, **first)


def _homes(book: Book) -> Iterator[Problem]:
    sheet = book["sites"]
    blank = sheet.blanks.get("territory_id", sheet.frame.index[:0])
    if blank.empty:
        return
    sites = sheet.frame.loc[blank]
    seats = book["territories"].frame[["latitude", "longitude"]].notna().all(axis=1).any()
    placed = sites[["latitude", "longitude"]].notna().all(axis=1) & bool(seats)
    placed |= sites["site_id"].isin(set(book["travel_times"].frame["destination_id"]))
    nowhere = blank[~placed.to_numpy(bool)]
    if missing := [*_left_out(sheet, "territory_id", nowhere)]:
        yield from missing
        return
    yield from sheet.where(_rows(sheet, nowhere), "territory_id", NOWHERE)
    for name, asked in _rules_of_regions(book).items():
        rows = blank.difference(nowhere) if asked is None else sites.index[sites["site_id"].isin(asked)]
        yield from sheet.where(_rows(sheet, rows), "territory_id", REGION_ASKED, sheet=name)


def _rules_of_regions(book: Book) -> dict[str, set[str] | None]:
    """Sheets with a rule about where a site lies, and the sites it is about (None: all of them)."""
    found: dict[str, set[str] | None] = {}
    for name in (table.name for table in TABLES if table.locates):
        rows = book[name].frame
        if "site_id" in rows and len(rows):
            found[name] = set(rows["site_id"])
        elif "region_id" in rows and (~rows["region_id"].isin(["", ALL])).any():
            found[name] = None
    sizes = book["sizes"].frame
    if ((sizes["treats_share"] < 1) | sizes["needs_support"]).any():
        found["sizes"] = None
    taught = book["techniques"].frame
    if (taught["active"] & (taught["case_share"] > 0)).any():
        found["techniques"] = None
    return found


def _rows(sheet: Sheet, rows: pd.Index) -> pd.Series:
    return pd.Series(sheet.frame.index.isin(rows), sheet.frame.index)
