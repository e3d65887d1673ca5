"""Long lists on a page: a part of their rows at a time, and the addresses of the parts before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import Request

#: rows of a part
MOST = 50
#: digits of the number of a part: no list is so long
_DIGITS = 9


@dataclass(frozen=True)
class Part:
    """Some rows of a list: the ``first`` of them is counted from 1, ``found`` are all; ``before`` and ``after`` are the
    addresses of its neighbours, blank where there are none.
    """

    shown: Sequence[Any]
    number: int
    first: int
    found: int
    before: str
    after: str

    @property
    def last(self) -> int:
        """The last of its rows, counted from 1."""
        return self.first + len(self.shown) - 1


def part_of(request: Request, name: str, rows: Sequence[Any], most: int = MOST) -> Part:
    """Return the part of ``rows`` that the request asks for under ``name``: the last one for a number beyond, the first
    for what is no number. The addresses keep whatever else was asked for.
    """
    asked = request.query_params.get(name, "")
    last = max(0, (len(rows) - 1) // most)
    number = min(int(asked), last) if asked.isascii() and asked.isdigit() and len(asked) <= _DIGITS else 0

    def at(other: int) -> str:
        query = {**request.query_params, name: str(other)}
        return f"{request.url.path}?{urlencode(query)}" if 0 <= other <= last else ""

    shown = rows[number * most : (number + 1) * most]
    return Part(shown, number, number * most + 1, len(rows), at(number - 1), at(number + 1))
