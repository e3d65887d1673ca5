"""Whatever the public functions of the finance engine are given, they return finite numbers or refuse it by name.

Nothing is listed by hand: what to draw for a parameter is what its type says, or almost that. Nested dataclasses are
drawn field by field; functions that take tables, which the checks of the workbook have let in, are left out.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_finance_arguments import FUNCTIONS, public

from redesaude.finance.arguments import Allowed, ArgumentError, Shape, UnsolvableError, allowed_of
from redesaude.finance.returns import ReturnRateError

#: numbers, texts and shapes that stand for nothing in particular
HOSTILE: tuple[Any, ...] = (
    np.nan, np.inf, -np.inf, -1.0, -0.3, 0.0, 1e-300, 0.3, 0.5, 1.0, 1.5, 2.0, 7.0, 40.0, 1e6, 1e12, 1e308, -1e308,
    "many", "", [], [0.5, 0.5], [0.2, 0.3, 0.5], [[0.5, 0.5], [1.0, 2.0]], [0.5, np.nan], True,
)  # fmt: skip
SOUND = (0.0, 0.1, 0.5, 1.0, 2.0, 3.5, 20.0, 100.0)


#: what to draw for plain types
PLAIN: dict[Any, tuple[Any, ...]] = {types.NoneType: (None,), bool: (True, False), int: (0, 1, 3, 12)}


class _UnknownError(Exception):
    """A type of which nothing can be drawn."""


def _of(hint: Any, allowed: Any, hostile: bool) -> st.SearchStrategy[Any]:
    """What to draw for a parameter whose type is ``hint``."""
    origin, parts = get_origin(hint), get_args(hint)
    found: st.SearchStrategy[Any]
    if isinstance(allowed, tuple):
        found = st.sampled_from([*allowed, f"{allowed[0]}s", 1.0] if hostile else list(allowed))
    elif isinstance(allowed, Allowed):
        found = st.sampled_from([*_sound(allowed), *HOSTILE] if hostile else _sound(allowed))
    elif origin is Annotated:
        found = _of(parts[0], None, hostile)
    elif origin is types.UnionType or types.NoneType in parts:
        found = st.one_of(*(_of(part, None, hostile) for part in parts))
    elif is_dataclass(hint) and isinstance(hint, type):
        found = _built(hint, hostile)
    elif hint in PLAIN:
        found = st.sampled_from(PLAIN[hint])
    else:
        raise _UnknownError
    return found


def _sound(allowed: Allowed) -> list[Any]:
    """Numbers that are allowed, in the shape that is asked for."""
    found = [value for value in SOUND if allowed.fits(np.array(value))]
    if allowed.whole:
        return [int(value) for value in found]
    return [np.array([value, value]) for value in found] if allowed.shape is Shape.MANY else found


def _arguments(thing: Callable[..., Any]) -> dict[str, tuple[Any, Any]]:
    """Parameter -> its type and what that allows; those with a default of a type that cannot be drawn are left."""
    hints, limits = get_type_hints(thing, include_extras=True), allowed_of(thing)
    found = {}
    for name, parameter in inspect.signature(thing).parameters.items():
        try:
            _of(hints[name], limits.get(name), True)
        except _UnknownError:
            if parameter.default is inspect.Parameter.empty:
                raise
            continue
        found[name] = hints[name], limits.get(name)
    return found


def _drawn(thing: Callable[..., Any], hostile: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments of ``thing``, of which one may be anything."""
    known = _arguments(thing)

    @st.composite
    def drawn(draw: st.DrawFn) -> dict[str, Any]:
        wild = draw(st.sampled_from([*known, ""])) if known and hostile else ""
        return {name: draw(_of(hint, allowed, name == wild)) for name, (hint, allowed) in known.items()}

    return drawn()


def _built(kind: type, hostile: bool) -> st.SearchStrategy[Any]:
    """Instances of a dataclass; where its fields do not go together, what it raised, to be passed on."""

    def build(values: dict[str, Any]) -> Any:
        try:
            return kind(**values)
        except Exception as refused:
            return refused

    return _drawn(kind, hostile).map(build)


def _drawable() -> Iterator[Callable[..., Any]]:
    for thing in [*FUNCTIONS, *(t for t in public() if inspect.isclass(t) and hasattr(t, "__post_init__"))]:
        try:
            _arguments(thing)
        except _UnknownError:
            continue
        yield thing


THINGS = list(_drawable())


def _numbers(found: Any) -> Iterator[np.ndarray]:
    """Every number in what came back."""
    if isinstance(found, bool | str | type(None)) or callable(found):
        return
    if isinstance(found, int | float | np.ndarray | np.generic):
        array = np.asarray(found)
        if array.dtype.kind in "fiu":
            yield array
    elif is_dataclass(found):
        for f in fields(found):
            yield from _numbers(getattr(found, f.name))
    elif isinstance(found, dict):
        yield from _numbers(list(found.values()))
    elif isinstance(found, Iterable):
        for part in found:
            yield from _numbers(part)


def _judged(thing: Callable[..., Any], arguments: dict[str, Any]) -> None:
    unmade = [value for value in arguments.values() if isinstance(value, Exception)]
    found, refused = None, unmade[0] if unmade else None
    if refused is None:
        try:
            with np.errstate(all="ignore"):
                found = thing(**arguments)
        except Exception as raised:
            refused = raised
    if isinstance(refused, ArgumentError):
        assert refused.argument
        assert str(refused).startswith(refused.argument)
    elif refused is not None:
        assert isinstance(refused, UnsolvableError | ReturnRateError), (arguments, refused)
        assert str(refused)
    elif not inspect.isclass(thing):
        for array in _numbers(found):
            assert np.isfinite(array).all(), (arguments, found)


@pytest.mark.few(16)
@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: f"{thing.__module__[18:]}.{thing.__name__}")
@given(data=st.data())
def test_finite_numbers_or_a_refusal_by_name(thing: Callable[..., Any], data: st.DataObject) -> None:
    _judged(thing, data.draw(_drawn(thing, hostile=True)))


def test_all_of_the_engine_that_takes_numbers_alone_is_tried() -> None:
    """What is left takes tables, arrays of many services, services, terms or texts."""
    left = [thing for thing in FUNCTIONS if thing not in THINGS]
    assert len(THINGS) > len(left)
    for thing in left:
        hints = get_type_hints(thing, include_extras=True)
        needed = [n for n, p in inspect.signature(thing).parameters.items() if p.default is inspect.Parameter.empty]
        assert any(not _is_number(hints[name]) for name in needed), thing


def _is_number(hint: Any) -> bool:
    """Whether a parameter is one number, alone or beside None."""
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) is types.UnionType:
        return all(_is_number(part) for part in get_args(hint) if part is not types.NoneType)
    return hint in (float, int)
