"""A plan in hand is asked: the interval of each difference holds the true one, and what is forced is never cheaper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from appraisal_example import example
from paired_law import law
from typer.testing import CliRunner

from redesaude.asking.answers import ask
from redesaude.asking.difference import Answer, difference
from redesaude.asking.questions import Question, cell_of, closed, opened, scenario_of, typed, under
from redesaude.assemble import assemble
from redesaude.cli.app import app
from redesaude.errors import InputError
from redesaude.plan.plan import Plan
from redesaude.plan.storage import write_plan
from redesaude.solving.relation import decides_more
from redesaude.solving.solve import solve
from redesaude.status import Status, Termination
from redesaude.studies.sharing import cheaper
from tiny import EXACT, scenario


def test_the_interval_holds_the_true_difference_whatever_is_known() -> None:
    """The arithmetic alone, on three thousand random optima, plans and bounds."""
    rng, blank = np.random.default_rng(0), Plan(scenario(), Status.FEASIBLE, Termination.TIME_LIMIT)
    seen = set()
    for _ in range(3_000):
        best, other = rng.normal(100, 50, 2)
        relation = int(np.sign(other - best)) * int(rng.integers(2))
        slack = rng.exponential(20, 4) * rng.integers(0, 2, 4)
        base = replace(blank, objective=best + slack[0], bound=best - slack[1])
        changed = replace(blank, objective=other + slack[2], bound=other - slack[3])
        found = difference(base, changed, relation)
        assert found.low - 1e-9 <= other - best <= found.high + 1e-9
        assert (found.answer != Answer.DEARER) or other > best
        assert (found.answer != Answer.CHEAPER) or other < best
        seen.add(found.answer)
    assert {Answer.DEARER, Answer.CHEAPER, Answer.ABOUT, Answer.UNTOLD} <= seen


@pytest.mark.few(1)
@pytest.mark.parametrize(("seed", "most"), [(3, 2), (3, None), (6, None)])
def test_the_interval_holds_the_difference_of_the_best_of_all_networks(seed: int, most: int | None) -> None:
    """More of them by tests/differences.py."""
    found = law(seed, most)
    assert found.untrue == ()
    assert found.told


@pytest.fixture(scope="module")
def plan() -> Plan:
    return solve(example(), EXACT)


def test_what_a_question_changes_is_told(plan: Plan) -> None:
    found = ask(plan, [under("h2", "direct"), closed("h1")], EXACT)
    assert found.table["answer"].to_list() == ["dearer", "dearer"]
    other = found.changes[found.changes["question"] == "contract h2=direct"]
    assert ["h2", "contract", "direct"] in other[["site_id", "change", "contract_after"]].to_numpy().tolist()
    gone = found.changes[found.changes["question"] == "close h1"]
    assert ("h1", "closed") in set(zip(gone["site_id"], gone["change"], strict=True))


def test_what_is_so_already_costs_nothing(plan: Plan) -> None:
    found = ask(plan, [opened("h1", "cardio"), under("h2", "ppp")], EXACT).answers
    assert [each.difference.answer for each in found] == [Answer.NOTHING] * 2
    assert [each.plan.objective for each in found] == [plan.objective] * 2


@pytest.mark.long
def test_a_question_may_better_the_plan_in_hand(plan: Plan) -> None:
    """A poor plan: what is cheapest with direct contracts alone."""
    direct = solve(scenario_of(plan.scenario, under("h2", "direct")), EXACT)
    poor = cheaper(Plan(plan.scenario, Status.NO_PLAN, Termination.TIME_LIMIT), direct)
    assert poor.objective == direct.objective
    found = ask(poor, [opened("h1", "cardio")], EXACT)
    kept = found.answers[0]
    assert kept.difference.found is not None
    assert kept.difference.found >= 0
    again = ask(poor, [under("h2", "ppp")], EXACT)
    assert again.bettered
    assert again.plan.objective == pytest.approx(plan.objective)
    assert again.answers[0].difference.answer == Answer.NOTHING


@pytest.mark.long
def test_any_cell_may_be_asked_for(plan: Plan) -> None:
    cells = ["sizes/*/capex=+20%", "sizes/*/fixed_cost*=0.5", "settings/horizon_years=25"]
    found = ask(plan, [Question((typed(plan.scenario, "set", text),)) for text in cells], EXACT)
    assert [each.relation for each in found.answers] == [1, -1, 0]
    assert [each.difference.answer for each in found.answers] == ["dearer", "cheaper", "dearer"]
    assert found.answers[1].difference.high <= 0


@pytest.mark.parametrize(
    ("text", "operation", "value"),
    [
        ("funding/f/amount=-20%", "multiply", "0.8"),
        ("funding/f/amount+=5", "add", "5"),
        ("funding/f/amount=7", "set", "7"),
    ],
)
def test_a_cell_is_typed_in_one_line(text: str, operation: str, value: str) -> None:
    where = {"sheet": "funding", "key": "f", "column": "amount"}
    assert cell_of(text) == where | {"operation": operation, "value": value}


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("open", "h9/cardio", "question_unknown"),
        ("close", "", "question_unread"),
        ("contract", "h1", "question_unread"),
        ("set", "sizes/capex", "question_unread"),
        ("set", "sizes/*/capexx=2", "variant_unknown_column"),
    ],
)
def test_what_cannot_be_asked_is_told(plan: Plan, kind: str, text: str, code: str) -> None:
    with pytest.raises(InputError) as told:
        scenario_of(plan.scenario, Question((typed(plan.scenario, kind, text),)))
    assert [problem.code for problem in told.value.problems] == [code]


def test_more_decided_is_seen_without_a_model() -> None:
    base = example()
    more, other = scenario_of(base, closed("h1")), base.replace(sizes=base.sizes.assign(capex=1.0))
    assert decides_more(assemble(more).problem, assemble(base).problem)
    assert not decides_more(assemble(base).problem, assemble(more).problem)
    assert not decides_more(assemble(other).problem, assemble(base).problem)


def test_the_command_writes_what_it_tells(plan: Plan, tmp_path: Path) -> None:
    write_plan(plan, tmp_path)
    wanted = ["--close", "h1", "--contract", "h2=direct", "--open", "h1/cardio", "--lang", "pt-BR"]
    told = CliRunner().invoke(app, ["ask", str(tmp_path), *wanted, "--out", str(tmp_path / "ask")])
    assert told.exit_code == 0, told.output
    assert "mais caro" in told.output
    assert "<table" in (tmp_path / "ask" / "ask.html").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(tmp_path / "ask" / "ask.xlsx")
    assert book.sheetnames == ["answers", "changes"]
    cells = {cell.value for line in book["answers"].iter_rows() for cell in line}
    assert {"nada aberto em h1", "comprovadamente mais cara", "não mais caro"} <= cells
    assert (tmp_path / "ask" / "tables" / "changes.csv").is_file()


def test_a_command_without_a_question_says_how_to_ask(plan: Plan, tmp_path: Path) -> None:
    write_plan(plan, tmp_path)
    told = CliRunner().invoke(app, ["ask", str(tmp_path), "--out", str(tmp_path / "ask")])
    assert told.exit_code == 1
    assert "--contract SITE=CONTRACT" in told.output
