"""The fingerprint of an input: the same for the same tables, however the file that holds them was saved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields

import numpy as np
import pandas as pd

from redesaude.inputs.settings import Settings
from redesaude.inputs.tables import BY_NAME, Column

#: settings that say how the input is told and where a part of it lies, not what it is
_NOT_INPUT = ("language", "travel_times_file")


def fingerprint(settings: Settings, tables: Mapping[str, pd.DataFrame], variant_id: str) -> str:
    """Return the sha256, in hexadecimal, of what a scenario states: its settings, its tables and its variant.

    Taken from the tables as read, travel times among them wherever they came from, so that saving a workbook again
    changes nothing and changing a cell of the travel file does. Language, names of files, places of cells and notices
    are no part of it. What stands at its default is left out: a blank is the same as the default typed, and a column
    that a later version adds does not change the fingerprint of inputs that do not use it. The order of rows counts,
    because it may decide between plans of equal cost.
    """
    digest = hashlib.sha256()
    for name, content in _statements(settings, tables, variant_id):
        # lengths first, so that no statement can pass for the end of one and the start of the next
        digest.update(f"{len(name)} {len(content)} ".encode() + name.encode() + content)
    return digest.hexdigest()


def _statements(settings: Settings, tables: Mapping[str, pd.DataFrame], variant_id: str) -> Iterator[tuple[str, bytes]]:
    yield "variant", variant_id.encode("utf-8", "surrogatepass")
    defaults = Settings()
    for setting in fields(Settings):
        value = getattr(settings, setting.name)
        if setting.name not in _NOT_INPUT and value != getattr(defaults, setting.name):
            yield f"settings.{setting.name}", _text([float(value) if isinstance(value, (int, float)) else value])
    for name, frame in sorted(tables.items()):
        if len(frame):
            yield name, str(len(frame)).encode()
            for column in sorted(BY_NAME[name].columns, key=lambda c: c.name):
                content = _cells(column, frame[column.name])
                if content is not None:
                    yield f"{name}.{column.name}", content


def _cells(column: Column, cells: pd.Series) -> bytes | None:
    """The cells of a column as bytes, None where all of them stand at its default."""
    if pd.api.types.is_numeric_dtype(cells):
        numbers = cells.to_numpy("<f8", na_value=np.nan) + 0.0  # -0 is 0
        default = np.nan if column.default is None and column.kind != "flag" else float(column.default or 0.0)
        if np.array_equal(numbers, np.full(len(numbers), default), equal_nan=True):
            return None
        numbers[np.isnan(numbers)] = np.nan  # every blank alike, whatever its bits
        return numbers.tobytes()
    words = [value if isinstance(value, tuple) else str(value) for value in cells.tolist()]
    blank = column.default or ""
    return None if all(word in (blank, ()) for word in words) else _text(words)


def _text(values: Sequence[object]) -> bytes:
    return json.dumps(values).encode()
