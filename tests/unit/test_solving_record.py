"""The record of a search: what is best, when it is good enough, and a plan below a bound."""

from __future__ import annotations

import numpy as np
import pytest

from redesaude.errors import BoundError
from redesaude.language import translator
from redesaude.plan.proof import ROUNDING
from redesaude.report.numbers import numbers_for
from redesaude.solving.options import Limits
from redesaude.solving.progress import Progress, Reporter, Search
from redesaude.solving.record import Record


def test_keeps_the_best_and_tells_it() -> None:
    told: list[Progress] = []
    search = Search(Limits(0.1, 1.0), Reporter(told.append))
    assert [search.adopt(cost, 0.0) for cost in (100.0, 110.0, 90.0)] == [True, False, True]
    assert not search.met
    assert [search.prove(bound) for bound in (50.0, None, -np.inf, np.inf, np.nan, 40.0, 81.0)] == [
        True,
        *[False] * 5,
        True,
    ]
    assert search.met
    assert [(step.incumbent, step.bound) for step in told] == [
        (100.0, None),
        (90.0, None),
        (90.0, 50.0),
        (90.0, 81.0),
    ]


@pytest.mark.parametrize("size", [1.0, 1e12, -3.0])
def test_a_plan_below_a_bound_is_an_alarm_whichever_comes_second(size: float) -> None:
    within, beyond = abs(size) * 0.5 * ROUNDING, abs(size) * 3 * ROUNDING
    plan_first, bound_first = Record(), Record()
    plan_first.adopt(size, 0.0)
    bound_first.prove(size)
    plan_first.prove(size + within)
    bound_first.adopt(size - within, 0.0)
    with pytest.raises(BoundError):
        plan_first.prove(size + beyond)
    with pytest.raises(BoundError):
        bound_first.adopt(size - beyond, 0.0)
    assert bound_first.cost == size - beyond  # the plan is not to blame
    assert plan_first.bound == bound_first.bound == -np.inf


def test_a_given_bound_counts_until_a_plan_refutes_it() -> None:
    record = Record(given=95.0)
    record.adopt(100.0, 0.0)
    assert record.met(0.05)
    assert not record.prove(90.0)
    record.adopt(94.0, 0.0)
    assert (record.refuted, record.bound) == (95.0, 90.0)


def test_a_gap_of_nothing_has_no_sign_and_one_below_nothing_keeps_it() -> None:
    numbers = numbers_for(translator("en"), "BRL", 1.0)
    assert (numbers.percent(-1e-16), numbers.money(-1e-9)) == (numbers.percent(0.0), numbers.money(0.0))
    assert numbers.percent(-0.01) == "-1.0%"
    shown = [str(Progress("solve", 0.0, plan, 100.0)) for plan in (100.0 - 1e-9, 99.0)]
    assert [line.split("gap ")[1] for line in shown] == ["0.00%", "-1.01%"]


def test_where_receipts_leave_little_of_a_cost_its_rounding_is_that_of_the_money_moved() -> None:
    plan_first, bound_first = Record(), Record()
    plan_first.adopt(0.0, 2e9)
    plan_first.prove(1e-3)
    bound_first.prove(1e-3)
    bound_first.adopt(0.0, 2e9)
    assert plan_first.bound == bound_first.bound == 1e-3
    with pytest.raises(BoundError):
        plan_first.prove(1e5)


def test_a_dearer_plan_does_not_make_the_best_one_less_exact() -> None:
    record = Record()
    record.adopt(1.0, 1.0)
    record.adopt(2.0, 1e12)
    with pytest.raises(BoundError):
        record.prove(1.1)
