"""What a review gives to the accounts that follow it: lines of the RDQA and RAG, and agreements by half-year."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.language import N_
from redesaude.report.instruments.brazil.accounts import MONEY, REPORTS, SUPPLY, due
from redesaude.report.instruments.country import country_of
from redesaude.report.reviewed.words import VERDICTS, region_words, row_words
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column
from redesaude.reviewing.review import Review

#: what a line of the accounts holds; ``planned`` is that of what is reported
ACCOUNTS = ("report", "due", "block", "item", "unit", "planned", "done")
HALVES = ("half", "region", "what", "planned_on", "actual_on", "verdict", "reason")
#: months of which each of the first three reports tells
_MONTHS = 4


def accounts(view: View, review: Review) -> pd.DataFrame:
    """Return the lines of the report in which the cut-off date falls, and of the RAG at the end of a year.

    None outside Brazil. Audits are no matter of a plan.
    """
    told = country_of(view.scenario)
    if told is None or told.country != "brazil":
        return pd.DataFrame(columns=list(ACCOUNTS))
    now = (review.cutoff.month - 1) // _MONTHS
    reports = [REPORTS[now], *(REPORTS[3:] if review.cutoff.month == 12 else ())]
    rows = [
        (name, due(review.cutoff.year, month, later), *line)
        for name, month, later in reports
        for line in _lines(view, review)
    ]
    return pd.DataFrame(rows, columns=list(ACCOUNTS))


def _lines(view: View, review: Review) -> Iterator[tuple[str, str, str, float, float]]:
    """Running cost, production and access, planned and done, of what is reported."""
    figures = review.figures[(review.figures["sheet"] == "services") & review.figures["actual"].notna()]
    cost, cases = (figures[figures["measure"] == measure] for measure in ("cost", "cases"))
    if len(cost):
        yield (
            MONEY,
            "Custeio dos serviços informados",
            "Moeda",
            float(cost["planned"].sum()),
            float(cost["actual"].sum()),
        )
    for specialty, mine in cases.groupby("specialty_id"):
        name = view.names.specialties.get(str(specialty), str(specialty))
        yield SUPPLY, f"Produção de {name} (casos)", "Número", float(mine["planned"].sum()), float(mine["actual"].sum())
    for row in rows_of(review.indicators[review.indicators["actual"].notna()]):
        due_then = row.target if np.isnan(row.planned) else row.planned
        yield SUPPLY, view.names.indicators[row.indicator_id], row.unit, due_then, row.actual
    access = review.access[review.access["year"] == review.cutoff.year]
    for row in rows_of(access[access["share"].notna()]):
        name = view.names.specialties.get(row.specialty_id, row.specialty_id)
        yield SUPPLY, f"Casos de {name} dentro do padrão de acesso", "Percentual", 100 * row.share, 100 * row.share_now


def halves(view: View, review: Review) -> pd.DataFrame:
    """Return the agreements and handovers that were due or run, by the half-year in which they are to be done."""
    rows = review.dates[review.dates["sheet"] == "agreements"]
    records = [{str(key): value for key, value in record.items()} for record in rows.to_dict("records")]
    table = pd.DataFrame(
        [
            (
                "" if row["planned_on"] is None else f"{row['planned_on'].year}-H{1 + row['planned_on'].month // 7}",
                region_words(view, str(row["region_id"])),
                row_words(view, "agreements", row),
                str(row["planned_on"] or ""),
                str(row["actual_on"] or ""),
                view.t(VERDICTS[str(row["verdict"])]),
                row["reason"],
            )
            for row in records
        ],
        columns=list(HALVES),
    )
    return table.sort_values(["half", "region"], kind="stable", ignore_index=True)


def write_accounts(book: Book, rows: pd.DataFrame) -> None:
    """Write sheet ``accounts``."""
    t = book.view.t
    note = t(
        N_("For the accounts of Brazil (Lei Complementar 141/2012, art. 36): planned is that of what is reported.")
    )
    sheet = book.sheet("accounts", (10, 18, 34, 52, 12, 16, 16), note)
    heads = (N_("Report"), N_("Due"), N_("Part"), N_("Item"), N_("Unit"))
    columns = [Column(name, t(head)) for name, head in zip(ACCOUNTS[:5], heads, strict=True)]
    figures = [Column("planned", t(N_("Planned")), "", "general"), Column("done", t(N_("Done")), "", "general")]
    sheet.table(rows, [*columns, *figures], freeze=1)


def write_halves(book: Book, rows: pd.DataFrame) -> None:
    """Write sheet ``halves``."""
    t = book.view.t
    sheet = book.sheet("halves", (10, 28, 60, 14, 14, 26, 28), t(N_("By the half-year in which each is to be done.")))
    heads = (
        N_("Half-year"),
        N_("Health region"),
        N_("What"),
        N_("Planned on"),
        N_("Done or expected on"),
        N_("What became of it"),
        N_("Reason"),
    )
    sheet.table(rows, [Column(name, t(head)) for name, head in zip(HALVES, heads, strict=True)], freeze=1)
