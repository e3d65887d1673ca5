"""Which column of the linear model is which decision, told once."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
import pytest
from network_example import example as tiers
from resources_example import example as resources

from redesaude.assemble import assemble
from redesaude_models.columns import NONE, apart, columns_of
from redesaude_models.keys import keys_of, over_periods
from redesaude_models.network import build_model
from redesaude_models.places import Place
from redesaude_models.problem import PlanningProblem
from redesaude_models.standard_form import LinearModel, linear_model


def _problems() -> dict[str, PlanningProblem]:
    return {"tiers": assemble(tiers()).problem, "resources": assemble(resources()).problem}


@pytest.fixture(scope="module", params=["tiers", "resources"])
def case(request: pytest.FixtureRequest) -> tuple[PlanningProblem, pyo.ConcreteModel, LinearModel]:
    problem = _problems()[request.param]
    model = build_model(problem)
    return problem, model, linear_model(model)


def test_each_row_has_its_own_column_in_each_period(
    case: tuple[PlanningProblem, pyo.ConcreteModel, LinearModel],
) -> None:
    problem, model, arrays = case
    keys, columns = keys_of(problem), columns_of(arrays)
    families = {"open": keys.service, "z": keys.option, "v": keys.option, "x": keys.journey, "u": keys.demand}
    families |= {"w": keys.hosting, "b": keys.letting}
    assert families.keys() <= columns.grids.keys()
    seen: list[int] = []
    for name, rows in families.items():
        grid = columns[name]
        assert grid.shape == (len(rows), len(keys.periods))
        for key, n in zip(over_periods(rows, keys.periods), grid.ravel().tolist(), strict=True):
            variable = model.component(name)[key]
            assert (n == NONE) == (variable.fixed or all(variable is not v for v in arrays.variables))
            assert n == NONE or arrays.variables[n] is variable
        seen += grid[grid != NONE].tolist()
    assert len(seen) == len(set(seen))


def test_values_are_put_where_they_belong(case: tuple[PlanningProblem, pyo.ConcreteModel, LinearModel]) -> None:
    problem, _, arrays = case
    columns, values = columns_of(arrays), np.zeros(len(arrays.cost))
    given = np.arange(1.0, 1 + columns["x"].size).reshape(columns["x"].shape)
    columns.put("x", given, values)
    there = columns["x"] != NONE
    assert (values[columns["x"][there]] == given[there]).all()
    assert np.count_nonzero(values) == there.sum()
    assert columns["nothing"].size == 0
    assert columns_of(arrays.part(np.arange(1), np.arange(2))).grids == {}
    assert len(problem.periods)


def test_everything_of_a_period_says_so(case: tuple[PlanningProblem, pyo.ConcreteModel, LinearModel]) -> None:
    problem, _, arrays = case
    columns, rows = apart(arrays, problem.periods)
    assert len(columns) == len(arrays.cost)
    assert [name for name, *_ in rows] == [name for name, _ in arrays.rows]
    promises = problem.promises
    named = {promise.id: problem.periods[promise.period] for promise in promises}
    told = 0
    for (_, index), (_, rest, period) in zip(arrays.rows, rows, strict=True):
        if index in named:
            told += 1
            assert period == named[index]
            assert index in (rest, f"{rest}|{period}")
    assert told == len([1 for _, index in arrays.rows if index in named]) > 0


def test_what_has_no_name_of_its_own_ends_with_its_period() -> None:
    place = Place()
    assert place.apart(("a", "b", "p1"), ("p1", "p2")) == (("a", "b"), "p1")
    assert place.apart(("a", "b"), ("p1", "p2")) == (("a", "b"), "")
    assert place.apart("p2", ("p1", "p2")) == ("", "p2")
    assert place.apart("a|p2", ("p1", "p2")) == ("a|p2", "")  # a name is no period
