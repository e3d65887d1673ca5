r"""The indicators of the sheet ``indicators``, worked out of a plan for each calendar year, beside their targets.

An indicator is a formula over the tables of the plan, never text that is run: with :math:`f_y` what it counts in year
:math:`y`, :math:`g_y` by what that is divided and :math:`k` its factor,

.. math:: \text{planned}_y = k\, f_y / g_y

People count where they live, services, techniques and money where the hospital stands. A target holds from its year
until the next one of the indicator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from redesaude.finance.services import running_years, timing_of
from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.payers import SERVICE_PAYERS
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.ladder import steps
from redesaude.plan.supply_by_year import site_regions, supply_by_year
from redesaude_models.arrays import Floats

#: ``met``: yes, no, or blank where nothing is due or known
INDICATORS = ("indicator_id", "year", "planned", "target", "met")

#: difference below which a value is its target
_NEAR = 1e-9


def indicators(appraisal: Appraisal, years: pd.DataFrame, flows: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each indicator and year of the horizon, columns :data:`INDICATORS` (planned NaN: it is typed).

    ``years`` is the result of :func:`redesaude.plan.by_year.by_year`, ``flows`` of
    :func:`redesaude.plan.cash_flow.cash_flow`.
    """
    counted, scenario = _Counted(appraisal, years, flows), appraisal.scenario
    calendar = counted.years
    found = []
    for row in rows_of(scenario.indicators):
        planned = counted.value(row)
        due = [target_in(scenario.indicator_targets, row.indicator_id, year) for year in calendar]
        found += [
            (row.indicator_id, year, value, target, met(row.direction, value, target))
            for year, value, target in zip(calendar, planned.tolist(), due, strict=True)
        ]
    return pd.DataFrame(found, columns=list(INDICATORS))


def target_in(targets: pd.DataFrame, indicator: str, year: int) -> float:
    """Return what an indicator is to reach in a year, by the sheet ``indicator_targets`` (NaN: nothing is due)."""
    mine = targets[(targets["indicator_id"] == indicator) & (targets["year"] <= year)]
    return float(mine.sort_values("year")["target"].iloc[-1]) if len(mine) else np.nan


def met(direction: str, value: float, target: float) -> str:
    """Return whether a value reaches its target: yes, no, or blank where one of them is not known."""
    if np.isnan(value) or np.isnan(target):
        return ""
    ahead = target - value if direction == "lower" else value - target
    return "yes" if ahead >= -_NEAR * max(1.0, abs(target)) else "no"


