"""What a plan has for a span of days: money, cases and dates, from the very tables that its report tells.

A part of a year counts as its part of what the plan has for the year, so that months add up to it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import cached_property

import numpy as np
import pandas as pd

from redesaude.financing import PAYMENT_LINES
from redesaude.inputs.scenario import rows_of
from redesaude.lines import WORKS_LINES, Kind, of_kind
from redesaude.payers import SERVICE_PAYERS
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.by_year import by_year, treated_by_year
from redesaude.plan.cash_flow import cash_flow
from redesaude.plan.indicators import indicators
from redesaude.plan.milestones import milestones
from redesaude.plan.plan import Plan
from redesaude.plan.supply_by_year import site_regions
from redesaude.reviewing.spans import Span, end_of_year
from redesaude_models.arrays import Floats

Place = tuple[str, str]
"""(site, specialty)"""


class Planned:
    """A plan with decisions, and what is worked out of it for a review: each made when first asked for, and once."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.scenario = plan, plan.scenario

    @cached_property
    def appraisal(self) -> Appraisal:
        """The money of the plan."""
        return Appraisal(self.plan)

    @cached_property
    def flows(self) -> pd.DataFrame:
        """What those pay who pay for services, by year; prices of the base year."""
        return self._all_flows[self._all_flows["payer"].isin(list(SERVICE_PAYERS))]

    @cached_property
    def _all_flows(self) -> pd.DataFrame:
        return cash_flow(self.appraisal).astype({"real": float})

    @cached_property
    def milestones(self) -> pd.DataFrame:
        """The milestones of its services."""
        return milestones(self.appraisal)

    @cached_property
    def years(self) -> pd.DataFrame:
        """Cases, those treated and those in time by year, specialty and region."""
        return by_year(self.appraisal)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """The indicators of the scenario by year, with their targets."""
        return indicators(self.appraisal, self.years, self._all_flows)

    @cached_property
    def region_of_site(self) -> dict[str, str]:
        """The health region of each site."""
        return site_regions(self.appraisal)

    @property
    def first_year(self) -> int:
        """The first calendar year of the plan."""
        return self.appraisal.calendar.first_year

    @property
    def first_cutoff(self) -> dt.date:
        """The last day of the first year of the plan, when its first review is due."""
        return end_of_year(self.first_year)

    def weights(self, span: Span) -> Floats:
        """Return the part of each year of the horizon that lies within ``span``."""
        found = np.zeros(self.appraisal.calendar.horizon_years)
        for year, part in span.parts():
            if 0 <= year - self.first_year < len(found):
                found[year - self.first_year] = part
        return found

    def year_at(self, date: dt.date) -> int:
        """Return the year of the plan in which a day lies: its first one before it begins, its last after its end."""
        return min(max(date.year, self.first_year), self.first_year + self.appraisal.calendar.horizon_years - 1)

    def period_at(self, date: dt.date) -> str:
        """Return the period in which a day lies: the first one before the plan begins, the last one after its end."""
        n = self.year_at(date) - self.first_year
        position = int(self.appraisal.phases.of_years(self.appraisal.calendar.horizon_years)[n])
        return str(self.scenario.periods["period_id"].iloc[position])

    def cases(self, span: Span) -> dict[Place, float]:
        """Return the cases that each service treats within ``span``, services of today that run on among them."""
        weights, found = self.weights(span), defaultdict[Place, float](float)
        parts = treated_by_year(self.appraisal) @ weights
        for row, part in zip(rows_of(self.plan.openings), parts.tolist(), strict=True):
            found[row.site_id, row.specialty_id] += row.cases * part
        guests = self.appraisal.meanwhile()
        stays = guests.by_year(len(weights)) @ weights
        for row, cases in zip(rows_of(guests.rooms.table), stays.tolist(), strict=True):
            found[row.site_id, row.specialty_id] += cases
        return {place: cases for place, cases in found.items() if cases > 0}

    def money(self, span: Span, lines: tuple[str, ...], keys: list[str]) -> pd.Series:
        """Return what is paid by ``lines`` within ``span``, by ``keys`` of the cash flow."""
        parts = dict(span.parts())
        rows = self.flows[self.flows["line"].isin(lines) & self.flows["year"].isin(list(parts))]
        return (rows["real"] * rows["year"].map(parts)).groupby([rows[key] for key in keys]).sum()

    def running(self, span: Span) -> dict[Place, float]:
        """Return what running each service costs within ``span``, payments to contractors included."""
        return dict(self.money(span, tuple(of_kind(Kind.RUNNING)), ["site_id", "specialty_id"]).items())  # type: ignore[arg-type]

    def payments(self, span: Span) -> dict[tuple[str, str], float]:
        """Return what contractors are paid within ``span`` at each site, by contract."""
        return dict(self.money(span, PAYMENT_LINES, ["site_id", "contract_id"]).items())  # type: ignore[arg-type]

    @cached_property
    def works(self) -> dict[Place, float]:
        """What the works of each service cost in all, whoever finances them."""
        rows = self._all_flows[self._all_flows["line"].isin(WORKS_LINES)]
        return dict(rows.groupby(["site_id", "specialty_id"])["real"].sum().items())  # type: ignore[arg-type]

    def minutes(self, period: str) -> dict[Place, float]:
        """Return the mean journey to each service in a period, one way."""
        rows = self.plan.assignments[self.plan.assignments["period_id"] == period]
        keys = [rows["site_id"], rows["specialty_id"]]
        far = (rows["cases"] * rows["minutes"]).groupby(keys).sum()
        return dict((far / rows["cases"].groupby(keys).sum()).items())  # type: ignore[arg-type]
