"""The folder and the workbook of a comparison, and the command that writes them."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from appraisal_example import example
from openpyxl.worksheet.worksheet import Worksheet
from rich.console import Console
from typer.testing import CliRunner

from redesaude.cli.app import app
from redesaude.cli.compare import show
from redesaude.errors import OutputError
from redesaude.inputs.template import write_scenario
from redesaude.language import translator
from redesaude.report.comparison import SHEETS, write_comparison, write_workbook
from redesaude.studies.compare import Comparison, _tables, compare
from tiny import EXACT, rows

STRATEGIES = ["Today", "All direct, same network", "All direct, re-optimised", "PPP, same network",
              "PPP, re-optimised", "Best mix"]  # fmt: skip


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    tight = rows({"fiscal_id": "art28", "kind": "ppp", "base_amount": 10_000, "share": 0.001})
    return compare(example(fiscal=tight), EXACT)


@pytest.fixture(scope="module")
def folder(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_comparison(comparison, tmp_path_factory.mktemp("compare") / "out")


def find(sheet: Worksheet, text: str) -> tuple[int, int]:
    """Row and column of the first cell that holds ``text``."""
    for line in sheet.iter_rows():
        for cell in line:
            if cell.value == text:
                return cell.row, cell.column
    raise AssertionError(f"{text!r} is not on {sheet.title}")


def figures(path: Path, sheet: str, row: str) -> dict[str, object]:
    """The cells of ``row`` under the name of each strategy."""
    page = openpyxl.load_workbook(path, data_only=True)[sheet]
    top, _ = find(page, "Best mix")
    names = {cell.value: cell.column for cell in page[top] if cell.value in STRATEGIES}
    line, _ = find(page, row)
    return {name: page.cell(line, column).value for name, column in names.items()}


def test_every_sheet_is_there_and_no_formula_is_broken(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "compare.xlsx", data_only=True)
    assert book.sheetnames == list(SHEETS)
    for page in book:
        assert not [cell for line in page.iter_rows() for cell in line if str(cell.value).startswith("#")]


def test_the_figures_are_those_of_the_comparison(comparison: Comparison, folder: Path) -> None:
    costs = comparison.strategies.set_index("strategy_id")["objective"]
    shown = figures(folder / "compare.xlsx", "summary", "Whole-life cost")
    assert shown["Today"] == pytest.approx(costs["status_quo"])
    assert shown["Best mix"] == pytest.approx(costs["mix"])
    assert figures(folder / "compare.xlsx", "costs", "Total")["Best mix"] == pytest.approx(costs["mix"])
    net = comparison.worth.set_index("strategy_id")["net"]
    assert figures(folder / "compare.xlsx", "benefits", "Net benefit")["Best mix"] == pytest.approx(net["mix"])


def test_a_strategy_without_a_plan_and_a_broken_rule_are_told(folder: Path) -> None:
    """Under the tight limit PPP has no plan; swapped onto the mix's network it breaks the limit."""
    book = openpyxl.load_workbook(folder / "compare.xlsx", data_only=True)
    text = " ".join(str(cell.value) for line in book["summary"].iter_rows() for cell in line if cell.value)
    assert "PPP, re-optimised: no plan to compare." in text
    assert "PPP, re-optimised" not in figures(folder / "compare.xlsx", "summary", "Whole-life cost")
    assert figures(folder / "compare.xlsx", "summary", "Rules broken")["PPP, same network"] == 1
    line, _ = find(book["quality"], "PPP, same network")
    assert "broken: hard money promises kept" in [cell.value for cell in book["quality"][line]][-1]


