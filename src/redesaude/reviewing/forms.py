"""What is asked to be reported of a plan: the rows of the workbook of actuals, whole or of single regions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from redesaude.errors import ResultError
from redesaude.language import N_
from redesaude.plan.plan import Plan
from redesaude.plan.storage import read_plan
from redesaude.reviewing.due import due
from redesaude.reviewing.planned import Planned
from redesaude.reviewing.spans import Every, Span

_NO_PLAN = N_("{folder} holds no plan with decisions: there is nothing to report on")


@dataclass(frozen=True)
class ActualsForm:
    """What is to be reported of ``plan`` for ``span``: rows by sheet, columns of :mod:`redesaude.reviewing.due`."""

    plan: Plan
    span: Span
    tables: Mapping[str, pd.DataFrame]

    @property
    def regions(self) -> list[str]:
        """The regions that rows are about; blank: the whole area."""
        codes = {str(code) for rows in self.tables.values() for code in rows["region_id"]}
        known = set(self.plan.scenario.territories["region_id"])
        return sorted(code if code in known else "" for code in codes)

    def of_region(self, region: str) -> ActualsForm:
        """Return the rows of one region; blank: those that are about none alone."""
        known = set(self.plan.scenario.territories["region_id"])

        def mine(rows: pd.DataFrame) -> pd.DataFrame:
            codes = rows["region_id"].where(rows["region_id"].isin(known), "")
            return rows[codes == region].reset_index(drop=True)

        return replace(self, tables={name: mine(rows) for name, rows in self.tables.items()})


def plan_of(result: Plan | Path | str) -> Plan:
    """Return the plan of a result, or the plan itself; ResultError where it decides nothing."""
    plan = result if isinstance(result, Plan) else read_plan(result)
    if not plan.has_decisions:
        folder = plan.scenario.name if isinstance(result, Plan) else result
        raise ResultError(_NO_PLAN, folder=folder)
    return plan


def actuals(result: Plan | Path | str, until: dt.date | None = None, every: Every | str = Every.YEAR) -> ActualsForm:
    """Return what is to be reported of a result by the cut-off date ``until`` (None: the end of its first year).

    ``every`` says how much of the time before is reported: a ``month``, ``four_months``, a ``half_year`` or a ``year``.

    Raises
    ------
    ResultError
        when ``result`` holds no plan with decisions.

    """
    planned = Planned(plan_of(result))
    span = Span.until(until or planned.first_cutoff, Every(every))
    return ActualsForm(planned.plan, span, due(planned, span))
