"""Promises about access, volume and money: each can be kept or has a price, and none contradicts another."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from redesaude.errors import Problem
from redesaude.financing import financings_where
from redesaude.inputs.areas import areas
from redesaude.inputs.book import Book, Sheet, about
from redesaude.inputs.faults import Fault
from redesaude.inputs.tables import ALL, EACH, EACH_MACROREGION, TABLES
from redesaude.language import N_

NO_PRICE = Fault(
    "elastic_without_price",
    N_("the promise is not hard but has no price"),
    N_("a price for each unit of shortfall"),
    N_("type {column}, or yes in {hard}"),
)
ABOVE_CEILING = Fault(
    "standard_above_ceiling",
    N_("the access standard of {standard} minutes is above the ceiling of {ceiling} minutes"),
    N_("a standard of {ceiling} minutes or less"),
    N_("type a shorter standard or a longer ceiling_minutes"),
)
NO_STANDARD = Fault(
    "share_without_standard",
    N_("a share of {value} is promised but no minutes within which"),
    N_("the access standard in minutes"),
    N_("type the minutes, or empty the share"),
)
NOT_A_SHARE = Fault(
    "access_above_one",
    N_("a share of {value} of all cases"),
    N_("a share from 0 to 1"),
    N_("type a share, such as 0.8 for 80 %"),
)
NOT_COUNTED = Fault(
    "measure_not_stated",
    N_("{measure} is asked for, but no specialty states what it is counted by"),
    N_("access_minutes for access, dalys_in_time for healthy_years, on the sheet specialties"),
    N_("type them there, or leave this row out"),
)
LATE_BETTER = Fault(
    "late_better_than_in_time",
    N_("dalys_late {dalys_late} is more than dalys_in_time {dalys_in_time}"),
    N_("treatment in time to gain at least as much"),
    N_("check the two columns: they may be exchanged"),
    severity="warning",
)
LIMIT_USED_UP = Fault(
    "limit_used_up",
    N_("{committed} is committed already, {share} of {base_amount} is {room}"),
    N_("committed of {room} or less, or a promise that is not hard"),
    N_("check base_amount, share and committed, or type no in hard with a price"),
)

LIMIT_TWICE = Fault(
    "limit_named_twice",
    N_("{limit_id} names another limit already, in row {first} of the sheet {sheet}"),
    N_("a code for each limit of money, on funding and on fiscal"),
    N_("type another code here"),
)

PAID_TWICE = Fault(
    "payers_above_one",
    N_("the shares of those who pay for the same add up to {total}"),
    N_("shares that add up to no more than 1"),
    N_("lower one of them: what is left over stays with the state"),
)

GRACE_TOO_LONG = Fault(
    "loan_grace_too_long",
    N_("grace_years {grace_years} leaves no instalment within {years} years"),
    N_("grace_years below {years}, the years of the loan"),
    N_("type shorter grace_years or more years"),
)
LOAN_IN_VAIN = Fault(
    "loan_without_budget_works",
    N_("{loan_id} covers no contract whose works the budget pays"),
    N_("a contract with financing budget"),
    N_("correct contracts, or delete the row: a project company has its own loan, debt_years on the sheet contracts"),
    severity="warning",
)

NO_MACROREGION = Fault(
    "no_macroregion",
    N_("no territory has a macro-region"),
    N_("macroregion_id on the sheet territories"),
    N_("fill in macroregion_id there, or type each, all or a region here"),
)

OVERLAP = Fault(
    "promise_twice",
    N_("{subject} in {area} is promised already, in {other}"),
    N_("each promise once: a row for all or each already holds for everyone it names"),
    N_("delete one of the two rows, or leave out here whom the other names"),
)

NO_REGION = Fault(
    "no_region",
    N_("no territory has a region"),
    N_("region_id on the sheet territories"),
    N_("fill in region_id there, or type all here"),
)

NEVER_DUE = Fault(
    "promise_never_due",
    N_("{column} {value} is after the end of its period, in {end}"),
    N_("a year up to {end}"),
    N_("type an earlier year, or name a later period"),
)

NEVER_IN_FORCE = Fault(
    "until_before_from",
    N_("valid_until {valid_until} is before valid_from {valid_from}"),
    N_("a last year in force that is not before the first"),
    N_("correct one of the two years; a norm that changes is a new row"),
)

#: what rows of the sheet emergency for different periods have in common
_SAME = ("promise", "specialty_id", "region_id")

#: sheet, its hard column, its price column, the column without which no promise is made
_OF_ROWS = (
    ("specialties", "access_hard", "access_price", "access_share"),
    ("sizes", "min_cases_hard", "min_cases_price", "min_cases"),
    ("funding", "hard", "price", "amount"),
    ("fiscal", "hard", "price", "share"),
    ("access_targets", "hard", "price", "share"),
)

#: the same of every other sheet of promises, each row of which makes one
_ELASTIC = (
    *_OF_ROWS,
    *(
        (table.name, "hard", "price", "")
        for table in TABLES
        if {"hard", "price"} <= {column.name for column in table.columns}
        and table.name not in {name for name, *_ in _OF_ROWS}
    ),
)


#: sheet and column of the year from which a promise is due
_DUE_FROM = tuple(
    (table.name, column.name) for table in TABLES for column in table.columns if column.name.endswith("from_year")
)


def check_promises(book: Book) -> Iterator[Problem]:
    """Yield every promise that is contradictory, unpriced, or broken before any plan is made."""
    for name, hard, price, subject in _ELASTIC:
        yield from _unpriced(book[name], hard, price, subject)
    specialties = book["specialties"]
    frame = specialties.frame
    yield from specialties.where(frame["dalys_late"] > frame["dalys_in_time"], "dalys_late", LATE_BETTER)
    yield from _above_ceiling(specialties, "access_minutes", frame["access_minutes"], frame["ceiling_minutes"])
    if specialties.sound("access_minutes"):
        lonely = frame["access_share"].notna() & frame["access_minutes"].isna()
        yield from specialties.where(lonely, "access_share", NO_STANDARD)
    yield from _targets(book)
    yield from _programme(book)
    yield from _never_due(book)
    for name in (table.name for table in TABLES if any(c.name == "valid_until" for c in table.columns)):
        frame = book[name].frame
        if frame.empty:
            continue
        yield from book[name].where(frame["valid_until"] < frame["valid_from"], "valid_until", NEVER_IN_FORCE)
    yield from _of_areas(book)
    yield from _fiscal(book)
    yield from _loans(book)
    yield from _limits_named_twice(book)
    yield from _payers(book)
    for promises in (_access_promises, _emergency_promises, _centre_limits, _programme_promises, _lot_limits):
        yield from _promised_twice(promises(book))


def _unpriced(sheet: Sheet, hard: str, price: str, subject: str) -> Iterator[Problem]:
    if sheet.frame.empty or not sheet.sound(hard, price):
        return
    made = sheet.frame[subject] > 0 if subject else ~sheet.frame[hard]
    unpriced = made & ~sheet.frame[hard] & sheet.frame[price].isna()
    yield from sheet.where(unpriced, price, NO_PRICE, hard=hard)


def _above_ceiling(sheet: Sheet, column: str, standard: pd.Series, ceiling: pd.Series) -> Iterator[Problem]:
    for row in sheet.frame.index[standard > ceiling]:
        yield sheet.at(row, column, ABOVE_CEILING, standard=standard[row], ceiling=ceiling[row])


def _targets(book: Book) -> Iterator[Problem]:
    """Standards of access_targets: their own minutes, or those of the specialty."""
    sheet, specialties = book["access_targets"], book["specialties"]
    if sheet.frame.empty or not specialties.sound("specialty_id", "access_minutes", "ceiling_minutes"):
        return
    of = specialties.frame.drop_duplicates("specialty_id").set_index("specialty_id")
    minutes = of["access_minutes"].to_dict() | {ALL: of["access_minutes"].max()}
    ceiling = of["ceiling_minutes"].to_dict() | {ALL: of["ceiling_minutes"].max(skipna=False)}
    specialty = sheet.frame["specialty_id"]
    known = specialty.isin(list(minutes))
    own = sheet.frame["minutes"]
    limit = specialty.map(ceiling).astype(float)
    yield from _above_ceiling(sheet, "minutes", own, limit)
    if sheet.sound("minutes"):
        without = known & own.isna() & specialty.map(minutes).astype(float).isna()
        yield from sheet.where(without, "share", NO_STANDARD)


@about("programme_targets")
def _programme(book: Book) -> Iterator[Problem]:
    """Targets of all specialties together: shares that are none, and measures by which nothing is counted."""
    sheet, specialties = book["programme_targets"], book["specialties"]
    measure = sheet.frame["measure"]
    yield from sheet.where((measure == "access") & (sheet.frame["amount"] > 1), "amount", NOT_A_SHARE)
    for name, column in (("access", "access_minutes"), ("healthy_years", "dalys_in_time")):
        if specialties.sound(column) and not (specialties.frame[column] > 0).any():
            yield from sheet.where(measure == name, "measure", NOT_COUNTED)


def _never_due(book: Book) -> Iterator[Problem]:
    """Promises due only after the last year of their period, or of all of them."""
    periods = book["periods"]
    if not periods.sound("first_year", "years"):
        return
    last_years = periods.frame["first_year"] + periods.frame["years"] - 1
    ends = dict(zip(periods.frame["period_id"], last_years, strict=True))
    last = max(ends.values(), default=np.inf)
    for name, column in _DUE_FROM:
        sheet = book[name]
        if not sheet.frame.empty and sheet.sound(column):
            named = sheet.frame.get("period_id", pd.Series("", sheet.frame.index))
            end = named.map(lambda period: ends.get(period, last))
            yield from sheet.where(sheet.frame[column] > end, column, NEVER_DUE, end=end)


def _of_areas(book: Book) -> Iterator[Problem]:
    """Promises to each region or macro-region where no territory has one: it cannot be said who is promised what."""
    territories = book["territories"]
    for column, word, fault in (("region_id", EACH, NO_REGION), ("macroregion_id", EACH_MACROREGION, NO_MACROREGION)):
        if not territories.sound(column) or (territories.frame[column] != "").any():
            continue
        for table in TABLES:
            sheet = book.sheets.get(table.name)
            if sheet is None or sheet.frame.empty:
                continue
            if any(stated.name == "region_id" and word in stated.words for stated in table.columns):
                yield from sheet.where(sheet.frame["region_id"] == word, "region_id", fault)


@about("fiscal")
def _fiscal(book: Book) -> Iterator[Problem]:
    sheet = book["fiscal"]
    frame = sheet.frame
    room = frame["base_amount"] * frame["share"]
    over = frame["hard"] & (frame["committed"] > room) & np.isfinite(room)
    for row in frame.index[over]:
        yield sheet.at(row, "committed", LIMIT_USED_UP, room=round(room[row], 2))


@about("loans")
def _loans(book: Book) -> Iterator[Problem]:
    """Loans that are never repaid, or that pay for nothing."""
    sheet, contracts = book["loans"], book["contracts"]
    frame = sheet.frame
    yield from sheet.where(frame["grace_years"] >= frame["years"], "grace_years", GRACE_TOO_LONG)
    if sheet.sound("contracts") and contracts.sound("contract_id", "financing"):
        by_budget = contracts.frame["financing"].isin(financings_where(lambda way: not way.builder))
        budget = set(contracts.frame.loc[by_budget, "contract_id"])
        vain = frame["contracts"].map(lambda named: not budget.intersection(named or budget)).astype(bool)
        yield from sheet.where(vain, "contracts", LOAN_IN_VAIN)


@about("payers")
def _payers(book: Book) -> Iterator[Problem]:
    """Shares that add up to more than the whole."""
    sheet = book["payers"]
    total = sheet.frame.groupby([name for name in sheet.table.key if name != "payer"])["share"].transform("sum")
    yield from sheet.where(total > 1.0 + 1e-9, "share", PAID_TWICE, total=total)


@about("funding", "fiscal")
def _limits_named_twice(book: Book) -> Iterator[Problem]:
    """Limits of the same code on both sheets: reports and audit know a limit by its code, and its period."""
    first: dict[str, tuple[str, int]] = {}
    for name, column in (("funding", "funding_id"), ("fiscal", "fiscal_id")):
        sheet = book[name]
        codes = sheet.frame[column]
        for row in sheet.frame.index[(codes != "") & ~codes.duplicated()]:
            limit = codes[row]
            if limit in first:
                other, where = first[limit]
                yield sheet.at(row, column, LIMIT_TWICE, limit_id=limit, first=where, sheet=other)
            else:
                first[limit] = (sheet.label, row)


@dataclass(frozen=True)
class _Promise:
    """One promise spelled out, and the cell that makes it; ``firm``: hard, ``asked``: how much, more being stricter."""

    key: tuple[object, ...]
    sheet: Sheet
    row: Hashable
    column: str
    firm: bool
    asked: float = 0.0

    @property
    def cell(self) -> str:
        return f"{self.sheet.label}!{self.sheet.cell(self.row, self.column)}"

    def tops(self, other: _Promise) -> bool:
        """Whether who keeps this one keeps the other too, which then costs nothing."""
        return self.firm and not other.firm and self.asked >= other.asked


def _promised_twice(promises: Iterable[_Promise]) -> Iterator[Problem]:
    """Yield each pair of rows that promise the same to the same people: only one of them could count.

    A firm row may top an elastic one.
    """
    first: dict[tuple[object, ...], dict[bool, _Promise]] = {}
    told: set[tuple[str, str]] = set()
    for promise in promises:
        mine = first.setdefault(promise.key, {})
        mine.setdefault(promise.firm, promise)
        for other in mine.values():
            cells = other.cell, promise.cell
            if cells[0] == cells[1] or cells in told or promise.tops(other) or other.tops(promise):
                continue
            told.add(cells)
            subject, area = promise.key[:2]
            yield promise.sheet.at(promise.row, promise.column, OVERLAP, subject=subject, area=area, other=other.cell)


def _access_promises(book: Book) -> Iterator[_Promise]:
    """Access promises by specialty, area, minutes, share and period: each share counts by itself."""
    specialties, targets = book["specialties"], book["access_targets"]
    periods = book["periods"].frame["period_id"].to_list()
    promised = specialties.frame[specialties.frame["access_share"] > 0]
    for row, specialty, minutes, share, hard in promised[
        ["specialty_id", "access_minutes", "access_share", "access_hard"]
    ].itertuples():
        for period in periods:
            yield _Promise((specialty, ALL, minutes, share, period), specialties, row, "access_share", bool(hard))
    if targets.frame.empty:
        return
    standard = specialties.frame.groupby("specialty_id")["access_minutes"].first().to_dict()
    for row, target in targets.frame[targets.frame["active"]].iterrows():
        named = list(standard) if target["specialty_id"] == ALL else [target["specialty_id"]]
        chosen = periods if target["period_id"] == "" else [target["period_id"]]
        for specialty, area, period in product(named, areas(book["territories"].frame, target["region_id"]), chosen):
            minutes = standard.get(specialty, np.nan) if np.isnan(target["minutes"]) else target["minutes"]
            key = specialty, area, minutes, target["share"], period
            yield _Promise(key, targets, row, "share", bool(target["hard"]))


@about("emergency")
def _emergency_promises(book: Book) -> Iterator[_Promise]:
    """Emergency promises by what is promised, area, specialty and period: one of each holds, a period's own first."""
    sheet, specialties = book["emergency"], book["specialties"].frame
    critical = specialties.loc[specialties["window_minutes"].notna(), "specialty_id"].to_list()
    standing = sheet.frame[sheet.frame["active"]]
    own = {tuple(row) for row in standing[[*_SAME, "period_id"]].to_numpy().tolist()}
    for row, pledge in standing.iterrows():
        by_specialty = pledge["promise"] == "window" and pledge["specialty_id"] == ALL
        named = critical if by_specialty else [pledge["specialty_id"]]
        places = areas(book["territories"].frame, pledge["region_id"])
        for specialty, area, period in product(named, places, book["periods"].frame["period_id"]):
            if pledge["period_id"] == period or (
                pledge["period_id"] == "" and (*pledge[list(_SAME)], period) not in own
            ):
                people = pledge["promise"] == "ambulances"
                asked = -pledge["people_per_ambulance"] if people else pledge["share"]
                key = pledge["promise"], area, specialty, period
                yield _Promise(key, sheet, row, "promise", bool(pledge["hard"]), float(asked))