def test_what_was_priced_and_not_searched_is_called_neither_proven_nor_dearer(
    comparison: Comparison, folder: Path
) -> None:
    """The cost of a swapped network is exact; what the strategy could cost at least is not known."""
    low = comparison.strategies.set_index("strategy_id")["low"]
    assert low["direct_same"] == -np.inf
    assert np.isfinite(low["direct"])
    same, searched = "All direct, same network", "All direct, re-optimised"
    for sheet, row in (("summary", "Proven least cost"), ("summary", "Gap")):
        shown = figures(folder / "compare.xlsx", sheet, row)
        assert (shown[same] or "") == ""
        assert isinstance(shown[searched], float | int)
    assert figures(folder / "compare.xlsx", "summary", "Against the best mix")[same] == "nothing proven"
    book = openpyxl.load_workbook(folder / "compare.xlsx", data_only=True)
    text = [str(cell.value) for line in book["summary"].iter_rows() for cell in line if cell.value]
    told = [sentence for sentence in text if sentence.startswith(f"{same}: its plan costs")]
    assert [("more" in sentence, "not proven" in sentence) for sentence in told] == [(True, True)]
    written = pd.read_csv(folder / "tables" / "strategies.csv").set_index("strategy_id")["low"]
    assert np.isnan(written["direct_same"])


def test_value_for_money_shows_every_contract_with_its_verdict(comparison: Comparison, folder: Path) -> None:
    page = openpyxl.load_workbook(folder / "compare.xlsx", data_only=True)["value"]
    texts = [str(cell.value) for line in page.iter_rows() for cell in line]
    assert comparison.appraised is not None
    assert texts.count("chosen") == 3
    assert "it does not suit the owner of the building" in texts
    assert "dominated" in texts


def test_the_tables_are_complete(comparison: Comparison, folder: Path) -> None:
    costs = pd.read_csv(folder / "tables" / "costs.csv")
    np.testing.assert_allclose(costs["npv"].sum(), comparison.costs["npv"].sum(), rtol=1e-9)
    names = {path.stem for path in (folder / "tables").iterdir()}
    assert {"strategies", "payers", "access", "benefits", "worth", "limits", "changes"} <= names
    bridge = pd.read_csv(folder / "tables" / "value_bridge.csv").groupby(["site_id", "contract_id"])["npv"].sum()
    options = pd.read_csv(folder / "tables" / "value_options.csv").set_index(["site_id", "contract_id"])["cost_npv"]
    np.testing.assert_allclose(bridge[options.index], options, atol=1e-4)


def test_ppp_less_direct_stands_beside_whatever_becomes_of_today(comparison: Comparison, folder: Path) -> None:
    """On the network of the best mix, though PPP solved anew has no plan here; by site, year and payer."""
    found = comparison.ppp_direct
    assert found is not None
    page = openpyxl.load_workbook(folder / "compare.xlsx", data_only=True)["ppp_direct"]
    for heading in ("Who pays, present value", "Site by site over the horizon, PPP less direct", "When they open",
                    "Year by year, PPP less direct"):  # fmt: skip
        assert find(page, heading)
    row, _ = find(page, "Benefit-cost ratio")
    assert page.cell(row, 2).value == "benefits / additional public spending; blank: PPP costs the public no more"
    names = {path.stem for path in (folder / "tables").iterdir()}
    assert {"ppp_direct", "ppp_direct_money", "ppp_direct_years", "ppp_direct_sites"} <= names


def test_benefits_are_told_where_today_has_no_plan(comparison: Comparison, tmp_path: Path) -> None:
    """As where its search ends in time: today is then as its services go on, and nothing is empty."""
    scenario = comparison.scenario
    decided = {name: plan for name, plan in comparison.plans.items() if plan.has_decisions and name != "status_quo"}
    found = _tables(scenario, decided, {}, None)
    assert set(found.benefits["strategy_id"]) == set(decided)
    today = found.benefits.set_index(["strategy_id", "item"])["reference_per_year"]
    assert today["mix", "cases_in_time"] == pytest.approx(40.0)
    assert today["mix", "cases_sent_away"] == pytest.approx(50.0)
    write_workbook(found, tmp_path / "compare.xlsx", "en")
    book = openpyxl.load_workbook(tmp_path / "compare.xlsx", data_only=True)
    assert find(book["benefits"], "Net benefit")
    words = [str(cell.value) for row in book["benefits"].iter_rows() for cell in row]
    assert any(
        text.startswith("Today has no plan of its own here: it is told as its services go on,") for text in words
    )
    row, column = find(book["access"], f"Today, modelled, people of {int(scenario.settings.base_year)}")
    assert book["access"].cell(row + 1, column).value == pytest.approx(40 / 90)


