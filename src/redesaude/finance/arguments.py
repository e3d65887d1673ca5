"""What the functions of the finance engine may be given, and how they refuse the rest.

A parameter, or a field of a dataclass, says in its type what it can mean: ``gearing_share: Share``. Functions marked
with :func:`checked`, and dataclasses that call :func:`check_fields`, refuse everything else before they compute: a
number out of range, a NaN, an infinity, text where a number belongs, one entry of an array, several numbers where one
is asked for, arrays whose shapes do not go together, a word that is not on the list (``Literal``, or
``Annotated[str, ("one", "other")]``). The type is the only place where it stands. What comes of sound arguments is a
finite number, or :class:`UnsolvableError`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache, wraps
from types import MappingProxyType, NoneType
from typing import Annotated, Any, Literal, ParamSpec, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import ArrayLike

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class ArgumentError(ValueError):
    """An argument that cannot mean anything: its name, what came, what is allowed, and why where that is not plain."""

    def __init__(self, argument: str, came: object, allowed: str, why: str = "") -> None:
        super().__init__(f"{argument}: {came} came, allowed is {allowed}" + (f" ({why})" if why else ""))
        self.argument, self.came, self.allowed, self.why = argument, came, allowed, why


class UnsolvableError(ValueError):
    """A question whose arguments are each sound and that has no answer; the text says why."""


#: beyond this size no number means anything, and sums of such numbers lose what they are made of
LARGEST = 1e18


class Shape(Enum):
    """How many numbers an argument is."""

    ONE = "one number"
    ANY = "numbers of any shape"
    MANY = "a row of numbers"


@dataclass(frozen=True)
class Allowed:
    """Numbers from ``least`` to ``most``; not these themselves where ``above`` or ``below``.

    NaN where ``blank``, infinity where ``endless``; no fractions where ``whole``.
    """

    least: float = -np.inf
    most: float = np.inf
    above: bool = False
    below: bool = False
    blank: bool = False
    endless: bool = False
    whole: bool = False
    shape: Shape = Shape.ANY

    def __str__(self) -> str:
        ends = []
        if np.isfinite(self.least):
            ends.append(f"{'above' if self.above else 'at least'} {self.least:g}")
        if np.isfinite(self.most):
            ends.append(f"{'below' if self.below else 'at most'} {self.most:g}")
        elif not self.endless:
            ends.append(f"up to {LARGEST:g}")
        kind = "a whole number" if self.whole else "a number" if self.endless else "a finite number"
        return ", ".join([kind, *ends]) + (", or blank (NaN)" if self.blank else "")

    def holds(self, values: np.ndarray) -> bool:
        """Return whether all of ``values`` are seen to be allowed by the least and the most of them; False: look."""
        if not values.size:
            return True
        low, high = values.min(), values.max()  # NaN where one is: then neither holds
        inside = (low > self.least if self.above else low >= self.least) and (
            high < self.most if self.below else high <= self.most
        )
        sized = low >= -LARGEST and high <= LARGEST
        return bool(inside and sized and not self.whole)

    def fits(self, values: np.ndarray) -> np.ndarray:
        """Return whether each of ``values`` is allowed."""
        low = values > self.least if self.above else values >= self.least
        high = values < self.most if self.below else values <= self.most
        finite = ~np.isnan(values) if self.endless else np.abs(values) <= LARGEST
        entire = values == np.floor(values) if self.whole else True
        return np.asarray((finite & low & high & entire) | (np.isnan(values) & self.blank))


#: 0 to 1; the same less 1 itself, which would leave nothing; at least 0; above 0; a rate above -100 %; any number; a
#: cover ratio, below which a debt is not served
SHARE, PART, AMOUNT, POSITIVE = Allowed(0.0, 1.0), Allowed(0.0, 1.0, below=True), Allowed(0.0), Allowed(0.0, above=True)
RATE, NUMBER, COVER = Allowed(-1.0, above=True), Allowed(), Allowed(1.0)
#: the same where NaN stands for what nobody stated
MAYBE_SHARE, MAYBE_AMOUNT, MAYBE_COVER = (replace(allowed, blank=True) for allowed in (SHARE, AMOUNT, COVER))

#: types of single numbers, and (plural) of anything that becomes an array
Share = Annotated[float, SHARE]
Shares = Annotated[ArrayLike, SHARE]
Part = Annotated[float, PART]
Parts = Annotated[ArrayLike, PART]
Amount = Annotated[float, AMOUNT]
Amounts = Annotated[ArrayLike, AMOUNT]
Positive = Annotated[float, POSITIVE]
Positives = Annotated[ArrayLike, POSITIVE]
Rate = Annotated[float, RATE]
Rates = Annotated[ArrayLike, RATE]
Number = Annotated[float, NUMBER]
Numbers = Annotated[ArrayLike, NUMBER]
Endless = Annotated[float, Allowed(endless=True)]
MaybeShare = Annotated[float, MAYBE_SHARE]
MaybeAmount = Annotated[float, MAYBE_AMOUNT]
MaybeAmounts = Annotated[ArrayLike, MAYBE_AMOUNT]
MaybeNumbers = Annotated[ArrayLike, Allowed(blank=True)]
#: no plan looks further ahead than a thousand years
YEARS = Allowed(0.0, 1000.0)
Years = Annotated[float, YEARS]
YearsEach = Annotated[ArrayLike, YEARS]
SomeYearsEach = Annotated[ArrayLike, Allowed(0.0, 1000.0, above=True)]
Whole = Annotated[int, YEARS]
#: the part of a calendar year before an opening; below 0 where years begin with the opening
OPENED = Allowed(-1.0, 1.0, below=True)
OpenedEach = Annotated[ArrayLike, OPENED]
Count = Annotated[int, Allowed(1.0, 1000.0)]
#: one number for each year
NumberByYear = Annotated[ArrayLike, replace(NUMBER, shape=Shape.MANY)]
AmountByYear = Annotated[ArrayLike, replace(AMOUNT, shape=Shape.MANY)]


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Refuse arguments that their types do not allow (:class:`ArgumentError`) before ``function`` is called."""
    names = tuple(inspect.signature(function).parameters)

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        allowed = allowed_of(function)
        given = dict(zip(names, args, strict=False), **kwargs)
        for name, value in given.items():
            if name in allowed:
                check(name, value, allowed[name])
        _go_together(given, allowed)
        found = function(*args, **kwargs)
        numbers = isinstance(found, float) or (isinstance(found, np.ndarray) and found.dtype == np.float64)
        if numbers and not np.isfinite(found).all():  # type: ignore[call-overload]
            raise UnsolvableError(f"{function.__name__}: no finite number comes of these arguments: some are too large")
        return found

    return call


