"""A variant from a few words: the cell that is meant, in any of the languages, and what becomes of it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from test_cli import run

import tiny
from redesaude.cli.compare import usable
from redesaude.errors import InputError
from redesaude.inputs.checks import check_workbook, read_scenario
from redesaude.inputs.drafted_variant import draft_variant, operation_of
from redesaude.inputs.finding import Cell, find_cells
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.template import write_scenario
from redesaude.inputs.variants import apply_variant
from redesaude.language import translator


@pytest.fixture(scope="module")
def base() -> Scenario:
    names = {"h1": "Santa Casa", "h2": "Hospital Regional"}
    return tiny.scenario(
        sites=tiny.tables()["sites"].assign(name=names.values()),
        funding=tiny.rows(
            {"funding_id": "treasury", "kind": "capital", "amount": 1_000.0, "hard": "no", "price": 2},
            {"funding_id": "upkeep", "kind": "running", "amount": 500.0},
        ),
        contracts=tiny.rows(
            {"contract_id": "direct"},
            {"contract_id": "oss", "delivery_model": "oss", "opex_factor": 0.9},
            {"contract_id": "ppp_oss", "delivery_model": "oss", "opex_factor": 0.8},
        ),
        variants=tiny.rows({"variant_id": "cut", "sheet": "funding", "key": "*", "column": "amount", "value": "700"}),
    )


@pytest.mark.parametrize(
    ("words", "cells"),
    [
        ("capital ceiling", [Cell("funding", "treasury", "amount")]),
        ("teto capital", [Cell("funding", "treasury", "amount")]),
        ("trần capital", [Cell("funding", "treasury", "amount")]),
        ("amount", [Cell("funding", "*", "amount")]),
        ("Discount rate", [Cell("settings", "discount_rate", "value")]),
        ("taxa de desconto", [Cell("settings", "discount_rate", "value")]),
        ("opex factor oss", [Cell("contracts", "oss", "opex_factor")]),
        ("sizes capacity large", [Cell("sizes", "cardio|large", "capacity")]),
        ("capacity of sizes", [Cell("sizes", "*", "capacity")]),
        ("sizes/cardio|small/capacity", [Cell("sizes", "cardio|small", "capacity")]),
        ("settings/gap", [Cell("settings", "gap", "value")]),
    ],
)
def test_words_mean_one_column_and_its_rows(base: Scenario, words: str, cells: list[Cell]):
    assert find_cells(base, words, numbers=True) == cells


@pytest.mark.parametrize(
    ("words", "code"), [("bananas", "cell_not_found"), ("fixed cost", "cell_ambiguous"), ("", "cell_not_found")]
)
def test_what_is_not_one_column_is_told(base: Scenario, words: str, code: str):
    with pytest.raises(InputError) as caught:
        find_cells(base, words, numbers=True)
    assert [p.code for p in caught.value.problems] == [code]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-20%", ("multiply", "0.8")),
        ("+12,5%", ("multiply", "1.125")),
        ("+=5", ("add", "5")),
        ("*= 1.1", ("multiply", "1.1")),
        ("-20", ("set", "-20")),
        ("yes", ("set", "yes")),
    ],
)
def test_values_say_their_operation(text: str, said: tuple[str, str]):
    assert operation_of(text) == said


def test_a_drafted_variant_changes_what_was_meant_after_what_it_inherits(base: Scenario):
    made = draft_variant(base, [("capital ceiling", "-20%"), ("discount rate", "0.05")], inherits=["cut"])
    assert made.variant_id == "capital_ceiling_-20pct_discount_rate_0.05"
    assert list(made.variant.funding["amount"]) == [560, 700]
    assert list(made.changed.itertuples(index=False, name=None)) == [
        ("settings", "discount_rate", "value", 0.0, 0.05),
        ("funding", "treasury", "amount", 1_000.0, 560.0),
        ("funding", "upkeep", "amount", 500.0, 700.0),
    ]
    assert list(base.funding["amount"]) == [1_000, 500]
    assert made.scenario.variants["variant_id"].to_list() == ["cut", made.variant_id, made.variant_id]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"variant_id": "cut"}, "variant_taken"),
        ({"variant_id": "base"}, "reserved_variant"),
        ({"variant_id": "../../esc"}, "variant_no_folder_name"),
        ({"inherits": ["cuts"]}, "unknown_variant"),
    ],
)
def test_a_code_that_cannot_be_is_refused(base: Scenario, given: dict[str, object], code: str):
    with pytest.raises(InputError) as caught:
        draft_variant(base, [("capital ceiling", "-20%")], **given)  # type: ignore[arg-type]
    assert [p.code for p in caught.value.problems] == [code]


def test_a_wrong_variant_is_not_inherited():
    rows = tiny.rows({"variant_id": "bad", "sheet": "funding", "key": "x", "column": "amount", "value": "1"})
    wrong = tiny.scenario(variants=rows, funding=tiny.rows({"funding_id": "f", "amount": 1_000.0}))
    with pytest.raises(InputError, match="no row of funding"):
        draft_variant(wrong, [("discount rate", "0.05")], inherits=["bad"])


def test_a_copy_reads_back_to_the_same_variant(base: Scenario, tmp_path: Path):
    made = draft_variant(base, [("capital ceiling", "-20%")], variant_id="less", inherits=["cut"])
    write_scenario(tmp_path / "copy.xlsx", made.scenario)
    again = apply_variant(read_scenario(tmp_path / "copy.xlsx"), "less")
    pd.testing.assert_frame_equal(again.funding, made.variant.funding)
    assert again.input_sha256 == made.variant.input_sha256


@pytest.mark.long
def test_the_command_writes_a_copy_and_check_tells_of_each_variant(base: Scenario, tmp_path: Path):
    write_scenario(tmp_path / "w.xlsx", base)
    done = run("variant", "w.xlsx", "--set", "capital ceiling", "-20%", "--set", "gap=0.1", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1000" in done.stdout
    assert "800" in done.stdout
    copy = check_workbook(tmp_path / "w-capital_ceiling_-20pct_gap_0.1.xlsx").accepted()
    assert apply_variant(copy, "capital_ceiling_-20pct_gap_0.1").funding["amount"].to_list() == [800, 500]
    again = run("variant", "w.xlsx", "--set", "capital ceiling", "-20%", "--set", "gap=0.1", folder=tmp_path)
    assert again.returncode == 1
    assert "exists already" in again.stderr
    assert run("variant", "w.xlsx", "--set", "gap", folder=tmp_path).returncode == 1

    funding = copy.variants.assign(key="nobody")
    write_scenario(tmp_path / "wrong.xlsx", copy.replace(variants=funding))
    told = run("check", "wrong.xlsx", folder=tmp_path)
    assert told.returncode == 1
    assert "no row of funding" in told.stdout
    assert "can be solved" in told.stdout


def test_a_comparison_leaves_out_what_is_wrong_and_refuses_what_is_unknown(capsys: pytest.CaptureFixture[str]):
    change = {"variant_id": "good", "sheet": "sizes", "key": "*", "column": "fixed_cost", "value": "1"}
    base = tiny.scenario(variants=tiny.rows(change, change | {"variant_id": "bad", "key": "nobody"}))
    assert usable(base, "all", translator("en")) == ("good",)
    assert "because they are wrong: bad" in capsys.readouterr().err
    with pytest.raises(InputError, match="there is no variant 'worse'"):
        usable(base, "good,worse", translator("en"))
