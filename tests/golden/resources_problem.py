"""The small problem over two periods, with ceilings at hubs, people and stations: again each number its own.

Half as many cases again in the second period. At most 12 icu cases may come to a from outside, firmly; at most 15 of
all to b, at a price. Nurses of the west work at a, doctors anywhere; of doctors nothing is known in period p. Station n
may open near t1 and t2; station k, near t2 and t3, is there today and stays. Money for them is limited.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from small_problem import DEMAND, HOSTING, JOURNEYS, LETTINGS, OPTIONS, PROBLEM

from redesaude_models.counts import CountLimit
from redesaude_models.emergency import EmergencyPromise
from redesaude_models.loads import LoadCeiling
from redesaude_models.money import MoneyPromise, Use
from redesaude_models.resources import Emergency, Workforce


def _floats(*rows: tuple[float, float]) -> np.ndarray:
    return np.array(rows, dtype=float)


def _ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


#: at most one of card at a and b in period p, firmly; at most two of all three in q, at a price
COUNTS = (
    CountLimit("count|a|p", 0, True, 0.0, 1.0, _ints(0, 1)),
    CountLimit("count|all|q", 1, False, 67.0, 2.0, _ints(0, 1, 2)),
)

LOADS = (
    LoadCeiling("load|a|icu|p", 0, True, 0.0, 12.0, _ints(5)),
    LoadCeiling("load|b|all|q", 1, False, 61.0, 15.0, _ints(1, 3)),
)

WORKFORCE = Workforce(
    ids=("nurse|west", "doctor|all"),
    stock=_floats((6, 7), (np.inf, 3)),
    fixed=np.array([[1.1, 1.2, 1.3, 1.4, 0, 0, 1.7, 1.8], [0, 0, 2, 2, 0, 0, 0, 0]]),
    per_case=np.array([[0.01, 0.01, 0.02, 0.02, 0, 0, 0, 0], [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0, 0]]),
    training_max=_floats((2, 3), (0, 4)),
    recruitment_max=_floats((5, 6), (7, 8)),
    training_cost=_floats((211, 212), (213, 214)),
    recruitment_cost=_floats((221, 222), (223, 224)),
    hard=np.array([[False, True], [True, True]]),
    price=_floats((231, 0), (0, 0)),
)

EMERGENCY = Emergency(
    stations=("n", "k"),
    existing=np.array([False, True]),
    kept=np.array([False, True]),
    least=_ints(1, 2),
    most=_ints(3, 4),
    works=_floats((241, 242), (0, 0)),
    running=_floats((251, 252), (253, 254)),
    ambulance=_floats((261, 262), (263, 264)),
    territory=_ints(0, 1, 2),
    people=_floats((1000, 1100), (2000, 2200), (3000, 3300)),
    reach=np.array([[0, 0], [0, 1], [1, 1], [1, 2]]),
    timely=_ints(0, 2),
    timely_place=_ints(0, 2),
    in_window=np.array([[0, 0], [4, 1]]),
)

PROMISED = (
    EmergencyPromise("cover|all|p", 0, True, 0.0, "cover", 4800.0, _ints(0, 1, 2)),
    EmergencyPromise("double_cover|east|q", 1, False, 0.3, "double_cover", 1650.0, _ints(2)),
    EmergencyPromise("ambulances|all|q", 1, True, 0.0, "ambulances", 3.3, _ints(0, 1)),
    EmergencyPromise("window|card|all|q", 1, False, 71.0, "window", 45.0, _ints(0, 1)),
)


#: works of 700 at most in each period, and running cost of 90 a year in the second: stations, people, letting, closing
MONEY = (
    MoneyPromise(
        "works|p", 0, True, 0.0, "capital", 700.0, (
            Use("new_station", 0, np.array([501.0, 0.0])),
            Use("signing", 0, np.array([0.0, 521.0])),
            Use("closing", 0, np.array([531.0, 0.0, 0.0])),
        ), spent=41.0,
    ),
    MoneyPromise(
        "works|q", 1, True, 0.0, "capital", 700.0, (
            Use("new_station", 1, np.array([503.0, 505.0])),
            Use("signing", 1, np.array([523.0, 525.0])),
        ),
    ),
    MoneyPromise(
        "running|q", 1, True, 0.0, "running", 90.0, (
            Use("station", 1, np.array([61.0, 62.0])),
            Use("ambulance", 1, np.array([63.0, 64.0])),
            Use("trained", 1, np.array([71.0, 72.0])),
            Use("recruited", 0, np.array([73.0, 74.0])),
            Use("recruited", 1, np.array([75.0, 76.0])),
        ),
    ),
)  # fmt: skip


def _twice(array: np.ndarray, factor: float = 1.0) -> np.ndarray:
    return np.hstack([array, array * factor])


RESOURCES = replace(
    PROBLEM,
    periods=("p", "q"),
    demand=replace(DEMAND, cases=_twice(DEMAND.cases, 1.5), unmet_cost=_twice(DEMAND.unmet_cost)),
    options=replace(
        OPTIONS,
        cost=_twice(OPTIONS.cost),
        case_cost=_twice(OPTIONS.case_cost),
        volume_price=_twice(OPTIONS.volume_price),
    ),
    hosting=replace(HOSTING, cost=_twice(HOSTING.cost)),
    lettings=replace(LETTINGS, cost=_twice(LETTINGS.cost)),
    journeys=replace(JOURNEYS, cost=_twice(JOURNEYS.cost)),
    promises=(*PROBLEM.promises, *MONEY, *LOADS, *PROMISED, *COUNTS),
    workforce=WORKFORCE,
    emergency=EMERGENCY,
)
