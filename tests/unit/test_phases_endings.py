"""Contracts that end within the horizon: the optimum of ``solve`` is the best of all paths, one by one.

Tiny scenarios of two and three periods, priced by ``enumerated_paths``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from enumerated_paths import Paths
from phased_case import HORIZON, phased_tables

from optima import holds, optimum
from redesaude.solving.solve import solve
from redesaude.status import Status
from tiny import EXACT, Tables, rows, scenario, with_columns

pytestmark = pytest.mark.long

#: seeds with a project company
ENDING = (1, 7)
#: plans in which a term that is over is followed by each change
MET = ((8, "company"), (15, "company"), (5, "provider, by cases"))
#: contracts that end within the horizon: short or long, in whose hands, paid how, followed by what
ENDINGS: dict[str, dict[str, Any]] = {
    "company": {"financing": "project_company", "delivery_model": "ppp_grey", "debt_rate": 0.06, "gearing": 0.5,
                "counts_as_ppp": 0.5, "residual_share": 0.2},
    "oss": {"delivery_model": "oss", "after_term": "direct"},
    "oss, relet": {"delivery_model": "oss", "after_term": "relet"},
    "provider": {"delivery_model": "purchase", "financing": "provider", "after_term": "direct"},
    "provider, by cases": {"delivery_model": "purchase", "financing": "provider", "after_term": "direct",
                           "fixed_payment_share": 0.3},
    "provider, by cases, renewed": {"delivery_model": "purchase", "financing": "provider", "fixed_payment_share": 0.3},
}  # fmt: skip


def ending_tables(seed: int, ending: str) -> Tables:
    """One site, three periods, a need that rises or falls, and a contract of a short term, with which most begin."""
    rng = np.random.default_rng(1000 + seed)
    found = phased_tables(seed)

    def number(low: int, high: int) -> float:
        return float(rng.integers(low, high))

    contract = {"contract_id": "other", "equity_return": 0.09, "term_years": number(3, 8),
                "procurement_months": rng.choice([0.0, 6.0]), "opex_factor": rng.choice([0.3, 0.6, 0.9]),
                "transaction_cost": number(0, 40), "oversight_cost": number(0, 6), **ENDINGS[ending]}  # fmt: skip
    if "relet" in ending:  # what tenders again cost is another test's
        contract |= {"transaction_cost": 0.0}
    third = {"contract_id": "third", "delivery_model": "oss", "opex_factor": rng.choice([0.4, 0.8]),
             "procurement_months": 12.0, "transaction_cost": number(0, 150)}  # fmt: skip
    begins = (0, int(number(2, 5)), int(number(6, 10)))
    spans = zip(begins, np.diff([*begins, HORIZON]).tolist(), strict=True)
    begun = {"site_id": "h1", "specialty_id": "cardio", "contract_id": "other", "period_id": "p0", "decision": "open"}
    begun |= {"size_id": "small"} if seed % 4 == 1 else {}
    away = number(3, 9) if seed % 4 == 3 else number(15, 60)
    nothing = pd.DataFrame(columns=[*begun, "size_id"], dtype=str)
    return found | {
        "periods": rows(
            *({"period_id": f"p{t}", "first_year": 2025 + b, "years": y} for t, (b, y) in enumerate(spans))
        ),
        "territories": rows(
            {"territory_id": "t0", "population": number(20, 60), "growth_rate": rng.choice([-0.1, 0.1, 0.2])}
        ),
        "sites": rows({"site_id": "h1", "territory_id": "t0", "fixed_cost": number(0, 20)}),
        "travel_times": pd.DataFrame([("t0", "h1", 0.0)], columns=["origin_id", "destination_id", "minutes"]),
        "contracts": rows({"contract_id": "direct", "capex_factor": 1.2, "delay_factor": 1.3}, contract, third),
        "sizes": with_columns(found["sizes"], build_months=rng.choice([0.0, 6.0, 18.0], 2)),
        "specialties": with_columns(found["specialties"], unmet_cost=away),
        "decisions": rows(begun) if rng.random() < 0.8 else nothing,
    }


@pytest.mark.parametrize("seed", ENDING)
def test_direct_administration_takes_over_within_the_horizon(seed: int) -> None:
    """A cheap company with a term of four years, dear direct administration before and after."""
    found = phased_tables(seed)
    company = found["contracts"]["contract_id"] == "ppp"
    found["contracts"].loc[company, ["term_years", "opex_factor", "procurement_months"]] = [4, 0.3, 6]
    found["contracts"].loc[~company, "case_cost_factor"] = 1.4
    case = scenario(**found)
    plan = solve(case, EXACT)
    assert plan.status == Status.OPTIMAL
    assert plan.objective == pytest.approx(Paths(case).best(), rel=1e-6)
    assert "ppp" in set(plan.openings["contract_id"])


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("seed", range(8))
def test_what_ends_within_the_horizon_may_change_again(seed: int, ending: str) -> None:
    case = scenario(**ending_tables(seed, ending))
    plan = solve(case, EXACT)
    assert plan.status == Status.OPTIMAL
    assert plan.audit.passed
    assert plan.objective == pytest.approx(Paths(case).best(), rel=1e-6)


def test_more_choice_never_costs_more() -> None:
    """Where nothing may change in the second or the third period, no plan is cheaper."""

    def law(n: int) -> tuple[float, float]:
        ending = list(ENDINGS)[n % len(ENDINGS)]
        free = ending_tables(n, ending)
        frozen = rows({"site_id": "all", "specialty_id": "all", "period_id": f"p{1 + n % 2}", "decision": "freeze"})
        less = free | {"decisions": pd.concat([free["decisions"], frozen], ignore_index=True)}
        return optimum(scenario(**free)), optimum(scenario(**less))

    holds(law, compared=6, strictly=2)


def test_terms_that_are_over_are_followed_by_every_change() -> None:
    """A generator that has become too tame fails here."""
    plans = [solve(scenario(**ending_tables(*case)), EXACT).openings for case in MET]
    left = [plan[plan["contract_id"].shift().eq("other") & plan["contract_id"].ne("other")] for plan in plans]
    assert set(pd.concat(left)["change"]) == {"enlarged", "converted"}
    assert any(set(plan["period_id"]) == {"p0", "p1"} for plan in plans)  # works of a company, closed
