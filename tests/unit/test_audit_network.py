"""The audit finds what is wrong with transfers and agreements: one thing corrupted at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from corruptions import Copy, Drop, Row, Scenery, failed, more, times_
from network_example import example_plan

from redesaude.plan.plan import Plan

P1, P2 = {"period_id": "p1"}, {"period_id": "p2"}
FROM_CLINIC, TO_HOSPITAL = {"from_site_id": "h3"}, {"to_site_id": "h1"}
CLINIC, HOSPITAL, END_LINE = ({"size_id": size} for size in ("clinic", "hospital", "end_line"))
H3 = {"satellite_site_id": "h3"}


def cells(table: str, where: dict[str, Any], *columns: str) -> list[Callable[[Plan], Plan]]:
    return [Row(table, where, column, more(1.0)) for column in columns]


#: check -> corruptions that must make it fail
NETWORKED: dict[str, tuple[Callable[[Plan], Plan], ...]] = {
    "cases are sent between open services, near enough": (
        Row("transfers", FROM_CLINIC, "minutes", more(1.0)),
        Row("transfers", FROM_CLINIC, "to_site_id", "h3"),
        Row("transfers", FROM_CLINIC, "to_site_id", "h9"),
        Scenery("specialties", {}, "transfer_minutes", 59.0),
    ),
    "what a service does not treat is sent up": (
        Row("transfers", FROM_CLINIC | P1, "cases", more(1.0)),
        Row("transfers", FROM_CLINIC, "severity_above", 0.6),
        Drop("transfers", FROM_CLINIC | P2),
        Drop("assignments", {"site_id": "h3"}),
        Scenery("sizes", CLINIC, "treats_share", 0.6),
        Scenery("sizes", CLINIC, "treats_share_mature", 0.9),
        Scenery("support", H3, "support_years", 3.0),
    ),
    "cases are sent where they can be treated": (
        Row("transfers", FROM_CLINIC | {"to_site_id": "h4"}, "to_site_id", "h1"),
        Row("transfers", FROM_CLINIC | {"to_site_id": "h4"}, "to_site_id", "h2"),
        Drop("openings", {"site_id": "h4"}),
        Scenery("sizes", END_LINE, "treats_share", 0.95),
    ),
    "satellites send to their hub what it treats": (Row("transfers", FROM_CLINIC | TO_HOSPITAL, "to_site_id", "h4"),),
    "every satellite has one hub, as the agreements allow": (
        Drop("support", H3),
        Copy("support", H3, {}),
        Copy("support", H3, {"satellite_site_id": "h1"}),
        Row("support", H3, "period_id", "p2"),
        Row("support", H3, "hub_site_id", "h3"),
        Row("support", H3, "hub_site_id", "h9"),
        Scenery("support", H3, "status", "forbidden"),
        Scenery("support", H3, "max_minutes", 59.0),
    ),
    "hubs are open and support no more than they can": (
        Row("support", H3, "hub_site_id", "h4"),
        Copy("support", H3, {"satellite_site_id": "h4"}),
        Drop("openings", {"site_id": "h1"}),
        Scenery("sizes", HOSPITAL, "supports_max", 0.0),
    ),
    "transfers as stated": (Row("transfers", FROM_CLINIC, "npv", more(1.0)),),
    "agreements as stated": (
        *cells("support", H3, "first_year", "last_year", "hub_cost", "satellite_cost", "npv"),
        Row("support", H3, "sent_before", 0.4),
        Row("support", H3, "sent_after", 0.4),
        Scenery("support", H3, "hub_cost", 9.0),
    ),
}

#: corruptions found by checks that are there for every plan
FOUND_ELSEWHERE: dict[str, tuple[Callable[[Plan], Plan], ...]] = {
    "a service treats the cases sent to it": (
        Row("transfers", FROM_CLINIC | P1, "cases", more(1.0)),
        Row("openings", {"site_id": "h4"}, "cases", more(1.0)),
    ),
    "cost lines": (
        Drop("costs", {"line": "support"}),
        Row("costs", {"line": "support", "site_id": "h3"}, "npv", times_(2.0)),
        Row("costs", {"line": "support", "site_id": "h3"}, "site_id", "h1"),
        Drop("costs", {"line": "transfer"}),
        Row("transfers", FROM_CLINIC | P1, "cases", times_(1.1)),
        Row("support", H3, "period_id", "p2"),
        Scenery("specialties", {}, "transfer_cost", 4.0),
    ),
    "loads as stated": (Row("transfers", FROM_CLINIC | {"to_site_id": "h4"}, "cases", more(1.0)),),
    "figures of promises as stated": (
        Row("transfers", FROM_CLINIC, "cases", more(1.0)),
        Scenery("support", H3, "satellite_cost", 90.0),
    ),
}

CASES = [
    pytest.param(name, change, id=f"{name} {n}")
    for group in (NETWORKED, FOUND_ELSEWHERE)
    for name, changes in group.items()
    for n, change in enumerate(changes, start=1)
]


def test_the_plan_passes() -> None:
    plan = example_plan()
    assert failed(plan) == set()
    assert len(plan.support) == 1
    assert {"transfer", "support"} <= set(plan.costs["line"])


@pytest.mark.few(6)
@pytest.mark.parametrize(("name", "corrupt"), CASES)
def test_a_corrupted_plan_fails_the_right_check(name: str, corrupt: Callable[[Plan], Plan]) -> None:
    assert name in failed(corrupt(example_plan()))
