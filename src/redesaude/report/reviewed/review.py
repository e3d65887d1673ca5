"""The workbook and the page of a review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.language import N_
from redesaude.report.asked.folder import Asked, place_asked
from redesaude.report.document.blocks import Document, Heading, Paragraph, Table
from redesaude.report.placing import Placed
from redesaude.report.reviewed.accounts import accounts, halves, write_accounts, write_halves
from redesaude.report.reviewed.followed import write_followed
from redesaude.report.reviewed.trend import trend
from redesaude.report.reviewed.words import MEASURES, VERDICTS, region_words, row_words
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column, Sheet
from redesaude.reviewing.review import Review

NAME = "review"
#: deviations told on the page
_ON_PAGE = 12

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "summary": N_("What was planned, what was done"),
        "deviations": N_("What came otherwise, the weightiest first"),
        "milestones": N_("Everything that was due at a date"),
        "figures": N_("Cases, journeys, money and promises"),
        "access": N_("Access by year, as services open now"),
        "areas": N_("By health region and specialty"),
        "accounts": N_("Lines of the RDQA and RAG, planned and done"),
        "halves": N_("Agreements by half-year"),
        "indicators": N_("Indicators, against their targets and beside the plan"),
        "deductions": N_("What indicators of quality take off"),
        "unplanned": N_("Done, and not in the plan"),
        "trend": N_("The reviews so far"),
    }
)
EXAMPLE = N_("An example with invented figures: nothing of this happened.")
_SUMMARY = N_(
    "{reported} of {rows} rows are reported, {planned} of them as planned. Of what was due at a date {late} are late, "
    "{undone} not done and {dropped} dropped; {unplanned} done that the plan has not."
)
_TREATED = N_("Treated at services that are reported: {cases} cases, {planned} planned.")
_SPENT = N_("Running cost of services that are reported: {cost}, {planned} planned.")
_INDICATORS = N_(
    "{told} of {all} indicators are reported; of {due} of them that have a target for their year {reached} reach it."
)
_BLANK = N_("What is blank is not reported: it is no deviation, and nothing is said of it.")
_RANKED = N_(
    "A late service means its cases until it opens, twelve months of them where it is dropped; months are calendar "
    "months. The list is ranked by money and by people at the price of an unmet case; the same people may stand in two "
    "lines, as cases not treated and as those of a late service."
)


def place_review(review: Review, out: Path | str) -> Placed:
    """Write the output folder of a review at ``out`` and return where it is, with what there is to tell."""
    return place_asked(asked(review, trend(review, Path(out).parent)), out)


def asked(review: Review, so_far: pd.DataFrame) -> Asked:
    """Return what is written of a review."""
    names = ("summary", "deviations", "dates", "figures", "access", "areas", "deductions", "settled", "indicators")
    tables = {name: getattr(review, name) for name in names}
    tables["dates"] = review.dates.assign(**{name: _days(review.dates[name]) for name in ("planned_on", "actual_on")})

    def write(book: Book) -> None:
        _write_summary(book, review)
        _write_deviations(book, review)
        _write_dates(book, review)
        _write_figures(book, review)
        _write_access(book, review)
        _write_areas(book, review)
        write_accounts(book, accounts(book.view, review))
        write_halves(book, halves(book.view, review))
        write_followed(book, review)
        _write_deductions(book, review)
        _write_unplanned(book, review)
        _write_trend(book, so_far)

    def document(view: View) -> Document:
        return _document(view, review, so_far)

    return Asked(NAME, review.plan, TITLES, write, tables | {"trend": so_far}, document)


def summary_words(view: View, review: Review) -> list[str]:
    """Return the review in a few sentences."""
    t, n, row = view.t, view.numbers, next(rows_of(review.summary))
    counts = {"reported": row.reported, "rows": row.rows, "planned": row.as_planned, "late": row.late}
    said = [t(_SUMMARY, **counts, undone=row.not_done, dropped=row.dropped, unplanned=row.unplanned)]
    if row.cases_planned > 0:
        said.append(t(_TREATED, cases=n.decimal(row.cases), planned=n.decimal(row.cases_planned)))
    if row.cost_planned > 0:
        said.append(t(_SPENT, cost=n.money(row.cost), planned=n.money(row.cost_planned)))
    if len(followed := review.indicators):
        told = followed["actual"].notna()
        reached, due = followed["met"] == "yes", followed["met"] != ""
        counts = {"due": int(due.sum()), "reached": int(reached.sum()), "told": int(told.sum()), "all": len(followed)}
        said.append(t(_INDICATORS, **counts))
    return [*([t(EXAMPLE)] if row.example else []), *said, t(_BLANK)]


def _document(view: View, review: Review, so_far: pd.DataFrame) -> Document:
    """The page: the sentences, the deviations that weigh most, and the reviews so far where there are several."""
    t = view.t
    first, *rest = summary_words(view, review)
    table = _worded(view, review.deviations.head(_ON_PAGE))
    rows = tuple((r.what, r.said, r.amount, r.reason) for r in rows_of(table))
    header = tuple(map(t, (N_("What"), N_("What became of it"), N_("By how much"), N_("Reason"))))
    blocks = [
        Paragraph(first, kind="warning" if review.actuals.example else "text"),
        *(Paragraph(sentence) for sentence in rest),
        Heading(t(TITLES["deviations"])),
        *([Table(header, rows)] if rows else [Paragraph(t(N_("nothing to list")))]),
        *([Heading(t(TITLES["trend"])), _trend_table(view, so_far)] if len(so_far) > 1 else []),
    ]
    subtitle = t(N_("{begins} to {cutoff}"), begins=review.actuals.span.begins, cutoff=review.cutoff)
    return Document(view.title, subtitle, t.language, tuple(blocks))


def _worded(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of a review with what they are about, what became of them and by how much, in words."""
    records = [{str(key): value for key, value in record.items()} for record in rows.to_dict("records")]
    return rows.assign(
        region=[region_words(view, str(code)) for code in rows["region_id"]],
        what=[_what(view, record) for record in records],
        said=[view.t(VERDICTS[str(verdict)]) for verdict in rows["verdict"]],
        amount=[_amount(view, record) for record in records],
    )


