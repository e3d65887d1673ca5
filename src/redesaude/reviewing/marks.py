"""What the cells of one row say: figures, words and dates, or all of it as planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import numpy as np

from redesaude.errors import Problem
from redesaude.inputs.book import Sheet
from redesaude.inputs.faults import Fault
from redesaude.language import N_
from redesaude.reviewing.declared import DATED, MEASURES, WORDS, State
from redesaude.reviewing.facts import Fact, Value, alike
from redesaude.reviewing.spans import Span

NOT_AS_PLANNED = Fault(
    "actuals_not_as_planned",
    N_("{column} is {found}, but the row is marked as planned, which is {planned}"),
    N_("either the mark or another figure"),
    N_("empty as_planned, or empty this cell"),
)
NO_DATE = Fault(
    "actuals_done_without_date",
    N_("it is done, but no day is told"),
    N_("the day on which it was done"),
    N_("type done_on, such as 2027-05-31"),
)
NOT_DONE = Fault(
    "actuals_date_without_done",
    N_("state says {state}, but done_on is {done_on}"),
    N_("done_on only where it is done"),
    N_("type done as state, or empty done_on"),
)
AFTER = Fault(
    "actuals_after_cutoff",
    N_("{found} is after the cut-off date, {cutoff}"),
    N_("a day up to the cut-off date"),
    N_("type it in expected_on while it is not done"),
)
PAST = Fault(
    "actuals_expected_in_the_past",
    N_("{found} is not after the cut-off date, {cutoff}"),
    N_("a day after the cut-off date"),
    N_("type the day on which it is expected now, or done_on if it was done"),
)
EXPECTED = Fault(
    "actuals_expected_though_ended",
    N_("state says {state}, but expected_on is {found}"),
    N_("expected_on only while it is to be done"),
    N_("empty expected_on, or correct the state"),
)

Dates = Mapping[tuple[str, object], dt.date]


def facts_of(
    sheet: Sheet, row: Hashable, dates: Dates, planned: Mapping[str, Any], span: Span
) -> tuple[list[Fact], list[Problem]]:
    """Return what a row says, and what is wrong with it; ``planned`` is the row as the plan has it."""
    typed = _typed(sheet, row, dates)
    problems = list(_wrong(sheet, row, typed, span))
    if sheet.frame.loc[row, "as_planned"]:  # type: ignore[index]
        marked = as_planned(sheet.table.name, planned, span)
        for name, value in typed.items():
            if name not in WORDS and not alike(value, marked.get(name, "")):
                told = marked.get(name, "-")
                problems.append(sheet.at(row, name, NOT_AS_PLANNED, found=value, planned=told))
        words = {name: value for name, value in typed.items() if name in WORDS}
        return _told(sheet, row, marked, span, mark=True) + _told(sheet, row, words, span), problems
    return _told(sheet, row, typed, span), problems


def as_planned(sheet: str, planned: Mapping[str, Any], span: Span) -> dict[str, Value]:
    """Return what the mark *as planned* says of a row by the cut-off date."""
    figures = {measure.name: planned[measure.planned] for measure in MEASURES[sheet] if measure.planned}
    found: dict[str, Value] = {name: float(value) for name, value in figures.items() if not np.isnan(value)}
    if sheet in DATED:
        on = planned["planned_on"]
        done = on is not None and on <= span.cutoff
        found["state"] = str(State.DONE if done else State.UNDER_WAY)
        if done:
            found["done_on"] = on
        elif on is not None:
            found["expected_on"] = on
    return found


def _typed(sheet: Sheet, row: Hashable, dates: Dates) -> dict[str, Value]:
    """What was typed into a row, by column; a day in done_on says that it is done."""
    record = sheet.frame.loc[row]  # type: ignore[call-overload]
    found: dict[str, Value] = {}
    for measure in MEASURES[sheet.table.name]:
        if not np.isnan(record[measure.name]):
            found[measure.name] = float(record[measure.name])
    if sheet.table.name in DATED:
        found |= {"state": str(record["state"])} if record["state"] else {}
        found |= {name: dates[name, row] for name in ("done_on", "expected_on") if (name, row) in dates}
        if "done_on" in found:
            found.setdefault("state", str(State.DONE))
    return found | {name: str(record[name]) for name in WORDS if record[name]}


def _wrong(sheet: Sheet, row: Hashable, typed: Mapping[str, Value], span: Span) -> Iterator[Problem]:
    """What the dates and the state of a row contradict."""
    state, done, expected = (typed.get(name) for name in ("state", "done_on", "expected_on"))
    if state == State.DONE and done is None and sheet.sound("done_on"):
        yield sheet.at(row, "done_on", NO_DATE)
    if done is not None and state != State.DONE:
        yield sheet.at(row, "state", NOT_DONE, state=state, done_on=done)
    if isinstance(done, dt.date) and done > span.cutoff:
        yield sheet.at(row, "done_on", AFTER, found=done, cutoff=span.cutoff)
    if isinstance(expected, dt.date) and state in (State.DONE, State.DROPPED):
        yield sheet.at(row, "expected_on", EXPECTED, found=expected, state=state)
    elif isinstance(expected, dt.date) and expected <= span.cutoff:
        yield sheet.at(row, "expected_on", PAST, found=expected, cutoff=span.cutoff)


def _told(sheet: Sheet, row: Hashable, values: Mapping[str, Value], span: Span, *, mark: bool = False) -> list[Fact]:
    """The values of a row as facts, each with its cell, or that of the mark."""
    row_id = str(sheet.frame.loc[row, "row_id"])  # type: ignore[index]
    return [
        Fact(
            sheet.table.name,
            row_id,
            name,
            value,
            span,
            sheet.label,
            sheet.cell(row, "as_planned" if mark else name if name in sheet.letters else "done_on"),
            mark,
        )
        for name, value in values.items()
    ]
