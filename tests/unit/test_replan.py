"""The re-plan: the law that all as planned is the plan again, and what late, dropped and measured things make of it."""

from __future__ import annotations

import datetime as dt
import json
import sys
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from network_example import example_plan as network_plan
from phased_case import phased_tables
from review_example import Edit, all_as_planned, asked, filled, plan, tables, typed
from typer.testing import CliRunner

import redesaude as rs
import tiny
from redesaude.cli.app import app
from redesaude.inputs.template import write_scenario
from redesaude.plan.journal import journal_beside, read_journal
from redesaude.plan.plan import Plan
from redesaude.plan.storage import read_plan, write_plan
from redesaude.report.folder import place_bare
from redesaude.report.reviewed.replan import summary_words
from redesaude.report.view import view_of
from redesaude.reviewing.replan import Draft, Replan, replan, solved
from redesaude.solving.solve import solve

CUTOFF = dt.date(2028, 12, 31)
LATE = "2028-11-20"
OPENING, SIGNED = (f"milestone/h2/cardio/{stage}" for stage in ("opening", "procurement"))
H1 = "service/h1/cardio"


@cache
def _ranged() -> Plan:
    """The plan of the example with ranges of what is assumed, and a ceiling of capital."""
    base = tables()
    ends = {f"{stem}_factor{end}": v for stem in ("delay", "opex") for end, v in (("_low", 0.9), ("_high", 1.1))}
    ends |= {"delay_factor": 1.0, "opex_factor": 1.0}
    ceiling = tiny.rows({"funding_id": "f", "kind": "capital", "amount": 2_000.0})
    return solve(
        tiny.scenario(**base | {"contracts": base["contracts"].assign(**ends), "funding": ceiling}), tiny.EXACT
    )


@cache
def _elastic() -> Plan:
    """The plan of the example where access may fall short at a price."""
    base = tables()
    soft = base["specialties"].assign(access_hard="no", access_price=10.0)
    return solve(tiny.scenario(**base | {"specialties": soft}), tiny.EXACT)


def _draft(tmp_path: Path, *edits: Edit, cutoff: dt.date = CUTOFF, of: Plan | None = None) -> Draft:
    of = of or plan()
    return replan(of, [filled(rs.actuals(of, cutoff), tmp_path / "a.xlsx", *edits)])


def _solved(tmp_path: Path, draft: Draft) -> Replan:
    path = tmp_path / "next.xlsx"
    write_scenario(path, draft.next.scenario)
    return solved(draft, rs.read_scenario(path), tiny.EXACT)


def _open(found: Plan) -> list[tuple[str, ...]]:
    return list(
        found.openings[["site_id", "specialty_id", "size_id", "contract_id"]].itertuples(index=False, name=None)
    )


@pytest.mark.few(1)
@pytest.mark.parametrize("cutoff", [dt.date(2027, 3, 31), CUTOFF])
def test_all_as_planned_is_the_plan_again(cutoff: dt.date, tmp_path: Path) -> None:
    """Before the contract is signed, when the next plan might give it up, and after it."""
    found = _solved(tmp_path, _draft(tmp_path, all_as_planned, cutoff=cutoff))
    assert found.plan.audit.passed
    assert found.plan.objective == pytest.approx(plan().objective, rel=1e-9)
    assert found.going_on is not None
    assert found.going_on.objective == pytest.approx(plan().objective, rel=1e-9)
    assert _open(found.plan) == _open(plan())
    assert found.changes.empty
    assert found.next.scenario.periods["period_id"].to_list() == ["p1"]


@pytest.mark.long
@pytest.mark.parametrize("year", [2025, 2030])
def test_all_as_planned_is_the_plan_again_in_networks_of_several_periods(year: int, tmp_path: Path) -> None:
    """Tiers, agreements and two periods: within the first, and in the second."""
    draft = _draft(tmp_path, all_as_planned, cutoff=dt.date(year, 12, 31), of=network_plan())
    assert draft.review.deviations.empty
    found = _solved(tmp_path, draft)
    assert found.plan.audit.passed
    assert found.plan.objective == pytest.approx(network_plan().objective, rel=1e-9)
    assert _open(found.plan) == _open(network_plan())


