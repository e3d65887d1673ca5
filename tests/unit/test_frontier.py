"""Cost against access: each point is what it would be solved alone, and the curve only rises."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from redesaude.asking.frontier import frontier
from redesaude.asking.measures import with_access, within_standard
from redesaude.assemble import assemble
from redesaude.cli.app import app
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.plan.storage import write_plan
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import StopSignal
from redesaude.solving.relation import decides_more
from redesaude.solving.solve import solve
from redesaude.status import Status, Termination
from redesaude.studies.members import Members
from redesaude.studies.sharing import cheaper
from tiny import EXACT, scenario, times

SHARES = (0.4, 0.6, 0.8, 1.0)


@pytest.fixture(scope="module")
def case() -> Scenario:
    """Nobody is near both sites: the more are to be near, the more sites."""
    near = times({"t1": {"h1": 0, "h2": 50}, "t2": {"h1": 40, "h2": 30}, "t3": {"h1": 50, "h2": 0}})
    specialties = scenario().specialties.assign(access_minutes=25.0, unmet_cost=60.0)
    return scenario(specialties=specialties, travel_times=near)


@pytest.fixture(scope="module")
def plan(case: Scenario) -> Plan:
    return solve(case, EXACT)


@pytest.mark.long
def test_each_point_is_what_it_is_alone_and_the_curve_rises(case: Scenario, plan: Plan) -> None:
    found = frontier(plan, SHARES, EXACT)
    for point in found.points[1:]:
        alone = solve(with_access(case, point.level), EXACT)
        assert (alone.objective is None) == (point.plan.objective is None)
        if alone.objective is not None:
            assert point.plan.objective == pytest.approx(alone.objective)
            assert within_standard(point.plan) >= point.level - 1e-6
            assert point.plan.audit.passed
    table = found.table
    assert table["status"].to_list()[-1] == "infeasible"  # t2 is within 25 minutes of neither
    assert table["cost"].dropna().is_monotonic_increasing
    assert table["least"].dropna().is_monotonic_increasing
    assert (table["step_low"] >= 0).all()
    assert table["step_found"].max() > 0


def test_a_rough_curve_rises_all_the_same(plan: Plan) -> None:
    """Each point with a gap of its own: what is proven goes up, plans come down."""
    rough = replace(plan, bound=0.8 * (plan.objective or 0.0))
    table = frontier(rough, SHARES[:2], SolveOptions(gap=0.3, time_limit=20.0)).table
    assert table["cost"].notna().all()
    assert table["cost"].is_monotonic_increasing
    assert table["least"].is_monotonic_increasing
    assert (table["least"] <= table["cost"]).all()


def test_a_plan_that_keeps_more_is_one_of_the_point_before(case: Scenario, plan: Plan) -> None:
    """The plan of a stricter share is taken where a looser one is asked for, with its promises told anew."""
    strict = solve(with_access(case, 0.6), EXACT)
    taken = cheaper(Plan(with_access(case, 0.4), Status.NO_PLAN, Termination.TIME_LIMIT), strict)
    assert taken.objective == strict.objective
    assert taken.audit.passed
    assert set(taken.promises["share"]) == {0.4}
    none = cheaper(Plan(with_access(case, 0.6), Status.NO_PLAN, Termination.TIME_LIMIT), plan)
    assert not none.has_decisions


def test_more_promised_is_seen_without_a_model(case: Scenario) -> None:
    less, more = (assemble(with_access(case, share)).problem for share in (0.4, 0.6))
    assert decides_more(more, less)
    assert decides_more(less, assemble(case).problem)
    assert not decides_more(less, more)


@pytest.mark.long
def test_points_that_are_kept_are_not_solved_again(plan: Plan, tmp_path: Path) -> None:
    """Stopped after the first point: it is taken up, and the curve is the one that nothing cut short."""
    stop, solved = StopSignal(), list[str]()
    cut = frontier(
        plan, (0.4, 0.6), EXACT, progress=lambda name, _: name == "60.0%" and stop.stop(), stop=stop,
        members=Members(tmp_path),
    )  # fmt: skip
    assert len(cut.points) >= 2
    whole = frontier(
        plan, (0.4, 0.6), EXACT, progress=lambda name, _: solved.append(name), members=Members(tmp_path, resume=True)
    )
    assert set(solved) <= {"60.0%"}
    assert whole.table["cost"].to_list() == pytest.approx(frontier(plan, (0.4, 0.6), EXACT).table["cost"].to_list())


def test_services_enter_in_an_order(plan: Plan) -> None:
    found = frontier(plan, (0.4, 0.6), EXACT)
    assert found.nested == found.entries["stays"].all()
    assert set(found.entries["first_share"]) <= {0.0, 0.4, 0.6}


def test_the_command_writes_the_curve(plan: Plan, tmp_path: Path) -> None:
    write_plan(plan, tmp_path)
    command = ["frontier", str(tmp_path), "--access", "40,100", "--lang", "pt-BR", "--out", str(tmp_path / "curve")]
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 0, told.output
    assert "100,0% de cada especialidade: nenhum plano é possível" in told.output
    book = openpyxl.load_workbook(tmp_path / "curve" / "frontier.xlsx")
    assert book.sheetnames == ["points", "entries"]
    assert (tmp_path / "curve" / "tables" / "points.csv").is_file()
    assert "nenhum plano é possível" in (tmp_path / "curve" / "frontier.html").read_text(encoding="utf-8")
    wrong = CliRunner().invoke(app, ["frontier", str(tmp_path), "--access", "80;90"])
    assert wrong.exit_code == 1
