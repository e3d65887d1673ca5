"""Reading workbooks of actuals: every wrong cell at once, with file, sheet and cell, and what to type there.

Files are told as a spreadsheet names them: ``[north.xlsx]services!J7``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from redesaude.errors import InputError, Problem
from redesaude.inputs.book import Sheet, type_sheet
from redesaude.inputs.faults import Fault, nearest
from redesaude.inputs.structure import missing_sheets
from redesaude.inputs.workbook import read_tables
from redesaude.language import N_
from redesaude.reviewing.declared import ACTUALS, DATE, SHEET, UNPLANNED
from redesaude.reviewing.due import due
from redesaude.reviewing.facts import Fact, Known, merged
from redesaude.reviewing.marks import facts_of
from redesaude.reviewing.planned import Planned
from redesaude.reviewing.spans import BAD_DATE, Span, parse_date

NO_ROW = Fault(
    "actuals_no_report",
    N_("the sheet {sheet} has {count} rows"),
    N_("one row: which days the workbook reports"),
    N_("leave one row, with begins and cutoff"),
)
TURNED = Fault(
    "actuals_turned",
    N_("the cut-off date {cutoff} is before the first day, {begins}"),
    N_("a cut-off date after the first day"),
    N_("correct one of the two dates"),
)
OTHER_SCENARIO = Fault(
    "actuals_other_scenario",
    N_("the workbook is about the scenario {found}"),
    N_("a workbook about {expected}"),
    N_("name the result for which it was written, or type {expected} if the scenario was renamed"),
)
UNKNOWN_ROW = Fault(
    "actuals_unknown_row",
    N_("'{found}' is nothing that the plan has due or running by {cutoff}"),
    N_("a row_id of the workbook that redesaude actuals writes"),
    N_("correct it, or tell it on the sheet unplanned and delete the row"),
    near=N_("did you mean {suggestion}? Otherwise tell it on the sheet unplanned and delete the row"),
)
TWICE = Fault(
    "actuals_row_twice",
    N_("{found} stands in row {first} already"),
    N_("one row for each row_id"),
    N_("delete one of the two rows"),
)
UNKNOWN_CODE = Fault(
    "actuals_unknown_code",
    N_("'{found}' is not on the sheet {target} of the scenario"),
    N_("a code of that sheet"),
    N_("correct the code, or leave the cell blank"),
    near=N_("did you mean {suggestion}?"),
)

Dates = Mapping[tuple[str, object], dt.date]


@dataclass(frozen=True)
class Actuals:
    """What was reported, by all files together.

    Attributes
    ----------
    span : from the first day reported to the last one. spans : those of the single files.
    known : what is told of each row and measure. unplanned : rows of that sheet, with ``file``.
    notices : what is to be looked at and stops nothing. example : some file holds invented figures.

    """

    span: Span
    spans: tuple[Span, ...]
    known: Known
    unplanned: pd.DataFrame
    files: tuple[str, ...]
    notices: tuple[Problem, ...] = ()
    example: bool = False


@dataclass(frozen=True)
class _File:
    """A file as read: its sheets by name, and dates by column and row."""

    name: str
    sheets: Mapping[str, Sheet]
    dates: Mapping[str, Dates]
    problems: tuple[Problem, ...]
    span: Span | None


def read_actuals(planned: Planned, paths: Sequence[Path]) -> Actuals:
    """Read and merge the workbooks at ``paths``, which report on the plan.

    Raises
    ------
    InputError
        with every problem of every file.

    """
    files = [_read(Path(path), planned) for path in paths]
    problems = [problem for file in files for problem in file.problems]
    facts: list[Fact] = []
    for file in files:
        if file.span is not None:
            found, wrong = _facts(file, file.span, planned)
            facts += found
            problems += wrong
    known, wrong = merged(facts)
    problems = sorted([*problems, *wrong], key=lambda p: _order(p, [file.name for file in files]))
    if any(problem.severity == "error" for problem in problems) or not files:
        raise InputError(problems, planned.scenario.settings.language)
    spans = tuple(dict.fromkeys(file.span for file in files if file.span))
    whole = Span(min(span.begins for span in spans), max(span.cutoff for span in spans))
    frames = [_dated(file, UNPLANNED.name).assign(file=file.name) for file in files]
    example = any(bool(file.sheets[SHEET].frame["example"].any()) for file in files)
    names = tuple(file.name for file in files)
    return Actuals(whole, spans, known, pd.concat(frames, ignore_index=True), names, tuple(problems), example)


def _read(path: Path, planned: Planned) -> _File:
    try:
        raw = read_tables(path, form=ACTUALS)
    except InputError as error:
        told = tuple(replace(problem, sheet=f"[{path.name}]") for problem in error.problems)
        return _File(path.name, {}, {}, told, None)
    sheets: dict[str, Sheet] = {}
    dates: dict[str, Dates] = {}
    problems = [*raw.problems, *missing_sheets(raw.tables, [SHEET])]
    for table in ACTUALS.tables:
        sheets[table.name], found = type_sheet(table, raw.tables.get(table.name))
        dates[table.name], wrong = _read_dates(sheets[table.name])
        problems += [*found, *wrong]
    span, wrong = _span(sheets[SHEET], dates[SHEET], planned)
    problems += [*wrong, *_codes(sheets[UNPLANNED.name], planned)]
    told = tuple(replace(problem, sheet=f"[{path.name}]{problem.sheet}") for problem in problems)
    labelled = {name: replace(sheet, label=f"[{path.name}]{sheet.label}") for name, sheet in sheets.items()}
    return _File(path.name, labelled, dates, told, span)


def _read_dates(sheet: Sheet) -> tuple[Dates, list[Problem]]:
    """The dates of a sheet, and a problem for each cell that holds none."""
    found: dict[tuple[str, object], dt.date] = {}
    problems = []
    for column in sheet.table.columns:
        if column.unit != DATE:
            continue
        for row, text in sheet.frame[column.name].items():
            date = parse_date(str(text)) if text else None
            if date is not None:
                found[column.name, row] = date
            elif text and column.name not in ACTUALS.given:
                problems.append(sheet.at(row, column.name, BAD_DATE, found=text))
    return found, problems


def _span(sheet: Sheet, dates: Dates, planned: Planned) -> tuple[Span | None, list[Problem]]:
    """The days that a file reports; None where it does not say them."""
    if not sheet.present:
        return None, []
    if len(sheet.frame) != 1:
        return None, [NO_ROW.problem(sheet.label, "A3", sheet=sheet.label, count=len(sheet.frame))]
    row, name = sheet.frame.index[0], planned.scenario.name
    stated = str(sheet.frame["scenario"].iloc[0])
    problems = [] if stated in ("", name) else [sheet.at(row, "scenario", OTHER_SCENARIO, found=stated, expected=name)]
    begins, cutoff = dates.get(("begins", row)), dates.get(("cutoff", row))
    if begins is None or cutoff is None:
        return None, problems
    if cutoff < begins:
        return None, [*problems, sheet.at(row, "cutoff", TURNED, begins=begins, cutoff=cutoff)]
    return Span(begins, cutoff), problems


def _codes(sheet: Sheet, planned: Planned) -> Iterator[Problem]:
    """Codes of what the plan has not that the scenario does not know."""
    scenario = planned.scenario
    for column, target in (("site_id", scenario.sites), ("specialty_id", scenario.specialties)):
        known = target[column].to_list()
        for row, code in sheet.frame[column].items():
            if code and code not in known:
                names = {"found": code, "target": column.replace("_id", "s"), "suggestion": nearest(code, known)}
                yield sheet.at(row, column, UNKNOWN_CODE, **names)


def _facts(file: _File, span: Span, planned: Planned) -> tuple[list[Fact], list[Problem]]:
    """What the sheets of a file say, and every problem of their rows."""
    facts: list[Fact] = []
    problems: list[Problem] = []
    for name, rows in due(planned, span).items():
        sheet = file.sheets[name]
        records = [{str(key): value for key, value in record.items()} for record in rows.to_dict("records")]
        of = {str(record["row_id"]): record for record in records}
        first: dict[str, object] = {}
        for row, row_id in sheet.frame["row_id"].items():
            if not row_id:
                continue
            if row_id in first:
                problems.append(sheet.at(row, "row_id", TWICE, found=row_id, first=first[row_id]))
                continue
            first[row_id] = row
            if row_id not in of:
                near = nearest(row_id, of, 0.8)
                problems.append(sheet.at(row, "row_id", UNKNOWN_ROW, found=row_id, cutoff=span.cutoff, suggestion=near))
                continue
            found, wrong = facts_of(sheet, row, file.dates[name], of[row_id], span)
            facts += found
            problems += wrong
    return facts, problems


def _dated(file: _File, name: str) -> pd.DataFrame:
    """The rows of a sheet with its days as dates."""
    frame = file.sheets[name].frame
    days = [file.dates[name].get(("done_on", row)) for row in frame.index]
    return frame.assign(done_on=pd.Series(days, frame.index, dtype=object))


def _order(problem: Problem, files: Iterable[str]) -> tuple[int, int, int, str]:
    """Sort key: by file, sheet as declared, row, then column."""
    file, _, sheet = problem.sheet.lstrip("[").partition("]")
    names, sheets = list(files), [table.name for table in ACTUALS.tables]
    row = re.search(r"\d+", problem.cell)
    return (
        names.index(file) if file in names else len(names),
        sheets.index(sheet) if sheet in sheets else len(sheets),
        int(row[0]) if row else 0,
        problem.cell,
    )
