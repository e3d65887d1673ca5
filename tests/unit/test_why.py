"""Why a plan is as it is: what the certificate says of services and promises, and what is told of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from appraisal_example import example
from asked_enumeration import Asked
from typer.testing import CliRunner

from random_tables import random_tables
from redesaude.asking.prices import Screen
from redesaude.asking.questions import closed, opened
from redesaude.asking.why import why, worse_off
from redesaude.assemble import assemble
from redesaude.cli.app import app
from redesaude.plan.plan import Plan
from redesaude.plan.storage import write_plan
from redesaude.solving.clock import Clock
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.solve import solve
from tiny import EXACT, rows, scenario

ROUGH = SolveOptions(gap=0.3, time_limit=20.0)


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", [2, 3, 4, 6])
def test_what_the_certificate_says_of_a_service_is_below_the_best_of_all_networks(seed: int) -> None:
    case = scenario(**random_tables(seed))
    plan = solve(case, ROUGH)
    assembled = assemble(case)
    assert plan.certificate is not None
    assert plan.certified.bound is not None
    screen = Screen(assembled, plan.certificate)
    leaves = screen.prices()
    relaxed = screen.relaxed(leaves, Limits(0.0, 20.0, clock=Clock(20.0)))
    assert (relaxed.opening >= leaves.opening).all()
    assert (relaxed.closing >= leaves.closing).all()
    assert max(relaxed.opening.max(), relaxed.closing.max()) > 0
    for n, (site, specialty) in enumerate(assembled.services[["site_id", "specialty_id"]].to_numpy().tolist()):
        for question, rise in ((opened, relaxed.opening[n]), (closed, relaxed.closing[n])):
            true = Asked(case, question(site, specialty)).best()
            least = plan.certified.bound + rise
            assert true is None or least <= true * (1 + 1e-9)


def _ceiling(amount: float) -> Plan:
    """The example of the module with a ceiling on running money, which costs travel."""
    specialties = scenario().specialties.assign(unmet_cost=40.0)
    funding = rows({"funding_id": "treasury", "kind": "running", "amount": amount})
    return solve(scenario(specialties=specialties, funding=funding), EXACT)


def test_one_unit_more_is_what_it_saves_at_first() -> None:
    plan, more = _ceiling(900.0), _ceiling(901.0)
    found = why(plan, seconds=0.0).promises.set_index("promise_id").loc["treasury"]
    assert found["binds"]
    assert plan.objective is not None
    assert more.objective is not None
    assert found["unit"] == pytest.approx(more.objective - plan.objective, rel=1e-6)
    assert found["unit"] < 0


@pytest.fixture(scope="module")
def plan() -> Plan:
    return solve(example(), EXACT)


@pytest.mark.long
def test_each_service_is_turned_round(plan: Plan) -> None:
    unsolved, found = why(plan, seconds=0.0), why(plan, EXACT, seconds=20.0)
    assert unsolved.asked == ()
    assert set(unsolved.services["proof"]) == {"multipliers"}
    table, before = (each.services.set_index("site_id").sort_index() for each in (found, unsolved))
    assert table["proof"].eq("solved").all()
    assert table.loc[["h1", "h3"], "answer"].eq("dearer").all()
    assert table.loc["h2", "answer"] == "impossible"
    assert (table["low"] >= before["low"] - 1e-6).all()


def test_the_contracts_of_each_site_are_priced(plan: Plan) -> None:
    table = why(plan, seconds=0.0).contracts
    assert table[table["chosen"]]["dearer"].eq(0).all()
    assert (table[table["eligible"] & ~table["chosen"]]["dearer"] > 0).all()
    assert set(table["contract_id"]) == set(plan.scenario.contracts["contract_id"])


def test_who_is_worse_off_than_today_is_told() -> None:
    """Everybody is treated at h1 today; the plan has but h2."""
    today = rows(
        {"site_id": "h1", "specialty_id": "cardio", "size_id": "large", "status": "existing", "contract_id": "direct"}
    )
    closing = rows({"site_id": "h1", "specialty_id": "cardio", "decision": "forbid"})
    found = worse_off(solve(scenario(site_services=today, decisions=closing), EXACT))
    told = found.set_index("territory_id")[["minutes_today", "minutes"]]
    assert told.to_dict("index") == {
        "t1": {"minutes_today": 0.0, "minutes": 50.0},
        "t2": {"minutes_today": 20.0, "minutes": 30.0},
    }
    assert found["treated"].tolist() == found["treated_today"].tolist()


def test_the_command_writes_why(plan: Plan, tmp_path: Path) -> None:
    write_plan(plan, tmp_path)
    command = ["why", str(tmp_path), "--seconds", "0", "--lang", "vi", "--out", str(tmp_path / "why")]
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 0, told.output
    assert "Đã xem 3 dịch vụ" in told.output
    book = openpyxl.load_workbook(tmp_path / "why" / "why.xlsx")
    assert book.sheetnames == ["services", "contracts", "promises", "worse_off"]
    page = (tmp_path / "why" / "why.html").read_text(encoding="utf-8")
    assert page.count("<table") >= 2
    assert "h3" in page
    table = pd.read_csv(tmp_path / "why" / "tables" / "services.csv")
    assert table["site_id"].tolist() == ["h1", "h2", "h3"]
    assert np.isfinite(table["low"]).any()
    manifest = json.loads((tmp_path / "why" / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["answers"]) == len(table)
