"""Lots that a contract groups: sites chosen by the plan, most services, brute force, audit, sentence, studies, page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from enumeration import Enumeration

import tiny
from random_tables import random_tables
from redesaude.inputs.lots import lot_name, lots
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.variants import apply_variant
from redesaude.plan.audit import audit
from redesaude.plan.plan import Plan
from redesaude.report.tables import write_tables
from redesaude.report.view import view_of
from redesaude.report.workbook import write_audit_workbook
from redesaude.solving.solve import solve
from redesaude.status import Status
from redesaude.studies.alternatives import alternatives
from redesaude.studies.eligibility import eligibility, eligible_together
from redesaude.studies.strategies import status_quo
from tiny import EXACT, rows

ENGINES = ("direct", "decomposed")
#: the same terms for each site alone, and for all of the area; letting costs 60 a lot
ALONE = {"contract_id": "alone", "delivery_model": "oss", "lot_scope": "site", "transaction_cost": 60.0}
TOGETHER = ALONE | {"contract_id": "together", "lot_scope": "all"}


def case(*contracts: Mapping[str, Any], **changes: Any) -> Scenario:
    """Both sites are needed: nobody travels further than 25 minutes."""
    specialties = tiny.tables()["specialties"].assign(unmet_cost=10_000, ceiling_minutes=25)
    base = {"specialties": specialties, "contracts": rows(*(contracts or (ALONE, TOGETHER)))}
    return tiny.scenario(**(base | changes))


def limit(services: int, **values: Any) -> pd.DataFrame:
    return rows({"contract_id": "together", "services": services} | values)


def solved(scenario: Scenario, engine: str = "direct") -> Plan:
    return solve(scenario, replace(EXACT, engine=engine))


def under(plan: Plan) -> list[str]:
    return sorted(plan.openings["contract_id"])


def paid(plan: Plan, line: str = "transaction") -> float:
    return float(plan.costs.loc[plan.costs["line"] == line, "npv"].sum())


@pytest.mark.few(1)
@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_let_together_is_let_once(engine: str) -> None:
    apart, plan = solved(case(ALONE), engine), solved(case(), engine)
    assert (paid(apart), paid(plan)) == (120.0, 60.0)
    assert under(plan) == ["together", "together"]
    assert plan.audit.passed
    assert plan.objective == pytest.approx((apart.objective or 0.0) - 60.0)


@pytest.mark.few(4)
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("hard", "price", "let"), [("yes", None, 120.0), ("no", 100.0, 120.0), ("no", 1.0, 60.0)])
def test_a_lot_has_at_most_so_many_services(engine: str, hard: str, price: float | None, let: float) -> None:
    plan = solved(case(lot_limits=limit(1, hard=hard, price=price)), engine)
    assert paid(plan) == let
    assert plan.audit.passed
    assert (paid(plan, "shortfall_count") > 0) == (let == 60.0)


@pytest.mark.few(1)
@pytest.mark.parametrize("engine", ENGINES)
def test_the_plan_chooses_which_sites_join_where_few_bidders_ask_more(engine: str) -> None:
    """The lot saves 60 of letting, and costs a twentieth more to run: worth it until running it costs 1,200 a year."""
    dearer = TOGETHER | {"opex_factor": 1.5}
    plan = solved(case(ALONE, dearer), engine)
    assert under(plan) == ["alone", "alone"]
    assert plan.audit.passed


def test_lots_are_those_of_the_area_of_a_site() -> None:
    scopes = {"stated": "", "region": "region", "site": "site", "everywhere": "all"}
    each = [TOGETHER | {"contract_id": name, "lot_scope": scope} for name, scope in scopes.items()]
    found = case(*each, sites=tiny.tables()["sites"].assign(lot_id=["north", ""]), lots=rows({"lot_id": "north"}))
    of = lots(found).of
    assert [of("h1", name) for name in scopes] == ["north", "region:west", "site:h1", "everywhere:"]
    assert of("h2", "stated") == "site:h2"
    assert lot_name(found, "region:west") == "west"


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", range(12))
def test_the_optimum_is_the_best_of_all_networks(seed: int) -> None:
    found = random_tables(seed)
    scopes = ["region", "all", "site", ""]
    contracts = found["contracts"].assign(lot_scope=[scopes[(seed + n) % 4] for n in range(len(found["contracts"]))])
    contract = contracts["contract_id"].iloc[-1]
    grouped = tiny.scenario(
        **found | {"contracts": contracts, "lot_limits": rows({"contract_id": contract, "services": 1 + seed % 2})}
    )
    plan, best = solve(grouped, EXACT), Enumeration(grouped).best()
    assert plan.has_decisions == (best is not None)
    if best is not None:
        assert plan.objective == pytest.approx(best, rel=1e-6)
        assert plan.audit.passed


def test_a_variant_limits_a_lot_and_tells_its_price() -> None:
    change = {"variant_id": "small", "sheet": "lot_limits", "key": "together", "column": "active", "value": "yes"}
    waiting = case(lot_limits=limit(1, active="no"), variants=rows(change))
    assert (paid(solved(waiting)), paid(solved(apply_variant(waiting, "small")))) == (60.0, 120.0)


def test_the_audit_sees_a_plan_that_breaks_it() -> None:
    found = audit(replace(solved(case()), scenario=case(lot_limits=limit(1))))
    assert "other hard promises kept" in [check.name for check in found.checks if not check.passed]


def test_without_a_plan_it_is_told_and_the_advice_makes_one() -> None:
    both = rows(*({"site_id": s, "specialty_id": "cardio", "status": "required"} for s in ("h1", "h2")))
    plan = solved(case(TOGETHER, site_services=both, lot_limits=limit(1)))
    assert plan.status == Status.INFEASIBLE
    assert any("services needed: 2" in sentence for sentence in plan.reason)
    assert solved(case(TOGETHER, site_services=both, lot_limits=limit(2))).has_decisions
    assert solved(case(site_services=both, lot_limits=limit(1))).has_decisions


def test_the_status_quo_counts_a_lot_of_today_and_pays_what_is_above() -> None:
    both = rows(
        *(
            {"site_id": s, "specialty_id": "cardio", "status": "existing", "size_id": "l", "contract_id": "together"}
            for s in ("h1", "h2")
        )
    )
    size = tiny.tables()["sizes"]["size_id"].iloc[-1]
    frozen = status_quo(case(site_services=both.assign(size_id=size), lot_limits=limit(1, price=5.0)))
    plan = solve(frozen, EXACT)
    assert plan.audit.passed
    assert paid(plan) == 0.0
    assert plan.promises["shortfall"].tolist() == [1.0]


def test_studies_say_where_a_lot_is_full() -> None:
    """One site joins the lot, whose contract halves running cost; the other would, but for its limit."""
    direct, cheap = {"contract_id": "direct"}, TOGETHER | {"opex_factor": 0.5}
    plan = solved(case(direct, cheap, lot_limits=limit(1)))
    under_lot = plan.openings.set_index("site_id")["contract_id"] == "together"
    table = eligibility(alternatives(plan).repricing)
    assert table.loc[under_lot.index[~under_lot], "together"].tolist() == ["lot_full"]
    assert table.loc[under_lot.index[under_lot], "together"].tolist() == [""]
    assert len(eligible_together(alternatives(plan).repricing, "together", table)) == 1


@pytest.mark.few(1)
@pytest.mark.parametrize("contracts", [(ALONE, TOGETHER), (ALONE,)])
def test_lots_are_told_on_their_page_where_one_has_several_sites(
    contracts: tuple[Mapping[str, Any], ...], tmp_path: Path
) -> None:
    plan = solved(case(*contracts, settings=tiny.settings(language="pt-BR")))
    view = view_of(plan)
    write_audit_workbook(view, tmp_path / "audit.xlsx")
    write_tables(view, tmp_path / "tables")
    book = openpyxl.load_workbook(tmp_path / "audit.xlsx")
    together = len(contracts) == 2
    assert ("lots" in book.sheetnames, (tmp_path / "tables" / "lots.csv").exists()) == (together, together)
    if together:
        written = {cell.value for row in book["lots"].iter_rows() for cell in row}
        assert {"Lotes", "área toda"} <= {str(value).strip() for value in written}
        table = pd.read_csv(tmp_path / "tables" / "lots.csv")
        assert (table["sites"].tolist(), table["transaction"].sum()) == ([2], paid(plan))
