"""Areas that promises name and reports are of: the whole, health regions, macro-regions, or each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from redesaude.inputs.tables import ALL, EACH, EACH_MACROREGION
from redesaude.language import N_, Phrase
from redesaude_models.arrays import Flags


@dataclass(frozen=True)
class Area:
    """A health region or macro-region: its code, name, and the codes of its municipalities."""

    code: str
    name: str
    territories: frozenset[str]


def areas_of(territories: pd.DataFrame) -> list[Area]:
    """Return the health regions in the order of the input, then the macro-regions."""
    found = []
    for column, name in (("region_id", "region_name"), ("macroregion_id", "macroregion_name")):
        rows = territories[territories[column] != ""]
        for code, part in rows.groupby(column, sort=False):
            found.append(Area(str(code), str(part[name].iloc[0]) or str(code), frozenset(part["territory_id"])))
    return found


def area_name(territories: pd.DataFrame, area: str) -> str:
    """Return what a planner calls an area of a promise."""
    return Phrase(N_("whole area")) if area == ALL else area_names(territories).get(area, area)


def area_names(territories: pd.DataFrame) -> dict[str, str]:
    """Return the name of each macro-region and health region by its code."""
    return {
        str(code): str(name) or str(code)
        for column, called in (("macroregion_id", "macroregion_name"), ("region_id", "region_name"))
        for code, name in zip(territories[column], territories[called], strict=True)
        if code
    }


def in_area(territories: pd.DataFrame, area: str) -> Flags:
    """Return which rows belong to an area of a promise: ``all``, a health region, or else a macro-region."""
    if area == ALL:
        return np.ones(len(territories), dtype=bool)
    region = (territories["region_id"] == area).to_numpy(bool)
    return region if region.any() else (territories["macroregion_id"] == area).to_numpy(bool)


def areas(territories: pd.DataFrame, area: str) -> list[str]:
    """Return the areas that a promise names: every region or macro-region for ``each`` of them, or the one it names."""
    column = {EACH: "region_id", EACH_MACROREGION: "macroregion_id"}.get(area)
    return sorted(set(territories[column]) - {""}) if column else [area]