def test_the_manifest_tells_the_intervals(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    mix = next(row for row in manifest["strategies"] if row["strategy_id"] == "mix")
    assert mix["low"] <= mix["objective"]
    assert mix["audit_passed"]
    assert manifest["versions"]["redesaude"]


def test_a_promise_made_anywhere_is_a_target_on_the_sheet_access(comparison: Comparison, tmp_path: Path) -> None:
    """Promised on its row, as a row of access_targets for the whole area, for each region, and not at all."""
    known = comparison.scenario
    free = known.specialties.assign(access_share=np.nan)
    promised = {"specialty_id": "cardio", "region_id": "all", "share": 0.4, "minutes": 30}
    targets = example(access_targets=rows(promised, promised | {"region_id": "each", "share": 0.2})).access_targets
    words = {
        "own": (known, "at least 30% of cases within 20 minutes"),
        "rows": (known.replace(specialties=free, access_targets=targets),
                 "at least 40% of cases within 30 minutes; in 2 regions: sheet limits of each plan"),
        "none": (known.replace(specialties=free), "no target"),
    }  # fmt: skip
    for name, (scenario, text) in words.items():
        write_workbook(replace(comparison, scenario=scenario), tmp_path / f"{name}.xlsx", "en")
        page = openpyxl.load_workbook(tmp_path / f"{name}.xlsx")["access"]
        row, column = find(page, "Target and standard")
        assert page.cell(row + 1, column).value == text


@pytest.mark.few(1)
@pytest.mark.parametrize("language", ["pt-BR", "vi"])
def test_it_is_written_in_every_language(comparison: Comparison, tmp_path: Path, language: str) -> None:
    write_workbook(comparison, tmp_path / "compare.xlsx", language)
    assert openpyxl.load_workbook(tmp_path / "compare.xlsx").sheetnames == list(SHEETS)


def test_an_earlier_comparison_is_replaced_and_other_folders_are_not(
    comparison: Comparison, folder: Path, tmp_path: Path
) -> None:
    (folder / "mine.txt").write_text("kept", encoding="utf-8")
    assert write_comparison(comparison, folder) == folder
    assert (folder / "mine.txt").read_text(encoding="utf-8") == "kept"
    (tmp_path / "thesis.docx").write_text("not ours", encoding="utf-8")
    with pytest.raises(OutputError, match="other than an earlier result"):
        write_comparison(comparison, tmp_path)


def test_the_terminal_tells_the_comparison(comparison: Comparison) -> None:
    out = io.StringIO()
    show(Console(file=out, width=200), comparison, translator("en"))
    assert "Best mix" in out.getvalue()
    assert "PPP less direct management on this network" in out.getvalue()


@pytest.mark.long
def test_the_command_compares_and_says_where(tmp_path: Path) -> None:
    variants = rows({"variant_id": "cheap", "name": "Cheap PPP", "sheet": "contracts", "key": "ppp",
                     "column": "transaction_cost", "value": "0"})  # fmt: skip
    write_scenario(tmp_path / "tiny.xlsx", example(variants=variants))
    out = tmp_path / "out"
    run = CliRunner().invoke(
        app, ["compare", str(tmp_path / "tiny.xlsx"), "--variants", "all", "--gap", "0", "--out", str(out)]
    )
    assert run.exit_code == 0, run.output
    assert "Best mix" in run.output
    assert "PPP less direct management on this network" in run.output
    assert "Each solved anew, PPP less direct" in run.output
    strategies = pd.read_csv(out / "tables" / "strategies.csv")
    assert "variant:cheap" in set(strategies["strategy_id"])
    book = openpyxl.load_workbook(out / "compare.xlsx", data_only=True)
    assert find(book["summary"], "Cheap PPP")


def test_an_unknown_variant_is_wrong_input(tmp_path: Path) -> None:
    write_scenario(tmp_path / "tiny.xlsx", example())
    run = CliRunner().invoke(app, ["compare", str(tmp_path / "tiny.xlsx"), "--variants", "none_such"])
    assert run.exit_code != 0
    assert not (tmp_path / "results").exists()
