"""Tiers and support: what a plan does with them, worked out by hand, and input that makes no network."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from network_example import SIZES, example, example_plan

from redesaude.assemble import assemble
from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.benefits import outcomes
from redesaude.plan.cash_flow import cash_flow, fiscal_by_year
from redesaude.plan.milestones import milestones
from redesaude.plan.plan import Plan
from redesaude.report.folder import write_report
from redesaude.solving.location.uncapacitated import uncapacitated
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve
from redesaude.status import Status
from redesaude.studies.same_network import under_contracts
from redesaude.studies.surge import surges
from tiny import EXACT, rows

#: discount factors of the twelve years, in the middle of each
FACTORS = 1.05 ** -(np.arange(12) + 0.5)


def solved(case: Scenario) -> Plan:
    plan = solve(case, EXACT)
    assert plan.status == Status.OPTIMAL, plan.reason
    return plan


def without_support(**changes: pd.DataFrame) -> Scenario:
    """The example in one period without hubs: clinics treat half, from the first day."""
    sizes = [{k: v for k, v in size.items() if k not in ("treats_share_mature", "needs_support", "build_months")}
             for size in SIZES]  # fmt: skip
    periods = rows({"period_id": "p1", "first_year": 2025, "years": 12})
    nothing = {name: rows() for name in ("support", "load_ceilings", "funding")}
    return example(**{"sizes": rows(*sizes), "periods": periods, **nothing, **changes})


# --- the example by hand ----------------------------------------------------------------------------------------


def test_who_is_sent_up_before_and_after_the_clinic_has_matured() -> None:
    """h3 opens after a year and is supported for two: of its 30 people it treats 0.75 x 0.5 + 0.25 x 0.8 of p1's."""
    sent = example_plan().transfers.set_index(["from_site_id", "to_site_id", "period_id", "severity_above"])["cases"]
    expected = {
        ("h1", "h4", "p1", 0.9): 6.0,  # a tenth of 60
        ("h1", "h4", "p2", 0.9): 6.0,
        ("h3", "h1", "p1", 0.5): 30 * (0.8 - 0.575),
        ("h3", "h1", "p1", 0.8): 3.0,
        ("h3", "h1", "p2", 0.8): 3.0,
        ("h3", "h4", "p1", 0.9): 3.0,
        ("h3", "h4", "p2", 0.9): 3.0,
    }
    assert sent.to_dict() == pytest.approx(expected)
    cases = example_plan().openings.set_index(["site_id", "period_id"])["cases"]
    assert cases["h3", "p1"] == pytest.approx(30 * 0.575)
    assert cases["h1", "p2"] == pytest.approx(60 * 0.9 + 3)
    assert cases["h4", "p2"] == pytest.approx(9.0)


def test_the_agreement_of_the_example() -> None:
    """The satellite's own row of the sheet holds; both sides pay in 2026 and 2027."""
    (row,) = example_plan().support.to_dict("records")
    assert (row["hub_site_id"], row["satellite_site_id"], row["period_id"]) == ("h1", "h3", "p1")
    assert (row["first_year"], row["last_year"]) == (2026, 2027)
    assert (row["sent_before"], row["sent_after"]) == pytest.approx((0.5, 0.2))
    assert row["npv"] == pytest.approx((6 + 8) * FACTORS[1:3].sum())


def test_what_support_and_transfers_cost_and_who_pays() -> None:
    plan = example_plan()
    costs = plan.costs.set_index(["line", "site_id", "period_id"])["npv"]
    assert costs["support", "h1", "p1"] == pytest.approx(6 * FACTORS[1:3].sum())
    assert costs["support", "h3", "p1"] == pytest.approx(8 * FACTORS[1:3].sum())
    assert costs["transfer", "h3", "p1"] == pytest.approx(3 * 12.75 * FACTORS[:4].sum())
    flows = cash_flow(Appraisal(plan))
    paid = flows[flows["line"].isin(["support", "transfer"])]
    assert set(paid["payer"]) == {"state"}
    assert set(paid["source"]) == {"running"}  # the other envelope names a contract, and they are under none
    by_year = paid.groupby("year")["real"].sum()
    assert by_year[2026] == pytest.approx(14 + 3 * 18.75)
    assert float((by_year.to_numpy() * FACTORS).sum()) == pytest.approx(
        plan.costs.loc[plan.costs["line"].isin(["support", "transfer"]), "npv"].sum()
    )
    used = fiscal_by_year(Appraisal(plan), flows).set_index(["limit_id", "year"])["used"]
    assert used["running", 2026] - used["private", 2026] == pytest.approx(by_year[2026])


