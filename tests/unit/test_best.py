"""The most of a measure within a ceiling of money: what trying every network finds, its laws, and how it is told."""

from __future__ import annotations

import json
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from typer.testing import CliRunner

import redesaude as rs
from redesaude.asking import best as module
from redesaude.asking.best import best
from redesaude.asking.frontier import frontier
from redesaude.asking.measures import MEASURES
from redesaude.asking.trade_off import trade_off
from redesaude.cli.app import app
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.template import write_scenario
from redesaude.plan.audit import audit
from redesaude.plan.plan import Plan
from redesaude.plan.programme import reached_at_the_end
from redesaude.plan.storage import read_plan, write_plan
from redesaude.report.aim import MEASURED, aim_sentence
from redesaude.report.verdict import Verdict, stands_against
from redesaude.report.view import view_of
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve
from redesaude.status import Status, Termination
from redesaude.studies.sharing import cheaper
from tiny import EXACT, rows, settings, times

#: a site costs this much, and a case this much wherever it is treated
SITE, CASE = 100.0, 1.0
STANDARD = 30.0
SITES, TOWNS = 4, 6
QUICK = SolveOptions(gap=0.0, time_limit=60.0)


class Town:
    """Towns and sites at random, one specialty: all are treated, wherever that is, at the same cost."""

    def __init__(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        self.people = random.integers(5, 40, TOWNS)
        self.minutes = random.integers(5, 90, (TOWNS, SITES)).astype(float)

    def scenario(self, **stated: object) -> Scenario:
        minutes = {f"t{i}": {f"h{j}": self.minutes[i, j] for j in range(SITES)} for i in range(TOWNS)}
        towns = [{"territory_id": f"t{i}", "region_id": "r", "population": int(n)} for i, n in enumerate(self.people)]
        sites = [{"site_id": f"h{j}", "territory_id": f"t{j}"} for j in range(SITES)]
        size = {"specialty_id": "s", "size_id": "one", "capacity": 1000, "fixed_cost": SITE, "cost_per_case": CASE}
        specialty = {"specialty_id": "s", "cases_per_100k": 100_000, "trips_per_case": 0.5, "access_minutes": STANDARD}
        return Scenario.from_tables(
            {
                "territories": rows(*towns),
                "sites": rows(*sites),
                "sizes": rows(size),
                "specialties": rows({**specialty, "dalys_in_time": 3.0, "dalys_late": 1.0, "unmet_cost": 1e5}),
                "travel_times": times(minutes),
                "settings": settings(**stated),
            }
        )

    def covered(self, count: int) -> float:
        """The greatest share of people within the standard of so many sites, of all ways to choose them."""
        near = self.minutes <= STANDARD
        every = (self.people @ near[:, list(chosen)].any(axis=1) for chosen in combinations(range(SITES), count))
        return float(max(every) / self.people.sum())

    def median(self, count: int) -> float:
        """The least minutes of all people to the nearest of so many sites."""
        every = (
            self.people @ self.minutes[:, list(chosen)].min(axis=1) for chosen in combinations(range(SITES), count)
        )
        return float(min(every))

    def cost(self, count: int) -> float:
        return SITE * count + CASE * float(self.people.sum())


@cache
def least(seed: int) -> Plan:
    return solve(Town(seed).scenario(), EXACT)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_the_most_access_within_money_is_that_of_all_networks(seed: int) -> None:
    """Money for so many sites is a maximal covering problem; of plans as good the cheapest is taken."""
    town = Town(seed)
    count = seed + 1
    found = best(least(seed), "access", QUICK, money=town.cost(count) + 1.0)
    assert found.aim is not None
    assert found.aim.reached == pytest.approx(town.covered(count))
    assert found.aim.reached - 1e-9 <= found.aim.limit <= found.aim.reached + 0.001
    enough = min(n for n in range(1, count + 1) if town.covered(n) >= town.covered(count) - 1e-9)
    assert found.objective == pytest.approx(town.cost(enough))
    assert found.audit.passed
    assert audit(found).passed
    assert found.certified.bound is not None
    assert found.certified.bound <= (found.objective or 0.0) + 1e-6


@pytest.mark.long
def test_more_money_never_lowers_it_and_least_cost_has_its_own_best() -> None:
    plan, town = least(1), Town(1)
    reached = []
    for money in (plan.objective or 0.0, town.cost(2)):
        found = best(plan, "access", QUICK, money=money)
        assert found.aim is not None
        assert (found.objective or 0.0) <= money * (1 + 1e-9)
        reached.append(found.aim.reached)
    assert reached == sorted(reached)
    assert reached[0] == pytest.approx(town.covered(1))  # of all plans of one site, which cost the same, the best


@pytest.mark.long
def test_a_plan_within_the_ceiling_is_sought_however_near_to_the_least_cost_the_first_one_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first plan may be within the gap asked for and yet too dear."""
    town, asked = Town(1), []

    def rough(scenario: Scenario, options: SolveOptions, *others: object, **more: object) -> Plan:
        """The least cost, or a plan of three sites where so great a gap is enough."""
        asked.append(options.gap)
        if options.gap and len(asked) == 1:
            scenario = scenario.replace(specialties=scenario.specialties.assign(min_centres=3))
        return solve(scenario, options, *others, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "least_cost", rough)
    wanted = town.scenario(objective="access", money_ceiling=town.cost(1) + 1)
    found = module.solve(wanted, SolveOptions(gap=0.9, time_limit=60.0))
    assert asked[0] == 0.0
    assert found.aim is not None
    assert found.aim.reached == pytest.approx(town.covered(1))


def test_where_no_plan_costs_so_little_that_is_told() -> None:
    found = best(least(1), "access", QUICK, money=Town(1).cost(1) - 1.0)
    assert found.status == Status.INFEASIBLE
    assert "No plan costs" in found.reason[0]


@pytest.mark.long
@pytest.mark.parametrize("seed", [1])
def test_a_frontier_of_centres_against_access_is_maximal_covering(seed: int) -> None:
    found = trade_off(least(seed), [1, 2], QUICK, measure="services", against="access")
    table = found.table
    assert table["level"].to_list() == [2, 1]  # the stricter, the fewer
    assert table["reached"].to_list() == pytest.approx([Town(seed).covered(n) for n in (2, 1)])
    assert (table["limit"] >= table["reached"] - 1e-9).all()
    assert table["limit"].is_monotonic_decreasing
    assert (table["kept"] <= table["level"]).all()


@pytest.mark.long
def test_the_command_trades_one_measure_for_another(tmp_path: Path) -> None:
    write_plan(least(1), tmp_path)
    out = tmp_path / "out"
    traded = ["--measure", "services", "--levels", "1", "--against", "access", "--gap", "0"]
    told = CliRunner().invoke(app, ["frontier", str(tmp_path), *traded, "--lang", "pt-BR", "--out", str(out)])
    assert told.exit_code == 0, told.output
    sentence = "nenhum plano faz melhor que"
    assert sentence in told.output
    assert sentence in (out / "trade_off.html").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(out / "trade_off.xlsx")
    assert book.sheetnames == ["levels"]
    assert (out / "tables" / "levels.csv").is_file()
    wrong = CliRunner().invoke(app, ["frontier", str(tmp_path), *traded[:-4], "--against", "services"])
    assert wrong.exit_code == 1
    assert "--against services" in wrong.output


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
def test_a_frontier_of_cost_against_centres_is_the_p_median(seed: int) -> None:
    """Sites that cost hardly anything, journeys at their value: as many as may be open, where people go least far."""
    town = Town(seed)
    value = {"patient_time_weight": 1, "patient_time_value": 60_000}
    case = town.scenario(**value)
    case = case.replace(sizes=case.sizes.assign(fixed_cost=0.0, cost_per_case=0.0))
    curve = frontier(solve(case, EXACT), [3, 2, 1], EXACT, measure="services")
    minute = 1000.0 * 2 * 0.5  # there and back, half a journey a case
    costs = [point.plan.objective for point in curve.points[1:]]
    assert costs == pytest.approx([minute * town.median(n) for n in (3, 2, 1)])
    table = curve.table
    assert table["cost"].is_monotonic_increasing
    assert table["least"].is_monotonic_increasing
    assert table["share"].isna().all()
    assert (table["reached"][1:] <= table["level"][1:]).all()


def blank(scenario: Scenario) -> Plan:
    return Plan(scenario, Status.NO_PLAN, Termination.TIME_LIMIT)


@pytest.mark.few(4)
@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_asks_for_what_it_reaches(measure: str) -> None:
    """Asked for what the plan in hand reaches, the plan keeps it; asked for more than is conceivable, none does."""
    plan, by = least(1), MEASURES[measure]
    level = by.reached(plan)
    assert cheaper(blank(by.asked(plan.scenario, by.eased(level))), plan).has_decisions
    assert not by.stricter(level, by.end(plan.scenario))
    beyond = level + 0.01 * max(level, 1.0) if by.least else level - 0.01 * max(level, 1.0)
    if beyond >= 0 and not (by.form == "percent" and beyond > 1):
        assert not cheaper(blank(by.asked(plan.scenario, beyond)), plan).has_decisions
    assert measure in MEASURED


@pytest.mark.long
def test_the_setting_is_followed_by_the_command_and_told_everywhere(tmp_path: Path) -> None:
    """Healthy years for the money of two sites, from a workbook: terminal, manifest, summary, and the plan kept."""
    town = Town(1)
    book = tmp_path / "town.xlsx"
    write_scenario(book, town.scenario(objective="healthy_years", language="pt-BR"))
    command = ["solve", str(book), "--money", str(town.cost(2) + 1), "--no-studies", "--gap", "0", "--time-limit", "60"]
    told = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "out")])
    assert told.exit_code == 0, told.output
    people = float(town.people.sum())
    years = people + 2.0 * people * town.covered(2)
    plan = read_plan(tmp_path / "out")
    assert plan.aim is not None
    assert plan.aim.reached == pytest.approx(years)
    assert reached_at_the_end(plan, "healthy_years") == pytest.approx(years)
    sentence = aim_sentence(view_of(plan))
    assert " ".join(sentence.split()) in " ".join(told.output.split())
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["aim"]["measure"] == "healthy_years"
    summary = openpyxl.load_workbook(tmp_path / "out" / "audit.xlsx")["summary"]
    assert sentence in {cell.value for cell in summary["A"]}
    assert "anos saudáveis" in sentence


@pytest.mark.long
def test_the_api_follows_it_and_a_wrong_word_is_refused(tmp_path: Path) -> None:
    town = Town(1)
    found = rs.solve(town.scenario(objective="access", money_ceiling=town.cost(1) + 1), QUICK)
    assert found.aim is not None
    assert found.aim.reached == pytest.approx(town.covered(1))
    book = tmp_path / "town.xlsx"
    write_scenario(book, town.scenario())
    wrong = CliRunner().invoke(app, ["solve", str(book), "--objective", "beauty"])
    assert wrong.exit_code == 1


def test_a_result_is_judged_by_what_it_reaches_of_the_same() -> None:
    def result(reached: float, measure: str = "access", cost: float = 1.0) -> dict[str, object]:
        aim = {"measure": measure, "reached": reached, "limit": 1.0, "money": 9.0}
        return {"status": "feasible", "objective": cost, "bound": 0.5, "input_sha256": "x", "aim": aim}

    plain = {**result(0.5), "aim": None}
    assert stands_against(result(0.6, cost=2.0), result(0.5)) is Verdict.SUPERSEDES
    assert stands_against(result(0.4, cost=0.5), result(0.5)) is Verdict.FALLS_SHORT
    assert stands_against(result(0.5, cost=2.0), result(0.5)) is Verdict.FALLS_SHORT
    assert stands_against(result(0.4, "healthy_years"), result(0.5)) is Verdict.SUPERSEDES
    assert stands_against(result(0.5, cost=2.0), plain) is Verdict.SUPERSEDES
