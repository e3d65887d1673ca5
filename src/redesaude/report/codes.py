"""The codes by which others know sites, territories and specialties, beside our own in whatever is written."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from redesaude.inputs.scenario import Scenario

#: of each column that holds one of our codes: the table that knows the official one, and the column that tells it
CODED: Mapping[str, tuple[str, str]] = {
    "territory_id": ("territories", "territory_code"),
    "site_id": ("sites", "site_code"),
    "specialty_id": ("specialties", "specialty_code"),
}


def coded(scenario: Scenario, frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return ``columns`` of ``frame``, then the official codes of those that have any in the scenario."""
    found = frame[list(columns)]
    for key, (table, name) in CODED.items():
        codes = getattr(scenario, table).set_index(key)["official_code"]
        if key in columns and (codes != "").any():
            found = found.assign(**{name: found[key].map(codes).fillna("")})
    return found


def registers(scenario: Scenario, table: str) -> list[str]:
    """Return the registers whose codes the rows of a table state, each once."""
    rows = getattr(scenario, table)
    return list(dict.fromkeys(rows.loc[(rows["official_code"] != "") & (rows["code_register"] != ""), "code_register"]))