def test_journeys_of_those_sent_up_are_travelled_too() -> None:
    """From h3 it is an hour to h1 and to h4, at 0.2 a minute, there and back; patients bear it where they arrive."""
    plan = example_plan()
    travel = plan.costs[plan.costs["line"] == "travel"].set_index(["site_id", "period_id"])["npv"]
    assert travel["h4", "p2"] == pytest.approx(2 * 0.2 * (6 * 10 + 3 * 60) * FACTORS[4:].sum())
    found = outcomes(plan)
    on_the_road = 12 * found.loc[found["item"] == "travel_money", "mean_per_year"].sum()
    minutes = (plan.assignments["cases"] * plan.assignments["minutes"]).groupby(plan.assignments["period_id"]).sum()
    minutes += (plan.transfers["cases"] * plan.transfers["minutes"]).groupby(plan.transfers["period_id"]).sum()
    assert on_the_road == pytest.approx(2 * 0.2 * (4 * minutes["p1"] + 8 * minutes["p2"]))


def test_a_hub_counts_what_others_send_it_from_outside() -> None:
    loads = example_plan().loads.set_index("period_id")
    assert loads["from_outside"].to_list() == pytest.approx([3.0, 3.0])
    assert loads["all_cases"].to_list() == pytest.approx([9.0, 9.0])


def test_both_engines_find_the_same_plan() -> None:
    plan = solve(example(), SolveOptions(gap=0.0, time_limit=30.0, engine="decomposed"))
    assert plan.objective == pytest.approx(example_plan().objective)


def test_services_in_tiers_are_not_decided_alone() -> None:
    """Without capacities and contracts to choose it would be a problem of open services only."""
    problem = assemble(without_support()).problem
    assert uncapacitated(problem) is None


# --- rules one by one ---------------------------------------------------------------------------------------------


def test_transfers_keep_to_their_ceiling() -> None:
    """With transfers of 30 minutes at most a clinic at h3 could send nobody anywhere: t3 is sent away."""
    near = example().specialties.assign(transfer_minutes=30.0)
    plan = solved(example().replace(specialties=near))
    assert "h3" not in set(plan.openings["site_id"])
    assert plan.transfers["minutes"].max() <= 30


def test_a_hub_supports_as_many_as_it_can() -> None:
    """Two clinics are wanted, but the only hub supports one at a time: the other waits until the first has matured."""
    dear = example().specialties.assign(unmet_cost=900.0, ceiling_minutes=10.0)
    case = example().replace(specialties=dear)
    one, two = (solved(case.replace(sizes=case.sizes.assign(supports_max=[0.0, n, 0.0]))) for n in (1.0, 2.0))
    assert sorted(one.support["period_id"]) == ["p1", "p2"]
    assert sorted(two.support["period_id"]) == ["p1", "p1"]
    assert two.objective is not None
    assert one.objective is not None
    assert two.objective < one.objective
    for_ever = case.replace(support=case.support.assign(support_years=np.nan))
    assert len(solved(for_ever).support) == 1


def test_a_given_hub_is_the_only_one() -> None:
    """h4 treats all and could support h3; the bilateral agreement says h4, not h1."""
    given = {"specialty_id": "cardio", "hub_site_id": "h4", "satellite_site_id": "h3", "status": "given"}
    sizes = rows(*(size | {"supports_max": 0 if size["size_id"] == "clinic" else 1} for size in SIZES))
    plan = solved(example(sizes=sizes, support=rows(ANY, given)))
    assert dict(zip(plan.support["satellite_site_id"], plan.support["hub_site_id"], strict=True))["h3"] == "h4"
    assert set(plan.transfers.loc[plan.transfers["from_site_id"] == "h3", "to_site_id"]) == {"h4"}


