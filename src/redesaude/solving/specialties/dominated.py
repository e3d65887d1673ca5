r"""Dominated options of a block: another one like them does the same at no more cost, whatever is treated there.

At the prices of its coupling rows a block knows contracts only by what they cost. Two options of one service, of which
at most one is taken (binary columns :math:`a, b` of a row that says so), are *alike* if exchanging them, with the
columns and rows that belong to each alone, leaves all of the block but its costs as it is: a symmetry. Some optimal
plan of the block then goes without :math:`a` if

.. math:: c_b - c_a + \sum_k \max(0, c_{b_k} - c_{a_k})\, u_k \le 0

over the pairs :math:`a_k, b_k` of columns that belong to them and are at most :math:`u_k`: whoever takes :math:`a`
takes :math:`b` instead, with the same values, and pays no more. Each :math:`b_k` that is cheaper must be none while
:math:`b` is not taken, so that the exchange loses no receipt. Of options that cost the same one is left. The sums are
right to their rounding, far within what the solver's tolerances leave open in the bound of a block.

A column belongs to an option alone if it is the only one of a row beside the option and what belongs to it, and is
neither integer nor ever negative.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.standard_form import LinearModel


def without_dominated(model: LinearModel) -> LinearModel:
    """Return ``model`` with its dominated options closed; its optimum is the same."""
    upper = model.column_upper.copy()
    upper[dominated(model)] = 0.0
    return replace(model, column_upper=upper)


def dominated(model: LinearModel) -> Ints:
    """Return the columns of dominated options; those that dominate them are left."""
    rows = _Rows(model)
    gone: set[int] = set()
    for columns in _exclusive(model, rows):
        alike: dict[object, list[_Option]] = defaultdict(list)
        for column in columns:
            if column in gone:  # whoever dominates is left, or is dominated by one that is
                continue
            option = _option(model, rows, column)
            alike[option.pattern].append(option)
        for options in alike.values():
            gone.update(_beaten(model.cost, options))
    return np.array(sorted(gone), dtype=np.int64)


class _Rows:
    """The entries of a model by row and by column."""

    def __init__(self, model: LinearModel) -> None:
        self._by_row, self._by_column = model.matrix.tocsr(), model.matrix

    def of_row(self, row: int) -> tuple[Ints, Floats]:
        """Return the columns of a row and their coefficients."""
        at = slice(self._by_row.indptr[row], self._by_row.indptr[row + 1])
        return self._by_row.indices[at], self._by_row.data[at]

    def of_column(self, column: int) -> tuple[Ints, Floats]:
        """Return the rows of a column and its coefficients."""
        at = slice(self._by_column.indptr[column], self._by_column.indptr[column + 1])
        return self._by_column.indices[at], self._by_column.data[at]

    def with_several(self, columns: Flags) -> Ints:
        """Return the rows that have two or more of ``columns``."""
        return np.flatnonzero((self._by_row != 0).astype(np.int64) @ columns.astype(np.int64) > 1)


@dataclass(frozen=True)
class _Option:
    """An option: its column and those that belong to it, the most that each of these can be, and which are none without
    it; options of one ``pattern`` are alike.
    """

    columns: list[int]
    most: Floats
    follows: Flags
    pattern: object


def _exclusive(model: LinearModel, rows: _Rows) -> Iterator[list[int]]:
    """Yield binary columns of which at most one is taken, as a row says in which all have the same coefficient."""
    binary = model.integer & (model.column_lower == 0.0) & (model.column_upper == 1.0)
    for row in rows.with_several(binary).tolist():
        columns, entries = rows.of_row(row)
        ends = np.stack([entries * model.column_lower[columns], entries * model.column_upper[columns]])
        for entry in np.unique(entries[binary[columns]]).tolist():
            same = binary[columns] & (entries == entry)
            if entry < 0:
                taken = (float(ends.max(axis=0)[~same].sum()) - model.row_lower[row]) / -entry
            else:
                taken = (model.row_upper[row] - float(ends.min(axis=0)[~same].sum())) / entry
            if same.sum() > 1 and taken < 2.0:
                yield columns[same].tolist()


def _option(model: LinearModel, rows: _Rows, column: int) -> _Option:
    own_columns, own_rows = _belonging(model, rows, column)
    places = {row: n for n, row in enumerate(own_rows)}
    columns = [
        (model.column_lower[name], model.column_upper[name], _entries(*rows.of_column(name), places))
        for name in own_columns
    ]
    sides = [(model.row_lower[row], model.row_upper[row]) for row in own_rows]
    limits = np.array([_most_with(model, rows, column, name, own_rows) for name in own_columns[1:]])
    most = np.minimum(limits, model.column_upper[own_columns[1:]])
    return _Option(own_columns, most, np.isfinite(limits), (tuple(columns), tuple(sides)))


def _entries(at: Ints, values: Floats, places: dict[int, int]) -> tuple[tuple[bool, int, float], ...]:
    """Return the entries of a column: in rows of its option by their place there, in all others by their row."""
    named = [
        (row in places, places.get(row, row), value) for row, value in zip(at.tolist(), values.tolist(), strict=True)
    ]
    return tuple(sorted(named))


def _belonging(model: LinearModel, rows: _Rows, column: int) -> tuple[list[int], list[int]]:
    """Return the columns of an option, ``column`` first, and the rows that belong to it alone, as they are found."""
    columns, own = [column], []
    for name in columns:  # grows meanwhile
        for row in rows.of_column(name)[0].tolist():
            touched = rows.of_row(row)[0]
            if row in own or len(touched) > len(columns) + 1:
                continue
            others = [other for other in touched.tolist() if other not in columns]
            if len(others) > 1 or any(model.integer[k] or model.column_lower[k] < 0 for k in others):
                continue
            own.append(row)
            columns += others
    return columns, own


def _most_with(model: LinearModel, rows: _Rows, option: int, column: int, own: list[int]) -> float:
    """Return the most that ``column`` can be with its ``option``, where it is none without it; else infinity."""
    least = np.inf
    for row in own:
        columns, entries = rows.of_row(row)
        if set(columns.tolist()) != {option, column}:
            continue
        one, per = (float(entries[columns == name][0]) for name in (option, column))
        side = model.row_upper[row] if per > 0 else model.row_lower[row]
        if side == 0.0:
            least = min(least, -one / per)
    return least


def _beaten(cost: Floats, options: list[_Option]) -> list[int]:
    """Return the columns of those of alike options that another one dominates."""
    each = np.array([cost[option.columns] for option in options])
    left, gone = list(range(len(options))), []
    for a, option in enumerate(options):
        for b in left:
            more = each[b] - each[a]
            kept = option.follows | (more[1:] >= 0)
            dearer = np.where(more[1:] > 0, more[1:], 0.0)
            with np.errstate(invalid="ignore"):
                worst = np.where(dearer > 0, dearer * option.most, 0.0)
            if b != a and kept.all() and more[0] + worst.sum() <= 0:
                left.remove(a)
                gone.append(option.columns[0])
                break
    return gone
