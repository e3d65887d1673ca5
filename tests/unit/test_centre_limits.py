"""At most so many centres of a specialty in an area: engines, price, variant, audit, sentence, status quo and page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from redesaude.inputs.scenario import Scenario
from redesaude.inputs.variants import apply_variant
from redesaude.language import translator
from redesaude.plan.audit import audit
from redesaude.plan.plan import Plan
from redesaude.promises import KINDS, WORDS
from redesaude.solving.solve import solve
from redesaude.status import Status
from redesaude.studies.strategies import status_quo
from tiny import EXACT, rows, tables
from tiny import scenario as tiny

ENGINES = ("direct", "decomposed")


def town(**changes: Any) -> Scenario:
    """The tiny line in one macro-region, where a case sent away costs so much that both sites open."""
    territories = tables()["territories"].assign(macroregion_id="m")
    specialties = tables()["specialties"].assign(unmet_cost=10_000, ceiling_minutes=25)
    return tiny(**{"territories": territories, "specialties": specialties, **changes})


def limit(**values: Any) -> pd.DataFrame:
    return rows({"specialty_id": "cardio", "region_id": "m", "centres": 1, **values})


def solved(scenario: Scenario, engine: str = "direct") -> Plan:
    return solve(scenario, replace(EXACT, engine=engine))


def centres(plan: Plan) -> int:
    return int(plan.openings["site_id"].nunique())


@pytest.mark.parametrize("engine", ENGINES)
def test_it_binds_in_each_engine(engine: str) -> None:
    free, held = solved(town(), engine), solved(town(centre_limits=limit()), engine)
    assert (centres(free), centres(held)) == (2, 1)
    assert held.audit.passed
    assert held.objective is not None
    assert free.objective is not None
    assert held.objective > free.objective


@pytest.mark.few(3)
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("price", "opened"), [(1.0, 2), (1e6, 1)])
def test_at_a_price_it_may_be_exceeded(engine: str, price: float, opened: int) -> None:
    plan = solved(town(centre_limits=limit(hard="no", price=price)), engine)
    assert centres(plan) == opened
    assert plan.audit.passed
    paid = float(plan.costs.loc[plan.costs["line"] == "shortfall_count", "npv"].sum())
    assert paid == pytest.approx(price * (opened - 1))


def test_words_for_all_spell_it_out() -> None:
    each = solved(town(centre_limits=limit(specialty_id="all", region_id="each_macroregion")))
    whole = solved(town(centre_limits=limit(region_id="all")))
    assert each.objective == pytest.approx(whole.objective)
    assert centres(each) == centres(whole) == 1


def test_a_variant_changes_it() -> None:
    change = rows({"variant_id": "two", "sheet": "centre_limits", "key": "*", "column": "centres", "value": "2"})
    changed = apply_variant(town(centre_limits=limit(), variants=change), "two")
    assert changed.centre_limits["centres"].to_list() == [2]
    assert centres(solved(changed)) == 2


def test_the_audit_sees_a_plan_that_breaks_it() -> None:
    free = solved(town())
    found = audit(replace(free, scenario=town(centre_limits=limit())))
    assert "other hard promises kept" in [check.name for check in found.checks if not check.passed]


def test_without_a_plan_it_is_told_and_the_advice_makes_one() -> None:
    both = rows(*({"site_id": s, "specialty_id": "cardio", "status": "required"} for s in ("h1", "h2")))
    plan = solved(town(centre_limits=limit(), site_services=both))
    assert plan.status == Status.INFEASIBLE
    assert any("centre_limits is 1; centres needed: 2" in sentence for sentence in plan.reason)
    assert solved(town(centre_limits=limit(centres=2), site_services=both)).has_decisions


def test_today_is_told_beside_it() -> None:
    assert not status_quo(town(centre_limits=limit())).centre_limits["hard"].any()


@pytest.mark.few(1)
@pytest.mark.parametrize("language", ["pt-BR", "vi"])
def test_page_and_table_have_words_for_it(language: str) -> None:
    (row,) = solved(town(centre_limits=limit())).promises.query("kind == 'centres'").itertuples()
    assert (row.limit, row.achieved, row.met, row.region_id, row.specialty_id) == (1, 1, True, "m", "cardio")
    t, kind = translator(language), next(kind for kind in KINDS if "centres" in kind.words)
    assert all(t(text) != text for text in (WORDS["centres"].name, WORDS["centres"].meaning, kind.heading))
