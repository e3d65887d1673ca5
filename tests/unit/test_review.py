"""The review: the law that all as planned is no deviation, and what late, dropped and unreported things mean."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
from pathlib import Path

import openpyxl
import pytest
from review_example import Edit, all_as_planned, asked, filled, plan, tables, typed
from typer.testing import CliRunner

import redesaude as rs
import tiny
from redesaude.cli.app import app
from redesaude.plan.storage import write_plan
from redesaude.report.placing import place
from redesaude.report.reviewed.accounts import accounts
from redesaude.report.reviewed.review import place_review
from redesaude.report.view import view_of
from redesaude.reviewing.review import Review
from redesaude.solving.solve import solve

ROOT = Path(__file__).parents[2]
CUTOFF = dt.date(2028, 12, 31)
OPENING, WORKS, SIGNED = (f"milestone/h2/cardio/{stage}" for stage in ("opening", "works", "procurement"))
H1, H2 = "service/h1/cardio", "service/h2/cardio"


def _review(tmp_path: Path, *edits: Edit, cutoff: dt.date = CUTOFF) -> Review:
    return rs.review(plan(), [filled(asked(cutoff), tmp_path / "a.xlsx", *edits)])


@pytest.mark.few(2)
@pytest.mark.parametrize("year", [2027, 2028, 2030])
def test_all_as_planned_is_no_deviation_in_any_year(year: int, tmp_path: Path) -> None:
    found = _review(tmp_path, all_as_planned, cutoff=dt.date(year, 12, 31))
    assert found.deviations.empty
    row = found.summary.iloc[0]
    assert row["reported"] == row["as_planned"] == row["rows"] > 0
    assert row["cases"] == pytest.approx(row["cases_planned"])
    assert (found.access["treated"] == found.access["treated_now"]).all()
    assert found.deductions["due"].ge(0).all()


def test_blank_is_counted_and_no_deviation(tmp_path: Path) -> None:
    found = _review(tmp_path)
    assert found.deviations.empty
    assert found.summary.iloc[0][["reported", "as_planned", "late", "not_done"]].to_list() == [0, 0, 0, 0]
    assert set(found.dates["verdict"]) | set(found.figures["verdict"]) == {"not_reported"}


def test_a_late_opening_moves_access_and_ranks_by_people(tmp_path: Path) -> None:
    late = typed("milestones", OPENING, {"done_on": "2028-11-20", "reason": "licence"})
    found = _review(tmp_path, late, typed("services", H2, {"cases": 4, "cost": 100}))
    ranked = found.deviations[["row_id", "measure"]].to_numpy().tolist()
    assert ranked == [[H2, "cases"], [OPENING, ""], [H2, "cost"]]
    opening = found.deviations.iloc[1]
    assert (opening["verdict"], opening["months"], opening["reason"]) == ("late", 4, "licence")
    assert opening["people"] == pytest.approx(30 * 4 / 12)
    access = found.access.set_index("year").loc[2028]
    # four months later: ten of the sixty cases of the year are not treated, less those whom h1 treats until then
    assert access["treated"] - access["treated_now"] == pytest.approx(30 * 4 / 12 - 10 * 4 / 12)
    assert access["share"] - access["share_now"] == pytest.approx(30 * 4 / 12 / 60)


def test_what_is_not_done_counts_once_by_the_stage_nearest_to_the_opening(tmp_path: Path) -> None:
    stuck = typed("milestones", WORKS, {"state": "under_way", "expected_on": "2029-01-15"})
    found = _review(tmp_path, stuck, typed("milestones", SIGNED, {"done_on": "2027-09-30"}))
    verdicts = found.deviations.set_index("row_id")
    assert verdicts["verdict"].to_dict() == {WORKS: "not_done", SIGNED: "late"}
    assert verdicts["people"].to_dict() == {WORKS: pytest.approx(30 * 6 / 12), SIGNED: 0.0}


def test_what_is_dropped_never_opens(tmp_path: Path) -> None:
    found = _review(tmp_path, typed("milestones", WORKS, {"state": "dropped"}))
    assert found.deviations["verdict"].to_list() == ["dropped"]
    later = found.access[found.access["year"] == 2031].iloc[0]
    assert later["treated"] == pytest.approx(60)
    assert later["treated_now"] < 60
    assert found.summary.iloc[0]["dropped"] == 1


def test_what_is_early_or_on_track_is_told_so(tmp_path: Path) -> None:
    early = typed("milestones", SIGNED, {"done_on": "2027-05-01"})
    going = typed("milestones", WORKS, {"state": "under_way"})
    found = _review(tmp_path, early, going, cutoff=dt.date(2027, 12, 31))
    assert found.dates.set_index("row_id")["verdict"].to_dict() == {SIGNED: "early", WORKS: "on_track"}


def test_an_indicator_missed_takes_off_its_part_of_the_payment(tmp_path: Path) -> None:
    found = _review(tmp_path, typed("quality", "quality", {"attainment": 0.7, "deducted": 1}))
    (row,) = found.deductions.to_dict("records")
    assert row["due"] == pytest.approx(0.1 * 0.3 * row["payment"])
    paid = found.figures[found.figures["sheet"] == "contracts"]["planned"].iloc[0]
    # the plan expects 0.8, 0.9 or 1.0 of the target to be reached, each as likely
    assert row["payment"] * (1 - 0.1 * 0.1) == pytest.approx(paid)
    assert row["deducted"] == 1


def test_indicators_of_a_contract_are_settled_within_its_floor_and_ceiling(tmp_path: Path) -> None:
    case = tables()
    terms = case["contracts"].assign(deduction_floor=[0.0, 0.02], deduction_ceiling=[1.0, 0.05])
    bounded = solve(tiny.scenario(**case | {"contracts": terms}), tiny.EXACT)
    for reached, share in ((0.9, 0.0), (0.7, 0.03), (0.2, 0.05)):  # 1 % is waived, 3 % stands, 8 % is cut
        path = tmp_path / f"{reached}.xlsx"
        edit = typed("quality", "quality", {"attainment": reached})
        (row,) = rs.review(bounded, [filled(rs.actuals(bounded, CUTOFF), path, edit)]).settled.to_dict("records")
        assert row["share"] == pytest.approx(share)
        assert row["due"] == pytest.approx(share * row["payment"])
        assert row["single"] == pytest.approx(0.1 * (1 - reached) * row["payment"])
        assert (row["indicators"], row["of"]) == (1, 1)


@pytest.mark.long
def test_the_accounts_of_brazil_have_the_lines_of_their_report(tmp_path: Path) -> None:
    """The second RDQA at the end of August; the third and the RAG at the end of the year; none elsewhere."""
    case = tables() | {"settings": tiny.settings(base_year=2027, horizon_years=12, payer_defaults="brazil")}
    brazil = solve(tiny.scenario(**case), tiny.EXACT)
    for cutoff, names in ((dt.date(2028, 8, 31), {"2º RDQA"}), (CUTOFF, {"3º RDQA", "RAG"})):
        edit = typed("services", H1, {"cases": 20})
        found = rs.review(
            brazil, [filled(rs.actuals(brazil, cutoff, "four_months"), tmp_path / f"{cutoff}.xlsx", edit)]
        )
        lines = accounts(view_of(brazil), found)
        assert set(lines["report"]) == names
        made = lines[lines["item"].str.startswith("Produção")]
        assert set(made["done"]) == {20.0}
        assert (made["planned"] > 0).all()
    case["settings"] = tiny.settings(base_year=2027, horizon_years=12, currency="EUR")
    elsewhere = solve(tiny.scenario(**case), tiny.EXACT)
    blank = filled(rs.actuals(elsewhere, CUTOFF), tmp_path / "blank.xlsx")
    assert accounts(view_of(elsewhere), rs.review(elsewhere, [blank])).empty


def _keep_plan(folder: Path) -> None:
    folder.mkdir()
    write_plan(plan(), folder)


def test_the_command_writes_workbook_page_and_tables_and_keeps_a_trend(tmp_path: Path) -> None:
    _keep_plan(tmp_path / "plan")
    kept = tmp_path / "reviews"
    for year, edit in ((2027, all_as_planned), (2028, typed("milestones", OPENING, {"done_on": "2028-11-20"}))):
        path = filled(asked(dt.date(year, 12, 31)), tmp_path / f"{year}.xlsx", edit)
        call = ["review", str(tmp_path / "plan"), str(path), "--out", str(kept / str(year)), "--lang", "pt-BR"]
        run = CliRunner().invoke(app, call, standalone_mode=False)
        assert run.exit_code == 0, run.output
        assert "informadas" in run.output
    book = openpyxl.load_workbook(kept / "2028" / "review.xlsx")
    told = [str(cell.value) for row in book["deviations"].iter_rows() for cell in row if cell.value is not None]
    assert any("depois do planejado" in text for text in told)
    assert any("[2028.xlsx]milestones" in text for text in told)
    trend = [cell.value for cell in book["trend"]["A"]]
    assert {"2027-12-31", "2028-12-31"} <= set(trend)
    page = (kept / "2028" / "review.html").read_text(encoding="utf-8")
    assert "depois do planejado" in page
    assert json.loads((kept / "2028" / "manifest.json").read_text(encoding="utf-8"))["answers"][0]["late"] == 1
    assert (kept / "2028" / "tables" / "deviations.csv").exists()


def test_the_history_of_a_result_lists_the_reviews_beside_it(tmp_path: Path) -> None:
    write_plan(plan(), tmp_path)
    standing = {
        "status": "optimal",
        "engine": "direct",
        "audit": {},
        "input_sha256": "ab",
        "objective": 1.0,
        "bound": 1.0,
    }
    place(tmp_path / "base", lambda _: standing, standing)
    path = filled(asked(CUTOFF), tmp_path / "a.xlsx", all_as_planned)
    place_review(rs.review(plan(), [path]), tmp_path / "reviews" / str(CUTOFF))
    (tmp_path / "reviews" / "actuals.xlsx").write_bytes(path.read_bytes())
    run = CliRunner().invoke(app, ["history", str(tmp_path / "base")], standalone_mode=False)
    assert run.exit_code == 0, run.output
    assert "review" in run.output
    assert "optimal" in run.output


def test_an_example_says_so_first(tmp_path: Path) -> None:
    def invented(book: openpyxl.Workbook) -> None:
        book["report"]["E3"] = "yes"

    _keep_plan(tmp_path / "plan")
    path = filled(asked(CUTOFF), tmp_path / "a.xlsx", all_as_planned, invented)
    call = ["review", str(tmp_path / "plan"), str(path), "--out", str(tmp_path / "out")]
    run = CliRunner().invoke(app, call, standalone_mode=False)
    assert run.output.startswith("An example with invented figures")
    assert "An example with invented figures" in (tmp_path / "out" / "review.html").read_text(encoding="utf-8")


@pytest.mark.long
def test_the_invented_year_of_leopoldina_from_the_command_line(tmp_path: Path) -> None:
    """The tutorial of docs/review.md: solve, ask for the actuals, type the invented year, review, re-plan."""
    spec = importlib.util.spec_from_file_location("example_year", ROOT / "docs" / "example_year.py")
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    workbook, result, actuals, out = (
        ROOT / "scenarios" / "leopoldina.xlsx",
        tmp_path / "p",
        tmp_path / "a.xlsx",
        tmp_path / "o",
    )
    calls = [
        ["solve", str(workbook), "--time-limit", "120", "--gap", "0.3", "--no-studies", "--out", str(result)],
        ["actuals", str(result), "--out", str(actuals)],
        ["review", str(result), str(actuals), "--out", str(out)],
        ["replan", str(result), str(actuals), "--time-limit", "120", "--gap", "0.3", "--out", str(tmp_path / "n")],
    ]
    for call in calls:
        if call[0] == "review":
            example.invent(actuals)
        run = CliRunner().invoke(app, call, standalone_mode=False)
        assert (run.exit_code, run.return_value or 0) == (0, 0), run.output
    row = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["answers"][0]
    assert row["example"]
    assert row["late"] > 0
    assert 0 < row["reported"] < row["rows"]
    assert row["unplanned"] == 1
    assert "inventados" in (out / "review.html").read_text(encoding="utf-8")
    again = json.loads((tmp_path / "n" / "manifest.json").read_text(encoding="utf-8"))["answers"][0]
    assert again["example"]
    assert again["next"] <= again["going_on"] * (1 + 1e-9)  # the plan in hand is where the search begins
    assert "inventados" in (tmp_path / "n" / "replan.html").read_text(encoding="utf-8")
