"""Floors of access that a CIB of Mato Grosso might sign: no region is left at nothing of what is urgent."""

from __future__ import annotations

import pandas as pd

from builders.state_facts import table
from redesaude.drafting.evidence import assumed, row

#: three healthy years, currency: from here on a floor is of what is urgent
_YEARS = 120_000
_WHY = ("Piso que uma CIB poderia assinar: cada caso a menos vale três anos de vida saudável ou mais, o que basta "
        "para que nenhuma região fique sem AVC e trauma enquanto se gasta em outro lugar. A Conitec admite limiares "
        "acima do usual para doenças graves e de crianças (recomendações de 2022)")  # fmt: skip


def sheet() -> pd.DataFrame:
    """Return the sheet ``access_targets``."""
    floors = table("floors")[["specialty_id", "region_id", "minutes", "share", "price"]]
    return floors.assign(period_id=None, hard=False)


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of prices, each with its reason."""
    return [
        row(
            "access_targets",
            f"{floor.specialty_id}|{floor.region_id}||{floor.minutes}|",
            "price",
            assumed(floor.price, floor.low, floor.high, f"{floor.reason}. {_WHY if floor.price >= _YEARS else ''}"),
        )
        for floor in table("floors").itertuples()
    ]
