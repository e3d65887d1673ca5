"""A matrix of travel times, a row for each origin and a column for each destination, as the long table it means.

Each cell of the matrix becomes a row of the table that knows its own address, so that what is wrong with it is told at
the cell that someone typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from redesaude.inputs.cell_words import code_of
from redesaude.inputs.workbook import RawTable

_COLUMNS = ("origin_id", "destination_id", "minutes")


def as_long(raw: RawTable, destinations: Iterable[object]) -> RawTable:
    """Return ``raw`` as a table of origin, destination and minutes if it is a matrix, and as it is otherwise.

    A matrix has the codes of ``destinations`` as names of most of its columns after the first.
    """
    named = {code.strip().lower() for code in raw.headers.values()}
    known = {code_of(code) for code in destinations if code is not None}
    origin, *columns = raw.headers or ("",)
    if not columns or {"destination_id", "minutes"} & named:
        return raw
    codes = {column: code_of(raw.headers[column]) for column in columns}
    if 2 * sum(code in known for code in codes.values()) <= len(columns):
        return raw
    cells = raw.cells[columns].to_numpy(dtype=object)
    origins, filled = raw.cells[origin].to_numpy(dtype=object), np.argwhere(pd.notna(cells)).tolist()
    rows = [(origins[r], codes[columns[c]], cells[r, c]) for r, c in filled]
    index = [f"{columns[c]}{raw.cells.index[r]}" for r, c in filled]
    table = pd.DataFrame(rows, index, list(_COLUMNS), dtype=object)
    return replace(raw, headers={name: name for name in _COLUMNS}, cells=table, hidden=(), struck=())
