"""From raw tables to a checked scenario: every problem at once, each with its cell and how to mend it.

``read_scenario`` for those who want a scenario or an exception, ``check_workbook`` for those who want the problems,
``scenario_from_tables`` for data frames in Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from itertools import count
from pathlib import Path

import pandas as pd
from openpyxl.utils import get_column_letter

from redesaude.errors import InputError, Problem
from redesaude.inputs.book import Book, Sheet, declared_order, type_sheet, with_flaws
from redesaude.inputs.contracts import check_contracts
from redesaude.inputs.decisions import check_decisions, check_precedence
from redesaude.inputs.frames import raw_tables
from redesaude.inputs.geography import check_geography
from redesaude.inputs.left_out import check_left_out
from redesaude.inputs.plausible import DOUBTS, check_plausible
from redesaude.inputs.promises import check_promises
from redesaude.inputs.references import check_ids, check_references
from redesaude.inputs.resources import check_resources
from redesaude.inputs.risks import check_risks
from redesaude.inputs.scenario import Place, Scenario, Settings
from redesaude.inputs.services import check_services
from redesaude.inputs.settings import read_settings
from redesaude.inputs.structure import EMPTY_SHEET, missing_sheets
from redesaude.inputs.support import check_support, check_tiers
from redesaude.inputs.surroundings import check_periods, check_roads, check_sources, check_territories
from redesaude.inputs.tables import BY_NAME, MINUTES_EACH, TABLES
from redesaude.inputs.travel_file import TWICE, TravelFileError, read_travel_file
from redesaude.inputs.variants import check_variants
from redesaude.inputs.wide import as_long
from redesaude.inputs.workbook import RawTable, read_tables
from redesaude.language import Phrase

#: the code of the region of every territory where the input names none
_ONE_REGION = "region"

#: what scenarios made in Python may leave out
_NEUTRAL = ("settings", "periods", "contracts")

_CHECKS = (
    check_periods,
    check_territories,
    check_left_out,
    check_geography,
    check_services,
    check_contracts,
    check_decisions,
    check_precedence,
    check_tiers,
    check_support,
    check_promises,
    check_resources,
    check_risks,
    check_roads,
    check_variants,
    check_sources,
)


@dataclass(frozen=True)
class CheckedInput:
    """What a check found: every problem in the order of sheets and rows, the scenario unless one is an error, and the
    language that the settings ask for (None: no settings were read).
    """

    problems: tuple[Problem, ...]
    scenario: Scenario | None
    language: str | None = None

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop a run."""
        return tuple(p for p in self.problems if p.severity == "error")

    def accepted(self) -> Scenario:
        """Return the scenario; InputError with every problem if there is none."""
        if self.scenario is None:
            raise InputError(self.problems, self.language)
        return self.scenario


def read_scenario(path: Path | str) -> Scenario:
    """Read and check the workbook at ``path``; warnings are in ``notices``.

    Raises
    ------
    InputError
        with every problem found.

    """
    return check_workbook(path).accepted()


def check_workbook(path: Path | str) -> CheckedInput:
    """Read the workbook at ``path`` and return every problem, never raising for a fault of the file."""
    try:
        raw = read_tables(path)
    except InputError as error:
        return CheckedInput(error.problems, None)
    source = _Source(Path(path).stem, Path(path))
    return _checked(raw.tables, source, list(raw.problems))


def scenario_from_tables(tables: Mapping[str, pd.DataFrame], name: str) -> Scenario:
    """Check data frames named as the sheets; see :meth:`Scenario.from_tables`."""
    raws, problems = raw_tables(tables, name)
    source = _Source(name, None)
    return _checked(raws, source, problems).accepted()


def check_again(scenario: Scenario) -> Scenario:
    """Check a changed scenario as a whole; InputError with every problem, at the cells of its sheets."""
    raws = {name: _raw_again(scenario, name, frame) for name, frame in scenario.tables().items()}
    settings = replace(scenario.settings, travel_times_file="")  # its rows are in travel_times already
    raws["settings"] = RawTable.from_frame("settings", settings_frame(settings))
    source = _Source(scenario.name, scenario.input_path, doubts=False)
    checked = _checked(raws, source, []).accepted()
    known = tuple(notice for notice in scenario.notices if notice.code in DOUBTS)
    return checked.replace(
        variant_id=scenario.variant_id,
        settings=scenario.settings,
        places=scenario.places,
        notices=(*checked.notices, *known),
    )


def settings_frame(settings: Settings) -> pd.DataFrame:
    """Return settings as rows of their sheet (name, value)."""
    values = asdict(settings)
    return pd.DataFrame({"name": list(values), "value": pd.Series(list(values.values()), dtype=object)})


