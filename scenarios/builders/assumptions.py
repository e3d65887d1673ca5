"""What the planners of a scenario supposed: a table of facts, each number with its range, year, grade and reason."""

from __future__ import annotations

import csv
from pathlib import Path

from redesaude.drafting.evidence import ASSUMPTION, Figure


def assumptions(folder: Path) -> dict[str, Figure]:
    """Return the figures of ``assumptions.csv`` in a folder of facts by their ids; a blank source is none published."""
    with (folder / "assumptions.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["assumption_id"]: Figure(
                _number(row["value"]),
                row["source"] or ASSUMPTION,
                row["year"],
                row["grade"],
                row["note"],
                _number(row["low"]),
                _number(row["high"]),
            )
            for row in csv.DictReader(file)
        }


def _number(text: str) -> float:
    """A number as it is typed: a count stays whole where sentences tell it."""
    return int(text) if text.lstrip("-").isdigit() else float(text)
