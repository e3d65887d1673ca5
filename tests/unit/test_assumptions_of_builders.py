"""What planners supposed for the shipped scenarios stands in tables, each number once, with its range and reason."""

import re
import sys
from pathlib import Path

import pytest

SCENARIOS = Path(__file__).parents[2] / "scenarios"
sys.path.insert(0, str(SCENARIOS))
from builders.assumptions import assumptions  # noqa: E402  # the kit of the scenarios is no package


@pytest.mark.parametrize("kit", ["builders", "mekong_builders"])
def test_every_assumption_has_its_range_and_reason_and_is_used_once(kit: str) -> None:
    known = assumptions(SCENARIOS / kit / "facts")
    asked = [
        name
        for file in sorted((SCENARIOS / kit).glob("*.py"))
        for name in re.findall(r'\bassumption\(\s*"([\w.]+)"', file.read_text(encoding="utf-8"))
    ]
    assert sorted(asked) == sorted(known)
    assert len(known) >= 40
    for name, figure in known.items():
        assert figure.low is not None, name
        assert figure.high is not None, name
        assert figure.low <= figure.value <= figure.high, name
        assert figure.note, name
        assert figure.grade == "C" or figure.source, name
