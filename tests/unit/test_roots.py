"""A zero between two values is found by few questions, each of which would price a network."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import brentq

from redesaude.studies.roots import root_between

Function = Callable[[float], float]


def found(function: Function, low: float, high: float, beside: tuple[float, ...] = ()) -> tuple[float, list[float]]:
    """The zero between both ends, and where it was asked for; ``beside`` are other values known."""
    asked: list[float] = []

    def told(value: float) -> float:
        asked.append(value)
        return function(value)

    return root_between(told, {x: function(x) for x in (low, high, *beside)}, low, high), asked


def test_an_affine_function_is_asked_once():
    root, asked = found(lambda x: 3e8 * x - 7e8, 1.0, 4.0)
    assert root == pytest.approx(7 / 3, rel=1e-14)
    assert len(asked) == 1


def test_an_affine_function_is_not_asked_where_a_value_beside_the_bracket_tells_that_it_is():
    for beside in ((0.5,), (6.0,), (0.5, 6.0)):
        assert found(lambda x: 3e8 * x - 7e8, 1.0, 4.0, beside) == (pytest.approx(7 / 3, rel=1e-14), [])


@pytest.mark.parametrize("bend", [0.9, 1.5, 2.5, 5.0])
def test_a_bend_anywhere_is_not_taken_for_a_straight_line(bend: float):
    root, _ = found(lambda x: x - 2.2 + 4.0 * max(x - bend, 0.0), 1.0, 4.0, (0.5, 6.0))
    assert root == pytest.approx(2.2 if bend > 2.2 else (2.2 + 4.0 * bend) / 5.0, rel=2e-10)


@pytest.mark.parametrize(
    ("function", "low", "high", "most"),
    [
        (lambda x: max(x - 2.0, 0.0) * 5e8 + 1e8 * (x - 2.2) - 1e7 * min(x, 1.5), 1.0, 4.0, 6),  # bent twice
        (lambda x: sum((1.0 + x) ** -k for k in range(30)) - 9.0, 0.05, 0.25, 6),  # a rate of discount
        (lambda x: x**3 - 2.0, 0.0, 4.0, 15),
        (lambda x: float(np.arctan(50.0 * (x - 3.7))), 0.0, 4.0, 15),
    ],
)
def test_a_bent_function_by_no_more_questions_than_bisection_with_interpolation(
    function: Function, low: float, high: float, most: int
):
    root, asked = found(function, low, high)
    assert root == pytest.approx(brentq(function, low, high, xtol=1e-14, rtol=1e-14), rel=2e-10)
    assert len(asked) <= most
    assert not {low, high} & set(asked)


def test_values_known_beside_the_bracket_are_used_and_never_asked_again():
    def worth(rate: float) -> float:
        return float(sum((1.0 + rate) ** -k for k in range(30)) - 9.0)

    others = (0.0, 0.05, 0.2, 0.25)
    alone, with_others = found(worth, 0.1, 0.15), found(worth, 0.1, 0.15, others)
    assert with_others[0] == pytest.approx(alone[0], rel=1e-10)
    assert with_others[1][1:] != alone[1][1:]
    assert not set(others) & set(with_others[1])


def test_a_jump_is_found_by_halves():
    root, asked = found(lambda x: -1.0 if x < 1.23456 else 2.0, 0.0, 4.0)
    assert root == pytest.approx(1.23456, rel=1e-9)
    assert len(asked) < 60


def test_an_end_that_is_zero_is_the_answer():
    assert found(lambda x: x - 1.0, 1.0, 2.0) == (1.0, [])
    assert found(lambda x: x - 2.0, 1.0, 2.0) == (2.0, [])
