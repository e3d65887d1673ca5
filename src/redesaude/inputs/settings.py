"""The settings of a scenario: one value for each row of the sheet ``settings``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Settings:
    """The rows of the ``settings`` sheet as values; meanings and units are in ``inputs.tables.SETTINGS``."""

    title: str = ""
    currency: str = "BRL"
    language: str = "en"
    base_year: int = 2025
    horizon_years: int = 1
    discount_rate: float = 0.0
    discount_timing: str = "middle"
    bid_discount_margin: float = 0.0
    inflation: float = 0.0
    daly_value: float = 0.0
    away_gain_share: float = 1.0
    waiting_weight: float = 1.0
    perspective: str = "government"
    ppp_law: str = "none"
    patient_time_weight: float = 0.0
    patient_time_value: float = 0.0
    patient_minute_cost: float = 0.0
    travel_co2: float = 0.0
    travel_co2_low: float = 0.0
    travel_co2_high: float = 0.0
    companions: float = 1.0
    occupancy: float = 1.0
    personnel_share: float = 0.6
    road_detour: float = 1.3
    road_speed_kmh: float = 60.0
    local_minutes: float = 0.0
    travel_times_complete: bool = True
    travel_times_file: str = ""
    travel_unit: str = "minutes"
    payer_defaults: str = "none"
    emergency_minutes: float = 15.0
    call_minutes: float = 0.0
    scene_minutes: float = 0.0
    objective: str = "cost"
    money_ceiling: float = 0.0
    gap: float = 0.01
    time_limit_s: float = 120.0


def from_values(values: Mapping[str, Any]) -> Settings:
    """Return settings of these typed ``values``, whole numbers as ``int``; the others keep their defaults."""
    kinds = {f.name: f.type for f in fields(Settings)}
    typed: dict[str, Any] = {k: int(v) if kinds[k] == "int" else v for k, v in values.items()}
    return Settings(**typed)


def settings_frame(settings: Settings) -> pd.DataFrame:
    """Return settings as rows of their sheet (name, value)."""
    values = asdict(settings)
    return pd.DataFrame({"name": list(values), "value": pd.Series(list(values.values()), dtype=object)})
