"""Targets of all specialties together: engines, price, variant, audit, sentence, checks, status quo and page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from redesaude.assemble import assemble
from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.variants import apply_variant
from redesaude.language import translator
from redesaude.plan.audit import audit
from redesaude.plan.plan import Plan
from redesaude.plan.programme import reached_at_the_end
from redesaude.promises import KINDS, WORDS, programme
from redesaude.solving.relation import decides_more
from redesaude.solving.solve import solve
from redesaude.status import Status
from redesaude.studies.strategies import status_quo
from tiny import EXACT, rows, settings, tables
from tiny import scenario as tiny

ENGINES = ("direct", "decomposed")

#: measure -> an amount that asks for both sites, or for none, and what the plan of least cost reaches without it
ASKED = {"access": 0.9, "healthy_years": 119.0, "travel": 10.0, "services": 0.0}
FREE = {"access": 0.5, "healthy_years": 90.0, "travel": 95.0 / 3.0, "services": 1.0}


def town(**changes: Any) -> Scenario:
    """The tiny line, where one site is cheapest: half of all are within 25 minutes of it, and a case away costs 60.

    A case treated in time gains two healthy years, one treated late, or away, one.
    """
    specialties = tables()["specialties"].assign(
        access_minutes=25.0, unmet_cost=60.0, dalys_in_time=2.0, dalys_late=1.0
    )
    return tiny(**{"specialties": specialties, **changes})


def target(measure: str, **values: Any) -> pd.DataFrame:
    return rows({"measure": measure, "region_id": "all", "amount": ASKED[measure], **values})


def solved(scenario: Scenario, engine: str = "direct") -> Plan:
    return solve(scenario, replace(EXACT, engine=engine))


@pytest.mark.few(5)
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("measure", ASKED)
def test_it_binds_in_each_engine(measure: str, engine: str) -> None:
    free, held = solved(town(), engine), solved(town(programme_targets=target(measure)), engine)
    assert reached_at_the_end(free, measure) == pytest.approx(FREE[measure])
    reached = reached_at_the_end(held, measure)
    assert (reached >= ASKED[measure]) if measure in ("access", "healthy_years") else (reached <= ASKED[measure])
    assert held.audit.passed
    assert held.objective == pytest.approx(3600.0 if measure == "services" else 1140.0)  # all away, or both sites


@pytest.mark.few(4)
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("measure", "short"), [("access", 24), ("healthy_years", 29), ("services", 1)])
def test_at_a_price_it_may_be_missed(measure: str, short: float, engine: str) -> None:
    plan = solved(town(programme_targets=target(measure, hard="no", price=1.0)), engine)
    assert plan.audit.passed
    paid = float(plan.costs.loc[plan.costs["line"] == "shortfall_programme", "npv"].sum())
    assert paid == pytest.approx(short)  # 54 cases asked for, 30 are near; 119 years, 90 gained; no service, one open
    assert plan.objective == pytest.approx(920.0 + short)


def test_people_of_each_region_are_promised_by_themselves() -> None:
    plan = solved(town(programme_targets=target("access", region_id="each", amount=0.5)))
    assert plan.objective == pytest.approx(1140.0)  # west has 30 cases, t3 all others: each has a site of its own
    assert set(plan.promises["region_id"]) == {"west", "east"}


def test_a_variant_changes_it_and_a_row_may_wait() -> None:
    change = rows({"variant_id": "less", "sheet": "programme_targets", "key": "*", "column": "amount", "value": "0.5"})
    changed = apply_variant(town(programme_targets=target("access"), variants=change), "less")
    assert solved(changed).objective == pytest.approx(920.0)
    assert solved(town(programme_targets=target("access", active="no"))).objective == pytest.approx(920.0)


@pytest.mark.few(2)
@pytest.mark.parametrize("measure", ASKED)
def test_the_audit_sees_a_plan_that_breaks_it(measure: str) -> None:
    found = audit(replace(solved(town()), scenario=town(programme_targets=target(measure))))
    assert "other hard promises kept" in [check.name for check in found.checks if not check.passed]


def test_without_a_plan_it_is_told_and_the_advice_makes_one() -> None:
    """Only h2 may be opened: half of all cases are within 25 minutes of it."""
    closed = rows({"site_id": "h1", "specialty_id": "cardio", "status": "forbidden"})
    plan = solved(town(programme_targets=target("access"), site_services=closed))
    assert plan.status == Status.INFEASIBLE
    (sentence,) = plan.reason
    assert "amount is 0.9, which cannot be kept. Type 0.5 in it" in sentence
    assert solved(town(programme_targets=target("access", amount=0.5), site_services=closed)).has_decisions


def test_what_cannot_be_counted_is_refused_at_its_cell() -> None:
    with pytest.raises(InputError) as refused:
        tiny(programme_targets=rows({"measure": "access", "region_id": "all", "amount": 80}))
    assert {problem.code for problem in refused.value.problems} == {"access_above_one", "measure_not_stated"}
    with pytest.raises(InputError, match="healthy_years"):
        tiny(programme_targets=target("healthy_years"))


def test_today_is_told_beside_it() -> None:
    assert not status_quo(town(programme_targets=target("access"))).programme_targets["hard"].any()


def test_who_is_sent_away_gains_what_the_setting_says() -> None:
    """No service open: all 60 are sent away, and gain half of what one treated late does."""
    stated = settings(away_gain_share=0.5)
    plan = solved(town(programme_targets=target("services"), settings=stated))
    assert reached_at_the_end(plan, "healthy_years") == pytest.approx(30.0)
    more = pd.concat([target("services"), target("healthy_years", amount=31.0)])
    assert solved(town(programme_targets=more, settings=stated)).status == Status.INFEASIBLE


@pytest.mark.few(2)
@pytest.mark.parametrize("measure", ASKED)
def test_more_asked_for_is_seen_without_a_model(measure: str) -> None:
    """A bound goes from the looser target to the stricter one, and never the other way."""
    least = measure in ("access", "healthy_years")
    amount = ASKED[measure]
    loose, strict = (amount - 0.1, amount) if least else (amount + 0.1, amount)
    one, other = (assemble(town(programme_targets=target(measure, amount=a))).problem for a in (loose, strict))
    assert decides_more(other, one)
    assert decides_more(one, assemble(town()).problem)
    assert not decides_more(one, other)


@pytest.mark.few(3)
@pytest.mark.parametrize("language", ["pt-BR", "vi"])
@pytest.mark.parametrize("measure", ASKED)
def test_page_and_table_have_words_for_it(measure: str, language: str) -> None:
    word = programme.WORDS[measure]
    (row,) = solved(town(programme_targets=target(measure))).promises.query("kind == @word").itertuples()
    assert row.met
    t, kind = translator(language), next(kind for kind in KINDS if word in kind.words)
    assert all(t(text) != text for text in (WORDS[word].name, WORDS[word].meaning, kind.heading))
