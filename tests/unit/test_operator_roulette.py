"""OperatorRoulette of the search, and the prices that a mixture of answers gives."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csc_array

from redesaude.solving.layout import NONE
from redesaude.solving.options import Limits
from redesaude.solving.parameters import DEFAULTS
from redesaude.solving.specialties.blocks import Blocks
from redesaude.solving.specialties.operator_roulette import OperatorRoulette, Part
from redesaude.solving.specialties.restricted_master import RestrictedMaster
from redesaude_models.arrays import Flags
from redesaude_models.standard_form import LinearModel


def kind(name: int, count: int, calls: list[int]) -> list[Part]:
    def free() -> Flags:
        calls.append(name)
        return np.zeros(0, dtype=bool)

    return [free] * count


def turns(counts: tuple[int, ...], calls: list[int]) -> OperatorRoulette:
    return OperatorRoulette(
        [lambda n=n, c=c: kind(n, c, calls) for n, c in enumerate(counts)], np.random.default_rng(0)
    )


def test_every_part_has_its_turn_and_then_nothing_is_left() -> None:
    found = turns((3, 0, 2), calls := [])
    while (turn := found.next()) is not None:
        turn[1]()
        found.credit(turn[0], 0.0, 10)
    assert sorted(calls) == [0, 0, 0, 2, 2]


def test_a_gain_gives_every_part_its_turn_again() -> None:
    found = turns((2, 2), [])
    for gain in (0.0, 0.0, 0.0, 1.0):
        found.credit(found.next()[0], gain, 10)
    more = 0
    while (turn := found.next()) is not None:
        found.credit(turn[0], 0.0, 10)
        more += 1
    assert more == 4


def test_who_gains_more_has_more_turns_and_nobody_none() -> None:
    found = turns((5, 5), [])
    drawn = []
    for _ in range(400):
        turn, _ = found.next()
        drawn.append(turn)
        found.credit(turn, (1.0, 0.25)[turn], 10)
    share = drawn.count(0) / len(drawn)
    assert 0.7 < share < 0.9


def test_size_counts_against_a_gain() -> None:
    found = turns((5, 5), [])
    drawn = []
    for _ in range(400):
        turn, _ = found.next()
        drawn.append(turn)
        found.credit(turn, 1.0, (10, 40)[turn])
    assert 0.7 < drawn.count(0) / len(drawn) < 0.9


def two_specialties() -> LinearModel:
    """Two blocks, x and y in [0, 10] at -3 and -2, that share z at 1: x + y <= 5 + z, z <= 4."""
    return LinearModel(
        matrix=csc_array(np.array([[1.0, 1.0, -1.0]])),
        row_lower=np.array([-np.inf]),
        row_upper=np.array([5.0]),
        column_lower=np.zeros(3),
        column_upper=np.array([10.0, 10.0, 4.0]),
        cost=np.array([-3.0, -2.0, 1.0]),
        offset=7.0,
        integer=np.zeros(3, dtype=bool),
    )


def test_prices_of_a_mixture_are_those_of_the_whole_once_it_knows_enough() -> None:
    model = two_specialties()
    blocks = Blocks(model, np.array([0, 1, NONE]))
    mixture = RestrictedMaster(blocks, np.array([0]), DEFAULTS.specialties.way)
    for answer in ([0.0, 0.0, 0.0], [10.0, 10.0, 4.0]):
        mixture.add(np.array(answer))
    before = np.zeros(1)
    found = mixture.better(before, Limits(0.0, 10.0))
    assert found is not None
    further, most = found
    assert most == pytest.approx(7.0 - 3.0 * 9.0 + 4.0)  # nine units for x, which is the optimum of the whole
    assert further[0] == pytest.approx(-3.0 * 0.3)  # a part of the way to a price of three, which x pays


def test_no_mixture_of_answers_that_all_break_a_row() -> None:
    model = two_specialties()
    mixture = RestrictedMaster(Blocks(model, np.array([0, 1, NONE])), np.array([0]), DEFAULTS.specialties.way)
    mixture.add(np.array([10.0, 10.0, 4.0]))
    assert mixture.better(np.zeros(1), Limits(0.0, 10.0)) is None