def _what(view: View, record: Mapping[str, Any]) -> str:
    about = row_words(view, str(record["sheet"]), record)
    measure = str(record.get("measure", ""))
    return f"{about}: {view.t(MEASURES[measure])}" if measure else about


def _amount(view: View, record: Mapping[str, Any]) -> str:
    months, difference = record.get("months", float("nan")), record.get("difference", float("nan"))
    if months == months:  # noqa: PLR0124 - a number, not NaN
        return view.t(N_("{months} months"), months=f"{months:+.0f}")
    if difference != difference:  # noqa: PLR0124
        return ""
    digits = 0 if abs(difference) >= 100 else 2  # more say nothing beside the figures themselves
    return ("+" if difference > 0 else "") + view.numbers.decimal(difference, digits)


def _write_summary(book: Book, review: Review) -> None:
    sheet = book.sheet("summary", (110,))
    for sentence in summary_words(book.view, review):
        sheet.text(sentence, "sentence")


def _write_deviations(book: Book, review: Review) -> None:
    t, money = book.view.t, book.view.numbers.symbol
    sheet = book.sheet("deviations", (52, 18, 14, 16, 13, 14, 24, 28), t(_RANKED))
    columns = [
        Column("what", t(N_("What"))),
        Column("said", t(N_("What became of it")), "", "verdict"),
        Column("amount", t(N_("By how much")), "", "verdict"),
        Column("region", t(N_("Health region"))),
        Column("people", t(N_("People")), t(N_("cases not treated as planned")), "number"),
        Column("money", t(N_("Money")), t(N_("{money}, dearer than planned"), money=money), "money"),
        Column("reason", t(N_("Reason"))),
        Column("cell", t(N_("Reported in"))),
    ]
    sheet.table(_worded(book.view, review.deviations), columns, freeze=1)


