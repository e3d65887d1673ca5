"""Periods, regions, roads and sources: the smaller sheets whose rows can contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.book import Book, Sheet, about
from redesaude.inputs.faults import Fault, nearest
from redesaude.inputs.tables import BY_NAME
from redesaude.language import N_

MOST_PERIODS = 6

TOO_MANY_PERIODS = Fault(
    "too_many_periods",
    N_("the sheet has {count} periods"),
    N_("at most {most} periods"),
    N_("delete this row, or join it with the one above"),
)
BEYOND_HORIZON = Fault(
    "period_beyond_horizon",
    N_("{period_id} begins in {first_year}, the horizon ends before {end}"),
    N_("a first_year before {end}"),
    N_("begin the period earlier, or type a longer horizon_years on the sheet settings"),
)
UNSORTED = Fault(
    "periods_unsorted",
    N_("{period_id} begins in {first_year}, before the row above"),
    N_("periods in the order of their years"),
    N_("sort the rows by first_year"),
)
OVERLAP = Fault(
    "periods_overlap",
    N_("{period_id} begins in {first_year}, before the period above ends"),
    N_("a first_year of {end} or later"),
    N_("type {end} as first_year, or shorten the period above"),
)
GAP = Fault(
    "periods_gap",
    N_("{period_id} begins in {first_year}, the period above ends before {end}"),
    N_("a first_year of {end}"),
    N_("type {end} as first_year, or lengthen the period above"),
)
BEFORE_BASE = Fault(
    "period_before_base_year",
    N_("{period_id} begins in {first_year}, before base_year {base_year}"),
    N_("a first_year of {base_year} or later"),
    N_("correct first_year, or base_year on the sheet settings"),
)
SHORT_HORIZON = Fault(
    "horizon_too_short",
    N_("{period_id} lasts {years} years, beyond the horizon of {horizon}"),
    N_("periods that end with the horizon or before it"),
    N_("shorten the period, or type a longer horizon_years on the sheet settings"),
    severity="warning",
)
LAST_SHORT = Fault(
    "last_period_runs_on",
    N_("{period_id} is the last period and lasts {years} years, but {left} are left of the horizon"),
    N_("a last period that ends with the horizon"),
    N_("type {left}: so it is counted, its people those of the middle of these years; or shorten horizon_years"),
    severity="warning",
)
EARLY_RATE = Fault(
    "rate_from_the_start",
    N_("{from_year} is not after the first year of the first period, {first}"),
    N_("a year after {first}; until then discount_rate of the settings holds"),
    N_("type a later year, or correct discount_rate"),
)
NO_ONE = Fault(
    "zero_population",
    N_("{name} has a population of 0"),
    N_("at least one inhabitant"),
    N_("correct it, or leave it if nobody lives there; no demand is counted"),
    severity="warning",
)
TWO_NAMES = Fault(
    "region_two_names",
    N_("region {region_id} is called {region_name} here and {other} in row {first}"),
    N_("one name for each region"),
    N_("make the two names the same, or correct region_id"),
    severity="warning",
)
TWO_MACRO_NAMES = Fault(
    "macroregion_two_names",
    N_("macro-region {macroregion_id} is called {macroregion_name} here and {other} in row {first}"),
    N_("one name for each macro-region"),
    N_("make the two names the same, or correct macroregion_id"),
    severity="warning",
)
TWO_REGIONS = Fault(
    "region_two_ids",
    N_("the region name {region_name} has the code {region_id} here and {other} in row {first}"),
    N_("one code for each region"),
    N_("make the two codes the same, or correct region_name"),
    severity="warning",
)
NO_REGION = Fault(
    "region_blank",
    N_("{name} has no {column}, other rows have one"),
    N_("the {column} of {name}"),
    N_("type it, or empty the whole column if there are none"),
)
REGION_IS_MACROREGION = Fault(
    "region_and_macroregion",
    N_("{value} is the code of a region, in row {first}, and of a macro-region here"),
    N_("a code that says which of the two is meant"),
    N_("give the macro-region another code, here and wherever it is used"),
)
OUT_OF_RANGE = Fault(
    "emission_range",
    N_("travel_co2 is {factor}, outside its range from {low} to {high}"),
    N_("a travel_co2 between travel_co2_low and travel_co2_high"),
    N_("correct one of the three; 0 as low or high: the same as travel_co2"),
)
SELF_LINK = Fault(
    "self_link",
    N_("the road goes from {from_id} to itself"),
    N_("a road between two territories"),
    N_("correct to_id, or delete the row"),
)
TWO_LENGTHS = Fault(
    "road_two_lengths",
    N_("the road between {from_id} and {to_id} has another length in row {first}"),
    N_("one row for each pair: a road counts both ways"),
    N_("delete one of the two rows"),
    severity="warning",
)
SOURCE_SHEET = Fault(
    "source_unknown_sheet",
    N_("there is no sheet {sheet}"),
    N_("the name of a sheet of the workbook"),
    N_("correct the name; the source is kept but belongs to nothing"),
    near=N_("did you mean {suggestion}?"),
    severity="warning",
)
SOURCE_COLUMN = Fault(
    "source_unknown_column",
    N_("the sheet {sheet} has no column {value}"),
    N_("the name of one of its columns, or *"),
    N_("correct the name; the source is kept but belongs to nothing"),
    near=N_("did you mean {suggestion}?"),
    severity="warning",
)


def check_periods(book: Book) -> Iterator[Problem]:
    """Yield what is wrong with the planning periods, and with their place in the horizon."""
    sheet, settings = book["periods"], book.settings
    frame = sheet.frame
    for row in frame.index[MOST_PERIODS:]:
        yield sheet.at(row, "period_id", TOO_MANY_PERIODS, count=len(frame), most=MOST_PERIODS)
    previous = frame[["first_year", "years"]].shift(1)
    end = previous["first_year"] + previous["years"]
    unsorted = frame["first_year"] < previous["first_year"]
    yield from sheet.where(unsorted, "first_year", UNSORTED)
    for fault, mask in ((OVERLAP, frame["first_year"] < end), (GAP, frame["first_year"] > end)):
        for row in frame.index[mask & ~unsorted]:
            yield sheet.at(row, "first_year", fault, end=end[row])
    early = (frame["first_year"] < settings.base_year) & book.stated
    yield from sheet.where(early, "first_year", BEFORE_BASE, base_year=settings.base_year)
    if book.stated:
        yield from _in_horizon(sheet, settings.horizon_years)
    rates = book["discount_rates"]
    if len(rates.frame):
        first = frame["first_year"].min()
        yield from rates.where(rates.frame["from_year"] <= first, "from_year", EARLY_RATE, first=first)


def _in_horizon(sheet: Sheet, horizon: int) -> Iterator[Problem]:
    """Periods that begin after the horizon, and a last one that is not stated to end with it."""
    frame = sheet.frame
    if frame.empty:
        return
    end = frame["first_year"].iloc[0] + horizon
    yield from sheet.where(frame["first_year"] >= end, "first_year", BEYOND_HORIZON, end=end)
    left = end - frame["first_year"]
    yield from sheet.where((frame["years"] > left) & (left > 0), "years", SHORT_HORIZON, horizon=horizon)
    last = frame.index == frame.index[-1]
    yield from sheet.where((frame["years"] < left) & last, "years", LAST_SHORT, left=left)


def check_territories(book: Book) -> Iterator[Problem]:
    """Yield doubts about population and health regions."""
    sheet = book["territories"]
    yield from sheet.where(sheet.frame["population"] == 0, "population", NO_ONE)
    for column in ("region_id", "macroregion_id"):
        if sheet.sound(column):
            blank = sheet.frame[column] == ""
            yield from sheet.where(blank if not blank.all() else ~blank, column, NO_REGION)
    yield from _regions_and_macroregions(sheet)
    yield from _one_to_one(book, "region_id", "region_name", TWO_NAMES)
    yield from _one_to_one(book, "region_name", "region_id", TWO_REGIONS)
    yield from _one_to_one(book, "macroregion_id", "macroregion_name", TWO_MACRO_NAMES)


def _regions_and_macroregions(sheet: Sheet) -> Iterator[Problem]:
    """A promise to such a code would be one to either."""
    regions = {code: row for row, code in reversed(list(sheet.frame["region_id"].items())) if code}
    macroregions = sheet.frame["macroregion_id"]
    for row, code in macroregions[~macroregions.duplicated()].items():
        if code in regions:
            yield sheet.at(row, "macroregion_id", REGION_IS_MACROREGION, first=regions[code])


def _one_to_one(book: Book, key: str, other: str, fault: Fault) -> Iterator[Problem]:
    """Rows whose ``other`` differs from that of the first row with the same ``key``; blanks apart."""
    sheet = book["territories"]
    if not {key, other} <= set(sheet.letters):
        return
    frame = sheet.frame[(sheet.frame[key] != "") & (sheet.frame[other] != "")]
    first: dict[str, tuple[int, str]] = {}
    for row, name, value in frame.drop_duplicates([key, other])[[key, other]].itertuples():
        where, known = first.setdefault(name, (row, value))
        if known != value:
            yield sheet.at(row, other, fault, other=known, first=where)


def check_emissions(book: Book) -> Iterator[Problem]:
    """Yield a problem where the CO2 of a vehicle lies outside its own range."""
    settings, sheet = book.settings, book.stated_settings
    low, factor = settings.travel_co2_low, settings.travel_co2
    high = settings.travel_co2_high or factor
    if sheet is not None and not low <= factor <= high:
        typed = sheet.frame["name"].str.lower().str.startswith("travel_co2")
        yield sheet.at(sheet.frame.index[typed][0], "value", OUT_OF_RANGE, factor=factor, low=low, high=high)


@about("roads")
def check_roads(book: Book) -> Iterator[Problem]:
    """Yield roads that lead nowhere or stand twice with different lengths."""
    sheet = book["roads"]
    frame = sheet.frame
    loop = (frame["from_id"] == frame["to_id"]) & (frame["from_id"] != "")
    yield from sheet.where(loop, "to_id", SELF_LINK)
    forward = frame["from_id"] <= frame["to_id"]
    low, high = (frame["from_id"].where(side, frame["to_id"]) for side in (forward, ~forward))
    pair = low + "|" + high
    first = pd.Series(frame.index, frame.index).groupby(pair).transform("first")
    first_km = frame["km"].reindex(first).to_numpy()
    turned = (first != frame.index) & (frame["from_id"].to_numpy() != frame["from_id"].reindex(first).to_numpy())
    for row in frame.index[turned & (frame["km"] != first_km) & ~(frame["km"].isna() & pd.isna(first_km))]:
        yield sheet.at(row, "km", TWO_LENGTHS, first=first[row])


@about("sources")
def check_sources(book: Book) -> Iterator[Problem]:
    """Yield sources that name a sheet or column that does not exist."""
    sheet = book["sources"]
    frame = sheet.frame
    for name in frame["sheet"].unique():
        rows = frame["sheet"] == name
        if name and name not in BY_NAME:
            suggestion = nearest(name, BY_NAME)
            yield from sheet.where(rows, "sheet", SOURCE_SHEET, suggestion=suggestion)
        elif name and name != "settings":
            columns = [column.name for column in BY_NAME[name].columns]
            strange = rows & ~frame["column"].isin([*columns, "*", ""])
            for row in frame.index[strange]:
                suggestion = nearest(str(frame["column"][row]), columns)
                yield sheet.at(row, "column", SOURCE_COLUMN, suggestion=suggestion)
