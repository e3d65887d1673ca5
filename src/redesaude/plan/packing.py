"""Frozen objects as plain arrays and JSON, exactly: what is unpacked equals what was packed.

The classes say what they hold: values are packed by the annotations of dataclass fields, so that a new field is kept
without a word here, and one of a kind that cannot be kept exactly is refused. Nothing is pickled.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd

from redesaude.language import Phrase, Said, said

Arrays = dict[str, np.ndarray]
#: types of columns that hold words, and those of numpy (flags, whole numbers, numbers) that are arrays as they stand
_WORDS, _NUMBERS = ("object", "str"), "biuf"
_PLAIN = (object, str, int, float, bool)


def pack(value: Any, hint: Any, arrays: Arrays, name: str) -> Any:
    """Return ``value``, of the type ``hint``, as plain JSON; columns of tables go to ``arrays`` under ``name``.

    Raises
    ------
    TypeError
        when the type cannot be kept exactly.

    """
    return _way(hint).pack(value, arrays, name)


def unpack(packed: Any, hint: Any, arrays: Arrays, name: str) -> Any:
    """Return the value of the type ``hint`` that :func:`pack` made ``packed`` of.

    A field of a class that is not among ``packed`` takes its default.

    Raises
    ------
    ValueError, TypeError, LookupError
        when ``packed`` or ``arrays`` is not what ``hint`` says.

    """
    return _way(hint).unpack(packed, arrays, name)


@cache
def _way(hint: Any) -> _Way:
    """The way in which values of a type are kept; TypeError where there is none."""
    for way in (_Table, _Array, _Sentence, _Object, _Optional, _Tuple, _Mapping, _Path, _Choice, _Plain):
        if way.suits(hint):
            return way(hint)
    raise TypeError(f"a value of the type {hint} cannot be kept exactly")


@dataclass(frozen=True)
class _Way(ABC):
    """How values of the type ``hint`` are packed and unpacked."""

    hint: Any

    @staticmethod
    @abstractmethod
    def suits(hint: Any) -> bool:
        """Whether this is the way for ``hint``."""

    @abstractmethod
    def pack(self, value: Any, arrays: Arrays, name: str) -> Any:
        """See :func:`pack`."""

    @abstractmethod
    def unpack(self, packed: Any, arrays: Arrays, name: str) -> Any:
        """See :func:`unpack`."""


class _Object(_Way):
    """A dataclass, field by field; those that do not count when two are compared are not kept."""

    @staticmethod
    def suits(hint: Any) -> bool:
        return is_dataclass(hint)

    def pack(self, value: Any, arrays: Arrays, name: str) -> Any:
        kinds = self._kinds()
        return {key: pack(getattr(value, key), kind, arrays, f"{name}.{key}") for key, kind in kinds.items()}

    def unpack(self, packed: Any, arrays: Arrays, name: str) -> Any:
        kinds = self._kinds()
        needed = {f.name for f in fields(self.hint) if f.default is MISSING and f.default_factory is MISSING}
        odd = (set(packed) - set(kinds)) | ((needed & set(kinds)) - set(packed))
        if odd:
            raise ValueError(f"{name} has other parts than this version knows: {', '.join(sorted(odd))}")
        return self.hint(**{key: unpack(item, kinds[key], arrays, f"{name}.{key}") for key, item in packed.items()})

    def _kinds(self) -> dict[str, Any]:
        hints = get_type_hints(self.hint)
        return {f.name: hints[f.name] for f in fields(self.hint) if f.init and f.compare}


class _Sentence(_Way):
    """A sentence not told yet; one that an earlier version kept as told is itself."""

    @staticmethod
    def suits(hint: Any) -> bool:
        return hint is Said

    def pack(self, value: Any, arrays: Arrays, name: str) -> Any:
        return _pack_any(value)

    def unpack(self, packed: Any, arrays: Arrays, name: str) -> Any:
        value = _unpack_any(packed)
        return value if isinstance(value, Said) else said(str(value))


class _Optional(_Way):
    """A value or None."""

    @staticmethod
    def suits(hint: Any) -> bool:
        parts = get_args(hint)
        return get_origin(hint) in (Union, UnionType) and len(parts) == 2 and NoneType in parts

    def pack(self, value: Any, arrays: Arrays, name: str) -> Any:
        return None if value is None else pack(value, self._meant(), arrays, name)

    def unpack(self, packed: Any, arrays: Arrays, name: str) -> Any:
        return None if packed is None else unpack(packed, self._meant(), arrays, name)

    def _meant(self) -> Any:
        return next(part for part in get_args(self.hint) if part is not NoneType)


class _Tuple(_Way):
    """Any number of values of one type."""

    @staticmethod
    def suits(hint: Any) -> bool:
        return get_origin(hint) is tuple and get_args(hint)[1:] == (Ellipsis,)

    def pack(self, value: Any, arrays: Arrays, name: str) -> Any:
        return [pack(item, get_args(self.hint)[0], arrays, f"{name}.{n}") for n, item in enumerate(value)]

    def unpack(self, packed: Any, arrays: Arrays, name: str) -> Any:
        inner = get_args(self.hint)[0]
        return tuple(unpack(item, inner, arrays, f"{name}.{n}") for n, item in enumerate(packed))


class _Mapping(_Way):
    """Values of one type by name."""

    @staticmethod
    def suits(hint: Any) -> bool:
        return get_origin(hint) is Mapping and get_args(hint)[0] is str

    def pack(self, value: Any, arrays: Arrays, name: str) -> Any:
        return {key: pack(item, get_args(self.hint)[1], arrays, f"{name}.{key}") for key, item in value.items()}

    def unpack(self, packed: Any, arrays: Arrays, name: str) -> Any:
        return {key: unpack(item, get_args(self.hint)[1], arrays, f"{name}.{key}") for key, item in packed.items()}


class _Path(_Way):
    """The name of a file; the folders of a machine are nobody else's business."""

    @staticmethod
    def suits(hint: Any) -> bool:
        return hint is Path

    def pack(self, value: Any, arrays: Arrays, name: str) -> Any:
        return value.name

    def unpack(self, packed: Any, arrays: Arrays, name: str) -> Any:
        return Path(packed)


