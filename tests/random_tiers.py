"""Random tiny networks in tiers, small enough to be enumerated with every choice of hubs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from random_tables import Draw
from tiny import Tables, rows, settings

#: years in all, and of the first of two periods, as in the brute force of periods
HORIZON, SECOND = 12, 3

#: the sites, and the sizes that each may have
AT = {"h0": ("hospital", "end_line"), "h1": ("clinic",), "h2": ("clinic", "end_line")}
SITES = tuple(AT)


def network_tables(seed: int) -> Tables:
    """Three territories and sites, clinics that need a hub, hospitals, end-line; one period (odd seeds) or two."""
    rng = np.random.default_rng([seed, 7])

    draw = Draw(rng)
    number, sometimes = draw.price, draw.sometimes
    places = rng.integers(0, 70, (3, 3)).astype(float)
    found = {
        "settings": settings(
            horizon_years=HORIZON, base_year=2025, discount_rate=0.05, patient_time_weight=1, patient_minute_cost=0.3
        ),
        "periods": rows(
            {"period_id": "p1", "first_year": 2025, "years": HORIZON if seed % 2 else SECOND},
            *([] if seed % 2 else [{"period_id": "p2", "first_year": 2025 + SECOND, "years": 4}]),
        ),
        "territories": rows(
            *(
                {"territory_id": f"t{n}", "population": number(10, 30), "growth_rate": rng.choice([0, 0.1, 0.2])}
                for n in range(3)
            )
        ),
        "specialties": rows(
            {"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": number(40, 90), "trips_per_case": 1,
             "ceiling_minutes": 25, "transfer_cost": number(0, 5)} | sometimes(0.5, {"transfer_minutes": 45})
        ),
        "sites": rows(*({"site_id": h, "territory_id": f"t{n}"} for n, h in enumerate(SITES))),
        "sizes": _sizes(draw),
        "contracts": rows({"contract_id": "direct", "capex_factor": 1.1}),
        "support": _support(draw),
        "travel_times": pd.DataFrame(
            [(f"t{i}", h, 0.0 if i == j else places[i, j]) for i in range(3) for j, h in enumerate(SITES)],
            columns=["origin_id", "destination_id", "minutes"],
        ),
    }  # fmt: skip
    if seed % 4 == 2:  # a clinic may start in the second period only
        found["decisions"] = rows({"site_id": "h1", "specialty_id": "cardio", "period_id": "p1", "decision": "forbid"})
    found["site_services"] = _site_services(draw)
    return found


def _sizes(draw: Draw) -> pd.DataFrame:
    number, sometimes, rng = draw.price, draw.sometimes, draw.rng
    return rows(
        {"specialty_id": "cardio", "size_id": "clinic", "capacity": number(15, 40), "fixed_cost": number(10, 40),
         "cost_per_case": number(1, 4), "capex": number(20, 80), "build_months": float(rng.choice([0, 12, 30])),
         "treats_share": 0.4, "needs_support": "yes"} | sometimes(0.8, {"treats_share_mature": 0.7}),
        {"specialty_id": "cardio", "size_id": "hospital", "capacity": number(45, 70), "fixed_cost": number(40, 90),
         "cost_per_case": number(2, 5), "supports_max": number(0, 2), "min_cases": number(0, 20),
         "treats_share": float(rng.choice([0.7, 0.8, 0.9]))},
        {"specialty_id": "cardio", "size_id": "end_line", "capacity": number(75, 99),
         "fixed_cost": number(150, 400), "cost_per_case": number(2, 6), "supports_max": number(1, 3)},
    )  # fmt: skip


def _support(draw: Draw) -> pd.DataFrame:
    number, sometimes, rng = draw.price, draw.sometimes, draw.rng
    return rows(
        {"specialty_id": "cardio", "support_years": float(rng.choice([1, 2, 5])), "hub_cost": number(0, 9),
         "satellite_cost": number(0, 9)} | sometimes(0.3, {"max_minutes": 50}),
        {"specialty_id": "cardio", "hub_site_id": "h0", "hub_cost": number(0, 9)}
        | sometimes(0.5, {"support_years": 4}),
        *([{"specialty_id": "cardio", "hub_site_id": "h1", "satellite_site_id": "h2",
            "status": str(rng.choice(["given", "forbidden"])), "support_years": 3, "satellite_cost": 5}]
          if rng.random() < 0.5 else []),
    )  # fmt: skip


def _site_services(draw: Draw) -> pd.DataFrame:
    """What no site may have, and sometimes a clinic of today at h2."""
    existing = {"site_id": "h2", "specialty_id": "cardio", "size_id": "clinic", "status": "existing",
                "contract_id": "direct", "closing_cost": draw.price(0, 60)}  # fmt: skip
    return rows(
        *([existing] if draw.rng.random() < 0.3 else []),
        *(
            {"site_id": site, "specialty_id": "cardio", "size_id": size, "status": "forbidden"}
            for site, own in AT.items()
            for size in ("clinic", "hospital", "end_line")
            if size not in own
        ),
    )


def taught_tables(seed: int) -> Tables:
    """The same with techniques: two in an order at h2, one at h0, and one that has no share of the cases."""
    rng = np.random.default_rng([seed, 19])
    common = {"specialty_id": "cardio", "receiver_site_id": "h2"}

    def when(share: float) -> dict[str, Any]:
        return {
            "year_planned": int(rng.integers(2023, 2032)),
            "training_months": float(rng.choice([0, 6, 30])),
            "case_share": share,
        }

    return network_tables(seed) | {
        "techniques": rows(
            {"technique_id": "first", **common, **when(0.2)},
            {"technique_id": "second", **common, **when(0.1), "prerequisite": "first"},
            {"technique_id": "first", **common, **when(float(rng.choice([0.2, 0.3]))), "receiver_site_id": "h0"},
            {"technique_id": "listed", **common, **when(0.0), "receiver_site_id": "h1"},
        )
    }