def _go_together(given: dict[str, Any], allowed: Mapping[str, Any]) -> None:
    """Refuse the first of the arrays ``given`` whose shape does not go with those before it."""
    shape: tuple[int, ...] = ()
    for name, value in given.items():
        if isinstance(allowed.get(name), Allowed) and value is not None and np.ndim(value):
            try:
                shape = np.broadcast_shapes(shape, np.shape(value))
            except ValueError:
                came = f"an array of shape {np.shape(value)}"
                raise ArgumentError(name, came, f"a shape that goes with {shape}, of the arguments before it") from None


def unchecked(kind: type[T], values: Mapping[str, Any]) -> T:
    """Return a frozen dataclass of ``values`` that have been checked already, such as rows of another of its kind."""
    made = object.__new__(kind)
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made


def check_fields(instance: Any) -> None:
    """Refuse a dataclass whose fields hold what their types do not allow; called from its ``__post_init__``."""
    declared: Any = type(instance)
    for name, allowed in allowed_of(declared).items():
        value = getattr(instance, name)
        check(name, value, allowed)
        if isinstance(value, list):
            object.__setattr__(instance, name, np.asarray(value, dtype=float))


def check(name: str, value: object, allowed: Any) -> None:
    """Refuse ``value`` of argument ``name`` unless ``allowed``: an :class:`Allowed`, words, or None for everything."""
    if allowed is None or value is None:
        return
    if isinstance(allowed, tuple):
        if not isinstance(value, type(allowed[0])) or value not in allowed:
            raise ArgumentError(name, repr(value), "one of " + ", ".join(map(str, allowed)))
        return
    single = isinstance(value, float) and not allowed.whole and allowed.shape is not Shape.MANY
    if single and allowed.least < value < allowed.most and -LARGEST <= value <= LARGEST:  # type: ignore[operator]
        return  # the most of what comes
    quick = isinstance(value, np.ndarray) and value.dtype == np.float64 and allowed.shape is Shape.ANY
    if quick and allowed.holds(np.asarray(value)):
        return  # and the most of what comes as arrays
    try:
        numbers = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ArgumentError(name, repr(value), str(allowed)) from None
    if allowed.whole and (isinstance(value, bool) or not isinstance(value, int | np.integer)):  # True is no count
        raise ArgumentError(name, repr(value), str(allowed))
    dimensions = {Shape.ONE: (0,), Shape.MANY: (1,)}.get(allowed.shape, (numbers.ndim,))
    if numbers.ndim not in dimensions:
        raise ArgumentError(name, f"an array of shape {numbers.shape}", allowed.shape.value)
    wrong = np.argwhere(~allowed.fits(numbers))
    if len(wrong):
        place = tuple(wrong[0].tolist())
        where = f"{name}[{', '.join(map(str, place))}]" if place else name
        raise ArgumentError(where, f"{numbers[place]:g}", str(allowed))


def in_order(low_name: str, low: ArrayLike, high_name: str, high: ArrayLike, why: str = "") -> None:
    """Refuse ``high`` (numbers) where it is below ``low``."""
    below = np.asarray(high, dtype=float) < np.asarray(low, dtype=float)
    if np.any(below):
        worst = [float(np.broadcast_to(a, below.shape)[below][0]) for a in (low, high)]
        raise ArgumentError(high_name, f"{worst[1]:g}", f"at least {low_name}, {worst[0]:g}", why)


@cache
def allowed_of(declared: Any) -> MappingProxyType[str, Any]:
    """Return parameter or field -> what its type allows, of a function or dataclass."""
    hints = get_type_hints(declared, include_extras=True)
    return MappingProxyType({name: found for name, hint in hints.items() for found in _allowed(hint)})


def _allowed(hint: Any) -> Iterator[Any]:
    """Yield what a type allows, where it says so: at most one."""
    if get_origin(hint) is Literal:
        yield get_args(hint)
    elif get_origin(hint) is Annotated:
        kind, *notes = get_args(hint)
        shape = Shape.ONE if kind in (float, int) else Shape.MANY if get_origin(kind) is tuple else None
        for part in notes:
            if isinstance(part, Allowed):
                yield replace(part, shape=shape or part.shape, whole=kind is int)
            elif isinstance(part, tuple):
                yield part
    else:
        for part in get_args(hint):
            if part is not NoneType and NoneType in get_args(hint):
                yield from _allowed(part)
