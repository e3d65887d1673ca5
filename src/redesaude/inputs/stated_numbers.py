"""Numbers that a text file states of what has usual ones: read, held to kind and range, refused in words all at once.

They are declared as a frozen dataclass of tables, each a frozen dataclass of numbers whose defaults are the usual ones;
the metadata of each number says the ``least`` and ``most`` that it may be.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import Field, fields, replace
from pathlib import Path
from typing import Any

from redesaude.errors import InputError, Problem
from redesaude.language import N_

_SHOWN = N_("'{found}' stands there")
_UNKNOWN_TABLE = N_("a table of {known}")
_UNKNOWN_NAME = N_("a parameter of this table: {known}")
_WHOLE = N_("a whole number, at least {least:g}")
_BETWEEN = N_("a number from {least:g} to {most:g}")
_AT_LEAST = N_("a number, at least {least:g}")
_MEND = N_("Mend it, or leave it out: then it is {default}.")
_LEAVE_OUT = N_("Take it out.")
_TOML = N_("a text file in TOML, UTF-8: tables in brackets, and under each lines such as name = 1")
_READ = N_("Mend the file or leave --search out.")


def read_toml(path: Path) -> dict[str, Any]:
    """Return what the TOML file at ``path`` states; InputError where it is none."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError([_problem("search_file", path.name, "", _TOML, _READ, found=error)]) from error


def with_stated(usual: Any, stated: Mapping[str, Any], source: str = "") -> Any:
    """Return ``usual`` with the numbers ``stated`` by table and name, as the file ``source`` has them.

    Raises
    ------
    InputError
        with each name that is unknown, and each value that is no number, not whole or out of range.

    """
    problems = tuple(_problems(usual, stated, source))
    if problems:
        raise InputError(problems)
    tables = {name: replace(table, **_typed(table, stated[name])) for name, table in _tables(usual) if name in stated}
    return replace(usual, **tables)


def _tables(usual: Any) -> Iterator[tuple[str, Any]]:
    return ((f.name, getattr(usual, f.name)) for f in fields(usual))


def _typed(table: Any, values: Mapping[str, Any]) -> dict[str, int | float]:
    """Return the values as what they are declared: 1 for a number that need not be whole is 1.0."""
    usual: dict[str, Any] = {f.name: f.default for f in fields(table)}
    return {name: type(usual[name])(value) for name, value in values.items()}


def _problems(usual: Any, stated: Mapping[str, Any], source: str) -> Iterator[Problem]:
    """Yield what is wrong with what is stated."""
    tables = dict(_tables(usual))
    for name, values in stated.items():
        if name not in tables or not isinstance(values, Mapping):
            known = ", ".join(tables)
            yield _problem("search_room", source, name, _UNKNOWN_TABLE, _LEAVE_OUT, found=name, known=known)
        else:
            yield from _problems_of(tables[name], values, name, source)


def _problems_of(table: Any, values: Mapping[str, Any], of: str, source: str) -> Iterator[Problem]:
    """Yield what is wrong with what is stated of the table ``of``."""
    known: dict[str, Field[Any]] = {f.name: f for f in fields(table)}
    for name, value in values.items():
        place = f"{of}.{name}"
        if name not in known:
            names = ", ".join(known)
            yield _problem("search_name", source, place, _UNKNOWN_NAME, _LEAVE_OUT, found=name, known=names)
        elif not _fits(value, known[name]):
            yield _out_of_range(source, place, value, known[name])


def _out_of_range(source: str, place: str, value: object, parameter: Field[Any]) -> Problem:
    least, most = parameter.metadata["least"], parameter.metadata["most"]
    expected = _AT_LEAST if math.isinf(most) else _BETWEEN
    expected = _WHOLE if isinstance(parameter.default, int) else expected
    told = {"found": value, "least": least, "most": most, "default": parameter.default}
    return _problem("search_value", source, place, expected, _MEND, **told)


def _fits(value: object, parameter: Field[Any]) -> bool:
    """Whether a value is a number of the kind of the parameter's default, within its range."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    if (isinstance(parameter.default, int) and not isinstance(value, int)) or not math.isfinite(value):
        return False
    return bool(parameter.metadata["least"] <= value <= parameter.metadata["most"])


def _problem(code: str, source: str, place: str, expected: str, remedy: str, **values: object) -> Problem:
    return Problem(code, source, place, _SHOWN, expected, remedy, values)