@pytest.mark.long
def test_a_hub_that_is_not_open_counts_as_open_where_what_stands_needs_it(tmp_path: Path) -> None:
    """Its satellite is not reported and so taken as planned: without the hub no plan would be possible."""
    late = typed("milestones", "milestone/h1/cardio/opening", {"state": "not_done", "expected_on": "2027-08-01"})
    draft = _draft(tmp_path, late, cutoff=dt.date(2026, 12, 31), of=network_plan())
    assert draft.next.held.set_index("site_id")["held"].to_dict() == {"h1": "needed", "h3": "fixed", "h4": "fixed"}
    found = _solved(tmp_path, draft)
    assert found.plan.audit.passed
    assert [str(name) for name in found.plan.scenario.periods["period_id"]] == ["p1", "p1-2027", "p2"]
    assert any("may not run without" in sentence for sentence in summary_words(view_of(found.plan), found))


def test_a_year_in_which_no_service_runs_is_reviewed_and_planned_on(tmp_path: Path) -> None:
    first = solve(tiny.scenario(**phased_tables(1)), tiny.EXACT)
    draft = _draft(tmp_path, all_as_planned, cutoff=dt.date(2025, 12, 31), of=first)
    assert draft.planned.cases(draft.review.actuals.span) == {}
    assert draft.review.deviations.empty
    assert "demand" not in set(draft.next.updates["assumption"])


def test_what_is_signed_is_fixed_and_a_late_opening_gets_its_new_date(tmp_path: Path) -> None:
    draft = _draft(tmp_path, typed("milestones", OPENING, {"done_on": "2028-11-20"}))
    (row,) = draft.next.held.to_dict("records")
    assert (row["held"], row["months"], row["now_on"]) == ("fixed", 4, dt.date(2028, 11, 1))
    assert row["build_months"] == pytest.approx(12 + 4)
    decided = draft.next.scenario.decisions.set_index(["site_id", "period_id"])["decision"]
    assert decided["h2", "p1"] == "start"
    assert draft.next.scenario.periods["first_year"].to_list() == [2027, 2029]
    found = _solved(tmp_path, draft)
    assert found.plan.audit.passed
    # ten people wait four months longer, less those whom h1 treats: each at 900
    waiting = found.paired.set_index("about").loc["waiting"]
    assert waiting["going_on"] - waiting["planned"] == pytest.approx(900 * (30 - 10) * 4 / 12)
    assert found.facts_cost is not None
    assert found.facts_cost > 0


@pytest.mark.long
def test_what_was_dropped_opens_in_no_period_and_its_people_are_counted(tmp_path: Path) -> None:
    found = _solved(tmp_path, _draft(tmp_path, typed("milestones", SIGNED, {"state": "dropped"}), of=_elastic()))
    assert found.plan.has_decisions
    assert "h2" not in set(found.plan.openings["site_id"])
    (row,) = found.changes.to_dict("records")
    assert (row["site_id"], row["change"], row["why"]) == ("h2", "closed", "own")
    assert found.saved == pytest.approx(0)  # h1, enlarged by the plan, treats all there are
    paid = found.paired.set_index("about").loc["unitary_payment"]
    assert paid["planned"] > paid["going_on"] == paid["next"] == 0


def test_measured_cases_and_cost_move_what_was_assumed_half_way_after_a_year(tmp_path: Path) -> None:
    draft = _draft(tmp_path, typed("services", H1, {"cases": 42, "cost": 820}), of=_ranged())
    learned = draft.next.updates.set_index(["assumption", "about"])
    demand = learned.loc["demand", "cardio"]
    # 42 where 35 were planned, of 50 cases of the year at both services: seven tenths of an observation
    assert demand["weight"] == pytest.approx(0.7)
    assert demand["mean_now"] == pytest.approx((1 + 0.7 * 1.2) / 1.7)
    assert demand["high_now"] - demand["low_now"] == pytest.approx(0.4 / np.sqrt(1.7))
    opex = learned.loc["opex_factor", "direct"]
    assert opex["weight"] == pytest.approx(1.0)
    expected = 300 + 9 * 42  # the fixed cost, and that of so many cases
    assert opex["measured"] == pytest.approx(820 / expected)
    scenario = draft.next.scenario
    assert scenario.specialties["cases_per_100k"].iloc[0] == pytest.approx(100_000 * demand["mean_now"])
    contract = scenario.contracts.set_index("contract_id").loc["direct"]
    triple = contract[["opex_factor_low", "opex_factor", "opex_factor_high"]].astype(float)
    assert triple.mean() == pytest.approx((1 + opex["measured"]) / 2)
    assert not learned.loc["case_cost_factor", "direct"]["stated"]  # no range: certain
    assert contract["case_cost_factor"] == 1.0


