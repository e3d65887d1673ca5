"""Every way of solving says what is true of random problems: no bound above the optimum, no plan below it.

Three cases of a scenario of each shape at once; the long laws try ten of a scenario of each, and ``make certify``
more than those, see ``docs/certify.md``.
"""

from __future__ import annotations

from collections import Counter

import pytest

from differential.case import OF_ONE, assembled_of, certify, shape_of
from differential.shapes import SHAPES, tables_of
from redesaude.solving.highs import solve
from redesaude.solving.options import Limits
from redesaude.status import Termination
from redesaude_models.network import build_model
from redesaude_models.standard_form import linear_model
from seeds import a_few
from tiny import scenario

#: scenarios of each shape, and cases of a scenario that are tried at once
_EACH, _NOW = 1, 3
_QUICK = [(number, _NOW) for number in range(len(SHAPES))]
_LONG = [(number, OF_ONE) for number in range(_EACH * len(SHAPES))]


@pytest.mark.few(1)
@pytest.mark.parametrize("number_and_count", a_few([*_QUICK, *_LONG], len(_QUICK)), ids=str)
def test_every_way_says_what_is_true(number_and_count: tuple[int, int]) -> None:
    number, count = number_and_count
    verdicts = [certify(seed) for seed in range(OF_ONE * number, OF_ONE * number + count)]
    told = [f"{verdict.seed}: {finding}" for verdict in verdicts for finding in verdict.findings]
    assert not told, "\n".join([*told, "again: python tests/certify.py --seed N"])
    assert sum(verdict.feasible for verdict in verdicts) > count // 2
    tried: Counter[str] = sum((verdict.tried for verdict in verdicts), Counter())
    assert sum(tried.values()) >= count  # some cases suit one way alone


_ONCE_UNTRUE = [
    916,
    1050,
    1060,
    1280,
    1284,
    1286,
    1287,
    1349,
    3172,
    3176,
    3890,
    5182,
    5188,
    5524,
    6482,
    7114,
    7130,
    7357,
    9341,
    9572,
    11303,
    11479,
    11698,
    12941,
    14241,
    14402,
    16571,
    16776,
    17272,
]


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", _ONCE_UNTRUE)
def test_what_was_once_untrue_is_not_now(seed: int) -> None:
    """Nothing costs anything, and a bound is off by its rounding; a gap without its receipts; a breach that is dear;
    rows written so large that nothing seems possible; the bounds of a start's completion told as the model's; a
    presolve that loses small costs beside great ones; a share a little below nothing that earns; a plan so cheap for
    the unit of money that a solver's tolerance hides a cheaper one; specialties placed first that leave no room for
    others; a plan of the whole model that is dear until its integers are whole; a search that mends a solution and so
    proves little; a dear column cut so short that presolve takes it for fixed, where it costs most;
    a search without presolve that loses small costs beside great ones too.
    """
    assert not certify(seed).findings


@pytest.mark.parametrize(("seed", "cost"), [(12949, 538_508_373.2), (11686, 3_176_424_710_517.6)])
def test_a_search_that_mends_a_solution_proves_no_more_than_is_true(seed: int, cost: float) -> None:
    """A plan of this ``cost`` keeps every row; HiGHS calls ones optimal that cost 2 x 10^-4 and 3 x 10^-6 more."""
    model = linear_model(build_model(assembled_of(seed).problem))
    found = solve(model, Limits(0.0, 60.0))
    assert found.bound is not None
    assert found.bound <= cost
    assert found.objective is not None
    if found.objective > cost * (1 + 1e-9):
        assert found.termination != Termination.GAP_REACHED


@pytest.mark.parametrize("number", range(8, 800, 78))
def test_what_is_drawn_is_a_scenario(number: int) -> None:
    scenario(**tables_of(shape_of(number * OF_ONE), number // len(SHAPES)))  # InputError: it is none


def test_the_shapes_come_in_turn() -> None:
    assert {shape_of(OF_ONE * number) for number in range(len(SHAPES))} == set(SHAPES)
