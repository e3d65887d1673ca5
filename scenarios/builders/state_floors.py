"""Floors of access that a CIB of Mato Grosso might sign: no region is left at nothing of what is urgent."""

from __future__ import annotations

import pandas as pd

from builders.state_facts import table
from redesaude.drafting.evidence import assumed, row

#: value of a healthy year, currency
_YEAR = 40_000
_WHY = ("Piso que uma CIB poderia assinar: cada caso a menos vale um ano de vida saudável (R$ 40.000): nenhuma "
        "região fica sem o que é urgente enquanto se gasta em outro lugar")  # fmt: skip


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
            assumed(floor.price, floor.low, floor.high, f"{floor.reason}. {_WHY if floor.price >= _YEAR else ''}"),
        )
        for floor in table("floors").itertuples()
    ]
