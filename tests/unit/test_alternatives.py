"""The best plans that differ in kind are those of all networks, in their order."""

from __future__ import annotations

from itertools import chain, combinations
from pathlib import Path

import openpyxl
import pytest
from appraisal_example import example
from enumeration import Enumeration, Network
from typer.testing import CliRunner

from random_tables import random_tables
from redesaude.asking.alternatives import alternatives
from redesaude.cli.app import app
from redesaude.inputs.scenario import Scenario
from redesaude.plan.storage import write_plan
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve
from redesaude.studies.network_changes import services_at_the_end
from tiny import EXACT, scenario


class OfKind(Enumeration):
    """The networks of a scenario that open these services and no others."""

    def __init__(self, case: Scenario, kind: set[tuple[str, str]]) -> None:
        super().__init__(case)
        self._kind = kind

    def allowed(self, network: Network) -> bool:
        """Also whether the network is of the kind."""
        return set(network) == self._kind and super().allowed(network)


def _kinds(case: Scenario) -> list[float]:
    """The least cost of every kind, the cheapest first."""
    places = [(j, s) for j in case.sites["site_id"] for s in case.specialties["specialty_id"]]
    kinds = chain.from_iterable(combinations(places, size) for size in range(len(places) + 1))
    return sorted(best for kind in kinds if (best := OfKind(case, set(kind)).best()) is not None)


@pytest.mark.long
def test_the_best_kinds_are_those_of_all_networks() -> None:
    case = scenario(**random_tables(3))
    found, true = alternatives(solve(case, EXACT), 3, 0.6, EXACT, seconds=100.0), _kinds(case)
    assert found.complete
    assert found.table["cost"].to_list() == pytest.approx(true[:3])
    assert found.table["least"].to_list() == pytest.approx(true[:3])
    assert len({frozenset(services_at_the_end(each.plan)) for each in found.plans}) == 3
    assert all(each.plan.audit.passed for each in found.plans)


@pytest.mark.long
@pytest.mark.parametrize("seed", [2, 3])
def test_each_rank_lies_within_its_interval_where_the_gap_is_wide(seed: int) -> None:
    case = scenario(**random_tables(seed))
    rough = SolveOptions(gap=0.3, time_limit=20.0)
    found, true = alternatives(solve(case, rough), 3, 0.8, rough, seconds=60.0), _kinds(case)
    table = found.table
    assert table["cost"].is_monotonic_increasing
    assert table["least"].is_monotonic_increasing
    for row, best in zip(table.to_dict("records"), true, strict=False):
        assert row["least"] <= best * (1 + 1e-6)
        assert best <= row["cost"] * (1 + 1e-6)
    for row in found.decisions[found.decisions["proven"]].to_dict("records"):
        assert row["plans"] in (0, row["of"])


def test_nothing_beyond_the_tolerance_is_told() -> None:
    found = alternatives(solve(example(), EXACT), 5, 0.01, EXACT, seconds=20.0)
    assert len(found.plans) == 1
    assert found.complete
    assert found.decisions["proven"].all()  # turning any service round costs more than a hundredth


@pytest.mark.long
def test_the_command_writes_the_plans(tmp_path: Path) -> None:
    write_plan(solve(example(), EXACT), tmp_path)
    command = ["alternatives", str(tmp_path), "--n", "2", "--within", "0.5", "--lang", "pt-BR", "--gap", "0"]
    told = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "others")])
    assert told.exit_code == 0, told.output
    assert "plano 2:" in told.output
    book = openpyxl.load_workbook(tmp_path / "others" / "alternatives.xlsx")
    assert book.sheetnames == ["plans", "decisions", "changes"]
    assert "plano 2:" in (tmp_path / "others" / "alternatives.html").read_text(encoding="utf-8")
