"""Two plans side by side: who moves, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import redesaude as rs
import tiny
from redesaude.plan.plan import Plan
from redesaude.status import Status
from redesaude.studies.beside import beside


@pytest.fixture(scope="module")
def plan() -> Plan:
    return rs.solve(tiny.scenario(), tiny.EXACT)


def _treating(plan: Plan, town: str, **cases: float) -> Plan:
    """The plan with the cases of a town treated at these sites."""
    rows = plan.assignments[plan.assignments["territory_id"] == town]
    others = plan.assignments[plan.assignments["territory_id"] != town]
    parts = [rows.head(1).assign(site_id=site, cases=count) for site, count in cases.items()]
    return replace(plan, assignments=pd.concat([others, *parts], ignore_index=True))


def test_each_that_loses_gives_to_each_that_gains_in_proportion(plan: Plan) -> None:
    first = _treating(plan, "t3", a=20.0, b=10.0)
    second = _treating(plan, "t3", a=8.0, b=4.0, c=12.0, d=6.0)
    moves = beside(first, second).moves
    assert set(moves["territory_id"]) == {"t3"}
    found = {(row.from_site_id, row.to_site_id): row.cases for row in moves.itertuples()}
    assert found == pytest.approx({("a", "c"): 8.0, ("a", "d"): 4.0, ("b", "c"): 4.0, ("b", "d"): 2.0})


def test_cases_that_only_one_plan_has_do_not_move(plan: Plan) -> None:
    first, second = _treating(plan, "t3", h1=10.0), _treating(plan, "t3", h1=4.0, h2=20.0)
    moves = beside(first, second).moves
    assert moves[["from_site_id", "to_site_id", "cases"]].to_numpy().tolist() == [["h1", "h2", 6.0]]


def test_what_decides_nothing_is_not_set_beside(plan: Plan) -> None:
    with pytest.raises(ValueError, match="without decisions"):
        beside(plan, Plan(plan.scenario, Status.NO_PLAN, plan.termination))
