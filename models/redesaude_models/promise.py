r"""What every promise of one row has in common: at least, or at most, so much of something in a period.

.. math::
    \sum_k a_k x_k + \sigma \ge D \qquad \text{or} \qquad \sum_k a_k x_k - \sigma \le D

The shortfall :math:`\sigma` exists only where the promise is elastic, at its price. What is counted, and in which unit,
is said by each kind on its own page: a page is a subclass of :class:`Promise`, and nothing else of the model knows it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Annotated, Any, ClassVar, Self, TypeVar

from redesaude_models.parts import Holds, price_of_all
from redesaude_models.places import Time


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
    mean; ``least`` whether it asks for at least its due, or for at most; ``level`` is the field of what it asks for,
    which alone makes it stricter (blank: none does).
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
    level: ClassVar[str] = ""
    time: ClassVar[Time] = Time.EACH

    @abstractmethod
    def due(self, problem: Any) -> float:
        """Return what is promised, in the unit of the page."""

    @abstractmethod
    def expression(self, m: Any, problem: Any, keys: Any) -> Any:
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
