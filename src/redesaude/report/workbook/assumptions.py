"""Sheet ``assumptions``: the numbers the plan rests on, with source and grade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from redesaude.inputs.changes import row_key
from redesaude.inputs.evidence import Evidence, Place, Sources
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.inputs.tables import BY_NAME, SETTINGS
from redesaude.inputs.tables import Column as TableColumn
from redesaude.language import N_, Translator
from redesaude.promises.access import SHEET as ACCESS
from redesaude.report.manifest import travel_origin
from redesaude.report.terms import AS_BLANK, CHOICES, GRADES
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.grid import absent
from redesaude.report.workbook.sheet import Block, Column, Sheet

_WIDTHS = (26, 44, 14, 16, 20, 46, 62)

#: settings of the search and of the report, not of the plan
_RUN_SETTINGS = ("language", "gap", "time_limit_s")
_FORMATS = {"number": "general", "integer": "year"}

#: sheets of the input whose numbers are listed, and what they are called
_SHEETS = {
    "specialties": N_("Specialties"),
    "sizes": N_("Sizes of services"),
    "contracts": N_("Contracts"),
    "discount_rates": N_("Discount rates of later years"),
    "quality_indicators": N_("Indicators of quality"),
    "funding": N_("Sources of money"),
    "fiscal": N_("Fiscal limits"),
    "loans": N_("Public loans"),
    "debt_limits": N_("Limits on public debt"),
    "bids": N_("Stated payments"),
    ACCESS: N_("Access targets"),
}


Cells = Mapping[Place, str]
"""number of the input -> the cell that holds it, as other sheets call it"""

Number = tuple[str, TableColumn, Any]
"""(what it belongs to, its declaration, its value)"""


def settings_frame(view: View, sources: Sources) -> pd.DataFrame:
    """Return every setting that shapes the plan with its meaning, value, unit and evidence."""
    rows = [
        _line(view.t, (view.t(N_("Settings")), setting, value), sources, Place("settings", setting.name, "value"))
        for setting in SETTINGS
        if setting.kind != "text" and setting.name not in _RUN_SETTINGS
        for value in [getattr(view.scenario.settings, setting.name)]
    ]
    return pd.DataFrame(rows, columns=_KEYS)


def parameters_frame(view: View, sources: Sources, sheet: str) -> pd.DataFrame:
    """Return every number and choice of ``sheet`` that is not blank, row by row, with its meaning and evidence."""
    table, frame = BY_NAME[sheet], _table(view.scenario, sheet)
    rows = [
        _line(view.t, (_item(view, sheet, row), column, row[column.name]), sources, Place(sheet, key, column.name))
        for row, key in zip(frame.to_dict("records"), [row_key(sheet, row) for row in rows_of(frame)], strict=True)
        for column in table.columns
        if column.kind in ("number", "integer", "choice") or (column.unit and row[column.name])
        if not absent(row[column.name])
    ]
    return pd.DataFrame(rows, columns=_KEYS)


_KEYS = ["item", "parameter", "value", "format", "unit", "grade", "source", "note", "input", "place"]


def _line(t: Translator, number: Number, sources: Sources, place: Place) -> dict[str, Any]:
    item, declared, value = number
    told = sources.of(place)
    grade = told.grade if told != Evidence() or value != declared.default else AS_BLANK
    if declared.kind == "flag":
        value = t(N_("yes")) if value else t(N_("no"))
    elif isinstance(value, str):
        value = t(CHOICES.get(value, value))
    return {
        "item": item,
        "parameter": t(declared.meaning),
        "value": value,
        "format": _FORMATS.get(declared.kind, "text"),
        "unit": t(declared.unit) if declared.unit else "",
        "grade": t(GRADES.get(grade, grade)),
        "source": told.source,
        "note": told.note,
        "input": place,
        "place": f"{place.sheet}.{place.key if place.sheet == 'settings' else place.column}",
    }


def _item(view: View, sheet: str, row: dict[Any, Any]) -> str:
    """Name of an input row in words."""
    names = view.names
    if sheet == ACCESS:
        return f"{names.specialties.get(row['specialty_id'], row['specialty_id'])} · {row['region_id']}"
    if sheet == "sizes":
        return f"{names.specialties.get(row['specialty_id'], row['specialty_id'])} · {row['size_id']}"
    return str(row.get("name") or next(iter(row.values())))


def _table(scenario: Scenario, sheet: str) -> pd.DataFrame:
    """The rows of a sheet; not those of access targets that wait for a variant, which repeat the numbers of others."""
    frame: pd.DataFrame = getattr(scenario, sheet)
    return frame[frame["active"]] if sheet == ACCESS else frame


def _columns(view: View) -> list[Column]:
    t = view.t
    return [
        Column("item", t(N_("Of what"))),
        Column("parameter", t(N_("Parameter"))),
        Column("value", t(N_("Value")), t(N_("as in the input")), "@format"),
        Column("unit", t(N_("Unit"))),
        Column("grade", t(N_("Evidence")), t(N_("A official or reviewed, B reported, C assumption"))),
        Column("source", t(N_("Source"))),
        Column("note", t(N_("Remark"))),
        Column("place", t(N_("Where in the input")), t(N_("sheet and column")), "id"),
    ]


def graded(view: View) -> pd.DataFrame:
    """Return every number of the sheet, of all its tables."""
    sources = Sources(view.scenario.sources)
    frames = [settings_frame(view, sources), *(parameters_frame(view, sources, sheet) for sheet in _SHEETS)]
    return pd.concat([frame for frame in frames if len(frame)], ignore_index=True)


def write(book: Book) -> Cells:
    """Write the sheet and return where each number stands."""
    view, t = book.view, book.view.t
    sources = Sources(view.scenario.sources)
    frames = {t(title): parameters_frame(view, sources, sheet) for sheet, title in _SHEETS.items()}
    settings = settings_frame(view, sources)
    sheet = book.sheet("assumptions", _WIDTHS, _note(view, [settings, *frames.values()]))
    sheet.set_widths(len(_WIDTHS), (24,))
    columns = _columns(view)
    cells = _marked(sheet, view, settings, sheet.table(settings, columns, freeze=2))
    for heading, frame in frames.items():
        if len(frame):
            sheet.heading(heading)
            cells |= _marked(sheet, view, frame, sheet.table(frame, columns, header=False))
    sheet.table(grades_frame(view), grades_columns(view))
    return cells


def grades_frame(view: View) -> pd.DataFrame:
    """Return how many numbers of the input have each grade: grade (in words), count, share."""
    counts = graded(view)["grade"].value_counts()
    rows = [(view.t(word), float(counts.get(view.t(word), 0))) for word in GRADES.values()]
    frame = pd.DataFrame(rows, columns=["grade", "count"])
    return frame.assign(share=frame["count"] / max(frame["count"].sum(), 1.0))


def grades_columns(view: View, link: str = "") -> list[Column]:
    """Return the columns of :func:`grades_frame` as sheets show them; counts lead to where ``link`` says."""
    t = view.t
    return [
        Column("grade", t(N_("Evidence of the numbers of the input"))),
        Column("count", t(N_("Numbers")), "", "number", link=link),
        Column("share", t(N_("Share")), "", "whole_percent"),
    ]


def _note(view: View, frames: list[pd.DataFrame]) -> str:
    """Say how much of the input is assumption, and whether travel is modelled."""
    grades = pd.concat([frame["grade"] for frame in frames if len(frame)])
    counts = {
        "assumed": int((grades == view.t(GRADES["C"])).sum()),
        "blank": int((grades == view.t(GRADES[AS_BLANK])).sum()),
        "unsourced": int((grades == view.t(GRADES[""])).sum()),
        "all": len(grades),
    }
    text = view.t(
        N_(
            "Of {all} numbers listed here, {assumed} are assumptions (grade C), {blank} have no source and the value "
            "that a blank cell has, and {unsourced} others state no source."
        ),
        **counts,
    )
    travel = (
        N_("Travel times are given in the input.")
        if travel_origin(view.scenario) == "given"
        else N_("Travel times are modelled: see the settings on detour, speed and local minutes.")
    )
    return f"{text} {view.t(travel)}"


def _marked(sheet: Sheet, view: View, frame: pd.DataFrame, block: Block) -> dict[Place, str]:
    """Colour the grades of a table and return where its values stand."""
    sheet.mark(block, "grade", {view.t(GRADES["C"]): "caution", view.t(GRADES["A"]): "good"})
    return {place: block.cell("value", row) for row, place in enumerate(frame["input"])}
