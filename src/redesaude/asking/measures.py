"""What a plan may be measured by beside its cost, and how a scenario is asked for so much of it.

Each measure is of the last period, once everything runs. Asking for a level of it is a row more on a sheet that states
promises, so that every way of solving, the audit and the certificate hold as they are; cost stays what is minimised.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from redesaude.assemble import assemble
from redesaude.inputs.cells import blanks
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.inputs.tables import ALL, BY_NAME, EACH
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.plan import Plan
from redesaude.plan.programme import reached_at_the_end
from redesaude.promises import access
from redesaude.promises.programme import ACCESS, HEALTHY_YEARS, SERVICES, TRAVEL
from redesaude.promises.programme import SHEET as PROGRAMME
from redesaude_models.programme import GainTarget

EACH_SPECIALTY, EQUITY, CAPITAL = "each_specialty", "equity", "capital"

#: code of the ceiling on capital that a measure asks for, on the sheet funding
_CEILING = "capital_asked_for"
#: an amount that no plan comes near to (currency)
_NO_END = 1e17


@dataclass(frozen=True)
class Measure:
    """One measure: whether at ``least`` a level is asked for, or at most; ``whole`` numbers only; ``form`` is how a
    level is written: ``percent``, ``number`` or ``money``.

    ``asked`` makes a scenario in which every plan keeps a level, ``reached`` says what a plan reaches, and ``end`` the
    best that is conceivable.
    """

    name: str
    least: bool
    form: str
    asked: Callable[[Scenario, float], Scenario]
    reached: Callable[[Plan], float]
    end: Callable[[Scenario], float] = lambda _: 0.0
    whole: bool = False

    def stricter(self, one: float, other: float) -> bool:
        """Return whether ``one`` asks for more than ``other``."""
        return one > other if self.least else one < other

    def eased(self, level: float) -> float:
        """Return ``level`` so little looser that what reaches it does so in every solver's arithmetic."""
        return level if self.whole else level - math.copysign(1e-6 * abs(level), 1.0 if self.least else -1.0)


def with_access(scenario: Scenario, share: float) -> Scenario:
    """Return ``scenario`` with at least ``share`` of the cases of each specialty within its standard in the last
    period, in the whole area, beside what is promised already.
    """
    table, last = access.stated(scenario), _last(scenario)
    for row in rows_of(scenario.specialties):
        promised = row.access_hard and row.access_share >= share
        if np.isnan(row.access_minutes) or promised:
            continue
        own = {"specialty_id": row.specialty_id, "region_id": ALL, "period_id": last, "minutes": row.access_minutes}
        table = _with_row(access.SHEET, table, own, "share", share, least=True)
    return access.restated(scenario, table)


def with_target(scenario: Scenario, measure: str, amount: float, region: str = ALL) -> Scenario:
    """Return ``scenario`` with a hard target of the whole programme in the last period, beside what is stated."""
    own = {"measure": measure, "region_id": region, "period_id": _last(scenario)}
    least = measure in (ACCESS, HEALTHY_YEARS)
    table = _with_row(PROGRAMME, scenario.programme_targets, own, "amount", amount, least=least)
    return _restated(scenario, PROGRAMME, table)


def with_capital(scenario: Scenario, amount: float) -> Scenario:
    """Return ``scenario`` with at most ``amount`` of capital decided in each period, whoever pays it."""
    own = {"funding_id": _CEILING, "period_id": "", "kind": CAPITAL}
    table = _with_row("funding", scenario.funding, own, "amount", amount, least=False)
    return _restated(scenario, "funding", table)


def _last(scenario: Scenario) -> str:
    return str(scenario.periods["period_id"].iloc[-1])


def _restated(scenario: Scenario, sheet: str, table: pd.DataFrame) -> Scenario:
    places = {name: place for name, place in scenario.places.items() if name != sheet}
    tables: dict[str, Any] = {sheet: table}
    return scenario.replace(**tables, places=places)


