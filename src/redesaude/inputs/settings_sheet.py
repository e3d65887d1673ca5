"""The ``settings`` sheet: named values, each checked like a cell of the column it declares."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.book import Sheet
from redesaude.inputs.cells import convert
from redesaude.inputs.faults import Fault, nearest
from redesaude.inputs.settings import Settings, from_values
from redesaude.inputs.structure import MISSING_COLUMN
from redesaude.inputs.tables import SETTINGS, SETTINGS_BY_NAME, Column
from redesaude.inputs.workbook import RawTable
from redesaude.language import N_, Phrase

UNKNOWN = Fault(
    "unknown_setting",
    N_("'{name}' is not a setting"),
    N_("the name of a setting of the blank workbook"),
    N_("correct the name or delete the row"),
    near=N_("did you mean {suggestion}?"),
)
MISSING = Fault(
    "missing_setting",
    N_("the setting {name} is missing"),
    N_("a row named {name}: {meaning}"),
    N_("add a row with name {name} and its value, e.g. {suggestion}"),
)
BLANK = Fault(
    "blank",
    N_("the value of {name} is blank"),
    N_("a value for {name}: {meaning}"),
    N_("type the value, e.g. {suggestion}"),
)
TWICE = Fault(
    "setting_twice",
    N_("the setting {name} stands in row {first} already"),
    N_("each setting once"),
    N_("delete one of the two rows"),
)
BAD_CURRENCY = Fault(
    "bad_currency",
    N_("'{found}' is not a currency code"),
    N_("an ISO code of three letters"),
    N_("type a code such as BRL, VND or USD"),
)


def read_settings(sheet: Sheet, raw: RawTable | None, *, complete: bool) -> tuple[Settings, list[Problem]]:
    """Return the settings and every problem; ``complete`` asks for the required ones to be stated."""
    if raw is None or "name" not in sheet.letters:
        return Settings(), []
    if "value" not in sheet.letters:
        return Settings(), [MISSING_COLUMN.problem(sheet.label, "1:1", column="value")]
    values: dict[str, Any] = {}
    first: dict[str, object] = {}
    meant: set[str] = set()
    problems: list[Problem] = []
    for position, name in enumerate(sheet.frame["name"]):
        row = sheet.frame.index[position]
        setting = SETTINGS_BY_NAME.get(str(name).lower())
        if setting is None:
            near = nearest(name, sorted(set(SETTINGS_BY_NAME) - set(sheet.frame["name"])))
            problems += [sheet.at(row, "name", UNKNOWN, suggestion=near)] if name else []
            meant.add(near)
            continue
        if setting.name in first:
            problems.append(sheet.at(row, "name", TWICE, first=first[setting.name]))
            continue
        first[setting.name] = row
        value, found = _value(setting, raw.cells[sheet.letters["value"]].iloc[[position]], sheet)
        values[setting.name] = value
        problems += found
    if complete and sheet.sound("name"):
        problems += _missing(sheet, {*values, *meant})
    return from_values(values), problems


def _value(setting: Column, cells: pd.Series, sheet: Sheet) -> tuple[Any, list[Problem]]:
    """Return the typed value (the default when blank or flawed) and its problems."""
    row = cells.index[0]
    converted = convert(setting, cells)
    value = converted.typed.iloc[0]
    known = {"name": setting.name, "meaning": Phrase(setting.meaning), "suggestion": setting.default}
    if row in converted.flaws:
        flaw = converted.flaws[row]
        return setting.default, [flaw.fault.problem(sheet.label, sheet.cell(row, "value"), **flaw.details)]
    if converted.blank[0]:
        return setting.default, [sheet.at(row, "value", BLANK, **known)] if setting.required else []
    if setting.name == "currency" and not re.fullmatch("[A-Z]{3}", str(value)):
        return setting.default, [sheet.at(row, "value", BAD_CURRENCY, found=value)]
    return value, []


def _missing(sheet: Sheet, known: set[str]) -> list[Problem]:
    return [
        MISSING.problem(sheet.label, "A:A", name=s.name, meaning=Phrase(s.meaning), suggestion=s.default)
        for s in SETTINGS
        if s.required and s.name not in known
    ]
