"""From raw tables to a checked book: every problem at once, each with its cell and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from redesaude.errors import InputError, Problem
from redesaude.inputs.book import Book, Sheet, declared_order, type_sheet, with_flaws
from redesaude.inputs.changes import check_variants
from redesaude.inputs.contracts import check_contracts
from redesaude.inputs.decisions import check_decisions, check_precedence
from redesaude.inputs.geography import check_geography
from redesaude.inputs.indicators import check_indicators
from redesaude.inputs.inheritance import check_inheritance, only_of_variants
from redesaude.inputs.left_out import check_left_out
from redesaude.inputs.licences import check_licences
from redesaude.inputs.plausible import check_plausible
from redesaude.inputs.promises import check_promises
from redesaude.inputs.quality import check_quality
from redesaude.inputs.references import check_ids, check_references
from redesaude.inputs.resources import check_resources
from redesaude.inputs.risks import check_risks
from redesaude.inputs.services import check_services
from redesaude.inputs.settings import Settings
from redesaude.inputs.settings_sheet import read_settings
from redesaude.inputs.structure import EMPTY_SHEET, missing_sheets
from redesaude.inputs.support import check_support, check_tiers
from redesaude.inputs.surroundings import (
    check_emissions,
    check_periods,
    check_roads,
    check_sources,
    check_territories,
)
from redesaude.inputs.tables import BY_NAME, MINUTES_EACH, TABLES
from redesaude.inputs.techniques import check_techniques
from redesaude.inputs.today import check_today
from redesaude.inputs.travel_file import TWICE, TravelFileError, read_travel_file
from redesaude.inputs.wide import as_long
from redesaude.inputs.workbook import RawTable
from redesaude.language import Phrase

#: what scenarios made in Python may leave out
_NEUTRAL = ("settings", "periods", "contracts")

_CHECKS = (
    check_periods,
    check_territories,
    check_left_out,
    check_geography,
    check_services,
    check_licences,
    check_today,
    check_contracts,
    check_quality,
    check_decisions,
    check_precedence,
    check_tiers,
    check_support,
    check_techniques,
    check_promises,
    check_resources,
    check_indicators,
    check_risks,
    check_roads,
    check_emissions,
    check_variants,
    check_inheritance,
    check_sources,
)


@dataclass(frozen=True)
class Source:
    """Where the tables come from; a workbook (``path``) must be complete, data frames need not. ``doubts``: whether
    what is allowed but unusual is told; not again of a scenario that was read before.
    """

    name: str
    path: Path | None
    doubts: bool = True


@dataclass(frozen=True)
class CheckedBook:
    """What a check found: the sheets, and every problem in the order of sheets and rows."""

    book: Book
    problems: tuple[Problem, ...]
    source: Source

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop a run."""
        return tuple(p for p in self.problems if p.severity == "error")

    def accepted(self) -> CheckedBook:
        """Return the book; InputError with every problem where one of them stops a run."""
        if self.errors:
            raise InputError(self.problems, self.book.settings.language)
        return self


def checked_book(raws: Mapping[str, RawTable], source: Source, problems: list[Problem]) -> CheckedBook:
    """Type and check raw tables as a whole; ``problems`` are those found when they were read."""
    complete = source.path is not None
    needed = [t.name for t in TABLES if t.required and (complete or t.name not in _NEUTRAL)]
    problems = problems + missing_sheets(raws, needed)
    settings_sheet, found = type_sheet(BY_NAME["settings"], raws.get("settings"))
    settings, wrong = read_settings(settings_sheet, raws.get("settings"), complete=complete)
    problems += found + wrong
    stated = not (found or wrong) and (settings_sheet.present or not complete)
    raws = dict(raws) if complete else _neutral(settings) | dict(raws)
    problems += _add_travel_file(raws, settings, settings_sheet, source)
    if "travel_times" in raws:
        raws["travel_times"] = as_long(raws["travel_times"], raws.get("sites"), raws.get("territories"))
    book, found = _book(raws, settings, stated=stated)
    book = _in_minutes(book)
    book = replace(book, stated_settings=settings_sheet if "value" in settings_sheet.letters else None)
    problems += found
    if complete or settings_sheet.present:
        problems += _empty_sheets(book)
    for check in (check_ids, check_references):
        found = list(check(book))
        problems += found
        book = replace(book, sheets={name: with_flaws(sheet, found) for name, sheet in book.sheets.items()})
    problems += [problem for check in _CHECKS for problem in check(book)]
    problems += check_plausible(book) if source.doubts else []
    problems = sorted(only_of_variants(book["variants"], problems), key=declared_order)
    return CheckedBook(book, tuple(problems), source)


def _book(raws: Mapping[str, RawTable], settings: Settings, *, stated: bool) -> tuple[Book, list[Problem]]:
    sheets: dict[str, Sheet] = {}
    problems: list[Problem] = []
    for table in TABLES:
        if table.name != "settings":
            sheets[table.name], found = type_sheet(table, raws.get(table.name))
            problems += found
    return Book(sheets, settings, stated), problems


def _in_minutes(book: Book) -> Book:
    """Travel times of another unit become minutes, and so the settings say from now on."""
    sheet, each = book["travel_times"], MINUTES_EACH[book.settings.travel_unit]
    frame = sheet.frame.assign(minutes=sheet.frame["minutes"] * each)
    settings = replace(book.settings, travel_unit="minutes")
    return replace(book, sheets={**book.sheets, sheet.table.name: replace(sheet, frame=frame)}, settings=settings)


def _empty_sheets(book: Book) -> list[Problem]:
    return [
        EMPTY_SHEET.problem(sheet.label, "A3", row=Phrase(sheet.table.row))
        for sheet in book.sheets.values()
        if sheet.table.required and sheet.present and sheet.frame.empty
    ]


def _add_travel_file(raws: dict[str, RawTable], settings: Settings, sheet: Sheet, source: Source) -> list[Problem]:
    """Put the travel file named in the settings among ``raws``; return any problem."""
    name = settings.travel_times_file
    if not name:
        return []
    row = sheet.frame.index[sheet.frame["name"].str.lower() == "travel_times_file"][-1]
    if "travel_times" in raws and len(raws["travel_times"].cells):
        return [sheet.at(row, "value", TWICE, found=name)]
    try:
        raws["travel_times"] = read_travel_file(source.path.parent if source.path else None, name, settings.language)
    except TravelFileError as error:
        return [sheet.at(row, "value", error.fault, **error.values)]
    return []


def _neutral(settings: Settings) -> dict[str, RawTable]:
    """One period as long as the horizon and one direct contract, for scenarios that do not say."""
    frames = neutral_tables(settings)
    return {name: RawTable.from_frame(name, frame) for name, frame in frames.items()}


def neutral_tables(settings: Settings) -> dict[str, pd.DataFrame]:
    """Return the rows of periods and contracts that hold where nothing else is said."""
    period = {"period_id": "p1", "first_year": settings.base_year, "years": settings.horizon_years}
    contract = {"contract_id": "direct", "name": "direct", "delivery_model": "direct", "financing": "budget"}
    return {"periods": pd.DataFrame([period]), "contracts": pd.DataFrame([contract])}
