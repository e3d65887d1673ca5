"""Licences of sites: which sizes open where, how much volume grades ask for, and what is told when nothing can be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from test_models_brute_force import solved_as_the_best

import redesaude as rs
import tiny
from random_tables import random_tables
from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.variants import apply_variant
from redesaude.language import translator
from redesaude.plan.audit import audit
from redesaude.report.view import view_of
from redesaude.report.workbook import write_audit_workbook

#: the large size needs a grade, which h2 holds; a small one costs more for each case
LARGE = {"specialty_id": "cardio", "size_id": "large", "capacity": 100, "fixed_cost": 500, "cost_per_case": 7}
SMALL = {"specialty_id": "cardio", "size_id": "small", "capacity": 40, "fixed_cost": 300, "cost_per_case": 9}
HELD = {"site_id": "h2", "specialty_id": "cardio", "grade": 2, "name": "reference centre"}


def example(*licences: dict[str, object], least: int = 2, **changes: object) -> Scenario:
    base = {"sizes": tiny.rows(SMALL, LARGE | {"least_grade": least})}
    if licences:
        base["licences"] = tiny.rows(*licences)
    return tiny.scenario(**(base | changes))


def opened(scenario: Scenario, engine: str = "auto") -> set[tuple[str, str]]:
    plan = rs.solve(scenario, rs.SolveOptions(gap=0.0, time_limit=30, engine=engine))
    assert plan.audit.passed
    return set(zip(plan.openings["site_id"], plan.openings["size_id"], strict=True))


@pytest.mark.parametrize("engine", ["direct", "decomposed"])
def test_a_size_opens_only_where_its_grade_is_held(engine: str) -> None:
    """Sixty cases: one large centre is cheapest, at either end; with the licence of h2 there, without one two small."""
    assert opened(example(HELD), engine) == {("h2", "large")}
    assert opened(example(HELD | {"site_id": "h1"}), engine) == {("h1", "large")}
    assert opened(example(HELD | {"grade": 1}), engine) == {("h1", "small"), ("h2", "small")}
    assert opened(example(), engine) == {("h1", "small"), ("h2", "small")}


def test_what_runs_today_goes_on_without_the_grade() -> None:
    today = {"site_id": "h1", "specialty_id": "cardio", "size_id": "large", "status": "existing", "contract_id": "c"}
    scenario = example(site_services=tiny.rows(today), contracts=tiny.rows({"contract_id": "c"}))
    assert opened(scenario) == {("h1", "large")}


@pytest.mark.few(1)
@pytest.mark.parametrize("engine", ["direct", "decomposed"])
def test_lower_grades_are_asked_for_more_cases(engine: str) -> None:
    """The small size must see 25 cases, at sites without a licence 50 (more than it can): the large one is left."""
    sizes = tiny.rows(SMALL | {"min_cases": 25}, LARGE | {"fixed_cost": 2000})
    grades = tiny.rows({"grade": 0, "volume_factor": 2})
    both = [HELD, HELD | {"site_id": "h1"}]
    assert opened(example(*both, sizes=sizes, quality_grades=grades), engine) == {("h1", "small"), ("h2", "small")}
    assert opened(example(sizes=sizes, quality_grades=grades), engine) <= {("h1", "large"), ("h2", "large")}


def test_a_grade_of_a_specialty_stands_before_that_of_all_and_an_own_volume_before_both() -> None:
    sizes = tiny.rows(SMALL | {"min_cases": 10}, LARGE)
    grades = tiny.rows({"grade": 0, "volume_factor": 9}, {"specialty_id": "cardio", "grade": 0, "volume_factor": 2})
    own = {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "allowed", "min_cases": 5}
    plan = rs.solve(example(sizes=sizes, quality_grades=grades, site_services=tiny.rows(own)), tiny.EXACT)
    least = {"h1": 5.0, "h2": 20.0}
    promised = plan.promises[plan.promises["kind"] == "volume"]
    for site in set(plan.openings.loc[plan.openings["size_id"] == "small", "site_id"]):
        row = promised[promised["promise_id"].str.contains(site)]
        assert row["limit" if "limit" in row else "target"].tolist() == [least[site]]


def test_a_variant_takes_a_licence_away() -> None:
    change = {"variant_id": "lost", "sheet": "licences", "key": "h2|cardio", "column": "grade", "operation": "set",
              "value": "1"}  # fmt: skip
    lost = apply_variant(example(HELD, variants=tiny.rows(change)), "lost")
    assert opened(lost) == {("h1", "small"), ("h2", "small")}


def test_the_audit_sees_a_size_without_its_grade() -> None:
    plan = rs.solve(example(HELD), tiny.EXACT)
    lost = plan.scenario.replace(licences=plan.scenario.licences.iloc[:0])
    checks = {check.name: check.passed for check in audit(replace(plan, scenario=lost)).checks}
    assert not checks["sites hold the grade that sizes need"]


def test_no_site_licensed_is_told_and_the_sentence_followed_makes_a_plan() -> None:
    only = tiny.rows(LARGE | {"least_grade": 2})
    with pytest.raises(InputError, match="no site holds the grade") as found:
        example(sizes=only)
    assert "licence" in str(found.value)
    assert opened(example(HELD, sizes=only)) == {("h2", "large")}


def test_a_service_asked_for_without_its_grade_is_told() -> None:
    asked = {"site_id": "h1", "specialty_id": "cardio", "size_id": "large", "status": "required"}
    with pytest.raises(InputError, match="holds grade 0"):
        example(HELD, site_services=tiny.rows(asked))
    assert ("h1", "large") in opened(example(HELD | {"site_id": "h1"}, site_services=tiny.rows(asked)))


def test_a_larger_size_asked_for_without_its_grade_is_told_where_a_smaller_one_runs() -> None:
    today = {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing", "contract_id": "c"}
    asked = {"site_id": "h1", "specialty_id": "cardio", "size_id": "large", "status": "required"}
    with pytest.raises(InputError, match="holds grade 0"):
        example(HELD, site_services=tiny.rows(today, asked), contracts=tiny.rows({"contract_id": "c"}))
    of_any_size = asked | {"size_id": ""}
    assert example(HELD, site_services=tiny.rows(today, of_any_size), contracts=tiny.rows({"contract_id": "c"}))


def test_a_volume_out_of_reach_is_told_as_it_is_typed_and_the_sentence_followed_makes_a_plan() -> None:
    """Sites without a licence are asked for twice the 40 cases; all 60 cases make 30 possible."""
    asked = tiny.rows({"site_id": "h1", "specialty_id": "cardio", "status": "required"})
    twice = tiny.rows({"specialty_id": "all", "grade": 0, "volume_factor": 2.0})

    def solved(**typed: float) -> rs.Plan:
        sizes = tiny.rows(LARGE | {"min_cases": 40, "min_cases_hard": "yes"} | typed)
        return rs.solve(tiny.scenario(sizes=sizes, quality_grades=twice, site_services=asked), tiny.EXACT)

    plan = solved()
    assert not plan.has_decisions
    assert "Type 30 in min_cases" in " ".join(map(translator("en").tell, plan.causes))
    assert solved(min_cases=30).audit.passed


def test_the_sheet_of_licences_tells_each_service(tmp_path: Path) -> None:
    plan = rs.solve(example(HELD), tiny.EXACT)
    write_audit_workbook(view_of(plan), tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["licences"]
    words = {cell.value for row in sheet.iter_rows() for cell in row}
    assert {"reference centre", "held", 2} <= words


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", range(12))
def test_the_optimum_is_the_best_of_all_networks_with_licences_and_quality(seed: int) -> None:
    """Random grades held, needed and asked for; a company paid by an indicator of a random weight."""
    rng, found = np.random.default_rng(5000 + seed), random_tables(seed)
    places = [(s, a) for s in found["sites"]["site_id"] for a in found["specialties"]["specialty_id"]]
    held = [
        {"site_id": s, "specialty_id": a, "grade": int(rng.integers(1, 3))} for s, a in places if rng.random() < 0.6
    ]
    if held:
        found["licences"] = tiny.rows(*held)
    needed = np.where(found["sizes"]["size_id"] == "large", rng.integers(0, 3), 0)
    found["sizes"] = found["sizes"].assign(least_grade=needed)
    found["quality_grades"] = tiny.rows({"grade": 0, "volume_factor": 1.5}, {"grade": 1, "volume_factor": 1.2})
    found["quality_indicators"] = tiny.rows(
        {"contract_id": "ppp", "indicator_id": "one", "weight": float(rng.uniform(0, 0.4)),
         "effect": rng.choice(["deduction", "bonus"]), "attainment_low": 0.2, "attainment": 0.6, "attainment_high": 1.0}
    )  # fmt: skip
    solved_as_the_best(tiny.scenario(**found))
