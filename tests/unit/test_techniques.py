"""Techniques handed over from hospital to hospital: what is treated, by whose dates, and where it is told."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from network_example import SIZES, Record, example, example_plan
from test_network import without_support

from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.variants import apply_variant
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.audit import audit
from redesaude.plan.ladder import ladder, nearer
from redesaude.plan.milestones import milestones
from redesaude.plan.plan import Plan
from redesaude.report.folder import write_report
from redesaude.report.instruments.facts import Facts
from redesaude.report.instruments.vietnam.techniques import TECHNIQUES
from redesaude.report.view import view_of
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve
from redesaude.status import Status
from redesaude.studies.strategies import status_quo
from tiny import EXACT, rows

AT_H3 = {"receiver_site_id": "h3", "specialty_id": "cardio"}
LABORATORY: Record = {"technique_id": "laboratory", "name": "Catheter laboratory", **AT_H3, "year_planned": 2025,
                      "training_months": 24, "case_share": 0.2, "staff_trained": 6}  # fmt: skip
VALVES: Record = {"technique_id": "valves", **AT_H3, "giver_site_id": "h4", "year_planned": 2027,
                  "training_months": 12, "case_share": 0.1, "prerequisite": "laboratory"}  # fmt: skip


def taught(*techniques: Record, **changes: pd.DataFrame) -> Scenario:
    return example(techniques=rows(*techniques), **changes)


@cache
def taught_plan() -> Plan:
    plan = solve(taught(LABORATORY, VALVES), EXACT)
    assert plan.status == Status.OPTIMAL, plan.reason
    return plan


def sent_from(plan: Plan, site: str) -> dict[str, float]:
    """Cases/year sent up by a service, by period."""
    sent = plan.transfers[plan.transfers["from_site_id"] == site]
    return {str(period): float(cases) for period, cases in sent.groupby("period_id")["cases"].sum().items()}


# --- what is treated ----------------------------------------------------------------------------------------------


@pytest.mark.few(1)
@pytest.mark.parametrize("engine", ["direct", "decomposed"])
def test_a_satellite_treats_what_it_has_learned(engine: Any) -> None:
    """h3 opens in 2026: the laboratory is its own in 2028, the valves, begun after it, in 2029. Of four fifths of 30
    it lacks 0.2 for three of four years and 0.1 for all four.
    """
    plan = solve(taught(LABORATORY, VALVES), SolveOptions(gap=0.0, time_limit=30.0, engine=engine))
    assert plan.objective == pytest.approx(taught_plan().objective)
    assert sent_from(plan, "h3") == pytest.approx({"p1": 30 * (0.2 + 0.2 * 0.75 + 0.1), "p2": 30 * 0.2})
    assert plan.audit.passed


def test_techniques_without_a_share_leave_skills_to_mature_as_a_whole() -> None:
    plan = solve(taught(LABORATORY | {"case_share": None}), EXACT)
    assert plan.objective == pytest.approx(example_plan().objective)
    assert sent_from(plan, "h3") == pytest.approx(sent_from(example_plan(), "h3"))


def test_what_exists_today_waits_for_the_year_planned() -> None:
    today = {"site_id": "h3", "specialty_id": "cardio", "size_id": "clinic", "status": "existing",
             "contract_id": "direct"}  # fmt: skip
    services = pd.concat([example().site_services, rows(today)], ignore_index=True)
    done = LABORATORY | {"year_planned": 2020}
    plan = solve(taught(done, VALVES | {"year_planned": 2026}, site_services=services), EXACT)
    assert sent_from(plan, "h3") == pytest.approx({"p1": 30 * (0.2 + 0.1 * 0.5), "p2": 30 * 0.2})
    quo = status_quo(plan.scenario)
    assert quo.techniques["year_planned"].tolist() == [2020, 2041]  # what is known is, the other never comes


def test_a_size_that_treats_all_sends_up_what_its_hospital_cannot_do() -> None:
    """No size names a share: h2 learns until 2029 what 30 % of its cases need, and h1 treats those meanwhile."""
    plain = [{k: v for k, v in size.items() if not k.startswith(("treats", "needs", "supports"))} for size in SIZES]
    case = without_support(
        sizes=rows(*plain),
        techniques=rows(LABORATORY | {"receiver_site_id": "h2", "case_share": 0.3, "training_months": 48}),
        site_services=pd.concat([
            without_support().site_services,
            rows({"site_id": "h2", "specialty_id": "cardio", "size_id": "clinic", "status": "required"}),
        ], ignore_index=True),
    )  # fmt: skip
    plan = solve(case, EXACT)
    assert plan.audit.passed
    first = plan.assignments[plan.assignments["site_id"] == "h2"]["cases"].sum()
    assert first > 0
    assert sent_from(plan, "h2") == pytest.approx({"p1": first * 0.3 * 4 / 12})


def test_the_audit_sees_cases_kept_without_the_technique() -> None:
    """The plan made without techniques keeps at h3 what it has not learned yet."""
    plan = replace(example_plan(), scenario=taught(LABORATORY, VALVES))
    failed = {check.name for check in audit(plan).checks if not check.passed}
    assert "what a service does not treat is sent up" in failed


@pytest.mark.long
def test_a_variant_begins_the_transfer() -> None:
    waiting = LABORATORY | {"active": "no"}
    change = {"variant_id": "train", "sheet": "techniques", "key": "laboratory|h3", "column": "active",
              "operation": "set", "value": "yes"}  # fmt: skip
    case = taught(waiting, variants=rows(change))
    assert solve(case, EXACT).objective == pytest.approx(example_plan().objective)
    plan = solve(apply_variant(case, "train"), EXACT)
    assert sent_from(plan, "h3") == pytest.approx({"p1": 30 * (0.2 + 0.2 * 0.75), "p2": 30 * 0.2})


@pytest.mark.long
def test_a_case_for_which_nobody_has_the_technique_makes_the_plan_impossible() -> None:
    """Everybody must be treated, and the end-line hospital too learns until 2030: the sentence names the sheet."""
    must = example().specialties.assign(unmet_cost=float("nan"), ceiling_minutes=60.0)
    late = LABORATORY | {"receiver_site_id": "h4", "year_planned": 2030}
    plan = solve(taught(late).replace(specialties=must), EXACT)
    assert plan.status == Status.INFEASIBLE
    assert any("techniques" in sentence for sentence in plan.reason)
    assert solve(taught(late | {"year_planned": 2020}).replace(specialties=must), EXACT).status == Status.OPTIMAL


# --- what is told -------------------------------------------------------------------------------------------------


def test_the_ladder_of_the_example() -> None:
    told = ladder(Appraisal(taught_plan())).set_index(["technique_id", "period_id"])
    assert told["state"].tolist() == ["independent", "independent", "independent", "independent"]
    assert told.loc[("laboratory", "p1"), ["in_transfer_from", "independent_from"]].tolist() == [2026.0, 2028.0]
    assert told.loc[("valves", "p1"), ["in_transfer_from", "independent_from"]].tolist() == [2028.0, 2029.0]
    assert told["giver_site_id"].tolist() == ["h1", "h1", "h4", "h4"]  # the hub of the agreement, and as stated
    assert told["cases"].tolist() == pytest.approx([30 * 0.2 * 0.25, 6.0, 0.0, 3.0])
    people = nearer(Appraisal(taught_plan())).set_index(["technique_id", "period_id", "territory_id"])
    assert people.loc[("valves", "p2", "t3"), ["cases", "minutes", "minutes_without"]].tolist() == [3.0, 5.0, 65.0]


def test_states_before_and_meanwhile() -> None:
    later = VALVES | {"year_planned": 2031, "training_months": 240}
    never = LABORATORY | {"technique_id": "never", "receiver_site_id": "h2"}
    told = ladder(Appraisal(solve(taught(LABORATORY, later, never), EXACT)))
    states = told.groupby("technique_id")["state"].agg(list).to_dict()
    assert states == {"laboratory": ["independent"] * 2, "valves": ["planned", "in_transfer"], "never": ["planned"] * 2}
    assert told.loc[told["technique_id"] == "never", "independent_from"].isna().all()


def test_a_satellite_has_matured_with_its_last_technique() -> None:
    stages = milestones(Appraisal(taught_plan()))
    (begins,) = stages.loc[stages["milestone"] == "maturity", "begins"]
    assert begins == "2029-H1"
    (row,) = taught_plan().support.to_dict("records")
    assert (row["first_year"], row["last_year"]) == (2026, 2027)  # what is paid is the agreement's
    assert (row["sent_before"], row["sent_after"]) == pytest.approx((0.5, 0.2))


@pytest.mark.long
def test_tables_sheet_and_planning_rows_tell_it(tmp_path: Path) -> None:
    out = write_report(taught_plan(), tmp_path / "plan", "pt-BR", studies=False)
    told = list(csv.DictReader((out / "tables" / "techniques.csv").open(encoding="utf-8")))
    assert [(row["technique_id"], row["period_id"]) for row in told] == [
        ("laboratory", "p1"), ("laboratory", "p2"), ("valves", "p1"), ("valves", "p2")]  # fmt: skip
    assert (out / "tables" / "techniques_nearer.csv").exists()
    sheet = openpyxl.load_workbook(out / "plan.xlsx")["network"]
    cells = {cell for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None}
    assert {"Técnicas transferidas, por par de hospitais", "Catheter laboratory", "independente", "2029-H1"} <= cells
    pairs = TECHNIQUES.filled(Facts(view_of(taught_plan(), "en"), "vi"))
    keys = ["ma", "ten", "first_year", "last_year", "tinh_trang", "dao_tao", "truoc"]
    assert pairs[keys].to_numpy().tolist() == [
        ["laboratory", "Catheter laboratory", 2026, 2027, "kế hoạch", 6.0, 20.0],
        ["valves", "valves", 2028, 2028, "kế hoạch", 0.0, 10.0],
    ]


# --- input --------------------------------------------------------------------------------------------------------


def codes(*techniques: Record) -> set[tuple[str, str]]:
    try:
        found = taught(*techniques).notices
    except InputError as error:
        found = error.problems
    return {(problem.code, problem.cell) for problem in found}


WRONG: dict[str, tuple[tuple[Record, ...], str]] = {
    "from itself": ((LABORATORY | {"giver_site_id": "h3"},), "technique_from_itself"),
    "needs what it does not learn": ((VALVES,), "unknown_reference"),
    "needs what another learns": ((LABORATORY | {"receiver_site_id": "h2"}, VALVES), "prerequisite_not_learned"),
    "needs what waits for a variant": ((LABORATORY | {"active": "no"}, VALVES), "prerequisite_not_learned"),
    "in a circle": ((LABORATORY | {"prerequisite": "valves"}, VALVES), "prerequisite_circle"),
    "nothing left": ((LABORATORY | {"case_share": 0.8},), "techniques_take_all"),
    "twice": ((LABORATORY, LABORATORY), "duplicate_row"),
    "no year": ((LABORATORY | {"year_planned": None},), "blank"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_handed_over_is_told(name: str) -> None:
    techniques, code = WRONG[name]
    assert code in {found for found, _ in codes(*techniques)}


def test_the_example_is_sound() -> None:
    assert codes(LABORATORY, VALVES) == set()
