"""Sheet ``milestones``: half-year by half-year what happens to each service that changes, and the same as a chart."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from redesaude.inputs.evidence import Place, Sources
from redesaude.language import N_
from redesaude.plan.milestones import STAGES as ORDER
from redesaude.plan.milestones import half_years
from redesaude.report.terms import GRADES, STAGES
from redesaude.report.view import View
from redesaude.report.workbook import charts
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.paper import ROW, page_starts
from redesaude.report.workbook.sheet import Block, Column, Sheet

#: of the columns before the half-years, and of a half-year
_WIDTHS, _HALF_WIDTH = (44, 28, 34), 4.8
#: most half-years beside each other; most bars of a chart, and rows that its title, axis and legend take
_MOST_HALVES, _MOST_BARS, _CHART_ROWS = 24, 40, 6
_SERVICE = ["site", "specialty", "site_id", "specialty_id"]
#: what bars show; the first is only where they begin
_BARS = ("begin", "procurement", "works", "training")


def milestones_frame(view: View) -> pd.DataFrame:
    """Return the milestones with names, sites in the order of their names; first and last half-year since year 0."""
    names, rows = view.names, view.studied.milestones
    first, last = (_halves(rows[column]) for column in ("begins", "ends"))
    rows = rows.assign(
        site=names.label("sites", rows["site_id"]),
        specialty=names.label("specialties", rows["specialty_id"]),
        contract=names.label("contracts", rows["contract_id"]),
        first=first,
        last=last,
        order=rows["milestone"].map(ORDER.index),
    )
    return rows.sort_values([*_SERVICE, "start", "order"], ignore_index=True)


def _halves(labels: pd.Series) -> pd.Series:
    """Half-years as numbers since year 0, from their text."""
    return 2 * labels.str[:4].astype(int) + labels.str[-1].astype(int) - 1


def calendar_frame(view: View, rows: pd.DataFrame, halves: list[int]) -> pd.DataFrame:
    """Return one row for each service with something in ``halves``: letters by half-year, and the look of each cell.

    Columns: site, specialty, contract, for each half-year its number as text, and ``look`` with it. A cell has the
    letters of all its stages and the look of the last.
    """
    letters = {stage: view.t(text)[0] for stage, text in STAGES.items()}  # the letter stands first
    found = []
    for _, service in rows.groupby(_SERVICE, sort=False):
        cells: dict[str, str] = {}
        for half in halves:
            stages = service.loc[(service["first"] <= half) & (service["last"] >= half), "milestone"].unique()
            cells |= {
                str(half): "".join(letters[s] for s in stages),
                f"look{half}": stages[-1] if len(stages) else "cell",
            }
        if any(cells[str(half)] for half in halves):
            named = {key: service[key].iloc[0] for key in _SERVICE[:2]}
            found.append({**named, "contract": " → ".join(service["contract"].unique()), **cells})
    return pd.DataFrame(found)


def bars_frame(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each opening that takes time: label, and the years of :data:`_BARS` that stand on each other.

    What is left of works once training begins is part of the training.
    """
    event = [*_SERVICE, "size_id", "contract_id"]
    timed = rows[rows["milestone"].isin(["procurement", "works", "training", "opening", "conversion"])]
    start, end = (timed.pivot_table(index=event, columns="milestone", values=v, sort=False) for v in ("start", "end"))
    start, end = (frame.reindex(columns=list(ORDER)) for frame in (start, end))
    begin, opened = start.min(axis=1), end.max(axis=1)
    training = start["training"].fillna(opened)
    signed = np.minimum(end["procurement"].fillna(begin), training)
    bars = pd.DataFrame(
        {"begin": begin, "procurement": signed - begin, "works": training - signed, "training": opened - training}
    ).reset_index()
    bars["label"] = bars["site"] + " · " + bars["specialty"]
    bars = bars[bars[list(_BARS[1:])].sum(axis=1) > 0]
    return bars.sort_values([*_SERVICE, "begin"], ignore_index=True)


def write(book: Book) -> None:
    """Write the sheet."""
    view, t = book.view, book.view.t
    rows = milestones_frame(view)
    spans = _spans(rows)
    widths = (*_WIDTHS, *[_HALF_WIDTH] * max((len(span) for span in spans), default=1))
    note = t(
        N_(
            "When each service is procured, built, opened, converted or closed: the dates by which the cash flow is "
            "laid out, with the expected delay of works. H1 is January to June. Services that go on as they are have "
            "no milestones and are not listed."
        )
    )
    sheet = book.sheet("milestones", widths, f"{note} {_training_sentence(view, rows)}".strip())
    if rows.empty:
        sheet.text(t(N_("Nothing changes: every service goes on as it is today.")), "sentence")
        return
    _legend(sheet, view, rows)
    tables = [(span, frame) for span in spans if len(frame := calendar_frame(view, rows, span))]
    for number, (span, frame) in enumerate(tables):
        if number:
            sheet.page_break()
        sheet.pages(frame, _columns(view, span), "site", freeze=None if number else 2)
    _charts(book, sheet, rows)


