"""The order in which specialties are placed."""

from __future__ import annotations

import dataclasses

import numpy as np

from redesaude.assemble import assemble
from redesaude.solving.layout import in_order
from redesaude_models.problem import PlanningProblem
from tiny import rows, scenario, settings


def four_specialties(needs: list[tuple[int, int]]) -> PlanningProblem:
    """Four specialties at one site; the later ones cost more unmet; ``needs`` are pairs (specialty, what it needs)."""
    ids = ["a", "b", "c", "d"]
    case = scenario(
        settings=settings(horizon_years=5),
        territories=rows({"territory_id": "t", "region_id": "r", "population": 10}),
        specialties=rows(
            *({"specialty_id": s, "cases_per_100k": 100_000, "unmet_cost": 10 * n} for n, s in enumerate(ids, 1))
        ),
        sites=rows({"site_id": "h", "territory_id": "t"}),
        sizes=rows(*({"specialty_id": s, "size_id": "M", "capacity": 50} for s in ids)),
        travel_times=rows({"origin_id": "t", "destination_id": "h", "minutes": 10}),
    )
    problem = assemble(case).problem
    row = {int(s): k for k, s in enumerate(problem.services.specialty)}
    pairs = np.array([(row[s], row[n]) for s, n in needs], dtype=np.int64).reshape(-1, 2)
    return dataclasses.replace(problem, requires=pairs)


def test_specialties_alone_come_in_the_order_of_what_they_cost_unmet() -> None:
    assert in_order(four_specialties([])) == [[3], [2], [1], [0]]


def test_what_co_location_ties_together_is_one_group_and_what_is_needed_comes_first() -> None:
    assert in_order(four_specialties([(3, 1), (1, 0)])) == [[0, 1, 3], [2]]


def test_a_need_that_no_service_meets_ties_nothing() -> None:
    problem = four_specialties([])
    problem = dataclasses.replace(problem, requires=np.array([[0, -1]]))
    assert in_order(problem) == [[3], [2], [1], [0]]
