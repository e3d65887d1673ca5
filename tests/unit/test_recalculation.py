"""Workbooks whose every cell is the same when all that they show is thrown away and computed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from appraisal_example import CONTRACTS, contracts, example
from network_example import example_plan as hubs_and_satellites
from resources_example import station

from recalculation import apart, differences, needs_libreoffice, recalculated
from redesaude import read_scenario
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.report.comparison import write_workbook
from redesaude.report.studies import Studies, studies_of
from redesaude.report.terms import COST_LINES
from redesaude.report.view import view_of
from redesaude.report.workbook import write_audit_workbook
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve
from redesaude.studies.compare import compare
from redesaude.studies.strategies import status_quo
from tiny import EXACT, rows, settings, times
from tiny import scenario as tiny_scenario

#: ids that are patterns or comparisons where spreadsheets look for them
HOSPITAL, CLINIC, PRIVATE, SPECIALTY = "h*", "h?", "=h", "<>~cardio"
SCENARIOS = Path(__file__).parents[2] / "scenarios"


def promised() -> dict[str, pd.DataFrame]:
    """Limits of money, access, loads and staff, and what answers for emergencies."""
    return dict(  # noqa: C408  the sheets as they are called
        funding=rows(
            {"funding_id": "purse*", "name": "Purse, all", "kind": "running", "amount": 5000},
            {"funding_id": "purse?", "kind": "capital", "amount": 100, "hard": "no", "price": 0.1},
        ),
        fiscal=rows({"fiscal_id": "<art28", "kind": "ppp", "base_amount": 1000, "share": 0.5}),
        access_targets=rows(
            {"specialty_id": SPECIALTY, "region_id": "each", "share": 0.9, "minutes": 25, "hard": "no", "price": 1}
        ),
        load_ceilings=rows({"site_id": CLINIC, "specialty_id": "all", "cases": 0, "hard": "no", "price": 0.1}),
        workforce=rows(
            {"role_id": "nurse*", "name": "Nurses", "stock": 2, "training_max": 1, "training_cost": 3,
             "recruitment_max": 1, "recruitment_cost": 1, "hard": "no", "price": 0.5}
        ),
        staffing=rows({"specialty_id": SPECIALTY, "role_id": "nurse*", "fte": 1, "cases_per_fte": 10}),
        stations=rows(station("s1", "t1"), station("s2", "t2"), station("s3", "t3", status="kept")),
        emergency=rows(
            {"promise": "cover", "share": 0.9, "hard": "no", "price": 5},
            {"promise": "double_cover", "share": 1, "hard": "no", "price": 0.01},
        ),
    )  # fmt: skip


def busy(periods: int = 2, **changes: pd.DataFrame) -> Scenario:
    """A network with nearly every line of cost: works, companies, providers, hubs, staff, stations, promises."""
    years = 10 // periods
    base: dict[str, pd.DataFrame] = dict(  # noqa: C408  the sheets as they are called
        settings=settings(
            title="Busy", horizon_years=10, base_year=2025, discount_rate=0.05, inflation=0.03, emergency_minutes=20,
            patient_minute_cost=0.1, patient_time_weight=1, road_detour=1.0, road_speed_kmh=77.0,
        ),
        periods=rows(
            *({"period_id": f"p{n}", "first_year": 2025 + n * years, "years": years} for n in range(periods))
        ),
        territories=rows(
            {"territory_id": "t1", "region_id": "west*", "population": 30, "latitude": 0, "longitude": 0.0},
            {"territory_id": "t2", "region_id": "east", "population": 40, "latitude": 0, "longitude": 0.3},
            {"territory_id": "t3", "region_id": "east", "population": 20, "latitude": 0, "longitude": 0.6},
        ),
        specialties=rows(
            {"specialty_id": SPECIALTY, "cases_per_100k": 100_000, "trips_per_case": 0.5, "access_minutes": 20,
             "access_share": 0.3, "ceiling_minutes": 90, "unmet_cost": 60}
        ),
        sites=rows(
            {"site_id": HOSPITAL, "territory_id": "t1", "kind": "public", "fixed_cost": 10},
            {"site_id": CLINIC, "territory_id": "t2", "kind": "public", "fixed_cost": 10},
            {"site_id": PRIVATE, "territory_id": "t3", "kind": "private", "fixed_cost": 5},
        ),
        sizes=rows(
            {"specialty_id": SPECIALTY, "size_id": "small", "capacity": 25, "capex": 200, "fixed_cost": 100,
             "cost_per_case": 5, "lifecycle_share": 0.01, "build_months": 12, "min_cases": 18, "min_cases_hard": "no",
             "min_cases_price": 1},
            {"specialty_id": SPECIALTY, "size_id": "large", "capacity": 60, "capex": 400, "fixed_cost": 150,
             "cost_per_case": 4, "lifecycle_share": 0.01, "build_months": 24},
        ),
        site_services=rows(
            {"site_id": HOSPITAL, "specialty_id": SPECIALTY, "size_id": "small", "status": "existing",
             "contract_id": "direct"},
            {"site_id": PRIVATE, "specialty_id": SPECIALTY, "size_id": "small", "status": "required"},
            {"site_id": CLINIC, "specialty_id": SPECIALTY, "size_id": "small", "status": "required"},
        ),
        contracts=contracts({"contract_id": "ppp", "contribution_share": 0.2}),
        travel_times=times(
            {
                "t1": {HOSPITAL: 5, CLINIC: 30, PRIVATE: 60},
                "t2": {HOSPITAL: 30, CLINIC: 5, PRIVATE: 30},
                "t3": {HOSPITAL: 60, CLINIC: 30, PRIVATE: 5},
            }
        ),
    )  # fmt: skip
    return tiny_scenario(**base | promised() | changes)


@cache
def plan_of(periods: int) -> Plan:
    plan = solve(busy(periods), EXACT)
    assert plan.has_decisions, plan.reason
    return plan


@cache
def studied(periods: int) -> Studies:
    return studies_of(plan_of(periods))


def workbook(plan: Plan, folder: Path, studies: Studies | None = None) -> Path:
    path = folder / "plan.xlsx"
    write_audit_workbook(view_of(plan, "en", studies or studies_of(plan)), path)
    return path


#: a workbook by number of periods
Books = Callable[[int], Path]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """The workbook of the busy plan with all studies."""
    return cache(lambda periods: workbook(plan_of(periods), tmp_path_factory.mktemp("written"), studied(periods)))


@pytest.fixture(scope="module")
def computed(written: Books, tmp_path_factory: pytest.TempPathFactory) -> Books:
    """The same workbook recalculated."""
    return cache(lambda periods: recalculated(written(periods), tmp_path_factory.mktemp("computed")))


@pytest.mark.long
@needs_libreoffice
def test_any_number_of_lines_leaves_the_ledger_alone(tmp_path: Path) -> None:
    """Every line there is in every year: the table by line once met the ledger beside it."""
    plan, studies = plan_of(2), studied(2)
    flows = studies.appraised.cash_flow
    first = flows[flows["payer"] == "state"].iloc[[0]]
    every = pd.concat([flows, *(first.assign(line=line, real=7.0) for line in COST_LINES)], ignore_index=True)
    studies = replace(studies, appraised=replace(studies.appraised, cash_flow=every))
    write_audit_workbook(view_of(plan, "en", studies), tmp_path / "plan.xlsx")
    assert [cell for cell in differences(tmp_path / "plan.xlsx", tmp_path) if cell.startswith("cash")] == []


@pytest.mark.long
@needs_libreoffice
@pytest.mark.parametrize("periods", [1, 2])
def test_a_plan_recalculates_to_what_it_shows(periods: int, written: Books, computed: Books) -> None:
    assert apart(written(periods), computed(periods)) == []
    summary = openpyxl.load_workbook(computed(periods), data_only=True)["summary"]
    figures = {row[0]: row[1] for row in summary.iter_rows(values_only=True)}
    within = [shown for name, shown in figures.items() if str(name).startswith("Within the access standard in 20")]
    assert len(within) == 2
    assert all(isinstance(share, float) for share in within)


@pytest.mark.long
@needs_libreoffice
def test_totals_are_the_parts_of_the_objective(computed: Books) -> None:
    plan = plan_of(2)
    book = openpyxl.load_workbook(computed(2), data_only=True)
    by_line, by_contract = (plan.costs.groupby(key)["npv"].sum() for key in ("line", "contract_id"))
    page = list(book["costs"].iter_rows(values_only=True))
    top = next(n for n, row in enumerate(page) if row[0] == "Cost line")
    total, code = page[top].index("Total"), page[top].index("Line code")
    end = next(n for n, row in enumerate(page) if n > top and row[0] == "Total")
    codes = {str(row[code]): row[total] for row in page[top:end] if row[code] in by_line.index}
    assert codes == pytest.approx(by_line.to_dict(), abs=1e-6)
    assert page[end][total] == pytest.approx(plan.objective, abs=1e-6)
    names = dict(zip(page[top], page[end], strict=True))
    assert {c: names[c or "No contract"] for c in by_contract.index} == pytest.approx(by_contract.to_dict(), abs=1e-6)


@pytest.mark.long
@needs_libreoffice
def test_a_comparison_recalculates_to_what_it_shows(tmp_path: Path) -> None:
    write_workbook(compare(busy(1), EXACT), tmp_path / "compare.xlsx", "en")
    assert differences(tmp_path / "compare.xlsx", tmp_path) == []


@pytest.mark.long
@needs_libreoffice
def test_a_network_of_hubs_recalculates_to_what_it_shows(tmp_path: Path) -> None:
    assert differences(workbook(hubs_and_satellites(), tmp_path), tmp_path) == []


@needs_libreoffice
@pytest.mark.long
@pytest.mark.parametrize("name", ["mato-grosso-network", "mekong-network"])
def test_todays_network_recalculates_to_what_it_shows(name: str, tmp_path: Path) -> None:
    """Of today, which is found in seconds: hundreds of services in tiers, with stations and teams."""
    plan = solve(status_quo(read_scenario(SCENARIOS / f"{name}.xlsx")), SolveOptions(time_limit=120.0))
    assert plan.has_decisions, plan.reason
    write_audit_workbook(view_of(plan), tmp_path / "plan.xlsx")
    assert differences(tmp_path / "plan.xlsx", tmp_path) == []


@pytest.mark.long
def test_limits_are_told_by_name_in_several_periods(written: Books) -> None:
    plan = plan_of(2)
    assert set(plan.promises["kind"]) >= {"access", "volume", "load", "workforce", "running", "capital", "ppp"}
    page = openpyxl.load_workbook(written(2), data_only=True)["limits"]
    told = {row[12]: row[1] for row in page.iter_rows(min_row=5, values_only=True) if row[12]}
    assert told["purse*|p0"] == told["purse*|p1"] == "Purse, all"
    assert told[f"volume|{PRIVATE}|{SPECIALTY}|p1"] == PRIVATE
    assert told["workforce|nurse*|all|p1"] == "Nurses"
    assert told[f"load|{CLINIC}|all|region|p1"] == CLINIC
    assert told[f"{SPECIALTY}|east|25|0.9|p1"] == "at least 90% of cases within 25 minutes"
    assert not [words for words in told.values() if "|" in words]


@pytest.mark.long
def test_a_promise_is_told_alike_wherever_it_stands(written: Books) -> None:
    """One at other minutes than the standard was "no target" beside the row of ``limits`` that lists it."""
    book = openpyxl.load_workbook(written(2), data_only=True)
    limits = [
        row
        for row in book["limits"].iter_rows(min_row=5, values_only=True)
        if row[12] and " of cases within " in row[1] and row[2]
    ]
    assert limits
    access = list(book["access"].iter_rows(values_only=True))
    names = next(row for row in access if row[0] == "Specialty")
    verdict, promised = names.index("Result"), names.index("Promised")
    told = {(row[0], row[1], row[2]): row for row in access if row[0]}
    for row in limits:
        place = "Whole area" if row[3] == "whole area" else row[3]
        found = told[row[2], place, row[4]]
        assert row[1] in found[promised]
        assert found[verdict] == row[10]


@pytest.mark.long
def test_running_cost_a_year_is_one_figure(written: Books) -> None:
    """The summary told an equal yearly amount beside the sheet ``phases``, which tells the mean of each period."""
    book = openpyxl.load_workbook(written(2), data_only=True)
    page = list(book["phases"].iter_rows(values_only=True))
    last = [row[6] for row in page if row[0] == "2030-2034"]
    told = [row[1] for row in book["summary"].iter_rows(values_only=True) if str(row[0]).startswith("Running cost and")]
    assert told == [pytest.approx(sum(last))]
    assert sum(last) > 0


@pytest.mark.long
@needs_libreoffice
def test_a_plan_in_which_some_are_treated_elsewhere_and_waiting_is_weighed_recalculates(tmp_path: Path) -> None:
    stated = example().specialties.assign(treated_elsewhere_share=0.3)
    weighed = replace(example().settings, waiting_weight=0.5, discount_rate=0.06)
    plan = solve(example().replace(specialties=stated, settings=weighed), EXACT)
    assert {"waiting", "elsewhere"} <= set(plan.costs["line"])
    path = workbook(plan, tmp_path)
    assert differences(path, tmp_path) == []
    assert list(_unexplained(path)) == []


@pytest.mark.long
@needs_libreoffice
def test_works_along_a_curve_recalculate_to_what_the_engine_found(tmp_path: Path) -> None:
    """A curve under every way of financing, of its own each: works of direct administration late by half."""
    stated = {"direct": "0.1; 0.2; 0.7", "share": "1; 0", "purchase": "0.3; 0.7", "ppp": "0.6; 0.4", "loan": "0; 1"}
    loan = dict(CONTRACTS["ppp"], name="Loan", debt_years=8, gearing=0.6, debt_rate=0.05, tax_rate=0.2)
    table = contracts(
        *({**(loan if c == "loan" else {}), "contract_id": c, "works_profile": p} for c, p in stated.items())
    )
    sizes = example().sizes.assign(build_months=30.0)
    plan = solve(example(contracts=table).replace(sizes=sizes), EXACT)
    path = workbook(plan, tmp_path)
    assert differences(path, tmp_path) == []
    assert list(_unexplained(path)) == []


def _unexplained(path: Path) -> Iterator[tuple[int, float]]:
    """Rows of the options on the sheet ``appraisal`` whose formulas do not come to what the engine found."""
    rows = list(openpyxl.load_workbook(path, data_only=True)["appraisal"].iter_rows(values_only=True))
    heads = [(n, row.index("Difference")) for n, row in enumerate(rows) if "Difference" in row]
    assert heads
    for first, column in heads:
        for n, row in enumerate(rows[first + 1 :], start=first + 2):
            if not isinstance(row[column], int | float):
                break
            if abs(row[column]) > 1e-6:
                yield n, float(row[column])