class _Choice(_Way):
    """One of several words."""

    @staticmethod
    def suits(hint: Any) -> bool:
        return get_origin(hint) is Literal or (isinstance(hint, type) and issubclass(hint, Enum))

    def pack(self, value: Any, arrays: Arrays, name: str) -> Any:
        return value.value if isinstance(value, Enum) else value

    def unpack(self, packed: Any, arrays: Arrays, name: str) -> Any:
        if isinstance(self.hint, type):
            return self.hint(packed)
        if packed not in get_args(self.hint):
            raise ValueError(f"{name} is none of {get_args(self.hint)}")
        return packed


class _Plain(_Way):
    """Words, numbers, flags, and values that carry their own type."""

    @staticmethod
    def suits(hint: Any) -> bool:
        return hint in _PLAIN or (get_origin(hint) is UnionType and set(get_args(hint)) <= {*_PLAIN, NoneType})

    def pack(self, value: Any, arrays: Arrays, name: str) -> Any:
        return _pack_any(value)

    def unpack(self, packed: Any, arrays: Arrays, name: str) -> Any:
        value = _unpack_any(packed)
        kinds = get_args(self.hint) or (self.hint,)
        if not isinstance(value, (*kinds, int) if float in kinds else kinds):
            raise ValueError(f"{name} is not of the type {self.hint}")  # noqa: TRY004 - a fault of the file
        return value


