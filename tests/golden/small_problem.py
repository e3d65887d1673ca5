"""One small planning problem with a different number in every place, so that no coefficient can hide behind another.

Three territories, sites a and b, specialties card and icu, sizes S and L, contracts dir and ppp, one lot g.
Cases: card 10, 20, 30 at t1, t2, t3; icu 4 at t1. t3 cannot reach a; t2 is as far from a as from b.
"""

from __future__ import annotations

import numpy as np

from redesaude_models.access import AccessPromise
from redesaude_models.money import MoneyPromise, Use
from redesaude_models.problem import (
    Demand,
    Hosting,
    Journeys,
    Lettings,
    Options,
    PlanningProblem,
    Services,
    Specialties,
)


def _ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def _floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def _column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def _flags(*values: int) -> np.ndarray:
    return np.array(values, dtype=bool)


SPECIALTIES = Specialties(
    ids=("card", "icu"),
    nearest=_flags(0, 0),
    single_source=_flags(0, 1),
    min_centres=_ints(1, -1),
    max_centres=_ints(1, -1),
)

DEMAND = Demand(
    territory=_ints(0, 1, 2, 0),
    specialty=_ints(0, 0, 0, 1),
    cases=_column(10, 20, 30, 4),
    unmet_cost=_column(70, 0, 71, 90),
    must_treat=_flags(0, 1, 0, 0),
)

SERVICES = Services(  # card at a, card at b, icu at a
    site=_ints(0, 1, 0),
    specialty=_ints(0, 0, 1),
    existing=_flags(1, 0, 0),
    required=_flags(0, 0, 0),
    closing_cost=_floats(55, 0, 0),
)

OPTIONS = Options(
    service=_ints(0, 0, 0, 0, 1, 1, 2, 2),
    size=("S", "S", "L", "L", "S", "S", "S", "S"),
    contract=_ints(0, 1, 0, 1, 0, 1, 0, 1),
    works=_flags(0, 1, 1, 1, 1, 0, 0, 0),
    capacity=_floats(25, 26, 60, 61, 50, 51, 4, 4.5),
    min_cases=_floats(8, 9, 16, 17, 0, 0, 0, 2),
    volume_hard=_flags(1, 1, 0, 0, 1, 1, 1, 1),
    volume_price=_column(0, 0, 47, 53, 0, 0, 0, 0),
    cost=_column(101, 103, 107, 109, 113, 127, 131, 137),
    case_cost=_column(11, 13, 19, 23, 29, 31, 37, 41),
    value=_floats(1000, 1100, 2000, 2200, 900, 950, 100, 110),
    required_size=_flags(0, 0, 0, 0, 0, 0, 0, 0),
)

JOURNEYS = Journeys(  # t1-a, t1-b, t2-a, t2-b, t3-b for card; t1-a for icu
    demand=_ints(0, 0, 1, 1, 2, 3),
    service=_ints(0, 1, 0, 1, 1, 2),
    minutes=_floats(15, 40, 30, 30, 10, 15),
    cost=_column(2, 5, 3, 3.5, 1, 6),
)

HOSTING = Hosting(
    site=_ints(0, 0, 1, 1),
    contract=_ints(0, 1, 0, 1),
    let=_ints(0, 1, 0, 1),
    cost=_column(201, 203, 205, 207),
    needs_works=_flags(0, 1, 0, 1),
)

LETTINGS = Lettings(contract=_ints(0, 1), lot=_ints(0, 0), cost=_column(301, 303), min_value=_floats(0, 2000))

#: half the card cases within 30 minutes, firmly; 90 % of those of t3 within 10, at 43 a case
ACCESS = (
    AccessPromise("firm", 0, True, 0.0, 0, "all", 30.0, 0.5, _ints(0, 1, 2), _ints(0, 2, 3, 4)),
    AccessPromise("soft", 0, False, 43.0, 0, "east", 10.0, 0.9, _ints(2), _ints(4)),
)

#: works of 5,000 at most, in thousands; running cost of 900 a year at most, in hundreds, at 0.5 for each 1 above
MONEY = (
    MoneyPromise(
        "works", 0, True, 0.0, "capital", 5000.0, (Use("option", 0, _floats(0, 0, 7000, 0, 3000, 0, 0, 0)),)
    ),
    MoneyPromise(
        "running", 0, False, 0.5, "running", 900.0, (
            Use("option", 0, _floats(110, 120, 130, 140, 150, 160, 170, 180)),
            Use("case", 0, _floats(1, 2, 3, 4, 5, 6, 7, 8)),
            Use("hosting", 0, _floats(21, 22, 23, 24)),
            Use("letting", 0, _floats(31, 32)),
        ),
    ),
)  # fmt: skip

PROBLEM = PlanningProblem(
    periods=("p",),
    territories=("t1", "t2", "t3"),
    sites=("a", "b"),
    contracts=("dir", "ppp"),
    lots=("g",),
    specialties=SPECIALTIES,
    demand=DEMAND,
    services=SERVICES,
    options=OPTIONS,
    journeys=JOURNEYS,
    hosting=HOSTING,
    lettings=LETTINGS,
    max_services=_ints(1, -1),
    max_contracts=_ints(-1, -1),
    requires=np.array([[0, 2], [1, -1]], dtype=np.int64),
    promises=(*ACCESS, *MONEY),
    constant=999.0,
)
