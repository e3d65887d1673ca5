"""The table of the programmes: each row is kept at once, and what has one of its input is not solved again."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import scenarios

CASES = [("mekong", "base"), ("mekong", "dich_lon")]


class Case:
    """A scenario of which only the fingerprint is asked."""

    input_sha256 = "0123456789"


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The variants solved, instead of solving them; the first solve of ``dich_lon`` is killed."""
    told: list[str] = []

    def run(book: str, variant: str, case: Case, *_: float) -> dict[str, Any]:
        told.append(variant)
        if told.count("dich_lon") == 1 and variant == "dich_lon":
            raise KeyboardInterrupt
        numbers = 2e9, 1.99e9, 0.005, 300.0, 290.0, 1.0
        cells = book, variant, "optimal", *numbers, "passed", case.input_sha256[:8], "abc1234"
        return dict(zip(scenarios.COLUMNS, cells, strict=True))

    monkeypatch.setattr(scenarios, "run", run)
    monkeypatch.setattr(scenarios, "read_scenario", lambda _: Case())
    monkeypatch.setattr(scenarios, "apply_variant", lambda case, _: case)
    return told


def test_it_goes_on_where_it_ended(tmp_path: Path, solved: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "scenarios.csv"
    asked = argparse.Namespace(again=False, keep=file, gap=0.015, time_limit=1.0)
    with pytest.raises(KeyboardInterrupt):
        list(scenarios.rows_of(CASES, asked))
    assert pd.read_csv(file)["variant"].tolist() == ["base"]
    assert len(list(scenarios.rows_of(CASES, asked))) == 2
    assert solved == ["base", "dich_lon", "dich_lon"]
    assert pd.read_csv(file)["commit"].tolist() == ["abc1234", "abc1234"]
    assert "abc1234" in file.with_suffix(".md").read_text(encoding="utf-8")
    monkeypatch.setattr(Case, "input_sha256", "another one")
    list(scenarios.rows_of(CASES[:1], asked))
    assert solved[3:] == ["base"]
    asked.gap = 0.004  # less than the 0.5 % of its row
    list(scenarios.rows_of(CASES[:1], asked))
    assert solved[3:] == ["base", "base"]


def test_a_scenario_without_a_plan_is_told_without_numbers() -> None:
    nothing = dict.fromkeys(("objective", "bound", "gap"), float("nan"))
    numbers = {"seconds": 8.0, "cpu": 3.0, "load": 1.0}
    cells = dict.fromkeys(scenarios.COLUMNS, "x") | nothing | numbers
    assert "nan" not in scenarios.told(pd.DataFrame([cells]))
