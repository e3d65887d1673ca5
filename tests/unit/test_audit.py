"""The audit finds what is wrong: a solved plan, one thing corrupted at a time, and the check that must fail.

Three plans: one with every kind of promise, today's services and contracts; one with the rules of assignment; one of
three periods with decisions taken already.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest
from corruptions import Copy, Drop, Field, Row, Scenery, all_of, failed, more, times_
from test_audit_network import NETWORKED
from test_audit_resources import RESOURCED

from redesaude.errors import AuditError
from redesaude.plan.audit import audit
from redesaude.plan.evidence import relative
from redesaude.plan.plan import Audit, Check, Plan
from redesaude.solving import relay
from redesaude.solving.solve import solve
from redesaude.status import Status
from tiny import EXACT, PPP, rows, scenario, settings, times


@cache
def _promising() -> Plan:
    """h1 keeps its cardio; h2 opens cardio and icu under a PPP; one promise of each kind, some broken at a price."""
    return _solved(
        settings=settings(horizon_years=10, discount_rate=0.05, patient_time_weight=1, patient_minute_cost=0.5),
        specialties=rows(
            {"specialty_id": "cardio", "cases_per_100k": 100_000, "trips_per_case": 0.5, "access_minutes": 15,
             "access_share": 0.4, "unmet_cost": 40, "ceiling_minutes": 45, "min_centres": 2, "max_centres": 2},
            {"specialty_id": "icu", "cases_per_100k": 20_000, "trips_per_case": 1, "access_minutes": 30,
             "access_share": 0.9, "access_hard": "no", "access_price": 3, "sites_allowed": "listed", "unmet_cost": 5},
        ),
        sites=rows(
            {"site_id": "h1", "territory_id": "t1", "fixed_cost": 3, "contracts_allowed": "direct", "max_services": 1},
            {"site_id": "h2", "territory_id": "t3", "fixed_cost": 4, "lot_id": "lot", "max_services": 2},
        ),
        lots=rows({"lot_id": "lot"}),
        sizes=rows(
            {"specialty_id": "cardio", "size_id": "small", "capacity": 20, "fixed_cost": 50, "capex": 100,
             "min_cases": 5, "lifecycle_share": 0.02, "build_months": 6},
            {"specialty_id": "cardio", "size_id": "large", "capacity": 60, "fixed_cost": 90, "capex": 300,
             "min_cases": 45, "min_cases_hard": "no", "min_cases_price": 2, "build_months": 12},
            {"specialty_id": "icu", "size_id": "one", "capacity": 12, "fixed_cost": 20, "cost_per_case": 2},
        ),
        site_services=rows(
            {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing",
             "contract_id": "direct", "closing_cost": 500},
            {"site_id": "h2", "specialty_id": "cardio", "size_id": "large", "status": "required"},
            {"site_id": "h2", "specialty_id": "icu", "status": "allowed"},
            {"site_id": "h1", "specialty_id": "cardio", "size_id": "large", "status": "forbidden"},
        ),
        requires=rows({"specialty_id": "icu", "required_specialty_id": "cardio"}),
        contracts=rows(
            {"contract_id": "direct", "term_years": 10, "site_kinds": "public", "oversight_cost": 1},
            {**PPP, "max_contracts": 1, "min_value": 100, "needs_works": "yes", "transaction_cost": 6,
             "oversight_cost": 2, "opex_factor": 0.5},
        ),
        funding=rows(
            {"funding_id": "treasury", "kind": "capital", "amount": 1000},
            {"funding_id": "running", "kind": "running", "amount": 150, "hard": "no", "price": 0.1},
        ),
        fiscal=rows({"fiscal_id": "ppp", "kind": "ppp", "base_amount": 10_000, "share": 0.05}),
        access_targets=rows({"specialty_id": "cardio", "region_id": "each", "minutes": 30, "share": 0.3}),
    )  # fmt: skip


@cache
def _assigned() -> Plan:
    """Stroke goes to the nearest centre, dialysis to one place for each territory; two sites, all open."""
    return _solved(
        territories=rows(*({"territory_id": f"t{n}", "population": 10 * n} for n in (1, 2, 3, 4))),
        specialties=rows(
            {"specialty_id": "stroke", "cases_per_100k": 100_000, "assignment": "nearest", "ceiling_minutes": 60,
             "unmet_cost": 5000, "min_centres": 2},
            {"specialty_id": "dialysis", "cases_per_100k": 100_000, "single_source": "yes", "min_centres": 2},
        ),
        sizes=rows(
            {"specialty_id": "stroke", "size_id": "one", "capacity": 100, "fixed_cost": 10},
            {"specialty_id": "dialysis", "size_id": "one", "capacity": 90, "fixed_cost": 10, "min_cases": 20},
        ),
        travel_times=times({"t1": {"h1": 0, "h2": 50}, "t2": {"h1": 20, "h2": 30}, "t3": {"h1": 50, "h2": 0},
                            "t4": {"h1": 70, "h2": 80}}),
    )  # fmt: skip


@cache
def _phased() -> Plan:
    """h1 is enlarged in the second period, as signed; h2 starts then, after it, its works done in the third."""
    return _solved(
        settings=settings(horizon_years=12, discount_rate=0.05, patient_time_weight=1, patient_minute_cost=0.1),
        periods=rows(
            {"period_id": "p1", "first_year": 2025, "years": 2, "max_starts": 0},
            {"period_id": "p2", "first_year": 2027, "years": 2, "max_starts": 2},
            {"period_id": "p3", "first_year": 2029, "years": 8},
        ),
        territories=rows(
            {"territory_id": "t1", "population": 20, "growth_rate": 0.1},
            {"territory_id": "t2", "population": 20},
            {"territory_id": "t3", "population": 30, "growth_rate": 0.05},
        ),
        specialties=rows(
            {"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": 30, "access_minutes": 25,
             "access_share": 0.9, "access_hard": "no", "access_price": 2, "trips_per_case": 1}
        ),
        sizes=rows(
            {"specialty_id": "cardio", "size_id": "small", "capacity": 25, "fixed_cost": 50, "capex": 100,
             "build_months": 30, "min_cases": 5},
            {"specialty_id": "cardio", "size_id": "large", "capacity": 70, "fixed_cost": 90, "capex": 300,
             "build_months": 12},
        ),
        site_services=rows(
            {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing",
             "contract_id": "direct", "closing_cost": 5},
            {"site_id": "h2", "specialty_id": "cardio", "size_id": "large", "status": "forbidden"},
        ),
        contracts=rows({"contract_id": "direct", "oversight_cost": 1, "transaction_cost": 4},
                       {"contract_id": "oss", "opex_factor": 0.99, "oversight_cost": 2}),
        decisions=rows(
            {"site_id": "h1", "specialty_id": "cardio", "size_id": "large", "contract_id": "direct", "period_id": "p2",
             "decision": "start"},
            {"site_id": "h2", "specialty_id": "cardio", "contract_id": "oss", "decision": "forbid"},
        ),
        precedence=rows(
            {"site_id": "h2", "specialty_id": "cardio", "after_site_id": "h1", "after_specialty_id": "cardio",
             "periods_between": 1}
        ),
        funding=rows({"funding_id": "treasury", "period_id": "p2", "kind": "capital", "amount": 1000},
                     {"funding_id": "treasury", "kind": "capital", "amount": 900},
                     {"funding_id": "running", "kind": "running", "amount": 100, "hard": "no", "price": 0.1}),
    )  # fmt: skip


def _solved(**changes: pd.DataFrame) -> Plan:
    plan = solve(scenario(**changes), EXACT)
    assert plan.status == Status.OPTIMAL, plan.reason
    return plan


@pytest.mark.parametrize("make", [_promising, _assigned, _phased])
def test_a_solved_plan_passes(make: Callable[[], Plan]) -> None:
    assert failed(make()) == set()


def test_the_plans_hold_what_is_corrupted_below() -> None:
    """The corruptions are of something: statuses, contracts, shortfalls and unmet cases all occur."""
    plan = _promising()
    assert set(plan.openings["status"]) == {"kept", "new"}
    assert set(plan.openings["contract_id"]) == {"direct", "ppp"}
    assert len(plan.unmet)
    short = plan.promises[plan.promises["shortfall"] > 1e-6]
    assert set(short["kind"]) == {"access", "running", "volume"}
    assert {"travel", "shortfall_access", "shortfall_money", "shortfall_volume"} <= set(plan.costs["line"])


def test_the_phased_plan_holds_what_is_corrupted_below() -> None:
    openings = _phased().openings
    found = openings.set_index(["site_id", "period_id"])["change"].to_dict()
    assert found == {
        ("h1", "p1"): "kept", ("h1", "p2"): "enlarged", ("h1", "p3"): "kept", ("h2", "p2"): "new", ("h2", "p3"): "kept",
    }  # fmt: skip


H1, H2 = {"site_id": "h1"}, {"site_id": "h2"}
T1, T2, T3 = ({"territory_id": t} for t in ("t1", "t2", "t3"))
P2, P3 = {"period_id": "p2"}, {"period_id": "p3"}
CARDIO, ICU = {"specialty_id": "cardio"}, {"specialty_id": "icu"}
STROKE, DIALYSIS = {"specialty_id": "stroke"}, {"specialty_id": "dialysis"}

#: check -> corruptions of the promising plan that must make it fail
PROMISING: dict[str, tuple[Callable[[Plan], Plan], ...]] = {
    "every case treated once or counted as unmet": (
        Row("assignments", T1 | CARDIO, "share", 0.5),
        Drop("assignments", T1),
        Drop("unmet", {}),
        Row("assignments", T1 | CARDIO, "share", float("nan")),
    ),
    "shares from 0 to 1": (
        all_of(Row("assignments", T1 | CARDIO, "share", 1.5), Copy("assignments", T1 | CARDIO, {"share": -0.5})),
    ),
    "nobody unmet who must be treated": (Scenery("specialties", ICU, "unmet_cost", float("nan")),),
    "patients go to open services only": (Drop("openings", H1), Row("assignments", T3 | ICU, "site_id", "h1")),
    "minutes as travelled": (
        Row("assignments", T2 | CARDIO, "minutes", more(1)),
        Row("assignments", T2 | CARDIO, "minutes", float("nan")),
    ),
    "journeys within the ceiling": (Scenery("specialties", CARDIO, "ceiling_minutes", 19.0),),
    "cases are shares of demand": (Row("assignments", T1 | CARDIO, "cases", more(1)),),
    "a service treats the cases sent to it": (Row("openings", H1, "cases", more(-1)),),
    "capacity at the planning occupancy": (
        Row("openings", H1, "cases", 21.0),
        Scenery("sizes", {"size_id": "small"}, "capacity", 9.0),
    ),
    "least yearly volume": (Scenery("sizes", {"size_id": "small"}, "min_cases", 20.5),),
    "no existing service made smaller": (
        Scenery("site_services", H1 | {"status": "existing"}, "size_id", "large"),
    ),
    "one size and one contract for each service": (Copy("openings", H1, {"size_id": "large"}),),
    "nothing forbidden is open": (
        Scenery("site_services", H2 | ICU, "status", "forbidden"),
        Row("openings", H1, "size_id", "large"),
    ),
    "sites hold the grade that sizes need": (Scenery("sizes", {"size_id": "large"}, "least_grade", 1),),
    "everything required is open": (Drop("openings", H2 | CARDIO), Row("openings", H2 | CARDIO, "size_id", "small")),
    "open only where listed": (Row("openings", ICU, "site_id", "h1"),),
    "specialties beside those they need": (
        Drop("openings", H2 | CARDIO),
        Row("openings", H2 | CARDIO, "site_id", "h1"),
    ),
    "services at a site": (Scenery("sites", H2, "max_services", 1.0),),
    "most centres": (Scenery("specialties", CARDIO, "max_centres", 1.0),),
    "fewest centres": (Scenery("specialties", CARDIO, "min_centres", 3.0), Drop("openings", H1)),
    "one contract for each site": (Row("openings", ICU, "contract_id", "direct"),),
    "contracts suit their sites": (
        Row("openings", H1, "contract_id", "ppp"),
        Scenery("contracts", {"contract_id": "direct"}, "site_kinds", [("private",)]),
    ),
    "nothing built where a contract builds nothing": (
        Scenery("sites", {"site_id": "h2"}, "contracts_without_works", [("ppp",)]),
    ),
    "contracts of a kind": (Scenery("contracts", {"contract_id": "ppp"}, "max_contracts", 0.0),),
    "contracts that need works have them": (Scenery("sizes", {"size_id": "large"}, "capex", 0.0),),
    "hard access promises kept": (
        Scenery("specialties", CARDIO, "access_share", 0.9),
        Row("assignments", T3 | CARDIO, "minutes", 31.0),
    ),
    "hard money promises kept": (
        Scenery("funding", {"funding_id": "running"}, "hard", True),
        Scenery("fiscal", {"fiscal_id": "ppp"}, "share", 0.001),
    ),
    "least contract values": (Scenery("contracts", {"contract_id": "ppp"}, "min_value", 1e6),),
    "cost lines": (
        Drop("costs", {"line": "travel"}),
        Drop("costs", {"line": "shortfall_access"}),
        Row("costs", {"line": "unitary_payment"}, "npv", times_(1.01)),
        Row("costs", {"line": "hosting"}, "line", "oversight"),
        Row("costs", {"line": "fixed_running"}, "contract_id", "ppp"),
        Copy("costs", {"line": "hosting"}, {}),
        Row("openings", H1, "contract_id", "ppp"),
        Row("openings", H2 | CARDIO, "size_id", "small"),
        Row("costs", {"line": "travel"}, "npv", float("nan")),
    ),
    "lines add up to the objective": (Field("objective", times_(1.001)), Field("objective", None)),
    "bound not above the objective": (Field("bound", times_(1.001)), Field("bound", float("nan"))),
    "capacities as stated": (Row("openings", H1, "capacity", 25.0),),
    "status of services as stated": (Row("openings", H1, "status", "new"), Row("openings", H2, "status", "kept")),
    "cost of services as stated": (Row("openings", H2 | CARDIO, "npv", times_(0.9)),),
    "cases sent away are shares of demand": (Row("unmet", {}, "cases", more(1)),),
    "cost of cases sent away as stated": (Row("unmet", {}, "npv", 0.0),),
    "every promise is stated": (
        Drop("promises", {"kind": "access", "region_id": "east"}),
        Drop("promises", {"kind": "ppp"}),
        Drop("promises", {"kind": "volume"}),
        Copy("promises", {"kind": "ppp"}, {"promise_id": "another"}),
    ),
    "figures of promises as stated": (
        Row("promises", {"kind": "access", "met": False}, "shortfall", 0.0),
        Row("promises", {"kind": "running"}, "shortfall", 0.0),
        Row("promises", {"kind": "volume", "met": False}, "achieved", 100.0),
        Row("promises", {"kind": "capital"}, "limit", 5000.0),
        Row("promises", {"kind": "ppp"}, "achieved", float("nan")),
    ),
    "promises met as stated": (
        Row("promises", {"met": False}, "met", True),
        Row("promises", {"kind": "ppp"}, "met", False),
        Row("promises", {"hard": False}, "hard", True),
    ),
    "cost of shortfalls as stated": (Row("promises", {"kind": "running"}, "npv", 0.0),),
    "access as stated": (
        Drop("access", {"region_id": "east"}),
        *(
            Row("access", CARDIO | {"region_id": "west"}, column, more(1.0))
            for column in ("population", "share_within_standard", "mean_minutes", "p90_minutes", "max_minutes", "cases",
                           "cases_unmet", "minutes_standard")
        ),
        Row("access", ICU | {"region_id": "all"}, "target", 0.5),
        Row("access", ICU | {"region_id": "all"}, "met", "yes"),
        Row("access", CARDIO | {"region_id": "all"}, "mean_minutes", float("nan")),
    ),
    "gap as stated": (Field("gap", 0.01), Field("gap", None)),
    "optimal only within the gap asked for": (
        all_of(Field("bound", times_(0.5)), Field("gap", 0.5)),
        all_of(Field("bound", None), Field("gap", None)),
    ),
}  # fmt: skip

#: check -> corruptions of the plan with rules of assignment
ASSIGNED: dict[str, tuple[Callable[[Plan], Plan], ...]] = {
    "one place for each territory where single-sourced": (
        all_of(
            Row("assignments", T1 | DIALYSIS, "share", 0.5),
            Copy("assignments", T1 | DIALYSIS, {"site_id": "h2", "share": 0.5}),
        ),
    ),
    "nobody passes a nearer open service": (
        all_of(Row("assignments", T1 | STROKE, "site_id", "h2"), Row("assignments", T1 | STROKE, "minutes", 50.0)),
    ),
    "nobody unmet near an open service": (Row("unmet", {}, "territory_id", "t1"),),
}

#: check -> corruptions of the plan of three periods; those of other checks show that each period is looked at
PHASED: dict[str, tuple[Callable[[Plan], Plan], ...]] = {
    "services change only as they may": (
        Row("openings", H1 | P3, "size_id", "small"),
        Row("openings", H2 | P3, "contract_id", "oss"),
    ),
    "nothing changes before its works are done": (
        Row("openings", H2 | P3, "contract_id", "oss"),
        Drop("openings", H2 | P3),
    ),
    "changes as stated": (Row("openings", H1 | P2, "change", "kept"), Row("openings", H2 | P3, "change", "new")),
    "works begun in a period": (Scenery("periods", {"period_id": "p2"}, "max_starts", 1.0),),
    "decisions already taken are kept": (
        Scenery("decisions", H1, "decision", "close"),
        Scenery("decisions", H1, "decision", "freeze"),
        Scenery("decisions", H1, "size_id", "small"),
        Scenery("decisions", H1, "period_id", "p1"),
        Scenery("decisions", H2, "decision", "open"),
        Scenery("decisions", H2, "contract_id", "direct"),
    ),
    "nothing opens before what must precede it": (Scenery("precedence", {}, "periods_between", 2.0),),
    "a service treats the cases sent to it": (Row("openings", H2 | P3, "cases", more(1.0)),),
    "cases are shares of demand": (Row("assignments", T3 | P3, "cases", more(1.0)),),
    "every case treated once or counted as unmet": (Drop("assignments", T3 | P3),),
    "patients go to open services only": (Drop("openings", H2 | P3),),
    "one size and one contract for each service": (Copy("openings", H1 | P3, {}),),
    "hard money promises kept": (Scenery("funding", {"period_id": "p2"}, "amount", 100.0),),
    "cost lines": (
        Row("costs", {"line": "works"} | P2, "npv", more(5.0)),
        Row("costs", {"line": "works"} | P2, "period_id", "p1"),
        Row("costs", {"line": "waiting"}, "npv", times_(0.5)),
        Row("costs", {"line": "transaction"}, "period_id", "p3"),
    ),
    "cost of services as stated": (Row("openings", H2 | P3, "npv", more(5.0)),),
    "access as stated": (Row("access", {"region_id": "all"} | P3, "mean_minutes", more(1.0)),),
    "figures of promises as stated": (Row("promises", {"promise_id": "treasury|p2"}, "limit", 900.0),),
    "what promises are about as stated": (Row("promises", {"promise_id": "treasury|p2"}, "limit_id", "another"),),
}  # fmt: skip

CASES = [
    pytest.param(make, name, change, id=f"{name} {n}")
    for make, corruptions in ((_promising, PROMISING), (_assigned, ASSIGNED), (_phased, PHASED))
    for name, changes in corruptions.items()
    for n, change in enumerate(changes, start=1)
]


@pytest.mark.few(9)
@pytest.mark.parametrize(("make", "name", "corrupt"), CASES)
def test_a_corrupted_plan_fails_the_right_check(
    make: Callable[[], Plan], name: str, corrupt: Callable[[Plan], Plan]
) -> None:
    assert name in failed(corrupt(make()))


def test_every_check_is_made_to_fail() -> None:
    """A check that is added to the audit without a corruption that it finds fails here."""
    elsewhere = {"all that the scenario states is audited", "other hard promises kept"}  # test_unknown_parts
    found = {*PROMISING, *ASSIGNED, *PHASED, *RESOURCED, *NETWORKED, *elsewhere}
    assert {check.name for check in audit(_promising()).checks} == found


def test_a_failed_audit_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that fails is never returned: the error names the check and the place."""
    wrong = Check("cost lines", passed=False, worst=0.5, tolerance=1e-6, detail="at ('h1', '', 'direct', 'hosting')")
    monkeypatch.setattr(relay, "audit", lambda plan: Audit((*audit(plan).checks, wrong)))
    with pytest.raises(AuditError, match=r"cost lines: 0\.5 \(at \('h1'"):
        solve(scenario(), EXACT)


@pytest.mark.parametrize("due", [np.inf, -np.inf, np.nan])
@pytest.mark.filterwarnings("error")
def test_what_is_due_and_no_number_is_infinitely_far(due: float) -> None:
    """2026-11-29: infinite over infinite was a warning, and no number."""
    assert relative(pd.Series([1.0, np.inf, 3.0]), [due, due, 2.0]).tolist() == [np.inf, np.inf, 0.5]