def _with_row(
    sheet: str, table: pd.DataFrame, own: Mapping[str, object], column: str, level: float, *, least: bool
) -> pd.DataFrame:
    """Return ``table`` with a hard row for ``level``; one that asks for the same is made as strict."""
    same = pd.Series(True, index=table.index)
    for name, value in own.items():
        same &= table[name] == value
    if "active" in table.columns:
        same &= table["active"].astype(bool)
    if same.any():
        stricter = np.maximum(table[column], level) if least else np.minimum(table[column], level)
        return table.assign(**{column: table[column].where(~same, stricter), "hard": table["hard"] | same})
    blank = pd.DataFrame({each.name: blanks(each, 1) for each in BY_NAME[sheet].columns})
    told: dict[str, Any] = {**own, column: level, "hard": True}
    row = blank.assign(**told)
    return pd.concat([table, row[table.columns]], ignore_index=True).astype(table.dtypes)


def within_standard(plan: Plan) -> float:
    """Return the share of cases within the standard in the last period, of the specialties that state one."""
    rows = _of_the_area(plan).dropna(subset=["share_within_standard"])
    cases = rows["cases"].astype(float)
    return float((rows["share_within_standard"].astype(float) * cases).sum() / cases.sum()) if cases.sum() else np.nan


def _least_of_specialties(plan: Plan) -> float:
    """The share within the standard of the specialty that has least, in the last period."""
    return float(_of_the_area(plan)["share_within_standard"].astype(float).min())


def _of_the_area(plan: Plan) -> pd.DataFrame:
    """The access of each specialty in the whole area in the last period."""
    return plan.access[(plan.access["region_id"] == ALL) & (plan.access["period_id"] == _last(plan.scenario))]


def _worst_region(plan: Plan) -> float:
    """The share within the standard of the region that has least; NaN where nobody is to be treated."""
    regions = sorted(set(plan.scenario.territories["region_id"]) - {""})
    return float(np.nanmin([reached_at_the_end(plan, ACCESS, region) for region in regions]))


def _capital(plan: Plan) -> float:
    """The most capital decided in a period (currency)."""
    used = Appraisal(replace(plan, scenario=with_capital(plan.scenario, _NO_END)))
    return max(amount for name, (amount, *_) in used.limits().items() if name.split("|")[0] == _CEILING)


def _most_access(region: str) -> Callable[[Scenario], float]:
    """The greatest share, if every site could be open."""

    def end(scenario: Scenario) -> float:
        problem = assemble(with_target(scenario, ACCESS, 1.0, region)).problem
        asked = [one for one in problem.of(GainTarget) if one.hard and one.amount > 0]
        return min((one.most(problem) / one.amount for one in asked if not one.treated.any()), default=1.0)

    return end


def _most_years(scenario: Scenario) -> float:
    problem = assemble(with_target(scenario, HEALTHY_YEARS, 0.0)).problem
    return max(one.most(problem) for one in problem.of(GainTarget) if one.treated.any() or one.within.any())


def _of_programme(name: str, form: str, end: Callable[[Scenario], float] = lambda _: 0.0) -> Measure:
    least = name in (ACCESS, HEALTHY_YEARS)

    def asked(scenario: Scenario, level: float) -> Scenario:
        return with_target(scenario, name, level)

    return Measure(name, least, form, asked, lambda plan: reached_at_the_end(plan, name), end, name == SERVICES)


#: every measure by its name
MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure(EACH_SPECIALTY, True, "percent", with_access, _least_of_specialties, lambda _: 1.0),
        _of_programme(ACCESS, "percent", _most_access(ALL)),
        Measure(
            EQUITY,
            True,
            "percent",
            lambda scenario, level: with_target(scenario, ACCESS, level, EACH),
            _worst_region,
            _most_access(EACH),
        ),
        _of_programme(HEALTHY_YEARS, "number", _most_years),
        _of_programme(TRAVEL, "number"),
        Measure(CAPITAL, False, "money", with_capital, _capital),
        _of_programme(SERVICES, "number"),
    )
}
