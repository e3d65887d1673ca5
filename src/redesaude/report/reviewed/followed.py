"""Sheet ``indicators`` of a review: what was reached of each, against its target and beside the plan."""

from __future__ import annotations

from collections.abc import Mapping

from redesaude.language import N_
from redesaude.report.reviewed.words import region_words
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column
from redesaude.reviewing.review import Review

MET: Mapping[str, str] = {"yes": N_("reached"), "no": N_("not reached"), "": ""}
BESIDE: Mapping[str, str] = {
    "better": N_("better than planned"),
    "worse": N_("worse than planned"),
    "as_planned": N_("done as planned"),
    "": "",
}
DIRECTIONS: Mapping[str, str] = {"higher": N_("higher is better"), "lower": N_("lower is better")}
_NOTE = N_(
    "Each is of the latest year reported. What the plan does not say is blank under planned: it has a target only."
)


def write_followed(book: Book, review: Review) -> None:
    """Write sheet ``indicators``."""
    t, names, rows = book.view.t, book.view.names, review.indicators
    sheet = book.sheet("indicators", (56, 22, 22, 8, 12, 16, 13, 13, 13, 13, 20, 26, 28), t(_NOTE))
    table = rows.assign(
        name=names.label("indicators", rows["indicator_id"]),
        region=[region_words(book.view, code) for code in rows["region_id"]],
        specialty=names.label("specialties", rows["specialty_id"]),
        better=[t(DIRECTIONS[word]) for word in rows["direction"]],
        reached=[t(MET[word]) if word else "" for word in rows["met"]],
        said=[t(BESIDE[word]) if word else "" for word in rows["beside"]],
    )
    columns = [
        Column("name", t(N_("Indicator"))),
        Column("region", t(N_("Health region"))),
        Column("specialty", t(N_("Specialty"))),
        Column("year", t(N_("Year")), "", "year"),
        Column("unit", t(N_("Unit"))),
        Column("better", t(N_("Direction"))),
        Column("planned", t(N_("Planned")), "", "general"),
        Column("target", t(N_("Target")), "", "general"),
        Column("actual", t(N_("Actual")), "", "general"),
        Column("reached", t(N_("Target reached")), "", "verdict"),
        Column("said", t(N_("Beside the plan")), "", "verdict"),
        Column("reason", t(N_("Reason"))),
        Column("cell", t(N_("Reported in"))),
    ]
    sheet.table(table, columns, freeze=1)