def test_what_exists_today_has_matured_and_needs_no_hub() -> None:
    today = {"site_id": "h3", "specialty_id": "cardio", "size_id": "clinic", "status": "existing",
             "contract_id": "direct"}  # fmt: skip
    rules = example().site_services
    plan = solved(example(site_services=pd.concat([rules, rows(today)], ignore_index=True)))
    assert "h3" in set(plan.openings["site_id"])
    assert "h3" not in set(plan.support["satellite_site_id"])
    sent = plan.transfers[plan.transfers["from_site_id"] == "h3"]
    assert sent["severity_above"].min() == 0.8


def test_a_case_that_nobody_can_treat_makes_the_plan_impossible() -> None:
    """Everybody must be treated, and nothing treats the worst tenth: the sentence names where to look."""
    case = without_support()
    must = case.replace(specialties=case.specialties.assign(unmet_cost=np.nan, ceiling_minutes=60.0))
    barred = must.site_services[must.site_services["site_id"] != "h4"]
    closed = rows({"site_id": "h4", "specialty_id": "cardio", "size_id": "", "status": "forbidden"})
    columns = must.site_services.columns
    services = pd.concat([barred, closed.reindex(columns=columns)], ignore_index=True).fillna({"contract_id": ""})
    plan = solve(must.replace(site_services=services.astype({"closing_cost": float}).fillna({"closing_cost": 0.0})))
    assert plan.status == Status.INFEASIBLE
    assert any("treated nowhere" in sentence for sentence in plan.reason)


def test_surges_of_specialties_in_tiers_are_computed() -> None:
    plan = solved(example(surge=rows({"surge_id": "flu", "multiplier": 2.0})))
    found = surges(plan).specialties
    assert found["period_id"].tolist() == ["p1", "p2"]
    assert found["share_absorbed"].between(0.0, 1.0).all()
    assert (found["breaks_at"] > 1.0).all()


def test_milestones_tell_how_long_a_satellite_is_supported_and_when_it_has_matured() -> None:
    """A year of works from January 2025, two years of support; services without a hub have no such stage."""
    found = milestones(Appraisal(example_plan()))
    mine = found[found["site_id"] == "h3"][["milestone", "begins", "ends", "months"]]
    assert [tuple(row) for row in mine.to_numpy().tolist()] == [
        ("works", "2025-H1", "2025-H2", 12.0),
        ("opening", "2026-H1", "2026-H1", 0.0),
        ("support", "2026-H1", "2027-H2", 24.0),
        ("maturity", "2028-H1", "2028-H1", 0.0),
    ]
    assert not set(found.loc[found["site_id"] != "h3", "milestone"]) & {"support", "maturity"}


# --- report -------------------------------------------------------------------------------------------------------


def test_under_a_slower_contract_agreements_are_told_by_its_dates() -> None:
    """Procured for two years, the clinic opens and is supported two years later: the swapped plan states that."""
    own = example().contracts.iloc[:1]
    slow = own.assign(contract_id="slow", delivery_model="oss", procurement_months=24.0, oversight_cost=1e6)
    plan = solved(example(contracts=pd.concat([own, slow], ignore_index=True)))
    assert set(plan.openings["contract_id"]) == {"direct"}
    swapped = under_contracts(plan, dict.fromkeys(plan.openings["site_id"], "slow"))
    assert (swapped.support["first_year"] - plan.support["first_year"]).tolist() == [2] * len(plan.support)
    assert len(plan.support)
    assert "agreements as stated" not in [check.name for check in swapped.audit.checks if not check.passed]


@pytest.mark.long
def test_tables_and_sheet_tell_who_supports_whom(tmp_path: Path) -> None:
    out = write_report(example_plan(), tmp_path / "plan", "pt-BR", studies=False)
    support = list(csv.DictReader((out / "tables" / "support.csv").open(encoding="utf-8")))
    assert [(row["hub_site_id"], row["satellite_site_id"]) for row in support] == [("h1", "h3")]
    transfers = list(csv.DictReader((out / "tables" / "transfers.csv").open(encoding="utf-8")))
    assert len(transfers) == len(example_plan().transfers)
    sheet = openpyxl.load_workbook(out / "plan.xlsx")["network"]
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert {"Polos e seus satélites", "Casos encaminhados", 2026, 0.5} <= set(cells)


