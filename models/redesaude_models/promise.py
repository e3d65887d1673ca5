r"""What every promise of one row has in common: at least, or at most, so much of something in a period.

.. math::
    \sum_k a_k x_k + \sigma \ge D \qquad \text{or} \qquad \sum_k a_k x_k - \sigma \le D

The shortfall :math:`\sigma` exists only where the promise is elastic, at its price. What is counted, and in which unit,
is said by each kind on its own page: a page is a subclass of :class:`Promise`, and nothing else of the model knows it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Annotated, Any, ClassVar, Self, TypeVar

import numpy as np
import pyomo.environ as pyo

from redesaude_models.parts import Floats, Holds, price_of_all
from redesaude_models.places import Place, Time, placed
from redesaude_models.relations import relation


class Counts(Enum):
    """What the rows of a kind are made of, which must be in the model before them."""

    SERVICES = auto()
    """services, journeys and transfers"""
    STATIONS = auto()
    """stations, ambulances and whom they reach"""
    SPENDING = auto()
    """everything that may use money"""


@dataclass(frozen=True)
class Promise(ABC):
    """One promise in ``period``; ``price`` is the NPV of one unit short of it, used when it is not ``hard``.

    ``component`` and ``shortfall`` are the names of its rows and of what is short in the model, ``docs`` what they
    mean; ``least`` whether it asks for at least its due, or for at most.
    """

    id: str
    period: int
    hard: Annotated[bool, Holds.HARD]
    price: float

    component: ClassVar[str]
    shortfall: ClassVar[str]
    docs: ClassVar[tuple[str, str]]
    counts: ClassVar[Counts] = Counts.SERVICES
    least: ClassVar[bool] = False
    time: ClassVar[Time] = Time.EACH

    @abstractmethod
    def due(self, problem: Any) -> float:
        """Return what is promised, in the unit of the page."""

    @abstractmethod
    def expression(self, m: pyo.ConcreteModel, problem: Any, keys: Any) -> Any:
        """Return what the variables of ``m`` make of it, in units of :meth:`scale`."""

    @abstractmethod
    def achieved(self, problem: Any, decisions: Any) -> float:
        """Return what ``decisions`` make of it, in the unit of the page."""

    def scale(self) -> float:
        """Return the unit in which the row is written, in that of the page."""
        return 1.0

    def specialty_of(self, problem: Any) -> str:
        """Return the one specialty that the promise is about; blank where it is about several, or none."""
        return ""

    def called(self, periods: Sequence[str]) -> tuple[str, str]:
        """Return what it is of, and its period, of these ids: where it is made in several, its id ends with that."""
        period = periods[self.period]
        return self.id.removesuffix(f"|{period}"), period

    def missing(self, problem: Any, decisions: Any) -> float:
        """Return how much ``decisions`` fall short, whether the promise is hard or not."""
        gap = self.due(problem) - self.achieved(problem, decisions)
        return max(0.0, gap if self.least else -gap)

    def met(self, problem: Any, missing: float) -> bool:
        """Return whether so much ``missing`` is nothing, within a millionth of what is due."""
        return missing <= 1e-6 * max(abs(self.due(problem)), 1.0)

    def elastic(self, problem: Any) -> Self:
        """Return the promise that may be missed; where it was hard, as much again as is due costs 1."""
        return replace(self, hard=False, price=float(price_of_all(self.hard, self.measure(problem))))

    def measure(self, problem: Any) -> float:
        """Return the amount of which a shortfall is a share."""
        due = self.due(problem)
        return due if self.least else max(abs(due), 1.0)


Kind = TypeVar("Kind", bound=Promise)


def of_kind(promises: Iterable[Promise], kind: type[Kind]) -> tuple[Kind, ...]:
    """Return the promises of one kind, in order."""
    return tuple(promise for promise in promises if isinstance(promise, kind))


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
