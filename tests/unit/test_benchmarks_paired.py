"""What the paired benchmark makes of its runs: medians, their ratio, and what counts as worse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from paired import gap, row

from redesaude.inputs.checks import check_workbook

CASES = Path(__file__).parents[2] / "benchmarks" / "cases"


def runs(commit: str, *bounds: float | None) -> list[dict[str, Any]]:
    return [{"commit": commit, "objective": 100.0, "bound": bound, "first": 3.0} for bound in bounds]


def test_a_row_has_the_medians_and_their_ratio() -> None:
    cells, good = row("mato-grosso:60", [*runs("new", 99.0, 98.0, 90.0), *runs("old", 96.0, 99.9, 95.0)], "new", "old")
    assert cells == ["mato-grosso:60", "3", "2.000%", "4.000%", "0.50", "3", "3"]
    assert good


@pytest.mark.parametrize(("bound", "good"), [(99.0, True), (98.95, True), (98.0, False), (None, False)])
def test_proving_less_is_worse(bound: float | None, *, good: bool) -> None:
    assert row("mekong:1", [*runs("new", bound), *runs("old", 99.0)], "new", "old")[1] == good


def test_a_bound_above_its_plan_is_no_gap() -> None:
    with pytest.raises(ValueError, match="above its plan"):
        gap(runs("new", 101.0)[0])


@pytest.mark.parametrize("name", ["mato-grosso", "mato-grosso-network", "mekong", "mekong-network"])
def test_a_frozen_workbook_is_read(name: str) -> None:
    assert check_workbook(CASES / f"{name}.xlsx").scenario is not None
