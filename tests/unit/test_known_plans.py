"""Every way begins from plans that are known, and one that is best already is its first."""

from __future__ import annotations

import pytest

from differential.ways import WAYS, Way
from redesaude.assemble import assemble
from redesaude.solving.known import known_in, openings_of
from redesaude.solving.options import Limits
from redesaude.solving.progress import Progress, Reporter, Search
from redesaude.solving.solve import solve
from redesaude.solving.start import best_known
from redesaude_models.columns import columns_of
from redesaude_models.network import build_model
from redesaude_models.standard_form import linear_model
from tiny import EXACT, rows, scenario

#: one size and contract for each service
SIZES = {
    room: rows(
        {"specialty_id": "cardio", "size_id": "one", "capacity": room, "fixed_cost": 300, "cost_per_case": 9},
    )
    for room in (40, 1_000)
}


@pytest.mark.few(2)
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


@pytest.mark.parametrize("sheet", ["site_services", "decisions"])
def test_a_known_plan_that_lacks_a_required_service_is_a_start_with_that_one_beside(sheet: str) -> None:
    best = solve(scenario(sizes=SIZES[1_000]), EXACT)
    open_at = set(best.openings["site_id"])
    (lacking, *_) = sorted({*best.scenario.sites["site_id"]} - open_at)
    said = {"site_services": {"status": "required"}, "decisions": {"decision": "open"}}[sheet]
    wanted = rows({"site_id": lacking, "specialty_id": "cardio", **said})
    assembled = assemble(scenario(sizes=SIZES[1_000], **{sheet: wanted}))
    arrays = linear_model(build_model(assembled.problem))
    known = known_in(assembled.problem, openings_of(best))
    start = best_known(arrays, Search(Limits(0.0, 20.0), Reporter(), known=(known,)))
    assert start is not None
    z = columns_of(arrays)["z"]
    found = {assembled.problem.options.service[o] for o in range(len(z)) if start.values[z[o, 0]] > 0.5}
    sites = {assembled.problem.sites[assembled.problem.services.site[k]] for k in found}
    assert sites == {*open_at, lacking}
