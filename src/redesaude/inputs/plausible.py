"""What is allowed but unusual: one table of ranges, and a few doubts that no range of one cell expresses.

Everything here is a warning: it names the cell, what was found and what is usual, and stops nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs import plausible_journeys
from redesaude.inputs.book import Book, about
from redesaude.inputs.faults import Fault, without_accents
from redesaude.inputs.geography import trusted_points
from redesaude.inputs.plausible_journeys import check_journeys, check_roads, located
from redesaude.inputs.quality import ENDS, with_quality
from redesaude.inputs.references import IBGE_DIGITS
from redesaude.inputs.treatment_cost import least_treatment_cost
from redesaude.language import N_, Phrase


@dataclass(frozen=True)
class Usual:
    """The usual range of a column (or setting): from ``low`` to ``high``, in words ``usual``."""

    sheet: str
    column: str
    low: float
    high: float
    usual: str


#: ranges of single cells; ends included
USUAL = (
    Usual("settings", "horizon_years", 5, 50, N_("10 to 40 years")),
    Usual("settings", "discount_rate", 0.005, 0.2, N_("0.03 to 0.12")),
    Usual("settings", "bid_discount_margin", 0.0, 0.06, N_("0 to 0.04")),
    Usual("discount_rates", "rate", 0.005, 0.2, N_("0.03 to 0.12")),
    Usual("settings", "occupancy", 0.3, 0.97, N_("0.7 to 0.9")),
    Usual("settings", "road_speed_kmh", 15, 110, N_("30 to 90 km/h")),
    Usual("roads", "speed_kmh", 5, 130, N_("30 to 110 km/h")),
    Usual("contracts", "procurement_months", 0.5, 60, N_("3 to 24 months")),
    Usual("specialties", "cases_per_100k", 0, 100_000, N_("less than one case a person and year, 100,000 per 100,000")),
)

UNUSUAL = Fault(
    "unusual_value",
    N_("{column} is {value}"),
    N_("usually {usual}"),
    N_("check the value and its unit; leave it if it is meant"),
    severity="warning",
)
FAR_DEARER = Fault(
    "far_dearer",
    N_("{column} {value} is {times} times that of the middle of the other sizes"),
    N_("sizes whose costs are less than a thousand times apart"),
    N_("check the unit: thousands, millions, another currency? Leave it if it is meant"),
    severity="warning",
)
FAR_FROM_SIZE = Fault(
    "far_from_size",
    N_("{column} {value} is {times} times that of its size, {usual}"),
    N_("costs of its own that are less than a thousand times apart from those of the sheet sizes"),
    N_("check the unit: thousands, millions, another currency? Leave it if it is meant"),
    severity="warning",
)
IN_THOUSANDS = Fault(
    "population_in_thousands",
    N_("the population of {name} is {value}"),
    N_("inhabitants, not thousands of them"),
    N_("type whole numbers of people; leave them if these places are that small"),
    severity="warning",
)
MORE_THAN_PEOPLE = Fault(
    "more_cases_than_people",
    N_("{value} cases a year in a territory of {people} people"),
    N_("less than one case a person and year"),
    N_("check the unit of cases and the territory; leave it if it is meant"),
    severity="warning",
)
UNMET_TOO_CHEAP = Fault(
    "unmet_below_treatment",
    N_("an unmet case costs {value}, treating one at least {treated}"),
    N_("an unmet_cost above the cost of treating a case"),
    N_("raise unmet_cost: as it is, the cheapest plan may be to treat nobody"),
    severity="warning",
)
ONE_POINT = Fault(
    "two_at_one_point",
    N_("{name} lies at the same point as the territory in row {first}"),
    N_("the seat of each territory"),
    N_("correct the coordinates, or delete one if it is the same place twice"),
    severity="warning",
)
SAME_PLACE = Fault(
    "same_place_twice",
    N_("{value} is {other} in row {first} without its check digit"),
    N_("each place once"),
    N_("delete one of the two rows: their people are counted twice"),
    severity="warning",
)
SAME_NAME = Fault(
    "same_name_twice",
    N_("{name} is the name of the territory in row {first} too, in the same region"),
    N_("each place once"),
    N_("delete one of the two rows if it is the same place: its people are counted twice"),
    severity="warning",
)
SAME_HOSPITAL = Fault(
    "same_hospital",
    N_("{value} is the name of the site in row {first} too, in the same territory"),
    N_("each hospital once"),
    N_("delete one of the two rows if it is the same hospital: its room is counted twice"),
    severity="warning",
)
TOTAL = Fault(
    "total_row",
    N_("{name} looks like a row of totals"),
    N_("one row for each territory"),
    N_("delete the row: its people are counted twice"),
    severity="warning",
)
NOT_USED = Fault(
    "quality_typed_beside_indicators",
    N_("{column} {value} is typed for {contract_id}, whose indicators make it {used}"),
    N_("what is paid by quality stated once: on quality_indicators, or in the quality_factor columns"),
    N_("empty {column}: what the indicators make of it is used; or delete the indicators of {contract_id}"),
    severity="warning",
)
HIDDEN = Fault(
    "hidden_rows",
    N_("hidden rows: {count}, from row {first} on"),
    N_("what counts is what is seen"),
    N_("show the rows and delete those that are not meant: they count as all others"),
    severity="warning",
)
STRUCK = Fault(
    "struck_rows",
    N_("the row is struck through"),
    N_("what counts is what is seen"),
    N_("delete the row if it is not meant: it counts as all others"),
    severity="warning",
)
ONE_SIDED = Fault(
    "one_sided_cost",
    N_("{column} of {name} is blank, and {other} states what it takes there"),
    N_("the same lines of cost for direct administration and for all that it is compared with"),
    N_("type what it takes here too, or 0 if it takes nothing"),
    severity="warning",
)
ONE_SIDED_WORKS = Fault(
    "one_sided_cost",
    N_("{column} of {name} is blank, and {other} states how its works are spent, or at which prices"),
    N_("the same works, spent and priced alike, for direct administration and for all that it is compared with"),
    N_("type it here too: a works_profile of 1 spends evenly, a works_inflation of 0 keeps prices as they are"),
    severity="warning",
)

#: what commissioning takes and when works cost what, under any delivery model: columns of which one at least says it
_ON_BOTH_SIDES = {
    ("design_share",): ONE_SIDED,
    ("supervision_share",): ONE_SIDED,
    ("transaction_cost", "transaction_share"): ONE_SIDED,
    ("oversight_cost",): ONE_SIDED,
    ("works_profile",): ONE_SIDED_WORKS,
    ("works_inflation",): ONE_SIDED_WORKS,
}
_SAME_FACTOR = 1e-9
_TIMES_APART = 1000.0
#: columns of costs that are of one scale on each sheet
_COSTS = {
    "sizes": ("capex", "fixed_cost", "cost_per_case"),
    "stations": ("capex", "fixed_cost", "ambulance_cost"),
}
_SEVERAL, _FEW_PEOPLE = 5, 2_000  # a country of hamlets, or thousands of people
_TOTALS = {"total", "totais", "total geral", "soma", "subtotal", "grand total", "sum", "tong", "tong cong", "tong so"}
_TOTALS_OF = ("total ", "subtotal ", "sub-total ", "tong cong ", "tong so ")


def check_plausible(book: Book) -> Iterator[Problem]:
    """Yield every value that is allowed but unusual."""
    for usual in USUAL:
        yield from _outside(book, usual)
    for check in _CHECKS:
        yield from check(book)
    for sheet in book.sheets.values():
        if sheet.hidden:
            first = sheet.hidden[0]
            yield HIDDEN.problem(sheet.label, f"{first}:{first}", count=len(sheet.hidden), first=first)
        for row in sheet.struck:
            yield STRUCK.problem(sheet.label, f"{row}:{row}")


def _outside(book: Book, usual: Usual) -> Iterator[Problem]:
    """Settings and cells that someone typed; of blank ones only those that a workbook asks for."""
    words = {"usual": Phrase(usual.usual), "column": usual.column}
    if usual.sheet == "settings":
        value = float(getattr(book.settings, usual.column))
        if book.stated and book.stated_settings is not None and not usual.low <= value <= usual.high:
            typed = book.stated_settings.frame["name"].str.lower() == usual.column
            yield from book.stated_settings.where(typed, "value", UNUSUAL, **words, value=value)
        return
    sheet = book[usual.sheet]
    if usual.column in sheet.letters:
        values = sheet.frame[usual.column]
        yield from sheet.where((values < usual.low) | (values > usual.high), usual.column, UNUSUAL, **words)


def _capital(book: Book) -> Iterator[Problem]:
    """Works a thousand times dearer than others: a slip of the unit."""
    for name, columns in _COSTS.items():
        sheet = book[name]
        for column in columns if len(sheet.frame) else ():
            values = sheet.frame[column].where(sheet.frame[column] > 0)
            few = values.notna().sum() <= 2  # of two, the dearer is told
            times = values / (values.min() if few else values.median())
            yield from sheet.where(_apart(times), column, FAR_DEARER, times=_rounded(times, 1))


@about("site_services")
def _own_costs(book: Book) -> Iterator[Problem]:
    """Costs that a service has of its own, a thousand times those of its size."""
    sheet, sizes = book["site_services"], book["sizes"].frame
    key = ["specialty_id", "size_id"]
    of_size = sizes.drop_duplicates(key).set_index(key)[list(_COSTS["sizes"])]
    of_size = of_size.reindex(pd.MultiIndex.from_frame(sheet.frame[key])).set_axis(sheet.frame.index)
    for column in _COSTS["sizes"]:
        own, usual = sheet.frame[column].where(sheet.frame[column] > 0), of_size[column].where(of_size[column] > 0)
        times = own / usual
        yield from sheet.where(_apart(times), column, FAR_FROM_SIZE, times=_rounded(times, 1), usual=usual)


def _apart(times: pd.Series) -> pd.Series:
    return pd.Series((times > _TIMES_APART) | (times < 1 / _TIMES_APART), times.index)


def _people(book: Book) -> Iterator[Problem]:
    sheet = book["territories"]
    population = sheet.frame["population"]
    parts = population.notna() & (population != population.round())
    small = len(population) >= _SEVERAL and population.max() < _FEW_PEOPLE
    yield from sheet.where(parts | (small & (population == population.max())), "population", IN_THOUSANDS)
    demand = book["demand"]
    of = sheet.frame.groupby("territory_id")["population"].first()
    people = demand.frame["territory_id"].map(of).astype(float)
    yield from demand.where(demand.frame["cases"] > people, "cases", MORE_THAN_PEOPLE, people=people)


def _unmet(book: Book) -> Iterator[Problem]:
    """A case that costs less unmet than treated at the cheapest place, full: then nobody is treated."""
    sheet = book["specialties"]
    if sheet.frame["unmet_cost"].isna().all():
        return
    treated = sheet.frame["specialty_id"].map(least_treatment_cost(book)).astype(float)
    cheap = sheet.frame["unmet_cost"] < treated
    yield from sheet.where(cheap, "unmet_cost", UNMET_TOO_CHEAP, treated=_rounded(treated, 4))


def _places(book: Book) -> Iterator[Problem]:
    """The same place twice, at one point or under two codes, and rows of totals."""
    sheet = book["territories"]
    frame = sheet.frame
    first = _first_at_point(frame)
    twice = first.notna()
    yield from sheet.where(twice, "latitude", ONE_POINT, first=first)
    codes = frame["territory_id"]
    whole = {code[:-1]: (row, code) for row, code in codes.items() if code.isdigit() and len(code) == IBGE_DIGITS}
    for row, code in codes.items():
        if code in whole:
            where, other = whole[code]
            yield sheet.at(row, "territory_id", SAME_PLACE, first=where, other=other)
    again = _named_again(frame)
    yield from sheet.where(again.notna() & ~twice & ~codes.str[:-1].isin(codes), "name", SAME_NAME, first=again)
    yield from sheet.where(_totals(frame), "name", TOTAL)
    yield from _hospitals(book)


def _hospitals(book: Book) -> Iterator[Problem]:
    """The same hospital twice: of one name in one territory."""
    sheet = book["sites"]
    frame, rows = sheet.frame, pd.Series(sheet.frame.index, sheet.frame.index, dtype=float)
    name = frame["name"].map(without_accents)
    named = rows.groupby([name, frame["territory_id"]]).transform("min")
    named = named.where((name != "") & (frame["territory_id"] != "") & (named != rows))
    yield from sheet.where(named.notna(), "name", SAME_HOSPITAL, first=named)


def _first_at_point(frame: pd.DataFrame) -> pd.Series:
    """The row of the first territory at the same point, where there is one before; else blank."""
    rows = pd.Series(frame.index, frame.index)
    if not located(frame):
        return pd.Series(np.nan, frame.index)
    first = rows.groupby([frame["latitude"], frame["longitude"]]).transform("first")
    return pd.Series(first.where(trusted_points(frame, frame) & (first != rows)))


def _totals(frame: pd.DataFrame) -> pd.Series:
    """Rows called a total, of all or of a part, or with the people of all others or of those of their region."""
    found = pd.Series(False, frame.index)
    for column in ("name", "territory_id"):
        words = frame[column].map(without_accents)
        found |= words.isin(_TOTALS) | words.str.startswith(_TOTALS_OF)
    people = frame["population"]
    if len(frame) <= 3:
        return found
    for place in (pd.Series("", frame.index), frame["region_id"]):
        of = people.groupby(place)
        found |= (of.transform("size") > 3) & (people > 0) & (of.transform("sum") - people == people)
    return found


def _named_again(frame: pd.DataFrame) -> pd.Series:
    """The row of the first territory of the same name in the same region, where there is one before; else NaN."""
    rows = pd.Series(frame.index, frame.index, dtype=float)
    if not frame["name"].any():
        return pd.Series(np.nan, frame.index)
    name = frame["name"].map(without_accents)
    first = rows.groupby([name, frame["region_id"]]).transform("min")
    return pd.Series(first.where((name != "") & (first != rows)))


def _commissioning(book: Book) -> Iterator[Problem]:
    """What only one side of the comparison states: direct administration, or the others."""
    sheet = book["contracts"]
    direct = sheet.frame["delivery_model"] == "direct"
    if direct.all() or not direct.any():
        return
    for columns, fault in _ON_BOTH_SIDES.items():
        typed = sheet.typed(*columns)
        for side in (direct, ~direct):
            others = sheet.frame["contract_id"][typed & ~side]
            if len(others):
                yield from sheet.where(side & ~typed, columns[0], fault, other=others.iloc[0])


@about("quality_indicators")
def _quality(book: Book) -> Iterator[Problem]:
    """Factors of quality typed for a contract whose indicators work out others: those of the indicators hold."""
    sheet, indicators = book["contracts"], book["quality_indicators"].frame
    known = indicators[indicators["contract_id"].isin(sheet.frame["contract_id"]) & indicators["weight"].notna()]
    worked = with_quality(sheet.frame.drop_duplicates("contract_id"), known)
    for _, column in ENDS.values():
        if column in sheet.letters:
            stated = sheet.frame[column]
            beside = stated.notna() & sheet.frame["contract_id"].isin(known["contract_id"]) & sheet.typed(column)
            yield from sheet.where(
                beside & ((stated - worked[column]).abs() > _SAME_FACTOR),
                column,
                NOT_USED,
                used=_rounded(worked[column], 4),
            )


def _rounded(values: pd.Series, digits: int) -> pd.Series:
    return values.map(lambda value: float(f"{value:.{digits}g}"))


_CHECKS: tuple[Callable[[Book], Iterator[Problem]], ...] = (
    _capital,
    _own_costs,
    _people,
    _unmet,
    _places,
    check_journeys,
    check_roads,
    _commissioning,
    _quality,
)

#: the codes of everything told here and there
DOUBTS = frozenset(
    fault.code for told in (globals(), vars(plausible_journeys)) for fault in told.values() if isinstance(fault, Fault)
)
