"""What to type where a rule or promise gives way, in cells that a variant can set, beside the sentence that says it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from redesaude.inputs.changes import row_key
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.language import Said


class Cell(NamedTuple):
    """A cell of the workbook (``SHEET/KEY/COLUMN``) and what to type in it; ``rises``: more of it gives way further."""

    place: str
    value: str
    rises: bool = True


@dataclass(frozen=True)
class Advice(Said):
    """A sentence that says how to mend something, and the ``cells`` that do just that; none where none alone do."""

    cells: tuple[Cell, ...] = ()


def advised(sentence: Said, cells: Iterable[Cell]) -> Advice:
    """Return ``sentence`` with the cells that do what it says."""
    return Advice(sentence.message, sentence.values, tuple(cells))


def cells_in(
    scenario: Scenario, sheet: str, column: str, typed: tuple[float | str, bool], **stated: object
) -> tuple[Cell, ...]:
    """Return the cells of ``column`` in the rows of ``sheet`` that state just this; none where a row says it of others
    too. ``typed`` is what to type, and whether more of it gives way further.
    """
    value, rises = typed
    text = value if isinstance(value, str) else f"{value:.12g}"
    rows = rows_of(getattr(scenario, sheet))
    mine = (row for row in rows if all(_same(getattr(row, name), told) for name, told in stated.items()))
    return tuple(Cell(f"{sheet}/{row_key(sheet, row)}/{column}", text, rises) for row in mine)


def loosest(sentences: Iterable[Said]) -> tuple[Cell, ...]:
    """Return the cells that do what all of the sentences say; none where one of them has none.

    Where several set one cell, the one that gives way furthest holds.
    """
    found: dict[str, Cell] = {}
    for sentence in sentences:
        cells = sentence.cells if isinstance(sentence, Advice) else ()
        if not cells:
            return ()
        for cell in cells:
            before = found.get(cell.place)
            if before is None or _further(cell, before):
                found[cell.place] = cell
    return tuple(found.values())


def _further(cell: Cell, other: Cell) -> bool:
    return cell.value != other.value and (float(cell.value) > float(other.value)) == cell.rises


def _same(one: object, other: object) -> bool:
    """Whether both are the same; two cells left blank are."""
    blank = [isinstance(value, float) and math.isnan(value) for value in (one, other)]
    return all(blank) or (not any(blank) and one == other)