class _Table(_Way):
    """A data frame, column by column."""

    @staticmethod
    def suits(hint: Any) -> bool:
        return hint is pd.DataFrame

    def pack(self, value: Any, arrays: Arrays, name: str) -> Any:
        columns = {c: _pack_column(value[c], arrays, f"{name}.{c}") for c in value.columns}
        plain = value.index.equals(pd.RangeIndex(len(value)))
        index = None if plain else _pack_column(value.index.to_series(), arrays, f"{name}/index")
        return {"rows": len(value), "columns": columns, "index": index}

    def unpack(self, packed: Any, arrays: Arrays, name: str) -> Any:
        columns = {c: _unpack_column(kind, arrays, f"{name}.{c}") for c, kind in packed["columns"].items()}
        rows, index = packed["rows"], packed["index"]
        if any(len(column) != rows for column in columns.values()):
            raise ValueError(f"the columns of {name} are not of one length")
        labels = pd.RangeIndex(rows) if index is None else pd.Index(_unpack_column(index, arrays, f"{name}/index"))
        return pd.DataFrame({c: column.set_axis(labels) for c, column in columns.items()}, index=labels)


class _Array(_Way):
    """An array of flags or numbers."""

    @staticmethod
    def suits(hint: Any) -> bool:
        return get_origin(hint) is np.ndarray

    def pack(self, value: Any, arrays: Arrays, name: str) -> Any:
        arrays[name] = np.asarray(value)
        return str(arrays[name].dtype)

    def unpack(self, packed: Any, arrays: Arrays, name: str) -> Any:
        if str(arrays[name].dtype) != packed or arrays[name].dtype.kind not in _NUMBERS:
            raise ValueError(f"{name} is not of the type {packed}")
        return arrays[name]


# --- values that carry their own type ----------------------------------------------------------------------------


def _pack_any(value: Any) -> Any:
    """A value that nothing tells the type of: JSON as it stands, or one key that names the type and its content."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Phrase):
        return {"phrase": str(value)}
    if isinstance(value, Said):
        return {"said": [value.message, _pack_any(value.values)]}
    if value is None or type(value) in (str, int, float, bool):
        return value
    if isinstance(value, (list, tuple)):
        return {type(value).__name__: [_pack_any(item) for item in value]}
    if isinstance(value, Mapping):
        return {"mapping": [[_pack_any(key), _pack_any(item)] for key, item in value.items()]}
    raise TypeError(f"{value!r} cannot be kept exactly")


def _unpack_any(packed: Any) -> Any:
    if not isinstance(packed, dict):
        return packed
    ((kind, content),) = packed.items()
    if kind == "phrase":
        return Phrase(content)
    if kind == "said":
        return Said(content[0], _unpack_any(content[1]))
    if kind == "mapping":
        return {_unpack_any(key): _unpack_any(item) for key, item in content}
    return {"list": list, "tuple": tuple}[kind](_unpack_any(item) for item in content)


# --- columns ---------------------------------------------------------------------------------------------------


def _pack_column(cells: pd.Series, arrays: Arrays, name: str) -> dict[str, Any]:
    """Numbers as they are; words as numbers of the different ones, which are few."""
    kind = str(cells.dtype)
    if isinstance(cells.dtype, np.dtype) and cells.dtype.kind in _NUMBERS:
        arrays[name] = cells.to_numpy()
        return {"type": kind}
    if kind not in _WORDS:
        raise TypeError(f"{name}: a column of the type {kind} cannot be kept exactly")
    packed = np.array([json.dumps(_pack_any(value)) for value in cells.tolist()], dtype=object)
    codes, texts = pd.factorize(packed)
    arrays[name] = codes.astype(np.int32)
    return {"type": kind, "values": [json.loads(text) for text in texts.tolist()]}


def _unpack_column(packed: Any, arrays: Arrays, name: str) -> pd.Series:
    array, kind = arrays[name], packed["type"]
    if array.ndim != 1:
        raise ValueError(f"{name} is not a column")
    if "values" not in packed:
        if str(array.dtype) != kind or array.dtype.kind not in _NUMBERS:
            raise ValueError(f"{name} is not of the type {kind}")
        return pd.Series(array)
    if kind not in _WORDS:
        raise ValueError(f"{name} is of the unknown type {kind}")
    values = [_unpack_any(value) for value in packed["values"]]
    if len(array) and (array.min() < 0 or array.max() >= len(values)):
        raise ValueError(f"{name} names words that are not there")
    words = [values[code] for code in array.tolist()]
    return pd.Series(words, dtype="str") if kind == "str" else pd.Series(words, dtype=object)
