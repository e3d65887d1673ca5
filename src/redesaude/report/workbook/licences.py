"""Sheet ``licences``: the grade that each service of the plan needs and its site holds, and what volume it asks for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.language import N_
from redesaude.plan.numbers import numbers_of
from redesaude.report.figures import in_last_period
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column

_WIDTHS = (34, 26, 14, 40, 10, 10, 14, 14, 24)


def in_use(view: View) -> bool:
    """Return whether the input speaks of licences at all."""
    scenario = view.scenario
    asked = bool((scenario.sizes["least_grade"] > 0).any())
    return asked or len(scenario.licences) > 0 or len(scenario.quality_grades) > 0


def write(book: Book) -> None:
    """Write a row for each service of the plan, in the last period in which it is open."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "The grade that a site holds in a specialty, from the sheet licences of the input, beside what the size "
            "needs. Sites of lower grades may be asked for more cases (sheet quality_grades). What runs today goes on "
            "without the grade, but is not made larger."
        )
    )
    sheet = book.sheet("licences", _WIDTHS, note)
    sheet.table(frame(view), columns(view), freeze=1)


def frame(view: View) -> pd.DataFrame:
    """Return the services of the plan with grades and volumes."""
    numbers, names = numbers_of(view.scenario), view.names
    held = {(r.site_id, r.specialty_id): r.name for r in rows_of(view.scenario.licences)}
    found = []
    for row in rows_of(in_last_period(view.plan, view.plan.openings)):
        place = row.site_id, row.specialty_id
        grade, needed = numbers.grade(*place), numbers.grade_needed(row.specialty_id, row.size_id)
        least = numbers.of(*place, row.size_id)["min_cases"]
        found.append(
            {
                "site": names.sites.get(row.site_id, row.site_id),
                "specialty": names.specialties.get(row.specialty_id, row.specialty_id),
                "size": row.size_id,
                "licence": held.get(place, ""),
                "grade": grade,
                "needed": needed,
                "least": least or np.nan,
                "cases": float(row.cases),
                "reading": view.t(N_("held")) if grade >= needed else view.t(N_("runs today without it")),
            }
        )
    return pd.DataFrame(found)


def columns(view: View) -> list[Column]:
    """Return the columns of the sheet."""
    t = view.t
    return [
        Column("site", t(N_("Site"))),
        Column("specialty", t(N_("Specialty"))),
        Column("size", t(N_("Size"))),
        Column("licence", t(N_("Licence"))),
        Column("grade", t(N_("Grade")), t(N_("held")), "number"),
        Column("needed", t(N_("Grade")), t(N_("needed")), "number"),
        Column("least", t(N_("Least cases")), t(N_("a year, for quality")), "number"),
        Column("cases", t(N_("Cases a year")), "", "number"),
        Column("reading", t(N_("Licence"))),
    ]
