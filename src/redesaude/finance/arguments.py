"""What the functions of the finance engine may be given, and how they refuse the rest.

A parameter, or a field of a dataclass, says in its type what it can mean: ``gearing_share: Share``. Functions marked
with :func:`checked`, and dataclasses that call :func:`check_fields`, refuse everything else before they compute: a
number out of range, a NaN, an infinity, text where a number belongs, one entry of an array, a word that is not on the
list (``Literal``, or ``Annotated[str, ("one", "other")]``). The type is the only place where it stands.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, wraps
from types import MappingProxyType, NoneType
from typing import Annotated, Any, Literal, ParamSpec, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import ArrayLike

P = ParamSpec("P")
R = TypeVar("R")


class ArgumentError(ValueError):
    """An argument that cannot mean anything: its name, what came, what is allowed, and why where that is not plain."""

    def __init__(self, argument: str, came: object, allowed: str, why: str = "") -> None:
        super().__init__(f"{argument}: {came} came, allowed is {allowed}" + (f" ({why})" if why else ""))
        self.argument, self.came, self.allowed, self.why = argument, came, allowed, why


class UnsolvableError(ValueError):
    """A question whose arguments are each sound and that has no answer; the text says why."""


@dataclass(frozen=True)
class Allowed:
    """Numbers from ``least`` to ``most``; not these themselves where ``above`` or ``below``.

    NaN where ``blank``, infinity where ``endless``.
    """

    least: float = -np.inf
    most: float = np.inf
    above: bool = False
    below: bool = False
    blank: bool = False
    endless: bool = False

    def __str__(self) -> str:
        ends = []
        if np.isfinite(self.least):
            ends.append(f"{'above' if self.above else 'at least'} {self.least:g}")
        if np.isfinite(self.most):
            ends.append(f"{'below' if self.below else 'at most'} {self.most:g}")
        return ", ".join(["a number" if self.endless else "a finite number", *ends]) + (
            ", or blank (NaN)" if self.blank else ""
        )

    def holds(self, values: np.ndarray) -> bool:
        """Return whether all of ``values`` are seen to be allowed by the least and the most of them; False: look."""
        if not values.size:
            return True
        low, high = values.min(), values.max()  # NaN where one is: then neither holds
        inside = (low > self.least if self.above else low >= self.least) and (
            high < self.most if self.below else high <= self.most
        )
        return bool(inside and -np.inf < low and high < np.inf)

    def fits(self, values: np.ndarray) -> np.ndarray:
        """Return whether each of ``values`` is allowed."""
        low = values > self.least if self.above else values >= self.least
        high = values < self.most if self.below else values <= self.most
        finite = ~np.isnan(values) if self.endless else np.isfinite(values)
        return np.asarray((finite & low & high) | (np.isnan(values) & self.blank))


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
Whole = Annotated[int, AMOUNT]
Count = Annotated[int, Allowed(1.0)]


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Refuse arguments that their types do not allow (:class:`ArgumentError`) before ``function`` is called."""
    names = tuple(inspect.signature(function).parameters)

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        allowed = allowed_of(function)
        for name, value in (*zip(names, args, strict=False), *kwargs.items()):
            if name in allowed:
                check(name, value, allowed[name])
        return function(*args, **kwargs)

    return call


def check_fields(instance: Any) -> None:
    """Refuse a dataclass whose fields hold what their types do not allow; called from its ``__post_init__``."""
    declared: Any = type(instance)
    for name, allowed in allowed_of(declared).items():
        check(name, getattr(instance, name), allowed)


def check(name: str, value: object, allowed: Any) -> None:
    """Refuse ``value`` of argument ``name`` unless ``allowed``: an :class:`Allowed`, words, or None for everything."""
    if allowed is None or value is None:
        return
    if isinstance(value, float) and isinstance(allowed, Allowed) and allowed.least < value < allowed.most:
        return  # the most of what comes
    if isinstance(allowed, tuple):
        if value not in allowed:
            raise ArgumentError(name, repr(value), "one of " + ", ".join(map(str, allowed)))
        return
    if isinstance(value, np.ndarray) and value.dtype == np.float64 and allowed.holds(value):
        return  # and the most of what comes as arrays
    try:
        numbers = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ArgumentError(name, repr(value), str(allowed)) from None
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
        yield from (part for part in get_args(hint)[1:] if isinstance(part, (Allowed, tuple)))
    else:
        for part in get_args(hint):
            if part is not NoneType and NoneType in get_args(hint):
                yield from _allowed(part)
