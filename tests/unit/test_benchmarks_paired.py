"""What the paired benchmark makes of its runs: medians, their ratio, and what counts as worse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from paired import gap, row, row_until

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


def stepped(commit: str, *steps: tuple[float, float]) -> dict[str, Any]:
    return {"commit": commit, "steps": steps}


@pytest.mark.parametrize(("seconds", "ratio", "good"), [(24.0, "1.20", True), (26.0, "1.30", False)])
def test_a_solve_may_take_a_quarter_longer_to_the_same_gap(seconds: float, ratio: str, *, good: bool) -> None:
    both = [stepped("new", (0.05, 9.0), (0.029, seconds)), stepped("old", (0.04, 9.0), (0.03, 20.0), (0.01, 50.0))]
    assert row_until("mekong:60", both, "new", "old", 0.03) == (
        ["mekong:60", "1", "3.0%", f"{seconds:.1f}", "20.0", ratio],
        good,
    )


def test_a_gap_that_is_not_proven_takes_for_ever() -> None:
    both = [stepped("new", (0.05, 9.0)), stepped("old", (0.03, 20.0))]
    cells, good = row_until("mekong:60", both, "new", "old", 0.03)
    assert cells[-1] == "nan"
    assert not good


@pytest.mark.few(2)
@pytest.mark.parametrize("name", ["mato-grosso", "mato-grosso-network", "mekong", "mekong-network"])
def test_a_frozen_workbook_is_read(name: str) -> None:
    assert check_workbook(CASES / f"{name}.xlsx").scenario is not None
