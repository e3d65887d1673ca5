"""A workbook of any country from a folder of facts: a CSV table for each sheet, each row with where it is from.

A table has the name and columns of its sheet. Beside them a row may say ``source``, ``year``, ``grade`` and ``note``
(where the sheet has no such column of its own): they become its row of the sheet ``sources``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from redesaude.errors import ToldError
from redesaude.inputs.tables import BY_NAME, SETTINGS_BY_NAME, Column, Table
from redesaude.language import N_

_EVIDENCE = ("source", "year", "grade", "note")


def own_facts(folder: Path) -> tuple[dict[str, pd.DataFrame], dict[str, object]]:
    """Return the sheets of the CSV tables of ``folder``, and its settings.

    Raises
    ------
    ToldError
        where no table is there, or one is of no sheet, has a column of none, or a number that is none.

    """
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise ToldError(N_("{folder}: no CSV table is there, such as territories.csv"), folder=folder)
    typed = {file.stem: _read(file) for file in files}
    settings = _settings(typed.pop("settings", pd.DataFrame(columns=["name", "value"])))
    sources = [row for name, rows in typed.items() for row in _sources(BY_NAME[name], rows)]
    tables = {name: _sheet(BY_NAME[name], rows) for name, rows in typed.items()}
    if sources:
        stated = tables.get("sources", pd.DataFrame())
        tables["sources"] = pd.concat([stated, pd.DataFrame(sources)], ignore_index=True)
    return tables, settings


def _read(file: Path) -> pd.DataFrame:
    """The rows of a table as they are typed; a table or column of no sheet is told with those that are."""
    table = BY_NAME.get(file.stem)
    if table is None:
        raise ToldError(
            N_("{file}: no sheet has this name; there are {sheets}"), file=file.name, sheets=", ".join(BY_NAME)
        )
    rows = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    known = [column.name for column in table.columns]
    strange = [str(column) for column in rows.columns if column not in {*known, *_EVIDENCE}]
    if strange:
        raise ToldError(
            N_("{file}: its sheet has no column {columns}; there are {known}"),
            file=file.name,
            columns=", ".join(strange),
            known=", ".join(known),
        )
    return rows


def _settings(rows: pd.DataFrame) -> dict[str, object]:
    """The settings that the table states, by name."""
    found: dict[str, object] = {}
    for line, (name, text) in enumerate(zip(rows["name"], rows["value"], strict=True), start=2):
        if name not in SETTINGS_BY_NAME:
            raise ToldError(
                N_("{file}, line {row}: no setting is called {name}; there are {known}"),
                file="settings.csv",
                row=line,
                name=name,
                known=", ".join(SETTINGS_BY_NAME),
            )
        value = _value("settings", SETTINGS_BY_NAME[name], text, line)
        found |= {} if value is None else {name: value}
    return found


def _sheet(table: Table, rows: pd.DataFrame) -> pd.DataFrame:
    """The columns of the sheet, numbers as numbers; what is blank is None."""
    columns = {column.name: column for column in table.columns}
    return pd.DataFrame(
        {
            name: [_value(table.name, columns[name], text, row) for row, text in enumerate(rows[name], start=2)]
            for name in columns
            if name in rows
        },
        dtype=object,
    )


def _value(table: str, column: Column, text: str, row: int) -> object:
    if not text.strip() or column.kind not in {"number", "integer"}:
        return text.strip() or None
    try:
        return float(text)
    except ValueError:
        raise ToldError(
            N_("{file}, line {row}: {column} is {text}, which is no number (with a point, without thousands)"),
            file=f"{table}.csv",
            row=row,
            column=column.name,
            text=text,
        ) from None


def _sources(table: Table, rows: pd.DataFrame) -> Iterator[Mapping[str, str]]:
    """Yield the row of ``sources`` of each row that says where it is from."""
    own = {column.name for column in table.columns}
    named = [name for name in _EVIDENCE if name in rows and name not in own]
    if "source" not in named:
        return
    for row in rows[rows["source"] != ""].to_dict("records"):
        key = "|".join(str(row.get(name, "")) for name in table.key)
        yield {"sheet": table.name, "key": key, "column": "*"} | {name: str(row[name]) for name in named}
