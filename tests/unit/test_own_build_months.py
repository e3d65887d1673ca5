"""Works of one service that take another time than its size says: dates, money and waiting follow, audited."""

from __future__ import annotations

import numpy as np
import pytest
from review_example import tables

import tiny
from redesaude.assemble.waiting import opened_at_once
from redesaude.finance.services import timing_of
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.plan import Plan
from redesaude.solving.solve import solve

ROW = {"site_id": "h2", "specialty_id": "cardio", "status": "allowed"}


def _plan(*own: dict[str, object]) -> Plan:
    base = tables()
    services = tiny.rows(*base["site_services"].to_dict("records"), *own)  # type: ignore[arg-type]
    return solve(tiny.scenario(**base | {"site_services": services}), tiny.EXACT)


def _opened(plan: Plan) -> float:
    appraisal = Appraisal(plan)
    row = plan.openings["site_id"].eq("h2").to_numpy()
    return float(timing_of(appraisal.services(), appraisal.terms()).opened[row][0])


def test_works_of_its_own_move_the_opening_and_the_money() -> None:
    before, after = _plan(), _plan(ROW | {"build_months": 30})
    assert after.audit.passed
    assert _opened(after) - _opened(before) == pytest.approx(18 / 12)
    assert after.objective > before.objective  # people wait longer, at 900 each


def test_a_row_of_one_size_comes_before_that_of_every_size() -> None:
    size = _plan().openings.set_index("site_id")["size_id"]["h2"]
    plan = _plan(ROW | {"build_months": 30}, ROW | {"size_id": size, "build_months": 18})
    assert _opened(plan) - _opened(_plan()) == pytest.approx(6 / 12)


def test_opened_at_once_they_take_no_time_either() -> None:
    at_once = opened_at_once(_plan(ROW | {"build_months": 30}).scenario)
    assert np.isnan(at_once.site_services["build_months"]).all()
