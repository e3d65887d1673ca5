"""What a variable or constraint says of itself to those who take a model apart, declared where it is made.

A component that says nothing here is not known to them: they leave the model whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, TypeVar

from redesaude_models.parts import UnknownPartError

Component = TypeVar("Component")


class Kind(Enum):
    """What a variable is, where that matters to its place."""

    OPENING = auto()
    """whether a service is open"""
    SHARE = auto()
    """share of a demand that goes to a service; the service follows the territory in its index"""
    VOLUME = auto()
    """cases of a service"""
    FLOW = auto()
    """cases that come to services in tiers and go from there"""
    OTHER = auto()


class Time(Enum):
    """How a component has to do with time."""

    EACH = auto()
    """of its period, or of none"""
    STANDS = auto()
    """a variable that is the same in every period of a network that does not change"""
    CHANGES = auto()
    """a variable that is 0 in a network that does not change"""
    ONCE = auto()
    """rows about what is spent once, in whichever period"""
    LASTS = auto()
    """rows about what is made in one period for all that follow"""


@dataclass(frozen=True)
class Place:
    """Where in the index of a variable its ``specialty``, its ``site`` and the site of a ``partner`` stand.

    None where it has none; a specialty may also be told by the index. ``demand`` is true for variables of a demand,
    whose index begins with the territory, ``pooled`` for those of the pool of journeys. ``rows`` are the rows of the
    problem over which the index set runs, in each period. The index of what depends on the period ends with it; where
    an index is a name instead, ``called`` says what it is of in which period.
    """

    specialty: int | Mapping[Any, str] | None = None
    site: int | None = None
    partner: int | None = None
    demand: bool = False
    pooled: bool = False
    kind: Kind = Kind.OTHER
    time: Time = Time.EACH
    rows: Sequence[tuple[str, ...]] | None = None
    called: Mapping[Any, tuple[str, str]] | None = None

    def demand_of(self, index: Any) -> tuple[Any, str | None]:
        """Return the territory and the specialty of the demand that ``index`` is about."""
        return index[0], self.specialty_of(index)

    def service_of(self, index: Any) -> tuple[Any, ...]:
        """Return the site, specialty and period of the service that ``index`` is about."""
        return index[self.site], self.specialty_of(index), index[-1]

    def apart(self, index: Any, periods: Collection[str]) -> tuple[Any, str]:
        """Return what ``index`` is of, and its period (blank: it has none)."""
        if self.called is not None:
            return self.called[index]
        if isinstance(index, tuple):
            return (index[:-1], index[-1]) if index[-1] in periods else (index, "")
        return ("", index) if index in periods else (index, "")

    def specialty_of(self, index: Any) -> str | None:
        """Return the specialty that ``index`` is about, None if it is about none."""
        if self.specialty is None:
            return None
        return str(index[self.specialty] if isinstance(self.specialty, int) else self.specialty[index])


#: what concerns the whole network
EVERYWHERE = Place()


def placed(component: Component, place: Place) -> Component:
    """Return ``component`` with its place."""
    component.place = place  # type: ignore[attr-defined]
    return component


def place_of(component: Any) -> Place:
    """Return the place of a component; UnknownPartError where it says nothing of it."""
    place = getattr(component, "place", None)
    if not isinstance(place, Place):
        raise UnknownPartError(f"the component {component.local_name} says nothing of its place")
    return place
