"""A tiny scenario and a plan made by hand: 3 municipalities, 2 regions, 2 sites, 2 specialties."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pandas as pd

from redesaude.inputs.scenario import Scenario
from redesaude.inputs.settings import Settings
from redesaude.inputs.tables import BY_NAME, Column
from redesaude.plan.plan import ACCESS, ASSIGNMENTS, COSTS, OPENINGS, PROMISES, UNMET, Audit, Check, Plan
from redesaude.promises import Parts, with_parts
from redesaude.status import Status, Termination


def _blank(column: Column) -> Any:
    if column.default is not None:
        return column.default
    return {"number": float("nan"), "integer": float("nan"), "flag": False, "references": ()}.get(column.kind, "")


def table(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of a declared table, blanks and defaults filled in."""
    columns = BY_NAME[name].columns
    full = [{column.name: row.get(column.name, _blank(column)) for column in columns} for row in rows]
    return pd.DataFrame(full, columns=[column.name for column in columns])


def _agreed() -> dict[str, pd.DataFrame]:
    """Contracts, money and its limits, and where the figures come from."""
    return {
        "contracts": table(
            "contracts",
            {"contract_id": "direct", "name": "Direct administration", "delivery_model": "direct"},
            {"contract_id": "ppp", "name": "PPP grey coat with state staff", "delivery_model": "ppp_grey",
             "financing": "project_company", "capex_factor": 0.95, "term_years": 25.0},
        ),
        "funding": table("funding", {"funding_id": "treasury", "name": "State treasury", "amount": 5e7}),
        "fiscal": table(
            "fiscal",
            {"fiscal_id": "art28", "name": "PPP payments, art. 28", "kind": "ppp", "base_amount": 4e8, "share": 0.05},
        ),
        "sources": table(
            "sources",
            {"sheet": "specialties", "key": "*", "column": "cases_per_100k", "source": "Registry", "year": "2020",
             "grade": "B"},
            {"sheet": "specialties", "key": "stroke", "column": "cases_per_100k", "source": "Survey", "grade": "C"},
        ),
    }  # fmt: skip


def example_scenario(**changes: Any) -> Scenario:
    specialty = {"access_minutes": 60.0, "access_share": 0.8, "unmet_cost": 9000.0, "case_unit": "admission"}
    frames = {
        "periods": table("periods", {"period_id": "p1", "first_year": 2027.0, "years": 20.0}),
        "territories": table(
            "territories",
            {"territory_id": "t1", "name": "Água Boa", "region_id": "r1", "region_name": "Médio Araguaia",
             "population": 30000.0},
            {"territory_id": "t2", "name": "Cuiabá", "region_id": "r2", "region_name": "Baixada Cuiabana",
             "population": 650000.0},
            {"territory_id": "t3", "name": "=HYPERLINK(0)", "region_id": "r2", "region_name": "Baixada Cuiabana",
             "population": 20000.0},
        ),
        "specialties": table(
            "specialties",
            {"specialty_id": "cardio", "name": "Cardiology", "cases_per_100k": 100.0, **specialty},
            {"specialty_id": "stroke", "name": "Stroke", "cases_per_100k": 120.0, **specialty},
        ),
        "sites": table(
            "sites",
            {"site_id": "0012345", "name": "Hospital Regional de Água Boa", "territory_id": "t1", "kind": "public"},
            {"site_id": "0067890", "name": "Santa Casa & Filhos", "territory_id": "t2", "kind": "philanthropic"},
        ),
        "sizes": table(
            "sizes",
            {"specialty_id": "cardio", "size_id": "M", "capacity": 900.0, "capex": 4e7, "fixed_cost": 6e6},
            {"specialty_id": "stroke", "size_id": "S", "capacity": 400.0, "min_cases": 50.0},
        ),
        "site_services": table(
            "site_services",
            {"site_id": "0012345", "specialty_id": "cardio", "size_id": "M", "status": "existing",
             "contract_id": "direct", "capacity": 300.0},
        ),
        **_agreed(),
    }  # fmt: skip
    for field in fields(Scenario):
        if field.name in BY_NAME and field.name not in {"settings", *frames}:
            frames[field.name] = table(field.name)
    settings = Settings(title="Rede & Saúde", horizon_years=20, discount_rate=0.05, occupancy=0.8)
    return Scenario(name="example", settings=settings, **{**frames, **changes})


