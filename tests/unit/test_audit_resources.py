"""The audit finds what is wrong with hubs, people and stations: one thing corrupted at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from corruptions import Drop, Field, Row, Scenery, all_of, failed, more, times_
from resources_example import example_plan

from redesaude.plan.plan import Plan

H1, H2 = {"site_id": "h1"}, {"site_id": "h2"}
EAST, ALL = ({"region_id": r} for r in ("east", "all"))
NURSES = {"role_id": "nurse", "region_id": "west"}
S1, S2, S3 = ({"station_id": s} for s in ("s1", "s2", "s3"))
COVER, WINDOW = {"measure": "cover"}, {"measure": "window"}


def rows_changed(table: str, where: dict[str, Any], *columns: str) -> list[Callable[[Plan], Plan]]:
    return [Row(table, where, column, more(1.0)) for column in columns]


#: check -> corruptions that must make it fail
RESOURCED: dict[str, tuple[Callable[[Plan], Plan], ...]] = {
    "hard load ceilings kept": (
        Scenery("load_ceilings", H1, "hard", True),
        all_of(Scenery("load_ceilings", H1, "hard", True), Scenery("load_ceilings", H1, "cases", 29.0)),
    ),
    "staff for every service": (
        Row("workforce", NURSES, "recruited", 3.0),
        Row("workforce", NURSES, "trained", 0.0),
        Scenery("workforce", NURSES, "stock", 1.0),
        Scenery("staffing", {"role_id": "nurse"}, "fte", 2.0),
        Scenery("staffing", {"role_id": "nurse"}, "cases_per_fte", 9.0),
    ),
    "hard emergency promises kept": (
        Row("stations", S3, "ambulances", 1.0),
        Drop("stations", S1),
        Scenery("emergency", {"promise": "window"}, "hard", True),
        Scenery("emergency", {"promise": "ambulances"}, "people_per_ambulance", 10.0),
    ),
    "loads as stated": (
        Drop("loads", H2),
        *rows_changed("loads", H1, "ceiling", "from_outside", "all_cases", "today", "excess", "npv"),
        Row("loads", H1, "met", True),
        Row("loads", H2, "hard", False),
    ),
    "workforce as stated": (
        Drop("workforce", NURSES),
        *rows_changed("workforce", NURSES, "need", "stock", "available", "short"),
        Row("workforce", NURSES, "binding", False),
    ),
    "people trained and recruited within their ceilings": (
        Row("workforce", NURSES, "trained", 2.0),
        Row("workforce", NURSES, "recruited", 6.0),
        Row("workforce", NURSES, "recruited", -1.0),
    ),
    "stations as they may be": (
        Drop("stations", S3),
        Row("stations", S1, "ambulances", 4.0),
        Row("stations", S1, "ambulances", 1.5),
        Row("stations", S1, "ambulances", 0.0),
        Row("stations", S1, "station_id", "s9"),
        Row("stations", S1, "station_id", "s2"),
    ),
    "stations as stated": (
        Row("stations", S1, "status", "existing"),
        Row("stations", S1, "territory_id", "t2"),
        *rows_changed("stations", S2, "people_within", "npv"),
    ),
    "emergency as stated": (
        Drop("emergency", COVER | EAST),
        *rows_changed("emergency", COVER | ALL, "total", "achieved", "share", "target"),
        *rows_changed("emergency", WINDOW | ALL, "total", "achieved", "share", "target"),
        Row("emergency", WINDOW | ALL, "met", "yes"),
        Row("emergency", {"measure": "ambulances"} | EAST, "achieved", 3.0),
    ),
}

#: corruptions found by checks that are there for every plan
FOUND_ELSEWHERE: dict[str, tuple[Callable[[Plan], Plan], ...]] = {
    "cost lines": (
        Drop("costs", {"line": "training"}),
        Row("costs", {"line": "recruitment"}, "npv", times_(1.01)),
        Row("costs", {"line": "station_works"}, "npv", times_(2.0)),
        Drop("costs", {"line": "shortfall_load"}),
        Row("workforce", NURSES, "recruited", 3.9),
        Row("stations", S1, "ambulances", 2.0),
    ),
    "lines add up to the objective": (Field("objective", more(5.0)),),
    "every promise is stated": (
        Drop("promises", {"kind": "load"}),
        Drop("promises", {"kind": "workforce"}),
        Drop("promises", {"kind": "window"}),
    ),
    "figures of promises as stated": (
        Row("promises", {"kind": "load"}, "achieved", more(1.0)),
        Row("promises", {"kind": "workforce"}, "limit", more(1.0)),
        Row("promises", {"kind": "double_cover"}, "achieved", more(1.0)),
        Row("promises", {"kind": "window"}, "shortfall", 0.0),
    ),
    "promises met as stated": (Row("promises", {"kind": "window"}, "met", True),),
    "cost of shortfalls as stated": (
        Row("promises", {"kind": "load", "met": False}, "npv", 0.0),
        Row("promises", {"kind": "window"}, "npv", 0.0),
    ),
}

CASES = [
    pytest.param(name, change, id=f"{name} {n}")
    for group in (RESOURCED, FOUND_ELSEWHERE)
    for name, changes in group.items()
    for n, change in enumerate(changes, start=1)
]


def test_the_plan_passes() -> None:
    assert failed(example_plan()) == set()


@pytest.mark.few(8)
@pytest.mark.parametrize(("name", "corrupt"), CASES)
def test_a_corrupted_plan_fails_the_right_check(name: str, corrupt: Callable[[Plan], Plan]) -> None:
    assert name in failed(corrupt(example_plan()))
