"""Licences: the grade of quality that a site holds in a specialty, what sizes need, and what volume it asks for.

A site without a row of the sheet ``licences`` has grade 0 in a specialty. A size that needs a grade (``least_grade``)
opens, or takes the place of a smaller one, only where its site holds it; what runs today goes on as it is. The sheet
``quality_grades`` says how many times the least volume of a size is asked of sites of a grade, where a site states
none of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.book import Book, about
from redesaude.inputs.faults import Fault
from redesaude.inputs.tables import ALL
from redesaude.language import N_

_PLACE = ["site_id", "specialty_id"]

NOT_LICENSED = Fault(
    "service_not_licensed",
    N_("{site_id} holds grade {held} in {specialty_id}, and what is asked of it needs {needed}"),
    N_("a licence of grade {needed} or more, or a size that needs no more than {held}"),
    N_("type the licence on the sheet licences, or ask for another size or site"),
)
NO_SITE_LICENSED = Fault(
    "no_site_licensed",
    N_("no site holds the grade that any size of {specialty_id} needs: {needed} or more"),
    N_("a site with such a licence, or a size that needs less"),
    N_("type a licence for {specialty_id} on the sheet licences, or a smaller least_grade"),
)


class Licences:
    """What the sheets say of licences, of rows that name a site and a specialty."""

    def __init__(self, licences: pd.DataFrame, grades: pd.DataFrame) -> None:
        self._held = dict(zip(zip(*(licences[name] for name in _PLACE), strict=True), licences["grade"], strict=True))
        rows = zip(grades["specialty_id"], grades["grade"], grades["volume_factor"], strict=True)
        self._factor = {(str(specialty), int(grade)): float(factor) for specialty, grade, factor in rows}

    def grades(self, rows: pd.DataFrame) -> pd.Series:
        """Return the grade that the site of each row holds in its specialty; 0: none."""
        places = zip(*(rows[name] for name in _PLACE), strict=True)
        return pd.Series([int(self._held.get(place, 0)) for place in places], rows.index, dtype=int)

    def volume_factors(self, rows: pd.DataFrame) -> pd.Series:
        """Return how many times its size's least volume is asked of each row; 1 where nothing is stated."""
        found = zip(rows["specialty_id"], self.grades(rows), strict=True)
        factors = [self._factor.get((s, grade), self._factor.get((ALL, grade), 1.0)) for s, grade in found]
        return pd.Series(factors, rows.index, dtype=float)


@about("sizes")
def check_licences(book: Book) -> Iterator[Problem]:
    """Yield every service asked for that its site is not licensed for, and specialties that no site may have."""
    sizes, licences = book["sizes"].frame, book["licences"]
    readable = licences.sound(*_PLACE, "grade") or not licences.letters
    if not (sizes["least_grade"] > 0).any() or not readable:
        return
    held = Licences(licences.frame, book["quality_grades"].frame)
    by_size = sizes.drop_duplicates(["specialty_id", "size_id"]).set_index(["specialty_id", "size_id"])["least_grade"]
    least = sizes.groupby("specialty_id")["least_grade"].min()
    yield from _asked(book, held, by_size, least)
    yield from _nowhere(book, least)


def _asked(book: Book, held: Licences, by_size: pd.Series, least: pd.Series) -> Iterator[Problem]:
    today = book["site_services"].frame
    today = today[today["status"] == "existing"]
    runs = dict(zip(zip(*(today[name] for name in _PLACE), strict=True), today["size_id"], strict=True))
    for name, column, asked in (
        ("site_services", "status", ("required",)),
        ("decisions", "decision", ("open", "start")),
    ):
        sheet = book[name]
        rows = sheet.frame[sheet.frame[column].isin(asked)]
        if "active" in rows:
            rows = rows[rows["active"]]
        of_size = by_size.reindex(pd.MultiIndex.from_frame(rows[["specialty_id", "size_id"]])).set_axis(rows.index)
        needed = of_size.fillna(rows["specialty_id"].map(least)).fillna(0.0)
        grades = held.grades(rows)
        for row in rows.index[grades < needed]:
            size = runs.get((rows.loc[row, "site_id"], rows.loc[row, "specialty_id"]))
            if size is None or rows.loc[row, "size_id"] not in ("", size):  # what runs today goes on, as it is
                yield sheet.at(row, column, NOT_LICENSED, held=grades[row], needed=int(needed[row]))


def _nowhere(book: Book, least: pd.Series) -> Iterator[Problem]:
    """Specialties whose every size needs more than any site holds, and that nobody runs today."""
    sheet, licences, today = book["specialties"], book["licences"].frame, book["site_services"].frame
    best = licences.groupby("specialty_id")["grade"].max()
    ids = sheet.frame["specialty_id"]
    needed = ids.map(least).fillna(0.0)
    lacking = (needed > ids.map(best).fillna(0.0)) & ~ids.isin(today.loc[today["status"] == "existing", "specialty_id"])
    for row in sheet.frame.index[lacking]:
        yield sheet.at(row, "specialty_id", NO_SITE_LICENSED, needed=int(needed[row]))
