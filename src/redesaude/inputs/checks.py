"""From a workbook to a checked scenario.

``read_scenario`` for those who want a scenario or an exception, ``check_workbook`` for those who want the problems.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pandas as pd
from openpyxl.utils import get_column_letter

from redesaude.errors import InputError, Problem
from redesaude.inputs.checked_book import Source, checked_book
from redesaude.inputs.plausible import DOUBTS
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.settings import settings_frame
from redesaude.inputs.workbook import RawTable, read_tables


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
    checked = checked_book(raw.tables, Source(Path(path).stem, Path(path)), list(raw.problems))
    scenario = None if checked.errors else Scenario.of(checked)
    return CheckedInput(checked.problems, scenario, checked.book.settings.language)


def check_again(scenario: Scenario) -> Scenario:
    """Check a changed scenario as a whole; InputError with every problem, at the cells of its sheets.

    What is wrong with its variants is as it was read: they are changes of that.
    """
    raws = {name: _raw_again(scenario, name, frame) for name, frame in scenario.tables().items()}
    settings = replace(scenario.settings, travel_times_file="")  # its rows are in travel_times already
    raws["settings"] = RawTable.from_frame("settings", settings_frame(settings))
    source = Source(scenario.name, scenario.input_path, doubts=False)
    checked = Scenario.of(checked_book(raws, source, []))
    known = tuple(each for each in scenario.notices if each.code in DOUBTS or each.severity == "variant")
    return checked.replace(
        variant_id=scenario.variant_id,
        settings=scenario.settings,
        places=scenario.places,
        notices=(*(each for each in checked.notices if each.severity != "variant"), *known),
    )


def _raw_again(scenario: Scenario, name: str, frame: pd.DataFrame) -> RawTable:
    place = scenario.places.get(name)
    if place is None:
        return RawTable.from_frame(name, frame)
    free = (get_column_letter(i) for i in count(1) if get_column_letter(i) not in place.letters.values())
    letters = {column: place.letters.get(column) or next(free) for column in frame.columns}
    cells = frame.set_axis(list(letters.values()), axis=1).set_axis(list(place.rows), axis=0)
    return RawTable(name, place.sheet, {letter: column for column, letter in letters.items()}, cells)
