"""A first plan: one specialty after the other, each to a small gap, those decided before it standing fixed.

Specialties share only sites, contracts and money, so that one alone is a small model. The plan is good, not best; it
is a start for an engine and the incumbent of its first seconds. A specialty for which no plan is found in time is left
open, and the start is partial.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from redesaude.solving.highs import Floats, LinearModel, solve
from redesaude.solving.progress import Search
from redesaude_models.problem import PlanningProblem

#: share of the time limit, and relative gap, given to a specialty
_SHARE_OF_TIME, _GAP = 0.03, 0.005

#: where the specialty stands in the index of each variable that belongs to one
_SPECIALTY_AT = {"x": 2, "u": 1, "open": 1, "z": 1, "v": 1, "short_volume": 1, "q": 1}

SHARED = -1


def specialty_of_columns(arrays: LinearModel, model: pyo.ConcreteModel, problem: PlanningProblem) -> NDArray[np.int64]:
    """Return the specialty (position) of each column, :data:`SHARED` where it belongs to none."""
    number = {name: n for n, name in enumerate(problem.specialties.ids)}
    of_access = {promise.id: promise.specialty for promise in problem.access}
    found = np.full(len(arrays.variables), SHARED, dtype=np.int64)
    for n, variable in enumerate(arrays.variables):
        name, index = variable.parent_component().local_name, variable.index()
        if name in _SPECIALTY_AT:
            found[n] = number[index[_SPECIALTY_AT[name]]]
        elif name == "short_access":
            found[n] = of_access[index]
    return found


def in_order(problem: PlanningProblem) -> list[int]:
    """Return the specialties, those that others need at the same site before them, else the costliest unmet first."""
    demand = problem.demand
    weight = np.bincount(
        demand.specialty, (demand.cases * demand.unmet_cost).sum(axis=1), minlength=len(problem.specialties.ids)
    )
    kinds = problem.services.specialty
    needs = {(int(kinds[a]), int(kinds[b])) for a, b in problem.requires.tolist() if b >= 0}
    order: list[int] = []
    waiting = np.argsort(-weight, kind="stable").tolist()
    while waiting:
        ready = [s for s in waiting if not any(a == s and b in waiting for a, b in needs)]
        chosen = (ready or waiting)[0]
        order.append(chosen)
        waiting.remove(chosen)
    return order


@dataclass(frozen=True)
class Start:
    """Columns with a value, and the values; ``complete`` when no column is missing."""

    columns: NDArray[np.int32]
    values: Floats
    complete: bool


def specialty_by_specialty(
    arrays: LinearModel,
    owner: NDArray[np.int64],
    order: Sequence[int],
    search: Search,
) -> Start:
    """Return a start for ``arrays``; ``owner`` is the specialty of each column, ``order`` that of solving."""
    values = np.full(len(owner), np.nan)
    each = replace(search.limits, gap=_GAP, seconds=max(1.0, _SHARE_OF_TIME * search.limits.seconds))
    touched = _touched(arrays, owner, max(order, default=-1) + 1)
    decided: list[int] = []
    shared = owner == SHARED
    for s in order:
        if search.stopped():
            break
        part, columns = _with_specialties(arrays, owner, touched, [*decided, s], values)
        outcome = solve(part, each, stopped=search.stopped)
        if outcome.values is None:
            continue
        found = np.full(len(owner), np.nan)
        found[columns] = outcome.values
        mine = owner == s
        values[mine] = np.where(arrays.integer[mine], np.round(found[mine]), found[mine])
        values[shared] = np.where(arrays.integer[shared], np.round(found[shared]), found[shared])
        decided.append(s)
        search.reporter.tell("start", f"{len(decided)} of {len(order)} specialties placed")
    held = np.flatnonzero(~np.isnan(values)).astype(np.int32)
    return Start(held, values[held], complete=len(held) == len(owner))


def _touched(arrays: LinearModel, owner: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Which specialties have a column in each row, shape ``(rows, specialties)``."""
    form = arrays.matrix.tocoo()
    touched = np.zeros((arrays.matrix.shape[0], count), dtype=bool)
    mine = owner[form.col] != SHARED
    touched[form.row[mine], owner[form.col][mine]] = True
    return touched


def _with_specialties(
    arrays: LinearModel,
    owner: NDArray[np.int64],
    touched: NDArray[np.bool_],
    present: list[int],
    values: Floats,
) -> tuple[LinearModel, NDArray[np.int64]]:
    """Return the model of the specialties ``present``, all but the last fixed at ``values``, and its columns.

    Columns of absent specialties are dropped, and with them the rows that belong to them alone.
    """
    columns = np.flatnonzero((owner == SHARED) | np.isin(owner, present))
    rows = np.flatnonzero(touched[:, present].any(axis=1) | ~touched.any(axis=1))
    part = LinearModel(
        matrix=arrays.matrix.tocsr()[rows][:, columns].tocsc(),
        row_lower=arrays.row_lower[rows],
        row_upper=arrays.row_upper[rows],
        column_lower=arrays.column_lower[columns],
        column_upper=arrays.column_upper[columns],
        cost=arrays.cost[columns],
        offset=arrays.offset,
        integer=arrays.integer[columns],
    )
    earlier = np.flatnonzero(np.isin(owner[columns], present[:-1]))
    return part.fixed(earlier, values[columns[earlier]]), columns
