"""The rows of promises in a model, what is short of the elastic ones, its price, and how it is read back.

Apart from :mod:`redesaude_models.promise`, which says what a promise is without the modelling language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyomo.environ as pyo

from redesaude_models.arrays import Floats
from redesaude_models.places import Place, placed
from redesaude_models.promise import Counts, Promise
from redesaude_models.relations import relation


def add_promises(m: pyo.ConcreteModel, problem: Any, keys: Any, counts: Counts) -> None:
    """Add the rows of the promises that count this, and what is short of the elastic ones."""
    promised = [promise for promise in problem.promises if promise.counts is counts]
    for component in dict.fromkeys(promise.component for promise in promised):
        _add_kind(m, problem, keys, [promise for promise in promised if promise.component == component])


def _add_kind(m: pyo.ConcreteModel, problem: Any, keys: Any, promises: list[Promise]) -> None:
    first = promises[0]
    about = {promise.id: promise.specialty_of(problem) for promise in promises}
    elastic = [promise.id for promise in promises if not promise.hard]
    row, short = first.docs
    shortfall = pyo.Var(elastic, domain=pyo.NonNegativeReals, doc=short)
    names = {promise.id: promise.called(keys.periods) for promise in promises}
    setattr(m, first.shortfall, placed(shortfall, Place(about if all(about.values()) else None, called=names)))
    rows = placed(pyo.Constraint(pyo.Any, doc=row), Place(time=first.time, called=names))
    setattr(m, first.component, rows)
    for promise in promises:
        missing = 0 if promise.hard else shortfall[promise.id]
        total, due = promise.expression(m, problem, keys), float(promise.due(problem)) / promise.scale()
        rows[promise.id] = relation(total + missing >= due if promise.least else total - missing <= due)


def promises_cost(m: pyo.ConcreteModel, problem: Any, *counts: Counts) -> Any:
    """Return the price of what is short of the elastic promises that count any of these (NPV)."""
    return sum(
        price * promise.scale() * getattr(m, promise.shortfall)[promise.id]
        for promise, price in _priced(problem.promises)
        if promise.counts in counts
    )


def _priced(promises: Iterable[Promise]) -> Iterator[tuple[Promise, float]]:
    """Each elastic promise with its price; that of a hard one is looked at too."""
    for promise, price in [(each, each.price) for each in promises]:
        if not promise.hard:
            yield promise, price


def read_missing(m: pyo.ConcreteModel, problem: Any) -> Floats:
    """Return what is short of each promise, in the unit of its page; 0 for a hard one."""
    found = [0.0 if p.hard else (getattr(m, p.shortfall)[p.id].value or 0.0) * p.scale() for p in problem.promises]
    return np.array(found, dtype=float)
