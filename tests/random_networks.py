"""Random small networks, too large to be enumerated: every rule of the model, several of them at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tiny import PPP, Tables, rows, settings

_DIRECT = {"contract_id": "direct", "capex_factor": 1.2, "delay_factor": 1.5, "term_years": 5, "counts_as_personnel": 1}


def random_network(seed: int) -> Tables:
    """Tables of two or three specialties in two sizes, three or four sites, and three or four contracts."""
    rng = np.random.default_rng([seed, 4])
    specialties = ["a", "b", "c"][: int(rng.integers(2, 4))]
    territories = [f"t{n}" for n in range(int(rng.integers(4, 7)))]
    sites = [f"h{n}" for n in range(int(rng.integers(3, 5)))]
    draw = _Draw(rng)
    places = rng.uniform(0, 60, (len(territories), 2))
    minutes = np.hypot(*(places[:, None] - places[None, : len(sites)]).transpose(2, 0, 1)).round()
    return {
        "settings": settings(
            horizon_years=8, discount_rate=0.06, occupancy=0.85, patient_time_weight=1.0, patient_minute_cost=0.3
        ),
        "territories": rows(
            *(
                {"territory_id": t, "region_id": f"r{n % 3}", "population": draw.price(5, 60)}
                for n, t in enumerate(territories)
            )
        ),
        "specialties": rows(*(_specialty(draw, s, len(sites)) for s in specialties)),
        "sites": rows(
            *(
                {"site_id": j, "territory_id": territories[n], "fixed_cost": draw.price(0, 90)}
                | draw.sometimes(0.6, {"lot_id": "north" if n % 2 else "south"})
                | draw.sometimes(0.3, {"max_services": int(rng.integers(1, 3))})
                | draw.sometimes(0.2, {"contracts_allowed": "direct;oss"})
                for n, j in enumerate(sites)
            )
        ),
        "lots": rows({"lot_id": "north"}, {"lot_id": "south"}),
        "sizes": rows(*(_size(draw, s, size, n) for s in specialties for n, size in enumerate(("S", "M")))),
        "contracts": _contracts(draw),
        "travel_times": pd.DataFrame(
            [(t, j, minutes[i, k]) for i, t in enumerate(territories) for k, j in enumerate(sites)],
            columns=["origin_id", "destination_id", "minutes"],
        ),
        **_promises(draw, specialties),
        **_services(draw, sites, specialties),
    }


class _Draw:
    """Numbers, and keys that are sometimes there."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def price(self, low: int, high: int) -> float:
        return float(self.rng.integers(low, high))

    def happens(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    def sometimes(self, probability: float, row: dict[str, Any]) -> dict[str, Any]:
        return row if self.happens(probability) else {}


def _specialty(draw: _Draw, name: str, sites: int) -> dict[str, Any]:
    unmet = {"unmet_cost": draw.price(40, 300)}
    return (
        {"specialty_id": name, "cases_per_100k": 1e5 * draw.rng.uniform(0.1, 1.0), "trips_per_case": 1}
        | draw.sometimes(0.85, unmet)
        | draw.sometimes(0.3, {"assignment": "nearest"})
        | draw.sometimes(0.25, {"single_source": "yes"})
        | draw.sometimes(0.5, {"ceiling_minutes": 45} | unmet)
        | draw.sometimes(0.2, {"max_centres": max(1, sites - 2)})
        | draw.sometimes(0.2, {"min_centres": 1})
    )


def _size(draw: _Draw, specialty: str, size: str, n: int) -> dict[str, Any]:
    scale = 2.0**n
    least = {"min_cases": scale * draw.price(5, 15)}
    return (
        {
            "specialty_id": specialty,
            "size_id": size,
            "capacity": scale * draw.price(25, 45),
            "capex": scale**0.85 * draw.price(100, 900),
            "fixed_cost": scale**0.85 * draw.price(20, 120),
            "cost_per_case": draw.price(3, 12),
            "lifecycle_share": 0.03,
            "build_months": 6.0 * n,
        }
        | draw.sometimes(0.4, least)
        | draw.sometimes(0.3, least | {"min_cases_hard": "no", "min_cases_price": draw.price(1, 20)})
    )


def _contracts(draw: _Draw) -> pd.DataFrame:
    oss = {"contract_id": "oss", "delivery_model": "oss", "opex_factor": 0.85, "transaction_cost": draw.price(0, 300)}
    grey = {**PPP, "opex_factor": 0.8, "transaction_cost": draw.price(0, 400), "oversight_cost": draw.price(0, 20)}
    white = {**grey, "contract_id": "white", "delivery_model": "ppp_white", "case_cost_factor": 0.8, "counts_as_ppp": 1}
    return rows(
        _DIRECT | {"oversight_cost": draw.price(0, 10)},
        oss | {"counts_as_personnel": 0.5} | draw.sometimes(0.3, {"max_contracts": 1}),
        grey | draw.sometimes(0.5, {"needs_works": "yes"}) | draw.sometimes(0.4, {"min_value": draw.price(500, 5000)}),
        *([white | draw.sometimes(0.5, {"max_contracts": 1})] if draw.happens(0.5) else []),
    )


def _promises(draw: _Draw, specialties: list[str]) -> Tables:
    found: Tables = {}
    if draw.happens(0.7):
        found["access_targets"] = rows(
            {"specialty_id": "all", "region_id": "all", "minutes": 30, "share": 0.5, "hard": "no", "price": 30},
            {"specialty_id": specialties[-1], "region_id": "each", "minutes": 40, "share": 0.6,
             "hard": "yes" if draw.happens(0.15) else "no", "price": 15},
        )  # fmt: skip
    if draw.happens(0.7):
        elastic = {"hard": "no", "price": 0.8}
        found["funding"] = rows(
            {"funding_id": "capital", "amount": draw.price(300, 3000)} | draw.sometimes(0.5, elastic),
            {"funding_id": "running", "kind": "running", "amount": draw.price(400, 3000), **elastic},
            {"funding_id": "own", "contracts": "direct", "specialties": specialties[0], "amount": 500.0, **elastic},
        )
    if draw.happens(0.5):
        hard = {"hard": "yes"} if draw.happens(0.5) else {"hard": "no", "price": 2}
        found["fiscal"] = rows(
            {"fiscal_id": "ppp", "kind": "ppp", "base_amount": 4000, "share": 0.05, "committed": 50} | hard,
            {"fiscal_id": "staff", "kind": "personnel", "base_amount": 2000, "share": 0.3, "hard": "no", "price": 1},
        )
    return found


def _services(draw: _Draw, sites: list[str], specialties: list[str]) -> Tables:
    found: Tables = {}
    services = []
    for j in sites:
        for s in specialties:
            if draw.happens(0.3):
                services.append(
                    {"site_id": j, "specialty_id": s, "size_id": "SM"[int(draw.rng.integers(2))], "status": "existing",
                     "contract_id": "oss" if draw.happens(0.3) else "direct", "closing_cost": draw.price(0, 400)}
                )  # fmt: skip
            elif draw.happens(0.08):
                status = "required" if draw.happens(0.4) else "forbidden"
                services.append({"site_id": j, "specialty_id": s, "size_id": "", "status": status})
    if services:
        found["site_services"] = rows(*services)
    if draw.happens(0.5):
        found["requires"] = rows({"specialty_id": specialties[1], "required_specialty_id": specialties[0]})
    return found
