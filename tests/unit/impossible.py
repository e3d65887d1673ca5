"""Scenarios in which one kind of hard rule alone leaves no plan, with what is said of it and what it says to type."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from redesaude.inputs.scenario import Scenario
from tiny import PPP, rows, settings, tables, times

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Case:
    """``stated`` is what leaves no plan, ``named`` what the first sentence says, ``advised`` what it says to type."""

    stated: Tables
    named: str
    advised: Tables


def specialty(code: str = "cardio", **values: object) -> dict[str, object]:
    return {"specialty_id": code, "cases_per_100k": 100_000, **values}


def size(code: str = "small", **values: object) -> dict[str, object]:
    return {"specialty_id": "cardio", "size_id": code, "capacity": 100, "fixed_cost": 300, "cost_per_case": 9, **values}


def sites(**values: object) -> pd.DataFrame:
    return rows(
        {"site_id": "h1", "territory_id": "t1"} | values,
        {"site_id": "h2", "territory_id": "t3"} | values,
    )


def decided(**values: object) -> dict[str, object]:
    return {"site_id": "h1", "specialty_id": "cardio", "decision": "open", **values}


#: cases within 25 minutes: t3 by h2 alone, the others by h1 alone
NEAR = rows(specialty(ceiling_minutes=25))
ONE_SIZE = rows(size())
TWO = rows(specialty(ceiling_minutes=25), specialty("icu", cases_per_100k=0, unmet_cost=1))
BOTH = rows(specialty(), specialty("icu"))
BOTH_SIZES = rows(size(), size(specialty_id="icu"))
CONTRACTS = rows({"contract_id": "direct"}, {"contract_id": "oss", "delivery_model": "oss"})
STAFFED = rows({"specialty_id": "cardio", "role_id": "nurse", "cases_per_fte": 10})


def starts(most: int) -> Tables:
    periods = rows(
        {"period_id": "p1", "first_year": 2025, "years": 2, "max_starts": most},
        {"period_id": "p2", "first_year": 2027, "years": 2},
    )
    return {"periods": periods, "settings": settings(base_year=2025, horizon_years=4, currency="BRL"),
            "specialties": NEAR, "sizes": rows(size(capex=10))}  # fmt: skip


def limited(**values: object) -> Tables:
    return {"sizes": rows(size(capex=10)), "specialties": NEAR,
            "funding": rows({"funding_id": "works", "kind": "capital", **values})}  # fmt: skip


def personnel(base: float) -> Tables:
    paid = rows({"fiscal_id": "pay", "kind": "personnel", "base_amount": base, "share": 0.5})
    direct = rows({"contract_id": "direct", "counts_as_personnel": 1})
    return {"sizes": ONE_SIZE, "fiscal": paid, "contracts": direct, "settings": settings(personnel_share=0.5)}


def ordered(**values: object) -> Tables:
    row = {"site_id": "h1", "specialty_id": "cardio", "after_site_id": "h2", "after_specialty_id": "icu"}
    forbidden = rows({"site_id": "h2", "specialty_id": "icu", "status": "forbidden"})
    return {"specialties": TWO, "sizes": BOTH_SIZES, "site_services": forbidden, "precedence": rows(row | values)}


def beside(row: bool) -> Tables:
    forbidden = rows({"site_id": "h1", "specialty_id": "icu", "status": "forbidden"})
    needs = rows({"specialty_id": "cardio", "required_specialty_id": "icu"})
    return {"specialties": TWO, "sizes": BOTH_SIZES, "site_services": forbidden} | ({"requires": needs} if row else {})


def contracted(second: str) -> Tables:
    both = rows(decided(contract_id="direct"), decided(specialty_id="icu", contract_id=second))
    return {"specialties": BOTH, "sizes": BOTH_SIZES, "contracts": CONTRACTS, "decisions": both}


def required(status: str, **values: object) -> Tables:
    row = {"site_id": "h1", "specialty_id": "cardio", "status": status, **values}
    few = size("large", min_cases=70)
    return {"sizes": rows(size(), few), "site_services": rows(row)}


def two_required(status: str) -> Tables:
    both = rows(*({"site_id": site, "specialty_id": "cardio", "status": status} for site in ("h1", "h2")))
    return {"sizes": rows(size(min_cases=35)), "site_services": both}


def works(needed: str) -> Tables:
    contracts = rows({"contract_id": "direct"}, PPP | {"needs_works": needed})
    return {"sizes": ONE_SIZE, "contracts": contracts, "decisions": rows(decided(contract_id="ppp"))}


def only_ppp(needed: str) -> Tables:
    return {"sizes": ONE_SIZE, "contracts": rows(PPP | {"needs_works": needed}), "sites": sites()[:1]}


def barred(active: str) -> Tables:
    return {"specialties": NEAR, "sizes": ONE_SIZE, "decisions": rows(decided(decision="forbid", active=active))}


def peopled(*people: int) -> pd.DataFrame:
    return tables()["territories"].assign(population=list(people))


def nearest(assignment: str, capacity: int) -> Tables:
    return {"territories": peopled(10, 28, 30), "specialties": rows(specialty(assignment=assignment)),
            "sizes": rows(size(capacity=capacity))}  # fmt: skip


def single(flag: str, capacity: int = 35) -> Tables:
    return {"territories": peopled(20, 20, 20), "specialties": rows(specialty(single_source=flag)),
            "sizes": rows(size(capacity=capacity))}  # fmt: skip


def staff(stock: float) -> Tables:
    return {"sizes": ONE_SIZE, "staffing": STAFFED, "workforce": rows({"role_id": "nurse", "stock": stock})}


def loaded(cases: int) -> Tables:
    ceiling = rows({"site_id": "h1", "specialty_id": "all", "area": "region", "cases": cases})
    return {"sizes": ONE_SIZE, "sites": sites()[:1], "load_ceilings": ceiling}


def promised(share: float) -> Tables:
    return {"specialties": rows(specialty(access_minutes=25, access_share=share)), "sites": sites()[:1]}


def promised_west(share: float) -> Tables:
    """Of the west, t1 alone is within ten minutes of h1, the only site."""
    target = rows({"specialty_id": "cardio", "region_id": "west", "minutes": 10, "share": share})
    return {"sites": sites()[:1], "access_targets": target}


def in_all(measure: str, amount: float, **values: object) -> Tables:
    """Of all people together, where h1 is the only site unless more are given."""
    target = rows({"measure": measure, "region_id": "all", "amount": amount})
    return {"sites": sites()[:1], "specialties": rows(specialty(**values)), "programme_targets": target}


#: both sites must be open, and too small for all, who all live nearest to h1
CROWDED = {
    "sizes": rows(size(capacity=35, min_cases=20)),
    "site_services": rows(
        *({"site_id": site, "specialty_id": "cardio", "status": "required"} for site in ("h1", "h2"))
    ),
    "travel_times": times({"t1": {"h1": 0, "h2": 50}, "t2": {"h1": 20, "h2": 30}, "t3": {"h1": 25, "h2": 40}}),
}
#: 40 are too many for one of them, and 20 too few for the other
DIVIDED = {"territories": peopled(20, 20, 20), "sizes": rows(size(capacity=33, min_cases=25))}


def split_by(assignment: str) -> Tables:
    return CROWDED | {"specialties": rows(specialty(assignment=assignment))}


def undivided(flag: str) -> Tables:
    return CROWDED | DIVIDED | {"specialties": rows(specialty(single_source=flag))}


def apart(count: int) -> Tables:
    """Neither decisions nor money allow cardio under oss or icu under direct: two contracts, and so two sites."""
    against = {"cardio": "oss", "icu": "direct"}
    forbidden = ({"specialty_id": s, "contract_id": c, "decision": "forbid"} for s, c in against.items())
    nothing = ({"funding_id": s, "specialties": s, "contracts": c} for s, c in against.items())
    return {
        "specialties": BOTH,
        "sizes": BOTH_SIZES,
        "contracts": CONTRACTS,
        "sites": sites()[:count],
        "decisions": rows(*(decided(**row) for row in forbidden)),
        "funding": rows(*({**row, "kind": "running", "amount": 0} for row in nothing)),
    }


CASES = {
    "nearest alone": Case(split_by("nearest"), "would have to pass", split_by("planned")),
    "single_source alone": Case(undivided("yes"), "single_source", undivided("no")),
    "one_contract alone": Case(apart(1), "h1 would have to run under several contracts", apart(2)),
    "max_services": Case(
        {"specialties": BOTH, "sizes": BOTH_SIZES, "sites": sites(max_services=1)[:1]},
        "max_services of h1 is 1; specialties needed there: 2",
        {"sites": sites(max_services=2)[:1]},
    ),
    "max_centres": Case(
        {"specialties": NEAR.assign(max_centres=1), "sizes": ONE_SIZE},
        "max_centres of cardio is 1; centres needed: 2",
        {"specialties": NEAR.assign(max_centres=2)},
    ),
    "min_centres or": Case(
        {"specialties": rows(specialty(min_centres=2)), "sizes": rows(size(min_cases=40))},
        "min_centres of cardio is 2; centres possible: 1",
        {"specialties": rows(specialty(min_centres=1))},
    ),
    "max_contracts": Case(
        {"specialties": NEAR, "contracts": rows({"contract_id": "direct", "max_contracts": 1})},
        "max_contracts of direct is 1; contracts needed: 2",
        {"contracts": rows({"contract_id": "direct", "max_contracts": 2})},
    ),
    "min_value": Case(
        {"sizes": rows(size(capex=1000)), "contracts": rows({"contract_id": "direct", "term_years": 4,
                                                             "min_value": 10**9})},
        "least contract value of direct, 1,000,000,000",
        {"contracts": rows({"contract_id": "direct", "term_years": 4, "min_value": 1})},
    ),
    "max_starts": Case(starts(1), "max_starts of p1 is 1; works that must begin in it: 2", starts(2)),
    "capacity": Case(
        {"sizes": rows(size(capacity=40)), "sites": sites()[:1]},
        "capacity of 40 is too small, 60 is needed",
        {"sizes": rows(size(capacity=60))},
    ),
    "precedence": Case(ordered(), "Order of services: cardio at h1 would have to open before icu at h2",
                       {"precedence": pd.DataFrame()}),
    "colocation": Case(beside(True), "cardio at h1 would have to open without icu", {"requires": pd.DataFrame()}),
    "one_contract": Case(contracted("oss"), "h1 would have to run under several contracts", contracted("direct")),
    "required": Case(required("required", size_id="large") | {"sizes": rows(size("large", min_cases=70))},
                     "least volume of 70", {"sizes": rows(size("large", min_cases=60))}),
    "must_open or": Case(
        two_required("required"), "or: cardio at h1 would have to stay closed", two_required("allowed")
    ),
    "works": Case(works("yes"), "ppp at h1 has no works to deliver", works("no")),
    "works alone": Case(only_ppp("yes"), "ppp at h1 has no works to deliver", only_ppp("no")),
    "required_size or": Case(required("required", size_id="large"), "would have to open in another size",
                          {"site_services": rows({"site_id": "h1", "specialty_id": "cardio", "status": "required"})}),
    "barred": Case(barred("yes"), "which the sheet decisions rules out", barred("no")),
    "nearest": Case(nearest("nearest", 35), "capacity of 35 is too small, 38 is needed", nearest("nearest", 38)),
    "nearest or": Case(nearest("nearest", 35), "would have to pass", nearest("planned", 35)),
    "single_source": Case(single("yes"), "capacity of 35 is too small, 40 is needed", single("yes", 40)),
    "single_source or": Case(single("yes"), "single_source", single("no")),
    "staff": Case(staff(4), "Raise stock, training_max or recruitment_max by 2.0", staff(6)),
    "load": Case(loaded(20), "Type 30 in cases", loaded(30)),
    "capital": Case(limited(amount=10), "Type 20 in its amount", limited(amount=20)),
    "personnel": Case(personnel(10), "Limit pay", personnel(10**6)),
    "volume": Case(
        {"sizes": rows(size(min_cases=70))}, "Type 60 in min_cases", {"sizes": rows(size(min_cases=60))}
    ),
    "access": Case(promised(0.9), "to 50.0%", promised(0.5)),
    "access of all": Case(
        in_all("access", 0.9, access_minutes=25), "Type 0.5 in it", in_all("access", 0.5, access_minutes=25)
    ),
    "travel of all": Case(
        in_all("travel", 10, trips_per_case=0.5), "Type 32 in it", in_all("travel", 32, trips_per_case=0.5)
    ),
    "services of all": Case(
        in_all("services", 1, ceiling_minutes=25) | {"sites": sites()},
        "Type 2 in it",
        in_all("services", 2, ceiling_minutes=25) | {"sites": sites()},
    ),
    "regional access": Case(promised_west(0.9), "to 33.3%", promised_west(0.333)),
}  # fmt: skip


def scenario_of(stated: Tables) -> Scenario:
    given = {name: table for name, table in (tables() | stated).items() if len(table.columns)}
    known = given["travel_times"]["destination_id"].isin(given["sites"]["site_id"])
    given["travel_times"] = given["travel_times"][known].reset_index(drop=True)
    return Scenario.from_tables(given)
