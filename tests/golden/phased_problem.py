"""A small planning problem of three periods p, q, r, with a different number in every place.

One territory t1 with card cases; today's service at site a (size S under dir), a place b where one may start. At a it
may be enlarged to L; at b it may start as S, whose works, begun in p, are not done in q, and grow to L.
"""

from __future__ import annotations

import numpy as np

from redesaude_models.money import MoneyPromise, Use
from redesaude_models.problem import (
    Decided,
    Demand,
    Hosting,
    Journeys,
    Lettings,
    Options,
    PlanningProblem,
    Services,
    Specialties,
    Steps,
    Waits,
)


def _ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def _rows(*values: tuple[float, float, float]) -> np.ndarray:
    return np.array(values, dtype=float)


def _flags(*values: int) -> np.ndarray:
    return np.array(values, dtype=bool)


OPTIONS = Options(  # at a: S and L; at b: S and L
    service=_ints(0, 0, 1, 1),
    size=("S", "L", "S", "L"),
    contract=_ints(0, 0, 0, 0),
    works=_flags(0, 1, 1, 1),
    capacity=np.array([25.0, 60.0, 26.0, 61.0]),
    min_cases=np.zeros(4),
    volume_hard=_flags(1, 1, 1, 1),
    volume_price=np.zeros((4, 3)),
    cost=_rows((101, 102, 103), (111, 112, 113), (121, 122, 123), (131, 132, 133)),
    case_cost=_rows((11, 12, 13), (14, 15, 16), (17, 18, 19), (21, 22, 23)),
    value=np.full(4, 1000.0),
    required_size=_flags(0, 0, 0, 0),
)

STEPS = Steps(  # a: S to L, S closes; b: start S, start L, S to L, L closes
    service=_ints(0, 0, 1, 1, 1, 1),
    source=_ints(0, 0, -1, -1, 2, 3),
    target=_ints(1, -1, 2, 3, 3, -1),
    works=_flags(1, 0, 1, 1, 1, 0),
    cost=_rows((0, 41, 42), (0, 43, 44), (0, 45, 46), (0, 47, 48), (0, 51, 52), (0, 53, 54)),
    allowed=np.array([[0, 1, 1], [0, 1, 0], [0, 1, 1], [0, 1, 1], [0, 1, 1], [0, 1, 1]], dtype=bool),
    settled=np.array([[0, 2, 3], [0, 2, 3], [0, 3, 3], [0, 2, 3], [0, 3, 3], [0, 2, 3]]),
    first_settled=_ints(1, 1, 2, 1),
)

#: b starts as S in p: cases of q; starts as S in q: cases of q and r
WAITS = Waits(
    option=_ints(2, 2, 2),
    step=_ints(-1, 2, 2),
    begun=_ints(0, 1, 1),
    period=_ints(1, 1, 2),
    case_cost=np.array([61.0, 62.0, 63.0]),
)

PHASED = PlanningProblem(
    periods=("p", "q", "r"),
    territories=("t1",),
    sites=("a", "b"),
    contracts=("dir",),
    lots=("g",),
    specialties=Specialties(("card",), _flags(0), _flags(0), _ints(-1), _ints(-1)),
    demand=Demand(_ints(0), _ints(0), _rows((10, 20, 30)), _rows((71, 72, 73)), _flags(0)),
    services=Services(_ints(0, 1), _ints(0, 0), _flags(1, 0), _flags(0, 0), np.array([55.0, 0.0])),
    options=OPTIONS,
    journeys=Journeys(_ints(0, 0), _ints(0, 1), np.array([15.0, 40.0]), _rows((2, 3, 4), (5, 6, 7))),
    hosting=Hosting(_ints(0, 1), _ints(0, 0), _ints(0, 0), _rows((201, 202, 203), (204, 205, 206)), _flags(0, 0)),
    lettings=Lettings(_ints(0), _ints(0), _rows((301, 302, 303)), np.zeros(1), _rows((0, 311, 312))),
    max_services=_ints(-1, -1),
    max_contracts=_ints(-1),
    requires=np.zeros((0, 2), dtype=np.int64),
    promises=(
        MoneyPromise("works|p", 0, True, 0.0, "capital", 5000.0, (
            Use("option", 0, np.array([0.0, 7000, 3000, 8000])),)),
        MoneyPromise("works|q", 1, True, 0.0, "capital", 6000.0, (
            Use("step", 1, np.array([7000.0, 0, 3000, 8000, 5000, 0])),)),
    ),
    steps=STEPS,
    waits=WAITS,
    decided=Decided(
        open=np.array([[0, 0, 0], [0, 1, 0]], dtype=bool),
        barred=np.array([[0, 0, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0]], dtype=bool),
    ),
    precedence=np.array([[1, 0, 1]], dtype=np.int64),
    max_starts=_ints(1, 2, -1),
)  # fmt: skip
