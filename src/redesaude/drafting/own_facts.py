"""A workbook of any country from a folder of facts: a CSV table for each sheet, each row with where it is from.

A table has the name and columns of its sheet and is read as that sheet is. Beside them a row may say ``source``,
``year``, ``grade`` and ``note`` (where the sheet has no such column of its own): they become its row of the sheet
``sources``. A file whose name begins with ``_`` is its owner's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from redesaude.errors import InputError, Problem, ToldError, reason_of
from redesaude.inputs.book import BLANK, Sheet, type_sheet
from redesaude.inputs.csv_table import RaggedError, csv_text
from redesaude.inputs.faults import Fault, nearest
from redesaude.inputs.settings_sheet import read_settings
from redesaude.inputs.structure import MISSING_COLUMN
from redesaude.inputs.tables import BY_NAME, SETTINGS_BY_NAME, Table
from redesaude.inputs.workbook import RawTable
from redesaude.language import N_, Phrase

_EVIDENCE = ("source", "year", "grade", "note")
_SETTINGS = "settings"
#: what is not there yet is told by the check of the workbook
_TOLD_LATER = {BLANK.code, MISSING_COLUMN.code}

_RAGGED = N_("its rows have more cells than its header")

NO_SHEET = Fault(
    "facts_of_no_sheet",
    N_("no sheet is called {found}"),
    N_("a CSV table with the name of a sheet, such as territories.csv"),
    N_("rename the file, or start its name with _ to keep it as your own"),
    near=N_("did you mean {suggestion}?"),
)
UNREADABLE = Fault(
    "facts_unreadable",
    N_("{found} cannot be read as a table ({reason})"),
    N_("a CSV file with the names of its columns in the first line"),
    N_("save it again as CSV (UTF-8)"),
)


def own_facts(folder: Path, language: str = "en") -> tuple[dict[str, pd.DataFrame], dict[str, object]]:
    """Return the sheets of the CSV tables of ``folder``, and its settings.

    ``language`` is that of whoever wrote them: it tells the code page of a file that is not Unicode.

    Raises
    ------
    ToldError
        where no table is there.
    InputError
        with every table that is of no sheet or cannot be read, and every column and cell that is wrong.

    """
    files = [file for file in sorted(folder.glob("*.csv")) if not file.name.startswith("_")]
    if not files:
        raise ToldError(N_("{folder}: no CSV table is there, such as territories.csv"), folder=folder)
    found = Facts()
    for file in files:
        found.add(file, language)
    if any(problem.severity == "error" for problem in found.problems):
        raise InputError(found.problems, language)
    return found.sheets(), found.settings


@dataclass
class Facts:
    """What the tables of a folder say, and what is wrong with them."""

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    settings: dict[str, object] = field(default_factory=dict)
    sources: list[Mapping[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, file: Path, language: str) -> None:
        """Read the table of ``file``."""
        table = BY_NAME.get(file.stem)
        if table is None:
            told = NO_SHEET.problem(file.name, "", found=file.stem, suggestion=nearest(file.stem, BY_NAME))
            self.problems.append(told)
            return
        try:
            rows, evidence = _read(file, table, language)
        except (OSError, ValueError) as error:
            reason = Phrase(_RAGGED) if isinstance(error, RaggedError) else reason_of(error)
            self.problems.append(UNREADABLE.problem(file.name, "", found=file.name, reason=reason))
            return
        raw = RawTable.from_frame(table.name, rows, file.name, notes=False)
        sheet, problems = type_sheet(table, raw)
        if table.name == _SETTINGS:
            typed, more = read_settings(sheet, raw, complete=False)
            self.settings, problems = {name: getattr(typed, name) for name in _named(rows)}, problems + more
        else:
            self.tables[table.name] = _stated(sheet)
            self.sources += _sources(table, rows, evidence)
        self.problems += [problem for problem in problems if problem.code not in _TOLD_LATER]

    def sheets(self) -> dict[str, pd.DataFrame]:
        """Return the tables, what rows say of where they are from among those of the sheet ``sources``."""
        if not self.sources:
            return self.tables
        stated = self.tables.get("sources", pd.DataFrame())
        return self.tables | {"sources": pd.concat([stated, pd.DataFrame(self.sources)], ignore_index=True)}


def _read(file: Path, table: Table, language: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The cells of a table as its sheet would have them, and beside them what its rows say of where they are from."""
    found = csv_text(file.read_bytes(), language)
    frame = found.frame()
    own = {column.name: column for column in table.columns}
    beside = [name for name in _EVIDENCE if name in frame and name not in own]
    numbers = [name for name in frame if name in own and own[name].kind in ("number", "integer")]
    if table.name == _SETTINGS and "value" in frame:
        numbers = ["value"]
    return found.with_numbers(frame.drop(columns=beside), numbers), frame[beside]


def _named(rows: pd.DataFrame) -> list[str]:
    """The settings that have a value."""
    stated = rows.reindex(columns=["name", "value"]).dropna()["name"]
    return [name for name in map(str.lower, stated) if name in SETTINGS_BY_NAME]


def _stated(sheet: Sheet) -> pd.DataFrame:
    """The columns that a sheet has, as they are typed; what is blank is None."""
    blank = {name: sheet.frame.index.isin(sheet.blanks[name]) for name in sheet.letters}
    return pd.DataFrame({name: sheet.frame[name].astype(object).mask(gone, None) for name, gone in blank.items()})


def _sources(table: Table, rows: pd.DataFrame, evidence: pd.DataFrame) -> Iterator[Mapping[str, str]]:
    """Yield the row of ``sources`` of each row that says where it is from."""
    if "source" not in evidence:
        return
    keys = rows.reindex(columns=list(table.key)).fillna("").astype(str).agg("|".join, axis=1)
    for key, told in zip(keys, evidence.fillna("").to_dict("records"), strict=True):
        if told["source"]:
            yield {"sheet": table.name, "key": key, "column": "*"} | {
                str(name): str(text) for name, text in told.items()
            }
