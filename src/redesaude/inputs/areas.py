"""Areas that promises name: the whole, health regions, macro-regions, or each of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from redesaude.inputs.tables import ALL, EACH, EACH_MACROREGION


def in_area(territories: pd.DataFrame, area: str) -> NDArray[np.bool_]:
    """Return which rows belong to an area of a promise: ``all``, a health region, or else a macro-region."""
    if area == ALL:
        return np.ones(len(territories), dtype=bool)
    region = (territories["region_id"] == area).to_numpy(bool)
    return region if region.any() else (territories["macroregion_id"] == area).to_numpy(bool)


def areas(territories: pd.DataFrame, area: str) -> list[str]:
    """Return the areas that a promise names: every region or macro-region for ``each`` of them, or the one it names."""
    column = {EACH: "region_id", EACH_MACROREGION: "macroregion_id"}.get(area)
    return sorted(set(territories[column]) - {""}) if column else [area]
