"""The small phased problem with tiers and support: again each number its own.

Over periods p, q, r, at site a: S treats half of the cases, L nine tenths and supports two. At b, S needs a hub, treats
0.3 until its skills have matured and 0.6 afterwards (0.45 in period q if it starts in p); L treats all. At c, end-line
E treats all and supports three. An agreement of b with a or c begins in p (opening at once) or in q (opening a year
later); with a it is active for one period, with c to the end.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from phased_problem import OPTIONS, PHASED, STEPS

from redesaude_models.loads import LoadCeiling
from redesaude_models.money import Use
from redesaude_models.problem import Journeys, Services
from redesaude_models.referral import Support, Tiers


def _ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def _floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def _rows(*values: tuple[float, float, float]) -> np.ndarray:
    return np.array(values, dtype=float)


def _more(array: np.ndarray, *values: object) -> np.ndarray:
    return np.concatenate([array, np.array([values[0] if len(values) == 1 else values], dtype=array.dtype)])


#: options 0 to 3 as in the phased problem, 4: E at c
_OPTIONS = replace(
    OPTIONS,
    service=_more(OPTIONS.service, 2),
    size=(*OPTIONS.size, "E"),
    contract=_more(OPTIONS.contract, 0),
    works=_more(OPTIONS.works, 0),
    capacity=_more(OPTIONS.capacity, 90.0),
    min_cases=np.zeros(5),
    volume_hard=_more(OPTIONS.volume_hard, 1),
    volume_price=np.zeros((5, 3)),
    cost=_more(OPTIONS.cost, 141, 142, 143),
    case_cost=_more(OPTIONS.case_cost, 24, 25, 26),
    value=np.full(5, 1000.0),
    required_size=_more(OPTIONS.required_size, 0),
)

SUPPORT = Support(
    needs=np.array([0, 0, 1, 0, 0], dtype=bool),
    room=_ints(0, 2, 0, 0, 3),
    service=_ints(1, 1),
    begun=_ints(0, 1),
    opened=_floats(0, 3),
    of_option=_ints(-1, -1, 0, -1, -1),
    of_step=np.array([[-1, -1, -1], [-1, -1, -1], [-1, 1, -1], [-1, -1, -1], [-1, -1, -1], [-1, -1, -1]]),
    start=_ints(0, 0, 1, 1),
    hub=_ints(0, 2, 0, 2),
    hub_cost=_rows((401, 0, 0), (411, 412, 413), (0, 421, 0), (0, 431, 432)),
    satellite_cost=_rows((501, 0, 0), (511, 512, 513), (0, 521, 0), (0, 531, 532)),
    active=np.array([[1, 0, 0], [1, 1, 1], [0, 1, 0], [0, 1, 1]], dtype=bool),
)

#: bands 0.3-0.5, 0.5-0.6, 0.6-0.9, 0.9-1; arrivals of S at b in q and r by agreement
TIERS = Tiers(
    service=np.array([1, 1, 1], dtype=bool),
    specialty=_ints(0, 0, 0, 0),
    above=_floats(0.3, 0.5, 0.6, 0.9),
    upto=_floats(0.5, 0.6, 0.9, 1.0),
    option=_ints(0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4),
    period=_ints(0, 1, 2, 0, 1, 2, 0, 1, 1, 2, 2, 0, 1, 2, 0, 1, 2),
    share=_floats(*[0.5] * 3, *[0.9] * 3, 0.3, 0.3, 0.45, 0.3, 0.6, *[1.0] * 6),
    most=_floats(21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 38, 41, 42, 43, 0, 0, 0),
    held=np.array([[7, 1], [7, 2], [7, 3], [8, 0], [9, 1], [9, 3], [10, 0], [10, 2]]),
    source=_ints(1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0),
    target=_ints(0, 0, 0, 2, 2, 2, 2, 1, 1, 2, 2, 2),
    band=_ints(0, 1, 2, 0, 1, 2, 3, 1, 2, 1, 2, 3),
    minutes=_floats(*range(10, 22)),
    ambulance=np.arange(601.0, 637.0).reshape(12, 3),
    travel=np.arange(701.0, 737.0).reshape(12, 3),
)

NETWORK = replace(
    PHASED,
    sites=("a", "b", "c"),
    options=_OPTIONS,
    services=Services(
        _ints(0, 1, 2), _ints(0, 0, 0), np.array([True, False, False]), np.zeros(3, dtype=bool), _floats(55, 0, 0)
    ),
    steps=replace(STEPS, first_settled=_more(STEPS.first_settled, 1)),
    hosting=replace(
        PHASED.hosting,
        site=_ints(0, 1, 2),
        contract=_ints(0, 0, 0),
        let=_ints(0, 0, 0),
        cost=_more(PHASED.hosting.cost, 207, 208, 209),
        needs_works=np.zeros(3, dtype=bool),
    ),
    max_services=_ints(-1, -1, -1),
    journeys=Journeys(_ints(0, 0), _ints(0, 1), _floats(15, 40), _rows((2, 3, 4), (5, 6, 7))),
    decided=None,
    promises=(
        replace(
            PHASED.promises[0],
            id="running|q",
            kind="running",
            period=1,
            uses=(Use("agreement", 1, _floats(0, 924, 942, 962)), Use("transfer", 1, _floats(*range(3, 15)))),
        ),
        LoadCeiling("load|c|card|q", 1, True, 0.0, 12.0, _ints(), _ints(3, 4)),
    ),
    tiers=TIERS,
    support=SUPPORT,
)
