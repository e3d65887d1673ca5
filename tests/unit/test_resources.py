"""Load ceilings, workforce and emergency stations: what a plan does with them, worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from resources_example import example, example_plan, station

from redesaude.assemble import assemble
from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.cash_flow import cash_flow
from redesaude.plan.plan import Plan
from redesaude.solving.core.journey_core import cheapest, core_of
from redesaude.solving.highs import solve as highs_solve
from redesaude.solving.location.uncapacitated import uncapacitated
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.solve import solve
from redesaude.status import Status
from redesaude.studies.strategies import status_quo
from redesaude_models.loads import LoadCeiling
from redesaude_models.network import build_model
from redesaude_models.standard_form import linear_model
from tiny import EXACT, rows, scenario, tables


def solved(case: Scenario) -> Plan:
    plan = solve(case, EXACT)
    assert plan.status == Status.OPTIMAL, plan.reason
    return plan


def line(plan: Plan, name: str) -> float:
    return float(plan.costs.loc[plan.costs["line"] == name, "npv"].sum())


def test_what_people_and_stations_of_the_example_cost() -> None:
    """Seven nurses for 60 cases at h1, two there: one trained for 3, four recruited for 1 a year; 4 ambulances."""
    plan = example_plan()
    expected = {"training": 3, "recruitment": 4 * 10, "station_works": 20, "station_running": 3 * 10,
                "ambulances": 4 * 20, "shortfall_load": 18 * 10, "shortfall_workforce": 0.5 * 10,
                "shortfall_emergency": 2 * 18 * 10}  # fmt: skip
    assert {name: line(plan, name) for name in expected} == pytest.approx(expected)
    assert plan.objective == pytest.approx(plan.costs["npv"].sum())


def test_the_cash_flow_holds_them_too() -> None:
    """Lines that are spent add up over the ten years, without discounting, to the cost lines; training comes first."""
    plan = example_plan()
    flows = cash_flow(Appraisal(plan))
    for name in ("training", "recruitment", "station_works", "station_running", "ambulances"):
        assert flows.loc[flows["line"] == name, "real"].sum() == pytest.approx(line(plan, name))
    years = {name: len(flows[flows["line"] == name]) for name in ("training", "recruitment")}
    assert years == {"training": 1, "recruitment": 10}


def test_both_engines_find_the_same_plan() -> None:
    plan = solve(example(), SolveOptions(gap=0.0, time_limit=30.0, engine="decomposed"))
    assert plan.engine == "decomposed"
    assert plan.objective == pytest.approx(example_plan().objective)


@pytest.mark.parametrize("kept", [1, 2])
def test_a_core_of_journeys_counts_ceilings_and_windows_as_the_whole_does(kept: int) -> None:
    """A bound of the core is a bound of the whole; with all journeys kept it is the same problem."""
    problem = assemble(example()).problem
    core = core_of(problem, cheapest(problem, kept))
    outcome = highs_solve(linear_model(build_model(core.problem)), Limits(gap=0.0, seconds=30.0))
    best = example_plan().objective
    assert outcome.objective is not None
    assert best is not None
    assert outcome.objective <= best * (1 + 1e-9)
    if kept == 2:
        assert outcome.objective == pytest.approx(best)


def test_a_problem_with_people_or_stations_is_not_uncapacitated() -> None:
    assert uncapacitated(assemble(example(load_ceilings=rows())).problem) is None


def test_nothing_stated_changes_nothing() -> None:
    """Without the sheets there is no variable, row or cost of them, and the plan is the same to the last digit."""
    problem = assemble(scenario()).problem
    assert (problem.promises, problem.workforce.ids, problem.emergency.stations) == ((), (), ())
    plain = solved(scenario())
    slack = solved(
        scenario(
            load_ceilings=rows({"site_id": "h1", "specialty_id": "all", "cases": 1e6}),
            workforce=rows({"role_id": "nurse", "stock": 1e6, "training_max": 5, "training_cost": 3}),
            staffing=rows({"specialty_id": "cardio", "role_id": "nurse", "fte": 1}),
        )
    )
    assert plain.objective == pytest.approx(slack.objective, rel=1e-9)
    assert not len(plain.loads) + len(plain.workforce) + len(plain.stations) + len(plain.emergency)


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("load_ceilings", "cases", 30.0),
        ("workforce", "stock", 4.0),
        ("workforce", "recruitment_max", 9.0),
        ("stations", "ambulances_max", 5.0),
        ("emergency", "share", 0.3),
    ],
)
def test_more_room_people_or_ambulances_never_cost_more(table: str, column: str, value: float) -> None:
    case = example()
    eased = case.replace(**{table: getattr(case, table).assign(**{column: value})})
    assert solved(eased).objective <= example_plan().objective * (1 + 1e-9)


# --- load ceilings ---------------------------------------------------------------------------------------------


def test_ceilings_at_both_hubs_keep_patients_at_home() -> None:
    """One large centre for all costs 920; where neither may take 20 from outside, two small ones cost 2 x 300 + 540."""
    assert solved(scenario()).objective == pytest.approx(920.0)
    hubs = [{"site_id": hub, "specialty_id": "cardio", "cases": 5} for hub in ("h1", "h2")]
    relieved = solved(scenario(load_ceilings=rows(*hubs)))
    assert relieved.objective == pytest.approx(2 * 300 + 60 * 9)
    assert (relieved.loads["from_outside"] <= 5 + 1e-9).all()
    assert relieved.loads["met"].all()


def test_a_priced_ceiling_is_exceeded_where_that_is_cheaper() -> None:
    """To relieve h1 of its 30 from outside costs 1140 - 920 = 220: worth it at 8 each (and h2 closed), not at 7."""
    only_h1 = {"site_id": "h2", "specialty_id": "cardio", "cases": 0}
    plans = [
        solved(scenario(load_ceilings=rows({**only_h1, "site_id": "h1", "hard": "no", "price": price}, only_h1)))
        for price in (7, 8)
    ]
    assert [line(plan, "shortfall_load") for plan in plans] == pytest.approx([30 * 7, 0.0])
    assert [plan.loads["excess"].sum() for plan in plans] == pytest.approx([30.0, 0.0])


def test_outside_may_mean_the_macroregion() -> None:
    places = tables()["territories"].assign(macroregion_id=["m1", "m1", "m2"])
    ceiling = {"site_id": "h1", "specialty_id": "all", "cases": 0, "hard": "no", "price": 1}
    regions = assemble(scenario(territories=places, load_ceilings=rows(ceiling)))
    places["region_id"] = ["a", "b", "c"]
    own = assemble(scenario(territories=places, load_ceilings=rows(ceiling)))
    wide = assemble(scenario(territories=places, load_ceilings=rows({**ceiling, "area": "macroregion"})))
    assert [len(a.problem.promises[0].journeys) for a in (regions, own, wide)] == [1, 2, 1]


def test_a_period_s_own_ceiling_stands_before_the_one_for_every_period() -> None:
    ceiling = {"site_id": "h1", "specialty_id": "all", "cases": 9}
    both = rows(ceiling, {**ceiling, "period_id": "p1", "cases": 4})
    found = assemble(scenario(load_ceilings=both)).problem.of(LoadCeiling)
    assert [c.limit for c in found] == [4.0]


# --- workforce -------------------------------------------------------------------------------------------------


def staffed(**values: object) -> Scenario:
    return scenario(
        workforce=rows({"role_id": "nurse", **values}),
        staffing=rows({"specialty_id": "cardio", "role_id": "nurse", "cases_per_fte": 20}),
    )


def test_the_cheaper_way_to_find_people_is_used_first() -> None:
    plan = solved(staffed(stock=1, training_max=1.5, training_cost=2, recruitment_max=9, recruitment_cost=7))
    row = plan.workforce.iloc[0]
    assert (row["need"], row["trained"], row["recruited"]) == pytest.approx((3.0, 1.5, 0.5))
    assert bool(row["binding"])
    assert line(plan, "training") + line(plan, "recruitment") == pytest.approx(1.5 * 2 + 0.5 * 7)


def test_too_few_people_leave_cases_untreated_or_no_plan() -> None:
    plan = solve(staffed(stock=1, training_max=1), EXACT)
    assert plan.status == Status.INFEASIBLE
    assert any("nurse in whole area: 1.0 full-time people are missing of 3.0 needed" in s for s in plan.reason)
    short = solved(staffed(stock=1, training_max=1, hard="no", price=4))
    assert line(short, "shortfall_workforce") == pytest.approx(4.0)


def test_staffing_of_a_size_stands_before_that_of_every_size() -> None:
    case = scenario(
        workforce=rows({"role_id": "nurse", "stock": 50}),
        staffing=rows(
            {"specialty_id": "cardio", "size_id": "large", "role_id": "nurse", "fte": 5},
            {"specialty_id": "cardio", "role_id": "nurse", "fte": 2, "cases_per_fte": 10},
        ),
    )
    built = assemble(case)
    by_size = dict(zip(built.options.table["size_id"], built.problem.workforce.fixed[0].tolist(), strict=True))
    per_case = dict(zip(built.options.table["size_id"], built.problem.workforce.per_case[0].tolist(), strict=True))
    assert by_size == {"small": 2.0, "large": 5.0}
    assert per_case == {"small": 0.1, "large": 0.0}


# --- emergency stations ----------------------------------------------------------------------------------------


def test_reach_follows_stated_and_modelled_minutes() -> None:
    """s2 reaches t3 in the 18 minutes stated, and its own place at once; the next place is 26 minutes away."""
    found = assemble(example()).problem.emergency
    assert {(found.stations[k], int(i)) for k, i in found.reach.tolist()} == {
        ("s1", 0),
        ("s2", 1),
        ("s2", 2),
        ("s3", 2),
    }


def test_only_as_many_stations_as_the_promise_needs() -> None:
    """With s2 and s3 there, half of the people are reached without s1; nobody asks for more."""
    plan = solved(example(emergency=rows({"promise": "cover", "share": 0.8})))
    assert plan.stations["station_id"].to_list() == ["s2", "s3"]
    fewer = solved(example(emergency=rows({"promise": "cover", "share": 0.5})))
    assert fewer.stations["station_id"].to_list() == ["s3"]  # s2 is given up, s3 is kept
    assert line(plan, "station_works") == 0.0


def test_a_dear_window_brings_the_centre_to_the_patients() -> None:
    """From t3 it is 50 minutes to h1, and 25 are left: only a centre at h2 treats them in the window."""
    promise = {"promise": "window", "share": 1.0, "hard": "no"}
    nothing_else = {name: rows() for name in ("load_ceilings", "workforce", "staffing")}
    cheap = solved(example(**nothing_else, emergency=rows({**promise, "price": 2})))
    dear = solved(example(**nothing_else, emergency=rows({**promise, "price": 900})))
    assert line(cheap, "shortfall_emergency") > 0
    assert "h2" in set(dear.openings["site_id"])
    achieved = dear.emergency.set_index(["measure", "region_id"])["achieved"]
    assert achieved["window", "east"] == pytest.approx(30.0)


def test_coverage_takes_its_part_in_the_window() -> None:
    """Where no station reaches, no case is within its window, wherever it is treated."""
    alone = example(
        stations=rows(station("s3", "t3", status="kept")),
        station_times=rows({"station_id": "s3", "territory_id": "t2", "minutes": 90}),
        emergency=rows({"promise": "window", "share": 0.1, "hard": "no", "price": 1}),
    )
    by_region = solved(alone).emergency.set_index(["measure", "region_id"])["achieved"]
    assert by_region["window", "west"] == 0.0


def test_today_is_neither_bound_nor_given_new_stations() -> None:
    today = status_quo(example())
    assert today.stations["status"].to_list() == ["kept", "kept"]
    assert not today.load_ceilings["hard"].any()
    assert not today.workforce["hard"].any()


# --- input -----------------------------------------------------------------------------------------------------


def codes(**changes: pd.DataFrame) -> set[tuple[str, str, str]]:
    try:
        notices = example(**changes).notices
    except InputError as error:
        notices = error.problems
    return {(p.code, p.sheet, p.cell) for p in notices}


HUB = {"site_id": "h1", "specialty_id": "all", "cases": 5}
NURSE = {"role_id": "nurse", "stock": 5}
STAFF = rows({"specialty_id": "cardio", "role_id": "nurse", "fte": 1})

WRONG: dict[str, tuple[dict[str, pd.DataFrame], tuple[str, str, str]]] = {
    "ceiling without a price": (
        {"load_ceilings": rows({**HUB, "hard": "no"})}, ("elastic_without_price", "load_ceilings", "2:2")),
    "ceiling of an unknown site": (
        {"load_ceilings": rows({**HUB, "site_id": "h9"})}, ("unknown_reference", "load_ceilings", "A2")),
    "macro-region without a code": (
        {"load_ceilings": rows({**HUB, "area": "macroregion"})}, ("hub_without_macroregion", "load_ceilings", "D2")),
    "area that does not exist": (
        {"workforce": rows({**NURSE, "region_id": "north"})}, ("unknown_reference", "workforce", "C2")),
    "role that leaves a region out": (
        {"workforce": rows({**NURSE, "region_id": "west"}), "staffing": STAFF},
        ("role_not_everywhere", "workforce", "A2")),
    "role that nobody needs": (
        {"workforce": rows(NURSE, {**NURSE, "role_id": "cook"}), "staffing": STAFF},
        ("role_not_needed", "workforce", "A3")),
    "staffing without a number": (
        {"workforce": rows(NURSE), "staffing": rows({"specialty_id": "cardio", "role_id": "nurse"})},
        ("staffing_without_number", "staffing", "2:2")),
    "staffing of an unknown size": (
        {"workforce": rows(NURSE),
         "staffing": rows({"specialty_id": "cardio", "size_id": "huge", "role_id": "nurse", "fte": 1})},
        ("unknown_size", "staffing", "B2")),
    "staffing of an unknown role": (
        {"workforce": rows(NURSE), "staffing": rows({"specialty_id": "cardio", "role_id": "nurs", "fte": 1})},
        ("unknown_reference", "staffing", "B2")),
    "fewer ambulances than the least": (
        {"stations": rows(station("s2", "t2", ambulances_min=4))}, ("ambulances_out_of_order", "stations", "F2")),
    "promise without stations": (
        {"stations": rows(), "station_times": rows()}, ("promise_without_stations", "emergency", "A2")),
    "coverage without a share": (
        {"emergency": rows({"promise": "cover"})}, ("promise_without_amount", "emergency", "2:2")),
    "ambulances for how many": (
        {"emergency": rows({"promise": "ambulances"})}, ("promise_without_amount", "emergency", "2:2")),
    "coverage of a specialty": (
        {"emergency": rows({"promise": "cover", "share": 0.5, "specialty_id": "cardio"})},
        ("promise_not_by_specialty", "emergency", "C2")),
    "window of a specialty that has none": (
        {"specialties": rows({"specialty_id": "cardio", "cases_per_100k": 5}),
         "emergency": rows({"promise": "window", "share": 0.5})}, ("specialty_without_window", "emergency", "2:2")),
    "window used up before the journey": (
        {"specialties": rows({"specialty_id": "cardio", "cases_per_100k": 5, "window_minutes": 30})},
        ("window_used_up", "specialties", "C2")),
    "station without a place": (
        {"territories": tables()["territories"], "station_times": rows({"station_id": "s2", "territory_id": "t3",
                                                                        "minutes": 18})},
        ("station_without_place", "stations", "2:2")),
}  # fmt: skip


@pytest.mark.few(8)
@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_is_told_at_its_cell(name: str) -> None:
    changes, problem = WRONG[name]
    assert problem in codes(**changes)


def test_the_example_is_sound() -> None:
    assert codes() == set()


def test_population_of_no_one_needs_no_coverage() -> None:
    empty = tables()["territories"].assign(population=[0, 20, 30], latitude=0.0, longitude=[0.0, 0.3, 0.6])
    assert assemble(example(territories=empty)).problem.emergency.territory.tolist() == [1, 2]
    assert np.isfinite(solved(example(territories=empty)).objective)
