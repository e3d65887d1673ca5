"""What follows from a scenario alone is made once, and again only in variants that change what it was made from.

What that is, is seen and not declared: the maker is given the scenario through a view that notes which tables and
settings are read. A copy with other tables or settings takes over all that was made without them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache, wraps
from typing import Any, TypeVar

#: a scenario, and what is made from it
Case = TypeVar("Case")
Value = TypeVar("Value")


@dataclass(frozen=True)
class _Made:
    """A ``value`` made from a scenario, and what of it was ``read``: names of fields, of settings ``settings.name``."""

    value: Any
    read: frozenset[str]


def once(make: Callable[[Case], Value]) -> Callable[[Case], Value]:
    """Make what follows from a scenario alone once, and keep it beside the tables: callers change neither."""
    name = f"{make.__module__}.{make.__qualname__}"

    @wraps(make)
    def kept(scenario: Case) -> Value:
        inside = _inside(scenario)
        real = inside.get(_OF, scenario)
        known = _inside(real)
        if name not in known:
            noted: set[str] = set()
            known[name] = _Made(make(_view(real, noted, "")), frozenset(noted))
        found: _Made = known[name]
        inside.get(_NOTED, set()).update(found.read)
        value: Value = found.value
        return value

    return kept


def take_over(before: Any, after: Any) -> None:
    """Keep beside ``after``, a copy with some fields changed, what was made from those of ``before`` that are not."""
    changed = _differing(before, after, "")
    made = {name: value for name, value in _inside(before).items() if isinstance(value, _Made)}
    held = _inside(after)
    held.update({name: each for name, each in made.items() if changed.isdisjoint(each.read)})
    if _SETTINGS in held:  # copied from a view, it looks at the settings no longer: all of them are noted by now
        held[_SETTINGS] = _inside(held[_SETTINGS]).get(_OF, held[_SETTINGS])


def _differing(before: Any, after: Any, prefix: str) -> set[str]:
    """The names of the fields that are not the same, of settings those that are not equal."""
    pairs = {f.name: (getattr(before, f.name), getattr(after, f.name)) for f in fields(before)}
    found = {prefix + name for name, (one, other) in pairs.items() if one is not other and (not prefix or one != other)}
    return found | _differing(*pairs[_SETTINGS], _DOTTED) if _SETTINGS in found else found


_SETTINGS, _DOTTED = "settings", "settings."
#: what a view keeps: the thing looked at, and the names noted
_OF, _NOTED = "view of", "noted"


def _inside(thing: Any) -> dict[str, Any]:
    """The attributes of a thing or of a view itself, nothing noted."""
    inside: dict[str, Any] = object.__getattribute__(thing, "__dict__")
    return inside


def _view(thing: Any, noted: set[str], prefix: str) -> Any:
    """A stand-in of ``thing`` that notes the names of the fields that are read, after ``prefix``."""
    kind: Any = type(thing)
    view: Any = object.__new__(_view_class(kind, prefix))
    _inside(view).update({_OF: thing, _NOTED: noted})
    return view


@cache
def _view_class(kind: Any, prefix: str) -> type[Any]:
    names = frozenset(f.name for f in fields(kind))

    def read(self: Any, name: str) -> Any:
        if name == "__class__":
            return kind
        of, noted = (_inside(self)[key] for key in (_OF, _NOTED))
        if name == "__dict__":
            noted.update(prefix + each for each in names)
            return _inside(of)
        if name not in names:
            return object.__getattribute__(self, name)
        if name == _SETTINGS:
            return _view(of.settings, noted, _DOTTED)
        noted.add(prefix + name)
        return getattr(of, name)

    return type(f"{kind.__name__}View", (kind,), {"__getattribute__": read})