@dataclass(frozen=True)
class _Source:
    """Where the tables come from; a workbook (``path``) must be complete, data frames need not. ``doubts``: whether
    what is allowed but unusual is told; not again of a scenario that was read before.
    """

    name: str
    path: Path | None
    doubts: bool = True


def _raw_again(scenario: Scenario, name: str, frame: pd.DataFrame) -> RawTable:
    place = scenario.places.get(name)
    if place is None:
        return RawTable.from_frame(name, frame)
    free = (get_column_letter(i) for i in count(1) if get_column_letter(i) not in place.letters.values())
    letters = {column: place.letters.get(column) or next(free) for column in frame.columns}
    cells = frame.set_axis(list(letters.values()), axis=1).set_axis(list(place.rows), axis=0)
    return RawTable(name, place.sheet, {letter: column for column, letter in letters.items()}, cells)


def _checked(raws: Mapping[str, RawTable], source: _Source, problems: list[Problem]) -> CheckedInput:
    complete = source.path is not None
    needed = [t.name for t in TABLES if t.required and (complete or t.name not in _NEUTRAL)]
    problems = problems + missing_sheets(raws, needed)
    settings_sheet, found = type_sheet(BY_NAME["settings"], raws.get("settings"))
    settings, wrong = read_settings(settings_sheet, raws.get("settings"), complete=complete)
    problems += found + wrong
    stated = not (found or wrong) and (settings_sheet.present or not complete)
    raws = dict(raws) if complete else _neutral(settings) | dict(raws)
    problems += _add_travel_file(raws, settings, settings_sheet, source)
    if "travel_times" in raws and "sites" in raws:
        raws["travel_times"] = as_long(raws["travel_times"], raws["sites"].cells.to_numpy(object).ravel())
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
    problems.sort(key=declared_order)
    if any(p.severity == "error" for p in problems):
        return CheckedInput(tuple(problems), None, settings.language)
    scenario = _scenario(book, source, tuple(problems))
    return CheckedInput(tuple(problems), scenario, settings.language)


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


def _add_travel_file(raws: dict[str, RawTable], settings: Settings, sheet: Sheet, source: _Source) -> list[Problem]:
    """Put the travel file named in the settings among ``raws``; return any problem."""
    name = settings.travel_times_file
    if not name:
        return []
    row = sheet.frame.index[sheet.frame["name"].str.lower() == "travel_times_file"][-1]
    if "travel_times" in raws and len(raws["travel_times"].cells):
        return [sheet.at(row, "value", TWICE, found=name)]
    try:
        raws["travel_times"] = read_travel_file(source.path.parent if source.path else None, name)
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


# --- from checked sheets to the scenario -----------------------------------------------------------------------


def _scenario(book: Book, source: _Source, notices: tuple[Problem, ...]) -> Scenario:
    frames = {name: sheet.frame.reset_index(drop=True) for name, sheet in book.sheets.items()}
    places = {
        name: Place(sheet.label, dict(sheet.letters), tuple(sheet.frame.index.tolist()))
        for name, sheet in book.sheets.items()
    }
    frames["territories"] = _named_regions(_named(frames["territories"], "territory_id"))
    frames["specialties"] = _named(frames["specialties"], "specialty_id")
    frames["contracts"] = _named(frames["contracts"], "contract_id")
    for name, key in (("sites", "site_id"), ("stations", "station_id")):
        frames[name] = _placed(_named(frames[name], key), frames["territories"])
    frames["workforce"] = _named(frames["workforce"], "role_id")
    return Scenario(
        name=source.name,
        settings=book.settings,
        **frames,  # type: ignore[arg-type]
        input_path=source.path,
        notices=notices,
        places=places,
    )


def _named(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    return frame if all(frame["name"]) else frame.assign(name=frame["name"].where(frame["name"] != "", frame[key]))


def _named_regions(territories: pd.DataFrame) -> pd.DataFrame:
    """A region is called as in the first row that names it, or by its code; where no row has one, all are of one."""
    codes = territories["region_id"]
    territories = territories.assign(region_id=codes.where(codes != "", _ONE_REGION))
    named = territories[territories["region_name"] != ""].drop_duplicates("region_id")
    known = dict(zip(named["region_id"], named["region_name"], strict=True))
    names = territories["region_id"].map(lambda code: known.get(code, code))
    return territories.assign(region_name=territories["region_name"].where(territories["region_name"] != "", names))


def _placed(sites: pd.DataFrame, territories: pd.DataFrame) -> pd.DataFrame:
    """A site without coordinates stands at the seat of its territory."""
    seats = territories.set_index("territory_id")
    own = {c: sites[c].fillna(sites["territory_id"].map(seats[c]).astype(float)) for c in ("latitude", "longitude")}
    return sites.assign(**own)
