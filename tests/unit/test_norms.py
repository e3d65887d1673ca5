"""What norms missed would cost, against plans worked out by hand on the line of three places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import redesaude as rs
import tiny
from redesaude.asking.difference import Answer
from redesaude.asking.norm_changes import firm
from redesaude.asking.norms import missed_norms, norms
from redesaude.cli.app import app
from redesaude.inputs.scenario import Scenario
from redesaude.plan.storage import write_plan

#: of the 60 cases 80 % within 25 minutes, at a price that no plan minds: one site reaches half of them
WHOLE = {"specialty_id": "cardio", "region_id": "all", "minutes": 25, "share": 0.8, "hard": "no", "price": 0.5}
WEST = {"specialty_id": "cardio", "region_id": "west", "minutes": 25, "share": 1.0, "hard": "yes"}
H2_CLOSED = tiny.rows({"site_id": "h2", "specialty_id": "cardio", "status": "forbidden"})


def case(*targets: dict[str, Any], **changes: pd.DataFrame) -> Scenario:
    return tiny.scenario(**({"access_targets": tiny.rows(*targets)} | changes))


def test_a_norm_missed_costs_the_second_site_less_what_missing_it_cost() -> None:
    """One large site: 920 and 18 cases short at 0.5. Two small ones: 300 + 300 + 60 x 9. Of it h2 opens, h1 shrinks."""
    plan = rs.solve(case(WHOLE, WEST), tiny.EXACT)
    found = norms(plan, tiny.EXACT)
    assert plan.objective == pytest.approx(920 + 18 * 0.5)
    (row,) = found.table.to_dict("records")
    assert (row["low"], row["found"], row["high"]) == pytest.approx((1140 - 929,) * 3)
    assert (row["regions"], row["norms"], row["beyond"], row["answer"]) == (False, 1, 0, "dearer")
    assert sorted(found.takes[["site_id", "change"]].itertuples(index=False, name=None)) == [
        ("h1", "resized"),
        ("h2", "opened"),
    ]
    assert found.kept["regions"].tolist() == [True]  # the west's stays among those kept
    assert found.plan is plan


def test_a_norm_beyond_reach_is_asked_for_at_the_most_of_it() -> None:
    """With h2 closed nobody of the east is near: half of all, which the plan keeps already."""
    specialties = tiny.tables()["specialties"].assign(unmet_cost=1_000.0)
    scenario = case(WHOLE | {"share": 1.0}, specialties=specialties, site_services=H2_CLOSED)
    plan = rs.solve(scenario, tiny.EXACT)
    (row,) = missed_norms(plan).to_dict("records")
    assert (row["limit"], row["asked"], row["most"]) == pytest.approx((60.0, 30.0, 0.5))
    (missed,) = norms(plan, tiny.EXACT).missed
    assert (missed.beyond, missed.difference.answer) == (1, Answer.NOTHING)
    assert missed.difference.high == pytest.approx(0.0)


def test_where_no_plan_keeps_it_the_rules_in_the_way_are_told() -> None:
    """Both sites would be needed, and there may be one centre."""
    one = tiny.rows({"specialty_id": "cardio", "region_id": "all", "centres": 1, "hard": "yes"})
    (missed,) = norms(rs.solve(case(WHOLE, centre_limits=one), tiny.EXACT), tiny.EXACT).missed
    assert missed.difference.answer == Answer.IMPOSSIBLE
    assert missed.plan.causes


def test_a_station_that_no_network_can_offer_is_told_and_not_asked_for() -> None:
    times = [{"station_id": "b", "territory_id": t, "minutes": m} for t, m in (("t1", 0), ("t2", 12), ("t3", 50))]
    promised = {"share": 0.6, "hard": "no", "price": 1.0, "promise": "cover"}
    scenario = tiny.scenario(
        stations=tiny.rows({"station_id": "b", "territory_id": "t1"}),
        station_times=tiny.rows(*times),
        emergency=tiny.rows(promised),
    )
    found = norms(rs.solve(scenario, tiny.EXACT), tiny.EXACT)
    assert found.where["asked"].isna().tolist() == [True]
    assert found.where["most"].tolist() == [0.5]
    assert found.missed == ()


def test_loads_and_staff_become_firm_row_by_row() -> None:
    """Of two roles the one whose norm is named; a row for all periods holds the norm of each."""
    people = [{"role_id": role, "stock": 5.0, "hard": "no", "price": 1.0} for role in ("nurse", "surgeon")]
    scenario = tiny.scenario(workforce=tiny.rows(*people))
    made = firm(scenario, {"workforce|nurse|all|p1": float("nan")})
    assert dict(zip(made.workforce["role_id"], made.workforce["hard"], strict=True)) == {
        "nurse": True,
        "surgeon": False,
    }


def test_the_command_writes_them_of_a_result_and_of_a_workbook(tmp_path: Path) -> None:
    plan = rs.solve(case(WHOLE, WEST), tiny.EXACT)
    (tmp_path / "plan").mkdir()
    write_plan(plan, tmp_path / "plan")
    call = ["norms", str(tmp_path / "plan"), "--each", "5", "--out", str(tmp_path / "norms")]
    result = CliRunner().invoke(app, call)
    assert result.exit_code == 0, result.output
    assert "211" in result.output
    book = openpyxl.load_workbook(tmp_path / "norms" / "norms.xlsx")
    assert book.sheetnames[-4:] == ["kept", "missed", "where", "changes"]
    made = pd.read_csv(tmp_path / "norms" / "tables" / "missed.csv")
    assert made["found"].tolist() == pytest.approx([211.0])
