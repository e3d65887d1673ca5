"""Random tiny scenarios of two periods, shared by tests of periods, pilots and their pages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tiny import PPP, Tables, rows, settings

HORIZON, SECOND = 12, 3


def phased_tables(seed: int) -> Tables:
    """Three territories that grow or shrink, two sites, one specialty; today's service at h1 in some of them."""
    rng = np.random.default_rng(seed)

    def number(low: int, high: int) -> float:
        return float(rng.integers(low, high))

    existing = {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing",
                "contract_id": "direct", "closing_cost": number(0, 60)}  # fmt: skip
    services = {"site_services": rows(existing)} if rng.random() < 0.7 else {}
    if rng.random() < 0.6:
        frozen = {"site_id": "h1", "specialty_id": "all", "period_id": "p1", "decision": "freeze"}
        services["decisions"] = rows(frozen)
    return services | {
        "settings": settings(horizon_years=HORIZON, base_year=2025, discount_rate=0.05),
        "periods": rows(
            {"period_id": "p1", "first_year": 2025, "years": SECOND},
            {"period_id": "p2", "first_year": 2025 + SECOND, "years": 4},
        ),
        "territories": rows(
            *(
                {"territory_id": f"t{n}", "population": number(8, 40), "growth_rate": rng.choice([-0.05, 0, 0.2])}
                for n in range(3)
            )
        ),
        "specialties": rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": number(15, 60)}),
        "sites": rows(*({"site_id": f"h{n}", "territory_id": f"t{n}", "fixed_cost": number(0, 20)} for n in (1, 2))),
        "sizes": rows(
            {"specialty_id": "cardio", "size_id": "small", "capacity": number(15, 40), "fixed_cost": number(40, 120),
             "cost_per_case": number(3, 6), "capex": number(50, 300), "build_months": float(rng.choice([0, 12, 54]))},
            {"specialty_id": "cardio", "size_id": "large", "capacity": number(50, 90), "fixed_cost": number(90, 200),
             "cost_per_case": number(1, 4), "capex": number(200, 600), "build_months": float(rng.choice([6, 24, 60]))},
        ),
        "contracts": rows(
            {"contract_id": "direct", "capex_factor": 1.2, "delay_factor": 1.3},
            {**PPP, "opex_factor": 0.8, "transaction_cost": number(0, 60), "oversight_cost": number(0, 10),
             "procurement_months": 18, "residual_share": 0.3}
            if rng.random() < 0.6
            else {"contract_id": "buy", "delivery_model": "purchase", "financing": "provider", "term_years": 10,
                  "equity_return": 0.08, "procurement_months": 6, "transaction_cost": number(0, 60)},
        ),
        "travel_times": pd.DataFrame(
            [(f"t{i}", f"h{j}", number(0, 60)) for i in range(3) for j in (1, 2)],
            columns=["origin_id", "destination_id", "minutes"],
        ),
    }  # fmt: skip
