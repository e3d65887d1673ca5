"""Whether one problem only restricts another: every plan of it is a plan of the other, at no higher cost there.

Decided from the models as arrays, which is a proof whatever the change was and whoever made it: of the *narrow* problem
every column is one of the *wide* one, within its bounds; columns that it lacks are zero, which the wide one allows;
no column costs more in the wide one; and every row of the wide one follows from the row of that name in the
narrow one and the bounds of the columns, or from these alone. Whatever cannot be shown so is unknown.

Then what is proven of the wide problem holds for the narrow one too: it cannot cost less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np
import pyomo.environ as pyo
from scipy.sparse import csr_array, vstack

from redesaude.assemble import Assembled
from redesaude.assemble.rooms import cut_at, cuts_of
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.network import build_model
from redesaude_models.problem import PlanningProblem
from redesaude_models.promise import Promise
from redesaude_models.standard_form import LinearModel, linear_model

#: relative difference below which two coefficients of a row, or two sides, are the same
_SAME = 1e-9

#: journeys and periods up to which a model is built for this alone
_MOST_JOURNEYS = 300_000


@dataclass(frozen=True)
class Named:
    """A linear model whose columns and rows have names: of component and index."""

    model: LinearModel
    columns: dict[tuple[str, Any], int]
    rows: dict[tuple[str, Any], int]


def decides_more(narrow: PlanningProblem, wide: PlanningProblem) -> bool:
    """Return whether ``narrow`` is ``wide`` with more decided or promised and nothing else changed: then it only
    restricts it.

    That is seen from the problems themselves, of any size: no model is built. A promise is kept where it stands as it
    was, or where a hard one of the same kind asks for as much of the same, or more.
    """
    given, also = wide.decided, narrow.decided
    if given is not None and (also is None or (given.open & ~also.open).any() or (given.barred & ~also.barred).any()):
        return False
    if not all(any(_kept(one, by) for by in narrow.promises) for one in wide.promises):
        return False
    return _same(replace(narrow, decided=None, promises=()), replace(wide, decided=None, promises=()))


def _kept(one: Promise, by: Promise) -> bool:
    """Whether every plan that keeps ``by`` keeps ``one``, at no price."""
    if _same(one, by):
        return True
    if type(one) is not type(by) or not one.level or not by.hard or one.price < 0:
        return False
    asked, asks = getattr(one, one.level), getattr(by, one.level)
    if (asks < asked) if one.least else (asks > asked):
        return False
    level: dict[str, Any] = {one.level: asked}
    return _same(replace(by, id=one.id, hard=one.hard, price=one.price, **level), one)


def _same(one: Any, other: Any) -> bool:
    """Whether two parts of problems hold the same."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if is_dataclass(one):
        return all(_same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    return bool(one == other)


def alike(each: Sequence[Assembled]) -> list[Assembled]:
    """Return problems with time cut at the openings of all of them, so that their models have the same intervals."""
    cuts = np.concatenate([cuts_of(one.problem.rooms) for one in each]) if each else np.zeros((0, 3))

    def cut(one: Assembled) -> Assembled:
        rooms = cut_at(one.problem.rooms, cuts, one.phases)
        return replace(one, problem=replace(one.problem, rooms=rooms))

    return [cut(one) for one in each]


def named(assembled: Assembled) -> Named | None:
    """Return the model of a problem with its names; None where it is too large to be built for this alone.

    What is fixed is a column with equal bounds, so that two problems of which one fixes it have the same columns.
    """
    problem = assembled.problem
    if problem.journeys.cost.size > _MOST_JOURNEYS:
        return None
    model = build_model(problem)
    for variable in model.component_data_objects(pyo.Var):
        if variable.fixed:
            variable.setlb(variable.value)
            variable.setub(variable.value)
            variable.unfix()
    arrays = linear_model(model)
    if not arrays.variables:  # a contradiction
        return None
    columns = {(v.parent_component().local_name, v.index()): n for n, v in enumerate(arrays.variables)}
    rows = {name: n for n, name in enumerate(arrays.rows)}
    unnamed = replace(arrays, variables=(), rows=(), source=None)
    return Named(unnamed, columns, rows) if len(rows) == len(arrays.rows) else None


def restricts(narrow: Named, wide: Named) -> float | None:
    """Return what the narrow problem may cost less than its plans do in the wide one: 0, or the rounding of what both
    cost anyway (NPV); None where it is not known to restrict the wide one. Both are of problems :func:`alike`.
    """
    n, w = narrow.model, wide.model
    if not set(narrow.columns) <= set(wide.columns):
        return None
    ours = np.array(list(narrow.columns.values()), dtype=np.int64)
    theirs = np.array([wide.columns[name] for name in narrow.columns], dtype=np.int64)
    absent = np.ones(len(w.cost), dtype=bool)
    absent[theirs] = False
    offset = max(0.0, w.offset - n.offset)
    inside = (w.column_lower[theirs] <= n.column_lower[ours]) & (w.column_upper[theirs] >= n.column_upper[ours])
    whole = n.integer[ours] | ~w.integer[theirs]
    cheaper = (w.cost[theirs] == n.cost[ours]) | ((w.cost[theirs] < n.cost[ours]) & (n.column_lower[ours] >= 0))
    zero = (w.column_lower[absent] <= 0) & (w.column_upper[absent] >= 0)
    if not ((inside & whole & cheaper).all() and zero.all() and offset <= _SAME * max(1.0, abs(n.offset))):
        return None
    return offset if _rows_hold(narrow, wide, ours, theirs).all() else None


def _rows_hold(narrow: Named, wide: Named, ours: Ints, theirs: Ints) -> Flags:
    """Return which rows of the wide model hold at every solution of the narrow one.

    A row is the narrow model's of the same name, times a factor, and a rest: it holds if the sides of that row and the
    most that the rest can be within the bounds of the columns keep it.
    """
    n, w = narrow.model, wide.model
    lower, upper = n.column_lower[ours], n.column_upper[ours]
    mine = vstack([csr_array(n.matrix)[:, ours], csr_array((1, len(ours)))]).tocsr()  # the last row is 0 = 0
    low, high, none = np.append(n.row_lower, 0.0), np.append(n.row_upper, 0.0), len(n.row_lower)
    at = np.full(len(w.row_lower), none, dtype=np.int64)
    for name, row in wide.rows.items():
        at[row] = narrow.rows.get(name, none)
    theirs_alone, held = csr_array(w.matrix)[:, theirs], np.zeros(len(at), dtype=bool)
    size = _size(theirs_alone)
    nowhere, one = np.full_like(at, none), np.ones(len(at))
    for of, times in ((at, one), (at, size / _size(mine[at])), (nowhere, one)):  # as it stands, in the same unit, none
        rest = _times(theirs_alone, 1.0 / size) - _times(mine[of], times / size)
        rest.data[np.abs(rest.data) <= _SAME] = 0.0
        least, most = _activity(rest, lower, upper)
        above = low[of] * times / size + least >= _less(w.row_lower / size)
        held |= above & (-(high[of] * times / size + most) >= _less(-w.row_upper / size))
    return held


def _less(side: Floats) -> Floats:
    """Return the side of a row less what rounding may explain."""
    return np.asarray(side - _SAME * (1.0 + np.abs(np.where(np.isfinite(side), side, 0.0))))


def _size(rows: csr_array) -> Floats:
    """Largest coefficient of each row, 1 where there is none."""
    size = abs(rows).max(axis=1).toarray().ravel()
    return np.asarray(np.where(size > 0, size, 1.0))


def _times(rows: csr_array, factor: Floats) -> csr_array:
    scaled = rows.copy()
    scaled.data = scaled.data * np.repeat(factor, np.diff(scaled.indptr))
    return scaled


def _activity(rows: csr_array, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Least and greatest value of each row within the bounds of the columns."""
    up, down = rows.copy(), rows.copy()
    up.data, down.data = np.maximum(rows.data, 0.0), np.minimum(rows.data, 0.0)
    up.eliminate_zeros()
    down.eliminate_zeros()
    return np.asarray(up @ lower + down @ upper), np.asarray(up @ upper + down @ lower)
