"""Where the numbers of an input come from: the rows of sheet ``sources`` that speak of a number, the closest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from redesaude.inputs.cell_words import key_alone
from redesaude.inputs.changes import like
from redesaude.inputs.tables import BY_NAME

_ALL = "*"

#: (sheet, end of a range) -> the column whose range it is, and whose source is the range's too
_RANGED = {
    (table.name, f"{column.name}{end}"): column.name
    for table in BY_NAME.values()
    for column in table.columns
    for end in ("_low", "_high")
}


@dataclass(frozen=True)
class Place:
    """A number of the input: its sheet, what names its row (its key, parts joined by ``|``), and its column."""

    sheet: str
    key: str
    column: str


@dataclass(frozen=True)
class Evidence:
    """What the input says of a number: source with its year, grade (A to C), remark; blank where it says nothing."""

    source: str = ""
    grade: str = ""
    note: str = ""


class Sources:
    """The rows of sheet ``sources``, by the numbers that they speak of.

    A row's key is that of a row of its sheet. In a part of it ``*`` stands for any letters; parts left out at its end,
    and a key or column of ``*``, for all. Of several rows the one that names the number most closely counts: its whole
    key before a key with ``*``, that before all rows, then its column, that of which it is an end of the range, all
    columns, then the first.
    """

    def __init__(self, sources: pd.DataFrame) -> None:
        """Take the rows of the sheet."""
        self._exact: dict[Place, Evidence] = {}
        self._like: dict[tuple[str, str], list[tuple[Callable[[str], bool], Evidence]]] = {}
        for row in sources.astype(str).to_dict("records"):
            source = ", ".join(text for text in (row["source"], row["year"]) if text)
            told, key = Evidence(source, row["grade"], row["note"]), key_alone(row["key"])
            self._exact.setdefault(Place(row["sheet"], key, row["column"]), told)
            if key != _ALL:
                self._like.setdefault((row["sheet"], row["column"]), []).append((_stands_for(key), told))

    def of(self, place: Place) -> Evidence:
        """Return what the input says of a number; blanks if it says nothing."""
        key, ranged = place.key.rstrip("|"), _RANGED.get((place.sheet, place.column))
        columns = [place.column, *([ranged] if ranged else []), _ALL]
        exact = (self._exact.get(Place(place.sheet, key, column)) for column in columns)
        among = (found for column in columns for found in self._like.get((place.sheet, column), ()))
        alike = (told for stands_for, told in among if stands_for(key))
        general = (self._exact.get(Place(place.sheet, _ALL, column)) for column in columns)
        return next((told for found in (exact, alike, general) for told in found if told is not None), Evidence())


def _stands_for(key: str) -> Callable[[str], bool]:
    """Return whether ``key``, with ``*`` or without its last parts, stands for the key of a row."""
    parts = [like(part) for part in key.split("|")]

    def whether(other: str) -> bool:
        others = other.split("|")
        others += [""] * (len(parts) - len(others))
        return all(part(text) for part, text in zip(parts, others, strict=False))

    return whether
