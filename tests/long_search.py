"""A search that a test may end when it likes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from redesaude.inputs.settings import Settings
from redesaude.inputs.template import write_workbook
from tiny import rows, tables, times


def long_search(folder: Path, towns: int = 150, sites: int = 50) -> Path:
    """A workbook with a plan at once whose proof takes far longer than any test: whole towns in scarce room."""
    random = np.random.default_rng(11)
    places = random.random((towns, 2)) * 100
    apart = np.abs(places[:, None] - places[None, :sites]).sum(axis=2)
    cases = random.integers(5, 40, towns)
    given = tables(
        periods=rows({"period_id": "p1", "first_year": 2025, "years": 1}),
        contracts=rows({"contract_id": "direct"}),
        territories=rows(*({"territory_id": f"t{i}", "population": int(n)} for i, n in enumerate(cases))),
        specialties=tables()["specialties"].assign(single_source="yes"),
        sites=rows(*({"site_id": f"h{j}", "territory_id": f"t{j}"} for j in range(sites))),
        sizes=rows(
            {"specialty_id": "cardio", "size_id": "m", "capacity": 110, "fixed_cost": 1500},
            {"specialty_id": "cardio", "size_id": "l", "capacity": 170, "fixed_cost": 1900},
        ),
        travel_times=times({f"t{i}": {f"h{j}": apart[i, j] for j in range(sites)} for i in range(towns)}),
    )
    path = folder / "hard.xlsx"
    stated = {"base_year": Settings().base_year, "patient_time_weight": 1, "patient_minute_cost": 1}
    write_workbook(path, given, stated)
    return path
