"""Random tiny scenarios, small enough to be enumerated, each rule of the model present in some of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tiny import PPP, Tables, rows, settings


class Draw(NamedTuple):
    """What is drawn of a row."""

    rng: np.random.Generator

    def sometimes(self, probability: float, row: dict[str, Any]) -> dict[str, Any]:
        return row if self.rng.random() < probability else {}

    def price(self, low: int, high: int) -> float:
        return float(self.rng.integers(low, high))


def random_tables(seed: int) -> Tables:
    """Tables of two sites and two specialties (even seeds), or of three sites and one."""
    rng = np.random.default_rng(seed)
    pair = seed % 2 == 0
    sites, specialties = (["h1", "h2"], ["a", "b"]) if pair else (["h1", "h2", "h3"], ["a"])
    territories = [f"t{n}" for n in range(1, int(rng.integers(3, 5)) + 1)]

    draw = Draw(rng)
    sometimes, price = draw.sometimes, draw.price
    tables = {
        "settings": settings(
            horizon_years=5, discount_rate=0.05, occupancy=0.9, patient_time_weight=1.0, patient_minute_cost=0.2
        ),
        "territories": rows(
            *(
                {"territory_id": t, "region_id": f"r{n % 2}", "population": price(5, 30)}
                for n, t in enumerate(territories)
            )
        ),
        "specialties": rows(
            *(
                {"specialty_id": s, "cases_per_100k": 100_000, "trips_per_case": 1}
                | sometimes(0.7, {"unmet_cost": price(20, 80)})
                | sometimes(0.35, {"assignment": "nearest"})
                | sometimes(0.25, {"single_source": "yes"})
                | sometimes(0.5, {"ceiling_minutes": 50})
                | sometimes(0.25, {"max_centres": len(sites) - 1})
                | sometimes(0.2, {"min_centres": 1})
                for s in specialties
            )
        ),
        "sites": rows(
            *(
                {"site_id": j, "territory_id": territories[n], "fixed_cost": price(0, 60)}
                | sometimes(0.5, {"lot_id": "north"})
                | sometimes(0.2, {"max_services": 1})
                for n, j in enumerate(sites)
            )
        ),
        "lots": rows({"lot_id": "north"}),
        "sizes": _sizes(draw, specialties),
        "contracts": _contracts(draw),
        "travel_times": pd.DataFrame(
            [(t, j, 10.0 * rng.integers(0, 7)) for t in territories for j in sites],
            columns=["origin_id", "destination_id", "minutes"],
        ),
    }
    return _at_once(tables) | _promises(rng, specialties) | _exceptions(rng, sites, specialties)


def _sizes(draw: Draw, specialties: list[str]) -> pd.DataFrame:
    return rows(
        *(
            {"specialty_id": s, "size_id": size, "capacity": capacity * draw.price(8, 12),
             "fixed_cost": capacity * draw.price(10, 40), "cost_per_case": draw.price(3, 12),
             "capex": capacity * draw.price(0, 90), "lifecycle_share": 0.02, "build_months": draw.price(0, 24)}
            | draw.sometimes(0.3, {"min_cases": draw.price(5, 15)})
            | draw.sometimes(0.4, {"min_cases": draw.price(12, 20), "min_cases_hard": "no",
                                   "min_cases_price": draw.price(1, 6)})
            for s in specialties
            for size, capacity in (("small", 3), ("large", 6))
        )
    )  # fmt: skip


def _contracts(draw: Draw) -> pd.DataFrame:
    return rows(
        {"contract_id": "direct", "capex_factor_low": 1.0, "capex_factor": 1.2, "capex_factor_high": 1.7,
         "procurement_months": 8, "delay_factor": 1.5, "oversight_cost": draw.price(0, 10), "term_years": 5},
        {**PPP, "opex_factor": 0.7, "case_cost_factor": 0.8, "transaction_cost": draw.price(0, 200),
         "oversight_cost": 5, "transaction_share": 0.03, "procurement_months": 18}
        | draw.sometimes(0.4, {"needs_works": "yes"})
        | draw.sometimes(0.4, {"max_contracts": 1})
        | draw.sometimes(0.3, {"min_value": draw.price(1000, 6000)}),
    )  # fmt: skip


def _at_once(tables: Tables) -> Tables:
    """The tables, where waiting has no price, with direct services that open at once: otherwise they are refused."""
    if "unmet_cost" not in tables["specialties"]:
        tables["specialties"]["unmet_cost"] = float("nan")
    blank = tables["specialties"]["unmet_cost"].isna()
    unpriced = tables["sizes"]["specialty_id"].isin(tables["specialties"]["specialty_id"][blank])
    tables["sizes"].loc[unpriced, "build_months"] = 0.0
    if blank.any():
        tables["contracts"].loc[tables["contracts"]["contract_id"] == "direct", "procurement_months"] = 0
    return tables


def _promises(rng: np.random.Generator, specialties: list[str]) -> Tables:
    found: Tables = {}
    if rng.random() < 0.6:
        found["access_targets"] = rows(
            {"specialty_id": "a", "region_id": "all", "minutes": 30, "share": 0.6, "hard": "no", "price": 20},
            {"specialty_id": specialties[-1], "region_id": "r1", "minutes": 40, "share": 0.5,
             "hard": "yes" if rng.random() < 0.3 else "no", "price": 15},
        )  # fmt: skip
    if rng.random() < 0.6:
        found["funding"] = rows(
            {"funding_id": "capital", "amount": float(rng.integers(100, 700)), "price": 1},
            {
                "funding_id": "running",
                "kind": "running",
                "amount": float(rng.integers(200, 800)),
                "hard": "no",
                "price": 0.7,
            },
        )
    if rng.random() < 0.5:
        found["fiscal"] = rows(
            {"fiscal_id": "ppp", "kind": "ppp", "base_amount": 2000, "share": 0.05, "committed": 20,
             "hard": "yes" if rng.random() < 0.5 else "no", "price": 2}
        )  # fmt: skip
    return found


def _exceptions(rng: np.random.Generator, sites: list[str], specialties: list[str]) -> Tables:
    found: Tables = {}
    services = []
    if rng.random() < 0.6:
        services.append(
            {"site_id": "h1", "specialty_id": "a", "size_id": "small", "status": "existing", "contract_id": "direct",
             "closing_cost": float(rng.integers(0, 300))}
        )  # fmt: skip
    if rng.random() < 0.3:
        status = "required" if rng.random() < 0.5 else "forbidden"
        services.append({"site_id": sites[-1], "specialty_id": specialties[-1], "size_id": "", "status": status})
    if services:
        found["site_services"] = rows(*services)
    if len(specialties) == 2 and rng.random() < 0.5:
        found["requires"] = rows({"specialty_id": "b", "required_specialty_id": "a"})
    return found


def phased_tables(seed: int, *lengths: int, growth: float = 0.0, horizon: int = 9) -> Tables:
    """Random tables over a horizon, in periods of the given lengths."""
    found = random_tables(seed)
    values = dict(zip(found["settings"]["name"], found["settings"]["value"], strict=True))
    values |= {"horizon_years": horizon, "base_year": 2025}
    begins = 2025 + np.cumsum([0, *lengths[:-1]])
    periods = [
        {"period_id": f"p{n}", "first_year": int(year), "years": years}
        for n, (year, years) in enumerate(zip(begins, lengths, strict=True), start=1)
    ]
    return found | {
        "settings": settings(**values),
        "periods": rows(*periods),
        "territories": found["territories"].assign(growth_rate=growth),
    }