def _write_dates(book: Book, review: Review) -> None:
    t = book.view.t
    sheet = book.sheet("milestones", (52, 18, 14, 14, 12, 16, 24, 28))
    table = _worded(book.view, review.dates)
    table = table.assign(**{name: _days(table[name]) for name in ("planned_on", "actual_on")})
    columns = [
        Column("what", t(N_("What"))),
        Column("said", t(N_("What became of it")), "", "verdict"),
        Column("planned_on", t(N_("Planned on"))),
        Column("actual_on", t(N_("Done or expected on"))),
        Column("months", t(N_("Months late")), "", "number"),
        Column("region", t(N_("Health region"))),
        Column("reason", t(N_("Reason"))),
        Column("cell", t(N_("Reported in"))),
    ]
    sheet.table(table, columns, freeze=1)


def _days(dates: pd.Series) -> list[str]:
    return ["" if date is None or date != date else str(date) for date in dates]  # noqa: PLR0124


def _write_figures(book: Book, review: Review) -> None:
    t = book.view.t
    note = t(N_("Planned is what the plan has for the very days that are reported; promises are of a whole year."))
    sheet = book.sheet("figures", (56, 18, 15, 15, 15, 16, 24, 28), note)
    columns = [
        Column("what", t(N_("What"))),
        Column("said", t(N_("What became of it")), "", "verdict"),
        Column("planned", t(N_("Planned")), "", "general"),
        Column("actual", t(N_("Actual")), "", "general"),
        Column("difference", t(N_("Difference")), "", "general"),
        Column("region", t(N_("Health region"))),
        Column("reason", t(N_("Reason"))),
        Column("cell", t(N_("Reported in"))),
    ]
    sheet.table(_worded(book.view, review.figures.assign(months=float("nan"))), columns, freeze=1)


def _write_access(book: Book, review: Review) -> None:
    t, names = book.view.t, book.view.names
    note = t(
        N_(
            "The whole area: cases treated and the share of cases within the standard, as planned and as services "
            "open now."
        )
    )
    sheet = book.sheet("access", (10, 34, 13, 13, 13, 13, 13), note)
    table = review.access.assign(specialty=names.label("specialties", review.access["specialty_id"]))
    columns = [
        Column("year", t(N_("Year")), "", "year"),
        Column("specialty", t(N_("Specialty"))),
        Column("cases", t(N_("Cases")), "", "number"),
        Column("treated", t(N_("Treated, planned")), "", "number"),
        Column("treated_now", t(N_("Treated, now")), "", "number"),
        Column("share", t(N_("In time, planned")), "", "percent"),
        Column("share_now", t(N_("In time, now")), "", "percent"),
    ]
    sheet.table(table, columns, freeze=2)


def _write_areas(book: Book, review: Review) -> None:
    t, names, rows = book.view.t, book.view.names, review.areas
    sheet = book.sheet(
        "areas", (30, 34, 10, 12, 12, 10, 12, 14, 14), t(N_("Milestones, and cases of services that are reported."))
    )
    table = rows.assign(
        region=[region_words(book.view, code) for code in rows["region_id"]],
        specialty=names.label("specialties", rows["specialty_id"]),
    )
    heads = {
        "due": N_("Due"),
        "reported": N_("Reported"),
        "delivered": N_("Delivered"),
        "late": N_("Late"),
        "not_done": N_("Not done"),
        "cases_planned": N_("Cases planned"),
        "cases": N_("Cases treated"),
    }
    columns = [Column("region", t(N_("Health region"))), Column("specialty", t(N_("Specialty"))), *_counts(book, heads)]
    sheet.table(table, columns, freeze=2)


def _counts(book: Book, heads: Mapping[str, str]) -> Sequence[Column]:
    return [Column(name, book.view.t(head), "", "number") for name, head in heads.items()]