def _spans(rows: pd.DataFrame) -> list[list[int]]:
    """The half-years from the first milestone to the last, in pages of equal length that begin with a year."""
    if rows.empty:
        return []
    first, last = int(rows["first"].min()) // 2 * 2, int(rows["last"].max()) // 2 * 2 + 1
    pages = -(-(last + 1 - first) // _MOST_HALVES)
    length = -(-(last + 1 - first) // (2 * pages)) * 2
    return [list(range(start, min(start + length, last + 1))) for start in range(first, last + 1, length)]


def _columns(view: View, span: list[int]) -> list[Column]:
    t = view.t
    return [
        Column("site", t(N_("Site"))),
        Column("specialty", t(N_("Specialty"))),
        Column("contract", t(N_("Contract"))),
        *(
            Column(str(half), year if half % 2 == 0 else "", t(N_("H{half}"), half=half % 2 + 1), f"@look{half}")
            for half, year in zip(span, [text[:4] for text in half_years(pd.Series(span))], strict=True)
        ),
    ]


def _training_sentence(view: View, rows: pd.DataFrame) -> str:
    """Say where the months of training come from, with the grades of the input; nothing if there are none."""
    trained = rows[rows["milestone"] == "training"]
    if trained.empty:
        return ""
    sources = Sources(view.scenario.sources)
    keys = sorted(set(trained["specialty_id"] + "|" + trained["size_id"]))
    grades = {sources.of(Place("sizes", key, "training_months")).grade for key in keys}
    told = ", ".join(view.t(GRADES[grade]) for grade in sorted(grades))
    return view.t(
        N_("Training runs in the months before opening stated in the input, an assumption ({grade})."),
        grade=told,
    )


def _legend(sheet: Sheet, view: View, rows: pd.DataFrame) -> None:
    """The letters in use, one below the other in the colours of their cells."""
    used = [stage for stage in STAGES if (rows["milestone"] == stage).any()]
    legend = pd.DataFrame({"text": [view.t(STAGES[stage]) for stage in used], "look": used})
    sheet.table(legend, [Column("text", "", kind="@look")], header=False)


def _charts(book: Book, sheet: Sheet, rows: pd.DataFrame) -> None:
    """One chart a page of what takes time; its numbers stand right of the printed columns."""
    t, bars = book.view.t, bars_frame(rows)
    start = len(sheet.widths) + 1
    sheet.set_widths(start, (60, *[12] * len(_BARS)))
    names = {
        "begin": t(N_("Decided")),
        "procurement": t(N_("Procurement")),
        "works": t(N_("Works")),
        "training": t(N_("Training, works going on")),
    }
    columns = [Column("label", t(N_("Service")), kind="line")]
    columns += [
        Column(key, name, t(N_("year") if key == "begin" else N_("years")), "decimal") for key, name in names.items()
    ]
    first, last = bars["begin"].min(), bars[list(_BARS)].sum(axis=1).max()
    most = min(_MOST_BARS, int(sheet.paper.page // ROW) - _CHART_ROWS - 1)
    starts = page_starts([1.0] * len(bars), bars["site"].to_list(), most, most)
    for page in (bars.iloc[first:end] for first, end in pairwise([*starts, len(bars)] if len(bars) else [])):
        sheet.page_break()
        top = sheet.row
        block = sheet.table(page, columns, start=start)
        end, sheet.row = sheet.row, top
        used = [key for key in _BARS if key == "begin" or bars[key].sum() > 0]
        sheet.chart(_gantt(book, block, {key: names[key] for key in used}, (first, last)), rows=len(page) + _CHART_ROWS)
        sheet.row = max(sheet.row, end)


def _gantt(book: Book, block: Block, names: dict[str, str], years: tuple[float, float]) -> object:
    chart = book.chart("bar", "stacked")
    charts.bars(chart, block, "label", list(names.items()), unseen=1)
    charts.dress(chart, book.view.t(N_("From decision to opening")), legend=True)
    charts.lying(chart, "", "0", min=int(np.floor(years[0])), max=int(np.ceil(years[1])), major_unit=1)
    return chart
