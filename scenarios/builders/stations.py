"""Emergency stations: the sheets ``stations`` and ``emergency``, and the windows of time-critical specialties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from redesaude.drafting.evidence import Figure, Tongue


@dataclass(frozen=True)
class Station:
    """A station, or a place for one (``candidate``); ``ambulances`` are those there today, and the fewest."""

    territory_id: str
    name: str
    status: str
    ambulances: int
    most: int


@dataclass(frozen=True)
class Costs:
    """Works of a new station (currency), its running cost and that of an ambulance with its crew (currency/year)."""

    works: Figure
    running: Figure
    ambulance: Figure


@dataclass(frozen=True)
class Window:
    """Minutes from the call to the start of treatment, and of them from the door of the hospital on."""

    whole: Figure
    door: Figure


@dataclass(frozen=True)
class Promise:
    """A row of ``emergency``: ``amount`` is a share, or people for each ambulance; ``price`` is per unit and year."""

    kind: str
    region: str
    amount: Figure
    price: Figure
    specialty: str = "all"


def stations_sheet(stations: Iterable[Station], costs: Costs) -> pd.DataFrame:
    """Return the ``stations`` sheet, each at the seat of its territory."""
    return pd.DataFrame(
        [
            {
                "station_id": f"B-{s.territory_id}",
                "name": s.name,
                "territory_id": s.territory_id,
                "status": s.status,
                "capex": costs.works.value,
                "fixed_cost": costs.running.value,
                "ambulance_cost": costs.ambulance.value,
                "ambulances_min": s.ambulances,
                "ambulances_max": s.most,
            }
            for s in stations
        ]
    )


def emergency_sheet(promises: Sequence[Promise]) -> pd.DataFrame:
    """Return the ``emergency`` sheet; every promise may fall short at its price."""
    return pd.DataFrame(
        [
            {
                "promise": p.kind,
                "specialty_id": p.specialty,
                "region_id": p.region,
                "share": None if p.kind == "ambulances" else p.amount.value,
                "people_per_ambulance": p.amount.value if p.kind == "ambulances" else None,
                "hard": False,
                "price": p.price.value,
            }
            for p in promises
        ]
    )


def with_windows(specialties: pd.DataFrame, windows: Mapping[str, Window]) -> pd.DataFrame:
    """Return the ``specialties`` sheet with the windows of those that are time-critical."""
    named = specialties["specialty_id"]
    return specialties.assign(
        window_minutes=named.map({name: w.whole.value for name, w in windows.items()}),
        door_minutes=named.map({name: w.door.value for name, w in windows.items()}),
    )


def evidence(
    tongue: Tongue, costs: Costs, windows: Mapping[str, Window], promises: Sequence[Promise]
) -> list[dict[str, str]]:
    """Return the ``sources`` rows of costs, windows and promises; where the stations are is told by the caller."""
    found = tongue.rows(
        "stations", "*", {"capex": costs.works, "fixed_cost": costs.running, "ambulance_cost": costs.ambulance}
    )
    for name, window in windows.items():
        found += tongue.rows("specialties", name, {"window_minutes": window.whole, "door_minutes": window.door})
    for p in promises:
        column = "people_per_ambulance" if p.kind == "ambulances" else "share"
        found += tongue.rows("emergency", f"{p.kind}|{p.specialty}|{p.region}|", {column: p.amount, "price": p.price})
    return found