@pytest.mark.long
def test_no_sheet_where_there_is_nothing_to_tell(tmp_path: Path) -> None:
    plan = replace(example_plan(), support=example_plan().support.iloc[:0], transfers=example_plan().transfers.iloc[:0])
    out = write_report(plan, tmp_path / "plan", studies=False)
    assert "network" not in openpyxl.load_workbook(out / "plan.xlsx").sheetnames


# --- input --------------------------------------------------------------------------------------------------------


def codes(**changes: pd.DataFrame) -> set[tuple[str, str, str]]:
    try:
        notices = example(**changes).notices
    except InputError as error:
        notices = error.problems
    return {(p.code, p.sheet, p.cell) for p in notices}


def sizes(clinic: dict[str, object], hospital: dict[str, object] | None = None, top: float = 1.0) -> pd.DataFrame:
    changes = (clinic, hospital or {}, {"treats_share": top})
    return rows(*(size | change for size, change in zip(SIZES, changes, strict=True)))


ANY = {"specialty_id": "cardio", "support_years": 2}
COLUMNS = sizes({}).columns.to_list()


def cell(column: str, row: int) -> str:
    return f"{chr(ord('A') + COLUMNS.index(column))}{row}"


WRONG: dict[str, tuple[dict[str, pd.DataFrame], tuple[str, str, str]]] = {
    "skills that mature to less": (
        {"sizes": sizes({"treats_share_mature": 0.4})}, ("matures_to_less", "sizes", cell("treats_share_mature", 2))),
    "skills that mature without support": (
        {"sizes": sizes({"needs_support": "no"})},
        ("matures_without_support", "sizes", cell("treats_share_mature", 2))),
    "skills that never mature": (
        {"support": rows({"specialty_id": "cardio"})},
        ("never_matures", "sizes", cell("treats_share_mature", 2))),
    "tiers without a top": (
        {"sizes": sizes({}, top=0.95)}, ("tiers_without_top", "sizes", cell("treats_share", 2))),
    "a share of nothing": (
        {"sizes": sizes({"treats_share": 0.0})}, ("out_of_range", "sizes", cell("treats_share", 2))),
    "a size that needs a hub and is one": (
        {"sizes": sizes({"supports_max": 2})}, ("hub_needs_support", "sizes", cell("supports_max", 2))),
    "support without a hub": (
        {"sizes": sizes({}, {"supports_max": 0})}, ("support_without_hub", "sizes", cell("needs_support", 2))),
    "support without an agreement": (
        {"support": rows()}, ("support_without_agreement", "sizes", cell("needs_support", 2))),
    "support that is forbidden": (
        {"support": rows({**ANY, "status": "forbidden"})},
        ("support_without_agreement", "sizes", cell("needs_support", 2))),
    "agreement that nobody needs": (
        {"sizes": sizes({"needs_support": "no", "treats_share_mature": None})},
        ("agreement_not_needed", "support", "A2")),
    "given agreement without a satellite": (
        {"support": rows({**ANY, "status": "given", "hub_site_id": "h1"})},
        ("agreement_not_bilateral", "support", "2:2")),
    "a hub that supports itself": (
        {"support": rows(ANY, {**ANY, "hub_site_id": "h1", "satellite_site_id": "h1"})},
        ("supports_itself", "support", "D3")),
    "a hub that may never be open": (
        {"support": rows(ANY, {**ANY, "hub_site_id": "h1", "satellite_site_id": "h3", "status": "given"}),
         "site_services": rows({"site_id": "h1", "specialty_id": "cardio", "size_id": "", "status": "forbidden"})},
        ("agreement_where_never_open", "support", "C3")),
    "the same agreement twice": ({"support": rows(ANY, ANY)}, ("duplicate_row", "support", "A3")),
    "a satellite that is not there": (
        {"support": rows(ANY, {**ANY, "satellite_site_id": "h9"})}, ("unknown_reference", "support", "C3")),
    "transfers where nobody is sent up": (
        {"sizes": rows(*({k: v for k, v in s.items() if not k.startswith("treats")} for s in SIZES))},
        ("transfer_without_tiers", "specialties", "G2")),
}  # fmt: skip


@pytest.mark.few(3)
@pytest.mark.parametrize("name", WRONG)
def test_what_makes_no_network_is_told_at_its_cell(name: str) -> None:
    changes, problem = WRONG[name]
    assert problem in codes(**changes)


def test_the_example_is_sound() -> None:
    assert codes() == set()