@about("centre_limits")
def _centre_limits(book: Book) -> Iterator[_Promise]:
    """Limits on centres by specialty, area, number and period: each number counts by itself."""
    sheet = book["centre_limits"]
    specialties = book["specialties"].frame["specialty_id"].to_list()
    for row, limit in sheet.frame.iterrows():
        named = specialties if limit["specialty_id"] == ALL else [limit["specialty_id"]]
        for specialty, area, period in product(named, *_places_and_periods(book, limit)):
            yield _Promise((specialty, area, limit["centres"], period), sheet, row, "centres", bool(limit["hard"]))


@about("programme_targets")
def _programme_promises(book: Book) -> Iterator[_Promise]:
    """Targets of the programme by measure, area, amount and period: each amount counts by itself."""
    sheet = book["programme_targets"]
    for row, target in sheet.frame[sheet.frame["active"].astype(bool)].iterrows():
        for area, period in product(*_places_and_periods(book, target)):
            key = target["measure"], area, target["amount"], period
            yield _Promise(key, sheet, row, "amount", bool(target["hard"]))


@about("lot_limits")
def _lot_limits(book: Book) -> Iterator[_Promise]:
    """Limits on lots by contract, number and period: each number counts by itself."""
    sheet = book["lot_limits"]
    for row, limit in sheet.frame[sheet.frame["active"].astype(bool)].iterrows():
        for period in _periods(book, limit):
            key = limit["contract_id"], ALL, limit["services"], period
            yield _Promise(key, sheet, row, "services", bool(limit["hard"]))


def _places_and_periods(book: Book, row: pd.Series) -> tuple[list[str], list[str]]:
    """The areas and the periods that a row names."""
    return areas(book["territories"].frame, row["region_id"]), _periods(book, row)


def _periods(book: Book, row: pd.Series) -> list[str]:
    return book["periods"].frame["period_id"].to_list() if row["period_id"] == "" else [row["period_id"]]