@pytest.mark.long
def test_a_parted_period_gives_its_capital_to_what_is_decided_in_it_first(tmp_path: Path) -> None:
    draft = _draft(tmp_path, typed("milestones", OPENING, {"done_on": "2028-11-20"}), of=_ranged())
    amounts = draft.next.scenario.funding.set_index("period_id")["amount"]
    used = _ranged().promises.set_index("kind")["achieved"]["capital"]
    assert amounts.to_dict() == {"p1": 2_000.0, "p1-2029": pytest.approx(2_000.0 - used)}
    assert _solved(tmp_path, draft).plan.audit.passed


@pytest.mark.long
@pytest.mark.usefixtures("no_pages")  # of the next plan: its own are written
def test_the_command_writes_the_workbook_the_plan_and_the_page(tmp_path: Path) -> None:
    (tmp_path / "s" / "plan").mkdir(parents=True)
    write_plan(plan(), tmp_path / "s" / "plan")
    late = typed("milestones", OPENING, {"done_on": "2028-11-20"})
    path = filled(asked(CUTOFF), tmp_path / "a.xlsx", late)
    out = tmp_path / "s" / "replans" / str(CUTOFF)
    call = ["replan", str(tmp_path / "s" / "plan"), str(path), "--out", str(out), "--lang", "pt-BR", "--gap", "0"]
    run = CliRunner().invoke(app, call, standalone_mode=False)
    assert (run.exit_code, run.return_value or 0) == (0, 0), run.output
    assert "O que aconteceu" in run.output
    name = f"{plan().scenario.name}-2029"
    assert rs.read_scenario(out.parent / f"{name}.xlsx").periods["first_year"].to_list() == [2027, 2029]
    assert (out.parent / name / "audit.xlsx").exists()
    book = openpyxl.load_workbook(out / "replan.xlsx")
    assert {"summary", "changes", "paired", "held", "updates"} <= set(book.sheetnames)
    assert "O que aconteceu" in (out / "replan.html").read_text(encoding="utf-8")
    row = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["answers"][0]
    assert row["next"] == pytest.approx(row["going_on"])


def _command(folder: Path, path: Path, *more: str) -> str:
    """Run the re-plan of the example into ``folder`` and return what it told."""
    out = folder / "replans" / str(CUTOFF)
    call = ["replan", str(folder / "plan"), str(path), "--out", str(out), "--gap", "0", *more]
    run = CliRunner().invoke(app, call, standalone_mode=False)
    assert (run.exit_code, run.return_value or 0) == (0, 0), run.output
    return run.output


@pytest.mark.long
def test_a_killed_replan_keeps_its_search_and_a_second_one_writes_nothing_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "s"
    (folder / "plan").mkdir(parents=True)
    write_plan(plan(), folder / "plan")
    late = filled(asked(CUTOFF), tmp_path / "a.xlsx", typed("milestones", OPENING, {"done_on": LATE}))
    name = f"{plan().scenario.name}-2029"
    book, result = folder / "replans" / f"{name}.xlsx", folder / "replans" / name
    with monkeypatch.context() as killed:
        killed.setattr("redesaude.cli.replan.place_report", lambda *_: sys.exit(9))
        call = ["replan", str(folder / "plan"), str(late), "--out", str(folder / "replans" / str(CUTOFF)), "--gap", "0"]
        assert CliRunner().invoke(app, call).exit_code == 9
    assert not result.exists()
    kept = read_journal(journal_beside(result))
    assert kept is not None
    first = book.read_bytes()
    monkeypatch.setattr("redesaude.cli.replan.place_report", lambda found, at: place_bare(found, at, ()))
    resumed = _command(folder, late, "--resume")
    assert "used as it is" in resumed
    assert "takes up from" in resumed
    assert not journal_beside(result).exists()
    assert "begins from the plan" in _command(folder, late)
    assert book.read_bytes() == first
    # other facts of the same date: a version beside it, and the first re-plan in the history
    other = typed("milestones", OPENING, {"done_on": "2028-12-20"})
    assert "new version" in _command(folder, filled(asked(CUTOFF), tmp_path / "b.xlsx", other))
    assert book.read_bytes() == first
    assert read_plan(result).objective == pytest.approx(kept.cost)
    assert {book, book.with_stem(f"{name}-2")} == set(book.parent.glob("*.xlsx"))
    assert len(list((folder / "replans" / str(CUTOFF) / "history").iterdir())) == 1
