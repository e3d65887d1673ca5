"""Kinds of fault an input can have, and how one becomes a :class:`~redesaude.errors.Problem` at a cell."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from redesaude.errors import Problem, Severity
from redesaude.language import N_, Phrase

#: cells of one column shown with the same fault, before the others are only counted
SHOWN = 20
_LONGEST = 60
Place = TypeVar("Place")
_MORE = N_("further cells of this column with the same fault: {count}, from {cell_first} to {cell_last}")


@dataclass(frozen=True)
class Fault:
    """A kind of problem: its code and its three sentences (message ids with ``{placeholders}``).

    ``near`` replaces ``remedy`` when a ``suggestion`` is among the values.
    """

    code: str
    found: str
    expected: str
    remedy: str
    near: str = ""
    severity: Severity = "error"

    def problem(self, sheet: str = "", cell: str = "", /, **values: object) -> Problem:
        """Return this fault at ``cell`` of ``sheet`` with the sentences' placeholders filled from ``values``."""
        remedy = self.near if self.near and values.get("suggestion") not in {None, ""} else self.remedy
        shown = {name: show(value) for name, value in values.items()}
        return Problem(self.code, sheet, cell, self.found, self.expected, remedy, shown, self.severity)


def show(value: object) -> str:
    """Return ``value`` as a planner would type it: no ``.0``, no quotes, never longer than a line."""
    if isinstance(value, Phrase):
        return value
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(show(v) for v in value)
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def nearest(word: str, candidates: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the candidate most like ``word`` (case and leading zeros aside), or ``""`` when none is alike."""
    by_plain = {_plain(c): c for c in candidates}
    close = difflib.get_close_matches(_plain(word), by_plain, n=1, cutoff=cutoff)
    return by_plain[close[0]] if close else ""


def _plain(word: str) -> str:
    return word.strip().casefold().replace(" ", "_").replace("-", "_").lstrip("0")


def without_accents(word: str) -> str:
    """Return ``word`` as a hurried typist would write it: small letters without accents, single spaces."""
    letters = unicodedata.normalize("NFKD", word.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())


def shorten(places: Sequence[Place], tell: Callable[[Place], Problem]) -> Iterator[Problem]:
    """Tell one fault of one column at the first :data:`SHOWN` of ``places``, then count the rest in one problem."""
    yield from map(tell, places[:SHOWN])
    rest = len(places) - SHOWN
    if rest > 0:
        first, last = tell(places[SHOWN]), tell(places[-1]).cell
        values = {**first.values, "count": rest, "cell_first": first.cell, "cell_last": last}
        yield replace(first, cell=f"{first.cell}:{last}", found=_MORE, values=values)
