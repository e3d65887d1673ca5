"""A contract that runs a few sites first: engines, price, brute force, audit, sentence, studies and page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from enumerated_paths import Paths
from phased_case import phased_tables

import tiny
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.variants import apply_variant
from redesaude.language import translator
from redesaude.plan.audit import audit
from redesaude.plan.plan import Plan
from redesaude.promises import KINDS, WORDS
from redesaude.solving.solve import solve
from redesaude.status import Status
from redesaude.studies.alternatives import alternatives
from redesaude.studies.eligibility import eligibility, eligible_together
from redesaude.studies.strategies import status_quo
from tiny import EXACT, rows

ENGINES = ("direct", "decomposed")
DIRECT, CHEAP = {"contract_id": "direct"}, {"contract_id": "oss", "delivery_model": "oss", "opex_factor": 0.5}
PERIODS = rows({"period_id": "p1", "first_year": 2025, "years": 5}, {"period_id": "p2", "first_year": 2030, "years": 5})


def case(periods: pd.DataFrame = PERIODS, **changes: Any) -> Scenario:
    """Both sites are needed, and the one contract halves running cost."""
    specialties = tiny.tables()["specialties"].assign(unmet_cost=10_000, ceiling_minutes=25)
    base = {
        "settings": tiny.settings(horizon_years=10, base_year=2025, discount_rate=0.05),
        "periods": periods, "specialties": specialties, "contracts": rows(DIRECT, CHEAP),
    }  # fmt: skip
    return tiny.scenario(**(base | changes))


def pilot(**values: Any) -> pd.DataFrame:
    return rows({"contract_id": "oss", "sites": 1, "extend_from": 2030, **values})


def solved(scenario: Scenario, engine: str = "direct") -> Plan:
    return solve(scenario, replace(EXACT, engine=engine))


def run(plan: Plan) -> list[int]:
    """Sites under the contract in each period."""
    mine = plan.openings[plan.openings["contract_id"] == "oss"]
    return [int(mine.loc[mine["period_id"] == p, "site_id"].nunique()) for p in plan.scenario.periods["period_id"]]


@pytest.mark.few(1)
@pytest.mark.parametrize("engine", ENGINES)
def test_it_runs_few_sites_first_and_all_once_extended(engine: str) -> None:
    free, held = solved(case(), engine), solved(case(pilots=pilot()), engine)
    assert run(free)[0] == 2
    assert run(held)[0] == 1
    assert held.audit.passed
    assert held.objective is not None
    assert free.objective is not None
    assert held.objective > free.objective
    early = solved(case(pilots=pilot(extend_from=2025)), engine)
    assert early.objective == pytest.approx(free.objective)


@pytest.mark.few(3)
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("price", "sites"), [(0.01, 2), (1e6, 1)])
def test_at_a_price_it_may_be_extended_at_once(engine: str, price: float, sites: int) -> None:
    plan = solved(case(pilots=pilot(hard="no", price=price)), engine)
    assert run(plan)[0] == sites
    assert plan.audit.passed
    paid = float(plan.costs.loc[plan.costs["line"] == "shortfall_count", "npv"].sum())
    assert (paid > 0) == (sites == 2)


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", range(8))
def test_the_optimum_is_the_best_of_all_paths_with_a_pilot(seed: int) -> None:
    found = phased_tables(seed)
    contract = found["contracts"]["contract_id"].iloc[-1]
    begins = int(found["periods"]["first_year"].iloc[-1])
    year = begins if seed % 3 else begins + 1
    row = {"contract_id": contract, "sites": seed % 2, "extend_from": year}
    piloted = tiny.scenario(**found | {"pilots": rows(row)})
    plan = solve(piloted, EXACT)
    assert plan.objective == pytest.approx(Paths(piloted).best(), rel=1e-6)


def test_a_variant_begins_the_pilot_and_tells_its_price() -> None:
    change = {"variant_id": "pilot", "sheet": "pilots", "key": "oss", "column": "active", "value": "yes"}
    waiting = case(pilots=pilot(active="no"), variants=rows(change))
    whole, piloted = solved(waiting), solved(apply_variant(waiting, "pilot"))
    assert (run(whole)[0], run(piloted)[0]) == (2, 1)
    assert whole.objective is not None
    assert piloted.objective is not None
    assert piloted.objective - whole.objective > 0


def test_the_audit_sees_a_plan_that_breaks_it() -> None:
    found = audit(replace(solved(case()), scenario=case(pilots=pilot())))
    assert "other hard promises kept" in [check.name for check in found.checks if not check.passed]


def test_without_a_plan_it_is_told_and_the_advice_makes_one() -> None:
    alone = {"contracts": rows(CHEAP), "pilots": pilot()}
    both = rows(*({"site_id": s, "specialty_id": "cardio", "status": "required"} for s in ("h1", "h2")))
    plan = solved(case(site_services=both, **alone))
    assert plan.status == Status.INFEASIBLE
    assert any("sites needed: 2" in sentence for sentence in plan.reason)
    assert solved(case(site_services=both, **alone | {"pilots": pilot(sites=2)})).has_decisions
    assert solved(case(site_services=both, **alone | {"pilots": pilot(extend_from=2025)})).has_decisions


def test_studies_try_it_at_no_more_sites_than_it_may_run() -> None:
    one = case(periods=PERIODS.head(1).assign(years=10), pilots=pilot())
    plan = solved(one)
    found = alternatives(plan).repricing
    reasons = eligibility(found)["oss"].to_dict()
    (chosen,) = set(plan.openings.loc[plan.openings["contract_id"] == "oss", "site_id"])
    assert reasons == {site: "" if site == chosen else "piloted" for site in reasons}
    assert len(eligible_together(found, "oss", eligibility(found))) == 1


def test_today_is_told_beside_it() -> None:
    assert not status_quo(case(pilots=pilot())).pilots["hard"].any()


@pytest.mark.few(1)
@pytest.mark.parametrize("language", ["pt-BR", "vi"])
def test_page_and_table_have_words_for_it(language: str) -> None:
    (row,) = solved(case(pilots=pilot())).promises.query("kind == 'pilot'").itertuples()
    assert (row.limit, row.achieved, row.met, row.limit_id) == (1, 1, True, "oss")
    t, kind = translator(language), next(kind for kind in KINDS if "pilot" in kind.words)
    assert all(t(text) != text for text in (WORDS["pilot"].name, WORDS["pilot"].meaning, kind.heading))
