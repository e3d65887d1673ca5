"""Sheet ``assumed``: the assumptions that matter, with their evidence, and how much of the input is assumption."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from redesaude.inputs.evidence import Place, Sources
from redesaude.language import N_
from redesaude.report.decision.pack import AUDIT, TRACE, Pack
from redesaude.report.terms import GRADES
from redesaude.report.view import View
from redesaude.report.workbook.assumptions import grades_columns, grades_frame
from redesaude.report.workbook.sensitivity import tornado_frame
from redesaude.report.workbook.sheet import Column

_WIDTHS = (42, 10, 10, 10, 14, 14, 18, 26)


def assumed_frame(view: View) -> pd.DataFrame:
    """Return the assumptions that move the plan, the widest effect on its cost first, with grade and source.

    Columns: name, value, low, high, format, plan_cost_low, plan_cost_high (changes, currency), grade, source.
    """
    rows = tornado_frame(view, view.compared)
    sources = Sources(view.scenario.sources)
    found = [sources.of(_place(row)) for row in rows.to_dict("records")]
    rows = rows.assign(
        grade=[view.t(GRADES.get(told.grade, told.grade)) for told in found],
        source=[told.source for told in found],
        effect=rows[["plan_cost_low", "plan_cost_high"]].abs().max(axis=1),
    )
    return rows.sort_values("effect", ascending=False, ignore_index=True)


def _place(row: Mapping[Any, Any]) -> Place:
    """Where the input states an assumption: a setting, a contract's column, or need, which the specialties state."""
    name, contract = str(row["assumption_id"]), str(row["contract_id"])
    if contract:
        return Place("contracts", contract, name)
    return Place("specialties", "*", "cases_per_100k") if name == "volume" else Place("settings", name, "value")


def write(pack: Pack) -> None:
    """Write the sheet."""
    view, t = pack.view, pack.view.t
    note = t(
        N_("A official or reviewed, B reported, C assumption. Every number of the input: {file}, sheet {sheet}."),
        file=AUDIT,
        sheet="assumptions",
    )
    sheet = pack.sheet("assumed", _WIDTHS, note)
    sheet.table(pack.traced(grades_frame(view), "assumptions", "grade", "count"), grades_columns(view, link=TRACE))
    if view.studies is None or view.studies.compared is None:
        return
    sheet.heading(t(N_("Those that matter most, each at the ends of its range")))
    columns = [
        Column("name", t(N_("Assumption"))),
        Column("value", t(N_("Today")), "", "@format", link=TRACE),
        Column("low", t(N_("Low")), "", "@format"),
        Column("high", t(N_("High")), "", "@format"),
        Column("plan_cost_low", t(N_("Plan if low, {money}"), money=view.numbers.money_header()), "", "millions"),
        Column("plan_cost_high", t(N_("Plan if high, {money}"), money=view.numbers.money_header()), "", "millions"),
        Column("grade", t(N_("Evidence"))),
        Column("source", t(N_("Source"))),
    ]
    frame = pack.traced(assumed_frame(view), "sensitivity", "assumption_id", "contract_id")
    block = pack.table(sheet, frame, columns, 1, "sensitivity")
    sheet.mark(block, "grade", {t(GRADES["C"]): "caution", t(GRADES["A"]): "good"})