def _write_deductions(book: Book, review: Review) -> None:
    t, names, money, rows = book.view.t, book.view.names, book.view.numbers.symbol, review.deductions
    note = t(
        N_(
            "What each indicator moves of the payments of the days reported; below, what those of a contract move "
            "together, within its floors and ceilings. Indicators not reported count for nothing."
        )
    )
    sheet = book.sheet("deductions", (34, 30, 22, 10, 10, 15, 15, 15, 28), note)
    table = rows.assign(
        site=names.label("sites", rows["site_id"]), contract=names.label("contracts", rows["contract_id"])
    )
    columns = [
        Column("site", t(N_("Site"))),
        Column("contract", t(N_("Contract"))),
        Column("indicator_id", t(N_("Indicator"))),
        Column("weight", t(N_("Weight")), "", "percent"),
        Column("attainment", t(N_("Reached")), "", "percent"),
        Column("payment", t(N_("Payment")), money, "money"),
        Column("due", t(N_("To be taken off")), money, "money"),
        Column("deducted", t(N_("Taken off")), money, "money"),
        Column("cell", t(N_("Reported in"))),
    ]
    sheet.table(table, columns, freeze=3)
    _write_settled(book, sheet, review)


def _write_settled(book: Book, sheet: Sheet, review: Review) -> None:
    t, names, money, rows = book.view.t, book.view.names, book.view.numbers.symbol, review.settled
    table = rows.assign(
        site=names.label("sites", rows["site_id"]),
        contract=names.label("contracts", rows["contract_id"]),
        told=[f"{told}/{every}" for told, every in zip(rows["indicators"], rows["of"], strict=True)],
    )
    columns = [
        Column("site", t(N_("Site"))),
        Column("contract", t(N_("Contract"))),
        Column("told", t(N_("Indicators reported")), "", "verdict"),
        Column("share", t(N_("Of the payment")), "", "percent"),
        Column("single", t(N_("One by one")), money, "money"),
        Column("payment", t(N_("Payment")), money, "money"),
        Column("due", t(N_("To be taken off")), money, "money"),
    ]
    sheet.table(table, columns)


def _write_unplanned(book: Book, review: Review) -> None:
    t, names, rows = book.view.t, book.view.names, review.actuals.unplanned
    sheet = book.sheet("unplanned", (50, 30, 28, 14, 15, 12, 26, 26))
    table = rows.assign(
        site=names.label("sites", rows["site_id"]),
        specialty=names.label("specialties", rows["specialty_id"]),
        done_on=_days(rows["done_on"]),
    )
    columns = [
        Column("what", t(N_("What"))),
        Column("site", t(N_("Site"))),
        Column("specialty", t(N_("Specialty"))),
        Column("done_on", t(N_("Done or expected on"))),
        Column("cost", t(N_("Money")), book.view.numbers.symbol, "money"),
        Column("cases", t(N_("Cases")), "", "number"),
        Column("reason", t(N_("Reason"))),
        Column("file", t(N_("Reported in"))),
    ]
    sheet.table(table, columns, freeze=1)


_CUTOFF = N_("Cut-off date")
#: columns of the trend after it
_SO_FAR: Mapping[str, str] = MappingProxyType(
    {
        "rows": N_("Due"),
        "reported": N_("Reported"),
        "as_planned": N_("As planned"),
        "late": N_("Late"),
        "not_done": N_("Not done"),
        "dropped": N_("Dropped"),
        "cases_planned": N_("Cases planned"),
        "cases": N_("Cases treated"),
        "cost_planned": N_("Cost planned"),
        "cost": N_("Cost"),
    }
)


def _trend_table(view: View, so_far: pd.DataFrame) -> Table:
    """The reviews so far, a row for each."""
    header = (view.t(_CUTOFF), *map(view.t, _SO_FAR.values()))
    rows = tuple(
        (str(row["cutoff"]), *(view.numbers.decimal(float(row[name])) for name in _SO_FAR))
        for row in so_far.to_dict("records")
    )
    return Table(header, rows, frozenset(range(1, len(header))))


def _write_trend(book: Book, so_far: pd.DataFrame) -> None:
    t = book.view.t
    note = t(N_("The reviews in one folder, this one among them: rows of all reports up to each cut-off date."))
    sheet = book.sheet("trend", (14, 10, 12, 14, 10, 12, 12, 15, 15, 17, 17), note)
    sheet.table(so_far, [Column("cutoff", t(_CUTOFF)), *_counts(book, _SO_FAR)], freeze=1)
