"""Where another contract costs what the chosen one does, a planner is told that cost does not choose between them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from appraisal_example import contracts, example, example_plan, solved

from redesaude.language import translator
from redesaude.plan.plan import Plan
from redesaude.report.folder import write_report
from redesaude.report.studies import studies_of
from redesaude.report.view import view_of
from redesaude.report.waiting import waiting_sentences
from redesaude.solving.solve import solve
from redesaude.studies.alternatives import alternatives
from redesaude.studies.ties import tie_sentence, ties
from tiny import EXACT, rows, settings

#: the consortium on the terms of direct administration: to all public budgets together it costs the same
SAME = {"contract_id": "share", "oversight_cost": 0}


def tied(plan: Plan) -> pd.DataFrame:
    return ties(alternatives(plan))


def test_contracts_that_differ_in_cost_are_no_tie():
    assert tied(example_plan()).empty
    assert tie_sentence(example_plan(), tied(example_plan()), translator("en")) == ""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return solved(contracts=contracts(SAME, {"contract_id": "ppp", "oversight_cost": 300}))


def test_a_tie_is_what_the_plan_costs_under_the_other_contract_too(plan: Plan):
    found = tied(plan)
    assert "h2" in set(found["site_id"])
    for row in found.itertuples():
        sites = plan.scenario.sites.copy()
        sites["contracts_allowed"] = [
            (row.other_id,) if s == row.site_id else allowed
            for s, allowed in zip(sites["site_id"], sites["contracts_allowed"], strict=True)
        ]
        other = solve(plan.scenario.replace(sites=sites), EXACT)
        assert row.other_id in set(other.openings.loc[other.openings["site_id"] == row.site_id, "contract_id"])
        assert other.objective == pytest.approx(plan.objective, rel=1e-9)


def test_sites_that_share_their_letting_change_together():
    """One of them alone would leave the other to bear the letting of both: no tie, and yet the contracts are alike."""
    lot = rows({"lot_id": "l", "name": "l"})
    plan = solved(
        contracts=contracts(
            {"contract_id": "direct", "oversight_cost": 5, "transaction_cost": 9},
            {"contract_id": "share", "oversight_cost": 5, "transaction_cost": 9},
            {"contract_id": "ppp", "oversight_cost": 3000},
        ),
        lots=lot,
        sites=example().sites.assign(lot_id=["l", "l", ""]),
        site_services=example().site_services.iloc[[1, 2]].reset_index(drop=True),
        specialties=example().specialties.assign(access_share=0.8, access_hard=True),
    )
    public = plan.openings[plan.openings["site_id"].isin(["h1", "h2"])]
    assert public["site_id"].nunique() == 2
    assert set(public["contract_id"]) in ({"direct"}, {"share"})
    assert set(tied(plan)["site_id"]) == {"h1", "h2"}


def test_it_is_no_tie_where_only_one_purse_counts():
    purse = settings(horizon_years=10, base_year=2025, perspective="state")
    same = contracts(SAME, {"contract_id": "ppp", "oversight_cost": 300})
    assert tied(solved(contracts=same, settings=purse)).empty


@pytest.mark.long
def test_the_planner_is_told_on_the_summary_and_with_value_for_money(plan: Plan, tmp_path: Path):
    studies = studies_of(plan)
    sentence = tie_sentence(plan, studies.tied, translator("en"))
    count = studies.tied.drop_duplicates("site_id")["services"].sum()
    assert sentence.startswith(f"A tie: {count} of 3 services")
    write_report(plan, tmp_path / "out", studies=studies)
    book = openpyxl.load_workbook(tmp_path / "out" / "plan.xlsx", read_only=True)
    for name in ("summary", "value"):
        cells = {cell for row in book[name].iter_rows(values_only=True) for cell in row}
        assert sentence in cells
        if name == "summary":
            (waiting,) = waiting_sentences(view_of(plan, "en", studies))
            assert waiting in cells
