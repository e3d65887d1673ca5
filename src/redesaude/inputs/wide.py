"""A matrix of travel times, a row for each origin and a column for each destination or the other way round, as a table.

Each cell of the matrix becomes a row of the table that knows its own address, so that what is wrong with it is told at
the cell that someone typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from redesaude.inputs.cell_words import code_alone, code_of
from redesaude.inputs.workbook import RawTable

_COLUMNS = ("origin_id", "destination_id", "minutes")


def as_long(raw: RawTable, sites: RawTable | None, territories: RawTable | None) -> RawTable:
    """Return ``raw`` as a table of origin, destination and minutes if it is a matrix, and as it is otherwise.

    A matrix has the codes of ``sites`` as names of most of its columns after the first, whatever stands above its rows;
    one that lies on its side has those of ``territories``, and a row for each site.
    """
    named = {code.strip().lower() for code in raw.headers.values()}
    corner, *columns = dict.fromkeys((*raw.cells.columns[:1], *raw.headers)) or ("",)
    codes = {column: code_alone(raw.headers.get(column, "")) for column in columns}
    if "minutes" in named or {"origin_id", "destination_id"} <= named:
        return raw
    if _most(codes, sites, "site_id") and "destination_id" not in named:
        order = [0, 1, 2]
    elif _most(codes, territories, "territory_id") and "origin_id" not in named:
        order = [1, 0, 2]
    else:
        return raw
    cells = raw.cells[columns].to_numpy(dtype=object)
    corners, filled = raw.cells[corner].to_numpy(dtype=object), np.argwhere(pd.notna(cells)).tolist()
    rows = [(corners[r], codes[columns[c]], cells[r, c]) for r, c in filled]
    index = [f"{columns[c]}{raw.cells.index[r]}" for r, c in filled]
    table = pd.DataFrame(rows, index, [_COLUMNS[i] for i in order], dtype=object)
    return replace(raw, headers={name: name for name in _COLUMNS}, cells=table, hidden=(), struck=())


def _most(codes: Mapping[str, str], known: RawTable | None, column: str) -> bool:
    """Whether more than half of the names of columns are ``known`` codes, those of its ``column``."""
    if known is None:
        return False
    letters = [letter for letter, name in known.headers.items() if name.strip().lower() == column]
    ids = {code_of(code) for code in known.cells[letters].to_numpy(object).ravel() if code is not None}
    return 2 * sum(code in ids for code in codes.values()) > len(codes)
