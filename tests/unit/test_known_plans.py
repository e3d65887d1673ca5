"""Every way begins from plans that are known, and one that is best already is its first."""

from __future__ import annotations

import pytest

from differential.ways import WAYS, Way
from redesaude.assemble import assemble
from redesaude.solving.known import known_in, openings_of
from redesaude.solving.options import Limits
from redesaude.solving.progress import Progress, Reporter, Search
from redesaude.solving.solve import solve
from tiny import EXACT, rows, scenario

#: one size and contract for each service
SIZES = {
    room: rows(
        {"specialty_id": "cardio", "size_id": "one", "capacity": room, "fixed_cost": 300, "cost_per_case": 9},
    )
    for room in (40, 1_000)
}


@pytest.mark.parametrize(
    ("way", "room"),
    [
        (WAYS["services"], 1_000),
        (WAYS["room"], 40),
        (WAYS["growing"], 40),
        (WAYS["specialties"], 40),
        (WAYS["direct"], 40),
    ],
)
def test_the_first_plan_is_the_known_one(way: Way, room: int) -> None:
    case = scenario(sizes=SIZES[room])
    best = solve(case, EXACT)
    told: list[Progress] = []
    assembled = assemble(case)
    known = known_in(assembled.problem, openings_of(best))
    search = Search(Limits(0.0, 20.0), Reporter(told.append), known=(known,))
    result = way(assembled, search)
    assert result is not None
    assert result.decisions is not None
    plans = [step.incumbent for step in told if step.incumbent is not None]
    assert plans[0] == pytest.approx(best.objective)