_NAN = float("nan")
_OPENINGS = pd.DataFrame(
    [
        ("0067890", "cardio", "M", "ppp", "p1", 690.0, 900.0, 81_000_000.25, "new", "new"),
        ("0067890", "stroke", "S", "ppp", "p1", 300.0, 400.0, 12_000_000.0, "new", "new"),
        ("0012345", "stroke", "S", "direct", "p1", 60.0, 400.0, 17_000_000.0, "new", "new"),
    ],
    columns=list(OPENINGS),
)
_ASSIGNMENTS = pd.DataFrame(
    [
        ("t1", "0067890", "cardio", "p1", 0.5, 20.0, 600.0),
        ("t2", "0067890", "cardio", "p1", 1.0, 650.0, 10.0),
        ("t3", "0067890", "cardio", "p1", 1.0, 20.0, 75.5),
        ("t1", "0012345", "stroke", "p1", 1.0, 60.0, 5.0),
        ("t2", "0067890", "stroke", "p1", 1.0, 280.0, 10.0),
        ("t3", "0067890", "stroke", "p1", 1.0, 20.0, 75.5),
    ],
    columns=list(ASSIGNMENTS),
)
_ACCESS = pd.DataFrame(
    [
        ("cardio", "all", "p1", 700000.0, 650 / 710, 29.0, 75.5, 600.0, 0.95, "no", 710.0, 20.0, 60.0),
        ("cardio", "r1", "p1", 30000.0, 0.0, 600.0, 600.0, 600.0, _NAN, "", 40.0, 20.0, 60.0),
        ("cardio", "r2", "p1", 670000.0, 650 / 670, 12.0, 10.0, 75.5, _NAN, "", 670.0, 0.0, 60.0),
        ("stroke", "all", "p1", 700000.0, 340 / 360, 13.0, 10.0, 75.5, 0.8, "yes", 360.0, 0.0, 60.0),
        ("stroke", "r1", "p1", 30000.0, 1.0, 5.0, 5.0, 5.0, _NAN, "", 60.0, 0.0, 60.0),
        ("stroke", "r2", "p1", 670000.0, 280 / 300, 14.0, 10.0, 75.5, _NAN, "", 300.0, 0.0, 60.0),
    ],
    columns=list(ACCESS),
)
_PROMISES = pd.DataFrame(
    [
        ("cardio|all|60|0.95", "access", "cardio", "all", "p1", 674.5, 650.0, 24.5, False, False, 2.5e5),
        ("stroke|all|60|0.8", "access", "stroke", "all", "p1", 288.0, 340.0, 0.0, True, True, 0.0),
        ("treasury", "capital", "", "", "p1", 5e7, 1e7, 0.0, True, True, 0.0),
        ("art28", "ppp", "", "", "p1", 2e7, 5e6, 0.0, True, True, 0.0),
        ("volume|0012345|stroke", "volume", "stroke", "", "p1", 50.0, 60.0, 0.0, True, True, 0.0),
    ],
    columns=[name for name in PROMISES if name not in Parts._fields],
)
_COSTS = [
    ("0067890", "cardio", "ppp", "unitary_payment", "p1", 60_000_000.25),
    ("0067890", "cardio", "ppp", "case_running", "p1", 21_000_000.0),
    ("0067890", "stroke", "ppp", "fixed_running", "p1", 12_000_000.0),
    ("0067890", "", "ppp", "transaction", "p1", 2_000_000.5),
    ("0067890", "", "ppp", "oversight", "p1", 1_000_000.0),
    ("0012345", "stroke", "direct", "works", "p1", 9_000_000.0),
    ("0012345", "stroke", "direct", "fixed_running", "p1", 8_000_000.0),
    ("0012345", "cardio", "direct", "closing", "p1", 500_000.0),
    ("", "cardio", "", "unmet", "p1", 1_500_000.0),
    ("", "", "", "shortfall_access", "p1", 250_000.0),
]


def example_plan(scenario: Scenario | None = None, **changes: Any) -> Plan:
    total = sum(row[-1] for row in _COSTS)
    values: dict[str, Any] = {
        "openings": _OPENINGS.copy(),
        "assignments": _ASSIGNMENTS.copy(),
        "access": _ACCESS.copy(),
        "costs": pd.DataFrame(_COSTS, columns=list(COSTS)),
        "unmet": pd.DataFrame([("t1", "cardio", "p1", 0.5, 20.0, 1_500_000.0)], columns=list(UNMET)),
        "promises": _PROMISES.copy(),
        "objective": total,
        "bound": 0.9 * total,
        "gap": 0.1,
        "audit": Audit((Check("costs", True, 1e-9, 1e-6), Check("demand balance", True, 0.0, 1e-6, "6 pairs"))),
        "seconds": {"read": 0.5, "build": 1.25, "solve": 120.0},
        "variables": 1234,
        "constraints": 2345,
        "options": {"gap": 0.01, "time_limit": 120.0},
        "log": ("reading", "solving"),
    }  # fmt: skip
    values |= changes
    scenario = scenario or example_scenario()
    if "site_id" not in values["promises"]:
        values["promises"] = with_parts(values["promises"], scenario, values["openings"])
        values["promises"].loc[values["promises"]["promise_id"] == "cardio|all|60|0.95", ["minutes", "share"]] = (
            60.0,
            0.95,
        )
    return Plan(scenario, Status.FEASIBLE, Termination.TIME_LIMIT, **values)
