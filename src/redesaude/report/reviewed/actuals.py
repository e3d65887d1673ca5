"""The workbook of actuals: what was planned filled in, and cells in which is typed what was done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from redesaude.inputs.guide import Line
from redesaude.inputs.template import write_form
from redesaude.language import N_, Translator
from redesaude.report.instruments.country import country_of
from redesaude.report.instruments.instrument import DEPARTMENT_FILLS, HOSPITALS_FILL, STATE_FILLS, SUPPORTER_FILLS
from redesaude.report.reviewed.words import region_words, row_words
from redesaude.report.view import View, view_of
from redesaude.reviewing.declared import ACTUALS, SHEET
from redesaude.reviewing.forms import ActualsForm

_HOW = (
    N_("Each sheet has a row for each thing that was due or running by the cut-off date, with what was planned."),
    N_("Grey columns are filled in: leave them as they are. Type what was done beside them."),
    N_("A blank cell is not reported: it is counted, and never taken for a deviation."),
    N_("Type yes in as_planned where all of the row came as planned; then leave its other cells blank."),
    N_("Days are typed as 2027-05-31 or 31/05/2027, money in prices of the base year, shares as 0.8 for 80 %."),
    N_("What was done and is in no row goes on the sheet unplanned."),
    N_("Several workbooks of the same days, such as those of regions, are read together; delete no rows for it."),
)


def write_actuals(form: ActualsForm, path: Path | str, language: str | None = None) -> None:
    """Write the workbook to be filled in at ``path``."""
    view = view_of(form.plan, language)
    tables = {name: _worded(view, name, rows) for name, rows in form.tables.items()}
    stated = {"scenario": view.scenario.name, "begins": str(form.span.begins), "cutoff": str(form.span.cutoff)}
    tables[SHEET] = pd.DataFrame([stated])
    write_form(path, ACTUALS, tables, guide=list(_guide(view.t)), language=view.t.language)


def _worded(view: View, sheet: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The declared columns of a sheet, in the words of its readers."""
    records = [{str(key): value for key, value in record.items()} for record in rows.to_dict("records")]
    worded = rows.assign(
        region=[region_words(view, record["region_id"]) for record in records],
        fills=[_reporter(view, record) or view.t(_fills(view, sheet)) for record in records],
        what=[row_words(view, sheet, record) for record in records],
        planned_on=["" if record["planned_on"] is None else str(record["planned_on"]) for record in records],
    )
    declared = [column.name for column in ACTUALS.by_name[sheet].columns]
    return worded[[name for name in declared if name in worded.columns]]


def _reporter(view: View, record: Mapping[str, object]) -> str:
    """Who reports an indicator, where the scenario says so."""
    rows = view.scenario.indicators
    mine = rows["indicator_id"] == str(record["row_id"]).removeprefix("indicator/")
    return next(iter(rows.loc[mine, "reports"]), "")


def _fills(view: View, sheet: str) -> str:
    """Who fills in the rows of a sheet, in the words of the country's instruments."""
    told = country_of(view.scenario)
    vietnam = told is not None and told.country == "vietnam"
    if sheet == "agreements":
        return HOSPITALS_FILL
    if vietnam:
        return DEPARTMENT_FILLS
    return SUPPORTER_FILLS if sheet in ("milestones", "services") else STATE_FILLS


def _guide(t: Translator) -> Iterator[Line]:
    yield "title", t(N_("What was done: to be filled in")), ""
    yield from (("text", f"{n}. {t(sentence)}", "") for n, sentence in enumerate(_HOW, start=1))
    yield "heading", t(N_("Sheets")), ""
    for table in ACTUALS.tables:
        yield "sheet", table.name, t(table.row)
    yield "heading", t(N_("Commands")), ""
    yield "pair", "redesaude review RESULT FILE", t(N_("says what was delivered, late or not done, and what it costs"))