class _Counted:
    """What formulas count, each an array by year of the horizon."""

    def __init__(self, appraisal: Appraisal, years: pd.DataFrame, flows: pd.DataFrame) -> None:
        self.appraisal, self.scenario, self.flows = appraisal, appraisal.scenario, flows
        first, count = appraisal.calendar.first_year, appraisal.calendar.horizon_years
        self.years = range(first, first + count)
        judged = years["share_within_standard"].notna()
        in_time = (years["cases"] * years["share_within_standard"]).where(judged, years["treated"])
        self._people = years.assign(in_time=in_time, outside=years["cases"] - years["treated"])

    def value(self, row: Any) -> Floats:
        """Return an indicator by year; NaN where it is typed, or divided by nothing."""
        if not row.formula:
            return np.full(len(self.years), np.nan)
        counted = self._of(row.formula, row)
        if row.per:
            below = self._of(row.per, row)
            counted = np.divide(counted, below, out=np.full(len(counted), np.nan), where=below > 0)
        return np.asarray(row.times * counted)

    def _of(self, formula: str, row: Any) -> Floats:
        return _FORMULAS[formula](self, formula, row)

    def regions(self, code: str) -> set[str]:
        """Return the health regions of an area: itself, or those of a macro-region."""
        rows = self.scenario.territories
        return set(rows.loc[(rows["region_id"] == code) | (rows["macroregion_id"] == code), "region_id"])

    def _by_year(self, rows: pd.DataFrame, column: str) -> Floats:
        """Sum ``column`` of rows with a ``year``."""
        found = rows.groupby("year")[column].sum().reindex(list(self.years), fill_value=0.0)
        return found.to_numpy(float)

    def _by_period(self, rows: pd.DataFrame, column: str) -> Floats:
        """Sum ``column`` of rows with a ``period_id`` that tell a year; each year has what its period has."""
        found = rows.groupby("period_id")[column].sum()
        by_period = self.scenario.periods["period_id"].map(found).fillna(0.0).to_numpy(float)
        return by_period[self.appraisal.phases.of_years(len(self.years))]

    def _mine(self, rows: pd.DataFrame, row: Any, region: pd.Series | None = None) -> pd.DataFrame:
        """Rows of the specialty and the area of an indicator; ``region``: of each row, where no column says it."""
        chosen = pd.Series(True, rows.index)
        if row.specialty_id != ALL and "specialty_id" in rows:
            chosen &= rows["specialty_id"] == row.specialty_id
        if region is not None and row.region_id != ALL:
            chosen &= region.isin(self.regions(row.region_id))
        return rows[chosen]

    def _of_areas(self, rows: pd.DataFrame, row: Any) -> pd.DataFrame:
        """The same of a table with a row for each region and one for all."""
        codes = {ALL} if row.region_id == ALL else self.regions(row.region_id)
        return self._mine(rows[rows["region_id"].isin(codes)], row)

    def of_people(self, formula: str, row: Any) -> Floats:
        """Cases, those treated, in time, or not treated in the network."""
        return self._by_year(self._of_areas(self._people, row), formula)

    def of_inhabitants(self, _: str, row: Any) -> Floats:
        """Inhabitants, growing from the base year on."""
        rows = self._mine(self.scenario.territories, row, self.scenario.territories["region_id"])
        growth = 1.0 + rows["growth_rate"].to_numpy(float)
        since = np.maximum(0, np.array(self.years) - self.scenario.settings.base_year)
        return np.asarray(rows["population"].to_numpy(float) @ growth[:, None] ** since)

    @cached_property
    def _running(self) -> pd.DataFrame:
        """Services (site_id, specialty_id) by year in which they run, those of today until others open among them."""
        appraisal, count = self.appraisal, len(self.years)
        services, openings = appraisal.services(), appraisal.plan.openings
        before, after = running_years(services, timing_of(services, appraisal.terms()), appraisal.calendar)
        guests = appraisal.meanwhile()
        parts = (
            (openings, (after + services.before_share[:, None] * before)[:, :count]),
            (guests.rooms.table, guests.by_year(count)),
        )
        rows = []
        for table, there in parts:
            at, year = np.nonzero(there > 0)
            named = table[["site_id", "specialty_id"]].iloc[at].reset_index(drop=True)
            rows.append(named.assign(year=self.years.start + year, services=1.0))
        return pd.concat(rows, ignore_index=True).drop_duplicates()

    @cached_property
    def _site_region(self) -> dict[str, str]:
        return site_regions(self.appraisal)

    def of_services(self, formula: str, row: Any) -> Floats:
        """Services that run in some part of the year."""
        rows = self._running
        return self._by_year(self._mine(rows, row, rows["site_id"].map(self._site_region)), formula)

    @cached_property
    def _supply(self) -> pd.DataFrame:
        return supply_by_year(self.appraisal)

    def of_capacity(self, formula: str, row: Any) -> Floats:
        """Cases a year that services can treat."""
        return self._by_year(self._of_areas(self._supply, row), formula)

    def of_money(self, _: str, row: Any) -> Floats:
        """What is paid for services, prices of the base year."""
        payers = [row.payer] if row.payer else list(SERVICE_PAYERS)
        rows = self.flows[self.flows["payer"].isin(payers)].astype({"real": float})
        return self._by_year(self._mine(rows, row, rows["site_id"].map(self._site_region)), "real")

    def of_transfers(self, _: str, row: Any) -> Floats:
        """Cases a year that hospitals of the area send to another one."""
        rows = self.appraisal.plan.transfers
        mine = self._mine(rows, row, rows["from_site_id"].map(self._site_region))
        return self._by_period(mine.astype({"cases": float}), "cases")

    def of_techniques(self, _: str, row: Any) -> Floats:
        """Techniques that hospitals do by themselves at the end of the year."""
        found, wanted = np.zeros(len(self.years)), self.regions(row.region_id)
        for step in steps(self.appraisal.network()):
            mine = step.transfer.row
            there = row.region_id == ALL or self._site_region.get(mine.receiver_site_id) in wanted
            if step.open and there and row.specialty_id in (ALL, mine.specialty_id):
                found += step.transfer.done <= np.arange(1, len(self.years) + 1) + _NEAR
        return found

    def of_stations(self, formula: str, row: Any) -> Floats:
        """Stations that are open, or their ambulances."""
        rows, towns = self.appraisal.plan.stations, self.scenario.territories
        region = rows["territory_id"].map(dict(zip(towns["territory_id"], towns["region_id"], strict=True)))
        rows = self._mine(rows.assign(stations=1.0), row, region)
        return self._by_period(rows.astype({formula: float}), formula)


#: what counts each formula of the vocabulary
_FORMULAS: Mapping[str, Callable[[_Counted, str, Any], Floats]] = {
    **dict.fromkeys(("cases", "treated", "in_time", "outside"), _Counted.of_people),
    "sent_up": _Counted.of_transfers,
    "people": _Counted.of_inhabitants,
    "services": _Counted.of_services,
    "capacity": _Counted.of_capacity,
    "money": _Counted.of_money,
    "techniques": _Counted.of_techniques,
    **dict.fromkeys(("stations", "ambulances"), _Counted.of_stations),
}
