"""What the parts of a problem have in common, told by what each of their fields holds.

A field is annotated with what it holds, once, where it is declared; whatever treats all parts alike (leaves out
journeys, takes the costs away, asks what is stated at all) follows from that. What is not annotated is not known: it is
refused where anything is stated in it, never passed on in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum, auto
from functools import cache
from typing import Annotated, Any, TypeVar, get_type_hints

import numpy as np
from numpy.typing import NDArray

from redesaude_models.arrays import Flags, Floats, Ints


class Holds(Enum):
    """What a field holds."""

    FACTS = auto()
    """numbers, marks or rows of other parts"""
    IF_ANY = auto()
    """numbers or rows, -1 where there is none"""
    COUNTS = auto()
    """how many, 0 where there are none"""
    COSTS = auto()
    """money of the objective (NPV): costs, and prices of what falls short"""
    COUNTED = auto()
    """rows of the journeys (or pairs that begin with one) that a ceiling counts: fewer of them ask for less"""
    PROMISED = auto()
    """rows of the journeys (or pairs that begin with one) that a promise counts: fewer of them ask for more"""
    HARD = auto()
    """whether a promise must be kept"""
    NOTES = auto()
    """what only readers need: it changes no plan"""


Names = Annotated[tuple[str, ...], Holds.NOTES]
Dates = Annotated[Floats, Holds.NOTES]
Marks = Annotated[Flags, Holds.FACTS]
Rows = Annotated[Ints, Holds.FACTS]
IfAny = Annotated[Ints, Holds.IF_ANY]
Counts = Annotated[Ints, Holds.COUNTS]
Amounts = Annotated[Floats, Holds.FACTS]
Costs = Annotated[Floats, Holds.COSTS]
Counted = Annotated[Ints, Holds.COUNTED]
Promised = Annotated[Ints, Holds.PROMISED]
Hard = Annotated[Flags, Holds.HARD]

Part = TypeVar("Part")
Value = NDArray[Any]


class UnknownPartError(Exception):
    """Something is stated of a problem that the one who was handed it does not know."""


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _holds(kind: type, name: str) -> Holds | None:
    """What a field is annotated to hold."""
    return next((m for m in getattr(_hints(kind)[name], "__metadata__", ()) if isinstance(m, Holds)), None)


def _within(value: Any) -> tuple[Any, ...]:
    """The parts that a value is, or that it lists."""
    listed = value if isinstance(value, tuple) else (value,)
    return tuple(part for part in listed if is_dataclass(part) and not isinstance(part, type))


def _path(name: str, part: Any) -> str:
    """How the fields of a part are called that a field lists: promises of one kind are told from those of another."""
    component = getattr(part, "component", "")
    return f"{name}.{component}." if component else f"{name}."


def stated(part: Any, path: str = "") -> Iterator[str]:
    """Yield the name (``options.cost``) of each field in which something is stated that may change a plan."""
    for each in fields(part):
        name, value, holds = path + each.name, getattr(part, each.name), _holds(type(part), each.name)
        for inner in _within(value):
            yield from stated(inner, _path(name, inner))
        if holds is not Holds.NOTES and not _within(value) and not _silent(value, holds):
            yield name


def _silent(value: Any, holds: Holds | None) -> bool:
    """Whether nothing is stated: no rows, no mark, no cost, no limit."""
    if isinstance(value, np.ndarray):
        if holds is Holds.IF_ANY:
            return not (value >= 0).any()
        return not value.size if value.dtype.kind in "iuO" and holds is not Holds.COUNTS else not value.any()
    return value is None or (isinstance(value, (bool, int, float, str, tuple)) and not value)


def changed(part: Part, change: Callable[[Holds, Value], Value], path: str = "") -> Part:
    """Return ``part`` with every array in it, also those of parts within it, as ``change`` makes it.

    Raises
    ------
    UnknownPartError
        where a field is neither a part, a plain value nor an array annotated with what it holds.

    """
    if not is_dataclass(part) or isinstance(part, type):
        raise UnknownPartError(path)
    new: dict[str, Any] = {}
    for each in fields(part):
        name, value, holds = path + each.name, getattr(part, each.name), _holds(type(part), each.name)
        if isinstance(value, np.ndarray) and holds is not None:
            new[each.name] = change(holds, value)
        elif isinstance(value, tuple):
            new[each.name] = tuple(changed(v, change, _path(name, v)) if _within(v) else v for v in value)
        elif _within(value):
            new[each.name] = changed(value, change, f"{name}.")
        elif holds is None and not isinstance(value, (str, int, float)) and not _silent(value, holds):
            raise UnknownPartError(name)
    return replace(part, **new)


def elastic(part: Part, problem: Any, path: str = "") -> Part:
    """Return ``part`` with every promise in it elastic, as its own ``elastic(problem)`` makes it.

    Raises
    ------
    UnknownPartError
        where a promise stays hard.

    """
    own = getattr(part, "elastic", None)
    part = part if own is None else own(problem)
    new: dict[str, Any] = {}
    for each in fields(part):  # type: ignore[arg-type]
        name, value = path + each.name, getattr(part, each.name)
        if _holds(type(part), each.name) is Holds.HARD and np.any(value):
            raise UnknownPartError(name)
        if isinstance(value, tuple):
            new[each.name] = tuple(elastic(v, problem, _path(name, v)) if _within(v) else v for v in value)
        elif _within(value):
            new[each.name] = elastic(value, problem, f"{name}.")
    return replace(part, **new)  # type: ignore[type-var]


def price_of_all(hard: Any, amount: Any) -> Floats:
    """Return the price of a unit at which all of ``amount`` costs 1; nothing where it was not ``hard``."""
    amount = np.asarray(amount, dtype=float)
    return np.where(hard & (amount > 0), 1.0 / np.maximum(np.abs(amount), 1e-9), 0.0)


def watched(part: Part, unread: set[str], path: str = "") -> Part:
    """Return ``part`` as it is, but for taking off ``unread`` the name of each field that is looked at."""
    kind, names = type(part), {each.name for each in fields(part)}  # type: ignore[arg-type]

    def look(self: Any, name: str) -> Any:
        if name in names:
            unread.discard(path + name)
        return object.__getattribute__(self, name)

    copy: Part = object.__new__(type(kind.__name__, (kind,), {"__getattribute__": look}))
    for name in names:
        value = getattr(part, name)
        if isinstance(value, tuple):
            value = tuple(watched(v, unread, _path(path + name, v)) if _within(v) else v for v in value)
        elif _within(value):
            value = watched(value, unread, f"{path}{name}.")
        object.__setattr__(copy, name, value)
    return copy
