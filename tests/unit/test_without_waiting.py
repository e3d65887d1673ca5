"""What the price of waiting does to the choice of contracts is told, and is what solving without it finds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.report.studies import Studies
from redesaude.report.view import View, view_of
from redesaude.report.waiting import waiting_sentences
from redesaude.solving.solve import solve
from redesaude.studies.alternatives import among
from redesaude.studies.appraise import appraise
from redesaude.studies.repricing import Repricing
from redesaude.studies.without_waiting import CHANGED, without_waiting
from tiny import EXACT, rows, scenario, settings, tables, times


def case(weight: float = 1.0, slow: float = 0.5, today: bool = False, **changes: pd.DataFrame) -> Scenario:
    """One hospital for 60 cases: direct administration opens it at once after a year of works, a purchase two years
    later, at half of the running cost. Today a small service of another hospital may treat half of them.
    """
    place = {"specialty_id": "cardio", "status": "forbidden"}
    services = [{**place, "site_id": "h1", "size_id": "small"}, {**place, "site_id": "h2", "size_id": "large"}]
    services += [{**place, "site_id": "h2", "size_id": "small"}] if not today else []
    now = {"site_id": "h2", "size_id": "small", "status": "existing", "contract_id": "direct"}
    services += [place | now] if today else []
    base = {
        "specialties": rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": 60, "max_centres": 1}),
        "sizes": rows(
            {"specialty_id": "cardio", "size_id": "small", "capacity": 30, "fixed_cost": 900, "cost_per_case": 4},
            {"specialty_id": "cardio", "size_id": "large", "capacity": 100, "fixed_cost": 200, "cost_per_case": 3,
             "capex": 50, "build_months": 12},
        ),
        "sites": tables()["sites"].iloc[:2],
        "site_services": rows(*services),
        "contracts": rows(
            {"contract_id": "direct", "name": "Direct"},
            {"contract_id": "oss", "name": "Slow", "delivery_model": "oss", "procurement_months": 24,
             "opex_factor": slow},
        ),
        "travel_times": times({t: {"h1": 5, "h2": 5} for t in ("t1", "t2", "t3")}),
        "settings": settings(base_year=2025, horizon_years=10, waiting_weight=weight),
    }  # fmt: skip
    return scenario(**(base | changes))


def solved(made: Scenario) -> Plan:
    plan = solve(made, EXACT)
    assert plan.has_decisions
    return plan


def found(plan: Plan) -> pd.DataFrame:
    return without_waiting(among(Repricing(plan)))


def seen(plan: Plan, language: str = "en") -> View:
    return view_of(plan, language, Studies(appraise(plan), None, unweighed=found(plan)))


@pytest.mark.parametrize("today", [False, True])
def test_the_contract_that_it_names_is_the_one_of_the_plan_without_waiting(*, today: bool) -> None:
    plan, without = solved(case(today=today)), solved(case(0.0, today=today))
    assert set(plan.openings["contract_id"]) == {"direct"}
    assert set(without.openings["contract_id"]) == {"oss"}
    (row,) = found(plan).to_dict("records")
    assert tuple(row) == CHANGED
    assert (row["site_id"], row["contract_id"], row["other_id"]) == ("h1", "direct", "oss")
    forced = {"site_id": "h1", "specialty_id": "cardio", "decision": "open", "contract_id": "direct"}
    kept = solved(case(0.0, today=today, decisions=rows(forced)))
    assert kept.objective is not None
    assert without.objective is not None
    assert row["saved"] == pytest.approx(kept.objective - without.objective)


def test_where_the_choice_stands_nothing_is_named() -> None:
    plan = solved(case(slow=2.0))
    assert set(solved(case(0.0, slow=2.0)).openings["contract_id"]) == {"direct"}
    assert found(plan).empty
    (told,) = waiting_sentences(seen(plan))
    assert "no site would be cheapest under another contract" in told


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("1 of 1 site", "Slow instead of Direct (1)")),
        ("pt-BR", ("1 de 1 local", "Slow em vez de Direct (1)")),
        ("vi", ("1 trên 1 địa điểm", "Slow thay cho Direct (1)")),
    ],
)
def test_the_sentence_says_what_changes_and_for_how_much(language: str, words: tuple[str, str]) -> None:
    plan = solved(case())
    view = seen(plan, language)
    (told,) = waiting_sentences(view)
    assert all(word in told for word in words)
    assert view.numbers.money(float(found(plan)["saved"].iloc[0])) in told
    assert "waiting_weight" in told


def test_where_nobody_waits_or_waiting_has_no_weight_nothing_is_said() -> None:
    assert waiting_sentences(seen(solved(case(0.0)))) == []
    assert waiting_sentences(view_of(solved(case()), "en")) == []  # the studies were left out


def test_contracts_that_cost_the_same_are_not_told_from_one_another() -> None:
    same = rows({"contract_id": "direct"}, {"contract_id": "oss", "delivery_model": "oss"})
    plan = solved(case(contracts=same))
    assert found(plan).empty
    assert np.isfinite(plan.objective or np.nan)
