"""A plan beside today: who is treated in time, late, by others and nowhere, and what both cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from appraisal_example import example

from redesaude.inputs.scenario import Scenario
from redesaude.plan.cash_flow import PUBLIC_PAYERS
from redesaude.report.studied import Studied
from redesaude.report.view import view_of
from redesaude.report.workbook.benefits import benefits_frame
from redesaude.report.workbook.costs import groups_frame, ledger_frame, lines_frame
from redesaude.solving.solve import solve
from redesaude.studies.against_today import today_outcomes
from redesaude.studies.today import today
from tiny import EXACT, rows, scenario, settings

SERVICE = {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing",
           "contract_id": "direct"}  # fmt: skip
STATED = rows(
    {"territory_id": "t2", "specialty_id": "cardio", "site_id": "h1", "share": 0.5},
    {"territory_id": "t2", "specialty_id": "cardio", "outside": "Goiânia", "cases": 6},
)


def case(**special: Any) -> Scenario:
    """Of t2 10 go to h1, 6 away and 4 nowhere; of the 22 places left t1 takes 10 and t3, late, 12 of its 30."""
    cardio = {"specialty_id": "cardio", "cases_per_100k": 100_000, "access_minutes": 25, "unmet_cost": 90,
              "trips_per_case": 0.5, "dalys_in_time": 3, "dalys_late": 1}  # fmt: skip
    return scenario(specialties=rows(cardio | special), site_services=rows(SERVICE), today=STATED,
                    settings=settings(occupancy=0.8, away_gain_share=0.5))  # fmt: skip


def yearly(told: Scenario) -> pd.Series:
    return today_outcomes(solve(told, EXACT), today(told)).groupby("item")["per_year"].sum()


def test_today_is_told_by_who_treats_whom() -> None:
    found = yearly(case())
    told = ["cases_in_time", "cases_late", "cases_elsewhere", "cases_sent_away", "sent_away_money", "dalys"]
    assert found[told].to_list() == pytest.approx([20, 12, 6, 22, 22 * 90, 60 + 12 + 6 + 0.5 * 22])
    assert found["cases_waiting"] == found["waiting_money"] == 0


def test_others_treat_their_share_of_those_whom_nobody_listed_treats() -> None:
    found = yearly(case(treated_elsewhere_share=0.5))
    assert found[["cases_elsewhere", "cases_sent_away"]].to_list() == pytest.approx([6 + 11, 11])


def test_a_plan_that_keeps_today_changes_nothing() -> None:
    territories = example().territories.assign(population=[20.0, 0.0, 0.0])
    plan = solve(example(territories=territories, site_services=example().site_services[:1]), EXACT)
    changes = Studied(plan).benefits.changes
    for when in ("per_year", "npv"):  # the solver states cases to a part in 10^9
        plans, today_is = (changes[f"{side}_{when}"].to_list() for side in ("plan", "reference"))
        assert plans == pytest.approx(today_is, rel=1e-8, nan_ok=True)
    assert changes.set_index("item")["plan_per_year"]["public_cost"] > 0


def test_where_nothing_exists_everybody_is_treated_nowhere() -> None:
    found = yearly(case().replace(site_services=case().site_services.iloc[:0], today=case().today.iloc[:0]))
    assert (found["cases_in_time"], found["public_cost"], found["cases_sent_away"]) == (0, 0, 60)


@pytest.mark.few(1)
@pytest.mark.parametrize("exists", [True, False])
def test_deaths_averted_today_are_not_known_without_evidence(exists: bool) -> None:
    told = (
        case() if exists else case().replace(site_services=case().site_services.iloc[:0], today=case().today.iloc[:0])
    )

    def deaths(averted: float) -> float:
        changed = told.replace(specialties=told.specialties.assign(deaths_averted=averted))
        table = today_outcomes(solve(changed, EXACT), today(changed))
        return float(table.groupby("item")["per_year"].sum(min_count=1)["deaths_averted"])

    assert np.isnan(deaths(float("nan")))
    assert deaths(25.0) == pytest.approx(20 * 0.025 if exists else 0.0)


def test_the_sheets_have_todays_column() -> None:
    """Nothing is discounted in the example: today's worth is the sum of what public payers pay going on."""
    view = view_of(solve(example(), EXACT))
    flows, ledger = view.studied.going_on, ledger_frame(view)
    paid = flows.loc[flows["payer"].isin(PUBLIC_PAYERS), "real"].sum()
    assert paid > 0
    for frame in (lines_frame(view, ledger), groups_frame(view, ledger)):
        assert frame["today"].sum() == pytest.approx(paid)
    shown = benefits_frame(view).set_index("item")
    assert shown.loc["cases_in_time", "reference_per_year"] == pytest.approx(40.0)
    assert "elsewhere_money" not in shown.index
