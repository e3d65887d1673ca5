"""What treating people in services of today until others open adds to the bridges of sheet ``appraisal``.

As the engine finds it at the dates of each contract, beyond what the plan as decided has of it; it stands in the
formulas as a number, as it does not follow from the assumptions line by line.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from redesaude.report.workbook.live import Live, live
from redesaude.studies.repricing import Assignment, Repricing


class Added(NamedTuple):
    """What is added to waiting, and to all else (NPV)."""

    waiting: float
    other: float

    def less(self, before: Added) -> Added:
        """Return what is added beyond another."""
        return Added(self.waiting - before.waiting, self.other - before.other)


class Meanwhile:
    """What is added under each contract at each site, and what the sites of a programme change together."""

    def __init__(self, prices: Repricing, programmes: Mapping[str, Assignment]) -> None:
        self._prices, self._programmes = prices, programmes

    @cached_property
    def _alone(self) -> dict[tuple[str, str], Added]:
        tables = ((c, self._prices.everywhere(c)) for c in self._prices.contracts)
        found = ((c, self._prices.meanwhile(assignment, together=False)) for c, assignment in tables)
        return {(str(site), c): _added(table.loc[[site]]) for c, table in found for site in table.index}

    def of(self, site: str, contract: str) -> Added:
        """Return what is added were the site alone to come to the contract."""
        return self._alone[site, contract]

    def shared(self, programme: str) -> Added:
        """Return what is added beyond the sum of the sites alone where all come to their contracts of a programme."""
        assignment = self._programmes[programme]
        whole = _added(self._prices.meanwhile(assignment, together=True))
        alone = [self.of(site, contract) for site, contract in assignment.items()]
        return whole.less(Added(sum(each.waiting for each in alone), sum(each.other for each in alone)))


def plus(cell: Live, number: float) -> Live:
    """Return a cell with a number added, the cell itself where it is zero."""
    return cell + live(number) if number else cell


def _added(lines: pd.DataFrame) -> Added:
    waiting = float(lines["waiting"].sum()) if "waiting" in lines else 0.0
    return Added(waiting, float(lines.to_numpy(float).sum()) - waiting)
