"""Another contract opens later: until then people are treated in services of today, in studies as in the model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from redesaude.finance.risks import Means, register_of
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.report.view import view_of
from redesaude.report.workbook import appraisal
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.pages import PAGES
from redesaude.solving.solve import solve
from redesaude.studies.alternatives import AS_DECIDED, among
from redesaude.studies.appraise import START, appraise
from redesaude.studies.assumptions import assumptions_of
from redesaude.studies.outcomes import outcomes
from redesaude.studies.repricing import COMPONENTS, Repricing
from redesaude.studies.sensitivity import break_even
from redesaude.studies.verdicts import PROGRAMME, Verdicts
from tiny import EXACT, PPP, Tables, rows, scenario, settings, tables, times

CONTRACTS = (
    {"contract_id": "direct", "delivery_model": "direct"},
    PPP | {"contract_id": "slow", "procurement_months": 30, "delay_factor": 1.3, "opex_factor": 0.9},
    {"contract_id": "quick", "delivery_model": "oss", "procurement_months": 3, "opex_factor": 1.2},
)
#: two periods, the first of four years
TWO: Tables = {
    "periods": rows(
        {"period_id": "p1", "first_year": 2025, "years": 4}, {"period_id": "p2", "first_year": 2029, "years": 6}
    )
}


def network(decided: dict[str, str], seed: int = 0, sheets: Tables | None = None) -> Scenario:
    """A service of today ends, and one is kept or forbidden; two are built, each under the contract ``decided``.

    Everybody goes to the nearest that is open, whatever the contracts.
    """
    draw = np.random.default_rng(seed)
    size = {"specialty_id": "cardio", "fixed_cost": 40, "cost_per_case": 3}
    sizes = rows(
        size | {"size_id": "small", "capacity": 30, "cost_per_case": draw.uniform(3, 9)},
        size | {"size_id": "kept", "capacity": 60},
        size | {"size_id": "new", "capacity": 60, "capex": draw.uniform(50, 900), "build_months": draw.integers(6, 30)},
    )
    of = {"specialty_id": "cardio"}
    today = of | {"status": "existing", "contract_id": "direct"}
    places = {"h1": "small", "h2": "kept", "h3": "new", "h4": "new"}
    no_other = [of | {"site_id": site, "size_id": size, "status": "forbidden"}
                for site, own in places.items() for size in ("small", "kept", "new") if size != own]  # fmt: skip
    minutes = {t: dict(zip(places, draw.integers(1, 50, 4).tolist(), strict=True)) for t in ("t1", "t2", "t3")}
    one = tables()["sites"].iloc[0].to_dict()
    return scenario(
        specialties=rows(of | {"cases_per_100k": 100_000, "unmet_cost": draw.uniform(200, 900), "assignment": "nearest",
                               "treated_elsewhere_share": draw.choice([0.0, 0.3])}),
        sizes=sizes,
        sites=rows(*(one | {"site_id": site, "name": site} for site in places)),
        contracts=rows(*CONTRACTS),
        site_services=rows(today | {"site_id": "h1", "size_id": "small"}, today | {"site_id": "h2", "size_id": "kept"},
                           *no_other),
        travel_times=times(minutes),
        decisions=rows(of | {"site_id": "h1", "decision": "forbid"},
                       of | {"site_id": "h2", "decision": "freeze" if seed % 2 else "forbid"},
                       *(of | {"site_id": site, "size_id": "new", "contract_id": contract, "decision": "open"}
                         for site, contract in decided.items())),
        settings=settings(base_year=2025, horizon_years=10, discount_rate=0.05),
        **(sheets or {}),
    )  # fmt: skip


def solved(case: Scenario) -> Plan:
    plan = solve(case, EXACT)
    assert plan.has_decisions, plan.causes
    assert plan.audit.passed
    return plan


@pytest.mark.few(1)
@pytest.mark.parametrize(("seed", "sheets"), [(0, {}), (3, {}), (2, TWO)], ids=["one", "kept", "two"])
def test_a_contract_costs_in_the_study_what_it_costs_in_the_model(seed: int, sheets: Tables) -> None:
    decided = {"h3": "quick", "h4": "slow"}
    plan = solved(network(decided, seed, sheets))
    found = appraise(plan)
    cost = found.options.set_index(["site_id", "contract_id"])["cost_npv"]
    for site, contract in (("h3", "slow"), ("h3", "direct"), ("h4", "quick")):
        forced = solved(network(decided | {site: contract}, seed, sheets))
        study = plan.objective + cost[site, contract] - cost[site, decided[site]]
        assert study == pytest.approx(forced.objective, rel=1e-7), (site, contract)


@pytest.mark.long
def test_so_do_programmes_in_which_all_wait_for_the_same_rooms() -> None:
    plan = solved(network({"h3": "quick", "h4": "quick"}, 2))
    cost = appraise(plan).programme.set_index("contract_id")["cost_npv"]
    for contract in ("direct", "slow"):
        forced = solved(network({"h3": contract, "h4": contract}, 2))
        assert plan.objective + cost[contract] - cost[AS_DECIDED] == pytest.approx(forced.objective, rel=1e-7)


def test_bridges_draws_and_margins_tell_the_same() -> None:
    plan = solved(network({"h3": "quick", "h4": "slow"}, 3))
    known = among(Repricing(plan))
    found = appraise(plan, known)
    cost = found.options.set_index(["site_id", "contract_id"])["cost_npv"]
    bridges = found.bridge[found.bridge["site_id"] != PROGRAMME].groupby(["site_id", "contract_id"])["npv"].sum()
    assert bridges.to_dict() == pytest.approx(cost.to_dict())
    programmes = found.bridge[found.bridge["site_id"] == PROGRAMME].groupby("contract_id")["npv"].sum()
    assert programmes.to_dict() == pytest.approx(found.programme.set_index("contract_id")["cost_npv"].to_dict())
    waiting = found.lines.groupby(["site_id", "contract_id", "line"])["npv"].sum()
    assert waiting["h3", "slow", "waiting"] < full_waiting(plan, "h3", "slow")
    drawn = outcomes(known, Means(register_of(plan.scenario.risks, plan.scenario.contracts)))
    assert {key: parts.sum() for key, parts in drawn.sites.items()} == pytest.approx(cost[list(drawn.sites)].to_dict())
    assert drawn.plan.tolist() == pytest.approx([plan.objective])


def full_waiting(plan: Plan, site: str, contract: str) -> float:
    """What waiting would cost there if no service of today helped."""
    prices = Repricing(plan)
    row = prices.site_of_service == site
    told = prices.prices({**prices.decided, site: contract})
    return float((told.per_case["waiting"] * prices.cases)[row].sum())


@pytest.mark.long
def test_a_break_even_is_where_the_whole_network_costs_the_same() -> None:
    verdicts = Verdicts(solved(network({"h3": "quick", "h4": "quick"}, 2)))
    table = break_even(verdicts.plan, verdicts)
    inside = table[(table["found"] != "none") & (table["site_id"] == "h3")]
    assert set(inside["assumption_id"]) & {"procurement_months", "delay_factor"}
    for row in inside.itertuples():
        its = next(a for a in assumptions_of(verdicts.plan, verdicts.contracts())
                   if (a.id, a.contract) == (row.assumption_id, row.contract_id))  # fmt: skip
        margin = verdicts.margins_alone(verdicts.at(its, row.break_even))["h3"]
        assert margin == pytest.approx(0.0, abs=1e-4 * verdicts.plan.objective), row


@pytest.mark.long
def test_at_a_break_even_the_model_itself_costs_the_same_under_both_contracts() -> None:
    plan = solved(network({"h3": "quick", "h4": "quick"}, 2))
    verdicts = Verdicts(plan)
    table = break_even(plan, verdicts)
    turning = table[(table["found"] != "none") & (table["site_id"] == "h3") & (table["assumption_id"] != "volume")]
    assert {"delay_factor", "opex_factor"} <= set(turning["assumption_id"])
    for row in turning.drop_duplicates("assumption_id").itertuples():
        its = next(a for a in assumptions_of(plan, verdicts.contracts())
                   if (a.id, a.contract) == (row.assumption_id, row.contract_id))  # fmt: skip
        there = its.at(plan, row.break_even).scenario
        other = np.where(there.decisions["site_id"] == "h3", row.rival_id, there.decisions["contract_id"])
        turned = there.replace(decisions=there.decisions.assign(contract_id=other))
        assert solved(turned).objective == pytest.approx(solved(there).objective, rel=1e-7), row


def test_every_step_in_the_formulas_of_the_sheet_is_that_of_the_engine(tmp_path: Path) -> None:
    plan = solved(network({"h3": "quick", "h4": "slow"}, 2))
    known = among(Repricing(plan))
    engine = appraise(plan, known)
    book = Book(tmp_path / "plan.xlsx", view_of(plan), {page.name: page.title for page in PAGES})
    found = appraisal.write_bridges(book, engine, known)
    bridge = engine.bridge.set_index(["site_id", "contract_id", "component"])["npv"].to_dict()
    of_programmes = {(PROGRAMME, c): cells for c, cells in found.programmes.items() if c != "comparator"}
    told = {(*key, step): cells[step].value
            for key, cells in (found.sites | of_programmes).items() for step in (START, *COMPONENTS)}  # fmt: skip
    assert told == pytest.approx({key: bridge[key] for key in told}, abs=1e-6)
