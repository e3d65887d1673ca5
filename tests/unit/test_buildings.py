"""Beds and theatres of a site as one budget: engines, price, brute force, audit, sentence, variant, today and page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from enumeration import Enumeration

import tiny
from random_tables import random_tables
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.variants import apply_variant
from redesaude.language import translator
from redesaude.plan.audit import audit
from redesaude.plan.plan import Plan
from redesaude.promises import KINDS, WORDS
from redesaude.promises.buildings import taken
from redesaude.solving.solve import solve
from redesaude.status import Status
from redesaude.studies.strategies import status_quo
from tiny import EXACT, rows

ENGINES = ("direct", "decomposed")


def town(**changes: Any) -> Scenario:
    """Two specialties that all want the one site where they are cheap; each takes 10 beds and half a theatre."""
    names = ("cardio", "renal")
    one = tiny.tables()
    both = {
        name: pd.concat([one[name].assign(specialty_id=s) for s in names], ignore_index=True)
        for name in ("specialties", "sizes")
    }
    both["specialties"] = both["specialties"].assign(unmet_cost=10_000)
    both["sizes"] = both["sizes"].assign(beds=[4, 10, 4, 10], theatres=[0.2, 0.5, 0.2, 0.5])
    closed = [{"site_id": "h1", "specialty_id": s, "status": "forbidden"} for s in names]
    services = pd.concat([rows(*closed), changes.pop("site_services", rows())], ignore_index=True)
    return tiny.scenario(**{**both, "site_services": services, **changes})


def room(**values: Any) -> pd.DataFrame:
    return rows({"site_id": "h2", "resource": "beds", "total": 40, "general": 26, **values})


def solved(scenario: Scenario, engine: str = "direct") -> Plan:
    return solve(scenario, replace(EXACT, engine=engine))


def beds(plan: Plan) -> float:
    return float(taken(plan.scenario, plan.openings, "beds").sum())


@pytest.mark.few(1)
@pytest.mark.parametrize("engine", ENGINES)
def test_general_work_and_all_specialties_share_the_beds(engine: str) -> None:
    """Both in large take 20; 40 less 26 leaves 14: one large and one small."""
    free, held = solved(town(), engine), solved(town(buildings=room()), engine)
    assert (beds(free), beds(held)) == (20, 14)
    assert sorted(held.openings["size_id"]) == ["large", "small"]
    assert held.audit.passed
    assert held.objective is not None
    assert free.objective is not None
    assert held.objective > free.objective


@pytest.mark.few(3)
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("price", "used"), [(0.1, 1.0), (1e6, 0.7)])
def test_at_a_price_the_theatres_may_be_exceeded(engine: str, price: float, used: float) -> None:
    plan = solved(town(buildings=room(resource="theatres", total=2, general=1.3, hard="no", price=price)), engine)
    assert float(taken(plan.scenario, plan.openings, "theatres").sum()) == pytest.approx(used)
    assert plan.audit.passed
    paid = float(plan.costs.loc[plan.costs["line"] == "shortfall_count", "npv"].sum())
    assert paid == pytest.approx(price * (used - 0.7))


def test_a_service_with_its_own_capacity_takes_its_part() -> None:
    own = rows({"site_id": "h2", "specialty_id": "cardio", "size_id": "small", "status": "existing", "capacity": 20,
                "contract_id": "direct"})  # fmt: skip
    scenario = town(site_services=own)
    services = pd.DataFrame(
        {"specialty_id": ["cardio", "cardio"], "size_id": ["small", "large"], "capacity": [20, 100]}
    )
    assert taken(scenario, services, "beds").tolist() == [2, 10]


@pytest.mark.few(3)
@pytest.mark.parametrize("seed", range(12))
def test_the_optimum_is_the_best_of_all_networks_that_fit(seed: int) -> None:
    rng, found = np.random.default_rng(seed), random_tables(seed)
    sizes = found["sizes"].assign(beds=rng.integers(1, 9, len(found["sizes"])))
    site = found["sites"]["site_id"].iloc[0]
    limit = room(site_id=site, total=int(rng.integers(4, 14)), general=2)
    scenario = tiny.scenario(**{**found, "sizes": sizes, "buildings": limit})
    best, plan = Enumeration(scenario).best(), solve(scenario, EXACT)
    if best is None:
        assert plan.status == Status.INFEASIBLE
    else:
        assert plan.objective == pytest.approx(best, rel=1e-6, abs=1e-6)


def test_a_variant_makes_the_building_larger() -> None:
    change = rows({"variant_id": "ward", "sheet": "buildings", "key": "*", "column": "total", "value": "46"})
    changed = apply_variant(town(buildings=room(), variants=change), "ward")
    assert beds(solved(changed)) == 20


def test_the_audit_sees_a_plan_that_breaks_it() -> None:
    found = audit(replace(solved(town()), scenario=town(buildings=room())))
    assert "other hard promises kept" in [check.name for check in found.checks if not check.passed]


def test_without_a_plan_it_is_told_and_the_advice_makes_one() -> None:
    both = rows(*({"site_id": "h2", "specialty_id": s, "status": "required"} for s in ("cardio", "renal")))
    plan = solved(town(buildings=room(general=33), site_services=both))
    assert plan.status == Status.INFEASIBLE
    assert any("Type 41.0 in its total" in sentence for sentence in plan.reason)
    assert solved(town(buildings=room(total=41, general=33), site_services=both)).has_decisions


def test_today_is_told_beside_it() -> None:
    assert not status_quo(town(buildings=room())).buildings["hard"].any()


@pytest.mark.few(1)
@pytest.mark.parametrize("language", ["pt-BR", "vi"])
def test_page_and_table_have_words_for_it(language: str) -> None:
    (row,) = solved(town(buildings=room())).promises.query("kind == 'beds'").itertuples()
    assert (row.limit, row.achieved, row.met, row.site_id) == (14, 14, True, "h2")
    t, kind = translator(language), next(kind for kind in KINDS if "beds" in kind.words)
    for word in kind.words:
        assert all(t(text) != text for text in (WORDS[word].name, WORDS[word].meaning, kind.heading))
