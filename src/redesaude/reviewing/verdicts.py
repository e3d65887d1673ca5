"""What became of each row that was due: delivered, late, not done, or not reported; and figures beside the plan's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.reviewing.declared import DATED, MEASURES, Kind, Measure, State
from redesaude.reviewing.facts import Known, Told, alike
from redesaude.reviewing.spans import Span, months_between

_ABOUT = ("sheet", "row_id", "region_id", "site_id", "specialty_id", "contract_id", "about")
#: ``actual_on`` is the day on which it was done or, where it is not, is expected; ``months`` late, early below zero
DATES = (*_ABOUT, "planned_on", "actual_on", "verdict", "months", "reason", "note", "cell")
#: figures of the days that are reported (``share``: actual against planned), of promises of a year
FIGURES = (*_ABOUT, "measure", "planned", "actual", "difference", "verdict", "reason", "note", "cell")

Tables = Mapping[str, pd.DataFrame]


class Verdict(StrEnum):
    """What is known of a row."""

    AS_PLANNED = "as_planned"
    ON_TRACK = "on_track"  # not due yet, and expected in time
    EARLY = "early"
    LATE = "late"  # done after its month, or expected after it
    NOT_DONE = "not_done"  # due, and not done at the cut-off date
    DROPPED = "dropped"
    OTHERWISE = "otherwise"  # a figure other than planned
    NOT_REPORTED = "not_reported"


#: verdicts that are no deviation
QUIET = (Verdict.AS_PLANNED, Verdict.ON_TRACK, Verdict.NOT_REPORTED)


def dates(due: Tables, known: Known, cutoff: dt.date) -> pd.DataFrame:
    """Return a row for each thing that is done at a date, columns :data:`DATES`."""
    rows = [_dated(sheet, row, known, cutoff) for sheet in DATED for row in rows_of(due[sheet])]
    return pd.DataFrame(rows, columns=list(DATES)).astype({"months": float})


def _dated(sheet: str, row: Any, known: Known, cutoff: dt.date) -> dict[str, object]:
    told = {name: known.get((row.row_id, name)) for name in ("state", "done_on", "expected_on")}
    state, done, expected = (None if each is None else each.value for each in told.values())
    verdict, on, months = _verdict(row.planned_on, state, done, expected, cutoff)
    cell = next((each.facts[-1].place for each in told.values() if each is not None), "")
    return _about(sheet, row, known) | {
        "planned_on": row.planned_on,
        "actual_on": on,
        "verdict": str(verdict),
        "months": months,
        "cell": cell,
    }


def _verdict(planned: Any, state: Any, done: Any, expected: Any, cutoff: dt.date) -> tuple[Verdict, Any, float]:
    """What became of what was to be done on the day ``planned``, the day that counts, and the months it is late."""
    if state is None and expected is None:
        return Verdict.NOT_REPORTED, None, np.nan
    if state == State.DROPPED:
        return Verdict.DROPPED, None, np.nan
    if planned is None:
        return (Verdict.AS_PLANNED if state == State.DONE else Verdict.ON_TRACK), done or expected, 0.0
    if state == State.DONE:
        months = months_between(planned, done)
        return (Verdict.LATE if months > 0 else Verdict.EARLY if months < 0 else Verdict.AS_PLANNED), done, months
    months = months_between(planned, expected or max(planned, cutoff))
    if planned <= cutoff:
        return Verdict.NOT_DONE, expected, months
    return (Verdict.LATE if months > 0 else Verdict.EARLY if months < 0 else Verdict.ON_TRACK), expected, months


def figures(due_in: Callable[[Span], Tables], whole: Tables, known: Known) -> pd.DataFrame:
    """Return a row for each figure that was planned, columns :data:`FIGURES`; blank actuals are not reported.

    What is planned is that of the very days that are reported (``due_in`` them), or of the ``whole`` time where nothing
    is.
    """
    rows = [
        _figure(sheet, row, measure, known, due_in)
        for sheet, measures in MEASURES.items()
        for row in rows_of(whole[sheet])
        for measure in measures
        if measure.planned and not np.isnan(getattr(row, measure.planned))
    ]
    return pd.DataFrame(rows, columns=list(FIGURES)).astype(dict.fromkeys(("planned", "actual", "difference"), float))


def _figure(
    sheet: str, row: Any, measure: Measure, known: Known, due_in: Callable[[Span], Tables]
) -> dict[str, object]:
    told = known.get((row.row_id, measure.name))
    planned = float(getattr(row, measure.planned))
    if told is None:
        rest = {"actual": np.nan, "difference": np.nan, "verdict": str(Verdict.NOT_REPORTED), "cell": ""}
        return _about(sheet, row, known) | {"measure": measure.name, "planned": planned} | rest
    planned = _planned(sheet, row.row_id, measure, told, due_in)
    actual = float(told.value)  # type: ignore[arg-type]
    verdict = Verdict.AS_PLANNED if alike(actual, planned) else Verdict.OTHERWISE
    rest = {"difference": actual - planned, "verdict": str(verdict), "cell": told.facts[-1].place}
    return _about(sheet, row, known) | {"measure": measure.name, "planned": planned, "actual": actual} | rest


def _planned(sheet: str, row_id: str, measure: Measure, told: Told, due_in: Callable[[Span], Tables]) -> float:
    """What was planned for the days that are reported."""
    found = []
    for span in told.spans:
        rows = due_in(span)[sheet]
        mine = rows.loc[rows["row_id"] == row_id, measure.planned]
        found.append((float(mine.iloc[0]), (span.cutoff - span.begins).days + 1))
    if measure.kind is Kind.SUM:
        return sum(value for value, _ in found)
    return sum(value * days for value, days in found) / sum(days for _, days in found)


def _about(sheet: str, row: Any, known: Known) -> dict[str, object]:
    """What a row is about, and the words typed beside it."""
    words = {name: known.get((row.row_id, name)) for name in ("reason", "note")}
    said = {name: "" if told is None else str(told.value) for name, told in words.items()}
    return {"sheet": sheet, **{name: getattr(row, name) for name in _ABOUT[1:]}, **said}


def slips(table: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Return by how many months each service opens later (earlier below zero; infinite: it is dropped).

    The stage nearest to its opening of which something is reported says it.
    """
    found: dict[tuple[str, str], float] = {}
    order = ("opening", "conversion", "works", "training", "procurement")
    rows = table[(table["sheet"] == "milestones") & (table["verdict"] != Verdict.NOT_REPORTED)]
    for stage in order:
        for row in rows_of(rows[rows["about"] == stage]):
            months = np.inf if row.verdict == Verdict.DROPPED else float(row.months)
            found.setdefault((row.site_id, row.specialty_id), months)
    return {place: months for place, months in found.items() if months}


def leading(table: pd.DataFrame) -> Iterator[bool]:
    """Yield for each row of dates whether it is the one that says when its service opens, see :func:`slips`."""
    order = ("opening", "conversion", "works", "training", "procurement")
    best: dict[tuple[str, str], int] = {}
    for row in rows_of(table):
        if row.about in order and row.verdict != Verdict.NOT_REPORTED:
            place = row.site_id, row.specialty_id
            best[place] = min(best.get(place, len(order)), order.index(row.about))
    for row in rows_of(table):
        rank = order.index(row.about) if row.about in order else -1
        yield rank >= 0 and best.get((row.site_id, row.specialty_id)) == rank
