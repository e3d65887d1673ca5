"""On the sheet ``value``: the result with and without what it takes to commission, and which assumption turns it.

Direct administration pays for design, supervision, letting and oversight as every contract does; what is assumed of
them may decide the comparison. No cell of this table is a verdict: it says what each reading rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from redesaude.language import N_
from redesaude.report.view import View
from redesaude.report.workbook.sensitivity import assumption_name
from redesaude.report.workbook.sheet import Column, Row, Sheet
from redesaude.studies.appraise import START
from redesaude.studies.uncertainty import VERDICTS

_SAME = (N_("cheaper with and without them"), N_("dearer with and without them"))
_TURNED = (N_("cheaper with them, dearer without: they turn it"), N_("dearer with them, cheaper without: they turn it"))


def commissioning_frame(view: View, frame: pd.DataFrame, break_even: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a ranked ``frame`` of the sheet with what they are without the lines of commissioning.

    Adds ``without``, ``rests`` (what the comparison rests on, in words) and, for what is decided, ``turner``: the one
    assumption that turns it with the smallest change.
    """
    without = frame["vfm"] - frame["psc_commissioning_npv"] + frame["commissioning_npv"]
    frame = frame.assign(without=without)
    compared = frame["reading"] != view.t(VERDICTS["comparator"])
    frame = frame[compared & frame["psc_commissioning_npv"].notna()]
    records = frame.to_dict("records")
    return frame.assign(
        rests=[_rests(view, row) for row in records],
        turner=[_turner(view, break_even, str(row["site_id"])) if row["chosen"] else "" for row in records],
    )


def _rests(view: View, row: Mapping[Any, Any]) -> str:
    """What the comparison rests on; where the range of outcomes holds zero that is the finding."""
    if row["reading"] == view.t(VERDICTS["not_distinguishable"]):
        return str(row["reading"])
    dearer = row["vfm"] < 0
    return view.t((_SAME if dearer == (row["without"] < 0) else _TURNED)[int(dearer)])


def _turner(view: View, break_even: pd.DataFrame, site: str) -> str:
    rows = break_even[(break_even["site_id"] == site) & break_even["break_even"].notna()]
    change = (rows["break_even"] / rows["value"] - 1.0).abs().replace(np.inf, np.nan).dropna()
    if change.empty:
        return view.t(N_("none of those tried, alone"))
    row = rows.loc[[change.idxmin()]].to_dict("records")[0]
    numbers = {"there": view.numbers.decimal(row["break_even"], 3), "today": view.numbers.decimal(row["value"], 3)}
    return view.t(N_("{name}: {there} instead of {today}"), name=assumption_name(view, row), **numbers)


def write(sheet: Sheet, view: View, frame: pd.DataFrame, labels: list[Column], *, live: bool) -> None:
    """Write the table of :func:`commissioning_frame`; with ``live`` the money follows by formula."""
    t, money = view.t, view.numbers.money_header()

    def value(row: Row) -> str:
        return f"({row.record[f'{START} text']})-({row.record['cost text']})"

    def without(row: Row) -> str:
        return f"{row.at('vfm')}-{row.at('psc_commissioning_npv')}+{row.at('commissioning_npv')}"

    sheet.heading(t(N_("With and without design, supervision, letting and oversight")))
    worth, takes = t(N_("{money}, value for money"), money=money), t(N_("They take"))
    columns = [
        *labels,
        Column("vfm", t(N_("With them")), worth, "millions", value if live else None),
        Column("psc_commissioning_npv", takes, t(N_("{money}, comparator"), money=money), "millions"),
        Column("commissioning_npv", takes, t(N_("{money}, option"), money=money), "millions"),
        Column("without", t(N_("Without them")), worth, "millions", without),
        Column("rests", t(N_("With and without"))),
        Column("turner", t(N_("The assumption that turns it")), t(N_("of what is decided, with the least change"))),
    ]
    sheet.table(frame, columns)
